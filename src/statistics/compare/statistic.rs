//! What may be shown: the protected figures that charts, text and tables read.

use serde::{Serialize, Serializer};

use crate::standard::{Adverse, Kind};

use super::clusters::Wider;
use super::detectable::Detectable;
use super::interval::Proportion;
use super::pooling;
use crate::statistics::figure::{Area, Breakdown, Counts, FigureId, FigureKey, Scope, Side, as_written};

/// What the evidence allows to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The interval excludes 1 on the adverse side.
    Disadvantage,
    /// The interval excludes 1 on the other side.
    Advantage,
    /// The interval includes 1.
    NoClearDifference,
    /// Too few people or events to say.
    TooFew,
    /// A disadvantage that does not stand among many comparisons, or not where authorities differ as they do.
    PossibleDisadvantage,
    /// An advantage of which the same is true.
    PossibleAdvantage,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 6] = [
        Outcome::Disadvantage,
        Outcome::Advantage,
        Outcome::NoClearDifference,
        Outcome::TooFew,
        Outcome::PossibleDisadvantage,
        Outcome::PossibleAdvantage,
    ];

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            Outcome::Disadvantage => "disadvantage",
            Outcome::Advantage => "advantage",
            Outcome::NoClearDifference => "no-clear-difference",
            Outcome::TooFew => "too-few",
            Outcome::PossibleDisadvantage => "possible-disadvantage",
            Outcome::PossibleAdvantage => "possible-advantage",
        }
    }

    /// Whether it is one that is possible only.
    pub fn is_possible(self) -> bool {
        matches!(self, Outcome::PossibleDisadvantage | Outcome::PossibleAdvantage)
    }

    /// The same as possible only, where it says that there is a difference.
    pub(in crate::statistics) fn possible(self) -> Self {
        match self {
            Outcome::Disadvantage => Outcome::PossibleDisadvantage,
            Outcome::Advantage => Outcome::PossibleAdvantage,
            other => other,
        }
    }
}

/// Why something is missing from a row, or weak, in the Analysis Function's notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Marker {
    /// Confidential: withheld to protect people.
    C,
    /// Not available: not collected or not submitted.
    X,
    /// Not applicable, or not defined.
    Z,
    /// Low reliability: too few to say.
    U,
}

impl Marker {
    /// The letter in files.
    pub fn id(self) -> &'static str {
        match self {
            Marker::C => "c",
            Marker::X => "x",
            Marker::Z => "z",
            Marker::U => "u",
        }
    }
}

/// One group's side of a figure; what is withheld or missing is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GroupFigures {
    /// Events.
    pub numerator: Option<u64>,
    /// People.
    pub denominator: Option<u64>,
    /// Events divided by people.
    pub rate: Option<f64>,
    /// Lower Wilson limit of the rate.
    pub lower: Option<f64>,
    /// Upper Wilson limit of the rate.
    pub upper: Option<f64>,
}

impl GroupFigures {
    /// Events among people, where both are shown, there are people, and no more events than people.
    pub(in crate::statistics) fn proportion(&self) -> Option<Proportion> {
        let (events, people) = self.numerator.zip(self.denominator)?;
        (people > 0 && events <= people).then_some(Proportion { events, people })
    }
}

/// Why a disadvantage or advantage is possible only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Doubts {
    /// It does not stand when it is looked at together with the comparisons made beside it.
    pub many: bool,
    /// The interval that allows for how authorities differ includes 1.
    pub wider: bool,
}

impl Doubts {
    /// Whether there is any.
    pub fn any(self) -> bool {
        self.many || self.wider
    }
}

/// A relative likelihood: the rate of minoritised ethnic staff divided by that of white staff.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Lower Koopman limit.
    pub lower: f64,
    /// Upper Koopman limit; never infinite, because the ratio is defined.
    pub upper: f64,
}

/// A difference of two rates or shares, as proportions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// First minus second.
    pub value: f64,
    /// Lower Newcombe limit, for a difference of rates.
    pub lower: Option<f64>,
    /// Upper Newcombe limit, for a difference of rates.
    pub upper: Option<f64>,
}

