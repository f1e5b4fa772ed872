//! What was built, read by means of its own and compared without the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use scraper::{Html, Node};

use crate::workplace::files;

/// A line of the table of changes, by column.
pub type Line = BTreeMap<String, String>;

pub fn lines(table: &Path) -> Vec<Line> {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let header = reader.headers().unwrap().clone();
    let line =
        |record: csv::StringRecord| header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| line(record.unwrap())).collect()
}

/// What was built, read by means of its own: every cell of every figure, the letters of every page, the bytes of every document.
#[derive(Default)]
pub struct Built {
    pub cells: BTreeMap<(String, String), String>,
    pub words: BTreeMap<String, String>,
    pub bytes: BTreeMap<String, Vec<u8>>,
    pub findings: BTreeSet<String>,
}

impl Built {
    pub fn read(year: &Path) -> Self {
        let mut built = Self::default();
        for path in files(year) {
            let bytes = fs::read(year.join(&path)).unwrap();
            if path.ends_with("indicators.csv") || path.ends_with("/data.csv") {
                for line in lines(&year.join(&path)) {
                    let of = |column: &str| line[column].clone();
                    if path.ends_with("/data.csv") && line["area_type"] != "authority" {
                        continue;
                    }
                    let figure = [of("year"), of("area_code"), of("indicator"), of("service"), of("breakdown")];
                    let figure = figure.join("/").trim_end_matches('/').to_owned();
                    for (column, cell) in line {
                        built.cells.insert((figure.clone(), column), cell);
                    }
                }
            }
            if let Some(document) = path.strip_suffix(".html").filter(|_| is_document(&path)) {
                built.words.insert(document.to_owned(), words(&String::from_utf8_lossy(&bytes)));
            }
            if is_document(&path) {
                built.bytes.insert(path.clone(), bytes.clone());
            }
            if path == "checks/findings.csv" {
                built.findings = String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect();
            }
        }
        built
    }

    /// The figures that differ: each of their cells, or the whole where it came or went.
    pub fn cells_that_differ(&self, before: &Self) -> BTreeSet<(String, String)> {
        let figures =
            |built: &Self| -> BTreeSet<String> { built.cells.keys().map(|(figure, _)| figure.clone()).collect() };
        let (old, new) = (figures(before), figures(self));
        let mut found: BTreeSet<(String, String)> =
            old.symmetric_difference(&new).map(|figure| (figure.clone(), String::new())).collect();
        let differs = |(cell, value): &(&(String, String), &String)| {
            old.contains(&cell.0) && cell.1 != "area_name" && before.cells.get(*cell) != Some(*value)
        };
        found.extend(self.cells.iter().filter(differs).map(|(cell, _)| cell.clone()));
        found
    }

    pub fn documents_that_differ(&self, before: &Self) -> BTreeSet<String> {
        let paths = self.bytes.keys().chain(before.bytes.keys());
        let differ = paths.filter(|path| self.bytes.get(*path) != before.bytes.get(*path));
        differ.map(|path| path.rsplit_once('.').unwrap().0.to_owned()).collect()
    }

    pub fn words_that_differ(&self, before: &Self) -> BTreeSet<String> {
        let in_both =
            self.words.iter().filter_map(|(document, words)| Some((document, words, before.words.get(document)?)));
        in_both.filter(|(_, now, then)| now != then).map(|(document, ..)| document.clone()).collect()
    }
}

fn is_document(path: &str) -> bool {
    let of_readers = path.starts_with("national/annual-report.") || path.starts_with("authorities/");
    of_readers && [".html", ".pdf"].iter().any(|ending| path.ends_with(ending))
}

/// The letters of a page's body and the digits outside of figures, with the words of its drawings.
fn words(page: &str) -> String {
    let page = Html::parse_document(page);
    let mut found = String::new();
    let number = |letter: char| letter.is_ascii_digit() || !letter.is_alphanumeric();
    for node in page.tree.root().descendants() {
        match node.value() {
            Node::Text(text) => {
                let within = |name: &str| {
                    node.ancestors().any(|one| one.value().as_element().is_some_and(|it| it.name() == name))
                };
                if ["head", "script", "style", "nav", "svg", "math"].iter().any(|name| within(name)) {
                    continue;
                }
                let figure = node
                    .ancestors()
                    .any(|one| one.value().as_element().is_some_and(|it| it.attr("data-figure").is_some()));
                if figure && !text.starts_with('[') {
                    found.extend(text.replace(" to ", "").chars().filter(|letter| !number(*letter)));
                } else if !figure {
                    found.extend(text.chars().filter(|letter| letter.is_alphanumeric()));
                }
            }
            Node::Element(element) if element.name() == "svg" => {
                found.extend(element.attr("aria-label").unwrap_or_default().chars().filter(|letter| !number(*letter)));
            }
            _ => {}
        }
    }
    found
}
