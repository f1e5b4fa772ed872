//! What is kept beside the years' folders so that nothing is done twice: safe to delete, and trusted by the program that wrote it.
//!
//! A file holds the digest of the program and that of its content before the content. Whatever does not agree is not there: then
//! the work is done again. Nothing is kept that the year's folder does not tell, so that who hands out the one may hand out the
//! other: digests of what everybody may know, and which counts are withheld (see [`Protection`](crate::statistics::Protection)).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, str};

use anyhow::Result;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::output;
use crate::reports::Press;

/// The folder inside the output folder.
const FOLDER: &str = ".cache";

/// The cache of an output folder.
pub struct Cache {
    folder: PathBuf,
    program: &'static str,
}

impl Cache {
    /// The cache in this output folder; nothing where the program cannot tell itself from others.
    pub fn of(output: &Path) -> Option<Self> {
        static PROGRAM: OnceLock<Option<String>> = OnceLock::new();
        let program = PROGRAM.get_or_init(digest::program).as_deref()?;
        Some(Self { folder: output.join(FOLDER), program })
    }

    /// What was kept under this name, if this very program wrote it and it is whole.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let bytes = fs::read(self.folder.join(name)).ok()?;
        let (head, content) = bytes.split_at_checked(2 * self.program.len())?;
        (str::from_utf8(head).ok()? == self.head(content)).then(|| postcard::from_bytes(content).ok())?
    }

    /// Keeps a value; what cannot be kept is worked out again.
    pub fn write(&self, name: &str, value: &impl Serialize) {
        if let Ok(content) = postcard::to_extend(value, Vec::new()) {
            let bytes = [self.head(&content).as_bytes(), &content].concat();
            let _ = output::put(&self.folder.join(name), &bytes);
        }
    }

    /// Forgets what was kept under this name.
    pub fn remove(&self, name: &str) {
        let _ = output::remove(&self.folder.join(name));
    }

    fn head(&self, content: &[u8]) -> String {
        format!("{}{}", self.program, digest::sha256(content))
    }
}

/// The SHA-256 of every file that a round may be made from, by its path in the data folder or under `report-templates`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources(BTreeMap<String, String>);

/// Under this name the returns stand together.
const RETURNS: &str = "returns";

impl Sources {
    /// Reads the folders: of the data, what belongs to no round, to this one or to one before it.
    pub fn read(data: &Path, templates: &Path, year: i32) -> Result<Self> {
        let of_round = |path: &str| path.split_once('/').map(|(round, _)| round.parse::<i32>());
        let mut paths = output::list(data)?;
        // What later rounds told of this one stands in their releases.
        let later =
            |path: &str| matches!(of_round(path), Some(Ok(round)) if round > year) && !path.contains("/released/");
        paths.retain(|path| !later(path));
        let data = paths.into_iter().map(|path| (data.join(&path), path));
        let templates = output::list(templates)?
            .into_iter()
            .map(|path| (templates.join(&path), format!("report-templates/{path}")));
        let files: Vec<(PathBuf, String)> = data.chain(templates).collect();
        let digest = |(path, name): (PathBuf, String)| Ok((name, digest::sha256(fs::read(path)?)));
        Ok(Self(files.into_par_iter().map(digest).collect::<Result<_>>()?))
    }

    /// Those that everybody may know: of a single return, a digest would tell whether a guess at its few counts is right.
    /// Plans are left out: nothing for everybody is made from them.
    pub fn for_everybody(&self) -> Self {
        let made_from = self.0.clone().into_iter().filter(|(path, _)| !path.contains("/plans/"));
        let (returns, mut others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            made_from.partition(|(path, _)| path.contains("/submissions/") || path.contains("/returned/"));
        others.insert(RETURNS.to_owned(), Self(returns).digest());
        Self(others)
    }

    /// One digest of the data of the rounds to this year, without the words about them: of all that is added up and protected.
    pub fn of_data(&self, year: i32) -> String {
        let until = |path: &str| {
            path.contains("/released/")
                || path.split('/').next().and_then(|round| round.parse().ok()).is_none_or(|round: i32| round <= year)
        };
        let words =
            |path: &str| ["/text/", "/plans/", "/returned/", "/sign-off.yaml"].iter().any(|one| path.contains(one));
        let counted = |path: &str| !path.starts_with("report-templates/") && !words(path) && until(path);
        Self(
            self.0
                .iter()
                .filter(|(path, _)| counted(path))
                .map(|(path, digest)| (path.clone(), digest.clone()))
                .collect(),
        )
        .digest()
    }

    /// What differs from those before.
    pub fn changed(&self, before: &Self) -> BTreeSet<String> {
        let paths = self.0.keys().chain(before.0.keys());
        paths.filter(|path| self.0.get(*path) != before.0.get(*path)).cloned().collect()
    }

    fn digest(&self) -> String {
        digest::of_files(self.0.iter().map(|(path, digest)| (path.as_str(), digest.as_str())))
    }
}

/// What a year's folder was built from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Built {
    /// The edition.
    pub public: bool,
    /// What everything in it was made from; nothing where only a part of it was made, or input was left out.
    pub whole: Option<Sources>,
    /// The SHA-256 of the manifest, which has those of all other files.
    pub manifest: String,
    /// The SHA-256 of the table of figures.
    pub figures: String,
    /// Its documents by name.
    pub documents: BTreeMap<String, Typeset>,
}

