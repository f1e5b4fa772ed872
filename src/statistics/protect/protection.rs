//! What protection found out of each round, in the form in which it may be kept: worked out once for the same returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::disclosure::Edition;
use super::recorded::{Earlier, Recorded};
use super::release::Pattern;
use super::rounds::Counted;
use super::suppression::Studies;

/// What is told of the rounds' counts, and how those that are withheld stood the attacks: nothing that the tables and the list of
/// withheld counts of the same edition do not tell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Protection {
    patterns: BTreeMap<i32, Pattern>,
    /// What releases on record told: kept with the data, and not here.
    #[serde(skip)]
    recorded: BTreeMap<i32, Recorded>,
    /// The releases before those, those of the newest round, and those of a round after it, by year.
    #[serde(skip)]
    earlier: BTreeMap<i32, Vec<Earlier>>,
    /// What studies found of components that may be the same now.
    #[serde(skip)]
    studies: Arc<Studies>,
    /// What was decided of these rounds before, for whoever guesses.
    #[serde(skip)]
    decided: BTreeMap<i32, Pattern>,
}

impl Protection {
    /// What may be kept of these rounds: nothing of a round with a count that did not stand the attacks.
    pub(in crate::statistics) fn kept(counted: &[Counted<'_>], edition: Edition) -> Self {
        let safe = counted.iter().filter(|one| one.pattern.attacked.iter().all(|attacked| attacked.safe));
        let of_round = |one: &Counted<'_>| {
            let pattern = match edition {
                Edition::Own => one.pattern.clone(),
                Edition::Public => one.pattern.for_everybody(),
            };
            (one.round.settings.year, pattern)
        };
        Self { patterns: safe.map(of_round).collect(), ..Self::default() }
    }

    /// The same beside what the newest releases of earlier rounds told, which is then not worked out again, and beside all other
    /// releases of these rounds, of the one that is to be made, and of the round after it.
    pub fn beside(self, recorded: BTreeMap<i32, Recorded>, earlier: BTreeMap<i32, Vec<Earlier>>) -> Self {
        Self { recorded, earlier, ..self }
    }

    /// The same beside what studies found before, which adds what these find.
    pub fn with_studies(self, studies: Arc<Studies>) -> Self {
        Self { studies, ..self }
    }

    /// The same beside what was decided before, from which whoever guesses takes what is withheld.
    pub fn with_decisions(self, before: &Protection) -> Self {
        Self { decided: before.patterns.clone(), ..self }
    }

    /// What was decided of a round before.
    pub(super) fn decided(&self, year: i32) -> Option<&Pattern> {
        self.decided.get(&year)
    }

    /// What studies found before.
    pub(super) fn studies(&self) -> &Studies {
        &self.studies
    }

    /// The releases of a round that are neither its newest on record, where it is an earlier round, nor the one that is to be made.
    pub(super) fn earlier(&self, year: i32) -> &[Earlier] {
        self.earlier.get(&year).map_or(&[], Vec::as_slice)
    }

    /// What a release of the round told, where one is on record.
    pub(super) fn recorded(&self, year: i32) -> Option<&Recorded> {
        self.recorded.get(&year)
    }

    /// The next round after this one that releases are known of.
    pub(super) fn year_after(&self, year: i32) -> Option<i32> {
        self.earlier.keys().copied().find(|other| *other > year)
    }

    /// What is known of a round.
    pub(super) fn of(&self, year: i32) -> Option<&Pattern> {
        self.patterns.get(&year)
    }

    /// The years of which something is known.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.patterns.keys().copied()
    }

    /// Leaves the rounds out of which this is not known any more.
    pub fn retain(&mut self, still: impl Fn(i32) -> bool) {
        self.patterns.retain(|year, _| still(*year));
    }
}
