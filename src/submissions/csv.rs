//! Reads a submission written as CSV, keeping the line of every count.

use crate::configuration::nearest;
use crate::finding::{Checked, Finding, Severity, quoted};
use crate::round::{Service, Settings};
use crate::standard::Standard;

use super::entry::{self, Answer, Cover, Entry, Ethnicity, Submission};

const COLUMNS: [&str; 6] = ["authority_code", "service", "measure", "breakdown", "ethnicity", "count"];

/// Reads the bytes of a CSV submission; `None` when not even the columns or the authority can be told.
pub fn read(bytes: &[u8], file: &str, settings: &Settings, standard: &Standard) -> Checked<Option<Submission>> {
    let mut reader = Reader { file, settings, standard, code: String::new(), findings: Vec::new() };
    let value = reader.submission(bytes);
    Checked { value, findings: reader.findings }
}

struct Reader<'a> {
    file: &'a str,
    settings: &'a Settings,
    standard: &'a Standard,
    code: String,
    findings: Vec<Finding>,
}

/// A row's fields, in the order of `COLUMNS`, and its line.
struct Row {
    line: u64,
    fields: [String; 6],
}

impl Reader<'_> {
    fn submission(&mut self, bytes: &[u8]) -> Option<Submission> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.starts_with(b"PK\x03\x04") {
            self.error(
                "",
                "not-a-csv",
                "",
                "the file is a workbook or an archive, not CSV",
                "give it the ending .xlsx, or save it as CSV",
            );
            return None;
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
            self.error("", "not-utf-8", "", "the text is not UTF-8", "save the file as CSV UTF-8");
            return None;
        }
        let mut records =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes).into_byte_records();
        let header = match records.next() {
            Some(Ok(header)) => header,
            _ => {
                self.error("line 1", "empty-file", "", "the file holds no rows", "send the file with its counts");
                return None;
            }
        };
        let positions = self.columns(&header)?;
        let mut rows = Vec::new();
        for record in records {
            match record {
                Ok(record) => rows.extend(self.row(&record, &positions)),
                Err(error) => self.error(
                    "",
                    "unreadable-row",
                    &error.to_string(),
                    "a row cannot be read as CSV",
                    "look for a quotation mark that is not closed",
                ),
            }
        }
        self.code = self.authority(&rows)?;
        let entries = rows.iter().filter_map(|row| self.entry(row)).collect();
        Some(Submission {
            authority_code: self.code.clone(),
            file: self.file.to_owned(),
            entries,
            cover: Cover::default(),
        })
    }

    /// Where each of the six columns stands; the order in the file is free.
    fn columns(&mut self, header: &csv::ByteRecord) -> Option<[usize; 6]> {
        let names: Vec<String> =
            header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
        if let [only] = &names[..]
            && let Some(mark) = [';', '\t', '|'].into_iter().find(|mark| only.matches(*mark).count() >= 5)
        {
            let message = format!("the columns are separated by `{}`, not by commas", mark.escape_default());
            self.error(
                "line 1",
                "not-comma-separated",
                &quoted(only),
                &message,
                "save the file as CSV UTF-8 (comma delimited)",
            );
            return None;
        }
        let stands_twice = |column: &&str| names.iter().filter(|name| name == column).count() > 1;
        if let Some(column) = COLUMNS.into_iter().find(stands_twice) {
            let message = format!("the column {column} stands twice");
            self.error("line 1", "double-column", &quoted(column), &message, "keep the one that counts");
            return None;
        }
        let mut positions = [0; 6];
        let mut missing = Vec::new();
        for (position, column) in positions.iter_mut().zip(COLUMNS) {
            match names.iter().position(|name| name == column) {
                Some(index) => *position = index,
                None => missing.push(column),
            }
        }
        for name in names.iter().filter(|name| !COLUMNS.contains(&name.as_str())) {
            let help = "the column was left out; nothing needs to be done";
            let message = "a column is not one that a submission has";
            self.report(Severity::Note, "line 1", "unknown-column", &quoted(name), message, help);
        }
        if missing.is_empty() {
            return Some(positions);
        }
        let found = quoted(&names.join(","));
        let message = format!("columns are missing: {}", missing.join(", "));
        self.error("line 1", "missing-column", &found, &message, &format!("the first line is {}", COLUMNS.join(",")));
        None
    }

    fn row(&mut self, record: &csv::ByteRecord, positions: &[usize; 6]) -> Option<Row> {
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(<[u8]>::is_empty) {
            return None;
        }
        if let Some(field) = record.iter().find(|field| field.contains(&b'\n')) {
            let found = quoted(String::from_utf8_lossy(field).lines().next().unwrap_or_default());
            let message = "a field goes on over the end of its line";
            let help = "look for a quotation mark that is not closed; no field of a return needs one";
            self.error(&format!("line {line}"), "unreadable-row", &found, message, help);
            return None;
        }
        let mut fields: [String; 6] = Default::default();
        for ((field, position), column) in fields.iter_mut().zip(positions).zip(COLUMNS) {
            let place = format!("line {line}, column {column}");
            let Some(bytes) = record.get(*position) else {
                let found = format!("{} fields", record.len());
                self.error(&place, "short-row", &found, "the row ends before this column", "write all six fields");
                return None;
            };
            let Ok(text) = std::str::from_utf8(bytes) else {
                let found = quoted(&String::from_utf8_lossy(bytes));
                self.error(&place, "not-utf-8", &found, "the text is not UTF-8", "save the file as CSV UTF-8");
                return None;
            };
            text.clone_into(field);
        }
        Some(Row { line, fields })
    }

    /// The one authority that the rows are from.
    fn authority(&mut self, rows: &[Row]) -> Option<String> {
        let Some(first) = rows.first() else {
            if !self.findings.is_empty() {
                return None; // there were rows, and what is wrong with them was told
            }
            self.error("line 1", "empty-file", "", "the file holds no rows", "send the file with its counts");
            return None;
        };
        let code = first.fields[0].trim().to_owned();
        for row in rows.iter().filter(|row| row.fields[0].trim() != code) {
            let place = format!("line {}, column authority_code", row.line);
            let found = quoted(&row.fields[0]);
            let message = format!("the file began with the authority `{code}`: one file is from one authority");
            self.error(&place, "several-authorities", &found, &message, "send one file for each authority");
        }
        Some(code)
    }

    fn entry(&mut self, row: &Row) -> Option<Entry> {
        let [_, service, measure, breakdown, ethnicity, count] = &row.fields;
        let place = |column: &str| format!("line {}, column {column}", row.line);
        let services: Vec<&str> = Service::ALL.iter().map(|service| service.id()).collect();
        let measures: Vec<&str> = self.standard.measures.iter().map(|measure| measure.id.as_str()).collect();
        let groups: Vec<&str> = Ethnicity::ALL.iter().map(|group| group.id()).collect();
        let service = self.known(service, &services, &place("service"), "service");
        let measure = self.known(measure, &measures, &place("measure"), "measure");
        let group = self.known(ethnicity, &groups, &place("ethnicity"), "ethnic group");
        let breakdown = measure.as_deref().and_then(|measure| self.breakdown(measure, breakdown, &place("breakdown")));
        let (answer, remark) = entry::answer(count);
        if let Some(remark) = remark {
            let found = quoted(count);
            self.report(remark.severity, &place("count"), remark.rule, &found, &remark.message, &remark.help);
        }
        Some(Entry {
            service: Service::from_id(&service?)?,
            measure: measure?,
            breakdown: breakdown?,
            ethnicity: Ethnicity::from_id(&group?)?,
            answer: answer.unwrap_or(Answer::Unreadable),
            location: place("count"),
        })
    }

    /// The pay band of a measure counted by band, nothing for any other.
    fn breakdown(&mut self, measure: &str, breakdown: &str, place: &str) -> Option<String> {
        let by_band = self.standard.measure(measure).is_some_and(|measure| measure.by_band);
        if by_band {
            let bands: Vec<&str> = self.settings.pay_bands.iter().map(|band| band.id.as_str()).collect();
            return self.known(breakdown, &bands, place, "pay band");
        }
        if breakdown.trim().is_empty() {
            return Some(String::new());
        }
        let message = format!("`{measure}` is not counted by pay band");
        self.error(place, "unknown-breakdown", &quoted(breakdown), &message, "leave the field empty");
        None
    }

    /// The identifier that the text means; capitals and spaces around are forgiven with a note.
    fn known(&mut self, text: &str, ids: &[&str], place: &str, what: &str) -> Option<String> {
        let tidy = text.trim().to_lowercase();
        if let Some(id) = ids.iter().find(|id| **id == tidy) {
            if tidy != *text {
                let help = format!("it was read as `{id}`; nothing needs to be done");
                self.report(Severity::Note, place, "read-as", &quoted(text), "the text differs in its letters", &help);
            }
            return Some((*id).to_owned());
        }
        let help = match nearest(&tidy, ids.iter().copied()) {
            Some(id) if !tidy.is_empty() => format!("did you mean `{id}`? (known: {})", ids.join(", ")),
            _ => format!("write one of {}", ids.join(", ")),
        };
        let message = format!("there is no {what} of this name");
        self.error(place, "unknown-name", &quoted(text), &message, &help);
        None
    }

    fn error(&mut self, location: &str, rule: &'static str, found: &str, message: &str, help: &str) {
        self.report(Severity::Error, location, rule, found, message, help);
    }

    fn report(
        &mut self,
        severity: Severity,
        location: &str,
        rule: &'static str,
        found: &str,
        message: &str,
        help: &str,
    ) {
        self.findings.push(Finding {
            authority_code: self.code.clone(),
            file: self.file.to_owned(),
            location: location.to_owned(),
            severity,
            rule,
            found: found.to_owned(),
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }
}
