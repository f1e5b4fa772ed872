//! The sizes and distances of the reports: `tokens.yaml`, one set for PDF and HTML.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::configuration;

/// The file's name among the templates.
pub const FILE: &str = "tokens.yaml";

/// Nothing in print is smaller, in points.
const LEAST_ON_PAPER: f64 = 9.0;

/// What phones show without zooming in, in rem.
const LEAST_ON_SCREEN: f64 = 0.875;

/// What `tokens.yaml` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The sizes of text.
    text: BTreeMap<String, Measure>,
    /// The distances.
    space: BTreeMap<String, Measure>,
}

/// One length on two media.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measure {
    /// In points.
    paper: f64,
    /// In rem.
    screen: f64,
}

impl Tokens {
    /// Reads the file; a text too small to read, or a length that `style` uses and the file has not, is an error.
    pub fn read(templates: &Path, style: &str) -> Result<Self> {
        let path = templates.join(FILE);
        let tokens: Tokens = configuration::read(&path)?;
        tokens.check(style).with_context(|| format!("{} cannot be used", path.display()))?;
        Ok(tokens)
    }

    fn check(&self, style: &str) -> Result<()> {
        for (name, Measure { paper, screen }) in &self.text {
            ensure!(
                *paper >= LEAST_ON_PAPER,
                "the text `{name}` is {paper} points on paper: {LEAST_ON_PAPER} are the least"
            );
            ensure!(
                *screen >= LEAST_ON_SCREEN,
                "the text `{name}` is {screen} rem on screens: {LEAST_ON_SCREEN} are the least"
            );
        }
        for (name, Measure { paper, screen }) in &self.space {
            let sensible = |length: &f64| (0.0..100.0).contains(length);
            ensure!(sensible(paper) && sensible(screen), "the distance `{name}` is no number from 0 to 100");
        }
        for (kind, names) in [("text", &self.text), ("space", &self.space)] {
            let before = format!("var(--{kind}-");
            let used = style.split(before.as_str()).skip(1).filter_map(|rest| rest.split([')', ',']).next());
            for name in used {
                ensure!(names.contains_key(name), "style.css uses --{kind}-{name}, and `{kind}` has no `{name}`");
            }
        }
        Ok(())
    }

    /// The style sheet's names for them: lengths of screens, and in print those of paper.
    pub fn style(&self) -> String {
        let declare = |unit: &str, length: fn(&Measure) -> f64| {
            let mut text = String::new();
            for (kind, measures) in [("text", &self.text), ("space", &self.space)] {
                for (name, measure) in measures {
                    let _ = write!(text, " --{kind}-{name}: {}{unit};", length(measure));
                }
            }
            text
        };
        let (screen, paper) = (declare("rem", |measure| measure.screen), declare("pt", |measure| measure.paper));
        format!(":root {{{screen} }}\n@media print {{ :root {{{paper} }} }}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../report-templates/tokens.yaml");
    const STYLE: &str = include_str!("../../report-templates/style.css");

    fn read(text: &str, style: &str) -> Result<Tokens> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        Tokens::read(folder.path(), style)
    }

    #[test]
    fn a_size_is_told_once_for_screen_and_paper() {
        let style = read(OURS, STYLE).unwrap().style();
        let (screen, paper) = style.split_once("@media print").unwrap();
        assert!(screen.contains("--text-body: 1.125rem;") && paper.contains("--text-body: 12pt;"), "{style}");
    }

    #[test]
    fn what_cannot_be_read_or_is_missing_is_an_error_that_says_which() {
        for (text, style, said) in [
            (OURS.replace("paper: 9,", "paper: 7,"), STYLE, "`note` is 7 points"),
            (OURS.replace("screen: 0.9375", "screen: 0.5"), STYLE, "`note` is 0.5 rem"),
            (OURS.replace("  body:", "  bodies:"), STYLE, "no `body`"),
            (
                OURS.replace("chapter: {paper: 20, screen: 3}", "chapter: {paper: wide, screen: 3}"),
                STYLE,
                "tokens.yaml:15",
            ),
            (OURS.to_owned(), "p { margin: var(--space-huge); }", "no `huge`"),
        ] {
            let error = format!("{:#}", read(&text, style).unwrap_err());
            assert!(error.contains(said), "{error}");
        }
    }
}
