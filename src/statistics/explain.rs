//! One figure from the cells of the returns to what is published: exact, for those who answer for it.
//!
//! What leaves here is not protected: it is printed for the report author and goes into no document.

mod cells;
mod formed;

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Serialize;

use crate::authority::Authority;
use crate::configuration::{as_near, nearest};
use crate::round::{Round, Service};
use crate::standard::{Indicator, Kind, Standard};
use crate::submissions::Returns;

use super::add_up::{self, Answers, Tally};
use super::compare::{
    self, Clustered, Exact, Expected, Judgement, Marker, Matched, Measuring, Outcome, Pooled, PositionCounts, Spread,
    Statistic, Step, Subject, Together, Trend,
};
use super::figure::{Area, AreaKey, AreaType, Breakdown, Counts, ENGLAND, FigureKey, Scope, matched_years};
use super::measure::{AuthorityStatistics, Statistics, published};
use super::protect::{self, Counted, Edition, Protection};

pub use cells::InputCount;
use cells::{as_added_up, input, inputs};

/// Where an authority stands, as it was computed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The distance from England's ratio in standard errors of the log ratio.
    pub z: f64,
    /// The same, with the usual differences between authorities allowed for.
    pub z_adjusted: f64,
    /// Against England.
    pub expected: Expected,
    /// 1 holds the lowest ratios, 4 the highest.
    pub quartile: usize,
    /// The ranks that its interval allows, counted from the lowest ratio.
    pub rank: (usize, usize),
    /// How many authorities have a position.
    pub of: usize,
}

/// Everything behind one figure.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The round that the figure is of.
    pub year: i32,
    /// The kind in which the round reports the indicator.
    pub kind: Kind,
    /// The figure from exact counts.
    pub exact: Exact,
    /// The figure as it is published.
    pub published: Statistic,
    /// The ratio pooled over the authorities, of England, a region, a type, a group or a matched panel.
    pub pooled: Option<Pooled>,
    /// The interval that allows for how authorities differ, of England, a region, a type or a group.
    pub clustered: Option<Clustered>,
    /// Where the authority stands, of an authority's figure of all services.
    pub position: Option<Standing>,
    /// How many authorities lie within and beyond what is expected, of England's figure of all services.
    pub positions: Option<PositionCounts>,
    /// How authorities spread, of England's figure of all services.
    pub spread: Option<Spread>,
    /// An authority's rounds together, as published, of its figure of all services.
    pub together: Option<Together>,
    /// Its changes between rounds, as published.
    pub changes: Vec<Matched>,
    /// The counts that it is made of.
    pub inputs: Vec<InputCount>,
}

/// The figure that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The round's year; of a matched panel, one of its two.
    pub year: i32,
    /// The area's code: `england`, a region's, type's or group's, an authority's, `matched-<year>-<year>`.
    pub area: &'a str,
    /// The services.
    pub scope: Scope,
    /// The indicator's identifier.
    pub indicator: &'a str,
    /// Empty, a pay band's identifier, or `ethnicity:<group>`.
    pub breakdown: &'a str,
}

/// Explains the figures of a round, which is measured once.
pub struct Explainer<'a> {
    rounds: Vec<(&'a Round, &'a Returns)>,
    counted: Vec<Counted<'a>>,
    answers: Answers,
    statistics: Statistics,
}

/// Which figure is asked for, and its own part of the rounds: which of them, and the authorities that are in it.
struct Found<'b, 'a> {
    counted: &'b Counted<'a>,
    returns: &'b Returns,
    year: i32,
    area: Area,
    indicator: &'a Indicator,
    key: FigureKey,
    /// Which of its round's panels it is of, if it is of one.
    side: Option<usize>,
    /// The returns that are one authority since, where it was several then.
    formed: Option<Step>,
}

impl<'a> Explainer<'a> {
    /// Measures the round, with those before it.
    pub fn new(
        standard: &'a Standard,
        england: &[Authority],
        earlier: &'a [(Round, Returns)],
        round: &'a Round,
        returns: &'a Returns,
        edition: Edition,
        known: &Protection,
    ) -> Result<Self> {
        let rounds: Vec<_> =
            earlier.iter().map(|(round, returns)| (round, returns)).chain([(round, returns)]).collect();
        let counted = protect::count(rounds.iter().copied(), standard, edition, known)?;
        let statistics = published(standard, england, &counted, returns, edition)?;
        Ok(Self { rounds, counted, answers: add_up::answers(round, standard, returns), statistics })
    }

