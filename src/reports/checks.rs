//! The findings of the checks as files: one table of all, and a page for each authority.

mod disclosure;

use anyhow::{Context, Result};

use crate::authority::Authority;
use crate::finding::{Finding, registry};
use crate::statistics::Edition;

use super::findings::{self, Checking, Telling};
use super::html::Body;
use super::narrative::Narrative;
use super::page::{About, Page};
use super::{Artefact, tables, views};

pub use disclosure::{coarser, disclosure, whole};

/// The columns of `findings.csv`, in order.
const COLUMNS: [&str; 8] = ["authority_code", "file", "location", "severity", "rule", "found", "message", "help"];

/// Every finding as CSV.
pub fn csv(findings: &[Finding]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for finding in findings {
        let fields = [
            &finding.authority_code,
            &finding.file,
            &finding.location,
            finding.severity.word(),
            finding.rule,
            &finding.found,
            &finding.message,
            &finding.help,
        ];
        writer.write_record(fields.map(tables::harmless).iter().map(|field| field.as_bytes()))?;
    }
    writer.into_inner().context("cannot finish the table of findings")
}

/// The findings that everybody may read: those about how files were written, without what was found in them. That two counts
/// are equal, or that one has doubled, would tell of counts that are withheld.
pub fn for_everybody(findings: &[Finding]) -> Vec<Finding> {
    let of_files = findings.iter().filter(|finding| !registry::tells_of_counts(finding.rule));
    let without = |finding: &Finding| Finding {
        location: String::new(),
        found: String::new(),
        message: registry::find(finding.rule).map(|rule| rule.about.to_owned()).unwrap_or_default(),
        help: String::new(),
        others: Vec::new(),
        ..finding.clone()
    };
    of_files.map(without).collect()
}

/// The table of all findings, a page for every registered authority, and marked copies of the workbooks.
pub fn artefacts(checking: Checking<'_>, narrative: &Narrative, page: &Page) -> Result<Vec<Artefact>> {
    let Checking { round, returns, findings, .. } = checking;
    let mut artefacts = vec![Artefact { path: "findings.csv".into(), bytes: csv(findings)? }];
    for authority in &round.authorities {
        let own: Vec<&Finding> = findings.iter().filter(|finding| finding.authority_code == authority.code).collect();
        let submission = returns.submissions.iter().find(|submission| submission.authority_code == authority.code);
        let path = format!("{}.html", authority.folder());
        let marked = submission.and_then(|submission| {
            let path = round.folder.join("submissions").join(&submission.file);
            findings::marked(&std::fs::read(path).ok()?, &round.settings, &submission.file, &own)
        });
        let telling = Telling { authority: Some(authority), submission, findings: &own, marked: marked.is_some() };
        let html = authority_page(checking, authority, telling, narrative, page)?;
        artefacts.push(Artefact { path, bytes: html.into_bytes() });
        artefacts.extend(marked.map(|bytes| Artefact { path: format!("{}.xlsx", authority.folder()), bytes }));
    }
    Ok(artefacts)
}

fn authority_page(
    checking: Checking<'_>,
    authority: &Authority,
    telling: Telling<'_>,
    narrative: &Narrative,
    page: &Page,
) -> Result<String> {
    let round = checking.round;
    let html = narrative.render("checks/authority.html", findings::context(checking, telling))?;
    let title = format!("Checks of the return of {}", authority.name);
    let about = About {
        description: format!(
            "What the checks of {} {} found, and how to mend it.",
            authority.name, round.settings.year
        ),
        title,
        organisation: round.settings.title.clone(),
        banner: views::round(round, Some(Edition::Own)).banner,
        footer: vec![round.settings.title.clone()],
        ..About::default()
    };
    page.render(&about, &Body { html, ..Body::default() })
}
