//! The check that an authority runs in its own browser: what its page brings along, and what it says of a file.
//!
//! Everything here is compiled twice, for this machine and for browsers, where `exports` hands the files in. What is said is said by
//! the rooms that the command `check` uses.

#[cfg(target_family = "wasm")]
mod exports;

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::authority::Authority;
use crate::authority::changes::Changes;
use crate::finding::{Checked, Finding, Severity};
use crate::reports::{self, Answered, Checking, Telling};
use crate::round::{Date, Round, Settings};
use crate::standard::Standard;
use crate::statistics;
use crate::submissions::entry::{Cover, Entry, Submission};
use crate::submissions::{self, Returns};

/// All of this compiled for browsers; `.ci/checker-module` makes it.
#[cfg(not(target_family = "wasm"))]
pub const MODULE: &[u8] = include_bytes!("checker/module.wasm");

/// What a page brings along: everything that a check needs to know of the round, and nothing of other authorities but what
/// registers tell.
#[derive(Debug, Serialize, Deserialize)]
pub struct Brought {
    settings: Settings,
    standard: Standard,
    /// The round's register.
    authorities: Vec<Value>,
    /// The authorities of England.
    england: Vec<Value>,
    changes: Changes,
    /// The round before, on the page of one authority.
    before: Option<Before>,
    /// Whom the page is for, where it is for one authority.
    authority: Option<String>,
    /// The files of words, by their names.
    words: BTreeMap<String, String>,
}

/// What the round before tells an authority.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    day: Date,
    authorities: Vec<Value>,
    /// The returns that the authority's is compared with: its own, or those of the areas that it was made of.
    returns: Vec<Submission>,
}

/// What is said of a file.
#[derive(Debug, Serialize)]
pub struct Said {
    /// The findings, as `check --format json` has them.
    pub findings: Vec<Finding>,
    /// Whether the return can be used.
    pub accepted: bool,
    /// Whose return it is; empty where that cannot be told.
    pub authority: String,
    /// The answer as a person reads it.
    pub html: String,
    /// The marked copy of the workbook in base64, where there is one.
    pub marked: Option<String>,
    /// The rows of the authority's figures as its pack's `data.csv` has them.
    pub figures: Option<String>,
}

impl Brought {
    /// What the page for one authority brings along, or the page for every authority, which holds no count.
    pub fn new(
        round: &Round,
        standard: &Standard,
        before: Option<&Returns>,
        authority: Option<&Authority>,
        words: BTreeMap<String, String>,
    ) -> Result<Self> {
        let mut settings = round.settings.clone();
        // What was settled with others, and what is not published yet, is not for this reader.
        settings.settled.retain(|settled| authority.is_some_and(|authority| authority.code == settled.authority));
        settings.publication = Default::default();
        settings.correction = None;
        let before = before.zip(authority).map(|(before, authority)| {
            let unit = round.since(before.moment()).of_later(&authority.code);
            let compared = before.compared_with(round, &authority.code).is_some();
            let codes = unit.earlier.iter().filter(|_| compared);
            let returns = codes.filter_map(|code| before.accepted(code)).map(counts_alone).collect();
            Ok::<_, anyhow::Error>(Before { day: before.day, authorities: packed(&before.registered)?, returns })
        });
        Ok(Self {
            settings,
            standard: standard.clone(),
            authorities: packed(&round.authorities)?,
            england: packed(&round.england)?,
            changes: round.changes.clone(),
            before: before.transpose()?,
            authority: authority.map(|authority| authority.code.clone()),
            words,
        })
    }

    /// Whether it knows counts of the round before.
    pub fn compares(&self) -> bool {
        self.before.as_ref().is_some_and(|before| !before.returns.is_empty())
    }

    /// Reads and checks a file, and says what there is to say of it.
    pub fn say(self, name: &str, bytes: &[u8]) -> Result<Said> {
        let (reader, words) = (self.authority.clone(), self.words.clone());
        let (standard, before, round) = self.opened()?;
        let Checked { value: returns, findings } =
            submissions::read_one(name, bytes, &round, &standard, before.as_ref());
        let own: Vec<&Finding> = findings.iter().collect();
        let submission = returns.submissions.first();
        let authority = submission.and_then(|submission| round.authority(&submission.authority_code));
        let figures = authority.and_then(|authority| statistics::of_return(&round, &standard, &returns, authority));
        let marked = submission.and_then(|_| reports::marked(bytes, &round.settings, name, &own));
        let checking = Checking {
            round: &round,
            standard: &standard,
            returns: &returns,
            before: before.as_ref(),
            findings: &findings,
        };
        let telling = Telling { authority, submission, findings: &own, marked: marked.is_some() };
        let reader = reader.as_deref().and_then(|code| round.authority(code));
        let html = reports::answered(&words, Answered { checking, telling, figures: figures.as_ref(), reader })?;
        let rows =
            figures.map(|table| reports::figures_as_data(round.settings.year, table.rows(), true)).transpose()?;
        let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(Said {
            accepted: submission.is_some() && !errors,
            authority: submission.map(|submission| submission.authority_code.clone()).unwrap_or_default(),
            html,
            marked: marked.map(|bytes| BASE64.encode(bytes)),
            figures: rows.map(String::from_utf8).transpose().context("the figures are not UTF-8")?,
            findings,
        })
    }

    /// The round as rooms know it, and what it is compared with.
    fn opened(self) -> Result<(Standard, Option<Returns>, Round)> {
        let Self { settings, standard, authorities, england, changes, before, .. } = self;
        let round = Round {
            folder: Default::default(),
            indicators: settings.reported(&standard),
            settings,
            authorities: unpacked(authorities)?,
            england: unpacked(england)?,
            changes,
            texts: BTreeMap::new(),
            sign_offs: Vec::new(),
        };
        let before = before.map(|before| {
            Ok::<_, anyhow::Error>(Returns {
                inputs: Vec::new(),
                accepted: before.returns.iter().map(|one| one.authority_code.clone()).collect(),
                rejected: Vec::new(),
                submissions: before.returns,
                registered: unpacked(before.authorities)?,
                day: before.day,
            })
        });
        Ok((standard, before.transpose()?, round))
    }
}

/// What is said of a file as JSON, by what a page brought along as JSON.
pub fn say(brought: &[u8], name: &str, bytes: &[u8]) -> Result<String> {
    let brought: Brought = serde_json::from_slice(brought).context("what the page brings along cannot be read")?;
    serde_json::to_string(&brought.say(name, bytes)?).context("the answer cannot be written")
}

/// A return without its file, its cells and what was written beside its counts.
fn counts_alone(submission: &Submission) -> Submission {
    let entries = submission.entries.iter().map(|entry| Entry { location: String::new(), ..entry.clone() }).collect();
    Submission {
        authority_code: submission.authority_code.clone(),
        file: String::new(),
        entries,
        cover: Cover::default(),
    }
}

/// Authorities as JSON: members in one text, as registers write them.
fn packed(authorities: &[Authority]) -> Result<Vec<Value>> {
    let one = |authority: &Authority| {
        let mut packed = serde_json::to_value(authority)?;
        if let Some(members) = packed.get_mut("members") {
            *members = authority.members.join(";").into();
        }
        Ok(packed)
    };
    authorities.iter().map(one).collect()
}

fn unpacked(authorities: Vec<Value>) -> Result<Vec<Authority>> {
    let one = |value| serde_json::from_value(value).map_err(|error| anyhow!("a register cannot be read: {error}"));
    authorities.into_iter().map(one).collect()
}
