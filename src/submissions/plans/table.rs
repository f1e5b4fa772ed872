//! Reads a plan's rows: one action each, and what is doubtful about it.

use std::collections::BTreeSet;

use super::cell::{self, Said};
use super::{Action, File};
use crate::configuration::nearest;
use crate::finding::{Severity, quoted};
use crate::letters;
use crate::round::{Round, Service};
use crate::standard::{Indicator, Kind};
use crate::submissions::csv::records::{Flaw, Record, Records};

/// The columns, and how many letters of each are printed.
const COLUMNS: [(&str, usize); 9] = [
    ("indicator", 120),
    ("service", 40),
    ("action", 300),
    ("owner", 80),
    ("due", 40),
    ("baseline", 12),
    ("target", 12),
    ("status", 80),
    ("note", 300),
];

/// More actions than these are no plan that anybody looks through once a year.
const MOST_ACTIONS: usize = 20;

/// The actions of a plan: what cannot be read is left out and told.
pub(super) fn read(bytes: &[u8], round: &Round, file: &mut File) -> Vec<Action> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')) else {
        file.tell("", "plan-unreadable", "", "the text is not UTF-8", "save the file as CSV UTF-8 (comma delimited)");
        return Vec::new();
    };
    let mut records = Records::new(text.as_bytes()).filter(|record| !is_blank(record)).peekable();
    // A spreadsheet program is told the separator so; the line is no row.
    records.next_if(|record| fields(record).concat().trim() == "sep=");
    let Some(first) = records.next() else {
        file.tell("", "plan-unreadable", "", "the file holds no rows", "write one action in each line");
        return Vec::new();
    };
    let Some(header) = header(&first, file) else { return Vec::new() };
    let width = first.fields.len();
    let mut reader = Reader { round, file, header, width, seen: BTreeSet::new() };
    let mut actions = Vec::new();
    for record in records {
        if let Some(action) = reader.action(&record) {
            actions.push(action);
        }
    }
    if let Some(first) = actions.get(MOST_ACTIONS) {
        let message = format!("the plan has {} actions, and {MOST_ACTIONS} are printed", actions.len());
        let place = format!("line {}", first.line);
        file.tell(&place, "plan-cut", "", &message, "put first what is to be looked at together");
    }
    actions.truncate(MOST_ACTIONS);
    actions
}

/// Where each column stands in the file, if it does.
type Header = [Option<usize>; 9];

fn is_blank(record: &Record<'_>) -> bool {
    record.fields.iter().all(|field| field.iter().all(u8::is_ascii_whitespace))
}

fn fields(record: &Record<'_>) -> Vec<String> {
    record.fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

fn header(record: &Record<'_>, file: &mut File) -> Option<Header> {
    let place = format!("line {}", record.line);
    let names: Vec<String> = fields(record).iter().map(|name| letters::seen(name).to_lowercase()).collect();
    let expected = COLUMNS.map(|(name, _)| name).join(",");
    if let [only] = &names[..]
        && let Some(mark) = [';', '\t', '|'].into_iter().find(|mark| only.contains(*mark))
    {
        let message = format!("the columns are separated by `{}`, not by commas", mark.escape_default());
        file.tell(&place, "plan-unreadable", &quoted(only), &message, "save the file as CSV UTF-8 (comma delimited)");
        return None;
    }
    for (number, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let known = COLUMNS.iter().any(|(column, _)| column == name);
        if known && !names[..number].contains(name) {
            continue;
        }
        let message = if known { "the column stands twice" } else { "a column is not one that a plan has" };
        let meant = nearest(name, COLUMNS.iter().map(|(column, _)| *column)).filter(|_| !known);
        let help = meant.map_or_else(
            || "the column was left out; nothing needs to be done".to_owned(),
            |meant| format!("the column was left out; did you mean `{meant}`?"),
        );
        file.0.report(Severity::Note, &place, "plan-column", &quoted(name), message, &help);
    }
    let header: Header = COLUMNS.map(|(column, _)| names.iter().position(|name| name == column));
    if header[2].is_none() {
        let help = format!("the first line is {expected}");
        file.tell(&place, "plan-column", &quoted(&names.join(",")), "the column action is missing", &help);
        return None;
    }
    Some(header)
}

struct Reader<'a> {
    round: &'a Round,
    file: &'a mut File,
    header: Header,
    /// How many columns the header has, also those that no plan has.
    width: usize,
    /// The actions so far: indicator, service and what is done.
    seen: BTreeSet<(String, String, String)>,
}

