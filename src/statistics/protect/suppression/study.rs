//! One part of a release that touches no other: its counts are attacked, and more is withheld where an attack succeeds.

mod again;
mod fates;
mod restore;
mod search;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use again::Studies;
use search::{LAST, PROGRAMMES, Unstopped};

use super::{Count, Reason, Release};
use crate::statistics::protect::exchange::Classes;
use crate::statistics::protect::safety::{Atom, Changes, Rules, TOLERANCE};

/// Other values of the atoms, which agree with everything that is shown.
#[derive(Clone)]
struct World {
    /// Atoms that differ, and by how much.
    changes: Changes,
    /// Who knows better, because own atoms differ; sorted.
    refuters: Vec<usize>,
    /// How far it moves every count that it touches, sorted by count.
    shifts: Vec<(usize, f64)>,
    /// Whether a count is shown in another step by now, with which it does not agree.
    refuted: bool,
}

/// A count as its component sees it: `atoms` are places there.
pub(super) struct Studied {
    pub index: usize,
    atoms: Vec<usize>,
    truth: u64,
    pub withheld: Option<Reason>,
    pub price: Option<f64>,
    /// The figures that it is printed in, and what part of the price each has.
    figures: Vec<(usize, f64)>,
    /// The only contributor, who has nothing to find out.
    sole: Option<usize>,
    /// Attackers who could work it out from what is on record already.
    out: Vec<Attacker>,
    /// The step in which it is shown, and the coarser ones that its size allows.
    pub step: u64,
    coarser: Vec<u64>,
    /// Counts that are printed as a whole of which it is a part, and as a part of it.
    wholes: Vec<usize>,
    parts: Vec<usize>,
    /// What cannot be shown when it is withheld: the rest of its tables.
    with: Vec<usize>,
    /// What cannot be shown exactly then: counts that one contributor can tell it from.
    apart: Vec<usize>,
    /// By how much worlds move it, and which: those that no other beats with fewer who know better.
    shifts: Vec<(f64, usize)>,
    /// Whether an attack on it broke off, so that nothing is known.
    broken_off: bool,
    /// What was decided of it before: the step in which it was shown, or none.
    decided: Option<Option<u64>>,
}

impl Studied {
    /// Whether it is shown on record, so that nothing can be done about what it tells.
    fn is_on_record(&self) -> bool {
        self.withheld.is_none() && self.price.is_none()
    }
}

/// Counts that share atoms, directly or through others, and what attacks on them found.
pub(super) struct Study {
    rules: Rules,
    atoms: Vec<Atom>,
    /// Which atoms of the release they are.
    names: Vec<usize>,
    pub counts: Vec<Studied>,
    /// The counts that each atom is in.
    inside: Vec<Vec<usize>>,
    equal: Vec<[Vec<usize>; 2]>,
    /// Atoms of shown zeros.
    fixed: Vec<bool>,
    owners: Vec<usize>,
    worlds: Vec<World>,
    classes: Option<Classes>,
    /// Withheld counts that have lost a world to a coarser step of another count.
    reopened: BTreeSet<usize>,
    /// How many counts of each figure are withheld.
    broken: BTreeMap<usize, usize>,
}

/// On how many counts attacks are tried at once. What one finds serves the others only after that, so that more at once is more
/// work; the number is a constant because what is found must not depend on the machine.
const SIDE_BY_SIDE: usize = 4;

/// Someone outside, or a contributor.
type Attacker = Option<usize>;

impl Study {
    pub(super) fn all(release: &Release, rules: Rules) -> Vec<Study> {
        let mut groups = Groups::new(release.atoms.len());
        for count in &release.counts {
            groups.join(&count.atoms);
        }
        for [one, other] in &release.equal {
            groups.join(&[one.as_slice(), other].concat());
        }
        let mut studies: BTreeMap<usize, Study> = BTreeMap::new();
        let mut places = vec![0; release.atoms.len()];
        for (index, atom) in release.atoms.iter().enumerate() {
            let study = studies.entry(groups.find(index)).or_insert_with(|| Study::new(rules));
            places[index] = study.atoms.len();
            study.atoms.push(atom.clone());
            study.names.push(index);
            study.inside.push(Vec::new());
            study.fixed.push(false);
        }
        let local = |atoms: &[usize]| atoms.iter().map(|atom| places[*atom]).collect::<Vec<_>>();
        for (index, count) in release.counts.iter().enumerate() {
            let Some(study) = count.atoms.first().and_then(|atom| studies.get_mut(&groups.find(*atom))) else {
                continue;
            };
            study.add(index, count, local(&count.atoms));
        }
        for [one, other] in &release.equal {
            let Some(atom) = one.first().or(other.first()) else { continue };
            let Some(study) = studies.get_mut(&groups.find(*atom)) else { continue };
            study.equal.push([local(one), local(other)]);
        }
        let mut studies: Vec<Study> =
            studies.into_values().filter(|study| study.counts.iter().any(|count| count.withheld.is_some())).collect();
        for study in &mut studies {
            study.owners =
                study.atoms.iter().filter_map(|atom| atom.owner).collect::<BTreeSet<_>>().into_iter().collect();
            study.join(release);
        }
        studies.sort_by_key(|study| std::cmp::Reverse(study.counts.len()));
        studies
    }

