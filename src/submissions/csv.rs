//! Reads a submission written as CSV, keeping the line of every count.

pub(super) mod records;
mod text;

use crate::configuration::nearest;
use crate::finding::{Checked, OfFile, Severity, quoted};
use crate::letters;
use crate::round::{Service, Settings};
use crate::standard::Standard;

use super::entry::{self, Answer, Cover, Entry, Ethnicity, Submission};
use records::{Flaw, Record, Records};
use text::plain;

const COLUMNS: [&str; 6] = ["authority_code", "service", "measure", "breakdown", "ethnicity", "count"];

/// What is said of texts that are not UTF-8, and of files without a row.
const NOT_UTF_8: &str = "the text is not UTF-8";
const AS_UTF_8: &str = "save the file as CSV UTF-8 (in Excel: Save as, CSV UTF-8)";
const EMPTY: &str = "send the file that holds your counts: this one is empty";

/// A return has a few hundred rows; what has more is none, and is not read to its end.
const MOST_ROWS: usize = 20_000;

/// Reads the bytes of a CSV submission; `None` when not even the columns or the authority can be told.
pub fn read(bytes: &[u8], file: &str, settings: &Settings, standard: &Standard) -> Checked<Option<Submission>> {
    read_of(bytes, file, settings, standard, &|_, _| false)
}

/// The same where two codes can be of one return.
pub(super) fn read_of(
    bytes: &[u8],
    file: &str,
    settings: &Settings,
    standard: &Standard,
    joint: &dyn Fn(&str, &str) -> bool,
) -> Checked<Option<Submission>> {
    let told = OfFile { file: file.to_owned(), ..OfFile::default() };
    let mut reader = Reader { told, settings, standard, joint };
    let value = reader.submission(bytes);
    Checked { value, findings: reader.told.findings.into_vec() }
}

struct Reader<'a> {
    told: OfFile,
    settings: &'a Settings,
    standard: &'a Standard,
    /// Whether two codes are of one return.
    joint: &'a dyn Fn(&str, &str) -> bool,
}

/// A row's fields, in the order of `COLUMNS`, and its line.
struct Row {
    line: usize,
    fields: [String; 6],
}

/// What a header says: where each of `COLUMNS` stands, and what every column is called.
struct Header {
    positions: [usize; 6],
    names: Vec<String>,
}

impl Header {
    /// Whether a column has a name that no return has.
    fn has_others(&self) -> bool {
        self.names.iter().any(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str()))
    }
}

