//! One figure from the cells of the returns to what is published: exact, for those who answer for it.
//!
//! What leaves here is not protected: it is printed for the report author and goes into no document.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, bail, ensure};
use serde::Serialize;

use crate::authority::Authority;
use crate::configuration::{as_near, nearest};
use crate::round::{Round, Service, UnknownEthnicity};
use crate::standard::{Indicator, Kind, Standard};
use crate::submissions::Returns;
use crate::submissions::entry::{Answer, Entry, Ethnicity, Submission};
use crate::submissions::row;

use super::aggregate::{self, Answers, Tally};
use super::compare::{self, Judgement, Subject};
use super::disclosure::{self, Edition};
use super::pooling::{self, Pooled};
use super::position::{Expected, Spread};
use super::protection::Protection;
use super::statistic::{Area, AreaType, Marker, Scope, Statistic};
use super::trend::{self, Counted, Matched};
use super::{Measuring, PositionCounts, Statistics, belongs};

/// One count that a figure is made of, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputCount {
    /// Whose.
    pub authority_code: String,
    /// The file inside the round's folder.
    pub file: String,
    /// What the submitter sees: `Adults!C14` or `line 14, column count`.
    pub location: String,
    /// `adults`, `childrens` or `combined`.
    pub service: &'static str,
    /// The measure's identifier.
    pub measure: String,
    /// A pay band's identifier, or empty.
    pub breakdown: String,
    /// The ethnic group.
    pub ethnicity: &'static str,
    /// The count; nothing where there is none.
    pub count: Option<u64>,
    /// What stands in the cell: a count, `x`, `z` or nothing.
    pub answer: String,
}

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
    pub exact: Statistic,
    /// The figure as it is published.
    pub published: Statistic,
    /// The ratio pooled over the authorities, of England, a region, a type or a matched panel.
    pub pooled: Option<Pooled>,
    /// Where the authority stands, of an authority's figure of all services.
    pub position: Option<Standing>,
    /// How many authorities lie within and beyond what is expected, of England's figure of all services.
    pub positions: Option<PositionCounts>,
    /// How authorities spread, of England's figure of all services.
    pub spread: Option<Spread>,
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
    /// The area's code: `england`, a region's or type's, an authority's, `matched-<year>-<year>`.
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
    standard: &'a Standard,
    rounds: Vec<(&'a Round, &'a Returns)>,
    counted: Vec<Counted<'a>>,
    answers: Answers,
    statistics: Statistics,
}

