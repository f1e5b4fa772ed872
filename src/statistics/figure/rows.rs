//! The kinds of rows of the national tables that are counted when it is told how much of them is whole.

use serde::{Deserialize, Serialize};

use super::{AreaType, FigureKey, Scope};

/// A kind of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rows {
    /// England's indicators, all services together.
    England,
    /// England's indicators for adults' and for children's services.
    Services,
    /// England's pay bands.
    PayBands,
    /// England's ethnic groups.
    EthnicGroups,
    /// The regions' indicators, all services together.
    Regions,
    /// The types' indicators, all services together.
    Types,
    /// The groups' indicators, all services together, where the round names groups.
    Groups,
}

impl Rows {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Rows; 7] =
        [Rows::England, Rows::Services, Rows::PayBands, Rows::EthnicGroups, Rows::Regions, Rows::Types, Rows::Groups];

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            Rows::England => "england",
            Rows::Services => "services",
            Rows::PayBands => "pay-bands",
            Rows::EthnicGroups => "ethnic-groups",
            Rows::Regions => "regions",
            Rows::Types => "types",
            Rows::Groups => "groups",
        }
    }

    /// The words in print.
    pub fn label(self) -> &'static str {
        match self {
            Rows::England => "England, all services together",
            Rows::Services => "England, adults' and children's services",
            Rows::PayBands => "England, pay bands",
            Rows::EthnicGroups => "England, ethnic groups",
            Rows::Regions => "Regions, all services together",
            Rows::Types => "Types of authority, all services together",
            Rows::Groups => "Groups of like authorities, all services together",
        }
    }

    /// The kind that a figure's row is of, if it is counted.
    pub fn of(key: &FigureKey) -> Option<Rows> {
        let (whole, all) = (key.breakdown.is_whole(), key.scope == Scope::All);
        match key.area.kind {
            _ if key.area.is_matched() => None,
            AreaType::National if key.breakdown.is_pay_band() => Some(Rows::PayBands),
            AreaType::National if key.breakdown.is_ethnic_group() => Some(Rows::EthnicGroups),
            AreaType::National => Some(if all { Rows::England } else { Rows::Services }),
            AreaType::Region => (whole && all).then_some(Rows::Regions),
            AreaType::Type => (whole && all).then_some(Rows::Types),
            AreaType::Group => (whole && all).then_some(Rows::Groups),
            AreaType::Authority => None,
        }
    }
}
