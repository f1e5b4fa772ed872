//! Sums: duplicates, parts and wholes, bands and staff, groups and their total, combined services.

use super::{Checker, service_name};
use crate::finding::Severity::{Error, Note, Warning};
use crate::round::Service;
use crate::standard::Measure;
use crate::submissions::entry::{Entry, Ethnicity};

/// Pay bands that lack a larger share of staff than this are worth a question.
const MISSING_FROM_BANDS: f64 = 0.1;

/// And so many people.
const MISSING_PEOPLE: u64 = 10;

impl<'a> Checker<'a> {
    pub(super) fn arithmetic(&mut self) {
        self.duplicates();
        let standard = self.standard;
        let with_whole = |measure: &'a Measure| Some((measure, standard.measure(measure.part_of.as_deref()?)?));
        let parts: Vec<(&Measure, &Measure)> = standard.measures.iter().filter_map(with_whole).collect();
        for service in Service::ALL {
            for (part, whole) in parts.iter().filter(|(part, _)| !part.by_band) {
                self.swapped(service, part, whole);
            }
            for (part, whole) in &parts {
                let told = |measure: &Measure| self.told.contains(&(service, measure.id.clone()));
                if told(part) || told(whole) {
                    continue; // rows that changed places exceed many others
                }
                match part.by_band {
                    true => self.bands(service, part, whole),
                    false => self.part_and_whole(service, part, whole),
                }
            }
            for measure in &standard.measures {
                self.groups(service, measure);
            }
        }
        for measure in &standard.measures {
            self.combined(measure);
        }
    }

    /// The same cell twice, and services that the round does not take.
    fn duplicates(&mut self) {
        let submission = self.submission;
        for entry in &submission.entries {
            let first = self.answers[&entry.key()];
            if !std::ptr::eq(first, entry) {
                let help = format!("keep one of them; the first stands at {}", first.location);
                let message = "the same service, measure, pay band and group stand twice".to_owned();
                self.tell(Error, entry, "duplicate", message, help);
            }
        }
        for service in [Service::Adults, Service::Childrens] {
            let first = submission.entries.iter().find(|entry| entry.service == service);
            let Some(first) = first.filter(|_| !self.settings.services.contains(&service)) else { continue };
            let message = format!("this round does not collect {}", service_name(service));
            self.tell_of_row(Error, first, "service-not-collected", message, "leave its rows out");
        }
    }

    /// Two rows that stand in each other's place: the part is the larger one wherever the two differ.
    fn swapped(&mut self, service: Service, part: &Measure, whole: &Measure) {
        if self.told.contains(&(service, whole.id.clone())) {
            return;
        }
        let pairs: Vec<(u64, u64, &Entry)> = Ethnicity::ALL
            .into_iter()
            .filter_map(|group| {
                let (part, entry) = self.count(service, &part.id, "", group)?;
                Some((part, self.count(service, &whole.id, "", group)?.0, entry))
            })
            .collect();
        let larger = pairs.iter().filter(|(part, whole, _)| part > whole).count();
        if larger < 2 || pairs.iter().any(|(part, whole, _)| part < whole) {
            return;
        }
        let Some((.., entry)) = pairs.first() else { return };
        let message = format!(
            "“{}” is larger than “{}” in every group, though it is a part of it: the two rows look swapped",
            part.label, whole.label
        );
        self.tell_of_row(Error, entry, "swapped-rows", message, "put each row's counts beside its own label");
        self.told.extend([(service, part.id.clone()), (service, whole.id.clone())]);
    }

    /// A part is no larger than its whole, in any group.
    fn part_and_whole(&mut self, service: Service, part: &Measure, whole: &Measure) {
        for group in Ethnicity::ALL {
            let Some((limit, _)) = self.count(service, &whole.id, "", group) else { continue };
            let Some((count, entry)) = self.count(service, &part.id, "", group) else { continue };
            if count > limit {
                let message = format!("“{}” is {count}, more than “{}”, which is {limit}", part.label, whole.label);
                let help = "see which of the two is wrong: the first is a part of the second";
                self.tell(Error, entry, "part-above-whole", message, help);
            }
        }
    }

    /// The pay bands of each group add up to its staff: never to more, and not to much less.
    fn bands(&mut self, service: Service, part: &Measure, whole: &Measure) {
        let mut missing = (0, 0, None);
        for group in Ethnicity::ALL {
            let Some((staff, _)) = self.count(service, &whole.id, "", group) else { continue };
            let bands = self.breakdowns(part);
            let counts: Vec<(u64, &Entry)> =
                bands.iter().filter_map(|band| self.count(service, &part.id, band, group)).collect();
            let sum: u64 = counts.iter().map(|(count, _)| count).sum();
            let Some((_, entry)) = counts.last() else { continue };
            if sum > staff {
                let group = group.label();
                let message =
                    format!("the pay bands of {group} add up to {sum}, more than “{}”, which is {staff}", whole.label);
                let help = "see whether the staff or a pay band is wrong: each member of staff stands in one band";
                self.tell(Error, entry, "bands-above-staff", message, help);
            } else if counts.len() == bands.len() && group != Ethnicity::Minoritised {
                missing = (missing.0 + staff - sum, missing.1 + staff, missing.2.or(Some(*entry)));
            }
        }
        let (people, staff, Some(entry)) = missing else { return };
        if people > 0 {
            let many = people as f64 > MISSING_FROM_BANDS * staff as f64 && people >= MISSING_PEOPLE;
            let message = format!("{people} of {staff} staff are in no pay band");
            let help = "each member of staff stands in one pay band, by full-time equivalent annual pay";
            self.tell_of_row(if many { Warning } else { Note }, entry, "bands-below-staff", message, help);
        }
    }

    /// Where the groups and their total are both given, the groups add up to it.
    fn groups(&mut self, service: Service, measure: &Measure) {
        for band in self.breakdowns(measure) {
            let total = self.count(service, &measure.id, band, Ethnicity::Minoritised);
            let groups: Option<Vec<u64>> = Ethnicity::MINORITISED
                .into_iter()
                .map(|group| self.count(service, &measure.id, band, group).map(|(count, _)| count))
                .collect();
            let (Some((total, entry)), Some(groups)) = (total, groups) else { continue };
            let sum: u64 = groups.iter().sum();
            if sum != total {
                let message = format!("Asian, Black, Mixed and Other add up to {sum}, not to this total");
                self.tell(Error, entry, "groups-and-total", message, "correct a group, or leave the total blank");
            }
        }
    }

    /// `combined` does not stand beside a split of the same measure.
    fn combined(&mut self, measure: &Measure) {
        let given = |entry: &&Entry| entry.measure == measure.id && entry.count().is_some();
        let submission = self.submission;
        let entries: Vec<&Entry> = submission.entries.iter().filter(given).collect();
        let combined = entries.iter().find(|entry| entry.service == Service::Combined);
        let split = entries.iter().find(|entry| entry.service != Service::Combined);
        if let (Some(combined), Some(split)) = (combined, split) {
            let message =
                format!("“{}” is given as combined and for {} as well", measure.label, service_name(split.service));
            let help = "give the split, or combined, not both";
            self.tell(Error, combined, "combined-beside-split", message, help);
        }
    }
}
