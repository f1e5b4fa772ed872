//! What protection found out of each round, in the form in which it may be kept: worked out once for the same returns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::disclosure::Edition;
use super::release::Pattern;
use super::rounds::Counted;

/// Which counts of the rounds are shown, and how the others stood the attacks: no count, and nothing that the tables and the list
/// of withheld counts of the same edition do not tell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Protection(BTreeMap<i32, Pattern>);

impl Protection {
    /// What may be kept of these rounds: nothing of a round with a count that did not stand the attacks.
    pub(in crate::statistics) fn kept(counted: &[Counted<'_>], edition: Edition) -> Self {
        let safe = counted.iter().filter(|one| one.pattern.attacked.iter().all(|attacked| attacked.safe));
        Self(
            safe.map(|one| {
                let pattern = match edition {
                    Edition::Own => one.pattern.clone(),
                    Edition::Public => one.pattern.for_everybody(),
                };
                (one.round.settings.year, pattern)
            })
            .collect(),
        )
    }

    /// What is known of a round.
    pub(super) fn of(&self, year: i32) -> Option<&Pattern> {
        self.0.get(&year)
    }

    /// The years of which something is known.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.0.keys().copied()
    }

    /// Leaves the rounds out of which this is not known any more.
    pub fn retain(&mut self, still: impl Fn(i32) -> bool) {
        self.0.retain(|year, _| still(*year));
    }
}
