//! Assembles the national annual report: what its templates see, and its charts.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde_json::json;

use crate::charts::{self, IntervalRow, Scale, Tile, TileMap};
use crate::round::Round;
use crate::standard::{Indicator, Kind};
use crate::statistics::{Breakdown, Coverage, ENGLAND, METHODS, Method, Scope, Share, Spread, Trend};

use super::drawings::{self, ChartView, Drawings, Seen};
use super::identity::Identity;
use super::material::Material;
use super::narrative::Narrative;
use super::views::{
    self, FigureView, IndicatorView, PooledView, PositionCountsView, SpreadView, SummaryView, TrendView,
};
use super::world::Source;

/// An area with its figures: one, or one for each pay band.
#[derive(Serialize)]
struct AreaView {
    area: String,
    figures: Vec<FigureView>,
    /// Whether a comparison within authorities leads to another conclusion.
    doubtful: bool,
}

/// The section of one indicator.
#[derive(Serialize)]
struct Section {
    indicator: IndicatorView,
    /// One figure, or one for each pay band.
    headline: Vec<FigureView>,
    services: Vec<FigureView>,
    groups: Vec<FigureView>,
    regions: Vec<AreaView>,
    /// How many regions have which result.
    region_summary: SummaryView,
    types: Vec<AreaView>,
    spreads: Vec<SpreadView>,
    positions: Option<PositionCountsView>,
    /// The pooled ratio of England.
    pooled: Option<PooledView>,
    trends: Vec<TrendView>,
    charts: BTreeMap<&'static str, ChartView>,
    /// The sentences of `national/indicator.txt`.
    words: serde_json::Value,
    /// Where the round's own text about it is, if there is one.
    commentary: Option<String>,
}

/// The source of the national report, with its charts.
pub fn source(material: Material<'_>, narrative: &Narrative, identity: &Identity) -> Result<Source> {
    let mut drawings = Drawings::new(narrative, identity.colours.series());
    let Material { round, statistics, .. } = material;
    let round_view = views::round(round, None);
    let glance = glance(material, &mut drawings)?;
    let mut sections = Vec::new();
    for indicator in material.indicators() {
        sections.push(section(material, indicator, &mut drawings)?);
    }
    let year = round.settings.year;
    let coverage = views::coverage(&statistics.coverage, year);
    let quality: Vec<_> = statistics.quality.iter().map(|line| views::quality(line, year, "england")).collect();
    let common = json!({ "round": round_view, "coverage": coverage, "summary": summary(material) });
    let context = context! {
        england => Value::from(Serde(england(&sections))),
        indicators => Value::from(Serde(sections.iter().map(|section| (&*section.indicator.id, &section.indicator)).collect::<BTreeMap<_, _>>())),
        ..Value::from(Serde(&common))
    };
    let mut texts = Vec::new();
    let mut text = |name: &str| -> Result<Option<String>> {
        let Some(text) = round.texts.get(name) else { return Ok(None) };
        let path = format!("/text/{name}.typ");
        texts.push(narrative.fill_in(path.clone(), format!("{year}/text/{name}.typ"), text, &context)?);
        Ok(Some(path))
    };
    let (foreword, case_studies) = (text("foreword")?, text("case-studies")?);
    let mut commentary = BTreeMap::new();
    for indicator in material.indicators() {
        commentary.insert(&*indicator.id, text(&format!("indicator-{}", indicator.id))?);
    }
    let regions = regions(&statistics.coverage, &context, &mut drawings)?;
    for section in &mut sections {
        let context = context! { section => Value::from(Serde(&*section)), ..Value::from(Serde(&common)) };
        section.words = narrative.words("national/indicator.txt", context)?;
        section.commentary = commentary.remove(&*section.indicator.id).flatten();
    }
    let parts = json!({
        "regions": regions,
        "glance": glance,
        "methods": methods(round),
        "pooled": pooled_areas(material),
        "sections": sections,
        "quality": quality,
        "left_out": views::left_out(statistics, round),
        "foreword": foreword,
        "case_studies": case_studies,
    });
    let data = narrative.document("national", [common, parts])?;
    Ok(Source { texts, ..drawings.finish("/national/report.typ", data) })
}