    /// What is published of the round.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Everything behind a figure; an area, indicator or breakdown that is not there is an error that names the nearest.
    pub fn explain(&self, question: Question<'_>) -> Result<Explanation> {
        let found = self.find(question)?;
        let round = found.counted.round;
        let judgement = Judgement::new(&round.settings.statistics);
        let mut exact = self.exact(&found, judgement)?;
        let published = self.published(&found)?;
        // What is possible only among many comparisons is so of the exact figure too.
        if published.doubts.any() {
            exact.result = exact.result.map(Outcome::possible);
        }
        let inputs = inputs(&found);
        let FigureKey { area, scope, indicator, breakdown } = &found.key;
        let of_england = *area == AreaKey::england() && *scope == Scope::All;
        as_added_up(&exact, &inputs, &found)?;
        Ok(Explanation {
            year: round.settings.year,
            kind: found.indicator.kind,
            pooled: compare::pool(&strata(&found), judgement.critical()),
            clustered: exact
                .ratio
                .and_then(|ratio| compare::clustered(ratio.value, &strata(&found), judgement.confidence())),
            position: self.position(&found),
            positions: self.statistics.position_counts.get(indicator).copied().filter(|_| of_england),
            spread: self
                .statistics
                .spreads
                .get(&(indicator.clone(), breakdown.clone()))
                .copied()
                .filter(|_| of_england),
            together: self.together(&found),
            changes: self.changes(&found),
            exact,
            published,
            inputs,
        })
    }

    fn find(&self, question: Question<'_>) -> Result<Found<'_, 'a>> {
        let (area, place, side, formed) = self.place(question)?;
        let (counted, returns) = (&self.counted[place], self.rounds[place].1);
        let round = counted.round;
        let indicator = indicator(round, question.indicator)?;
        let breakdown = breakdown(round, indicator, question.breakdown)?;
        let (scope, year) = (question.scope, question.year);
        let key = FigureKey { area: area.key(), scope, indicator: indicator.id.clone(), breakdown };
        Ok(Found { counted, returns, year, area, indicator, key, side, formed })
    }

    /// The area that is asked for, the place of its round, which of its panels it is, if it is one, and what it was formed from.
    fn place(&self, question: Question<'_>) -> Result<(Area, usize, Option<usize>, Option<Step>)> {
        if let Some((from, to)) = matched_years(question.area) {
            let at = |year: i32| self.counted.iter().position(|one| one.round.settings.year == year);
            let (Some(earlier), Some(later)) = (at(from), at(to)) else {
                bail!("there is no round {from} or no round {to}");
            };
            ensure!(earlier + 1 == later, "{from} and {to} are not two rounds that follow each other");
            let (place, side) = match question.year {
                year if year == from => (earlier, 1),
                year if year == to => (later, 0),
                year => bail!("{} has no figure of {year}", question.area),
            };
            return Ok((Area::new(AreaKey::matched(from, to), "England"), place, Some(side), None));
        }
        let (areas, last) = (self.areas(), self.counted.len() - 1);
        let Some(area) = areas.iter().find(|area| area.code == question.area) else {
            if let Some((area, formed)) = self.formed(question.area) {
                return Ok((area, last, None, formed));
            }
            let near = as_near(question.area, areas.iter().map(|area| area.code.as_str()));
            let near = near.first().filter(|_| near.len() == 1).copied();
            let help = near.map_or(String::new(), |near| format!("; the nearest is `{near}`"));
            bail!("{} has no area `{}`{help}", question.year, question.area);
        };
        Ok((area.clone(), last, None, None))
    }

    /// The cells of a measure that is not counted by pay band: of an authority, or of all as `england`.
    pub fn cells(&self, area: &str, measure: &str) -> Vec<InputCount> {
        let Some((_, returns)) = self.rounds.last() else { return Vec::new() };
        let codes = returns.accepted.iter().filter(|code| area == ENGLAND || *code == area);
        let submissions = codes.filter_map(|code| returns.accepted(code));
        submissions
            .flat_map(|submission| {
                let entries = submission.entries.iter().filter(|entry| entry.measure == measure);
                entries.map(|entry| input(submission, entry))
            })
            .collect()
    }

