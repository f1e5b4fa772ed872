//! How areas changed between two rounds: what each authority of the later one is compared with. Everything follows from here.

mod reading;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Authority;
use crate::configuration::Date;
pub use reading::Known;

/// The name of the file in the data folder.
pub const FILE: &str = "area-changes.csv";

/// What became of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It is the same area under another code.
    Recoded,
    /// It went into a larger one whole, together with others.
    Merged,
    /// It was divided into several, and into nothing else.
    Split,
    /// A part of it went to another area.
    Part,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Recoded, Kind::Merged, Kind::Split, Kind::Part];

    /// The word in the file.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Recoded => "recoded",
            Kind::Merged => "merged",
            Kind::Split => "split",
            Kind::Part => "part",
        }
    }
}

/// One line of the file: what one area gave to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The code before.
    pub from: String,
    /// The code from the date on.
    pub to: String,
    /// The first day of the new area.
    pub date: Date,
    /// What became of the earlier area.
    pub kind: Kind,
}

/// The changes of areas, sorted by date; none where there is no file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes(Vec<Change>);

/// A round as changes see it: the day that it is of, and who was registered then.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The day; what the register's own codes tell counts for more.
    pub day: Date,
    /// The register.
    pub register: &'a [Authority],
}

/// Areas that are the same ground in two rounds: each return of the earlier together is compared with each of the later together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// The codes under which it sent returns in the earlier round, sent or not.
    pub earlier: BTreeSet<String>,
    /// The codes under which it sends returns in the later round, sent or not.
    pub later: BTreeSet<String>,
    /// What changed, by date; nothing where only a joint return began or ended, or where nothing did.
    pub changes: Vec<Change>,
}

/// How two rounds hang together.
#[derive(Clone, Debug, Default)]
pub struct Between {
    /// The areas that changed; whoever is in none of them is what it was.
    pub units: Vec<Unit>,
}

impl Unit {
    /// An authority that did not change.
    pub fn same(code: &str) -> Self {
        let codes = BTreeSet::from([code.to_owned()]);
        Self { earlier: codes.clone(), later: codes, changes: Vec::new() }
    }

    /// Whether parts of areas went elsewhere: then nothing is comparable.
    pub fn is_broken(&self) -> bool {
        self.changes.iter().any(|change| change.kind == Kind::Part)
    }

    /// Whether one authority of the later round is the whole of it.
    pub fn is_of_one(&self) -> bool {
        self.later.len() == 1 && !self.is_broken()
    }

    /// Its name among others: the first of its later codes.
    pub fn name(&self) -> &str {
        self.later.first().map_or("", String::as_str)
    }
}

impl Between {
    /// The unit of an authority of the later round.
    pub fn of_later(&self, code: &str) -> Unit {
        self.units.iter().find(|unit| unit.later.contains(code)).cloned().unwrap_or_else(|| Unit::same(code))
    }

    /// The unit of an authority of the earlier round; nothing where another authority has its code by now.
    pub fn of_earlier(&self, code: &str) -> Option<Unit> {
        let found = self.units.iter().find(|unit| unit.earlier.contains(code)).cloned();
        let taken = || self.units.iter().any(|unit| unit.later.contains(code));
        found.or_else(|| (!taken()).then(|| Unit::same(code)))
    }
}

/// Areas on their way from one round to the other: the codes of then, and those that they have by now.
#[derive(Default)]
struct Ground {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
    changes: Vec<Change>,
}

impl Changes {
    /// Every change, by date.
    pub fn all(&self) -> &[Change] {
        &self.0
    }

    /// What each authority of the later round is compared with.
    pub fn between(&self, earlier: Moment<'_>, later: Moment<'_>) -> Between {
        let mut grounds: Vec<Ground> = Vec::new();
        for event in self.events() {
            if !earlier.is_after(&event) && later.is_after(&event) {
                apply(&mut grounds, &event);
            }
        }
        for authority in earlier.register.iter().filter(|one| !one.members.is_empty()) {
            join(&mut grounds, &authority.members, |ground| &ground.before);
        }
        for authority in later.register.iter().filter(|one| !one.members.is_empty()) {
            join(&mut grounds, &authority.members, |ground| &ground.now);
        }
        let unit = |ground: Ground| Unit {
            earlier: ground.before.iter().map(|code| earlier.returned_as(code)).collect(),
            later: ground.now.iter().map(|code| later.returned_as(code)).collect(),
            changes: ground.changes,
        };
        let changed = |unit: &Unit| unit.earlier != unit.later || unit.is_broken();
        Between { units: grounds.into_iter().map(unit).filter(changed).collect() }
    }

    /// The changes of one day that have areas in common, together; by date.
    fn events(&self) -> Vec<Vec<&Change>> {
        let mut events: Vec<Vec<&Change>> = Vec::new();
        for change in &self.0 {
            let touches = |event: &Vec<&Change>| {
                let codes = |one: &Change| [one.from.clone(), one.to.clone()];
                event.iter().any(|other| {
                    other.date == change.date && codes(other).iter().any(|code| codes(change).contains(code))
                })
            };
            let (mut of, others): (Vec<_>, Vec<_>) = std::mem::take(&mut events).into_iter().partition(touches);
            events = others;
            let mut event: Vec<&Change> = of.drain(..).flatten().collect();
            event.push(change);
            events.push(event);
        }
        events.sort_by_key(|event| event.first().map(|change| change.date));
        events
    }

