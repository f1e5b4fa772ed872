//! Findings: problems in the data as values, gathered in one pass, and how they are shown.

pub mod places;
pub mod registry;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::letters;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The submission is rejected.
    Error,
    /// Worth a question; the submission is accepted.
    Warning,
    /// How something was understood.
    Note,
}

impl Severity {
    /// The word as printed in every format.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One problem, where it is, and how to mend it; the fields are the columns of `findings.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Empty when the file does not tell whose it is.
    pub authority_code: String,
    /// The file's name inside `submissions/`; of a plan, its path inside the round's folder.
    pub file: String,
    /// What the submitter sees: `Adults!C14` or `line 14, column count`.
    pub location: String,
    /// Whether the submission is rejected for it.
    pub severity: Severity,
    /// The rule's name.
    pub rule: &'static str,
    /// The text that was found.
    pub found: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// The other cells that it is about, as `location` writes them. They are marked, and are no column of a file.
    #[serde(skip)]
    pub others: Vec<String>,
}

impl Finding {
    /// Whether it is about what stands in this place of its file.
    pub fn is_about(&self, place: &str) -> bool {
        self.location == place || self.others.iter().any(|other| other == place)
    }
}

/// A value together with everything that was found while making it.
#[derive(Debug)]
pub struct Checked<T> {
    /// What could be read.
    pub value: T,
    /// Every finding, in the order of files and places.
    pub findings: Vec<Finding>,
}

/// Findings while they are gathered. Of those of one file, rule and severity the first few are kept and the rest counted, so
/// that one mistake on each of a million lines is a page to read, and memory for a page.
#[derive(Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    /// How many were found of each kind, in all.
    counts: BTreeMap<Kind, usize>,
    /// The first of those that were not kept, with the places of a few.
    more: BTreeMap<Kind, (Finding, Vec<String>)>,
}

