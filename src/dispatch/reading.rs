//! Reads every file that goes out, by what stands in it and not by its name: none may be another authority's.

use std::collections::BTreeMap;

use super::naming::{Names, Own};
use super::page::Page;
use super::parcel::{CHECKER, File, Parcel};
use super::{Refusal, pdf};
use crate::authority::Authority;
use crate::digest;
use crate::finding::Finding;
use crate::round::Round;
use crate::standard::Standard;
use crate::submissions::workbook;

/// What every file is read with.
pub struct Reader<'a> {
    round: &'a Round,
    standard: &'a Standard,
    names: Names<'a>,
}

/// What a file says of whose it is.
#[derive(Default)]
struct Said {
    /// Every text in it.
    text: String,
    /// Its titles, where it has them: each has to name its authority.
    titles: Vec<String>,
    /// The tables in it.
    tables: Vec<Vec<u8>>,
    /// Whether it is a document, which has to have a title.
    is_document: bool,
    /// Whether it has to tell its authority's code.
    is_coded: bool,
}

impl<'a> Reader<'a> {
    /// `common` is the text that every document has: of templates, of the standard and of settings.
    pub fn new(round: &'a Round, standard: &'a Standard, common: &str) -> Self {
        Self { round, standard, names: Names::new(round, common) }
    }
}

/// What stands against sending a parcel; `words` are what the authority wrote itself: remarks beside its counts, and its plan.
pub fn read_parcel(reader: &Reader<'_>, parcel: &Parcel<'_>, words: String) -> Vec<Finding> {
    // An owner that lives as long as the round does.
    let Some(authority) = reader.round.authority(&parcel.authority.code) else { return Vec::new() };
    let own = reader.names.own(authority, words);
    parcel.files.iter().flat_map(|file| read_file(reader, &own, file)).collect()
}

fn read_file(reader: &Reader<'_>, own: &Own<'_>, file: &File) -> Vec<Finding> {
    let authority = own.authority;
    let mut findings = Vec::new();
    let mut tell = |rule, found: &str, message: String, help: &str| {
        let (code, location, help) = (&*authority.code, file.name.as_str(), help.to_owned());
        findings.push(Refusal { rule, code, file: &file.from, location, found, message, help }.into());
    };
    if file.listed.as_ref().is_some_and(|listed| digest::sha256(&file.bytes) != *listed) {
        tell("build-altered", "", "the file is not as it was built".to_owned(), "build the year again");
    }
    if file.edition.as_deref().is_some_and(|edition| edition != "own") {
        let message =
            format!("the file is of the edition for everybody, and the parcel of {} is its own", authority.name);
        tell("public-and-own", "", message, "build the whole year in the edition `own`, in a folder of its own");
    }
    let again = "see whether packs were swapped; build the year again, and do not move its files";
    let Some(said) = said(reader, file) else {
        tell("unreadable-file", "", "the file cannot be read, so nobody knows whose it is".to_owned(), again);
        return findings;
    };
    for (found, other) in reader.names.others(&said.text, own) {
        let message = format!("the file names {other}, and it goes to {} ({})", authority.name, authority.code);
        tell("another-authority", &found, message, again);
    }
    if said.is_document {
        if said.titles.is_empty() {
            let message = format!("the file has no title, so nobody knows whether it is that of {}", authority.name);
            tell("not-its-own", "", message, again);
        }
        for title in said.titles.iter().filter(|title| !reader.names.is_named(title, own)) {
            let message = format!("the title does not name {}, whose file it is to be", authority.name);
            tell("not-its-own", title, message, again);
        }
        let year = reader.round.settings.year;
        for title in said.titles.iter().filter(|_| is_pack(file)) {
            if !title.contains(&format!("benchmark pack {year} ")) {
                tell("another-round", title, format!("the title is not that of a pack of {year}"), again);
            }
            if !title.contains(crate::reports::NOT_FOR_PUBLICATION) {
                let message = format!("the pack is the one for everybody, and {} is to get its own", authority.name);
                tell("public-and-own", title, message, "build the whole year in the edition `own`");
            }
        }
    }
    if said.is_coded && !said.text.contains(&authority.code) {
        let message = format!("the file nowhere tells the code {}, whose it is to be", authority.code);
        tell("not-its-own", "", message, again);
    }
    for table in &said.tables {
        for (found, message) in foreign_rows(table, reader.round, authority) {
            tell("another-authority", &found, message, again);
        }
    }
    findings
}

