//! Reads a filled workbook by its labels: the cover, then a table for each service.

use super::open::{Cell, Problem, Sheet, open};
use super::{
    AUTHORITY_CODE, AUTHORITY_NAME, COVER, LAYOUT_VERSION, NOTES, VERSION, YEAR, cell_name, normalised, table,
};
use crate::finding::{Checked, Finding, Severity};
use crate::round::{Service, Settings};
use crate::standard::Standard;
use crate::submissions::entry::{Cover, Entry, Submission};

/// Reads a workbook, whatever its bytes; what cannot be read is a finding and leaves the rest as it is.
pub fn read(bytes: &[u8], file: &str, settings: &Settings, standard: &Standard) -> Checked<Option<Submission>> {
    let mut report = Report { file, findings: Vec::new() };
    let submission = read_submission(bytes, settings, standard, &mut report);
    let mut findings = report.findings;
    for finding in &mut findings {
        finding.authority_code = submission.as_ref().map(|it| it.authority_code.clone()).unwrap_or_default();
    }
    Checked { value: submission, findings }
}

/// The findings of one file.
pub(super) struct Report<'a> {
    file: &'a str,
    pub(super) findings: Vec<Finding>,
}

impl Report<'_> {
    /// Adds an error.
    pub(super) fn error(&mut self, rule: &'static str, location: &str, found: &str, message: &str, help: &str) {
        self.add(Severity::Error, rule, location, found, message, help);
    }

    /// Adds a finding; a text that was found is shown in backticks and cut to a readable length.
    pub(super) fn add(
        &mut self,
        severity: Severity,
        rule: &'static str,
        location: &str,
        found: &str,
        message: &str,
        help: &str,
    ) {
        self.findings.push(Finding {
            authority_code: String::new(),
            file: self.file.to_owned(),
            location: plain(location),
            severity,
            rule,
            found: if found.is_empty() { String::new() } else { format!("`{}`", plain(found)) },
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }

    fn problem(&mut self, problem: &Problem) {
        let Problem { location, rule, found, message, help } = problem;
        self.error(rule, location, found, message, help);
    }

    /// A report of its own for one sheet, which may turn out not to matter.
    pub(super) fn apart(&self) -> Self {
        Self { file: self.file, findings: Vec::new() }
    }
}

/// A text from a file in one line: without control characters, and cut after 80 letters.
fn plain(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut plain: String =
        text.chars().take(LONGEST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().nth(LONGEST).is_some() {
        plain.push('…');
    }
    plain
}

fn read_submission(
    bytes: &[u8],
    settings: &Settings,
    standard: &Standard,
    report: &mut Report<'_>,
) -> Option<Submission> {
    let services = Service::ALL.map(Service::sheet);
    let wanted = [&[COVER][..], &services[..]].concat();
    let opened = match open(bytes, &wanted) {
        Ok(opened) => opened,
        Err(problem) => {
            report.problem(&problem);
            return None;
        }
    };
    for problem in &opened.problems {
        report.problem(problem);
    }
    let sheet = |name: &str| opened.sheets.iter().find(|sheet| normalised(&sheet.name) == normalised(name));
    let authority_code = read_cover(sheet(COVER), report);
    let found: Vec<(Service, &Sheet)> =
        Service::ALL.into_iter().filter_map(|service| sheet(service.sheet()).map(|it| (service, it))).collect();
    if found.is_empty() && !opened.problems.iter().any(|problem| services.contains(&problem.location.as_str())) {
        let help = format!("name the sheets {}, or copy the counts into a fresh workbook", services.join(", "));
        report.error("no-service-sheet", "", "", "the workbook has no sheet of a service", &help);
    }
    let mut others: Vec<&str> = opened.others.iter().map(String::as_str).filter(|name| *name != NOTES).collect();
    // A sheet that was renamed and left would drop a whole service.
    others.retain(|name| {
        let like = |service: &Service| {
            let word = match service {
                Service::Adults => "adult",
                Service::Childrens => "child",
                Service::Combined => "combined",
            };
            normalised(name).contains(word) && !found.iter().any(|(other, _)| other == service)
        };
        if let Some(service) = Service::ALL.into_iter().find(like) {
            let message = format!("the sheet was not read: its name is not `{}`", service.sheet());
            let help = format!("name it `{}`, or delete it if it is not meant", service.sheet());
            report.error("renamed-sheet", name, name, &message, &help);
            return false;
        }
        true
    });
    if !others.is_empty() {
        let message = "sheets that are not part of the collection workbook were not read";
        let help = "nothing needs to be done, unless a sheet of counts was renamed";
        report.add(Severity::Note, "other-sheets", "", &others.join(", "), message, help);
    }
    let read = |(service, sheet)| table::read(service, sheet, settings, standard, report);
    let entries: Vec<Entry> = found.into_iter().flat_map(read).collect();
    let told = |label| sheet(COVER).and_then(|cover| beside(cover, label));
    let cover = Cover { name: told(AUTHORITY_NAME), year: told(YEAR) };
    Some(Submission { authority_code: authority_code?, file: report.file.to_owned(), entries, cover })
}

/// The authority's code; a cover of another layout is an error, and the sheets are read all the same.
fn read_cover(cover: Option<&Sheet>, report: &mut Report<'_>) -> Option<String> {
    let help =
        format!("write your authority's code, such as E09000007, beside `{AUTHORITY_CODE}` on the sheet {COVER}");
    let Some(cover) = cover else {
        report.error(
            "missing-authority-code",
            COVER,
            "",
            "the workbook has no cover, so its authority is not known",
            &help,
        );
        return None;
    };
    match beside(cover, VERSION) {
        Some((_, version)) if version == LAYOUT_VERSION => {}
        Some((place, version)) => {
            let message = format!("the workbook's layout is not version {LAYOUT_VERSION}");
            report.error("unknown-layout", &place, &version, &message, "use the collection workbook of this round");
        }
        None => report.add(
            Severity::Warning,
            "missing-layout-version",
            &cover.name,
            "",
            "the cover does not tell the layout's version",
            "the sheets were read by their labels; use the collection workbook of this round",
        ),
    }
    let code = beside(cover, AUTHORITY_CODE);
    if code.is_none() {
        let place = label(cover, AUTHORITY_CODE)
            .map_or(cover.name.clone(), |(row, column)| cell_name(&cover.name, row, column + 1));
        report.error("missing-authority-code", &place, "", "the cover does not tell the authority's code", &help);
    }
    code.map(|(_, code)| code)
}

/// The place of the first cell with this text.
fn label(sheet: &Sheet, text: &str) -> Option<(u32, u32)> {
    let wanted = normalised(text);
    let is_label = |value: &Cell| matches!(value, Cell::Text(text) if normalised(text) == wanted);
    sheet.cells.iter().find(|(_, value)| is_label(value)).map(|(place, _)| *place)
}

/// What stands in the cell to the right of a label, and where.
fn beside(sheet: &Sheet, text: &str) -> Option<(String, String)> {
    let (row, column) = label(sheet, text)?;
    let value = match sheet.cells.get(&(row, column + 1))? {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Error(_) | Cell::Other(_) | Cell::Formula => return None,
    };
    Some((cell_name(&sheet.name, row, column + 1), value))
}
