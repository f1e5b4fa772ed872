//! The round among others, where areas change: the day that it is of, and what its authorities are compared with.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::{Date, Round, years};
use crate::authority::changes::{self, Between, Changes, Known, Moment, Unit};
use crate::authority::{self, Authority};

impl Round {
    /// The day that the register is of: returns are taken from it on; without a window it is the day that staff were counted.
    pub fn day(&self) -> Date {
        self.settings
            .window
            .as_ref()
            .map(|window| window.opens)
            .or(self.settings.snapshot)
            .unwrap_or(self.settings.published)
    }

    /// The round as changes of areas see it.
    pub fn moment(&self) -> Moment<'_> {
        Moment { day: self.day(), register: &self.authorities }
    }

    /// What each authority of this round is compared with in an earlier one.
    pub fn since(&self, earlier: Moment<'_>) -> Between {
        self.changes.between(earlier, self.moment())
    }

    /// The authority whose return comes under this code: its own, that of a member of a joint return, or the one that it had before
    /// or has since, where that changed in the twelve months counted or until the returns were in.
    pub fn returning(&self, code: &str) -> Option<&Authority> {
        let known = self.authority(code).or_else(|| self.authorities.iter().find(|one| one.stands_for(code)));
        let counted = self.settings.snapshot.unwrap_or(self.settings.published);
        let since = counted.0.replace_year(counted.0.year() - 1).ok().and_then(time::Date::next_day).map(Date);
        let until = self.settings.window.as_ref().map_or(self.settings.published, |window| window.closes);
        known.or_else(|| {
            let others = self.changes.other_code(code, since?, until);
            others.into_iter().find_map(|(other, _)| self.authorities.iter().find(|one| one.stands_for(other)))
        })
    }
}

/// The changes of areas in the data folder, checked against all its registers.
pub(super) fn changes(data: &Path, england: &[Authority]) -> Result<Changes> {
    let mut known = Known { england: england.iter().map(|one| one.code.clone()).collect(), ..Known::default() };
    let path = data.join(changes::FILE);
    if path.is_file() {
        for year in years(data)? {
            // A register that cannot be read is told of where its round is.
            let register = authority::read(&data.join(format!("{year}/authorities.csv"))).unwrap_or_default();
            known.registered.extend(register.iter().flat_map(|one| one.own_codes().map(str::to_owned)));
        }
    }
    Changes::read(&path, &known)
}

/// Tells in words what became of areas between two rounds.
pub struct Telling<'a> {
    round: &'a Round,
    earlier: &'a [Authority],
}

impl<'a> Telling<'a> {
    /// The later round, and the register of the earlier one.
    pub fn new(round: &'a Round, earlier: &'a [Authority]) -> Self {
        Self { round, earlier }
    }

    /// What became of an authority of the later round, as a sentence.
    pub fn of(&self, authority: &Authority, unit: &Unit) -> String {
        let name = &authority.name;
        let others = || self.names_now(unit.later.iter().filter(|code| **code != authority.code));
        let before = || self.names(unit.earlier.iter());
        let dates: BTreeSet<Date> = unit.changes.iter().map(|change| change.date).collect();
        let dates: Vec<String> = dates.into_iter().map(Date::long).collect();
        let date = listed(&dates);
        match (unit.earlier.len(), unit.later.len(), unit.changes.is_empty()) {
            _ if unit.is_broken() => format!("{name}: new boundaries from {date}."),
            (1, 1, _) => {
                let code = unit.earlier.first().map_or("", String::as_str);
                let when = if date.is_empty() { "in the round before".to_owned() } else { format!("before {date}") };
                format!("{name} had the code {code} {when}.")
            }
            (_, 1, false) => format!("{name} was formed on {date} from {}.", before()),
            (_, 1, true) => format!("{name} send one return since this round; before, {} sent one each.", before()),
            (1, _, false) => format!("{name} was part of {} before {date}, as was {}.", before(), others()),
            (1, _, true) => format!("{name} sent one return together with {} in the round before.", others()),
            (_, _, false) => format!("{name}: new areas from {date}, before them {}.", before()),
            (_, _, true) => format!("{name}: other joint returns before, {}.", before()),
        }
    }

    /// The names of codes as a list in words; a code where no register has its name.
    pub fn names<'b>(&self, codes: impl Iterator<Item = &'b String>) -> String {
        listed(&codes.map(|code| self.name(code)).collect::<Vec<_>>())
    }

    /// The same of codes of the later round: one that has a code of the earlier by now is meant as it is now.
    pub fn names_now<'b>(&self, codes: impl Iterator<Item = &'b String>) -> String {
        let now = |code: &String| self.round.authority(code).map_or_else(|| self.name(code), |one| one.name.clone());
        listed(&codes.map(now).collect::<Vec<_>>())
    }

    fn name(&self, code: &str) -> String {
        let mut all = self.earlier.iter().chain(&self.round.authorities).chain(&self.round.england);
        all.find(|one| one.code == code).map_or_else(|| code.to_owned(), |one| one.name.clone())
    }
}

/// A list in words.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}