    fn new(rules: Rules) -> Study {
        Study {
            rules,
            atoms: Vec::new(),
            names: Vec::new(),
            counts: Vec::new(),
            inside: Vec::new(),
            equal: Vec::new(),
            fixed: Vec::new(),
            owners: Vec::new(),
            worlds: Vec::new(),
            classes: None,
            reopened: BTreeSet::new(),
            broken: BTreeMap::new(),
        }
    }

    fn add(&mut self, index: usize, count: &Count, atoms: Vec<usize>) {
        let truth = atoms.iter().map(|atom| self.atoms[*atom].truth).sum();
        let owners: BTreeSet<Option<usize>> = atoms.iter().map(|atom| self.atoms[*atom].owner).collect();
        let sole = if owners.len() == 1 { owners.into_iter().next().flatten() } else { None };
        for (figure, _) in count.figures.iter().filter(|_| count.withheld.is_some()) {
            *self.broken.entry(*figure).or_default() += 1;
        }
        for atom in &atoms {
            self.inside[*atom].push(self.counts.len());
            self.fixed[*atom] |= count.withheld.is_none() && truth == 0;
        }
        self.counts.push(Studied {
            index,
            atoms,
            truth,
            withheld: count.withheld,
            price: count.price,
            figures: count.figures.clone(),
            sole,
            out: Vec::new(),
            step: count.step.unwrap_or(self.rules.rounding),
            coarser: if count.coarser { self.rules.coarser().to_vec() } else { Vec::new() },
            wholes: Vec::new(),
            parts: Vec::new(),
            with: Vec::new(),
            apart: Vec::new(),
            shifts: Vec::new(),
            broken_off: false,
            decided: count.decided,
        });
    }

    fn withheld(&self) -> Vec<usize> {
        (0..self.counts.len()).filter(|count| self.counts[*count].withheld.is_some()).collect()
    }

    /// Attacks every withheld count, and withholds more where an attack succeeds and `mend` is set.
    pub(super) fn examine(&mut self, mend: bool) {
        let mut open: BTreeSet<usize> = self.withheld().into_iter().collect();
        if mend {
            let withheld = self.withheld();
            open.extend(self.withhold_with(withheld));
        }
        // Safe counts stay safe when more is withheld, which only widens what is left of them; those that a coarser step takes a
        // world from are looked at again. Those that exchanges do not show to be safe wait, the narrowest first: what is done for
        // one often makes others safe.
        let mut hard: BTreeSet<(u64, usize)> = BTreeSet::new();
        loop {
            while let Some(count) = open.pop_first() {
                hard.extend(self.seek(&[count], &[]).into_iter().map(|one| ((one.left / TOLERANCE) as u64, count)));
            }
            let batch: Vec<usize> = (0..SIDE_BY_SIDE).map_while(|_| hard.pop_first()).map(|(_, count)| count).collect();
            if batch.is_empty() {
                break;
            }
            for Unstopped { count, attacker, .. } in self.seek(&batch, PROGRAMMES) {
                let opened = if mend { self.withheld_against(count, attacker) } else { None };
                let settled = opened.is_none()
                    && self.seek(&[count], LAST).iter().any(|last| last.attacker == attacker)
                    && !(mend && self.is_out(count, attacker));
                open.extend(opened.into_iter().flatten());
                open.append(&mut self.reopened);
                if !settled && !self.counts[count].broken_off {
                    open.insert(count);
                }
            }
        }
        if mend {
            self.restore();
            self.sharpen();
        }
    }

