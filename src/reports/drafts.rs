//! The drafts of documents: the national report's, and those of a pack with its short editions.

use anyhow::{Context, Result};

use crate::digest;
use crate::statistics::AuthorityStatistics;

use super::page::Linked;
use super::{Artefact, Document, Draft, NATIONAL, Press, open_data, short};

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
        let files = self.data_files()?;
        let described = open_data::About::new(self.material, &self.identity, None);
        about.files = Linked::of_report(&files);
        about.for_programs = Linked::for_programs(&files);
        about.licence = described.licence.cloned();
        about.dataset = Some(open_data::dataset(described, &files)?);
        Ok(Draft {
            source,
            about,
            own: None,
            area: None,
            data: None,
            notice: None,
            title: "the national report".to_owned(),
            name: NATIONAL.to_owned(),
            tables: files
                .into_iter()
                .map(|file| Artefact { path: format!("national/{}", file.path), bytes: file.bytes })
                .collect(),
        })
    }

    fn pack_drafts(&self, authority: &AuthorityStatistics) -> Result<Vec<Draft>> {
        let name = &authority.authority.name;
        let title = format!("the benchmark pack of {name}");
        let (source, mut about, data, own) = self.pack_source(authority).with_context(|| title.clone())?;
        let described = open_data::About::new(self.material, &self.identity, Some(self.material.statistics.edition));
        about.files = Linked::of_pack();
        about.for_programs = Linked::description_of_pack();
        about.licence = described.licence.cloned();
        let folder = format!("authorities/{}", authority.authority.folder());
        let (area, digest) = (Some(authority.authority.code.clone()), Some(digest::sha256(&data)));
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
                area: area.clone(),
                data: digest.clone(),
                notice: None,
                title: format!("the {kind} of {name}"),
                name: format!("{folder}/{file}"),
                tables: Vec::new(),
            });
        }
        let artefact = |file: &str, bytes| Artefact { path: format!("{folder}/{file}"), bytes };
        let tables = vec![
            artefact("data.csv", data),
            artefact(&open_data::description_of("data.csv"), open_data::metadata(described, "data.csv")?),
        ];
        let name = format!("{folder}/benchmark-pack");
        drafts.push(Draft { source, about, own: Some(own), area, data: digest, notice: None, title, name, tables });
        Ok(drafts)
    }
}
