//! The people of each return as atoms: by measure, band and group, as small as the return tells them.

use std::collections::BTreeSet;

use super::Builder;
use crate::round::Service;
use crate::statistics::add_up::Given;
use crate::statistics::add_up::made_of::People;
use crate::statistics::protect::safety::Atom;

/// The atoms of one service of one authority for a measure and band.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Asian, Black, Mixed, Other, and what is left of the total where not all are given.
    pub groups: [Vec<usize>; 5],
    pub white: Vec<usize>,
    pub unknown: Vec<usize>,
    /// Whether all minoritised people are told: by their total or by all four groups.
    pub whole: bool,
}

impl Parts {
    pub fn minoritised(&self) -> Vec<usize> {
        self.groups.concat()
    }

    /// The atoms of some of its people.
    pub fn people(&self, people: People) -> Vec<usize> {
        match people {
            People::Minoritised => self.minoritised(),
            People::Group(group) => self.groups[group as usize].clone(),
            People::White => self.white.clone(),
            People::Unknown => self.unknown.clone(),
        }
    }

    /// The atoms of both.
    pub fn and(mut self, other: &Parts) -> Parts {
        let lists = self.groups.iter_mut().chain([&mut self.white, &mut self.unknown]);
        let others = other.groups.iter().chain([&other.white, &other.unknown]);
        lists.zip(others).for_each(|(list, other)| list.extend(other));
        self.whole &= other.whole;
        self
    }

    /// Asian, Black, Mixed, Other, white and unknown people: the cells that staff and pay bands have in common.
    fn cells(&self) -> [&Vec<usize>; 6] {
        let [asian, black, mixed, other, _] = &self.groups;
        [asian, black, mixed, other, &self.white, &self.unknown]
    }
}

impl<'a> Builder<'a> {
    /// Whose return it is; of authorities that are one since, the first.
    pub(super) fn owner(&self, authority: &str) -> Option<usize> {
        let one = self.sums.together.get(authority).map_or(authority, String::as_str);
        self.sums.round.authorities.iter().position(|other| other.code == one)
    }

    /// The atoms of a row: those of its pay bands and of people in no band, where every band gives the group; else one a group.
    pub(super) fn parts_of(&mut self, given: &Given) -> Parts {
        let (row, bands) = (given.row, self.bands(given));
        let mut parts = Parts { whole: row.minoritised().is_some(), ..Parts::default() };
        for (group, count) in row.groups.into_iter().enumerate() {
            parts.groups[group] = self.atoms_of(given, count, bands.iter().map(|band| &band.groups[group]));
        }
        // Those of whom a row does not tell the group are those of its bands in other groups than the row tells.
        let counted = |group: &usize| row.groups[*group].is_some();
        let fit = |band: &Parts| band.whole && (0..4).filter(counted).all(|group| !band.groups[group].is_empty());
        let others = |band: &Parts| -> Vec<usize> {
            (0..5).filter(|group| *group == 4 || !counted(group)).flat_map(|group| band.groups[group].clone()).collect()
        };
        let rests: Vec<Vec<usize>> =
            if bands.iter().all(fit) { bands.iter().map(others).collect() } else { Vec::new() };
        parts.groups[4] = self.atoms_of(given, row.rest(), rests.iter());
        parts.white = self.atoms_of(given, row.white, bands.iter().map(|band| &band.white));
        parts.unknown = self.atoms_of(given, row.unknown, bands.iter().map(|band| &band.unknown));
        if parts.whole && !bands.is_empty() && bands.iter().all(|band| band.whole) {
            let banded: Vec<usize> = bands.iter().flat_map(Parts::minoritised).collect();
            self.add_up_to(given, &parts.minoritised(), banded);
        }
        parts
    }

    /// Staff counted for each service are the staff of combined pay bands too.
    pub(super) fn combined_bands(&mut self, staff: &Given, other: &Given) {
        let part = |given: &Given| self.parts(&given.authority, given.service, &given.measure, "");
        let (Some(one), Some(two)) = (part(staff), part(other)) else { return };
        let bands = self.bands(&Given { service: Service::Combined, ..staff.clone() });
        if bands.is_empty() || !self.bands(staff).is_empty() {
            return;
        }
        let both = one.clone().and(&two);
        let given = |cell: usize| [&one, &two].into_iter().chain(&bands).all(|parts| !parts.cells()[cell].is_empty());
        for cell in (0..6).filter(|cell| given(*cell)) {
            let banded = bands.iter().flat_map(|band| band.cells()[cell].clone()).collect();
            self.add_up_to(staff, both.cells()[cell], banded);
        }
        if both.whole && bands.iter().all(|band| band.whole) {
            let banded = bands.iter().flat_map(Parts::minoritised).collect();
            self.add_up_to(staff, &both.minoritised(), banded);
        }
    }

    /// Readers know that these people are those of the pay bands and those in no band.
    fn add_up_to(&mut self, given: &Given, people: &[usize], mut banded: Vec<usize>) {
        let Some(left) = self.truth(people).checked_sub(self.truth(&banded)) else { return };
        banded.push(self.atom(given, left, true));
        // What stands on both sides tells nothing.
        let (one, other): (BTreeSet<usize>, BTreeSet<usize>) =
            (people.iter().copied().collect(), banded.into_iter().collect());
        let sides = [one.difference(&other), other.difference(&one)].map(|side| side.copied().collect::<Vec<usize>>());
        if sides.iter().flatten().any(|atom| !self.atoms[*atom].open) {
            self.equal.push(sides);
        }
    }

    fn atoms_of<'b>(
        &mut self,
        given: &Given,
        count: Option<u64>,
        bands: impl ExactSizeIterator<Item = &'b Vec<usize>> + Clone,
    ) -> Vec<usize> {
        let Some(truth) = count else { return Vec::new() };
        if bands.len() > 0 && bands.clone().all(|band| !band.is_empty()) {
            let mut atoms: Vec<usize> = bands.flatten().copied().collect();
            if let Some(left) = truth.checked_sub(self.truth(&atoms)) {
                if left > 0 {
                    atoms.push(self.atom(given, left, true));
                }
                return atoms;
            }
        }
        vec![self.atom(given, truth, false)]
    }

    fn atom(&mut self, given: &Given, truth: u64, open: bool) -> usize {
        let owner = self.owner(&given.authority);
        self.atoms.push(Atom { owner, truth, open });
        self.atoms.len() - 1
    }

    pub(super) fn truth(&self, atoms: &[usize]) -> u64 {
        atoms.iter().map(|atom| self.atoms[*atom].truth).sum()
    }

    /// The bands that this measure is made of; none unless every band is there.
    ///
    /// Combined staff whose bands are counted for each service are made of the bands of both.
    fn bands(&self, given: &Given) -> Vec<Parts> {
        let part = |measure: &&crate::standard::Measure| measure.part_of.as_deref() == Some(&*given.measure);
        let Some(banded) = self.sums.standard.measures.iter().filter(|measure| measure.by_band).find(part) else {
            return Vec::new();
        };
        let bands = self.sums.round.settings.pay_bands.iter();
        let parts = bands.map(|band| self.parts(&given.authority, given.service, &banded.id, &band.id));
        parts.collect::<Option<Vec<Parts>>>().unwrap_or_default()
    }
}
