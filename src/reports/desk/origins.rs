//! Where the words of a page come from: the sentence in a file of words, or the template's line.

use super::written::Written;
use typst_html::{HtmlAttr, HtmlElement, HtmlNode, HtmlTag, tag};

use crate::reports::figures::{self, WORDS};
use crate::reports::html;
use crate::reports::narrative::Narrative;
use crate::reports::numbers;
use crate::reports::world::{Document, Source};

/// The elements that are told of: those that people read as one.
const BLOCKS: [HtmlTag; 13] = [
    tag::p,
    tag::li,
    tag::dt,
    tag::dd,
    tag::h1,
    tag::h2,
    tag::h3,
    tag::h4,
    tag::h5,
    tag::caption,
    tag::summary,
    tag::th,
    tag::td,
];

/// The attribute that names files and lines, with spaces between.
const ATTRIBUTE: &str = "data-source";

/// The sentences of a document, with where each is written.
pub struct Origins(Vec<(String, String)>);

impl Origins {
    /// Those of a document's data.
    pub fn new(source: &Source, narrative: &Narrative) -> Self {
        let written = &mut Written::of(narrative);
        let folder = source.main.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        let mut origins = Self(Vec::new());
        for (name, value) in &source.data {
            let file = if name == "words" { None } else { Some("indicator") };
            origins.gather(value, name == "words", file, &folder, written);
        }
        // A sentence that holds another one is looked for first.
        origins.0.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        origins
    }

    /// Takes in the words of a value: those of `words.summary` are written in `summary.txt`, and those of a section in `indicator.txt`.
    fn gather(
        &mut self,
        value: &serde_json::Value,
        words: bool,
        file: Option<&str>,
        folder: &str,
        written: &mut Written<'_>,
    ) {
        match value {
            serde_json::Value::Array(values) => {
                values.iter().for_each(|value| self.gather(value, words, file, folder, written));
            }
            serde_json::Value::Object(values) => {
                for (name, value) in values {
                    match (value, file) {
                        (serde_json::Value::String(text), Some(file)) if words && text.starts_with(WORDS) => {
                            self.take(text, &format!("{folder}/{file}.txt"), name, written);
                        }
                        (_, None) => self.gather(value, true, Some(name), folder, written),
                        _ => self.gather(value, words || name == "words", file, folder, written),
                    }
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, text: &str, file: &str, sentence: &str, written: &mut Written<'_>) {
        let plain = tidy(&figures::plain(text.trim_start_matches(WORDS)));
        if !plain.is_empty() {
            let places = written.places(file, sentence, &plain);
            self.0.extend((!places.is_empty()).then(|| (plain, places.join(" "))));
        }
    }

    /// Gives every block the place where its words are written.
    pub fn mark(&self, element: &mut HtmlElement, document: &Document<'_>) {
        let Ok(attribute) = HtmlAttr::intern(ATTRIBUTE) else { return };
        self.walk(element, attribute, document);
    }

    fn walk(&self, element: &mut HtmlElement, attribute: HtmlAttr, document: &Document<'_>) {
        if element.tag == tag::head {
            return;
        }
        if BLOCKS.contains(&element.tag)
            && let Some(place) = self.place(element, document)
        {
            element.attrs.push(attribute, place);
        }
        for node in element.children.make_mut() {
            if let HtmlNode::Element(inner) = node {
                self.walk(inner, attribute, document);
            }
        }
    }

    fn place(&self, element: &HtmlElement, document: &Document<'_>) -> Option<String> {
        let text = tidy(&html::text(element));
        let sentence = self.0.iter().find(|(sentence, _)| !text.is_empty() && text.contains(sentence.as_str()));
        sentence.map(|(_, place)| place.clone()).or_else(|| {
            let (file, line) = first_line(element, document)?;
            Some(format!("{file}:{line}"))
        })
    }
}

/// The line of the first text in an element that has one.
fn first_line(element: &HtmlElement, document: &Document<'_>) -> Option<(String, usize)> {
    element.children.iter().find_map(|node| match node {
        HtmlNode::Text(_, span) if numbers::key_of(*span).is_none() => document.line_of(*span),
        HtmlNode::Element(inner) => first_line(inner, document),
        _ => None,
    })
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
