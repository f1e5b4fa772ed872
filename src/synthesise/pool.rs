//! The fixed pool of fictional authorities: number, code, name, type, region, and who takes part in which round.

use super::names;
use crate::authority::Authority;

/// How many authorities of each type and region England has, with the digits of the type in a code.
const ENGLAND: [(&str, &str, &str, i64); 19] = [
    ("09", "London borough", "London", 33),
    ("08", "Metropolitan district", "North East", 5),
    ("08", "Metropolitan district", "North West", 15),
    ("08", "Metropolitan district", "West Midlands", 7),
    ("08", "Metropolitan district", "Yorkshire and The Humber", 9),
    ("10", "Shire county", "East Midlands", 4),
    ("10", "Shire county", "East of England", 5),
    ("10", "Shire county", "North West", 1),
    ("10", "Shire county", "South East", 6),
    ("10", "Shire county", "South West", 2),
    ("10", "Shire county", "West Midlands", 3),
    ("06", "Unitary authority", "East Midlands", 6),
    ("06", "Unitary authority", "East of England", 6),
    ("06", "Unitary authority", "North East", 7),
    ("06", "Unitary authority", "North West", 8),
    ("06", "Unitary authority", "South East", 13),
    ("06", "Unitary authority", "South West", 13),
    ("06", "Unitary authority", "West Midlands", 4),
    ("06", "Unitary authority", "Yorkshire and The Humber", 6),
];

/// How many authorities England has.
const TOTAL: i64 = 153;

/// Returns of the round that the pool's sizes are made for.
pub const RETURNS_2024: usize = 73;

/// For each region, which of its authorities (counted in the order of the pool) returned in 2021 and in 2023: most came back,
/// some did not, and the last of London and the North West are never in 2024. Regions with three can be reported.
const EARLY_ROUNDS: [(&str, &[usize], &[usize]); 9] = [
    ("East Midlands", &[], &[0, 1, 2]),
    ("East of England", &[], &[1]),
    ("London", &[0, 1, 2], &[0, 1, 20]),
    ("North East", &[], &[0]),
    ("North West", &[0, 1, 2], &[0, 1, 2]),
    ("South East", &[0, 1, 2], &[1, 2, 3]),
    ("South West", &[0, 1, 2], &[0, 1, 2]),
    ("West Midlands", &[0, 1, 2], &[0, 1, 2]),
    ("Yorkshire and The Humber", &[1, 2, 10], &[0, 1, 2]),
];

/// An authority of the pool: everything about it follows from its number.
#[derive(Clone, Debug)]
pub struct Member {
    pub number: usize,
    pub authority: Authority,
}

/// Who registered in a round, and who returned.
pub struct Panel {
    pub registered: Vec<Authority>,
    pub returning: Vec<Member>,
}

/// The panel of a year: its own for the pilot and for 2023, the first of the pool for any other year or size.
pub fn panel(year: i32, authorities: Option<usize>) -> Panel {
    let early = match (year, authorities) {
        (2021, None | Some(18)) => Some(early_round(|(_, pilot, _)| pilot)),
        (2023, None | Some(23)) => Some(early_round(|(_, _, second)| second)),
        _ => None,
    };
    let (returning, silent) = early.map_or_else(
        || {
            let returns = authorities.unwrap_or(RETURNS_2024);
            let mut members = pool(returns + returns / 24);
            let silent = members.split_off(returns);
            (members, silent)
        },
        |members| (members, Vec::new()),
    );
    let mut registered: Vec<Authority> = returning.iter().chain(&silent).map(|it| it.authority.clone()).collect();
    registered.sort_by(|one, other| one.code.cmp(&other.code));
    Panel { registered, returning }
}

type EarlyRegion = (&'static str, &'static [usize], &'static [usize]);

fn early_round(places: impl Fn(&EarlyRegion) -> &'static [usize]) -> Vec<Member> {
    let pool = pool(TOTAL as usize);
    let mut members = Vec::new();
    for region in &EARLY_ROUNDS {
        let here: Vec<&Member> = pool.iter().filter(|member| member.authority.region == region.0).collect();
        members.extend(places(region).iter().map(|place| here[*place].clone()));
    }
    members.sort_by_key(|member| member.number);
    members
}

/// The first authorities of the pool. Any beginning of it has types and regions in about England's proportions: the next
/// one is always of the kind that is furthest behind.
pub fn pool(size: usize) -> Vec<Member> {
    let mut drawn = [0_i64; ENGLAND.len()];
    let mut serial = std::collections::BTreeMap::new();
    let mut members = Vec::with_capacity(size);
    for number in 0..size {
        let behind = |index: &usize| ENGLAND[*index].3 * (number as i64 + 1) - drawn[*index] * TOTAL;
        // The first of equals, so that the order of the table decides.
        let index = (0..ENGLAND.len()).rev().max_by_key(behind).unwrap_or_default();
        drawn[index] += 1;
        let (digits, kind, region, _) = ENGLAND[index];
        let serial = serial.entry(digits).or_insert(0);
        *serial += 1;
        let authority = Authority {
            code: format!("F{digits}{serial:06}"),
            name: names::name(number, kind),
            kind: kind.to_owned(),
            region: region.to_owned(),
            members: Vec::new(),
            group: None,
        };
        members.push(Member { number, authority });
    }
    members
}
