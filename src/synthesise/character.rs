//! What stays the same about an authority from round to round: size, make-up of its staff, and what it leans towards.

use super::dice::{Chance, Stage, exp};
use super::pool::{Member, RETURNS_2024, pool};
use super::profile::{Outcome, STAFF_2024};

/// The lasting traits of one authority.
#[derive(Clone, Debug)]
pub struct Character {
    /// Staff in adults' and, where it returns them, in children's services, before the yearly drift.
    pub staff: [f64; 2],
    /// Whether it returns children's services too.
    pub childrens: bool,
    /// The share of minoritised ethnic staff.
    pub minoritised: f64,
    /// The share of staff whose ethnicity is not known.
    pub unknown: f64,
    /// How minoritised ethnic staff divide into Asian, Black, Mixed and Other.
    pub groups: [f64; 4],
    /// The share of staff that answers the survey.
    pub response: f64,
    /// For each outcome, how far its log ratio lies from the national one.
    pub leanings: Vec<f64>,
    /// For each outcome, how far its log rate lies from the national one, in standard deviations.
    pub levels: Vec<f64>,
}

/// The characters of these members, with sizes that bring the round of 2024 near its published staff.
pub fn characters(chance: Chance, members: &[Member], outcomes: &[Outcome]) -> Vec<Character> {
    let draw = |member: &Member| character(chance, member, outcomes);
    let of_2024: Vec<Character> = pool(RETURNS_2024).iter().map(draw).collect();
    let scales = [0, 1].map(|service| {
        let drawn: f64 = of_2024.iter().map(|it| it.staff[service]).sum();
        STAFF_2024[service] as f64 / drawn
    });
    let mut characters: Vec<Character> = members.iter().map(draw).collect();
    for character in &mut characters {
        let [adults, childrens] = character.staff;
        character.staff = [(adults * scales[0]).clamp(160.0, 2400.0), (childrens * scales[1]).clamp(100.0, 1700.0)];
        if !character.childrens {
            character.staff[1] = 0.0;
        }
    }
    characters
}

fn character(chance: Chance, member: &Member, outcomes: &[Outcome]) -> Character {
    let mut dice = chance.dice(Stage::Character, member.number);
    let size = exp(0.65 * dice.normal()) * relative_size(&member.authority.kind);
    let childrens = returns_childrens(member.number);
    let second = size * exp(0.25 * dice.normal());
    let (low, high, lean) = minoritised_range(&member.authority.region);
    // A power of a uniform number: most authorities lie near the lower end of their region's range.
    let place = (0..lean).fold(1.0, |power, _| power * dice.share().max(0.02));
    let groups = region_groups(&member.authority.region).map(|share| share * exp(0.25 * dice.normal()));
    let unknown = match member.number % 24 {
        14 => dice.between(0.30, 0.38),
        _ => 0.02 + 0.23 * dice.share() * dice.share(),
    };
    let response = dice.between(0.30, 0.60);
    let leanings = outcomes.iter().map(|_| {
        // Most authorities lie near the national ratio, and one in ten may lie far from it.
        let spread = if dice.share() < 0.1 { 0.6 } else { 0.25 };
        spread * dice.normal()
    });
    let leanings = leanings.collect();
    let levels = outcomes.iter().map(|_| dice.normal()).collect();
    Character {
        staff: [size, if childrens { second } else { 0.0 }],
        childrens,
        minoritised: low + (high - low) * place,
        unknown,
        groups,
        response,
        leanings,
        levels,
    }
}

/// 43 of the first 73, evenly.
fn returns_childrens(number: usize) -> bool {
    (number + 1) * 43 / RETURNS_2024 > number * 43 / RETURNS_2024
}

fn relative_size(kind: &str) -> f64 {
    match kind {
        "London borough" => 0.7,
        "Metropolitan district" => 1.1,
        "Shire county" => 2.0,
        _ => 0.75,
    }
}

/// The lowest and highest share of minoritised ethnic staff, and how strongly authorities crowd at the lower end.
fn minoritised_range(region: &str) -> (f64, f64, u32) {
    match region {
        "London" => (0.45, 0.65, 1),
        "West Midlands" => (0.08, 0.30, 1),
        "East Midlands" | "East of England" | "North West" | "South East" => (0.05, 0.30, 2),
        "Yorkshire and The Humber" => (0.05, 0.26, 2),
        _ => (0.05, 0.16, 2),
    }
}

/// How minoritised ethnic staff of a region divide into Asian, Black, Mixed and Other.
fn region_groups(region: &str) -> [f64; 4] {
    match region {
        "London" => [0.28, 0.50, 0.12, 0.10],
        "West Midlands" => [0.45, 0.36, 0.12, 0.07],
        "Yorkshire and The Humber" => [0.52, 0.25, 0.15, 0.08],
        "East Midlands" | "North West" => [0.44, 0.32, 0.15, 0.09],
        "South West" => [0.27, 0.38, 0.24, 0.11],
        _ => [0.35, 0.39, 0.16, 0.10],
    }
}