impl Reader<'_> {
    fn submission(&mut self, bytes: &[u8]) -> Option<Submission> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.starts_with(b"PK\x03\x04") {
            let message = "the file is a workbook or an archive, not CSV";
            self.error("", "not-a-csv", "", message, "give it the ending .xlsx, or save it as CSV");
            return None;
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
            self.error("", "not-utf-8", "", NOT_UTF_8, AS_UTF_8);
            return None;
        }
        let mut records = Records::new(bytes).filter(|record| !is_blank(record)).peekable();
        // A spreadsheet program is told the separator so; the line is no row.
        records.next_if(|record| names(record).join(",") == "sep=,");
        let Some(first) = records.next() else {
            self.error("line 1", "empty-file", "", "the file holds no rows", EMPTY);
            return None;
        };
        let mut header = self.header(&first)?;
        let mut rows = Vec::new();
        for (number, record) in records.enumerate() {
            if number == MOST_ROWS {
                let message = format!("the file has more than {MOST_ROWS} rows, a return has a few hundred");
                let help = "send only the counts of one authority";
                self.error(&format!("line {}", record.line), "file-too-large", "", &message, help);
                self.told.authority_code = self.authority(&rows).unwrap_or_default();
                return None;
            }
            if is_header(&record) {
                self.header_again(&record);
                header = self.header(&record)?;
                continue;
            }
            rows.extend(self.row(&record, &header));
        }
        self.told.authority_code = self.authority(&rows)?;
        let entries = rows.iter().filter_map(|row| self.entry(row)).collect();
        Some(Submission {
            authority_code: self.told.authority_code.clone(),
            file: self.told.file.clone(),
            entries,
            cover: Cover::default(),
        })
    }

    /// Where each of the six columns stands; the order in the file is free.
    fn header(&mut self, record: &Record<'_>) -> Option<Header> {
        if let Some(flaw) = record.flaw {
            self.flaw(record, flaw);
            return None;
        }
        let place = format!("line {}", record.line);
        let names = names(record);
        let separator = |only: &str| {
            let told = only.strip_prefix("sep=").and_then(|rest| rest.chars().next());
            told.or_else(|| [';', '\t', '|'].into_iter().find(|mark| only.matches(*mark).count() >= 5))
        };
        if let [only] = &names[..]
            && let Some(mark) = separator(only)
        {
            let message = format!("the columns are separated by `{}`, not by commas", mark.escape_default());
            let help = "save the file as CSV UTF-8 (comma delimited)";
            self.error(&place, "not-comma-separated", &quoted(only), &message, help);
            return None;
        }
        let stands_twice = |column: &&str| names.iter().filter(|name| name == column).count() > 1;
        if let Some(column) = COLUMNS.into_iter().find(stands_twice) {
            let message = format!("the column {column} stands twice");
            self.error(&place, "double-column", &quoted(column), &message, "keep the one that is meant");
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
        // A column without a name is a spreadsheet's surplus comma, unless something stands in it.
        for name in names.iter().filter(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str())) {
            let help = "the column was left out; nothing needs to be done";
            let message = "a column is not one that a submission has";
            self.told.report(Severity::Note, &place, "unknown-column", &quoted(name), message, help);
        }
        if missing.is_empty() {
            return Some(Header { positions, names });
        }
        let found = quoted(&names.join(","));
        let message = format!("columns are missing: {}", missing.join(", "));
        self.error(&place, "missing-column", &found, &message, &format!("the first line is {}", COLUMNS.join(",")));
        None
    }

    /// Files that were put one after the other have a header in the middle: from there on it is the header.
    fn header_again(&mut self, record: &Record<'_>) {
        let place = format!("line {}", record.line);
        let help = "it was taken as the header of what follows; nothing needs to be done";
        self.told.report(
            Severity::Note,
            &place,
            "repeated-header",
            "",
            "the header stands in the middle of the file",
            help,
        );
    }

    fn flaw(&mut self, record: &Record<'_>, flaw: Flaw) {
        let text = |number: usize| {
            let text = record.fields.get(number).map(|field| String::from_utf8_lossy(field)).unwrap_or_default();
            quoted(text.split(['\r', '\n']).next().unwrap_or_default())
        };
        let (found, message, help) = match flaw {
            Flaw::OverLines(number) | Flaw::NotClosed(number) => (
                text(number),
                "a field goes on over the end of its line",
                "look for a quotation mark that is not closed; no field of a return needs one",
            ),
            Flaw::AfterQuotes(number) => (
                text(number),
                "a field goes on after its closing quotation mark",
                "take the quotation marks out: no field of a return needs one",
            ),
            Flaw::TooMany => (
                String::new(),
                "the line has more fields than a spreadsheet has columns",
                "take the surplus commas out: a line has six fields",
            ),
        };
        self.error(&format!("line {}", record.line), "unreadable-row", &found, message, help);
    }

    fn row(&mut self, record: &Record<'_>, header: &Header) -> Option<Row> {
        let line = record.line;
        if let Some(flaw) = record.flaw {
            self.flaw(record, flaw);
            return None;
        }
        let [_, service, measure, _, ethnicity, _] = header.positions;
        if [service, measure, ethnicity].iter().all(|at| record.fields.get(*at).is_none_or(|field| blank(field))) {
            let found = record.fields.iter().map(|field| String::from_utf8_lossy(field)).collect::<Vec<_>>().join(",");
            let message = "the line has no service, measure and group: it is no row of a return";
            let help = "take totals and remarks out: each line is one count";
            self.error(&format!("line {line}"), "not-a-row", &quoted(&found), message, help);
            return None;
        }
        if let Some(surplus) = surplus(record, header) {
            let found = quoted(&String::from_utf8_lossy(&record.fields[surplus]));
            let message = format!("the line has something in field {}, where the header has no column", surplus + 1);
            let help = "a number with a comma, such as 1,234, is two fields: write 1234; or take out what is too much";
            self.error(&format!("line {line}"), "long-row", &found, &message, help);
            return None;
        }
        let mut fields: [String; 6] = Default::default();
        for ((field, position), column) in fields.iter_mut().zip(header.positions).zip(COLUMNS) {
            let place = format!("line {line}, column {column}");
            let Some(bytes) = record.fields.get(position) else {
                let found = format!("{} fields", record.fields.len());
                let help = format!("write all six fields: {}", COLUMNS.join(","));
                self.error(&place, "short-row", &found, "the row ends before this column", &help);
                return None;
            };
            let Ok(text) = std::str::from_utf8(bytes) else {
                let found = quoted(&String::from_utf8_lossy(bytes));
                self.error(&place, "not-utf-8", &found, NOT_UTF_8, AS_UTF_8);
                return None;
            };
            text.clone_into(field);
        }
        Some(Row { line, fields })
    }

    /// The one authority that the rows are from.
    fn authority(&mut self, rows: &[Row]) -> Option<String> {
        if rows.is_empty() && self.told.findings.is_empty() {
            self.error("line 1", "empty-file", "", "the file holds no rows", EMPTY);
        }
        let mut code: Option<String> = None;
        for row in rows {
            let (place, written) = (format!("line {}, column authority_code", row.line), &row.fields[0]);
            let own = plain(written);
            match &code {
                _ if own.is_empty() => {
                    let message = "the line does not tell whose it is";
                    let help = "write your authority's code, such as E09000007, in each line";
                    self.error(&place, "missing-authority-code", "", message, help);
                }
                None => {
                    if own != written.trim() {
                        self.read_as(&place, written, &own);
                    }
                    code = Some(own);
                }
                Some(code) if !own.eq_ignore_ascii_case(code) && !(self.joint)(&own, code) => {
                    let found = quoted(written);
                    let message =
                        format!("the file began with the authority {}: one file is from one authority", quoted(code));
                    self.error(&place, "several-authorities", &found, &message, "send one file for each authority");
                }
                Some(_) => {}
            }
        }
        code
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
        let answer = self.answer(count, &place("count"));
        Some(Entry {
            service: Service::from_id(&service?)?,
            measure: measure?,
            breakdown: breakdown?,
            ethnicity: Ethnicity::from_id(&group?)?,
            answer,
            location: place("count"),
        })
    }

    /// The answer in a field; what only spreadsheets need around it, such as `="12"`, is taken away and told.
    fn answer(&mut self, text: &str, place: &str) -> Answer {
        let plain = plain(text);
        // Spaces alone are the cell's own business.
        let (answer, remark) = entry::answer(if plain == text.trim() { text } else { &plain });
        match (&answer, remark) {
            (_, Some(remark)) => {
                self.told.report(remark.severity, place, remark.rule, &quoted(text), &remark.message, &remark.help);
            }
            (Some(answer), None) if plain != text => self.read_as(place, text, &answer.written()),
            _ => {}
        }
        answer.unwrap_or(Answer::Unreadable)
    }

    /// The pay band of a measure counted by band, nothing for any other.
    fn breakdown(&mut self, measure: &str, breakdown: &str, place: &str) -> Option<String> {
        let by_band = self.standard.measure(measure).is_some_and(|measure| measure.by_band);
        if by_band {
            let bands: Vec<&str> = self.settings.pay_bands.iter().map(|band| band.id.as_str()).collect();
            return self.known(breakdown, &bands, place, "pay band");
        }
        if plain(breakdown).is_empty() {
            return Some(String::new());
        }
        let message = format!("`{measure}` is not counted by pay band");
        self.error(place, "unknown-breakdown", &quoted(breakdown), &message, "leave the field empty");
        None
    }

    /// The identifier that the text means; capitals, spaces and quotation marks around are forgiven with a note.
    fn known(&mut self, text: &str, ids: &[&str], place: &str, what: &str) -> Option<String> {
        let tidy = plain(text).to_lowercase();
        if let Some(id) = ids.iter().find(|id| **id == tidy) {
            if tidy != *text {
                self.read_as(place, text, id);
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

    /// Tells how a text was understood that is not written as it should be.
    fn read_as(&mut self, place: &str, text: &str, understood: &str) {
        let message = match letters::first_invisible(text) {
            Some(invisible) => format!("the text holds {invisible}, which nobody sees"),
            None => "the text differs in its letters".to_owned(),
        };
        let understood = if understood.is_empty() { "blank".to_owned() } else { quoted(understood) };
        let help = format!("it was read as {understood}; nothing needs to be done");
        self.told.report(Severity::Note, place, "read-as", &quoted(text), &message, &help);
    }

    fn error(&mut self, location: &str, rule: &'static str, found: &str, message: &str, help: &str) {
        self.told.report(Severity::Error, location, rule, found, message, help);
    }
}

/// What the fields of a header are called.
fn names(record: &Record<'_>) -> Vec<String> {
    record.fields.iter().map(|name| plain(&String::from_utf8_lossy(name)).to_lowercase()).collect()
}

/// Whether a line has all the columns' names.
fn is_header(record: &Record<'_>) -> bool {
    let begins = |field: &[u8]| {
        field.len() >= COLUMNS[0].len() && plain(&String::from_utf8_lossy(field)).eq_ignore_ascii_case(COLUMNS[0])
    };
    record.fields.iter().any(|field| begins(field)) && {
        let names = names(record);
        COLUMNS.iter().all(|column| names.iter().any(|name| name == column))
    }
}

/// Whether a field shows nothing.
fn blank(field: &[u8]) -> bool {
    field.iter().all(u8::is_ascii_whitespace)
        || std::str::from_utf8(field).is_ok_and(|text| letters::seen(text).is_empty())
}

/// Whether a line has only commas and blanks.
fn is_blank(record: &Record<'_>) -> bool {
    record.flaw.is_none() && record.fields.iter().all(|field| blank(field))
}

/// The field that says something where the header has no column.
///
/// Beside columns that were left out, one field too many may have moved a count: there, not even a blank one is harmless.
fn surplus(record: &Record<'_>, header: &Header) -> Option<usize> {
    let nameless =
        |index: &usize| header.names.get(*index).is_none_or(String::is_empty) && !blank(&record.fields[*index]);
    let beyond = (header.has_others() && record.fields.len() > header.names.len()).then_some(header.names.len());
    (0..record.fields.len()).find(nameless).or(beyond)
}
