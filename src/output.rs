//! Stage 5, write: the only file that writes. A year is written whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use serde::Deserialize;
use walkdir::WalkDir;

use crate::digest;
use crate::reports::Artefact;

/// The name of the file that tells which folders were written by this program.
pub const MANIFEST: &str = "manifest.json";

/// The folder of the collection workbooks inside a year's folder, with which it begins.
pub const WORKBOOKS: &str = "workbooks/";

/// What tells in a year's folder how it differs from the build before. It is of the folder's history, and the same inputs give
/// other bytes after another build: the manifest does not list it, and what is asked of a year's folder is not asked of it.
pub const HISTORY: [&str; 2] = ["checks/changes.html", "checks/changes.csv"];

/// Whether a file of a year's folder belongs to no build.
fn is_beside(path: &str) -> bool {
    path.starts_with(WORKBOOKS) || HISTORY.contains(&path)
}

/// Writes a file, and the folders that it lies in.
pub fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a file whole or not at all: what stood there stays until all of it is on the disk.
pub fn put_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = put(&partial, bytes)
        .and_then(|()| keep(&partial))
        .and_then(|()| fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display())));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

/// Waits until a file or folder is on the disk.
fn keep(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).with_context(|| format!("cannot write {}", path.display()))
}

/// A year's folder in the making: files go into a hidden folder beside it, which takes its place at the end.
pub struct Year {
    target: PathBuf,
    staging: PathBuf,
    digests: Mutex<BTreeMap<String, String>>,
    finished: bool,
    /// Held until the end, so that two builds of one year cannot mix.
    _lock: File,
}

/// What becomes of files that the year's folder already holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// They go: the new folder holds what is written now.
    Replace,
    /// They stay where nothing new is written over them.
    Keep,
}

impl Year {
    /// Opens the year's folder for writing; without `force`, a folder that this program did not write is refused.
    pub fn open(output: &Path, year: i32, earlier: Earlier, force: bool) -> Result<Year> {
        let target = output.join(year.to_string());
        let staging = output.join(format!(".{year}.partial"));
        let lock = hold(output, year)?;
        if !force {
            refuse_foreign(output, year, &target)?;
        }
        if staging.exists() {
            // An interrupted build left it behind.
            fs::remove_dir_all(&staging).with_context(|| format!("cannot remove {}", staging.display()))?;
        }
        fs::create_dir(&staging).with_context(|| format!("cannot make the folder {}", staging.display()))?;
        let year = Year { target, staging, digests: Mutex::default(), finished: false, _lock: lock };
        if year.target.is_dir() {
            let target = year.target.clone();
            year.adopt(&target, earlier)?;
        }
        Ok(year)
    }

    /// Takes over the files of the earlier folder that stay: workbooks, which belong to no build, always do.
    fn adopt(&self, folder: &Path, earlier: Earlier) -> Result<()> {
        for path in list(folder)?.into_iter().filter(|path| path != MANIFEST) {
            if !path.starts_with(WORKBOOKS) && earlier == Earlier::Replace {
                continue;
            }
            let bytes = fs::read(folder.join(&path)).with_context(|| format!("cannot read {path}"))?;
            match is_beside(&path) {
                true => self.write_beside(Artefact { path, bytes })?,
                false => self.write(Artefact { path, bytes })?,
            }
        }
        Ok(())
    }

    /// A file as the build before left it.
    pub fn earlier(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.target.join(path)).ok()
    }

    /// Writes one file; threads may call it at the same time.
    pub fn write(&self, artefact: Artefact) -> Result<()> {
        let digest = digest::sha256(&artefact.bytes);
        put(&self.staging.join(&artefact.path), &artefact.bytes)?;
        self.digests().insert(artefact.path, digest);
        Ok(())
    }

    /// Writes a file that the manifest does not list.
    pub fn write_beside(&self, artefact: Artefact) -> Result<()> {
        put(&self.staging.join(&artefact.path), &artefact.bytes)
    }

    /// The folder as it stands, and the one that takes its place.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where the files are until the end.
    pub fn staging(&self) -> &Path {
        &self.staging
    }

    /// The SHA-256 of every file written so far, by path.
    pub fn digests(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        // A thread that panicked while holding the lock left the map whole: an insertion is its only use.
        self.digests.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Puts the new folder in the place of the earlier one.
    pub fn finish(mut self) -> Result<()> {
        let problem = || format!("cannot put the new files in the place of {}", self.target.display());
        if self.target.exists() {
            exchange(&self.staging, &self.target).with_context(problem)?;
            // Now the hidden folder holds the earlier files.
            remove(&self.staging)
                .with_context(|| format!("the year is written, but {} cannot be removed", self.staging.display()))?;
        } else {
            fs::rename(&self.staging, &self.target).with_context(problem)?;
        }
        self.finished = true;
        Ok(())
    }
}

