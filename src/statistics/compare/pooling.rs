//! The ratio pooled over authorities, and how much they differ: the check beside the published sums (`docs/method.md`, Comparing authorities).

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::interval::{self, Proportion};
use super::statistic::Ratio;
use crate::statistics::figure::{Counts, Side};

/// How much the strata differ beyond chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Heterogeneity {
    /// Cochran's Q: weighted squared distances of the log ratios from their inverse-variance mean.
    pub q: f64,
    /// The probability of such a Q, or a larger one, if all strata had one ratio.
    pub q_p_value: f64,
    /// The share of Q beyond what chance gives, in per cent.
    pub i2: f64,
    /// The variance between strata, of log ratios (DerSimonian and Laird 1986).
    pub tau2: f64,
    /// How many strata are in it: those without a zero cell.
    pub strata: usize,
}

/// A ratio pooled over authorities.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pooled {
    /// The Mantel–Haenszel ratio with its Greenland–Robins interval.
    pub mantel_haenszel: Ratio,
    /// How much the authorities differ; nothing where fewer than two can be compared.
    pub heterogeneity: Option<Heterogeneity>,
    /// How many authorities are behind it.
    pub authorities: usize,
}

/// The pooled ratio of these strata; nothing where it is not defined.
pub(in crate::statistics) fn pool(strata: &[Counts<u64>], critical: f64) -> Option<Pooled> {
    // More events than people are no rate.
    let rates = |groups: &[Proportion; 2]| groups.iter().all(|group| group.events <= group.people);
    let strata: Vec<[Proportion; 2]> = strata.iter().map(|counts| proportions(*counts)).filter(rates).collect();
    let mantel_haenszel = mantel_haenszel(&strata, critical)?;
    let logarithms: Vec<(f64, f64)> = strata.iter().filter_map(|[top, bottom]| log_ratio(*top, *bottom)).collect();
    Some(Pooled { mantel_haenszel, heterogeneity: heterogeneity(&logarithms), authorities: strata.len() })
}

/// Minoritised and white events among people.
pub(in crate::statistics) fn proportions(counts: Counts<u64>) -> [Proportion; 2] {
    [counts.minoritised, counts.white]
        .map(|Side { numerator, denominator }| Proportion { events: numerator, people: denominator })
}

/// The Mantel–Haenszel ratio of rates (Mantel and Haenszel 1959) with the interval of Greenland and Robins (1985).
///
/// Nothing when one of the groups has no events in any stratum, or no people.
pub(super) fn mantel_haenszel(strata: &[[Proportion; 2]], critical: f64) -> Option<Ratio> {
    let (mut top, mut bottom, mut spread) = (0.0, 0.0, 0.0);
    for [first, second] in strata {
        let (a, n1) = (first.events as f64, first.people as f64);
        let (c, n2) = (second.events as f64, second.people as f64);
        let all = n1 + n2;
        if all > 0.0 {
            top += a * n2 / all;
            bottom += c * n1 / all;
            spread += (n1 * n2 * (a + c) - a * c * all) / (all * all);
        }
    }
    if top <= 0.0 || bottom <= 0.0 {
        return None;
    }
    let value = top / bottom;
    let reach = critical * (spread / (top * bottom)).max(0.0).sqrt();
    Some(Ratio { value, lower: value * (-reach).exp(), upper: value * reach.exp() })
}

/// How far the first group's events lie from what the rate of both groups would give, and the chi-squared of that (Mantel and
/// Haenszel 1959, with the variance of two binomials): of one stratum it is the score test of a ratio of 1.
pub(super) fn mantel_haenszel_test(strata: &[[Proportion; 2]]) -> (f64, f64) {
    let (mut distance, mut variance) = (0.0, 0.0);
    for [first, second] in strata {
        let (m, w) = (first.people as f64, second.people as f64);
        let (all, events) = (m + w, (first.events + second.events) as f64);
        if all > 0.0 {
            distance += first.events as f64 - m * events / all;
            variance += m * w * events * (all - events) / all.powi(3);
        }
    }
    (distance, if variance > 0.0 { distance * distance / variance } else { 0.0 })
}

/// The logarithm of a ratio and its variance; nothing with a zero cell or a variance of zero.
pub(in crate::statistics) fn log_ratio(top: Proportion, bottom: Proportion) -> Option<(f64, f64)> {
    if top.events == 0 || bottom.events == 0 || top.events > top.people || bottom.events > bottom.people {
        return None;
    }
    let variance = interval::log_variance(top, bottom);
    (variance > 0.0).then(|| ((top.rate() / bottom.rate()).ln(), variance))
}

/// Q, its p-value, I² and τ² of values with their variances; nothing with fewer than two.
pub(in crate::statistics) fn heterogeneity(values: &[(f64, f64)]) -> Option<Heterogeneity> {
    let freedom = values.len().checked_sub(1).filter(|freedom| *freedom > 0)? as f64;
    let weight: f64 = values.iter().map(|(_, variance)| 1.0 / variance).sum();
    let squares: f64 = values.iter().map(|(_, variance)| variance.powi(-2)).sum();
    let mean = values.iter().map(|(value, variance)| value / variance).sum::<f64>() / weight;
    let q = distances(values, mean);
    let chi_squared = ChiSquared::new(freedom).ok()?;
    Some(Heterogeneity {
        q,
        q_p_value: chi_squared.sf(q),
        i2: if q > freedom { (q - freedom) / q * 100.0 } else { 0.0 },
        tau2: ((q - freedom) / (weight - squares / weight)).max(0.0),
        strata: values.len(),
    })
}

