//! Where an authority stands among the others: position against England, quartile, range of ranks, and the others' spread.
//!
//! Computed from exact counts and told only coarsely, with at least ten authorities behind it (`docs/method.md`, Comparing authorities).

use serde::Serialize;

use super::computed::Judgement;
use super::interval::{self, Interval};
use super::pooling::{log_ratio, proportions};
use crate::statistics::figure::Counts;

/// Fewer authorities with a position, and nothing is told about any of them.
pub(in crate::statistics) const MINIMUM_AUTHORITIES: usize = 10;

/// Beyond it, in standard deviations, a result is not as expected: 95%.
pub const UNEXPECTED: f64 = 1.96;

/// Beyond it a result is far from what is expected: 99.8%.
pub const FAR: f64 = 3.09;

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

/// One authority's position as it was computed: for whoever answers for the figures, and for nobody else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::statistics) struct Placement {
    /// The distance from England in standard errors.
    pub z: f64,
    /// The same, with the usual differences between authorities allowed for.
    pub z_adjusted: f64,
    /// What may be told of it.
    pub position: Position,
}

/// Where the authorities stand on one indicator.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::statistics) struct Placements {
    /// In the order given; nothing where an authority has no position.
    pub placements: Vec<Option<Placement>>,
    /// How their ratios spread.
    pub spread: Option<Spread>,
    /// The variance between authorities beyond chance, of log ratios.
    pub between: Option<f64>,
}

/// One authority's logarithm of the ratio and what it takes to place it.
struct Placed {
    ratio: f64,
    lower: f64,
    upper: f64,
    deviation: f64,
    z: f64,
}

/// The positions of the authorities on one indicator.
pub(in crate::statistics) fn positions(
    england: Counts<u64>,
    authorities: &[Counts<u64>],
    judgement: Judgement,
) -> Placements {
    let [england_m, england_w] = proportions(england);
    let target = (england_m.rate() / england_w.rate()).ln();
    let placed: Vec<Option<Placed>> = authorities.iter().map(|counts| place(*counts, target, judgement)).collect();
    let all: Vec<&Placed> = placed.iter().flatten().collect();
    if all.len() < MINIMUM_AUTHORITIES || !target.is_finite() {
        return Placements { placements: vec![None; authorities.len()], ..Placements::default() };
    }
    let (_, between) = over_dispersion(&all.iter().map(|one| (one.z, one.deviation)).collect::<Vec<_>>());
    let placements = placed.iter().map(|one| one.as_ref().map(|one| placement(one, &all, between))).collect();
    let ratios: Vec<f64> = all.iter().map(|one| one.ratio).collect();
    Placements { placements, spread: spread(ratios, 0.05), between: Some(between) }
}

/// Authorities with a zero cell, or too few people or events, have no position.
fn place(counts: Counts<u64>, target: f64, judgement: Judgement) -> Option<Placed> {
    let [minoritised, white] = proportions(counts);
    if judgement.too_few(minoritised, white) {
        return None;
    }
    // Without a variance there is no deviation to stand in: a zero cell, or everybody in both groups.
    let (logarithm, variance) = log_ratio(minoritised, white)?;
    let limits = interval::koopman(minoritised, white, judgement.critical());
    let deviation = variance.sqrt();
    let ratio = minoritised.rate() / white.rate();
    Some(Placed { ratio, lower: limits.lower, upper: limits.upper, deviation, z: (logarithm - target) / deviation })
}

/// φ and τ², the variance between authorities beyond chance (Spiegelhalter 2005), from pairs of z and its deviation.
pub(in crate::statistics) fn over_dispersion(placed: &[(f64, f64)]) -> (f64, f64) {
    let mut sorted: Vec<f64> = placed.iter().map(|(z, _)| *z).collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&sorted, 0.1), quantile(&sorted, 0.9));
    let count = placed.len() as f64;
    let phi = placed.iter().map(|(z, _)| z.clamp(low, high).powi(2)).sum::<f64>() / count;
    let weights: Vec<f64> = placed.iter().map(|(_, deviation)| deviation.powi(-2)).collect();
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    (phi, ((count * phi - (count - 1.0)) / (sum - squares / sum)).max(0.0))
}

/// A funnel's limits: between which ratios an authority lies that is like England, when its log ratio has this variance.
///
/// `between` is the variance between authorities, and `critical` how many standard deviations the limits are away.
pub(in crate::statistics) fn limits(england: f64, variance: f64, between: f64, critical: f64) -> Interval {
    interval::log_interval(england, variance + between, critical)
}

/// Which of so many equal groups a rank belongs to, counted from 1.
fn group_of_rank(rank: usize, of: usize, groups: usize) -> usize {
    groups * (rank - 1) / of + 1
}

