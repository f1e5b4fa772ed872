//! A change as it is told: on the page, as a line of the table, on stderr and as JSON.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::round::Round;
use crate::statistics::Breakdown;

use super::causes::Told;
use super::differences::Cause;
use super::tables::{Row, Whole, is_number};

/// What a change is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A headline of England has another result.
    Headline,
    /// Another figure has another result.
    Result,
    /// A number is withheld that was shown, or the other way round.
    Withheld,
    /// A figure has other values.
    Value,
    /// A text reads otherwise.
    Words,
    /// A finding of the checks came.
    FindingCame,
    /// A finding of the checks went.
    FindingWent,
    /// A document has other bytes.
    Document,
}

impl Kind {
    pub(super) const ALL: [Kind; 8] = [
        Kind::Headline,
        Kind::Result,
        Kind::Withheld,
        Kind::Value,
        Kind::Words,
        Kind::FindingCame,
        Kind::FindingWent,
        Kind::Document,
    ];

    /// The word in the table.
    pub(super) fn id(self) -> &'static str {
        match self {
            Kind::Headline => "headline",
            Kind::Result => "result",
            Kind::Withheld => "withheld",
            Kind::Value => "value",
            Kind::Words => "words",
            Kind::FindingCame => "finding-came",
            Kind::FindingWent => "finding-went",
            Kind::Document => "document",
        }
    }

    /// The heading on the page.
    pub(super) fn title(self) -> &'static str {
        match self {
            Kind::Headline => "England’s headlines with another result",
            Kind::Result => "Another result, beyond England’s headlines",
            Kind::Withheld => "Withheld or shown otherwise than before",
            Kind::Value => "Figures with other values",
            Kind::Words => "Texts that read otherwise",
            Kind::FindingCame => "Findings that came",
            Kind::FindingWent => "Findings that went",
            Kind::Document => "Documents with other bytes",
        }
    }
}

/// What stood somewhere and what stands there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Value {
    /// The column of the table, or nothing.
    pub column: String,
    /// What happened to it: `withheld`, `shown`, `changed`, `came` or `went`.
    pub what: &'static str,
    pub old: String,
    pub new: String,
    /// By how much, of numbers.
    pub by: String,
}

impl Value {
    pub fn of_words(old: String, new: String) -> Self {
        let what = happened(&old, &new, "came", "went");
        Self { column: String::new(), what, old, new, by: String::new() }
    }

    fn of_column(column: &str, old: &str, new: &str) -> Self {
        let number = is_number(column);
        let what = if number { happened(old, new, "shown", "withheld") } else { "changed" };
        let by = if number { difference(old, new) } else { String::new() };
        Self { column: column.to_owned(), what, old: old.to_owned(), new: new.to_owned(), by }
    }
}

fn happened(old: &str, new: &str, came: &'static str, went: &'static str) -> &'static str {
    match (old.is_empty(), new.is_empty()) {
        (true, false) => came,
        (false, true) => went,
        _ => "changed",
    }
}

/// The difference of two numbers, with the decimals that they are written with.
fn difference(old: &str, new: &str) -> String {
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match (old.parse::<f64>(), new.parse::<f64>()) {
        (Ok(before), Ok(now)) => format!("{:+.*}", decimals(old).max(decimals(new)), now - before),
        _ => String::new(),
    }
}

/// A document, and pages of its PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub document: String,
    pub pages: BTreeSet<usize>,
}

/// How many places are named of one change.
const NAMED: usize = 5;

fn told(places: &[Place]) -> String {
    let place = |place: &Place| {
        let pages: Vec<String> = place.pages.iter().map(usize::to_string).collect();
        if pages.is_empty() { place.document.clone() } else { format!("{} ({})", place.document, pages.join(", ")) }
    };
    let named: Vec<String> = places.iter().take(NAMED).map(place).collect();
    let more = places.len().saturating_sub(NAMED);
    named.join("; ") + &if more > 0 { format!("; and {more} more") } else { String::new() }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) kind: Kind,
    /// What it is of, in words.
    pub(super) what: String,
    /// What the ids of the figure's printed numbers begin with, or nothing.
    pub(super) figure: String,
    pub(super) values: Vec<Value>,
    /// Where it is printed, in words.
    pub(super) printed: String,
    /// What caused it, in words.
    cause: String,
    /// The same one by one, as far as it is named.
    pub(super) causes: Told,
}

impl Entry {
    pub(super) fn new(kind: Kind, what: String, values: Vec<Value>, places: Vec<Place>, causes: Told) -> Self {
        Self { kind, what, figure: String::new(), values, printed: told(&places), cause: causes.words(), causes }
    }

    /// Leaves out what stood and what stands: which it is stays.
    pub(super) fn keep_values_back(&mut self) {
        for value in &mut self.values {
            (value.what, value.old, value.new, value.by) = ("changed", String::new(), String::new(), String::new());
        }
        if matches!(self.kind, Kind::Headline | Kind::Result | Kind::Withheld) {
            self.kind = Kind::Value; // how it differs would tell of the build before
            self.values.clear();
        }
    }
}

