//! An authority under a code that it has since: its figures in a round are those of what it was then.

use crate::authority::Authority;
use crate::authority::changes::Moment;
use crate::round::Date;
use crate::statistics::compare::{Judgement, Statistic, Step, Subject, compare};
use crate::statistics::figure::{Area, AreaKey};

use super::{Explainer, Found};

impl Explainer<'_> {
    /// The area of the round that an authority of a later one was then; several together are one area under its code.
    pub(super) fn formed(&self, code: &str) -> Option<(Area, Option<Step>)> {
        let round = self.rounds.last()?.0;
        let name = round.england.iter().find(|one| one.code == code).map_or(code, |one| &one.name);
        let later = [Authority {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: String::new(),
            region: String::new(),
            members: Vec::new(),
        }];
        let between = round.changes.between(round.moment(), Moment { day: Date(time::Date::MAX), register: &later });
        let unit = Some(between.of_later(code)).filter(|unit| unit.is_of_one())?;
        let there = unit.earlier.iter().all(|code| self.own(code).is_some());
        let step =
            Some(Step { codes: unit.earlier, ..Step::default() }).filter(|step| there && !step.codes.is_empty())?;
        match step.codes.first() {
            Some(only) if step.codes.len() == 1 => Some((Area::new(AreaKey::authority(only), name), None)),
            _ => Some((Area::new(AreaKey::authority(code), name), Some(step))),
        }
    }
}

impl Found<'_, '_> {
    /// What is published of several together.
    pub(super) fn published(&self, step: &Step, explainer: &Explainer<'_>) -> Option<Statistic> {
        let subject = Subject {
            area: &self.area,
            scope: self.key.scope,
            indicator: self.indicator,
            breakdown: &self.key.breakdown,
        };
        let shown = step.shown(self.counted, &self.key, explainer.statistics.edition)?;
        Some(compare(&subject, &shown, Judgement::new(&self.counted.round.settings.statistics)))
    }
}
