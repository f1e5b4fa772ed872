//! A sheet as a person sees it: what its cells hold and show, what is hidden, merged, and remarked.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

pub(super) const MOST_ROWS: u32 = 10_000;
pub(super) const MOST_COLUMNS: u32 = 1_000;
/// The collection workbook's largest sheet fills some 400.
const MOST_CELLS: usize = 200_000;
/// Letters of all cells together: a text that many cells refer to is kept by each.
const MOST_LETTERS: usize = 20_000_000;
const MOST_MERGES: usize = 1_000;
pub(super) const MOST_REMARKS: usize = 1_000;
const LONGEST_REMARK: usize = 2_000;

/// A remark as it is carried: a very long one is cut, and shows it.
pub(super) fn cut(text: &str) -> String {
    let mut cut: String = text.trim().chars().take(LONGEST_REMARK).collect();
    if text.trim().chars().nth(LONGEST_REMARK).is_some() {
        cut.push('…');
    }
    cut
}

/// Row and column, from 0.
pub(super) type Place = (u32, u32);

/// What a cell holds, if it is not empty.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    /// An error value such as `#DIV/0!`.
    Error(String),
    /// A date, a time, true or false.
    Other(String),
    /// A formula that was never worked out.
    Formula,
}

/// Why what a cell holds is not plainly what a person sees in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Doubt {
    /// Struck out, wholly or in part; with the pieces one by one.
    Struck { pieces: String, whole: bool },
    /// Raised or lowered in part, like a mark for a footnote.
    Raised(String),
    /// Shown as a percentage.
    Percentage(String),
    /// Shown as a dash, which stands for zero.
    Dash(String),
    /// Shown as something else, or not at all.
    Otherwise(String),
}

/// One cell that is not empty.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) value: Value,
    pub(super) doubt: Option<Doubt>,
}

impl Value {
    /// The value as it is written.
    pub(super) fn written(&self) -> String {
        match self {
            Value::Number(number) => number.to_string(),
            Value::Text(text) | Value::Error(text) | Value::Other(text) => text.trim().to_owned(),
            Value::Formula => String::new(),
        }
    }
}

impl Doubt {
    /// That a number is struck out.
    pub(super) fn struck(number: f64) -> Doubt {
        Doubt::Struck { pieces: format!("{number} (struck out)"), whole: true }
    }
}

impl Cell {
    /// A cell that shows what it holds.
    pub(super) fn plain(value: Value) -> Cell {
        Cell { value, doubt: None }
    }

    fn letters(&self) -> usize {
        let of_value = match &self.value {
            Value::Text(text) | Value::Error(text) | Value::Other(text) => text.len(),
            Value::Number(_) | Value::Formula => 0,
        };
        let of_doubt = match &self.doubt {
            Some(Doubt::Struck { pieces: text, .. } | Doubt::Raised(text) | Doubt::Otherwise(text)) => text.len(),
            _ => 0,
        };
        of_value + of_doubt
    }

    /// A text that is the cell's; an error value that was kept as a text is one all the same.
    pub(super) fn text(text: String) -> Option<Cell> {
        if text.trim().is_empty() {
            return None;
        }
        Some(Cell::plain(if is_error(&text) { Value::Error(text.trim().to_owned()) } else { Value::Text(text) }))
    }
}

/// Whether a text is what a spreadsheet program shows for an error: `#SPILL!`, `#N/A`, `Err:502`.
fn is_error(text: &str) -> bool {
    let text = text.trim();
    let name = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || "/_".contains(letter);
    if let Some(rest) = text.strip_prefix('#') {
        let body = rest.trim_end_matches(['!', '?']);
        let ended = body.len() + 1 == rest.len() || ["N/A", "GETTING_DATA", "NULL", "BUSY"].contains(&body);
        return ended && body.starts_with(|letter: char| letter.is_ascii_uppercase()) && body.chars().all(name);
    }
    text.strip_prefix("Err:").is_some_and(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How a piece of text is set apart from the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) struck: bool,
    pub(super) raised: bool,
}

/// A text in pieces, as it is set.
#[derive(Clone, Debug, Default)]
pub(super) struct Rich {
    pieces: Vec<(String, Option<Mark>)>,
}

