//! Reads the plans that authorities made after the round before: what people wrote is text, and nothing in it rejects a return.

mod cell;
mod table;

use std::collections::BTreeMap;

use anyhow::Result;

use super::whose::named_after;
use super::{Input, Returns, files, load};
use crate::configuration::as_near;
use crate::digest;
use crate::finding::{Checked, OfFile, Severity, quoted};
use crate::round::{Round, Service};

pub use cell::ratio;

/// The plans of a round.
#[derive(Default)]
pub struct Plans {
    /// Of authorities with an accepted return, sorted by the names of their files.
    pub plans: Vec<Plan>,
    /// Every file that could be read, in the same order.
    pub inputs: Vec<Input>,
}

/// What an authority meant to do after the round before.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose it is.
    pub authority_code: String,
    /// The path inside the round's folder.
    pub file: String,
    /// Its actions, in its own order.
    pub actions: Vec<Action>,
}

/// One action, in the words in which it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// The line on which it begins.
    pub line: usize,
    /// The indicator's identifier; nothing where it is about none, or none that is known.
    pub indicator: Option<String>,
    /// The service, where it is about one.
    pub service: Option<Service>,
    /// What is done.
    pub action: String,
    /// Who does it.
    pub owner: String,
    /// Until when.
    pub due: String,
    /// The ratio in the round that the plan was made after.
    pub baseline: String,
    /// The ratio aimed at.
    pub target: String,
    /// How far it has come.
    pub status: String,
    /// Anything else.
    pub note: String,
}

impl Action {
    /// Everything that may be printed of it.
    pub fn words(&self) -> [&str; 6] {
        [&self.action, &self.owner, &self.due, &self.target, &self.status, &self.note]
    }
}

/// The folder of plans inside a round's.
pub const FOLDER: &str = "plans";

/// Reads the round's `plans` folder, which need not be there; `returns` tells who has a pack.
pub fn read(round: &Round, returns: &Returns) -> Result<Checked<Plans>> {
    let folder = round.folder.join(FOLDER);
    let (mut plans, mut findings) = (Plans::default(), Vec::new());
    if !folder.is_dir() {
        return Ok(Checked { value: plans, findings });
    }
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for path in files(&folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut file = File(OfFile { file: format!("{FOLDER}/{name}"), ..OfFile::default() });
        let authority = named_after(&name, round);
        file.0.authority_code = authority.map(|authority| authority.code.clone()).unwrap_or_default();
        match load(&path, &name) {
            Err(found) => file.tell("", "plan-unreadable", &found.found, &found.message, &found.help),
            Ok(bytes) => {
                let actions = if name.to_lowercase().ends_with(".csv") {
                    table::read(&bytes, round, &mut file)
                } else {
                    let help = "save it as CSV UTF-8 (comma delimited)";
                    file.tell("", "plan-unreadable", &quoted(&name), "a plan is a .csv file", help);
                    Vec::new()
                };
                plans.inputs.push(Input {
                    file: file.0.file.clone(),
                    sha256: digest::sha256(&bytes),
                    rows: actions.len(),
                    authority_code: file.0.authority_code.clone(),
                });
                if !actions.is_empty() && file.belongs(&name, round, returns, &mut taken) {
                    plans.plans.push(Plan {
                        authority_code: file.0.authority_code.clone(),
                        file: file.0.file.clone(),
                        actions,
                    });
                }
            }
        }
        findings.extend(file.0.findings.into_vec());
    }
    Ok(Checked { value: plans, findings })
}

/// A file while it is read.
struct File(OfFile);

impl File {
    /// Adds a finding that is worth a question.
    fn tell(&mut self, location: &str, rule: &'static str, found: &str, message: &str, help: &str) {
        self.0.report(Severity::Warning, location, rule, found, message, help);
    }

    /// Whether it is the one plan of an authority that has a pack to print it in.
    fn belongs(&mut self, name: &str, round: &Round, returns: &Returns, taken: &mut BTreeMap<String, String>) -> bool {
        if self.0.authority_code.is_empty() {
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let codes = round.authorities.iter().map(|authority| authority.code.as_str());
            let help = match as_near(stem, codes)[..] {
                [near] => format!("did you mean `{near}`? A plan is named after its authority's code"),
                _ => "name it after its authority's code, such as `E09000007.csv`".to_owned(),
            };
            let message = "the file's name has no code of this round's register, so the plan is printed nowhere";
            self.tell("", "plan-of-nobody", &quoted(name), message, &help);
            return false;
        }
        if let Some(other) = taken.insert(self.0.authority_code.clone(), name.to_owned()) {
            let message = "another plan is from the same authority, and the first by its name is printed";
            self.tell("", "two-plans", &quoted(&other), message, "put both into one file, or move one away");
            taken.insert(self.0.authority_code.clone(), other);
            return false;
        }
        if !returns.accepted.contains(&self.0.authority_code) {
            let message =
                "the authority has no accepted return in this round, so there is no pack to print the plan in";
            self.tell("", "plan-without-return", "", message, "keep it, or take it out: nothing is lost by either");
            return false;
        }
        true
    }
}
