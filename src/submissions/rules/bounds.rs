//! What can be worked out of a measure's people, however they were given: at least and at most so many.

use super::Checker;
use crate::round::Service;
use crate::submissions::entry::{Entry, Ethnicity};
use crate::submissions::row::Row;

/// The services of a part, and those of the whole that it belongs to.
pub(super) struct Beside {
    pub part: &'static [Service],
    pub whole: &'static [Service],
}

/// Each service beside itself, and combined services beside the sum of both.
pub(super) const BESIDE: [Beside; 5] = {
    use Service::{Adults, Childrens, Combined};
    [
        Beside { part: &[Adults], whole: &[Adults] },
        Beside { part: &[Childrens], whole: &[Childrens] },
        Beside { part: &[Combined], whole: &[Combined] },
        Beside { part: &[Combined], whole: &[Adults, Childrens] },
        Beside { part: &[Adults, Childrens], whole: &[Combined] },
    ]
};

/// Whose people are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Some or all of Asian, Black, Mixed and Other together.
    Groups([bool; 4]),
    White,
    Unknown,
}

impl Of {
    pub const ALL_GROUPS: Of = Of::Groups([true; 4]);

    /// Each column of its own.
    pub const EACH: [Of; 6] = [
        Of::Groups([true, false, false, false]),
        Of::Groups([false, true, false, false]),
        Of::Groups([false, false, true, false]),
        Of::Groups([false, false, false, true]),
        Of::White,
        Of::Unknown,
    ];

    /// All four groups, then three and two of them.
    pub const TOGETHER: [Of; 11] = [
        Of::ALL_GROUPS,
        Of::Groups([true, true, true, false]),
        Of::Groups([true, true, false, true]),
        Of::Groups([true, false, true, true]),
        Of::Groups([false, true, true, true]),
        Of::Groups([true, true, false, false]),
        Of::Groups([true, false, true, false]),
        Of::Groups([true, false, false, true]),
        Of::Groups([false, true, true, false]),
        Of::Groups([false, true, false, true]),
        Of::Groups([false, false, true, true]),
    ];

    /// The columns in which counts of them stand.
    fn columns(self) -> Vec<Ethnicity> {
        match self {
            Of::White => vec![Ethnicity::White],
            Of::Unknown => vec![Ethnicity::Unknown],
            Of::Groups(of) => {
                let groups = Ethnicity::MINORITISED.into_iter().zip(of).filter(|(_, of)| *of).map(|(group, _)| group);
                let total = if of == [true; 4] { vec![Ethnicity::Minoritised] } else { Vec::new() };
                total.into_iter().chain(groups).chain([Ethnicity::Minoritised]).collect()
            }
        }
    }

    /// After the name of a measure: whose people they are.
    pub fn words(self, services: &[Service]) -> String {
        let people = match self {
            Of::White => Ethnicity::White.label().to_owned(),
            Of::Unknown => Ethnicity::Unknown.label().to_owned(),
            Of::ALL_GROUPS => Ethnicity::Minoritised.label().to_owned(),
            Of::Groups(of) => {
                let groups = Ethnicity::MINORITISED.into_iter().zip(of).filter(|(_, of)| *of);
                let labels: Vec<&str> = groups.map(|(group, _)| group.label()).collect();
                match labels.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} and {last} together", rest.join(", ")),
                    _ => labels.concat(),
                }
            }
        };
        let both = if services.len() > 1 { ", both services" } else { "" };
        format!(" of {people}{both}")
    }

    fn bounds(self, row: &Row) -> (u64, Option<u64>) {
        match self {
            Of::Groups(of) => row.bounds(of),
            Of::White => (row.white.unwrap_or_default(), row.white),
            Of::Unknown => (row.unknown.unwrap_or_default(), row.unknown),
        }
    }
}

impl<'a> Checker<'a> {
    /// The counts of one row.
    pub(super) fn row(&self, service: Service, measure: &str, band: &str) -> Row {
        self.rows.get(&(service, measure, band)).copied().unwrap_or_default()
    }

    /// So many people at least, and the first cell that says so.
    pub(super) fn least(&self, services: &[Service], measure: &str, band: &str, of: Of) -> (u64, Option<&'a Entry>) {
        let least = services.iter().map(|service| of.bounds(&self.row(*service, measure, band)).0).sum();
        (least, self.counted(services, measure, band, of).first().copied())
    }

    /// The cells in which they are counted.
    pub(super) fn counted(&self, services: &[Service], measure: &str, band: &str, of: Of) -> Vec<&'a Entry> {
        let cells = services.iter().flat_map(|service| of.columns().into_iter().map(move |group| (*service, group)));
        cells.filter_map(|(service, group)| Some(self.count(service, measure, band, group)?.1)).collect()
    }

    /// So many people at most, where the return limits them.
    pub(super) fn most(&self, services: &[Service], measure: &str, band: &str, of: Of) -> Option<u64> {
        services.iter().map(|service| of.bounds(&self.row(*service, measure, band)).1).sum()
    }

    /// Whether a row tells exactly how many they are.
    pub(super) fn exact(&self, services: &[Service], measure: &str, of: Of) -> bool {
        Some(self.least(services, measure, "", of).0) == self.most(services, measure, "", of)
    }
}
