//! What the author's desk shows: its own pages, and documents whose numbers, rows and sentences tell where they come from.

mod origins;
mod sheets;
mod written;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use minijinja::context;
use serde::Serialize;

use crate::round::ShortEdition;
use crate::statistics::AuthorityStatistics;

use super::html::{self, Body};
use super::identity::Identity;
use super::narrative::Narrative;
use super::page::{About, Page};
use super::templates::{blank_page, read};
use super::world::Source;
use super::{Artefact, Document, Draft, Press, pdf, short};

use origins::Origins;
pub use sheets::{PlacedNumber, Sheet};

/// The desk's own pages: templates in the folder `desk`, in the frame of every page.
pub struct DeskPages {
    narrative: Narrative,
    page: Page,
    style: String,
}

/// How the desk looks, beside the style of every page.
const STYLE: &str = "desk/style.css";

impl DeskPages {
    /// Reads the templates; one that is broken is an error with its place.
    pub fn load(templates: &Path) -> Result<Self> {
        let page = blank_page(templates, &Identity::read(templates)?)?;
        let style = String::from_utf8(read(templates, STYLE)?).with_context(|| format!("{STYLE} is not UTF-8"))?;
        Ok(Self { narrative: Narrative::load(templates)?, page, style })
    }

    /// A page of its own.
    pub fn page(&self, template: &str, title: &str, parts: impl Serialize) -> Result<String> {
        let html = self.blank(template, title, parts)?;
        self.framed(&html, &self.part("desk/bar.html", context! {})?, "")
    }

    /// A page of its own about a document, whose numbers can be chosen.
    pub fn page_of(&self, template: &str, title: &str, parts: impl Serialize, bar: impl Serialize) -> Result<String> {
        let html = self.blank(template, title, parts)?;
        self.explained(&html, bar, "{}")
    }

    /// A document with what explains its numbers around; `rows` are those of its charts, as JSON.
    pub fn explained(&self, html: &str, bar: impl Serialize, rows: &str) -> Result<String> {
        let (bar, reader) = (self.part("desk/bar.html", bar)?, self.part("desk/reader.html", context! { rows })?);
        self.framed(html, &bar, &reader)
    }

    fn blank(&self, template: &str, title: &str, parts: impl Serialize) -> Result<String> {
        let html = self.part(template, parts)?;
        let about = About { title: title.to_owned(), description: title.to_owned(), ..About::default() };
        self.page.render(&about, &Body { html, ..Body::default() })
    }

    /// Puts the strip on top of a page, what explains numbers at its end, and the style of both into its head.
    fn framed(&self, html: &str, bar: &str, reader: &str) -> Result<String> {
        const TOP: &str = "<header class=\"masthead\">";
        let (head, rest) = html.split_once("</style>").context("page.html has no style")?;
        let (top, rest) = rest.split_once(TOP).context("page.html has no header of the class masthead")?;
        let (body, end) = rest.rsplit_once("</body>").context("page.html has no end of the body")?;
        Ok(format!("{head}{}</style>{top}{bar}\n{TOP}{body}{reader}</body>{end}", self.style))
    }

    /// A part of a page.
    pub fn part(&self, template: &str, parts: impl Serialize) -> Result<String> {
        self.narrative.render(template, parts)
    }
}

