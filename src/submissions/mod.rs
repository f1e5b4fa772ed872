//! Stage 1, read and check: a round's submissions, each count with its file and place.

pub mod csv;
mod earlier;
pub mod entry;
mod gathering;
pub mod plans;
pub mod row;
pub mod rules;
mod whose;
pub mod workbook;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::authority::Authority;
use crate::finding::{Checked, Finding, Severity};
use crate::round::{Date, Round};
use crate::standard::Standard;
use entry::Submission;
use gathering::Gathering;

/// One input file, as the manifest lists it.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// The path inside the round's folder.
    pub file: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many answers it holds.
    pub rows: usize,
    /// Whose it is, when that can be told.
    pub authority_code: String,
}

/// Every accepted return of a round.
pub struct Returns {
    /// Every file read, accepted or not, sorted by name.
    pub inputs: Vec<Input>,
    /// The codes of the authorities whose returns are taken, sorted.
    pub accepted: Vec<String>,
    /// The codes of the authorities whose returns were rejected, sorted.
    pub rejected: Vec<String>,
    /// Every return as it was read, accepted or not, in the order of the files.
    pub submissions: Vec<Submission>,
    /// Who was registered, sorted by code.
    pub registered: Vec<Authority>,
    /// The day that the round is of.
    pub day: Date,
}

impl Returns {
    /// The accepted return of an authority.
    pub fn accepted(&self, code: &str) -> Option<&Submission> {
        let accepted = self.accepted.iter().any(|other| other == code);
        self.submissions.iter().find(|submission| accepted && submission.authority_code == code)
    }
}

/// Larger files are not returns: the largest real workbook is far below it.
const LARGEST_FILE: u64 = 20_000_000;

/// Reads and checks every file in the round's `submissions` folder; only a folder that cannot be read is an error.
///
/// `before` holds the returns of the round before, which each authority's return is compared with.
pub fn read(round: &Round, standard: &Standard, before: Option<&Returns>) -> Result<Checked<Returns>> {
    read_from(&round.folder.join("submissions"), round, standard, before)
}

/// The same of another folder: returns as they were when a release was made from them.
pub fn read_from(
    folder: &Path,
    round: &Round,
    standard: &Standard,
    before: Option<&Returns>,
) -> Result<Checked<Returns>> {
    let mut gathering = Gathering::new(round, standard, before);
    for path in files(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match load(&path, &name) {
            Ok(bytes) => gathering.add(&name, &bytes),
            Err(finding) => gathering.tell(*finding),
        }
    }
    Ok(gathering.together())
}

/// Reads and checks one file, wherever it is: what can be told of it without the files of others, in the same words.
pub fn read_one(
    name: &str,
    bytes: &[u8],
    round: &Round,
    standard: &Standard,
    before: Option<&Returns>,
) -> Checked<Returns> {
    let mut gathering = Gathering::new(round, standard, before);
    match small_enough(bytes.len() as u64, name) {
        Ok(()) => gathering.add(name, bytes),
        Err(finding) => gathering.tell(*finding),
    }
    gathering.alone()
}

/// The files of the folder sorted by name, without hidden files and a spreadsheet program's lock files.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let of_the_system = ["thumbs.db", "desktop.ini"].contains(&name.to_lowercase().as_str());
        if !name.starts_with('.') && !name.starts_with("~$") && !of_the_system {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A finding about a file that is not read at all.
fn unread(name: &str, rule: &'static str, message: &str, help: &str) -> Box<Finding> {
    Box::new(Finding {
        authority_code: String::new(),
        file: name.to_owned(),
        location: String::new(),
        severity: Severity::Error,
        rule,
        found: String::new(),
        message: message.to_owned(),
        help: help.to_owned(),
        others: Vec::new(),
    })
}

fn small_enough(length: u64, name: &str) -> Result<(), Box<Finding>> {
    if length <= LARGEST_FILE {
        return Ok(());
    }
    let help = "send only the counts, without pictures or data";
    Err(unread(name, "file-too-large", "the file is larger than 20 MB", help))
}

fn load(path: &Path, name: &str) -> Result<Vec<u8>, Box<Finding>> {
    if let Ok(details) = fs::symlink_metadata(path) {
        if !details.is_file() {
            let message = "this is a folder or a link, not a file";
            return Err(unread(name, "not-a-file", message, "put the file itself here"));
        }
        small_enough(details.len(), name)?;
    }
    fs::read(path).map_err(|error| {
        let message = format!("the file cannot be read: {error}");
        unread(name, "unreadable-file", &message, "close it in other programs, and see that it may be read")
    })
}
