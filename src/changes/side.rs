//! One of two builds that are compared: what its manifest says, its files, and, where it is known, what its returns answered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::digest;
use crate::manifest::ALL_RETURNS;
use crate::output::{self, Listed};
use crate::record::Release;

use super::answers::Answers;

/// A build, or a release on record.
pub struct Side {
    pub(super) version: String,
    /// Whether everybody may read it.
    pub(super) public: bool,
    pub(super) settings: Value,
    /// The inputs in the order of the manifest, each with its SHA-256.
    inputs: Vec<(String, String)>,
    /// The outputs, each with its SHA-256.
    pub(super) outputs: BTreeMap<String, String>,
    /// What the accepted returns answered; nothing where that is not known, or not for the readers of this side.
    pub(super) answers: Option<Answers>,
    files: Files,
}

enum Files {
    Folder(PathBuf),
    Record(BTreeMap<String, Vec<u8>>),
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    version: String,
    #[serde(default)]
    settings: Value,
    inputs: Vec<Listed>,
    #[serde(default)]
    outputs: Vec<Listed>,
}

impl Side {
    /// The build in a year's folder, as this manifest tells of it.
    pub fn of_build(folder: &Path, manifest: &[u8], answers: Option<Answers>) -> Result<Self> {
        let problem = || format!("the manifest of {} cannot be read", folder.display());
        let Manifest { version, settings, inputs, outputs } = serde_json::from_slice(manifest).with_context(problem)?;
        let of = |edition: &str| outputs.iter().any(|listed| listed.edition.as_deref() == Some(edition));
        let public = of("public") && !of("own");
        Ok(Self {
            version,
            public,
            settings,
            inputs: inputs.into_iter().map(|one| (one.file, one.sha256)).collect(),
            outputs: outputs.into_iter().map(|one| (one.file, one.sha256)).collect(),
            answers: answers.filter(|_| !public),
            files: Files::Folder(folder.to_owned()),
        })
    }

    /// The build that lies in a year's folder; nothing where none does.
    pub fn in_folder(folder: &Path, answers: Option<Answers>) -> Result<Option<Self>> {
        match fs::read(folder.join(output::MANIFEST)) {
            Ok(manifest) => Self::of_build(folder, &manifest, answers).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// A release on record. Its returns lie beside it, so that each is known by its name again.
    pub fn on_record(release: &Release) -> Result<Self> {
        let manifest = release.files.get(output::MANIFEST).context("a record has no manifest")?;
        let mut side = Self::of_build(&release.folder, manifest, None)?;
        let returns = release.returns()?;
        if !returns.is_empty() {
            side.inputs.retain(|(file, _)| file != ALL_RETURNS);
            let year = release.about.year;
            side.inputs.extend(returns.into_iter().map(|(path, sha256)| (format!("{year}/{path}"), sha256)));
        }
        side.public = release.about.edition == "public";
        side.outputs = release.about.documents.clone();
        side.files = Files::Record(release.files.clone());
        Ok(side)
    }

    /// What this build would be with these tables, findings and manifest in place of its own: documents stay as they are.
    pub fn with(&self, manifest: &[u8], tables: Vec<(String, Vec<u8>)>, answers: Answers) -> Result<Self> {
        let mut side = Self::of_build(Path::new(""), manifest, (!self.public).then_some(answers))?;
        side.public = self.public;
        side.outputs.clone_from(&self.outputs);
        side.outputs.extend(tables.iter().map(|(path, bytes)| (path.clone(), digest::sha256(bytes))));
        let printed = self.file(super::tables::PRINTED).map(|bytes| (super::tables::PRINTED.to_owned(), bytes));
        side.files = Files::Record(tables.into_iter().chain(printed).collect());
        Ok(side)
    }

    /// Whether everybody may read it.
    pub fn is_public(&self) -> bool {
        self.public
    }

    /// Whether a folder may tell what differs from this build: one for everybody tells nothing of one that is not.
    pub fn may_be_told(&self, to_everybody: bool) -> bool {
        self.public || !to_everybody
    }

    /// Whether it is of this round.
    pub fn is_of(&self, year: i32) -> bool {
        self.settings.get("year").and_then(Value::as_i64) == Some(i64::from(year))
    }

    /// Whether it tells of this document which numbers it prints: a record for authorities alone has those of the report only.
    pub(super) fn tells_of(&self, document: &str) -> bool {
        self.has_documents() || self.public || document.starts_with("national/")
    }

    /// A file of the build.
    pub(super) fn file(&self, path: &str) -> Option<Vec<u8>> {
        match &self.files {
            Files::Folder(folder) => fs::read(folder.join(path)).ok(),
            Files::Record(files) => files.get(path).cloned(),
        }
    }

    /// Whether its documents can be read, or only their digests are known.
    pub(super) fn has_documents(&self) -> bool {
        matches!(self.files, Files::Folder(_))
    }

    /// The paths of inputs that differ, where both sides name them: returns are folded where one side does so.
    pub(super) fn inputs_that_differ(&self, other: &Self) -> BTreeSet<String> {
        let folds = |side: &Self| side.inputs.iter().any(|(file, _)| file == ALL_RETURNS);
        let folded = folds(self) || folds(other);
        // The returns of earlier rounds are not beside a record.
        let beside = |side: &Self| matches!(side.files, Files::Record(_));
        let record = beside(self) || beside(other);
        let of = |side: &Self| side.named(folded, record);
        let (one, two) = (of(self), of(other));
        one.keys().chain(two.keys()).filter(|path| one.get(*path) != two.get(*path)).cloned().collect()
    }

    fn named(&self, folded: bool, record: bool) -> BTreeMap<String, String> {
        let year = self.settings.get("year").and_then(Value::as_i64).map(|year| format!("{year}/"));
        let known = |file: &str| {
            let of_year = year.as_ref().is_some_and(|year| file.starts_with(year));
            !(file.contains("/plans/") && (folded || record)) && (!record || !file.contains("/submissions/") || of_year)
        };
        let inputs = self.inputs.iter().filter(|(file, _)| known(file));
        if !folded || self.inputs.iter().any(|(file, _)| file == ALL_RETURNS) {
            return inputs.cloned().collect();
        }
        let (returns, others): (Vec<_>, Vec<_>) = inputs.partition(|(file, _)| file.contains("/submissions/"));
        let all = digest::of_files(returns.into_iter().map(|(file, sha256)| (file.as_str(), sha256.as_str())));
        others.into_iter().cloned().chain([(ALL_RETURNS.to_owned(), all)]).collect()
    }
}
