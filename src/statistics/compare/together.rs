//! An authority's own rounds together, where one round alone is too few to say (`docs/method.md`, Comparing rounds).

use serde::Serialize;

use super::computed::Judgement;
use super::interval::Proportion;
use super::pooling;
use super::statistic::{Outcome, Ratio};
use super::trend::Year;
use crate::standard::Adverse;

/// The rounds of an authority taken together, each compared within itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Together {
    /// The rounds, the earliest first.
    pub years: Vec<i32>,
    /// Minoritised events and people of all rounds; who is in two rounds counts twice.
    pub minoritised: (u64, u64),
    /// White events and people of all rounds.
    pub white: (u64, u64),
    /// The Mantel–Haenszel ratio with its Greenland–Robins interval; nothing where one of the groups has no events.
    pub ratio: Option<Ratio>,
    /// What the evidence allows to say.
    pub result: Outcome,
}

/// The rounds up to the newest one that nothing breaks, as far as their counts are shown; nothing of fewer than two, or without
/// the newest.
pub(super) fn together(years: &[Year], adverse: Adverse, judgement: Judgement) -> Option<Together> {
    let mut strata: Vec<(i32, [Proportion; 2])> = Vec::new();
    for year in years.iter().rev() {
        let figure = year
            .statistic
            .as_ref()
            .and_then(|figure| Some([figure.minoritised.proportion()?, figure.white.proportion()?]));
        match figure {
            Some(figure) => strata.push((year.year, figure)),
            None if strata.is_empty() => return None,
            None => {}
        }
        if year.break_before.is_some() {
            break;
        }
    }
    strata.reverse();
    let (years, strata): (Vec<i32>, Vec<[Proportion; 2]>) = strata.into_iter().unzip();
    (years.len() > 1).then(|| of(years, &strata, adverse, judgement))
}

