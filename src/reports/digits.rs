//! Digits in words: which ones a document's words may have.

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;
use typst::syntax::{SyntaxKind, SyntaxNode, ast};

/// Runs of digits in words, such as `0.80`, `1,234` or the `7` of `7a`.
#[derive(Clone, Debug, Default)]
pub struct Digits(BTreeSet<String>);

impl Digits {
    /// Takes in those of a text.
    pub fn add(&mut self, text: &str) {
        self.0.extend(digits(text).map(|(_, run)| run.to_owned()));
    }

    /// Takes in those of the words of a Typst source; numbers and measures of its code are none.
    pub fn add_source(&mut self, source: &SyntaxNode) {
        match source.kind() {
            SyntaxKind::Str => self.add(&source.cast::<ast::Str>().map(|text| text.get()).unwrap_or_default()),
            SyntaxKind::Text | SyntaxKind::MathText | SyntaxKind::Escape | SyntaxKind::Link => {
                self.add(source.leaf_text())
            }
            SyntaxKind::Raw => self.add(&source.full_text()),
            _ => source.children().for_each(|child| self.add_source(child)),
        }
    }

    /// Takes in those of every word and number of a value.
    pub fn add_all(&mut self, value: impl Serialize) -> Result<()> {
        self.walk(&serde_json::to_value(value)?);
        Ok(())
    }

    fn walk(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.add(text),
            serde_json::Value::Number(number) => self.add(&number.to_string()),
            serde_json::Value::Array(values) => values.iter().for_each(|value| self.walk(value)),
            serde_json::Value::Object(values) => values.values().for_each(|value| self.walk(value)),
            serde_json::Value::Bool(_) | serde_json::Value::Null => {}
        }
    }

    /// These and others.
    pub fn with(&self, others: &Digits) -> Cow<'_, Digits> {
        if others.0.is_empty() {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Digits(self.0.union(&others.0).cloned().collect()))
    }

    /// All of them, a line each.
    pub fn listed(&self) -> String {
        self.0.iter().fold(String::new(), |list, run| list + run + "\n")
    }

    /// The first of a text that is not among them.
    pub fn unknown<'t>(&self, text: &'t str) -> Option<&'t str> {
        digits(text).map(|(_, run)| run).find(|run| !self.0.contains(*run))
    }
}

/// The runs of digits in a text, with their places; a point or a comma belongs to one where digits stand on both its sides.
pub fn digits(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let digit = move |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !digit(at) {
            at += 1;
        }
        let start = at;
        while digit(at) || (at > start && matches!(bytes.get(at), Some(b'.' | b',')) && digit(at + 1)) {
            at += 1;
        }
        (at > start).then(|| (start, &text[start..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_digits_are_found_in_words() {
        let found: Vec<&str> = digits("7a: 0.80 to 1,234.5, 12. £30,000 (F06000020)").map(|(_, run)| run).collect();
        assert_eq!(found, ["7", "0.80", "1,234.5", "12", "30,000", "06000020"]);
    }

    #[test]
    fn only_words_of_a_source_may_be_in_print() {
        let mut known = Digits::default();
        known.add_source(&typst::syntax::parse(
            "Of #\"2024\"; and 95%\n// 17\n#block(width: 12mm, above: 4711pt)[7a] #(8 + 9)",
        ));
        assert_eq!(known.unknown("2024, 95% and 7a"), None);
        assert_eq!([known.unknown("12"), known.unknown("17"), known.unknown("9")], [Some("12"), Some("17"), Some("9")]);
    }
}
