//! The people of each return as atoms: by measure, band and group, as small as the return tells them.

use super::Builder;
use crate::statistics::aggregate::Given;
use crate::statistics::suppression::Atom;

/// The atoms of one service of one authority for a measure and band.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Asian, Black, Mixed, Other, and what is left of the total where not all are given.
    pub groups: [Vec<usize>; 5],
    pub white: Vec<usize>,
    pub unknown: Vec<usize>,
}

impl Parts {
    pub fn minoritised(&self) -> Vec<usize> {
        self.groups.concat()
    }
}

impl Builder<'_> {
    fn owner(&self, authority: &str) -> Option<usize> {
        self.sums.round.authorities.iter().position(|other| other.code == authority)
    }

    pub(super) fn parts_of(&mut self, given: &Given) -> Parts {
        let named: u64 = given.groups.iter().flatten().sum();
        let rest = given.minoritised.map(|total| total.saturating_sub(named)).filter(|_| given.groups.contains(&None));
        let bands = self.bands(given);
        let mut parts = Parts::default();
        let mut composed = true;
        for (group, value) in given.groups.iter().copied().chain([rest]).enumerate() {
            let of_bands: Vec<&Vec<usize>> = bands.iter().map(|band| &band.groups[group]).collect();
            let (atoms, whole) = self.atoms_of(given, value, &of_bands);
            parts.groups[group] = atoms;
            composed &= whole;
        }
        parts.white = self.atoms_of(given, given.white, &bands.iter().map(|band| &band.white).collect::<Vec<_>>()).0;
        parts.unknown =
            self.atoms_of(given, given.unknown, &bands.iter().map(|band| &band.unknown).collect::<Vec<_>>()).0;
        if let Some(total) = given.minoritised.filter(|_| !composed) {
            // Groups are given here and not there, or the other way round: still the totals are the same people.
            let mut banded: Vec<usize> = bands.iter().flat_map(Parts::minoritised).collect();
            let every_band_gives = bands.iter().all(|band| !band.minoritised().is_empty()) && !bands.is_empty();
            if let Some(left) = total.checked_sub(self.truth(&banded)).filter(|_| every_band_gives) {
                banded.push(self.atom(given, left, true));
                self.equal.push([parts.minoritised(), banded]);
            }
        }
        parts
    }

    /// The atoms of one group's count: the bands' and those in no band, where every band gives the group; else one.
    fn atoms_of(&mut self, given: &Given, value: Option<u64>, bands: &[&Vec<usize>]) -> (Vec<usize>, bool) {
        let Some(truth) = value else { return (Vec::new(), true) };
        if !bands.is_empty() && bands.iter().all(|band| !band.is_empty()) {
            let mut atoms: Vec<usize> = bands.iter().copied().flatten().copied().collect();
            if let Some(left) = truth.checked_sub(self.truth(&atoms)) {
                if left > 0 {
                    atoms.push(self.atom(given, left, true));
                }
                return (atoms, true);
            }
        }
        (vec![self.atom(given, truth, false)], bands.is_empty())
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
    fn bands(&self, given: &Given) -> Vec<Parts> {
        let part = |measure: &&crate::standard::Measure| measure.part_of.as_deref() == Some(&*given.measure);
        let Some(banded) = self.sums.standard.measures.iter().filter(|measure| measure.by_band).find(part) else {
            return Vec::new();
        };
        let bands = self.sums.round.settings.pay_bands.iter();
        let parts =
            bands.map(|band| self.parts.get(&[&*given.authority, &given.service, &banded.id, &band.id]).cloned());
        parts.collect::<Option<Vec<Parts>>>().unwrap_or_default()
    }
}
