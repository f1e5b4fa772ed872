//! Assembles the benchmark pack of one authority: what its templates see, and its charts.

mod plan;
mod rounds;
mod section;

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::json;

use crate::charts::{self, FunnelChart};
use crate::standard::{Indicator, Kind};
use crate::statistics::{
    self, Absence, AuthorityStatistics, Breakdown, ENGLAND, Edition, Scope, Statistic, UNEXPECTED,
};

use super::drawings::{self, ChartView, Drawings};
use super::figures::Printed;
use super::identity::Identity;
use super::material::Material;
use super::narrative::Narrative;
use super::views::{self, PositionView, SummaryView};
use super::words;
use super::world::Source;
use section::{own, section};

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
        "peers": views::peers(round, Some(&authority.authority)),
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
    let rounds = rounds::chart(material, authority, &mut drawings)?;
    let parts = json!({
        "glance": glance,
        "funnels": funnels,
        "rounds": rounds,
        "last_plan": plan::actions(material, code),
        "sections": sections,
        "quality": quality,
        "headcount": headcount(authority, year),
        "response": response(authority, year),
        "left_out": left_out(material, code),
        "notice": null,
        "area_changes": authority.area_changes,
    });
    let data = narrative.document("pack", [common, parts])?;
    let mut source = drawings.finish("/pack/report.typ", data);
    source.typed = plan::typed(material, code);
    source.files.push(("/data.csv".to_owned(), data_file));
    Ok(source)
}

/// A measure's people, of known ethnicity or not, as far as they are shown.
fn people(authority: &AuthorityStatistics, measure: &str) -> Option<u64> {
    let line = authority.quality.iter().find(|line| line.measure == measure)?;
    Some(line.known? + line.unknown?)
}

/// The authority's staff.
fn headcount(authority: &AuthorityStatistics, year: i32) -> Option<Printed> {
    let staff = people(authority, "staff").filter(|staff| *staff > 0)?;
    let id = format!("{year}/{}/known-ethnicity/all/staff/people", authority.authority.code);
    Some(Printed::new(id, words::count(staff)))
}

/// The share of staff who answered the survey; nothing where more answered than are staff.
fn response(authority: &AuthorityStatistics, year: i32) -> Option<Printed> {
    let (answered, staff) = people(authority, "survey_respondents").zip(people(authority, "staff"))?;
    let share = (0 < answered && answered <= staff).then(|| words::percent(answered as f64 / staff as f64))?;
    let id = format!("{year}/{}/known-ethnicity/all/survey_respondents/response", authority.authority.code);
    Some(Printed::new(id, share))
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
