//! The report author's pages: what was built, and how accessible the data tables are.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};

use crate::finding::Finding;
use crate::statistics::Edition;

use super::checklist::Point;
use super::html::Body;
use super::material::Material;
use super::page::Linked;
use super::{Artefact, Press, checks, short, views};

impl Press<'_> {
    /// Which points of the checklist for accessible spreadsheets the data tables meet.
    pub(super) fn checklist(&self, points: &[Point]) -> Result<String> {
        let html =
            self.narrative.render("checks/spreadsheet.html", context! { points => Value::from(Serde(points)) })?;
        let about = self.about(
            "Data tables: accessibility".to_owned(),
            "Which points of the checklist for accessible spreadsheets the data tables meet.".to_owned(),
            None,
        );
        self.page.render(&about, &Body { html, ..Body::default() })
    }

    /// The report author's page: what is here; `corrected` is whether that is a page of what was corrected or revised.
    pub fn index(&self, findings: &[Finding], corrected: bool) -> Result<Artefact> {
        let Material { round, statistics, .. } = self.material;
        let public = statistics.edition == Edition::Public;
        let told = if public { checks::for_everybody(findings) } else { findings.to_vec() };
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &told {
            *counts.entry(finding.severity.word()).or_default() += 1;
        }
        let folders: BTreeMap<&str, String> =
            round.authorities.iter().map(|authority| (authority.code.as_str(), authority.folder())).collect();
        let data = self.data_files()?;
        let html = self.narrative.render(
            "index/index.html",
            context! {
                round => Value::from(Serde(views::round(round, None))),
                coverage => Value::from(Serde(views::coverage(&statistics.coverage, round.settings.year))),
                folders => Value::from(Serde(folders)),
                short => round.settings.short_editions.iter().map(|edition| short::file(*edition)).collect::<Vec<_>>(),
                files => Value::from(Serde([Linked::of_report(&data), Linked::for_programs(&data)].concat())),
                findings => Value::from(Serde(counts)),
                corrected,
                public,
            },
        )?;
        let about = self.about(
            format!("{}: what was built", round.settings.title),
            "Every document, table and check of this round.".to_owned(),
            None,
        );
        let html = self.page.render(&about, &Body { html, ..Body::default() })?;
        Ok(Artefact { path: "index.html".to_owned(), bytes: html.into_bytes() })
    }
}
