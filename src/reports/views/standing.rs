//! Where an authority stands among the others, how they spread, and their pooled ratio, in print.

use serde::Serialize;

use crate::reports::figures::{CountView, Printed};
use crate::reports::words;
use crate::standard::Adverse;
use crate::statistics::{Expected, Marker, Outcome, Pooled, Position, PositionCounts, Ratio, Spread};

/// The spread of authorities' results in print.
#[derive(Clone, Debug, Serialize)]
pub struct SpreadView {
    /// The pay band, or empty.
    pub label: String,
    /// 10th percentile.
    pub p10: Printed,
    /// Lower quartile.
    pub lower_quartile: Printed,
    /// Median.
    pub median: Printed,
    /// Upper quartile.
    pub upper_quartile: Printed,
    /// 90th percentile.
    pub p90: Printed,
    /// How many authorities are behind it.
    pub authorities: CountView,
}

/// The spread in print: shares as percentages, ratios with two decimals; `id` is the beginning of its numbers' ids.
pub fn spread(spread: &Spread, share: bool, id: &str, label: String) -> SpreadView {
    let print = |part: &str, value: f64| {
        let text = if share { words::percent(value) } else { words::ratio(value) };
        Printed::new(format!("{id}/spread_{part}"), text)
    };
    SpreadView {
        label,
        p10: print("p10", spread.p10),
        lower_quartile: print("lower_quartile", spread.lower_quartile),
        median: print("median", spread.median),
        upper_quartile: print("upper_quartile", spread.upper_quartile),
        p90: print("p90", spread.p90),
        authorities: CountView::new(format!("{id}/spread_authorities"), spread.authorities),
    }
}

/// An authority's place among the others, in words.
#[derive(Clone, Debug, Serialize)]
pub struct PositionView {
    /// `as-expected`, `above-expected` or `below-expected`.
    pub expected: Expected,
    /// The same in words.
    pub label: &'static str,
    /// Whether it lies far beyond what is expected.
    pub far: bool,
    /// The quartile in words.
    pub quartile_label: &'static str,
    /// The lowest rank its interval allows, counted from the lowest ratio.
    pub lowest_rank: CountView,
    /// The highest rank its interval allows.
    pub highest_rank: CountView,
    /// How many authorities have a position.
    pub of: CountView,
    /// How many others it cannot be told apart from.
    pub alike: CountView,
    /// How many others there are.
    pub others: CountView,
    /// Between which ratios it would be as expected, given its size: "0.41 to 0.66".
    ///
    /// The position rests on exact counts and the limits on published ones: where the two would seem to differ, it says so.
    pub limits: Printed,
    /// Whether the limits are told.
    pub has_limits: bool,
}

/// The position in words; `id` is the beginning of its numbers' ids.
pub fn position(position: &Position, own: f64, (lower, upper): (f64, f64), id: &str) -> PositionView {
    // As they are printed: the nearest hundredth.
    let printed = |value: f64| words::to_number(value, 2);
    let (own, below, above) = (printed(own), printed(lower), printed(upper));
    let has_limits = match position.expected {
        Expected::AsExpected => below <= own && own <= above,
        Expected::AboveExpected => own > above,
        Expected::BelowExpected => own < below,
    };
    let (lowest, highest) = position.rank;
    let count = |part: &str, n: usize| CountView::new(format!("{id}/position_{part}"), n);
    PositionView {
        expected: position.expected,
        label: expected_label(position.expected),
        far: position.far,
        quartile_label: ["lowest", "second lowest", "second highest", "highest"][position.quartile.clamp(1, 4) - 1],
        lowest_rank: count("lowest_rank", lowest),
        highest_rank: count("highest_rank", highest),
        of: count("of", position.of),
        alike: count("alike", highest.saturating_sub(lowest)),
        others: count("others", position.of.saturating_sub(1)),
        limits: Printed::new(
            format!("{id}/position_limits"),
            if has_limits {
                format!("{} to {}", words::limit(lower), words::limit(upper))
            } else {
                "at the limit".to_owned()
            },
        ),
        has_limits,
    }
}

/// The words of a position.
pub fn expected_label(expected: Expected) -> &'static str {
    match expected {
        Expected::AsExpected => "as expected",
        Expected::AboveExpected => "above expected",
        Expected::BelowExpected => "below expected",
    }
}

