//! The notice of a document that was published before and has changed: what changed, what stood there before, and why.
//!
//! What stood before is text of an earlier release. It is printed as a number of its own, with the release in its id, and compared
//! with what that release printed. It is not repeated where the figure is withheld now, or not printed any more.

mod listing;
mod names;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use crate::digest;
use crate::round::Date;

use super::figures::{CountView, Printed, Recorded, spaced};
use super::page::Linked;
use super::{Artefact, Draft, Press};

pub use listing::Listed;
use names::Name;
pub use names::Namer;

/// The numbers of a document: what is printed, by the ids of their figures.
pub type Numbers = BTreeMap<String, String>;

/// How many rows the table of a document has; a file beside it has all of them.
const ROWS: usize = 25;

/// What the main document of a pack is called.
const PACK: &str = "benchmark-pack";

/// What stands in ids in place of the area: in those of earlier releases, and in those of the notice's own counts.
const RELEASED: &str = "released";
const NOTICE: &str = "notice";

/// Why figures that were published are published anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Whether provisional figures became final, as was planned; else a mistake was mended.
    pub revision: bool,
    /// The date of the new release.
    pub date: Date,
    /// The reason, where one was given.
    pub reason: Option<String>,
    /// The number and the date of the release before.
    pub before: (u32, Date),
}

/// A number of a document that is not what it was in the release before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedNumber {
    /// The figure's id.
    pub id: String,
    /// What was printed; nothing where it was not.
    pub old: Option<String>,
    /// What is printed; nothing where it is not.
    pub new: Option<String>,
    /// Whether a later release withholds the figure, or prints it no more: then neither value is repeated.
    pub held: bool,
}

/// What is told of a document that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// These numbers changed; with all that the release before printed in the document.
    Figures(Vec<ChangedNumber>, Numbers),
    /// Numbers changed, and what stood there before is not on record.
    NotOnRecord,
    /// No number changed, and something else did; with the digest of the document before.
    Otherwise(String),
}

/// The notice that a document carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Why.
    pub cause: Cause,
    /// What.
    pub told: Told,
}

impl Cause {
    /// The word in files.
    pub fn kind(&self) -> &'static str {
        if self.revision { "revision" } else { "correction" }
    }

    /// The reason for readers.
    pub fn told(&self) -> String {
        let planned = self.revision.then_some("Provisional figures became final, as planned.");
        [planned, self.reason.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Whether a symbol stands in place of a number.
fn is_symbol(text: &str) -> bool {
    text.starts_with('[')
}

impl ChangedNumber {
    /// What differs between what was printed and what is, in the order of their ids.
    pub fn between(before: &Numbers, now: &Numbers) -> Vec<Self> {
        let ids = before.keys().chain(now.keys().filter(|id| !before.contains_key(*id)));
        let of = |numbers: &Numbers, id: &str| numbers.get(id).map(|text| spaced(text));
        let all = ids.map(|id| Self { id: id.clone(), old: of(before, id), new: of(now, id), held: false });
        let mut changed: Vec<Self> = all.filter(|one| one.old != one.new).collect();
        changed.sort_by(|one, other| one.id.cmp(&other.id));
        changed
    }

    /// What happened to it.
    pub fn change(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "came",
            (_, None) => "went",
            (Some(old), Some(new)) => match (is_symbol(old), is_symbol(new)) {
                (false, true) => "withheld",
                (true, false) => "shown",
                _ => "changed",
            },
        }
    }

    /// What was printed, where it may be repeated: not of a figure that is withheld now, or not printed any more.
    pub fn before(&self) -> Option<&str> {
        let shown = !self.held && self.new.as_ref().is_some_and(|new| !is_symbol(new));
        self.old.as_deref().filter(|old| shown || is_symbol(old))
    }

    /// What is printed, where it may be.
    pub fn now(&self) -> Option<&str> {
        self.new.as_deref().filter(|new| !self.held || is_symbol(new))
    }

    /// What stands in a table in place of what was printed.
    fn in_place_of_old(&self) -> &'static str {
        if self.old.is_none() { "not printed" } else { "not repeated" }
    }

    /// What stands in a table in place of what is printed.
    fn in_place_of_new(&self) -> &'static str {
        if self.new.is_none() { "not printed any more" } else { "not repeated" }
    }
}

/// The id of a number as an earlier release printed it.
fn id_before(id: &str, release: u32) -> String {
    let (year, rest) = id.split_once('/').unwrap_or((id, ""));
    format!("{year}/{RELEASED}/{release}/{rest}")
}

