//! Stages 3 and 4, assemble and typeset: from figures that may be shown to the bytes of documents and tables.

mod answered;
mod case;
mod changed;
mod checker_page;
mod checklist;
mod checks;
mod columns;
mod comparison;
mod data;
mod desk;
mod digits;
mod dispatch;
mod drafts;
mod drawings;
mod explanation;
mod figures;
mod findings;
mod html;
mod identity;
mod index;
mod material;
mod mistake;
mod narrative;
mod national;
mod notice;
mod numbers;
mod open_data;
mod pack;
mod page;
mod pdf;
mod proof;
mod proposal;
mod rows;
mod short;
mod spreadsheet;
mod tables;
mod templates;
mod tokens;
mod views;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::digest;
use crate::statistics::{AuthorityStatistics, Edition, Statistics};

pub use answered::{Answered, FILES, answered};
pub use checker_page::CheckerPages;
pub use checks::csv as findings_csv;
pub use columns::{difference as column_difference, title as column_title, value as column_value};
pub use desk::{DeskPages, PlacedNumber, ReadingPage, Sheet, Shown};
use digits::Digits;
pub use dispatch::{Posted, Posting, Stationery};
pub use explanation::{
    Explained, Protection, Topic, human as explanation_for_people, json as explanation_as_json,
    parts as explanation_in_parts, published,
};
use figures::Data;
use figures::Recorded;
pub use figures::csv as figures_csv;
pub use findings::{Checking, Telling, marked};
use identity::Identity;
pub use material::Material;
use narrative::Narrative;
pub use notice::{Cause, ChangedNumber, Listed, Namer, Notice, Numbers, Told, is_of_notice};
use open_data::DataFile;
use page::{About, Page};
pub use proposal::Proposed;
pub use rows::FigureRows;
pub use short::file as short_edition;
use spreadsheet::Book;
pub use tables::csv as figures_as_data;
pub use tables::harmless;
use templates::{blank_page, read, sources};
use world::{Source, Typesetter};

/// The national report's path inside the year's folder, without an ending.
pub const NATIONAL: &str = "national/annual-report";

/// What the title of a pack says that is for its authority alone.
pub const NOT_FOR_PUBLICATION: &str = " (not for publication)";

/// A file to be written: its path inside the year's folder, with `/` between the parts, and its bytes.
#[derive(Clone)]
pub struct Artefact {
    /// The path inside the year's folder.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Which document.
#[derive(Clone, Copy)]
pub enum Document<'a> {
    /// The national annual report.
    National,
    /// The benchmark pack of one authority.
    Pack(&'a AuthorityStatistics),
}

/// A document before it is typeset.
#[derive(Clone)]
pub struct Draft {
    /// Its path inside the year's folder, without an ending.
    pub name: String,
    /// Its files that need no typesetting.
    pub tables: Vec<Artefact>,
    /// What it is called in a message.
    title: String,
    source: Source,
    about: About,
    /// The rows of its data that are the authority's.
    own: Option<Vec<u8>>,
    /// The authority that it is about; nothing of the national report.
    area: Option<String>,
    /// The SHA-256 of the table of all figures that a pack and its short editions print from.
    data: Option<String>,
    /// What changed since the release before, where it says so.
    notice: Option<Notice>,
}

impl Draft {
    /// The SHA-256 of the table of all figures that a pack and its short editions print from.
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref()
    }
}

/// A document in both formats, and the figures that it prints.
pub struct Publication {
    /// Its two files.
    pub artefacts: Vec<Artefact>,
    /// Every figure in it, the same in PDF, HTML, alternative texts and data: its rows in the table of all figures.
    pub figures: Vec<u8>,
    /// The paths of the files shared with other documents that it is made from, also of those that were looked for in vain.
    pub used: BTreeSet<String>,
}

/// All that documents have in common, made once: templates, theme, fonts, and the rows that every pack's data begin with.
pub struct Press<'a> {
    material: Material<'a>,
    narrative: Narrative,
    identity: Identity,
    typesetter: Typesetter,
    page: Page,
    rows: Arc<FigureRows>,
    /// The digits that words of the documents may have: those of templates, of the round and of the indicators.
    known: Digits,
    /// Those of the identity, which the theme reads itself.
    imprint: Digits,
}

/// The findings, and a page of them for each authority, without any report.
pub fn check_pages(templates: &Path, checking: Checking<'_>) -> Result<Vec<Artefact>> {
    checks::artefacts(checking, &Narrative::load(templates)?, &blank_page(templates, &Identity::read(templates)?)?)
}

impl<'a> Press<'a> {
    /// Reads the templates and prepares to typeset; an unreadable or broken template is an error with its place.
    pub fn new(templates: &Path, material: Material<'a>) -> Result<Self> {
        Self::with_rows(templates, material, Arc::new(FigureRows::of(material)?))
    }

