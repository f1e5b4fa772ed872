//! Draws what happened to staff and candidates, with the profile's national results.

use super::calibrate::{Sums, numerators, spread};
use super::character::Character;
use super::dice::{Chance, Dice, Stage, exp};
use super::manner::Manner;
use super::profile::{Outcome, Profile, Target};
use super::staffing::{Count, Unit, part};
use crate::standard::{Indicator, Standard};

/// Draws all measures but the pay bands; the national results meet the targets of the outcomes, or miss them by so many
/// times the tolerance.
pub fn draw(
    units: &mut [Unit],
    profile: &Profile,
    standard: &Standard,
    characters: &[Character],
    manners: &[Manner],
    chance: Chance,
) -> f64 {
    for (index, unit) in units.iter_mut().enumerate() {
        let mut dice = chance.dice(Stage::People, index);
        let (character, manner) = (&characters[unit.member], &manners[unit.member]);
        split_bands(unit, character, &mut dice);
        if manner.short_bands {
            unit.bands[0].unknown -= unit.bands[0].unknown / 3;
        }
        draw_denominators(unit, character, manner, &mut dice);
    }
    let mut worst = 0.0_f64;
    for (index, outcome) in profile.outcomes.iter().enumerate() {
        let Some(pair) = standard.indicator(outcome.indicator).and_then(measures) else { continue };
        let mut dice = chance.dice(Stage::Outcome, index);
        for unit in units.iter_mut() {
            let character = &characters[unit.member];
            let traits = (character.levels[index], character.leanings[index]);
            draw_outcome(unit, outcome, pair, traits, &mut dice);
        }
        worst = worst.max(calibrate(units, (outcome.target, profile.tolerance), pair, manners, &mut dice));
        for unit in units.iter_mut() {
            split_part(unit, pair, &mut dice);
        }
    }
    worst
}

/// Draws how many it happened to, around the authority's own level and leaning.
fn draw_outcome(
    unit: &mut Unit,
    outcome: &Outcome,
    (above, below): (&'static str, &'static str),
    (level, leaning): (f64, f64),
    dice: &mut Dice,
) {
    let people = unit.counts.get(below).copied().unwrap_or_default();
    let (low, high) = outcome.white;
    let white = (outcome.target.white() * exp(0.2 * level)).clamp(low, high);
    let ratio = outcome.target.ratio() * exp(0.9 * leaning + 0.1 * dice.normal());
    let count = Count {
        minoritised: dice.count(people.minoritised, (white * ratio).min(0.95)),
        white: dice.count(people.white, white),
        unknown: dice.count(people.unknown, white),
        split: [0; 4],
    };
    unit.counts.insert(above, count);
}

/// The indicator's numerator and denominator, if this generator knows how to draw them.
fn measures(indicator: &Indicator) -> Option<(&'static str, &'static str)> {
    const KNOWN: [(&str, &str); 9] = [
        ("appointed", "shortlisted"),
        ("disciplinary", "staff"),
        ("fitness_to_practise", "regulated_staff"),
        ("cpd", "staff"),
        ("abuse_public", "survey_respondents"),
        ("abuse_colleagues", "survey_respondents"),
        ("abuse_managers", "survey_respondents"),
        ("leavers", "staff"),
        ("senior_managers", "staff"),
    ];
    KNOWN.into_iter().find(|pair| *pair == (indicator.numerator.as_str(), indicator.denominator.as_str()))
}

/// Divides each band's staff into the four groups; staff in post is the sum of the bands.
fn split_bands(unit: &mut Unit, character: &Character, dice: &mut Dice) {
    let mut staff = Count::default();
    for band in &mut unit.bands {
        band.split = divided(band.minoritised, &character.groups, dice);
        staff.minoritised += band.minoritised;
        staff.white += band.white;
        staff.unknown += band.unknown;
        for (sum, part) in staff.split.iter_mut().zip(band.split) {
            *sum += part;
        }
    }
    unit.counts.insert("staff", staff);
}

fn divided(people: u64, weights: &[f64; 4], dice: &mut Dice) -> [u64; 4] {
    let mut split = [0; 4];
    for _ in 0..people {
        split[dice.index(weights)] += 1;
    }
    split
}

/// Candidates, regulated staff and respondents.
fn draw_denominators(unit: &mut Unit, character: &Character, manner: &Manner, dice: &mut Dice) {
    let staff = unit.counts.get("staff").copied().unwrap_or_default();
    let all = staff.minoritised + staff.white + staff.unknown;
    let share = staff.minoritised as f64 / (staff.minoritised + staff.white).max(1) as f64;

    // Candidates are more often from minoritised groups than staff are: almost twice the odds.
    let candidates = part(all, dice.between(0.35, 0.80));
    let known_share = 1.9 * share / (1.0 + 0.9 * share);
    let shortlisted = group(candidates, known_share, 0.06, character, manner, dice);
    unit.counts.insert("shortlisted", shortlisted);

    let rate = dice.between(0.15, 0.25);
    let mut regulated = Count {
        minoritised: dice.count(staff.minoritised, rate),
        white: dice.count(staff.white, rate),
        unknown: dice.count(staff.unknown, rate),
        split: [0; 4],
    };
    regulated.split = drawn_from(regulated.minoritised, staff.split, [1.0; 4], dice);
    unit.counts.insert("regulated_staff", regulated);

    // The survey asks people itself, so that it knows more than the personnel file.
    let respondents = part(all, character.response * dice.between(0.9, 1.1));
    let respondents = group(respondents, 0.95 * share, 0.05, character, manner, dice);
    unit.counts.insert("survey_respondents", respondents);
}

