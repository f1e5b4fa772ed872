//! Whose return a file is: the register, the cover and the file's name have to agree, and each authority sends one.

use std::collections::BTreeMap;

use super::Returns;
use super::entry::Submission;
use crate::authority::Authority;
use crate::authority::changes::{Between, Unit};
use crate::authority::name::{self, Fit};
use crate::configuration::as_near;
use crate::finding::{Finding, Severity, quoted};
use crate::letters;
use crate::round::{Round, Telling};

/// The registered authority whose code a file's name holds: the one of this round, or another under which its return may come.
pub(super) fn named_after<'a>(file: &str, round: &'a Round) -> Option<&'a Authority> {
    let letters = letters::seen(file).to_uppercase();
    let words: Vec<&str> = letters.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let registered = round.authorities.iter().find(|authority| words.contains(&authority.code.as_str()));
    registered.or_else(|| words.iter().find_map(|word| round.returning(word)))
}

/// Takes the code as it is seen, small letters for capitals, and another code of the same authority for that of the register;
/// what nobody sees, and another code, are told.
pub(super) fn understand_code(submission: &mut Submission, round: &Round) -> Option<Finding> {
    let written = submission.authority_code.clone();
    let seen = letters::seen(&written);
    let capitals = seen.to_uppercase();
    // The cover of a joint return may hold the codes of all its members.
    let between = |letter: char| [';', ',', '&', ' '].contains(&letter);
    let words = capitals.split(between).filter(|word| !["", "AND"].contains(word));
    let meant: Option<Vec<&Authority>> = words.map(|word| round.returning(word)).collect();
    let one = match meant.as_deref() {
        Some([one, others @ ..]) if others.iter().all(|other| other.code == one.code) => Some(*one),
        _ => None,
    };
    submission.authority_code = match one {
        Some(one) if round.authority(&seen).is_none() => one.code.clone(),
        _ => seen,
    };
    if let Some(invisible) = letters::first_invisible(&written) {
        let message = format!("the authority's code holds {invisible}, which nobody sees");
        let help = format!("it was read as `{}`; nothing needs to be done", submission.authority_code);
        return Some(finding(submission, Severity::Note, "read-as", ("", &written), message, help));
    }
    let one = one.filter(|one| one.code != capitals && one.code == submission.authority_code)?;
    let message = match one.members.is_empty() {
        true => format!("{} has the code {} in this round's register: its code changed", one.name, one.code),
        false => format!("the return is that of {}, whose code in this round's register is {}", one.name, one.code),
    };
    let help = format!("it was read as `{}`; nothing needs to be done", one.code);
    Some(finding(submission, Severity::Note, "other-code", ("", &written), message, help))
}

/// A finding about the file of a submission.
fn finding(
    submission: &Submission,
    severity: Severity,
    rule: &'static str,
    (location, found): (&str, &str),
    message: String,
    help: String,
) -> Finding {
    Finding {
        authority_code: submission.authority_code.clone(),
        file: submission.file.clone(),
        location: location.to_owned(),
        severity,
        rule,
        found: if found.is_empty() { String::new() } else { quoted(found) },
        message,
        help,
        others: Vec::new(),
    }
}

/// A cover that contradicts itself or the file's name, or that is of another year: whose return it is, is in doubt.
pub(super) fn of_this_round(submission: &Submission, round: &Round) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(authority) = round.authority(&submission.authority_code) {
        let by_cover = submission
            .cover
            .name
            .as_ref()
            .and_then(|(place, written)| by_name(submission, authority, round, place, written));
        findings.extend(by_cover.or_else(|| by_file(submission, authority, round)));
    }
    if let Some((place, year)) = &submission.cover.year
        && *year != round.settings.year.to_string()
    {
        let message = format!("the workbook was made for {year}, this round is {}", round.settings.year);
        let help =
            format!("copy the counts into the workbook of {}: rows and pay bands may differ", round.settings.year);
        findings.push(finding(submission, Severity::Error, "other-round", (place, year), message, help));
    }
    findings
}

/// What the name on the cover says against the code: an error where it is another authority's name, a warning where it is
/// like nobody's. Names are compared as people write them.
fn by_name(
    submission: &Submission,
    authority: &Authority,
    round: &Round,
    place: &str,
    written: &str,
) -> Option<Finding> {
    let (code, own) = (&authority.code, &authority.name);
    let written = &letters::seen(written);
    // England may print the name in another way than the round's register.
    let own_in =
        |all: &'_ Authority| all.code == *code || round.returning(&all.code).is_some_and(|one| one.code == *code);
    let in_england = round.england.iter().filter(|other| own_in(other));
    let known: Vec<&Authority> = std::iter::once(authority).chain(in_england).collect();
    let fits = |least: Fit| known.iter().any(|it| name::fit(written, it) >= least);
    if written.is_empty() || fits(Fit::Same) {
        return None;
    }
    let help = "see whose return it is, and correct the code or the name on the cover".to_owned();
    let others = [&round.authorities, &round.england].into_iter();
    if let Some(other) = others.filter_map(|all| name::meant(written, all)).find(|other| !own_in(other)) {
        let message = format!("the code {code} is {own}'s, the name is that of {}", other.code);
        return Some(finding(submission, Severity::Error, "other-authority", (place, written), message, help));
    }
    if fits(Fit::Alike) {
        return None;
    }
    let mut alike = round.authorities.iter().filter(|other| name::fit(written, other) == Fit::Alike);
    let suggestion = match (alike.next(), alike.next()) {
        (Some(other), None) => format!("; it is most like {}, whose code is {}", other.name, other.code),
        _ => String::new(),
    };
    let message = format!("the code {code} is {own}'s, the name on the cover is another{suggestion}");
    Some(finding(submission, Severity::Warning, "other-name", (place, written), message, help))
}