impl<'a> Reader<'a> {
    fn action(&mut self, record: &Record<'_>) -> Option<Action> {
        let line = record.line;
        let written = fields(record);
        self.is_whole(record, &written)?;
        let [indicator, service, action, owner, due, baseline, target, status, note] =
            std::array::from_fn(|column| self.cell(&written, column, line));
        if action.is_empty() {
            let help = "write in the column action what is done";
            self.file.tell(&format!("line {line}"), "plan-row", "", "the line has no action, so it is left out", help);
            return None;
        }
        let key = (indicator.to_lowercase(), service.to_lowercase(), action.to_lowercase());
        if !self.seen.insert(key) {
            let message = "the same action stands twice for one indicator and service; it is printed once";
            self.file.tell(&format!("line {line}"), "plan-double", &quoted(&action), message, "take one of them out");
            return None;
        }
        let place = |column: &str| format!("line {line}, column {column}");
        let of = self.indicator(&indicator, &place("indicator"));
        let share = of.is_some_and(|indicator| indicator.kind == Kind::Share);
        let service = self.service(&service, &place("service"));
        for (column, text) in [("baseline", &baseline), ("target", &target)] {
            if !text.is_empty() && !if share { cell::is_percentage(text) } else { cell::ratio(text).is_some() } {
                let (message, help) = match share {
                    true => ("this is no share in per cent", "write it like 12.5%, or leave it empty"),
                    false => ("this is no ratio", "write a number like 1.37, or leave it empty"),
                };
                self.file.tell(&place(column), "plan-ratio", &quoted(text), message, help);
            }
        }
        if !due.is_empty() && !cell::is_date(&due) {
            let help = "write it like 2025-03-31 or March 2025; it is printed as it is written";
            self.file.tell(&place("due"), "plan-date", &quoted(&due), "this is no date", help);
        }
        let indicator = of.map(|indicator| indicator.id.clone());
        Some(Action { line, indicator, service, action, owner, due, baseline, target, status, note })
    }

    /// Nothing where the row's cells cannot be told apart; lines may break within quotation marks.
    fn is_whole(&mut self, record: &Record<'_>, written: &[String]) -> Option<()> {
        let surplus = written.iter().skip(self.width).find(|field| !field.trim().is_empty());
        let (found, message, help) = match (record.flaw, surplus) {
            (Some(Flaw::NotClosed(number)), _) => {
                (written.get(number), "a quotation mark is not closed", "close it, or take it out")
            }
            (Some(Flaw::AfterQuotes(number)), _) => (
                written.get(number),
                "something stands after a closing quotation mark",
                "double the quotation marks within a text, or take them out",
            ),
            (Some(Flaw::TooMany), _) => (None, "the line has more fields than a spreadsheet has columns", "shorten it"),
            (_, Some(field)) => (
                Some(field),
                "the line has something where the header has no column",
                "put a text with a comma in it between quotation marks",
            ),
            _ => return Some(()),
        };
        let found = found.map_or_else(String::new, |text| quoted(text.lines().next().unwrap_or_default()));
        let message = format!("{message}, so the line is left out");
        self.file.tell(&format!("line {}", record.line), "plan-row", &found, &message, help);
        None
    }

    /// The text of a cell as it can be printed.
    fn cell(&mut self, written: &[String], column: usize, line: usize) -> String {
        let (name, most) = COLUMNS[column];
        let text = self.header[column].and_then(|at| written.get(at)).map_or("", String::as_str);
        let Said { text: said, lacking, letters } = cell::said(text, most);
        let place = format!("line {line}, column {name}");
        if let Some(letter) = lacking {
            let found = format!("{letter:?} (U+{:04X})", u32::from(letter));
            let message = "the text holds a letter that the reports' font lacks, and a question mark is printed for it";
            self.file.tell(&place, "plan-letter", &found, message, "write it without, or in letters");
        }
        if let Some(letters) = letters {
            let message = format!("the text has {letters} letters, and {most} are printed");
            self.file.tell(&place, "plan-cut", &quoted(text.trim()), &message, "say it in fewer words");
        }
        said
    }

