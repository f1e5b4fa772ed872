//! What differs in what two builds were made from: cells and returns, settings, files, the program. These are the causes of what
//! reads otherwise.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::round::{Round, Service};
use crate::submissions::entry::Ethnicity;

use super::side::Side;
use crate::manifest::ALL_RETURNS;

/// Which cell of a return.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellKey {
    pub service: Service,
    pub measure: String,
    pub band: String,
    pub ethnicity: Ethnicity,
}

/// A cell that answers otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub authority: String,
    pub file: String,
    pub location: String,
    pub key: CellKey,
    pub old: String,
    pub new: String,
}

/// What a file is to a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A template, or what belongs to how documents look.
    Template,
    /// Measures, indicators and their wording.
    Standard,
    /// A register of authorities.
    Register,
    /// Counts or settings of an earlier round.
    Earlier,
    /// A return, where its cells are not known.
    Return,
    /// A return in which no answer that counts differs.
    OtherInReturn,
    /// All returns together, where none is named.
    Returns,
    /// The words of the year.
    Text,
    /// An authority's plan.
    Plan,
    /// Who signed off what.
    SignOff,
}

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    Cell(Cell),
    /// A return that counts now and did not before, or the other way round, with the cells that it answers.
    Return {
        authority: String,
        file: String,
        came: bool,
        cells: Vec<CellKey>,
    },
    File {
        path: String,
        role: Role,
    },
    Setting {
        key: String,
        old: String,
        new: String,
    },
    Program {
        old: String,
        new: String,
    },
}

/// Settings that only words are made from; every other acts on figures too.
const OF_WORDS: [&str; 12] = [
    "title",
    "status",
    "published",
    "publication",
    "embargo",
    "sign_off",
    "window",
    "snapshot",
    "terms",
    "short_editions",
    "year",
    "correction",
];

impl Difference {
    /// Whether figures are made from it.
    pub fn acts_on_figures(&self) -> bool {
        match self {
            Difference::Cell(_) | Difference::Return { .. } | Difference::Program { .. } => true,
            Difference::File { role, .. } => {
                use Role::{Earlier, Register, Return, Returns, Standard};
                matches!(role, Standard | Register | Earlier | Return | Returns)
            }
            Difference::Setting { key, .. } => !OF_WORDS.contains(&key.split('.').next().unwrap_or_default()),
        }
    }

    /// Whether it is of the returns.
    pub fn is_of_returns(&self) -> bool {
        let role = |role: &Role| matches!(role, Role::Return | Role::Returns);
        match self {
            Difference::Cell(_) | Difference::Return { .. } => true,
            Difference::File { role: of, .. } => role(of),
            _ => false,
        }
    }

    /// The authority whose return it is of.
    pub fn authority(&self) -> Option<&str> {
        match self {
            Difference::Cell(cell) => Some(&cell.authority),
            Difference::Return { authority, .. } => Some(authority),
            _ => None,
        }
    }

    /// The file of the return that it is of.
    fn file(&self) -> Option<&str> {
        match self {
            Difference::Cell(cell) => Some(&cell.file),
            Difference::Return { file, .. } => Some(file),
            _ => None,
        }
    }

    /// In words.
    fn told(&self, round: &Round) -> String {
        let name = |code: &str| round.authority(code).map_or_else(|| code.to_owned(), |one| one.name.clone());
        match self {
            Difference::Cell(Cell { authority, file, location, key, old, new }) => {
                let CellKey { service, measure, band, ethnicity } = key;
                let band = if band.is_empty() { String::new() } else { format!(" {band}") };
                let (name, service, group) = (name(authority), service.id(), ethnicity.id());
                format!("{name}, {file}, {location} ({service} {measure}{band}, {group}): {old} → {new}")
            }
            Difference::Return { authority, file, came: true, .. } => {
                format!("the return {file} of {} counts now", name(authority))
            }
            Difference::Return { authority, file, came: false, .. } => {
                format!("the return {file} of {} does not count any more", name(authority))
            }
            Difference::File { role: Role::Returns, .. } => "the returns".to_owned(),
            Difference::File { path, role } => match role {
                Role::Template => format!("the template {path}"),
                Role::Standard => format!("the standard, {path}"),
                Role::Register => format!("the register {path}"),
                Role::Earlier => format!("an earlier round, {path}"),
                Role::Return => format!("the return {path}"),
                Role::OtherInReturn => format!("the return {path}, where no answer that counts differs"),
                Role::Text => format!("the year's words, {path}"),
                Role::Plan => format!("the plan {path}"),
                Role::SignOff => format!("the sign-offs, {path}"),
                Role::Returns => path.clone(),
            },
            Difference::Setting { key, old, new } => format!("the setting {key}: {old} → {new}"),
            Difference::Program { old, new } => format!("the program: version {old} → {new}"),
        }
    }
}

