//! A figure over the rounds, in print.

use serde::Serialize;

use crate::reports::figures::Printed;
use crate::reports::words;
use crate::round::Round;
use crate::standard::{Adverse, Indicator, Kind};
use crate::statistics::{Direction, Matched, Trend};

use super::figure::{FigureView, figure, figure_id};

/// One figure over the rounds.
#[derive(Clone, Debug, Serialize)]
pub struct TrendView {
    /// The pay band, or the area.
    pub label: String,
    /// Every round, the earliest first.
    pub years: Vec<YearView>,
    /// Every pair of consecutive rounds without a break between them.
    pub matched: Vec<MatchedView>,
}

/// One round's figure.
#[derive(Clone, Debug, Serialize)]
pub struct YearView {
    /// The reporting year.
    pub year: i32,
    /// The figure, where there is one.
    pub figure: Option<FigureView>,
    /// Why it cannot be compared with the round before, or empty.
    pub broken: String,
}

/// Two consecutive rounds of the same authorities.
#[derive(Clone, Debug, Serialize)]
pub struct MatchedView {
    /// The earlier year.
    pub from: i32,
    /// The later year.
    pub to: i32,
    /// The earlier figure.
    pub before: FigureView,
    /// The later figure.
    pub after: FigureView,
    /// Whether the change can be told.
    pub has_change: bool,
    /// The later ratio divided by the earlier, or the difference of shares in percentage points; or a symbol.
    pub change: Printed,
    /// Its interval, or a symbol.
    pub change_interval: Printed,
    /// `rose`, `fell`, `no-clear-change`, `too-few` or `none`.
    pub direction: &'static str,
    /// The direction in words.
    pub label: &'static str,
}

/// The trend in print, under this label.
pub fn trend(trend: &Trend, label: String, round: &Round, indicator: &Indicator) -> TrendView {
    let year = |year: &crate::statistics::Year| YearView {
        year: year.year,
        figure: year.statistic.as_ref().map(|statistic| figure(statistic, round, year.year)),
        broken: year.break_before.clone().unwrap_or_default(),
    };
    TrendView {
        label,
        years: trend.years.iter().map(year).collect(),
        matched: trend.matched.iter().map(|pair| matched(pair, round, indicator)).collect(),
    }
}

fn matched(pair: &Matched, round: &Round, indicator: &Indicator) -> MatchedView {
    let id = figure_id(&pair.after, pair.to);
    let share = indicator.kind == Kind::Share;
    let value = |value: f64| if share { words::points(value) } else { words::ratio(value) };
    let limit = |value: f64| if share { words::points(value) } else { words::limit(value) };
    let withheld = [&pair.before, &pair.after]
        .iter()
        .any(|figure| figure.minoritised.rate.is_none() || figure.white.rate.is_none());
    let symbol = if withheld { "[c]" } else { "[z]" };
    let print = |part: &str, text: Option<String>| {
        Printed::new(format!("{id}/{part}"), text.unwrap_or_else(|| symbol.to_owned()))
    };
    MatchedView {
        from: pair.from,
        to: pair.to,
        before: figure(&pair.before, round, pair.from),
        after: figure(&pair.after, round, pair.to),
        has_change: pair.change.is_some(),
        change: print("change", pair.change.map(|change| value(change.value))),
        change_interval: print(
            "change_interval",
            pair.change.map(|change| format!("{} to {}", limit(change.lower), limit(change.upper))),
        ),
        direction: match pair.change.map(|change| change.direction) {
            Some(Direction::Rose) => "rose",
            Some(Direction::Fell) => "fell",
            Some(Direction::NoClearChange) => "no-clear-change",
            Some(Direction::TooFew) => "too-few",
            None => "none",
        },
        label: match (pair.change, withheld) {
            (Some(change), _) => change_label(change.direction, indicator.adverse),
            (None, true) => "Withheld",
            (None, false) => "No ratio",
        },
    }
}

/// The words of a change: of a ratio, for whom it is better or worse; of a share, which way it went.
pub fn change_label(direction: Direction, adverse: Adverse) -> &'static str {
    match (direction, adverse) {
        (Direction::Rose, Adverse::Above) | (Direction::Fell, Adverse::Below) => "Less favourable",
        (Direction::Fell, Adverse::Above) | (Direction::Rose, Adverse::Below) => "More favourable",
        (Direction::Rose, Adverse::Falling) => "Rose",
        (Direction::Fell, Adverse::Falling) => "Fell",
        (Direction::NoClearChange, _) => "No clear change",
        (Direction::TooFew, _) => "Too few to say",
    }
}
