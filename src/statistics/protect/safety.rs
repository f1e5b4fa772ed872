//! What is proved of a release, and all that has to be trusted for it: the definitions, and the checks that follow from them.
//!
//! Everything else in this room searches. A search that goes wrong finds no world where there is one, and more is withheld than
//! need be, or the build stops; it cannot make a count safe that is not, because what it finds is checked here.
//!
//! **Atom.** People of one group, in one measure and pay band, of one service of one return: the smallest number that a return
//! tells. It is a whole number from 0. Its *owner* is the authority whose return it is. An *open* atom is one that everybody is
//! taken to know.
//!
//! **Count.** A sum of atoms, each taken once. It is *shown*, rounded to its *step*, or *withheld*. A figure has four counts.
//!
//! **Step** ([`Rules::may_be`]). The round's rounding, or a coarser one: twice, four times or ten times as much, as long as it is at
//! most a twentieth of what is then shown. A coarser step is told wherever the count is printed.
//!
//! **What a shown count tells** ([`Rules::told`]). The count is shown as the nearest multiple of its step, so that a reader, who is
//! told the step, knows an interval in which it lies: from half a step below to half a step above. Readers also know the threshold:
//! what is shown is not smaller, unless it is 0; a 0 is shown only for nobody, and tells it exactly. That a coarser step was
//! allowed tells nothing more, because it is decided by the number that is shown: every count in the interval would have been
//! shown with that number, and so was allowed the same step. The same is true of the order of parts and wholes ([`in_order`]).
//! The intervals of two steps do not lie inside each other; an attacker knows that of the step that is shown, and no other.
//!
//! **What else is told.** Some sums of atoms are known to be equal to others: staff are those of their pay bands and those in
//! none. They are given as pairs of lists.
//!
//! **Attacker.** Someone outside, who sees everything that is shown; or an owner, who knows the own atoms exactly as well. The
//! sole owner of a count has nothing to find out about it. Nor has an attacker to whom what was published before leaves too narrow a
//! range of it already, whatever is published now: nothing can be done about that, and it is told of a count that is withheld for
//! itself. What was published was protected against whoever contributed to it.
//!
//! **World.** Other values of the atoms, written as differences from the truth. A world *agrees* ([`Told::moved`]) when no atom
//! is below 0, no open atom differs, every shown count lies in the interval that it tells, and equal sums stay equal. An attacker
//! cannot tell a world that agrees from the truth, unless own atoms differ in it: such an owner *refutes* it ([`refuters`]).
//! Worlds may hold fractions of people, as linear programmes find them.
//!
//! **Range.** How far apart the values of a withheld count lie, in the worlds that an attacker does not refute and in the truth
//! ([`range`]). An attacker cannot rule out any of them.
//!
//! **Safe** ([`Rules::is_wide`]). A withheld count is safe when the range that is left to every attacker is at least the threshold
//! less one: as wide as that of a small count of which nothing is known.
//!
//! **What is not attacked.** That a count is withheld, or shown in a coarser step, and another is not: it follows from all counts, and
//! whoever would work back from it has to run this program on every set of returns that could be. Two authorities or more that put their returns together. What somebody knows from elsewhere, such as
//! another authority's counts. What is told coarsely of exact counts: positions, quartiles, ranges of ranks, spreads, pooled ratios,
//! and whether an interval with authorities as clusters includes 1, with its limits. Large sums in the table of data quality that
//! are left out because of what they would leave beside others. Differences of three shown counts and more, other than the sums
//! that `comparisons` lists; pay bands are not among these.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// People of one group in one service of one authority, as small as a return tells them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Atom {
    /// Whose they are: a contributor who attacks knows them; nobody, where no contributor does.
    pub owner: Option<usize>,
    /// How many they are.
    pub truth: u64,
    /// Whether everybody is taken to know it.
    pub open: bool,
}

/// Atoms that have other values in a world, and how much higher these are.
pub(super) type Changes = Vec<(usize, f64)>;

/// Deviations below it are none: the solver computes in floating point.
pub(super) const TOLERANCE: f64 = 1e-6;

/// Sums of deviations are exact but for this much.
const SUMS: f64 = 1e-4;

/// How wide a range must be left, and how shown counts are rounded.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Rules {
    /// Counts from 1 to below it are withheld.
    pub threshold: u64,
    /// Shown counts are multiples of it: the finest step.
    pub rounding: u64,
}

/// The coarser steps, as multiples of the rounding.
const COARSER: [u64; 3] = [2, 4, 10];