/// What caused a change: in words, and where it can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// In words.
    pub told: String,
    /// Where to look.
    pub place: Option<CausePlace>,
}

/// Where a cause can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CausePlace {
    /// The return of the authority with this code, and the place in it where it is one cell.
    Return(String, Option<String>),
    /// A template, or a text of the round, by its path from the folder of templates or of data.
    Words(String),
}

impl Difference {
    /// The same as a cause.
    pub fn as_cause(&self, round: &Round) -> Cause {
        let place = match self {
            Difference::Cell(cell) => Some(CausePlace::Return(cell.authority.clone(), Some(cell.location.clone()))),
            Difference::Return { authority, came: true, .. } => Some(CausePlace::Return(authority.clone(), None)),
            Difference::File { path, role: Role::Template | Role::Text } => {
                Some(CausePlace::Words(path.trim_start_matches("report-templates/").to_owned()))
            }
            _ => None,
        };
        Cause { told: self.told(round), place }
    }
}

/// All that differs, in a fixed order: cells and returns, settings, files, the program.
pub(super) fn between(before: &Side, now: &Side) -> Vec<Difference> {
    let known = before.answers.as_ref().zip(now.answers.as_ref());
    let mut found = known.map(|(before, now)| now.differences(before)).unwrap_or_default();
    found.extend(settings(&before.settings, &now.settings));
    let year = now.settings.get("year").and_then(Value::as_i64).unwrap_or_default();
    let mut files = Vec::new();
    for path in before.inputs_that_differ(now) {
        match role(&path, year) {
            // What is known cell by cell is told so.
            Some(Role::Return) if known.is_some() => {
                let told = found.iter().any(|one| one.file().is_some_and(|file| path.ends_with(&format!("/{file}"))));
                files.extend((!told).then_some(Difference::File { path, role: Role::OtherInReturn }));
            }
            role => files.extend(role.map(|role| Difference::File { path, role })),
        }
    }
    found.extend(files);
    if before.version != now.version {
        found.push(Difference::Program { old: before.version.clone(), new: now.version.clone() });
    }
    found
}

fn role(path: &str, year: i64) -> Option<Role> {
    if path == ALL_RETURNS {
        return Some(Role::Returns);
    }
    if path.starts_with("report-templates/") {
        return Some(Role::Template);
    }
    let Some((round, rest)) = path.split_once('/') else {
        return Some(if path == "standard.yaml" { Role::Standard } else { Role::Register });
    };
    let earlier = round.parse::<i64>().is_ok_and(|round| round < year);
    let folder = rest.split('/').next().unwrap_or_default();
    match (folder, earlier) {
        ("text" | "plans" | "sign-off.yaml", true) => None, // nothing of this year is made from it
        (_, true) => Some(Role::Earlier),
        ("authorities.csv", _) => Some(Role::Register),
        ("submissions", _) => Some(Role::Return),
        ("text", _) => Some(Role::Text),
        ("plans", _) => Some(Role::Plan),
        ("sign-off.yaml", _) => Some(Role::SignOff),
        _ => None, // the settings are compared key by key
    }
}

/// The settings that differ, by their keys as they stand in `round.yaml`.
fn settings(before: &Value, now: &Value) -> Vec<Difference> {
    let (old, new) = (flat(before), flat(now));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |of: &BTreeMap<String, String>, key: &String| of.get(key).cloned().unwrap_or_else(|| "none".to_owned());
    let differs = |key: &&String| value(&old, key) != value(&new, key);
    keys.into_iter()
        .filter(differs)
        .map(|key| Difference::Setting { key: key.clone(), old: value(&old, key), new: value(&new, key) })
        .collect()
}

fn flat(settings: &Value) -> BTreeMap<String, String> {
    fn gather(prefix: &str, value: &Value, into: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    gather(&key, value, into);
                }
            }
            Value::Null => {}
            Value::String(text) => {
                into.insert(prefix.to_owned(), text.clone());
            }
            other => {
                into.insert(prefix.to_owned(), other.to_string());
            }
        }
    }
    let mut found = BTreeMap::new();
    gather("", settings, &mut found);
    found
}
