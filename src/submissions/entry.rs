//! What one submission holds: a count, or the reason why there is none, for each service, measure and group.

use serde::{Deserialize, Serialize};

use crate::finding::Severity;
use crate::round::Service;

/// An ethnic group as submissions name it, in printed order: alphabetical, with other, all and not known last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ethnicity {
    /// Asian or Asian British.
    Asian,
    /// Black, Black British, Caribbean or African.
    Black,
    /// Mixed or multiple ethnic groups.
    Mixed,
    /// Any other minoritised ethnic group.
    Other,
    /// All minoritised groups together, where the four are not held.
    Minoritised,
    /// White, with white minorities.
    White,
    /// Not known or not stated.
    Unknown,
}

impl Ethnicity {
    /// Every group, in the order of a workbook's columns.
    pub const ALL: [Ethnicity; 7] = [
        Ethnicity::Asian,
        Ethnicity::Black,
        Ethnicity::Mixed,
        Ethnicity::Other,
        Ethnicity::Minoritised,
        Ethnicity::White,
        Ethnicity::Unknown,
    ];

    /// The four groups that together are the minoritised ones.
    pub const MINORITISED: [Ethnicity; 4] = [Ethnicity::Asian, Ethnicity::Black, Ethnicity::Mixed, Ethnicity::Other];

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            Ethnicity::Asian => "asian",
            Ethnicity::Black => "black",
            Ethnicity::Mixed => "mixed",
            Ethnicity::Other => "other",
            Ethnicity::Minoritised => "minoritised",
            Ethnicity::White => "white",
            Ethnicity::Unknown => "unknown",
        }
    }

    /// The heading of its column in a workbook.
    pub fn label(self) -> &'static str {
        match self {
            Ethnicity::Asian => "Asian",
            Ethnicity::Black => "Black",
            Ethnicity::Mixed => "Mixed",
            Ethnicity::Other => "Other",
            Ethnicity::Minoritised => "All minoritised",
            Ethnicity::White => "White",
            Ethnicity::Unknown => "Not known",
        }
    }

    /// The group with this identifier.
    pub fn from_id(id: &str) -> Option<Ethnicity> {
        Ethnicity::ALL.into_iter().find(|group| group.id() == id)
    }
}

/// What stands where a count is asked for; the four differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// People.
    Count(u64),
    /// `x`: not collected.
    NotCollected,
    /// `z`: not applicable.
    NotApplicable,
    /// Left blank.
    Blank,
    /// Something else, which a finding tells of: the submission is rejected.
    Unreadable,
}

impl Answer {
    /// The answer as it is written in a file.
    pub fn written(self) -> String {
        match self {
            Answer::Count(count) => count.to_string(),
            Answer::NotCollected => "x".into(),
            Answer::NotApplicable => "z".into(),
            Answer::Blank | Answer::Unreadable => String::new(),
        }
    }
}

/// What is worth saying about a text that stands where a count is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// An error has no answer; a note says how the text was understood.
    pub severity: Severity,
    /// The rule's name.
    pub rule: &'static str,
    /// What is wrong or unusual.
    pub message: String,
    /// How to mend it, or how it was understood.
    pub help: String,
}

/// More people than any authority employs: nothing above it is a count of staff.
const LARGEST_COUNT: u64 = 10_000_000;

/// Reads the text that stands where a count is asked for: `12`, `x`, `z` or nothing, and what people write instead.
pub fn answer(text: &str) -> (Option<Answer>, Option<Remark>) {
    match text {
        "" => return (Some(Answer::Blank), None),
        "x" => return (Some(Answer::NotCollected), None),
        "z" => return (Some(Answer::NotApplicable), None),
        _ => {}
    }
    if let Some(count) = whole_number(text) {
        return (Some(Answer::Count(count)), None);
    }
    let tidy: String = text.trim().to_lowercase();
    let understood = match tidy.as_str() {
        "" => Some(Answer::Blank),
        "x" | "[x]" => Some(Answer::NotCollected),
        "z" | "[z]" => Some(Answer::NotApplicable),
        _ => whole_number(&tidy).or_else(|| thousands(&tidy)).or_else(|| with_noughts(&tidy)).map(Answer::Count),
    };
    match understood {
        Some(answer) => (Some(answer), Some(note(answer))),
        None => (None, Some(error(&tidy))),
    }
}

fn note(answer: Answer) -> Remark {
    let written = match answer {
        Answer::Blank => "blank".to_owned(),
        other => format!("`{}`", other.written()),
    };
    Remark {
        severity: Severity::Note,
        rule: "read-as",
        message: "the text is not written as a count, but can only mean one thing".into(),
        help: format!("it was read as {written}; if that is meant, nothing needs to be done"),
    }
}

