//! Every withheld count: what it is, why it is withheld, and how it stood the attacks.

use std::fmt;

use serde::Serialize;

use super::release::Place;
use super::rounds::Counted;
use crate::statistics::figure::{AreaKey, Scope};

/// A count that is withheld, why, and how wide a range the attacks on it left.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithheldCount {
    /// The round that it is of.
    pub year: i32,
    /// What it is, in words: area, services, indicator, breakdown, count.
    pub figure: Figure,
    /// The figure that would be given away if this one were shown; nothing where it is withheld for itself.
    pub protects: Option<Figure>,
    /// The width of the range left; the search stops where it is wide enough. Nothing for a large sum that is left out
    /// because of what others would leave beside it: it is nobody's count, and is not attacked. Nor where an attack broke off.
    pub range_left: Option<f64>,
    /// The authority from whose position the least is left; nobody, where that is any reader's.
    pub attacker: Option<String>,
    /// Whether the attacker could work it out from what was on record already: then nothing can be done about that.
    pub out: bool,
    /// Whether it stood every other attack.
    pub safe: bool,
}

/// A count that is shown in a coarser step than others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoarserCount {
    /// The round that it is of.
    pub year: i32,
    /// What it is, in words.
    pub figure: Figure,
    /// What it is rounded to.
    pub step: u64,
}

/// Names one count of one figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// `national`, `region`, `type`, `group` or `authority`.
    pub area_type: &'static str,
    /// The area's code; `matched-<year>-<year>` for the authorities that two rounds share.
    pub area_code: String,
    /// The services.
    pub service: &'static str,
    /// The indicator's identifier, or `known-ethnicity` and `workforce` for the tables of data quality.
    pub indicator: String,
    /// Empty, a pay band's identifier, `ethnicity:<group>`, or a measure's identifier.
    pub breakdown: String,
    /// Which count: `minoritised_numerator`, …, `known`, `unknown`, `staff`.
    pub count: &'static str,
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [&self.area_code, self.service, &self.indicator, &self.breakdown, self.count];
        let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        write!(formatter, "{}", names.join(" "))
    }
}

impl From<&Place> for Figure {
    fn from(place: &Place) -> Self {
        let quality = |code: &String, measure: &String, count| {
            let AreaKey { kind, code } = if code.is_empty() { AreaKey::england() } else { AreaKey::authority(code) };
            let (indicator, breakdown) = ("known-ethnicity".to_owned(), measure.clone());
            let (area_type, service) = (kind.id(), Scope::All.id());
            Figure { area_type, area_code: code, service, indicator, breakdown, count }
        };
        match place {
            Place::Figure(key, quantity) => Figure {
                area_type: key.area.kind.id(),
                area_code: key.area.code.clone(),
                service: key.scope.id(),
                indicator: key.indicator.clone(),
                breakdown: key.breakdown.to_string(),
                count: quantity.id(),
            },
            Place::Released(_, place) => Figure::from(&**place),
            Place::Known(code, measure) => quality(code, measure, "known"),
            Place::Unknown(code, measure) => quality(code, measure, "unknown"),
            Place::Remainder(code) => {
                Figure { indicator: "left-by-difference".into(), ..quality(code, &String::new(), "people") }
            }
            Place::Staff => {
                Figure { indicator: "workforce".into(), ..quality(&String::new(), &String::new(), "staff") }
            }
        }
    }
}

pub(in crate::statistics) fn withheld(counted: &Counted<'_>) -> Vec<WithheldCount> {
    let count = |place: &Place| WithheldCount {
        year: counted.round.settings.year,
        figure: Figure::from(place),
        protects: None,
        range_left: None,
        attacker: None,
        out: false,
        safe: true,
    };
    let attacked = counted.pattern.attacked.iter().map(|attacked| WithheldCount {
        protects: attacked.protects.as_ref().map(Figure::from),
        range_left: attacked.left,
        attacker: attacked.attacker.clone(),
        out: attacked.out,
        safe: attacked.safe,
        ..count(&attacked.place)
    });
    attacked.chain(counted.pattern.left_out.iter().map(count)).collect()
}

/// The counts of a round that are shown in coarser steps.
pub(in crate::statistics) fn coarser<'a>(counted: &'a Counted<'_>) -> impl Iterator<Item = CoarserCount> + 'a {
    let settings = &counted.round.settings;
    let count = |(place, step)| CoarserCount { year: settings.year, figure: Figure::from(place), step };
    counted.pattern.coarser(settings.disclosure.rounding).map(count)
}

/// What could be worked out from a release on record already.
pub(in crate::statistics) fn out<'a>(counted: &'a Counted<'_>) -> impl Iterator<Item = (i32, Figure)> + 'a {
    counted.pattern.out.iter().map(|place| (counted.round.settings.year, Figure::from(place)))
}