/// What like findings have in common: file, rule and severity.
type Kind = (String, &'static str, Severity);

impl Findings {
    /// So many of a kind are shown one by one: more than a person mends at one sitting.
    const FEW: usize = 50;
    /// So many places of the others are named.
    const PLACES: usize = 5;

    /// Adds one; what is beyond the few is only counted.
    pub fn push(&mut self, finding: Finding) {
        let kind: Kind = (finding.file.clone(), finding.rule, finding.severity);
        let count = self.counts.entry(kind.clone()).or_default();
        *count += 1;
        if *count <= Self::FEW {
            return self.kept.push(finding);
        }
        let place = finding.location.clone();
        let (_, places) = self.more.entry(kind).or_insert_with(|| (finding, Vec::new()));
        if places.len() < Self::PLACES {
            places.push(place);
        }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The findings kept, and one for each kind that had more: how many, and where the next ones are.
    pub fn into_vec(mut self) -> Vec<Finding> {
        for (kind, (first, places)) in self.more {
            let more = self.counts[&kind] - Self::FEW;
            let dots = if more > places.len() { "; …" } else { "" };
            let places: Vec<String> = places.into_iter().filter(|place| !place.is_empty()).collect();
            let next =
                if places.is_empty() { String::new() } else { format!("; the next: {}{dots}", places.join("; ")) };
            let message = format!("the same was found {more} more times{next}");
            let help = match first.severity {
                Severity::Note => "nothing needs to be done that the others do not ask for",
                _ => "mend those that are shown and check again: the next ones are shown then",
            };
            self.kept.push(Finding {
                message,
                help: help.to_owned(),
                found: String::new(),
                others: Vec::new(),
                ..first
            });
        }
        self.kept
    }
}

/// Findings of one file while it is read: what it is called, and whose it is as far as that is known.
#[derive(Debug, Default)]
pub struct OfFile {
    /// The code of the authority.
    pub authority_code: String,
    /// The file's name.
    pub file: String,
    /// What was found.
    pub findings: Findings,
}

impl OfFile {
    /// Adds a finding.
    pub fn report(
        &mut self,
        severity: Severity,
        location: &str,
        rule: &'static str,
        found: &str,
        message: &str,
        help: &str,
    ) {
        self.findings.push(Finding {
            authority_code: self.authority_code.clone(),
            file: self.file.clone(),
            location: location.to_owned(),
            severity,
            rule,
            found: found.to_owned(),
            message: message.to_owned(),
            help: help.to_owned(),
            others: Vec::new(),
        });
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<T: IntoIterator<Item = Finding>>(all: T) -> Self {
        let mut findings = Self::default();
        all.into_iter().for_each(|finding| findings.push(finding));
        findings
    }
}

/// A text as found, between backticks: long ones cut, and what nobody sees or would steer a terminal made visible.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown = String::new();
    for letter in text.chars().take(LONGEST) {
        match letters::invisible(letter) {
            Some(_) if !letter.is_control() => shown.push_str(&format!("<U+{:04X}>", u32::from(letter))),
            _ if letter.is_control() => shown.push('\u{fffd}'),
            _ => shown.push(letter),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The rule that most authorities meet while a round is under way: told in one line.
const ABSENT: &str = "no-submission";

/// The findings as a compiler would show errors, with a closing line of totals.
pub fn human(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings.iter().filter(|finding| finding.rule != ABSENT) {
        let _ = writeln!(text, "{}[{}]: {}", finding.severity.word(), finding.rule, finding.message);
        let place = [finding.file.clone(), places::told(finding)];
        let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
        let _ = writeln!(text, "  --> {}", place.join(": "));
        if !finding.found.is_empty() {
            let _ = writeln!(text, "   | found {}", finding.found);
        }
        let _ = writeln!(text, "   = help: {}\n", finding.help);
    }
    let absent: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.rule == ABSENT)
        .map(|finding| finding.authority_code.as_str())
        .collect();
    if !absent.is_empty() {
        let _ = writeln!(
            text,
            "note[{ABSENT}]: {} sent no readable file: {}\n",
            plural(absent.len(), "authority"),
            absent.join(", ")
        );
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let _ = writeln!(
        text,
        "{}, {}, {}",
        plural(count(Severity::Error), "error"),
        plural(count(Severity::Warning), "warning"),
        plural(count(Severity::Note), "note"),
    );
    text
}

/// A number with its word.
pub fn plural(number: usize, word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if number != 1 => format!("{number} {stem}ies"),
        _ => format!("{number} {word}{}", if number == 1 { "" } else { "s" }),
    }
}

/// The findings as an array of JSON objects.
pub fn json(findings: &[Finding]) -> String {
    serde_json::to_string_pretty(findings).expect("findings hold only text") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_findings_are_counted_beyond_a_few_and_an_error_is_never_behind_a_warning() {
        let finding = |severity, line: usize| Finding {
            authority_code: "F01".into(),
            file: "F01.csv".into(),
            location: format!("line {line}"),
            severity,
            rule: "change",
            found: "`x`".into(),
            message: "m".into(),
            help: "h".into(),
            others: Vec::new(),
        };
        let warnings = (0..1_000_000).map(|line| finding(Severity::Warning, line));
        let told = warnings.chain([finding(Severity::Error, 7)]).collect::<Findings>().into_vec();
        assert_eq!(told.len(), 52);
        assert_eq!(told[50].severity, Severity::Error);
        let more = &told[51];
        assert_eq!((more.location.as_str(), more.found.as_str()), ("line 50", ""));
        let message = "the same was found 999950 more times; the next: line 50; line 51; line 52; line 53; line 54; …";
        assert_eq!(more.message, message);
        // So many that each is shown need no more words.
        assert_eq!((0..50).map(|line| finding(Severity::Note, line)).collect::<Findings>().into_vec().len(), 50);
    }

    #[test]
    fn what_nobody_sees_is_shown() {
        assert_eq!(quoted("a\u{202e}b\u{1b}"), "`a<U+202E>b\u{fffd}`");
    }

    #[test]
    fn a_finding_shows_severity_rule_place_found_and_help() {
        let finding = Finding {
            authority_code: "F01".into(),
            file: "F01.csv".into(),
            location: "line 3, column count".into(),
            severity: Severity::Error,
            rule: "not-a-whole-number",
            found: "`1e1`".into(),
            message: "a count is a whole number".into(),
            help: "write 10".into(),
            others: Vec::new(),
        };
        let expected = "error[not-a-whole-number]: a count is a whole number\n  --> F01.csv: line 3, column count\n   \
                        | found `1e1`\n   = help: write 10\n\n1 error, 0 warnings, 0 notes\n";
        assert_eq!(human(&[finding]), expected);
    }
}