    /// The indicator that is meant: by its identifier, alone or before its name, or by its name.
    fn indicator(&mut self, written: &str, place: &str) -> Option<&'a Indicator> {
        let tidy = written.to_lowercase();
        let tidy = tidy.strip_prefix("indicator").unwrap_or(&tidy).trim();
        if tidy.is_empty() {
            return None;
        }
        let first = tidy.split([' ', ':', '.', ',']).next().unwrap_or_default();
        let round = self.round;
        let known = |indicator: &&Indicator| {
            let names = [&indicator.name, &indicator.short_name].map(|name| name.to_lowercase());
            indicator.id.to_lowercase() == first || names.iter().any(|name| name == tidy)
        };
        let found = round.indicators.iter().find(known);
        if found.is_none() {
            let ids = round.indicators.iter().map(|indicator| indicator.id.as_str());
            let names: Vec<String> = round.indicators.iter().map(|one| one.short_name.to_lowercase()).collect();
            let list: Vec<&str> = ids.clone().collect();
            let help = match nearest(tidy, names.iter().map(String::as_str)).or_else(|| nearest(first, ids)) {
                Some(near) => format!("did you mean `{near}`? (known: {})", list.join(", ")),
                None => format!("write one of {}, or leave it empty", list.join(", ")),
            };
            let message = "there is no indicator of this name, so the action stands without any movement";
            self.file.tell(place, "plan-name", &quoted(written), message, &help);
        }
        found
    }

    /// The service that is meant; nothing where it is all of them.
    fn service(&mut self, written: &str, place: &str) -> Option<Service> {
        let tidy: String = written.to_lowercase().chars().filter(|letter| letter.is_ascii_alphabetic()).collect();
        let tidy = tidy.trim_end_matches("services").trim_end_matches("service");
        if ["", "all", "both", "combined"].contains(&tidy) {
            return None;
        }
        let found =
            Service::ALL.into_iter().find(|service| service.id() == tidy || service.id().trim_end_matches('s') == tidy);
        if found.is_none() {
            let near = nearest(tidy, Service::ALL.iter().map(|service| service.id())).unwrap_or("adults");
            let help = format!("did you mean `{near}`? Leave it empty for all services");
            self.file.tell(place, "plan-name", &quoted(written), "there is no service of this name", &help);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::finding::{Finding, OfFile};
    use crate::round;
    use crate::standard;

    fn round() -> Round {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        round::read(&data, 2024, &standard::read(&data).expect("the standard")).expect("a round")
    }

    fn plan(text: &[u8], round: &Round) -> (Vec<Action>, Vec<Finding>) {
        let mut file = File(OfFile { file: "plans/F.csv".into(), authority_code: "F".into(), ..OfFile::default() });
        let actions = super::read(text, round, &mut file);
        (actions, file.0.findings.into_vec())
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        let round = round();
        let header = "indicator,action,due,baseline,note";
        let long = format!("{header}\n3,{},,,", "é".repeat(10_000));
        for (text, action, note, rules) in [
            (format!("\u{feff}{header}\r\n3,Ask,2025-03-31,1.2,so\r\n"), "Ask", "so", vec![]),
            (format!("sep=,\n{header}\n3,Ask; then tell,,,a;b"), "Ask; then tell", "a;b", vec![]),
            (format!("{header}\n3,\"Ask, \"\"then\"\"\r\ntell\",,,"), "Ask, \"then\" tell", "", vec![]),
            (format!("{header}\n3,=1+1,,,\"=HYPERLINK(\"\"x\"\")\""), "=1+1", "=HYPERLINK(\"x\")", vec![]),
            (format!("{header}\n3,Ask"), "Ask", "", vec![]),
            (
                format!("{header}\n99,Ask,soon,x,\u{1f600}"),
                "Ask",
                "?",
                vec!["plan-letter", "plan-name", "plan-ratio", "plan-date"],
            ),
            (long, "", "", vec!["plan-cut"]),
        ] {
            let (actions, findings) = plan(text.as_bytes(), &round);
            let told: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
            assert_eq!(told, rules, "{text:.60}");
            assert_eq!(actions.len(), 1, "{text:.60}");
            assert_eq!(actions[0].note, note);
            assert!(action.is_empty() || actions[0].action == action, "{:?}", actions[0]);
            assert!(actions[0].action.chars().count() < 330);
        }
    }

    #[test]
    fn what_is_no_table_is_told_and_gives_nothing() {
        let round = round();
        for text in [
            &b""[..],
            b"\n \n",
            b"indicator;action\n3;Ask\n",
            b"indicator\taction\n3\tAsk\n",
            b"action\nCaf\xe9\n",
            b"\xff\xfea\0c\0",
            b"PK\x03\x04\0",
            b"what\nAsk\n",
        ] {
            let (actions, findings) = plan(text, &round);
            assert!(actions.is_empty() && !findings.is_empty(), "{text:?}");
            assert!(findings.iter().all(|finding| finding.severity != Severity::Error));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(parts in prop::collection::vec(prop::sample::select(vec![
            &b"indicator,action,note,due,baseline\n"[..], b"3", b"7a,", b",", b"\"", b"\r\n", b"\n", b";", b"Ask", b"\xff", b"\xef\xbb\xbf", b"=1+1",
            b"\xef\xb7\x90", b"1.37", b"31/02/2025", b"'", b"\t", b"\xe2\x80\xae",
        ]), 0..40)) {
            let (actions, findings) = plan(&parts.concat(), &round());
            prop_assert!(actions.len() <= MOST_ACTIONS);
            prop_assert!(findings.iter().all(|finding| finding.severity != Severity::Error));
            let printable = |action: &Action| action.words().iter().all(|text| text.chars().all(crate::authority::printable));
            prop_assert!(actions.iter().all(printable));
        }
    }
}
