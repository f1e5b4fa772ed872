//! What goes to one authority: the files of the build that are its own, by what they are for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::authority::Authority;
use crate::output::{EarlierManifest, Listed};
use crate::round::Round;

/// A file that goes out.
pub struct File {
    /// Its path in the output folder.
    pub from: String,
    /// Its name in the parcel.
    pub name: String,
    /// What it is for.
    pub purpose: &'static str,
    /// The SHA-256 that the manifest lists; nothing where the build does not make it.
    pub listed: Option<String>,
    /// The edition that the manifest tells.
    pub edition: Option<String>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What goes to one authority.
pub struct Parcel<'a> {
    /// To which.
    pub authority: &'a Authority,
    /// The files, sorted by name.
    pub files: Vec<File>,
}

/// What goes to each, sorted by code, and what lies among the packs and is nobody's.
pub struct Parcels<'a> {
    /// One for each authority with a pack.
    pub parcels: Vec<Parcel<'a>>,
    /// Files in folders that are no registered authority's.
    pub nobodys: Vec<String>,
}

/// What the names of a pack's files are for.
const PURPOSES: [(&str, &str); 8] = [
    ("benchmark-pack.pdf", "the benchmark pack, to read and print"),
    ("benchmark-pack.html", "the benchmark pack, for a browser"),
    ("committee-paper.pdf", "the paper for a committee, to read and print"),
    ("committee-paper.html", "the paper for a committee, for a browser"),
    ("staff-page.pdf", "the page for staff, to read and print"),
    ("staff-page.html", "the page for staff, for a browser"),
    ("data.csv", "every figure of the pack, as a table"),
    ("data.csv-metadata.json", "what the columns of the table are, for programs"),
];

/// The name of the page with which an authority checks its next return.
pub(super) const CHECKER: &str = "check-your-next-return.html";

/// The folder, beside that of the year, of checks that an authority makes in its own browser.
fn checkers(year: i32) -> String {
    format!("{year}-checkers")
}

/// Reads what goes to each of these authorities, of the build that this manifest lists.
pub fn gather<'a>(output: &Path, round: &'a Round, built: &EarlierManifest, chosen: &BTreeSet<String>) -> Parcels<'a> {
    let year = round.settings.year;
    let folders: BTreeMap<String, &Authority> = round.authorities.iter().map(|one| (one.folder(), one)).collect();
    let mut parcels: BTreeMap<&str, Parcel<'a>> = BTreeMap::new();
    let mut nobodys = Vec::new();
    for listed in &built.outputs {
        let Some((folder, name)) = listed.file.strip_prefix("authorities/").and_then(|path| path.split_once('/'))
        else {
            continue;
        };
        let Some(authority) = folders.get(folder) else {
            nobodys.push(listed.file.clone());
            continue;
        };
        if !chosen.contains(&authority.code) {
            continue;
        }
        let parcel = parcels.entry(&authority.code).or_insert_with(|| Parcel { authority, files: Vec::new() });
        let purpose = PURPOSES.iter().find(|(known, _)| known == &name).map_or("part of the pack", |(_, it)| it);
        parcel.files.push(read(output, year, listed, name.replace('/', "-"), purpose));
    }
    for parcel in parcels.values_mut() {
        let folder = parcel.authority.folder();
        for (ending, name, purpose) in [
            ("html", "checks-of-your-return.html", "what the checks found in the return, and how it was understood"),
            ("xlsx", "your-return-marked.xlsx", "a copy of the return with what was found marked in its cells"),
        ] {
            let path = format!("checks/{folder}.{ending}");
            if let Some(listed) = built.outputs.iter().find(|listed| listed.file == path) {
                parcel.files.push(read(output, year, listed, name.to_owned(), purpose));
            }
        }
        let from = format!("{}/{folder}.html", checkers(year));
        if let Ok(bytes) = fs::read(output.join(&from)) {
            let (name, purpose) = (CHECKER.to_owned(), "checks a return in the browser, before it is sent");
            parcel.files.push(File { from, name, purpose, listed: None, edition: None, bytes });
        }
        parcel.files.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Parcels { parcels: parcels.into_values().collect(), nobodys }
}

/// A file of the build. One that cannot be read is empty, and then neither what was built nor a file of anybody's.
fn read(output: &Path, year: i32, listed: &Listed, name: String, purpose: &'static str) -> File {
    let from = format!("{year}/{}", listed.file);
    let bytes = fs::read(output.join(&from)).unwrap_or_default();
    File { from, name, purpose, listed: Some(listed.sha256.clone()), edition: listed.edition.clone(), bytes }
}
