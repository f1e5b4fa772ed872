//! Where an authority stands among the others, in words.

use serde::Serialize;

use crate::reports::words;
use crate::statistics::{Expected, Position, Spread};

/// The spread of authorities' results in print.
#[derive(Clone, Debug, Serialize)]
pub struct SpreadView {
    /// 10th percentile.
    pub p10: String,
    /// Lower quartile.
    pub lower_quartile: String,
    /// Median.
    pub median: String,
    /// Upper quartile.
    pub upper_quartile: String,
    /// 90th percentile.
    pub p90: String,
    /// How many authorities are behind it.
    pub authorities: usize,
}

/// The spread in print: shares as percentages, ratios with two decimals.
pub fn spread(spread: &Spread, share: bool) -> SpreadView {
    let print = |value: f64| if share { words::percent(value) } else { words::ratio(value) };
    SpreadView {
        p10: print(spread.p10),
        lower_quartile: print(spread.lower_quartile),
        median: print(spread.median),
        upper_quartile: print(spread.upper_quartile),
        p90: print(spread.p90),
        authorities: spread.authorities,
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
    /// 1 to 4.
    pub quartile: usize,
    /// The quartile in words.
    pub quartile_label: &'static str,
    /// The lowest rank its interval allows.
    pub lowest_rank: usize,
    /// The highest rank its interval allows.
    pub highest_rank: usize,
    /// How many authorities have a position.
    pub of: usize,
    /// How many authorities it cannot be told apart from.
    pub alike: usize,
}

/// The position in words.
pub fn position(position: &Position) -> PositionView {
    let (lowest, highest) = position.rank;
    PositionView {
        expected: position.expected,
        label: match position.expected {
            Expected::AsExpected => "as expected",
            Expected::AboveExpected => "above expected",
            Expected::BelowExpected => "below expected",
        },
        far: position.far,
        quartile: position.quartile,
        quartile_label: ["lowest", "second lowest", "second highest", "highest"][position.quartile.clamp(1, 4) - 1],
        lowest_rank: lowest,
        highest_rank: highest,
        of: position.of,
        alike: (highest + 1).saturating_sub(lowest).saturating_sub(1),
    }
}
