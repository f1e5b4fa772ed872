//! Assembles the national annual report: what its templates see, and its charts.

mod evidence;
mod section;

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::json;

use crate::charts::{self, Scale, SpreadChart, Tile, TileMap};
use crate::round::Round;
use crate::standard::{Indicator, Kind};
use crate::statistics::{Breakdown, Coverage, ENGLAND, METHODS, Method, Scope, Share};

use super::drawings::{self, ChartView, Drawings};
use super::identity::Identity;
use super::material::Material;
use super::narrative::Narrative;
use super::views::{self, FigureView, IndicatorView, SummaryView};
use super::world::Source;
use section::{Section, section};

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
    let variation = variation(material, &mut drawings)?;
    let regions = regions(&statistics.coverage, &context, &mut drawings)?;
    for section in &mut sections {
        let context = context! { section => Value::from(Serde(&*section)), ..Value::from(Serde(&common)) };
        section.words = narrative.words("national/indicator.txt", context)?;
        section.commentary = commentary.remove(&*section.indicator.id).flatten();
    }
    let types = &statistics.coverage.types;
    let also_regions: Vec<&str> =
        evidence::also_regions(round, types).into_iter().map(|kind| kind.name.as_str()).collect();
    let parts = json!({
        "regions": regions,
        "glance": glance,
        "methods": methods(round),
        "variation": variation,
        "survey": evidence::survey(material),
        "also_regions": also_regions,
        "peers": views::peers(round, None),
        "sections": sections,
        "quality": quality,
        "whole": views::whole(&statistics.whole, year),
        "left_out": views::left_out(statistics, round),
        "area_changes": statistics.area_changes.iter().map(|change| &change.text).collect::<Vec<_>>(),
        "foreword": foreword,
        "case_studies": case_studies,
        "notice": null,
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

/// How authorities spread on every indicator with a ratio, in one chart; nothing where too few have ratios of their own.
fn variation(material: Material<'_>, drawings: &mut Drawings<'_>) -> Result<Option<ChartView>> {
    let mut rows = Vec::new();
    for indicator in material.indicators().filter(|indicator| indicator.kind != Kind::Share) {
        let key = (indicator.id.clone(), Breakdown::Whole);
        let Some(spread) = material.statistics.spreads.get(&key) else { continue };
        let all = material.figure(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole);
        let all = all.and_then(|seen| Some(seen.statistic.ratio?.value));
        let label = format!("{} {}", indicator.id, indicator.short_name);
        rows.push(drawings::spread_row(&label, Some(spread), None, all, String::new()));
    }
    if rows.is_empty() {
        return Ok(None);
    }
    // Each row has a number of authorities of its own: the table tells it.
    let spread_label = "Authorities: middle half, 10th to 90th percentile".to_owned();
    let england_label = Some("All together".to_owned());
    let chart = SpreadChart { spread_label, england_label, ..drawings::spreads(rows, Scale::Ratio, 0) };
    let context = context! { round => Value::from(Serde(views::round(material.round, None))) };
    drawings.add("variation", "variation", context, |alt| charts::spread(&chart, alt)).map(Some)
}

/// The chart of all indicators with a ratio, the worst result first, and the figures behind it.
fn glance(
    material: Material<'_>,
    drawings: &mut Drawings<'_>,
) -> Result<(ChartView, Vec<(IndicatorView, FigureView)>)> {
    let mut found = Vec::new();
    for indicator in material.indicators().filter(|indicator| indicator.kind != Kind::Share) {
        found.extend(
            material.figure(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole).map(|seen| (indicator, seen)),
        );
    }
    found.sort_by(|(_, one), (_, other)| {
        let [(place, size), (next, less)] = [one, other].map(|seen| evidence::strength(seen.statistic));
        place.cmp(&next).then(less.total_cmp(&size))
    });
    let (mut rows, mut figures) = (Vec::new(), Vec::new());
    for (indicator, seen) in found {
        let label = format!("{} {}", indicator.id, indicator.short_name);
        rows.push(drawings::row(label, seen.statistic, Kind::Likelihood));
        figures.push((views::indicator(indicator, material.round, material.standard), seen.view));
    }
    let chart = drawings::intervals(rows, Kind::Likelihood, None);
    let context = context! {
        round => Value::from(Serde(views::round(material.round, None))),
        area => section::WHO,
        figures => Value::from(Serde(&figures)),
        summary => Value::from(Serde(summary(material))),
    };
    let view = drawings.add("glance", "glance", context, |alt| charts::intervals(&chart, alt))?;
    Ok((view, figures))
}
