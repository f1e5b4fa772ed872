//! Reads who gets an authority's pack: `contacts.csv`, strictly; every mistake is told with its line, column and how to mend it.

use std::fs;

use anyhow::{Context, Result};
use csv::StringRecord;

use super::Refusal;
use crate::configuration::{Date, as_near};
use crate::finding::Finding;
use crate::letters;
use crate::round::{Round, dispatch};

/// The file's name in the round's folder.
pub const FILE: &str = "contacts.csv";

const HEADER: [&str; 4] = ["authority_code", "name", "email", "confirmed"];

/// A name is shorter.
const LONGEST_NAME: usize = 100;

/// How far the author has confirmed a line that the covers of the returns do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confirmed {
    /// Not at all.
    No,
    /// With `yes` or a date.
    Yes,
    /// With the address once more: whoever copies a `yes` down a column does not do it.
    ByAddress,
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The line that it stands on.
    pub line: u64,
    /// The code of the authority whose pack it is.
    pub code: String,
    /// Who.
    pub name: String,
    /// Where, as it is written.
    pub email: String,
    /// Whether the author confirmed it.
    pub confirmed: Confirmed,
}

impl Contact {
    /// The address as it is compared.
    pub fn address(&self) -> String {
        self.email.to_ascii_lowercase()
    }

    /// Where it stands.
    pub(super) fn place(&self) -> String {
        format!("line {}", self.line)
    }
}

/// The lines that can be read, and what is wrong with the others.
pub fn read(round: &Round) -> Result<(Vec<Contact>, Vec<Finding>)> {
    let path = round.folder.join(FILE);
    if !path.is_file() {
        let year = round.settings.year;
        let message = format!("{} is missing: nobody is known to send anything to", path.display());
        let help = format!(
            "write it with the columns {} (`confirmed` may be left out), a line for each person; the covers of the returns of {year} tell whom",
            HEADER.join(",")
        );
        return Ok((Vec::new(), vec![told(0, "", "", "", &message, &help)]));
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(parse(&bytes, round))
}

fn told(line: u64, column: &str, code: &str, found: &str, message: &str, help: &str) -> Finding {
    let column = if column.is_empty() { String::new() } else { format!(", column {column}") };
    let location = if line == 0 { String::new() } else { format!("line {line}{column}") };
    let (message, help) = (message.to_owned(), help.to_owned());
    Refusal { rule: "contacts-file", code, file: FILE, location: &location, found, message, help }.into()
}

fn parse(bytes: &[u8], round: &Round) -> (Vec<Contact>, Vec<Finding>) {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64;
            let message = "the file holds letters that are not UTF-8";
            return (Vec::new(), vec![told(line, "", "", "", message, "save it with the encoding UTF-8")]);
        }
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header: Vec<String> = match records.next() {
        Some(Ok(record)) => record.iter().map(|field| field.trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    if ![&HEADER[..], &HEADER[..3]].iter().any(|known| header == *known) {
        let message = format!("the columns are {} in this order; the last may be left out", HEADER.join(", "));
        let help = format!("write the line `{}` above the contacts", HEADER.join(","));
        return (Vec::new(), vec![told(1, "", "", &header.join(","), &message, &help)]);
    }
    let (mut contacts, mut findings): (Vec<Contact>, Vec<Finding>) = (Vec::new(), Vec::new());
    for record in records {
        // Only letters that are not UTF-8 and lines of other lengths are errors of this reader, and neither is left here.
        let Ok(record) = record else { continue };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let before = findings.len();
        let contact = contact(line, &record, header.len(), round, &mut findings);
        let Some(contact) = contact.filter(|_| findings.len() == before) else { continue };
        let same = |other: &&Contact| other.code == contact.code && other.address() == contact.address();
        match contacts.iter().find(same) {
            Some(first) => {
                let help = format!("keep one of them; the first is line {}", first.line);
                findings.push(told(line, "", &contact.code, &contact.email, "the contact stands twice", &help));
            }
            None => contacts.push(contact),
        }
    }
    (contacts, findings)
}

fn contact(
    line: u64,
    record: &StringRecord,
    columns: usize,
    round: &Round,
    findings: &mut Vec<Finding>,
) -> Option<Contact> {
    if record.len() != columns {
        let found = record.iter().collect::<Vec<_>>().join(",");
        let message = format!("a line has {columns} fields, and this one {}", record.len());
        findings.push(told(line, "", "", &found, &message, "put a text that holds commas between quotation marks"));
        return None;
    }
    let field = |at: usize| record.get(at).unwrap_or_default().trim();
    let (code, name, email) = (field(0), field(1), field(2));
    let own = round.authority(code).or_else(|| round.returning(code)).map(|one| one.code.clone());
    let told = |column, found, message: &str, help: &str| {
        told(line, HEADER[column], own.as_deref().unwrap_or_default(), found, message, help)
    };
    if own.is_none() {
        let help = match &as_near(code, round.authorities.iter().map(|one| one.code.as_str()))[..] {
            [near] => format!("did you mean `{near}`?"),
            _ => "authorities.csv lists the codes".to_owned(),
        };
        findings.push(told(0, code, "no authority of this round has the code", &help));
    }
    if let Some(objection) = objection_to_name(name) {
        findings.push(told(1, name, &objection, "write the name of a person or of a team"));
    }
    if let Some(objection) = dispatch::objection(email) {
        let message = format!("this is no email address: {objection}");
        findings.push(told(2, email, &message, "write one address, such as name@council.gov.example"));
    }
    let confirmed = match field(3) {
        "" => Confirmed::No,
        text if text.eq_ignore_ascii_case(email) => Confirmed::ByAddress,
        text if text.eq_ignore_ascii_case("yes") || Date::parse(text).is_ok() => Confirmed::Yes,
        text => {
            let help = "write `yes`, the day such as 2025-05-06, or the address once more; leave it empty where the cover says the same";
            findings.push(told(3, text, "this does not say whether the contact is confirmed", help));
            Confirmed::No
        }
    };
    Some(Contact { line, code: own?, name: name.to_owned(), email: email.to_owned(), confirmed })
}

/// Why a text is nobody's name. It stands in the head of a message and in tables.
fn objection_to_name(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("the name is empty".to_owned());
    }
    if name.chars().any(char::is_control) {
        return Some("the name holds a line break or another control character".to_owned());
    }
    if let Some(invisible) = letters::first_invisible(name) {
        return Some(format!("the name holds {invisible}, which nobody sees"));
    }
    if name.starts_with(['=', '+', '-', '@']) {
        return Some("the name begins as a formula does".to_owned());
    }
    (name.chars().count() > LONGEST_NAME).then(|| format!("the name is longer than {LONGEST_NAME} letters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_may_stand_anywhere() {
        for name in ["Ann O’Neill", "Zoë Ünal-Łuć (HR)", "李娜", "Workforce team, \"Adults\""] {
            assert_eq!(objection_to_name(name), None, "{name}");
        }
        for name in ["", "Ann\r\nBcc: x@y.uk", "=HYPERLINK(\"x\")", "@SUM(A1)", "Ann\u{202e}", &"x".repeat(101)] {
            assert!(objection_to_name(name).is_some(), "{name:?}");
        }
    }
}
