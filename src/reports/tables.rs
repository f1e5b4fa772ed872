//! Writes figures as open data: the rows of `indicators.csv` and `data.csv`.

use anyhow::{Context, Result};

use crate::statistics::Statistic;

use super::columns::COLUMNS;

/// A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe in front.
pub fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// The figures as CSV with a header line.
pub fn csv<'a>(year: i32, statistics: impl IntoIterator<Item = &'a Statistic>, header: bool) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if header {
        writer.write_record(COLUMNS.iter().map(|column| column.id))?;
    }
    for statistic in statistics {
        writer.write_record(COLUMNS.iter().map(|column| column.text(statistic, year)))?;
    }
    writer.into_inner().context("cannot finish a data file")
}
