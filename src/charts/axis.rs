//! The axis of values: its ends, its ticks and where a value stands on it.

use std::cmp::Ordering;

use plotters::coord::combinators::{IntoLogRange, LogCoord};
use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;

/// What an axis measures, and so how it is divided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// A relative likelihood: logarithmic, with a line at 1.
    Ratio,
    /// Relative likelihoods that are adverse on different sides, turned so that worse is on one: how many times as likely, both
    /// ways from the line at 1.
    Turned,
    /// A share of one: linear, in per cent from 0.
    Rate,
    /// A difference of shares: linear, in percentage points, with a line at 0.
    Difference,
}

impl Scale {
    /// The value that stands for equality, and its words.
    pub(super) fn parity(self) -> Option<(f64, &'static str)> {
        match self {
            Scale::Ratio | Scale::Turned => Some((1.0, "1 = equal")),
            Scale::Rate => None,
            Scale::Difference => Some((0.0, "0 = equal")),
        }
    }

    /// What the words of the ticks mean, where they do not say it themselves.
    pub(super) fn explained(self) -> Option<&'static str> {
        (self == Scale::Turned).then_some("2× means twice or half as likely")
    }

    /// The reference strip, and its name; it is the same however a scale is turned.
    pub(super) fn strip(self) -> Option<(f64, f64, &'static str)> {
        let ratio = matches!(self, Scale::Ratio | Scale::Turned);
        ratio.then_some((0.8, 1.25, "0.80 to 1.25: four-fifths rule, not a test"))
    }
}

/// Ratios beyond these ends are drawn as arrows.
const RATIO_LIMITS: (f64, f64) = (0.1, 10.0);

/// An axis of ratios reaches from one of these to the other at the least, so that small differences look small.
const NARROWEST_RATIOS: (f64, f64) = (0.5, 2.0);

/// Steps between the ticks of a linear axis.
const STEPS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];

/// The most steps from one end of a linear axis to the other, and on a phone.
const MOST_STEPS: f64 = 7.0;
const MOST_STEPS_NARROW: f64 = 4.0;

/// An axis shorter than this is one of a phone; an upright one has room for its words all the same.
const SHORT: std::ops::Range<f64> = 200.0..320.0;

/// How far a value may stand from an end of the axis at the least, so that its mark is not cut in half.
const LOG_MARGIN: f64 = 1.04;

/// A scale with ends that fit the data, laid along the canvas.
#[derive(Clone)]
pub(super) struct Axis {
    pub scale: Scale,
    pub ticks: Vec<f64>,
    /// Where its low and its high end lie on the canvas.
    pub ends: (f64, f64),
    low: f64,
    high: f64,
}

impl Axis {
    /// An axis with room for the values, as far as the scale allows.
    pub fn new(scale: Scale, values: impl IntoIterator<Item = f64>, ends: (f64, f64)) -> Axis {
        let values = values.into_iter().filter(|value| value.is_finite());
        let most = if SHORT.contains(&(ends.1 - ends.0)) { MOST_STEPS_NARROW } else { MOST_STEPS };
        let (low, high, ticks) = match scale {
            Scale::Ratio => {
                let (least, greatest) = extremes(values.filter(|value| *value > 0.0));
                let low = (least / LOG_MARGIN).clamp(RATIO_LIMITS.0, NARROWEST_RATIOS.0);
                let high = (greatest * LOG_MARGIN).clamp(NARROWEST_RATIOS.1, RATIO_LIMITS.1);
                (low, high, ratio_ticks(low, high))
            }
            Scale::Turned => {
                let away = values.filter(|value| *value > 0.0).map(|value| value.max(value.recip()));
                let high = (extremes(away).1 * LOG_MARGIN).clamp(NARROWEST_RATIOS.1, RATIO_LIMITS.1);
                (high.recip(), high, times_ticks(high))
            }
            Scale::Rate => linear(values.map(|value| value.clamp(0.0, 1.0)), 0.0, most),
            Scale::Difference => linear(values.map(|value| value.clamp(-1.0, 1.0)), 1.0, most),
        };
        Axis { scale, ticks, ends, low, high }
    }

    /// Where a value stands, to a tenth of a unit; values beyond an end stand at that end.
    pub fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let ends = ((self.ends.0 * 10.0).round() as i32, (self.ends.1 * 10.0).round() as i32);
        let place = match self.scale {
            Scale::Ratio | Scale::Turned => LogCoord::from((self.low..self.high).log_scale()).map(&value, ends),
            Scale::Rate | Scale::Difference => RangedCoordf64::from(self.low..self.high).map(&value, ends),
        };
        f64::from(place) / 10.0
    }

    /// Whether a value lies below the axis, on it, or above it.
    pub fn side(&self, value: f64) -> Ordering {
        if value < self.low {
            Ordering::Less
        } else if value > self.high {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }

    /// The words beside each tick; on a linear scale all but zero have the same number of decimals.
    pub fn tick_words(&self) -> Vec<String> {
        let whole = |tick: &f64| ((tick * 100.0).round() - tick * 100.0).abs() < 1e-6;
        let decimals = usize::from(!self.ticks.iter().all(whole));
        let words = |tick: &f64| match self.scale {
            Scale::Ratio => tick.to_string(),
            Scale::Turned if (tick - 1.0).abs() < 1e-9 => "1".to_owned(),
            Scale::Turned => format!("{}×", (tick.max(tick.recip()) * 10.0).round() / 10.0),
            Scale::Rate if tick.abs() < 1e-9 => "0%".to_owned(),
            Scale::Rate => format!("{:.decimals$}%", tick * 100.0),
            Scale::Difference if tick.abs() < 1e-9 => "0".to_owned(),
            Scale::Difference if *tick < 0.0 => format!("−{:.decimals$}", -tick * 100.0),
            Scale::Difference => format!("+{:.decimals$}", tick * 100.0),
        };
        self.ticks.iter().map(words).collect()
    }
}

