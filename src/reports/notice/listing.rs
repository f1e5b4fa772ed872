//! All that corrections and revisions changed, as a page and as a table for everybody.

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::reports::html::Body;
use crate::reports::page::Linked;
use crate::reports::{Artefact, Press, tables};

use super::names::{Name, Namer};
use super::{Cause, ChangedNumber};

/// What the files are called, without an ending.
pub const FILE: &str = "corrections";

/// The columns of the table: those that figures have have the names that they have in other tables.
const COLUMNS: [&str; 16] = [
    "year",
    "area_code",
    "area_name",
    "service",
    "indicator",
    "breakdown",
    "measure",
    "id",
    "change",
    "old",
    "new",
    "kind",
    "reason",
    "date",
    "release",
    "release_before",
];

/// How many numbers of a release stand on the page: the table has all.
const ON_THE_PAGE: usize = 100;

/// What a release changed.
pub struct Listed {
    /// Why.
    pub cause: Cause,
    /// The numbers that changed.
    pub changed: Vec<ChangedNumber>,
}

/// All of it as a table.
pub fn table(namer: &Namer<'_>, listed: &[Listed]) -> Result<Vec<u8>> {
    let named: Vec<_> = listed.iter().map(|one| (&one.cause, namer.in_order(&one.changed))).collect();
    csv(named.iter().flat_map(|(cause, rows)| rows.iter().map(|(name, one)| (*cause, name, *one))))
}

/// The numbers as CSV, each with why it changed.
fn csv<'a>(lines: impl Iterator<Item = (&'a Cause, &'a Name, &'a ChangedNumber)>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for (cause, name, one) in lines {
        let (before, _) = cause.before;
        writer.write_record([
            &name.year,
            &name.area_code,
            &tables::harmless(&name.area_name),
            &name.service,
            &name.indicator,
            &name.breakdown,
            &name.measure,
            &one.id,
            one.change(),
            one.before().unwrap_or_default(),
            one.now().unwrap_or_default(),
            cause.kind(),
            &tables::harmless(&cause.told()),
            &cause.date.iso(),
            &(before + 1).to_string(),
            &before.to_string(),
        ])?;
    }
    writer.into_inner().context("cannot finish the table of corrections")
}

/// A release on the page.
#[derive(Serialize)]
struct ReleaseView {
    number: u32,
    kind: &'static str,
    date: String,
    before: String,
    reason: String,
    /// How many numbers changed, and how many of them are not on the page.
    count: usize,
    more: usize,
    rows: Vec<RowView>,
}

/// A number that changed.
#[derive(Serialize)]
struct RowView {
    what: String,
    id: String,
    old: String,
    new: String,
}

impl Press<'_> {
    /// The page and the table of what every release after the first one changed, the newest first; none where nothing did.
    pub fn corrections(&self, listed: &[Listed]) -> Result<Vec<Artefact>> {
        if listed.is_empty() {
            return Ok(Vec::new());
        }
        let namer = Namer::new(self.material, None);
        let named: Vec<(&Cause, Vec<(Name, &ChangedNumber)>)> =
            listed.iter().map(|one| (&one.cause, namer.in_order(&one.changed))).collect();
        let table = table(&namer, listed)?;
        let releases: Vec<ReleaseView> = named.iter().map(|(cause, rows)| release(cause, rows)).collect();
        let html = self.narrative.render(
            "corrections/corrections.html",
            context! { round => Value::from(Serde(&self.material.round.settings)), releases => Value::from(Serde(releases)) },
        )?;
        let title = &self.material.round.settings.title;
        let mut about = self.about(
            format!("Corrections and revisions of {title}"),
            "What changed after the first release, what stood there before, and why.".to_owned(),
            None,
        );
        about.files = vec![
            Linked::new("annual-report.html", "The annual report"),
            Linked::new(format!("{FILE}.csv"), "Corrections and revisions as CSV"),
        ];
        let page = self.page.render(&about, &Body { html, ..Body::default() })?.into_bytes();
        let file = |ending: &str, bytes| Artefact { path: format!("national/{FILE}.{ending}"), bytes };
        Ok(vec![file("html", page), file("csv", table)])
    }
}

fn release(cause: &Cause, rows: &[(Name, &ChangedNumber)]) -> ReleaseView {
    let row = |(name, one): &(Name, &ChangedNumber)| RowView {
        what: name.what.clone(),
        id: one.id.clone(),
        old: one.before().unwrap_or_else(|| one.in_place_of_old()).to_owned(),
        new: one.now().unwrap_or_else(|| one.in_place_of_new()).to_owned(),
    };
    ReleaseView {
        number: cause.before.0 + 1,
        kind: cause.kind(),
        date: cause.date.long(),
        before: cause.before.1.long(),
        reason: cause.told(),
        count: rows.len(),
        more: rows.len().saturating_sub(ON_THE_PAGE),
        rows: rows.iter().take(ON_THE_PAGE).map(row).collect(),
    }
}