/// The figure's own part of the rounds: which of them, and the authorities that are in it.
struct Found<'b, 'a> {
    counted: &'b Counted<'a>,
    returns: &'b Returns,
    area: Area,
    /// Which of its round's panels it is of, if it is of one.
    side: Option<usize>,
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
        let counted = trend::count(rounds.iter().copied(), standard, edition, known)?;
        let statistics = super::statistics(standard, england, &counted, returns, edition)?;
        Ok(Self { standard, rounds, counted, answers: aggregate::answers(round, standard, returns), statistics })
    }

    /// What is published of the round.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Everything behind a figure; an area, indicator or breakdown that is not there is an error that names the nearest.
    pub fn explain(&self, question: Question<'_>) -> Result<Explanation> {
        let found = self.find(question)?;
        let round = found.counted.round;
        let indicator = self.indicator(round, question.indicator)?;
        breakdown(round, indicator, question.breakdown)?;
        let judgement = Judgement::new(&round.settings.statistics);
        let exact = self.exact(&found, indicator, question, judgement);
        let published = self.published(&found, question)?;
        let inputs = inputs(&found, indicator, question);
        let of_england = question.area == "england" && question.scope == Scope::All;
        as_added_up(&exact, &inputs, indicator, question.breakdown)?;
        Ok(Explanation {
            year: round.settings.year,
            kind: trend::kind(indicator, round),
            pooled: pooled(&found, indicator, question, judgement),
            position: self.position(&found, indicator, question),
            positions: self.statistics.position_counts.get(question.indicator).copied().filter(|_| of_england),
            spread: self
                .statistics
                .spreads
                .get(&(question.indicator.to_owned(), question.breakdown.to_owned()))
                .copied()
                .filter(|_| of_england),
            changes: self.changes(&found, question),
            exact,
            published,
            inputs,
        })
    }

    fn find(&self, question: Question<'_>) -> Result<Found<'_, 'a>> {
        let last = self.counted.len() - 1;
        if let Some((from, to)) = matched(question.area) {
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
            let area = Area { kind: AreaType::National, code: question.area.to_owned(), name: "England".to_owned() };
            return Ok(Found { counted: &self.counted[place], returns: self.rounds[place].1, area, side: Some(side) });
        }
        let areas = self.areas();
        let Some(area) = areas.iter().find(|area| area.code == question.area) else {
            let near = as_near(question.area, areas.iter().map(|area| area.code.as_str()));
            let near = near.first().filter(|_| near.len() == 1).copied();
            let help = near.map_or(String::new(), |near| format!("; the nearest is `{near}`"));
            bail!("{} has no area `{}`{help}", question.year, question.area);
        };
        Ok(Found { counted: &self.counted[last], returns: self.rounds[last].1, area: area.clone(), side: None })
    }

    /// The cells of a measure that is not counted by pay band: of an authority, or of all as `england`.
    pub fn cells(&self, area: &str, measure: &str) -> Vec<InputCount> {
        let Some((_, returns)) = self.rounds.last() else { return Vec::new() };
        let codes = returns.accepted.iter().filter(|code| area == "england" || *code == area);
        let submissions = codes.filter_map(|code| returns.accepted(code));
        submissions
            .flat_map(|submission| {
                let entries = submission.entries.iter().filter(|entry| entry.measure == measure);
                entries.map(|entry| input(submission, entry))
            })
            .collect()
    }

    /// England, regions, types, and the authorities whose returns are in.
    pub fn areas(&self) -> Vec<Area> {
        let authority = |one: &super::AuthorityStatistics| Area {
            kind: AreaType::Authority,
            code: one.authority.code.clone(),
            name: one.authority.name.clone(),
        };
        let places = super::places(&self.statistics.coverage).into_iter();
        places.chain(self.statistics.authorities.iter().map(authority)).collect()
    }

    fn indicator(&self, round: &Round, id: &str) -> Result<&'a Indicator> {
        let known = &round.settings.indicators;
        let found = known.iter().find(|known| *known == id).and_then(|id| self.standard.indicator(id));
        found.ok_or_else(|| {
            let nearest = nearest(id, known.iter().map(String::as_str)).unwrap_or("none");
            anyhow!("{} has no indicator `{id}`; the nearest is `{nearest}`", round.settings.year)
        })
    }

    fn exact(
        &self,
        found: &Found<'_, '_>,
        indicator: &Indicator,
        question: Question<'_>,
        judgement: Judgement,
    ) -> Statistic {
        let round = found.counted.round;
        let figure = |breakdown: &str| {
            let subject = Subject {
                area: &found.area,
                scope: question.scope,
                indicator: &indicator.id,
                breakdown,
                kind: trend::kind(indicator, round),
                adverse: indicator.adverse,
            };
            match found.tally(question, breakdown) {
                Some(tally) => compare::compare(&subject, &disclosure::exact(tally), judgement),
                None => {
                    let authority = found.area.kind == AreaType::Authority;
                    let absent = || super::absent(&self.answers, &found.area.code, question.scope, indicator);
                    compare::missing(&subject, if authority { absent() } else { Marker::X })
                }
            }
        };
        let mut figures: Vec<Statistic> = match indicator.kind {
            Kind::Share => trend::breakdowns(indicator, round).iter().map(|band| figure(band)).collect(),
            _ => vec![figure(question.breakdown)],
        };
        if indicator.kind == Kind::Share {
            compare::share_differences(&mut figures);
        }
        let place = figures.iter().position(|figure| figure.breakdown == question.breakdown).unwrap_or_default();
        figures.swap_remove(place)
    }

    fn published(&self, found: &Found<'_, '_>, question: Question<'_>) -> Result<Statistic> {
        let Question { year, area, scope, indicator, breakdown } = question;
        let table = match found.area.kind {
            _ if found.side.is_some() => {
                let pairs = self.changes(found, question);
                let figure =
                    pairs.into_iter().next().map(|pair| if pair.from == year { pair.before } else { pair.after });
                return figure.ok_or_else(|| anyhow!("no figure of {area} is published for indicator {indicator}"));
            }
            AreaType::Authority => self.own(area).map(|authority| &authority.figures),
            _ => Some(&self.statistics.national),
        };
        table
            .and_then(|table| table.get(area, scope, indicator, breakdown))
            .cloned()
            .ok_or_else(|| anyhow!("no figure of {area} is published for indicator {indicator} {breakdown}"))
    }

    fn own(&self, code: &str) -> Option<&super::AuthorityStatistics> {
        self.statistics.authorities.iter().find(|one| one.authority.code == code)
    }

    /// The published changes of the area's figure of all services.
    fn changes(&self, found: &Found<'_, '_>, question: Question<'_>) -> Vec<Matched> {
        let trends = match found.area.kind {
            AreaType::National => Some(&self.statistics.trends),
            AreaType::Authority => self.own(question.area).map(|authority| &authority.trends),
            _ => None,
        };
        let same =
            |trend: &&trend::Trend| trend.indicator == question.indicator && trend.breakdown == question.breakdown;
        let pairs = trends.into_iter().flatten().filter(same).flat_map(|trend| &trend.matched);
        let of_panel = |pair: &&Matched| found.side.is_none() || pair.after.area.code == question.area;
        let pairs = pairs.filter(|_| question.scope == Scope::All).filter(of_panel);
        pairs.cloned().collect()
    }

    fn position(&self, found: &Found<'_, '_>, indicator: &Indicator, question: Question<'_>) -> Option<Standing> {
        let of_all = question.scope == Scope::All && question.breakdown.is_empty();
        if found.area.kind != AreaType::Authority || !of_all || indicator.kind == Kind::Share {
            return None;
        }
        let Counted { round, tallies, pattern, .. } = found.counted;
        let judgement = Judgement::new(&round.settings.statistics);
        let measuring = Measuring { standard: self.standard, round, tallies, pattern, judgement };
        let (codes, placed) = measuring.placements(found.returns, indicator)?;
        let place = codes.iter().position(|code| *code == question.area)?;
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

/// The two years of a matched panel's code.
fn matched(area: &str) -> Option<(i32, i32)> {
    let (from, to) = area.strip_prefix("matched-")?.split_once('-')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// The later year that an area's figures come from: of a matched panel, its second.
pub fn year_of(year: i32, area: &str) -> i32 {
    matched(area).map_or(year, |(_, to)| to)
}

/// Makes sure that the indicator has the breakdown.
fn breakdown(round: &Round, indicator: &Indicator, asked: &str) -> Result<()> {
    let mut known = trend::breakdowns(indicator, round);
    if indicator.kind != Kind::Share {
        known.extend(super::ETHNIC_GROUPS.map(|(breakdown, _)| breakdown.to_owned()));
    }
    let named: Vec<&str> = known.iter().map(String::as_str).filter(|known| !known.is_empty()).collect();
    let problem = if asked.is_empty() { "needs a breakdown" } else { "has no such breakdown" };
    ensure!(
        known.iter().any(|known| known == asked),
        "indicator {} {problem}: one of {}",
        indicator.id,
        named.join(", ")
    );
    Ok(())
}

impl Found<'_, '_> {
    fn tally(&self, question: Question<'_>, breakdown: &str) -> Option<&Tally> {
        let tallies = match self.side {
            Some(side) => &self.counted.panels[side].as_ref()?.tallies,
            None => &self.counted.tallies,
        };
        let Area { kind, code, .. } = &self.area;
        tallies.get(&(*kind, code.clone(), question.scope, question.indicator.to_owned(), breakdown.to_owned()))
    }

    /// The services of authorities that contribute to the figure, as authority and service.
    fn contributors(&self, question: Question<'_>) -> BTreeSet<(&str, &str)> {
        let panel = self.side.and_then(|side| self.counted.panels[side].as_ref());
        let in_panel = |code: &String, indicator: &String, breakdown: &String| {
            panel.is_none_or(|panel| panel.members.contains(&[indicator.clone(), breakdown.clone(), code.clone()]))
        };
        let in_area = |code: &str| self.counted.round.authority(code).is_some_and(|one| belongs(one, &self.area));
        let in_scope = |service: &str| question.scope == Scope::All || question.scope.id() == service;
        let members = self.counted.contributions.members.iter();
        members
            .filter(|[_, _, indicator, breakdown]| indicator == question.indicator && breakdown == question.breakdown)
            .filter(|[code, service, indicator, breakdown]| {
                in_scope(service) && in_area(code) && in_panel(code, indicator, breakdown)
            })
            .map(|[code, service, _, _]| (code.as_str(), service.as_str()))
            .collect()
    }
}

/// The cells that the figure is added up from; of an authority without the figure, the cells where it would stand.
fn inputs(found: &Found<'_, '_>, indicator: &Indicator, question: Question<'_>) -> Vec<InputCount> {
    let contributors = found.contributors(question);
    let asked: BTreeSet<(&str, &str)> = match found.area.kind {
        AreaType::Authority if contributors.is_empty() => {
            let services = if question.scope == Scope::All {
                &["adults", "childrens", "combined"][..]
            } else {
                &[question.scope.id()]
            };
            services.iter().map(|service| (&*found.area.code, *service)).collect()
        }
        _ => contributors,
    };
    let include = found.counted.round.settings.unknown_ethnicity == UnknownEthnicity::Include;
    let mut inputs = Vec::new();
    for (code, service) in asked {
        let Some(submission) = found.returns.accepted(code) else { continue };
        let measures = match indicator.kind {
            Kind::Share => vec![(&indicator.numerator, question.breakdown)],
            _ => vec![(&indicator.numerator, ""), (&indicator.denominator, "")],
        };
        for (measure, band) in measures {
            let Some(service) = Service::from_id(service) else { continue };
            for service in row::services_of(submission, measure, service) {
                let entries: Vec<&Entry> = submission
                    .entries
                    .iter()
                    .filter(|entry| entry.service == service && entry.measure == *measure && entry.breakdown == band)
                    .collect();
                let given = |group: Ethnicity| {
                    entries.iter().any(|entry| entry.ethnicity == group && matches!(entry.answer, Answer::Count(_)))
                };
                let mut groups: Vec<Ethnicity> = match question.breakdown.strip_prefix("ethnicity:") {
                    Some(group) => Ethnicity::from_id(group).into_iter().collect(),
                    None if given(Ethnicity::Minoritised) => vec![Ethnicity::Minoritised],
                    None => Ethnicity::MINORITISED.to_vec(),
                };
                groups.push(Ethnicity::White);
                if indicator.kind == Kind::Share && include {
                    groups.push(Ethnicity::Unknown);
                }
                let wanted = entries.into_iter().filter(|entry| groups.contains(&entry.ethnicity));
                inputs.extend(wanted.map(|entry| input(submission, entry)));
            }
        }
    }
    inputs
}

fn input(submission: &Submission, entry: &Entry) -> InputCount {
    InputCount {
        authority_code: submission.authority_code.clone(),
        file: format!("submissions/{}", submission.file),
        location: entry.location.clone(),
        service: entry.service.id(),
        measure: entry.measure.clone(),
        breakdown: entry.breakdown.clone(),
        ethnicity: entry.ethnicity.id(),
        count: entry.count(),
        answer: entry.answer.written(),
    }
}

/// Makes sure that the cells shown add up to the counts shown.
fn as_added_up(exact: &Statistic, inputs: &[InputCount], indicator: &Indicator, breakdown: &str) -> Result<()> {
    if exact.authorities == 0 {
        return Ok(());
    }
    let sum = |measure: &str, test: &dyn Fn(&str) -> bool| -> u64 {
        let cells = inputs.iter().filter(|input| input.measure == measure && test(input.ethnicity));
        cells.filter_map(|input| input.count).sum()
    };
    let white = |group: &str| group == "white";
    let minoritised = |group: &str| group != "white" && group != "unknown";
    let share = indicator.kind == Kind::Share;
    let denominator = |group: &dyn Fn(&str) -> bool| match share {
        true => sum(&indicator.numerator, &|_| true),
        false => sum(&indicator.denominator, group),
    };
    let cells = [
        sum(&indicator.numerator, &minoritised),
        denominator(&minoritised),
        sum(&indicator.numerator, &white),
        denominator(&white),
    ];
    let counts =
        [exact.minoritised.numerator, exact.minoritised.denominator, exact.white.numerator, exact.white.denominator];
    ensure!(
        counts == cells.map(Some),
        "the cells of indicator {} {breakdown} add up to {cells:?} and the figure is of {counts:?}: please report this",
        indicator.id
    );
    Ok(())
}

/// The ratio pooled over the authorities of an area that contribute.
fn pooled(
    found: &Found<'_, '_>,
    indicator: &Indicator,
    question: Question<'_>,
    judgement: Judgement,
) -> Option<Pooled> {
    if found.area.kind == AreaType::Authority || indicator.kind == Kind::Share {
        return None;
    }
    let codes: BTreeSet<&str> = found.contributors(question).into_iter().map(|(code, _)| code).collect();
    let tally = |code: &str| {
        let (indicator, breakdown) = (question.indicator.to_owned(), question.breakdown.to_owned());
        found.counted.tallies.get(&(AreaType::Authority, code.to_owned(), question.scope, indicator, breakdown))
    };
    let strata: Vec<_> = codes.into_iter().filter_map(|code| Some(tally(code)?.counts)).collect();
    pooling::pool(&strata, judgement.critical())
}