/// The release that a number is of, and its id there; nothing of numbers of now.
fn of_release(id: &str) -> Option<(u32, String)> {
    let (year, rest) = id.split_once('/')?;
    let (release, rest) = rest.strip_prefix(RELEASED)?.strip_prefix('/')?.split_once('/')?;
    Some((release.parse().ok()?, format!("{year}/{rest}")))
}

/// Whether a number is of a notice, and not of what the document is about.
pub fn is_of_notice(id: &str) -> bool {
    let area = id.split('/').nth(1).unwrap_or_default();
    [RELEASED, NOTICE].contains(&area)
}

/// Makes sure that what a document prints of an earlier release is what that release printed, and nothing that is withheld now.
pub fn agree(notice: Option<&Notice>, figures: &[Recorded]) -> Result<()> {
    let now: BTreeMap<&str, &str> = figures.iter().map(|one| (one.id.as_str(), one.printed.as_str())).collect();
    for Recorded { id, printed, .. } in figures {
        let Some((release, figure)) = of_release(id) else { continue };
        let problem = || format!("`{printed}` is printed as what release {release} told of the figure {figure}");
        let notice = notice.with_context(|| format!("{}, in a document that tells of no change", problem()))?;
        let Told::Figures(_, before) = &notice.told else {
            anyhow::bail!("{}, which is not on record", problem());
        };
        let was = before.get(&figure).map(|text| spaced(text));
        let same = release == notice.cause.before.0 && was.as_deref() == Some(&spaced(printed));
        ensure!(same, "{}, and it is not: please report this", problem());
        let shown = now.get(figure.as_str()).is_some_and(|now| !is_symbol(now));
        ensure!(shown || is_symbol(printed), "{}, and it is not shown any more: please report this", problem());
    }
    Ok(())
}

/// A notice as templates see it.
#[derive(Serialize)]
struct NoticeView {
    /// `correction` or `revision`.
    kind: &'static str,
    /// The date of the new release, in words.
    date: String,
    /// That of the release before.
    before: String,
    /// Why.
    reason: String,
    /// `figures`, `not-on-record` or `otherwise`.
    told: &'static str,
    /// How many numbers changed, and how many of them the table leaves out.
    changed: CountView,
    more: CountView,
    rows: Vec<RowView>,
}

/// A number that changed.
#[derive(Serialize)]
struct RowView {
    what: String,
    id: String,
    old: Value,
    new: Value,
}

impl Press<'_> {
    /// The numbers that the document prints, without typesetting it.
    pub fn prints(&self, draft: &Draft) -> Result<Numbers> {
        let document = self.typesetter.open(&draft.source)?;
        let handed = document.handed().with_context(|| draft.title.clone())?;
        let mut printed: Numbers = handed.printed(document.numbers()).collect();
        for reading in &draft.source.readings {
            printed.entry(reading.id.clone()).or_insert_with(|| reading.printed.clone());
        }
        Ok(printed)
    }

    /// Puts a notice into a document that carries none. `listed` is what this build and every release changed of its numbers: a pack
    /// has a table of that beside it.
    pub fn carry(&self, draft: &mut Draft, notice: Notice, listed: &[Listed]) -> Result<Option<Artefact>> {
        let namer = Namer::new(self.material, draft.area.as_deref());
        let changed = match &notice.told {
            Told::Figures(changed, _) => namer.in_order(changed),
            Told::NotOnRecord | Told::Otherwise(_) => Vec::new(),
        };
        let view = self.notice_view(&notice, &changed);
        for words in [&view.date, &view.before, &view.reason] {
            draft.source.typed.add(words);
        }
        for row in &view.rows {
            draft.source.typed.add(&row.what);
            draft.source.typed.add(&row.id);
        }
        draft.source.data.insert(NOTICE.to_owned(), serde_json::to_value(view)?);
        let of_pack = draft.area.is_some() && draft.name.ends_with(PACK);
        let mut table = None;
        if !listed.is_empty() {
            let file = |ending: &str| format!("{}.{ending}", listing::FILE);
            if draft.area.is_none() {
                draft.about.files.push(Linked::new(file("html"), "Corrections and revisions"));
            }
            if draft.area.is_none() || of_pack {
                draft.about.files.push(Linked::new(file("csv"), "Corrections and revisions as CSV"));
            }
            if of_pack {
                let path = format!("{}{}", draft.name.trim_end_matches(PACK), file("csv"));
                table = Some(Artefact { path, bytes: listing::table(&namer, listed)? });
            }
        }
        draft.notice = Some(notice);
        Ok(table)
    }

    fn notice_view(&self, notice: &Notice, changed: &[(Name, &ChangedNumber)]) -> NoticeView {
        let Notice { cause, told } = notice;
        let year = self.material.round.settings.year;
        let count = |name: &str, n: usize| CountView::new(format!("{year}/{NOTICE}/{name}"), n);
        let row = |(name, one): &(Name, &ChangedNumber)| RowView {
            what: name.what.clone(),
            id: one.id.clone(),
            old: match one.before() {
                Some(old) => serde_json::json!(Printed::new(id_before(&one.id, cause.before.0), old)),
                None => one.in_place_of_old().into(),
            },
            new: match one.now() {
                Some(new) => serde_json::json!(Printed::new(one.id.clone(), new)),
                None => one.in_place_of_new().into(),
            },
        };
        NoticeView {
            kind: cause.kind(),
            date: cause.date.long(),
            before: cause.before.1.long(),
            reason: cause.told(),
            told: match told {
                Told::Figures(..) => "figures",
                Told::NotOnRecord => "not-on-record",
                Told::Otherwise(_) => "otherwise",
            },
            changed: count("changed", changed.len()),
            more: count("more", changed.len().saturating_sub(ROWS)),
            rows: changed.iter().take(ROWS).map(row).collect(),
        }
    }
}

