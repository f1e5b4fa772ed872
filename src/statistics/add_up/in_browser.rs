//! As much of this room as a single return needs.

mod answers;
pub(in crate::statistics) mod made_of;
mod tally;

pub(super) use answers::{Answers, answers};
pub(super) use tally::{Knowledge, Tally};
