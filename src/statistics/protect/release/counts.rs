//! The counts of a release from the places where they are printed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use super::losses::{Services, Table};
use super::{Builder, Out, Pattern, Place};
use crate::statistics::figure::FigureKey;
use crate::statistics::protect::safety::in_order;
use crate::statistics::protect::suppression::{Count, Reason, Release};

impl Builder<'_> {
    /// One count for each set of atoms, whatever figures it stands in, and the places where it is printed.
    pub(super) fn release(&self, before: Option<&Pattern>, services: &Services) -> Result<(Release, Vec<Vec<Place>>)> {
        let mut release = Release::default();
        let mut same: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut printed: Vec<Vec<Place>> = Vec::new();
        let mut tables: BTreeMap<Table, Vec<usize>> = BTreeMap::new();
        let mut figures: BTreeMap<&FigureKey, usize> = BTreeMap::new();
        let mut wanted: BTreeMap<usize, u64> = BTreeMap::new();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        // Beside an earlier release of the round a headline had better be coarser than withheld.
        let is_of_round = |out: &&Out<'_>| out.number > 0 && out.told.keys().any(|place| !place.is_matched());
        let corrects = self.sums.out.iter().any(|out| is_of_round(&out));
        // How what is on record stands the attacks is not known yet: what it withholds is attacked, and nothing of it taken back.
        let unattacked = before.is_some_and(|before| before.attacked.is_empty());
        for (place, built) in &self.counts {
            ensure!(self.truth(&built.atoms) == built.truth, "{place:?} does not add up: please report this");
            let settled = before.and_then(|before| before.shown.get(place)).or_else(|| self.told.shown.get(place));
            let shown = settled.map_or(built.shown && !services.withheld.contains_key(place), Option::is_some);
            let mut atoms = built.atoms.clone();
            atoms.sort_unstable();
            let index = *same.entry(atoms.clone()).or_insert_with(|| {
                release.counts.push(Count { atoms, price: Some(0.0), coarser: true, ..Count::default() });
                printed.push(Vec::new());
                release.counts.len() - 1
            });
            let count = &mut release.counts[index];
            let unattacked = unattacked || matches!(place, Place::Released(..));
            let open = settled.is_none() || (unattacked && !shown);
            count.price = count.price.filter(|_| open).map(|price| price + self.price(place));
            if shown && settled.is_some() {
                told.insert(index);
            }
            if let Place::Figure(key, _) = place {
                let next = figures.len();
                count.figures.push((*figures.entry(key).or_insert(next), self.price(place)));
            }
            count.coarser &=
                settled.is_none() && (place.may_be_coarser() || corrects && place.may_be_in_a_correction());
            count.step = count.step.or(settled.copied().flatten());
            if before.is_some_and(|before| before.otherwise.contains(place)) || self.told.otherwise.contains(place) {
                count.step = Some(1); // an attacker is rather told too much than too little
            }
            wanted.extend(services.coarser.get(place).map(|step| (index, *step)));
            if !shown {
                count.withheld = Some(Reason::Primary);
            }
            if let Some(table) = self.table(place) {
                tables.entry(table).or_default().push(index);
            }
            printed[index].push(place.clone());
        }
        // What was told in one place was told in all.
        for index in told {
            release.counts[index].withheld = None;
            release.counts[index].price = None;
        }
        // What cannot be taken back stands, whatever falls beside it.
        let free = |index: &usize| release.counts[*index].price.is_some();
        release.tables = tables.into_values().map(|table| table.into_iter().filter(free).collect()).collect();
        release.parts = self.parts_and_wholes(&same);
        let mut beside: BTreeMap<usize, Vec<[usize; 2]>> = BTreeMap::new();
        for pair in &release.parts {
            pair.iter().for_each(|count| beside.entry(*count).or_default().push(*pair));
        }
        for (index, step) in wanted {
            let count = &release.counts[index];
            let shown = |count: usize| {
                let Count { atoms, step, .. } = &release.counts[count];
                (self.truth(atoms), step.unwrap_or(self.sums.round.settings.disclosure.rounding))
            };
            let own = (self.truth(&count.atoms), step);
            let fits = |[part, whole]: &[usize; 2]| match (*part == index, *whole == index) {
                (true, false) => in_order([own, shown(*whole)]),
                (false, true) => in_order([shown(*part), own]),
                _ => true,
            };
            if count.coarser && count.withheld.is_none() && beside.get(&index).into_iter().flatten().all(fits) {
                release.counts[index].step = Some(step);
            }
        }
        Ok((release, printed))
    }

    /// Which counts are printed as a part and its whole, by what they are made of.
    fn parts_and_wholes(&self, same: &BTreeMap<Vec<usize>, usize>) -> Vec<[usize; 2]> {
        let count = |place: &Place| {
            let mut atoms = self.counts.get(place)?.atoms.clone();
            atoms.sort_unstable();
            same.get(&atoms).copied()
        };
        let pair = |[part, whole]: [Place; 2]| Some([count(&part)?, count(&whole)?]);
        self.counts.keys().filter_map(Place::whole).filter_map(pair).collect()
    }
}
