//! The short editions of a pack: the same figures under another template, without its charts and its data file.

use anyhow::Result;
use serde_json::{Map, Value};

use crate::round::ShortEdition;
use crate::statistics::Edition;

use super::material::Material;
use super::views;
use super::world::Source;

/// What the file of an edition is called, and the edition in words.
pub fn file(edition: ShortEdition) -> (&'static str, &'static str) {
    match edition {
        ShortEdition::Committee => ("committee-paper", "committee paper"),
        ShortEdition::Staff => ("staff-page", "page for staff"),
    }
}

/// What of an authority's own figures stays in an edition that may be handed on: which figure, and what may be said of it.
const WORDS: [&str; 9] = [
    "service",
    "service_label",
    "breakdown",
    "breakdown_label",
    "case",
    "result",
    "possible",
    "result_label",
    "result_symbol",
];

/// What an edition has of the data of a pack. All else stays there: it is read anew for each document, and much of it is the
/// authority's own.
const PARTS: [&str; 7] = ["authority", "edition", "coverage", "notice", "round", "sections", "words"];

/// What it has of a section, beside the figures of England.
const PARTS_OF_SECTION: [&str; 4] = ["indicator", "own", "services", "groups"];

/// The source of an edition, from that of the pack.
///
/// It may be handed on: of a pack for the authority alone it has results in words, and no number of the authority's, so that no
/// template can print one.
pub fn source(edition: ShortEdition, pack: &Source, material: Material<'_>) -> Result<Source> {
    let main = match edition {
        ShortEdition::Committee => "/pack/committee-paper.typ",
        ShortEdition::Staff => "/pack/staff-page.typ",
    };
    let mut data: Map<String, Value> = pack
        .data
        .iter()
        .filter(|(name, _)| PARTS.contains(&name.as_str()))
        .map(|(name, part)| (name.clone(), part.clone()))
        .collect();
    data.insert("round".to_owned(), serde_json::to_value(views::round(material.round, None))?);
    if let Some(Value::Object(words)) = data.get_mut("words") {
        words.retain(|name, _| name == "committee");
    }
    for section in data.get_mut("sections").and_then(Value::as_array_mut).into_iter().flatten() {
        let comparators = section.get_mut("comparators").map(Value::take);
        let Value::Object(section) = section else { continue };
        section.retain(|name, _| PARTS_OF_SECTION.contains(&name.as_str()));
        if let Some(Value::Array(comparators)) = comparators {
            section.insert("comparators".to_owned(), comparators.into_iter().take(1).collect());
        }
        if material.statistics.edition == Edition::Own {
            for name in ["own", "services", "groups"] {
                let figures = section.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten();
                figures.for_each(in_words);
            }
        }
    }
    Ok(Source { main, data, ..Source::default() })
}

/// A figure without its numbers.
fn in_words(figure: &mut Value) {
    if let Value::Object(parts) = figure {
        parts.retain(|name, _| WORDS.contains(&name.as_str()));
    }
}
