//! Which accepted returns are left out of which indicator, and why: a return in part is not left out in silence.

use std::collections::{BTreeMap, BTreeSet};

use crate::round::Round;
use crate::standard::{Indicator, Kind};
use crate::submissions::Returns;
use crate::submissions::row;

use super::aggregate::{Answers, Contributions};
use super::figure::Breakdown;

/// Why a return is not in a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absence {
    /// A count that it takes is not collected.
    NotCollected,
    /// The question does not arise.
    NotApplicable,
    /// A count was left blank.
    Blank,
    /// Counts are there, but not all that it takes: one group is missing, or numerator and denominator are of other services.
    InPart,
    /// All minoritised people are told, but not each ethnic group: it is in the figures of all of them.
    GroupsNotTold,
}

/// A return that is left out of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The indicator's identifier.
    pub indicator: String,
    /// The authority's code.
    pub authority: String,
    /// Why.
    pub absence: Absence,
}

/// Who is left out of England's figures of all services, by indicator in printed order, then by code.
pub(super) fn left_out(
    round: &Round,
    returns: &Returns,
    contributions: &Contributions,
    answers: &Answers,
) -> Vec<LeftOut> {
    let mut given: BTreeMap<(&str, &str), BTreeSet<&Breakdown>> = BTreeMap::new();
    for member in &contributions.members {
        given.entry((&member.indicator, &member.authority)).or_default().insert(&member.breakdown);
    }
    let mut left_out = Vec::new();
    for indicator in &round.indicators {
        let wanted = Breakdown::headline(indicator, &round.settings.pay_bands);
        for code in &returns.accepted {
            let given = given.get(&(indicator.id.as_str(), code.as_str()));
            let has = |breakdown: &Breakdown| given.is_some_and(|given| given.contains(breakdown));
            let absence = if !wanted.iter().all(has) {
                Some(absence(code, indicator, answers))
            } else if indicator.kind != Kind::Share && !Breakdown::ETHNIC_GROUPS.iter().all(has) {
                Some(Absence::GroupsNotTold)
            } else {
                None
            };
            let (indicator, authority) = (indicator.id.clone(), code.clone());
            left_out.extend(absence.map(|absence| LeftOut { indicator, authority, absence }));
        }
    }
    left_out
}

fn absence(code: &str, indicator: &Indicator, answers: &Answers) -> Absence {
    let measures = match indicator.kind {
        Kind::Share => vec![&indicator.numerator],
        _ => vec![&indicator.numerator, &indicator.denominator],
    };
    let kinds = measures.into_iter().map(|measure| -> BTreeSet<row::Kind> {
        let of = answers.iter().filter(|((authority, _, other), _)| authority == code && other == measure);
        of.flat_map(|(_, kinds)| &kinds[..2]).flatten().copied().collect()
    });
    let empty: Vec<BTreeSet<row::Kind>> = kinds.filter(|kinds| !kinds.contains(&row::Kind::Count)).collect();
    let any = |kind| empty.iter().any(|kinds| kinds.contains(&kind));
    if any(row::Kind::NotCollected) {
        Absence::NotCollected
    } else if any(row::Kind::Blank) {
        Absence::Blank
    } else if any(row::Kind::NotApplicable) {
        Absence::NotApplicable
    } else if empty.is_empty() {
        Absence::InPart
    } else {
        Absence::Blank
    }
}
