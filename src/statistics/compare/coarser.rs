//! What coarser counts leave open: an interval that says at least as much as their digits hold back.

use super::computed::Judgement;
use super::statistic::{GroupFigures, Outcome, Statistic};
use crate::statistics::figure::{Counts, Side};

/// The lowest and the highest rate, or nothing where there is none.
type Range = Option<(f64, f64)>;

/// Widens the intervals of a figure that are narrower than what its coarser counts leave open, so that no interval leaves out a
/// value that the counts behind the printed ones may have.
///
/// Rounding moves a count by at most a fortieth, and chance seldom by less: most intervals stay as they are. Where the wider one takes
/// in 1, there is no clear difference: with other counts that are printed alike there would be none at all.
pub(super) fn widened(mut figure: Statistic, steps: Counts<Option<u64>>, judgement: Judgement) -> Statistic {
    if steps.each().iter().all(|(_, step)| step.is_none()) {
        return figure;
    }
    let minoritised = widen(&mut figure.minoritised, steps.minoritised);
    let white = widen(&mut figure.white, steps.white);
    let (Some(ratio), Some(minoritised), Some(white)) = (&mut figure.ratio, minoritised, white) else { return figure };
    if white.0 <= 0.0 {
        return figure;
    }
    ratio.lower = ratio.lower.min(minoritised.0 / white.1);
    ratio.upper = ratio.upper.max(minoritised.1 / white.0);
    let clear = figure.p_value.is_some_and(|p_value| p_value < judgement.significance());
    if clear && ratio.lower <= 1.0 && ratio.upper >= 1.0 {
        figure.p_value = Some(1.0);
        figure.result = figure.result.map(|result| match result {
            Outcome::Disadvantage | Outcome::Advantage => Outcome::NoClearDifference,
            other => other,
        });
    }
    figure
}

/// Widens the interval of a group's rate; returns the rates that its counts leave open.
fn widen(group: &mut GroupFigures, steps: Side<Option<u64>>) -> Range {
    let numerator = open(group.numerator?, steps.numerator);
    let denominator = open(group.denominator?, steps.denominator);
    if denominator.0 <= 0.0 {
        return None;
    }
    let (lowest, highest) = (numerator.0 / denominator.1, (numerator.1 / denominator.0).min(1.0));
    if steps.numerator.or(steps.denominator).is_some() {
        group.lower = group.lower.map(|lower| lower.min(lowest));
        group.upper = group.upper.map(|upper| upper.max(highest));
    }
    Some((lowest, highest))
}

/// Between what a count lies that is rounded to a coarser step; one that is not is taken as it is shown.
fn open(shown: u64, step: Option<u64>) -> (f64, f64) {
    let half = step.map_or(0.0, |step| step as f64 / 2.0);
    (shown as f64 - half, shown as f64 + half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::Statistics;
    use crate::standard::{Adverse, Kind};
    use crate::statistics::compare::example;

    #[test]
    fn an_interval_that_chance_makes_wider_stays_and_a_narrower_one_gives_way() {
        let judgement = Judgement::new(&Statistics::default());
        let figure = |counts: [u64; 4]| example::figure(Kind::Likelihood, Adverse::Above, counts.map(Some));
        let steps = |step| Counts {
            minoritised: Side { numerator: Some(step), denominator: Some(step) },
            white: Side { numerator: Some(step), denominator: Some(step) },
        };
        let few = figure([200, 1_000, 200, 2_000]);
        let widened_few = widened(few.clone(), steps(10), judgement);
        assert_eq!(widened_few.ratio, few.ratio, "chance is wider than the fortieth of a count");
        let many = figure([1_000, 1_100, 1_000, 1_150]);
        assert_eq!(many.result, Some(Outcome::Disadvantage));
        let widened_many = widened(many.clone(), steps(50), judgement);
        let (before, after) = (many.ratio.unwrap(), widened_many.ratio.unwrap());
        assert!(after.lower < before.lower && after.upper > before.upper && after.value == before.value);
        assert_eq!(widened_many.result, Some(Outcome::NoClearDifference));
        assert_eq!(widened_many.p_value, Some(1.0));
    }
}
