//! One of the releases that are compared: what it is, which numbers its documents printed, and the digests of their files.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::digest;
use crate::record::{Kind, Release};
use crate::reports::{Cause, ChangedNumber, NATIONAL, Numbers, Told, is_of_notice};
use crate::round::{Correction, Date};

/// The table of printed figures in a record.
const FIGURES: &str = "figures.csv";

/// A release, or a build that is to become one.
pub(super) struct Side {
    pub number: u32,
    pub kind: Kind,
    pub date: Date,
    pub correction: Option<Correction>,
    /// Whether its packs are for everybody.
    pub public: bool,
    /// The SHA-256 of its files by path.
    pub documents: BTreeMap<String, String>,
    /// The numbers of its documents, but for those of notices.
    pub figures: BTreeMap<String, Numbers>,
    /// Whether the numbers of its packs are known.
    packs: bool,
}

impl Side {
    /// A release on record. Exact figures of its packs are read where the packs that are built are exact too, and not for everybody.
    pub fn on_record(release: &Release, public: bool, unknown: &mut Vec<String>) -> Result<Self> {
        let about = &release.about;
        let table =
            release.files.get(FIGURES).with_context(|| format!("{}: no {FIGURES}", release.folder.display()))?;
        let mut figures = read(table)?;
        let mut packs = about.edition == "public";
        if !packs && !public {
            match release.own_figures() {
                Ok(own) => {
                    figures.extend(read(&own)?);
                    packs = true;
                }
                Err(why) => unknown.push(why),
            }
        }
        Ok(Self {
            number: about.release,
            kind: about.kind,
            date: about.date,
            correction: about.correction.clone(),
            public: about.edition == "public",
            documents: about.documents.clone(),
            figures,
            packs,
        })
    }

    /// Why it differs from the release before, where something says so.
    pub fn cause_after(&self, before: &Self) -> Option<Cause> {
        super::cause(before, self.kind == Kind::Provisional, self.correction.as_ref(), self.date)
    }

    /// Whether the document was in it.
    pub fn holds(&self, name: &str) -> bool {
        self.documents.contains_key(&format!("{name}.pdf"))
    }

    /// The numbers that the document printed, where they are known.
    pub fn printed(&self, name: &str) -> Option<&Numbers> {
        static NONE: Numbers = Numbers::new();
        (name == NATIONAL || self.packs).then(|| self.figures.get(name).unwrap_or(&NONE))
    }

    /// The SHA-256 of the table of all figures that a pack and its short editions printed from.
    pub fn data(&self, name: &str) -> Option<&str> {
        let (folder, _) = name.rsplit_once('/')?;
        self.documents.get(&format!("{folder}/data.csv")).map(String::as_str)
    }

    /// One digest of the document's files.
    pub fn digest(&self, name: &str) -> String {
        let files = [format!("{name}.html"), format!("{name}.pdf")];
        digest::of_files(files.iter().filter_map(|path| Some((path.as_str(), self.documents.get(path)?.as_str()))))
    }

    /// What changed in the document's numbers since: it prints these now, from a table of all figures with this digest.
    pub fn told_since(&self, name: &str, printed: Option<&Numbers>, data: Option<&str>) -> Option<Told> {
        match (self.printed(name), printed) {
            (Some(before), Some(now)) => {
                let changed = ChangedNumber::between(before, now);
                (!changed.is_empty()).then(|| Told::Figures(changed, before.clone()))
            }
            _ => (self.data(name) != data).then_some(Told::NotOnRecord),
        }
    }
}

/// What these documents print, together.
pub(super) fn together(figures: &BTreeMap<String, Numbers>, wanted: impl Fn(&str) -> bool) -> Numbers {
    let of = figures.iter().filter(|(name, _)| wanted(name));
    of.flat_map(|(_, numbers)| numbers.clone()).collect()
}

/// The numbers of documents, from a table of all printed figures.
pub(super) fn read(table: &[u8]) -> Result<BTreeMap<String, Numbers>> {
    let mut figures: BTreeMap<String, Numbers> = BTreeMap::new();
    for record in csv::Reader::from_reader(table).into_records() {
        let record = record.context("a table of printed figures cannot be read")?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        if !is_of_notice(cell(0)) {
            figures.entry(cell(2).to_owned()).or_default().insert(cell(0).to_owned(), cell(1).to_owned());
        }
    }
    Ok(figures)
}