    /// The other code that an authority had, or was to have, in the twelve months to a day or until another: the one in the
    /// register, by the one that a return has.
    pub fn other_code(&self, code: &str, since: Date, until: Date) -> Vec<(&str, &Change)> {
        let within = |change: &&Change| change.kind == Kind::Recoded && change.date > since && change.date <= until;
        let other = |change: &'_ Change| {
            if change.from == code { Some(true) } else { (change.to == code).then_some(false) }
        };
        let found = self.0.iter().filter(within);
        found
            .filter_map(|change| Some((other(change)?, change)))
            .map(|(old, change)| (if old { change.to.as_str() } else { change.from.as_str() }, change))
            .collect()
    }

    /// The authorities of a list on another day: only codes, types and regions, for whoever was there then and is not in the list.
    pub fn as_of(&self, list: &[Authority], day: Date) -> Vec<Authority> {
        let mut here: BTreeMap<String, Authority> = list.iter().map(|one| (one.code.clone(), one.clone())).collect();
        for event in self.events().into_iter().rev().filter(|event| event.iter().any(|change| change.date > day)) {
            replace(&mut here, event.iter().map(|change| (&change.to, &change.from, change.kind)));
        }
        for event in self.events().into_iter().filter(|event| event.iter().all(|change| change.date <= day)) {
            replace(&mut here, event.iter().map(|change| (&change.from, &change.to, change.kind)));
        }
        here.into_values().collect()
    }
}

/// Takes areas out and puts others in their place, where they are there to be taken out.
fn replace<'a>(here: &mut BTreeMap<String, Authority>, pairs: impl Iterator<Item = (&'a String, &'a String, Kind)>) {
    let pairs: Vec<_> = pairs.filter(|(.., kind)| *kind != Kind::Part).collect();
    let places: BTreeMap<&String, Authority> =
        pairs.iter().filter_map(|(out, ..)| Some((*out, here.get(*out)?.clone()))).collect();
    for (out, into, _) in pairs {
        let Some(place) = places.get(out) else { continue };
        here.remove(out);
        let kind = type_of(into).unwrap_or(&place.kind).to_owned();
        let (code, name, region) = (into.clone(), into.clone(), place.region.clone());
        here.entry(into.clone()).or_insert(Authority { code, name, kind, region, members: Vec::new(), group: None });
    }
}

/// The type of authority that an official code tells.
fn type_of(code: &str) -> Option<&'static str> {
    match code.get(..3)? {
        "E06" => Some("Unitary authority"),
        "E08" => Some("Metropolitan district"),
        "E09" => Some("London borough"),
        "E10" => Some("Shire county"),
        _ => None,
    }
}

impl Moment<'_> {
    /// The code under which an area sends its return.
    fn returned_as(&self, code: &str) -> String {
        let stands = |one: &&Authority| one.stands_for(code);
        self.register.iter().find(stands).map_or_else(|| code.to_owned(), |one| one.code.clone())
    }

    /// Whether the register is of a day after what happened: its codes tell it, and where they do not, the day does.
    fn is_after(&self, event: &[&Change]) -> bool {
        let whole = || event.iter().filter(|change| change.kind != Kind::Part);
        let (froms, tos): (BTreeSet<&str>, BTreeSet<&str>) =
            whole().map(|change| (change.from.as_str(), change.to.as_str())).unzip();
        let holds = |codes: &BTreeSet<&str>, others: &BTreeSet<&str>| {
            let registered = |code: &&&str| self.register.iter().any(|one| one.stands_for(code));
            codes.difference(others).any(|code| registered(&code))
        };
        match (holds(&froms, &tos), holds(&tos, &froms)) {
            (true, false) => false,
            (false, true) => true,
            _ => event.iter().all(|change| change.date <= self.day),
        }
    }
}

/// The areas that share one of these codes become one.
fn join<'a>(
    grounds: &mut Vec<Ground>,
    codes: impl IntoIterator<Item = &'a String>,
    side: impl Fn(&Ground) -> &BTreeSet<String>,
) {
    let mut joined = Ground::default();
    for code in codes {
        let (of, others): (Vec<Ground>, Vec<Ground>) =
            std::mem::take(grounds).into_iter().partition(|ground| side(ground).contains(code));
        *grounds = others;
        if of.is_empty() && !side(&joined).contains(code) {
            joined.before.insert(code.clone());
            joined.now.insert(code.clone());
        }
        for ground in of {
            joined.before.extend(ground.before);
            joined.now.extend(ground.now);
            joined.changes.extend(ground.changes);
        }
    }
    joined.changes.sort_by(|one, other| (one.date, &one.from, &one.to).cmp(&(other.date, &other.from, &other.to)));
    grounds.push(joined);
}

/// What happened on one day happens to the areas.
fn apply(grounds: &mut Vec<Ground>, event: &[&Change]) {
    let tos: BTreeSet<&String> = event.iter().map(|change| &change.to).collect();
    // An area that takes in a part of another was there before, unless it came to be on this day.
    let came: BTreeSet<&String> =
        event.iter().filter(|change| change.kind != Kind::Part).map(|change| &change.to).collect();
    let there = event.iter().filter(|change| change.kind == Kind::Part && !came.contains(&change.to));
    let touched: BTreeSet<&String> =
        event.iter().map(|change| &change.from).chain(there.map(|change| &change.to)).collect();
    join(grounds, touched, |ground| &ground.now);
    let Some(ground) = grounds.last_mut() else { return };
    for change in event.iter().filter(|change| change.kind != Kind::Part && !tos.contains(&change.from)) {
        ground.now.remove(&change.from);
    }
    ground.now.extend(tos.into_iter().cloned());
    ground.changes.extend(event.iter().map(|change| (*change).clone()));
}

#[cfg(test)]
mod tests;
