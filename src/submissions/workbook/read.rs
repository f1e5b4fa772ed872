//! Reads a filled workbook by its labels: the cover, then a table for each service.

use super::open::{Problem, open};
use super::remarks::{is_cover, remarks};
use super::sheet::{Place, Sheet, Value};
use super::{
    AUTHORITY_CODE, AUTHORITY_NAME, CONTACT, COVER, LAYOUT_VERSION, VERSION, YEAR, cell_name, normalised, sheets,
};
use crate::finding::{Checked, Finding, Severity, plural};
use crate::round::Settings;
use crate::standard::Standard;
use crate::submissions::entry::{Cover, Submission};

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
    pub(super) file: &'a str,
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
            others: Vec::new(),
        });
    }

    /// The finding added last is about these cells as well.
    pub(super) fn also(&mut self, cells: impl IntoIterator<Item = String>) {
        let Some(finding) = self.findings.last_mut() else { return };
        let own = finding.location.clone();
        finding.others.extend(cells.into_iter().filter(|cell| *cell != own));
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
    let opened = match open(bytes, |sheet| sheets::matters(sheet, standard)) {
        Ok(opened) => opened,
        Err(problem) => {
            report.problem(&problem);
            return None;
        }
    };
    for problem in &opened.problems {
        report.problem(problem);
    }
    let by_name = opened.sheets.iter().find(|sheet| normalised(&sheet.name) == normalised(COVER));
    let sheet = by_name.or_else(|| opened.sheets.iter().find(|sheet| is_cover(sheet)));
    let authority_code = read_cover(sheet, report);
    if let Some(cover) = sheet {
        tell_of_contact(cover, report);
    }
    let entries = sheets::read(&opened, sheet, settings, standard, report);
    let told = |label| sheet.and_then(|cover| beside(cover, label));
    let remarks = remarks(&opened, sheet, settings);
    tell_of_remarks(&remarks, report);
    let cover = Cover { name: told(AUTHORITY_NAME), year: told(YEAR), contact: told(CONTACT), remarks };
    Some(Submission { authority_code: authority_code?, file: report.file.to_owned(), entries, cover })
}

/// One note for all remarks, so that somebody reads them.
fn tell_of_remarks(remarks: &[(String, String)], report: &mut Report<'_>) {
    const NAMED: usize = 3;
    let Some((place, text)) = remarks.first() else { return };
    let places: Vec<&str> = remarks.iter().take(NAMED).map(|(place, _)| place.as_str()).collect();
    let more = if remarks.len() > NAMED { " and elsewhere" } else { "" };
    let count = plural(remarks.len(), "remark");
    let message = format!("{count} of the submitter's stand beside the counts, at {}{more}", places.join(", "));
    let message = if remarks.len() == 1 { message.replace(" stand ", " stands ") } else { message };
    report.add(
        Severity::Note,
        "remarks",
        place,
        text,
        &message,
        "they change no count, and are read by whoever looks at the return: the page of its checks shows them all",
    );
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
            report.error("unknown-layout", &place, &version, &message, "copy the counts into the collection workbook of this round");
        }
        None => report.add(
            Severity::Warning,
            "missing-layout-version",
            &cover.name,
            "",
            "the cover does not tell the layout's version",
            "the sheets were read by their labels; if this is not the collection workbook of this round, copy the counts into that",
        ),
    }
    let code = beside(cover, AUTHORITY_CODE);
    if code.is_none() {
        let place = right_of(cover, AUTHORITY_CODE)
            .map_or(cover.name.clone(), |(row, column)| cell_name(&cover.name, row, column));
        report.error("missing-authority-code", &place, "", "the cover does not tell the authority's code", &help);
    }
    code.map(|(_, code)| code)
}

/// A cover on which the place for whom to ask was left empty.
fn tell_of_contact(cover: &Sheet, report: &mut Report<'_>) {
    let Some((row, column)) = right_of(cover, CONTACT) else { return };
    if beside(cover, CONTACT).is_none_or(|(_, written)| written.is_empty()) {
        let place = cell_name(&cover.name, row, column);
        let message = "the cover does not tell whom to ask about the figures";
        let help = "write a name and an email address there: they are for questions about the return, and for sending your benchmark \
                    pack to the right person";
        report.add(Severity::Note, "no-contact", &place, "", message, help);
    }
}

/// The place of the first cell with this text.
fn label(sheet: &Sheet, text: &str) -> Option<Place> {
    let wanted = normalised(text);
    let is_label = |value: &Value| matches!(value, Value::Text(text) if normalised(text) == wanted);
    sheet.cells.iter().find(|(_, cell)| is_label(&cell.value)).map(|(place, _)| *place)
}

/// The cell to the right of a label.
fn right_of(sheet: &Sheet, text: &str) -> Option<Place> {
    let (row, column) = label(sheet, text)?;
    // A label may have been merged with cells beside it.
    Some((row, sheet.merge_at((row, column)).map_or(column, |merge| merge.last.1) + 1))
}

/// What stands in the cell to the right of a label, and where.
pub(super) fn beside(sheet: &Sheet, text: &str) -> Option<(String, String)> {
    let (row, column) = right_of(sheet, text)?;
    let value = match &sheet.cells.get(&(row, column))?.value {
        value @ (Value::Text(_) | Value::Number(_)) => value.written(),
        Value::Error(_) | Value::Other(_) | Value::Formula => return None,
    };
    Some((cell_name(&sheet.name, row, column), value))
}
