//! The collection workbook: what is written here is what reading looks for.

use crate::round::{PayBand, Settings};
use crate::standard::{Measure, Standard};

mod answer;
mod archive;
#[cfg(test)]
mod cases;
mod mark;
mod number_format;
mod ods;
mod open;
mod read;
mod remarks;
mod sheet;
mod sheets;
mod table;
#[cfg(test)]
mod tests;
mod write;
mod xlsx;
mod xml;

pub use mark::mark;
pub use read::read;
pub use write::{Before, Content, write};

/// The version of the layout, on the cover: a new one is needed when an old file can no longer be read by its texts.
const LAYOUT_VERSION: &str = "1";

const COVER: &str = "Cover";
const NOTES: &str = "Notes";
const TOPIC: &str = "Topic";
const NOTE: &str = "Note";

const AUTHORITY_CODE: &str = "Authority code";
const AUTHORITY_NAME: &str = "Authority name";
const YEAR: &str = "Reporting year";
const CONTACT: &str = "Contact";
const COVERED: &str = "What is covered";
const VERSION: &str = "Layout version";

const MEASURE: &str = "Measure";
const PAY_BAND: &str = "Pay band";
const GUIDANCE: &str = "Guidance";
/// The column that adds a row up on the screen: it is compared with its row.
const TOTAL: &str = "Total";

/// Stands in the pay band's column where a measure is not counted by pay band: no cell of the table is empty.
const EVERY_BAND: &str = "All";

/// The rows of a service's sheet, in order: one for each measure, or for each of its pay bands.
pub fn rows<'a>(settings: &'a Settings, standard: &'a Standard) -> Vec<(&'a Measure, Option<&'a PayBand>)> {
    let bands = |measure: &'a Measure| match measure.by_band {
        true => settings.pay_bands.iter().map(|band| (measure, Some(band))).collect(),
        false => vec![(measure, None)],
    };
    standard.measures.iter().flat_map(bands).collect()
}

/// A text as it is compared: people change case, spaces and apostrophes without meaning to.
fn normalised(text: &str) -> String {
    let letters: String = text.chars().filter(|letter| !matches!(letter, '\'' | '’')).collect();
    let words: Vec<String> = letters.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// A cell as the submitter sees it: `Adults!C14`; row and column count from 0.
fn cell_name(sheet: &str, row: u32, column: u32) -> String {
    format!("{sheet}!{}{}", column_name(column), u64::from(row) + 1)
}

/// A column as the submitter sees it, counted from 0.
fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}
