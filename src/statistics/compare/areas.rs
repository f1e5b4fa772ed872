//! What is said of areas that changed since the round before: what became of them, and what they are compared with.

use std::collections::BTreeSet;

use serde::Serialize;

use super::lineage::lineage;
use crate::authority::changes::Unit;
use crate::round::Telling;
use crate::statistics::protect::Counted;

/// What became of an authority since the round before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AreaChange {
    /// Its code.
    pub authority: String,
    /// What became of it, and what it is compared with, in sentences.
    pub text: String,
}

/// The authorities of the newest round that were other areas in the round before, where somebody took part then, by code.
pub(in crate::statistics) fn area_changes(rounds: &[Counted<'_>]) -> Vec<AreaChange> {
    let [.., before, now] = rounds else { return Vec::new() };
    let telling = Telling::new(now.round, &before.round.authorities);
    let (then, later) = (returned(before), returned(now));
    let mut changes = Vec::new();
    for authority in &now.round.authorities {
        let unit = now.since.of_later(&authority.code);
        let known = unit.earlier.iter().any(|code| before.round.authority(code).is_some());
        if unit == Unit::same(&authority.code) || !known {
            continue;
        }
        let missing = unit.earlier.difference(&then).chain(unit.later.difference(&later));
        let missing: BTreeSet<&String> = missing.collect();
        let others = || telling.names_now(unit.later.iter().filter(|code| **code != authority.code));
        let compared = if unit.is_broken() {
            "What was before cannot be compared with what is now.".to_owned()
        } else if !missing.is_empty() {
            format!("It is not compared with the round before: no return of {}.", telling.names(missing.into_iter()))
        } else if !unit.is_of_one() {
            format!("England’s changes count it together with {}; its own rounds begin here.", others())
        } else if unit.earlier.len() == 1 {
            "It is the same authority in every comparison.".to_owned()
        } else {
            "It is compared with all of them together.".to_owned()
        };
        let text = format!("{} {compared}", telling.of(authority, &unit));
        changes.push(AreaChange { authority: authority.code.clone(), text });
    }
    changes
}

/// What became of an authority over the rounds, the newest last: what its own rounds are made of.
pub(in crate::statistics) fn own_changes(rounds: &[Counted<'_>], code: &str, newest: &[AreaChange]) -> Vec<String> {
    let steps = lineage(rounds, code);
    let [earlier @ .., _] = &steps[..] else { return Vec::new() };
    let told = earlier.iter().filter_map(|step| match &step.formed {
        Some(formed) => Some(format!("{formed} Your rounds before that are of all of them together.")),
        None => step.recoded.clone(),
    });
    let now = newest.iter().find(|change| change.authority == code).map(|change| change.text.clone());
    told.chain(now).collect()
}

/// Whose returns are in a round.
fn returned(counted: &Counted<'_>) -> BTreeSet<String> {
    counted.contributions.given.iter().map(|given| given.authority.clone()).collect()
}
