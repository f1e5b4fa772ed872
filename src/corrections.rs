//! What of a round that is out has changed since: the notices of its documents, and the list for everybody.
//!
//! A build is compared with the last release, and every release with the one before: by the numbers that documents print, and where
//! these are the same by the digests of their files. A document that stands as it was published carries the notice that it carried
//! then, for it keeps its bytes.

mod side;

use std::collections::BTreeMap;

use anyhow::Result;

use crate::record::{Kind, Release};
use crate::reports::{Cause, ChangedNumber, Listed, NATIONAL, Notice, Numbers, Told};
use crate::round::{Correction, Date, Round, Status};
use crate::statistics::Edition;

use side::Side;

/// The releases of a round, and what its settings say of the next one.
pub struct History {
    /// The releases, the earliest first.
    sides: Vec<Side>,
    /// Whether what is built is for everybody.
    public: bool,
    /// Whether it is provisional.
    provisional: bool,
    correction: Option<Correction>,
    date: Date,
}

/// What a document carries.
#[derive(Default)]
pub struct Standing {
    /// Its notice.
    pub notice: Option<Notice>,
    /// The notice in its place if its files are not those of the last release.
    pub otherwise: Option<Notice>,
    /// What this build and every release changed of its numbers, the newest first.
    pub listed: Vec<Listed>,
    /// Whether its numbers changed and nothing says why, so that no notice can be made.
    pub untold: bool,
}

/// The date of a release after this one: that of a correction which is not the last one's own, or that of publication.
pub fn date(round: &Round, last: Option<&Release>) -> Date {
    let said = last.and_then(|last| last.about.correction.as_ref());
    let correction = round.settings.correction.as_ref().filter(|correction| Some(*correction) != said);
    correction.map_or(round.settings.published, |correction| correction.date)
}

impl History {
    /// Of these releases of a round that is built in this edition; and what of them cannot be read.
    pub fn new(round: &Round, releases: &[Release], edition: Edition) -> Result<(Self, Vec<String>)> {
        let public = edition == Edition::Public;
        let mut unknown = Vec::new();
        let sides = releases.iter().map(|release| Side::on_record(release, public, &mut unknown));
        let history = Self {
            sides: sides.collect::<Result<_>>()?,
            public,
            provisional: round.settings.status != Status::Final,
            correction: round.settings.correction.clone(),
            date: date(round, releases.last()),
        };
        Ok((history, unknown))
    }

    /// Whether the round is out.
    pub fn is_out(&self) -> bool {
        !self.sides.is_empty()
    }

    /// What a document carries that prints these numbers, from a table of all figures with this digest.
    pub fn standing(&self, name: &str, printed: &Numbers, data: Option<&str>) -> Standing {
        let sides = self.of_document(name);
        let Some(last) = sides.last().filter(|last| last.holds(name)) else { return Standing::default() };
        let cause = self.cause(last);
        let told = last.told_since(name, Some(printed), data);
        if told.is_some() && cause.is_none() {
            return Standing { untold: true, ..Standing::default() };
        }
        let mut standing = Standing { listed: self.listed_of(&sides, name, printed), ..Standing::default() };
        match (told, cause) {
            (Some(told), cause) => standing.notice = cause.map(|cause| Notice { cause, told }),
            (None, cause) => {
                standing.notice = inherited(&sides, name);
                let told = Told::Otherwise(last.digest(name));
                standing.otherwise = cause.filter(|cause| cause.reason.is_some()).map(|cause| Notice { cause, told });
            }
        }
        standing
    }

    /// Whether these files of a document, each with its SHA-256, are other than those of the last release.
    pub fn differs(&self, name: &str, files: &BTreeMap<String, String>) -> bool {
        let sides = self.of_document(name);
        sides.last().is_some_and(|last| files.iter().any(|(path, sha256)| last.documents.get(path) != Some(sha256)))
    }

    /// What each release after the first one changed of what everybody may know, the newest first; and this build, whose table of
    /// printed figures this is.
    pub fn listed(&self, figures: &[u8]) -> Result<Vec<Listed>> {
        let now = side::read(figures)?;
        let printed = side::together(&now, |name| name == NATIONAL || self.public);
        let step = |cause: Option<Cause>, before: &Side, after: &BTreeMap<String, Numbers>, public: bool| {
            let told = |name: &str| {
                name == NATIONAL || (public && before.public && before.holds(name) && after.contains_key(name))
            };
            listed(cause, &side::together(&before.figures, told), &side::together(after, told), &printed)
        };
        let last = self.sides.last().and_then(|last| step(self.cause(last), last, &now, self.public));
        let earlier = self.sides.windows(2).rev().filter_map(|pair| match pair {
            [before, after] => step(after.cause_after(before), before, &after.figures, self.public && after.public),
            _ => None,
        });
        Ok(last.into_iter().chain(earlier).collect())
    }

    /// The same of one document, which prints these numbers now.
    fn listed_of(&self, sides: &[&Side], name: &str, printed: &Numbers) -> Vec<Listed> {
        let last = sides.last().and_then(|last| listed(self.cause(last), last.printed(name)?, printed, printed));
        let since = sides.iter().rposition(|side| !side.holds(name)).map_or(0, |place| place + 1);
        let earlier = sides[since..].windows(2).rev().filter_map(|pair| match pair {
            [before, after] => listed(after.cause_after(before), before.printed(name)?, after.printed(name)?, printed),
            _ => None,
        });
        last.into_iter().chain(earlier).collect()
    }

    /// The releases that had the document in the edition that is built now; the national report is the same in both.
    fn of_document(&self, name: &str) -> Vec<&Side> {
        self.sides.iter().filter(|side| name == NATIONAL || side.public == self.public).collect()
    }

    /// Why a build after this release differs from it, where something says so.
    fn cause(&self, last: &Side) -> Option<Cause> {
        cause(last, self.provisional, self.correction.as_ref(), self.date)
    }
}

/// What changed between two releases, where something says why; what is not printed now, or withheld, is not repeated.
fn listed(cause: Option<Cause>, before: &Numbers, after: &Numbers, printed: &Numbers) -> Option<Listed> {
    let mut changed = ChangedNumber::between(before, after);
    for one in &mut changed {
        one.held = printed.get(&one.id).is_none_or(|text| text.starts_with('['));
    }
    cause.filter(|_| !changed.is_empty()).map(|cause| Listed { cause, changed })
}

/// Why a release differs from the one before: provisional figures became final, or a correction that is not the earlier one's own.
fn cause(before: &Side, provisional: bool, correction: Option<&Correction>, date: Date) -> Option<Cause> {
    let reason = correction.filter(|correction| Some(*correction) != before.correction.as_ref());
    let revision = before.kind == Kind::Provisional && !provisional;
    (revision || reason.is_some()).then(|| Cause {
        revision,
        date,
        reason: reason.map(|correction| correction.reason.clone()),
        before: (before.number, before.date),
    })
}

/// The notice that a document has carried since it changed last.
fn inherited(sides: &[&Side], name: &str) -> Option<Notice> {
    for pair in sides.windows(2).rev() {
        let [before, after] = pair else { continue };
        if !before.holds(name) {
            return None;
        }
        let cause = after.cause_after(before);
        if let Some(told) = before.told_since(name, after.printed(name), after.data(name)) {
            return cause.map(|cause| Notice { cause, told });
        }
        let same = before.digest(name) == after.digest(name);
        if let Some(cause) = cause.filter(|cause| !same && cause.reason.is_some()) {
            return Some(Notice { cause, told: Told::Otherwise(before.digest(name)) });
        }
    }
    None
}
