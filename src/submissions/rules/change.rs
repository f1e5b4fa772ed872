//! A return against the same authority's return of the round before.

use std::collections::BTreeMap;

use super::{Checker, Key, service_name};
use crate::finding::Severity::{self, Error, Warning};
use crate::round::Service;
use crate::submissions::entry::Entry;

/// So many times more, or less: a column or a digit has moved.
const MISPLACED: f64 = 10.0;

/// So many times more, or less, is worth a question when chance does not explain it.
const LARGE: f64 = 2.0;

/// Standard errors of the difference of two Poisson counts' roots (Anscombe 1948) that chance hardly ever passes.
const BEYOND_CHANCE: f64 = 5.0;

/// What can be done about a large change that is right.
const WHY: &str = "tell the team that you send the return to why it changed so much";

/// So many large changes have one cause.
const MANY: usize = 4;

/// Fewer equal counts are chance.
const LEAST_COUNTS: usize = 20;

impl Checker<'_> {
    pub(super) fn change(&mut self, before: &BTreeMap<Key<'_>, &Entry>) {
        self.identical(before);
        self.missing_service(before);
        let submission = self.submission;
        let first = self.findings.len();
        for entry in &submission.entries {
            let then = before.get(&entry.key()).and_then(|entry| entry.count());
            let (Some(now), Some(then)) = (entry.count(), then) else { continue };
            let Some(severity) = weight(now, then) else { continue };
            let message = format!("the count was {then} in the round before and is {now} now");
            self.tell(severity, entry, "change", message, help(severity));
        }
        let told = &mut self.findings[first..];
        if told.iter().filter(|finding| finding.severity == Error).count() >= MANY {
            for finding in told.iter_mut().filter(|finding| finding.severity == Error) {
                finding.help = format!(
                    "so many counts changed at once: see whether whole rows or columns were pasted in the wrong place, or changed \
                     places; if they are right, {WHY}, and they can accept the return"
                );
            }
        }
    }

    fn missing_service(&mut self, before: &BTreeMap<Key<'_>, &Entry>) {
        let now = self.services();
        for service in [Service::Adults, Service::Childrens] {
            let then = before.iter().any(|((of, ..), entry)| *of == service && entry.count().is_some());
            if then && !now.contains(&service) && !now.contains(&Service::Combined) {
                let message = format!("the round before had counts of {}, this return has none", service_name(service));
                let help = "give the counts of that service too, or tell the team that you send the return to why it is left out";
                self.tell_of_service(Warning, service, "service-missing", message, help);
            }
        }
    }

    fn identical(&mut self, before: &BTreeMap<Key<'_>, &Entry>) {
        for service in self.services() {
            let of = |entry: &&Entry| entry.service == service && entry.count() > Some(0);
            let counts: Vec<&Entry> = self.submission.entries.iter().filter(of).collect();
            let same = |entry: &&Entry| before.get(&entry.key()).and_then(|entry| entry.count()) == entry.count();
            if counts.len() >= LEAST_COUNTS && counts.iter().all(same) {
                let message = format!("every count of {} is as in the round before", service_name(service));
                let help = "see whether the earlier return was copied or sent again, and give the counts of this round";
                self.tell_of_service(Warning, service, "identical", message, help);
            }
        }
    }
}

/// How much a change weighs, where it is worth a question.
pub(in crate::submissions) fn weight(now: u64, then: u64) -> Option<Severity> {
    // From or to nobody has no factor: half a person stands for nobody.
    let factor = now.max(then) as f64 / (now.min(then) as f64).max(0.5);
    let large = factor >= LARGE && apart(now, then) >= BEYOND_CHANCE;
    large.then_some(if factor >= MISPLACED { Error } else { Warning })
}

/// What can be done about a change.
pub(in crate::submissions) fn help(severity: Severity) -> String {
    if severity == Error {
        format!(
            "so large a change is nearly always a wrong column, row or digit: correct it; if the count is right, {WHY}, and they can \
             accept the return"
        )
    } else {
        format!("check the row and the column; if the count is right, {WHY}")
    }
}

/// How many standard errors the variance-stabilised counts are apart.
fn apart(now: u64, then: u64) -> f64 {
    let root = |count: u64| 2.0 * (count as f64 + 0.375).sqrt();
    (root(now) - root(then)).abs() / std::f64::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_explains_small_changes_and_large_ones_of_few_people_only() {
        assert!(apart(3, 9) < BEYOND_CHANCE && apart(1000, 1100) < BEYOND_CHANCE);
        // (2·√100.375 − 2·√25.375) / √2 = 7.04
        assert!((apart(100, 25) - 7.044).abs() < 0.001);
    }
}
