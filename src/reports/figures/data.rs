//! Compares what documents print with the data files.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use crate::reports::columns::{self, COLUMNS};
use crate::reports::words;
use crate::round::PayBand;
use crate::statistics::{Breakdown, FigureId, Scope};

use super::Recorded;

/// What a data file prints: its rows by the ids of their figures.
pub struct Data {
    rows: BTreeMap<String, (Breakdown, csv::StringRecord)>,
}

impl Data {
    /// Reads a data file as it will be written, of a round with these pay bands.
    pub fn read(bytes: &[u8], bands: &[PayBand]) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(bytes);
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record.context("a data file cannot be read again")?;
            let cell = |name: &str| cell(&record, name);
            let year = cell("year").parse().context("a data file has a row of no year")?;
            let (scope, breakdown) = (Scope::from_id(cell("service"))?, Breakdown::parse(cell("breakdown"), bands)?);
            let id = FigureId::new(year, cell("area_code"), scope, cell("indicator"), &breakdown);
            rows.insert(id.to_string(), (breakdown, record));
        }
        Ok(Self { rows })
    }

    /// Makes sure that the data file says the same as what is printed, where it has the figure.
    pub fn agree(&self, figure: &Recorded) -> Result<()> {
        let Some((row, part)) = figure.id.rsplit_once('/') else { return Ok(()) };
        let Some((breakdown, row)) = self.rows.get(row) else { return Ok(()) };
        let columns = columns::holding(part, breakdown).with_context(|| format!("the figure {}", figure.id))?;
        if columns.is_empty() {
            return Ok(());
        }
        let cell = |(place, _): &(usize, f64)| row.get(*place).unwrap_or_default();
        let printed = figure.printed.split(" to ").collect::<Vec<_>>();
        let same = if figure.printed.starts_with('[') {
            columns.iter().all(|column| cell(column).is_empty())
        } else {
            printed.len() == columns.len()
                && columns.iter().zip(printed).all(|(column, printed)| same(cell(column), printed, column.1))
        };
        let found: Vec<&str> = columns.iter().map(cell).collect();
        ensure!(
            same,
            "the figure {} is printed as `{}`, and in the data file as `{}`: please report this",
            figure.id,
            figure.printed,
            found.join(" to ")
        );
        Ok(())
    }
}

fn cell<'a>(record: &'a csv::StringRecord, name: &str) -> &'a str {
    let place = COLUMNS.iter().position(|column| column.id == name);
    place.and_then(|place| record.get(place)).unwrap_or_default()
}

/// Whether a cell and a printed number are the same number.
fn same(cell: &str, printed: &str, scale: f64) -> bool {
    let printed = printed.trim_start_matches(words::ABOUT).trim_start_matches(['<', '>']);
    let printed: String = printed.replace('−', "-").chars().filter(|letter| !",%+".contains(*letter)).collect();
    match (cell.parse::<f64>(), printed.parse::<f64>()) {
        // Both are written with the same decimals: what is left is what binary fractions cannot hold.
        (Ok(cell), Ok(printed)) => (cell * scale - printed).abs() < 1e-6,
        _ => false,
    }
}