/// What a document was typeset from, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typeset {
    /// The digests of what is its own.
    pub own: BTreeMap<String, String>,
    /// The digests of the shared files that it used; nothing for those that it looked for in vain.
    pub shared: BTreeMap<String, Option<String>>,
    /// The digests of its files.
    pub files: BTreeMap<String, String>,
}

impl Typeset {
    /// What of it is not any more as it was; empty where it would become the same again.
    pub fn changed(&self, own: &BTreeMap<String, String>, press: &Press<'_>) -> BTreeSet<String> {
        let names = own.keys().chain(self.own.keys());
        let own = names.filter(|name| own.get(*name) != self.own.get(*name));
        let shared = self.shared.iter().filter(|(path, digest)| press.shared(path) != **digest).map(|(path, _)| path);
        own.chain(shared).map(|name| name.trim_start_matches('/').to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Sources {
        Sources(files.iter().map(|(path, digest)| ((*path).to_owned(), (*digest).to_owned())).collect())
    }

    #[test]
    fn what_is_damaged_or_of_another_program_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::of(folder.path()).unwrap();
        assert_eq!(cache.read::<Vec<String>>("words"), None);
        let words = vec!["one".to_owned(), "two".to_owned()];
        cache.write("words", &words);
        assert_eq!(cache.read("words"), Some(words.clone()));
        let path = folder.path().join(FOLDER).join("words");
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            fs::write(&path, bytes).unwrap();
            assert_eq!(cache.read::<Vec<String>>("words"), None, "byte {place}");
            fs::write(&path, &whole[..place]).unwrap();
            assert_eq!(cache.read::<Vec<String>>("words"), None, "cut at {place}");
        }
        let other = Cache { program: "another", ..Cache::of(folder.path()).unwrap() };
        other.write("words", &words);
        assert_eq!(cache.read::<Vec<String>>("words"), None);
        cache.remove("words");
        assert_eq!(other.read::<Vec<String>>("words"), None);
    }

    #[test]
    fn protection_rests_on_the_data_to_a_year_and_on_no_words() {
        let all = [
            ("standard.yaml", "a"),
            ("2023/submissions/F01.csv", "b"),
            ("2024/submissions/F01.csv", "c"),
            ("2024/text/foreword.typ", "d"),
            ("2024/plans/F01.csv", "f"),
            ("report-templates/theme.typ", "e"),
        ];
        let now = sources(&all);
        let with =
            |path: &str| sources(&all.map(|(other, digest)| (other, if other == path { "another" } else { digest })));
        let touches = |path: &str, year: i32| with(path).of_data(year) != now.of_data(year);
        assert!(touches("standard.yaml", 2023) && touches("2023/submissions/F01.csv", 2023));
        assert!(!touches("2024/submissions/F01.csv", 2023) && touches("2024/submissions/F01.csv", 2024));
        assert!(!touches("2024/plans/F01.csv", 2024));
        assert!(!touches("2024/text/foreword.typ", 2024) && !touches("report-templates/theme.typ", 2024));
    }

    #[test]
    fn a_single_return_is_not_told_to_everybody_but_all_of_them_are() {
        let one = sources(&[("standard.yaml", "a"), ("2024/submissions/F01.csv", "b"), ("2024/plans/F01.csv", "d")]);
        let other = sources(&[("standard.yaml", "a"), ("2024/submissions/F01.csv", "c")]);
        assert_eq!(one.for_everybody().0.keys().collect::<Vec<_>>(), [RETURNS, "standard.yaml"]);
        assert_eq!(other.for_everybody().changed(&one.for_everybody()), BTreeSet::from([RETURNS.to_owned()]));
    }
}