/// How many indicators of England have which result.
fn summary(material: Material<'_>) -> SummaryView {
    let headline = |indicator: &&Indicator| indicator.kind != Kind::Share;
    let figures = material.indicators().filter(headline).filter_map(|indicator| {
        material.statistics.national.get(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole)
    });
    views::summary(figures, &format!("{}/england/summary/all", material.round.settings.year))
}

/// The methods of the annex; their formulas are Typst markup.
fn methods(round: &Round) -> Vec<serde_json::Value> {
    let method = |method: &Method| {
        let (given, found) = method.example();
        json!({
            "name": method.name,
            "purpose": method.purpose,
            "formula": method.formula,
            "alt": method.alt,
            "note": method.note.replace("{minoritised}", &round.settings.terms.minoritised_short),
            "reference": method.reference,
            "given": given,
            "found": found,
        })
    };
    METHODS.iter().map(method).collect()
}

/// The published ratio of an area beside the pooled one.
#[derive(Serialize)]
struct PooledArea {
    area: String,
    figure: FigureView,
    pooled: PooledView,
}

/// The areas with a pooled ratio, by indicator.
fn pooled_areas(material: Material<'_>) -> Vec<(IndicatorView, Vec<PooledArea>)> {
    let coverage = &material.statistics.coverage;
    let shares = coverage.regions.iter().chain(&coverage.types).map(|share| share.code.as_str());
    let areas: Vec<&str> = ["england"].into_iter().chain(shares).collect();
    let pooled = |indicator: &Indicator, area: &str| {
        let figure = material.figure(area, Scope::All, &indicator.id, &Breakdown::Whole)?.view;
        Some(PooledArea { area: figure.area.clone(), pooled: material.pooled(area, indicator)?, figure })
    };
    let of = |indicator: &Indicator| {
        let areas: Vec<PooledArea> = areas.iter().filter_map(|area| pooled(indicator, area)).collect();
        (!areas.is_empty()).then(|| (views::indicator(indicator, material.round, material.standard), areas))
    };
    material.indicators().filter_map(of).collect()
}

/// England's figures by the names that texts call them: `2`, `2 adults`, `2 ethnicity:black`, `1 under-30k`.
fn england(sections: &[Section]) -> BTreeMap<String, &FigureView> {
    let mut england = BTreeMap::new();
    for section in sections {
        for figure in [&section.headline, &section.services, &section.groups].into_iter().flatten() {
            let service = if figure.service == Scope::All.id() { "" } else { figure.service };
            let parts = [&*section.indicator.id, service, &*figure.breakdown];
            let name: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            england.insert(name.join(" "), figure);
        }
    }
    england
}

/// The map of who took part, where every region has its place on it.
fn regions(coverage: &Coverage, context: &Value, drawings: &mut Drawings<'_>) -> Result<Option<ChartView>> {
    let tile = |share: &Share| Tile { region: share.name.clone(), part: share.submitted, whole: share.england };
    let map = TileMap::new(coverage.regions.iter().map(tile).collect());
    map.map(|map| drawings.add("regions", "regions", context, |alt| charts::tiles(&map, alt))).transpose()
}

/// The chart of all indicators with a ratio, and the figures behind it.
fn glance(
    material: Material<'_>,
    drawings: &mut Drawings<'_>,
) -> Result<(ChartView, Vec<(IndicatorView, FigureView)>)> {
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for indicator in material.indicators().filter(|indicator| indicator.kind != Kind::Share) {
        let Some(seen) = material.figure(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole) else { continue };
        let label = format!("{} {}", indicator.id, indicator.short_name);
        rows.push(drawings::row(label, seen.statistic, Kind::Likelihood));
        figures.push((views::indicator(indicator, material.round, material.standard), seen.view));
    }
    let chart = drawings::intervals(rows, Kind::Likelihood, None);
    let context = context! {
        round => Value::from(Serde(views::round(material.round, None))),
        area => "England",
        figures => Value::from(Serde(&figures)),
        summary => Value::from(Serde(summary(material))),
    };
    let view = drawings.add("glance", "glance", context, |alt| charts::intervals(&chart, alt))?;
    Ok((view, figures))
}

