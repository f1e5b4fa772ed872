//! Opens a workbook from bytes of any kind, within bounds, as plain sheets of cells.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::catch_unwind;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::normalised;

/// A filled collection workbook takes about 20 kB.
const LARGEST_FILE: usize = 20_000_000;
const LARGEST_CONTENT: u64 = 200_000_000;
const MOST_ROWS: u32 = 10_000;
const MOST_COLUMNS: u32 = 1_000;

/// What a cell holds, if it is not empty.
pub(super) enum Cell {
    Number(f64),
    Text(String),
    /// An error value such as `#DIV/0!`.
    Error(String),
    /// A date, a time, true or false.
    Other(String),
    /// A formula that was never worked out.
    Formula,
}

/// The cells of a sheet that hold something, by row and column from 0.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) cells: BTreeMap<(u32, u32), Cell>,
}

/// Why a file or one of its sheets cannot be read.
pub(super) struct Problem {
    /// The sheet's name, or empty for the file.
    pub(super) location: String,
    pub(super) rule: &'static str,
    pub(super) found: String,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// The sheets that could be read, in the order of the file, and what is wrong with the others.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) sheets: Vec<Sheet>,
    pub(super) problems: Vec<Problem>,
}

/// Reads the sheets with these names; no other sheet is looked at, however large it is.
pub(super) fn open(bytes: &[u8], wanted: &[&str]) -> Result<Opened, Problem> {
    if bytes.len() > LARGEST_FILE {
        return Err(too_large(format!("{} bytes", bytes.len())));
    }
    if let Some(size) = declared_size(bytes).filter(|size| *size > LARGEST_CONTENT) {
        return Err(too_large(format!("{size} bytes once unpacked")));
    }
    // The crate reserves as much memory as the file asks for, and panics when that is more than there can be.
    catch_unwind(|| read_sheets(bytes, wanted)).unwrap_or_else(|_| Err(unreadable("its parts contradict each other")))
}

fn read_sheets(bytes: &[u8], wanted: &[&str]) -> Result<Opened, Problem> {
    let mut workbook: Xlsx<_> = match Xlsx::new(Cursor::new(bytes)) {
        Ok(workbook) => workbook,
        Err(XlsxError::Password) => return Err(locked()),
        Err(error) => return Err(unreadable(&error.to_string())),
    };
    let mut opened = Opened::default();
    let mut seen: Vec<String> = Vec::new();
    for name in workbook.sheet_names() {
        let key = normalised(&name);
        if !wanted.iter().any(|wanted| normalised(wanted) == key) {
            continue;
        }
        if seen.contains(&key) {
            opened.problems.push(double(name));
            continue;
        }
        seen.push(key);
        match read_cells(&mut workbook, &name) {
            Ok(cells) => opened.sheets.push(Sheet { name: name.trim().to_owned(), cells }),
            Err(problem) => opened.problems.push(problem),
        }
    }
    Ok(opened)
}

/// Reads cell by cell: a range would take the memory of the whole rectangle around two far corners.
fn read_cells(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<BTreeMap<(u32, u32), Cell>, Problem> {
    let broken = |error: XlsxError| sheet_unreadable(name, &error);
    let mut cells = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let mut visited = 0;
    while let Some(record) = reader.next_cell_with_formula_metadata().map_err(broken)? {
        visited += 1;
        if visited > MOST_ROWS * MOST_COLUMNS {
            return Err(sheet_too_large(name));
        }
        // Cells with a format but no content lie anywhere, by the million, and do not count.
        let Some(cell) = content(&record.value, record.formula.is_some()) else { continue };
        let (row, column) = record.pos;
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(sheet_too_large(name));
        }
        cells.insert((row, column), cell);
    }
    Ok(cells)
}

fn content(value: &DataRef<'_>, formula: bool) -> Option<Cell> {
    match value {
        DataRef::Empty => formula.then_some(Cell::Formula),
        DataRef::Int(number) => Some(Cell::Text(number.to_string())),
        DataRef::Float(number) => Some(Cell::Number(*number)),
        DataRef::String(text) => text_content(text),
        DataRef::SharedString(text) => text_content(text),
        DataRef::Error(error) => Some(Cell::Error(error.to_string())),
        DataRef::Bool(truth) => Some(Cell::Other(truth.to_string().to_uppercase())),
        DataRef::DateTime(date) => Some(Cell::Other(date.to_string())),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Some(Cell::Other(text.clone())),
    }
}

fn text_content(text: &str) -> Option<Cell> {
    (!text.trim().is_empty()).then(|| Cell::Text(text.to_owned()))
}

/// The size of all parts once unpacked, as the zip's directory declares it.
fn declared_size(bytes: &[u8]) -> Option<u64> {
    const END: usize = 22;
    let last = bytes.len().checked_sub(END)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let end = (first..=last).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06"))?;
    let parts = number(bytes, end + 10, 2)?;
    let mut at = usize::try_from(number(bytes, end + 16, 4)?).ok()?;
    let mut total = 0_u64;
    for _ in 0..parts {
        bytes.get(at..)?.starts_with(b"PK\x01\x02").then_some(())?;
        total = total.saturating_add(number(bytes, at + 24, 4)?);
        let texts = [28, 30, 32].map(|offset| number(bytes, at + offset, 2));
        at += 46 + texts.into_iter().sum::<Option<u64>>()? as usize;
    }
    Some(total)
}

/// A little-endian number of so many bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn too_large(found: String) -> Problem {
    Problem {
        location: String::new(),
        rule: "file-too-large",
        found,
        message: "the file is far larger than a collection workbook".into(),
        help: "send the collection workbook alone, without pictures or other sheets; it takes much less than 1 MB",
    }
}

fn locked() -> Problem {
    Problem {
        location: String::new(),
        rule: "password-protected",
        found: String::new(),
        message: "the workbook is protected with a password and cannot be opened".into(),
        help: "save it without a password (File, Info, Protect workbook) and send it again by a safe way",
    }
}

fn unreadable(found: &str) -> Problem {
    Problem {
        location: String::new(),
        rule: "not-a-workbook",
        found: found.to_owned(),
        message: "the file cannot be read as an Excel workbook".into(),
        help: "open it in Excel and save it as an Excel workbook (.xlsx); older .xls files and renamed CSV files cannot be read",
    }
}

fn sheet_unreadable(name: &str, error: &XlsxError) -> Problem {
    Problem {
        location: name.to_owned(),
        rule: "unreadable-sheet",
        found: error.to_string(),
        message: "the sheet cannot be read".into(),
        help: "copy the counts into a fresh collection workbook as values only (paste special, values)",
    }
}

fn sheet_too_large(name: &str) -> Problem {
    Problem {
        location: name.to_owned(),
        rule: "sheet-too-large",
        found: format!("more than {MOST_ROWS} rows or {MOST_COLUMNS} columns"),
        message: "the sheet is far larger than the collection workbook's".into(),
        help: "delete everything outside the table, and check that no list of staff was pasted in",
    }
}

fn double(name: String) -> Problem {
    Problem {
        found: name.clone(),
        location: name,
        rule: "double-sheet",
        message: "two sheets have the same name, so that it is not clear which one counts".into(),
        help: "delete one of them, or rename it",
    }
}
