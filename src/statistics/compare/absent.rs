//! Why a figure is not there, from what a return answers.

use std::collections::BTreeSet;

use super::statistic::Marker;
use crate::standard::Indicator;
use crate::statistics::add_up::Answers;
use crate::statistics::figure::Scope;
use crate::submissions::row;

/// Why an authority has no figure: not applicable when it says so of a whole measure, otherwise not available.
pub(in crate::statistics) fn absent(answers: &Answers, code: &str, scope: Scope, indicator: &Indicator) -> Marker {
    let not_applicable = [&indicator.numerator, &indicator.denominator].into_iter().any(|measure| {
        let given = scope.services().filter_map(|service| answers.get(&(code.to_owned(), service, measure.clone())));
        // People of unknown ethnicity are in no figure.
        let given: BTreeSet<row::Kind> = given.flat_map(|kinds| &kinds[..2]).flatten().copied().collect();
        given == BTreeSet::from([row::Kind::NotApplicable])
    });
    if not_applicable { Marker::Z } else { Marker::X }
}
