//! Reads the table of one service: rows by measure and pay band, columns by ethnic group.

use std::collections::BTreeSet;

use super::answer::{is_answer, read_answer};
use super::read::Report;
use super::sheet::{Cell, Doubt, Merge, Sheet, Value};
use super::{EVERY_BAND, GUIDANCE, MEASURE, PAY_BAND, TOTAL, cell_name, column_name, normalised};
use crate::configuration::alike;
use crate::finding::{Finding, Severity};
use crate::round::{PayBand, Service, Settings};
use crate::standard::{Measure, Standard};
use crate::submissions::entry::{Answer, Entry, Ethnicity};

/// So many rows of a merged cell are marked.
const MOST_MERGED: usize = 100;

/// What a sheet says.
#[derive(Default)]
pub(super) struct Reading {
    /// Whether somebody wrote anything into it; otherwise nothing else is told of it.
    pub(super) filled: bool,
    pub(super) entries: Vec<Entry>,
    pub(super) findings: Vec<Finding>,
}

/// Reads a service's sheet, in the order of its rows; the report only says which file it is.
pub(super) fn read(
    service: Service,
    sheet: &Sheet,
    settings: &Settings,
    standard: &Standard,
    report: &Report<'_>,
) -> Reading {
    let mut report = report.apart();
    let Some(columns) = Columns::find(sheet) else {
        let filled = sheet.cells.values().any(is_answer);
        if filled {
            let message = "the sheet has counts, but no row of headings";
            let help = format!("restore the first row: `{MEASURE}`, `{PAY_BAND}`, then the ethnic groups");
            report.error("no-headings", &sheet.name, "", message, &help);
        }
        return Reading { filled, findings: report.findings, entries: Vec::new() };
    };
    let mut table = Table {
        service,
        sheet,
        settings,
        standard,
        columns,
        report,
        entries: Vec::new(),
        hidden_rows: BTreeSet::new(),
        hidden_columns: BTreeSet::new(),
    };
    // A sheet that nobody filled is not submitted, and its flaws do not matter.
    if !table.read_rows() {
        return Reading::default();
    }
    table.find_missing();
    table.tell_of_hidden();
    Reading { filled: true, entries: table.entries, findings: table.report.findings }
}

/// How many ethnic groups have a column.
pub(super) fn groups(sheet: &Sheet) -> usize {
    Columns::find(sheet).map_or(0, |columns| columns.groups.len())
}

/// Where things stand, counted from 0.
struct Columns {
    heading: u32,
    measure: u32,
    band: Option<u32>,
    guidance: Option<u32>,
    total: Option<u32>,
    groups: Vec<(Ethnicity, u32)>,
    twice: Vec<(Ethnicity, u32)>,
}

impl Columns {
    /// The columns by the texts of the first row that has the heading of the measures, and of a group if one has.
    fn find(sheet: &Sheet) -> Option<Columns> {
        let is = |value: &Cell, heading: &str| text(value).is_some_and(|text| normalised(text) == normalised(heading));
        let is_group = |cell: &Cell| Ethnicity::ALL.into_iter().any(|group| is(cell, group.label()));
        let with_groups = |row: u32| sheet.cells.range((row, 0)..=(row, u32::MAX)).any(|(_, cell)| is_group(cell));
        let named = || sheet.cells.iter().filter(|(_, cell)| is(cell, MEASURE)).map(|(place, _)| *place);
        let (heading, measure) = named().find(|(row, _)| with_groups(*row)).or_else(|| named().next())?;
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
            total: column(TOTAL),
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
    /// What is hidden and was read.
    hidden_rows: BTreeSet<u32>,
    hidden_columns: BTreeSet<u32>,
}

impl<'a> Table<'a> {
    /// Reads every row below the headings; whether there was anything in it that somebody filled in.
    fn read_rows(&mut self) -> bool {
        let cells = self.sheet.cells.keys().chain(self.sheet.covered.keys());
        let numbers: BTreeSet<u32> = cells.map(|(row, _)| *row).filter(|row| *row > self.columns.heading).collect();
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
        self.sheet.seen((row, column)).and_then(text).unwrap_or_default()
    }

