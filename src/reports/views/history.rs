//! A figure over the rounds, in print.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::reports::case::{self, Case, Change};
use crate::reports::figures::{CountView, Printed};
use crate::reports::words;
use crate::round::Round;
use crate::standard::{Adverse, Indicator, Kind};
use crate::statistics::{Direction, Marker, Matched, Outcome, Panel, Trend};

use super::figure::{FigureView, figure};

/// One figure over the rounds.
#[derive(Clone, Debug, Serialize)]
pub struct TrendView {
    /// The pay band, or the area.
    pub label: String,
    /// Every round, the earliest first.
    pub years: Vec<YearView>,
    /// Every pair of consecutive rounds without a break between them.
    pub matched: Vec<MatchedView>,
    /// What may be said of the change to the newest round: its direction, or why it cannot be told.
    pub newest: &'static str,
    /// An authority's rounds together, where there are two or more.
    pub together: Option<TogetherView>,
}

/// An authority's rounds together.
#[derive(Clone, Debug, Serialize)]
pub struct TogetherView {
    /// The first of the rounds.
    pub from: i32,
    /// The last of them, which is the newest.
    pub to: i32,
    /// How many they are.
    pub rounds: CountView,
    /// Minoritised events of all rounds.
    pub minoritised_numerator: Printed,
    /// Minoritised people of all rounds; who is in two rounds counts twice.
    pub minoritised_denominator: Printed,
    /// White events of all rounds.
    pub white_numerator: Printed,
    /// White people of all rounds.
    pub white_denominator: Printed,
    /// The Mantel–Haenszel ratio, or a symbol.
    pub ratio: Printed,
    /// Its interval, or a symbol.
    pub interval: Printed,
    /// Whether there is a ratio: not where one of the groups has no events.
    pub has_ratio: bool,
    /// The ratio in words, or a symbol: "48% less likely".
    pub words: Printed,
    /// What follows the words: "as" or "than".
    pub words_join: &'static str,
    /// `disadvantage`, `advantage`, `no-clear-difference` or `too-few`.
    pub result: &'static str,
    /// Whether it is a disadvantage.
    pub adverse: bool,
    /// The result in words.
    pub result_label: &'static str,
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
    /// Who contributes beside who did in the round before: `first`, `same`, `partly` or `other`.
    pub panel: Panel,
    /// Whether it continues the figure of the round before, so that a line may join the two.
    pub continues: bool,
    /// The symbols that its row shows in place of its value and interval.
    pub symbols: BTreeSet<&'static str>,
    /// The symbol that stands in its place in a chart, if one does.
    pub noted: Vec<&'static str>,
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
    /// What may be said of it: `rose`, `fell`, `no-clear-change`, `too-few`, or why it cannot be told.
    pub case: &'static str,
    /// The same in words.
    pub label: &'static str,
    /// The symbols that its two rows show in place of values, intervals and the change.
    pub symbols: BTreeSet<&'static str>,
}

/// The trend in print, under this label.
pub fn trend(trend: &Trend, label: String, round: &Round, indicator: &Indicator) -> TrendView {
    let kind = indicator.kind;
    let year = |year: &crate::statistics::Year| {
        let figure = year.statistic.as_ref().map(|statistic| figure(statistic, round, year.year));
        YearView {
            year: year.year,
            symbols: figure.iter().flat_map(|figure| symbols(figure, kind)).collect(),
            noted: case::unmarked(year, kind).iter().map(|why| why.id()).collect(),
            figure,
            broken: year.break_before.clone().unwrap_or_default(),
            panel: year.panel,
            continues: year.continues(),
        }
    };
    TrendView {
        label,
        years: trend.years.iter().map(year).collect(),
        matched: trend.matched.iter().map(|pair| matched(pair, round, indicator, kind)).collect(),
        newest: Change::newest(trend).id(),
        together: together(trend),
    }
}