fn error(tidy: &str) -> Remark {
    if is_rate(tidy) {
        return Remark {
            severity: Severity::Error,
            rule: "rate-for-count",
            message: "this is a share or a rate, where the number of people belongs".into(),
            help: "write how many people it is, with digits only: the report works out the rates".into(),
        };
    }
    let help = match tidy.parse::<f64>() {
        _ if tidy.starts_with('<') || tidy.starts_with("fewer") || tidy.starts_with("less") => {
            "write the exact number: the reports withhold small numbers, no return has to"
        }
        Ok(value) if value < 0.0 => {
            "no count of people is below 0: see what was meant, and write it without the minus; 0 says that there are none"
        }
        Ok(value) if value > LARGEST_COUNT as f64 => "no authority employs so many people: look for a slipped digit",
        Ok(_) => "write the number of people in full, with digits only; a rate or a share does not belong here",
        Err(_) => "write the number of people with digits only, `x` for not collected or `z` for not applicable",
    };
    Remark {
        severity: Severity::Error,
        rule: "not-a-whole-number",
        message: "a count is a whole number from 0, `x` or `z`".into(),
        help: help.into(),
    }
}

/// A percentage, or a number between 0 and 1.
fn is_rate(tidy: &str) -> bool {
    let percentage = tidy.strip_suffix('%').map(str::trim).and_then(|number| number.parse::<f64>().ok());
    percentage.is_some_and(|value| value >= 0.0) || tidy.parse::<f64>().is_ok_and(|value| value > 0.0 && value < 1.0)
}

/// Digits only.
fn whole_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|count| *count <= LARGEST_COUNT)
}

/// Digits with a comma or a space before each three: `1,234`.
fn thousands(text: &str) -> Option<u64> {
    let mark = text.chars().find(|letter| [',', ' ', '\u{a0}', '\u{202f}'].contains(letter))?;
    let groups: Vec<&str> = text.split(mark).collect();
    let (first, rest) = groups.split_first()?;
    let shaped = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    shaped.then(|| whole_number(&groups.concat())).flatten()
}

/// Digits with one or two noughts after a point, as programs write whole numbers: `12.0`. Three may stand for thousands.
fn with_noughts(text: &str) -> Option<u64> {
    let (digits, noughts) = text.split_once('.')?;
    ["0", "00"].contains(&noughts).then(|| whole_number(digits)).flatten()
}

/// One answer, where it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The service counted.
    pub service: Service,
    /// The measure's identifier.
    pub measure: String,
    /// A pay band's identifier, or empty.
    pub breakdown: String,
    /// The ethnic group counted.
    pub ethnicity: Ethnicity,
    /// The count, or why there is none.
    pub answer: Answer,
    /// What the submitter sees: `Adults!C14` or `line 14, column count`.
    pub location: String,
}

impl Entry {
    /// What it is about: service, measure, pay band or nothing, group.
    pub fn key(&self) -> (Service, &str, &str, Ethnicity) {
        (self.service, &self.measure, &self.breakdown, self.ethnicity)
    }

    /// The count, where it is one.
    pub fn count(&self) -> Option<u64> {
        match self.answer {
            Answer::Count(count) => Some(count),
            _ => None,
        }
    }
}

/// One authority's return, as read from one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The authority that the file says it is from.
    pub authority_code: String,
    /// The file's name inside `submissions/`.
    pub file: String,
    /// Every answer, in the order of the file.
    pub entries: Vec<Entry>,
    /// What a workbook says besides the code and the counts.
    pub cover: Cover,
}

/// What a workbook says besides the code and the counts, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The authority's name.
    pub name: Option<(String, String)>,
    /// The reporting year that the workbook was made for.
    pub year: Option<(String, String)>,
    /// Whom to ask about the figures: a name and an address, as they were written.
    pub contact: Option<(String, String)>,
    /// What the submitter wrote beside the counts, there and on other sheets: where, and what.
    pub remarks: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_answers_differ() {
        let read = |text| answer(text).0;
        assert_eq!(read("0"), Some(Answer::Count(0)));
        assert_eq!(read("x"), Some(Answer::NotCollected));
        assert_eq!(read("z"), Some(Answer::NotApplicable));
        assert_eq!(read(""), Some(Answer::Blank));
    }

    #[test]
    fn what_is_unambiguous_is_read_with_a_note_and_the_rest_is_an_error() {
        for (text, count) in
            [("1,234", 1234), ("1 270", 1270), ("12 ", 12), (" 7", 7), ("1,234,567", 1_234_567), ("12.0", 12)]
        {
            let (answer, remark) = answer(text);
            assert_eq!(answer, Some(Answer::Count(count)), "{text}");
            assert_eq!(remark.unwrap().severity, Severity::Note, "{text}");
        }
        for text in ["1e1", "-3", "3.5", "12,34", "1.000", "about 5", "+4", "0x10", "99999999999999999999", "٣"] {
            let (answer, remark) = answer(text);
            assert_eq!(answer, None, "{text}");
            assert_eq!(remark.unwrap().severity, Severity::Error, "{text}");
        }
    }
}