/// A document as the desk shows it.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// The national annual report.
    National,
    /// The benchmark pack of an authority.
    Pack(&'a AuthorityStatistics),
    /// A short edition of it.
    Short(&'a AuthorityStatistics, ShortEdition),
}

/// A document as a page, with the figures that the rows of its charts hold.
pub struct ReadingPage {
    /// The page.
    pub html: String,
    /// By the chart's name and by what a row says: the ids of the values in it.
    pub rows: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Press<'_> {
    fn shown(&self, shown: Shown<'_>) -> Result<(Source, About)> {
        match shown {
            Shown::National => self.national_source(),
            Shown::Pack(authority) => self.pack_source(authority).map(|(source, about, ..)| (source, about)),
            Shown::Short(authority, edition) => {
                let (source, about, ..) = self.pack_source(authority)?;
                let title = format!("{}: {}", authority.authority.name, short::file(edition).1);
                Ok((short::source(edition, &source, self.material)?, About { title, ..about }))
            }
        }
    }

    /// What a document is called in a message.
    fn called(shown: Shown<'_>) -> String {
        match shown {
            Shown::National => "the national report".to_owned(),
            Shown::Pack(authority) => format!("the benchmark pack of {}", authority.authority.name),
            Shown::Short(authority, edition) => {
                format!("the {} of {}", short::file(edition).1, authority.authority.name)
            }
        }
    }

    /// A document as a page in which every element tells the template's line that made it; nothing is compared with it.
    pub fn reading(&self, shown: Shown<'_>) -> Result<ReadingPage> {
        let problem = || Self::called(shown);
        let (source, about) = self.shown(shown).with_context(problem)?;
        let document = self.typesetter.open(&source)?;
        let origins = Origins::new(&source, &self.narrative);
        let body = html::html_with(&document, |root| origins.mark(root, &document)).with_context(problem)?;
        let mut rows: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
        for row in &source.rows {
            let ids = rows.entry(row.chart.clone()).or_default().entry(row.says.clone()).or_default();
            if !ids.contains(&row.id) {
                ids.push(row.id.clone());
            }
        }
        Ok(ReadingPage { html: self.page.render(&about, &body)?, rows })
    }

    /// A document, and short editions of it, as the web pages that a build writes, but for notices of corrections; nothing is compared
    /// with them.
    pub fn built_pages(&self, document: Document<'_>) -> Result<Vec<Artefact>> {
        let page = |draft: Draft| {
            let body = html::html(&self.typesetter.open(&draft.source)?).with_context(|| draft.title.clone())?;
            let bytes = self.page.render(&draft.about, &body)?.into_bytes();
            Ok(Artefact { path: format!("{}.html", draft.name), bytes })
        };
        self.drafts(document)?.into_iter().map(page).collect()
    }

    /// A page of its PDF as a picture, and where on it numbers stand; with how many pages there are. The first is 1.
    pub fn sheet(&self, shown: Shown<'_>, number: usize) -> Result<(Option<Sheet>, usize)> {
        let (mut source, _) = self.shown(shown)?;
        // A picture in a picture knows no font but the browser's own: then one without serifs is nearer to ours.
        for (_, bytes) in source.files.iter_mut().filter(|(path, _)| path.ends_with(".svg")) {
            let drawing = String::from_utf8_lossy(bytes);
            *bytes = drawing.replace("\"Noto Sans\"", "\"Noto Sans, Arial, sans-serif\"").into_bytes();
        }
        sheets::sheet(&self.typesetter.open(&source)?, number).with_context(|| Self::called(shown))
    }

    /// The PDF alone.
    pub fn pdf(&self, shown: Shown<'_>) -> Result<Vec<u8>> {
        let (source, _) = self.shown(shown)?;
        Ok(pdf::pdf(&self.typesetter.open(&source)?).with_context(|| Self::called(shown))?.0)
    }

    /// The tables of all figures, national and of each pack, each with its path in a year's folder.
    pub fn tables(&self) -> Result<Vec<Artefact>> {
        let path = "national/tables/indicators.csv".to_owned();
        let national = Artefact { path, bytes: self.rows.national.clone() };
        let pack = |authority: &AuthorityStatistics| {
            let path = format!("authorities/{}/data.csv", authority.authority.folder());
            Ok(Artefact { path, bytes: self.pack_rows(authority)?.0 })
        };
        let packs = self.material.statistics.authorities.iter().map(pack);
        std::iter::once(Ok(national)).chain(packs).collect()
    }
}
