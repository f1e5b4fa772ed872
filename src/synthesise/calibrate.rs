//! Brings national sums to targets by changing single counts, so that protected and exact results print alike.

use super::dice::Dice;
use super::profile::Target;

/// Divides an amount among places in proportion to their room, never more than it: the sum is the amount, if it fits.
pub fn spread(room: &[u64], amount: u64, dice: &mut Dice) -> Vec<u64> {
    let total: u64 = room.iter().sum();
    let amount = amount.min(total);
    if amount == 0 {
        return vec![0; room.len()];
    }
    let share = |room: &u64| (u128::from(*room) * u128::from(amount) / u128::from(total)) as u64;
    let mut given: Vec<u64> = room.iter().map(share).collect();
    // What rounding down left over goes to people drawn by lot: one place may be drawn again.
    let mut rest = amount - given.iter().sum::<u64>();
    let mut left: Vec<u64> = room.iter().zip(&given).map(|(room, given)| room - given).collect();
    let mut people: u64 = left.iter().sum();
    while rest > 0 {
        let mut drawn = dice.below(people);
        for (left, given) in left.iter_mut().zip(&mut given) {
            if drawn < *left {
                *left -= 1;
                *given += 1;
                break;
            }
            drawn -= *left;
        }
        people -= 1;
        rest -= 1;
    }
    given
}

/// A group's national sums.
#[derive(Clone, Copy, Debug)]
pub struct Sums {
    /// People something happened to.
    pub numerator: u64,
    /// People it could have happened to.
    pub denominator: u64,
}

/// The numerators that meet the target: multiples of 5, which rounding leaves as they are, near those drawn. Also how far off
/// the result still is: 1 is just within the tolerance.
pub fn numerators(target: Target, tolerance: f64, minoritised: Sums, white: Sums) -> ([u64; 2], f64) {
    let fives = |people: f64| (people / 5.0).round() as u64 * 5;
    let (all, white_people) = (minoritised.denominator as f64, white.denominator as f64);
    match target {
        Target::Ratio { ratio, .. } => nearest_pair(ratio, tolerance, minoritised, white),
        Target::Rates { minoritised, white } => ([fives(minoritised * all), fives(white * white_people)], 0.0),
        Target::Gap { gap, .. } => {
            let share = (all / (all + white_people).max(1.0) + gap).clamp(0.0, 0.9);
            let white = fives(white.numerator as f64);
            ([fives(white as f64 * share / (1.0 - share)), white], 0.0)
        }
    }
}

/// The pair of multiples of 5 closest to the drawn numerators whose ratio of rates meets the target; the closest ratio when
/// none does.
fn nearest_pair(ratio: f64, tolerance: f64, minoritised: Sums, white: Sums) -> ([u64; 2], f64) {
    let mut best = ([minoritised.numerator, white.numerator], f64::INFINITY);
    let mut least = f64::INFINITY;
    for above in candidates(minoritised) {
        for below in candidates(white) {
            let exact = (above as f64 / minoritised.denominator as f64) / (below as f64 / white.denominator as f64);
            let moved = distance(above, minoritised.numerator) + distance(below, white.numerator);
            let error = (exact / ratio - 1.0).abs() / tolerance;
            let cost = if error <= 1.0 { moved } else { 1000.0 * error + moved };
            if cost < least {
                (best, least) = (([above, below], error), cost);
            }
        }
    }
    best
}

/// Fewer people than this are withheld, with every result that rests on them.
const FEWEST_SHOWN: u64 = 10;

/// How many multiples are tried on each side of the drawn sum.
const TRIES: u64 = 100;

/// Multiples of 5 around the drawn sum, as far as half of it, and somewhat farther where there are few.
fn candidates(sums: Sums) -> impl Iterator<Item = u64> {
    let fewest = if sums.denominator < 300 { 1 } else { FEWEST_SHOWN };
    let drawn = sums.numerator / 5;
    let reach = (drawn / 2).max(8);
    let step = 1 + reach / TRIES;
    let multiples = (drawn.saturating_sub(reach)..=drawn + reach).step_by(step as usize).map(|five| five * 5);
    multiples.filter(move |people| (fewest..=sums.denominator).contains(people))
}

fn distance(wanted: u64, drawn: u64) -> f64 {
    wanted.abs_diff(drawn) as f64 / (drawn.max(1)) as f64
}
