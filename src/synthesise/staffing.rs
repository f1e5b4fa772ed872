//! Draws each service's staff by pay band, with the published totals and shares.

use std::collections::BTreeMap;

use super::calibrate::spread;
use super::character::Character;
use super::dice::{Chance, Dice, Stage, exp};
use super::manner::Manner;
use super::pool::Member;
use super::profile::Profile;
use crate::round::Service;

/// How many people of each ethnic group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All minoritised groups together.
    pub minoritised: u64,
    pub white: u64,
    pub unknown: u64,
    /// The minoritised ones as Asian, Black, Mixed and Other; drawn when the sums are settled.
    pub split: [u64; 4],
}

/// One service of one authority.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The place of its authority among those that return.
    pub member: usize,
    pub service: Service,
    /// Staff in each pay band, from the lowest to the highest.
    pub bands: [Count; 3],
    /// Every other measure by its identifier.
    pub counts: BTreeMap<&'static str, Count>,
}

/// The share of staff in the lowest and in the highest band, on average.
const BANDS: [f64; 2] = [0.53, 0.04];

/// Everyone's share in the national pay bands, before it is brought to the published shares.
const SHARE_OF_ALL: f64 = 0.197;

/// Draws the staff of every service of every authority; the pay bands have the profile's national shares.
pub fn draw(
    profile: &Profile,
    members: &[Member],
    characters: &[Character],
    manners: &[Manner],
    chance: Chance,
) -> Vec<Unit> {
    let sizes = sizes(profile, members, characters, chance);
    let mut units = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let [adults, childrens] = [sizes[0][index], sizes[1][index]];
        let services = match manners[index].combined {
            true => vec![(Service::Combined, adults + childrens)],
            false => vec![(Service::Adults, adults), (Service::Childrens, childrens)],
        };
        let mut dice = chance.dice(Stage::Staffing, member.number);
        for (service, staff) in services.into_iter().filter(|(_, staff)| *staff > 0) {
            let bands = bands(staff, profile, &characters[index], &manners[index], &mut dice);
            units.push(Unit { member: index, service, bands, counts: BTreeMap::new() });
        }
    }
    for (band, share) in profile.band_shares.into_iter().enumerate() {
        let mut dice = chance.dice(Stage::Calibration, band);
        calibrate_band(&mut units, band, share, manners, &mut dice);
    }
    units
}

/// Staff of each authority in adults' and in children's services, with the profile's totals.
fn sizes(profile: &Profile, members: &[Member], characters: &[Character], chance: Chance) -> [Vec<u64>; 2] {
    let drift = |member: &Member| exp(0.03 * chance.dice(Stage::Size, member.number).normal());
    let drifts: Vec<f64> = members.iter().map(drift).collect();
    [0, 1].map(|service| {
        let drifted = characters.iter().zip(&drifts).map(|(character, drift)| character.staff[service] * drift);
        let mut sizes: Vec<u64> = drifted.map(|staff| staff.round() as u64).collect();
        if let Some(total) = profile.staff.map(|staff| staff[service]) {
            let drawn: u64 = sizes.iter().sum();
            let mut dice = chance.dice(Stage::Calibration, 10 + service);
            let changes = spread(&sizes, total.abs_diff(drawn), &mut dice);
            for (size, change) in sizes.iter_mut().zip(changes) {
                *size = if total > drawn { *size + change } else { *size - change };
            }
        }
        sizes
    })
}

fn bands(staff: u64, profile: &Profile, character: &Character, manner: &Manner, dice: &mut Dice) -> [Count; 3] {
    let unknown = if manner.unknown { part(staff, character.unknown) } else { 0 };
    let shares = BANDS.map(|share| share * exp(0.12 * dice.normal()));
    let divide = |people: u64| {
        let [lowest, highest] = shares.map(|share| part(people, share));
        [lowest, people - (lowest + highest).min(people), highest]
    };
    let (known, unknown) = (divide(staff - unknown), divide(unknown));
    let mut bands = [Count::default(); 3];
    for (index, band) in bands.iter_mut().enumerate() {
        let lean = profile.band_shares[index] / SHARE_OF_ALL * exp(0.1 * dice.normal());
        band.minoritised = dice.count(known[index], (character.minoritised * lean).min(0.9));
        band.white = known[index] - band.minoritised;
        band.unknown = unknown[index];
    }
    bands
}

/// A share of so many people, as a whole number.
pub fn part(people: u64, share: f64) -> u64 {
    ((people as f64 * share).round() as u64).min(people)
}

/// Exchanges white for minoritised staff, or the other way, until the national share of the band is met.
fn calibrate_band(units: &mut [Unit], band: usize, share: f64, manners: &[Manner], dice: &mut Dice) {
    let given = |unit: &Unit| !manners[unit.member].lacks("staff_in_band", Some(band));
    let sum = |count: fn(&Count) -> u64| -> u64 {
        units.iter().filter(|unit| given(unit)).map(|unit| count(&unit.bands[band])).sum()
    };
    let (minoritised, white) = (sum(|count| count.minoritised), sum(|count| count.white));
    let wanted = part((minoritised + white) / 5, share) * 5;
    let more = wanted > minoritised;
    let room: Vec<u64> = units
        .iter()
        .map(|unit| match (given(unit), more) {
            (false, _) => 0,
            (true, true) => unit.bands[band].white,
            (true, false) => unit.bands[band].minoritised,
        })
        .collect();
    for (unit, change) in units.iter_mut().zip(spread(&room, wanted.abs_diff(minoritised), dice)) {
        let count = &mut unit.bands[band];
        let [from, to] =
            if more { [&mut count.white, &mut count.minoritised] } else { [&mut count.minoritised, &mut count.white] };
        *from -= change;
        *to += change;
    }
}
