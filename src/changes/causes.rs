//! What of all that differs may have caused that a figure, a sentence or a document reads otherwise. Where that cannot be told apart,
//! all are named.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::slug;
use crate::round::Round;
use crate::standard::Standard;
use crate::statistics::{self, Breakdown, Scope};

use super::differences::{Cause, CellKey, Difference, Role};
use super::tables::Row;

/// Causes by their places among the differences; those by way of protection alone come last.
pub(super) type Found = BTreeSet<(bool, usize)>;

/// How many causes are named of one change.
const NAMED: usize = 5;

/// Columns that may differ although no count of their figure does: results are judged among those of an area, and what could have
/// been seen depends on England's rate.
const BESIDE: [&str; 4] = ["result", "difference", "detectable_below", "detectable_above"];

/// Columns that the confidence of intervals acts on.
const OF_CONFIDENCE: [&str; 5] = ["lower_95", "upper_95", "result", "detectable_below", "detectable_above"];

/// A cell that differs, and of which difference it is.
struct Changed<'a> {
    difference: usize,
    authority: &'a str,
    key: &'a CellKey,
}

/// All that differs, and what it reaches.
pub(super) struct Causes<'a> {
    differences: &'a [Difference],
    round: &'a Round,
    standard: &'a Standard,
    cells: Vec<Changed<'a>>,
}

impl<'a> Causes<'a> {
    pub fn new(differences: &'a [Difference], round: &'a Round, standard: &'a Standard) -> Self {
        let mut cells = Vec::new();
        for (difference, one) in differences.iter().enumerate() {
            let (authority, keys): (&str, &[CellKey]) = match one {
                Difference::Cell(cell) => (&cell.authority, std::slice::from_ref(&cell.key)),
                Difference::Return { authority, cells, .. } => (authority, cells),
                _ => continue,
            };
            cells.extend(keys.iter().map(|key| Changed { difference, authority, key }));
        }
        Self { differences, round, standard, cells }
    }

    fn all(&self, protection: bool, is: impl Fn(&Difference) -> bool) -> Found {
        let places = self.differences.iter().enumerate().filter(|(_, one)| is(one));
        places.map(|(place, _)| (protection, place)).collect()
    }

    /// The causes of each of these figures.
    pub fn of_figures(&self, rows: &[Row]) -> Vec<Found> {
        // The cells of a figure are the same in all areas and services: looked up once.
        let mut made_of: BTreeMap<(&str, &str), Vec<&Changed<'a>>> = BTreeMap::new();
        rows.iter()
            .map(|row| {
                let (indicator, breakdown) = (row.name("indicator"), row.name("breakdown"));
                let cells = made_of.entry((indicator, breakdown)).or_insert_with(|| self.made_of(indicator, breakdown));
                self.of_figure(row, cells)
            })
            .collect()
    }

