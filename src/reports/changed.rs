//! The page that tells what differs from the build before.

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::Press;
use super::html::Body;

impl Press<'_> {
    /// The page of changes, of what its template asks for.
    pub fn changes(&self, changes: &impl Serialize) -> Result<String> {
        let round = &self.material.round.settings;
        let html = self.narrative.render(
            "checks/changes.html",
            context! { round => Value::from(Serde(round)), changes => Value::from(Serde(changes)) },
        )?;
        let about = self.about(
            format!("Changes of {}", round.title),
            "What differs from the build before, and why.".to_owned(),
            Some(self.material.statistics.edition),
        );
        self.page.render(&about, &Body { html, ..Body::default() })
    }
}