/// An authority's rounds together, in print; the ids are those of its newest figure.
fn together(trend: &Trend) -> Option<TogetherView> {
    let found = trend.together.as_ref()?;
    let (from, to) = (*found.years.first()?, *found.years.last()?);
    let id = trend.years.last()?.statistic.as_ref()?.id(to);
    let print = |part: &str, text: Option<String>| Printed::or(format!("{id}/together_{part}"), text, Marker::Z);
    let count = |part: &str, count: u64| print(part, Some(words::count(count)));
    let ratio = found.ratio;
    Some(TogetherView {
        from,
        to,
        rounds: CountView::new(format!("{id}/together_rounds"), found.years.len()),
        minoritised_numerator: count("minoritised_numerator", found.minoritised.0),
        minoritised_denominator: count("minoritised_denominator", found.minoritised.1),
        white_numerator: count("white_numerator", found.white.0),
        white_denominator: count("white_denominator", found.white.1),
        ratio: print("ratio", ratio.map(|ratio| words::ratio(ratio.value))),
        interval: print(
            "interval",
            ratio.map(|ratio| format!("{} to {}", words::limit(ratio.lower), words::limit(ratio.upper))),
        ),
        has_ratio: ratio.is_some(),
        words: print("words", ratio.and_then(|ratio| words::likelihood(ratio.value))),
        words_join: ratio.map_or("than", |ratio| words::likelihood_join(ratio.value)),
        result: found.result.id(),
        adverse: found.result == Outcome::Disadvantage,
        result_label: Case::words(found.result),
    })
}

/// The symbols in place of the value and the interval that a figure's row shows in a table of rounds.
fn symbols(figure: &FigureView, kind: Kind) -> BTreeSet<&'static str> {
    let shown = match kind {
        Kind::Share => [&figure.minoritised.rate, &figure.minoritised.interval],
        Kind::Likelihood => [&figure.ratio, &figure.interval],
        Kind::Rate | Kind::RepresentationGap => [&figure.difference, &figure.difference_interval],
    };
    shown.into_iter().filter_map(Printed::symbol).collect()
}

fn matched(pair: &Matched, round: &Round, indicator: &Indicator, kind: Kind) -> MatchedView {
    let id = pair.after.id(pair.to);
    let share = indicator.kind == Kind::Share;
    let value = |value: f64| if share { words::points(value) } else { words::ratio(value) };
    let limit = |value: f64| if share { words::points(value) } else { words::limit(value) };
    let case = Change::of(pair);
    let print = |part: &str, text: Option<String>| Printed::or(format!("{id}/{part}"), text, case.gap());
    let (before, after) = (figure(&pair.before, round, pair.from), figure(&pair.after, round, pair.to));
    let change = print("change", pair.change.map(|change| value(change.value)));
    let figures = [&before, &after].into_iter().flat_map(|figure| symbols(figure, kind));
    MatchedView {
        from: pair.from,
        to: pair.to,
        symbols: figures.chain(change.symbol()).collect(),
        before,
        after,
        has_change: pair.change.is_some(),
        change,
        change_interval: print(
            "change_interval",
            pair.change.map(|change| format!("{} to {}", limit(change.lower), limit(change.upper))),
        ),
        case: case.id(),
        label: change_label(case, indicator.adverse),
    }
}

/// The words of a change: of a ratio, for whom it is better or worse; of a share, which way it went.
pub fn change_label(change: Change, adverse: Adverse) -> &'static str {
    match change {
        Change::Told(direction) => direction_label(direction, adverse),
        Change::Withheld => "Withheld",
        Change::NotAvailable | Change::Missing | Change::Gap | Change::OtherAuthorities => "Not available",
        Change::NotApplicable | Change::Broken | Change::First => "Not applicable",
        Change::NoRatio => "No ratio",
    }
}

/// The words of a direction: of a ratio, for whom it is better or worse; of a share, which way it went.
pub fn direction_label(direction: Direction, adverse: Adverse) -> &'static str {
    match (direction, adverse) {
        (Direction::Rose, Adverse::Above) | (Direction::Fell, Adverse::Below) => "Less favourable",
        (Direction::Fell, Adverse::Above) | (Direction::Rose, Adverse::Below) => "More favourable",
        (Direction::Rose, Adverse::Falling) => "Rose",
        (Direction::Fell, Adverse::Falling) => "Fell",
        (Direction::NoClearChange, _) => "No clear change",
        (Direction::TooFew, _) => "Too few to say",
    }
}
