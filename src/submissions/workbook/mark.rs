//! A copy of an authority's workbook with the findings in it: values as they stand, marked cells, a note in each.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Workbook, Worksheet};

use super::open::open;
use super::sheet::{Cell, Doubt, Sheet, Value};
use super::{COVER, MEASURE, NOTES, cell_name, normalised, write};
use crate::finding::{Finding, Severity, places, registry};
use crate::round::Settings;
use crate::submissions::entry::Ethnicity;

/// The name of the sheet that lists the findings.
const FINDINGS: &str = "Findings";

/// Who is said to have written the notes in a marked copy.
pub(super) const AUTHOR: &str = "Checks";

const ADVICE: &str = "This copy shows where the findings are. Please correct your own workbook and send that.";

/// The first heading of the list.
const WHERE: &str = "Where";

/// More rows or columns are not copied: only what people look at.
const MOST_COPIED: u32 = 1_000;

/// The marked copy, or nothing when the workbook cannot be opened or copied.
///
/// Texts stay texts and formulas become their values, but for the totals of the collection workbook, which are written anew:
/// nothing else in the copy is worked out on opening.
pub fn mark(bytes: &[u8], settings: &Settings, findings: &[&Finding]) -> Option<Vec<u8>> {
    let opened = open(bytes, |_| true).ok()?;
    let mut workbook = Workbook::new();
    workbook.set_properties(&write::properties("Findings of the checks", settings).ok()?);
    list(workbook.add_worksheet(), findings).ok()?;
    let mut names = vec![FINDINGS.to_lowercase()];
    for sheet in &opened.sheets {
        // No workbook has two sheets of one name.
        let name = sheet.name.to_lowercase();
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        let to = workbook.add_worksheet();
        copy(to, sheet, findings).ok()?;
    }
    workbook.save_to_buffer().ok()
}

/// Whether a sheet is the list of findings of a marked copy.
pub(super) fn is_list(sheet: &Sheet) -> bool {
    let is = |place, wanted: &str| {
        let cell = sheet.cells.get(&place);
        cell.is_some_and(|cell| matches!(&cell.value, Value::Text(text) if normalised(text) == normalised(wanted)))
    };
    normalised(&sheet.name) == normalised(FINDINGS) && is((0, 0), WHERE) && is((1, 2), ADVICE)
}

fn list(sheet: &mut Worksheet, findings: &[&Finding]) -> anyhow::Result<()> {
    sheet.set_name(FINDINGS)?.set_landscape().set_print_fit_to_pages(1, 0);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let headings = [WHERE, "Severity", "What", "Found", "What to do"];
    write::table(sheet, &headings, u32::try_from(findings.len())? + 1)?;
    sheet.write_string_with_format(1, 2, ADVICE, &wrapped.clone().set_bold())?;
    write::fit(sheet, 1, &[(ADVICE, 50)])?;
    for (column, width) in [(0, 20), (1, 11), (2, 60), (3, 20), (4, 60)] {
        sheet.set_column_width(column, width)?;
    }
    let mut findings = findings.to_vec();
    findings.sort_by_key(|finding| (finding.severity, registry::place(finding.rule)));
    for (row, finding) in (2..).zip(findings) {
        let place = places::told(finding);
        write::fit(sheet, row, &[(&place, 17), (&finding.message, 52), (&finding.found, 17), (&finding.help, 52)])?;
        let texts = [&place, finding.severity.word(), &begun(&finding.message), &finding.found, &begun(&finding.help)];
        for (column, text) in (0..).zip(texts.map(|text| text.replace('`', ""))) {
            let format = if column == 1 {
                wrapped.clone().set_background_color(colour(finding.severity))
            } else {
                wrapped.clone()
            };
            sheet.write_string_with_format(row, column, text, &format)?;
        }
    }
    Ok(())
}

