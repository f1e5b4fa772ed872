//! Reads an OpenDocument spreadsheet, which LibreOffice saves: cell by cell, so that a repeated cell cannot fill the memory.

use std::collections::BTreeMap;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::normalised;
use super::open::{
    Cell, MOST_COLUMNS, MOST_ROWS, Opened, Problem, Sheet, double, is_wanted, sheet_too_large, text_content, unreadable,
};

/// The cell that is being read.
#[derive(Default)]
struct Current {
    kind: String,
    value: String,
    formula: bool,
    error: bool,
    repeated: u32,
    /// Its paragraphs.
    text: String,
}

impl Current {
    fn new(element: &BytesStart<'_>) -> Current {
        let mut current =
            Current { repeated: repeated(element, "table:number-columns-repeated"), ..Current::default() };
        for attribute in element.attributes().flatten() {
            let value = || {
                attribute.normalized_value(XmlVersion::Implicit1_0).map(|value| value.into_owned()).unwrap_or_default()
            };
            match attribute.key.as_ref() {
                "office:value-type" => current.kind = value(),
                "office:value" | "office:boolean-value" | "office:date-value" | "office:time-value" => {
                    current.value = value();
                }
                "office:string-value" => current.text = value(),
                "table:formula" => current.formula = true,
                "calcext:value-type" => current.error = value() == "error",
                _ => {}
            }
        }
        current
    }

    fn content(&self) -> Option<Cell> {
        if self.error {
            return Some(Cell::Error(self.text.clone()));
        }
        match self.kind.as_str() {
            "float" | "percentage" | "currency" => match self.value.parse() {
                Ok(number) => Some(Cell::Number(number)),
                Err(_) => text_content(&self.value),
            },
            "boolean" | "date" | "time" => Some(Cell::Other(self.value.clone())),
            _ => text_content(&self.text).or(self.formula.then_some(Cell::Formula)),
        }
    }
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u32 {
    let attribute = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
    attribute
        .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.parse().ok())
        .unwrap_or(1)
        .max(1)
}

/// Where reading is.
#[derive(Default)]
struct Place {
    /// The name of the sheet, when it is one that is wanted.
    name: Option<String>,
    cells: BTreeMap<(u32, u32), Cell>,
    too_large: bool,
    row: u32,
    rows_repeated: u32,
    column: u32,
    cell: Option<Current>,
    /// Inside an annotation, whose text is not the cell's.
    annotation: u32,
    /// Tables inside a cell's drawing.
    depth: u32,
}

/// The sheets of `content.xml` with these names, all when there are none.
pub(super) fn read(content: &str, wanted: &[&str]) -> Result<Opened, Problem> {
    let mut reader = Reader::from_str(content);
    let mut opened = Opened::default();
    let mut place = Place::default();
    loop {
        match reader.read_event().map_err(|error| unreadable(&error.to_string()))? {
            Event::Start(element) => start(&element, &mut place, &mut opened, wanted),
            Event::Empty(element) => {
                start(&element, &mut place, &mut opened, wanted);
                end(element.name().as_ref(), &mut place, &mut opened);
            }
            Event::End(element) => end(element.name().as_ref(), &mut place, &mut opened),
            Event::Text(text) if place.annotation == 0 => {
                if let Some(cell) = &mut place.cell {
                    cell.text.push_str(&text.xml10_content());
                }
            }
            // Only XML's own entities have a meaning: what a document defines for itself is left out.
            Event::GeneralRef(reference) if place.annotation == 0 => {
                if let Some(cell) = &mut place.cell {
                    let letter = reference.resolve_char_ref().ok().flatten().map(String::from);
                    cell.text.push_str(
                        &letter.or_else(|| Some(resolve_xml_entity(&reference)?.to_owned())).unwrap_or_default(),
                    );
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(opened)
}

fn start(element: &BytesStart<'_>, place: &mut Place, opened: &mut Opened, wanted: &[&str]) {
    match element.name().as_ref() {
        "table:table" => {
            place.depth += 1;
            if place.depth > 1 {
                return;
            }
            let name = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == "table:name");
            let name = name
                .and_then(|name| name.normalized_value(XmlVersion::Implicit1_0).ok())
                .unwrap_or_default()
                .into_owned();
            *place = Place { depth: 1, ..Place::default() };
            if !is_wanted(&name, wanted) {
                opened.others.push(name);
            } else if opened.sheets.iter().any(|sheet| normalised(&sheet.name) == normalised(&name)) {
                opened.problems.push(double(name));
            } else {
                place.name = Some(name);
            }
        }
        "table:table-row" if place.depth == 1 => {
            place.rows_repeated = repeated(element, "table:number-rows-repeated");
            place.column = 0;
        }
        "table:table-cell" | "table:covered-table-cell" if place.depth == 1 && place.name.is_some() => {
            place.cell = Some(Current::new(element));
        }
        "office:annotation" => place.annotation += 1,
        // Spaces and breaks inside a text are elements.
        "text:s" | "text:tab" | "text:line-break" => {
            if let Some(cell) = place.cell.as_mut().filter(|_| place.annotation == 0) {
                cell.text.push(' ');
            }
        }
        _ => {}
    }
}

fn end(name: &str, place: &mut Place, opened: &mut Opened) {
    match name {
        "office:annotation" => place.annotation = place.annotation.saturating_sub(1),
        "table:table-cell" | "table:covered-table-cell" if place.depth == 1 => {
            let Some(cell) = place.cell.take() else { return };
            if cell.content().is_some() {
                place.put(&cell);
            }
            place.column = place.column.saturating_add(cell.repeated);
        }
        "table:table-row" if place.depth == 1 => place.row = place.row.saturating_add(place.rows_repeated),
        "table:table" => {
            place.depth = place.depth.saturating_sub(1);
            if place.depth > 0 {
                return;
            }
            let Some(name) = place.name.take() else { return };
            match place.too_large {
                true => opened.problems.push(sheet_too_large(&name)),
                false => {
                    let cells = std::mem::take(&mut place.cells);
                    opened.sheets.push(Sheet { name: name.trim().to_owned(), cells });
                }
            }
        }
        _ => {}
    }
}

impl Place {
    /// Puts a cell where it stands, as often as it is repeated.
    fn put(&mut self, cell: &Current) {
        let (rows, columns) = (self.row.saturating_add(self.rows_repeated), self.column.saturating_add(cell.repeated));
        if self.too_large || rows > MOST_ROWS || columns > MOST_COLUMNS {
            self.too_large = true;
            return;
        }
        for row in self.row..rows {
            for column in self.column..columns {
                self.cells.extend(cell.content().map(|content| ((row, column), content)));
            }
        }
    }
}