    /// Reads a row's answers; whether one of its cells holds something.
    fn read_row(&mut self, row: u32, measure: &Measure, band: Option<&PayBand>) -> bool {
        let breakdown = band.map(|band| band.id.as_str()).unwrap_or_default();
        let holds = |column: u32| {
            self.sheet.cells.contains_key(&(row, column)) || self.sheet.covered.contains_key(&(row, column))
        };
        let held: Vec<u32> =
            self.columns.groups.iter().map(|(_, column)| *column).filter(|column| holds(*column)).collect();
        let filled = !held.is_empty();
        let place = cell_name(&self.sheet.name, row, self.columns.measure);
        let label = self.text(row, self.columns.measure);
        if self.entries.iter().any(|entry| entry.measure == measure.id && entry.breakdown == breakdown) {
            if filled {
                let message = "this row stands twice, so that it is not clear which one counts";
                let help = "see which one counts, and give the other its own label or clear it";
                self.report.error("double-row", &place, label, message, help);
                let columns: Vec<u32> = [self.columns.measure].into_iter().chain(held).collect();
                let rows = self.first_row(measure, band).into_iter().chain([row]);
                let cells = rows.flat_map(|row| columns.iter().map(move |column| (row, *column)));
                self.report.also(cells.map(|(row, column)| cell_name(&self.sheet.name, row, column)));
            }
            return filled;
        }
        if filled {
            if self.sheet.is_hidden_row(row) {
                self.hidden_rows.insert(row);
            }
            self.hidden_columns.extend(held.into_iter().filter(|column| self.sheet.is_hidden_column(*column)));
            let message = "this row's label is struck out, so that it is not clear whether the row counts";
            self.refuse_struck((row, self.columns.measure), message, "clear the row, or take the line off its label");
        }
        let mut answers: Vec<(Ethnicity, u32, Answer)> = Vec::new();
        for (group, column) in self.columns.groups.clone() {
            answers.push((group, column, self.read_cell(row, column).unwrap_or(Answer::Unreadable)));
        }
        self.compare_total(row, &answers);
        leave_out_what_is_not_due(&mut answers);
        self.entries.extend(answers.into_iter().map(|(ethnicity, column, answer)| Entry {
            service: self.service,
            measure: measure.id.clone(),
            breakdown: breakdown.to_owned(),
            ethnicity,
            answer,
            location: cell_name(&self.sheet.name, row, column),
        }));
        filled
    }

    /// The first of the rows that have the same label.
    fn first_row(&self, measure: &Measure, band: Option<&PayBand>) -> Option<u32> {
        let rows = self.sheet.cells.keys().filter(|(_, column)| *column == self.columns.measure).map(|(row, _)| *row);
        let id = |band: Option<&PayBand>| band.map(|band| band.id.clone());
        let same = |(one, other): (&Measure, Option<&PayBand>)| one.id == measure.id && id(other) == id(band);
        rows.filter(|row| *row > self.columns.heading).find(|row| self.row_meaning(*row).is_ok_and(same))
    }

    /// The answer in a cell; what is not one is a finding.
    fn read_cell(&mut self, row: u32, column: u32) -> Option<Answer> {
        let place = cell_name(&self.sheet.name, row, column);
        if let Some(merge) = self.sheet.merge_at((row, column)).copied() {
            if let Some(under) = self.sheet.covered.get(&(row, column)) {
                let message = "a merged cell lies over this one, which still holds something: it cannot be seen, and was not read";
                let help = "take the merged cells apart, and write into each what it is to hold";
                self.report.error("merged-cells", &place, &under.value.written(), message, help);
                return None;
            }
            let one = |at: &Merge| at.first == (row, column);
            let several = merge.first.0 != merge.last.0
                || self.columns.groups.iter().filter(|(_, column)| merge.holds((row, *column))).count() > 1;
            if let Some(cell) = self.sheet.cells.get(&merge.first).filter(|cell| several && is_answer(cell)) {
                if one(&merge) {
                    let message = "one merged cell stands where several counts belong";
                    let help = "take the merged cells apart, and write a count into each";
                    self.report.error("merged-cells", &place, &cell.value.written(), message, help);
                    let rows = (merge.first.0..=merge.last.0).take(MOST_MERGED);
                    let columns = self.columns.groups.iter().map(|(_, column)| *column);
                    let under = rows.flat_map(|row| columns.clone().map(move |column| (row, column)));
                    let under = under.filter(|at| merge.holds(*at));
                    self.report.also(under.map(|(row, column)| cell_name(&self.sheet.name, row, column)));
                }
                return None;
            }
        }
        read_answer(self.sheet.cells.get(&(row, column)), &place, &mut self.report)
    }

