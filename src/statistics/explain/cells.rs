//! The cells of the returns that a figure is added up from.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::Found;
use crate::round::Service;
use crate::statistics::add_up::made_of::{self, Part};
use crate::statistics::compare::Exact;
use crate::statistics::figure::{AreaType, Counts, FigureKey, Quantity};
use crate::submissions::entry::{Entry, Ethnicity, Submission};
use crate::submissions::row::rows_of;

/// One count that a figure is made of, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputCount {
    /// Whose.
    pub authority_code: String,
    /// The file inside the round's folder.
    pub file: String,
    /// What the submitter sees: `Adults!C14` or `line 14, column count`.
    pub location: String,
    /// `adults`, `childrens` or `combined`.
    pub service: &'static str,
    /// The measure's identifier.
    pub measure: String,
    /// A pay band's identifier, or empty.
    pub breakdown: String,
    /// The ethnic group.
    pub ethnicity: &'static str,
    /// The count; nothing where there is none.
    pub count: Option<u64>,
    /// What stands in the cell: a count, `x`, `z` or nothing.
    pub answer: String,
}

/// The cells that the figure is added up from; of an authority without the figure, the cells where it would stand.
pub(super) fn inputs(found: &Found<'_, '_>) -> Vec<InputCount> {
    let Found { indicator, key: FigureKey { scope, breakdown, .. }, .. } = found;
    let contributors = found.contributors();
    let asked: BTreeSet<(&str, Service)> = match found.area.kind {
        AreaType::Authority if contributors.is_empty() => {
            scope.services().map(|service| (&*found.area.code, service)).collect()
        }
        _ => contributors,
    };
    let parts = made_of::parts(indicator, breakdown, found.counted.round.settings.unknown_ethnicity);
    let mut inputs = Vec::new();
    for code in asked.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>() {
        let Some(submission) = found.returns.accepted(code) else { continue };
        let services = asked.iter().filter(|(other, _)| *other == code).map(|(_, service)| *service);
        for (row, groups) in rows(submission, services, &parts) {
            let entries = submission.entries.iter().filter(|entry| row.holds(entry));
            inputs.extend(
                entries.filter(|entry| groups.contains(&entry.ethnicity)).map(|entry| input(submission, entry)),
            );
        }
    }
    inputs
}

/// A row of a return.
#[derive(Clone, Copy, PartialEq, Eq)]
struct RowName<'a> {
    service: Service,
    measure: &'a str,
    band: &'a str,
}

impl RowName<'_> {
    fn holds(&self, entry: &Entry) -> bool {
        (entry.service, &*entry.measure, &*entry.breakdown) == (self.service, self.measure, self.band)
    }
}

/// The rows of a return that a figure of these services is made of, and the groups whose cells are.
fn rows<'a>(
    submission: &Submission,
    services: impl Iterator<Item = Service>,
    parts: &Counts<Vec<Part<'a>>>,
) -> Vec<(RowName<'a>, BTreeSet<Ethnicity>)> {
    let counted = |row: RowName<'_>, group: Option<Ethnicity>| {
        let of = |entry: &&Entry| group.is_none_or(|group| entry.ethnicity == group);
        submission.entries.iter().filter(|entry| row.holds(entry)).filter(of).any(|entry| entry.count().is_some())
    };
    let mut rows: Vec<(RowName<'a>, BTreeSet<Ethnicity>)> = Vec::new();
    for service in services {
        for part in parts.each().into_iter().flat_map(|(_, parts)| parts) {
            let row = |service| RowName { service, measure: part.measure, band: part.band };
            let mut of = rows_of(service, |service| counted(row(service), None).then_some(service));
            if of.is_empty() {
                of.push(service); // where they would stand
            }
            for row in of.into_iter().map(row) {
                let groups = part.people.cells(counted(row, Some(Ethnicity::Minoritised)));
                match rows.iter_mut().find(|(other, _)| *other == row) {
                    Some((_, known)) => known.extend(groups),
                    None => rows.push((row, groups.into_iter().collect())),
                }
            }
        }
    }
    rows
}

pub(super) fn input(submission: &Submission, entry: &Entry) -> InputCount {
    InputCount {
        authority_code: submission.authority_code.clone(),
        file: format!("submissions/{}", submission.file),
        location: entry.location.clone(),
        service: entry.service.id(),
        measure: entry.measure.clone(),
        breakdown: entry.breakdown.clone(),
        ethnicity: entry.ethnicity.id(),
        count: entry.count(),
        answer: entry.answer.written(),
    }
}

/// Makes sure that the cells shown add up to the counts shown.
pub(super) fn as_added_up(exact: &Exact, inputs: &[InputCount], found: &Found<'_, '_>) -> Result<()> {
    if exact.authorities == 0 {
        return Ok(());
    }
    let Found { indicator, key: FigureKey { breakdown, .. }, .. } = found;
    let parts = made_of::parts(indicator, breakdown, found.counted.round.settings.unknown_ethnicity);
    let of = |part: &Part<'_>| -> u64 {
        // A row gives all minoritised people as one count, or the four groups: its cells are of one of the two.
        let groups = [part.people.cells(true), part.people.cells(false)].concat();
        let of = |input: &&InputCount| {
            (&*input.measure, &*input.breakdown) == (part.measure, part.band)
                && groups.iter().any(|group| group.id() == input.ethnicity)
        };
        inputs.iter().filter(of).filter_map(|input| input.count).sum()
    };
    let cells = Counts::from_fn(|quantity: Quantity| Some(parts[quantity].iter().map(of).sum::<u64>()));
    let counts = exact.counts();
    ensure!(
        counts == cells,
        "the cells of indicator {} {breakdown} add up to {cells:?} and the figure is of {counts:?}: please report this",
        indicator.id
    );
    Ok(())
}