    /// The same of figures whose rows were written before.
    pub fn with_rows(templates: &Path, material: Material<'a>, rows: Arc<FigureRows>) -> Result<Self> {
        let identity = Identity::read(templates)?;
        let logo = identity.logo.iter().map(|logo| (format!("/{}", logo.file), logo.bytes.clone()));
        let shared = [identity::FILE, tokens::FILE].map(|name| Ok((format!("/{name}"), read(templates, name)?)));
        let mut shared = shared.into_iter().chain(logo.map(Ok)).collect::<Result<Vec<_>>>()?;
        shared.extend(sources(templates, "")?);
        let typesetter = Typesetter::new(shared)?;
        let narrative = Narrative::load(templates)?;
        let mut known = material.digits()?;
        narrative.digits(&mut known);
        for (name, template) in typesetter.templates() {
            known.add_source(template.root());
            if let Some((line, found)) = comparison::in_source(&template) {
                bail!(comparison::problem(&name, line, &found));
            }
        }
        let mut imprint = Digits::default();
        imprint.add_all((&identity.organisation, &identity.contact))?;
        Ok(Self {
            known,
            imprint,
            material,
            typesetter,
            narrative,
            page: blank_page(templates, &identity)?,
            identity,
            rows,
        })
    }

    /// The digest of every figure, national and of each authority: what a sign-off names.
    pub fn figures(&self) -> &str {
        &self.rows.digest
    }

