//! The round that fuzzed returns are sent to: the newest sample round.

use std::path::Path;

use scwres::round::{self, Round};
use scwres::standard::{self, Standard};
use scwres::submissions::entry::Submission;
use scwres::submissions::rules;

pub fn open() -> (Standard, Round) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    let standard = standard::read(&data).expect("the standard is sound");
    let round = round::read(&data, 2024, &standard).expect("the round is sound");
    (standard, round)
}

/// What is done with everything that could be read: checked as it is, and against itself as the round before.
pub fn examine(submission: Option<Submission>, standard: &Standard, round: &Round) {
    if let Some(submission) = submission {
        rules::check(&submission, &round.settings, standard, None);
        rules::check(&submission, &round.settings, standard, Some(&submission));
    }
}
