//! Finds other values that agree with what is shown by exchanging people between parts, without a linear programme.
//!
//! Parts that are in the same shown counts can lend each other people, and nobody sees it; nor where the counts that only
//! one of them is in are rounded enough. So can four parts of which two together are in the same shown counts as the
//! other two. Most attacks are stopped by such exchanges.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use super::safety::Atom;

/// How many classes near another are looked at for an exchange of four: their pairs are what it costs. Whoever is not stopped by
/// these meets a linear programme, so that a smaller number costs time and no safety.
const NEAR: usize = 30;

/// How many classes near another are remembered: as many as the widest programme but the last ones looks at.
const FARTHEST: usize = 1000;

/// How many atoms of a target are moved: what its largest atoms cannot give, the small ones seldom can.
const MOVED: usize = 12;

/// How much a linear programme looks at.
#[derive(Clone, Copy)]
pub(in crate::statistics) struct Reach {
    /// How many of the target's classes.
    pub target: usize,
    /// How many of them it starts from.
    pub seeds: usize,
    /// How many classes near each of them.
    pub classes: usize,
    /// Whether it rather leaves the target where it is than moves many parts of attackers who are not stopped yet.
    pub sparing: bool,
}

/// Atoms by the shown counts that they are in.
#[derive(Default)]
pub(in crate::statistics) struct Classes {
    list: Vec<Class>,
    /// The class of each atom, for those that are in doubt.
    of: Vec<Option<usize>>,
    /// Classes by the signatures of the counts that they are in.
    signed: HashMap<u64, usize>,
    /// How far each shown count can lie below and above the truth.
    told: Vec<(i64, i64)>,
    /// For each class, when it was asked for first.
    near: Vec<OnceLock<Vec<usize>>>,
    fours: Vec<OnceLock<Vec<[usize; 3]>>>,
}

/// Atoms of one class that a linear programme need not tell apart.
pub(in crate::statistics) struct Part<'a> {
    /// The largest first.
    pub atoms: Vec<usize>,
    /// The shown counts that they are in.
    pub counts: &'a [usize],
    /// Whether they are the target's.
    pub inside: bool,
    /// Whether their owners are among those who had better not see a change.
    pub watched: bool,
}

struct Class {
    counts: Vec<usize>,
    /// The same, a bit for each count.
    bits: Vec<u64>,
    signature: u64,
    /// The largest first.
    atoms: Vec<usize>,
    people: u64,
}

impl Classes {
    /// From the shown counts that each atom is in, `None` where an atom is not in doubt, and how exactly each count is told.
    pub(in crate::statistics) fn new(inside: Vec<Option<Vec<usize>>>, told: Vec<(f64, f64)>, atoms: &[Atom]) -> Self {
        let told = told.into_iter().map(|(below, above)| (below as i64, above as i64)).collect();
        let mut classes = Classes { told, ..Classes::default() };
        let mut by_counts: HashMap<Vec<usize>, usize> = HashMap::new();
        for (atom, counts) in inside.into_iter().enumerate() {
            let Some(mut counts) = counts else {
                classes.of.push(None);
                continue;
            };
            counts.sort_unstable();
            let next = classes.list.len();
            let class = *by_counts.entry(counts.clone()).or_insert(next);
            if class == next {
                let signature = signature(&counts);
                classes.signed.entry(signature).or_insert(class);
                let mut bits = vec![0; classes.told.len().div_ceil(64)];
                counts.iter().for_each(|count| bits[count / 64] |= 1 << (count % 64));
                classes.list.push(Class { counts, bits, signature, atoms: Vec::new(), people: 0 });
            }
            classes.list[class].atoms.push(atom);
            classes.list[class].people += atoms[atom].truth;
            classes.of.push(Some(class));
        }
        for class in &mut classes.list {
            class.atoms.sort_by_key(|atom| Reverse(atoms[*atom].truth));
        }
        classes.near.resize_with(classes.list.len(), OnceLock::new);
        classes.fours.resize_with(classes.list.len(), OnceLock::new);
        classes
    }

    /// Another step of a count.
    pub(in crate::statistics) fn tell(&mut self, count: usize, (below, above): (f64, f64)) {
        self.told[count] = (below as i64, above as i64);
    }

    /// How many classes there are.
    pub(in crate::statistics) fn len(&self) -> usize {
        self.list.len()
    }

