//! The settings of a round, as written in `round.yaml`, and what has to hold of them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use crate::authority;
pub use crate::configuration::Date;
use crate::finding::registry;
use crate::standard::{Indicator, Kind, Standard};

use super::dispatch::Dispatch;
use super::groups::Groups;
use super::publication::{Correction, Embargo, Publication};
use super::short_edition::ShortEdition;

/// How far the figures have come; anything but final is printed on every page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Made up, with fictional authorities.
    Synthetic,
    /// Real, and may still change.
    #[default]
    Provisional,
    /// Signed off.
    Final,
}

/// When submissions were taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First day.
    pub opens: Date,
    /// Last day.
    pub closes: Date,
}

/// A service whose staff are counted on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Adults' social care.
    Adults,
    /// Children's social care.
    Childrens,
    /// Both together, from an authority that cannot split them.
    Combined,
}

impl Service {
    /// Every service a submission can name.
    pub const ALL: [Service; 3] = [Service::Adults, Service::Childrens, Service::Combined];

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            Service::Adults => "adults",
            Service::Childrens => "childrens",
            Service::Combined => "combined",
        }
    }

    /// The name of the service's sheet in a workbook.
    pub fn sheet(self) -> &'static str {
        match self {
            Service::Adults => "Adults",
            Service::Childrens => "Childrens",
            Service::Combined => "Combined",
        }
    }

    /// The service with this identifier.
    pub fn from_id(id: &str) -> Option<Service> {
        Service::ALL.into_iter().find(|service| service.id() == id)
    }
}

/// A pay band of indicator 1, from the lowest to the highest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PayBand {
    /// The identifier in files.
    pub id: String,
    /// The words in print.
    pub label: String,
}

/// Whether staff of unknown ethnicity count in the total that indicator 1's shares are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownEthnicity {
    /// Left out.
    #[default]
    Exclude,
    /// Part of a band's total.
    Include,
}

/// The words printed for staff from minoritised ethnic groups.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// In full.
    pub minoritised: String,
    /// Where there is little room.
    pub minoritised_short: String,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            minoritised: "Black, Asian and minoritised ethnic".into(),
            minoritised_short: "minoritised ethnic".into(),
        }
    }
}

/// What disclosure control withholds and rounds (`docs/method.md`, Protecting people).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Disclosure {
    /// Counts from 1 to one below it are withheld.
    pub threshold: u64,
    /// Shown counts are rounded to the nearest multiple of it.
    pub rounding: u64,
    /// A group's figure needs at least so many authorities behind it.
    pub minimum_contributors: usize,
    /// No authority may hold more than this share of a group's denominator.
    pub dominance: f64,
    /// What is withheld first to protect another count; kinds that are not named come after, and England's figures of
    /// all services last.
    pub withhold_first: Vec<Withheld>,
}

/// A kind of figure that may be withheld to protect another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Withheld {
    /// How many people's ethnicity is known.
    Quality,
    /// The authorities that two rounds share.
    Matched,
    /// One ethnic group against white.
    Ethnicity,
    /// An authority's figures in its pack of the public edition.
    Authority,
    /// A type of authority.
    Type,
    /// A group of like authorities.
    Group,
    /// A region.
    Region,
    /// England, one service.
    Service,
}

impl Withheld {
    /// The default order of a round without groups; those of a round with groups come before types.
    pub const ALL: [Withheld; 7] = [
        Withheld::Quality,
        Withheld::Matched,
        Withheld::Ethnicity,
        Withheld::Authority,
        Withheld::Type,
        Withheld::Region,
        Withheld::Service,
    ];
}

impl Default for Disclosure {
    fn default() -> Self {
        let withhold_first = Withheld::ALL.to_vec();
        Self { threshold: 10, rounding: 5, minimum_contributors: 3, dominance: 0.85, withhold_first }
    }
}

/// How results are judged (`docs/method.md`, What is said).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Statistics {
    /// The confidence of every interval.
    pub confidence: f64,
    /// A denominator below it is too few to say.
    pub minimum_base: u64,
}

