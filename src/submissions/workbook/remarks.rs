//! What a submitter wrote beside the counts: what is covered, notes, comments of cells, boxes over a sheet.

use super::open::Opened;
use super::read::beside;
use super::sheet::{MOST_REMARKS, Place, Sheet, Value, cut};
use super::write::{COVER_LINES, guidance, title};
use super::{AUTHORITY_CODE, COVER, COVERED, NOTE, NOTES, TOPIC, cell_name, normalised};
use crate::round::{Service, Settings};

/// Everything that the submitter wrote, with its place, in the order of the sheets.
///
/// What the collection workbook itself says is not the submitter's.
pub(super) fn remarks(opened: &Opened, cover: Option<&Sheet>, settings: &Settings) -> Vec<(String, String)> {
    let mut remarks = Vec::new();
    for sheet in &opened.sheets {
        let mut texts: Vec<(Option<Place>, String)> = Vec::new();
        if cover.is_some_and(|cover| std::ptr::eq(cover, sheet)) {
            texts.extend(on_cover(sheet, settings));
        } else if is_notes(sheet) {
            texts.extend(on_notes(sheet, settings));
        }
        texts.extend(sheet.remarks.iter().cloned());
        texts.sort_by_key(|(place, _)| *place);
        let place = |place: Option<Place>| {
            place.map_or(sheet.name.clone(), |(row, column)| cell_name(&sheet.name, row, column))
        };
        remarks.extend(texts.into_iter().map(|(at, text)| (place(at), cut(&text))));
    }
    remarks.truncate(MOST_REMARKS);
    remarks
}

/// Whether a sheet is the one of the notes.
pub(super) fn is_notes(sheet: &Sheet) -> bool {
    let text = |place, wanted: &str| {
        let cell = sheet.cells.get(&place);
        cell.is_some_and(|cell| matches!(&cell.value, Value::Text(text) if normalised(text) == normalised(wanted)))
    };
    normalised(&sheet.name) == normalised(NOTES) || text((0, 0), TOPIC) && text((0, 1), NOTE)
}

/// Whether a sheet is the cover.
pub(super) fn is_cover(sheet: &Sheet) -> bool {
    let label = |text: &str| normalised(text) == normalised(AUTHORITY_CODE);
    let labelled = |value: &Value| matches!(value, Value::Text(text) if label(text));
    normalised(&sheet.name) == normalised(COVER) || sheet.cells.values().any(|cell| labelled(&cell.value))
}

/// The texts of a sheet that are not the workbook's own.
fn written(sheet: &Sheet, own: &[String]) -> Vec<(Option<Place>, String)> {
    let cells = sheet.cells.iter().map(|(place, cell)| (Some(*place), cell.value.written()));
    cells.filter(|(_, text)| !text.is_empty() && !own.contains(&normalised(text))).collect()
}

/// What the notes of earlier workbooks of this layout said.
const EARLIER: [&str; 1] = ["Adds up the row while you write. It is not read."];

fn on_notes(sheet: &Sheet, settings: &Settings) -> Vec<(Option<Place>, String)> {
    let guidance = guidance(settings);
    let own = guidance.iter().flat_map(|(topic, note)| [*topic, note.as_str()]).chain([TOPIC, NOTE]).chain(EARLIER);
    written(sheet, &own.map(normalised).collect::<Vec<_>>())
}

/// What is covered, and whatever stands outside of the rows with labels.
fn on_cover(sheet: &Sheet, settings: &Settings) -> Vec<(Option<Place>, String)> {
    let prefilled = |text: &str| {
        let mut services = text.split(',').map(str::trim);
        services.all(|service| Service::ALL.into_iter().any(|known| known.sheet() == service))
    };
    let covered = beside(sheet, COVERED).filter(|(_, text)| !prefilled(text)).map(|(place, ..)| place);
    let is_label = |text: &str| COVER_LINES.iter().any(|(label, _)| normalised(label) == normalised(text));
    let labelled: Vec<Place> =
        sheet.cells.iter().filter(|(_, cell)| is_label(&cell.value.written())).map(|(place, _)| *place).collect();
    let in_table =
        |(row, column): Place| labelled.iter().any(|label| label.0 == row && (label.1..=label.1 + 2).contains(&column));
    let helps = COVER_LINES.iter().map(|(_, help)| *help);
    let own: Vec<String> = helps.chain([title(settings).as_str()]).map(normalised).collect();
    let mut texts = written(sheet, &own);
    texts.retain(|(place, _)| {
        place.is_some_and(|(row, column)| {
            covered.as_deref() == Some(&cell_name(&sheet.name, row, column)) || !in_table((row, column))
        })
    });
    texts
}
