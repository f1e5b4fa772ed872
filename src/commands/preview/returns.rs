//! Returns at the desk: who sent one, and each as a table whose cells show what was found in them.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::desk::Desk;
use super::provenance;
use super::server::{Answer, Asked, with_values};
use crate::authority::Authority;
use crate::changes::Answers;
use crate::commands::{Opened, kept};
use crate::finding::{Checked, Finding, Severity, registry};
use crate::reports::DeskPages;
use crate::round::Service;
use crate::standard::Indicator;
use crate::statistics::{self, Breakdown, Scope};
use crate::submissions::entry::{Answer as Given, Entry, Ethnicity, Submission};
use crate::submissions::{self, rules, workbook};

/// An authority in the list.
#[derive(Serialize)]
pub(super) struct Listed {
    pub code: String,
    pub name: String,
    region: String,
    /// `accepted`, `rejected` or `missing`.
    pub state: &'static str,
    file: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    /// Whether it answers otherwise than when the round was built last.
    pub changed: bool,
}

/// Everybody who is registered, by name.
pub(super) fn listed(desk: &Desk, opened: &Opened) -> Vec<Listed> {
    let built = kept::answers(&desk.cli.output, opened.round.settings.year);
    let changed = built.map(|built| built.changed(&Answers::of(&opened.returns))).unwrap_or_default();
    let of = |authority: &Authority| {
        let own = opened.findings.iter().filter(|finding| finding.authority_code == authority.code);
        let count = |severity| own.clone().filter(|finding| finding.severity == severity).count();
        let submission = opened.returns.submissions.iter().find(|one| one.authority_code == authority.code);
        let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
        let accepted = opened.returns.accepted.contains(&authority.code);
        let state = match (accepted, submission.is_some() || errors > 0) {
            (true, _) => "accepted",
            (false, true) => "rejected",
            (false, false) => "missing",
        };
        let file = submission.map(|one| one.file.clone()).unwrap_or_default();
        let (code, name, region) = (authority.code.clone(), authority.name.clone(), authority.region.clone());
        let changed = changed.contains(&code);
        Listed { code, name, region, state, file, errors, warnings, notes, changed }
    };
    let mut listed: Vec<Listed> = opened.round.authorities.iter().map(of).collect();
    listed.sort_by(|one, other| one.name.cmp(&other.name));
    listed
}

/// Where the desk shows a return, and a place in it.
pub(super) fn address(code: &str, at: Option<&str>) -> String {
    match at {
        Some(at) => format!("/returns/{code}?{}#meant", with_values(&[("at", at)])),
        None => format!("/returns/{code}"),
    }
}

/// The list of all returns.
pub(super) fn list(desk: &Desk, opened: &Opened) -> Result<Option<String>> {
    let nobody: Vec<&Finding> = opened.findings.iter().filter(|one| one.authority_code.is_empty()).collect();
    let parts = context! {
        round => Value::from(Serde(&opened.round.settings)),
        listed => Value::from(Serde(listed(desk, opened))),
        nobody => Value::from(Serde(nobody)),
        folder => opened.round.folder.join("submissions").display().to_string(),
    };
    DeskPages::load(&desk.cli.templates)?.page("desk/returns.html", "Returns", parts).map(Some)
}

/// The return of an authority; nothing where there is no such authority.
pub(super) fn page(desk: &Desk, opened: &Opened, code: &str, at: Option<&str>) -> Result<Option<String>> {
    let Some(authority) = opened.round.authority(code) else { return Ok(None) };
    let findings: Vec<&Finding> = opened.findings.iter().filter(|one| one.authority_code == code).collect();
    let before = opened.earlier.last().and_then(|(_, returns)| returns.compared_with(&opened.round, code));
    let submissions = opened.returns.submissions.iter().filter(|one| one.authority_code == code);
    let built = kept::answers(&desk.cli.output, opened.round.settings.year);
    let views: Vec<Sheet> =
        submissions.map(|one| sheet(opened, one, (before.as_deref(), built.as_ref()), &findings)).collect();
    show(desk, opened, Some(authority), &findings, &views, at.unwrap_or_default(), "").map(Some)
}

