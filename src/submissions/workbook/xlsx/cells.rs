//! A sheet of SpreadsheetML: its cells one by one, what is hidden, and what is merged.

use std::ops::ControlFlow;

use quick_xml::events::BytesStart;
use time::{Date, Duration, Month};

use super::super::column_name;
use super::super::number_format::{self, Shown};
use super::super::sheet::{Cell, Doubt, Place, Rich, Sheet, Value};
use super::super::xml::{Node, attribute, flag, local, local_name, number, walk};
use super::Shared;
use super::strings::{Reading, unescaped};
use super::styles::Style;

/// A sheet with more cells than this, empty or not, is not read to its end.
const MOST_VISITED: usize = 10_000_000;

/// A cell that is being read.
#[derive(Default)]
struct Current {
    place: Place,
    kind: String,
    style: Option<usize>,
    formula: bool,
    value: String,
    /// The text that stands in the cell itself.
    inline: Option<Reading>,
}

/// Where reading is.
struct Reader<'a> {
    shared: &'a Shared,
    sheet: &'a mut Sheet,
    /// The place of the next cell, where it does not say.
    next: Place,
    cell: Option<Current>,
    in_value: bool,
    visited: usize,
    zeros_hidden: bool,
    problem: Option<String>,
}

/// Reads a sheet's part; an error says why it cannot be read to its end.
pub(super) fn read(xml: &str, shared: &Shared, sheet: &mut Sheet) -> Result<(), String> {
    let mut reader = Reader {
        shared,
        sheet,
        next: (0, 0),
        cell: None,
        in_value: false,
        visited: 0,
        zeros_hidden: false,
        problem: None,
    };
    walk(xml, |node| {
        match node {
            Node::Start(element) => reader.start(element),
            Node::End(name) => reader.end(name),
            Node::Text(text) => reader.text(text),
        }
        match reader.problem.is_some() || reader.sheet.too_large {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    reader.problem.map_or(Ok(()), Err)
}

impl Reader<'_> {
    fn start(&mut self, element: &BytesStart<'_>) {
        let name = local_name(element);
        if let Some(cell) = &mut self.cell {
            match (name, &mut cell.inline) {
                ("f", None) => cell.formula = true,
                ("v", None) => self.in_value = true,
                ("is", None) => cell.inline = Some(Reading::default()),
                (_, Some(inline)) => inline.start(element),
                _ => {}
            }
            return;
        }
        match name {
            "c" => self.start_cell(element),
            "row" => {
                let row = number::<u32>(element, "r").map_or(self.next.0, |row| row.saturating_sub(1));
                self.next = (row, 0);
                let flat = number::<f64>(element, "ht").is_some_and(|height| height == 0.0);
                if flag(element, "hidden", false) || flat {
                    self.sheet.hide_rows(row..=row);
                }
            }
            "col" => {
                let flat = number::<f64>(element, "width").is_some_and(|width| width == 0.0);
                if let (Some(first), Some(last)) = (number::<u32>(element, "min"), number::<u32>(element, "max"))
                    && (flag(element, "hidden", false) || flat)
                {
                    self.sheet.hide_columns(first.saturating_sub(1)..=last.saturating_sub(1));
                }
            }
            "mergeCell" => {
                let range = attribute(element, "ref").unwrap_or_default();
                if let Some((first, last)) = range.split_once(':')
                    && let (Some(first), Some(last)) = (place(first), place(last))
                {
                    self.sheet.merge(first, last);
                }
            }
            "sheetView" => self.zeros_hidden = !flag(element, "showZeros", true),
            _ => {}
        }
    }

    fn start_cell(&mut self, element: &BytesStart<'_>) {
        self.visited += 1;
        if self.visited > MOST_VISITED {
            self.sheet.too_large = true;
        }
        let own = attribute(element, "r");
        let Some(place) = own.as_deref().map_or(Some(self.next), place) else {
            self.problem = Some(format!("a cell has the place {}", own.unwrap_or_default()));
            return;
        };
        self.next = (place.0, place.1.saturating_add(1));
        self.cell = Some(Current {
            place,
            kind: attribute(element, "t").unwrap_or_else(|| "n".to_owned()),
            style: number(element, "s"),
            ..Current::default()
        });
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            match &mut cell.inline {
                Some(inline) => inline.text(text),
                None if self.in_value => cell.value.push_str(text),
                None => {}
            }
        }
    }

    fn end(&mut self, name: &str) {
        match (local(name), &mut self.cell) {
            ("c", cell @ Some(_)) => {
                if let Some(cell) = cell.take() {
                    self.finish(cell);
                }
            }
            ("v", Some(_)) => self.in_value = false,
            (_, Some(Current { inline: Some(inline), .. })) => inline.end(name),
            ("row", None) => self.next = (self.next.0.saturating_add(1), 0),
            _ => {}
        }
    }

    fn finish(&mut self, cell: Current) {
        let place = cell.place;
        match self.content(cell) {
            Ok(None) => {}
            Ok(Some(_)) if self.sheet.cells.contains_key(&place) => {
                self.problem = Some(format!("two cells have the place {}{}", column_name(place.1), place.0 + 1));
            }
            Ok(Some(cell)) => drop(self.sheet.put(place, cell)),
            Err(problem) => self.problem = Some(problem),
        }
    }

    /// What a person sees in a cell.
    fn content(&self, cell: Current) -> Result<Option<Cell>, String> {
        let style = self.shared.styles.get(cell.style);
        let Current { kind, value, formula, inline, .. } = cell;
        let never = (formula && value.trim().is_empty()).then(|| Cell::plain(Value::Formula));
        Ok(match kind.as_str() {
            "s" if value.trim().is_empty() => never,
            "s" => {
                let text = value.trim().parse().ok().and_then(|at: usize| self.shared.strings.get(at));
                let text =
                    text.ok_or_else(|| format!("a cell refers to the text {}, which is not there", value.trim()))?;
                seen(text.cell(style.mark), style)
            }
            "inlineStr" => seen(inline.and_then(|mut text| text.take().cell(style.mark)), style),
            // A formula's text; one that is empty was worked out all the same.
            "str" => seen(text_cell(unescaped(&value), style), style),
            _ if value.trim().is_empty() => never,
            "n" => Some(self.number(value.trim(), formula, style)),
            "b" => Some(Cell::plain(Value::Other(if value.trim() == "1" { "TRUE" } else { "FALSE" }.into()))),
            "e" => Some(Cell::plain(Value::Error(value.trim().to_owned()))),
            _ => Some(Cell::plain(Value::Other(value.trim().to_owned()))),
        })
    }

    fn number(&self, value: &str, formula: bool, style: &Style) -> Cell {
        let digits = value.bytes().any(|byte| byte.is_ascii_digit());
        let Some(number) = value.parse::<f64>().ok().filter(|number| digits && number.is_finite()) else {
            return Cell::plain(Value::Text(value.to_owned()));
        };
        if formula && number == 0.0 && self.shared.worked_out_on_opening {
            return Cell::plain(Value::Formula);
        }
        let number = number_format::fifteen_digits(number);
        let doubt = match number_format::shown(&style.format, number) {
            Shown::Date => return Cell::plain(Value::Other(self.date(number))),
            _ if style.mark.struck => Some(Doubt::struck(number)),
            _ if style.unseen || (self.zeros_hidden && number == 0.0) => Some(Doubt::Otherwise(String::new())),
            Shown::Text(shown) => number_format::doubt(&shown, number),
        };
        Cell { value: Value::Number(number), doubt }
    }

    /// The date that a number of days is shown as; where it is none, the number.
    fn date(&self, days: f64) -> String {
        let (year, month, day) =
            if self.shared.from_1904 { (1904, Month::January, 1) } else { (1899, Month::December, 30) };
        let start = Date::from_calendar_date(year, month, day).ok();
        let whole = (1.0..3_000_000.0).contains(&days).then_some(days as i64);
        // Before March 1900 there is a day that never was.
        let late = whole.map(|days| days + i64::from(!self.shared.from_1904 && days < 61));
        let date = start.zip(late).and_then(|(start, days)| start.checked_add(Duration::days(days)));
        date.map_or(days.to_string(), |date| date.to_string())
    }
}

fn text_cell(text: String, style: &Style) -> Option<Cell> {
    let mut rich = Rich::default();
    rich.push(&text, None);
    rich.cell(style.mark)
}

/// A text as its cell shows it.
fn seen(cell: Option<Cell>, style: &Style) -> Option<Cell> {
    let cell = cell?;
    let Value::Text(text) = &cell.value else { return Some(cell) };
    let shown = if style.unseen { String::new() } else { number_format::shown_text(&style.format, text) };
    let doubt = (shown.trim() != text.trim()).then(|| Doubt::Otherwise(shown.trim().to_owned()));
    Some(Cell { doubt: cell.doubt.or(doubt), value: cell.value })
}

/// Row and column of a reference such as `C14`, from 0.
pub(super) fn place(reference: &str) -> Option<Place> {
    let reference = reference.trim();
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = reference.split_at(letters);
    if letters.is_empty() || letters.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let column =
        letters.bytes().fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column - 1))
}

