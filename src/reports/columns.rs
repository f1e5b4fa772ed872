//! The columns of figures in printed order: the CSV, the workbook, the JSON and the comparison of print with data all read them.
//!
//! A new column is an entry of [`COLUMNS`].

mod spoken;

use anyhow::{Result, ensure};
use serde_json::Value as Json;

use crate::round::Round;
use crate::statistics::{Breakdown, GroupFigures, Marker, Outcome, Quantity, Ratio, Statistic};

use super::case::{Case, Part};
use super::{tables, words};
pub use spoken::{difference, title, value};

/// One column of a table of figures.
pub struct Column {
    /// The name in files, and the part of the ids of the numbers that documents print of it.
    pub id: &'static str,
    /// The title in the workbook, in which the column is missing where it has none.
    pub title: Option<&'static str>,
    /// What it holds.
    holds: Holds,
    /// What the workbook says in place of a word.
    spoken: Option<fn(&Statistic, &Round) -> String>,
}

/// What a column holds of a figure.
enum Holds {
    /// The year.
    Year,
    /// A word, or nothing.
    Word(fn(&Statistic) -> String),
    /// A number, or nothing, and the part of the figure that it is missing with.
    Number(Style, Part, fn(&Statistic) -> Option<f64>),
    /// One end of an interval: of the share for a pay band, which has no ratio, else of the ratio.
    Limit(fn(&GroupFigures) -> Option<f64>, fn(Ratio) -> f64),
}

/// A cell of the workbook.
pub enum Cell {
    /// A word.
    Word(String),
    /// A number, or the symbol of why it is not there.
    Number(Style, Result<f64, Marker>),
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A count.
    Count,
    /// A rate, a share or a difference of them, as a proportion.
    Rate,
    /// A ratio.
    Ratio,
    /// A p-value.
    PValue,
    /// A statistic of how much authorities differ.
    Statistic,
}

/// What the cells of a column look like in data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The year.
    Year,
    /// A word, or nothing.
    Word,
    /// A number of this style, or nothing.
    Number(Style),
    /// A ratio or a rate, or nothing.
    Limit,
}

impl Style {
    /// Every style.
    pub const ALL: [Style; 5] = [Style::Count, Style::Rate, Style::Ratio, Style::PValue, Style::Statistic];

    /// How many decimals data have.
    pub fn decimals(self) -> usize {
        match self {
            Style::Count => 0,
            Style::Statistic => 1,
            Style::Ratio => 2,
            Style::Rate => 3,
            Style::PValue => 4,
        }
    }

    /// How a spreadsheet shows it.
    pub fn pattern(self) -> &'static str {
        match self {
            Style::Count => "#,##0",
            Style::Statistic => "0.0",
            Style::Ratio => "0.00",
            Style::Rate => "0.000",
            Style::PValue => "0.0000",
        }
    }

    /// What the number is multiplied by in print.
    fn scale(self) -> f64 {
        if self == Style::Rate { 100.0 } else { 1.0 }
    }

    /// The number in a data file, rounded.
    pub fn text(self, value: f64) -> String {
        match self {
            Style::Count => format!("{value:.0}"),
            Style::Rate => words::data_rate(value),
            Style::Ratio => words::ratio(value),
            Style::PValue => words::data_p_value(value),
            Style::Statistic => words::decimal(value, 1),
        }
    }
}

fn count(of: Option<u64>) -> Option<f64> {
    of.map(|count| count as f64)
}

/// The counts of a figure that are rounded more coarsely than the round's counts are, and to what.
fn coarser(figure: &Statistic, name: fn(Quantity) -> String, to: &str, between: &str) -> String {
    let steps = figure.coarser.each().into_iter().filter_map(|(quantity, step)| Some((quantity, (*step)?)));
    steps.map(|(quantity, step)| format!("{}{to}{step}", name(quantity))).collect::<Vec<_>>().join(between)
}

/// A column of words.
const fn word(id: &'static str, title: Option<&'static str>, of: fn(&Statistic) -> String) -> Column {
    Column { id, title, holds: Holds::Word(of), spoken: None }
}

/// A column of numbers.
const fn number(
    id: &'static str,
    title: &'static str,
    style: Style,
    part: Part,
    of: fn(&Statistic) -> Option<f64>,
) -> Column {
    Column { id, title: Some(title), holds: Holds::Number(style, part, of), spoken: None }
}