impl Draft {
    /// The SHA-256 of what a notice is made from.
    pub fn notice_digest(&self) -> Option<String> {
        self.notice.as_ref().map(|notice| digest::sha256(format!("{notice:?}")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn date(text: &str) -> Date {
        serde_json::from_value(text.into()).unwrap()
    }

    fn notice(changed: Vec<ChangedNumber>, before: Numbers) -> Notice {
        let cause = Cause { revision: false, date: date("2025-06-20"), reason: None, before: (2, date("2025-05-13")) };
        Notice { cause, told: Told::Figures(changed, before) }
    }

    fn numbers(of: &[(&str, &str)]) -> Numbers {
        of.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn what_differs_is_found_and_what_is_withheld_is_not_repeated() {
        let before = numbers(&[("a", "1"), ("b", "2"), ("c", "[c]"), ("d", "4"), ("e", "5")]);
        let now = numbers(&[("a", "1"), ("b", "[c]"), ("c", "3"), ("d", "40"), ("f", "6")]);
        let found = ChangedNumber::between(&before, &now);
        let told: Vec<_> = found.iter().map(|one| (&*one.id, one.change(), one.before(), one.now())).collect();
        let wanted = [
            ("b", "withheld", None, Some("[c]")),
            ("c", "shown", Some("[c]"), Some("3")),
            ("d", "changed", Some("4"), Some("40")),
            ("e", "went", None, None),
            ("f", "came", None, Some("6")),
        ];
        assert_eq!(told, wanted);
        let held = ChangedNumber { held: true, ..found[2].clone() };
        assert_eq!((held.change(), held.before(), held.now()), ("changed", None, None));
    }

    #[test]
    fn what_is_printed_of_an_earlier_release_is_what_it_printed() {
        let id = "2024/england/2/all/relative_likelihood";
        let before = id_before(id, 2);
        assert_eq!(before, "2024/released/2/england/2/all/relative_likelihood");
        assert_eq!(of_release(&before), Some((2, id.to_owned())));
        assert!(is_of_notice(&before) && is_of_notice("2024/notice/changed") && !is_of_notice(id));
        let notice = notice(Vec::new(), numbers(&[(id, "0.52")]));
        let figure = |id: &str, printed: &str| Recorded {
            id: id.to_owned(),
            printed: printed.to_owned(),
            pages: BTreeSet::new(),
            charts: BTreeSet::new(),
        };
        let agrees = |notice, old: &Recorded, new: &str| agree(notice, &[old.clone(), figure(id, new)]).is_ok();
        assert!(agrees(Some(&notice), &figure(&before, "0.52"), "0.53"));
        assert!(!agrees(Some(&notice), &figure(&before, "0.51"), "0.53"), "it told another number");
        assert!(!agrees(Some(&notice), &figure(&id_before(id, 1), "0.52"), "0.53"), "it was another release");
        assert!(!agrees(Some(&notice), &figure(&before, "0.52"), "[c]"), "it is withheld now");
        assert!(agree(Some(&notice), &[figure(&before, "0.52")]).is_err(), "it is not printed any more");
        assert!(!agrees(None, &figure(&before, "0.52"), "0.53"), "there is no notice");
    }
}
