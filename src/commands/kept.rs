//! What commands find in the cache for a year, as far as it holds for what lies in the folders now.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cache::{Built, Cache, Sources};
use crate::changes::Answers;
use crate::cli::Cli;
use crate::digest;
use crate::output;
use crate::round;
use crate::statistics::{Edition, Protection};

/// What the returns answered that the year's folder was built from; nothing where another build is known, or none.
pub(super) fn answers(output: &Path, year: i32) -> Option<Answers> {
    let (of, answers): (String, Answers) = Cache::of(output)?.read(&answers_name(year))?;
    let manifest = output::earlier_file(output, year, output::MANIFEST)?;
    (digest::sha256(manifest) == of).then_some(answers)
}

fn answers_name(year: i32) -> String {
    format!("{year}.returns")
}

/// The cache of a year, with what the folders of data and templates hold.
pub(super) struct Kept {
    cache: Cache,
    data: PathBuf,
    templates: PathBuf,
    output: PathBuf,
    pub year: i32,
    /// The rounds to this one.
    years: Vec<i32>,
    pub sources: Sources,
}

impl Kept {
    /// Looks at the folders before they are read; nothing where they cannot be, for whoever reads them tells why.
    pub(super) fn of(cli: &Cli, year: Option<i32>) -> Option<Self> {
        let year = year.map_or_else(|| round::newest(&cli.data), Ok).ok()?;
        let mut years = round::years(&cli.data).ok()?;
        years.retain(|one| *one <= year);
        Some(Self {
            cache: Cache::of(&cli.output)?,
            sources: Sources::read(&cli.data, &cli.templates, year).ok()?,
            data: cli.data.clone(),
            templates: cli.templates.clone(),
            output: cli.output.clone(),
            year,
            years,
        })
    }

    /// Whether the folders are still as they were: what was read meanwhile is then what `sources` tells.
    fn still(&self) -> bool {
        let again = |data: &Path, templates: &Path| -> Result<Sources> { Sources::read(data, templates, self.year) };
        again(&self.data, &self.templates).is_ok_and(|again| again == self.sources)
    }

    /// What is known of the protection of the year's rounds, of which the returns have been read by now: nothing where they have
    /// changed meanwhile, for what is known is of those that were there before.
    pub(super) fn protection(&self, edition: Edition) -> Protection {
        if !self.may_hold(edition) {
            return Protection::default();
        }
        let known: Option<(Vec<(i32, String)>, Protection)> = self.cache.read(&self.protection_name(edition));
        let Some((keys, mut protection)) = known.filter(|_| self.still()) else { return Protection::default() };
        let now = self.protection_keys();
        protection.retain(|year| {
            let key = |keys: &[(i32, String)]| keys.iter().find(|(one, _)| *one == year).cloned();
            key(&now).is_some() && key(&now) == key(&keys)
        });
        protection
    }

    /// Keeps what protection found out.
    pub(super) fn keep_protection(&self, edition: Edition, protection: &Protection) {
        if self.may_hold(edition) && self.still() {
            self.cache.write(&self.protection_name(edition), &(self.protection_keys(), protection));
        }
    }

    /// What is for authorities alone is not kept beside a folder that is for everybody.
    fn may_hold(&self, edition: Edition) -> bool {
        let public = || output::earlier_manifest(&self.output, self.year).is_some_and(|before| before.is_public());
        edition == Edition::Public || !public()
    }

    fn protection_name(&self, edition: Edition) -> String {
        let edition = if edition == Edition::Own { "own" } else { "public" };
        format!("{}.protection-{edition}", self.year)
    }

    /// What a round's protection rests on: the data to the round after it, which asks more figures of it.
    fn protection_keys(&self) -> Vec<(i32, String)> {
        let after = self.years.iter().skip(1).chain(self.years.last());
        self.years.iter().zip(after).map(|(year, after)| (*year, self.sources.of_data(*after))).collect()
    }

    /// What the year's folder was built from when it was built last.
    pub(super) fn built(&self) -> Option<Built> {
        self.cache.read(&self.built_name())
    }

    /// Keeps what the year's folder was built from now, and nothing beside a folder for everybody that it does not tell.
    pub(super) fn keep_built(&self, mut built: Built) {
        if built.public {
            self.cache.remove(&self.protection_name(Edition::Own));
            self.cache.remove(&answers_name(self.year));
        }
        if !self.still() {
            built.whole = None; // documents are told from the very bytes that they were made of
        }
        self.cache.write(&self.built_name(), &built);
    }

    /// Keeps what the returns of the year's folder answered: what changes in them tells the next build.
    pub(super) fn keep_answers(&self, edition: Edition, manifest: &str, answers: &Answers) {
        if edition == Edition::Own && self.may_hold(edition) {
            self.cache.write(&answers_name(self.year), &(manifest, answers));
        }
    }

    /// What everything is made from, as it may be kept.
    pub(super) fn told(&self, edition: Edition) -> Sources {
        if edition == Edition::Public { self.sources.for_everybody() } else { self.sources.clone() }
    }

    fn built_name(&self) -> String {
        format!("{}.built", self.year)
    }
}
