//! What protection withholds, for what, and what it costs; and what other settings would withhold, tried without writing anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::desk::Desk;
use super::figures::Figures;
use super::overview::Standing;
use super::provenance;
use super::server::Asked;
use crate::commands::{Opened, released};
use crate::reports::{DeskPages, Namer};
use crate::statistics::{self, AreaType, Edition, Figure, Protection, Statistics, WithheldCount, matched_years};

/// What is withheld of something.
#[derive(Clone, Copy, Default, PartialEq, Serialize)]
struct Cost {
    /// Counts that are withheld for themselves.
    primary: usize,
    /// Counts that are withheld so that those cannot be worked out.
    secondary: usize,
    /// Counts that are rounded more coarsely.
    coarser: usize,
}

/// The same with the round's settings and with those that are tried.
#[derive(Serialize)]
struct Costs {
    of: String,
    now: Cost,
    tried: Option<Cost>,
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
pub(super) struct Withheld {
    what: String,
    /// Where its figure is explained.
    address: String,
    protects: String,
    /// Where that is explained; nothing where it is no figure.
    protects_address: Option<String>,
    left: Option<f64>,
    attacker: String,
}

/// So many withheld counts are listed.
const LISTED: usize = 500;

/// The page, with what other settings would do where some are asked for.
pub(super) fn page(figures: &Figures<'_>, asked: &Asked) -> Result<String> {
    let statistics = figures.explainer.statistics();
    let settings = &figures.opened.round.settings.disclosure;
    let now = Tried {
        threshold: settings.threshold,
        rounding: settings.rounding,
        minimum_contributors: settings.minimum_contributors,
    };
    let (wanted, refused) = match tried(asked, now) {
        Ok(wanted) => (wanted, None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
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
    let namer = Namer::new(figures.press.material(), None);
    let told = |one: &WithheldCount| told(&namer, one);
    let of = |statistics: &'_ Statistics| -> BTreeMap<String, Withheld> {
        let withheld = statistics.withheld.iter().filter(|one| one.year == year);
        withheld.map(|one| (number(year, &one.figure), told(one))).collect()
    };
    let withheld: Vec<Withheld> = statistics.withheld.iter().filter(|one| one.year == year).map(told).collect();
    let (came, went) = match &trial {
        Some(trial) => {
            let (mut now, mut then) = (of(statistics), of(trial));
            let both: Vec<String> = now.keys().filter(|id| then.contains_key(*id)).cloned().collect();
            for id in both {
                now.remove(&id);
                then.remove(&id);
            }
            (then.into_values().collect::<Vec<_>>(), now.into_values().collect::<Vec<_>>())
        }
        None => (Vec::new(), Vec::new()),
    };
    let by_indicator = |one: &Figure| indicator(figures, &one.indicator);
    let by_area = |one: &Figure| area(one).to_owned();
    let both = |one: &Figure| format!("{}: {}", area(one), indicator(figures, &one.indicator));
    let costs = |name: &dyn Fn(&Figure) -> String| costs(statistics, trial.as_ref(), year, name);
    let listed = |all: &[Withheld]| Value::from(Serde(&all[..all.len().min(LISTED)]));
    let parts = context! {
        now => Value::from(Serde(now)),
        proving => matches!(figures.desk.standing(), Standing::Proving),
        refused,
        tried => Value::from(Serde(wanted.filter(|_| trial.is_some()))),
        same => wanted == Some(now),
        shown => Value::from(Serde(shown.collect::<Vec<_>>())),
        totals => Value::from(Serde(costs(&|_| String::new()))),
        by_indicator => Value::from(Serde(costs(&by_indicator))),
        by_area => Value::from(Serde(costs(&by_area))),
        by_both => Value::from(Serde(costs(&both))),
        came => listed(&came),
        came_in_all => came.len(),
        went => listed(&went),
        went_in_all => went.len(),
        more => withheld.len().saturating_sub(LISTED),
        withheld => listed(&withheld),
    };
    DeskPages::load(&figures.desk.cli.templates)?.page("desk/protection.html", "Protection", parts)
}

/// An indicator, or a table of data quality, in words.
fn indicator(figures: &Figures<'_>, id: &str) -> String {
    match figures.opened.round.indicator(id) {
        Some(indicator) => format!("{} {}", indicator.id, indicator.short_name),
        None => id.replace('-', " "),
    }
}

/// A kind of areas in words.
fn area(figure: &Figure) -> &'static str {
    match AreaType::from_id(figure.area_type) {
        Some(AreaType::National) if matched_years(&figure.area_code).is_some() => "Authorities of two rounds",
        Some(AreaType::National) | None => "England",
        Some(AreaType::Region) => "Regions",
        Some(AreaType::Type) => "Types of authority",
        Some(AreaType::Group) => "Groups of like authorities",
        Some(AreaType::Authority) => "Authorities",
    }
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
    let known = known.with_studies(Arc::clone(&desk.studies));
    statistics::measure(standard, england, earlier, &round, returns, Edition::Own, &known)
}

/// What is withheld and coarser by what `name` says of it, with the round's settings and with others.
fn costs(
    statistics: &Statistics,
    trial: Option<&Statistics>,
    year: i32,
    name: &dyn Fn(&Figure) -> String,
) -> Vec<Costs> {
    let of = |statistics: &Statistics| {
        let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
        for one in statistics.withheld.iter().filter(|one| one.year == year) {
            let cost = costs.entry(name(&one.figure)).or_default();
            *(if one.protects.is_some() { &mut cost.secondary } else { &mut cost.primary }) += 1;
        }
        for one in statistics.coarser.iter().filter(|one| one.year == year) {
            costs.entry(name(&one.figure)).or_default().coarser += 1;
        }
        costs
    };
    let (now, tried) = (of(statistics), trial.map(of));
    let names: BTreeSet<&String> = now.keys().chain(tried.iter().flat_map(BTreeMap::keys)).collect();
    let cost = |name: &String, of: &BTreeMap<String, Cost>| of.get(name).copied().unwrap_or_default();
    let costs = |name: &String| Costs {
        of: name.clone(),
        now: cost(name, &now),
        tried: tried.as_ref().map(|tried| cost(name, tried)),
    };
    names.into_iter().map(costs).collect()
}

/// The id of a count as documents print it.
fn number(year: i32, figure: &Figure) -> String {
    let Figure { area_code, indicator, service, breakdown, count, .. } = figure;
    let breakdown = if breakdown.is_empty() { String::new() } else { format!("/{breakdown}") };
    format!("{year}/{area_code}/{indicator}/{service}{breakdown}/{count}")
}

pub(super) fn told(namer: &Namer<'_>, one: &WithheldCount) -> Withheld {
    let id = number(one.year, &one.figure);
    let protected = one.protects.as_ref().map(|figure| number(one.year, figure));
    let is_figure = one.protects.as_ref().is_some_and(|figure| figure.indicator != "left-by-difference");
    Withheld {
        what: namer.name(&id).what,
        address: provenance::address(&id),
        protects_address: protected.as_deref().filter(|_| is_figure).map(provenance::address),
        protects: protected.map(|id| namer.name(&id).what).unwrap_or_default(),
        left: one.range_left,
        attacker: one.attacker.as_deref().map(|code| namer.area(code)).unwrap_or_default(),
    }
}
