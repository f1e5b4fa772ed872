//! The record of releases, `data/<year>/released/<n>/`: what was published of a round. It is written once and never changed.
//!
//! A record holds what everybody may know: tables, printed figures and digests, and no count that is not protected. The returns that
//! a release was made from lie beside it, in `returned/<n>/`, as exact as `submissions/`: a later correction is protected together
//! with them. So do the figures that packs for authorities alone printed, in `returned/<n>.figures.csv`: the notices of a later
//! correction tell what stood there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::output;
use crate::round::{Correction, Date};

/// The folder of a round's records, and that of the returns they were made from.
const RELEASED: &str = "released";
const RETURNED: &str = "returned";

/// The table of what a release told of each count of the national release, and of packs for everybody.
pub const COUNTS: &str = "counts.csv";

/// The file that tells what a release is.
const ABOUT: &str = "release.json";

/// The digests of all other files, as `sha256sum --check` reads them.
const SUMS: &str = "SHA256SUMS";

/// What a release is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Figures may still change.
    Provisional,
    /// Figures are final.
    Final,
    /// Figures that were final are corrected.
    Correction,
}

/// What is known of a release, beside its tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// The program that published it.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The round.
    pub year: i32,
    /// Its number within the round, from 1.
    pub release: u32,
    /// What it is.
    pub kind: Kind,
    /// The date of publication.
    pub date: Date,
    /// The edition of the packs beside the national report.
    pub edition: String,
    /// What was corrected and why, where it is a correction.
    pub correction: Option<Correction>,
    /// The digest of all figures.
    pub figures: String,
    /// One digest of all returns that it was made from.
    pub returns: String,
    /// The SHA-256 of what packs for authorities alone printed, all together; nothing where there were none, or where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_figures: Option<String>,
    /// The SHA-256 of every file of the output folder, by path.
    pub documents: BTreeMap<String, String>,
}

/// A release on record.
#[derive(Clone, Debug)]
pub struct Release {
    /// What it is.
    pub about: About,
    /// Its folder.
    pub folder: PathBuf,
    /// Its files by path, but for those that say what it is.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Release {
    /// The folder of the returns that it was made from: beside the records, for they are exact.
    pub fn returned(&self) -> PathBuf {
        let round = self.folder.ancestors().nth(2).unwrap_or(&self.folder);
        round.join(RETURNED).join(self.about.release.to_string())
    }

    /// The numbers that packs for authorities alone printed, a table as `figures.csv` is; else why they are not known.
    pub fn own_figures(&self) -> Result<Vec<u8>, String> {
        let path = own_figures(&self.returned());
        let Some(sha256) = &self.about.own_figures else {
            return Err(format!("release {} kept no figures of packs for authorities alone", self.about.release));
        };
        let bytes = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        match digest::sha256(&bytes) == *sha256 {
            true => Ok(bytes),
            false => Err(format!("{} is not as it was written", path.display())),
        }
    }

    /// The SHA-256 of each of these returns, by its path in the round's folder of then.
    pub fn returns(&self) -> Result<BTreeMap<String, String>> {
        let folder = self.returned();
        let paths = if folder.is_dir() { output::list(&folder)? } else { Vec::new() };
        let digest = |path: String| {
            let bytes = fs::read(folder.join(&path))
                .with_context(|| format!("cannot read {}", folder.join(&path).display()))?;
            Ok((format!("submissions/{path}"), digest::sha256(bytes)))
        };
        paths.into_iter().map(digest).collect()
    }
}

/// The releases of a round, in their order; a record that is not as it was written is an error.
pub fn releases(data: &Path, year: i32) -> Result<Vec<Release>> {
    let folder = data.join(year.to_string()).join(RELEASED);
    let mut numbers = BTreeSet::new();
    if folder.is_dir() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue; // what an interrupted release left is none
            }
            match name.parse::<u32>() {
                Ok(number) if number > 0 && number.to_string() == name => numbers.insert(number),
                _ => bail!("{} is no release: releases are numbered from 1", folder.join(name).display()),
            };
        }
    }
    let missing = (1..).zip(&numbers).find(|(expected, number)| expected != *number);
    if let Some((expected, _)) = missing {
        bail!("{} is missing: a record is never taken away; put it back", folder.join(expected.to_string()).display());
    }
    numbers.into_iter().map(|number| read(&folder.join(number.to_string()), year, number)).collect()
}

fn read(folder: &Path, year: i32, number: u32) -> Result<Release> {
    let damaged = |what: &str| {
        format!(
            "the record {} is damaged: {what}\n  help: a record is never changed; put it back as it was, from a copy of the data folder",
            folder.display()
        )
    };
    let load = |path: &str| fs::read(folder.join(path)).with_context(|| damaged(&format!("{path} cannot be read")));
    let sums =
        String::from_utf8(load(SUMS)?).map_err(|_| anyhow::anyhow!(damaged("its list of digests is no text")))?;
    let mut files = BTreeMap::new();
    for line in sums.lines() {
        let Some((sha256, path)) = line.split_once("  ") else { bail!(damaged("its list of digests is broken")) };
        let bytes = load(path)?;
        ensure!(digest::sha256(&bytes) == sha256, damaged(&format!("{path} is not as it was written")));
        files.insert(path.to_owned(), bytes);
    }
    for path in output::list(folder)? {
        ensure!(path == SUMS || files.contains_key(&path), damaged(&format!("{path} does not belong to it")));
    }
    let about = files.remove(ABOUT).with_context(|| damaged(&format!("{ABOUT} is missing")))?;
    let about: About = serde_json::from_slice(&about).with_context(|| damaged(&format!("{ABOUT} cannot be read")))?;
    ensure!((about.year, about.release) == (year, number), damaged(&format!("{ABOUT} is of another release")));
    Ok(Release { about, folder: folder.to_owned(), files })
}

/// Where the figures of packs for authorities alone lie: beside the folder of the returns, for they are as exact, and none of them.
fn own_figures(returned: &Path) -> PathBuf {
    returned.with_extension("figures.csv")
}

/// Puts a release on record, with what is exact beside it, the returns and what packs for authorities alone printed: whole, or not
/// at all.
pub fn put(
    data: &Path,
    mut about: About,
    files: BTreeMap<String, Vec<u8>>,
    returns: Vec<(String, Vec<u8>)>,
    own: Option<Vec<u8>>,
) -> Result<PathBuf> {
    let year = data.join(about.year.to_string());
    let number = about.release.to_string();
    let mut files: Vec<(String, Vec<u8>)> = files.into_iter().collect();
    about.own_figures = own.as_ref().map(digest::sha256);
    let mut text = serde_json::to_vec_pretty(&about)?;
    text.push(b'\n');
    files.push((ABOUT.to_owned(), text));
    files.sort();
    let sums: String = files.iter().map(|(path, bytes)| format!("{}  {path}\n", digest::sha256(bytes))).collect();
    files.push((SUMS.to_owned(), sums.into_bytes()));
    // The returns first: a record without them could not be corrected, and they without a record are nothing.
    let returned = year.join(RETURNED).join(&number);
    output::remove(&returned).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error).with_context(|| format!("cannot remove {}", returned.display())),
    })?;
    if let Some(bytes) = own {
        output::put_whole(&own_figures(&returned), &bytes)?;
    }
    output::put_folder(&returned, &returns)?;
    let folder = year.join(RELEASED).join(&number);
    output::put_folder(&folder, &files)?;
    Ok(folder)
}
