//! What protection withholds, for what, and what it costs; and what other settings would withhold, tried without writing anything.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::desk::Desk;
use super::figures::Figures;
use super::server::Asked;
use crate::commands::{Opened, released};
use crate::reports::DeskPages;
use crate::statistics::{self, Edition, Protection, Statistics};

/// What is withheld of an indicator in a kind of areas.
#[derive(Clone, Default, Serialize)]
struct Cost {
    area_type: String,
    indicator: String,
    /// Counts that are withheld for themselves.
    primary: usize,
    /// Counts that are withheld so that those cannot be worked out.
    secondary: usize,
    /// Counts that are rounded more coarsely.
    coarser: usize,
}

/// How many rows of a kind show all their counts.
#[derive(Serialize)]
struct Shown {
    label: &'static str,
    whole: usize,
    of: usize,
    /// The same with the settings that are tried.
    tried: Option<usize>,
}

/// The settings that can be tried.
#[derive(Clone, Copy, PartialEq, Serialize)]
struct Tried {
    threshold: u64,
    rounding: u64,
    minimum_contributors: usize,
}

/// A withheld count in words.
#[derive(Serialize)]
struct Withheld {
    what: String,
    /// The id of its figure.
    id: String,
    protects: String,
    left: Option<f64>,
    attacker: String,
}

/// So many withheld counts are listed.
const LISTED: usize = 300;

/// The page, with what other settings would do where some are asked for.
pub(super) fn page(figures: &Figures<'_>, asked: &Asked) -> Result<String> {
    let statistics = figures.explainer.statistics();
    let settings = &figures.opened.round.settings.disclosure;
    let now = Tried {
        threshold: settings.threshold,
        rounding: settings.rounding,
        minimum_contributors: settings.minimum_contributors,
    };
    let wanted = tried(asked, now)?;
    let trial = match wanted.filter(|wanted| *wanted != now) {
        Some(wanted) => Some(measured(figures.opened, figures.desk, wanted)?),
        None => None,
    };
    let year = figures.opened.round.settings.year;
    let other = |place: usize| trial.as_ref().and_then(|trial| trial.whole.get(place)).map(|one| one.whole);
    let shown = statistics.whole.iter().enumerate().map(|(place, one)| Shown {
        label: one.rows.label(),
        whole: one.whole,
        of: one.of,
        tried: other(place),
    });
    let withheld: Vec<Withheld> = statistics.withheld.iter().filter(|one| one.year == year).map(told).collect();
    let parts = context! {
        now => Value::from(Serde(now)),
        tried => Value::from(Serde(wanted.filter(|_| trial.is_some()))),
        shown => Value::from(Serde(shown.collect::<Vec<_>>())),
        costs => Value::from(Serde(costs(statistics, year))),
        costs_tried => Value::from(Serde(trial.as_ref().map(|trial| costs(trial, year)))),
        totals => Value::from(Serde(total(&costs(statistics, year)))),
        totals_tried => Value::from(Serde(trial.as_ref().map(|trial| total(&costs(trial, year))))),
        more => withheld.len().saturating_sub(LISTED),
        withheld => Value::from(Serde(&withheld[..withheld.len().min(LISTED)])),
    };
    DeskPages::load(&figures.desk.cli.templates)?.page("desk/protection.html", "Protection", parts)
}

/// The settings that are asked for; nothing where none are.
fn tried(asked: &Asked, now: Tried) -> Result<Option<Tried>> {
    let number = |name: &str, now: u64| -> Result<u64> {
        let text = asked.value(name).unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(now);
        }
        let number = text.parse::<u64>().ok().filter(|number| (1..=1000).contains(number));
        number.with_context(|| format!("`{name}` is a whole number from 1 to 1000, and not `{text}`"))
    };
    if asked.query.is_empty() {
        return Ok(None);
    }
    let minimum = number("minimum_contributors", now.minimum_contributors as u64)?;
    Ok(Some(Tried {
        threshold: number("threshold", now.threshold)?,
        rounding: number("rounding", now.rounding)?,
        minimum_contributors: usize::try_from(minimum)?,
    }))
}

/// The round with other settings; earlier rounds stay as they are.
fn measured(opened: &Opened, desk: &Desk, wanted: Tried) -> Result<Statistics> {
    let Opened { standard, england, round, returns, earlier, .. } = opened;
    let mut round = round.clone();
    let disclosure = &mut round.settings.disclosure;
    disclosure.threshold = wanted.threshold;
    disclosure.rounding = wanted.rounding;
    disclosure.minimum_contributors = wanted.minimum_contributors;
    let (known, _) = released::beside(Protection::default(), &desk.cli.data, opened)?;
    let known = known.with_studies(&desk.studies);
    statistics::measure(standard, england, earlier, &round, returns, Edition::Own, &known)
}

/// What is withheld and coarser, by kind of area and indicator.
fn costs(statistics: &Statistics, year: i32) -> Vec<Cost> {
    let mut costs: BTreeMap<(&str, &str), Cost> = BTreeMap::new();
    for one in statistics.withheld.iter().filter(|one| one.year == year) {
        let cost = costs.entry((one.figure.area_type, &one.figure.indicator)).or_default();
        if one.protects.is_some() {
            cost.secondary += 1;
        } else {
            cost.primary += 1;
        }
    }
    for one in statistics.coarser.iter().filter(|one| one.year == year) {
        costs.entry((one.figure.area_type, &one.figure.indicator)).or_default().coarser += 1;
    }
    let named = |((area_type, indicator), cost): ((&str, &str), Cost)| Cost {
        area_type: area_type.to_owned(),
        indicator: indicator.to_owned(),
        ..cost
    };
    costs.into_iter().map(named).collect()
}

fn total(costs: &[Cost]) -> Cost {
    costs.iter().fold(Cost::default(), |total, cost| Cost {
        primary: total.primary + cost.primary,
        secondary: total.secondary + cost.secondary,
        coarser: total.coarser + cost.coarser,
        ..total
    })
}

fn told(one: &statistics::WithheldCount) -> Withheld {
    let figure = &one.figure;
    let breakdown = if figure.breakdown.is_empty() { String::new() } else { format!("/{}", figure.breakdown) };
    let part = figure.count;
    Withheld {
        what: figure.to_string(),
        id: format!("{}/{}/{}/{}{breakdown}/{part}", one.year, figure.area_code, figure.indicator, figure.service),
        protects: one.protects.as_ref().map(ToString::to_string).unwrap_or_default(),
        left: one.range_left,
        attacker: one.attacker.clone().unwrap_or_default(),
    }
}
