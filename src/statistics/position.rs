//! Where an authority stands among the others: position against England, quartile, range of ranks, and the others' spread.
//!
//! Computed from exact counts and told only coarsely, with at least ten authorities behind it (METHOD, section 5).

use serde::Serialize;

use super::aggregate::Counts;
use super::compare::Judgement;
use super::interval::{self, Proportion};

/// Fewer authorities with a position, and nothing is told about any of them.
const MINIMUM_AUTHORITIES: usize = 10;

/// Beyond it, in standard deviations, a result is not as expected: 95%.
const UNEXPECTED: f64 = 1.96;

/// Beyond it a result is far from what is expected: 99.8%.
const FAR: f64 = 3.09;

/// A ratio against England's, given the chance variation of its size and the usual differences between authorities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// Within 1.96 adjusted standard deviations of England.
    AsExpected,
    /// Above.
    AboveExpected,
    /// Below.
    BelowExpected,
}

/// One authority's place, as coarsely as it may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Against England.
    pub expected: Expected,
    /// Whether it lies beyond 3.09.
    pub far: bool,
    /// 1 holds the lowest ratios, 4 the highest.
    pub quartile: usize,
    /// The ranks that its interval allows, counted from the lowest ratio.
    pub rank: (usize, usize),
    /// How many authorities have a position.
    pub of: usize,
}

/// How all authorities' results spread, each value rounded so that no one's can be read from it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// 10th percentile.
    pub p10: f64,
    /// Lower quartile.
    pub lower_quartile: f64,
    /// Median.
    pub median: f64,
    /// Upper quartile.
    pub upper_quartile: f64,
    /// 90th percentile.
    pub p90: f64,
    /// How many authorities are behind it.
    pub authorities: usize,
}

/// One authority's logarithm of the ratio and what it takes to place it.
struct Placed {
    ratio: f64,
    lower: f64,
    upper: f64,
    deviation: f64,
    z: f64,
}

/// The positions of the authorities on one indicator, in the order given, and their spread; `None` where there is none.
pub(super) fn positions(
    england: Counts,
    authorities: &[Counts],
    judgement: Judgement,
) -> (Vec<Option<Position>>, Option<Spread>) {
    let [england_m, england_w] = proportions(england);
    let target = (england_m.rate() / england_w.rate()).ln();
    let placed: Vec<Option<Placed>> = authorities.iter().map(|counts| place(*counts, target, judgement)).collect();
    let all: Vec<&Placed> = placed.iter().flatten().collect();
    if all.len() < MINIMUM_AUTHORITIES || !target.is_finite() {
        return (vec![None; authorities.len()], None);
    }
    let dispersion = between_variance(&all.iter().map(|one| (one.z, one.deviation)).collect::<Vec<_>>());
    let positions = placed.iter().map(|one| one.as_ref().map(|one| position(one, &all, dispersion))).collect();
    let ratios: Vec<f64> = all.iter().map(|one| one.ratio).collect();
    (positions, spread(ratios, 0.05))
}

fn proportions(counts: Counts) -> [Proportion; 2] {
    [counts.minoritised, counts.white].map(|[events, people]| Proportion { events, people })
}

/// Authorities with a zero cell, or too few people or events, have no position.
fn place(counts: Counts, target: f64, judgement: Judgement) -> Option<Placed> {
    let [minoritised, white] = proportions(counts);
    if minoritised.events == 0 || white.events == 0 || judgement.too_few(minoritised, white) {
        return None;
    }
    let inverse = |count: u64| 1.0 / count as f64;
    let variance =
        inverse(minoritised.events) - inverse(minoritised.people) + inverse(white.events) - inverse(white.people);
    if variance <= 0.0 {
        return None; // everybody in both groups: the logarithm has no deviation to stand in
    }
    let ratio = minoritised.rate() / white.rate();
    let limits = interval::koopman(minoritised, white, judgement.critical());
    let deviation = variance.sqrt();
    Some(Placed { ratio, lower: limits.lower, upper: limits.upper, deviation, z: (ratio.ln() - target) / deviation })
}

