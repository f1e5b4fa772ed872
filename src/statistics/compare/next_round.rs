//! How far the next round's ratio has to lie from this one's for the change to be seen.

use statrs::distribution::{ContinuousCDF, Normal};

use super::statistic::Statistic;

/// How often a change of this size is to be seen where it is there.
const POWER: f64 = 0.8;

/// The ratios nearest to this round's, below and above, at which the change from this round to the next would be found: in four
/// of five rounds with as many people and cases as this one. Nothing where the ratio has no variance.
///
/// The logarithms of two rounds' ratios have about the same variance, so that their difference has twice that; it is found when it
/// lies further from none than the quantile of the confidence, which it does with this power when it is the sum of both
/// quantiles away.
pub fn smallest_changes(statistic: &Statistic, confidence: f64) -> Option<(f64, f64)> {
    let ratio = statistic.ratio?.value;
    let normal = Normal::standard();
    let quantiles = normal.inverse_cdf((1.0 + confidence) / 2.0) + normal.inverse_cdf(POWER);
    let factor = (quantiles * (2.0 * statistic.log_variance()?).sqrt()).exp();
    Some((ratio / factor, ratio * factor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::{Adverse, Kind};
    use crate::statistics::compare::example::figure;

    #[test]
    fn the_smallest_changes_are_both_quantiles_away() {
        // 40 of 210 against 150 of 490: the ratio is 0.6222, the variance of its logarithm 0.0249.
        let own = figure(Kind::Likelihood, Adverse::Below, [Some(40), Some(210), Some(150), Some(490)]);
        let (below, above) = smallest_changes(&own, 0.95).unwrap();
        assert!((below - 0.3331).abs() < 1e-4 && (above - 1.1622).abs() < 1e-4, "{below} {above}");
        let ten_times = figure(Kind::Likelihood, Adverse::Below, [Some(400), Some(2100), Some(1500), Some(4900)]);
        let (nearer_below, nearer_above) = smallest_changes(&ten_times, 0.95).unwrap();
        assert!(nearer_below > below && nearer_above < above);
        let none = figure(Kind::Likelihood, Adverse::Below, [Some(0), Some(210), Some(150), Some(490)]);
        assert_eq!(smallest_changes(&none, 0.95), None);
    }
}
