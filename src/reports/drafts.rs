//! The drafts of documents: the national report's, and those of a pack with its short editions.

use anyhow::{Context, Result};

use crate::statistics::AuthorityStatistics;

use super::page::Linked;
use super::{Artefact, Document, Draft, Press, short};

impl Press<'_> {
    /// The drafts of the national report, or of a pack and its short editions: words, charts, and files that need no typesetting.
    pub fn drafts(&self, document: Document<'_>) -> Result<Vec<Draft>> {
        match document {
            Document::National => Ok(vec![self.national_draft()?]),
            Document::Pack(authority) => self.pack_drafts(authority),
        }
    }

    fn national_draft(&self) -> Result<Draft> {
        let (source, mut about) = self.national_source()?;
        let spreadsheet = format!("tables/sc-wres-{}.xlsx", self.material.round.settings.year);
        about.files = Linked::of_report(&spreadsheet);
        let artefact = |path: &str, bytes| Artefact { path: path.to_owned(), bytes };
        Ok(Draft {
            source,
            about,
            own: None,
            title: "the national report".to_owned(),
            name: "national/annual-report".to_owned(),
            tables: vec![
                artefact("national/tables/indicators.csv", self.national_rows.clone()),
                artefact(&format!("national/{spreadsheet}"), self.data_tables()?),
            ],
        })
    }

    fn pack_drafts(&self, authority: &AuthorityStatistics) -> Result<Vec<Draft>> {
        let name = &authority.authority.name;
        let title = format!("the benchmark pack of {name}");
        let (source, mut about, data, own) = self.pack_source(authority).with_context(|| title.clone())?;
        about.files = Linked::of_pack();
        let folder = format!("authorities/{}", authority.authority.folder());
        let mut drafts = Vec::new();
        for edition in &self.material.round.settings.short_editions {
            let (file, kind) = short::file(*edition);
            drafts.push(Draft {
                source: short::source(*edition, &source, self.material)?,
                about: self.about(
                    format!("{name}: {kind} {}", self.material.round.settings.year),
                    format!("What the {} found at {name}, in short.", self.material.round.settings.title),
                    None,
                ),
                own: Some(own.clone()),
                title: format!("the {kind} of {name}"),
                name: format!("{folder}/{file}"),
                tables: Vec::new(),
            });
        }
        let tables = vec![Artefact { path: format!("{folder}/data.csv"), bytes: data }];
        drafts.push(Draft { source, about, own: Some(own), title, name: format!("{folder}/benchmark-pack"), tables });
        Ok(drafts)
    }
}