/// A figure that differs.
pub(super) fn of_figure(row: &Row, round: &Round, places: Vec<Place>, causes: Told) -> Entry {
    let headline =
        row.name("area_type") == "national" && row.name("service") == "all" && row.name("breakdown").is_empty();
    let kind = match (row.whole, row.result_differs(), row.flips()) {
        (Some(_), ..) => Kind::Withheld,
        (_, true, _) if headline => Kind::Headline,
        (_, true, _) => Kind::Result,
        (_, _, true) => Kind::Withheld,
        _ => Kind::Value,
    };
    let service = match row.name("service") {
        "adults" => ", adults’ services",
        "childrens" => ", children’s services",
        _ => "",
    };
    let name = round.indicator(row.name("indicator")).map(|indicator| indicator.short_name.clone()).unwrap_or_default();
    let breakdown = row.name("breakdown");
    let parsed = Breakdown::parse(breakdown, &round.settings.pay_bands);
    let breakdown = match parsed.as_ref().map(|known| known.label(&round.settings.pay_bands)) {
        Ok("") => String::new(),
        Ok(label) => format!(", {label}"),
        Err(_) => format!(", {breakdown}"), // of a band that there is no more
    };
    let what = format!("{}: {} {name}{service}{breakdown}", row.name("area_name"), row.name("indicator"));
    let values = match row.whole {
        Some(whole) => {
            let what = if whole == Whole::Came { "came" } else { "went" };
            vec![Value { column: String::new(), what, old: String::new(), new: String::new(), by: String::new() }]
        }
        None => {
            let mut columns: Vec<_> = row.columns.iter().collect();
            columns.sort_by_key(|(column, ..)| column != "result"); // what matters most comes first
            columns.into_iter().map(|(column, old, new)| Value::of_column(column, old, new)).collect()
        }
    };
    Entry { figure: row.figure.clone(), ..Entry::new(kind, what, values, places, causes) }
}

/// What differs in a document; nothing of its texts where they cannot be compared.
pub(super) fn of_document(endings: &[&str], numbers: usize, sentences: Option<usize>) -> String {
    let counted = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut parts = Vec::new();
    if numbers > 0 {
        parts.push(counted(numbers, "number is printed otherwise", "numbers are printed otherwise"));
    }
    match sentences {
        None => parts.push("its texts are not on record".to_owned()),
        Some(0) if numbers == 0 => parts.push("no number and no word".to_owned()),
        Some(0) => {}
        Some(sentences) => parts.push(counted(sentences, "text reads otherwise", "texts read otherwise")),
    }
    format!("{}: {}", endings.join(", ").to_uppercase(), parts.join(", "))
}

/// The beginning of a long text.
fn short(text: &str) -> String {
    const LETTERS: usize = 160;
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// All that differs between two builds.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Whether there was a build before that could be compared with.
    pub(super) compared: bool,
    /// What differs in what they were made from, in words.
    pub(super) causes: Vec<Cause>,
    pub(super) entries: Vec<Entry>,
}

/// A change as the table has it, a line for each value.
#[derive(Clone, Copy, Serialize)]
struct Line<'a> {
    rank: usize,
    kind: &'a str,
    what: &'a str,
    figure: &'a str,
    column: &'a str,
    change: &'a str,
    old: &'a str,
    new: &'a str,
    by: &'a str,
    printed: &'a str,
    cause: &'a str,
}

impl Changes {
    fn lines(&self) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            let line = Line {
                rank: place + 1,
                kind: entry.kind.id(),
                what: &entry.what,
                figure: &entry.figure,
                column: "",
                change: "changed",
                old: "",
                new: "",
                by: "",
                printed: &entry.printed,
                cause: &entry.cause,
            };
            if entry.values.is_empty() {
                lines.push(line);
                continue;
            }
            lines.extend(entry.values.iter().map(|value| {
                let Value { column, what: change, old, new, by } = value;
                Line { column, change, old, new, by, ..line }
            }));
        }
        lines
    }

    /// How many texts read otherwise.
    pub fn texts(&self) -> usize {
        self.entries.iter().filter(|entry| entry.kind == Kind::Words).count()
    }

    /// The same without documents whose bytes differ.
    pub fn without_documents(mut self) -> Self {
        self.entries.retain(|entry| entry.kind != Kind::Document);
        self
    }

    /// As a table; one without lines tells that nothing differs, or that there was nothing to compare with.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = ["rank", "kind", "what", "figure", "column", "change", "old", "new", "by", "printed", "cause"];
        writer.write_record(header)?;
        for line in self.lines() {
            let Line { rank, kind, what, figure, column, change, old, new, by, printed, cause } = line;
            let rank = rank.to_string();
            writer.write_record([&*rank, kind, what, figure, column, change, old, new, by, printed, cause])?;
        }
        writer.into_inner().context("cannot finish the table of changes")
    }

    /// As JSON, an array of the table's lines.
    pub fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&self.lines())? + "\n")
    }

    /// In short, for people: how many there are of each kind, and the first ten.
    pub fn human(&self) -> String {
        if self.entries.is_empty() {
            return "nothing differs\n".to_owned();
        }
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.kind).or_default() += 1;
        }
        let counts: String = counts.iter().map(|(kind, n)| format!("{n:>6}  {}\n", kind.title())).collect();
        let value = |value: &Value| {
            let Value { column, what, old, new, .. } = value;
            let (old, new) = (short(old), short(new));
            let told = match (old.is_empty(), new.is_empty()) {
                (true, true) => (*what).to_owned(),
                (true, false) => format!("{what}: {new}"),
                (false, true) => format!("{what}: {old}"),
                (false, false) => format!("{old} → {new}"),
            };
            let column = column.replace('_', " ");
            format!("\n   {column}{}{told}", if column.is_empty() { "" } else { ": " })
        };
        let mut text = format!("{counts}\n");
        for entry in self.entries.iter().take(10) {
            let values: String = entry.values.iter().take(4).map(value).collect();
            let printed = if entry.printed.is_empty() { String::new() } else { format!("\n   in {}", entry.printed) };
            text += &format!("{}: {}{values}{printed}\n   cause: {}\n", entry.kind.id(), entry.what, entry.cause);
        }
        match self.entries.len().saturating_sub(10) {
            0 => text,
            more => text + &format!("and {more} more\n"),
        }
    }
}
