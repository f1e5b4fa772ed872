//! Counts that go into no figure, and rows that keep a return out of one: said before the reports leave it out.

use std::collections::BTreeMap;

use super::{Checker, service_name};
use crate::finding::Severity::{Note, Warning};
use crate::round::Service;
use crate::standard::{Indicator, Kind, Measure};
use crate::submissions::entry::Ethnicity;
use crate::submissions::row::Row;

/// What a row lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Minoritised,
    White,
    Groups,
}

/// Service, measure in printed order, pay band in printed order, what is lacking.
type Place = (Service, usize, usize, Lack);

impl Checker<'_> {
    pub(super) fn left_out(&mut self) {
        let standard = self.standard;
        let indicators = self.settings.indicators.iter().filter_map(|id| standard.indicator(id));
        let mut lacking: BTreeMap<Place, Vec<&str>> = BTreeMap::new();
        for indicator in indicators {
            let measures = [&indicator.numerator, &indicator.denominator].map(|id| standard.measure(id));
            let [Some(above), Some(below)] = measures else { continue };
            for service in Service::ALL {
                match indicator.kind {
                    Kind::Share => self.lacks_of_bands(service, above, indicator, &mut lacking),
                    _ => self.lacks(service, [above, below], indicator, &mut lacking),
                }
            }
        }
        for ((service, measure, band, lack), indicators) in lacking {
            self.tell_lack(service, (measure, band), lack, &indicators);
        }
    }

    /// The row of a measure in a service, and of combined services the sum of both where each was counted.
    fn resolved(&self, service: Service, measure: &Measure) -> Row {
        let row = |service| self.row(service, &measure.id, "");
        let combined = row(service);
        if service == Service::Combined && combined == Row::default() {
            return row(Service::Adults).and(&row(Service::Childrens));
        }
        combined
    }

    fn lacks<'i>(
        &mut self,
        service: Service,
        [above, below]: [&Measure; 2],
        indicator: &'i Indicator,
        lacking: &mut BTreeMap<Place, Vec<&'i str>>,
    ) {
        let counted = |row: Row| row != Row::default();
        if !counted(self.row(service, &above.id, "")) {
            return;
        }
        let [part, whole] = [above, below].map(|measure| self.resolved(service, measure));
        if !counted(whole) {
            self.no_whole(service, above, below);
            return;
        }
        for (measure, row, other) in [(above, part, whole), (below, whole, part)] {
            let mut add = |lack| {
                let place = self.standard.measures.iter().position(|one| one.id == measure.id).unwrap_or_default();
                lacking.entry((service, place, 0, lack)).or_default().push(&indicator.short_name);
            };
            if row.minoritised().is_none() {
                add(Lack::Minoritised);
            }
            if row.white.is_none() {
                add(Lack::White);
            }
            let group = |group: usize| row.groups[group].is_none() && other.groups[group].is_some();
            if row.minoritised().is_some() && (0..4).any(group) {
                add(Lack::Groups);
            }
        }
    }

    fn lacks_of_bands<'i>(
        &self,
        service: Service,
        banded: &Measure,
        indicator: &'i Indicator,
        lacking: &mut BTreeMap<Place, Vec<&'i str>>,
    ) {
        let place = self.standard.measures.iter().position(|one| one.id == banded.id).unwrap_or_default();
        for (number, band) in self.breakdowns(banded).into_iter().enumerate() {
            let row = self.row(service, &banded.id, band);
            if row == Row::default() {
                continue;
            }
            let lacks = [(row.minoritised().is_none(), Lack::Minoritised), (row.white.is_none(), Lack::White)];
            for (_, lack) in lacks.into_iter().filter(|(lacks, _)| *lacks) {
                lacking.entry((service, place, number, lack)).or_default().push(&indicator.short_name);
            }
        }
    }

    /// A part without its whole: of other services, or not counted at all.
    fn no_whole(&mut self, service: Service, above: &Measure, below: &Measure) {
        let elsewhere: Vec<&str> = Service::ALL
            .into_iter()
            .filter(|other| self.row(*other, &below.id, "") != Row::default())
            .map(service_name)
            .collect();
        // Split counts are of use beside a combined whole where both services have them.
        let both = [Service::Adults, Service::Childrens].map(|one| self.row(one, &above.id, ""));
        let split = service != Service::Combined && self.row(Service::Combined, &below.id, "") != Row::default();
        if split && both.iter().all(|row| *row != Row::default()) {
            return;
        }
        let Some(entry) = self.first(service, &above.id, "") else { return };
        let name = format!("“{}” of {}", above.label, service_name(service));
        let message = match &elsewhere[..] {
            [] => format!("{name} is counted, but “{}” is not: its counts go into no figure", below.label),
            others => format!(
                "{name} is counted, but “{}” is for {}: its counts go into no figure",
                below.label,
                others.join(" and ")
            ),
        };
        let help = format!("count “{}” for the same services; otherwise nothing needs to be done", below.label);
        self.tell_of_row(Warning, entry, "left-out", message, help);
    }

    fn tell_lack(&mut self, service: Service, (measure, band): (usize, usize), lack: Lack, indicators: &[&str]) {
        let standard = self.standard;
        let Some(measure) = standard.measures.get(measure) else { return };
        let band = self.breakdowns(measure).get(band).copied().unwrap_or_default();
        let counted = |group: &Ethnicity| self.count(service, &measure.id, band, *group).is_some();
        let missing: Vec<&str> = match lack {
            Lack::White => vec![Ethnicity::White.label()],
            _ => Ethnicity::MINORITISED.iter().filter(|group| !counted(group)).map(|group| group.label()).collect(),
        };
        let name = self.name(measure, band);
        let (of, help) = match lack {
            Lack::Minoritised => (
                "of all minoritised people",
                "give all minoritised people as one count too, if you know it; otherwise nothing needs to be done",
            ),
            Lack::White => ("", "count white people too, if you can; otherwise nothing needs to be done"),
            Lack::Groups => ("of these ethnic groups", "count them, if you can; otherwise nothing needs to be done"),
        };
        let message = format!(
            "{name} has no count for {}: the return is left out of the figures {}{}on {}",
            missing.join(", "),
            of,
            if of.is_empty() { "" } else { " " },
            indicators.join(", ")
        );
        match self.first(service, &measure.id, band) {
            Some(entry) => self.tell_of_row(Note, entry, "left-out", message, help),
            None => self.tell_of_service(Note, service, "left-out", message, help),
        }
    }
}
