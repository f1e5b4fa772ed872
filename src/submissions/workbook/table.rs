//! Reads the table of one service: rows by measure and pay band, columns by ethnic group.

use super::open::{Cell, Sheet};
use super::read::Report;
use super::{EVERY_BAND, GUIDANCE, MEASURE, PAY_BAND, cell_name, normalised};
use crate::configuration::alike;
use crate::round::{PayBand, Service, Settings};
use crate::standard::{Measure, Standard};
use crate::submissions::entry::{Answer, Entry, Ethnicity, answer};

/// The answers on a service's sheet, in the order of its rows; none when nobody wrote anything into it.
pub(super) fn read(
    service: Service,
    sheet: &Sheet,
    settings: &Settings,
    standard: &Standard,
    report: &mut Report<'_>,
) -> Vec<Entry> {
    let Some(columns) = Columns::find(sheet) else {
        if sheet.cells.values().any(is_answer) {
            let message = "the sheet has counts, but no row of headings";
            let help = format!("restore the first row: `{MEASURE}`, `{PAY_BAND}`, then the ethnic groups");
            report.error("no-headings", &sheet.name, "", message, &help);
        }
        return Vec::new();
    };
    // A sheet that nobody filled is not submitted, and its flaws do not matter.
    let mut table = Table { service, sheet, settings, standard, columns, report: report.apart(), entries: Vec::new() };
    let filled = table.read_rows();
    if !filled {
        return Vec::new();
    }
    table.find_missing();
    let Table { report: Report { findings, .. }, entries, .. } = table;
    report.findings.extend(findings);
    entries
}

/// Where things stand, counted from 0.
struct Columns {
    heading: u32,
    measure: u32,
    band: Option<u32>,
    guidance: Option<u32>,
    groups: Vec<(Ethnicity, u32)>,
    twice: Vec<(Ethnicity, u32)>,
}

impl Columns {
    /// The columns by the texts of the first row that has the heading of the measures.
    fn find(sheet: &Sheet) -> Option<Columns> {
        let is = |value: &Cell, heading: &str| text(value).is_some_and(|text| normalised(text) == normalised(heading));
        let (heading, measure) = sheet.cells.iter().find(|(_, value)| is(value, MEASURE)).map(|(place, _)| *place)?;
        let headings: Vec<(u32, &Cell)> = sheet
            .cells
            .range((heading, 0)..=(heading, u32::MAX))
            .map(|((_, column), value)| (*column, value))
            .collect();
        let column = |name: &str| headings.iter().find(|(_, value)| is(value, name)).map(|(column, _)| *column);
        let mut columns = Columns {
            heading,
            measure,
            band: column(PAY_BAND),
            guidance: column(GUIDANCE),
            groups: Vec::new(),
            twice: Vec::new(),
        };
        for group in Ethnicity::ALL {
            let named = headings.iter().filter(|(_, value)| is(value, group.label()) || is(value, group.id()));
            let mut named = named.map(|(column, _)| (group, *column));
            columns.groups.extend(named.next());
            columns.twice.extend(named);
        }
        Some(columns)
    }
}

struct Table<'a> {
    service: Service,
    sheet: &'a Sheet,
    settings: &'a Settings,
    standard: &'a Standard,
    columns: Columns,
    report: Report<'a>,
    entries: Vec<Entry>,
}

impl<'a> Table<'a> {
    /// Reads every row below the headings; whether there was anything in it that somebody filled in.
    fn read_rows(&mut self) -> bool {
        let mut numbers: Vec<u32> = self.sheet.cells.keys().map(|(row, _)| *row).collect();
        numbers.dedup();
        numbers.retain(|row| *row > self.columns.heading);
        let mut filled = false;
        for row in numbers {
            filled |= match self.row_meaning(row) {
                Ok((measure, band)) => self.read_row(row, measure, band),
                Err(column) => self.unknown_row(row, column),
            };
        }
        filled
    }

    /// The measure and pay band that a row is about, or the column whose text is not known.
    fn row_meaning(&self, row: u32) -> Result<(&'a Measure, Option<&'a PayBand>), u32> {
        let is = |found: &str, id: &str, label: &str| [normalised(id), normalised(label)].contains(&normalised(found));
        let found = self.text(row, self.columns.measure);
        let measures = &self.standard.measures;
        let measure = measures.iter().find(|measure| is(found, &measure.id, &measure.label));
        let measure = measure.ok_or(self.columns.measure)?;
        let Some(column) = self.columns.band else {
            return if measure.by_band { Err(self.columns.measure) } else { Ok((measure, None)) };
        };
        let found = self.text(row, column);
        let band = self.settings.pay_bands.iter().find(|band| is(found, &band.id, &band.label));
        let every = found.is_empty() || normalised(found) == normalised(EVERY_BAND);
        match (measure.by_band, band) {
            (true, Some(_)) => Ok((measure, band)),
            (false, None) if every => Ok((measure, None)),
            _ => Err(column),
        }
    }

