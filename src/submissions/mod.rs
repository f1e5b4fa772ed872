//! Stage 1, read and check: a round's submissions into one frame of counts that keeps file and place of each.

pub mod csv;
mod earlier;
pub mod entry;
pub mod plans;
pub mod row;
pub mod rules;
mod whose;
pub mod workbook;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use polars::prelude::{Column, DataFrame, NamedFrom, Series};
use serde::Serialize;

use crate::authority::Authority;
use crate::authority::changes::Between;
use crate::digest;
use crate::finding::{Checked, Finding, Findings, Severity};
use crate::round::{Date, Round, Settled};
use crate::standard::Standard;
use entry::{Answer, Submission};

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
    /// One row an answer: authority, service, measure, breakdown, ethnicity, answer, count, file, location.
    pub frame: DataFrame,
    /// Every file read, accepted or not, sorted by name.
    pub inputs: Vec<Input>,
    /// The codes of the authorities whose returns are in the frame, sorted.
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
    let mut findings = Vec::new();
    let mut inputs = Vec::new();
    let mut submissions: Vec<(Submission, bool)> = Vec::new();
    let before = before.map(|before| (before, round.since(before.moment())));
    for path in files(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = match load(&path, &name) {
            Ok(bytes) => bytes,
            Err(finding) => {
                findings.push(*finding);
                continue;
            }
        };
        let Checked { value, findings: mut found } = parse(&bytes, &name, round, standard);
        let mut value = value;
        if let Some(submission) = &mut value {
            found.extend(whose::understand_code(submission, round));
        } else if let Some(authority) = whose::named_after(&name, round) {
            // Whose page the findings belong on is known by the file's name at least.
            found.iter_mut().for_each(|finding| finding.authority_code.clone_from(&authority.code));
        }
        let code = value.as_ref().map(|submission| submission.authority_code.clone()).unwrap_or_default();
        let rows = value.as_ref().map_or(0, |submission| submission.entries.len());
        inputs.push(Input {
            file: format!("submissions/{name}"),
            sha256: digest::sha256(&bytes),
            rows,
            authority_code: code,
        });
        if let Some(submission) = value {
            // What was found before the authority was known is about it all the same.
            for finding in &mut found {
                finding.authority_code.clone_from(&submission.authority_code);
            }
            let unit = before.as_ref().map(|(_, between)| between.of_later(&submission.authority_code));
            let earlier = before.as_ref().zip(unit.as_ref()).and_then(|((before, _), unit)| before.of(unit));
            let broken = found.iter().any(|finding| finding.severity == Severity::Error);
            let of_counts = rules::check(&submission, &round.settings, standard, earlier.as_deref());
            // What could not be read is not missed a second time.
            let missed = |finding: &Finding| ["no-counts", "group-missing", "left-out"].contains(&finding.rule);
            let of_counts = of_counts.into_iter().filter(|finding| !(broken && missed(finding)));
            found.extend(of_counts.collect::<Findings>().into_vec());
            found.extend(whose::registered(&submission, round));
            found.extend(whose::of_this_round(&submission, round));
            found.extend(whose::under_a_new_code(&submission, round, before.as_ref()));
            settle(&mut found, &submission.authority_code, round);
            let sound = found.iter().all(|finding| finding.severity != Severity::Error);
            submissions.push((submission, sound));
        }
        findings.append(&mut found);
    }
    findings.extend(whose::doubles(&mut submissions));
    findings.extend(check_splits(&mut submissions, round, before.as_ref()));
    findings.extend(whose::missing(&submissions, round));
    let codes = |wanted: bool| -> Vec<String> {
        let of = submissions.iter().filter(|(_, sound)| *sound == wanted);
        of.map(|(submission, _)| submission.authority_code.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (accepted, rejected) = (codes(true), codes(false));
    let frame = frame(&submissions)?;
    let submissions = submissions.into_iter().map(|(submission, _)| submission).collect();
    let (registered, day) = (round.authorities.clone(), round.day());
    Ok(Checked { value: Returns { frame, inputs, accepted, rejected, submissions, registered, day }, findings })
}

/// Areas that were split, together against what they were: an error rejects the return that it most likely came from.
fn check_splits(
    submissions: &mut [(Submission, bool)],
    round: &Round,
    before: Option<&(&Returns, Between)>,
) -> Vec<Finding> {
    let mut findings = before.map(|before| earlier::of_split(submissions, round, before)).unwrap_or_default();
    for finding in &mut findings {
        let code = finding.authority_code.clone();
        settle(std::slice::from_mut(finding), &code, round);
        let rejected = finding.severity == Severity::Error;
        let own = submissions.iter_mut().filter(|(one, _)| rejected && one.authority_code == code);
        own.for_each(|(_, sound)| *sound = false);
    }
    findings
}

/// What the report author has settled with an authority is no error any more.
fn settle(findings: &mut [Finding], code: &str, round: &Round) {
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Error) {
        let settled = |settled: &&Settled| settled.authority == code && settled.rule == finding.rule;
        if let Some(settled) = round.settings.settled.iter().find(settled) {
            finding.severity = Severity::Warning;
            finding.help = format!("settled for this round: {}", settled.reason);
        }
    }
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

fn load(path: &Path, name: &str) -> Result<Vec<u8>, Box<Finding>> {
    let problem = |rule, message: &str, help: &str| {
        Box::new(Finding {
            authority_code: String::new(),
            file: name.to_owned(),
            location: String::new(),
            severity: Severity::Error,
            rule,
            found: String::new(),
            message: message.to_owned(),
            help: help.to_owned(),
        })
    };
    let details = fs::symlink_metadata(path);
    match details {
        Ok(details) if !details.is_file() => {
            Err(problem("not-a-file", "this is a folder or a link, not a file", "put the file itself here"))
        }
        Ok(details) if details.len() > LARGEST_FILE => Err(problem(
            "file-too-large",
            "the file is larger than 20 MB",
            "send only the counts, without pictures or data",
        )),
        _ => fs::read(path).map_err(|error| {
            problem("unreadable-file", &format!("the file cannot be read: {error}"), "see that it may be read")
        }),
    }
}

fn parse(bytes: &[u8], name: &str, round: &Round, standard: &Standard) -> Checked<Option<Submission>> {
    let extension = Path::new(name).extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("xlsx" | "ods") if bytes.is_empty() => csv::read(bytes, name, &round.settings, standard),
        Some("csv") => csv::read_of(bytes, name, &round.settings, standard, &|one, other| {
            let of = |code: &str| round.returning(&code.to_uppercase()).map(|authority| &authority.code);
            of(one).is_some() && of(one) == of(other)
        }),
        Some("xlsx" | "ods") => {
            let Checked { value, findings } = workbook::read(bytes, name, &round.settings, standard);
            Checked { value, findings: findings.into_iter().collect::<Findings>().into_vec() }
        }
        _ => {
            let finding = Finding {
                authority_code: String::new(),
                file: name.to_owned(),
                location: String::new(),
                severity: Severity::Error,
                rule: "unknown-file-type",
                found: format!("`{name}`"),
                message: "a submission is a .csv, .xlsx or .ods file".into(),
                help: "save it as one of these, or move the file out of the folder".into(),
            };
            Checked { value: None, findings: vec![finding] }
        }
    }
}