    /// Withholds more where the attacker succeeds still; nothing where nothing more can be withheld. A panic on the way, of a
    /// solver for instance, leaves the count unproven, and the release unpublished.
    fn withheld_against(&mut self, count: usize, attacker: Attacker) -> Option<Vec<usize>> {
        if self.shifts(count).is_wide(&attacker.into_iter().collect()) {
            return Some(Vec::new());
        }
        let Ok(opened) = catch_unwind(AssertUnwindSafe(|| self.withhold_against(count, attacker))) else {
            self.counts[count].broken_off = true;
            self.classes = None; // perhaps half made
            return None;
        };
        let mut opened = opened?;
        opened.extend(self.withhold_with(opened.clone()));
        Some(opened)
    }

    /// Finds for every count what falls with it, and what is printed beside it.
    fn join(&mut self, release: &Release) {
        let places: BTreeMap<usize, usize> =
            self.counts.iter().enumerate().map(|(place, count)| (count.index, place)).collect();
        for [part, whole] in &release.parts {
            if let Some((part, whole)) = places.get(part).zip(places.get(whole)) {
                self.counts[*part].wholes.push(*whole);
                self.counts[*whole].parts.push(*part);
            }
        }
        for table in &release.tables {
            let inside: Vec<usize> = table.iter().filter_map(|count| places.get(count)).copied().collect();
            for count in &inside {
                self.counts[*count].with.extend(inside.iter().filter(|other| *other != count));
            }
        }
        // One rounded count leaves a contributor who knows the difference too little of a range.
        if (self.rules.rounding.saturating_sub(1) as f64) < self.rules.width() {
            for one in 0..self.counts.len() {
                for other in 0..one {
                    let Some(owner) = differ_by(&self.atoms, [one, other].map(|count| &*self.counts[count].atoms))
                    else {
                        continue;
                    };
                    for (count, with) in [(one, other), (other, one)] {
                        if self.counts[count].sole != Some(owner) && !self.counts[with].is_on_record() {
                            self.counts[count].apart.push(with);
                        }
                    }
                }
            }
        }
    }
}

/// The one owner of all atoms that two counts with common ones differ by; both are sorted. What everybody knows is no difference.
fn differ_by(atoms: &[Atom], [one, other]: [&[usize]; 2]) -> Option<usize> {
    let [mut left, mut right] = [one, other].map(|count| count.iter().peekable());
    let mut owner = None;
    let mut common = false;
    loop {
        let atom = match (left.peek(), right.peek()) {
            (None, None) => return owner.filter(|_| common),
            (Some(one), Some(other)) if one == other => {
                common = true;
                left.next();
                right.next();
                continue;
            }
            (Some(one), Some(other)) if one < other => left.next(),
            (Some(_), None) => left.next(),
            _ => right.next(),
        };
        let atom = &atoms[*atom?];
        if !atom.open && *owner.get_or_insert(atom.owner?) != atom.owner? {
            return None;
        }
    }
}

/// Atoms that are connected, by the smallest of them.
struct Groups(Vec<usize>);

impl Groups {
    fn new(length: usize) -> Self {
        Self((0..length).collect())
    }

    fn find(&self, mut atom: usize) -> usize {
        while self.0[atom] != atom {
            atom = self.0[atom];
        }
        atom
    }

    fn join(&mut self, atoms: &[usize]) {
        let Some(least) = atoms.iter().map(|atom| self.find(*atom)).min() else { return };
        for atom in atoms {
            let top = self.find(*atom);
            self.0[top] = least;
            self.0[*atom] = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_owns_all_that_two_counts_differ_by_knows_one_from_the_other() {
        let atom = |owner, open| Atom { owner, truth: 5, open };
        let atoms =
            [atom(Some(0), false), atom(Some(1), false), atom(Some(1), false), atom(Some(2), true), atom(None, false)];
        let owner = |one: &[usize], other: &[usize]| differ_by(&atoms, [one, other]);
        assert_eq!(owner(&[0, 1], &[0]), Some(1));
        assert_eq!(owner(&[0, 1], &[0, 2]), Some(1), "both sides are its own");
        assert_eq!(owner(&[0, 1, 3], &[0]), Some(1), "everybody knows the other");
        assert_eq!(owner(&[0], &[1]), None, "of two owners");
        assert_eq!(owner(&[1], &[2]), None, "nothing in common");
        assert_eq!(owner(&[0, 4], &[0]), None, "of nobody");
    }
}