    /// Other classes with people in them, those in nearly the same shown counts first.
    fn nearest(&self, class: usize) -> &[usize] {
        self.near[class].get_or_init(|| {
            let bits = &self.list[class].bits;
            let differences = |other: &Class| -> u32 {
                bits.iter().zip(&other.bits).map(|(one, other)| (one ^ other).count_ones()).sum()
            };
            let others = self.list.iter().enumerate().filter(|(index, other)| *index != class && other.people > 0);
            let mut others: Vec<(u32, Reverse<u64>, usize)> =
                others.map(|(index, other)| (differences(other), Reverse(other.people), index)).collect();
            if others.len() > FARTHEST {
                others.select_nth_unstable(FARTHEST);
                others.truncate(FARTHEST);
            }
            others.sort_unstable();
            others.into_iter().map(|(_, _, other)| other).collect()
        })
    }

    /// Three classes near another that make up an exchange of four with it: two that are together in the same shown counts
    /// as the last and this one.
    fn fours(&self, class: usize) -> &[[usize; 3]] {
        self.fours[class].get_or_init(|| {
            let near = self.nearest(class);
            let this = &self.list[class];
            let mut fours = Vec::new();
            for (place, one) in near.iter().take(NEAR).enumerate() {
                for other in &near[..place] {
                    let lists = [one, other].map(|class| &self.list[*class]);
                    let wanted = lists[0].signature.wrapping_add(lists[1].signature).wrapping_sub(this.signature);
                    let Some(last) = self.signed.get(&wanted) else { continue };
                    // A signature stands for its counts but for one chance in many millions.
                    if together(&lists[0].counts, &lists[1].counts) == together(&this.counts, &self.list[*last].counts)
                    {
                        fours.push([*one, *other, *last]);
                    }
                }
            }
            fours
        })
    }

    /// The parts that a linear programme about a target looks at: those in nearly the same shown counts as its largest.
    ///
    /// Nobody of `known` may see a part change; those of `unsure` had better not.
    pub(in crate::statistics) fn near(
        &self,
        atoms: &[Atom],
        target: &[usize],
        known: &BTreeSet<usize>,
        unsure: &BTreeSet<usize>,
        reach: Reach,
    ) -> Vec<Part<'_>> {
        let mut inside = vec![false; atoms.len()];
        target.iter().for_each(|atom| inside[*atom] = true);
        let mut people: BTreeMap<usize, u64> = BTreeMap::new();
        for atom in target {
            if let Some(class) = self.of[*atom] {
                *people.entry(class).or_default() += atoms[*atom].truth;
            }
        }
        let mut seeds: Vec<usize> = people.keys().copied().collect();
        seeds.sort_by_key(|class| (Reverse(people[class]), *class));
        let mut near: BTreeSet<usize> = seeds.iter().copied().take(reach.target).collect();
        if reach.classes == usize::MAX {
            near.extend(0..self.list.len());
        } else {
            for seed in seeds.into_iter().take(reach.seeds) {
                near.extend(self.nearest(seed).iter().take(reach.classes));
            }
        }
        let mut parts = Vec::new();
        for class in near {
            let mut of_class: [Vec<usize>; 4] = Default::default();
            for atom in &self.list[class].atoms {
                let owner = atoms[*atom].owner;
                if owner.is_none_or(|owner| !known.contains(&owner)) {
                    let watched = reach.sparing && owner.is_some_and(|owner| unsure.contains(&owner));
                    of_class[2 * usize::from(inside[*atom]) + usize::from(watched)].push(*atom);
                }
            }
            for (place, atoms) in of_class.into_iter().enumerate().filter(|(_, atoms)| !atoms.is_empty()) {
                let counts = &self.list[class].counts[..];
                parts.push(Part { atoms, counts, inside: place >= 2, watched: place % 2 == 1 });
            }
        }
        parts
    }

    /// Moves the sum of the target's atoms by up to `wanted`, up or down, with nobody of `known` seeing it.
    pub(in crate::statistics) fn exchange(
        &self,
        atoms: &[Atom],
        target: &[usize],
        known: &BTreeSet<usize>,
        wanted: f64,
    ) -> Vec<(usize, i64)> {
        let mut search = Search {
            classes: self,
            atoms,
            known,
            inside: vec![false; atoms.len()],
            left: wanted.abs().ceil() as i64,
            changes: vec![0; atoms.len()],
            moved: vec![0; self.told.len()],
            net: vec![0; self.told.len()],
        };
        target.iter().for_each(|atom| search.inside[*atom] = true);
        let mut order: Vec<usize> = target.iter().copied().filter(|atom| search.free(*atom)).collect();
        order.sort_by_key(|atom| (Reverse(atoms[*atom].truth), *atom));
        for atom in order.into_iter().take(MOVED) {
            search.from(atom, if wanted > 0.0 { 1 } else { -1 });
            if search.left <= 0 {
                break;
            }
        }
        search.changes.into_iter().enumerate().filter(|(_, change)| *change != 0).collect()
    }
}

