//! The files of words in the folder of templates, and a round's own texts.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::Narrative;
use crate::reports::comparison;
use crate::reports::digits::Digits;
use crate::reports::world::Text;

/// Around the number of an author's line while a text is filled in: no text holds it.
const LINE: char = '\u{FDD4}';

impl Narrative {
    /// Parses every `.txt` and `.html` file of `templates`; Typst's files are Typst's to read.
    pub fn load(templates: &Path) -> Result<Self> {
        let mut narrative = Self::new()?;
        narrative.add(templates, "")?;
        Ok(narrative)
    }

    fn add(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("cannot read the templates in {}", folder.display()))?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let path = entry.path();
            let words = name.ends_with(".html") || (!prefix.is_empty() && name.ends_with(".txt"));
            if path.is_dir() {
                self.add(&path, &format!("{name}/"))?;
            } else if words {
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                let compared = comparison::of_print(&text).map(|(line, found)| (line, found.to_owned()));
                self.add_file(&name, text)?;
                if let Some((line, found)) = compared {
                    bail!(comparison::problem(&name, line, &found));
                }
            }
        }
        Ok(())
    }

    /// The digits that the files of words have.
    pub fn digits(&self, digits: &mut Digits) {
        for (name, template) in self.environment.templates() {
            if !name.ends_with(".html") {
                digits.add(template.source());
            }
        }
    }

    /// Fills in one of the round's own texts, for templates to include from `path`; every line knows the author's line.
    pub fn fill_in(&self, path: String, name: String, text: &str, context: impl Serialize) -> Result<Text> {
        if let Some((line, found)) = comparison::of_print(text) {
            bail!(comparison::problem(&name, line, found));
        }
        let filled = self.render_text(&name, &numbered(text), context)?;
        let (mut text, mut lines, mut line) = (String::new(), Vec::new(), 1);
        for (index, filled) in filled.split('\n').enumerate() {
            if index > 0 {
                text.push('\n');
            }
            let mut first = None;
            for (index, part) in filled.split(LINE).enumerate() {
                if index % 2 == 0 {
                    text.push_str(part);
                } else if let Ok(number) = part.parse() {
                    line = number;
                    first.get_or_insert(number);
                }
            }
            lines.push(first.unwrap_or(line));
        }
        Ok(Text { path, name, text, lines })
    }
}

/// A text with the number of each line before it, but for those that a tag begins or goes on in.
fn numbered(text: &str) -> String {
    let mut open = false;
    let mut numbered = String::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            numbered.push('\n');
        }
        if !open && !["{%", "{#"].iter().any(|tag| line.trim_start().starts_with(tag)) {
            numbered.push_str(&format!("{LINE}{}{LINE}", index + 1));
        }
        numbered.push_str(line);
        for (start, end) in [("{%", "%}"), ("{{", "}}"), ("{#", "#}")] {
            if let Some(at) = line.rfind(start) {
                open |= !line[at..].contains(end);
            }
            if open && line.rfind(end) > line.rfind(start) {
                open = false;
            }
        }
    }
    numbered
}
