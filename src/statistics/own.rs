//! The figures of one return alone, as its authority is shown them: exact, and the same as in the edition of its pack for itself.
//!
//! What others' returns are needed for is not there: positions, comparisons, and what could have been seen.

use std::collections::BTreeMap;

use crate::authority::Authority;
use crate::round::{Round, Service};
use crate::standard::{Indicator, Kind, Standard};
use crate::submissions::Returns;
use crate::submissions::row::Row;

use super::add_up::{self, Tally, made_of};
use super::compare::{self, Judgement, Statistic, Subject, Table};
use super::figure::{Area, AreaKey, Breakdown, Counts, Quantity, Scope};
use super::protect;

/// The rows of a return: service, measure, pay band or nothing.
type Rows<'a> = BTreeMap<(Service, &'a str, &'a str), &'a Row>;

/// Every figure of an authority from its accepted return; nothing where there is none.
pub fn of_return(round: &Round, standard: &Standard, returns: &Returns, authority: &Authority) -> Option<Table> {
    let submission = returns.accepted(&authority.code)?;
    let mut counted: BTreeMap<(Service, &str, &str), Row> = BTreeMap::new();
    for entry in &submission.entries {
        if let Some(count) = entry.count() {
            counted.entry((entry.service, &entry.measure, &entry.breakdown)).or_default().put(entry.ethnicity, count);
        }
    }
    let rows: Rows<'_> = counted.iter().map(|(key, row)| (*key, row)).collect();
    let answers = add_up::answers(round, standard, returns);
    let judgement = Judgement::new(&round.settings.statistics);
    let area = Area::new(AreaKey::authority(&authority.code), &authority.name);
    let mut figures: Vec<Statistic> = Vec::new();
    for scope in Scope::ALL {
        for indicator in &round.indicators {
            let first = figures.len();
            for breakdown in Breakdown::every(indicator, &round.settings.pay_bands) {
                let subject = Subject { area: &area, scope, indicator, breakdown: &breakdown };
                let figure = match tally(round, &rows, &subject, authority) {
                    Some(tally) => compare::compare(&subject, &protect::exact(&tally), judgement),
                    None => {
                        let why = compare::absent(&answers, &authority.code, scope, indicator);
                        compare::missing(&subject, why)
                    }
                };
                figures.push(figure);
            }
            if indicator.kind == Kind::Share {
                compare::share_differences(&mut figures[first..]);
            }
        }
    }
    compare::judge_together(&mut figures, judgement);
    Some(Table::new(figures))
}

/// What the services of a return add up to for a figure; nothing where none of them gives all four counts.
fn tally(round: &Round, rows: &Rows<'_>, subject: &Subject<'_>, authority: &Authority) -> Option<Tally> {
    let indicator: &Indicator = subject.indicator;
    let parts = made_of::parts(indicator, subject.breakdown, round.settings.unknown_ethnicity);
    let row = |service, measure: &str, band: &str| -> Option<&Row> { rows.get(&(service, measure, band)).copied() };
    let added = subject.scope.services().filter_map(|service| made_of::added(&parts, service, row));
    let counts = added.reduce(|one, other| Counts::from_fn(|quantity: Quantity| one[quantity] + other[quantity]))?;
    Some(Tally {
        authorities: authority.authorities(),
        contributors: 1,
        returns: 1,
        largest_minoritised: counts.minoritised.denominator,
        largest_white: counts.white.denominator,
        counts,
        share_of_total: indicator.kind == Kind::Share,
    })
}
