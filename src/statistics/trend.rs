//! How figures changed: England's full panels and the authorities that two rounds share, and an authority's own rounds.

use std::collections::BTreeSet;
use std::thread;

use anyhow::{Result, anyhow};
use serde::Serialize;

use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};
use crate::submissions::Returns;

use super::aggregate::{self, Contributions, Key, Tallies, Tally};
use super::compare::{Judgement, Subject, compare};
use super::disclosure::{self, Edition};
use super::interval;
use super::pooling;
use super::protection::Protection;
use super::release::{self, Panel, Pattern, Sums};
use super::statistic::{Area, AreaType, Outcome, Scope, Statistic};

/// One round's figure.
#[derive(Clone, Debug, Serialize)]
pub struct Year {
    /// The reporting year.
    pub year: i32,
    /// The figure of all authorities that submitted, when there was one.
    pub statistic: Option<Statistic>,
    /// Why it cannot be compared with the round before.
    pub break_before: Option<String>,
}

/// Which way a figure went, as far as the evidence allows to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The interval of the change lies above no change.
    Rose,
    /// It lies below.
    Fell,
    /// It includes no change.
    NoClearChange,
    /// One of the two figures rests on too few people or events.
    TooFew,
}

/// The change between two rounds: the later ratio divided by the earlier; of a share, the later less the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The ratio of the ratios, or the difference of the shares.
    pub value: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// What the interval allows to say.
    pub direction: Direction,
}

/// The same authorities in two consecutive rounds.
#[derive(Clone, Debug, Serialize)]
pub struct Matched {
    /// The earlier year.
    pub from: i32,
    /// The later year.
    pub to: i32,
    /// The earlier figure.
    pub before: Statistic,
    /// The later figure.
    pub after: Statistic,
    /// How much changed; nothing where a count is withheld or a cell is zero.
    pub change: Option<Change>,
}

/// One figure of England, or of an authority, over the rounds, all services together.
#[derive(Clone, Debug, Serialize)]
pub struct Trend {
    /// The indicator's identifier.
    pub indicator: String,
    /// Empty, or a pay band's identifier.
    pub breakdown: String,
    /// Every round, the earliest first: of England, all authorities that submitted.
    pub years: Vec<Year>,
    /// Every pair of consecutive rounds without a break between them: of England, the authorities in both.
    pub matched: Vec<Matched>,
}

/// One round with what was added up for it, and which of its counts may be shown.
pub(super) struct Counted<'a> {
    pub round: &'a Round,
    pub contributions: Contributions,
    pub tallies: Tallies,
    pub pattern: Pattern,
    /// The authorities that it shares with the round before, and with the round after.
    pub panels: [Option<Panel>; 2],
}

/// Adds up and protects every round, the earliest first, with the panels of consecutive rounds; what is `known` of a round is not
/// worked out again.
pub(super) fn count<'a>(
    rounds: impl Iterator<Item = (&'a Round, &'a Returns)>,
    standard: &Standard,
    edition: Edition,
    known: &Protection,
) -> Result<Vec<Counted<'a>>> {
    let mut counted: Vec<Counted<'a>> = Vec::new();
    for (round, returns) in rounds {
        let contributions = aggregate::contributions(round, standard, returns)?;
        let tallies = contributions.tallies(round)?;
        let mut this = Counted { round, contributions, tallies, pattern: Pattern::default(), panels: [None, None] };
        if let Some(before) = counted.last_mut() {
            let [earlier, later] = panels(before, &this)?;
            before.panels[1] = Some(earlier);
            this.panels[0] = Some(later);
        }
        counted.push(this);
    }
    // Rounds tell nothing about each other's counts: they are protected side by side.
    let patterns = thread::scope(|scope| {
        let protect = |counted: &Counted<'_>| match known.of(counted.round.settings.year) {
            Some(known) => Ok(known.clone()),
            None => counted.protect(standard, edition),
        };
        let work: Vec<_> = counted.iter().map(|counted| scope.spawn(move || protect(counted))).collect();
        work.into_iter()
            .map(|work| work.join().map_err(|_| anyhow!("protecting a round came to a sudden end"))?)
            .collect::<Result<Vec<Pattern>>>()
    })?;
    for (counted, pattern) in counted.iter_mut().zip(patterns) {
        counted.pattern = pattern;
    }
    Ok(counted)
}