/// A text with a capital letter at its beginning.
fn begun(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Tints on which black text is read easily; the note and the list say the severity in words.
fn colour(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::RGB(0xF6_C6_C1),
        Severity::Warning => Color::RGB(0xFD_E6_B3),
        Severity::Note => Color::RGB(0xD5_E4_F2),
    }
}

fn copy(to: &mut Worksheet, from: &Sheet, findings: &[&Finding]) -> anyhow::Result<()> {
    to.set_name(&from.name)?;
    to.set_landscape().set_print_fit_to_pages(1, 0);
    let widths = widths(from);
    for (column, width) in &widths {
        to.set_column_width(*column, *width)?;
    }
    let mut marks: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        for place in finding.others.iter().chain([&finding.location]) {
            marks.entry(place).or_default().push(finding);
        }
    }
    let limit = |(row, column): (u32, u32)| row < MOST_COPIED && column < MOST_COPIED;
    let heading = heading(from);
    if let Some((row, column)) = heading.and_then(|row| first_group(from, row)) {
        to.set_freeze_panes(row + 1, column)?;
    }
    let mut texts: BTreeMap<u32, Vec<(&str, usize)>> = BTreeMap::new();
    for (place, cell) in from.cells.iter().filter(|(place, _)| limit(**place)) {
        let (row, column) = (place.0, u16::try_from(place.1)?);
        let marked = marks.get(cell_name(&from.name, row, place.1).as_str());
        let format = format(marked);
        let format = if Some(row) == heading { format.set_bold() } else { format };
        if let Value::Text(text) = &cell.value {
            let width = widths.get(&column).copied().unwrap_or(WIDEST);
            texts.entry(row).or_default().push((text, (width * 0.9) as usize));
        }
        if let Some(total) = heading.and_then(|heading| total(from, heading, (row, column))) {
            write::total(to, row, Some(total.to_string()), format)?;
            continue;
        }
        write_value(to, (row, column), cell, &format)?;
    }
    for (row, texts) in texts {
        write::fit(to, row, &texts)?;
    }
    // Empty cells may be marked too.
    let width = from.cells.keys().map(|(_, column)| column + 1).max().unwrap_or(0).min(MOST_COPIED);
    let height = from.cells.keys().map(|(row, _)| row + 1).max().unwrap_or(0).min(MOST_COPIED);
    for row in 0..height {
        for column in 0..width {
            let Some(here) = marks.get(cell_name(&from.name, row, column).as_str()) else { continue };
            if !from.cells.contains_key(&(row, column)) {
                to.write_blank(row, u16::try_from(column)?, &format(Some(here)))?;
            }
            let text: Vec<String> = here
                .iter()
                .map(|finding| {
                    let Finding { severity, message, help, .. } = finding;
                    format!("{}: {message}. What to do: {help}.", begun(severity.word())).replace('`', "")
                })
                .collect();
            let note = Note::new(text.join("\n\n")).set_author(AUTHOR).set_width(320).set_height(160);
            to.insert_note(row, u16::try_from(column)?, &note)?;
        }
    }
    Ok(())
}

/// What a cell shows; what is struck out or raised is told apart in words.
fn write_value(to: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, format: &Format) -> anyhow::Result<()> {
    match (&cell.value, &cell.doubt) {
        (
            _,
            Some(
                Doubt::Struck { pieces: text, .. } | Doubt::Raised(text) | Doubt::Percentage(text) | Doubt::Dash(text),
            ),
        ) => to.write_string_with_format(row, column, shortened(text), format)?,
        (Value::Number(number), _) => to.write_number_with_format(row, column, *number, format)?,
        (Value::Text(text) | Value::Error(text) | Value::Other(text), _) => {
            to.write_string_with_format(row, column, shortened(text), format)?
        }
        (Value::Formula, _) => to.write_blank(row, column, format)?,
    };
    Ok(())
}

/// No cell holds more than 32,767 letters.
fn shortened(text: &str) -> String {
    text.chars().take(32_000).collect()
}