fn frame(submissions: &[(Submission, bool)]) -> Result<DataFrame> {
    let rows = || {
        let accepted = submissions.iter().filter(|(_, sound)| *sound).map(|(submission, _)| submission);
        accepted.flat_map(|submission| submission.entries.iter().map(move |entry| (submission, entry)))
    };
    let text = |name: &str, value: &dyn for<'a> Fn(&'a Submission, &'a entry::Entry) -> &'a str| -> Column {
        Series::new(name.into(), rows().map(|(submission, entry)| value(submission, entry)).collect::<Vec<&str>>())
            .into()
    };
    let counts: Vec<Option<i64>> = rows()
        .map(|(_, entry)| match entry.answer {
            Answer::Count(count) => i64::try_from(count).ok(),
            _ => None,
        })
        .collect();
    let columns = vec![
        text("authority", &|submission, _| &submission.authority_code),
        text("service", &|_, entry| entry.service.id()),
        text("measure", &|_, entry| &entry.measure),
        text("breakdown", &|_, entry| &entry.breakdown),
        text("ethnicity", &|_, entry| entry.ethnicity.id()),
        text("answer", &|_, entry| match entry.answer {
            Answer::Count(_) => "count",
            Answer::NotCollected => "x",
            Answer::NotApplicable => "z",
            Answer::Blank | Answer::Unreadable => "blank",
        }),
        Series::new("count".into(), counts).into(),
        text("file", &|submission, _| &submission.file),
        text("location", &|_, entry| &entry.location),
    ];
    DataFrame::new_infer_height(columns).context("the answers do not fit into one frame")
}
