//! What differs between two builds of a round, and why: figures, sentences, findings and documents, each with what caused it.
//!
//! The sides are compared by what they hold: tables, printed figures, pages and findings. The causes are what differs in what they
//! were made from. In a folder for everybody nothing stands that either build did not tell, and no value of the build before: side by
//! side two releases tell more than each alone, and the build before need not have been one.

mod answers;
mod causes;
mod differences;
mod entry;
mod page;
mod side;
mod tables;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use rayon::prelude::*;

use crate::round::Round;
use crate::standard::Standard;

pub use answers::Answers;
use causes::{Causes, Found};
pub use differences::CausePlace;
pub use entry::{Changes, Entry};
use entry::{Kind, Place, Value};
pub use page::Reading;
pub use side::Side;
use tables::PrintedOtherwise;

/// Compares a build with another of the same round; `for_everybody` tells which figures and documents differ, and nothing else.
pub fn between(before: &Side, now: &Side, round: &Round, standard: &Standard, for_everybody: bool) -> Result<Changes> {
    let differences = differences::between(before, now);
    let causes = Causes::new(&differences, round, standard);
    let rows = tables::differing(before, now)?;
    let of_rows = causes.of_figures(&rows);
    let printed = tables::printed_otherwise(before, now);
    let places = places(&printed);
    let of_figures: BTreeMap<&str, &Found> =
        rows.iter().zip(&of_rows).map(|(row, found)| (row.figure.as_str(), found)).collect();

    let figures = rows.iter().zip(&of_rows).map(|(row, found)| {
        let printed = places.get(row.figure.as_str()).cloned().unwrap_or_default();
        entry::of_figure(row, round, printed, causes.told(found))
    });
    let mut entries: Vec<Entry> = figures.collect();
    entries.sort_by_key(|entry| entry.kind);
    let documents = documents(before, now);
    let sentences = sentences((before, now), &documents, &causes, &of_figures, for_everybody);
    let words_are_known = before.has_documents() && now.has_documents();
    let counted = words_are_known.then(|| count(&sentences));
    entries.extend(together(sentences, &causes));
    if !for_everybody {
        entries.extend(findings(before, now, &causes)?);
    }
    entries.extend(of_documents(&documents, &printed, counted.as_ref(), &causes, &of_figures));
    if for_everybody {
        entries.iter_mut().for_each(Entry::keep_values_back);
    }
    Ok(Changes { compared: true, causes: differences.iter().map(|one| one.as_cause(round)).collect(), entries })
}

/// Where each figure is printed otherwise, the national report first.
fn places(printed: &[PrintedOtherwise]) -> BTreeMap<&str, Vec<Place>> {
    let mut pages: BTreeMap<(&str, bool, &str), BTreeSet<usize>> = BTreeMap::new();
    for one in printed {
        let key = (figure_of(&one.id), !one.document.starts_with("national/"), one.document.as_str());
        pages.entry(key).or_default().extend(&one.pages);
    }
    let mut places: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for ((figure, _, document), pages) in pages {
        places.entry(figure).or_default().push(Place { document: document.to_owned(), pages });
    }
    places
}

/// The figure that a printed number is of: its id without the part.
fn figure_of(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(figure, _)| figure)
}

/// A document of which a file differs, came or went.
struct Document {
    /// Its path without an ending.
    name: String,
    /// The endings of what differs.
    endings: Vec<&'static str>,
    came: bool,
    went: bool,
}

fn documents(before: &Side, now: &Side) -> Vec<Document> {
    let stems = |side: &Side| -> BTreeSet<String> {
        let paths = side.outputs.keys().filter(|path| !path.contains("/tables/"));
        let of_readers = paths.filter(|path| path.starts_with("national/") || path.starts_with("authorities/"));
        of_readers.filter_map(|path| path.strip_suffix(".html")).map(str::to_owned).collect()
    };
    let (old, new) = (stems(before), stems(now));
    let mut found = Vec::new();
    for name in old.union(&new) {
        let differs = |ending: &&&str| {
            let path = format!("{name}.{ending}");
            before.outputs.get(&path) != now.outputs.get(&path)
        };
        let endings: Vec<&str> = ["html", "pdf"].iter().filter(differs).copied().collect();
        if !endings.is_empty() {
            let (came, went) = (!old.contains(name), !new.contains(name));
            found.push(Document { name: name.clone(), endings, came, went });
        }
    }
    found.sort_by_key(|document| !document.name.starts_with("national/"));
    found
}

/// A text of a document that reads otherwise.
struct Sentence {
    document: String,
    heading: String,
    old: String,
    new: String,
    found: Found,
}