    /// A label or heading with a line through it is an error: a person cannot tell whether what it names counts.
    fn refuse_struck(&mut self, at: (u32, u32), message: &str, help: &str) {
        if let Some(Cell { value, doubt: Some(Doubt::Struck { whole: true, .. }) }) = self.sheet.seen(at) {
            let place = cell_name(&self.sheet.name, at.0, at.1);
            self.report.error("struck-out", &place, &value.written(), message, help);
        }
    }

    /// A total, worked out or typed, that is not what its row adds up to.
    fn compare_total(&mut self, row: u32, answers: &[(Ethnicity, u32, Answer)]) {
        let Some(column) = self.columns.total else { return };
        let Some(cell) = self.sheet.cells.get(&(row, column)) else { return };
        if answers.iter().any(|(.., answer)| *answer == Answer::Unreadable) {
            return;
        }
        let written = cell.value.written();
        let total = match &cell.value {
            Value::Number(total) => *total,
            Value::Text(text) => match crate::submissions::entry::answer(text).0 {
                Some(Answer::Count(total)) => total as f64,
                _ => return,
            },
            _ => return,
        };
        let sum = |groups: &[Ethnicity]| -> u64 {
            let of = answers.iter().filter(|(group, ..)| groups.contains(group));
            of.map(|(.., answer)| if let Answer::Count(count) = answer { *count } else { 0 }).sum()
        };
        let rest = sum(&[Ethnicity::White, Ethnicity::Unknown]);
        let [parts, whole] = [sum(&Ethnicity::MINORITISED), sum(&[Ethnicity::Minoritised])].map(|sum| sum + rest);
        if [parts, whole].iter().any(|sum| *sum as f64 == total) {
            return;
        }
        let sum = if parts > rest { parts } else { whole };
        let message = match sum {
            0 => "the row has a total, but its cells add up to nothing".to_owned(),
            sum => format!("the total is not what the row's cells add up to, which is {sum}"),
        };
        let help = "see whether a count is missing, mistyped or kept as text; the counts are used, the total is not";
        let place = cell_name(&self.sheet.name, row, column);
        self.report.add(Severity::Warning, "total-differs", &place, &written, &message, help);
        let cells = answers.iter().filter(|(.., answer)| matches!(answer, Answer::Count(_)));
        self.report.also(cells.map(|(_, column, _)| cell_name(&self.sheet.name, row, *column)));
    }

    /// Rows and columns that are hidden, or filtered out, and hold something that was read.
    fn tell_of_hidden(&mut self) {
        let rows = self.hidden_rows.iter().map(|row| format!("row {}", row + 1));
        let columns = self.hidden_columns.iter().map(|column| format!("column {}", column_name(*column)));
        let hidden: Vec<String> = rows.chain(columns).collect();
        if !hidden.is_empty() {
            let message = "rows or columns are hidden or filtered out, and were read all the same";
            let help = "show them and see that they hold what you mean; clear what is not meant";
            let (name, hidden) = (&self.sheet.name, hidden.join(", "));
            self.report.add(Severity::Warning, "hidden-cells", name, &hidden, message, help);
        }
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
        for (_, column) in self.columns.groups.clone() {
            let message = "this column's heading is struck out, so that it is not clear whether the column counts";
            self.refuse_struck((heading, column), message, "clear the column, or take the line off its heading");
        }
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
            let first = self.columns.groups.iter().find(|(other, _)| other == group);
            self.report.also(first.map(|(_, column)| cell_name(name, heading, *column)));
        }
    }
}

fn text(cell: &Cell) -> Option<&str> {
    match &cell.value {
        Value::Text(text) => Some(text.trim()),
        _ => None,
    }
}

/// Leaves out what the collection workbook asks to be left empty: all minoritised where the four groups are told, and
/// the four groups where only all minoritised are.
///
/// A return that says the same as CSV has no rows for these.
fn leave_out_what_is_not_due(answers: &mut Vec<(Ethnicity, u32, Answer)>) {
    let told = |groups: &[Ethnicity]| {
        answers.iter().any(|(group, _, answer)| groups.contains(group) && *answer != Answer::Blank)
    };
    let (groups, all) = (told(&Ethnicity::MINORITISED), told(&[Ethnicity::Minoritised]));
    answers.retain(|(group, _, answer)| {
        let due = match group {
            Ethnicity::Minoritised => !groups,
            Ethnicity::White | Ethnicity::Unknown => true,
            _ => groups || !all,
        };
        due || *answer != Answer::Blank
    });
}