/// A file that was sent from a page: it is checked as if it lay in the folder, and not kept.
pub(super) fn sent(desk: &Desk, opened: &Opened, asked: &Asked, bytes: &[u8]) -> Result<Answer> {
    let name = asked.value("name").unwrap_or("file");
    let round = &opened.round;
    let before = opened.earlier.last().map(|(_, returns)| returns);
    let Checked { value, findings } = submissions::read_one(name, bytes, round, &opened.standard, before);
    let code = value.submissions.first().map_or("", |one| one.authority_code.as_str());
    let findings: Vec<&Finding> = findings.iter().collect();
    let before = before.and_then(|before| before.compared_with(round, code));
    let views: Vec<Sheet> =
        value.submissions.iter().map(|one| sheet(opened, one, (before.as_deref(), None), &findings)).collect();
    show(desk, opened, round.authority(code), &findings, &views, "", name).map(Answer::part)
}

fn show(
    desk: &Desk,
    opened: &Opened,
    authority: Option<&Authority>,
    findings: &[&Finding],
    sheets: &[Sheet],
    at: &str,
    sent: &str,
) -> Result<String> {
    // What concerns the whole file comes first: the rest may follow from it.
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|place| (findings[*place].severity, registry::place(findings[*place].rule)));
    let cell_of = |place: usize| sheets.iter().find_map(|sheet| sheet.cell_of(place, findings[place]));
    let told: Vec<ToldFinding<'_>> = order
        .into_iter()
        .map(|place| ToldFinding { number: place, finding: findings[place], cell: cell_of(place) })
        .collect();
    let title = authority.map_or_else(|| "A file that names no authority".to_owned(), |one| one.name.clone());
    let accepted = authority.is_some_and(|one| opened.returns.accepted.contains(&one.code));
    let parts = context! {
        round => Value::from(Serde(&opened.round.settings)),
        authority => Value::from(Serde(authority)),
        accepted => accepted,
        received => !sheets.is_empty() || findings.iter().any(|finding| finding.severity == Severity::Error),
        findings => Value::from(Serde(told)),
        sheets => Value::from(Serde(sheets)),
        groups => Ethnicity::ALL.map(Ethnicity::label),
        at,
        sent,
        title => &title,
    };
    DeskPages::load(&desk.cli.templates)?.page("desk/return.html", &format!("Return: {title}"), parts)
}

/// A finding in the list beside the table.
#[derive(Serialize)]
struct ToldFinding<'a> {
    number: usize,
    finding: &'a Finding,
    /// The cell that it is about.
    cell: Option<String>,
}

/// A return as it was understood.
#[derive(Serialize)]
struct Sheet {
    file: String,
    services: Vec<ServiceRows>,
}