    /// England, regions, types, groups, and the authorities whose returns are in.
    pub fn areas(&self) -> Vec<Area> {
        let authority =
            |one: &AuthorityStatistics| Area::new(AreaKey::authority(&one.authority.code), &one.authority.name);
        let places = compare::places(&self.statistics.coverage).into_iter();
        places.chain(self.statistics.authorities.iter().map(authority)).collect()
    }

    fn exact(&self, found: &Found<'_, '_>, judgement: Judgement) -> Result<Exact> {
        let Found { area, indicator, key, .. } = found;
        // Beside a pay band stand the others: its difference is from all of them.
        let breakdowns = match key.breakdown.is_pay_band() {
            true => Breakdown::headline(indicator, &found.counted.round.settings.pay_bands),
            false => vec![key.breakdown.clone()],
        };
        let subject = |breakdown| Subject { area, scope: key.scope, indicator, breakdown };
        let subjects: Vec<Subject<'_>> = breakdowns.iter().map(subject).collect();
        let absent = match area.kind {
            AreaType::Authority => compare::absent(&self.answers, &area.code, key.scope, indicator),
            AreaType::National | AreaType::Region | AreaType::Type | AreaType::Group => Marker::X,
        };
        let tally = |subject: &Subject<'_>| found.tally(&subject.key()).ok_or(absent);
        let figures = Exact::of(&subjects, tally, judgement).into_iter();
        let mut wanted = figures.filter(|figure| figure.breakdown == key.breakdown);
        wanted.next().ok_or_else(|| anyhow!("indicator {} has no {}", indicator.id, key.breakdown))
    }

    fn published(&self, found: &Found<'_, '_>) -> Result<Statistic> {
        let FigureKey { area, scope, indicator, breakdown } = &found.key;
        let area = &area.code;
        let table = match found.area.kind {
            _ if found.side.is_some() => {
                let pairs = self.changes(found);
                let figure =
                    pairs.into_iter().next().map(|pair| if pair.from == found.year { pair.before } else { pair.after });
                return figure.ok_or_else(|| anyhow!("no figure of {area} is published for indicator {indicator}"));
            }
            AreaType::Authority if found.formed.is_some() => {
                let figure = found.formed.as_ref().and_then(|step| found.published(step, self));
                return figure.ok_or_else(|| anyhow!("no figure of {area} is published for indicator {indicator}"));
            }
            AreaType::Authority => self.own(area).map(|authority| &authority.figures),
            _ => Some(&self.statistics.national),
        };
        table
            .and_then(|table| table.get(area, *scope, indicator, breakdown))
            .cloned()
            .ok_or_else(|| anyhow!("no figure of {area} is published for indicator {indicator} {breakdown}"))
    }

    fn own(&self, code: &str) -> Option<&AuthorityStatistics> {
        self.statistics.authorities.iter().find(|one| one.authority.code == code)
    }

    /// The published changes of the area's figure of all services.
    fn changes(&self, found: &Found<'_, '_>) -> Vec<Matched> {
        let FigureKey { area, scope, indicator, breakdown } = &found.key;
        let trends = match found.area.kind {
            AreaType::National => Some(&self.statistics.trends),
            AreaType::Authority => self.own(&area.code).map(|authority| &authority.trends),
            _ => None,
        };
        let same = |trend: &&Trend| trend.indicator == *indicator && trend.breakdown == *breakdown;
        let pairs = trends.into_iter().flatten().filter(same).flat_map(|trend| &trend.matched);
        let of_panel = |pair: &&Matched| found.side.is_none() || pair.after.area.code == area.code;
        let pairs = pairs.filter(|_| *scope == Scope::All).filter(of_panel);
        pairs.cloned().collect()
    }

    /// The authority's rounds together, where the figure is of all services.
    fn together(&self, found: &Found<'_, '_>) -> Option<Together> {
        let FigureKey { area, scope, indicator, breakdown } = &found.key;
        let own = self.own(&area.code).filter(|_| *scope == Scope::All && area.kind == AreaType::Authority)?;
        let trend = own.trends.iter().find(|trend| trend.indicator == *indicator && trend.breakdown == *breakdown)?;
        trend.together.clone()
    }