impl Rich {
    /// Adds to the text; without a mark of its own a piece is set as its cell is.
    pub(super) fn push(&mut self, text: &str, mark: Option<Mark>) {
        match self.pieces.last_mut() {
            Some((last, same)) if *same == mark => last.push_str(text),
            _ => self.pieces.push((text.to_owned(), mark)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.iter().all(|(text, _)| text.trim().is_empty())
    }

    /// Everything, without looking at how it is set.
    pub(super) fn whole(&self) -> String {
        self.pieces.iter().map(|(text, _)| text.as_str()).collect()
    }

    /// The cell that holds this text and is itself set in some way.
    ///
    /// Struck out and raised pieces are not glued to the rest: the text is what is left without them, or the whole
    /// when that is nothing, and the doubt names the pieces.
    pub(super) fn cell(&self, own: Mark) -> Option<Cell> {
        let pieces = || {
            let filled = self.pieces.iter().filter(|(text, _)| !text.trim().is_empty());
            filled.map(|(text, mark)| (text.as_str(), mark.unwrap_or(own)))
        };
        let struck = pieces().any(|(_, mark)| mark.struck);
        // What is raised as a whole is only small.
        let raised = pieces().any(|(_, mark)| mark.raised) && !pieces().all(|(_, mark)| mark.raised);
        if !struck && !raised {
            return Cell::text(self.whole());
        }
        let named = pieces().map(|(text, mark)| match mark {
            Mark { struck: true, .. } => format!("{} (struck out)", text.trim()),
            Mark { raised: true, .. } => format!("{} (raised)", text.trim()),
            _ => text.trim().to_owned(),
        });
        let named = named.collect::<Vec<_>>().join(" ");
        let plain = self.pieces.iter().filter(|(_, mark)| mark.unwrap_or(own) == Mark::default());
        let plain: String = plain.map(|(text, _)| text.as_str()).collect();
        let text = if plain.trim().is_empty() { self.whole() } else { plain };
        let whole = pieces().all(|(_, mark)| mark.struck);
        let doubt = if struck { Doubt::Struck { pieces: named, whole } } else { Doubt::Raised(named) };
        Some(Cell { value: Value::Text(text), doubt: Some(doubt) })
    }
}

/// Cells that were merged into the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) first: Place,
    pub(super) last: Place,
}

impl Merge {
    pub(super) fn holds(&self, (row, column): Place) -> bool {
        (self.first.0..=self.last.0).contains(&row) && (self.first.1..=self.last.1).contains(&column)
    }
}

/// One sheet.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Whether a person has to ask for the sheet to see it.
    pub(super) hidden: bool,
    /// The cells that hold something and can be seen.
    pub(super) cells: BTreeMap<Place, Cell>,
    /// What cells hold that a merged cell lies over.
    pub(super) covered: BTreeMap<Place, Cell>,
    pub(super) merges: Vec<Merge>,
    pub(super) hidden_rows: Vec<RangeInclusive<u32>>,
    pub(super) hidden_columns: Vec<RangeInclusive<u32>>,
    /// Comments of cells, and texts in boxes over the sheet, which have no cell.
    pub(super) remarks: Vec<(Option<Place>, String)>,
    /// How many letters its cells hold.
    pub(super) letters: usize,
    /// Whether it is larger than what is read of a sheet: then it holds only the beginning.
    pub(super) too_large: bool,
    /// Why it could not be read to its end.
    pub(super) broken: Option<String>,
}

impl Sheet {
    /// Puts a cell where it stands; `false` when the sheet is too large.
    pub(super) fn put(&mut self, place: Place, cell: Cell) -> bool {
        self.letters += cell.letters();
        let full = self.cells.len() + self.covered.len() >= MOST_CELLS || self.letters > MOST_LETTERS;
        if place.0 >= MOST_ROWS || place.1 >= MOST_COLUMNS || full {
            self.too_large = true;
            return false;
        }
        self.cells.insert(place, cell);
        true
    }

    /// Takes up merged cells by two corners.
    pub(super) fn merge(&mut self, one: Place, other: Place) {
        let first = (one.0.min(other.0), one.1.min(other.1));
        let merge = Merge { first, last: (one.0.max(other.0), one.1.max(other.1)) };
        // What lies outside of what is read of a sheet does not matter.
        if merge.first.0 >= MOST_ROWS || merge.first.1 >= MOST_COLUMNS || merge.first == merge.last {
            return;
        }
        match self.merges.len() < MOST_MERGES {
            true => self.merges.push(merge),
            false => self.too_large = true,
        }
    }