#[cfg(test)]
mod tests {
    use super::super::Styles;
    use super::*;

    fn read_part(rows: &str, shared: &Shared) -> (Sheet, Result<(), String>) {
        let mut sheet = Sheet::default();
        let result = read(&format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"), shared, &mut sheet);
        (sheet, result)
    }

    fn shared(worked_out_on_opening: bool) -> Shared {
        Shared { strings: Vec::new(), styles: Styles::default(), from_1904: false, worked_out_on_opening }
    }

    #[test]
    fn cells_without_places_count_on_and_every_kind_is_read_as_it_is_seen() {
        let rows = r#"<row><c><v>1</v></c><c r="D1" t="str"><f>A1&amp;""</f><v>7</v></c><c><v>12.000000000000002</v></c></row>
            <x:row xmlns:x="urn:any"><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c t="e"><x:v>#SPILL!</x:v></x:c>
            <x:c t="b"><x:v>1</x:v></x:c><x:c t="d"><x:v>2024-03-31</x:v></x:c><x:c><x:f>1+1</x:f><x:v/></x:c><x:c t="str"><x:f>""</x:f><x:v/></x:c></x:row>"#;
        let (sheet, result) = read_part(rows, &shared(false));
        assert_eq!(result, Ok(()));
        let cells: Vec<_> = sheet.cells.into_iter().map(|(place, cell)| (place, cell.value)).collect();
        let text = |text: &str| Value::Text(text.into());
        let expected = [
            ((0, 0), Value::Number(1.0)),
            ((0, 3), text("7")),
            ((0, 4), Value::Number(12.0)),
            ((1, 0), text("a")),
            ((1, 1), Value::Error("#SPILL!".into())),
            ((1, 2), Value::Other("TRUE".into())),
            ((1, 3), Value::Other("2024-03-31".into())),
            ((1, 4), Value::Formula),
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn what_cannot_be_placed_or_stands_twice_breaks_the_sheet() {
        for rows in [
            r#"<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#,
            r#"<row><c r="1"><v>1</v></c></row>"#,
            r#"<row><c t="s"><v>5</v></c></row>"#,
            r#"<row><c><v>1</v>"#,
        ] {
            assert!(read_part(rows, &shared(false)).1.is_err(), "{rows}");
        }
    }

    #[test]
    fn a_nought_that_is_to_be_worked_out_on_opening_is_no_value() {
        let rows = r#"<row><c><f>B1</f><v>0</v></c><c><f>6*7</f><v>42</v></c><c><v>0</v></c></row>"#;
        let values = |shared: &Shared| {
            let cells = read_part(rows, shared).0.cells;
            cells.into_values().map(|cell| cell.value).collect::<Vec<_>>()
        };
        assert_eq!(values(&shared(true)), [Value::Formula, Value::Number(42.0), Value::Number(0.0)]);
        assert_eq!(values(&shared(false)), [Value::Number(0.0), Value::Number(42.0), Value::Number(0.0)]);
    }

    #[test]
    fn places_are_read_as_they_are_written() {
        assert_eq!(
            [place("A1"), place("C14"), place("XFD1048576")],
            [Some((0, 0)), Some((13, 2)), Some((1_048_575, 16_383))]
        );
        for reference in ["", "1", "A", "A0", "AAAA1", "A1B", "A99999999999"] {
            assert_eq!(place(reference), None, "{reference}");
        }
    }
}
