//! Returns while they are gathered: each file is read and checked for itself, and what they tell together comes last.

use std::collections::BTreeSet;
use std::path::Path;

use super::entry::Submission;
use super::{Input, Returns, csv, earlier, rules, whose, workbook};
use crate::authority::changes::Between;
use crate::digest;
use crate::finding::{Checked, Finding, Findings, Severity};
use crate::round::{Round, Settled};
use crate::standard::Standard;

/// What was read so far of a round's files.
pub(super) struct Gathering<'a> {
    round: &'a Round,
    standard: &'a Standard,
    before: Option<(&'a Returns, Between)>,
    findings: Vec<Finding>,
    inputs: Vec<Input>,
    /// Each return, and whether no error was found in it.
    submissions: Vec<(Submission, bool)>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(round: &'a Round, standard: &'a Standard, before: Option<&'a Returns>) -> Self {
        let before = before.map(|before| (before, round.since(before.moment())));
        Self { round, standard, before, findings: Vec::new(), inputs: Vec::new(), submissions: Vec::new() }
    }

    /// Adds what was found about a file that could not be read.
    pub(super) fn tell(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reads and checks one file.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) {
        let round = self.round;
        let Checked { mut value, findings: mut found } = parse(bytes, name, round, self.standard);
        if let Some(submission) = &mut value {
            found.extend(whose::understand_code(submission, round));
        } else if let Some(authority) = whose::named_after(name, round) {
            // Whose page the findings belong on is known by the file's name at least.
            found.iter_mut().for_each(|finding| finding.authority_code.clone_from(&authority.code));
        }
        let code = value.as_ref().map(|submission| submission.authority_code.clone()).unwrap_or_default();
        let rows = value.as_ref().map_or(0, |submission| submission.entries.len());
        self.inputs.push(Input {
            file: format!("submissions/{name}"),
            sha256: digest::sha256(bytes),
            rows,
            authority_code: code,
        });
        if let Some(submission) = value {
            let sound = self.check(&submission, &mut found);
            self.submissions.push((submission, sound));
        }
        self.findings.append(&mut found);
    }

    /// Checks a return that could be read; whether no error was found.
    fn check(&self, submission: &Submission, found: &mut Vec<Finding>) -> bool {
        let round = self.round;
        // What was found before the authority was known is about it all the same.
        for finding in &mut *found {
            finding.authority_code.clone_from(&submission.authority_code);
        }
        let unit = self.before.as_ref().map(|(_, between)| between.of_later(&submission.authority_code));
        let earlier = self.before.as_ref().zip(unit.as_ref()).and_then(|((before, _), unit)| before.of(unit));
        let broken = found.iter().any(|finding| finding.severity == Severity::Error);
        let of_counts = rules::check(submission, &round.settings, self.standard, earlier.as_deref());
        // What could not be read is not missed a second time.
        let missed = |finding: &Finding| ["no-counts", "group-missing", "left-out"].contains(&finding.rule);
        let of_counts = of_counts.into_iter().filter(|finding| !(broken && missed(finding)));
        found.extend(of_counts.collect::<Findings>().into_vec());
        found.extend(whose::registered(submission, round));
        found.extend(whose::of_this_round(submission, round));
        found.extend(whose::under_a_new_code(submission, round, self.before.as_ref()));
        settle(found, &submission.authority_code, round);
        found.iter().all(|finding| finding.severity != Severity::Error)
    }

    /// All returns of a round, with what they tell together and who is missing.
    pub(super) fn together(mut self) -> Checked<Returns> {
        self.findings.extend(whose::doubles(&mut self.submissions));
        let of_splits = check_splits(&mut self.submissions, self.round, self.before.as_ref());
        self.findings.extend(of_splits);
        self.findings.extend(whose::missing(&self.submissions, self.round));
        self.alone()
    }

    /// What was read, without a word of what is not there.
    pub(super) fn alone(self) -> Checked<Returns> {
        let Self { round, findings, inputs, submissions, .. } = self;
        let codes = |wanted: bool| -> Vec<String> {
            let of = submissions.iter().filter(|(_, sound)| *sound == wanted);
            of.map(|(submission, _)| submission.authority_code.clone()).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let (accepted, rejected) = (codes(true), codes(false));
        let submissions = submissions.into_iter().map(|(submission, _)| submission).collect();
        let (registered, day) = (round.authorities.clone(), round.day());
        Checked { value: Returns { inputs, accepted, rejected, submissions, registered, day }, findings }
    }
}

/// Areas that were split, together against what they were: an error rejects the return that it most likely came from.
fn check_splits(
    submissions: &mut [(Submission, bool)],
    round: &Round,
    before: Option<&(&Returns, Between)>,
) -> Vec<Finding> {
    let mut findings = before.map(|before| earlier::of_split(submissions, round, before)).unwrap_or_default();
    for finding in &mut findings {
        let code = finding.authority_code.clone();
        settle(std::slice::from_mut(finding), &code, round);
        let rejected = finding.severity == Severity::Error;
        let own = submissions.iter_mut().filter(|(one, _)| rejected && one.authority_code == code);
        own.for_each(|(_, sound)| *sound = false);
    }
    findings
}

/// What the report author has settled with an authority is no error any more.
fn settle(findings: &mut [Finding], code: &str, round: &Round) {
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Error) {
        let settled = |settled: &&Settled| settled.authority == code && settled.rule == finding.rule;
        if let Some(settled) = round.settings.settled.iter().find(settled) {
            finding.severity = Severity::Warning;
            finding.help = format!("settled for this round: {}", settled.reason);
        }
    }
}

fn parse(bytes: &[u8], name: &str, round: &Round, standard: &Standard) -> Checked<Option<Submission>> {
    let extension = Path::new(name).extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("xlsx" | "ods") if bytes.is_empty() => csv::read(bytes, name, &round.settings, standard),
        Some("csv") => csv::read_of(bytes, name, &round.settings, standard, &|one, other| {
            let of = |code: &str| round.returning(&code.to_uppercase()).map(|authority| &authority.code);
            of(one).is_some() && of(one) == of(other)
        }),
        Some("xlsx" | "ods") => {
            let Checked { value, findings } = workbook::read(bytes, name, &round.settings, standard);
            Checked { value, findings: findings.into_iter().collect::<Findings>().into_vec() }
        }
        _ => {
            let finding = Finding {
                authority_code: String::new(),
                file: name.to_owned(),
                location: String::new(),
                severity: Severity::Error,
                rule: "unknown-file-type",
                found: format!("`{name}`"),
                message: "a submission is a .csv, .xlsx or .ods file".into(),
                help: "open it in the program that made it, and save it as an Excel workbook (.xlsx), an OpenDocument spreadsheet (.ods) or CSV \
                       (.csv); a file that is no return is not needed here".into(),
                others: Vec::new(),
            };
            Checked { value: None, findings: vec![finding] }
        }
    }
}
