//! The round and its indicators in words.

use serde::Serialize;

use crate::authority::Authority;
use crate::reports::words;
use crate::round::{Groups, Publication, Round, Settings, Status, UnknownEthnicity};
use crate::standard::{Adverse, Indicator, Kind, Period, Standard};
use crate::statistics::Edition;

/// An indicator in words.
#[derive(Clone, Debug, Serialize)]
pub struct IndicatorView {
    /// The identifier.
    pub id: String,
    /// The name as a heading.
    pub name: String,
    /// The name where there is little room.
    pub short_name: String,
    /// The chapter of a pack that it stands in.
    pub chapter: String,
    /// What it is about in everyday words.
    pub plain: String,
    /// Whether it is about those who answered the staff survey, and not about all staff.
    pub of_survey: bool,
    /// `share`, `likelihood`, `rate` or `representation_gap`.
    pub kind: Kind,
    /// The time it is about, in words.
    pub period: String,
    /// What it measures.
    pub definition: String,
    /// Why it matters.
    pub why: String,
    /// When the ratio means disadvantage: `above`, `below` or `falling`.
    pub adverse: Adverse,
    /// Whom the denominator counts.
    pub people: String,
    /// After "more likely".
    pub likely: String,
    /// After "no".
    pub cases: String,
    /// One of them.
    pub case: String,
    /// What the rate is of.
    pub rate: String,
    /// The numerator's measure in words.
    pub numerator: String,
    /// The denominator's measure in words.
    pub denominator: String,
    /// What an action plan about it is about.
    pub themes: Vec<String>,
    /// Questions worth asking locally.
    pub prompts: Vec<String>,
}

/// The indicator in the words of the standard and the terms of the round.
pub fn indicator(indicator: &Indicator, round: &Round, standard: &Standard) -> IndicatorView {
    let settings = &round.settings;
    let term = |text: &str| text.replace("{minoritised}", &settings.terms.minoritised);
    let measure = |id: &str| standard.measure(id).map(|measure| measure.label.clone()).unwrap_or_default();
    let snapshot = settings.snapshot.map(|date| date.long());
    let period = match (indicator.period, snapshot) {
        (Period::Snapshot, Some(date)) => date,
        (Period::Snapshot, None) => "the snapshot date".to_owned(),
        (Period::TwelveMonths, Some(date)) => format!("12 months to {date}"),
        (Period::TwelveMonths, None) => "12 months to the snapshot date".to_owned(),
    };
    IndicatorView {
        id: indicator.id.clone(),
        name: indicator.name.clone(),
        short_name: indicator.short_name.clone(),
        plain: indicator.plain.as_ref().unwrap_or(&indicator.short_name).clone(),
        of_survey: indicator.denominator == "survey_respondents",
        chapter: indicator.chapter.as_ref().unwrap_or(&indicator.name).clone(),
        kind: indicator.kind,
        period,
        definition: term(&indicator.definition),
        why: term(&indicator.why),
        adverse: indicator.adverse,
        people: indicator.wording.people.clone(),
        likely: indicator.wording.likely.clone(),
        cases: indicator.wording.cases.clone(),
        case: indicator.wording.case.clone(),
        rate: indicator.wording.rate.clone(),
        numerator: measure(&indicator.numerator),
        denominator: measure(&indicator.denominator),
        themes: indicator.themes.clone(),
        prompts: indicator.prompts.iter().map(|prompt| term(prompt)).collect(),
    }
}

/// What the cover of the national report says of its publication; what is not settled says so.
#[derive(Clone, Debug, Serialize)]
pub struct PublicationView {
    /// Where questions go.
    pub contact: String,
    /// Whether that is settled.
    pub has_contact: bool,
    /// Who answers for the figures.
    pub lead_statistician: String,
    /// When the next report is due.
    pub next_release: String,
    /// How mistakes found later are told and mended.
    pub corrections: String,
    /// `synthetic`, `provisional` or `final` in words.
    pub status: &'static str,
}

