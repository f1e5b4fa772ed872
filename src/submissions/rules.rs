//! Checks on one submission as a whole: duplicates, parts and wholes, bands, groups, combined services.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::round::{Service, Settings};
use crate::standard::{Measure, Standard};

use super::entry::{Answer, Entry, Ethnicity, Submission};

type Key<'a> = (Service, &'a str, &'a str, Ethnicity);

/// Everything that is wrong with a submission whose cells could be read.
pub fn check(submission: &Submission, settings: &Settings, standard: &Standard) -> Vec<Finding> {
    let mut checker = Checker { submission, answers: BTreeMap::new(), findings: Vec::new() };
    checker.index(settings);
    for service in Service::ALL {
        for measure in &standard.measures {
            if let Some(whole) = measure.part_of.as_deref().and_then(|whole| standard.measure(whole)) {
                checker.part_and_whole(service, measure, whole, settings);
            }
            checker.groups(service, measure, settings);
        }
    }
    for measure in &standard.measures {
        checker.combined(measure);
    }
    checker.findings
}

struct Checker<'a> {
    submission: &'a Submission,
    answers: BTreeMap<Key<'a>, &'a Entry>,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    /// Finds duplicates and services that the round does not take.
    fn index(&mut self, settings: &Settings) {
        for entry in &self.submission.entries {
            let key = (entry.service, entry.measure.as_str(), entry.breakdown.as_str(), entry.ethnicity);
            if let Some(first) = self.answers.get(&key) {
                let help = format!("keep one of them; the first stands at {}", first.location);
                self.error(entry, "duplicate", "the same service, measure, pay band and group stand twice", &help);
                continue;
            }
            self.answers.insert(key, entry);
            if entry.service != Service::Combined && !settings.services.contains(&entry.service) {
                let message = format!("this round does not collect the service `{}`", entry.service.id());
                self.error(entry, "service-not-collected", &message, "leave these rows out");
            }
        }
    }

    fn count(&self, key: Key<'_>) -> Option<(u64, &'a Entry)> {
        let entry = *self.answers.get(&key)?;
        match entry.answer {
            Answer::Count(count) => Some((count, entry)),
            _ => None,
        }
    }

    /// A part, or the sum of all bands, is no larger than its whole.
    fn part_and_whole(&mut self, service: Service, part: &Measure, whole: &Measure, settings: &Settings) {
        for group in Ethnicity::ALL {
            let Some((limit, _)) = self.count((service, &whole.id, "", group)) else { continue };
            let breakdowns: Vec<&str> = breakdowns(part, settings);
            let parts: Vec<(u64, &Entry)> =
                breakdowns.iter().filter_map(|band| self.count((service, &part.id, band, group))).collect();
            let sum: u64 = parts.iter().map(|(count, _)| count).sum();
            let Some((_, entry)) = parts.last().filter(|_| sum > limit) else { continue };
            let (rule, subject) = if part.by_band {
                ("bands-above-staff", format!("the pay bands of {} add up to {sum}", group.label()))
            } else {
                ("part-above-whole", format!("`{}` is {sum}", part.id))
            };
            let message = format!("{subject}, more than `{}`, which is {limit}", whole.id);
            let help = format!("see which of the two is wrong: {} is a part of {}", part.id, whole.id);
            self.error(entry, rule, &message, &help);
        }
    }

    /// Where the groups and their total are both given, the groups add up to it.
    fn groups(&mut self, service: Service, measure: &Measure, settings: &Settings) {
        for band in breakdowns(measure, settings) {
            let total = self.count((service, &measure.id, band, Ethnicity::Minoritised));
            let groups: Option<Vec<u64>> = Ethnicity::MINORITISED
                .into_iter()
                .map(|group| self.count((service, &measure.id, band, group)).map(|(count, _)| count))
                .collect();
            let (Some((total, entry)), Some(groups)) = (total, groups) else { continue };
            let sum: u64 = groups.iter().sum();
            if sum != total {
                let message = format!("Asian, Black, Mixed and Other add up to {sum}, not to this total");
                self.error(entry, "groups-and-total", &message, "correct a group, or leave the total blank");
            }
        }
    }

    /// `combined` does not stand beside a split of the same measure.
    fn combined(&mut self, measure: &Measure) {
        let given = |entry: &&Entry| entry.measure == measure.id && matches!(entry.answer, Answer::Count(_));
        let submission = self.submission;
        let entries: Vec<&Entry> = submission.entries.iter().filter(given).collect();
        let combined = entries.iter().find(|entry| entry.service == Service::Combined);
        let split = entries.iter().find(|entry| entry.service != Service::Combined);
        if let (Some(combined), Some(split)) = (combined, split) {
            let message = format!("`{}` is given as combined and for {} as well", measure.id, split.service.id());
            self.error(combined, "combined-beside-split", &message, "give the split, or combined, not both");
        }
    }

    fn error(&mut self, entry: &Entry, rule: &'static str, message: &str, help: &str) {
        self.findings.push(Finding {
            authority_code: self.submission.authority_code.clone(),
            file: self.submission.file.clone(),
            location: entry.location.clone(),
            severity: Severity::Error,
            rule,
            found: format!("`{}`", entry.answer.written()),
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }
}

/// The breakdowns a measure is counted in: the pay bands, or the empty one.
fn breakdowns<'a>(measure: &Measure, settings: &'a Settings) -> Vec<&'a str> {
    if measure.by_band { settings.pay_bands.iter().map(|band| band.id.as_str()).collect() } else { vec![""] }
}
