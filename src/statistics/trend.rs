//! How England's figures changed: every round's full panel, and the authorities that two consecutive rounds share.

use anyhow::Result;
use serde::Serialize;

use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};

use super::aggregate::{Contributions, Key, Tallies};
use super::compare::{Judgement, Subject, compare};
use super::disclosure;
use super::statistic::{Area, AreaType, Scope, Statistic};

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
}

/// One figure of England over the rounds, all services together.
#[derive(Clone, Debug, Serialize)]
pub struct Trend {
    /// The indicator's identifier.
    pub indicator: String,
    /// Empty, or a pay band's identifier.
    pub breakdown: String,
    /// Every round, the earliest first.
    pub years: Vec<Year>,
    /// Every pair of consecutive rounds without a break between them.
    pub matched: Vec<Matched>,
}

/// One round with what was added up for it.
pub(super) struct Counted<'a> {
    pub round: &'a Round,
    pub contributions: Contributions,
    pub tallies: Tallies,
}

/// England's trends for each indicator and pay band of the last round given.
pub(super) fn trends(rounds: &[Counted<'_>], standard: &Standard, england: &Area) -> Result<Vec<Trend>> {
    let Some(newest) = rounds.last() else { return Ok(Vec::new()) };
    let mut panels = Vec::new();
    for pair in rounds.windows(2) {
        panels.push(pair[0].contributions.matched(&pair[1].contributions)?);
    }
    let mut trends = Vec::new();
    for id in &newest.round.settings.indicators {
        let Some(indicator) = standard.indicator(id) else { continue };
        for breakdown in breakdowns(indicator, newest.round) {
            trends.push(trend(rounds, &panels, indicator, &breakdown, england));
        }
    }
    Ok(trends)
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

fn trend(
    rounds: &[Counted<'_>],
    panels: &[(Tallies, Tallies)],
    indicator: &Indicator,
    breakdown: &str,
    england: &Area,
) -> Trend {
    let key: Key = (AreaType::National, "england".into(), Scope::All, indicator.id.clone(), breakdown.into());
    let figure = |round: &Round, tallies: &Tallies| -> Option<Statistic> {
        let subject = Subject {
            area: england,
            scope: Scope::All,
            indicator: &indicator.id,
            breakdown,
            kind: kind(indicator, round),
            adverse: indicator.adverse,
        };
        let shown = disclosure::group(tallies.get(&key)?, &round.settings.disclosure);
        Some(compare(&subject, &shown, Judgement::new(&round.settings.statistics)))
    };
    let mut years: Vec<Year> = Vec::new();
    let mut matched = Vec::new();
    for (index, counted) in rounds.iter().enumerate() {
        let break_before =
            index.checked_sub(1).and_then(|before| broken(rounds[before].round, counted.round, indicator));
        if let Some(before) = index.checked_sub(1).filter(|_| break_before.is_none()) {
            let (earlier, later) = &panels[before];
            let pair = figure(rounds[before].round, earlier).zip(figure(counted.round, later));
            matched.extend(pair.map(|(before_figure, after)| Matched {
                from: rounds[before].round.settings.year,
                to: counted.round.settings.year,
                before: before_figure,
                after,
            }));
        }
        let statistic = figure(counted.round, &counted.tallies);
        years.push(Year { year: counted.round.settings.year, statistic, break_before });
    }
    Trend { indicator: indicator.id.clone(), breakdown: breakdown.to_owned(), years, matched }
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
