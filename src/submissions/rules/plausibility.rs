//! What one return makes doubtful by itself: gaps, equal groups, odd shares.

use super::{Checker, service_name};
use crate::finding::Severity::{Error, Warning};
use crate::round::Service;
use crate::submissions::entry::{Answer, Entry, Ethnicity};

/// A larger share of unknown ethnicity leaves the figures open to doubt.
const UNKNOWN_SHARE: f64 = 0.4;

/// Shares of fewer people vary too much to be called odd.
const LEAST_PEOPLE: u64 = 50;

/// Fewer equal counts of two services are chance.
const LEAST_COUNTS: usize = 20;

/// Equal counts in all groups are chance where they are smaller.
const LEAST_EQUAL: u64 = 10;

const BLANK: &str = "write a count, 0 if there are none, x if it is not collected, z if it does not apply";

impl Checker<'_> {
    pub(super) fn plausibility(&mut self) {
        if !self.answers.values().any(|entry| entry.count().is_some() || entry.answer == Answer::Unreadable) {
            let help = "fill in a count for each measure; if there is nothing to return, tell the team that you send the return to";
            self.tell_of_file(Error, "no-counts", "the return holds no counts".into(), help);
            return;
        }
        self.equal_services();
        for service in self.services() {
            self.missing_groups(service);
            self.blanks(service);
            self.no_staff(service);
            self.unknown(service);
            self.equal_groups(service);
            self.rates(service);
        }
    }

    /// Whether any row of the service says something of the group.
    fn given(&self, service: Service, group: Ethnicity) -> bool {
        self.answers
            .iter()
            .any(|((of, .., other), entry)| *of == service && *other == group && entry.answer != Answer::Blank)
    }

    /// A group that has no count in any row, though others do.
    fn missing_groups(&mut self, service: Service) {
        let given = |group| self.given(service, group);
        let wanted = |group: &Ethnicity| is_due(*group, given);
        let missing = Ethnicity::ALL.into_iter().filter(|group| wanted(group) && !given(*group));
        // Without white staff there is nothing to compare with.
        let (white, others): (Vec<Ethnicity>, Vec<Ethnicity>) = missing.partition(|group| *group == Ethnicity::White);
        for (groups, severity) in [(white, Error), (others, Warning)] {
            if groups.is_empty() {
                continue;
            }
            let names: Vec<&str> = groups.iter().map(|group| group.label()).collect();
            let message = format!("no row of {} has a count for {}", service_name(service), names.join(", "));
            let help = "write the counts, 0 where there are none, or x where a group is not collected";
            self.tell_of_service(severity, service, "group-missing", message, help);
            let own = |entry: &&Entry| entry.service == service && groups.contains(&entry.ethnicity);
            self.also(self.answers.values().copied().filter(own).collect::<Vec<_>>());
        }
    }

    /// Cells that are blank in a row that has counts, and rows that are blank altogether.
    fn blanks(&mut self, service: Service) {
        let standard = self.standard;
        let (mut empty, mut place, mut cells) = (Vec::new(), None, Vec::new());
        for measure in &standard.measures {
            for band in self.breakdowns(measure) {
                let answer = |group| self.answer(service, &measure.id, band, group);
                let told = |group| answer(group).is_some_and(|entry| entry.answer != Answer::Blank);
                let total = told(Ethnicity::Minoritised);
                let groups = Ethnicity::MINORITISED.into_iter().all(told);
                if (groups && told(Ethnicity::White) && told(Ethnicity::Unknown))
                    || self.elsewhere(service, &measure.id)
                {
                    continue;
                }
                // A group that is in no row was told of already.
                let blank: Vec<Ethnicity> = Ethnicity::ALL
                    .into_iter()
                    .filter(|group| is_due(*group, told) && !told(*group) && self.given(service, *group))
                    .collect();
                let Some(first) = blank.first() else { continue };
                let name = self.name(measure, band);
                let entry = answer(*first).or(self.first(service, &measure.id, band));
                if !total && !Ethnicity::ALL.into_iter().any(told) {
                    empty.push(name);
                    place = place.or(entry);
                    cells.extend(self.cells(service, &measure.id, band));
                    continue;
                }
                let names: Vec<&str> = blank.iter().map(|group| group.label()).collect();
                let empty_cells: Vec<&Entry> = blank.iter().filter_map(|group| answer(*group)).collect();
                let message = format!("in the row {name} these are blank: {}", names.join(", "));
                match entry {
                    Some(entry) => self.tell_of_cells(Warning, entry, "blank", message, BLANK),
                    None => self.tell_of_service(Warning, service, "blank", message, BLANK),
                }
                self.also(empty_cells);
            }
        }
        let name = service_name(service);
        let message = match &empty[..] {
            [] => return,
            [row] => format!("the row {row} of {name} is blank"),
            rows => format!("{} rows of {name} are blank: {}", rows.len(), rows.join(", ")),
        };
        match place {
            Some(entry) => self.tell_of_cells(Warning, entry, "blank", message, BLANK),
            None => self.tell_of_service(Warning, service, "blank", message, BLANK),
        }
        self.also(cells);
    }

    /// Whether a measure that this service has no count of is counted in the other way: combined, or for each service.
    fn elsewhere(&self, service: Service, measure: &str) -> bool {
        let counted = |combined: bool| {
            self.answers.iter().any(|((of, measured, ..), entry)| {
                *measured == measure && (*of == Service::Combined) == combined && entry.count().is_some()
            })
        };
        let combined = service == Service::Combined;
        !counted(combined) && counted(!combined)
    }

    /// Without staff hardly anything of a service can be compared.
    fn no_staff(&mut self, service: Service) {
        if self.elsewhere(service, "staff") {
            return;
        }
        let [minoritised, white, _] = self.people(service, "staff", "");
        let told = self.everybody(service, "staff", "");
        if told.is_some_and(|staff| staff > 0) || (told.is_none() && (minoritised.is_some() || white.is_some())) {
            return;
        }
        let readable =
            |group| self.answer(service, "staff", "", group).is_none_or(|it| it.answer != Answer::Unreadable);
        if !Ethnicity::ALL.into_iter().all(readable) {
            return;
        }
        let message = match told {
            Some(_) => format!("there are no staff in {}, but the return is about them", service_name(service)),
            None => format!("the staff in post of {} are not given", service_name(service)),
        };
        let help = "write the staff in post; to leave this service out, clear everything else that is about it";
        match self.first(service, "staff", "") {
            Some(entry) => self.tell_of_row(Error, entry, "no-staff", message, help),
            None => self.tell_of_service(Error, service, "no-staff", message, help),
        }
    }

    /// One service's counts in the place of the other's too.
    fn equal_services(&mut self) {
        let of = |service| -> Vec<(&str, &str, Ethnicity, u64)> {
            let counts = self.answers.iter().filter(|((of, ..), _)| *of == service);
            counts.filter_map(|((_, measure, band, group), it)| Some((*measure, *band, *group, it.count()?))).collect()
        };
        let (adults, childrens) = (of(Service::Adults), of(Service::Childrens));
        if adults.len() >= LEAST_COUNTS && adults == childrens && adults.iter().any(|(.., count)| *count > 0) {
            let message = "every count is the same for adults' and for children's services".to_owned();
            self.tell_of_file(Warning, "services-equal", message, "see whether one was pasted into the other's place");
        }
    }

    fn unknown(&mut self, service: Service) {
        let standard = self.standard;
        for measure in standard.measures.iter().filter(|measure| !measure.by_band) {
            let Some(all) = self.everybody(service, &measure.id, "").filter(|all| *all >= LEAST_PEOPLE) else {
                continue;
            };
            let Some((unknown, entry)) = self.count(service, &measure.id, "", Ethnicity::Unknown) else { continue };
            let share = unknown as f64 / all as f64;
            if share > UNKNOWN_SHARE {
                let name = self.name(measure, "");
                let message = format!("the ethnicity of {:.0}% of {name} is not known", 100.0 * share);
                let help = "see that nobody whose ethnicity is known is counted here; if it is right, nothing needs to be done, and the report says how much \
                            is not known";
                self.tell(Warning, entry, "unknown-ethnicity", message, help);
            }
        }
    }

    /// The same count in every group: a total that was copied, or an example that was left.
    fn equal_groups(&mut self, service: Service) {
        let standard = self.standard;
        for measure in &standard.measures {
            for band in self.breakdowns(measure) {
                let groups = [&Ethnicity::MINORITISED[..], &[Ethnicity::White]].concat();
                let counts: Option<Vec<u64>> =
                    groups.iter().map(|group| Some(self.count(service, &measure.id, band, *group)?.0)).collect();
                let Some([first, rest @ ..]) = counts.as_deref() else { continue };
                if *first >= LEAST_EQUAL && rest.iter().all(|count| count == first) {
                    let Some(entry) = self.first(service, &measure.id, band) else { continue };
                    let message = format!("every group has the same count in the row {}", self.name(measure, band));
                    let help = "check that each group has its own count, not a copy of another";
                    self.tell_of_row(Warning, entry, "groups-equal", message, help);
                }
            }
        }
    }

    /// Shares that the standard calls implausible, all groups together.
    fn rates(&mut self, service: Service) {
        let standard = self.standard;
        for measure in &standard.measures {
            let (Some([low, high]), Some(whole)) = (measure.plausible, measure.part_of.as_deref()) else { continue };
            if self.told.iter().any(|(of, told)| *of == service && (*told == measure.id || *told == whole)) {
                continue;
            }
            let Some(all) = self.everybody(service, whole, "").filter(|all| *all >= LEAST_PEOPLE) else { continue };
            let Some(part) = self.everybody(service, &measure.id, "") else { continue };
            let share = part as f64 / all as f64;
            if (share < low || share > high) && share <= 1.0 {
                let Some(entry) = self.first(service, &measure.id, "") else { continue };
                let of = standard.measure(whole).map_or(whole, |whole| whole.label.as_str());
                let usual = if share < low {
                    format!("less than {:.1}% is unusual", 100.0 * low)
                } else {
                    format!("more than {:.0}% is unusual", 100.0 * high)
                };
                let message = format!("{} is {:.1}% of “{of}”: {usual}", self.name(measure, ""), 100.0 * share);
                let help = "check both rows; if they are right, nothing needs to be done";
                self.tell_of_row(Warning, entry, "implausible-rate", message, help);
                self.also(self.cells(service, whole, ""));
            }
        }
    }
}

/// Whether a count of the group is due: the four groups are not where only their total is told.
fn is_due(group: Ethnicity, told: impl Fn(Ethnicity) -> bool) -> bool {
    match group {
        Ethnicity::Minoritised => false,
        Ethnicity::White | Ethnicity::Unknown => true,
        _ => !told(Ethnicity::Minoritised) || Ethnicity::MINORITISED.into_iter().any(told),
    }
}
