//! The section of one indicator: its figures of England, of regions, types and groups, and its charts.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::charts::{self, IntervalRow, Scale, SpreadChart};
use crate::reports::drawings::{self, ChartView, Drawings, Seen};
use crate::reports::material::Material;
use crate::reports::views::{
    self, FigureView, IndicatorView, PooledView, PositionCountsView, SpreadView, SummaryView, TrendView,
};
use crate::standard::{Indicator, Kind};
use crate::statistics::{Breakdown, ENGLAND, Scope, Share, Spread, Trend};

use super::evidence::{self, LadderView, ParityView};

/// Whom the figures of all together are of: taking part is voluntary, and so they are not England's.
pub const WHO: &str = "authorities that took part";

/// An area with its figures: one, or one for each pay band.
#[derive(Serialize)]
pub struct AreaView {
    /// The area's name.
    pub area: String,
    /// One figure, or one for each pay band.
    pub figures: Vec<FigureView>,
    /// Whether a comparison within authorities leads to another conclusion.
    pub doubtful: bool,
}

/// The section of one indicator.
#[derive(Serialize)]
pub struct Section {
    /// The indicator in words.
    pub indicator: IndicatorView,
    /// One figure, or one for each pay band.
    pub headline: Vec<FigureView>,
    /// All services, adults' and children's.
    pub services: Vec<FigureView>,
    /// Each ethnic group beside white people.
    pub groups: Vec<FigureView>,
    /// England's regions.
    pub regions: Vec<AreaView>,
    /// How many regions have which result.
    pub region_summary: SummaryView,
    /// Types of authority that are no region under another name.
    pub types: Vec<AreaView>,
    /// Groups of like authorities, where the round names groups.
    pub peers: Vec<AreaView>,
    /// How authorities spread: one, or one for each pay band.
    pub spreads: Vec<SpreadView>,
    /// How many authorities lie where.
    pub positions: Option<PositionCountsView>,
    /// The pooled ratio of England.
    pub pooled: Option<PooledView>,
    /// What may be said of the pay bands together; nothing for other indicators.
    pub ladder: Option<LadderView>,
    /// Cases at white people's rate.
    pub parity: Option<ParityView>,
    /// England over the rounds: one, or one for each pay band.
    pub trends: Vec<TrendView>,
    /// `main`, and of pay bands `spread`, as far as they exist.
    pub charts: BTreeMap<&'static str, ChartView>,
    /// The sentences of `national/indicator.txt`.
    pub words: serde_json::Value,
    /// Where the round's own text about it is, if there is one.
    pub commentary: Option<String>,
}

/// The section of an indicator, with its charts drawn.
pub fn section(material: Material<'_>, indicator: &Indicator, drawings: &mut Drawings<'_>) -> Result<Section> {
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
    let coverage = &material.statistics.coverage;
    let also_regions = evidence::also_regions(material.round, &coverage.types);
    let types: Vec<Share> = coverage.types.iter().filter(|kind| !also_regions.contains(kind)).cloned().collect();
    let (regions, types, peers) = (areas(&coverage.regions), areas(&types), areas(&coverage.groups));
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
        peers: area_views(material, indicator, &peers),
        spreads: spreads.iter().map(|(breakdown, spread)| material.spread(indicator, breakdown, spread)).collect(),
        positions: material
            .statistics
            .position_counts
            .get(&indicator.id)
            .map(|counts| views::position_counts(*counts, &material.id("england", indicator))),
        pooled: material.pooled("england", indicator),
        ladder: (indicator.kind == Kind::Share)
            .then(|| evidence::ladder(&headline.iter().map(|seen| seen.statistic).collect::<Vec<_>>())),
        parity: headline.first().and_then(|seen| evidence::parity(seen.statistic, &material.id("england", indicator))),
        trends: trends
            .iter()
            .map(|(trend, label)| views::trend(trend, label.clone(), material.round, indicator))
            .collect(),
        charts: BTreeMap::new(),
        words: serde_json::Value::Null,
        commentary: None,
    };
    section.charts = draw(material, indicator, (&headline, &services, &spreads), &section, drawings)?;
    Ok(section)
}

/// The charts of a section. One without a single mark would tell nothing that the table does not.
fn draw(
    material: Material<'_>,
    indicator: &Indicator,
    (headline, services, spreads): (&[Seen<'_>], &[Seen<'_>], &[(&Breakdown, &Spread)]),
    section: &Section,
    drawings: &mut Drawings<'_>,
) -> Result<BTreeMap<&'static str, ChartView>> {
    let mut drawn = BTreeMap::new();
    let context = || {
        context! {
            round => Value::from(Serde(views::round(material.round, None))),
            area => WHO,
            section => Value::from(Serde(section)),
        }
    };
    let kind = indicator.kind;
    let id = &indicator.id;
    let main = if indicator.kind == Kind::Share {
        let bands: Vec<_> = headline.iter().map(|seen| (seen.statistic, &seen.view)).collect();
        let chart = drawings::bands(&bands, None);
        let marked = chart.bands.iter().any(|band| band.share.is_some());
        let draw = |alt| charts::bands(&chart, alt);
        marked.then(|| drawings.add(&format!("{id}-bands"), "bands", context(), draw))
    } else {
        let row = |seen: &Seen<'_>| drawings::row(seen.view.service_label, seen.statistic, kind);
        let rows: Vec<IntervalRow> = services.iter().map(row).collect();
        let chart = drawings::intervals(rows, kind, None);
        let draw = |alt| charts::intervals(&chart, alt);
        marked(&chart).then(|| drawings.add(&format!("{id}-services"), "services", context(), draw))
    };
    if let Some(main) = main.transpose()? {
        drawn.insert("main", main);
    }
    if let Some((_, first)) = spreads.first().filter(|_| kind == Kind::Share) {
        let rows = spreads.iter().zip(headline).map(|((breakdown, spread), seen)| {
            let all = drawings::mark(seen.statistic, kind).map(|mark| mark.value);
            drawings::spread_row(&material.label(breakdown), Some(spread), None, all, String::new())
        });
        let chart = drawings::spreads(rows.collect(), Scale::Rate, first.authorities);
        let chart = SpreadChart { england_label: Some("All together".to_owned()), ..chart };
        let view = drawings.add(&format!("{id}-spread"), "spread", context(), |alt| charts::spread(&chart, alt))?;
        drawn.insert("spread", view);
    }
    Ok(drawn)
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