/// The counts of two classes, sorted; those of both are there twice.
fn together(one: &[usize], other: &[usize]) -> Vec<usize> {
    let mut counts = [one, other].concat();
    counts.sort_unstable();
    counts
}

/// A number for a list of counts: the signatures of two lists add up to that of both.
fn signature(counts: &[usize]) -> u64 {
    counts.iter().fold(0, |sum, count| sum.wrapping_add(scattered(*count as u64)))
}

/// A number from the whole range for each place in a list, as SplitMix64 makes them (Steele, Lea and Flood 2014).
fn scattered(place: u64) -> u64 {
    let mut number = (place + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

struct Search<'a> {
    classes: &'a Classes,
    atoms: &'a [Atom],
    /// Who may not see a change.
    known: &'a BTreeSet<usize>,
    /// Whether it is the target's.
    inside: Vec<bool>,
    /// By how much the target still has to move.
    left: i64,
    /// People that were moved, by atom.
    changes: Vec<i64>,
    /// By how much shown counts have moved.
    moved: Vec<i64>,
    /// By how much one exchange moves them, for each person; all none between exchanges.
    net: Vec<i64>,
}

impl Search<'_> {
    /// Whether an atom is in doubt, and nobody who may not see a change knows it.
    fn free(&self, atom: usize) -> bool {
        self.classes.of[atom].is_some() && self.atoms[atom].owner.is_none_or(|owner| !self.known.contains(&owner))
    }

    fn people(&self, atom: usize) -> i64 {
        self.atoms[atom].truth as i64 + self.changes[atom]
    }

    /// The atoms of a class that are not the target's, those with most people first.
    fn others(&self, class: usize) -> impl Iterator<Item = usize> + '_ {
        let atoms = self.classes.list[class].atoms.iter().copied();
        atoms.filter(|atom| !self.inside[*atom] && self.free(*atom))
    }

    fn largest(&self, class: usize) -> Option<usize> {
        self.others(class).max_by_key(|atom| self.people(*atom))
    }

    /// Every exchange that moves this atom, the simplest first.
    fn from(&mut self, atom: usize, direction: i64) {
        let Some(class) = self.classes.of[atom] else { return };
        self.shift(&[(atom, direction)]);
        let alike: Vec<usize> = self.others(class).collect();
        for other in alike {
            self.shift(&[(atom, direction), (other, -direction)]);
        }
        if self.left <= 0 {
            return;
        }
        for other in self.classes.nearest(class).iter().take(NEAR) {
            if let Some(other) = self.largest(*other) {
                self.shift(&[(atom, direction), (other, -direction)]);
            }
        }
        for four in self.classes.fours(class) {
            if self.left <= 0 || (direction < 0 && self.people(atom) == 0) {
                return;
            }
            let [one, other, last] = four.map(|class| self.largest(class));
            if let (Some(one), Some(other), Some(last)) = (one, other, last.filter(|last| *last != atom)) {
                self.shift(&[(atom, direction), (one, -direction), (other, -direction), (last, direction)]);
            }
        }
    }

    /// Moves people as told, as many as are there, as are wanted, and as no shown count gives away.
    fn shift(&mut self, parts: &[(usize, i64)]) {
        let givers = parts.iter().filter(|(_, direction)| *direction < 0).map(|(atom, _)| self.people(*atom));
        let mut people = givers.chain([self.left]).min().unwrap_or(0);
        if people <= 0 {
            return;
        }
        let mut touched: Vec<usize> = Vec::new();
        for (atom, direction) in parts {
            let Some(class) = self.classes.of[*atom] else { continue };
            for count in &self.classes.list[class].counts {
                self.net[*count] += direction;
                touched.push(*count);
            }
        }
        let net: Vec<(usize, i64)> = touched
            .into_iter()
            .map(|count| (count, std::mem::take(&mut self.net[count])))
            .filter(|(_, net)| *net != 0)
            .collect();
        for (count, net) in &net {
            let (below, above) = self.classes.told[*count];
            let room = if *net > 0 { above - self.moved[*count] } else { self.moved[*count] - below };
            people = people.min(room / net.abs());
        }
        if people <= 0 {
            return;
        }
        for (atom, direction) in parts {
            self.changes[*atom] += direction * people;
        }
        for (count, net) in net {
            self.moved[count] += net * people;
        }
        self.left -= people;
    }
}
