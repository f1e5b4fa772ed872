//! The interval of a ratio of sums that allows for how authorities differ (`docs/method.md`, Comparing authorities).
//!
//! Computed from exact counts and told only coarsely, with at least ten authorities behind it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::interval::{self, Interval};
#[cfg(not(target_family = "wasm"))]
use super::measuring::{Measuring, belongs};
#[cfg(not(target_family = "wasm"))]
use super::position::MINIMUM_AUTHORITIES;
use super::statistic::Statistic;
use crate::standard::Kind;
use crate::statistics::figure::{Area, AreaType, Breakdown, Counts, Scope};

/// Limits are told in multiples of it.
const STEP: f64 = 0.05;

/// The interval as coarsely as it may be told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Wider {
    /// Whether 1 lies inside.
    pub includes_1: bool,
    /// The lower and the upper limit, of an indicator's own figure; nothing where another area has nearly the same authorities.
    pub limits: Option<(f64, f64)>,
    /// How many authorities are behind it.
    pub authorities: usize,
}

/// The interval as it was computed: for whoever answers for the figures, and for no document.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Clustered {
    /// The standard error of the logarithm of the ratio.
    pub deviation: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// How many authorities it rests on.
    pub authorities: usize,
}

/// The standard error of the logarithm of a ratio of sums over clusters, by linearisation; nothing with fewer than two, or where
/// one of the groups has no events.
fn deviation(clusters: &[Counts<u64>]) -> Option<f64> {
    let number = clusters.len() as f64;
    let sum = |count: fn(&Counts<u64>) -> u64| clusters.iter().map(count).sum::<u64>() as f64;
    let (a, m) = (sum(|one| one.minoritised.numerator), sum(|one| one.minoritised.denominator));
    let (b, w) = (sum(|one| one.white.numerator), sum(|one| one.white.denominator));
    if clusters.len() < 2 || a == 0.0 || b == 0.0 || m == 0.0 || w == 0.0 {
        return None;
    }
    // What each cluster adds to the logarithm, to the first order; over all clusters the sum is 0.
    let share = |one: &Counts<u64>| {
        let Counts { minoritised, white } = one;
        minoritised.numerator as f64 / a - minoritised.denominator as f64 / m - white.numerator as f64 / b
            + white.denominator as f64 / w
    };
    let squares: f64 = clusters.iter().map(|one| share(one).powi(2)).sum();
    Some((number / (number - 1.0) * squares).sqrt())
}

/// The interval around a ratio of sums over clusters: of so few clusters by the quantile of Student's t, with one degree of freedom
/// fewer than there are clusters.
pub(in crate::statistics) fn clustered(ratio: f64, clusters: &[Counts<u64>], confidence: f64) -> Option<Clustered> {
    let deviation = deviation(clusters).filter(|_| ratio > 0.0)?;
    let student = StudentsT::new(0.0, 1.0, (clusters.len() - 1) as f64).ok()?;
    let critical = student.inverse_cdf(0.5 + confidence / 2.0);
    let Interval { lower, upper } = interval::log_interval(ratio, deviation.powi(2), critical);
    Some(Clustered { deviation, lower, upper, authorities: clusters.len() })
}

/// A figure of the areas that authorities are in: services, indicator, breakdown.
type Part<'a> = (Scope, &'a str, &'a Breakdown);

