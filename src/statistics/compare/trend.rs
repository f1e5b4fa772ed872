//! How figures changed: England's full panels and the authorities that two rounds share, and an authority's own rounds.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::authority::changes::Unit;
use crate::round::Round;
use crate::standard::{Indicator, Kind};
use crate::statistics::add_up::Tallies;
use crate::statistics::figure::{Area, AreaType, Breakdown, Scope, as_written};
use crate::statistics::protect::{Counted, Edition, shown};

use super::computed::{Judgement, Subject, compare};
use super::lineage::{Step, lineage};
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
    let own = (area.kind == AreaType::Authority).then(|| lineage(rounds, &area.code));
    let over = Over { rounds, area, edition, own };
    let mut trends = Vec::new();
    for indicator in &newest.round.indicators {
        for breakdown in Breakdown::headline(indicator, &newest.round.settings.pay_bands) {
            trends.push(over.trend(indicator, &breakdown));
        }
    }
    trends
}

/// An area over the rounds.
struct Over<'a> {
    rounds: &'a [Counted<'a>],
    area: &'a Area,
    edition: Edition,
    /// What an authority was in each round.
    own: Option<Vec<Step>>,
}

impl Over<'_> {
    fn trend(&self, newest: &Indicator, breakdown: &Breakdown) -> Trend {
        let Over { rounds, area, .. } = self;
        let mut years: Vec<Year> = Vec::new();
        let mut matched = Vec::new();
        for (place, counted) in rounds.iter().enumerate() {
            let before = place.checked_sub(1);
            let break_before = before.and_then(|before| self.broken(before, place, newest, breakdown));
            // What broke while there was no figure parts the figures before and after.
            let gap = years.last().filter(|year| year.statistic.is_none());
            let break_before = break_before.or_else(|| gap.and_then(|year| year.break_before.clone()));
            let year = counted.round.settings.year;
            if let Some(before) = before.filter(|_| break_before.is_none()) {
                let pair = self.paired(before, 1, newest, breakdown).zip(self.paired(place, 0, newest, breakdown));
                let critical = Judgement::new(&counted.round.settings.statistics).critical();
                matched.extend(pair.map(|(then, now)| Matched {
                    from: rounds[before].round.settings.year,
                    to: year,
                    change: change(&then, &now, newest.kind, critical),
                    before: then,
                    after: now,
                }));
            }
            let statistic = self.figure(place, newest, breakdown);
            let panel = match (before, &self.own) {
                (None, _) => Panel::First,
                (Some(before), Some(steps)) => {
                    let subject = Subject { area, scope: Scope::All, indicator: newest, breakdown };
                    let there = |place: &usize| steps[*place].is_there(&rounds[*place], &subject.key());
                    if [before, place].iter().all(there) { Panel::Same } else { Panel::First }
                }
                (Some(before), None) => panel(&rounds[before], counted, newest, breakdown),
            };
            years.push(Year { year, statistic, break_before, panel });
        }
        let own = area.kind == AreaType::Authority && newest.kind != Kind::Share;
        let judgement = rounds.last().map(|counted| Judgement::new(&counted.round.settings.statistics));
        let together = judgement.filter(|_| own).and_then(|judgement| together(&years, newest.adverse, judgement));
        Trend { indicator: newest.id.clone(), breakdown: breakdown.clone(), years, matched, together }
    }

    /// The area's figure in a round.
    fn figure(&self, place: usize, newest: &Indicator, breakdown: &Breakdown) -> Option<Statistic> {
        let counted = &self.rounds[place];
        let round = counted.round;
        let indicator = round.indicator(&newest.id)?;
        let Some(steps) = &self.own else {
            return self.of_sums(self.area, &counted.tallies, place, indicator, breakdown);
        };
        let step = &steps[place];
        let area = Area { code: step.code(&self.area.code), ..self.area.clone() };
        let subject = Subject { area: &area, scope: Scope::All, indicator, breakdown };
        let shown = step.shown(counted, &subject.key(), self.edition)?;
        Some(compare(&subject, &shown, Judgement::new(&round.settings.statistics)))
    }

    /// England's figure, or a panel's.
    fn of_sums(
        &self,
        area: &Area,
        tallies: &Tallies,
        place: usize,
        indicator: &Indicator,
        breakdown: &Breakdown,
    ) -> Option<Statistic> {
        let counted = &self.rounds[place];
        let subject = Subject { area, scope: Scope::All, indicator, breakdown };
        let (key, settings) = (subject.key(), &counted.round.settings);
        let shown = shown(&key, self.edition, tallies.get(&key)?, &settings.disclosure, &counted.pattern);
        Some(compare(&subject, &shown, Judgement::new(&settings.statistics)))
    }

    /// One of two figures that are compared: England's are of the areas in both rounds; an authority is in both itself.
    fn paired(&self, place: usize, side: usize, newest: &Indicator, breakdown: &Breakdown) -> Option<Statistic> {
        if self.own.is_some() {
            return self.figure(place, newest, breakdown);
        }
        let counted = &self.rounds[place];
        let panel = counted.panels[side].as_ref()?;
        let area = Area { code: panel.area.code.clone(), ..self.area.clone() };
        self.of_sums(&area, &panel.tallies, place, counted.round.indicator(&newest.id)?, breakdown)
    }

    /// Why the later round's figure cannot be compared with the earlier one's.
    fn broken(&self, before: usize, place: usize, newest: &Indicator, breakdown: &Breakdown) -> Option<String> {
        let (earlier, later) = (&self.rounds[before], &self.rounds[place]);
        let of_the_area = || -> Option<String> {
            let steps = self.own.as_ref()?;
            let (then, now) = (&steps[before], &steps[place]);
            let subject = Subject { area: self.area, scope: Scope::All, indicator: newest, breakdown };
            let partial = || now.formed.clone().filter(|_| then.is_partial(earlier, &subject.key()));
            now.broken.clone().or_else(|| Some(format!("{} Not all of them gave this figure.", partial()?)))
        };
        broken(earlier.round, later.round, newest).or_else(of_the_area)
    }
}

/// Who contributes to England's figure, beside who did in the round before: areas that both rounds have whole are the same.
fn panel(earlier: &Counted<'_>, later: &Counted<'_>, indicator: &Indicator, breakdown: &Breakdown) -> Panel {
    let contributors = |counted: &Counted<'_>| -> BTreeSet<String> {
        let members = counted.contributions.members.iter();
        let of_figure = members.filter(|member| member.indicator == indicator.id && member.breakdown == *breakdown);
        of_figure.map(|member| member.authority.clone()).collect()
    };
    let (then, now) = (contributors(earlier), contributors(later));
    let whole = |unit: &Unit| !unit.is_broken() && unit.earlier.is_subset(&then) && unit.later.is_subset(&now);
    let units: Vec<Unit> = now.iter().map(|code| later.since.of_later(code)).collect();
    let same: Vec<&Unit> = units.iter().filter(|unit| whole(unit)).collect();
    let earlier_of_same: BTreeSet<&String> = same.iter().flat_map(|unit| &unit.earlier).collect();
    if then.is_empty() || now.is_empty() {
        Panel::First
    } else if same.is_empty() {
        Panel::Other
    } else if same.len() == now.len() && earlier_of_same.len() == then.len() {
        Panel::Same
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