/// The variance between authorities beyond chance (Spiegelhalter 2005), from pairs of z and its deviation.
fn between_variance(placed: &[(f64, f64)]) -> f64 {
    let mut sorted: Vec<f64> = placed.iter().map(|(z, _)| *z).collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&sorted, 0.1), quantile(&sorted, 0.9));
    let count = placed.len() as f64;
    let phi = placed.iter().map(|(z, _)| z.clamp(low, high).powi(2)).sum::<f64>() / count;
    let weights: Vec<f64> = placed.iter().map(|(_, deviation)| deviation.powi(-2)).collect();
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    ((count * phi - (count - 1.0)) / (sum - squares / sum)).max(0.0)
}

fn position(one: &Placed, all: &[&Placed], between: f64) -> Position {
    let z = one.z * one.deviation / (one.deviation.powi(2) + between).sqrt();
    let expected = if z.abs() <= UNEXPECTED {
        Expected::AsExpected
    } else if z > 0.0 {
        Expected::AboveExpected
    } else {
        Expected::BelowExpected
    };
    let count = |test: &dyn Fn(f64) -> bool| all.iter().filter(|other| test(other.ratio)).count();
    let of = all.len();
    let rank = 1 + count(&|ratio| ratio < one.ratio);
    Position {
        expected,
        far: z.abs() > FAR,
        quartile: 4 * (rank - 1) / of + 1,
        rank: (1 + count(&|ratio| ratio < one.lower), of - count(&|ratio| ratio > one.upper)),
        of,
    }
}

/// The spread of values, each of the five rounded to a multiple of `step`; `None` with fewer than ten values.
pub(super) fn spread(mut values: Vec<f64>, step: f64) -> Option<Spread> {
    if values.len() < MINIMUM_AUTHORITIES {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let coarse = |probability: f64| (quantile(&values, probability) / step).round() * step;
    Some(Spread {
        p10: coarse(0.1),
        lower_quartile: coarse(0.25),
        median: coarse(0.5),
        upper_quartile: coarse(0.75),
        p90: coarse(0.9),
        authorities: values.len(),
    })
}

/// The quantile of sorted values by linear interpolation between them (type 7 of Hyndman and Fan 1996).
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let place = probability * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::Statistics;

    fn counts(minoritised: [u64; 2], white: [u64; 2]) -> Counts {
        Counts { minoritised, white }
    }

    #[test]
    fn quantiles_interpolate_between_the_values() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&values, 0.25), 1.75);
        assert_eq!(quantile(&values, 0.9), 3.7);
        assert_eq!(quantile(&values, 1.0), 4.0);
    }

    #[test]
    fn the_spread_is_coarse_and_needs_ten() {
        let values: Vec<f64> = (0..10).map(|index| 0.51 + 0.1 * f64::from(index)).collect();
        assert_eq!(spread(values[..9].to_vec(), 0.05), None);
        let spread = spread(values, 0.05).unwrap();
        assert!((spread.median - 0.95).abs() < 1e-9, "{spread:?}"); // 0.96 exactly
    }

    #[test]
    fn one_far_authority_among_alike_ones_is_told_apart() {
        let alike = counts([50, 500], [50, 500]);
        let mut authorities = vec![alike; 19];
        authorities.push(counts([200, 500], [50, 500]));
        let (positions, spread) =
            positions(counts([1150, 10000], [1000, 10000]), &authorities, Judgement::new(&Statistics::default()));
        let last = positions[19].unwrap();
        assert_eq!((last.expected, last.far, last.quartile, last.rank), (Expected::AboveExpected, true, 4, (20, 20)));
        assert_eq!(positions[0].unwrap().expected, Expected::AsExpected);
        assert_eq!(spread.unwrap().median, 1.0);
    }

    #[test]
    fn nine_authorities_or_a_zero_cell_give_no_position() {
        let judgement = Judgement::new(&Statistics::default());
        let one = counts([50, 500], [50, 500]);
        assert!(positions(one, &vec![one; 9], judgement).0.iter().all(Option::is_none));
        let mut authorities = vec![one; 10];
        authorities.push(counts([0, 500], [50, 500]));
        assert_eq!(positions(one, &authorities, judgement).0[10], None);
    }
}