    /// The cells that differ and that a figure is made of, in any area.
    fn made_of(&self, indicator: &str, breakdown: &str) -> Vec<&Changed<'a>> {
        let settings = &self.round.settings;
        let known = self.round.indicator(indicator).or_else(|| self.standard.indicator(indicator));
        let Some((indicator, breakdown)) = known.zip(Breakdown::parse(breakdown, &settings.pay_bands).ok()) else {
            return self.cells.iter().collect();
        };
        let holds = |changed: &&Changed<'_>| {
            let CellKey { measure, band, ethnicity, .. } = changed.key;
            statistics::is_made_of(indicator, &breakdown, settings.unknown_ethnicity, (measure, band, *ethnicity))
        };
        self.cells.iter().filter(holds).collect()
    }

    fn of_figure(&self, row: &Row, made_of: &[&Changed<'a>]) -> Found {
        let scope = Scope::from_id(row.name("service")).unwrap_or(Scope::All);
        let inside = |changed: &&Changed<'a>| {
            self.is_inside(changed.authority, row) && scope.services().any(|service| service == changed.key.service)
        };
        let places = |cells: Vec<&Changed<'a>>| -> Found {
            cells.into_iter().map(|changed| (false, changed.difference)).collect()
        };
        let mut found = places(made_of.iter().copied().filter(inside).collect());
        let beside = row.whole.is_none() && row.columns.iter().all(|(column, ..)| BESIDE.contains(&column.as_str()));
        if found.is_empty() && beside {
            found = places(self.cells.iter().filter(inside).collect());
            if row.columns.iter().any(|(column, ..)| column.starts_with("detectable")) {
                found.extend(places(made_of.to_vec()));
            }
        }
        if found.is_empty() {
            found = self.all(self.cells_are_known(), Difference::is_of_returns);
        }
        let differs = |column: &str| row.columns.iter().any(|(other, ..)| other == column);
        let others = self.all(false, |one| {
            let confidence = matches!(one, Difference::Setting { key, .. } if key == "statistics.confidence");
            let reached = !confidence || row.whole.is_some() || OF_CONFIDENCE.iter().any(|column| differs(column));
            one.acts_on_figures() && !one.is_of_returns() && reached
        });
        found.extend(others);
        found
    }

    fn cells_are_known(&self) -> bool {
        !self.differences.iter().any(|one| matches!(one, Difference::File { role: Role::Return | Role::Returns, .. }))
    }

    fn is_inside(&self, authority: &str, row: &Row) -> bool {
        let code = row.name("area_code");
        let mut registered = self.round.authorities.iter().chain(&self.round.england);
        let of = registered.find(|one| one.code == authority);
        match row.name("area_type") {
            "authority" => authority == code,
            "region" => of.is_none_or(|one| slug(&one.region) == code),
            "type" => of.is_none_or(|one| slug(&one.kind) == code),
            "group" => of.is_none_or(|one| one.group_code().as_deref() == Some(code)),
            _ => true,
        }
    }

    /// The causes of other words in a document, whose figures have these causes.
    pub fn of_words(&self, document: &str, mut of_figures: Found) -> Found {
        let sources = self.all(false, |one| !one.is_of_returns() && Self::is_used(one, document));
        if of_figures.is_empty() {
            of_figures = self.all(false, Difference::is_of_returns);
        }
        of_figures.extend(sources);
        of_figures
    }

    /// The same of words whose numbers are as before: where a template or a setting differs that they may be made from, that is the cause.
    pub fn of_words_alone(&self, document: &str, of_figures: Found) -> Found {
        let sources =
            self.all(false, |one| !one.is_of_returns() && !one.acts_on_figures() && Self::is_used(one, document));
        if sources.is_empty() { self.of_words(document, of_figures) } else { sources }
    }

    /// Whether a document may be made from it.
    fn is_used(one: &Difference, document: &str) -> bool {
        let national = document.starts_with("national/");
        match one {
            Difference::File { path, role: Role::Template } => {
                let path = path.trim_start_matches("report-templates/");
                match path.split('/').next() {
                    Some("national") => national,
                    Some("pack") => !national,
                    Some("index" | "checks") => false,
                    _ => true,
                }
            }
            Difference::File { path, role: Role::Plan } => {
                let code = document.trim_start_matches("authorities/").split('-').next().unwrap_or_default();
                !national && path.contains(code)
            }
            Difference::File { role: Role::Text | Role::SignOff, .. } => national,
            Difference::File { role: Role::OtherInReturn, .. } => false,
            _ => true,
        }
    }

    /// The causes of a finding about an authority, in a place of a file.
    pub fn of_finding(&self, authority: &str, file: &str, location: &str) -> Found {
        let here = self.all(false, |one| {
            matches!(one, Difference::Cell(cell) if cell.file == file && !location.is_empty() && cell.location == location)
        });
        if !here.is_empty() {
            return here;
        }
        self.all(false, |one| match one {
            Difference::File { path, role: Role::Return | Role::OtherInReturn | Role::Plan } => {
                path.ends_with(file) || file.is_empty()
            }
            Difference::File { role, .. } => {
                matches!(role, Role::Standard | Role::Register | Role::Earlier | Role::Returns)
            }
            Difference::Setting { .. } | Difference::Program { .. } => true,
            Difference::Cell(_) | Difference::Return { .. } => one.authority() == Some(authority),
        })
    }

    /// What they are told as: the first of them.
    pub fn told(&self, found: &Found) -> Told {
        let mut protection = false;
        let cause = |(by_protection, place): &(bool, usize)| {
            let mut cause = self.differences[*place].as_cause(self.round);
            if *by_protection && !protection {
                cause.told.insert_str(0, "protection, because of ");
            }
            protection |= by_protection;
            cause
        };
        let named = found.iter().take(NAMED).map(cause).collect();
        Told { named, more: found.len().saturating_sub(NAMED) }
    }
}

/// The causes of one change, as they are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The first of them; none where nothing is known.
    pub named: Vec<Cause>,
    /// How many more there are.
    pub more: usize,
}

impl Told {
    /// In words.
    pub fn words(&self) -> String {
        if self.named.is_empty() {
            return "not known: nothing that the manifests list differs, perhaps the program does".to_owned();
        }
        let named: Vec<&str> = self.named.iter().map(|cause| cause.told.as_str()).collect();
        named.join("; ") + &if self.more > 0 { format!("; and {} more", self.more) } else { String::new() }
    }
}
