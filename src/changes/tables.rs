//! Which rows of the tables of two builds differ, and where their figures are printed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::side::Side;

/// The table of the national report, and what the tables of packs are called.
const NATIONAL: &str = "national/tables/indicators.csv";
const OF_A_PACK: &str = "/data.csv";

/// The table of all printed figures.
pub(super) const PRINTED: &str = "figures.csv";

/// The columns that say which figure a row is of.
const NAMES: [&str; 7] = ["year", "area_type", "area_code", "area_name", "service", "indicator", "breakdown"];

/// The row of a figure in a build's table: by column.
pub(super) type Cells = BTreeMap<String, String>;

/// A figure that differs.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What the ids of its printed numbers begin with, such as `2024/england/2/all`.
    pub figure: String,
    /// What it is of: `area_type`, `area_code` and their like.
    pub names: Cells,
    /// The columns that differ, with what stood there and what stands there, in the order of the table.
    pub columns: Vec<(String, String, String)>,
    /// Whether the whole row came or went.
    pub whole: Option<Whole>,
    /// Its place among the rows.
    place: usize,
}

/// A row that is in one of the tables only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    Came,
    Went,
}

impl Row {
    /// A name of it, such as its `area_code`.
    pub fn name(&self, column: &str) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    pub fn result_differs(&self) -> bool {
        self.columns.iter().any(|(column, ..)| column == "result")
    }

    /// Whether a number that was shown is not any more, or the other way round, or is shown more coarsely or less so.
    pub fn flips(&self) -> bool {
        let flips = |(column, old, new): &(String, String, String)| {
            column == "coarser" || (is_number(column) && old.is_empty() != new.is_empty())
        };
        self.columns.iter().any(flips)
    }
}

/// Whether a column holds a number.
pub(super) fn is_number(column: &str) -> bool {
    !["result", "marker", "coarser"].contains(&column)
}

/// All rows that differ, in the order of the tables.
pub(super) fn differing(before: &Side, now: &Side) -> Result<Vec<Row>> {
    let paths: BTreeSet<&String> = before.outputs.keys().chain(now.outputs.keys()).collect();
    let tables: Vec<&String> = paths
        .into_iter()
        .filter(|path| *path == NATIONAL || (path.starts_with("authorities/") && path.ends_with(OF_A_PACK)))
        .filter(|path| before.outputs.get(*path) != now.outputs.get(*path))
        .collect();
    let rows = |path: &&String| -> Result<Vec<Row>> {
        let both = [before, now].map(|side| side.file(path));
        // The table of a pack that is not on record tells nothing of the one that is there now.
        if both.iter().zip([before, now]).any(|(bytes, side)| bytes.is_none() && side.outputs.contains_key(*path)) {
            return Ok(Vec::new());
        }
        let [old, new] = both.map(|bytes| read(&bytes.unwrap_or_default(), *path == NATIONAL));
        Ok(compare(&old.with_context(|| format!("{path} of the build before"))?, &new?))
    };
    let mut rows: Vec<Row> = tables.par_iter().map(rows).collect::<Result<Vec<_>>>()?.concat();
    let kind =
        |row: &Row| ["national", "region", "type", "group"].iter().position(|kind| *kind == row.name("area_type"));
    rows.sort_by_key(|row| (kind(row).unwrap_or(usize::MAX), row.name("area_code").to_owned(), row.place));
    // The order of regions, types and groups is that of the table, which is that of their codes.
    Ok(rows)
}

struct Table {
    header: Vec<String>,
    rows: BTreeMap<String, (usize, csv::StringRecord)>,
}

/// Reads a table: all of the national one, and of a pack's the rows of its authority.
fn read(bytes: &[u8], national: bool) -> Result<Table> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let column = |name: &str| header.iter().position(|other| other == name);
    let at = NAMES.map(column);
    let mut rows = BTreeMap::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.context("a table cannot be read")?;
        let cell = |name: usize| at[name].and_then(|place| record.get(place)).unwrap_or_default();
        if !national && cell(1) != "authority" {
            continue;
        }
        let breakdown = if cell(6).is_empty() { String::new() } else { format!("/{}", cell(6)) };
        let figure = format!("{}/{}/{}/{}{breakdown}", cell(0), cell(2), cell(5), cell(4));
        rows.insert(figure, (place, record));
    }
    Ok(Table { header, rows })
}

