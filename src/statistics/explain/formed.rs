//! An authority under a code that it has since: its figures in a round are those of what it was then.

use std::collections::BTreeSet;

use crate::authority::Authority;
use crate::authority::changes::Moment;
use crate::round::Date;
use crate::statistics::compare::{Judgement, Statistic, Step, Subject, TOGETHER, compare};
use crate::statistics::figure::{Area, AreaKey};

use super::{Explainer, Found};

impl Explainer<'_> {
    /// The area of the round that an authority of another round was, or is by then; several together are one area under its code.
    pub(super) fn formed(&self, code: &str) -> Option<(Area, Option<Step>)> {
        let round = self.rounds.last()?.0;
        if code.contains(TOGETHER) {
            let codes: BTreeSet<String> = code.split(TOGETHER).map(str::to_owned).collect();
            let names: Option<Vec<&str>> =
                codes.iter().map(|code| Some(self.own(code)?.authority.name.as_str())).collect();
            let area = Area::new(AreaKey::authority(code), &names?.join(", "));
            return Some((area, Some(Step { codes, ..Step::default() })));
        }
        let name = round.england.iter().find(|one| one.code == code).map_or(code, |one| &one.name);
        let [code, name] = [code, name].map(str::to_owned);
        let alone = [Authority {
            code: code.clone(),
            name,
            kind: String::new(),
            region: String::new(),
            members: Vec::new(),
            group: None,
        }];
        let [before, after] = [time::Date::MIN, time::Date::MAX].map(|day| Moment { day: Date(day), register: &alone });
        let since = round.changes.between(before, round.moment()).of_earlier(&code);
        let recoded = since.filter(|unit| unit.is_of_one() && unit.earlier.len() == 1);
        if let Some(own) = recoded.and_then(|unit| self.own(unit.name())) {
            return Some((Area::new(AreaKey::authority(&own.authority.code), &own.authority.name), None));
        }
        let unit = round.changes.between(round.moment(), after).of_later(&code);
        let there = unit.is_of_one() && unit.earlier.iter().all(|code| self.own(code).is_some());
        let step = Step { codes: unit.earlier, ..Step::default() };
        let one = Some(step.code(&code)).filter(|_| there && !step.codes.is_empty())?;
        let several = step.codes.len() > 1;
        Some((Area::new(AreaKey::authority(&one), &alone[0].name), several.then_some(step)))
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