fn placement(one: &Placed, all: &[&Placed], between: f64) -> Placement {
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
    let position = Position {
        expected,
        far: z.abs() > FAR,
        quartile: group_of_rank(rank, of, 4),
        rank: (1 + count(&|ratio| ratio < one.lower), of - count(&|ratio| ratio > one.upper)),
        of,
    };
    Placement { z: one.z, z_adjusted: z, position }
}

/// The spread of values, each of the five rounded to a multiple of `step`; `None` with fewer than ten values.
pub(in crate::statistics) fn spread(mut values: Vec<f64>, step: f64) -> Option<Spread> {
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
pub(in crate::statistics) fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let place = probability * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::super::known::{close, known};
    use super::*;
    use crate::round::Statistics;
    use crate::statistics::figure::Side;

    fn numbers(inputs: &serde_json::Value, name: &str) -> Vec<f64> {
        inputs[name].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    }

    #[test]
    fn over_dispersion_of_mortality_ratios_reproduces_the_known_answer() {
        for (inputs, expected, tolerance) in known("funnel_overdispersion_shmi") {
            let ratios = numbers(&inputs, "num").into_iter().zip(numbers(&inputs, "den"));
            let placed = ratios.map(|(observed, expected)| {
                let deviation = expected.sqrt().recip();
                ((observed / expected).ln() / deviation, deviation)
            });
            let (phi, between) = over_dispersion(&placed.collect::<Vec<_>>());
            close(phi, &expected["phi"], tolerance);
            close(between, &expected["tau2"], tolerance);
        }
    }

    #[test]
    fn over_dispersion_of_proportions_and_its_limits_reproduce_the_known_answer() {
        for (inputs, expected, tolerance) in known("funnel_overdispersion_arcsine") {
            let (events, people) = (numbers(&inputs, "num"), numbers(&inputs, "den"));
            let target = events.iter().sum::<f64>() / people.iter().sum::<f64>();
            close(target, &expected["target"], tolerance);
            let centre = target.sqrt().asin();
            let placed = events.iter().zip(&people).map(|(events, people)| {
                let deviation = people.sqrt().recip() / 2.0;
                (((events / people).sqrt().asin() - centre) / deviation, deviation)
            });
            let (phi, between) = over_dispersion(&placed.collect::<Vec<_>>());
            close(phi, &expected["phi"], tolerance);
            close(between, &expected["tau2"], tolerance);
            // A funnel's limits are drawn on the scale of logarithms: here the scale is that of arcsines.
            let limit = |critical: f64| {
                let limits = limits(centre.exp(), 1.0 / (4.0 * 60.0), between, critical);
                [limits.lower, limits.upper].map(|limit| limit.ln().sin().powi(2))
            };
            // The known answer was computed with these quantiles, rounded to six decimals.
            let (far, near) = (limit(3.090_232), limit(1.959_964));
            for (index, limit) in [far[0], near[0], near[1], far[1]].into_iter().enumerate() {
                close(limit, &expected["limits_n60"][index], tolerance);
            }
        }
    }

    #[test]
    fn groups_of_ranks_reproduce_the_known_answer() {
        for (inputs, expected, _) in known("phe_quantile") {
            let whole = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
            let ranks = inputs["ranks_high_to_low"].as_array().unwrap().iter().map(whole);
            let found = ranks.map(|rank| group_of_rank(rank, whole(&inputs["n_areas"]), whole(&inputs["quantiles"])));
            let wanted: Vec<usize> = expected["decile"].as_array().unwrap().iter().map(whole).collect();
            assert_eq!(found.collect::<Vec<_>>(), wanted);
        }
    }

    fn counts(minoritised: [u64; 2], white: [u64; 2]) -> Counts<u64> {
        let side = |[numerator, denominator]: [u64; 2]| Side { numerator, denominator };
        Counts { minoritised: side(minoritised), white: side(white) }
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
        let Placements { placements, spread, .. } =
            positions(counts([1150, 10000], [1000, 10000]), &authorities, Judgement::new(&Statistics::default()));
        let last = placements[19].unwrap().position;
        assert_eq!((last.expected, last.far, last.quartile, last.rank), (Expected::AboveExpected, true, 4, (20, 20)));
        assert_eq!(placements[0].unwrap().position.expected, Expected::AsExpected);
        assert_eq!(spread.unwrap().median, 1.0);
    }

    #[test]
    fn nine_authorities_or_a_zero_cell_give_no_position() {
        let judgement = Judgement::new(&Statistics::default());
        let one = counts([50, 500], [50, 500]);
        assert!(positions(one, &vec![one; 9], judgement).placements.iter().all(Option::is_none));
        let mut authorities = vec![one; 10];
        authorities.push(counts([0, 500], [50, 500]));
        assert_eq!(positions(one, &authorities, judgement).placements[10], None);
    }
}
