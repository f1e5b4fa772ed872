//! Assembles the benchmark pack of one authority: what its templates see, and its charts.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde_json::json;

use crate::authority::slug;
use crate::charts::{self, FunnelChart, Scale, SpreadChart};
use crate::standard::{Indicator, Kind};
use crate::statistics::{
    self, Absence, AuthorityStatistics, Breakdown, ENGLAND, Edition, Marker, Scope, Spread, Statistic, Trend,
    UNEXPECTED,
};

use super::drawings::{self, ChartView, Drawings, Seen};
use super::identity::Identity;
use super::material::Material;
use super::narrative::Narrative;
use super::views::{self, FigureView, IndicatorView, PositionView, SpreadView, SummaryView, TrendView};
use super::world::Source;

/// An area that the authority is compared with.
#[derive(Serialize)]
struct Comparator {
    area: String,
    /// One figure, or one for each pay band.
    figures: Vec<FigureView>,
    /// Whether a comparison within authorities leads to another conclusion.
    doubtful: bool,
}

/// The section of one indicator.
#[derive(Serialize)]
struct Section {
    indicator: IndicatorView,
    /// The authority's own figure for all services, or one for each pay band.
    own: Vec<FigureView>,
    /// Its services and ethnic groups.
    details: Vec<FigureView>,
    /// England, its region and its type.
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
    /// Whether the return tells single ethnic groups.
    groups_given: bool,
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

/// The source of one authority's pack, with its charts and its data attached.
pub fn source(
    material: Material<'_>,
    narrative: &Narrative,
    identity: &Identity,
    authority: &AuthorityStatistics,
    data_file: Vec<u8>,
) -> Result<Source> {
    let mut drawings = Drawings::new(narrative, identity.colours.series());
    let Material { round, statistics, .. } = material;
    let edition = statistics.edition;
    let (year, code) = (round.settings.year, &*authority.authority.code);
    let quality: Vec<_> = authority.quality.iter().map(|line| views::quality(line, year, code)).collect();
    let participant =
        statistics.coverage.participants.iter().find(|one| one.authority.code == authority.authority.code);
    let services: Vec<&str> =
        participant.map(|one| one.services.iter().map(|service| service.id()).collect()).unwrap_or_default();
    let common = json!({
        "round": views::round(round, Some(edition)),
        "authority": authority.authority,
        "edition": if edition == Edition::Own { "own" } else { "public" },
        "coverage": views::coverage(&statistics.coverage, year),
        "services": services,
        "summary": summary(material, authority),
    });
    let context = Value::from(Serde(&common));
    let mut sections = Vec::new();
    for indicator in material.indicators() {
        sections.push(section(material, authority, indicator, &mut drawings, &context)?);
    }
    let glance = glance(material, authority, &mut drawings)?;
    let funnels = funnels(material, authority, &mut drawings)?;
    let parts = json!({
        "glance": glance,
        "funnels": funnels,
        "sections": sections,
        "quality": quality,
        "left_out": left_out(material, code),
    });
    let data = narrative.document("pack", [common, parts])?;
    let mut source = drawings.finish("/pack/report.typ", data);
    source.files.push(("/data.csv".to_owned(), data_file));
    Ok(source)
}

/// The indicators that the return is left out of: names by reason.
fn left_out(material: Material<'_>, code: &str) -> Vec<serde_json::Value> {
    let own = material.statistics.left_out.iter().filter(|one| one.authority == code);
    let mut reasons: BTreeMap<Absence, Vec<String>> = BTreeMap::new();
    for one in own {
        let name = material.standard.indicator(&one.indicator).map(|indicator| indicator.short_name.clone());
        reasons.entry(one.absence).or_default().extend(name);
    }
    let of = |(absence, indicators)| json!({ "reason": views::reason(absence), "groups": absence == Absence::GroupsNotTold, "indicators": indicators });
    reasons.into_iter().map(of).collect()
}

fn own<'a>(
    material: Material<'a>,
    authority: &'a AuthorityStatistics,
    scope: Scope,
    indicator: &str,
    breakdown: &Breakdown,
) -> Option<Seen<'a>> {
    let statistic = authority.figures.get(&authority.authority.code, scope, indicator, breakdown)?;
    Some(Seen::new(statistic, material.round))
}

