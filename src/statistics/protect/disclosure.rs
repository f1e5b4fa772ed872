//! Disclosure control: which counts may be shown, and how; everything published is computed from what leaves here.

use std::collections::BTreeMap;

use crate::round::{Disclosure, Service};

use crate::statistics::add_up::{Knowledge, Tally};
use crate::statistics::figure::{AreaType, Counts, FigureKey, Side};

#[cfg(not(target_family = "wasm"))]
use super::release::Pattern;
use super::safety::rounded;

/// Who reads a benchmark pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The authority alone: its own figures are exact, and the pack is not for publication.
    Own,
    /// Everybody: the authority's figures are protected as all others are.
    Public,
}

/// Counts that may be shown; they can be made only by the functions of this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    authorities: usize,
    counts: Counts<Option<u64>>,
    /// The steps of those that are rounded more coarsely than the round's counts.
    coarser: Counts<Option<u64>>,
    withheld: bool,
}

impl Shown {
    /// How many authorities contribute.
    pub(in crate::statistics) fn authorities(&self) -> usize {
        self.authorities
    }

    /// The counts that may be shown.
    pub(in crate::statistics) fn counts(&self) -> Counts<Option<u64>> {
        self.counts
    }

    /// The steps of those counts that are rounded more coarsely than the round's counts are.
    pub(in crate::statistics) fn coarser(&self) -> Counts<Option<u64>> {
        self.coarser
    }

    /// Whether something was withheld.
    pub(in crate::statistics) fn withheld(&self) -> bool {
        self.withheld
    }

    /// Figures of several authorities together that are shown each for itself: what is shown of them tells their sum, and no more.
    pub(in crate::statistics) fn together(parts: &[Shown]) -> Shown {
        let each = |of: &dyn Fn(&Shown) -> Option<u64>| -> Option<u64> { parts.iter().map(of).sum() };
        let counts = Counts::from_fn(|quantity| each(&|part: &Shown| part.counts[quantity]));
        // A sum is as coarse as the coarsest of its parts.
        let coarser = Counts::from_fn(|quantity| {
            parts.iter().filter_map(|part| part.coarser[quantity]).max().filter(|_| counts[quantity].is_some())
        });
        let withheld = parts.iter().any(|part| part.withheld);
        Shown { authorities: parts.iter().map(|part| part.authorities).sum(), counts, coarser, withheld }
    }

    /// Which of the four counts are shown.
    pub(in crate::statistics) fn shows(&self) -> Counts<bool> {
        self.counts.map(|count| count.is_some())
    }
}

/// What may be shown of a figure: in the edition for itself an authority's own counts are exact, and everything else is
/// protected, and shown as far as the pattern says.
#[cfg(not(target_family = "wasm"))]
pub(in crate::statistics) fn shown(
    key: &FigureKey,
    edition: Edition,
    tally: &Tally,
    settings: &Disclosure,
    pattern: &Pattern,
) -> Shown {
    if key.area.kind == AreaType::Authority && edition == Edition::Own {
        return exact(tally);
    }
    let counts = pattern.numbers(key);
    let coarser = pattern.figure(key).map(|step| step.filter(|step| *step > settings.rounding));
    let withheld = counts.each().iter().any(|(_, count)| count.is_none());
    Shown { authorities: tally.authorities, counts, coarser, withheld }
}

/// Counts that are shown as they are: an authority's own, to itself.
pub(in crate::statistics) fn exact(tally: &Tally) -> Shown {
    let coarser = Counts::default();
    Shown { authorities: tally.authorities, counts: tally.counts.map(Some), coarser, withheld: false }
}

/// What of a figure's counts may be shown by itself; what protects others is taken away after it.
pub(in crate::statistics) fn by_itself(kind: AreaType, tally: &Tally, settings: &Disclosure) -> Shown {
    match kind {
        AreaType::Authority => protect(tally, settings),
        AreaType::National | AreaType::Region | AreaType::Type | AreaType::Group => group(tally, settings),
    }
}

/// Staff in all returns, by (authority, service), under the same rules as any figure of several authorities.
pub(in crate::statistics) fn staff(workforce: &BTreeMap<(String, Service), u64>, settings: &Disclosure) -> Option<u64> {
    let mut authorities: BTreeMap<&str, u64> = BTreeMap::new();
    for ((authority, _), staff) in workforce {
        *authorities.entry(authority).or_default() += staff;
    }
    let largest = authorities.values().max().copied().unwrap_or_default();
    group_total(authorities.values().sum(), largest, authorities.len(), settings)
}

/// People of known and of unknown ethnicity, of one authority or, as a `group`, of several.
pub(in crate::statistics) fn known(
    knowledge: &Knowledge,
    group: bool,
    settings: &Disclosure,
) -> (Option<u64>, Option<u64>) {
    let total = knowledge.known + knowledge.unknown;
    if group && group_total(total, knowledge.largest, knowledge.contributors, settings).is_none() {
        return (None, None);
    }
    (shown_count(knowledge.known, settings), shown_count(knowledge.unknown, settings))
}

/// A total of several authorities that stands by itself; withheld when too few contribute or one dominates.
fn group_total(total: u64, largest: u64, authorities: usize, settings: &Disclosure) -> Option<u64> {
    let open = authorities >= settings.minimum_contributors && largest as f64 <= settings.dominance * total as f64;
    shown_count(total, settings).filter(|_| open)
}

/// The protected counts of several authorities: withheld whole when too few contribute or one dominates.
fn group(tally: &Tally, settings: &Disclosure) -> Shown {
    let few = tally.contributors < settings.minimum_contributors;
    let dominated = |largest: u64, total: u64| largest as f64 > settings.dominance * total as f64;
    let Counts { minoritised, white } = tally.counts;
    if few
        || dominated(tally.largest_minoritised, minoritised.denominator)
        || dominated(tally.largest_white, white.denominator)
    {
        return Shown {
            authorities: tally.authorities,
            counts: Counts::default(),
            coarser: Counts::default(),
            withheld: true,
        };
    }
    protect(tally, settings)
}