/// How many authorities lie within and beyond what is expected, in print.
#[derive(Clone, Debug, Serialize)]
pub struct PositionCountsView {
    /// Above expected.
    pub above: CountView,
    /// As expected.
    pub as_expected: CountView,
    /// Below expected.
    pub below: CountView,
    /// Authorities with a position.
    pub of: CountView,
}

/// The counts in print; `id` is the beginning of their ids.
pub fn position_counts(counts: PositionCounts, id: &str) -> PositionCountsView {
    let count = |part: &str, n: usize| CountView::new(format!("{id}/positions_{part}"), n);
    PositionCountsView {
        above: count("above", counts.above),
        as_expected: count("as_expected", counts.as_expected),
        below: count("below", counts.below),
        of: count("of", counts.of),
    }
}

/// A pooled ratio in print.
#[derive(Clone, Debug, Serialize)]
pub struct PooledView {
    /// The Mantel–Haenszel ratio.
    pub ratio: Printed,
    /// Its interval.
    pub interval: Printed,
    /// How many authorities are behind it.
    pub authorities: CountView,
    /// Whether it can be said how much they differ.
    pub has_heterogeneity: bool,
    /// Q, or a symbol.
    pub q: Printed,
    /// The p-value of Q, or a symbol.
    pub q_p_value: Printed,
    /// I² in per cent, or a symbol.
    pub i2: Printed,
    /// τ², or a symbol.
    pub tau2: Printed,
    /// Whether the authorities differ more than chance allows.
    pub differ: bool,
    /// How many authorities Q, I² and τ² rest on: those without a zero cell.
    pub strata: CountView,
    /// Whether it lies on the other side of 1 than the published ratio.
    pub contradicts: bool,
    /// What it would lead to alone: `disadvantage`, `advantage` or `no-clear-difference`.
    pub result: &'static str,
    /// Whether one of the two intervals leaves out 1, and the other does not or leaves it out on the other side.
    pub disagrees: bool,
}

/// On which side of 1 the interval lies; 0 where it includes 1.
fn side(ratio: &Ratio) -> i8 {
    i8::from(ratio.lower > 1.0) - i8::from(ratio.upper < 1.0)
}

/// Whether two ratios lie on different sides of 1, and are printed so.
fn contradict(one: f64, other: f64) -> bool {
    let at_one = |ratio: f64| words::ratio(ratio) == "1.00";
    (one - 1.0) * (other - 1.0) < 0.0 && !at_one(one) && !at_one(other)
}

/// The pooled ratio in print beside the published one; `id` is the beginning of its numbers' ids.
pub fn pooled(pooled: &Pooled, published: Option<Ratio>, adverse: Adverse, significance: f64, id: &str) -> PooledView {
    let ratio = pooled.mantel_haenszel;
    let heterogeneity = pooled.heterogeneity;
    let print = |part: &str, text: Option<String>| Printed::or(format!("{id}/{part}"), text, Marker::Z);
    PooledView {
        ratio: print("mantel_haenszel", Some(words::ratio(ratio.value))),
        interval: print(
            "mantel_haenszel_interval",
            Some(format!("{} to {}", words::limit(ratio.lower), words::limit(ratio.upper))),
        ),
        authorities: CountView::new(format!("{id}/pooled_authorities"), pooled.authorities),
        has_heterogeneity: heterogeneity.is_some(),
        q: print("q", heterogeneity.map(|found| words::decimal(found.q, 1))),
        q_p_value: print("q_p_value", heterogeneity.map(|found| words::p_value(found.q_p_value))),
        i2: print("i2", heterogeneity.map(|found| format!("{}%", words::decimal(found.i2, 0)))),
        tau2: print("tau2", heterogeneity.map(|found| words::decimal(found.tau2, 3))),
        differ: heterogeneity.is_some_and(|found| found.q_p_value < significance),
        strata: CountView::new(
            format!("{id}/heterogeneity_authorities"),
            heterogeneity.map_or(0, |found| found.strata),
        ),
        contradicts: published.is_some_and(|published| contradict(published.value, ratio.value)),
        result: match (side(&ratio), adverse) {
            (0, _) => "no-clear-difference",
            (1.., Adverse::Above) | (..0, Adverse::Below | Adverse::Falling) => Outcome::Disadvantage.id(),
            _ => Outcome::Advantage.id(),
        },
        disagrees: published.is_some_and(|published| side(&published) != side(&ratio)),
    }
}