fn is_pack(file: &File) -> bool {
    file.name.starts_with("benchmark-pack.")
}

/// A text without programs and fonts that were packed into letters: by chance any code stands in them.
fn without_packed(text: &str) -> String {
    const LONGEST: usize = 400;
    let between = |letter: char| !(letter.is_ascii_alphanumeric() || ['+', '/', '='].contains(&letter));
    text.split_inclusive(between).filter(|part| part.len() < LONGEST).collect()
}

/// What a file says; nothing where it cannot be read.
fn said(reader: &Reader<'_>, file: &File) -> Option<Said> {
    let text = || String::from_utf8(file.bytes.clone()).ok();
    match file.name.rsplit('.').next() {
        Some("html") if file.name == CHECKER => {
            // What it knows of its authority stands in its program.
            let page = text()?;
            let text = Page::read(&page).text + "\n" + &without_packed(&page);
            Some(Said { text, is_coded: true, ..Said::default() })
        }
        Some("html") => {
            let page = Page::read(&text()?);
            let titles = if page.title.is_empty() { Vec::new() } else { vec![page.title] };
            Some(Said { text: page.text, titles, is_document: true, is_coded: is_pack(file), ..Said::default() })
        }
        Some("pdf") => {
            let pdf = pdf::read(&file.bytes)?;
            let (mut text, mut tables) = (pdf.text, Vec::new());
            for attached in pdf.attached {
                match String::from_utf8(attached) {
                    Ok(words) if words.starts_with("year,") => tables.push(words.into_bytes()),
                    Ok(words) => text.push_str(&words),
                    Err(_) => return None,
                }
            }
            Some(Said { text, titles: pdf.titles, tables, is_document: true, is_coded: is_pack(file) })
        }
        Some("csv") => Some(Said { text: text()?, tables: vec![file.bytes.clone()], ..Said::default() }),
        Some("json") => Some(Said { text: text()?, ..Said::default() }),
        Some("xlsx") => {
            // The authority's own words in its own return: whose return it is says the cover.
            let read = workbook::read(&file.bytes, &file.name, &reader.round.settings, reader.standard);
            let code = read.value?.authority_code;
            let code = reader.round.returning(&code).map_or(code.clone(), |one| one.code.clone());
            Some(Said { text: code, ..Said::default() })
        }
        _ => None,
    }
}

/// Rows of a table that are another authority's, and the lack of own ones: what was found, and what is wrong.
fn foreign_rows(table: &[u8], round: &Round, own: &Authority) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table);
    let header = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| header.iter().position(|field| field == name);
    let (codes, kind, area) = (["area_code", "authority_code"].map(column), column("area_type"), column("area_name"));
    let mut of_own = 0;
    for record in reader.records() {
        let Ok(record) = record else {
            found.insert(String::new(), "the table cannot be read to its end".to_owned());
            break;
        };
        let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
        let of_authority = cell(kind) == "authority";
        for code in codes.into_iter().flatten().filter_map(|at| record.get(at)) {
            let another = round.returning(code).is_some_and(|one| one.code != own.code);
            let is_another = another || (of_authority && code != own.code);
            if is_another {
                found.insert(code.to_owned(), format!("the table has rows of {code}, and goes to {}", own.code));
            }
            of_own += usize::from(code == own.code);
        }
        if of_authority && cell(area) != own.name {
            let name = cell(area).to_owned();
            found.insert(name.clone(), format!("the table has rows of {name}, and goes to {}", own.name));
        }
    }
    if of_own == 0 {
        found.insert(String::new(), format!("the table has no row of {}, whose it is to be", own.name));
    }
    found
}