/// Primary suppression and rounding; what protects these counts is found for all tallies at once (`release`).
fn protect(tally: &Tally, settings: &Disclosure) -> Shown {
    let mut minoritised = group_of(tally.counts.minoritised, settings);
    let mut white = group_of(tally.counts.white, settings);
    if tally.share_of_total && (minoritised.numerator.is_none() || white.numerator.is_none()) {
        // A band's total less one group is the other group: the total goes with the group.
        minoritised.denominator = None;
        white.denominator = None;
    }
    let counts = Counts { minoritised, white };
    let withheld = counts.each().iter().any(|(_, count)| count.is_none());
    Shown { authorities: tally.authorities, counts, coarser: Counts::default(), withheld }
}

/// A group's numerator and denominator. "None" of a few people, or "all" of any number, would tell about everyone.
fn group_of(Side { numerator: events, denominator: people }: Side<u64>, settings: &Disclosure) -> Side<Option<u64>> {
    let few = people > 0 && people < settings.threshold;
    let everyone = people > 0 && events >= people;
    let numerator = shown_count(events, settings).filter(|_| !few && !everyone);
    Side { numerator, denominator: shown_count(people, settings) }
}

/// A count as it may be shown: withheld from 1 to below the threshold, else rounded; only a true zero is shown as zero.
fn shown_count(count: u64, settings: &Disclosure) -> Option<u64> {
    let rounded = rounded(count, settings.rounding);
    let withheld = count > 0 && (count < settings.threshold || rounded == 0);
    (!withheld).then_some(rounded)
}

/// Counts of one authority, for tests of what is said of them.
#[cfg(test)]
pub(in crate::statistics) fn example(counts: Counts<Option<u64>>) -> Shown {
    Shown {
        authorities: 1,
        counts,
        coarser: Counts::default(),
        withheld: counts.each().iter().any(|(_, count)| count.is_none()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn side<T>([numerator, denominator]: [T; 2]) -> Side<T> {
        Side { numerator, denominator }
    }

    fn tally(minoritised: [u64; 2], white: [u64; 2], authorities: usize) -> Tally {
        Tally {
            authorities,
            contributors: authorities,
            returns: authorities,
            counts: Counts { minoritised: side(minoritised), white: side(white) },
            largest_minoritised: minoritised[1] / 3,
            largest_white: white[1] / 3,
            share_of_total: false,
        }
    }

    #[test]
    fn small_counts_are_withheld_the_others_rounded_and_zero_is_zero() {
        let settings = Disclosure::default();
        let read: Vec<Option<u64>> = [0, 1, 9, 10, 12, 13, 17, 18].map(|count| shown_count(count, &settings)).to_vec();
        assert_eq!(read, [Some(0), None, None, Some(10), Some(10), Some(15), Some(15), Some(20)]);
    }

    #[test]
    fn a_group_of_two_or_one_that_is_dominated_is_withheld_whole() {
        let settings = Disclosure::default();
        let whole = group(&tally([30, 300], [40, 400], 3), &settings);
        let shown = Counts { minoritised: side([Some(30), Some(300)]), white: side([Some(40), Some(400)]) };
        assert_eq!(whole.counts, shown);
        let few = group(&tally([30, 300], [40, 400], 2), &settings);
        assert_eq!((few.counts, few.withheld), (Counts::default(), true));
        let mut dominated = tally([30, 300], [40, 400], 5);
        dominated.largest_white = 341;
        assert!(group(&dominated, &settings).withheld);
        dominated.largest_white = 340;
        assert!(!group(&dominated, &settings).withheld);
    }

    #[test]
    fn a_band_total_goes_with_the_group_that_is_withheld() {
        let band = Tally { share_of_total: true, ..tally([4, 104], [100, 104], 1) };
        let shown = protect(&band, &Disclosure::default()).counts;
        assert_eq!(shown, Counts { minoritised: side([None, None]), white: side([Some(100), None]) });
    }

    #[test]
    fn a_rate_that_would_tell_about_everyone_is_not_shown() {
        let settings = Disclosure::default();
        let of = |minoritised| protect(&tally(minoritised, [40, 400], 1), &settings).counts.minoritised;
        assert_eq!(of([0, 9]), side([None, None]));
        assert_eq!(of([0, 10]), side([Some(0), Some(10)])); // a true zero among ten or more is shown
        assert_eq!(of([0, 0]), side([Some(0), Some(0)]));
        assert_eq!(of([24, 24]), side([None, Some(25)]));
    }

    proptest! {
        #[test]
        fn nothing_shown_is_small_unrounded_or_out_of_order(events in 0_u64..60, more in 0_u64..60, threshold in 1_u64..20, rounding in 1_u64..11) {
            let settings = Disclosure { threshold, rounding, ..Disclosure::default() };
            let shown = protect(&tally([events, events + more], [events, events + more], 1), &settings);
            for count in [events, events + more] {
                if let Some(value) = shown_count(count, &settings) {
                    prop_assert!(count == 0 || count >= threshold);
                    prop_assert_eq!(value % rounding, 0);
                    prop_assert!(value.abs_diff(count) * 2 <= rounding);
                } else {
                    prop_assert!(count > 0 && (count < threshold || count * 2 < rounding));
                }
            }
            let Side { numerator, denominator } = shown.counts.minoritised;
            if let Some((events, people)) = numerator.zip(denominator) {
                prop_assert!(events <= people);
            }
        }
    }
}
