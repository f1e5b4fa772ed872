//! Whose return a file is: the register, the cover and the file's name have to agree, and each authority sends one.

use std::collections::BTreeMap;

use super::entry::Submission;
use crate::authority::{self, Authority};
use crate::finding::{Finding, Severity, quoted};
use crate::round::Round;

/// The registered authority whose code a file's name holds.
pub(super) fn named_after<'a>(file: &str, round: &'a Round) -> Option<&'a Authority> {
    let letters = file.to_uppercase();
    let words: Vec<&str> = letters.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    round.authorities.iter().find(|authority| words.contains(&authority.code.as_str()))
}

/// A cover that contradicts itself or the file's name, or that is of another year: whose return it is, is in doubt.
pub(super) fn of_this_round(submission: &Submission, round: &Round) -> Vec<Finding> {
    let error = |location: &str, rule, found: &str, message: String, help: String| Finding {
        authority_code: submission.authority_code.clone(),
        file: submission.file.clone(),
        location: location.to_owned(),
        severity: Severity::Error,
        rule,
        found: quoted(found),
        message,
        help,
    };
    let mut findings = Vec::new();
    if let Some(authority) = round.authority(&submission.authority_code) {
        let (code, name) = (&authority.code, &authority.name);
        let other = |other: &&Authority| other.code != authority.code;
        if let Some((place, written)) = &submission.cover.name
            && let Some(other) =
                round.authorities.iter().find(|it| authority::slug(&it.name) == authority::slug(written)).filter(other)
        {
            let message = format!("the code {code} is {name}'s, the name is that of {}", other.code);
            let help = "see whose return it is, and correct the code or the name on the cover".to_owned();
            findings.push(error(place, "other-authority", written, message, help));
        } else if let Some(other) = named_after(&submission.file, round).filter(other) {
            let message =
                format!("the return is {name}'s by its code {code}, the file's name has that of {}", other.name);
            let help = "see whose return it is, and correct the code in it or the file's name".to_owned();
            findings.push(error("", "other-authority", &submission.file, message, help));
        }
    }
    if let Some((place, year)) = &submission.cover.year
        && *year != round.settings.year.to_string()
    {
        let message = format!("the workbook was made for {year}, this round is {}", round.settings.year);
        let help =
            format!("copy the counts into the workbook of {}: rows and pay bands may differ", round.settings.year);
        findings.push(error(place, "other-round", year, message, help));
    }
    findings
}

/// An authority that did not register cannot take part.
pub(super) fn registered(submission: &Submission, round: &Round) -> Option<Finding> {
    if round.authority(&submission.authority_code).is_some() {
        return None;
    }
    let codes = round.authorities.iter().map(|authority| authority.code.as_str());
    let help = match crate::configuration::nearest(&submission.authority_code, codes) {
        Some(code) => format!("did you mean `{code}`? Otherwise add the authority to authorities.csv"),
        None => "add the authority to authorities.csv".to_owned(),
    };
    Some(Finding {
        authority_code: submission.authority_code.clone(),
        file: submission.file.clone(),
        location: String::new(),
        severity: Severity::Error,
        rule: "not-registered",
        found: format!("`{}`", submission.authority_code),
        message: "the authority is not in this round's register".into(),
        help,
    })
}

/// Two files of one authority: neither can be taken, because nobody knows which one counts.
pub(super) fn doubles(submissions: &mut [(Submission, bool)]) -> Vec<Finding> {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (submission, _) in submissions.iter() {
        files.entry(submission.authority_code.clone()).or_default().push(submission.file.clone());
    }
    let mut findings = Vec::new();
    for (submission, sound) in submissions.iter_mut() {
        let others: Vec<&String> =
            files[&submission.authority_code].iter().filter(|file| **file != submission.file).collect();
        if let Some(other) = others.first() {
            *sound = false;
            findings.push(Finding {
                authority_code: submission.authority_code.clone(),
                file: submission.file.clone(),
                location: String::new(),
                severity: Severity::Error,
                rule: "two-submissions",
                found: format!("`{other}`"),
                message: "another file is from the same authority".into(),
                help: "keep the one that counts and move the other out of the folder".into(),
            });
        }
    }
    findings
}

/// Who registered and sent nothing that can be read.
pub(super) fn missing(submissions: &[(Submission, bool)], round: &Round) -> Vec<Finding> {
    let absent = round
        .authorities
        .iter()
        .filter(|authority| !submissions.iter().any(|(submission, _)| submission.authority_code == authority.code));
    absent
        .map(|authority| Finding {
            authority_code: authority.code.clone(),
            file: String::new(),
            location: "submissions".into(),
            severity: Severity::Note,
            rule: "no-submission",
            found: String::new(),
            message: format!("{} registered, but no readable file is from it", authority.name),
            help: "ask for the return, or leave it: the reports say who registered without submitting".into(),
        })
        .collect()
}
