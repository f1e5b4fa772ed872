//! The short editions of a pack: the same figures under another template, without its charts and its data file.

use anyhow::Result;
use serde_json::Value;

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

/// What a pack has of the authority's own figures, beside sections.
const OWN: [&str; 8] = ["glance", "funnels", "rounds", "last_plan", "quality", "headcount", "response", "left_out"];

/// What a section has of them, beside the figures.
const OWN_OF_SECTION: [&str; 6] = ["chart", "position", "trends", "next", "words", "strength"];

/// The source of an edition, from that of the pack.
///
/// It may be handed on: of a pack for the authority alone it has results in words, and no number of the authority's, so that no
/// template can print one.
pub fn source(edition: ShortEdition, pack: &Source, material: Material<'_>) -> Result<Source> {
    let main = match edition {
        ShortEdition::Committee => "/pack/committee-paper.typ",
        ShortEdition::Staff => "/pack/staff-page.typ",
    };
    let mut data = pack.data.clone();
    data.insert("round".to_owned(), serde_json::to_value(views::round(material.round, None))?);
    OWN.iter().for_each(|name| drop(data.insert((*name).to_owned(), Value::Null)));
    let sections = data.get_mut("sections").and_then(Value::as_array_mut).into_iter().flatten();
    for section in sections.filter_map(Value::as_object_mut) {
        if material.statistics.edition == Edition::Own {
            for name in ["own", "services", "groups"] {
                let figures = section.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten();
                figures.for_each(in_words);
            }
        }
        OWN_OF_SECTION.iter().for_each(|name| drop(section.insert((*name).to_owned(), Value::Null)));
    }
    Ok(Source { main, data, ..Source::default() })
}

/// A figure without its numbers.
fn in_words(figure: &mut Value) {
    if let Value::Object(parts) = figure {
        parts.retain(|name, _| WORDS.contains(&name.as_str()));
    }
}