fn compare(old: &Table, new: &Table) -> Vec<Row> {
    let same_columns = old.header == new.header;
    let figures: BTreeSet<&String> = old.rows.keys().chain(new.rows.keys()).collect();
    let mut found = Vec::new();
    for figure in figures {
        let (then, this) = (old.rows.get(figure), new.rows.get(figure));
        if same_columns && then.map(|(_, row)| row) == this.map(|(_, row)| row) {
            continue;
        }
        let (table, (place, row)) = match (then, this) {
            (_, Some(row)) => (new, row),
            (Some(row), None) => (old, row),
            (None, None) => continue,
        };
        let names = table.header.iter().zip(row).filter(|(column, _)| NAMES.contains(&column.as_str()));
        let whole = match (then, this) {
            (None, _) => Some(Whole::Came),
            (_, None) => Some(Whole::Went),
            _ => None,
        };
        let columns = match (then, this) {
            (Some((_, then)), Some((_, this))) => columns(old, then, new, this),
            _ => Vec::new(),
        };
        if whole.is_some() || !columns.is_empty() {
            let names = names.map(|(column, cell)| (column.clone(), cell.to_owned())).collect();
            found.push(Row { figure: figure.clone(), names, columns, whole, place: *place });
        }
    }
    found
}

/// The columns that differ, of those that both tables have.
fn columns(
    old: &Table,
    then: &csv::StringRecord,
    new: &Table,
    this: &csv::StringRecord,
) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (column, now) in new.header.iter().zip(this) {
        let before = old.header.iter().position(|other| other == column).and_then(|place| then.get(place));
        if let Some(before) = before.filter(|before| *before != now && !NAMES.contains(&column.as_str())) {
            found.push((column.clone(), before.to_owned(), now.to_owned()));
        }
    }
    found
}

/// A number that a document prints otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PrintedOtherwise {
    pub document: String,
    pub id: String,
    /// The pages that it stands on now, or stood on before where it is not printed any more.
    pub pages: BTreeSet<usize>,
}

/// The numbers that are printed otherwise, or in one of the builds only.
pub(super) fn printed_otherwise(before: &Side, now: &Side) -> Vec<PrintedOtherwise> {
    let [old, new] = [before, now].map(|side| side.file(PRINTED).unwrap_or_default());
    if old == new {
        return Vec::new();
    }
    // Nearly all lines are the same: only those of one of the tables are read.
    fn lines(bytes: &[u8]) -> HashSet<&[u8]> {
        bytes.split(|byte| *byte == b'\n').collect()
    }
    let (then, this) = (lines(&old), lines(&new));
    let only = |bytes: &'_ [u8], other: &HashSet<&[u8]>| -> Vec<u8> {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !other.contains(line));
        lines.flat_map(|line| [line, b"\n"]).flatten().copied().collect()
    };
    let read = |bytes: Vec<u8>| {
        let mut found = BTreeMap::new();
        for record in csv::ReaderBuilder::new().has_headers(false).from_reader(&*bytes).into_records().flatten() {
            let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
            let pages: BTreeSet<usize> = cell(3).split(' ').filter_map(|page| page.parse().ok()).collect();
            found.insert((cell(2), cell(0)), (cell(1), pages));
        }
        found
    };
    let (then, this) = (read(only(&old, &this)), read(only(&new, &then)));
    let ids: BTreeSet<&(String, String)> = then.keys().chain(this.keys()).collect();
    ids.into_iter()
        .filter(|(document, _)| before.tells_of(document) && now.tells_of(document))
        .filter(|id| then.get(*id).map(|(printed, _)| printed) != this.get(*id).map(|(printed, _)| printed))
        .map(|id| {
            let pages = this.get(id).or(then.get(id)).map(|(_, pages)| pages.clone()).unwrap_or_default();
            PrintedOtherwise { document: id.0.clone(), id: id.1.clone(), pages }
        })
        .collect()
}
