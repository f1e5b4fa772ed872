//! Opens a workbook from bytes of any kind, within bounds, as plain sheets of cells.

use std::panic::catch_unwind;

use super::archive::Archive;
use super::sheet::{MOST_COLUMNS, MOST_ROWS, Sheet};
use super::{ods, xlsx};

/// A filled collection workbook takes about 20 kB.
const LARGEST_FILE: usize = 20_000_000;

/// All sheets that are kept of a workbook hold no more cells than this.
const MOST_CELLS: usize = 500_000;

/// How a compound file begins.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Why a file or one of its sheets cannot be read.
pub(super) struct Problem {
    /// The sheet's name, or empty for the file.
    pub(super) location: String,
    pub(super) rule: &'static str,
    pub(super) found: String,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// The sheets that were kept, in the order of the file, and what is wrong with others.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) sheets: Vec<Sheet>,
    pub(super) problems: Vec<Problem>,
    /// The names of sheets that were not kept.
    pub(super) others: Vec<String>,
}

/// Reads the sheets of a workbook and keeps those that matter.
///
/// What matters is asked of every sheet, of a large or broken one by its beginning: what does not matter may be of
/// any size.
pub(super) fn open(bytes: &[u8], matters: impl Fn(&Sheet) -> bool) -> Result<Opened, Problem> {
    if bytes.len() > LARGEST_FILE {
        return Err(too_large(format!("{} bytes", bytes.len())));
    }
    if bytes.starts_with(COMPOUND_FILE) {
        // A workbook with a password is a parcel of this kind; otherwise it is an old .xls file.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted { locked() } else { unreadable("an older kind of file") });
    }
    // What is left of a crate's panics on bytes that contradict each other is a finding too.
    let read = std::panic::AssertUnwindSafe(|| read(bytes, matters));
    catch_unwind(read).unwrap_or_else(|_| Err(unreadable("its parts contradict each other")))
}

fn read(bytes: &[u8], matters: impl Fn(&Sheet) -> bool) -> Result<Opened, Problem> {
    let mut archive = Archive::open(bytes)?;
    let mut opened = Opened::default();
    let mut left = MOST_CELLS;
    let take = |sheet: Sheet| {
        if !matters(&sheet) {
            opened.others.push(sheet.name);
            return;
        }
        let cells = sheet.cells.len() + sheet.covered.len();
        match &sheet.broken {
            Some(error) => opened.problems.push(sheet_unreadable(&sheet.name, error)),
            None if sheet.too_large || cells > left => opened.problems.push(sheet_too_large(&sheet.name)),
            None => {
                left -= cells;
                opened.sheets.push(sheet);
            }
        }
    };
    match archive.has(ods::CONTENT) {
        true => ods::read(&mut archive, take)?,
        false => xlsx::read(&mut archive, take)?,
    }
    Ok(opened)
}

pub(super) fn too_large(found: String) -> Problem {
    Problem {
        location: String::new(),
        rule: "file-too-large",
        found,
        message: "the file is far larger than a collection workbook".into(),
        help: "send the collection workbook alone, without pictures or other sheets; it takes much less than 1 MB",
    }
}

pub(super) fn locked() -> Problem {
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

fn sheet_unreadable(name: &str, error: &str) -> Problem {
    Problem {
        location: name.to_owned(),
        rule: "unreadable-sheet",
        found: error.to_owned(),
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