/// People who are no part of staff, with a share of minoritised ethnic ones and a share not known.
fn group(people: u64, share: f64, unknown: f64, character: &Character, manner: &Manner, dice: &mut Dice) -> Count {
    let unknown = if manner.unknown { dice.count(people, unknown) } else { 0 };
    let minoritised = dice.count(people - unknown, share);
    let split = divided(minoritised, &character.groups, dice);
    Count { minoritised, white: people - unknown - minoritised, unknown, split }
}

/// A count's minoritised or white people.
type Group = fn(&mut Count) -> &mut u64;

/// Changes single counts of those that contribute until the national numerators meet the target; how far off it still is.
fn calibrate(
    units: &mut [Unit],
    (target, tolerance): (Target, f64),
    (above, below): (&'static str, &'static str),
    manners: &[Manner],
    dice: &mut Dice,
) -> f64 {
    let groups: [Group; 2] = [|count| &mut count.minoritised, |count| &mut count.white];
    // Part and whole of each service, and nothing where either is not given.
    let pairs = groups.map(|group| -> Vec<[u64; 2]> {
        let given = |unit: &Unit| ![above, below].iter().any(|measure| manners[unit.member].lacks(measure, None));
        let people = |unit: &Unit, measure| *group(&mut unit.counts.get(measure).copied().unwrap_or_default());
        let pair = |unit: &Unit| if given(unit) { [above, below].map(|measure| people(unit, measure)) } else { [0; 2] };
        units.iter().map(pair).collect()
    });
    let [minoritised, white] = [0, 1].map(|group| Sums {
        numerator: pairs[group].iter().map(|[part, _]| part).sum(),
        denominator: pairs[group].iter().map(|[_, whole]| whole).sum(),
    });
    let (wanted, error) = numerators(target, tolerance, minoritised, white);
    for (index, drawn) in [minoritised.numerator, white.numerator].into_iter().enumerate() {
        let more = wanted[index] > drawn;
        let room: Vec<u64> = pairs[index].iter().map(|[part, whole]| if more { whole - part } else { *part }).collect();
        let changes = spread(&room, wanted[index].abs_diff(drawn), dice);
        for (count, change) in units.iter_mut().filter_map(|unit| unit.counts.get_mut(above)).zip(changes) {
            let people = groups[index](count);
            *people = if more { *people + change } else { *people - change };
        }
    }
    error
}

/// Divides a part's minoritised people into the four groups, none larger than in the whole.
fn split_part(unit: &mut Unit, (above, below): (&'static str, &'static str), dice: &mut Dice) {
    let whole = unit.counts.get(below).map(|count| count.split).unwrap_or_default();
    if let Some(count) = unit.counts.get_mut(above) {
        count.split = drawn_from(count.minoritised, whole, group_leaning(above), dice);
    }
}

/// How much likelier than average it is for Asian, Black, Mixed and Other staff: the groups differ from each other.
fn group_leaning(measure: &str) -> [f64; 4] {
    match measure {
        "appointed" => [0.95, 0.95, 1.15, 1.0],
        "disciplinary" | "fitness_to_practise" => [0.85, 1.2, 0.95, 0.9],
        "senior_managers" => [1.1, 0.85, 1.2, 1.0],
        "leavers" => [1.0, 0.95, 1.15, 1.05],
        _ => [1.0; 4],
    }
}

/// Draws so many people from the four groups without putting anyone back.
fn drawn_from(people: u64, whole: [u64; 4], leaning: [f64; 4], dice: &mut Dice) -> [u64; 4] {
    let mut left = whole;
    for _ in 0..people.min(whole.iter().sum()) {
        let mut weights = [0.0; 4];
        for (weight, (left, leaning)) in weights.iter_mut().zip(left.iter().zip(leaning)) {
            *weight = *left as f64 * leaning;
        }
        let drawn = dice.index(&weights);
        // A rounding error at the very end of the weights could point at an empty group.
        let drawn = if left[drawn] > 0 { drawn } else { left.iter().position(|left| *left > 0).unwrap_or(drawn) };
        left[drawn] = left[drawn].saturating_sub(1);
    }
    let mut split = [0; 4];
    for (part, (whole, left)) in split.iter_mut().zip(whole.iter().zip(left)) {
        *part = whole - left;
    }
    split
}
