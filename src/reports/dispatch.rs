//! The words that go out with a pack, and the page that shows what goes to whom.

use std::path::Path;

use anyhow::{Context, Result, bail};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::html::Body;
use super::identity::Identity;
use super::narrative::Narrative;
use super::page::{About, Page};
use super::templates::blank_page;
use super::views;
use crate::authority::Authority;
use crate::round::Round;

/// A file that goes out, as words tell of it.
#[derive(Clone, Serialize)]
pub struct Posted {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Its path in the folder of what goes out; nothing where it is in an archive alone.
    pub path: Option<String>,
    /// How large it is, in words.
    pub size: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// What goes to one authority, as words tell of it.
#[derive(Clone, Serialize)]
pub struct Posting<'a> {
    /// To which.
    pub authority: &'a Authority,
    /// The people: their names and addresses.
    pub contacts: Vec<(&'a str, &'a str)>,
    /// The files, those of an archive too.
    pub files: Vec<Posted>,
    /// The archive's name, where they go in one.
    pub archive: Option<String>,
    /// The message's path in the folder of what goes out.
    pub message: String,
}

/// The templates of what is sent.
pub struct Stationery {
    narrative: Narrative,
    page: Page,
    identity: Identity,
}

/// Where the words of messages stand.
const MESSAGE: &str = "dispatch/message.txt";

impl Stationery {
    /// Reads the templates.
    pub fn read(templates: &Path) -> Result<Self> {
        let identity = Identity::read(templates)?;
        Ok(Self { narrative: Narrative::load(templates)?, page: blank_page(templates, &identity)?, identity })
    }

    /// The subject and the text of the message to an authority.
    pub fn message(&self, round: &Round, posting: &Posting<'_>) -> Result<(String, String)> {
        let words = self.narrative.render(
            MESSAGE,
            context! {
                round => Value::from(Serde(views::round(round, None))),
                publication => Value::from(Serde(&round.settings.publication)),
                organisation => &self.identity.organisation,
                posting => Value::from(Serde(posting)),
            },
        )?;
        let (first, text) = words.trim_start().split_once('\n').context(MESSAGE)?;
        let Some(subject) = first.strip_prefix("Subject:").map(str::trim).filter(|subject| !subject.is_empty()) else {
            bail!("{MESSAGE} does not begin with a line `Subject: …`");
        };
        Ok((subject.to_owned(), format!("{}\n", text.trim())))
    }

    /// The page that shows what goes to whom.
    pub fn index(&self, round: &Round, postings: &[Posting<'_>], passphrases: bool) -> Result<String> {
        let view = views::round(round, None);
        let html = self.narrative.render(
            "dispatch/index.html",
            context! {
                round => Value::from(Serde(&view)),
                postings => Value::from(Serde(postings)),
                passphrases,
            },
        )?;
        let title = format!("What goes to whom: {}", round.settings.title);
        let about = About {
            description: format!("What goes to each authority of {}, and what to see to first.", round.settings.title),
            title,
            organisation: self.identity.organisation.clone(),
            banner: view.banner,
            footer: vec![round.settings.title.clone()],
            ..About::default()
        };
        self.page.render(&about, &Body { html, ..Body::default() })
    }
}