/// Round ratios on an axis from `low` to `high`: the finer, the shorter the axis is.
fn ratio_ticks(low: f64, high: f64) -> Vec<f64> {
    const SHORT: [f64; 7] = [0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0];
    const MIDDLE: [f64; 9] = [0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0];
    const LONG: [f64; 7] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

    let ticks: &[f64] = match high / low {
        span if span <= 7.0 => &SHORT,
        span if span <= 20.0 => &MIDDLE,
        _ => &LONG,
    };
    let on_axis = |tick: &f64| (low..=high).contains(tick);
    ticks.iter().copied().filter(on_axis).collect()
}

/// Ticks so many times as likely on both sides of 1.
fn times_ticks(high: f64) -> Vec<f64> {
    let times: &[f64] = if high <= 3.5 { &[1.5, 2.0, 3.0] } else { &[2.0, 5.0, 10.0] };
    let times = times.iter().filter(|times| **times <= high * 1.000_001);
    let below = times.clone().rev().map(|times| times.recip());
    below.chain([1.0]).chain(times.copied()).collect()
}

/// The ends and ticks of a linear axis: multiples of the finest step that does not give too many of
/// them, from zero or below to at least `least_steps` steps on either side of it.
fn linear(values: impl Iterator<Item = f64>, least_steps: f64, most: f64) -> (f64, f64, Vec<f64>) {
    let (least, greatest) = extremes(values.chain([0.0]));
    // Data that are all zero have no extent of their own.
    let greatest = if least == greatest { 0.1 } else { greatest };
    let bounds = |step: f64| {
        let first = (least / step + 1e-9).floor().min(-least_steps);
        let last = (greatest / step - 1e-9).ceil().max(least_steps);
        (first, last)
    };
    let fits = |step: &f64| {
        let (first, last) = bounds(*step);
        last - first <= most
    };
    let step = STEPS.into_iter().find(fits).unwrap_or(1.0);
    let (first, last) = bounds(step);
    let ticks = (first as i32..=last as i32).map(|count| f64::from(count) * step);
    (first * step, last * step, ticks.collect())
}

fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_stand_where_their_logarithm_says() {
        let axis = Axis::new(Scale::Ratio, [0.55, 1.9], (200.0, 600.0));
        assert_eq!(axis.ticks, [0.5, 0.75, 1.0, 1.5, 2.0]);
        assert_eq!(axis.place(1.0), 400.0);
        let expected = 400.0 + 200.0 * 0.7_f64.log2();
        assert!((axis.place(0.7) - expected).abs() <= 0.1);
    }

    #[test]
    fn values_beyond_the_axis_stand_at_its_end() {
        let axis = Axis::new(Scale::Ratio, [0.0, f64::NAN, 400.0], (200.0, 600.0));
        assert_eq!(axis.ticks, [0.5, 1.0, 2.0, 3.0, 5.0, 10.0]);
        assert_eq!((axis.place(0.0), axis.side(0.0)), (200.0, Ordering::Less));
        assert_eq!(axis.place(f64::INFINITY), 600.0);
        assert_eq!(axis.side(400.0), Ordering::Greater);
    }

    #[test]
    fn an_axis_of_ratios_has_few_ticks_and_one_at_parity() {
        let values = [0.01, 0.12, 0.28, 0.4, 0.9, 1.3, 2.4, 3.3, 5.0, 7.0, 99.0];
        for low in values {
            for high in values {
                let axis = Axis::new(Scale::Ratio, [low, high], (0.0, 400.0));
                assert!((3..=10).contains(&axis.ticks.len()), "{low} {high}");
                assert!(axis.ticks.contains(&1.0));
            }
        }
    }

    #[test]
    fn an_axis_of_rates_begins_at_zero_and_has_few_ticks() {
        for most in [0.0, 0.003, 0.018, 0.07, 0.22, 0.36, 0.5, 0.72, 1.0, 7.0] {
            let axis = Axis::new(Scale::Rate, [most], (0.0, 400.0));
            assert_eq!(axis.place(0.0), 0.0);
            assert!((3..=10).contains(&axis.ticks.len()), "{most}");
            assert!(axis.high >= most.min(1.0) && axis.high <= 1.0, "{most}");
        }
        let axis = Axis::new(Scale::Difference, [-0.12, 0.03], (0.0, 400.0));
        assert_eq!(axis.tick_words(), ["−15", "−10", "−5", "0", "+5"]);
    }

    #[test]
    fn a_turned_axis_is_the_same_on_both_sides() {
        for (value, words) in [
            (0.52, "2× 1.5× 1 1.5× 2×"),
            (2.6, "2× 1.5× 1 1.5× 2×"),
            (0.0, "2× 1.5× 1 1.5× 2×"),
            (7.0, "5× 2× 1 2× 5×"),
        ] {
            let axis = Axis::new(Scale::Turned, [value], (200.0, 600.0));
            assert_eq!(axis.tick_words().join(" "), words);
            assert_eq!(axis.place(1.0), 400.0);
            assert!((axis.place(0.5) + axis.place(2.0) - 800.0).abs() <= 0.2);
        }
    }

    #[test]
    fn an_upright_axis_runs_upwards() {
        let axis = Axis::new(Scale::Rate, [0.2], (300.0, 100.0));
        assert!((axis.place(0.1) - 200.0).abs() <= 0.1);
    }
}
