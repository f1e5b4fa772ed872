//! Intervals and tests for rates, ratios of rates and differences of rates (`docs/method.md`, What is computed).

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// Events among people: a numerator and its denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    /// Events.
    pub events: u64,
    /// People; never fewer than events.
    pub people: u64,
}

impl Proportion {
    /// Events divided by people; not a number when there are no people.
    pub fn rate(self) -> f64 {
        self.events as f64 / self.people as f64
    }
}

/// A value with its lower and upper limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit; infinite where the data set none.
    pub upper: f64,
}

/// The standard normal quantile for a two-sided interval: 1.96 for 0.95.
pub fn critical_value(confidence: f64) -> f64 {
    let normal = Normal::standard();
    normal.inverse_cdf(0.5 + confidence / 2.0)
}

/// The Wilson score interval of a rate (Wilson 1927); `people` is above 0.
pub fn wilson(proportion: Proportion, critical: f64) -> Interval {
    let (events, people) = (proportion.events as f64, proportion.people as f64);
    let rate = proportion.rate();
    let square = critical * critical;
    let centre = events + square / 2.0;
    let reach = critical * (square / 4.0 + people * rate * (1.0 - rate)).sqrt();
    let total = people + square;
    let lower = if proportion.events == 0 { 0.0 } else { (centre - reach) / total };
    let upper = if proportion.events == proportion.people { 1.0 } else { (centre + reach) / total };
    Interval { lower, upper }
}

/// The score interval of a ratio of rates (Koopman 1984); both groups have people, and events in one of them at least.
///
/// With no events below the upper limit is infinite; with no events on top the lower limit is 0.
pub fn koopman(top: Proportion, bottom: Proportion, critical: f64) -> Interval {
    let limit = critical * critical;
    let lower = if top.events == 0 { 0.0 } else { lower_limit(top, bottom, limit) };
    // The ratio the other way round has the inverted limits.
    let upper = if bottom.events == 0 { f64::INFINITY } else { 1.0 / lower_limit(bottom, top, limit) };
    Interval { lower, upper }
}

/// The smallest ratio that the score test does not reject, by bisection on the logarithm; `top` has events.
fn lower_limit(top: Proportion, bottom: Proportion, limit: f64) -> f64 {
    let estimate =
        if bottom.events == 0 { top.rate() * bottom.people as f64 * 2.0 } else { top.rate() / bottom.rate() };
    let mut accepted = estimate.ln();
    while score(top, bottom, accepted.exp()) > limit {
        accepted += 1.0; // only where the estimate is infinite: walk up until the test accepts
    }
    let mut rejected = accepted - 1.0;
    while score(top, bottom, rejected.exp()) <= limit {
        rejected -= 1.0;
    }
    for _ in 0..60 {
        let middle = (accepted + rejected) / 2.0;
        if score(top, bottom, middle.exp()) > limit {
            rejected = middle;
        } else {
            accepted = middle;
        }
    }
    ((accepted + rejected) / 2.0).exp()
}

/// The score statistic of the hypothesis that the ratio of rates is `ratio`; chi-squared with one degree of freedom.
pub(super) fn score(top: Proportion, bottom: Proportion, ratio: f64) -> f64 {
    let (x1, n1) = (top.events as f64, top.people as f64);
    let (x2, n2) = (bottom.events as f64, bottom.people as f64);
    let total = n1 + n2;
    // The most likely rates under the hypothesis are the smaller root of a quadratic equation.
    let linear = ratio * (n1 + x2) + x1 + n2;
    let root = (linear * linear - 4.0 * ratio * total * (x1 + x2)).max(0.0).sqrt();
    let rate1 = (2.0 * ratio * (x1 + x2) / (linear + root)).min(1.0);
    let rate2 = (rate1 / ratio).min(1.0);
    let distance = x1 / n1 - ratio * x2 / n2;
    let variance = rate1 * (1.0 - rate1) / n1 + ratio * ratio * rate2 * (1.0 - rate2) / n2;
    if distance.abs() < 1e-15 {
        0.0
    } else if variance <= 0.0 {
        f64::INFINITY
    } else {
        distance * distance / variance
    }
}

/// The variance of the logarithm of a ratio of rates (Katz and others 1978); infinite with a zero cell.
///
/// Ratios are placed and compared over the years on the logarithmic scale, where their errors add up.
pub fn log_variance(top: Proportion, bottom: Proportion) -> f64 {
    let one = |proportion: Proportion| 1.0 / proportion.events as f64 - 1.0 / proportion.people as f64;
    one(top) + one(bottom)
}

