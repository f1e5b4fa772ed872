//! The findings about one return as its authority reads them: in words, by what mends them, beside the return as it was understood.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::authority::Authority;
use crate::finding::places::{self, Range};
use crate::finding::{Finding, Severity, registry};
use crate::round::{Round, Service, Settings};
use crate::standard::Standard;
use crate::statistics::Edition;
use crate::submissions::entry::{Answer, Entry, Ethnicity, Submission};
use crate::submissions::{Returns, plans, rules, workbook};

use super::views;

/// What the checks of a round are about.
#[derive(Clone, Copy)]
pub struct Checking<'a> {
    /// The round's settings and register.
    pub round: &'a Round,
    /// The measures.
    pub standard: &'a Standard,
    /// What was sent.
    pub returns: &'a Returns,
    /// What was sent in the round before.
    pub before: Option<&'a Returns>,
    /// What was found.
    pub findings: &'a [Finding],
}

/// A finding in the words of its page.
#[derive(Serialize)]
struct Told<'a> {
    finding: &'a Finding,
    /// Where that is: a cell, a row, or rows.
    place: String,
    /// The row and column that it is about, in words.
    about: String,
    /// The other cells that it is about, each with its words.
    others: Vec<String>,
    /// What stood there in the round before.
    before: String,
}

/// Findings of one rule that are mended in one way.
#[derive(Serialize)]
struct Group<'a> {
    /// The message, or what the rule is about where the messages differ.
    title: String,
    help: &'a str,
    /// Whether each finding says more than the title.
    differ: bool,
    told: Vec<Told<'a>>,
}

/// One row of a return as it was understood.
#[derive(Serialize)]
struct Understood {
    label: String,
    cells: Vec<CellView>,
}

#[derive(Serialize)]
struct CellView {
    now: String,
    before: String,
    /// The heaviest finding of the cell.
    severity: String,
}

#[derive(Serialize)]
struct ServiceView {
    name: &'static str,
    rows: Vec<Understood>,
}

/// A copy of a workbook with the findings in it; none where nothing was found, or where it cannot be made.
pub fn marked(bytes: &[u8], settings: &Settings, file: &str, findings: &[&Finding]) -> Option<Vec<u8>> {
    let own: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.file == file).collect();
    let is_workbook = [".xlsx", ".ods"].iter().any(|ending| file.to_lowercase().ends_with(ending));
    if own.is_empty() || !is_workbook { None } else { workbook::mark(bytes, settings, &own) }
}

/// What goes onto the page of an authority, beside the findings themselves.
#[derive(Clone, Copy)]
pub struct Telling<'a> {
    /// Whose page it is, as far as that is known.
    pub authority: Option<&'a Authority>,
    /// Its return, where one could be read.
    pub submission: Option<&'a Submission>,
    /// What was found about it.
    pub findings: &'a [&'a Finding],
    /// Whether a marked copy of its workbook comes with it.
    pub marked: bool,
}

/// What the templates of findings are given.
pub fn context(checking: Checking<'_>, telling: Telling<'_>) -> Value {
    let Telling { authority, submission, findings, marked } = telling;
    let Checking { round, before, .. } = checking;
    // It holds every count of the return as it was sent.
    let round_view = views::round(round, Some(Edition::Own));
    let earlier = before.and_then(|before| before.compared_with(round, &authority?.code));
    let earlier = earlier.as_deref().map(rules::answers).unwrap_or_default();
    let of = |severity: Severity| -> Vec<Group<'_>> {
        let mut of: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.severity == severity).collect();
        // What concerns the whole file comes first: the rest may follow from it.
        of.sort_by_key(|finding| registry::place(finding.rule));
        grouped(of.into_iter().map(|finding| told(checking, submission, finding, &earlier)))
    };
    let files: BTreeSet<&str> =
        findings.iter().map(|finding| finding.file.as_str()).chain(submission.map(|it| it.file.as_str())).collect();
    let files: Vec<&str> = files.into_iter().filter(|file| !file.is_empty() && !is_plan(file)).collect();
    let groups = Ethnicity::ALL.map(Ethnicity::label);
    context! {
            round => Value::from(Serde(&round_view)),
            authority => Value::from(Serde(authority)),
            errors => Value::from(Serde(of(Severity::Error))),
            warnings => Value::from(Serde(of(Severity::Warning))),
            notes => Value::from(Serde(of(Severity::Note))),
            files => Value::from(Serde(files)),
            groups => Value::from(Serde(groups)),
            services => Value::from(Serde(submission.map(|it| understood(checking, it, findings, &earlier)))),
            remarks => Value::from(Serde(submission.map(remarks).unwrap_or_default())),
            workbook => marked,
            compared => !earlier.is_empty(),
    }
}

/// What the submitter wrote beside the counts.
#[derive(Serialize)]
struct RemarkView<'a> {
    place: &'a str,
    lines: Vec<&'a str>,
}

fn remarks(submission: &Submission) -> Vec<RemarkView<'_>> {
    let remarks = submission.cover.remarks.iter();
    remarks.map(|(place, text)| RemarkView { place, lines: text.lines().collect() }).collect()
}

fn grouped<'a>(all: impl Iterator<Item = Told<'a>>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for told in all {
        let Finding { rule, message, help, .. } = told.finding;
        let same = |group: &&mut Group<'_>| group.help == help && group.told[0].finding.rule == *rule;
        match groups.iter_mut().find(same) {
            Some(group) => {
                if group.title != *message && !group.differ {
                    group.differ = true;
                    group.title = registry::find(rule)
                        .map_or(message.clone(), |rule| rule.about.trim_end_matches('.').to_owned());
                }
                group.told.push(told);
            }
            None => groups.push(Group { title: message.clone(), help, differ: false, told: vec![told] }),
        }
    }
    groups
}

