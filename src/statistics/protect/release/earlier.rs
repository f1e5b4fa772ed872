//! The releases that are out beside the new one: a return that is as it was then has the same atoms in both.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Builder, Built, Panel, Pattern, Place, Sums, on_record};
use crate::statistics::add_up::{Contributions, Given, Tallies};
use crate::statistics::protect::disclosure::Edition;
use crate::statistics::protect::recorded::Told;
use crate::statistics::protect::safety::Atom;

/// What a release that is out told of a round's returns, as they were then.
#[derive(Clone)]
pub(in crate::statistics) struct Out<'a> {
    /// The number of the release; 0 for the national one, where packs for everybody come after it.
    pub number: u32,
    pub edition: Edition,
    pub contributions: &'a Contributions,
    pub tallies: &'a Tallies,
    pub panels: Vec<Panel>,
    pub told: &'a BTreeMap<Place, Option<Told>>,
}

impl Builder<'_> {
    /// Adds what releases that are out told of the round: counts of the returns of then.
    ///
    /// Whoever reads both is taken to know which cells of a return were changed, and that no other was.
    pub(super) fn add_out(&mut self) -> Result<()> {
        self.sums.out.iter().try_for_each(|out| self.add(out))
    }

    fn add(&mut self, out: &Out<'_>) -> Result<()> {
        let Out { number, edition, contributions, tallies, ref panels, told } = *out;
        let sums = Sums { contributions, tallies, edition, out: &[], ..*self.sums };
        let mut then = Builder::new(&sums);
        then.figures();
        then.quality();
        panels.iter().for_each(|panel| then.panel(panel));
        then.counts.retain(|place, _| told.contains_key(place));
        let now = self.atoms_now(&then, contributions);
        let moved = |atoms: &[usize]| -> Vec<usize> { atoms.iter().map(|atom| now[*atom]).collect() };
        for [one, other] in &then.equal {
            let sides = [moved(one), moved(other)];
            if !self.equal.contains(&sides) {
                self.equal.push(sides);
            }
        }
        let pattern = Pattern::on_record(told, |place| then.counts.get(place).map(|built| built.truth));
        let released = |place: &Place| Place::Released(number, Box::new(place.clone()));
        for (place, built) in &then.counts {
            let count = Built { atoms: moved(&built.atoms), shown: pattern.shows(place), truth: built.truth };
            self.counts.insert(released(place), count);
            self.told.shown.insert(released(place), pattern.step(place));
        }
        self.told.otherwise.extend(pattern.otherwise.iter().map(released));
        // What a release gave away by itself is out, whatever comes after it; the national one was just protected.
        if number > 0 {
            let panels: Vec<&Panel> = panels.iter().collect();
            self.told.out.extend(on_record(&sums, &panels, told)?.out.iter().map(released));
        }
        Ok(())
    }

    /// Which atom of the new release each atom of an earlier one is: the same where the return is as it was, and a new one elsewhere,
    /// equal to the one of now in every cell that is as it was.
    fn atoms_now(&mut self, then: &Builder<'_>, contributions: &Contributions) -> Vec<usize> {
        let given = |contributions: &Contributions, owner: Option<usize>| -> Vec<Given> {
            let own =
                self.sums.round.authorities.iter().filter(|one| owner.is_some() && self.owner(&one.code) == owner);
            let own: Vec<&str> = own.map(|one| one.code.as_str()).collect();
            contributions.given.iter().filter(|given| own.contains(&&*given.authority)).cloned().collect()
        };
        let (before, after) = (own(&then.atoms), own(&self.atoms));
        let unchanged = |owner: Option<usize>| given(contributions, owner) == given(self.sums.contributions, owner);
        let mut now = vec![0; then.atoms.len()];
        let mut added = Vec::new();
        for (owner, atoms) in &before {
            let same = after.get(owner).filter(|same| same.len() == atoms.len() && unchanged(*owner));
            for (place, atom) in atoms.iter().enumerate() {
                now[*atom] = same.map_or(self.atoms.len() + added.len(), |same| same[place]);
                if same.is_none() {
                    added.push(then.atoms[*atom].clone());
                }
            }
        }
        let first_added = self.atoms.len();
        self.atoms.extend(added);
        for (key, parts) in &then.parts {
            let Some(same) = self.parts.get(key) else { continue };
            let cells = parts.groups.iter().chain([&parts.white, &parts.unknown]);
            let cells_now = same.groups.iter().chain([&same.white, &same.unknown]);
            for (cell, cell_now) in cells.zip(cells_now) {
                let moved: Vec<usize> = cell.iter().map(|atom| now[*atom]).collect();
                let is_new = moved.iter().any(|atom| *atom >= first_added);
                if is_new && !cell_now.is_empty() && self.truth(&moved) == self.truth(cell_now) {
                    self.equal.push([moved, cell_now.clone()]);
                }
            }
        }
        now
    }
}

/// The atoms of each owner, in the order in which they were made.
fn own(atoms: &[Atom]) -> BTreeMap<Option<usize>, Vec<usize>> {
    let mut own: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (place, atom) in atoms.iter().enumerate() {
        own.entry(atom.owner).or_default().push(place);
    }
    own
}