    /// What documents are made of.
    pub fn material(&self) -> Material<'a> {
        self.material
    }

    /// Every figure that the documents may show.
    pub fn statistics(&self) -> &'a Statistics {
        self.material.statistics
    }

    fn national_source(&self) -> Result<(Source, About)> {
        let title = &self.material.round.settings.title;
        let mut source =
            national::source(self.material, &self.narrative, &self.identity).context("the national report")?;
        source.files.push(("/data.csv".to_owned(), self.rows.national.clone()));
        let log = views::quality_log(self.material.round, &self.rows.digest);
        source.data.insert("quality_log".to_owned(), serde_json::to_value(log)?);
        let about = self.about(title.clone(), format!("The national annual report of {title}."), None);
        Ok((source, about))
    }

    /// The SHA-256 of everything that the document is typeset from and that is not a file shared with others, by name.
    pub fn made_from(&self, draft: &Draft) -> Result<BTreeMap<String, String>> {
        let mut parts: BTreeMap<String, String> =
            draft.source.files.iter().map(|(path, bytes)| (path.clone(), digest::sha256(bytes))).collect();
        let Source { main, data, texts, readings, words, .. } = &draft.source;
        let charts = format!("{readings:?}{words:?}");
        let known = self.known.listed() + "\n" + &self.imprint.listed();
        let (about, words) = (serde_json::to_vec(&draft.about)?, serde_json::to_vec(data)?);
        let data = [&self.rows.national[..], draft.own.as_deref().unwrap_or_default()].map(digest::sha256).concat();
        for (name, bytes) in [
            ("its figures and words", &words[..]),
            ("its charts", charts.as_bytes()),
            ("its title", &about),
            ("its data", data.as_bytes()),
            ("numbers in templates or settings", known.as_bytes()),
            ("its template", main.as_bytes()),
        ] {
            parts.insert(name.to_owned(), digest::sha256(bytes));
        }
        parts.extend(draft.notice_digest().map(|digest| ("its notice".to_owned(), digest)));
        parts.extend(texts.iter().map(|text| (text.name.clone(), digest::sha256(format!("{text:?}")))));
        parts.insert("page.html, style.css, tokens.yaml or identity.yaml".to_owned(), self.page.digest.clone());
        Ok(parts)
    }

    /// The SHA-256 of a file that documents share; nothing where there is none.
    pub fn shared(&self, path: &str) -> Option<String> {
        self.typesetter.digest(path)
    }

    /// Typesets a document in both formats.
    pub fn publish(&self, draft: &Draft) -> Result<Publication> {
        let problem = || draft.title.clone();
        let bands = &self.material.round.settings.pay_bands;
        let own = draft.own.as_deref().map(|own| Data::read(own, bands)).transpose()?;
        let document = self.typesetter.open(&draft.source)?;
        let (pdf, html, figures) =
            self.typeset(&document, &draft.source, &draft.about, own.as_ref()).with_context(problem)?;
        notice::agree(draft.notice.as_ref(), &figures).with_context(problem)?;
        let artefact = |ending: &str, bytes| Artefact { path: format!("{}{ending}", draft.name), bytes };
        Ok(Publication {
            artefacts: vec![artefact(".pdf", pdf), artefact(".html", html)],
            figures: figures::rows(&draft.name, &figures)?,
            used: document.used(),
        })
    }

    /// The rows of a pack's data: all, and those that are the authority's.
    fn pack_rows(&self, authority: &AuthorityStatistics) -> Result<(Vec<u8>, Vec<u8>)> {
        let own = tables::csv(self.material.round.settings.year, authority.figures.rows(), true)?;
        let header = own.iter().position(|byte| *byte == b'\n').map_or(own.len(), |end| end + 1);
        Ok(([&self.rows.national, &own[header..]].concat(), own))
    }

    /// The source of a pack, with its data, and the rows of them that are the authority's.
    fn pack_source(&self, authority: &AuthorityStatistics) -> Result<(Source, About, Vec<u8>, Vec<u8>)> {
        let round = self.material.round;
        let name = &authority.authority.name;
        let (data, own) = self.pack_rows(authority)?;
        let source = pack::source(self.material, &self.narrative, &self.identity, authority, data.clone())?;
        let edition = self.material.statistics.edition;
        let suffix = if edition == Edition::Own { NOT_FOR_PUBLICATION } else { "" };
        let about = self.about(
            format!("{name}: benchmark pack {}{suffix}", round.settings.year),
            format!("How {name} compares on the indicators of the {}.", round.settings.title),
            Some(edition),
        );
        Ok((source, about, data, own))
    }

    /// The files of a folder in which Typst alone can show a document: templates, data and charts of the pack, or of the report.
    pub fn sample(&self, authority: Option<&AuthorityStatistics>) -> Result<Vec<(String, Vec<u8>)>> {
        let source = match authority {
            Some(authority) => self.pack_source(authority)?.0,
            None => self.national_source()?.0,
        };
        self.typesetter.sample(&source)
    }

    /// The findings, a page of them for each authority, and the log of what is withheld. Pages and marked copies hold the
    /// returns' exact counts: the edition for everybody has none of them.
    pub fn checks(&self, checking: Checking<'_>) -> Result<Vec<Artefact>> {
        let edition = self.material.statistics.edition;
        let mut artefacts = match edition {
            Edition::Own => checks::artefacts(checking, &self.narrative, &self.page)?,
            Edition::Public => {
                let bytes = checks::csv(&checks::for_everybody(checking.findings))?;
                vec![Artefact { path: "findings.csv".into(), bytes }]
            }
        };
        let points = checklist::points(&Book::new(self.material, &self.identity).xlsx()?)?;
        artefacts.push(Artefact { path: "spreadsheet.html".into(), bytes: self.checklist(&points)?.into_bytes() });
        let bytes = checks::disclosure(&self.material.statistics.withheld, edition)?;
        artefacts.push(Artefact { path: "disclosure.csv".into(), bytes });
        let bytes = checks::coarser(&self.material.statistics.coarser)?;
        artefacts.push(Artefact { path: "coarser.csv".into(), bytes });
        let bytes = checks::whole(&self.material.statistics.whole)?;
        artefacts.push(Artefact { path: "whole.csv".into(), bytes });
        artefacts.iter_mut().for_each(|artefact| artefact.path.insert_str(0, "checks/"));
        Ok(artefacts)
    }

    /// The files of the national release.
    fn data_files(&self) -> Result<Vec<DataFile>> {
        open_data::files(self.material, &self.identity, &self.rows.national)
    }

    fn about(&self, title: String, description: String, edition: Option<Edition>) -> About {
        let round = views::round(self.material.round, edition);
        let footer = vec![format!("{}. Published {}.", round.title, round.published)];
        let (organisation, banner) = (self.identity.organisation.clone(), round.banner);
        About { title, description, organisation, banner, footer, ..About::default() }
    }

    /// Typesets a document in both formats, and makes sure that they and the data print the same numbers.
    fn typeset(
        &self,
        document: &world::Document<'_>,
        source: &Source,
        about: &About,
        own: Option<&Data>,
    ) -> Result<(Vec<u8>, Vec<u8>, Vec<Recorded>)> {
        let known = self.known.with(&source.typed);
        for (template, words) in &source.words {
            if let Some(number) = known.unknown(words) {
                bail!("{template}: in the alternative text `{words}` {}", proof::unknown(number));
            }
        }
        let (pdf, on_pages) = pdf::pdf(document)?;
        let mut body = html::html(document)?;
        let handed = document.handed()?;
        handed.is_known(&known, document)?;
        for (print, format, pages) in [(&on_pages.print, "PDF", on_pages.pages), (&body.print, "HTML", 0)] {
            handed.is_printed(print, format, document.numbers(), document)?;
            handed.has_all(print, &self.imprint, pages, document)?;
        }
        let readings =
            [std::mem::take(&mut body.print.readings), source.readings.clone(), on_pages.print.readings].concat();
        let figures = figures::gather(&readings)?;
        for data in [Some(&self.rows.national_data), own].into_iter().flatten() {
            figures.iter().try_for_each(|figure| data.agree(figure))?;
        }
        let html = self.page.render(about, &body)?;
        Ok((pdf, html.into_bytes(), figures))
    }
}

/// Forgets what Typst remembers of the documents typeset so far but the last ones, so that memory stays bounded.
pub fn forget() {
    // Two are typeset at once, and one must not lose what the other is about to use; more would keep more alive than it saves.
    comemo::evict(2);
}