fn section(material: Material<'_>, indicator: &Indicator, drawings: &mut Drawings<'_>) -> Result<Section> {
    let england = |scope, breakdown: &Breakdown| material.figure(ENGLAND, scope, &indicator.id, breakdown);
    let breakdowns = material.breakdowns(indicator);
    let headline: Vec<Seen<'_>> = breakdowns.iter().filter_map(|breakdown| england(Scope::All, breakdown)).collect();
    let services: Vec<Seen<'_>> = Scope::ALL
        .into_iter()
        .flat_map(|scope| {
            breakdowns.iter().filter_map(move |breakdown| material.figure(ENGLAND, scope, &indicator.id, breakdown))
        })
        .collect();
    let groups: Vec<Seen<'_>> =
        Breakdown::ETHNIC_GROUPS.iter().filter_map(|group| england(Scope::All, group)).collect();
    let areas = |shares: &[Share]| -> Vec<(String, Vec<Seen<'_>>)> {
        let seen = |share: &Share| {
            breakdowns
                .iter()
                .filter_map(|breakdown| material.figure(&share.code, Scope::All, &indicator.id, breakdown))
                .collect()
        };
        shares.iter().map(|share| (share.name.clone(), seen(share))).collect()
    };
    let (regions, types) = (areas(&material.statistics.coverage.regions), areas(&material.statistics.coverage.types));
    let trends: Vec<(&Trend, String)> = material
        .statistics
        .trends
        .iter()
        .filter(|trend| trend.indicator == indicator.id)
        .map(|trend| (trend, trend_label(trend, material)))
        .collect();
    let spreads: Vec<(&Breakdown, &Spread)> = breakdowns
        .iter()
        .filter_map(|breakdown| {
            Some((breakdown, material.statistics.spreads.get(&(indicator.id.clone(), breakdown.clone()))?))
        })
        .collect();

    let mut section = Section {
        indicator: views::indicator(indicator, material.round, material.standard),
        headline: headline.iter().map(|seen| seen.view.clone()).collect(),
        services: services.iter().map(|seen| seen.view.clone()).collect(),
        groups: groups.iter().map(|seen| seen.view.clone()).collect(),
        region_summary: views::summary(
            regions.iter().filter_map(|(_, seen)| seen.last().map(|seen| seen.statistic)),
            &format!("{}/england/{}/regions", material.round.settings.year, indicator.id),
        ),
        regions: area_views(material, indicator, &regions),
        types: area_views(material, indicator, &types),
        spreads: spreads.iter().map(|(breakdown, spread)| material.spread(indicator, breakdown, spread)).collect(),
        positions: material
            .statistics
            .position_counts
            .get(&indicator.id)
            .map(|counts| views::position_counts(*counts, &material.id("england", indicator))),
        pooled: material.pooled("england", indicator),
        trends: trends
            .iter()
            .map(|(trend, label)| views::trend(trend, label.clone(), material.round, indicator))
            .collect(),
        charts: BTreeMap::new(),
        words: serde_json::Value::Null,
        commentary: None,
    };
    let context = |section: &Section| {
        context! {
            round => Value::from(Serde(views::round(material.round, None))),
            area => "England",
            section => Value::from(Serde(section)),
        }
    };
    let kind = indicator.kind;
    let id = &indicator.id;
    // A chart without a single mark would tell nothing that the table does not.
    let main = if indicator.kind == Kind::Share {
        let bands: Vec<_> = headline.iter().map(|seen| (seen.statistic, &seen.view)).collect();
        let chart = drawings::bands(&bands, None);
        let marked = chart.bands.iter().any(|band| band.share.is_some());
        let draw = |alt| charts::bands(&chart, alt);
        marked.then(|| drawings.add(&format!("{id}-bands"), "bands", context(&section), draw))
    } else {
        let rows = service_rows(&services, groups, kind, &section.indicator.people);
        let chart = drawings::intervals(rows, kind, None);
        let draw = |alt| charts::intervals(&chart, alt);
        marked(&chart).then(|| drawings.add(&format!("{id}-groups"), "groups", context(&section), draw))
    };
    if let Some(main) = main.transpose()? {
        section.charts.insert("main", main);
    }
    let chart = drawings::intervals(area_rows(regions, types, &headline, kind), kind, Some("England".to_owned()));
    if marked(&chart) {
        let draw = |alt| charts::intervals(&chart, alt);
        let areas = drawings.add(&format!("{id}-areas"), "areas", context(&section), draw)?;
        section.charts.insert("areas", areas);
    }
    if let Some((_, first)) = spreads.first() {
        let rows = spreads.iter().zip(&headline).map(|((breakdown, spread), seen)| {
            let label = material.label(breakdown);
            let label = if label.is_empty() { "All authorities" } else { &label };
            let england = drawings::mark(
                seen.statistic,
                if indicator.kind == Kind::Share { Kind::Share } else { Kind::Likelihood },
            );
            drawings::spread_row(label, Some(spread), None, england.map(|mark| mark.value), String::new())
        });
        let scale = if indicator.kind == Kind::Share { Scale::Rate } else { Scale::Ratio };
        let chart = drawings::spreads(rows.collect(), scale, first.authorities);
        let view =
            drawings.add(&format!("{id}-spread"), "spread", context(&section), |alt| charts::spread(&chart, alt))?;
        section.charts.insert("spread", view);
    }
    if trends.iter().any(|(trend, _)| trend.years.iter().filter(|year| year.statistic.is_some()).count() > 1) {
        let chart = drawings::trends(&trends, kind);
        let view =
            drawings.add(&format!("{id}-trend"), "trend", context(&section), |alt| charts::trend(&chart, alt))?;
        section.charts.insert("trend", view);
    }
    Ok(section)
}

