//! The formula of a figure with its exact numbers put in, and what is computed beside it.

use std::fmt::Write as _;

use anyhow::Result;

use crate::reports::case::Case;
use crate::reports::words;
use crate::standard::Kind;
use crate::statistics::{Explanation, GroupFigures, Marker};

/// The formula with the exact numbers put in.
pub(super) fn exact(text: &mut String, explanation: &Explanation) -> Result<()> {
    let exact = &explanation.exact;
    let authorities = crate::finding::plural(exact.authorities, "authority");
    writeln!(text, "\nExact, before protection (not for publication): {authorities}")?;
    let (Some(a), Some(m)) = (exact.minoritised.numerator, exact.minoritised.denominator) else {
        writeln!(text, "  no figure: {}", exact.marker.map_or("not available", Marker::id))?;
        return Ok(());
    };
    rates(text, explanation, [a, m])?;
    if let Some(difference) = exact.difference {
        write!(text, "  difference = {:.6}", difference.value)?;
        if let Some((lower, upper)) = difference.lower.zip(difference.upper) {
            write!(text, " ({lower:.6} to {upper:.6})")?;
        }
        writeln!(text)?;
    }
    if let Some(result) = exact.result {
        writeln!(text, "  result: {}", words::lowered(Case::words(result)))?;
    }
    pooled(text, explanation)?;
    standing(text, explanation)
}

/// The rates and the ratio, with the numbers that they are made of.
fn rates(text: &mut String, explanation: &Explanation, [a, m]: [u64; 2]) -> Result<()> {
    let exact = &explanation.exact;
    let limits = |group: &GroupFigures| match group.lower.zip(group.upper) {
        Some((lower, upper)) => format!("{lower:.6} to {upper:.6}"),
        None => "no interval".to_owned(),
    };
    if explanation.kind == Kind::Share {
        let rate = exact.minoritised.rate.unwrap_or(f64::NAN);
        writeln!(text, "  share = {a} / {m} = {rate:.6} ({})", limits(&exact.minoritised))?;
    } else if let (Some(b), Some(w)) = (exact.white.numerator, exact.white.denominator) {
        let rate =
            |group: &GroupFigures| group.rate.map_or_else(|| "not defined".to_owned(), |rate| format!("{rate:.6}"));
        writeln!(
            text,
            "  minoritised rate = {a} / {m} = {} ({})",
            rate(&exact.minoritised),
            limits(&exact.minoritised)
        )?;
        writeln!(text, "  white rate       = {b} / {w} = {} ({})", rate(&exact.white), limits(&exact.white))?;
        match exact.ratio {
            Some(ratio) => writeln!(
                text,
                "  ratio = ({a} / {m}) / ({b} / {w}) = {} / {} = {:.6} ({:.6} to {:.6})",
                rate(&exact.minoritised),
                rate(&exact.white),
                ratio.value,
                ratio.lower,
                ratio.upper
            )?,
            None => writeln!(text, "  ratio = ({a} / {m}) / ({b} / {w}) is not defined [z]")?,
        }
        if let Some(p) = exact.p_value {
            writeln!(text, "  p-value of a ratio of 1 = {p:.6}")?;
        }
        if let Some(parity) = exact.at_parity {
            writeln!(
                text,
                "  cases at parity = {m} x ({b} / {w} - {a} / {m}) = {:.4} ({:.4} to {:.4})",
                parity.value, parity.lower, parity.upper
            )?;
        }
    }
    Ok(())
}

/// The ratio pooled over authorities.
fn pooled(text: &mut String, explanation: &Explanation) -> Result<()> {
    if let Some(pooled) = explanation.pooled {
        let ratio = pooled.mantel_haenszel;
        writeln!(
            text,
            "  Mantel-Haenszel ratio of {} authorities = {:.6} ({:.6} to {:.6})",
            pooled.authorities, ratio.value, ratio.lower, ratio.upper
        )?;
        if let Some(found) = pooled.heterogeneity {
            writeln!(
                text,
                "  Q = {:.4}, p = {:.6}, I2 = {:.2}%, tau2 = {:.6}, from {} authorities",
                found.q, found.q_p_value, found.i2, found.tau2, found.strata
            )?;
        }
    }
    Ok(())
}

/// Where authorities stand, how they spread, and how that widens the interval.
fn standing(text: &mut String, explanation: &Explanation) -> Result<()> {
    if let Some(found) = explanation.clustered {
        writeln!(
            text,
            "  with {} authorities as clusters: {:.6} to {:.6}, standard error of the log ratio {:.6}",
            found.authorities, found.lower, found.upper, found.deviation
        )?;
    }
    if let Some(counts) = explanation.positions {
        writeln!(
            text,
            "  positions: {} above expected, {} as expected, {} below, of {}",
            counts.above, counts.as_expected, counts.below, counts.of
        )?;
    }
    if let Some(spread) = explanation.spread {
        writeln!(
            text,
            "  spread, as published: 10th percentile {:.3}, quartiles {:.3}, {:.3}, {:.3}, 90th percentile {:.3}, of {}",
            spread.p10, spread.lower_quartile, spread.median, spread.upper_quartile, spread.p90, spread.authorities
        )?;
    }
    if let Some(position) = explanation.position {
        let label = serde_json::to_value(position.expected)?;
        writeln!(
            text,
            "  position: z = {:.4}, adjusted {:.4}: {}; quartile {}, rank {} to {} of {}",
            position.z,
            position.z_adjusted,
            label.as_str().unwrap_or_default(),
            position.quartile,
            position.rank.0,
            position.rank.1,
            position.of
        )?;
    }
    Ok(())
}