/// A column of counts.
const fn counts(id: &'static str, title: &'static str, of: fn(&Statistic) -> Option<f64>) -> Column {
    number(id, title, Style::Count, Part::Group, of)
}

/// Every column, in printed order.
pub const COLUMNS: [Column; 24] = [
    Column { id: "year", title: None, holds: Holds::Year, spoken: None },
    word("area_type", Some("Area type"), |figure| figure.area.kind.id().to_owned()),
    word("area_code", Some("Area code"), |figure| figure.area.code.clone()),
    Column {
        spoken: Some(|figure, _| figure.area.name.clone()),
        ..word("area_name", Some("Area"), |figure| tables::harmless(&figure.area.name))
    },
    word("service", Some("Service"), |figure| figure.scope.id().to_owned()),
    word("indicator", Some("Indicator"), |figure| figure.indicator.clone()),
    Column {
        spoken: Some(|figure, round| match figure.breakdown.label(&round.settings.pay_bands) {
            "" => "All".to_owned(),
            label => label.to_owned(),
        }),
        ..word("breakdown", Some("Breakdown"), |figure| figure.breakdown.to_string())
    },
    counts("authorities", "Authorities", |figure| Some(figure.authorities as f64)),
    counts("minoritised_numerator", "{Term}: numerator", |figure| count(figure.minoritised.numerator)),
    counts("minoritised_denominator", "{Term}: denominator", |figure| count(figure.minoritised.denominator)),
    counts("white_numerator", "White: numerator", |figure| count(figure.white.numerator)),
    counts("white_denominator", "White: denominator", |figure| count(figure.white.denominator)),
    number("minoritised_rate", "{Term}: rate", Style::Rate, Part::Group, |figure| figure.minoritised.rate),
    number("white_rate", "White: rate", Style::Rate, Part::Group, |figure| figure.white.rate),
    number("relative_likelihood", "Relative likelihood", Style::Ratio, Part::Ratio, |figure| {
        figure.ratio.map(|ratio| ratio.value)
    }),
    Column {
        id: "lower_95",
        title: Some("Lower limit"),
        holds: Holds::Limit(|share| share.lower, |ratio| ratio.lower),
        spoken: None,
    },
    Column {
        id: "upper_95",
        title: Some("Upper limit"),
        holds: Holds::Limit(|share| share.upper, |ratio| ratio.upper),
        spoken: None,
    },
    number("p_value", "p-value", Style::PValue, Part::Ratio, |figure| figure.p_value),
    number("difference", "Difference", Style::Rate, Part::Difference, |figure| {
        figure.difference.map(|difference| difference.value)
    }),
    Column {
        // No cell of the workbook is blank: a share has no result, and what is withheld or missing says so.
        spoken: Some(|figure, _| Case::of(figure).cell().to_owned()),
        ..word("result", Some("Result"), |figure| figure.result.map_or("", Outcome::id).to_owned())
    },
    word("marker", None, |figure| figure.marker.map_or("", Marker::id).to_owned()),
    Column {
        spoken: Some(|figure, _| match coarser(figure, |quantity| quantity.label().to_owned(), " to ", ", ") {
            none if none.is_empty() => "None".to_owned(),
            counts => counts,
        }),
        ..word("coarser", Some("Counts rounded more coarsely"), |figure| {
            coarser(figure, |quantity| quantity.id().to_owned(), ":", ";")
        })
    },
    number("detectable_below", "Could have been seen below 1", Style::Ratio, Part::Detectable, |figure| {
        figure.detectable.ok()?.below
    }),
    number("detectable_above", "Could have been seen above 1", Style::Ratio, Part::Detectable, |figure| {
        figure.detectable.ok()?.above
    }),
];

impl Column {
    /// What its cells look like in data files.
    pub fn shape(&self) -> Shape {
        match self.holds {
            Holds::Year => Shape::Year,
            Holds::Word(_) => Shape::Word,
            Holds::Number(style, ..) => Shape::Number(style),
            Holds::Limit(..) => Shape::Limit,
        }
    }