/// A coarser step is at most this part of the number that is shown.
const PART: u64 = 20;

/// The nearest multiple of `to`.
pub(super) fn rounded(count: u64, to: u64) -> u64 {
    (count + to / 2) / to * to
}

/// Whether a part is shown as no more than its whole, each in its step: so they are printed, whatever the counts are.
pub(super) fn in_order([part, whole]: [(u64, u64); 2]) -> bool {
    rounded(part.0, part.1) <= rounded(whole.0, whole.1)
}

impl Rules {
    /// The least width of the range that an attack may leave.
    pub(super) fn width(self) -> f64 {
        self.threshold.saturating_sub(1) as f64
    }

    /// Whether a range is as wide as that.
    pub(super) fn is_wide(self, range: f64) -> bool {
        range >= self.width() - SUMS
    }

    /// The coarser steps, the finest of them first.
    pub(super) fn coarser(self) -> [u64; 3] {
        COARSER.map(|times| self.rounding * times)
    }

    /// Whether a count may be shown in this step, by the number that is then shown.
    pub(super) fn may_be(self, truth: u64, step: u64) -> bool {
        step == self.rounding || self.coarser().contains(&step) && step * PART <= rounded(truth, step)
    }

    /// How far below and above the truth a reader can take a count to lie that is shown in this step.
    pub(super) fn told(self, truth: u64, step: u64) -> (f64, f64) {
        let half = step / 2;
        let shown = rounded(truth, step);
        if shown == 0 {
            return (0.0, 0.0);
        }
        let lower = shown.saturating_sub(half).max(self.threshold.min(truth));
        let upper = shown + step - 1 - half;
        (lower as f64 - truth as f64, upper as f64 - truth as f64)
    }
}

/// Everything that a world has to agree with.
pub(super) struct Told<'a, S> {
    pub rules: Rules,
    pub atoms: &'a [Atom],
    /// The counts that each atom is in.
    pub inside: &'a [Vec<usize>],
    /// The truth of a count that is shown, and its step; nothing of one that is withheld.
    pub shown: S,
    /// Sums of atoms that are known to be equal.
    pub equal: &'a [[Vec<usize>; 2]],
}

impl<S: Fn(usize) -> Option<(u64, u64)>> Told<'_, S> {
    /// How far a world moves every count that it touches; nothing where it does not agree with what is told.
    pub(super) fn moved(&self, changes: &[(usize, f64)]) -> Option<BTreeMap<usize, f64>> {
        let mut moved = vec![0.0; self.atoms.len()];
        let mut shifts: BTreeMap<usize, f64> = BTreeMap::new();
        for (atom, change) in changes {
            moved[*atom] += change;
            for count in &self.inside[*atom] {
                *shifts.entry(*count).or_default() += change;
            }
        }
        let possible = |(atom, moved): (&Atom, &f64)| {
            atom.truth as f64 + moved >= -TOLERANCE && (!atom.open || moved.abs() <= TOLERANCE)
        };
        let as_shown = |(count, shift): (&usize, &f64)| match (self.shown)(*count) {
            Some((truth, step)) => {
                let (below, above) = self.rules.told(truth, step);
                *shift > below - SUMS && *shift < above + SUMS
            }
            None => true,
        };
        let sum = |atoms: &[usize]| -> f64 { atoms.iter().map(|atom| moved[*atom]).sum() };
        let equal = |[one, other]: &[Vec<usize>; 2]| (sum(one) - sum(other)).abs() <= SUMS;
        let agrees =
            self.atoms.iter().zip(&moved).all(possible) && shifts.iter().all(as_shown) && self.equal.iter().all(equal);
        agrees.then_some(shifts)
    }
}

/// The owners who know better than a world, because own atoms differ in it; sorted.
pub(super) fn refuters(atoms: &[Atom], changes: &[(usize, f64)]) -> Vec<usize> {
    let owners: BTreeSet<usize> = changes.iter().filter_map(|(atom, _)| atoms[*atom].owner).collect();
    owners.into_iter().collect()
}

