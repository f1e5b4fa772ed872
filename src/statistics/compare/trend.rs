//! How figures changed: England's full panels and the authorities that two rounds share, and an authority's own rounds.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::round::Round;
use crate::standard::{Indicator, Kind};
use crate::statistics::add_up::Tallies;
use crate::statistics::figure::{Area, AreaType, Breakdown, Scope, as_written};
use crate::statistics::protect::{Counted, Edition, shown};

use super::computed::{Judgement, Subject, compare};
use super::statistic::{Outcome, Statistic};
use super::together::{Together, together};
use super::{interval, pooling};

/// One round's figure.
#[derive(Clone, Debug, Serialize)]
pub struct Year {
    /// The reporting year.
    pub year: i32,
    /// The figure of all authorities that submitted, when there was one.
    pub statistic: Option<Statistic>,
    /// Why it cannot be compared with the round before.
    pub break_before: Option<String>,
    /// Who contributes to it, beside who did in the round before.
    pub panel: Panel,
}

impl Year {
    /// Whether it continues the figure of the round before: the same authorities, and no break.
    pub fn continues(&self) -> bool {
        self.panel == Panel::Same && self.break_before.is_none()
    }
}

/// Who contributes to a round's figure, beside who did in the round before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Panel {
    /// Nobody did in the round before, or nobody does.
    First,
    /// The same authorities.
    Same,
    /// Some of them, or others as well.
    Partly,
    /// None of them.
    Other,
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
    /// All people, or a pay band.
    #[serde(serialize_with = "as_written")]
    pub breakdown: Breakdown,
    /// Every round, the earliest first: of England, all authorities that submitted.
    pub years: Vec<Year>,
    /// Every pair of consecutive rounds without a break between them: of England, the authorities in both.
    pub matched: Vec<Matched>,
    /// An authority's rounds together, where there are two or more.
    pub together: Option<Together>,
}

/// The trends of England or of an authority, for each indicator and pay band of the last round given.
pub(in crate::statistics) fn trends(rounds: &[Counted<'_>], area: &Area, edition: Edition) -> Vec<Trend> {
    let Some(newest) = rounds.last() else { return Vec::new() };
    let mut trends = Vec::new();
    for indicator in &newest.round.indicators {
        for breakdown in Breakdown::headline(indicator, &newest.round.settings.pay_bands) {
            trends.push(trend(rounds, indicator, &breakdown, area, edition));
        }
    }
    trends
}

fn trend(rounds: &[Counted<'_>], newest: &Indicator, breakdown: &Breakdown, area: &Area, edition: Edition) -> Trend {
    let figure = |counted: &Counted<'_>, area: &Area, tallies: &Tallies| -> Option<Statistic> {
        let round = counted.round;
        let indicator = round.indicator(&newest.id)?;
        let subject = Subject { area, scope: Scope::All, indicator, breakdown };
        let key = subject.key();
        let shown = shown(&key, edition, tallies.get(&key)?, &round.settings.disclosure, &counted.pattern);
        Some(compare(&subject, &shown, Judgement::new(&round.settings.statistics)))
    };
    // England's pairs are of the authorities in both rounds; an authority is in both itself.
    let paired = |counted: &Counted<'_>, side: usize| match area.kind {
        AreaType::Authority => figure(counted, area, &counted.tallies),
        _ => counted.panels[side].as_ref().and_then(|panel| {
            let area = Area { code: panel.area.code.clone(), ..area.clone() };
            figure(counted, &area, &panel.tallies)
        }),
    };
    let mut years: Vec<Year> = Vec::new();
    let mut matched = Vec::new();
    for (index, counted) in rounds.iter().enumerate() {
        let earlier = index.checked_sub(1).map(|before| &rounds[before]);
        let break_before = earlier.and_then(|earlier| broken(earlier.round, counted.round, newest));
        // What broke while there was no figure parts the figures before and after.
        let gap = years.last().filter(|year| year.statistic.is_none());
        let break_before = break_before.or_else(|| gap.and_then(|year| year.break_before.clone()));
        if let Some(earlier) = earlier.filter(|_| break_before.is_none()) {
            let pair = paired(earlier, 1).zip(paired(counted, 0));
            let critical = Judgement::new(&counted.round.settings.statistics).critical();
            matched.extend(pair.map(|(before, after)| Matched {
                from: earlier.round.settings.year,
                to: counted.round.settings.year,
                change: change(&before, &after, newest.kind, critical),
                before,
                after,
            }));
        }
        let statistic = figure(counted, area, &counted.tallies);
        let panel = panel(earlier, counted, newest, breakdown, area);
        years.push(Year { year: counted.round.settings.year, statistic, break_before, panel });
    }
    let own = area.kind == AreaType::Authority && newest.kind != Kind::Share;
    let judgement = rounds.last().map(|counted| Judgement::new(&counted.round.settings.statistics));
    let together = judgement.filter(|_| own).and_then(|judgement| together(&years, newest.adverse, judgement));
    Trend { indicator: newest.id.clone(), breakdown: breakdown.clone(), years, matched, together }
}

/// Who contributes to the figure, beside who did in the round before.
fn panel(
    earlier: Option<&Counted<'_>>,
    counted: &Counted<'_>,
    indicator: &Indicator,
    breakdown: &Breakdown,
    area: &Area,
) -> Panel {
    let Some(earlier) = earlier else { return Panel::First };
    if area.kind == AreaType::Authority {
        let subject = Subject { area, scope: Scope::All, indicator, breakdown };
        let both = [earlier, counted].iter().all(|counted| counted.tallies.contains_key(&subject.key()));
        return if both { Panel::Same } else { Panel::First };
    }
    let [before, now] = [earlier, counted].map(|counted| -> BTreeSet<&str> {
        let members = counted.contributions.members.iter();
        let of_figure = members.filter(|member| member.indicator == indicator.id && member.breakdown == *breakdown);
        of_figure.map(|member| member.authority.as_str()).collect()
    });
    if before.is_empty() || now.is_empty() {
        Panel::First
    } else if before == now {
        Panel::Same
    } else if before.is_disjoint(&now) {
        Panel::Other
    } else {
        Panel::Partly
    }
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
    // A rate of each group, a gap and a ratio are of the same counts; a share of a pay band is of others.
    let share = |round: &Round| round.indicator(&indicator.id).map(|indicator| indicator.kind == Kind::Share);
    if share(earlier).zip(share(later)).is_some_and(|(before, after)| before != after) {
        return Some("The indicator was counted in another way before.".into());
    }
    let bands_changed = earlier.settings.pay_bands != later.settings.pay_bands;
    (indicator.kind == Kind::Share && bands_changed).then(|| "The pay bands were other ones before.".into())
}