#[derive(Serialize)]
struct ServiceRows {
    name: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    label: String,
    cells: Vec<Cell>,
    /// The figures of the authority that are made of it: the indicator, and where it is explained.
    feeds: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Cell {
    /// Unique on the page; empty where nothing stands there.
    id: String,
    now: String,
    before: String,
    /// What stood there when the round was built last, where that was something else.
    built: Option<String>,
    /// What the submitter sees.
    place: String,
    /// The heaviest of its findings, in a word.
    severity: &'static str,
    /// Its findings: the number of each, and how heavy it is.
    found: Vec<(usize, &'static str)>,
}

impl Sheet {
    /// The cell that this finding is about: its own, or the first of several.
    fn cell_of(&self, number: usize, finding: &Finding) -> Option<String> {
        let rows = self.services.iter().flat_map(|service| &service.rows);
        let cells =
            || rows.clone().flat_map(|row| &row.cells).filter(|cell| cell.found.iter().any(|one| one.0 == number));
        cells().find(|cell| cell.place == finding.location).or_else(|| cells().next()).map(|cell| cell.id.clone())
    }
}

/// The return row by row, in the order of a workbook, with what stood there in the round before.
fn sheet(
    opened: &Opened,
    submission: &Submission,
    (before, built): (Option<&Submission>, Option<&Answers>),
    findings: &[&Finding],
) -> Sheet {
    let (settings, standard) = (&opened.round.settings, &opened.standard);
    let now = rules::answers(submission);
    let before = before.map(rules::answers).unwrap_or_default();
    let mut here: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate().filter(|(_, one)| one.file == submission.file) {
        let others = finding.others.iter().map(String::as_str);
        others.chain([finding.location.as_str()]).for_each(|at| here.entry(at).or_default().push(place));
    }
    let written = |given: Given| match given {
        Given::Blank => "blank".to_owned(),
        Given::Unreadable => "?".to_owned(),
        other => other.written(),
    };
    let mut count = 0;
    let mut services = Vec::new();
    for service in Service::ALL {
        let mut rows = Vec::new();
        for (measure, band) in workbook::rows(settings, standard) {
            let id = band.map_or("", |band| band.id.as_str());
            let entry = |group| now.get(&(service, measure.id.as_str(), id, group)).copied();
            if !Ethnicity::ALL.into_iter().any(|group| entry(group).is_some()) {
                continue;
            }
            let mut cell = |group| {
                let own: Option<&Entry> = entry(group);
                count += 1;
                let found = own.and_then(|own| here.get(own.location.as_str())).cloned().unwrap_or_default();
                let severity = found.iter().map(|place| findings[*place].severity).min();
                let found = found.into_iter().map(|place| (place, findings[place].severity.word())).collect();
                Cell {
                    id: own.map(|_| format!("cell-{count}")).unwrap_or_default(),
                    now: own.map_or("–".into(), |own| written(own.answer)),
                    before: before
                        .get(&(service, measure.id.as_str(), id, group))
                        .map(|entry| entry.answer.written())
                        .unwrap_or_default(),
                    built: own.and_then(|own| {
                        let key = (own.measure.as_str(), own.breakdown.as_str(), own.ethnicity.id());
                        let then = built?.answer(&submission.authority_code, own.service.id(), key)?;
                        let now = written(own.answer);
                        (then != now).then(|| then.to_owned())
                    }),
                    place: own.map(|own| own.location.clone()).unwrap_or_default(),
                    severity: severity.map(Severity::word).unwrap_or_default(),
                    found,
                }
            };
            let band = band.map(|band| format!(", {}", band.label)).unwrap_or_default();
            let label = format!("{}{band}", measure.label);
            let cells = Ethnicity::ALL.into_iter().map(&mut cell).collect();
            rows.push(Row { label, cells, feeds: feeds(opened, submission, service, (&measure.id, id)) });
        }
        if !rows.is_empty() {
            services.push(ServiceRows { name: rules::service_name(service), rows });
        }
    }
    Sheet { file: submission.file.clone(), services }
}

/// The figures of an authority that are made of a row of its return.
fn feeds(
    opened: &Opened,
    submission: &Submission,
    service: Service,
    (measure, band): (&str, &str),
) -> Vec<(String, String)> {
    let settings = &opened.round.settings;
    let accepted = opened.returns.accepted.contains(&submission.authority_code);
    let breakdown = match band {
        "" => Breakdown::Whole,
        band => Breakdown::PayBand(band.to_owned()),
    };
    let scope = Scope::of(service).last().copied().unwrap_or(Scope::All);
    let feeds = |indicator: &&Indicator| {
        Ethnicity::ALL.into_iter().any(|group| {
            statistics::is_made_of(indicator, &breakdown, settings.unknown_ethnicity, (measure, band, group))
        })
    };
    let figure = |indicator: &Indicator| {
        let of_band = if band.is_empty() { String::new() } else { format!("/{band}") };
        let (year, code) = (settings.year, &submission.authority_code);
        let id = format!("{year}/{code}/{}/{}{of_band}/words", indicator.id, scope.id());
        (indicator.id.clone(), provenance::address(&id))
    };
    opened.round.indicators.iter().filter(|_| accepted).filter(feeds).map(figure).collect()
}