    fn text(&self, row: u32, column: u32) -> &'a str {
        self.sheet.cells.get(&(row, column)).and_then(text).unwrap_or_default()
    }

    /// Reads a row's answers; whether one of its cells holds something.
    fn read_row(&mut self, row: u32, measure: &Measure, band: Option<&PayBand>) -> bool {
        let breakdown = band.map(|band| band.id.as_str()).unwrap_or_default();
        let filled = self.columns.groups.iter().any(|(_, column)| self.sheet.cells.contains_key(&(row, *column)));
        let same = |entry: &Entry| entry.measure == measure.id && entry.breakdown == breakdown;
        if self.entries.iter().any(same) {
            if filled {
                let place = cell_name(&self.sheet.name, row, self.columns.measure);
                let message = "this row stands twice, so that it is not clear which one counts";
                self.report.error(
                    "double-row",
                    &place,
                    self.text(row, self.columns.measure),
                    message,
                    "see which one counts, and give the other its own label or clear it",
                );
            }
            return filled;
        }
        for (group, column) in self.columns.groups.clone() {
            let location = cell_name(&self.sheet.name, row, column);
            let answer = read_cell(self.sheet.cells.get(&(row, column)), &location, &mut self.report);
            self.entries.push(Entry {
                service: self.service,
                measure: measure.id.clone(),
                breakdown: breakdown.to_owned(),
                ethnicity: group,
                answer: answer.unwrap_or(Answer::Unreadable),
                location,
            });
        }
        filled
    }

    /// A row with an unknown label is a finding if it holds counts; a line of remarks does no harm.
    fn unknown_row(&mut self, row: u32, column: u32) -> bool {
        let labels = [Some(self.columns.measure), self.columns.band, self.columns.guidance];
        let cells = self.sheet.cells.range((row, 0)..=(row, u32::MAX));
        if !cells.into_iter().any(|((_, at), value)| !labels.contains(&Some(*at)) && is_answer(value)) {
            return false;
        }
        let found = self.text(row, column);
        let by_band = Some(column) == self.columns.band;
        let known: Vec<&str> = match by_band {
            true => self.settings.pay_bands.iter().map(|band| band.label.as_str()).chain([EVERY_BAND]).collect(),
            false => self.standard.measures.iter().map(|measure| measure.label.as_str()).collect(),
        };
        let help = match alike(found, known.iter().copied()) {
            Some(label) => format!("did you mean `{label}`? Labels are written as in the collection workbook"),
            None if found.is_empty() => {
                "write the row's label into this cell (take merged cells apart first), or clear the row".into()
            }
            None => "write the label of the collection workbook into this cell; a row of your own has no place here, so clear it".to_owned(),
        };
        let message = if by_band {
            "this row's pay band is not known"
        } else {
            "this row has counts, but its measure is not known"
        };
        self.report.error("unknown-row", &cell_name(&self.sheet.name, row, column), found, message, &help);
        true
    }

    /// Columns and rows of the collection workbook that a filled sheet lacks.
    fn find_missing(&mut self) {
        let (heading, name) = (self.columns.heading, &self.sheet.name);
        for group in Ethnicity::ALL {
            if !self.columns.groups.iter().any(|(found, _)| *found == group) {
                let message = format!("the sheet has no column `{}`", group.label());
                let help = "restore the heading as in the collection workbook; leave the column empty if you have nothing for it";
                self.report.error("missing-column", name, "", &message, help);
            }
        }
        if self.columns.band.is_none() && self.standard.measures.iter().any(|measure| measure.by_band) {
            let help = "restore the column as in the collection workbook: it tells the pay bands apart";
            self.report.error("missing-column", name, "", &format!("the sheet has no column `{PAY_BAND}`"), help);
        }
        for (group, column) in &self.columns.twice {
            let message = "two columns have the same heading, so that it is not clear which one counts";
            self.report.error(
                "double-column",
                &cell_name(name, heading, *column),
                group.label(),
                message,
                "delete one of the two columns",
            );
        }
    }
}

fn text(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text.trim()),
        _ => None,
    }
}

/// Whether a cell in a row that is not known looks as if it were meant to be counted.
fn is_answer(cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) => answer(text).0.is_some_and(|answer| answer != Answer::Blank),
        Cell::Number(_) | Cell::Error(_) | Cell::Other(_) | Cell::Formula => true,
    }
}

/// The answer in a cell; what is not one is a finding.
fn read_cell(cell: Option<&Cell>, location: &str, report: &mut Report<'_>) -> Option<Answer> {
    let written = match cell {
        None => return Some(Answer::Blank),
        // A whole number is written without a point, so that 12.0 is 12, and 3.5 is refused like the text.
        Some(Cell::Number(number)) => number.to_string(),
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Error(error)) => {
            let message = "the cell shows an error instead of a count";
            report.error("error-value", location, error, message, "mend the formula, or write the number itself");
            return None;
        }
        Some(Cell::Formula) => {
            let message = "the cell holds a formula that was never worked out";
            report.error("formula-without-value", location, "", message, "open the file in Excel and save it again");
            return None;
        }
        Some(Cell::Other(text)) => {
            let message = "a count is a whole number from 0, `x` or `z`";
            let help =
                "the cell holds a date, a time or true or false: set its format to Number and write the count again";
            report.error("not-a-whole-number", location, text, message, help);
            return None;
        }
    };
    let (answer, remark) = answer(&written);
    if let Some(remark) = remark {
        report.add(remark.severity, remark.rule, location, &written, &remark.message, &remark.help);
    }
    answer
}
