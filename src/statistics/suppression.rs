//! Withholds as much more as it takes that no withheld count can be worked out, and proves it by attack.
//!
//! A count is a sum of atoms: people of one group in one service of one authority. Every withheld count is attacked by a
//! reader who sees everything that is shown, and by each contributor, who knows its own atoms as well. It is safe when
//! there are *worlds*, other values of the atoms that agree with everything the attacker knows, in which it differs by the
//! threshold less one or more. Linear programmes find the worlds; whether a world agrees is then checked by adding up.
//!
//! What is withheld for protection is found by a programme too: the least useful counts whose being shown keeps the
//! withheld count in its place (Kelly, Golden and Assad 1992, with the weights of the remaining choices renewed).

mod remainders;
mod study;
#[cfg(test)]
mod tests;

use super::disclosure::rounded;
pub(super) use remainders::remainders;
use study::Study;

/// People of one group in one service of one authority, as small as a return tells them.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    /// Whose they are: a contributor who attacks knows them; nobody, where no contributor does.
    pub owner: Option<usize>,
    /// How many they are.
    pub truth: u64,
    /// Whether everybody is taken to know it.
    pub open: bool,
}

/// Why a count is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Small, or of too few contributors, or dominated by one, or never shown.
    Primary,
    /// It would give away the count of this index.
    Protecting(usize),
}

/// A count that is published, or withheld.
#[derive(Clone, Debug)]
pub(super) struct Count {
    /// What it adds up.
    pub atoms: Vec<usize>,
    /// Why it is withheld, if it is.
    pub withheld: Option<Reason>,
    /// How much is lost when it is withheld; without a price it cannot be, because it was published before.
    pub price: Option<f64>,
}

/// How wide a range must be left, and how shown counts are rounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Counts from 1 to below it are withheld.
    pub threshold: u64,
    /// Shown counts are multiples of it.
    pub rounding: u64,
}

impl Rules {
    /// The least width of the range that an attack may leave.
    fn width(self) -> f64 {
        self.threshold.saturating_sub(1) as f64
    }

    /// How far below and above the truth a reader can take a shown count to lie.
    fn told(self, truth: u64) -> (f64, f64) {
        let half = self.rounding / 2;
        let shown = rounded(truth, self.rounding);
        if shown == 0 {
            return (0.0, 0.0);
        }
        let lower = shown.saturating_sub(half).max(self.threshold.min(truth));
        let upper = shown + self.rounding - 1 - half;
        (lower as f64 - truth as f64, upper as f64 - truth as f64)
    }
}

/// Everything that is published together.
#[derive(Clone, Debug, Default)]
pub(super) struct Release {
    /// What counts are made of.
    pub atoms: Vec<Atom>,
    /// The counts.
    pub counts: Vec<Count>,
    /// Sums of atoms that readers know to be equal to sums of others.
    pub equal: Vec<[Vec<usize>; 2]>,
    /// Counts that are of use together only: they stand or fall together.
    pub tables: Vec<Vec<usize>>,
}

/// How a withheld count stood the attacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stand {
    /// The count.
    pub count: usize,
    /// The narrowest range that an attack was seen to leave; the search stops where it is wide enough. Nothing where an
    /// attack broke off.
    pub left: Option<f64>,
    /// Who attacked so: a contributor, or someone outside.
    pub attacker: Option<usize>,
    /// Whether it is wide enough.
    pub safe: bool,
}

/// Atoms that have other values in a world, and how much higher these are.
pub(super) type Changes = Vec<(usize, f64)>;

/// Withholds more until every withheld count stands every attack, and returns how each stood it.
///
/// A count can fail only when nothing more may be withheld. Where everything was published before, nothing is new to an
/// attacker: how such counts stood is known, and not returned again. `worlds` are those that an earlier study of the
/// same atoms ended with; those of this one take their place.
pub(super) fn protect(release: &mut Release, rules: Rules, worlds: &mut Vec<Changes>) -> Vec<Stand> {
    let mut studies = Study::all(release, rules);
    studies.retain(|study| study.counts.iter().any(|count| count.price.is_some()));
    let studies = each(studies, |study| {
        study.remember(worlds);
        study.examine(true);
    });
    *worlds = studies.iter().flat_map(Study::worlds).collect();
    for study in &studies {
        for count in &study.counts {
            release.counts[count.index].withheld = count.withheld;
        }
    }
    stands(&studies)
}

/// Attacks every withheld count of a release as it stands, without withholding anything more.
#[cfg(test)]
fn prove(release: &Release, rules: Rules) -> Vec<Stand> {
    stands(&each(Study::all(release, rules), |study| study.examine(false)))
}

fn stands(studies: &[Study]) -> Vec<Stand> {
    let mut stands: Vec<Stand> = studies.iter().flat_map(Study::stands).collect();
    stands.sort_by_key(|stand| stand.count);
    stands
}

/// Components do not touch each other: they are worked on side by side, the largest first.
fn each(mut studies: Vec<Study>, examine: impl Fn(&mut Study) + Sync) -> Vec<Study> {
    let next = std::sync::Mutex::new(studies.iter_mut());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let study = next.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
                    let Some(study) = study else { break };
                    examine(study);
                }
            });
        }
    });
    studies
}
