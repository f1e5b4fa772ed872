//! What `dispatch` has prepared: the log of what is meant for whom, and whether it still lies there as it was written.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::commands::Opened;
use crate::digest;
use crate::reports::DeskPages;

/// A line of the log.
#[derive(Deserialize, Serialize)]
struct Line {
    authority_code: String,
    authority_name: String,
    names: String,
    emails: String,
    file: String,
    purpose: String,
    bytes: u64,
    sha256: String,
}

/// What goes to one authority.
#[derive(Serialize)]
struct Parcel {
    name: String,
    names: String,
    emails: String,
    files: Vec<Line>,
    /// The files that are not as they were written; in an archive they cannot be seen.
    changed: Vec<String>,
}

/// The page; it tells where nothing has been prepared yet.
pub(super) fn page(desk: &Desk, opened: &Opened) -> Result<Option<String>> {
    let year = opened.round.settings.year;
    let folder = desk.cli.output.join(format!("{year}-dispatch"));
    let log = fs::read(folder.join("log.csv")).ok();
    let mut parcels: BTreeMap<String, Parcel> = BTreeMap::new();
    for line in csv::Reader::from_reader(log.as_deref().unwrap_or_default()).deserialize() {
        let line: Line = line?;
        let parcel = parcels.entry(line.authority_code.clone()).or_insert_with(|| Parcel {
            name: line.authority_name.clone(),
            names: line.names.clone(),
            emails: line.emails.clone(),
            files: Vec::new(),
            changed: Vec::new(),
        });
        if fs::read(folder.join(&line.file)).is_ok_and(|bytes| digest::sha256(bytes) != line.sha256) {
            parcel.changed.push(line.file.clone());
        }
        parcel.files.push(line);
    }
    let parts = context! {
        year,
        folder => folder.display().to_string(),
        prepared => log.is_some(),
        parcels => Value::from(Serde(&parcels)),
    };
    DeskPages::load(&desk.cli.templates)?.page("desk/dispatch.html", "Going out", parts).map(Some)
}
