//! The section of one indicator of a pack: its figures beside others', its chart and its sentences.

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::authority::slug;
use crate::charts::{self, Scale, SpreadChart};
use crate::reports::drawings::{self, ChartView, Drawings, Seen};
use crate::reports::figures::Printed;
use crate::reports::material::Material;
use crate::reports::views::{self, FigureView, IndicatorView, PositionView, SpreadView, TrendView};
use crate::reports::words;
use crate::standard::{Indicator, Kind};
use crate::statistics::{
    self, AuthorityStatistics, Breakdown, ENGLAND, Marker, Outcome, Scope, Spread, Statistic, Trend,
};

use super::{standing_of, unplaced};

/// An area that the authority is compared with.
#[derive(Serialize)]
struct Comparator {
    area: String,
    /// One figure, or one for each pay band.
    figures: Vec<FigureView>,
    /// Whether a comparison within authorities leads to another conclusion.
    doubtful: bool,
}

/// The ratios nearest to this round's, below and above, at which a change to the next round would be seen.
#[derive(Serialize)]
struct NextRound {
    below: Printed,
    above: Printed,
}

/// The section of one indicator.
#[derive(Serialize)]
pub(super) struct Section {
    indicator: IndicatorView,
    /// The authority's own figure for all services, or one for each pay band.
    own: Vec<FigureView>,
    /// Its services, where it gives both.
    services: Vec<FigureView>,
    /// Its ethnic groups, where it gives any.
    groups: Vec<FigureView>,
    /// England, its region, its type and its group, if it is in one.
    comparators: Vec<Comparator>,
    position: Option<PositionView>,
    /// Why there is no position: `england`, `few` or `others`.
    unplaced: &'static str,
    spread: Option<SpreadView>,
    /// Its own rounds.
    trends: Vec<TrendView>,
    chart: Option<ChartView>,
    /// How far the evidence reaches from no difference at all: what a summary tells first has most.
    strength: f64,
    /// The nearest ratios of the next round that would show a change.
    next: Option<NextRound>,
    /// The sentences of `pack/indicator.txt`.
    words: serde_json::Value,
}

/// How far the nearer end of the interval lies from no difference: 0 where the interval includes it or is not known.
fn strength(statistic: &Statistic) -> f64 {
    let beyond = |lower: f64, upper: f64, none: f64| if lower > none { lower } else { upper.min(none) };
    match (statistic.ratio, statistic.difference) {
        (Some(ratio), _) => beyond(ratio.lower, ratio.upper, 1.0).ln().abs(),
        (None, Some(difference)) => {
            difference.lower.zip(difference.upper).map_or(0.0, |(lower, upper)| beyond(lower, upper, 0.0).abs())
        }
        (None, None) => 0.0,
    }
}

/// One of the authority's own figures.
pub(super) fn own<'a>(
    material: Material<'a>,
    authority: &'a AuthorityStatistics,
    scope: Scope,
    indicator: &str,
    breakdown: &Breakdown,
) -> Option<Seen<'a>> {
    let statistic = authority.figures.get(&authority.authority.code, scope, indicator, breakdown)?;
    Some(Seen::new(statistic, material.round))
}

/// The section of an indicator, with its chart and its sentences.
pub(super) fn section(
    material: Material<'_>,
    authority: &AuthorityStatistics,
    indicator: &Indicator,
    drawings: &mut Drawings<'_>,
    common: &Value,
) -> Result<Section> {
    let breakdowns = material.breakdowns(indicator);
    let figure = |scope, breakdown: &Breakdown| own(material, authority, scope, &indicator.id, breakdown);
    let headline: Vec<Seen<'_>> = breakdowns.iter().filter_map(|breakdown| figure(Scope::All, breakdown)).collect();
    // With one service, that service's figures are those of all services.
    let participants = &material.statistics.coverage.participants;
    let participant = participants.iter().find(|one| one.authority.code == authority.authority.code);
    let split = participant.is_some_and(|one| one.services.len() > 1);
    let services = Scope::ALL.into_iter().filter(|scope| split && *scope != Scope::All);
    let of_services = |scope| breakdowns.iter().filter_map(move |breakdown| figure(scope, breakdown));
    let groups: Vec<Seen<'_>> = Breakdown::ETHNIC_GROUPS.iter().filter_map(|group| figure(Scope::All, group)).collect();
    // Where none is given, four rows would say so four times.
    let given = groups.iter().any(|seen| seen.statistic.marker != Some(Marker::X));
    let comparators = comparators(material, authority, indicator, &breakdowns);
    let key = (indicator.id.clone(), breakdowns.last().cloned().unwrap_or_default());
    let spread = material.statistics.spreads.get(&key);
    let mut section = Section {
        indicator: views::indicator(indicator, material.round, material.standard),
        own: headline.iter().map(|seen| seen.view.clone()).collect(),
        services: services.flat_map(of_services).map(|seen| seen.view).collect(),
        groups: groups.into_iter().filter(|_| given).map(|seen| seen.view).collect(),
        comparators: comparators
            .iter()
            .filter_map(|figures| {
                let FigureView { area, area_code, .. } = &figures.first()?.view;
                let doubtful = material.doubtful(area_code, indicator);
                let area = area.clone();
                Some(Comparator { area, figures: figures.iter().map(|seen| seen.view.clone()).collect(), doubtful })
            })
            .collect(),
        position: standing_of(material, authority, indicator).map(|standing| standing.view),
        unplaced: unplaced(material, authority, indicator),
        spread: spread.map(|spread| material.spread(indicator, &key.1, spread)),
        trends: trends(material, authority, indicator),
        chart: None,
        strength: headline.first().map_or(0.0, |seen| strength(seen.statistic)),
        next: headline.first().and_then(|seen| next_round(seen, material)),
        words: serde_json::Value::Null,
    };
    let context = context! {
        area => &*authority.authority.name,
        section => Value::from(Serde(&section)),
        ..common.clone()
    };
    section.words = drawings.words("pack/indicator.txt", &context)?;
    section.chart = chart(authority, indicator, drawings, context, (&headline, &comparators), spread)?;
    Ok(section)
}

