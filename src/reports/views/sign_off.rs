//! The quality assurance log in words.

use serde::Serialize;

use crate::round::{Round, sign_off};

/// A point that is signed off, or is to be.
#[derive(Debug, Serialize)]
pub struct PointView {
    /// The point in words.
    pub point: String,
    /// Who checked it; nothing where nobody did.
    pub by: String,
    /// When.
    pub date: String,
    /// With which outcome.
    pub outcome: String,
    /// Whether it was for the figures of this report.
    pub holds: bool,
}

/// The points that the round asks for, as they stand for the figures with this digest.
pub fn quality_log(round: &Round, figures: &str) -> Vec<PointView> {
    let standing = sign_off::standing(&round.sign_offs, &round.settings.sign_off, figures);
    let view = |(point, entry, holds): (&str, Option<&sign_off::SignOff>, bool)| PointView {
        point: point.replace('-', " "),
        by: entry.map(|entry| entry.by.clone()).unwrap_or_default(),
        date: entry.map(|entry| entry.date.long()).unwrap_or_default(),
        outcome: entry.map(|entry| entry.outcome.clone()).unwrap_or_default(),
        holds,
    };
    standing.into_iter().map(view).collect()
}