/// The squared distances of values from a centre, weighted by the inverse of their variances.
fn distances(values: &[(f64, f64)], centre: f64) -> f64 {
    values.iter().map(|(value, variance)| (value - centre).powi(2) / variance).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::known::{close, known};
    use super::*;

    /// A table as known answers write it: events and non-events of the first group, then of the second.
    fn stratum(cells: &serde_json::Value) -> [Proportion; 2] {
        let cell = |index: usize| cells[index].as_u64().unwrap();
        [(cell(0), cell(1)), (cell(2), cell(3))].map(|(events, others)| Proportion { events, people: events + others })
    }

    #[test]
    fn mantel_haenszel_reproduces_the_known_answers() {
        for (inputs, expected, tolerance) in known("mantel_haenszel_rr") {
            let strata: Vec<_> = inputs["strata_abcd"].as_array().unwrap().iter().map(stratum).collect();
            let critical = interval::critical_value(inputs["conf"].as_f64().unwrap());
            let pooled = mantel_haenszel(&strata, critical).unwrap();
            close(pooled.value, &expected["rr"], tolerance);
            close(pooled.lower, &expected["lower"], tolerance);
            close(pooled.upper, &expected["upper"], tolerance);
            if !expected["Q"].is_null() {
                let logarithms: Vec<_> = strata.iter().map(|[one, two]| log_ratio(*one, *two).unwrap()).collect();
                // The program that gave this answer takes distances from the Mantel–Haenszel ratio, our method from the mean.
                let q = distances(&logarithms, pooled.value.ln());
                close(q, &expected["Q"], tolerance);
                close(ChiSquared::new(1.0).unwrap().sf(q), &expected["Q_p"], tolerance);
            }
        }
    }

    #[test]
    fn heterogeneity_reproduces_the_known_answer() {
        for (inputs, expected, tolerance) in known("heterogeneity_dl") {
            let numbers = |name: &str| -> Vec<f64> {
                inputs[name].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
            };
            let values: Vec<(f64, f64)> = numbers("y").into_iter().zip(numbers("v")).collect();
            let found = heterogeneity(&values).unwrap();
            close(found.q, &expected["Q"], tolerance);
            close(found.q_p_value, &expected["Q_p"], tolerance);
            close(found.i2, &expected["I2"], tolerance);
            close(found.q / (values.len() - 1) as f64, &expected["H2"], tolerance);
            close(found.tau2, &expected["tau2"], tolerance);
            // The pooled mean and its error are those of the random effects that τ² is for.
            let weights: Vec<f64> = values.iter().map(|(_, variance)| 1.0 / (variance + found.tau2)).collect();
            let sum: f64 = weights.iter().sum();
            let mean = values.iter().zip(&weights).map(|((value, _), weight)| value * weight).sum::<f64>() / sum;
            close(mean, &expected["pooled"], tolerance);
            close(sum.recip().sqrt(), &expected["se"], tolerance);
        }
    }

    fn strata() -> impl Strategy<Value = Vec<[Proportion; 2]>> {
        let one =
            || (1_u64..500).prop_flat_map(|people| (0..=people).prop_map(move |events| Proportion { events, people }));
        prop::collection::vec((one(), one()).prop_map(|(top, bottom)| [top, bottom]), 1..12)
    }

    proptest! {
        #[test]
        fn groups_in_each_others_place_invert_the_pooled_ratio(strata in strata()) {
            let swapped: Vec<_> = strata.iter().map(|[top, bottom]| [*bottom, *top]).collect();
            let (one, two) = (mantel_haenszel(&strata, 1.96), mantel_haenszel(&swapped, 1.96));
            prop_assert_eq!(one.is_some(), two.is_some());
            if let (Some(one), Some(two)) = (one, two) {
                prop_assert!((one.value * two.value - 1.0).abs() < 1e-9);
                prop_assert!((one.lower * two.upper - 1.0).abs() < 1e-9);
                prop_assert!(one.lower <= one.value && one.value <= one.upper);
            }
        }

        #[test]
        fn alike_strata_give_their_own_ratio_and_do_not_differ([top, bottom] in strata().prop_map(|strata| strata[0]), times in 2_usize..9) {
            prop_assume!(log_ratio(top, bottom).is_some());
            let pooled = mantel_haenszel(&vec![[top, bottom]; times], 1.96).unwrap();
            prop_assert!((pooled.value / (top.rate() / bottom.rate()) - 1.0).abs() < 1e-9);
            let found = heterogeneity(&vec![log_ratio(top, bottom).unwrap(); times]).unwrap();
            prop_assert!(found.q < 1e-9 && found.i2 == 0.0 && found.tau2 == 0.0 && found.q_p_value > 0.999);
        }
    }
}
