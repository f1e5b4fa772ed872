//! An authority's own rounds in small pictures, one for each indicator of which two rounds can be joined.

use std::collections::BTreeSet;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::charts::{self, RoundsChart};
use crate::reports::drawings::{self, ChartView, Drawings};
use crate::reports::material::Material;
use crate::reports::views::{self, IndicatorView, TrendView};
use crate::standard::{Indicator, Kind};
use crate::statistics::{AuthorityStatistics, Breakdown, ENGLAND, Scope, Trend};

/// More rounds would leave no room for their values; the table has all.
const MOST_ROUNDS: usize = 5;

/// What the words of the chart are made from: one of its pictures.
#[derive(Serialize)]
struct Pictured {
    indicator: IndicatorView,
    trend: TrendView,
}

/// The chart; nothing where no indicator has two rounds that can be compared.
pub(super) fn chart(
    material: Material<'_>,
    authority: &AuthorityStatistics,
    drawings: &mut Drawings<'_>,
) -> Result<Option<ChartView>> {
    let round = material.round;
    let compared: Vec<(&Indicator, &Trend)> = material
        .indicators()
        .filter(|indicator| indicator.kind == Kind::Likelihood)
        .filter_map(|indicator| Some((indicator, authority.trends.iter().find(|one| one.indicator == indicator.id)?)))
        .filter(|(_, trend)| drawings::has_joined_rounds(trend))
        .collect();
    let there = compared.iter().flat_map(|(_, trend)| &trend.years).filter(|year| year.statistic.is_some());
    let years: BTreeSet<i32> = there.map(|year| year.year).collect();
    let years: Vec<i32> = years.iter().copied().skip(years.len().saturating_sub(MOST_ROUNDS)).collect();
    let england = |indicator: &Indicator| {
        let seen = material.figure(ENGLAND, Scope::All, &indicator.id, &Breakdown::Whole)?;
        Some(seen.statistic.ratio?.value)
    };
    let (mut panels, mut pictured) = (Vec::new(), Vec::new());
    for (indicator, trend) in compared {
        let label = format!("{} {}", indicator.id, indicator.short_name);
        panels.extend(drawings::rounds_panel(trend, &years, label, indicator.adverse, england(indicator)));
        pictured.push(Pictured {
            indicator: views::indicator(indicator, round, material.standard),
            trend: views::trend(trend, String::new(), round, indicator),
        });
    }
    if panels.is_empty() {
        return Ok(None);
    }
    let chart = RoundsChart { panels };
    let context = context! {
        round => Value::from(Serde(views::round(round, None))),
        area => &*authority.authority.name,
        first => years.first(),
        pictured => Value::from(Serde(&pictured)),
    };
    drawings.add("rounds", "rounds", context, |alt| charts::rounds(&chart, alt)).map(Some)
}