/// The row of headings, which begins with that of the measures.
fn heading(sheet: &Sheet) -> Option<u32> {
    let is = |cell: &Cell| matches!(&cell.value, Value::Text(text) if normalised(text) == normalised(MEASURE));
    sheet.cells.iter().find(|(_, cell)| is(cell)).map(|((row, _), _)| *row)
}

/// Where the first ethnic group stands in the row of headings: it and what is left of it stay in view.
fn first_group(sheet: &Sheet, heading: u32) -> Option<(u32, u16)> {
    let groups = Ethnicity::ALL.map(|group| normalised(group.label()));
    let is = |cell: &Cell| matches!(&cell.value, Value::Text(text) if groups.contains(&normalised(text)));
    let first = sheet.cells.range((heading, 0)..=(heading, MOST_COPIED)).find(|(_, cell)| is(cell));
    first.and_then(|((row, column), _)| Some((*row, u16::try_from(*column).ok()?)))
}

/// Whether the columns of a sheet are those of the collection workbook, in its order.
fn is_of_the_round(sheet: &Sheet, heading: u32) -> bool {
    (0..).zip(write::service_headings()).all(|(column, wanted)| {
        let cell = sheet.cells.get(&(heading, column));
        cell.is_some_and(|cell| matches!(&cell.value, Value::Text(text) if normalised(text) == normalised(wanted)))
    })
}

/// A total of the collection workbook's, where it is what its row adds up to or was never worked out: what was typed over it stays.
fn total(sheet: &Sheet, heading: u32, (row, column): (u32, u16)) -> Option<f64> {
    if column != write::TOTAL_COLUMN || row <= heading || !is_of_the_round(sheet, heading) {
        return None;
    }
    let number = |column: u16| match sheet.cells.get(&(row, u32::from(column))) {
        Some(Cell { value: Value::Number(number), doubt: None }) => Some(*number),
        _ => None,
    };
    let [first, all] = [write::FIRST_GROUP, write::FIRST_GROUP + Ethnicity::MINORITISED.len() as u16];
    let groups: Vec<f64> = (first..all).filter_map(number).collect();
    let minoritised = if groups.is_empty() { number(all).unwrap_or_default() } else { groups.iter().sum() };
    let others: f64 = (all + 1..column).filter_map(number).sum();
    let total = minoritised + others;
    let formula = sheet.cells.get(&(row, u32::from(column))).is_some_and(|cell| cell.value == Value::Formula);
    (formula || number(column) == Some(total)).then_some(total)
}

/// The widest column.
const WIDEST: f64 = 60.0;

/// Columns as wide as in the collection workbook, others as wide as their longest text, within reason.
fn widths(sheet: &Sheet) -> BTreeMap<u16, f64> {
    let of_the_round = if heading(sheet).is_some_and(|heading| is_of_the_round(sheet, heading)) {
        write::service_widths()
    } else if normalised(&sheet.name) == normalised(COVER) {
        write::COVER_WIDTHS.to_vec()
    } else if normalised(&sheet.name) == normalised(NOTES) {
        write::NOTES_WIDTHS.to_vec()
    } else {
        Vec::new()
    };
    let mut widths = by_text(sheet);
    widths.extend((0..).zip(of_the_round));
    widths
}

fn by_text(sheet: &Sheet) -> BTreeMap<u16, f64> {
    let mut widths: BTreeMap<u16, f64> = BTreeMap::new();
    for ((_, column), cell) in &sheet.cells {
        let (Value::Text(text), Ok(column)) = (&cell.value, u16::try_from(*column)) else { continue };
        let width = widths.entry(column).or_insert(10.0);
        *width = width.max(text.chars().count() as f64 + 1.0).min(WIDEST);
    }
    widths
}

fn format(marked: Option<&Vec<&Finding>>) -> Format {
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    match marked.and_then(|findings| findings.iter().map(|finding| finding.severity).min()) {
        Some(severity) => plain.set_background_color(colour(severity)),
        None => plain,
    }
}
