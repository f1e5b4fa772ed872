//! What a return is compared with in the round before: the authority's own, or the sum of those that it was made of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Returns;
use super::entry::{Answer, Cover, Entry, Submission};
use super::rules::change::{help, weight};
use super::rules::{self, Key};
use crate::authority::changes::{Between, Moment, Unit};
use crate::finding::{Finding, Severity};
use crate::round::{Round, Telling};

impl Returns {
    /// The round that they are of, as changes of areas see it.
    pub fn moment(&self) -> Moment<'_> {
        Moment { day: self.day, register: &self.registered }
    }

    /// What an authority of a later round is compared with: nothing unless each return is accepted that it takes.
    pub fn compared_with(&self, later: &Round, code: &str) -> Option<Cow<'_, Submission>> {
        self.of(&later.since(self.moment()).of_later(code))
    }

    /// The accepted returns of a unit together; nothing where one is missing, or where another authority is part of it as well.
    pub(super) fn of(&self, unit: &Unit) -> Option<Cow<'_, Submission>> {
        if unit.is_of_one() { self.all_of(unit) } else { None }
    }

    /// The same whoever the areas belong to now.
    fn all_of(&self, unit: &Unit) -> Option<Cow<'_, Submission>> {
        let own: Vec<&Submission> = unit.earlier.iter().map(|code| self.accepted(code)).collect::<Option<_>>()?;
        match own[..] {
            [] => None,
            [one] => Some(Cow::Borrowed(one)),
            _ => Some(Cow::Owned(together(unit.name(), &own))),
        }
    }
}

/// The returns of areas that were split, together against that of the area before: a large change is told where it most likely came
/// from, the largest count of those that rose and the smallest of those that fell.
pub(super) fn of_split(
    submissions: &[(Submission, bool)],
    round: &Round,
    before: &(&Returns, Between),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (before, between) = before;
    for unit in between.units.iter().filter(|unit| unit.later.len() > 1 && !unit.is_broken()) {
        let sound = |code: &String| {
            let mut own = submissions.iter().filter(|(submission, sound)| *sound && submission.authority_code == *code);
            own.next().map(|(submission, _)| submission)
        };
        let now: Option<Vec<&Submission>> = unit.later.iter().map(sound).collect();
        let Some((then, now)) = before.all_of(unit).zip(now) else { continue };
        let then = rules::answers(&then);
        let sum = together(unit.name(), &now);
        let names = Telling::new(round, &before.registered);
        let each: Vec<BTreeMap<Key<'_>, &Entry>> = now.iter().map(|one| rules::answers(one)).collect();
        for entry in &sum.entries {
            let earlier = then.get(&entry.key()).and_then(|then| then.count());
            let Some((count, earlier)) = entry.count().zip(earlier) else { continue };
            let Some(severity) = weight(count, earlier) else { continue };
            let own = now.iter().zip(&each).filter_map(|(one, answers)| Some((*one, *answers.get(&entry.key())?)));
            let by_count = |(_, entry): &(&Submission, &Entry)| entry.count();
            let Some((one, cell)) = (if count > earlier { own.max_by_key(by_count) } else { own.min_by_key(by_count) })
            else {
                continue;
            };
            // The page goes to one of them: the others' counts are not told.
            let others = names.names_now(unit.later.iter().filter(|code| **code != one.authority_code));
            let times = match (count > earlier, severity == Severity::Error) {
                (true, true) => "at least ten times",
                (true, false) => "at least twice",
                (false, true) => "at most a tenth of",
                (false, false) => "at most half",
            };
            findings.push(Finding {
                authority_code: one.authority_code.clone(),
                file: one.file.clone(),
                location: cell.location.clone(),
                severity,
                rule: "change",
                found: format!("`{}`", cell.answer.written()),
                message: format!("together with that of {others} the count is {times} what it was in the round before"),
                help: help(severity),
                others: Vec::new(),
            });
        }
    }
    findings
}

/// Returns added up, answer by answer: a count where each of them counts, and nothing where one does not give the row.
fn together(code: &str, returns: &[&Submission]) -> Submission {
    let answers: Vec<BTreeMap<Key<'_>, &Entry>> = returns.iter().map(|one| rules::answers(one)).collect();
    let (first, others) = (returns.first(), answers.get(1..).unwrap_or_default());
    let sum = |entry: &&Entry| -> Option<Entry> {
        let cells: Option<Vec<&Entry>> = others.iter().map(|answers| answers.get(&entry.key()).copied()).collect();
        let counts = std::iter::once(*entry).chain(cells?).map(|entry| entry.count().ok_or(entry.answer));
        let answer = counts.sum::<Result<u64, Answer>>().map_or_else(|missing| missing, Answer::Count);
        Some(Entry { answer, location: String::new(), ..(*entry).clone() })
    };
    let entries = first.into_iter().flat_map(|first| &first.entries).collect::<Vec<_>>();
    let entries = entries.iter().filter_map(sum).collect();
    Submission { authority_code: code.to_owned(), file: String::new(), entries, cover: Cover::default() }
}