/// The figures of England, the region, the type and the group; of each, one for every pay band.
fn comparators<'a>(
    material: Material<'a>,
    authority: &AuthorityStatistics,
    indicator: &Indicator,
    breakdowns: &[Breakdown],
) -> Vec<Vec<Seen<'a>>> {
    let own = &authority.authority;
    let places = [ENGLAND.to_owned(), slug(&own.region), slug(&own.kind)].into_iter().chain(own.group_code());
    let of = |place: String| {
        let figure = |breakdown| material.figure(&place, Scope::All, &indicator.id, breakdown);
        breakdowns.iter().filter_map(figure).collect()
    };
    places.map(of).collect()
}

/// The chart of pay, or of an indicator with a result that can be named; another would tell nothing that its sentence does not.
fn chart(
    authority: &AuthorityStatistics,
    indicator: &Indicator,
    drawings: &mut Drawings<'_>,
    context: Value,
    (headline, comparators): (&[Seen<'_>], &[Vec<Seen<'_>>]),
    spread: Option<&Spread>,
) -> Result<Option<ChartView>> {
    let id = &indicator.id;
    let name = &*authority.authority.name;
    let named =
        |seen: &Seen<'_>| !matches!(seen.statistic.result, None | Some(Outcome::TooFew | Outcome::NoClearDifference));
    match indicator.kind {
        Kind::Share => {
            let bands: Vec<_> = headline.iter().map(|seen| (seen.statistic, &seen.view)).collect();
            let england: Vec<_> = comparators[0].iter().map(|seen| seen.statistic).collect();
            let chart = drawings::bands(&bands, Some(("England", &england)));
            let draw = |alt| charts::bands(&chart, alt);
            let marked = chart.bands.iter().any(|band| band.share.is_some());
            marked.then(|| drawings.add(&format!("{id}-bands"), "pack-bands", context, draw)).transpose()
        }
        _ if !headline.iter().any(named) => Ok(None),
        Kind::Likelihood => {
            let chart = standing(name, headline.first(), comparators, spread);
            let draw = |alt| charts::spread(&chart, alt);
            drawings.add(&format!("{id}-spread"), "pack-spread", context, draw).map(Some)
        }
        kind => {
            let rows = headline.iter().map(|seen| (name, seen));
            let others = comparators.iter().flatten().map(|seen| (&*seen.view.area, seen));
            let rows = rows.chain(others).map(|(name, seen)| drawings::row(name, seen.statistic, kind));
            let chart = drawings::intervals(rows.collect(), kind, None);
            let draw = |alt| charts::intervals(&chart, alt);
            drawings.add(&format!("{id}-areas"), "pack-areas", context, draw).map(Some)
        }
    }
}

fn next_round(own: &Seen<'_>, material: Material<'_>) -> Option<NextRound> {
    let (below, above) = statistics::smallest_changes(own.statistic, material.round.settings.statistics.confidence)?;
    let id = own.statistic.id(material.round.settings.year);
    let print = |part: &str, ratio| Printed::new(format!("{id}/next_round_{part}"), words::limit(ratio));
    Some(NextRound { below: print("below", below), above: print("above", above) })
}

/// The authority's own rounds, where there is more than one.
fn trends(material: Material<'_>, authority: &AuthorityStatistics, indicator: &Indicator) -> Vec<TrendView> {
    let several = |trend: &&Trend| trend.years.iter().filter(|year| year.statistic.is_some()).count() > 1;
    let trends = authority.trends.iter().filter(|trend| trend.indicator == indicator.id).filter(several);
    trends.map(|trend| views::trend(trend, material.label(&trend.breakdown), material.round, indicator)).collect()
}

/// The authority's result on the spread of the others, and the areas it is compared with.
///
/// The spread is one of ratios: an indicator of another kind has a chart without it.
fn standing(name: &str, own: Option<&Seen<'_>>, comparators: &[Vec<Seen<'_>>], spread: Option<&Spread>) -> SpreadChart {
    let england = comparators.iter().flatten().next().and_then(|seen| seen.statistic.ratio);
    let england = england.map(|ratio| ratio.value).filter(|_| spread.is_some());
    let row = |name: &str, seen: &Seen<'_>| drawings::area_row(name, seen.statistic, Kind::Likelihood);
    let mut rows = Vec::from_iter(own.map(|seen| row(name, seen)));
    // In a row of its own: in the authority's it would look like its interval.
    let others = |spread| drawings::spread_row("All authorities", Some(spread), None, england, String::new());
    rows.extend(spread.map(others));
    rows.extend(comparators.iter().flatten().map(|seen| row(&seen.view.area, seen)));
    drawings::spreads(rows, Scale::Ratio, spread.map_or(0, |spread| spread.authorities))
}