    fn position(&self, found: &Found<'_, '_>) -> Option<Standing> {
        let Found { key, indicator, .. } = found;
        let of_all = key.scope == Scope::All && key.breakdown.is_whole();
        if key.area.kind != AreaType::Authority || !of_all || indicator.kind == Kind::Share {
            return None;
        }
        let Counted { round, tallies, pattern, .. } = found.counted;
        let judgement = Judgement::new(&round.settings.statistics);
        let measuring = Measuring { round, tallies, pattern, judgement };
        let (codes, placed) = measuring.placements(found.returns, indicator)?;
        let place = codes.iter().position(|code| *code == key.area.code)?;
        let placement = placed.placements[place]?;
        let position = placement.position;
        Some(Standing {
            z: placement.z,
            z_adjusted: placement.z_adjusted,
            expected: position.expected,
            quartile: position.quartile,
            rank: position.rank,
            of: position.of,
        })
    }
}

/// The later year that an area's figures come from: of a matched panel, its second.
pub fn year_of(year: i32, area: &str) -> i32 {
    matched_years(area).map_or(year, |(_, to)| to)
}

/// The indicator of the round that is asked for.
fn indicator<'a>(round: &'a Round, id: &str) -> Result<&'a Indicator> {
    round.indicator(id).ok_or_else(|| {
        let known = round.indicators.iter().map(|indicator| indicator.id.as_str());
        let nearest = nearest(id, known).unwrap_or("none");
        anyhow!("{} has no indicator `{id}`; the nearest is `{nearest}`", round.settings.year)
    })
}

/// The breakdown of the indicator that is asked for.
fn breakdown(round: &Round, indicator: &Indicator, asked: &str) -> Result<Breakdown> {
    let known = Breakdown::every(indicator, &round.settings.pay_bands);
    let found = Breakdown::parse(asked, &round.settings.pay_bands).ok().filter(|found| known.contains(found));
    found.with_context(|| {
        let named: Vec<String> = known.iter().map(Breakdown::to_string).filter(|known| !known.is_empty()).collect();
        let problem = if asked.is_empty() { "needs a breakdown" } else { "has no such breakdown" };
        format!("indicator {} {problem}: one of {}", indicator.id, named.join(", "))
    })
}

impl Found<'_, '_> {
    fn tally(&self, key: &FigureKey) -> Option<Tally> {
        if let Some(step) = &self.formed {
            return step.tally(self.counted, key);
        }
        let tallies = match self.side {
            Some(side) => &self.counted.panels[side].as_ref()?.tallies,
            None => &self.counted.tallies,
        };
        tallies.get(key).copied()
    }

    /// The services of authorities that contribute to the figure, as authority and service.
    fn contributors(&self) -> BTreeSet<(&str, Service)> {
        let FigureKey { scope, indicator, breakdown, .. } = &self.key;
        let panel = self.side.and_then(|side| self.counted.panels[side].as_ref());
        let in_panel = |code: &String| {
            panel.is_none_or(|panel| panel.members.contains(&(indicator.clone(), breakdown.clone(), code.clone())))
        };
        let in_area = |code: &str| match &self.formed {
            Some(step) => step.codes.contains(code),
            None => self.counted.round.authority(code).is_some_and(|one| compare::belongs(one, &self.area)),
        };
        let in_scope = |service: Service| Scope::of(service).contains(scope);
        let members = self.counted.contributions.members.iter();
        members
            .filter(|member| member.indicator == *indicator && member.breakdown == *breakdown)
            .filter(|member| in_scope(member.service) && in_area(&member.authority) && in_panel(&member.authority))
            .map(|member| (member.authority.as_str(), member.service))
            .collect()
    }
}

/// The counts of the authorities of an area that contribute, which are pooled and are the clusters of its interval; none of a share.
fn strata(found: &Found<'_, '_>) -> Vec<Counts<u64>> {
    if found.area.kind == AreaType::Authority || found.indicator.kind == Kind::Share {
        return Vec::new();
    }
    let codes: BTreeSet<&str> = found.contributors().into_iter().map(|(code, _)| code).collect();
    let tally = |code: &str| found.counted.tallies.get(&found.key.in_area(AreaKey::authority(code)));
    codes.into_iter().filter_map(|code| Some(tally(code)?.counts)).collect()
}