fn publication(settings: &Settings) -> PublicationView {
    let Publication { contact, lead_statistician, next_release, corrections } = settings.publication.clone();
    PublicationView {
        has_contact: contact.is_some(),
        contact: contact.unwrap_or_else(|| "not named yet".to_owned()),
        lead_statistician: lead_statistician.unwrap_or_else(|| "not named yet".to_owned()),
        next_release: next_release.unwrap_or_else(|| "no date is set yet".to_owned()),
        corrections: corrections.unwrap_or_else(|| "not settled yet".to_owned()),
        status: match settings.status {
            Status::Synthetic => "Synthetic: made up, with fictional authorities",
            Status::Provisional => "Provisional: figures may still change",
            Status::Final => "Final",
        },
    }
}

/// The round in words.
#[derive(Clone, Debug, Serialize)]
pub struct RoundView {
    /// The reporting year.
    pub year: i32,
    /// The report's title.
    pub title: String,
    /// `synthetic`, `provisional` or `final`.
    pub status: Status,
    /// The date of publication: 13 May 2025.
    pub published: String,
    /// The same as year, month and day.
    pub published_parts: (i32, u8, u8),
    /// Who answers for the national report, and what comes after it.
    pub publication: PublicationView,
    /// The snapshot's date in words, or empty.
    pub snapshot: String,
    /// When submissions were taken, in words, or empty.
    pub window: String,
    /// "Black, Asian and minoritised ethnic".
    pub minoritised: String,
    /// "minoritised ethnic".
    pub minoritised_short: String,
    /// Counts below it are withheld.
    pub threshold: u64,
    /// Counts are rounded to a multiple of it.
    pub rounding: u64,
    /// A group needs so many authorities.
    pub minimum_contributors: usize,
    /// The greatest share of one authority, in print.
    pub dominance: String,
    /// The confidence in print: 95%.
    pub confidence: String,
    /// The least denominator.
    pub minimum_base: u64,
    /// Whether unknown ethnicity counts in pay bands' totals.
    pub unknown_included: bool,
    /// What is printed on every page, if anything.
    pub banner: Vec<String>,
}

/// The groups of like authorities in words.
#[derive(Clone, Debug, Serialize)]
pub struct PeersView<'a> {
    /// What packs call the own group.
    pub label: &'a str,
    /// How the groups were made.
    pub basis: &'a str,
    /// The authority's own group; empty in the national report.
    pub name: &'a str,
}

/// The round's groups, where it names any; for an authority, where it is in one.
pub fn peers<'a>(round: &'a Round, authority: Option<&'a Authority>) -> Option<PeersView<'a>> {
    let Groups { label, basis, .. } = round.settings.groups.as_ref()?;
    let name = match authority {
        Some(authority) => round.group_name(authority.group.as_ref()?),
        None => "",
    };
    Some(PeersView { label, basis, name })
}

/// The round in words; the banner tells the status and, in a pack, the edition.
pub fn round(round: &Round, edition: Option<Edition>) -> RoundView {
    let settings = &round.settings;
    let published = settings.published;
    let percent = |share: f64| words::percent(share).replace(".0%", "%");
    let mut banner = Vec::new();
    match settings.status {
        Status::Synthetic => banner.push("Synthetic data: fictional authorities, not real results".to_owned()),
        Status::Provisional => banner.push("Provisional: figures may still change".to_owned()),
        Status::Final => {}
    }
    if let Some(embargo) = settings.embargo {
        banner.push(format!("Embargoed until {}: not to be passed on before", embargo.long()));
    }
    if edition == Some(Edition::Own) {
        banner.push("Contains small numbers: not for publication".to_owned());
    }
    RoundView {
        year: settings.year,
        title: settings.title.clone(),
        status: settings.status,
        published: published.long(),
        publication: publication(settings),
        published_parts: (published.0.year(), u8::from(published.0.month()), published.0.day()),
        snapshot: settings.snapshot.map(|date| date.long()).unwrap_or_default(),
        window: settings
            .window
            .as_ref()
            .map(|window| format!("{} to {}", window.opens.long(), window.closes.long()))
            .unwrap_or_default(),
        minoritised: settings.terms.minoritised.clone(),
        minoritised_short: settings.terms.minoritised_short.clone(),
        threshold: settings.disclosure.threshold,
        rounding: settings.disclosure.rounding,
        minimum_contributors: settings.disclosure.minimum_contributors,
        dominance: percent(settings.disclosure.dominance),
        confidence: percent(settings.statistics.confidence),
        minimum_base: settings.statistics.minimum_base,
        unknown_included: settings.unknown_ethnicity == UnknownEthnicity::Include,
        banner,
    }
}