impl Default for Statistics {
    fn default() -> Self {
        Self { confidence: 0.95, minimum_base: 30 }
    }
}

/// The settings of a round, as written in `round.yaml`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The reporting year.
    pub year: i32,
    /// The report's title.
    pub title: String,
    /// How far the figures have come.
    #[serde(default)]
    pub status: Status,
    /// The cover's date and the documents' date: no clock is read during a build.
    pub published: Date,
    /// Who answers for the national report, and what comes after it.
    #[serde(default)]
    pub publication: Publication,
    /// Until when nothing of it may be passed on: it stands on every page.
    #[serde(default)]
    pub embargo: Option<Embargo>,
    /// Why figures that were released before are published anew.
    #[serde(default)]
    pub correction: Option<Correction>,
    /// What has to be signed off before a final release.
    #[serde(default = "super::publication::points")]
    pub sign_off: Vec<String>,
    /// When submissions were taken.
    #[serde(default)]
    pub window: Option<Window>,
    /// The day that the snapshot measures are of.
    #[serde(default)]
    pub snapshot: Option<Date>,
    /// The services that can be submitted.
    #[serde(default = "default_services")]
    pub services: Vec<Service>,
    /// The pay bands of indicator 1, from the lowest to the highest.
    pub pay_bands: Vec<PayBand>,
    /// The indicators reported; all those of the standard when left out.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// Indicators that this round reports as another kind than the standard's: `"6": rate`.
    #[serde(default)]
    pub kinds: BTreeMap<String, Kind>,
    /// Indicators that cannot be compared with the round before, each with the reason.
    #[serde(default)]
    pub breaks: BTreeMap<String, String>,
    /// Whether staff of unknown ethnicity count in the totals of indicator 1.
    #[serde(default)]
    pub unknown_ethnicity: UnknownEthnicity,
    /// The words printed for staff from minoritised ethnic groups.
    #[serde(default)]
    pub terms: Terms,
    /// What disclosure control withholds and rounds.
    #[serde(default)]
    pub disclosure: Disclosure,
    /// How results are judged.
    #[serde(default)]
    pub statistics: Statistics,
    /// Whether packs for everybody are planned: then the national release is protected together with them from the start.
    #[serde(default)]
    pub public_packs: bool,
    /// The short editions that are made beside each pack.
    #[serde(default = "ShortEdition::all")]
    pub short_editions: BTreeSet<ShortEdition>,
    /// How packs go out to their authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Dispatch>,
    /// Errors of the checks that the report author has settled with an authority.
    #[serde(default)]
    pub settled: Vec<Settled>,
    /// What the groups of like authorities are that the register has, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Groups>,
}

impl Settings {
    /// The indicators that the round reports, in printed order, each of the kind that it reports it as.
    pub fn reported(&self, standard: &Standard) -> Vec<Indicator> {
        let reported = |id: &String| {
            let mut indicator = standard.indicator(id)?.clone();
            indicator.kind = self.kinds.get(id).copied().unwrap_or(indicator.kind);
            Some(indicator)
        };
        self.indicators.iter().filter_map(reported).collect()
    }
}

/// An error that is none: the authority confirmed what looks wrong. It stays a warning.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The authority's code.
    pub authority: String,
    /// The rule's name.
    pub rule: String,
    /// What was found out, for the findings and whoever asks later.
    pub reason: String,
}

fn default_services() -> Vec<Service> {
    vec![Service::Adults, Service::Childrens]
}