impl Drop for Year {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_dir_all(&self.staging); // what cannot be removed now, the next build removes
        }
    }
}

fn lock(path: &Path, year: i32) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another build of {year} is under way in this output folder"),
        // Some file systems have no locks; the build itself does not need one.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// Removes a file, or a folder with all that is in it.
pub fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// What the manifest of an earlier build lists, as far as a new build asks.
#[derive(Deserialize)]
pub struct EarlierManifest {
    /// The version of the program that wrote it.
    #[serde(default)]
    pub version: String,
    /// The digest of all figures.
    #[serde(default)]
    pub figures: String,
    /// What was read.
    pub inputs: Vec<Listed>,
    /// What was written.
    pub outputs: Vec<Listed>,
}

impl EarlierManifest {
    /// Whether a pack in the folder is of the edition for its authority alone.
    pub fn holds_own(&self) -> bool {
        self.outputs.iter().any(|listed| listed.edition.as_deref() == Some("own"))
    }

    /// Whether the folder is meant for everybody.
    pub fn is_public(&self) -> bool {
        !self.holds_own() && self.outputs.iter().any(|listed| listed.edition.as_deref() == Some("public"))
    }
}

/// A file in the manifest.
#[derive(Deserialize)]
pub struct Listed {
    /// Its path.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The edition, of what is in a pack.
    pub edition: Option<String>,
}

/// The manifest of the year as it lies in the output folder; `None` when there is none that can be read.
pub fn earlier_manifest(output: &Path, year: i32) -> Option<EarlierManifest> {
    let bytes = fs::read(output.join(year.to_string()).join(MANIFEST)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A file of the year's folder as the build before left it.
pub fn earlier_file(output: &Path, year: i32, path: &str) -> Option<Vec<u8>> {
    fs::read(output.join(year.to_string()).join(path)).ok()
}

/// A file that our manifest does not list is somebody's own: nothing is lost without being asked for.
fn refuse_foreign(output: &Path, year: i32, target: &Path) -> Result<()> {
    if target.is_file() {
        bail!("{} is a file; move it away, or write over it with --force", target.display());
    }
    let paths = if target.is_dir() { list(target)? } else { Vec::new() };
    let ours: BTreeSet<String> = earlier_manifest(output, year)
        .map(|manifest| manifest.outputs.into_iter().map(|listed| listed.file).chain([MANIFEST.to_owned()]).collect())
        .unwrap_or_default();
    let foreign = |path: &&String| !ours.contains(*path) && !is_beside(path);
    if let Some(foreign) = paths.iter().find(foreign) {
        bail!(
            "{} was not written by this program; move it away, or let it go with --force",
            target.join(foreign).display()
        );
    }
    Ok(())
}

/// The paths of all files in the folder and below, sorted, with `/` between the parts.
pub fn list(folder: &Path) -> Result<Vec<String>> {
    let problem = || format!("cannot read {}", folder.display());
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).min_depth(1).sort_by_file_name() {
        let entry = match entry {
            // A link that leads nowhere is a file too.
            Err(error) if error.loop_ancestor().is_none() && error.path().is_some_and(Path::is_symlink) => {
                paths.extend(error.path().map(|path| relative(path, folder)));
                continue;
            }
            entry => entry.with_context(problem)?,
        };
        if !entry.file_type().is_dir() {
            paths.push(relative(entry.path(), folder));
        }
    }
    Ok(paths)
}

fn relative(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether the year's folder holds what its manifest lists, to the byte, and nothing else but workbooks; and that manifest is the
/// one with this digest.
pub fn stands(output: &Path, year: i32, manifest: &str) -> bool {
    let path = output.join(year.to_string()).join(MANIFEST);
    let is = fs::read(path).is_ok_and(|bytes| digest::sha256(bytes) == manifest);
    earlier_manifest(output, year)
        .filter(|_| is)
        .is_some_and(|listed| altered(output, year, &listed).is_ok_and(|altered| altered.is_none()))
}

/// The first file of the year's folder that is not as its manifest lists it, is missing, or does not belong there; what belongs to no
/// build does not count.
pub fn altered(output: &Path, year: i32, listed: &EarlierManifest) -> Result<Option<String>> {
    let folder = output.join(year.to_string());
    let written: BTreeSet<&str> = listed.outputs.iter().map(|one| &*one.file).chain([MANIFEST]).collect();
    let found = list(&folder)?;
    let found: BTreeSet<&str> = found.iter().map(|path| &**path).filter(|path| !is_beside(path)).collect();
    if let Some(path) = written.symmetric_difference(&found).next() {
        return Ok(Some((*path).to_owned()));
    }
    let is = |one: &Listed| fs::read(folder.join(&one.file)).is_ok_and(|bytes| digest::sha256(bytes) == one.sha256);
    Ok(listed.outputs.par_iter().find_first(|one| !is(one)).map(|one| one.file.clone()))
}

/// Holds the year until it is dropped, so that two builds of it cannot mix.
pub fn hold(output: &Path, year: i32) -> Result<File> {
    fs::create_dir_all(output).with_context(|| format!("cannot make the folder {}", output.display()))?;
    lock(&output.join(format!(".{year}.lock")), year)
}

/// Lets two folders change places in one step where the system can, so that no moment is without the year.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(_) => exchange_in_steps(one, other),
    }
}