/// How many more cases among minoritised ethnic people there would be at the rate of white people; fewer when negative.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AtParity {
    /// The number of cases.
    pub value: f64,
    /// Lower limit: from the upper Newcombe limit of the difference of the rates.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// One figure that may be shown: an area, service, indicator and breakdown, with everything computed from its shown counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statistic {
    /// The area.
    pub area: Area,
    /// The services.
    #[serde(rename = "service")]
    pub scope: Scope,
    /// The indicator's identifier.
    pub indicator: String,
    /// The kind in which its round reports the indicator.
    #[serde(skip)]
    pub kind: Kind,
    /// Which ratio means disadvantage.
    #[serde(skip)]
    pub adverse: Adverse,
    /// The part of its people.
    #[serde(serialize_with = "as_written")]
    pub breakdown: Breakdown,
    /// How many authorities contribute to this very figure.
    pub authorities: usize,
    /// Minoritised ethnic staff, or the one group of the breakdown.
    pub minoritised: GroupFigures,
    /// White staff.
    pub white: GroupFigures,
    /// The steps of those counts that are rounded more coarsely than the round's counts are.
    #[serde(skip)]
    pub coarser: Counts<Option<u64>>,
    /// The relative likelihood.
    pub ratio: Option<Ratio>,
    /// The p-value of the score test that the ratio is 1.
    pub p_value: Option<f64>,
    /// The difference of the rates; for a share, from all bands together; for a representation gap, from all staff.
    pub difference: Option<Difference>,
    /// Why the difference is missing where nothing else of the figure is: another pay band's marker.
    pub difference_marker: Option<Marker>,
    /// The size of the difference in cases.
    pub at_parity: Option<AtParity>,
    /// How the differences between authorities widen the interval, of England, a region, a type or a group.
    pub wider: Option<Wider>,
    /// What could have been seen at its numbers of people, or why that cannot be said.
    pub detectable: Result<Detectable, Marker>,
    /// The p-value adjusted for the comparisons made beside it, where it can be judged.
    pub adjusted_p_value: Option<f64>,
    /// What speaks against a difference that its own test finds.
    pub doubts: Doubts,
    /// What the evidence allows to say.
    #[serde(serialize_with = "outcome")]
    pub result: Option<Outcome>,
    /// Why something is missing or weak.
    pub marker: Option<Marker>,
}

fn outcome<S: Serializer>(result: &Option<Outcome>, serializer: S) -> Result<S::Ok, S::Error> {
    match result {
        Some(result) => serializer.serialize_str(result.id()),
        None => serializer.serialize_none(),
    }
}

impl Statistic {
    /// Which figure it is.
    pub fn key(&self) -> FigureKey {
        let (indicator, breakdown) = (self.indicator.clone(), self.breakdown.clone());
        FigureKey { area: self.area.key(), scope: self.scope, indicator, breakdown }
    }

    /// Its four counts, as far as they are shown.
    pub fn counts(&self) -> Counts<Option<u64>> {
        let side = |group: &GroupFigures| Side { numerator: group.numerator, denominator: group.denominator };
        Counts { minoritised: side(&self.minoritised), white: side(&self.white) }
    }

    /// What the ids of its numbers begin with, as a figure of this year.
    pub fn id(&self, year: i32) -> String {
        FigureId::new(year, &self.area.code, self.scope, &self.indicator, &self.breakdown).to_string()
    }

    /// The variance of the logarithm of its ratio, from the counts that are shown: what its size is told by.
    pub fn log_variance(&self) -> Option<f64> {
        Some(pooling::log_ratio(self.minoritised.proportion()?, self.white.proportion()?)?.1)
    }
}

/// What a figure is found by: area, services, indicator, breakdown.
type Name<'a> = (&'a str, Scope, &'a str, &'a Breakdown);

fn name(row: &Statistic) -> Name<'_> {
    (&row.area.code, row.scope, &row.indicator, &row.breakdown)
}

/// Figures in printed order, found by area, scope, indicator and breakdown.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Statistic>,
    /// The places of the rows in the order of their names.
    index: Vec<usize>,
}

impl Table {
    /// A table of these rows.
    pub(in crate::statistics) fn new(rows: Vec<Statistic>) -> Self {
        let mut index: Vec<usize> = (0..rows.len()).collect();
        index.sort_by(|one, other| name(&rows[*one]).cmp(&name(&rows[*other])));
        Self { rows, index }
    }

    /// Every row, in printed order.
    pub fn rows(&self) -> &[Statistic] {
        &self.rows
    }

    /// The one figure of this area, scope, indicator and breakdown.
    pub fn get(&self, area: &str, scope: Scope, indicator: &str, breakdown: &Breakdown) -> Option<&Statistic> {
        let wanted = (area, scope, indicator, breakdown);
        let place = self.index.binary_search_by(|row| name(&self.rows[*row]).cmp(&wanted)).ok()?;
        Some(&self.rows[self.index[place]])
    }
}
