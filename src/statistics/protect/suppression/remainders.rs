//! What two shown counts differ by, less what a contributor knows of it: small counts of others, though no table holds them.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Release;
use crate::statistics::protect::safety::{Atom, Rules};

/// The atoms of every small sum that a reader, or a contributor who takes its own away, is left with.
///
/// They come from one shown count, from two of them, or from the sums of shown counts that are `compared`; both sides of a
/// difference are told apart by their atoms, which are sorted.
pub(in crate::statistics) fn remainders(
    release: &Release,
    rules: Rules,
    compared: &[[Vec<usize>; 2]],
) -> BTreeSet<Vec<usize>> {
    let shown = release.counts.iter().filter(|count| count.withheld.is_none());
    let shown: Vec<&[usize]> = shown.map(|count| count.atoms.as_slice()).collect();
    let new = || Differences::new(&release.atoms, rules.threshold);
    let pairs = (0..shown.len()).into_par_iter().fold(new, |mut differences, place| {
        differences.look(shown[place], &[]);
        shown[..place].iter().for_each(|other| differences.look(shown[place], other));
        differences
    });
    let mut found = pairs.map(|differences| differences.found).reduce(BTreeSet::new, |mut one, mut other| {
        one.append(&mut other);
        one
    });
    let mut differences = new();
    compared.iter().for_each(|[one, other]| differences.look(one, other));
    found.append(&mut differences.found);
    for count in release.counts.iter().filter(|count| count.withheld.is_some()) {
        found.remove(&count.atoms); // attacked anyway
    }
    found
}

/// Counts of these that cannot be shown together whatever else is withheld, nor alone (paired with themselves): what they differ by is
/// small, and the intervals that they tell, however coarse, are too narrow together.
pub(in crate::statistics) fn conflicts(release: &Release, rules: Rules, counts: &[usize]) -> Vec<[usize; 2]> {
    let width = |count: &usize| {
        let count = &release.counts[*count];
        let truth = count.atoms.iter().map(|atom| release.atoms[*atom].truth).sum();
        let steps = rules.coarser().into_iter().filter(|step| count.coarser && rules.may_be(truth, *step));
        let widths =
            steps.chain([rules.rounding]).map(|step| rules.told(truth, step)).map(|(below, above)| above - below);
        widths.fold(0.0, f64::max)
    };
    let widths: Vec<f64> = counts.iter().map(width).collect();
    let mut differences = Differences::new(&release.atoms, rules.threshold);
    let mut found = Vec::new();
    let mut look = |one: &[usize], other: &[usize]| {
        differences.look(one, other);
        !std::mem::take(&mut differences.found).is_empty()
    };
    for (place, one) in counts.iter().enumerate() {
        if !rules.is_wide(widths[place]) && look(&release.counts[*one].atoms, &[]) {
            found.push([*one, *one]);
        }
        for (before, other) in counts[..place].iter().enumerate() {
            if !rules.is_wide(widths[place] + widths[before])
                && look(&release.counts[*one].atoms, &release.counts[*other].atoms)
            {
                found.push([*one, *other]);
            }
        }
    }
    found
}

struct Differences<'a> {
    atoms: &'a [Atom],
    threshold: u64,
    /// People on each side of the difference, by owner; atoms without one stand last.
    people: [Vec<u64>; 2],
    /// Whose atoms are on each side.
    owners: [Vec<usize>; 2],
    /// All people on each side, and the most of one owner.
    total: [u64; 2],
    most: [u64; 2],
    found: BTreeSet<Vec<usize>>,
}

impl<'a> Differences<'a> {
    fn new(atoms: &'a [Atom], threshold: u64) -> Self {
        let owners = atoms.iter().filter_map(|atom| atom.owner).max().map_or(0, |last| last + 1);
        let people = [vec![0; owners + 1], vec![0; owners + 1]];
        Self {
            atoms,
            threshold,
            people,
            owners: Default::default(),
            total: [0; 2],
            most: [0; 2],
            found: BTreeSet::new(),
        }
    }

    fn owner(&self, atom: usize) -> usize {
        self.atoms[atom].owner.unwrap_or(self.people[0].len() - 1)
    }

    /// Looks at what two sorted lists of atoms differ by.
    fn look(&mut self, one: &[usize], other: &[usize]) {
        if self.add_up(one, other) {
            for (side, opposite) in [(0, 1), (1, 0)] {
                // Whoever knows all of one side is left with the other.
                let knowers: Vec<Option<usize>> = match self.owners[opposite][..] {
                    [] => [None].into_iter().chain(self.owners[side].iter().copied().map(Some)).collect(),
                    [owner] => vec![Some(owner)],
                    _ => continue,
                };
                for knower in knowers {
                    let left = self.total[side] - knower.map_or(0, |owner| self.people[side][owner]);
                    if (1..self.threshold).contains(&left) {
                        let (these, those) = if side == 0 { (one, other) } else { (other, one) };
                        let apart = |atom: &usize| {
                            those.binary_search(atom).is_err()
                                && !self.atoms[*atom].open
                                && Some(self.owner(*atom)) != knower
                        };
                        self.found.insert(these.iter().copied().filter(apart).collect());
                    }
                }
            }
        }
        (self.total, self.most) = ([0; 2], [0; 2]);
        for side in [0, 1] {
            while let Some(owner) = self.owners[side].pop() {
                self.people[side][owner] = 0;
            }
        }
    }

    /// Adds up both sides by owner; stops, and says so, where nobody is left with few people.
    fn add_up(&mut self, one: &[usize], other: &[usize]) -> bool {
        let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
        loop {
            let (side, atom) = match (left.peek(), right.peek()) {
                (None, None) => return true,
                (Some(one), Some(other)) if one == other => {
                    left.next();
                    right.next();
                    continue;
                }
                (Some(one), Some(other)) if one > other => (1, right.next()),
                (Some(_), _) => (0, left.next()),
                (None, Some(_)) => (1, right.next()),
            };
            let Some(atom) = atom.copied().filter(|atom| !self.atoms[*atom].open) else { continue };
            let owner = self.owner(atom);
            if !self.owners[side].contains(&owner) {
                self.owners[side].push(owner);
            }
            self.people[side][owner] += self.atoms[atom].truth;
            self.total[side] += self.atoms[atom].truth;
            self.most[side] = self.most[side].max(self.people[side][owner]);
            // Whoever takes most away is left with too many, or several owners are on the other side too.
            let hopeless =
                |side: usize| self.total[side] - self.most[side] >= self.threshold || self.owners[1 - side].len() > 1;
            if hopeless(0) && hopeless(1) {
                return false;
            }
        }
    }
}