/// Whether any row has a mark.
fn marked(chart: &charts::IntervalChart) -> bool {
    chart.rows.iter().any(|row| row.mark.is_some())
}

fn trend_label(trend: &Trend, material: Material<'_>) -> String {
    match material.label(&trend.breakdown) {
        label if label.is_empty() => "England".to_owned(),
        label => label,
    }
}

fn area_views(material: Material<'_>, indicator: &Indicator, areas: &[(String, Vec<Seen<'_>>)]) -> Vec<AreaView> {
    let view = |(area, seen): &(String, Vec<Seen<'_>>)| AreaView {
        area: area.clone(),
        doubtful: seen.first().is_some_and(|seen| material.doubtful(&seen.view.area_code, indicator)),
        figures: seen.iter().map(|seen| seen.view.clone()).collect(),
    };
    areas.iter().map(view).collect()
}

/// Services first, then ethnic groups by the size of the group.
fn service_rows(services: &[Seen<'_>], mut groups: Vec<Seen<'_>>, kind: Kind, people: &str) -> Vec<IntervalRow> {
    let mut rows: Vec<IntervalRow> =
        services.iter().map(|seen| drawings::row(seen.view.service_label, seen.statistic, kind)).collect();
    groups.sort_by_key(|seen| std::cmp::Reverse(seen.statistic.minoritised.denominator));
    rows.push(drawings::heading(&format!("Each group compared with white {people}")));
    rows.extend(groups.iter().map(|seen| drawings::row(&*seen.view.breakdown_label, seen.statistic, kind)));
    rows
}

/// Regions and types, each from the highest value to the lowest, with England's as a tick; of pay bands, the highest.
fn area_rows(
    regions: Vec<(String, Vec<Seen<'_>>)>,
    types: Vec<(String, Vec<Seen<'_>>)>,
    england: &[Seen<'_>],
    kind: Kind,
) -> Vec<IntervalRow> {
    let reference = england.last().and_then(|seen| drawings::mark(seen.statistic, kind)).map(|mark| mark.value);
    let part = |title: &str, areas: Vec<(String, Vec<Seen<'_>>)>| {
        let mut rows: Vec<IntervalRow> = areas
            .iter()
            .filter_map(|(name, figures)| figures.last().map(|seen| drawings::row(&**name, seen.statistic, kind)))
            .collect();
        let value = |row: &IntervalRow| row.mark.as_ref().map_or(f64::NEG_INFINITY, |mark| mark.value);
        rows.sort_by(|one, other| value(other).total_cmp(&value(one)));
        for row in rows.iter_mut().filter(|row| row.mark.is_some()) {
            row.reference = reference;
        }
        [vec![drawings::heading(title)], rows].concat()
    };
    [part("Regions", regions), part("Types of authority", types)].concat()
}
