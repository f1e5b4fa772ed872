//! The findings of the checks as files: one table of all, and a page for each authority.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};

use crate::authority::Authority;
use crate::finding::{Finding, Severity};
use crate::round::Round;
use crate::statistics::WithheldCount;

use super::html::Body;
use super::narrative::Narrative;
use super::page::{About, Page};
use super::{Artefact, views};

/// The columns of `findings.csv`, in order.
const COLUMNS: [&str; 8] = ["authority_code", "file", "location", "severity", "rule", "found", "message", "help"];

/// Every finding as CSV.
pub fn csv(findings: &[Finding]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for finding in findings {
        let severity = finding.severity.word();
        writer.write_record([
            &finding.authority_code,
            &finding.file,
            &finding.location,
            severity,
            finding.rule,
            &finding.found,
            &finding.message,
            &finding.help,
        ])?;
    }
    writer.into_inner().context("cannot finish the table of findings")
}

/// Every withheld count as CSV: which, why, and how wide a range the attacks on it left, and to whom the narrowest.
pub fn disclosure(withheld: &[WithheldCount]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "year",
        "area_type",
        "area_code",
        "service",
        "indicator",
        "breakdown",
        "count",
        "reason",
        "range_left",
        "narrowest_for",
    ])?;
    for count in withheld {
        let figure = &count.figure;
        let reason = count.protects.as_ref().map_or("primary".to_owned(), |other| format!("protects {other}"));
        writer.write_record([
            &count.year.to_string(),
            figure.area_type,
            &figure.area_code,
            figure.service,
            &figure.indicator,
            &figure.breakdown,
            figure.count,
            &reason,
            &format!("{:.0}", count.range_left),
            count.attacker.as_deref().unwrap_or("any reader"),
        ])?;
    }
    writer.into_inner().context("cannot finish the table of withheld counts")
}

/// The tables and the pages of every registered authority.
pub fn artefacts(
    round: &Round,
    findings: &[Finding],
    withheld: &[WithheldCount],
    narrative: &Narrative,
    page: &Page,
) -> Result<Vec<Artefact>> {
    let mut artefacts = vec![
        Artefact { path: "checks/findings.csv".into(), bytes: csv(findings)? },
        Artefact { path: "checks/disclosure.csv".into(), bytes: disclosure(withheld)? },
    ];
    for authority in &round.authorities {
        let own: Vec<&Finding> = findings.iter().filter(|finding| finding.authority_code == authority.code).collect();
        let path = format!("checks/{}.html", authority.folder());
        artefacts.push(Artefact { path, bytes: authority_page(round, authority, &own, narrative, page)?.into_bytes() });
    }
    Ok(artefacts)
}

fn authority_page(
    round: &Round,
    authority: &Authority,
    findings: &[&Finding],
    narrative: &Narrative,
    page: &Page,
) -> Result<String> {
    let round_view = views::round(round, None);
    let of = |severity: Severity| -> Vec<&Finding> {
        findings.iter().copied().filter(|finding| finding.severity == severity).collect()
    };
    let files: BTreeSet<&str> =
        findings.iter().map(|finding| finding.file.as_str()).filter(|file| !file.is_empty()).collect();
    let html = narrative.render(
        "checks/authority.html",
        context! {
            round => Value::from(Serde(&round_view)),
            authority => Value::from(Serde(authority)),
            errors => Value::from(Serde(of(Severity::Error))),
            warnings => Value::from(Serde(of(Severity::Warning))),
            notes => Value::from(Serde(of(Severity::Note))),
            files => Value::from(Serde(files)),
        },
    )?;
    let title = format!("Checks of the return of {}", authority.name);
    let about = About {
        description: format!(
            "What the checks of {} {} found, and how to mend it.",
            authority.name, round.settings.year
        ),
        title,
        organisation: round.settings.title.clone(),
        banner: round_view.banner,
        footer: vec![round.settings.title.clone()],
    };
    page.render(&about, &Body { html, ..Body::default() })
}