/// Makes sure that the settings are of the year, agree with each other, and with the standard.
pub(super) fn check(settings: &Settings, year: i32, standard: &Standard) -> Result<()> {
    ensure!(settings.year == year, "`year` is {}, but the folder is named {year}", settings.year);
    ensure!(!settings.pay_bands.is_empty(), "`pay_bands` is empty: indicator 1 needs at least one band");
    let other_year = |word: &str| word.len() == 4 && word.starts_with("20") && word != year.to_string();
    let words = || settings.title.split(|letter: char| !letter.is_ascii_digit());
    ensure!(!words().any(other_year), "`title` names another year than {year}: {}", settings.title);
    ensure!((1990..=2200).contains(&settings.published.0.year()), "`published` is not a date of this programme");
    ensure!(settings.snapshot.is_none_or(|date| date <= settings.published), "`snapshot` lies after `published`");
    ensure!(
        settings.window.as_ref().is_none_or(|window| window.opens <= window.closes),
        "`window` closes before it opens"
    );
    let terms = [&settings.terms.minoritised, &settings.terms.minoritised_short];
    ensure!(terms.iter().all(|term| !term.trim().is_empty()), "`terms` holds an empty term");
    ensure!(settings.pay_bands.iter().all(|band| !band.label.trim().is_empty()), "`pay_bands` holds an empty label");
    ensure!(
        settings.pay_bands.iter().all(|band| !band.id.is_empty()
            && !band.id.contains(|letter: char| letter.is_whitespace() || "/\"<>&".contains(letter))),
        "`pay_bands` holds an id that is empty or has a space or one of / \" < > & in it"
    );
    ensure!(!settings.services.is_empty(), "`services` is empty");
    for (index, service) in settings.services.iter().enumerate() {
        ensure!(!settings.services[..index].contains(service), "`services` lists {} twice", service.id());
    }
    ensure!(
        !settings.services.contains(&Service::Combined),
        "`services` lists adults and childrens only: any authority may submit `combined`"
    );
    for (index, band) in settings.pay_bands.iter().enumerate() {
        let twice = settings.pay_bands[..index].iter().any(|other| other.id == band.id);
        ensure!(!twice, "`pay_bands` holds the id `{}` twice", band.id);
        ensure!(
            authority::slug(&band.id) == band.id,
            "the pay band id `{}` is not in lower case with hyphens",
            band.id
        );
    }
    let known: Vec<&str> = standard.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
    let named = settings.indicators.iter().chain(settings.kinds.keys()).chain(settings.breaks.keys());
    for id in named {
        ensure!(known.contains(&id.as_str()), "there is no indicator `{id}` (known: {})", known.join(", "));
    }
    for (index, id) in settings.indicators.iter().enumerate() {
        ensure!(!settings.indicators[..index].contains(id), "`indicators` lists {id} twice");
    }
    for (id, kind) in &settings.kinds {
        let share = standard.indicator(id).is_some_and(|indicator| indicator.kind == Kind::Share);
        ensure!(share == (*kind == Kind::Share), "indicator {id} cannot be reported as {kind:?}");
    }
    for (index, point) in settings.sign_off.iter().enumerate() {
        ensure!(authority::slug(point) == *point, "`sign_off`: `{point}` is not in lower case with hyphens");
        ensure!(!settings.sign_off[..index].contains(point), "`sign_off` lists `{point}` twice");
    }
    settings.groups.iter().try_for_each(Groups::check)?;
    let reason = settings.correction.as_ref().map(|correction| correction.reason.trim());
    ensure!(reason != Some(""), "`correction.reason` is empty: readers are told it");
    for Settled { rule, .. } in &settings.settled {
        let known = registry::doubts();
        ensure!(known.contains(&rule.as_str()), "`settled`: `{rule}` cannot be settled (only: {})", known.join(", "));
    }
    let disclosure = &settings.disclosure;
    ensure!(disclosure.threshold >= 1, "`disclosure.threshold` is at least 1");
    ensure!(disclosure.rounding >= 1, "`disclosure.rounding` is at least 1 (1 does not round)");
    ensure!(disclosure.minimum_contributors >= 1, "`disclosure.minimum_contributors` is at least 1");
    ensure!(
        disclosure.dominance > 0.0 && disclosure.dominance <= 1.0,
        "`disclosure.dominance` is a share above 0 and up to 1"
    );
    let confidence = settings.statistics.confidence;
    ensure!(confidence > 0.5 && confidence < 1.0, "`statistics.confidence` lies between 0.5 and 1, such as 0.95");
    Ok(())
}
