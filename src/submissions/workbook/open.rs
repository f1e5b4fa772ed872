//! Opens a workbook from bytes of any kind, within bounds, as plain sheets of cells.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::catch_unwind;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

use super::{normalised, ods};

/// A filled collection workbook takes about 20 kB.
const LARGEST_FILE: usize = 20_000_000;
const LARGEST_CONTENT: u64 = 200_000_000;
pub(super) const MOST_ROWS: u32 = 10_000;
pub(super) const MOST_COLUMNS: u32 = 1_000;

/// How a compound file begins.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

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
    /// The names of sheets that were not asked for, and not read.
    pub(super) others: Vec<String>,
}

/// Reads the sheets with these names, all when there are none; no other sheet is looked at, however large it is.
pub(super) fn open(bytes: &[u8], wanted: &[&str]) -> Result<Opened, Problem> {
    if bytes.len() > LARGEST_FILE {
        return Err(too_large(format!("{} bytes", bytes.len())));
    }
    if bytes.starts_with(COMPOUND_FILE) {
        // A workbook with a password is a parcel of this kind; otherwise it is an old .xls file.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted { locked() } else { unreadable("an older kind of file") });
    }
    let ods = unpack(bytes)?;
    // What is left of a crate's panics on parts that contradict each other is a finding too.
    let read = || match &ods {
        Some(content) => ods::read(content, wanted),
        None => read_sheets(bytes, wanted),
    };
    catch_unwind(read).unwrap_or_else(|_| Err(unreadable("its parts contradict each other")))
}

/// Unpacks every part once, to see that there is no more than a workbook holds, whatever the directory declares.
///
/// Returns the content of an OpenDocument spreadsheet. What is no archive is left to the
/// reader, which says why.
fn unpack(bytes: &[u8]) -> Result<Option<String>, Problem> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(None) };
    let mut left = LARGEST_CONTENT;
    let mut content = None;
    for index in 0..archive.len() {
        let broken = |error: &dyn std::fmt::Display| unreadable(&error.to_string());
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(error) if index == 0 && error.to_string().to_lowercase().contains("password") => return Err(locked()),
            Err(error) => return Err(broken(&error)),
        };
        let name = part.name().map(|name| name.to_lowercase()).unwrap_or_default();
        let mut unpacked = Vec::new();
        let mut bounded = part.take(left + 1);
        if name == "content.xml" || name.ends_with("sharedstrings.xml") {
            bounded.read_to_end(&mut unpacked).map_err(|error| broken(&error))?;
        } else {
            std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|error| broken(&error))?;
        }
        let taken = left + 1 - bounded.limit();
        left = left
            .checked_sub(taken)
            .ok_or_else(|| too_large(format!("more than {LARGEST_CONTENT} bytes once unpacked")))?;
        if name == "content.xml" {
            content = Some(String::from_utf8(unpacked).map_err(|error| broken(&error))?);
        } else if claims_more_texts(&unpacked) {
            return Err(unreadable("it claims to hold more texts than it does"));
        }
    }
    Ok(content)
}

/// Whether shared texts are said to be more than there are bytes: memory is reserved for as many as are said to be there.
fn claims_more_texts(part: &[u8]) -> bool {
    const CLAIM: &[u8] = b"uniqueCount";
    part.windows(CLAIM.len()).enumerate().filter(|(_, window)| *window == CLAIM).any(|(at, _)| {
        let rest = part[at + CLAIM.len()..].iter().skip_while(|byte| !byte.is_ascii_digit());
        let digits: String = rest.take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
        !digits.is_empty() && digits.parse::<usize>().map_or(true, |claimed| claimed > part.len())
    })
}

/// Whether a sheet is asked for.
pub(super) fn is_wanted(name: &str, wanted: &[&str]) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| normalised(wanted) == normalised(name))
}

fn read_sheets(bytes: &[u8], wanted: &[&str]) -> Result<Opened, Problem> {
    let mut workbook: Xlsx<_> = match Xlsx::new(Cursor::new(bytes)) {
        Ok(workbook) => workbook,
        Err(error) => return Err(unreadable(&error.to_string())),
    };
    let mut opened = Opened::default();
    let mut seen: Vec<String> = Vec::new();
    for name in workbook.sheet_names() {
        let key = normalised(&name);
        if !is_wanted(&name, wanted) {
            opened.others.push(name);
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

pub(super) fn text_content(text: &str) -> Option<Cell> {
    (!text.trim().is_empty()).then(|| Cell::Text(text.to_owned()))
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

pub(super) fn unreadable(found: &str) -> Problem {
    Problem {
        location: String::new(),
        rule: "not-a-workbook",
        found: found.to_owned(),
        message: "the file cannot be read as a workbook".into(),
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

pub(super) fn sheet_too_large(name: &str) -> Problem {
    Problem {
        location: name.to_owned(),
        rule: "sheet-too-large",
        found: format!("more than {MOST_ROWS} rows or {MOST_COLUMNS} columns"),
        message: "the sheet is far larger than the collection workbook's".into(),
        help: "delete everything outside the table, and check that no list of staff was pasted in",
    }
}

pub(super) fn double(name: String) -> Problem {
    Problem {
        found: name.clone(),
        location: name,
        rule: "double-sheet",
        message: "two sheets have the same name, so that it is not clear which one counts".into(),
        help: "delete one of them, or rename it",
    }
}