/// How far below and above the truth a count lies in these worlds: those that an attacker does not refute.
pub(super) fn range(shifts: impl Iterator<Item = f64>) -> (f64, f64) {
    shifts.fold((0.0_f64, 0.0_f64), |(low, high), shift| (low.min(shift), high.max(shift)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_count_tells_the_interval_that_is_rounded_to_it() {
        let rules = Rules { threshold: 10, rounding: 5 };
        for truth in 10..60_u64 {
            let shown = rounded(truth, rules.rounding);
            let told = |count: u64| count >= rules.threshold && rounded(count, rules.rounding) == shown;
            let possible: Vec<f64> = (0..100).filter(|count| told(*count)).map(|count| count as f64).collect();
            let (below, above) = rules.told(truth, rules.rounding);
            let ends = (possible[0] - truth as f64, possible[possible.len() - 1] - truth as f64);
            assert_eq!((below, above), ends, "{truth}");
        }
        assert_eq!(rules.told(0, rules.rounding), (0.0, 0.0));
        assert!(rules.is_wide(9.0) && !rules.is_wide(8.0));
    }

    /// Whoever knows the rules finds out no more from a coarser step than that the count is rounded to it.
    #[test]
    fn a_coarser_step_tells_the_interval_that_is_rounded_to_it_and_nothing_more() {
        for rounding in [1, 5, 7] {
            let rules = Rules { threshold: 10, rounding };
            for step in rules.coarser() {
                for truth in 0..30 * step {
                    if !rules.may_be(truth, step) {
                        continue;
                    }
                    let shown = rounded(truth, step);
                    assert!(20 * step <= shown && truth.abs_diff(shown) * 40 <= shown, "{truth} in steps of {step}");
                    let told = |count: &u64| rules.may_be(*count, step) && rounded(*count, step) == shown;
                    let possible: Vec<u64> = (0..40 * step).filter(told).collect();
                    let (below, above) = rules.told(truth, step);
                    let ends = [below, above].map(|end| (truth as f64 + end) as u64);
                    assert_eq!(ends, [possible[0], possible[possible.len() - 1]], "{truth} in steps of {step}");
                    assert_eq!(possible.len() as u64, step);
                }
            }
        }
    }

    #[test]
    fn a_step_is_at_most_a_twentieth_of_what_is_shown() {
        let rules = Rules { threshold: 10, rounding: 5 };
        let steps = |truth| [5, 10, 20, 50].into_iter().filter(|step| rules.may_be(truth, *step)).collect::<Vec<_>>();
        assert_eq!(steps(12), [5]);
        assert_eq!(steps(194), [5]);
        assert_eq!(steps(195), [5, 10], "shown as 200");
        assert_eq!(steps(389), [5, 10]);
        assert_eq!(steps(390), [5, 10, 20], "shown as 400");
        assert_eq!(steps(975), [5, 10, 20, 50], "shown as 1000");
        assert!(!rules.may_be(5000, 30));
        assert!(in_order([(203, 5), (204, 5)]) && !in_order([(203, 5), (204, 10)]), "205 of 200");
    }

    #[test]
    fn a_world_agrees_with_what_is_told_or_is_none() {
        let atom = |owner, truth, open| Atom { owner: Some(owner), truth, open };
        let atoms = [atom(0, 4, false), atom(1, 30, false), atom(2, 5, false), atom(2, 7, true)];
        // The first count is shown and holds the first two atoms, the second is withheld and holds the third.
        let inside = [vec![0], vec![0], vec![1], vec![]];
        let shown = |count: usize| (count == 0).then_some((34, 5));
        let rules = Rules { threshold: 10, rounding: 5 };
        let equal = [[vec![0], vec![2]]];
        let told = Told { rules, atoms: &atoms, inside: &inside, shown, equal: &[] };
        assert_eq!(told.moved(&[(0, 3.0), (1, -3.0)]), Some(BTreeMap::from([(0, 0.0)])));
        assert_eq!(told.moved(&[(2, 9.0)]), Some(BTreeMap::from([(1, 9.0)])));
        assert_eq!(told.moved(&[(0, -5.0), (1, 5.0)]), None, "fewer than nobody");
        assert_eq!(told.moved(&[(0, 4.0)]), None, "another count would be shown");
        assert_eq!(told.moved(&[(3, 1.0)]), None, "everybody knows it");
        assert_eq!(told.moved(&[(0, -3.0), (0, -3.0), (1, 6.0)]), None, "twice is both times");
        let told = Told { equal: &equal, ..told };
        assert!(told.moved(&[(0, 1.0), (1, -1.0)]).is_none() && told.moved(&[(0, 1.0), (1, -1.0), (2, 1.0)]).is_some());
        assert_eq!(refuters(&atoms, &[(2, 1.0), (0, 1.0), (3, 0.0)]), [0, 2]);
    }
}
