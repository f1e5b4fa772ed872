//! What a return is compared with in the round before: the authority's own, or the sum of those that it was made of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Returns;
use super::entry::{Answer, Cover, Entry, Submission};
use super::rules::{self, Key};
use crate::authority::changes::{Moment, Unit};
use crate::round::Round;

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
        let own = unit.earlier.iter().map(|code| self.accepted(code));
        let own: Vec<&Submission> = own.collect::<Option<_>>().filter(|_| unit.is_of_one())?;
        match own[..] {
            [] => None,
            [one] => Some(Cow::Borrowed(one)),
            _ => Some(Cow::Owned(together(unit.name(), &own))),
        }
    }
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