/// What the file's name says against the code: an error where it holds another's code, a warning where another's name.
fn by_file(submission: &Submission, authority: &Authority, round: &Round) -> Option<Finding> {
    let (code, own, file) = (&authority.code, &authority.name, submission.file.as_str());
    let other = |other: &&Authority| other.code != *code;
    if let Some(other) = named_after(file, round).filter(other) {
        let message = format!("the return is {own}'s by its code {code}, the file's name has that of {}", other.name);
        let help = "see whose return it is, and correct the code in it or the file's name".to_owned();
        return Some(finding(submission, Severity::Error, "other-authority", ("", file), message, help));
    }
    // A cover that names its authority knows better than a file's name, and so does a code in that.
    let known = submission.cover.name.is_some() || named_after(file, round).is_some();
    let other = name::within(stem(file), &round.authorities).filter(other).filter(|_| !known)?;
    let message = format!("the return is {own}'s by its code {code}, the file is named after {}", other.name);
    let help = format!("see whose return it is: the code of {} is {}", other.name, other.code);
    Some(finding(submission, Severity::Warning, "other-name", ("", file), message, help))
}

/// A file's name without its ending.
fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// What can be done about a code that is right and not registered.
const IF_RIGHT: &str =
    "if it is right, tell the team that you send the return to, who can register the authority (authorities.csv)";

/// An authority that did not register cannot take part.
///
/// Codes differ in a digit: who is meant is told by the name on the cover or the file's name, and by a code only where no other
/// code is as near.
pub(super) fn registered(submission: &Submission, round: &Round) -> Option<Finding> {
    let code = &submission.authority_code;
    if round.authority(code).is_some() {
        return None;
    }
    let on_cover = submission.cover.name.as_ref().and_then(|(_, written)| name::meant(written, &round.authorities));
    let in_file =
        || named_after(&submission.file, round).or_else(|| name::within(stem(&submission.file), &round.authorities));
    let of_england = round.england.iter().find(|other| other.code == *code);
    let became: Vec<&str> =
        round.changes.all().iter().filter(|one| one.from == *code).map(|one| one.to.as_str()).collect();
    let help = if let Some(Authority { code, name, .. }) = on_cover {
        format!("the name on the cover is that of {name}, whose code is `{code}`")
    } else if let Some(Authority { name, .. }) = of_england {
        format!("it is the code of {name}: correct it; {IF_RIGHT}")
    } else if !became.is_empty() {
        format!("the code ended, and became {}: write the code that the authority has now", became.join(" and "))
    } else if let Some(Authority { code, name, .. }) = in_file() {
        format!("the file's name is that of {name}, whose code is `{code}`")
    } else if let [near] = as_near(code, round.authorities.iter().map(|authority| authority.code.as_str()))[..] {
        format!("did you mean `{near}`? Correct it; {IF_RIGHT}")
    } else {
        format!("correct the code; {IF_RIGHT}")
    };
    let message = "the authority is not in this round's register".to_owned();
    Some(finding(submission, Severity::Error, "not-registered", ("", code), message, help))
}

/// An authority that had another code in the round before, or was another area: as far as changes of areas tell it, or by its name.
pub(super) fn under_a_new_code(
    submission: &Submission,
    round: &Round,
    before: Option<&(&Returns, Between)>,
) -> Option<Finding> {
    let authority = round.authority(&submission.authority_code)?;
    let (before, between) = before?;
    let unit = between.of_later(&authority.code);
    if unit != Unit::same(&authority.code) {
        return since(submission, authority, &unit, before, round);
    }
    if before.registered.iter().any(|other| other.code == authority.code) {
        return None;
    }
    let earlier =
        name::meant(&authority.name, &before.registered).filter(|earlier| round.authority(&earlier.code).is_none())?;
    let message = format!("{} had the code {} in the round before", authority.name, earlier.code);
    let help = "its counts are not compared with those of the round before; for the team that makes the reports: if it is the same \
                authority, write the change into area-changes.csv"
        .to_owned();
    Some(finding(submission, Severity::Note, "new-code", ("", &authority.code), message, help))
}

/// What an authority is compared with that was another area in the round before; nothing where nobody of it took part then.
fn since(
    submission: &Submission,
    authority: &Authority,
    unit: &Unit,
    before: &Returns,
    round: &Round,
) -> Option<Finding> {
    let took_part = |code: &&String| before.registered.iter().any(|one| one.code == **code);
    if !unit.earlier.iter().any(|code| took_part(&code)) {
        return None;
    }
    let names = Telling::new(round, &before.registered);
    let others = || names.names_now(unit.later.iter().filter(|code| **code != authority.code));
    let help = match before.of(unit) {
        Some(_) => "its counts are compared with those of then; nothing needs to be done".to_owned(),
        None if unit.later.len() > 1 && !unit.is_broken() => {
            format!(
                "its counts are compared with those of then together with those of {}; nothing needs to be done",
                others()
            )
        }
        None => "its counts are not compared with those of the round before; nothing needs to be done".to_owned(),
    };
    let message = names.of(authority, unit).trim_end_matches('.').to_owned();
    Some(finding(submission, Severity::Note, "new-code", ("", &authority.code), message, help))
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
                help: "the authority says which of the two counts; the other one is then moved out of the folder"
                    .into(),
                others: Vec::new(),
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
            others: Vec::new(),
        })
        .collect()
}