/// The figures of two rounds for the authorities that contribute to the same figure in both.
///
/// Beside the full panels, a panel that one or two authorities are missing from would tell their figures: there is none.
/// Nor is there one of so few authorities that it would be withheld anyway.
fn panels(before: &Counted<'_>, after: &Counted<'_>) -> Result<[Panel; 2]> {
    let code = format!("matched-{}-{}", before.round.settings.year, after.round.settings.year);
    let (earlier, later) = before.contributions.matched(&after.contributions, &code)?;
    let members: BTreeSet<[String; 3]> =
        members(&before.contributions).intersection(&members(&after.contributions)).cloned().collect();
    let minimum = after.round.settings.disclosure.minimum_contributors;
    let telling = |panel: &Tallies, full: &Tallies| -> BTreeSet<Key> {
        let missing = |key: &Key, tally: &Tally| {
            let (kind, _, scope, indicator, breakdown) = key.clone();
            let full = full.get(&(kind, "england".to_owned(), scope, indicator, breakdown));
            full.map_or(0, |full| full.authorities.saturating_sub(tally.authorities))
        };
        let few = panel
            .iter()
            .filter(|(key, tally)| (1..minimum).contains(&missing(key, tally)) || tally.authorities < minimum);
        few.map(|(key, _)| key.clone()).collect()
    };
    let told: BTreeSet<Key> =
        telling(&earlier, &before.tallies).union(&telling(&later, &after.tallies)).cloned().collect();
    Ok([earlier, later].map(|tallies| Panel {
        code: code.clone(),
        tallies: tallies.into_iter().filter(|(key, _)| !told.contains(key)).collect(),
        members: members.clone(),
    }))
}

impl Counted<'_> {
    /// The round as it was published, and then, with that settled, the figures that the round after asks of it.
    fn protect(&self, standard: &Standard, edition: Edition) -> Result<Pattern> {
        let Counted { round, contributions, tallies, panels: [before, after], .. } = self;
        let sums = Sums { round, standard, contributions, tallies, edition };
        let first = release::pattern(&sums, &before.iter().collect::<Vec<_>>(), None)?;
        if after.is_none() {
            return Ok(first);
        }
        release::pattern(&sums, &before.iter().chain(after).collect::<Vec<_>>(), Some(&first))
    }
}

/// Who contributes to which figure: indicator, breakdown, authority.
fn members(contributions: &Contributions) -> BTreeSet<[String; 3]> {
    let member =
        |[authority, _, indicator, breakdown]: &[String; 4]| [indicator.clone(), breakdown.clone(), authority.clone()];
    contributions.members.iter().map(member).collect()
}

