//! Figures as public standards have them: the files of open data beside a report, and what describes them.

mod csvw;
mod dataset;
mod described;
mod education;
mod regions;

use anyhow::Result;

use super::columns::Column;
use super::identity::{Identity, Licence};
use super::material::Material;
use super::spreadsheet::{Book, in_words};
use crate::round::{Round, Status};
use crate::statistics::Edition;

pub use csvw::metadata;
pub use dataset::dataset;

/// A file of open data.
pub struct DataFile {
    /// Its path from the folder of the national report.
    pub path: String,
    /// What it is.
    pub text: String,
    /// Its media type.
    pub kind: &'static str,
    /// Whether it is for programs rather than for people.
    pub for_programs: bool,
    /// The content.
    pub bytes: Vec<u8>,
}

/// What describes a file: who made it, of what, and how it may be used.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The round that it is of.
    pub round: &'a Round,
    /// Who publishes it.
    pub organisation: &'a str,
    /// How it may be used again, where it is for everybody.
    pub licence: Option<&'a Licence>,
    /// The edition of the authority's own figures in it; none where it holds no authority's.
    pub edition: Option<Edition>,
}

impl<'a> About<'a> {
    /// Of a file of this edition: what is for an authority alone may not be used again.
    pub fn new(material: Material<'a>, identity: &'a Identity, edition: Option<Edition>) -> Self {
        let licence = identity.licence.as_ref().filter(|_| edition != Some(Edition::Own));
        Self { round: material.round, organisation: &identity.organisation, licence, edition }
    }

    /// Whether the figures are real, and whether they may still change.
    fn status(&self) -> &'static str {
        match self.round.settings.status {
            Status::Synthetic => "Synthetic data: fictional authorities, not real results.",
            Status::Provisional => "Provisional: figures may still change.",
            Status::Final => "Final.",
        }
    }
}

const CSV: &str = "text/csv";
const CSVW: &str = "application/csvm+json";

/// What the description of a file of all figures is called.
pub const DESCRIPTION: &str = "Description of every figure (CSV on the Web)";

/// The name of the description of a file of data, as CSV on the Web has it.
pub fn description_of(file: &str) -> String {
    format!("{file}-metadata.json")
}

/// The files of the national release; `rows` are those of its file of all figures.
pub fn files(material: Material<'_>, identity: &Identity, rows: &[u8]) -> Result<Vec<DataFile>> {
    let year = material.round.settings.year;
    let about = About::new(material, identity, None);
    let book = Book::new(material, identity);
    let file = |path: &str, text: &str, kind, bytes| DataFile {
        path: format!("tables/{path}"),
        text: text.to_owned(),
        kind,
        // What has a folder of its own is for a service to take in.
        for_programs: kind == CSVW || path.contains('/'),
        bytes,
    };
    let mut files = vec![
        file("indicators.csv", "Every figure as CSV", CSV, rows.to_vec()),
        file(&description_of("indicators.csv"), DESCRIPTION, CSVW, metadata(about, "indicators.csv")?),
        file(
            &format!("sc-wres-{year}.xlsx"),
            "Data tables as a spreadsheet (Excel)",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            book.xlsx()?,
        ),
        file(
            &format!("sc-wres-{year}.ods"),
            "Data tables as a spreadsheet (OpenDocument)",
            "application/vnd.oasis.opendocument.spreadsheet",
            book.ods()?,
        ),
    ];
    for (name, text, bytes) in education::files(material)? {
        files.push(file(&format!("explore-education-statistics/{name}"), text, CSV, bytes));
    }
    Ok(files)
}

/// A column's title in the terms of the round; its name where it has none.
fn title(column: &Column, round: &Round) -> String {
    column.title.map_or_else(|| column.id.to_owned(), |title| in_words(title, round))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::columns::COLUMNS;

    #[test]
    fn every_column_is_described() {
        for column in &COLUMNS {
            assert!(described::described(column.id).is_ok(), "{} has no description", column.id);
        }
    }
}