/// For everybody each text stands under its heading of now, for that of before may tell a result.
fn sentences(
    (before, now): (&Side, &Side),
    documents: &[Document],
    causes: &Causes<'_>,
    of_figures: &BTreeMap<&str, &Found>,
    for_everybody: bool,
) -> Vec<Sentence> {
    let of = |document: &Document| -> Vec<Sentence> {
        let path = format!("{}.html", document.name);
        let [Some(old), Some(new)] = [before, now].map(|side| side.file(&path)) else { return Vec::new() };
        let (old, new) = (String::from_utf8_lossy(&old), String::from_utf8_lossy(&new));
        let sentence = |one: words::Otherwise| {
            let blocks = || one.new.iter().chain(&one.old);
            let ids = blocks().flat_map(|block| &block.ids);
            let found: Found =
                ids.filter_map(|id| of_figures.get(figure_of(id))).flat_map(|found| (*found).clone()).collect();
            let heading = one.new.as_ref().or(one.old.as_ref().filter(|_| !for_everybody));
            Sentence {
                document: document.name.clone(),
                heading: heading.map(|block| block.heading.clone()).unwrap_or_default(),
                found: match same_numbers(&one) {
                    true => causes.of_words_alone(&document.name, found),
                    false => causes.of_words(&document.name, found),
                },
                old: one.old.map(|block| block.text).unwrap_or_default(),
                new: one.new.map(|block| block.text).unwrap_or_default(),
            }
        };
        words::otherwise(&old, &new).into_iter().map(sentence).collect()
    };
    let there =
        documents.iter().filter(|document| !document.came && !document.went && document.endings.contains(&"html"));
    there.collect::<Vec<_>>().into_par_iter().flat_map_iter(of).collect()
}

/// Whether a text came to read otherwise without another number.
fn same_numbers(one: &words::Otherwise) -> bool {
    let digits = |block: &words::Block| block.text.chars().filter(char::is_ascii_digit).collect::<String>();
    one.old.as_ref().zip(one.new.as_ref()).is_some_and(|(old, new)| digits(old) == digits(new))
}

fn count(sentences: &[Sentence]) -> BTreeMap<String, usize> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for sentence in sentences {
        *counted.entry(sentence.document.clone()).or_default() += 1;
    }
    counted
}

/// One entry for a text that reads otherwise in the same way in many documents.
fn together(sentences: Vec<Sentence>, causes: &Causes<'_>) -> Vec<Entry> {
    let mut order: Vec<(Sentence, Vec<Place>)> = Vec::new();
    let mut known: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for sentence in sentences {
        let place = Place { document: sentence.document.clone(), pages: BTreeSet::new() };
        let key = (sentence.heading.clone(), sentence.old.clone(), sentence.new.clone());
        match known.get(&key) {
            Some(at) => {
                let (first, places) = &mut order[*at];
                first.found.extend(sentence.found);
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            None => {
                known.insert(key, order.len());
                order.push((sentence, vec![place]));
            }
        }
    }
    let entry = |(sentence, places): (Sentence, Vec<Place>)| {
        let Sentence { heading, old, new, found, .. } = sentence;
        let place = match heading.is_empty() {
            true => "under no heading".to_owned(),
            false => format!("under “{heading}”"),
        };
        Entry::new(Kind::Words, place, vec![Value::of_words(old, new)], places, causes.told(&found))
    };
    order.into_iter().map(entry).collect()
}

/// The findings of the checks that came and went.
fn findings(before: &Side, now: &Side, causes: &Causes<'_>) -> Result<Vec<Entry>> {
    const TABLE: &str = "checks/findings.csv";
    let [Some(old), Some(new)] = [before, now].map(|side| side.file(TABLE)) else { return Ok(Vec::new()) };
    let read = |bytes: &[u8]| csv::Reader::from_reader(bytes).into_records().collect::<Result<Vec<_>, _>>();
    let (old, new) = (read(&old)?, read(&new)?);
    let entry = |record: &csv::StringRecord, came: bool| {
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let what =
            [cell(0), cell(1), cell(2)].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ");
        let text = format!("{} [{}]: {}", cell(3), cell(4), cell(6));
        let value = if came { Value::of_words(String::new(), text) } else { Value::of_words(text, String::new()) };
        let kind = if came { Kind::FindingCame } else { Kind::FindingWent };
        let found = causes.of_finding(cell(0), cell(1), cell(2));
        Entry::new(kind, what, vec![value], Vec::new(), causes.told(&found))
    };
    let came = new.iter().filter(|record| !old.contains(record)).map(|record| entry(record, true));
    let went = old.iter().filter(|record| !new.contains(record)).map(|record| entry(record, false));
    Ok(came.chain(went).collect())
}

fn of_documents(
    documents: &[Document],
    printed: &[PrintedOtherwise],
    sentences: Option<&BTreeMap<String, usize>>,
    causes: &Causes<'_>,
    of_figures: &BTreeMap<&str, &Found>,
) -> Vec<Entry> {
    let mut numbers: BTreeMap<&str, Vec<&PrintedOtherwise>> = BTreeMap::new();
    for one in printed {
        numbers.entry(&one.document).or_default().push(one);
    }
    let entry = |document: &Document| {
        let numbers = numbers.get(document.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let figures = numbers.iter().filter_map(|one| of_figures.get(figure_of(&one.id)));
        let found: Found = figures.flat_map(|found| (*found).clone()).collect();
        let found = causes.of_words(&document.name, found);
        let sentences = sentences.map(|counted| counted.get(&document.name).copied().unwrap_or_default());
        let told = match (document.came, document.went) {
            (true, _) => "it was not there before".to_owned(),
            (_, true) => "it is not there any more".to_owned(),
            _ => entry::of_document(&document.endings, numbers.len(), sentences),
        };
        let pages = numbers.iter().flat_map(|one| one.pages.clone()).collect();
        let place = Place { document: document.name.clone(), pages };
        Entry::new(Kind::Document, told, Vec::new(), vec![place], causes.told(&found))
    };
    documents.iter().map(entry).collect()
}
