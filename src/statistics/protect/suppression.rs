//! Shows as much more coarsely, and withholds as much more, as it takes that no withheld count can be worked out, and proves it by attack.
//!
//! What an atom, a count, an attacker and a world are, and when a count is safe, stands in `safety`, with the checks. Here worlds are
//! searched for: by exchanges first, then by linear programmes.
//!
//! What is withheld for protection is found by a programme too: the least useful counts whose being shown keeps the
//! withheld count in its place (Kelly, Golden and Assad 1992, with the weights of the remaining choices renewed).

mod remainders;
mod study;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::safety::{Atom, Changes, Rules};
pub(in crate::statistics) use remainders::{conflicts, remainders};
pub use study::Studies;
use study::Study;

/// Why a count is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(in crate::statistics) enum Reason {
    /// Small, or of too few contributors, or dominated by one, or never shown.
    Primary,
    /// It would give away the count of this index.
    Protecting(usize),
}

/// A count that is published, or withheld.
#[derive(Clone, Debug, Default)]
pub(in crate::statistics) struct Count {
    /// What it adds up.
    pub atoms: Vec<usize>,
    /// Why it is withheld, if it is.
    pub withheld: Option<Reason>,
    /// How much is lost when it is withheld; without a price it cannot be, because it was published before.
    pub price: Option<f64>,
    /// The figures that it is printed in, and what part of the price each has.
    pub figures: Vec<(usize, f64)>,
    /// The step in which it is shown, where that is not the rounding of all counts.
    pub step: Option<u64>,
    /// Whether it may be shown more coarsely: not where it was published before.
    pub coarser: bool,
    /// What was decided of it when its round was protected last, for whoever guesses: the step in which it was shown, or none.
    pub decided: Option<Option<u64>>,
}

/// Everything that is published together.
#[derive(Clone, Debug, Default)]
pub(in crate::statistics) struct Release {
    /// What counts are made of.
    pub atoms: Vec<Atom>,
    /// The counts.
    pub counts: Vec<Count>,
    /// Sums of atoms that readers know to be equal to sums of others.
    pub equal: Vec<[Vec<usize>; 2]>,
    /// Counts that are of use together only: they stand or fall together.
    pub tables: Vec<Vec<usize>>,
    /// Counts that are printed as a part and its whole.
    pub parts: Vec<[usize; 2]>,
}

/// How a withheld count stood the attacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::statistics) struct Stand {
    /// The count.
    pub count: usize,
    /// The narrowest range that an attack was seen to leave, whoever attacked; the search stops where it is wide enough. Nothing where an
    /// attack broke off.
    pub left: Option<f64>,
    /// Who attacked so: a contributor, or someone outside.
    pub attacker: Option<usize>,
    /// Whether it is wide enough.
    pub safe: bool,
    /// Whether some attacker could work it out from what is on record already, and is not asked about for that.
    pub out: bool,
}

/// Shows counts more coarsely, and withholds more where that is not enough, until every withheld count stands every attack;
/// returns how each stood it.
///
/// A count can fail only when nothing more may be withheld. Where everything was published before, nothing is new to an
/// attacker: how such counts stood is known, and not returned again. `worlds` are those that an earlier study of the
/// same atoms ended with; those of this one take their place. A component of which it is `known` what a study found is not studied
/// again.
pub(in crate::statistics) fn protect(
    release: &mut Release,
    rules: Rules,
    worlds: &mut Vec<Changes>,
    known: &Studies,
) -> Vec<Stand> {
    let mut studies = Study::all(release, rules);
    studies.retain(|study| study.counts.iter().any(|count| count.price.is_some()));
    let studies = each(studies, |study| {
        study.remember(worlds);
        known.examine(study);
        study.settle();
    });
    *worlds = studies.iter().flat_map(Study::worlds).collect();
    for study in &studies {
        for count in &study.counts {
            let shown = &mut release.counts[count.index];
            shown.withheld = count.withheld;
            shown.step = Some(count.step).filter(|step| *step != rules.rounding && count.withheld.is_none());
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