fn of(years: Vec<i32>, strata: &[[Proportion; 2]], adverse: Adverse, judgement: Judgement) -> Together {
    let sum = |group: usize| Proportion {
        events: strata.iter().map(|stratum| stratum[group].events).sum(),
        people: strata.iter().map(|stratum| stratum[group].people).sum(),
    };
    let (minoritised, white) = (sum(0), sum(1));
    let ratio = pooling::mantel_haenszel(strata, judgement.critical());
    // Without an interval the test of a ratio of 1 decides, which is defined with zero cells too.
    let (distance, test) = pooling::mantel_haenszel_test(strata);
    let side = match ratio {
        Some(ratio) => (ratio.lower > 1.0, ratio.upper < 1.0),
        None => {
            let clear = test > judgement.critical().powi(2);
            (clear && distance > 0.0, clear && distance < 0.0)
        }
    };
    let result = match (side, adverse) {
        _ if judgement.too_few(minoritised, white) => Outcome::TooFew,
        ((false, false), _) => Outcome::NoClearDifference,
        ((above, _), adverse) if above == (adverse == Adverse::Above) => Outcome::Disadvantage,
        _ => Outcome::Advantage,
    };
    let both = |group: Proportion| (group.events, group.people);
    Together { years, minoritised: both(minoritised), white: both(white), ratio, result }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::trend::Panel;
    use super::*;
    use crate::round::Statistics;
    use crate::standard::Kind;
    use crate::statistics::compare::example::figure;

    fn year(year: i32, counts: [Option<u64>; 4], broken: bool) -> Year {
        Year {
            year,
            statistic: Some(figure(Kind::Likelihood, Adverse::Above, counts)),
            break_before: broken.then(|| "The question was another one.".to_owned()),
            panel: Panel::Same,
        }
    }

    fn taken(years: &[Year]) -> Option<Together> {
        together(years, Adverse::Above, Judgement::new(&Statistics::default()))
    }

    #[test]
    fn the_ratio_is_the_formula_of_mantel_and_haenszel() {
        let rounds = [[4, 60, 9, 210], [7, 75, 10, 260], [6, 80, 12, 240]];
        let years: Vec<Year> = (2022..).zip(rounds).map(|(at, counts)| year(at, counts.map(Some), false)).collect();
        let found = taken(&years).unwrap();
        // Written out, each round with its minoritised and white people together.
        let top = 4.0 * 210.0 / 270.0 + 7.0 * 260.0 / 335.0 + 6.0 * 240.0 / 320.0;
        let bottom = 9.0 * 60.0 / 270.0 + 10.0 * 75.0 / 335.0 + 12.0 * 80.0 / 320.0;
        let spread = (60.0 * 210.0 * 13.0 - 4.0 * 9.0 * 270.0) / 270.0_f64.powi(2)
            + (75.0 * 260.0 * 17.0 - 7.0 * 10.0 * 335.0) / 335.0_f64.powi(2)
            + (80.0 * 240.0 * 18.0 - 6.0 * 12.0 * 320.0) / 320.0_f64.powi(2);
        let reach = 1.959_963_984_540_054 * (spread / (top * bottom)).sqrt();
        let ratio = found.ratio.unwrap();
        assert!((ratio.value - top / bottom).abs() < 1e-12);
        assert!((ratio.lower - top / bottom * (-reach).exp()).abs() < 1e-9);
        assert!((ratio.upper - top / bottom * reach.exp()).abs() < 1e-9);
        assert_eq!((found.years, found.minoritised, found.white), (vec![2022, 2023, 2024], (17, 215), (31, 710)));
        assert_eq!(found.result, Outcome::Disadvantage);
        // None of the three alone says so.
        assert!(years.iter().all(|year| year.statistic.as_ref().unwrap().result != Some(Outcome::Disadvantage)));
    }

    #[test]
    fn rounds_before_a_break_and_rounds_without_counts_are_left_out() {
        let counts = [4, 60, 9, 210].map(Some);
        let withheld = [None, Some(60), Some(10), Some(210)];
        let years = |found: Option<Together>| found.map(|found| found.years);
        assert_eq!(taken(&[year(2024, counts, false)]), None);
        assert_eq!(taken(&[year(2023, counts, false), year(2024, counts, true)]), None);
        assert_eq!(taken(&[year(2023, counts, false), year(2024, withheld, false)]), None);
        let broken = [year(2021, counts, false), year(2023, counts, true), year(2024, counts, false)];
        assert_eq!(years(taken(&broken)), Some(vec![2023, 2024]));
        let hidden = [year(2021, counts, false), year(2023, withheld, false), year(2024, counts, false)];
        assert_eq!(years(taken(&hidden)), Some(vec![2021, 2024]));
    }

    #[test]
    fn without_a_case_in_all_rounds_the_test_decides() {
        let none = |white| year(2023, [Some(0), Some(55), Some(white), Some(524)], false);
        let found = taken(&[none(25), none(25)]).unwrap();
        assert_eq!((found.ratio, found.result), (None, Outcome::Advantage));
        assert_eq!(taken(&[none(3), none(3)]).unwrap().result, Outcome::NoClearDifference);
        assert_eq!(taken(&[none(1), none(1)]).unwrap().result, Outcome::TooFew);
    }

    proptest! {
        #[test]
        fn equal_rounds_give_the_same_ratio_more_surely_and_their_order_does_not_matter(
            (a, m, b, w) in (1_u64..40, 40_u64..400, 1_u64..40, 40_u64..400), other in 1_u64..40
        ) {
            let (one, two) = ([a, m, b, w].map(Some), [other, m, b, w].map(Some));
            let of = |rounds: &[[Option<u64>; 4]]| {
                let years: Vec<Year> = (2020..).zip(rounds).map(|(at, counts)| year(at, *counts, false)).collect();
                taken(&years).unwrap().ratio.unwrap()
            };
            let (twice, thrice) = (of(&[one, one]), of(&[one, one, one]));
            let alone = (a as f64 / m as f64) / (b as f64 / w as f64);
            prop_assert!((twice.value / alone - 1.0).abs() < 1e-12 && (thrice.value / alone - 1.0).abs() < 1e-12);
            prop_assert!(twice.lower < thrice.lower && thrice.upper < twice.upper);
            let (here, there) = (of(&[one, one, two]), of(&[two, one, one]));
            prop_assert!((here.value - there.value).abs() < 1e-12 && (here.upper - there.upper).abs() < 1e-9);
        }

        #[test]
        fn of_one_round_the_test_is_the_score_test((a, m, b, w) in (0_u64..40, 40_u64..400, 0_u64..40, 40_u64..400)) {
            prop_assume!(a + b > 0);
            let stratum = [Proportion { events: a, people: m }, Proportion { events: b, people: w }];
            let (_, test) = pooling::mantel_haenszel_test(&[stratum]);
            let score = super::super::interval::score(stratum[0], stratum[1], 1.0);
            prop_assert!((test - score).abs() < 1e-9 * score.max(1.0));
        }
    }
}
