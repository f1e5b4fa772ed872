//! Checks on one submission as a whole, each with a name: sums, plausibility, and the round before.

mod arithmetic;
mod bounds;
pub(super) mod change;
mod left_out;
mod plausibility;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::entry::{Answer, Entry, Ethnicity, Submission};
use super::row::Row;
use crate::finding::{Finding, Severity};
use crate::round::{Service, Settings};
use crate::standard::{Measure, Standard};

/// Service, measure, pay band or nothing, group.
pub type Key<'a> = (Service, &'a str, &'a str, Ethnicity);

/// Everything that is wrong with, or worth asking about, a submission whose cells could be read.
///
/// `before` is what the same authority returned in the round before.
pub fn check(
    submission: &Submission,
    settings: &Settings,
    standard: &Standard,
    before: Option<&Submission>,
) -> Vec<Finding> {
    let given = answers(submission);
    let mut rows: BTreeMap<(Service, &str, &str), Row> = BTreeMap::new();
    for ((service, measure, band, group), entry) in &given {
        if let Some(count) = entry.count() {
            rows.entry((*service, measure, band)).or_default().put(*group, count);
        }
    }
    let mut checker =
        Checker { submission, settings, standard, answers: given, rows, findings: Vec::new(), told: Vec::new() };
    checker.arithmetic();
    checker.plausibility();
    checker.left_out();
    if let Some(before) = before {
        checker.change(&answers(before));
    }
    checker.findings
}

/// Every answer by what it is about; the first, where one stands twice.
pub fn answers(submission: &Submission) -> BTreeMap<Key<'_>, &Entry> {
    let mut answers = BTreeMap::new();
    for entry in &submission.entries {
        answers.entry(entry.key()).or_insert(entry);
    }
    answers
}

struct Checker<'a> {
    submission: &'a Submission,
    settings: &'a Settings,
    standard: &'a Standard,
    answers: BTreeMap<Key<'a>, &'a Entry>,
    /// The counts of each row.
    rows: BTreeMap<(Service, &'a str, &'a str), Row>,
    findings: Vec<Finding>,
    /// Rows about which enough was said: what follows from one mistake is not told again.
    told: Vec<(Service, String)>,
}

impl<'a> Checker<'a> {
    fn answer(&self, service: Service, measure: &str, band: &str, group: Ethnicity) -> Option<&'a Entry> {
        self.answers.get(&(service, measure, band, group)).copied()
    }

    fn count(&self, service: Service, measure: &str, band: &str, group: Ethnicity) -> Option<(u64, &'a Entry)> {
        let entry = self.answer(service, measure, band, group)?;
        Some((entry.count()?, entry))
    }

    /// The rows of one measure: its pay bands, or the one without.
    fn breakdowns(&self, measure: &Measure) -> Vec<&'a str> {
        match measure.by_band {
            true => self.settings.pay_bands.iter().map(|band| band.id.as_str()).collect(),
            false => vec![""],
        }
    }

    /// The services that the submission says anything of.
    fn services(&self) -> Vec<Service> {
        let given = |service: &Service| {
            self.answers.iter().any(|((other, ..), entry)| other == service && entry.answer != Answer::Blank)
        };
        Service::ALL.into_iter().filter(given).collect()
    }

    /// The people of one row: in minoritised groups, white, of unknown ethnicity; `None` where it is not told.
    fn people(&self, service: Service, measure: &str, band: &str) -> [Option<u64>; 3] {
        let row = self.row(service, measure, band);
        [row.minoritised(), row.white, row.unknown]
    }

    /// Everybody in one row, where both minoritised and white staff are told.
    fn everybody(&self, service: Service, measure: &str, band: &str) -> Option<u64> {
        let [minoritised, white, unknown] = self.people(service, measure, band);
        Some(minoritised? + white? + unknown.unwrap_or(0))
    }

    /// The first cell of a row, which stands for the row.
    fn first(&self, service: Service, measure: &str, band: &str) -> Option<&'a Entry> {
        Ethnicity::ALL.into_iter().find_map(|group| self.answer(service, measure, band, group))
    }

    /// Every cell of a row.
    fn cells(&self, service: Service, measure: &str, band: &str) -> Vec<&'a Entry> {
        Ethnicity::ALL.into_iter().filter_map(|group| self.answer(service, measure, band, group)).collect()
    }

    /// How a row is called in a sentence.
    fn name(&self, measure: &Measure, band: &str) -> String {
        match self.settings.pay_bands.iter().find(|other| other.id == band) {
            Some(band) => format!("“{}, {}”", measure.label, band.label),
            None => format!("“{}”", measure.label),
        }
    }

    fn tell(
        &mut self,
        severity: Severity,
        entry: &Entry,
        rule: &'static str,
        message: String,
        help: impl Into<String>,
    ) {
        let found = if entry.answer == Answer::Blank { String::new() } else { format!("`{}`", entry.answer.written()) };
        self.add(severity, entry.location.clone(), rule, found, message, help.into());
    }

    /// A finding about a whole row, at its first cell.
    fn tell_of_row(
        &mut self,
        severity: Severity,
        first: &Entry,
        rule: &'static str,
        message: String,
        help: impl Into<String>,
    ) {
        self.tell_of_cells(severity, first, rule, message, help);
        self.also(self.cells(first.service, &first.measure, &first.breakdown));
    }

    /// A finding about several cells of which none is more at fault than the others: this one, and those that are added.
    fn tell_of_cells(
        &mut self,
        severity: Severity,
        first: &Entry,
        rule: &'static str,
        message: String,
        help: impl Into<String>,
    ) {
        self.add(severity, first.location.clone(), rule, String::new(), message, help.into());
    }

    /// The finding told last is about these cells as well.
    fn also<'e>(&mut self, cells: impl IntoIterator<Item = &'e Entry>) {
        let Some(finding) = self.findings.last_mut() else { return };
        for cell in cells {
            if !finding.is_about(&cell.location) {
                finding.others.push(cell.location.clone());
            }
        }
    }

    /// A finding about a service: in a workbook it is its sheet.
    fn tell_of_service(
        &mut self,
        severity: Severity,
        service: Service,
        rule: &'static str,
        message: String,
        help: impl Into<String>,
    ) {
        let own = self.submission.entries.iter().filter(|entry| entry.service == service);
        let sheet = own.filter_map(|entry| entry.location.rsplit_once('!')).map(|(sheet, _)| sheet).next();
        let workbook = self.submission.entries.iter().any(|entry| entry.location.contains('!'));
        let location = sheet.map_or(if workbook { service.sheet() } else { "" }, |sheet| sheet).to_owned();
        self.add(severity, location, rule, String::new(), message, help.into());
    }

    /// A finding about the file as a whole.
    fn tell_of_file(&mut self, severity: Severity, rule: &'static str, message: String, help: impl Into<String>) {
        self.add(severity, String::new(), rule, String::new(), message, help.into());
    }

    fn add(
        &mut self,
        severity: Severity,
        location: String,
        rule: &'static str,
        found: String,
        message: String,
        help: String,
    ) {
        let authority_code = self.submission.authority_code.clone();
        let file = self.submission.file.clone();
        let others = Vec::new();
        self.findings.push(Finding { authority_code, file, location, severity, rule, found, message, help, others });
    }
}

/// What a service is called in a sentence.
pub fn service_name(service: Service) -> &'static str {
    match service {
        Service::Adults => "adults' services",
        Service::Childrens => "children's services",
        Service::Combined => "both services combined",
    }
}
