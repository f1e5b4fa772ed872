//! Counts that go into no figure, and rows that keep a return out of one: said before the reports leave it out.

use std::collections::BTreeMap;

use super::{Checker, service_name};
use crate::finding::Severity::{Note, Warning};
use crate::round::Service;
use crate::standard::{Indicator, Kind, Measure};
use crate::submissions::entry::{Answer, Ethnicity};
use crate::submissions::row::{Row, rows_of};

/// What a row lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Minoritised,
    White,
    Groups,
}

/// What is lacking, of which service and groups, and the rows that lack it, in printed order, with the indicators that lose by it.
type Lacking<'i> = BTreeMap<(Service, Lack, Vec<&'static str>), (Vec<(usize, usize)>, Vec<&'i str>)>;

impl Checker<'_> {
    pub(super) fn left_out(&mut self) {
        let standard = self.standard;
        let indicators = self.settings.indicators.iter().filter_map(|id| standard.indicator(id));
        let mut lacking = Lacking::new();
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
        for ((service, lack, groups), (rows, indicators)) in lacking {
            self.tell_lack(service, lack, &groups, &rows, &indicators);
        }
    }

    /// The row of a measure that stands for a service.
    fn resolved(&self, service: Service, measure: &Measure) -> Row {
        let row = |service| Some(self.row(service, &measure.id, "")).filter(|row| *row != Row::default());
        rows_of(service, row).into_iter().reduce(|one, other| one.and(&other)).unwrap_or_default()
    }

    fn lacks<'i>(
        &mut self,
        service: Service,
        [above, below]: [&Measure; 2],
        indicator: &'i Indicator,
        lacking: &mut Lacking<'i>,
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
            let group = |group: usize| row.groups[group].is_none() && other.groups[group].is_some();
            let lacks = [
                (Lack::Minoritised, row.minoritised().is_none()),
                (Lack::White, row.white.is_none()),
                (Lack::Groups, row.minoritised().is_some() && (0..4).any(group)),
            ];
            for (lack, _) in lacks.into_iter().filter(|(_, lacks)| *lacks) {
                self.note_lack(service, measure, 0, lack, indicator, lacking);
            }
        }
    }

    fn lacks_of_bands<'i>(
        &self,
        service: Service,
        banded: &Measure,
        indicator: &'i Indicator,
        lacking: &mut Lacking<'i>,
    ) {
        for (place, band) in self.breakdowns(banded).into_iter().enumerate() {
            let row = self.row(service, &banded.id, band);
            let lacks = [(row.minoritised().is_none(), Lack::Minoritised), (row.white.is_none(), Lack::White)];
            for (_, lack) in lacks.into_iter().filter(|(lacks, _)| *lacks && row != Row::default()) {
                self.note_lack(service, banded, place, lack, indicator, lacking);
            }
        }
    }

    /// Notes what a row lacks, unless a cell of it could not be read, which is told already.
    fn note_lack<'i>(
        &self,
        service: Service,
        measure: &Measure,
        band: usize,
        lack: Lack,
        indicator: &'i Indicator,
        lacking: &mut Lacking<'i>,
    ) {
        let breakdown = self.breakdowns(measure).get(band).copied().unwrap_or_default();
        let groups = if lack == Lack::White { &[Ethnicity::White][..] } else { &Ethnicity::MINORITISED };
        let cell = |group: &Ethnicity| self.answer(service, &measure.id, breakdown, *group).map(|entry| entry.answer);
        if groups.iter().any(|group| cell(group) == Some(Answer::Unreadable)) {
            return;
        }
        let counted = |group: &&Ethnicity| matches!(cell(group), Some(Answer::Count(_)));
        let missing = groups.iter().filter(|group| !counted(group)).map(|group| group.label()).collect();
        let place = self.standard.measures.iter().position(|one| one.id == measure.id).unwrap_or_default();
        let (rows, indicators) = lacking.entry((service, lack, missing)).or_default();
        if !rows.contains(&(place, band)) {
            rows.push((place, band));
        }
        if !indicators.contains(&indicator.short_name.as_str()) {
            indicators.push(&indicator.short_name);
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
        let help = format!("count “{}” for the same services too; without it these counts cannot be used", below.label);
        self.tell_of_row(Warning, entry, "left-out", message, help);
    }

    fn tell_lack(
        &mut self,
        service: Service,
        lack: Lack,
        groups: &[&str],
        rows: &[(usize, usize)],
        indicators: &[&str],
    ) {
        let standard = self.standard;
        let named = |(measure, band): &(usize, usize)| {
            let measure = standard.measures.get(*measure)?;
            Some((measure, self.breakdowns(measure).get(*band).copied().unwrap_or_default()))
        };
        let rows: Vec<(&Measure, &str)> = rows.iter().filter_map(named).collect();
        let names: Vec<String> = rows.iter().map(|(measure, band)| self.name(measure, band)).collect();
        let groups = groups.join(", ");
        let lacks = match &names[..] {
            [row] => format!("{row} has no count for {groups}"),
            rows => format!("{} rows have no count for {groups}: {}", rows.len(), rows.join(", ")),
        };
        let (of, help) = match lack {
            Lack::Minoritised => (
                " of all minoritised people",
                "give all minoritised people as one count too, if you know it; if you do not, x says so, and the other figures stay as they are",
            ),
            Lack::White => (
                "",
                "count white people too, if you can; if you cannot, x says so, and the other figures stay as they are",
            ),
            Lack::Groups => (
                " of these ethnic groups",
                "count them, if you can; if you cannot, x says so, and the other figures stay as they are",
            ),
        };
        let message = format!("{lacks}. The return is left out of figures{of} on {}", indicators.join(", "));
        match rows.iter().find_map(|(measure, band)| self.first(service, &measure.id, band)) {
            Some(entry) => self.tell_of_row(Note, entry, "left-out", message, help),
            None => self.tell_of_service(Note, service, "left-out", message, help),
        }
        let cells = rows.iter().flat_map(|(measure, band)| self.cells(service, &measure.id, band));
        self.also(cells.collect::<Vec<_>>());
    }
}