    /// The style of its number, the part of the figure that the number is missing with, and the number; nothing of words.
    fn number(&self, figure: &Statistic) -> Option<(Style, Part, Option<f64>)> {
        match self.holds {
            Holds::Year | Holds::Word(_) => None,
            Holds::Number(style, part, of) => Some((style, part, of(figure))),
            Holds::Limit(of_share, _) if figure.breakdown.is_pay_band() => {
                Some((Style::Rate, Part::Group, of_share(&figure.minoritised)))
            }
            Holds::Limit(_, of_ratio) => Some((Style::Ratio, Part::Ratio, figure.ratio.map(of_ratio))),
        }
    }

    /// The cell of a data file, empty where there is nothing.
    pub fn text(&self, figure: &Statistic, year: i32) -> String {
        match (&self.holds, self.number(figure)) {
            (Holds::Word(of), _) => of(figure),
            (_, Some((style, _, value))) => value.map(|value| style.text(value)).unwrap_or_default(),
            (_, None) => year.to_string(),
        }
    }

    /// The same as JSON: null where there is nothing.
    pub fn json(&self, figure: &Statistic, year: i32) -> Json {
        match (self.text(figure, year), &self.holds) {
            (text, _) if text.is_empty() => Json::Null,
            (text, Holds::Word(_)) => Json::from(text),
            (number, _) => serde_json::from_str(&number).unwrap_or_else(|_| Json::from(number)),
        }
    }

    /// The cell of the workbook.
    pub fn cell(&self, figure: &Statistic, round: &Round) -> Cell {
        match (self.spoken, self.number(figure)) {
            (Some(spoken), _) => Cell::Word(spoken(figure, round)),
            (None, Some((style, part, value))) => Cell::Number(style, value.ok_or_else(|| part.gap(figure))),
            (None, None) => Cell::Word(self.text(figure, round.settings.year)),
        }
    }

    /// The part of a figure that documents print of it, and what its numbers are multiplied by there.
    fn printed(&self, breakdown: &Breakdown) -> Option<(&'static str, f64)> {
        match self.holds {
            Holds::Year | Holds::Word(_) => None,
            Holds::Number(style, ..) => Some((self.id, style.scale())),
            Holds::Limit(..) if breakdown.is_pay_band() => Some(("minoritised_rate_interval", Style::Rate.scale())),
            Holds::Limit(..) => Some(("interval", Style::Ratio.scale())),
        }
    }
}

/// Parts of figures that documents print and that stand in no column: how authorities stand and spread, what is pooled over
/// them, changes between rounds, and what follows from columns.
const WITHOUT_COLUMN: [&str; 47] = [
    "at_parity",
    "at_parity_about",
    "at_parity_interval",
    "at_parity_size",
    "change",
    "change_interval",
    "difference_interval",
    "heterogeneity_authorities",
    "i2",
    "mantel_haenszel",
    "mantel_haenszel_interval",
    "minoritised_rate_interval",
    "next_round_above",
    "next_round_below",
    "pooled_authorities",
    "position_alike",
    "position_highest_rank",
    "position_limits",
    "position_lowest_rank",
    "position_of",
    "position_others",
    "positions_above",
    "positions_as_expected",
    "positions_below",
    "positions_of",
    "q",
    "q_p_value",
    "share_of_cases",
    "share_of_people",
    "spread_authorities",
    "spread_lower_quartile",
    "spread_median",
    "spread_p10",
    "spread_p90",
    "spread_upper_quartile",
    "tau2",
    "white_rate_interval",
    "together_interval",
    "together_minoritised_denominator",
    "together_minoritised_numerator",
    "together_ratio",
    "together_rounds",
    "together_white_denominator",
    "together_white_numerator",
    "together_words",
    "wider_interval",
    "words",
];

/// The columns that hold a part of a figure, by their places, and what their numbers are multiplied by in print: two for an
/// interval, none for a part that is printed only. A part that is not known is an error.
pub fn holding(part: &str, breakdown: &Breakdown) -> Result<Vec<(usize, f64)>> {
    let mut found = Vec::new();
    for (place, column) in COLUMNS.iter().enumerate() {
        let printed = column.printed(breakdown).filter(|(other, _)| *other == part);
        found.extend(printed.map(|(_, scale)| (place, scale)));
    }
    ensure!(
        !found.is_empty() || WITHOUT_COLUMN.contains(&part),
        "`{part}` of a figure stands in no column of the data files, and is not known to do without one: please report this"
    );
    Ok(found)
}
