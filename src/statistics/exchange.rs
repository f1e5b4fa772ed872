//! Finds other values that agree with what is shown by exchanging people between parts, without a linear programme.
//!
//! Parts that are in the same shown counts can lend each other people, and nobody sees it; nor where the counts that only
//! one of them is in are rounded enough. So can four parts of which two together are in the same shown counts as the
//! other two. Most attacks are stopped by such exchanges.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::suppression::Atom;

/// How many classes near another are looked at for an exchange of four.
const NEAR: usize = 14;

/// How many classes near another are remembered, and how many atoms of a target are moved.
const FARTHEST: usize = 320;
const MOVED: usize = 12;

/// How much a linear programme looks at.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    /// How many of the target's classes.
    pub target: usize,
    /// How many of them it starts from.
    pub seeds: usize,
    /// How many classes near each of them.
    pub classes: usize,
}

/// Atoms by the shown counts that they are in.
#[derive(Default)]
pub(super) struct Classes {
    list: Vec<Class>,
    /// The class of each atom, for those that are in doubt.
    of: Vec<Option<usize>>,
    by_counts: HashMap<Vec<usize>, usize>,
    /// How far each shown count can lie below and above the truth.
    told: Vec<(i64, i64)>,
    near: RefCell<HashMap<usize, Arc<[usize]>>>,
}

/// Atoms of one class that a linear programme need not tell apart.
pub(super) struct Part<'a> {
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
    /// The largest first.
    atoms: Vec<usize>,
    people: u64,
}

/// People that were moved, by atom.
type Changes = BTreeMap<usize, i64>;

impl Classes {
    /// From the shown counts that each atom is in, `None` where an atom is not in doubt, and how exactly each count is told.
    pub(super) fn new(inside: Vec<Option<Vec<usize>>>, told: Vec<(i64, i64)>, atoms: &[Atom]) -> Self {
        let mut classes = Classes { told, ..Classes::default() };
        for (atom, counts) in inside.into_iter().enumerate() {
            let Some(mut counts) = counts else {
                classes.of.push(None);
                continue;
            };
            counts.sort_unstable();
            let next = classes.list.len();
            let class = *classes.by_counts.entry(counts.clone()).or_insert(next);
            if class == next {
                classes.list.push(Class { counts, atoms: Vec::new(), people: 0 });
            }
            classes.list[class].atoms.push(atom);
            classes.list[class].people += atoms[atom].truth;
            classes.of.push(Some(class));
        }
        for class in &mut classes.list {
            class.atoms.sort_by_key(|atom| std::cmp::Reverse(atoms[*atom].truth));
        }
        classes
    }

    /// Other classes with people in them, those in nearly the same shown counts first.
    fn nearest(&self, class: usize) -> Arc<[usize]> {
        if let Some(near) = self.near.borrow().get(&class) {
            return Arc::clone(near);
        }
        let counts = &self.list[class].counts;
        let mut others: Vec<(usize, std::cmp::Reverse<u64>, usize)> = (0..self.list.len())
            .filter(|other| *other != class && self.list[*other].people > 0)
            .map(|other| {
                (differences(counts, &self.list[other].counts), std::cmp::Reverse(self.list[other].people), other)
            })
            .collect();
        if others.len() > FARTHEST {
            others.select_nth_unstable(FARTHEST);
            others.truncate(FARTHEST);
        }
        others.sort_unstable();
        let near: Arc<[usize]> = others.into_iter().map(|(_, _, other)| other).collect();
        self.near.borrow_mut().insert(class, Arc::clone(&near));
        near
    }

    /// The parts that a linear programme about a target looks at: those in nearly the same shown counts as its largest.
    ///
    /// Nobody of `known` may see a part change; those of `unsure` had better not.
    pub(super) fn near(
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
        seeds.sort_by_key(|class| (std::cmp::Reverse(people[class]), *class));
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
                    let watched = owner.is_some_and(|owner| unsure.contains(&owner));
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
    pub(super) fn exchange(
        &self,
        atoms: &[Atom],
        target: &[usize],
        known: &BTreeSet<usize>,
        wanted: f64,
    ) -> Vec<(usize, i64)> {
        let inside: BTreeSet<usize> = target.iter().copied().collect();
        let left = wanted.abs().ceil() as i64;
        let mut search =
            Search { classes: self, atoms, inside, known, left, changes: Changes::new(), moved: BTreeMap::new() };
        let mut order: Vec<usize> = target.iter().copied().filter(|atom| search.free(*atom)).collect();
        order.sort_by_key(|atom| (std::cmp::Reverse(atoms[*atom].truth), *atom));
        for atom in order.into_iter().take(MOVED) {
            search.from(atom, if wanted > 0.0 { 1 } else { -1 });
            if search.left <= 0 {
                break;
            }
        }
        search.changes.into_iter().filter(|(_, change)| *change != 0).collect()
    }
}

/// How many counts are in one list and not in the other; both are sorted.
fn differences(one: &[usize], other: &[usize]) -> usize {
    let (mut left, mut right, mut differences) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        match one[left].cmp(&other[right]) {
            std::cmp::Ordering::Equal => (left, right) = (left + 1, right + 1),
            std::cmp::Ordering::Less => (left, differences) = (left + 1, differences + 1),
            std::cmp::Ordering::Greater => (right, differences) = (right + 1, differences + 1),
        }
    }
    differences + (one.len() - left) + (other.len() - right)
}