#[cfg(not(target_family = "wasm"))]
impl Measuring<'_> {
    /// Notes beside the ratios of England, regions, types and groups how the differences between authorities widen their intervals.
    ///
    /// Limits rest on exact counts: of two areas that differ by one or two authorities, only the one named first has them.
    pub(in crate::statistics) fn widen(&self, places: &[Area], rows: &mut [Statistic]) {
        let mut contributors: BTreeMap<Part<'_>, Vec<(&str, Counts<u64>)>> = BTreeMap::new();
        for (key, tally) in self.tallies.iter().filter(|(key, _)| key.area.kind == AreaType::Authority) {
            let part = (key.scope, key.indicator.as_str(), &key.breakdown);
            contributors.entry(part).or_default().push((&key.area.code, tally.counts));
        }
        let minimum = self.round.settings.disclosure.minimum_contributors;
        let mut told: BTreeMap<String, Vec<BTreeSet<&str>>> = BTreeMap::new();
        for area in places {
            let members: BTreeSet<&str> = self.members(area);
            for row in rows.iter_mut().filter(|row| row.area.code == area.code && row.kind != Kind::Share) {
                let part = (row.scope, row.indicator.as_str(), &row.breakdown);
                let all = contributors.get(&part).map_or(&[][..], Vec::as_slice);
                let inside: Vec<_> = all.iter().filter(|(code, _)| members.contains(code)).collect();
                let clusters: Vec<Counts<u64>> = inside.iter().map(|(_, counts)| *counts).collect();
                let Some(ratio) = row.ratio.filter(|_| clusters.len() >= MINIMUM_AUTHORITIES) else { continue };
                let Some(found) = clustered(ratio.value, &clusters, self.judgement.confidence()) else { continue };
                let codes: BTreeSet<&str> = inside.iter().map(|(code, _)| *code).collect();
                let close = |other: &BTreeSet<&str>| (1..minimum).contains(&codes.symmetric_difference(other).count());
                let headline = row.scope == Scope::All && row.breakdown.is_whole();
                let before = told.entry(row.indicator.clone()).or_default();
                let limits = (headline && !before.iter().any(close)).then(|| [found.lower, found.upper].map(coarse));
                if limits.is_some() {
                    before.push(codes);
                }
                let includes_1 = found.lower <= 1.0 && found.upper >= 1.0;
                let limits = limits.map(|[lower, upper]| (lower, upper));
                row.wider = Some(Wider { includes_1, limits, authorities: found.authorities });
            }
        }
    }

    /// The codes of the authorities that are a part of the area.
    fn members(&self, area: &Area) -> BTreeSet<&str> {
        let authorities = self.round.authorities.iter().filter(|authority| belongs(authority, area));
        authorities.map(|authority| authority.code.as_str()).collect()
    }
}

/// A limit to the nearest twentieth.
fn coarse(limit: f64) -> f64 {
    (limit / STEP).round() * STEP
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::known::{close, known};
    use super::*;
    use crate::statistics::figure::Side;

    fn cluster([a, m, b, w]: [u64; 4]) -> Counts<u64> {
        Counts { minoritised: Side { numerator: a, denominator: m }, white: Side { numerator: b, denominator: w } }
    }

    #[test]
    fn the_interval_of_clusters_reproduces_the_known_answer() {
        for (inputs, expected, tolerance) in known("ratio_of_sums_clustered") {
            let cells = |one: &serde_json::Value| [0, 1, 2, 3].map(|place| one[place].as_u64().unwrap());
            let strata = inputs["strata_abcd"].as_array().unwrap().iter().map(cells);
            let clusters: Vec<_> = strata.map(|[a, others, b, more]| cluster([a, a + others, b, b + more])).collect();
            let ratio = expected["ratio"].as_f64().unwrap();
            let found = clustered(ratio, &clusters, inputs["conf"].as_f64().unwrap()).unwrap();
            close(found.deviation, &expected["deviation"], tolerance);
            close(found.lower, &expected["lower"], tolerance);
            close(found.upper, &expected["upper"], tolerance);
        }
    }

    #[test]
    fn alike_clusters_leave_nothing_to_widen_and_without_events_there_is_no_interval() {
        let alike = vec![cluster([10, 100, 20, 300]); 12];
        assert!(deviation(&alike).unwrap() < 1e-12);
        assert_eq!(deviation(&alike[..1]), None);
        assert_eq!(deviation(&[cluster([0, 100, 20, 300]), cluster([0, 10, 20, 300])]), None);
        assert_eq!([0.974, 1.02, 1.96].map(|limit| (coarse(limit) * 100.0).round()), [95.0, 100.0, 195.0]);
    }

    proptest! {
        #[test]
        fn neither_their_order_nor_their_size_together_matters(
            cells in prop::collection::vec((1_u64..50, 50_u64..500, 1_u64..50, 50_u64..500), 10..40), times in 2_u64..9
        ) {
            let clusters: Vec<_> = cells.iter().map(|(a, m, b, w)| cluster([*a, *m, *b, *w])).collect();
            let reversed: Vec<_> = clusters.iter().rev().copied().collect();
            let larger: Vec<_> = cells.iter().map(|(a, m, b, w)| cluster([*a, *m, *b, *w].map(|count| count * times))).collect();
            let found = deviation(&clusters).unwrap();
            prop_assert!((found - deviation(&reversed).unwrap()).abs() < 1e-12);
            prop_assert!((found - deviation(&larger).unwrap()).abs() < 1e-12);
        }
    }
}
