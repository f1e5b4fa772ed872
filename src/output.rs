//! Stage 5, write: the only file that writes. A year is written whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use crate::digest;
use crate::reports::Artefact;

/// The name of the file that tells which folders were written by this program.
pub const MANIFEST: &str = "manifest.json";

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
        fs::create_dir_all(output).with_context(|| format!("cannot make the folder {}", output.display()))?;
        let lock = lock(&output.join(format!(".{year}.lock")), year)?;
        if !force {
            refuse_foreign(&target)?;
        }
        if staging.exists() {
            // An interrupted build left it behind.
            fs::remove_dir_all(&staging).with_context(|| format!("cannot remove {}", staging.display()))?;
        }
        fs::create_dir(&staging).with_context(|| format!("cannot make the folder {}", staging.display()))?;
        let year = Year { target, staging, digests: Mutex::default(), finished: false, _lock: lock };
        if earlier == Earlier::Keep && year.target.is_dir() {
            let target = year.target.clone();
            year.adopt(&target, "")?;
        }
        Ok(year)
    }

    /// Takes the files of the earlier folder over, by their path.
    fn adopt(&self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.adopt(&entry.path(), &format!("{path}/"))?;
            } else if path != MANIFEST {
                let bytes =
                    fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?;
                self.write(Artefact { path, bytes })?;
            }
        }
        Ok(())
    }

    /// Writes one file; threads may call it at the same time.
    pub fn write(&self, artefact: Artefact) -> Result<()> {
        let digest = digest::sha256(&artefact.bytes);
        let path = self.staging.join(&artefact.path);
        let folder = path.parent().unwrap_or(&self.staging);
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        fs::write(&path, artefact.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        self.digests().insert(artefact.path, digest);
        Ok(())
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
            fs::remove_dir_all(&self.staging)
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

/// A folder with files and without our manifest is somebody's own: nothing is lost without being asked for.
fn refuse_foreign(target: &Path) -> Result<()> {
    let foreign = match fs::read_dir(target) {
        Ok(mut entries) => entries.next().is_some() && !target.join(MANIFEST).is_file(),
        Err(_) => target.exists(),
    };
    if foreign {
        bail!("{} was not written by this program; move it away, or write over it with --force", target.display());
    }
    Ok(())
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

/// Replaces a folder by these files, or leaves it as it was; each file has its path inside the folder.
pub fn replace(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<()> {
    let staging = folder.with_extension("partial");
    if staging.exists() {
        fs::remove_dir_all(&staging).with_context(|| format!("cannot remove {}", staging.display()))?;
    }
    for (path, bytes) in files {
        let path = staging.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&staging))
            .with_context(|| format!("cannot make the folder of {}", path.display()))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
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
