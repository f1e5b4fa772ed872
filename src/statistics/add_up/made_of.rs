//! What makes up a figure: which counts of which rows of a return. Adding up, protection and explanations all follow from it.

use crate::round::{Service, UnknownEthnicity};
use crate::standard::{Indicator, Kind};
use crate::statistics::figure::{Breakdown, Counts, EthnicGroup, Side};
use crate::submissions::entry::Ethnicity;
use crate::submissions::row::{Row, rows_of};

/// People of one row of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::statistics) enum People {
    /// All minoritised people: their total, or the four groups together.
    Minoritised,
    /// One of the four groups.
    Group(EthnicGroup),
    /// White people.
    White,
    /// People of unknown ethnicity, as far as a return tells them.
    Unknown,
}

impl People {
    /// How many they are; nothing where the row does not tell it, and a figure has to do without the row.
    pub(in crate::statistics) fn count(self, row: &Row) -> Option<u64> {
        match self {
            People::Minoritised => row.minoritised(),
            People::Group(group) => row.groups[group as usize],
            People::White => row.white,
            People::Unknown => Some(row.unknown.unwrap_or_default()),
        }
    }

    /// The cells that they are counted in, of a row that gives all minoritised people as one count, or not.
    pub(in crate::statistics) fn cells(self, total_given: bool) -> Vec<Ethnicity> {
        match self {
            People::Minoritised if total_given => vec![Ethnicity::Minoritised],
            People::Minoritised => Ethnicity::MINORITISED.to_vec(),
            People::Group(group) => vec![group.ethnicity()],
            People::White => vec![Ethnicity::White],
            People::Unknown => vec![Ethnicity::Unknown],
        }
    }
}

/// A row of a return, and the people of it that go into a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::statistics) struct Part<'a> {
    pub measure: &'a str,
    /// A pay band's identifier, or empty.
    pub band: &'a str,
    pub people: People,
}

/// What each of a figure's four counts is the sum of, in every service that contributes.
pub(in crate::statistics) fn parts<'a>(
    indicator: &'a Indicator,
    breakdown: &'a Breakdown,
    unknown: UnknownEthnicity,
) -> Counts<Vec<Part<'a>>> {
    if indicator.kind == Kind::Share {
        let part = |people| Part { measure: &indicator.numerator, band: breakdown.band(), people };
        let mut total = vec![part(People::Minoritised), part(People::White)];
        total.extend((unknown == UnknownEthnicity::Include).then(|| part(People::Unknown)));
        return Counts {
            minoritised: Side { numerator: vec![part(People::Minoritised)], denominator: total.clone() },
            white: Side { numerator: vec![part(People::White)], denominator: total },
        };
    }
    let minoritised = match breakdown {
        Breakdown::EthnicGroup(group) => People::Group(*group),
        Breakdown::Whole | Breakdown::PayBand(_) => People::Minoritised,
    };
    let side = |people| Side {
        numerator: vec![Part { measure: &indicator.numerator, band: "", people }],
        denominator: vec![Part { measure: &indicator.denominator, band: "", people }],
    };
    Counts { minoritised: side(minoritised), white: side(People::White) }
}

/// Whether a cell of a return, told by measure, pay band and group, is counted in a figure.
pub fn is_made_of(
    indicator: &Indicator,
    breakdown: &Breakdown,
    unknown: UnknownEthnicity,
    (measure, band, group): (&str, &str, Ethnicity),
) -> bool {
    let holds = |part: &Part<'_>| {
        let groups = [true, false].map(|total_given| part.people.cells(total_given)).concat();
        (part.measure, part.band) == (measure, band) && groups.contains(&group)
    };
    parts(indicator, breakdown, unknown).each().into_iter().any(|(_, parts)| parts.iter().any(holds))
}

/// What a service of a return adds to a figure of these parts; nothing where it does not tell each of the four counts.
///
/// Combined services add to it where one measure at least was counted for both together; the other may be the sum of both.
pub(in crate::statistics) fn added<'a>(
    parts: &Counts<Vec<Part<'_>>>,
    service: Service,
    row: impl Fn(Service, &str, &str) -> Option<&'a Row>,
) -> Option<Counts<u64>> {
    let mut all = parts.each().into_iter().flat_map(|(_, parts)| parts);
    all.find(|part| row(service, part.measure, part.band).is_some())?;
    let count = |part: &Part<'_>| -> Option<u64> {
        let rows = rows_of(service, |service| row(service, part.measure, part.band));
        if rows.is_empty() { None } else { rows.into_iter().map(|row| part.people.count(row)).sum() }
    };
    let counts = parts.each().map(|(_, parts)| parts.iter().map(count).sum::<Option<u64>>());
    let [Some(m_num), Some(m_den), Some(w_num), Some(w_den)] = counts else { return None };
    Some(Counts {
        minoritised: Side { numerator: m_num, denominator: m_den },
        white: Side { numerator: w_num, denominator: w_den },
    })
}

/// People of known and of unknown ethnicity in a row, where it tells both: a missing unknown is not zero.
pub(in crate::statistics) fn known_and_unknown(row: &Row) -> Option<(u64, u64)> {
    Some((row.minoritised()? + row.white?, row.unknown?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn row(minoritised: u64, white: Option<u64>) -> Row {
        Row { groups: [Some(minoritised), Some(0), Some(0), Some(0)], white, ..Row::default() }
    }

    /// What a service adds of a return with these rows to a figure of appointments among people shortlisted.
    fn of(rows: &[(Service, &str, Row)], service: Service) -> Option<[u64; 4]> {
        let rows: BTreeMap<(Service, &str), &Row> =
            rows.iter().map(|(service, measure, row)| ((*service, *measure), row)).collect();
        let part = |measure, people| vec![Part { measure, band: "", people }];
        let side = |people| Side { numerator: part("appointed", people), denominator: part("shortlisted", people) };
        let parts = Counts { minoritised: side(People::Minoritised), white: side(People::White) };
        let found = added(&parts, service, |service, measure, _| rows.get(&(service, measure)).copied())?;
        Some(found.each().map(|(_, count)| *count))
    }

    #[test]
    fn combined_services_of_one_measure_go_with_the_sum_of_both_of_the_other() {
        let [adults, childrens, combined] = Service::ALL;
        let split = [(adults, "shortlisted", row(30, Some(50))), (childrens, "shortlisted", row(10, Some(20)))];
        let whole = [(combined, "appointed", row(4, Some(9)))];
        let mixed = [&split[..], &whole].concat();
        assert_eq!(of(&mixed, combined), Some([4, 40, 9, 70]));
        assert_eq!((of(&mixed, adults), of(&mixed, childrens)), (None, None));
        assert_eq!(of(&[&split[..1], &whole].concat(), combined), None);
    }

    #[test]
    fn services_counted_each_for_itself_add_nothing_as_combined_ones() {
        let [adults, childrens, combined] = Service::ALL;
        let of_both = |service| [(service, "shortlisted", row(30, Some(50))), (service, "appointed", row(4, Some(9)))];
        let rows = [of_both(adults), of_both(childrens)].concat();
        assert_eq!((of(&rows, adults), of(&rows, combined)), (Some([4, 30, 9, 50]), None));
        let without = [(adults, "shortlisted", row(30, None)), (adults, "appointed", row(4, Some(9)))];
        assert_eq!(of(&without, adults), None);
    }
}
