//! The page on which an authority checks its return: one file with everything in it, whose policy lets it ask for nothing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minijinja::context;
use minijinja::value::{Serde, Value};
use sha2::{Digest, Sha256};

use super::answered::FILES;
use super::html::Body;
use super::identity::Identity;
use super::narrative::Narrative;
use super::page::{About, Page};
use super::templates::blank_page;
use super::views;
use crate::authority::Authority;
use crate::round::Round;
use crate::statistics::Edition;

/// Stands for the policy until the page is made: its hashes are of the page's own script and style.
const POLICY: &str = "policy-of-this-page";

/// Makes the pages of a round, each with what it brings along.
pub struct CheckerPages {
    narrative: Narrative,
    page: Page,
    organisation: String,
}

impl CheckerPages {
    /// Reads the templates.
    pub fn new(templates: &Path) -> Result<Self> {
        let identity = Identity::read(templates)?;
        let page = blank_page(templates, &identity)?;
        Ok(Self { narrative: Narrative::load(templates)?, page, organisation: identity.organisation })
    }

    /// The files of words that a page brings along.
    pub fn words(&self) -> Result<BTreeMap<String, String>> {
        let text = |name: &str| self.narrative.source(name).with_context(|| format!("there is no template {name}"));
        FILES.iter().map(|name| Ok(((*name).to_owned(), text(name)?))).collect()
    }

    /// The page for one authority or for everybody; `brought` is JSON, and `compared` tells whether it holds earlier counts.
    pub fn page(
        &self,
        round: &Round,
        authority: Option<&Authority>,
        (brought, compared): (&str, bool),
        module: &[u8],
    ) -> Result<String> {
        let view = views::round(round, authority.map(|_| Edition::Own));
        let html = self.narrative.render(
            "checks/checker.html",
            context! {
                round => Value::from(Serde(&view)),
                authority => Value::from(Serde(authority)),
                compared,
                // Nothing in it may end the element that it stands in.
                brought => brought.replace('<', "\\u003c"),
                module => BASE64.encode(module),
            },
        )?;
        let year = round.settings.year;
        let title = match authority {
            Some(authority) => format!("{}: check of the return of {year}", authority.name),
            None => format!("Check of a return of {year}"),
        };
        let about = About {
            description: format!("Checks a return for the {} on this computer.", round.settings.title),
            title,
            organisation: self.organisation.clone(),
            banner: view.banner,
            footer: vec![round.settings.title.clone()],
            policy: Some(POLICY.to_owned()),
            ..About::default()
        };
        let page = self.page.render(&about, &Body { html, ..Body::default() })?;
        let policy = policy(&page).context("the page of a check has no script or no style")?;
        Ok(page.replacen(POLICY, &policy, 1))
    }
}

/// Nothing from anywhere: the page's own script and style, known by their hashes, its fonts, and the module that it brings along.
fn policy(page: &str) -> Option<String> {
    let hash = |open: &str, close: &str| {
        let (_, rest) = page.split_once(open)?;
        let (text, _) = rest.split_once(close)?;
        Some(format!("'sha256-{}'", BASE64.encode(Sha256::digest(text))))
    };
    let (script, style) = (hash("<script>", "</script>")?, hash("<style>", "</style>")?);
    Some(format!(
        "default-src 'none'; script-src {script} 'wasm-unsafe-eval'; style-src {style}; img-src data:; font-src data:; \
         connect-src 'none'; form-action 'none'; base-uri 'none'"
    ))
}
