//! The national figures as accessible spreadsheets: a cover, and one table a sheet from A1; the same in both formats.

mod contents;
mod ods;
mod within;
mod xlsx;

use anyhow::Result;

use super::columns::{Cell, Style};
use super::identity::Identity;
use super::material::Material;
use super::words;
use crate::round::Date;

pub use contents::{CONTACT, in_words};

/// The data tables, whatever the format.
pub struct Book {
    title: String,
    published: Date,
    cover: Vec<Line>,
    tables: Vec<Sheet>,
}

/// A line of the cover: two cells.
struct Line {
    label: String,
    text: String,
    look: Look,
}

/// What a line of the cover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// The title of the book, without a second cell.
    Title,
    /// The headings of the lines that follow.
    Heading,
    /// A fact about the book.
    Fact,
    /// A sheet and what it holds: its name leads there.
    Link,
    /// A term and its meaning.
    Note,
}

/// A table on a sheet of its own; every cell holds something.
struct Sheet {
    name: &'static str,
    columns: Vec<Heading>,
    rows: Vec<Vec<Cell>>,
}

/// The first cell of a column, and how wide it is in letters.
struct Heading {
    title: String,
    width: u16,
}

/// The name of the first sheet.
const COVER: &str = "Cover";

/// How wide its two columns are, in letters.
const COVER_WIDTHS: [u16; 2] = [24, 90];

impl Book {
    /// Everything that may be shown of a round.
    pub fn new(material: Material<'_>, identity: &Identity) -> Self {
        contents::book(material, identity)
    }

    /// As a workbook of Excel; equal figures give equal bytes.
    pub fn xlsx(&self) -> Result<Vec<u8>> {
        xlsx::write(self)
    }

    /// As an OpenDocument spreadsheet; equal figures give equal bytes.
    pub fn ods(&self) -> Result<Vec<u8>> {
        ods::write(self)
    }
}

/// The number as all files have it.
fn rounded(style: Style, value: f64) -> f64 {
    words::to_number(value, style.decimals())
}
