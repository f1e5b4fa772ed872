//! Findings: problems in the data as values, gathered in one pass, and how they are shown.

pub mod registry;

use std::fmt::Write;

use serde::Serialize;

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
    /// The file's name inside `submissions/`.
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
}

/// A value together with everything that was found while making it.
#[derive(Debug)]
pub struct Checked<T> {
    /// What could be read.
    pub value: T,
    /// Every finding, in the order of files and places.
    pub findings: Vec<Finding>,
}

/// A text as found, between backticks: long ones cut, and what would steer a terminal made visible.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown: String =
        text.chars().take(LONGEST).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
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
        let place = [finding.file.as_str(), finding.location.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
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
        };
        let expected = "error[not-a-whole-number]: a count is a whole number\n  --> F01.csv: line 3, column count\n   \
                        | found `1e1`\n   = help: write 10\n\n1 error, 0 warnings, 0 notes\n";
        assert_eq!(human(&[finding]), expected);
    }
}