/// The interval of a ratio from its logarithm and the variance of that.
pub fn log_interval(ratio: f64, variance: f64, critical: f64) -> Interval {
    let reach = critical * variance.sqrt();
    Interval { lower: ratio * (-reach).exp(), upper: ratio * reach.exp() }
}

/// The p-value of the hypothesis that the ratio is 1: the score test, which is Pearson's chi-squared without correction.
///
/// It is below 0.05 exactly when the 95% interval of [`koopman`] excludes 1.
pub fn p_value(top: Proportion, bottom: Proportion) -> f64 {
    chi_squared_tail(score(top, bottom, 1.0))
}

/// The probability that a chi-squared variable with one degree of freedom is larger.
fn chi_squared_tail(statistic: f64) -> f64 {
    let chi_squared = ChiSquared::new(1.0).expect("one degree of freedom is a valid parameter");
    if statistic.is_infinite() { 0.0 } else { chi_squared.sf(statistic) }
}

/// The hybrid score interval of a difference of rates (Newcombe 1998, method 10); both groups have people.
pub fn newcombe(first: Proportion, second: Proportion, critical: f64) -> Interval {
    let difference = first.rate() - second.rate();
    let (one, two) = (wilson(first, critical), wilson(second, critical));
    let below = (first.rate() - one.lower).hypot(two.upper - second.rate());
    let above = (one.upper - first.rate()).hypot(second.rate() - two.lower);
    Interval { lower: difference - below, upper: difference + above }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::known::{close, known};
    use super::*;

    fn proportion(inputs: &Value, events: &str, people: &str) -> Proportion {
        Proportion { events: inputs[events].as_u64().unwrap(), people: inputs[people].as_u64().unwrap() }
    }

    #[test]
    fn wilson_reproduces_the_known_answers() {
        for (inputs, expected, tolerance) in known("wilson") {
            let proportion = proportion(&inputs, "x", "n");
            for (confidence, suffix) in [(inputs["conf"].as_f64(), ""), (Some(0.95), "95"), (Some(0.998), "998")] {
                let lower = &expected[format!("lower{suffix}")];
                if let Some(confidence) = confidence.filter(|_| !lower.is_null()) {
                    let interval = wilson(proportion, critical_value(confidence));
                    close(interval.lower, lower, tolerance);
                    close(interval.upper, &expected[format!("upper{suffix}")], tolerance);
                }
            }
        }
    }

    #[test]
    fn koopman_reproduces_the_known_answers() {
        for (inputs, expected, tolerance) in known("risk_ratio_koopman_score") {
            let (top, bottom) = (proportion(&inputs, "x1", "n1"), proportion(&inputs, "x2", "n2"));
            let interval = koopman(top, bottom, critical_value(0.95));
            close(interval.lower, &expected["lower"], tolerance);
            close(interval.upper, &expected["upper"], tolerance);
        }
    }

    #[test]
    fn katz_reproduces_the_known_answer() {
        for (inputs, expected, tolerance) in known("risk_ratio_katz") {
            let (top, bottom) = (proportion(&inputs, "x1", "n1"), proportion(&inputs, "x2", "n2"));
            let ratio = top.rate() / bottom.rate();
            let interval = log_interval(ratio, log_variance(top, bottom), critical_value(0.95));
            close(ratio, &expected["rr"], tolerance);
            close(interval.lower, &expected["lower"], tolerance);
            close(interval.upper, &expected["upper"], tolerance);
        }
    }

    #[test]
    fn zero_cells_are_told_by_the_score_interval_where_the_logarithm_cannot() {
        let (inputs, expected, _) = known("risk_ratio_katz_edges").remove(0);
        for (index, case) in inputs["cases"].as_array().unwrap().iter().enumerate() {
            let number = |place: usize| case[place].as_u64().unwrap();
            let top = Proportion { events: number(0), people: number(1) };
            let bottom = Proportion { events: number(2), people: number(3) };
            // The ratio is the known one; where other programs leave a limit undefined, the score interval has one.
            let ratio = top.rate() / bottom.rate();
            match &expected["rr"][index] {
                undefined if undefined == "nan" => assert!(ratio.is_nan()),
                known => close(ratio, known, 0.0),
            }
            assert!(log_variance(top, bottom).is_infinite());
            if top.events + bottom.events > 0 {
                let interval = koopman(top, bottom, critical_value(0.95));
                assert_eq!(interval.lower == 0.0, top.events == 0);
                assert_eq!(interval.upper.is_infinite(), bottom.events == 0);
            }
        }
    }

    #[test]
    fn newcombe_reproduces_the_known_answers() {
        for (inputs, expected, tolerance) in known("difference_newcombe") {
            let (first, second) = (proportion(&inputs, "x1", "n1"), proportion(&inputs, "x2", "n2"));
            let interval = newcombe(first, second, critical_value(0.95));
            close(first.rate() - second.rate(), &expected["diff"], tolerance);
            close(interval.lower, &expected["lower"], tolerance);
            close(interval.upper, &expected["upper"], tolerance);
        }
    }

    #[test]
    fn chi_squared_reproduces_the_known_answers() {
        for (inputs, expected, tolerance) in known("pearson_chi2") {
            let cell = |row: usize, column: usize| inputs["table"][row][column].as_u64().unwrap();
            let row = |row| Proportion { events: cell(row, 0), people: cell(row, 0) + cell(row, 1) };
            close(score(row(0), row(1), 1.0), &expected["chi2"], tolerance);
            close(p_value(row(0), row(1)), &expected["p"], 5e-5);
        }
    }

    fn proportions() -> impl Strategy<Value = (Proportion, Proportion)> {
        let one =
            || (1_u64..5000).prop_flat_map(|people| (0..=people).prop_map(move |events| Proportion { events, people }));
        (one(), one()).prop_filter("events in one group at least", |(top, bottom)| top.events + bottom.events > 0)
    }

    proptest! {
        #[test]
        fn p_is_below_5_per_cent_exactly_when_the_interval_excludes_1((top, bottom) in proportions()) {
            let interval = koopman(top, bottom, critical_value(0.95));
            let p = p_value(top, bottom);
            prop_assume!((p - 0.05).abs() > 1e-9);
            prop_assert_eq!(p < 0.05, interval.lower > 1.0 || interval.upper < 1.0);
        }

        #[test]
        fn the_interval_holds_the_ratio_and_inverts_with_it((top, bottom) in proportions()) {
            let interval = koopman(top, bottom, critical_value(0.95));
            let inverse = koopman(bottom, top, critical_value(0.95));
            if bottom.events > 0 {
                let ratio = top.rate() / bottom.rate();
                prop_assert!(interval.lower <= ratio * 1.000001 && ratio <= interval.upper * 1.000001);
            }
            prop_assert!((interval.lower - 1.0 / inverse.upper).abs() <= 1e-9 * interval.lower.max(1.0));
        }

        #[test]
        fn ten_times_the_people_narrow_the_interval_and_leave_the_ratio((top, bottom) in proportions()) {
            let more = |one: Proportion| Proportion { events: 10 * one.events, people: 10 * one.people };
            let (narrow, wide) =
                (koopman(more(top), more(bottom), critical_value(0.95)), koopman(top, bottom, critical_value(0.95)));
            prop_assert_eq!(more(top).rate() / more(bottom).rate(), top.rate() / bottom.rate());
            prop_assert!(wide.lower <= narrow.lower * 1.000001 && narrow.upper <= wide.upper * 1.000001);
            prop_assert!(p_value(more(top), more(bottom)) <= p_value(top, bottom) + 1e-12);
        }

        #[test]
        fn one_case_more_raises_rate_ratio_and_limits((top, bottom) in proportions()) {
            prop_assume!(top.events < top.people && bottom.events > 0);
            let more = Proportion { events: top.events + 1, ..top };
            let (before, after) =
                (koopman(top, bottom, critical_value(0.95)), koopman(more, bottom, critical_value(0.95)));
            prop_assert!(before.lower <= after.lower * 1.000001 && before.upper <= after.upper * 1.000001);
            let (before, after) = (wilson(top, critical_value(0.95)), wilson(more, critical_value(0.95)));
            prop_assert!(before.lower <= after.lower && before.upper <= after.upper);
            let (before, after) =
                (newcombe(top, bottom, critical_value(0.95)), newcombe(more, bottom, critical_value(0.95)));
            prop_assert!(before.lower <= after.lower + 1e-12 && before.upper <= after.upper + 1e-12);
        }

        #[test]
        fn every_limit_of_a_rate_lies_between_0_and_1((one, two) in proportions()) {
            let rate = wilson(one, critical_value(0.95));
            prop_assert!(0.0 <= rate.lower && rate.lower <= one.rate() && one.rate() <= rate.upper && rate.upper <= 1.0);
            let difference = newcombe(one, two, critical_value(0.95));
            prop_assert!(-1.000001 <= difference.lower && difference.upper <= 1.000001);
        }
    }
}