/// The counts of `one` and `other` without those of `less`, when these are all among them; sorted.
fn combined(one: &[usize], other: &[usize], less: &[usize]) -> Option<Vec<usize>> {
    if one.len() + other.len() < less.len() {
        return None;
    }
    let mut counts = [one, other].concat();
    counts.sort_unstable();
    let mut rest = Vec::with_capacity(counts.len() - less.len());
    let mut taken = 0;
    for count in counts {
        if less.get(taken) == Some(&count) {
            taken += 1;
        } else {
            rest.push(count);
        }
    }
    (taken == less.len()).then_some(rest)
}

struct Search<'a> {
    classes: &'a Classes,
    atoms: &'a [Atom],
    inside: BTreeSet<usize>,
    known: &'a BTreeSet<usize>,
    /// By how much the target still has to move.
    left: i64,
    changes: Changes,
    /// By how much shown counts have moved.
    moved: BTreeMap<usize, i64>,
}

impl Search<'_> {
    fn free(&self, atom: usize) -> bool {
        self.classes.of[atom].is_some() && self.atoms[atom].owner.is_none_or(|owner| !self.known.contains(&owner))
    }

    fn people(&self, atom: usize) -> i64 {
        self.atoms[atom].truth as i64 + self.changes.get(&atom).copied().unwrap_or(0)
    }

    /// The atoms of a class that are not the target's, those with most people first.
    fn others(&self, class: usize) -> impl Iterator<Item = usize> + '_ {
        let atoms = self.classes.list[class].atoms.iter().copied();
        atoms.filter(|atom| !self.inside.contains(atom) && self.free(*atom))
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
        let near = self.classes.nearest(class);
        for other in near.iter().take(2 * NEAR) {
            if let Some(other) = self.largest(*other) {
                self.shift(&[(atom, direction), (other, -direction)]);
            }
        }
        let counts = &self.classes.list[class].counts;
        for (place, one) in near.iter().take(NEAR).enumerate() {
            for other in &near[..place] {
                if self.left <= 0 || (direction < 0 && self.people(atom) == 0) {
                    return;
                }
                let lists = [one, other].map(|class| &self.classes.list[*class].counts);
                let last = combined(lists[0], lists[1], counts).and_then(|counts| self.classes.by_counts.get(&counts));
                let parts =
                    last.and_then(|last| Some([self.largest(*one)?, self.largest(*other)?, self.largest(*last)?]));
                if let Some([one, other, last]) = parts.filter(|[.., last]| *last != atom) {
                    self.shift(&[(atom, direction), (one, -direction), (other, -direction), (last, direction)]);
                }
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
        let mut net: Vec<(usize, i64)> = Vec::new();
        for (atom, direction) in parts {
            let Some(class) = self.classes.of[*atom] else { return };
            for count in &self.classes.list[class].counts {
                match net.iter_mut().find(|(other, _)| other == count) {
                    Some((_, net)) => *net += direction,
                    None => net.push((*count, *direction)),
                }
            }
        }
        for (count, net) in net.iter().filter(|(_, net)| *net != 0) {
            let (below, above) = self.classes.told[*count];
            let moved = self.moved.get(count).copied().unwrap_or(0);
            let room = if *net > 0 { above - moved } else { moved - below };
            people = people.min(room / net.abs());
        }
        if people <= 0 {
            return;
        }
        for (atom, direction) in parts {
            *self.changes.entry(*atom).or_default() += direction * people;
        }
        for (count, net) in net {
            *self.moved.entry(count).or_default() += net * people;
        }
        self.left -= people;
    }
}
