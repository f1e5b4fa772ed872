//! Takes back what need not have been done: what is withheld later often does for a count that went before.

use std::collections::{BTreeMap, BTreeSet};

use super::search::NEARBY;
use super::{Reason, Study};

/// How many counts are tried again, those that are worth most: in packs for everybody are many more, of single authorities. It decides how
/// long that takes and how much is shown, not what is safe.
const TRIALS: usize = 100;

impl Study {
    /// Shows every count again that can be shown while all others stay safe, those first that are worth most.
    pub(super) fn restore(&mut self) {
        let mut withheld: Vec<(f64, usize)> = Vec::new();
        for count in 0..self.counts.len() {
            let protecting = matches!(self.counts[count].withheld, Some(Reason::Protecting(_)));
            let worth = self.worth(count).filter(|_| protecting && self.counts[count].truth > 0);
            withheld.extend(worth.map(|worth| (worth, count)));
        }
        withheld.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        for (_, count) in withheld.into_iter().take(TRIALS) {
            self.show(count);
        }
    }

    /// Shows a count again, in its coarsest step, if all that are still withheld stay safe.
    fn show(&mut self, count: usize) {
        let Some(Reason::Protecting(protects)) = self.counts[count].withheld else { return };
        let was = self.counts[count].step;
        let step = self.steps(count).last().unwrap_or(was);
        let told = self.rules.told(self.counts[count].truth, step);
        let withheld = |other: &usize| self.counts[*other].withheld.is_some();
        if !self.in_step(count, step) {
            return;
        }
        let narrow = !self.rules.is_wide(told.1 - told.0);
        let told_from = |other: usize| withheld(&other) && self.counts[other].apart.contains(&count);
        if self.counts[count].with.iter().any(withheld) || (narrow && (0..self.counts.len()).any(told_from)) {
            return;
        }
        let shifts: Vec<_> = self.counts.iter().map(|count| count.shifts.clone()).collect();
        let refuted: Vec<bool> = self.worlds.iter().map(|world| world.refuted).collect();
        let reason = self.counts[count].withheld.take();
        self.counts[count].step = step;
        self.counts[count].shifts.clear();
        self.classes = None;
        self.refute(count);
        let mut open: BTreeSet<usize> = std::mem::take(&mut self.reopened);
        // What it was withheld for is looked at first: there it fails most often.
        let first = (0..self.counts.len()).find(|other| self.counts[*other].index == protects);
        let first: Vec<usize> = first.into_iter().filter(|first| open.remove(first)).collect();
        let safe = first
            .into_iter()
            .chain(open)
            .all(|other| self.seek(&[other], NEARBY).is_empty() && !self.counts[other].broken_off);
        if safe {
            for (figure, _) in &self.counts[count].figures {
                self.broken.entry(*figure).and_modify(|broken| *broken -= 1);
            }
            return;
        }
        (self.counts[count].step, self.counts[count].withheld) = (was, reason);
        self.classes = None;
        self.worlds.iter_mut().zip(refuted).for_each(|(world, refuted)| world.refuted = refuted);
        self.counts.iter_mut().zip(shifts).for_each(|(count, shifts)| count.shifts = shifts);
    }

    /// Shows every count in the finest step that agrees with the worlds that somebody's safety rests on.
    pub(super) fn sharpen(&mut self) {
        let coarse: Vec<usize> = (0..self.counts.len()).filter(|count| self.is_coarser(*count)).collect();
        if coarse.is_empty() {
            return;
        }
        self.spare(&coarse);
        let used: BTreeSet<usize> = self.used();
        let mut ordered: Vec<(f64, usize)> =
            coarse.into_iter().map(|count| (self.worth(count).unwrap_or_default(), count)).collect();
        ordered.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        for (_, count) in ordered {
            let shifts: Vec<f64> = used.iter().filter_map(|world| self.shift(*world, count)).collect();
            let now = std::mem::replace(&mut self.counts[count].step, 0);
            let fits = |step: &u64| {
                let (below, above) = self.rules.told(self.counts[count].truth, *step);
                shifts.iter().all(|shift| *shift >= below && *shift <= above)
            };
            let rounding = Some(self.rules.rounding).filter(|step| self.in_step(count, *step));
            let finest = rounding.into_iter().chain(self.steps(count)).find(fits);
            self.counts[count].step = finest.unwrap_or(now).min(now);
        }
        self.classes = None;
    }

    fn is_coarser(&self, count: usize) -> bool {
        let count = &self.counts[count];
        count.withheld.is_none() && count.price.is_some() && count.step > self.rules.rounding
    }

    /// The worlds that some count's safety rests on.
    pub(super) fn used(&self) -> BTreeSet<usize> {
        self.counts
            .iter()
            .filter(|count| count.withheld.is_some())
            .flat_map(|count| &count.shifts)
            .map(|(_, world)| *world)
            .collect()
    }

    /// Does without worlds that only a coarser step allows, where others are enough.
    fn spare(&mut self, coarse: &[usize]) {
        let finer = |count: usize| self.rules.told(self.counts[count].truth, self.rules.rounding);
        let needs = |world: usize| {
            coarse
                .iter()
                .filter(|count| {
                    let (below, above) = finer(**count);
                    self.shift(world, **count).is_some_and(|shift| shift < below || shift > above)
                })
                .count()
        };
        let needs: BTreeMap<usize, usize> = self.used().into_iter().map(|world| (world, needs(world))).collect();
        for count in 0..self.counts.len() {
            let mut shifts = self.counts[count].shifts.clone();
            shifts.sort_by_key(|(_, world)| std::cmp::Reverse(needs.get(world).copied().unwrap_or_default()));
            for shift in shifts {
                if needs.get(&shift.1).is_none_or(|needs| *needs == 0) {
                    break;
                }
                let before = self.counts[count].shifts.clone();
                self.counts[count].shifts.retain(|other| *other != shift);
                if !self.shifts(count).unsure().is_empty() {
                    self.counts[count].shifts = before;
                }
            }
        }
    }

    /// Makes sure once more that every world agrees with what is shown in the end; one that does not is none.
    pub(in crate::statistics::protect::suppression) fn settle(&mut self) {
        let wrong: Vec<usize> =
            self.used().into_iter().filter(|world| self.moved(&self.worlds[*world].changes).is_none()).collect();
        for count in &mut self.counts {
            count.shifts.retain(|(_, world)| wrong.binary_search(world).is_err());
        }
    }
}
