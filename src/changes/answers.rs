//! What the accepted returns of a build answered, cell by cell: kept beside its folder, so that the next build can tell which cells
//! changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::round::Service;
use crate::submissions::Returns;
use crate::submissions::entry::{Answer, Ethnicity};

use super::differences::{Cell, CellKey, Difference};

/// The answers of every accepted return, by the code of its authority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers(BTreeMap<String, Return>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Return {
    file: String,
    cells: Vec<Kept>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    service: Service,
    measure: String,
    band: String,
    ethnicity: String,
    answer: String,
    location: String,
}

impl Kept {
    fn key(&self) -> Option<CellKey> {
        let ethnicity = Ethnicity::from_id(&self.ethnicity)?;
        Some(CellKey { service: self.service, measure: self.measure.clone(), band: self.band.clone(), ethnicity })
    }
}

impl Return {
    fn keys(&self) -> Vec<CellKey> {
        self.cells.iter().filter_map(Kept::key).collect()
    }

    fn by_key(&self) -> BTreeMap<CellKey, &Kept> {
        self.cells.iter().filter_map(|kept| Some((kept.key()?, kept))).collect()
    }
}

impl Answers {
    /// Those of a round's returns.
    pub fn of(returns: &Returns) -> Self {
        let accepted = |code: &String| {
            let submission = returns.accepted(code)?;
            let cells = submission.entries.iter().map(|entry| Kept {
                service: entry.service,
                measure: entry.measure.clone(),
                band: entry.breakdown.clone(),
                ethnicity: entry.ethnicity.id().to_owned(),
                answer: match entry.answer {
                    Answer::Blank => "blank".to_owned(),
                    answer => answer.written(),
                },
                location: entry.location.clone(),
            });
            Some((code.clone(), Return { file: submission.file.clone(), cells: cells.collect() }))
        };
        Self(returns.accepted.iter().filter_map(accepted).collect())
    }

    /// The codes of those whose returns answer otherwise than these, came or went.
    pub fn changed(&self, now: &Self) -> BTreeSet<String> {
        let codes = self.0.keys().chain(now.0.keys());
        codes.filter(|code| self.0.get(*code) != now.0.get(*code)).cloned().collect()
    }

    /// What a cell answered; nothing where the return did not count, or had no such cell.
    pub fn answer(&self, authority: &str, service: &str, (measure, band, group): (&str, &str, &str)) -> Option<&str> {
        let cells = &self.0.get(authority)?.cells;
        let same = |kept: &&Kept| {
            kept.service.id() == service && kept.measure == measure && kept.band == band && kept.ethnicity == group
        };
        cells.iter().find(same).map(|kept| kept.answer.as_str())
    }

    /// What differs from those of the build before.
    pub(super) fn differences(&self, before: &Self) -> Vec<Difference> {
        let codes: BTreeSet<&String> = self.0.keys().chain(before.0.keys()).collect();
        let mut found = Vec::new();
        for code in codes {
            match (before.0.get(code), self.0.get(code)) {
                (Some(before), Some(now)) => found.extend(cells(code, before, now)),
                (Some(before), None) => found.push(whole(code, before, false)),
                (None, Some(now)) => found.push(whole(code, now, true)),
                (None, None) => {}
            }
        }
        found
    }
}

fn whole(authority: &str, of: &Return, came: bool) -> Difference {
    Difference::Return { authority: authority.to_owned(), file: of.file.clone(), came, cells: of.keys() }
}

fn cells(authority: &str, before: &Return, now: &Return) -> Vec<Difference> {
    if before == now {
        return Vec::new();
    }
    let (then, these) = (before.by_key(), now.by_key());
    let keys: BTreeSet<&CellKey> = then.keys().chain(these.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let (old, new) = (then.get(key), these.get(key));
        if old.map(|kept| &kept.answer) == new.map(|kept| &kept.answer) {
            continue;
        }
        let answer = |kept: Option<&&Kept>| kept.map_or("not in the return".to_owned(), |kept| kept.answer.clone());
        let location = new.or(old).map(|kept| kept.location.clone()).unwrap_or_default();
        let (authority, file) = (authority.to_owned(), now.file.clone());
        let cell = Cell { authority, file, location, key: key.clone(), old: answer(old), new: answer(new) };
        found.push(Difference::Cell(cell));
    }
    found
}