/// Lets two folders change places.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(one: &Path, other: &Path) -> Result<()> {
    exchange_in_steps(one, other)
}

fn exchange_in_steps(one: &Path, other: &Path) -> Result<()> {
    let aside = one.with_extension("previous");
    fs::rename(other, &aside)?;
    if let Err(error) = fs::rename(one, other) {
        fs::rename(&aside, other)?;
        return Err(error.into());
    }
    fs::rename(&aside, one)?;
    Ok(())
}

/// Writes a folder that is not there yet, whole or not at all, and to the disk: it takes its name when all of it is written.
pub fn put_folder(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(".partial");
    let partial = folder.with_file_name(name);
    if partial.exists() {
        // Left behind by one that was interrupted.
        fs::remove_dir_all(&partial).with_context(|| format!("cannot remove {}", partial.display()))?;
    }
    let written = files
        .iter()
        .try_for_each(|(path, bytes)| put(&partial.join(path), bytes).and_then(|()| keep(&partial.join(path))))
        .and_then(|()| {
            ensure!(!folder.exists(), "{} is there already", folder.display());
            fs::rename(&partial, folder).with_context(|| format!("cannot write {}", folder.display()))
        })
        .and_then(|()| folder.parent().map_or(Ok(()), keep));
    if written.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    written
}

/// Replaces a folder by these files, or leaves it as it was; each file has its path inside the folder.
pub fn replace(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<()> {
    replace_with(folder, files, None)
}

/// The same with one file more, which its owner alone may read.
pub fn replace_with(folder: &Path, files: Vec<(String, Vec<u8>)>, secret: Option<(String, Vec<u8>)>) -> Result<()> {
    let staging = folder.with_extension("partial");
    if staging.exists() {
        fs::remove_dir_all(&staging).with_context(|| format!("cannot remove {}", staging.display()))?;
    }
    let put_all = files
        .into_iter()
        .try_for_each(|(path, bytes)| put(&staging.join(path), &bytes))
        .and_then(|()| secret.map_or(Ok(()), |(path, bytes)| put_secret(&staging.join(path), &bytes)));
    if put_all.is_err() {
        let _ = fs::remove_dir_all(&staging);
        return put_all;
    }
    let problem = || format!("cannot write {}", folder.display());
    if folder.exists() {
        exchange(&staging, folder).with_context(problem)?;
        fs::remove_dir_all(&staging).with_context(problem)?;
    } else {
        fs::rename(&staging, folder).with_context(problem)?;
    }
    Ok(())
}

/// Writes a file that its owner alone may read, from its first byte on.
fn put_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| std::io::Write::write_all(&mut file, bytes));
    written.with_context(|| format!("cannot write {}", path.display()))
}
