//! What an authority reads of its return in its own browser: the verdict, the findings, what is empty yet, and its own figures.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::findings::{self, Checking, Telling};
use super::narrative::Narrative;
use super::views::{self, FigureView, IndicatorView};
use crate::authority::Authority;
use crate::round::Service;
use crate::statistics::{Breakdown, Scope, Table};
use crate::submissions::entry::{Answer, Entry, Ethnicity, Submission};
use crate::submissions::{rules, workbook};

/// The files of words that a page brings with it.
pub const FILES: [&str; 5] = [
    "checks/checked.html",
    "checks/findings.html",
    "checks/own.html",
    "checks/understood.html",
    "phrases/sentences.txt",
];

/// What is told of one file.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    /// The round, and what was read and found.
    pub checking: Checking<'a>,
    /// The return, as its page tells it.
    pub telling: Telling<'a>,
    /// Its figures, where it can be used.
    pub figures: Option<&'a Table>,
    /// The authority that the page was made for, where it was made for one.
    pub reader: Option<&'a Authority>,
}

/// What is empty yet of one row.
#[derive(Serialize)]
struct Empty {
    label: String,
    groups: Vec<&'static str>,
    /// Whether nothing stands in it.
    whole: bool,
}

/// What is empty yet of one service.
#[derive(Serialize)]
struct EmptyService {
    name: &'static str,
    /// Whether nothing at all is filled in.
    whole: bool,
    rows: Vec<Empty>,
}

/// One indicator of the authority.
#[derive(Serialize)]
struct Own {
    indicator: IndicatorView,
    /// One figure, or one for each pay band.
    figures: Vec<FigureView>,
}

/// The answer as HTML.
pub fn answered(files: &BTreeMap<String, String>, answered: Answered<'_>) -> Result<String> {
    let Answered { checking, telling, figures, reader } = answered;
    let narrative = Narrative::of(files)?;
    let own = match (figures, telling.authority) {
        (Some(figures), Some(authority)) => own(checking, figures, authority),
        _ => Vec::new(),
    };
    let other = reader.filter(|reader| telling.authority.is_some_and(|authority| authority.code != reader.code));
    let context = context! {
        own => Value::from(Serde(own)),
        empty => Value::from(Serde(telling.submission.map(|one| empty(checking, one)).unwrap_or_default())),
        reader => Value::from(Serde(other)),
        ..findings::context(checking, telling)
    };
    narrative.render("checks/checked.html", context)
}

/// The headline figures of every indicator.
fn own(checking: Checking<'_>, figures: &Table, authority: &Authority) -> Vec<Own> {
    let round = checking.round;
    let of = |indicator| {
        let breakdowns = Breakdown::headline(indicator, &round.settings.pay_bands);
        let found = breakdowns
            .iter()
            .filter_map(|breakdown| figures.get(&authority.code, Scope::All, &indicator.id, breakdown));
        let figures = found.map(|figure| views::figure(figure, round, round.settings.year)).collect();
        Own { indicator: views::indicator(indicator, round, checking.standard), figures }
    };
    round.indicators.iter().map(of).collect()
}

/// Where a count is due and nothing stands, in the order of the workbook.
fn empty(checking: Checking<'_>, submission: &Submission) -> Vec<EmptyService> {
    let answers = rules::answers(submission);
    let filled = |entry: &Entry| entry.answer != Answer::Blank;
    let given = |service: Service| answers.iter().any(|((of, ..), entry)| *of == service && filled(entry));
    let mut services = Vec::new();
    for service in Service::ALL {
        // Whoever counts both services together leaves the others out, and the other way round.
        let due = given(service) || checking.round.settings.services.contains(&service) && !given(Service::Combined);
        if !due {
            continue;
        }
        let whole = !given(service);
        let mut rows = Vec::new();
        for (measure, band) in
            workbook::rows(&checking.round.settings, checking.standard).into_iter().filter(|_| !whole)
        {
            let band = band.map_or("", |band| band.id.as_str());
            let stands =
                |group| answers.get(&(service, measure.id.as_str(), band, group)).is_some_and(|entry| filled(entry));
            let whole = !Ethnicity::ALL.into_iter().any(&stands);
            let groups: Vec<&str> = due_groups(stands).into_iter().map(Ethnicity::label).collect();
            if !groups.is_empty() {
                rows.push(Empty { label: findings::label(checking, &measure.id, band), whole, groups });
            }
        }
        if whole || !rows.is_empty() {
            services.push(EmptyService { name: rules::service_name(service), whole, rows });
        }
    }
    services
}

/// The groups of a row that are due and empty: the four groups, unless their total is given.
fn due_groups(stands: impl Fn(Ethnicity) -> bool) -> Vec<Ethnicity> {
    let due = |group: &Ethnicity| match group {
        Ethnicity::Minoritised => false,
        Ethnicity::White | Ethnicity::Unknown => true,
        _ => !stands(Ethnicity::Minoritised),
    };
    Ethnicity::ALL.into_iter().filter(due).filter(|group| !stands(*group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_groups_are_due_unless_their_total_is_given() {
        use Ethnicity::{Asian, Black, Minoritised, Mixed, Other, Unknown, White};
        let due = |given: &[Ethnicity]| due_groups(|group| given.contains(&group));
        assert_eq!(due(&[]), [Asian, Black, Mixed, Other, White, Unknown]);
        assert_eq!(due(&[Asian, White]), [Black, Mixed, Other, Unknown]);
        assert_eq!(due(&[Minoritised, White]), [Unknown]);
        assert_eq!(due(&[Asian, Black, Mixed, Other, White, Unknown]), []);
    }
}