/// The trends of England or of an authority, for each indicator and pay band of the last round given.
pub(super) fn trends(rounds: &[Counted<'_>], standard: &Standard, area: &Area, edition: Edition) -> Vec<Trend> {
    let Some(newest) = rounds.last() else { return Vec::new() };
    let mut trends = Vec::new();
    for id in &newest.round.settings.indicators {
        let Some(indicator) = standard.indicator(id) else { continue };
        for breakdown in breakdowns(indicator, newest.round) {
            trends.push(trend(rounds, indicator, &breakdown, area, edition));
        }
    }
    trends
}

/// The pay bands of a share, the empty breakdown of any other indicator.
pub(super) fn breakdowns(indicator: &Indicator, round: &Round) -> Vec<String> {
    if indicator.kind == Kind::Share {
        round.settings.pay_bands.iter().map(|band| band.id.clone()).collect()
    } else {
        vec![String::new()]
    }
}

/// The kind in which a round reports the indicator.
pub(super) fn kind(indicator: &Indicator, round: &Round) -> Kind {
    round.settings.kinds.get(&indicator.id).copied().unwrap_or(indicator.kind)
}

fn trend(rounds: &[Counted<'_>], indicator: &Indicator, breakdown: &str, area: &Area, edition: Edition) -> Trend {
    let figure = |counted: &Counted<'_>, area: &Area, tallies: &Tallies| -> Option<Statistic> {
        let round = counted.round;
        let key: Key = (area.kind, area.code.clone(), Scope::All, indicator.id.clone(), breakdown.to_owned());
        let subject = Subject {
            area,
            scope: Scope::All,
            indicator: &indicator.id,
            breakdown,
            kind: kind(indicator, round),
            adverse: indicator.adverse,
        };
        let shown = disclosure::shown_counts(area.kind, edition, tallies.get(&key)?, &round.settings.disclosure);
        let own = area.kind == AreaType::Authority && edition == Edition::Own;
        let shown = if own { shown } else { shown.masked(counted.pattern.figure(&key)) };
        Some(compare(&subject, &shown, Judgement::new(&round.settings.statistics)))
    };
    // England's pairs are of the authorities in both rounds; an authority is in both itself.
    let paired = |counted: &Counted<'_>, side: usize| match area.kind {
        AreaType::Authority => figure(counted, area, &counted.tallies),
        _ => counted.panels[side].as_ref().and_then(|panel| {
            let area = Area { code: panel.code.clone(), ..area.clone() };
            figure(counted, &area, &panel.tallies)
        }),
    };
    let mut years: Vec<Year> = Vec::new();
    let mut matched = Vec::new();
    for (index, counted) in rounds.iter().enumerate() {
        let earlier = index.checked_sub(1).map(|before| &rounds[before]);
        let break_before = earlier.and_then(|earlier| broken(earlier.round, counted.round, indicator));
        if let Some(earlier) = earlier.filter(|_| break_before.is_none()) {
            let pair = paired(earlier, 1).zip(paired(counted, 0));
            let critical = Judgement::new(&counted.round.settings.statistics).critical();
            matched.extend(pair.map(|(before, after)| Matched {
                from: earlier.round.settings.year,
                to: counted.round.settings.year,
                change: change(&before, &after, indicator.kind, critical),
                before,
                after,
            }));
        }
        let statistic = figure(counted, area, &counted.tallies);
        years.push(Year { year: counted.round.settings.year, statistic, break_before });
    }
    Trend { indicator: indicator.id.clone(), breakdown: breakdown.to_owned(), years, matched }
}

/// The change from one figure to the other, from their shown counts.
///
/// Ratios: the ratio of the ratios on the logarithmic scale, the two rounds taken as independent. Shares: their difference
/// with Newcombe's interval. Nothing where a count is withheld, and with a zero cell, which has no logarithm.
fn change(before: &Statistic, after: &Statistic, kind: Kind, critical: f64) -> Option<Change> {
    let few = [before, after].iter().any(|figure| figure.result == Some(Outcome::TooFew));
    let (value, limits, none) = if kind == Kind::Share {
        let (before, after) = (before.minoritised.proportion()?, after.minoritised.proportion()?);
        (after.rate() - before.rate(), interval::newcombe(after, before, critical), 0.0)
    } else {
        let logarithm =
            |figure: &Statistic| pooling::log_ratio(figure.minoritised.proportion()?, figure.white.proportion()?);
        let ((earlier, one), (later, other)) = (logarithm(before)?, logarithm(after)?);
        let value = (later - earlier).exp();
        (value, interval::log_interval(value, one + other, critical), 1.0)
    };
    let direction = match (few, limits.lower > none, limits.upper < none) {
        (true, _, _) => Direction::TooFew,
        (_, true, _) => Direction::Rose,
        (_, _, true) => Direction::Fell,
        _ => Direction::NoClearChange,
    };
    Some(Change { value, lower: limits.lower, upper: limits.upper, direction })
}

/// Why the later round's figure cannot be compared with the earlier one's.
fn broken(earlier: &Round, later: &Round, indicator: &Indicator) -> Option<String> {
    if let Some(reason) = later.settings.breaks.get(&indicator.id) {
        return Some(reason.clone());
    }
    if kind(indicator, earlier) != kind(indicator, later) {
        return Some("The indicator was reported in another way before.".into());
    }
    let bands_changed = earlier.settings.pay_bands != later.settings.pay_bands;
    (indicator.kind == Kind::Share && bands_changed).then(|| "The pay bands were other ones before.".into())
}