    /// Marks rows as hidden; those that follow each other are kept as one.
    pub(super) fn hide_rows(&mut self, rows: RangeInclusive<u32>) {
        if *rows.start() >= MOST_ROWS {
            return;
        }
        match self.hidden_rows.last_mut() {
            Some(last) if last.end().saturating_add(1) == *rows.start() => *last = *last.start()..=*rows.end(),
            _ => self.hidden_rows.push(rows),
        }
    }

    pub(super) fn hide_columns(&mut self, columns: RangeInclusive<u32>) {
        if *columns.start() < MOST_COLUMNS && self.hidden_columns.len() < MOST_COLUMNS as usize {
            self.hidden_columns.push(columns);
        }
    }

    pub(super) fn remark(&mut self, place: Option<Place>, text: &str) {
        let text = cut(text);
        if !text.is_empty() && self.remarks.len() < MOST_REMARKS {
            self.remarks.push((place, text));
        }
    }

    /// Once everything is read: what lies under a merged cell is not seen.
    pub(super) fn cover(&mut self) {
        for merge in &self.merges {
            let rows = self.cells.range((merge.first.0, 0)..=(merge.last.0, u32::MAX));
            let under = rows.map(|(place, _)| *place).filter(|place| *place != merge.first && merge.holds(*place));
            for place in under.collect::<Vec<_>>() {
                self.covered.extend(self.cells.remove(&place).map(|cell| (place, cell)));
            }
        }
    }

    /// A cell that its file says lies under a merged one.
    pub(super) fn hide_under_merge(&mut self, place: Place) {
        self.covered.extend(self.cells.remove(&place).map(|cell| (place, cell)));
    }

    /// The merged cells that a place is part of.
    pub(super) fn merge_at(&self, place: Place) -> Option<&Merge> {
        self.merges.iter().find(|merge| merge.holds(place))
    }

    /// What a person sees at a place: a merged cell is seen wherever it reaches.
    pub(super) fn seen(&self, place: Place) -> Option<&Cell> {
        let first = self.merge_at(place).map_or(place, |merge| merge.first);
        self.cells.get(&first)
    }

    pub(super) fn is_hidden_row(&self, row: u32) -> bool {
        self.hidden_rows.iter().any(|rows| rows.contains(&row))
    }

    pub(super) fn is_hidden_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|columns| columns.contains(&column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_values_of_every_program_are_told_from_texts() {
        for error in
            ["#DIV/0!", "#N/A", "#SPILL!", "#CALC!", "#BLOCKED!", "#NAME?", "Err:502", " #REF! ", "#GETTING_DATA"]
        {
            assert!(is_error(error), "{error}");
        }
        for text in ["#1", "# of staff", "12", "#", "#!", "Err: none", "#ref"] {
            assert!(!is_error(text), "{text}");
        }
    }

    #[test]
    fn pieces_are_never_glued() {
        let cell = |pieces: &[(&str, Mark)], own| {
            let mut rich = Rich::default();
            pieces.iter().for_each(|(text, mark)| rich.push(text, Some(*mark)));
            rich.cell(own)
        };
        let (plain, struck) = (Mark::default(), Mark { struck: true, raised: false });
        let raised = Mark { struck: false, raised: true };
        assert_eq!(cell(&[("1", plain), ("2", plain)], plain), Some(Cell::plain(Value::Text("12".into()))));
        let doubted = |text: &str, doubt| Some(Cell { value: Value::Text(text.into()), doubt: Some(doubt) });
        assert_eq!(
            cell(&[("1", struck), ("2", plain)], plain),
            doubted("2", Doubt::Struck { pieces: "1 (struck out) 2".into(), whole: false })
        );
        assert_eq!(
            cell(&[("12", plain), ("3", struck)], struck),
            doubted("12", Doubt::Struck { pieces: "12 3 (struck out)".into(), whole: false })
        );
        let mut own = Rich::default();
        own.push("12", None);
        let whole = Doubt::Struck { pieces: "12 (struck out)".into(), whole: true };
        assert_eq!(own.cell(struck), doubted("12", whole));
        assert_eq!(
            cell(&[("White", plain), ("2", raised)], plain),
            doubted("White", Doubt::Raised("White 2 (raised)".into()))
        );
    }
}