/// Where the authority stands on an indicator, and what its funnel is drawn from.
struct Standing<'a> {
    view: PositionView,
    own: &'a Statistic,
    england: f64,
    between: f64,
}

/// The position and its limits are told where England's ratio and the authority's own are shown.
fn standing_of<'a>(
    material: Material<'a>,
    authority: &'a AuthorityStatistics,
    indicator: &Indicator,
) -> Option<Standing<'a>> {
    let code = &authority.authority.code;
    let position = authority.positions.get(&indicator.id)?;
    let own = authority.figures.get(code, Scope::All, &indicator.id, &Breakdown::Whole)?;
    let england = material.statistics.national.get(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole)?.ratio?.value;
    let between = *material.statistics.between.get(&indicator.id)?;
    let limits = statistics::funnel_limits(england, own.log_variance()?, between, UNEXPECTED);
    let view = views::position(position, own.ratio?.value, limits, &material.id(code, indicator));
    Some(Standing { view, own, england, between })
}

/// Why nothing is said of where the authority stands.
fn unplaced(material: Material<'_>, authority: &AuthorityStatistics, indicator: &Indicator) -> &'static str {
    if !material.statistics.position_counts.contains_key(&indicator.id) {
        "others"
    } else if authority.positions.contains_key(&indicator.id) {
        "england"
    } else {
        "few"
    }
}

/// The funnels of every indicator with a position.
fn funnels(
    material: Material<'_>,
    authority: &AuthorityStatistics,
    drawings: &mut Drawings<'_>,
) -> Result<Option<ChartView>> {
    let mut funnels = Vec::new();
    let mut standings = Vec::new();
    for indicator in material.indicators() {
        let Some(standing) = standing_of(material, authority, indicator) else { continue };
        let label = format!("{} {}", indicator.id, indicator.short_name);
        let Some(funnel) = drawings::funnel(standing.own, standing.england, standing.between, label) else { continue };
        funnels.push(funnel);
        let figure = views::figure(standing.own, material.round, material.round.settings.year);
        standings.push((views::indicator(indicator, material.round, material.standard), figure, standing.view));
    }
    if funnels.is_empty() {
        return Ok(None);
    }
    let chart = FunnelChart { funnels, inner_label: "95% limits".to_owned(), outer_label: "99.8% limits".to_owned() };
    let context = context! {
        round => Value::from(Serde(views::round(material.round, None))),
        area => &*authority.authority.name,
        standings => Value::from(Serde(&standings)),
    };
    drawings.add("funnels", "funnels", context, |alt| charts::funnels(&chart, alt)).map(Some)
}

/// How many of the authority's indicators have which result.
fn summary(material: Material<'_>, authority: &AuthorityStatistics) -> SummaryView {
    let code = &*authority.authority.code;
    let headline = |indicator: &&Indicator| indicator.kind != Kind::Share;
    let figures = material
        .indicators()
        .filter(headline)
        .filter_map(|indicator| authority.figures.get(code, Scope::All, &indicator.id, &Breakdown::Whole));
    views::summary(figures, &format!("{}/{code}/summary/all", material.round.settings.year))
}

/// The authority's own rounds, where there is more than one.
fn trends(material: Material<'_>, authority: &AuthorityStatistics, indicator: &Indicator) -> Vec<TrendView> {
    let several = |trend: &&Trend| trend.years.iter().filter(|year| year.statistic.is_some()).count() > 1;
    let trends = authority.trends.iter().filter(|trend| trend.indicator == indicator.id).filter(several);
    trends.map(|trend| views::trend(trend, material.label(&trend.breakdown), material.round, indicator)).collect()
}

/// The chart of all indicators with a ratio, England's beside each, and the figures behind it.
fn glance(
    material: Material<'_>,
    authority: &AuthorityStatistics,
    drawings: &mut Drawings<'_>,
) -> Result<Option<ChartView>> {
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for indicator in material.indicators().filter(|indicator| indicator.kind != Kind::Share) {
        let Some(seen) = own(material, authority, Scope::All, &indicator.id, &Breakdown::Whole) else { continue };
        let england = material
            .figure(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole)
            .and_then(|seen| seen.statistic.ratio);
        let mut row =
            drawings::row(format!("{} {}", indicator.id, indicator.short_name), seen.statistic, Kind::Likelihood);
        row.reference = england.map(|ratio| ratio.value).filter(|_| row.mark.is_some());
        rows.push(row);
        figures.push((views::indicator(indicator, material.round, material.standard), seen.view));
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let chart = drawings::intervals(rows, Kind::Likelihood, Some("England".to_owned()));
    let context = context! {
        round => Value::from(Serde(views::round(material.round, None))),
        area => &*authority.authority.name,
        figures => Value::from(Serde(&figures)),
        summary => Value::from(Serde(summary(material, authority))),
    };
    drawings.add("glance", "glance", context, |alt| charts::intervals(&chart, alt)).map(Some)
}

fn section(
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
    let scopes = if split { &Scope::ALL[..] } else { &[Scope::All] };
    let mut details: Vec<FigureView> = scopes
        .iter()
        .flat_map(|scope| breakdowns.iter().filter_map(|breakdown| figure(*scope, breakdown)).map(|seen| seen.view))
        .collect();
    let groups: Vec<Seen<'_>> = Breakdown::ETHNIC_GROUPS.iter().filter_map(|group| figure(Scope::All, group)).collect();
    // Where none is given, four rows would say so four times.
    let groups_given = groups.iter().any(|seen| seen.statistic.marker != Some(Marker::X));
    details.extend(groups.into_iter().filter(|_| groups_given).map(|seen| seen.view));
    let places = ["england".to_owned(), slug(&authority.authority.region), slug(&authority.authority.kind)];
    let comparators: Vec<Vec<Seen<'_>>> = places
        .iter()
        .map(|place| {
            breakdowns
                .iter()
                .filter_map(|breakdown| material.figure(place, Scope::All, &indicator.id, breakdown))
                .collect()
        })
        .collect();
    let key = (indicator.id.clone(), breakdowns.last().cloned().unwrap_or_default());
    let spread = material.statistics.spreads.get(&key);
    let share = indicator.kind == Kind::Share;
    let mut section = Section {
        indicator: views::indicator(indicator, material.round, material.standard),
        own: headline.iter().map(|seen| seen.view.clone()).collect(),
        details,
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
        groups_given,
        words: serde_json::Value::Null,
    };
    let context = context! {
        area => &*authority.authority.name,
        section => Value::from(Serde(&section)),
        ..common.clone()
    };
    section.words = drawings.words("pack/indicator.txt", &context)?;
    let id = &indicator.id;
    let chart = if share {
        let bands: Vec<_> = headline.iter().map(|seen| (seen.statistic, &seen.view)).collect();
        let england: Vec<_> = comparators[0].iter().map(|seen| seen.statistic).collect();
        let chart = drawings::bands(&bands, Some(("England", &england)));
        drawings.add(&format!("{id}-bands"), "pack-bands", context, |alt| charts::bands(&chart, alt))?
    } else {
        let kind = indicator.kind;
        if kind != Kind::Likelihood {
            let rows = headline.iter().map(|seen| (&*authority.authority.name, seen));
            let others = comparators.iter().flatten().map(|seen| (&*seen.view.area, seen));
            let rows = rows.chain(others).map(|(name, seen)| drawings::row(name, seen.statistic, kind));
            let chart = drawings::intervals(rows.collect(), kind, None);
            let view =
                drawings.add(&format!("{id}-areas"), "pack-areas", context, |alt| charts::intervals(&chart, alt))?;
            section.chart = Some(view);
            return Ok(section);
        }
        let chart = standing(&authority.authority.name, headline.first(), &comparators, spread);
        drawings.add(&format!("{id}-spread"), "pack-spread", context, |alt| charts::spread(&chart, alt))?
    };
    section.chart = Some(chart);
    Ok(section)
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