/// Whether a file is no return but a plan.
fn is_plan(file: &str) -> bool {
    file.starts_with(&format!("{}/", plans::FOLDER))
}

fn told<'a>(
    checking: Checking<'_>,
    submission: Option<&Submission>,
    finding: &'a Finding,
    earlier: &BTreeMap<rules::Key<'_>, &Entry>,
) -> Told<'a> {
    let entries = submission.filter(|submission| submission.file == finding.file).map(|it| &it.entries[..]);
    let (own, others): (Vec<Range<'_>>, Vec<Range<'_>>) =
        places::of(finding).into_iter().partition(|range| range.places.contains(&finding.location.as_str()));
    let place = own.first().map(|range| range.text.clone()).unwrap_or_default();
    let told = |about: String, others: Vec<String>, before: String| Told { finding, place, about, others, before };
    if is_plan(&finding.file) {
        return told(format!("the plan made before, {}", finding.file), Vec::new(), String::new());
    }
    let entries = Located { checking, entries: entries.unwrap_or_default() };
    let entry = entries.at(&finding.location).filter(|_| !finding.location.is_empty());
    let service = entry.map(|entry| entry.service);
    let others = others.iter().map(|range| entries.words_beside(range, service)).collect();
    let Some((entry, range)) = entry.zip(own.first()) else { return told(String::new(), others, String::new()) };
    // A finding without the cell's text is about the row.
    let about = format!("{} ({})", entries.words(range, !finding.found.is_empty()), rules::service_name(entry.service));
    let before = earlier.get(&entry.key()).filter(|_| !finding.found.is_empty());
    told(about, others, before.map(|entry| written(entry.answer)).unwrap_or_default())
}

/// The answers of a return by their places.
struct Located<'a> {
    checking: Checking<'a>,
    entries: &'a [Entry],
}

impl Located<'_> {
    fn at(&self, place: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.location == place)
    }

    /// The rows of these cells, and the column where one cell is meant.
    fn words(&self, range: &Range<'_>, cell: bool) -> String {
        let entries: Vec<&Entry> = range.places.iter().filter_map(|place| self.at(place)).collect();
        let mut rows: Vec<String> = Vec::new();
        for entry in &entries {
            let row = label(self.checking, &entry.measure, &entry.breakdown);
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let group = match entries[..] {
            [entry] if cell => format!(", {}", entry.ethnicity.label()),
            _ => String::new(),
        };
        format!("{}{group}", rows.join("; "))
    }

    /// Where other cells are, with their rows, and their service where it is another one.
    fn words_beside(&self, range: &Range<'_>, own: Option<Service>) -> String {
        let service = range.places.first().and_then(|place| self.at(place)).map(|entry| entry.service);
        let other = service.filter(|service| own.is_some_and(|own| own != *service)).map(rules::service_name);
        let words: Vec<String> = [self.words(range, true)]
            .into_iter()
            .filter(|row| !row.is_empty())
            .chain(other.map(str::to_owned))
            .collect();
        if words.is_empty() { range.text.clone() } else { format!("{} ({})", range.text, words.join(", ")) }
    }
}

/// What a row is called.
pub(super) fn label(checking: Checking<'_>, measure: &str, band: &str) -> String {
    let bands = &checking.round.settings.pay_bands;
    let band = bands.iter().find(|other| other.id == band).map(|band| format!(", {}", band.label));
    let measure = checking.standard.measure(measure).map_or(measure, |measure| measure.label.as_str());
    format!("{measure}{}", band.unwrap_or_default())
}

fn written(answer: Answer) -> String {
    match answer {
        Answer::Blank => "blank".into(),
        Answer::Unreadable => "?".into(),
        other => other.written(),
    }
}

/// The return as it was read, row by row, with what stood there in the round before.
fn understood(
    checking: Checking<'_>,
    submission: &Submission,
    findings: &[&Finding],
    earlier: &BTreeMap<rules::Key<'_>, &Entry>,
) -> Vec<ServiceView> {
    let answers = rules::answers(submission);
    let severity = |entry: &Entry| {
        let here = |finding: &&&Finding| finding.file == submission.file && finding.is_about(&entry.location);
        let heaviest = findings.iter().filter(here).map(|finding| finding.severity).min();
        heaviest.map(Severity::word).unwrap_or_default().to_owned()
    };
    let mut services = Vec::new();
    for service in Service::ALL {
        let mut rows = Vec::new();
        for (measure, band) in workbook::rows(&checking.round.settings, checking.standard) {
            let band = band.map_or("", |band| band.id.as_str());
            let entry = |group| answers.get(&(service, measure.id.as_str(), band, group)).copied();
            if !Ethnicity::ALL.into_iter().any(|group| entry(group).is_some()) {
                continue;
            }
            let cell = |group| CellView {
                now: entry(group).map_or("–".into(), |entry| written(entry.answer)),
                before: earlier
                    .get(&(service, measure.id.as_str(), band, group))
                    .map(|entry| entry.answer.written())
                    .unwrap_or_default(),
                severity: entry(group).map(severity).unwrap_or_default(),
            };
            let label = label(checking, &measure.id, band);
            rows.push(Understood { label, cells: Ethnicity::ALL.into_iter().map(cell).collect() });
        }
        if !rows.is_empty() {
            services.push(ServiceView { name: rules::service_name(service), rows });
        }
    }
    services
}
