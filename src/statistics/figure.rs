//! Which figure: area, services, indicator and breakdown as values, and how they are written in files.

mod area;
mod breakdown;
mod counts;
mod rows;

use std::fmt;

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};

use crate::round::Service;

pub use area::{Area, AreaKey, AreaType, ENGLAND, matched_years};
pub(super) use breakdown::as_written;
pub use breakdown::{Breakdown, EthnicGroup};
pub use counts::{Counts, Quantity, Side};
pub use rows::Rows;

/// The services a figure covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Adults', children's and combined returns together.
    All,
    /// Adults' services.
    Adults,
    /// Children's services.
    Childrens,
}

impl Scope {
    /// Every scope, in printed order.
    pub const ALL: [Scope; 3] = [Scope::All, Scope::Adults, Scope::Childrens];

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            Scope::All => "all",
            Scope::Adults => "adults",
            Scope::Childrens => "childrens",
        }
    }

    /// The scope with this identifier.
    pub fn from_id(id: &str) -> Result<Scope> {
        let scope = Scope::ALL.into_iter().find(|scope| scope.id() == id);
        scope.ok_or_else(|| anyhow!("`{id}` is not a service: all, adults or childrens"))
    }

    /// The words in print.
    pub fn label(self) -> &'static str {
        match self {
            Scope::All => "All services",
            Scope::Adults => "Adults' services",
            Scope::Childrens => "Children's services",
        }
    }

    /// The scopes that a service's counts go into.
    pub fn of(service: Service) -> &'static [Scope] {
        match service {
            Service::Adults => &[Scope::All, Scope::Adults],
            Service::Childrens => &[Scope::All, Scope::Childrens],
            Service::Combined => &[Scope::All],
        }
    }

    /// The services whose counts go into it.
    pub fn services(self) -> impl Iterator<Item = Service> {
        Service::ALL.into_iter().filter(move |service| Scope::of(*service).contains(&self))
    }
}

/// Which figure of a round: what tells figures apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FigureKey {
    /// The area.
    pub area: AreaKey,
    /// The services.
    pub scope: Scope,
    /// The indicator's identifier.
    pub indicator: String,
    /// The part of its people.
    pub breakdown: Breakdown,
}

impl FigureKey {
    /// The same of another area.
    pub fn in_area(&self, area: AreaKey) -> FigureKey {
        FigureKey { area, ..self.clone() }
    }

    /// The same of other services.
    pub fn in_scope(&self, scope: Scope) -> FigureKey {
        FigureKey { scope, ..self.clone() }
    }

    /// The same of another part of the people.
    pub fn broken_down(&self, breakdown: Breakdown) -> FigureKey {
        FigureKey { breakdown, ..self.clone() }
    }
}

/// What the id of a printed number begins with, as it is written: `2024/england/2/all`, and the breakdown where there is one.
///
/// Counts that are of no indicator have the same form: `2024/england/participation/all`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FigureId {
    /// The round's year.
    pub year: i32,
    /// The area's code.
    pub area: String,
    /// The indicator's identifier, or the topic.
    pub indicator: String,
    /// `all`, `adults`, `childrens`, or `regions` in counts of them.
    pub service: String,
    /// The breakdown, or a measure's identifier.
    pub breakdown: String,
}

impl FigureId {
    /// The id of a figure.
    pub fn new(year: i32, area: &str, scope: Scope, indicator: &str, breakdown: &Breakdown) -> Self {
        let (area, indicator, service) = (area.to_owned(), indicator.to_owned(), scope.id().to_owned());
        Self { year, area, indicator, service, breakdown: breakdown.to_string() }
    }

    /// Reads the id of a printed number, which ends with the number's part, such as `relative_likelihood`.
    pub fn of_number(id: &str) -> Result<Self> {
        let parts: Vec<&str> = id.split('/').collect();
        let (year, area, indicator, service, breakdown) = match parts[..] {
            [year, area, indicator, service, _] => (year, area, indicator, service, ""),
            [year, area, indicator, service, breakdown, _] => (year, area, indicator, service, breakdown),
            _ => {
                return Err(anyhow!(
                    "`{id}` is not a figure's id, such as 2024/england/2/all/relative_likelihood; or give YEAR AREA INDICATOR"
                ));
            }
        };
        let year = year.parse().with_context(|| format!("`{year}` is not a year"))?;
        let [area, indicator, service, breakdown] = [area, indicator, service, breakdown].map(str::to_owned);
        Ok(Self { year, area, indicator, service, breakdown })
    }
}

impl fmt::Display for FigureId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, area, indicator, service, breakdown } = self;
        write!(formatter, "{year}/{area}/{indicator}/{service}")?;
        if breakdown.is_empty() { Ok(()) } else { write!(formatter, "/{breakdown}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::PayBand;

    fn bands() -> [PayBand; 1] {
        [PayBand { id: "under-30k".to_owned(), label: "Under £30,000".to_owned() }]
    }

    #[test]
    fn a_breakdown_is_read_as_it_is_written_and_an_unknown_one_is_an_error() {
        for text in ["", "under-30k", "ethnicity:asian", "ethnicity:other"] {
            assert_eq!(Breakdown::parse(text, &bands()).unwrap().to_string(), text);
        }
        for text in ["30k", "ethnicity:", "ethnicity:white", "asian", "all"] {
            assert!(Breakdown::parse(text, &bands()).is_err(), "{text}");
        }
        assert!(
            Scope::from_id("childrens").is_ok() && Scope::from_id("combined").is_err() && Scope::from_id("").is_err()
        );
    }

    #[test]
    fn breakdowns_stand_in_the_order_of_how_they_are_written() {
        let written: Vec<String> = Breakdown::ETHNIC_GROUPS.iter().map(Breakdown::to_string).collect();
        assert!(Breakdown::ETHNIC_GROUPS.is_sorted() && written.is_sorted());
    }

    #[test]
    fn an_id_comes_apart_into_what_it_is_put_together_from() {
        let id = |breakdown: &Breakdown| FigureId::new(2024, "england", Scope::All, "2", breakdown);
        let read = |id: &str| FigureId::of_number(id).unwrap();
        assert_eq!(read("2024/england/2/all/relative_likelihood"), id(&Breakdown::Whole));
        assert_eq!(read("2024/england/2/all/ethnicity:asian/interval"), id(&Breakdown::ETHNIC_GROUPS[0]));
        assert_eq!(id(&Breakdown::ETHNIC_GROUPS[0]).to_string(), "2024/england/2/all/ethnicity:asian");
        assert!(
            FigureId::of_number("2024/england/2").is_err() && FigureId::of_number("x/england/2/all/interval").is_err()
        );
    }

    #[test]
    fn a_panel_is_told_by_its_code() {
        let panel = AreaKey::matched(2023, 2024);
        assert!(panel.is_matched() && !AreaKey::england().is_matched());
        assert_eq!(matched_years(&panel.code), Some((2023, 2024)));
        assert_eq!(matched_years("matched-2023"), None);
    }

    #[test]
    fn a_scope_has_the_services_that_go_into_it() {
        assert_eq!(Scope::All.services().collect::<Vec<_>>(), Service::ALL);
        assert_eq!(Scope::Adults.services().collect::<Vec<_>>(), [Service::Adults]);
    }
}
