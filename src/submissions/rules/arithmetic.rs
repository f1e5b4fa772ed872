//! Sums: duplicates, parts and wholes, bands and staff, groups and their total, combined services.

use super::bounds::{BESIDE, Beside, Of};
use super::{Checker, service_name};
use crate::finding::Severity::{Error, Note, Warning};
use crate::round::Service;
use crate::standard::{Measure, Period};
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
            for measure in &standard.measures {
                self.groups(service, measure);
            }
            for (part, whole) in parts.iter().filter(|(part, _)| !part.by_band) {
                self.swapped(service, part, whole);
            }
        }
        for beside in &BESIDE {
            for (part, whole) in &parts {
                let told = |measure: &Measure, services: &[Service]| {
                    services.iter().any(|service| self.told.contains(&(*service, measure.id.clone())))
                };
                if told(part, beside.part) || told(whole, beside.whole) {
                    continue; // rows that changed places exceed many others
                }
                match part.by_band {
                    true => self.bands(beside, part, whole),
                    false => self.part_and_whole(beside, part, whole),
                }
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
                self.also([first]);
            }
        }
        for service in [Service::Adults, Service::Childrens] {
            let first = submission.entries.iter().find(|entry| entry.service == service);
            let Some(first) = first.filter(|_| !self.settings.services.contains(&service)) else { continue };
            let message = format!("this round does not collect {}", service_name(service));
            self.tell_of_row(Error, first, "service-not-collected", message, "take its rows out, or clear its sheet");
            self.also(self.answers.values().copied().filter(|entry| entry.service == service).collect::<Vec<_>>());
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
        self.also(self.cells(service, &whole.id, ""));
        self.told.extend([(service, part.id.clone()), (service, whole.id.clone())]);
    }

    /// A part is no larger than its whole, in any group and all together, however the two were given.
    fn part_and_whole(&mut self, beside: &Beside, part: &Measure, whole: &Measure) {
        let mut found = false;
        for of in Of::EACH.into_iter().chain(Of::TOGETHER) {
            // All together, and some groups together, only where no single group says so.
            if found && Of::TOGETHER.contains(&of) {
                break;
            }
            let (least, entry) = self.least(beside.part, &part.id, "", of);
            let (Some(most), Some(entry)) = (self.most(beside.whole, &whole.id, "", of), entry) else { continue };
            if least <= most {
                continue;
            }
            found = true;
            let plain = entry.count() == Some(least) && beside.part == [entry.service];
            let message = format!(
                "“{}”{} {} {least}, more than “{}”{}, which is {}{most}",
                part.label,
                if plain { String::new() } else { of.words(beside.part) },
                if plain { "is" } else { "is at least" },
                whole.label,
                if plain && beside.whole == beside.part { String::new() } else { of.words(beside.whole) },
                if self.exact(beside.whole, &whole.id, of) { "" } else { "at most " },
            );
            if part.period == Period::TwelveMonths && whole.period == Period::Snapshot {
                let help = "see which of the two is wrong; where more people did within the 12 months than are in post on one \
                            day, tell the team that you send the return to, and they can accept it";
                self.tell(Error, entry, "more-than-in-post", message, help);
            } else {
                let help = "see which of the two is wrong: the first is a part of the second";
                self.tell(Error, entry, "part-above-whole", message, help);
            }
            self.also(self.counted(beside.part, &part.id, "", of));
            self.also(self.counted(beside.whole, &whole.id, "", of));
        }
    }

    /// The pay bands of each group add up to its staff: never to more, and not to much less.
    fn bands(&mut self, beside: &Beside, part: &Measure, whole: &Measure) {
        let bands = self.breakdowns(part);
        let (mut missing, mut cells) = ((0, 0, None), Vec::new());
        let (mut found, mut by_group) = (false, false);
        for of in Of::EACH.into_iter().chain(Of::TOGETHER) {
            if found && Of::TOGETHER.contains(&of) {
                break;
            }
            let Some(staff) = self.most(beside.whole, &whole.id, "", of) else { continue };
            let least: Vec<(u64, Option<&Entry>)> =
                bands.iter().map(|band| self.least(beside.part, &part.id, band, of)).collect();
            let sum: u64 = least.iter().map(|(count, _)| count).sum();
            let Some(entry) = least.iter().filter_map(|(_, entry)| *entry).next_back() else { continue };
            if sum > staff {
                found = true;
                let message = format!(
                    "the pay bands{} add up to {sum}, more than “{}”, which is {staff}",
                    of.words(beside.part),
                    whole.label
                );
                let help = "see whether the staff or a pay band is wrong: each member of staff stands in one band";
                self.tell(Error, entry, "bands-above-staff", message, help);
                self.also(self.of_bands(beside, part, whole, of));
                continue;
            }
            let most: Option<u64> = bands.iter().map(|band| self.most(beside.part, &part.id, band, of)).sum();
            let exact = most == Some(sum) && self.exact(beside.whole, &whole.id, of);
            if exact && (Of::EACH.contains(&of) || (of == Of::ALL_GROUPS && !by_group)) {
                by_group |= matches!(of, Of::Groups(_));
                missing = (missing.0 + staff - sum, missing.1 + staff, missing.2.or(Some(entry)));
                if staff > sum {
                    cells.extend(self.of_bands(beside, part, whole, of));
                }
            }
        }
        let (people, staff, Some(entry)) = missing else { return };
        if people > 0 {
            let many = people as f64 > MISSING_FROM_BANDS * staff as f64 && people >= MISSING_PEOPLE;
            let message = format!("{people} of {staff} staff are in no pay band");
            let help = "see whether the staff or a pay band is wrong: each member of staff stands in one band, by full-time \
                        equivalent annual pay";
            self.tell_of_cells(if many { Warning } else { Note }, entry, "bands-below-staff", message, help);
            self.also(cells);
        }
    }

    /// Where the staff of these people stand, in all and by pay band.
    fn of_bands(&self, beside: &Beside, part: &Measure, whole: &Measure, of: Of) -> Vec<&'a Entry> {
        let bands = self.breakdowns(part).into_iter().flat_map(|band| self.counted(beside.part, &part.id, band, of));
        self.counted(beside.whole, &whole.id, "", of).into_iter().chain(bands).collect()
    }

    /// Where the groups and their total are both given, the groups add up to it, and to no more where some are not counted.
    fn groups(&mut self, service: Service, measure: &Measure) {
        for band in self.breakdowns(measure) {
            let Some((total, entry)) = self.count(service, &measure.id, band, Ethnicity::Minoritised) else { continue };
            let row = self.row(service, &measure.id, band);
            let (sum, every) = (row.counted(), !row.groups.contains(&None));
            let message = match every {
                true if sum != total => format!("Asian, Black, Mixed and Other add up to {sum}, not to this total"),
                false if sum > total => format!("the groups that are counted add up to {sum}, more than this total"),
                _ => continue,
            };
            self.tell(Error, entry, "groups-and-total", message, "correct a group, or leave the total blank");
            let groups = Ethnicity::MINORITISED.into_iter();
            let counted = groups.filter_map(|group| Some(self.count(service, &measure.id, band, group)?.1));
            self.also(counted.collect::<Vec<_>>());
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
            let help = "keep the counts of each service and clear the combined ones, or the other way round";
            self.tell(Error, combined, "combined-beside-split", message, help);
            self.also(self.answers.values().copied().filter(given).collect::<Vec<_>>());
        }
    }
}
