//! Worlds: other values of the atoms that agree with everything shown, and the ranges that they leave of withheld counts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Attacker, Studied, Study, World};
use crate::statistics::protect::safety::{Changes, Rules, TOLERANCE, Told, range, refuters};
use crate::statistics::protect::suppression::Stand;

impl Study {
    /// Keeps the worlds found earlier that still agree with everything that is shown.
    pub(in crate::statistics::protect::suppression) fn remember(&mut self, worlds: &[Changes]) {
        for world in worlds {
            let places = world.iter().map(|(name, change)| Some((self.names.binary_search(name).ok()?, *change)));
            if let Some(changes) = places.collect() {
                self.keep(changes);
            }
        }
    }

    /// The worlds that some count's safety rests on.
    pub(in crate::statistics::protect::suppression) fn worlds(&self) -> impl Iterator<Item = Changes> + '_ {
        let named = |(atom, change): &(usize, f64)| (self.names[*atom], *change);
        self.used().into_iter().map(move |world| self.worlds[world].changes.iter().map(named).collect())
    }

    /// How far worlds move a count, and who refutes each.
    pub(super) fn shifts(&self, count: usize) -> Shifts<'_> {
        let Studied { shifts, sole, out, .. } = &self.counts[count];
        let list = shifts.iter().map(|(shift, world)| (*shift, Cow::from(&self.worlds[*world].refuters))).collect();
        Shifts { rules: self.rules, sole: *sole, out, list }
    }

    /// How far a world moves every count that it touches, if it agrees with everything that is told.
    pub(super) fn moved(&self, changes: &[(usize, f64)]) -> Option<BTreeMap<usize, f64>> {
        let Study { rules, atoms, inside, equal, counts, .. } = self;
        let shown = |count: usize| counts[count].withheld.is_none().then(|| (counts[count].truth, counts[count].step));
        Told { rules: *rules, atoms, inside, shown, equal }.moved(changes)
    }

    /// Keeps a world if it agrees with everything that is told.
    pub(super) fn keep(&mut self, changes: Changes) {
        let Some(shifts) = self.moved(&changes) else { return };
        let refuters = refuters(&self.atoms, &changes);
        let world = self.worlds.len();
        let shifts: Vec<(usize, f64)> = shifts.into_iter().collect();
        self.worlds.push(World { changes, refuters, shifts: shifts.clone(), refuted: false });
        for (count, shift) in shifts {
            if self.counts[count].withheld.is_some() {
                self.note(count, shift, world);
            }
        }
    }

    /// Notes that a world moves a count, unless one that no more attackers refute moves it as far.
    pub(super) fn note(&mut self, count: usize, shift: f64, world: usize) {
        let worlds = &self.worlds;
        let beats = |(one, first): (f64, usize), (other, second): (f64, usize)| {
            let farther = one.signum() == other.signum() && one.abs() >= other.abs() - TOLERANCE;
            let refuters = &worlds[second].refuters;
            farther && worlds[first].refuters.iter().all(|owner| refuters.binary_search(owner).is_ok())
        };
        let shifts = &mut self.counts[count].shifts;
        if shift.abs() > TOLERANCE && !shifts.iter().any(|noted| beats(*noted, (shift, world))) {
            shifts.retain(|noted| !beats((shift, world), *noted));
            shifts.push((shift, world));
        }
    }

    /// How every withheld count stood.
    pub(in crate::statistics::protect::suppression) fn stands(&self) -> Vec<Stand> {
        let stand = |count: usize| {
            let Studied { index, broken_off, ref out, .. } = self.counts[count];
            let shifts = self.shifts(count);
            let safe = !broken_off && shifts.unsure().is_empty();
            // What is out is told of as narrow as it is.
            let of_those_out =
                out.iter().map(|attacker| (*attacker, shifts.reach(&attacker.iter().copied().collect())));
            let ranges = shifts.ranges().into_iter().chain(of_those_out);
            let narrowest = ranges.min_by(|(_, one), (_, other)| one.total_cmp(other));
            let (attacker, left) = narrowest.unwrap_or((None, 0.0));
            let left = (!broken_off).then_some(left);
            Stand { count: index, left, attacker, safe, out: !out.is_empty() }
        };
        self.withheld().into_iter().map(stand).collect()
    }
}

/// How far below or above the truth worlds move one count, and who refutes each of them.
pub(super) struct Shifts<'a> {
    rules: Rules,
    /// The only contributor of the count, who has nothing to find out.
    sole: Attacker,
    /// Attackers who could work it out from what is on record already: nothing can be done about them.
    out: &'a [Attacker],
    list: Vec<(f64, Cow<'a, [usize]>)>,
}

impl Shifts<'_> {
    /// One more world.
    pub(super) fn add(&mut self, shift: f64, refuters: Vec<usize>) {
        self.list.push((shift, refuters.into()));
    }

    /// How far below and above the truth worlds move it, which nobody of `known` refutes.
    pub(super) fn ends(&self, known: &BTreeSet<usize>) -> (f64, f64) {
        // Attackers are few, and those who refute a world may be all.
        let refutes = |refuters: &[usize]| known.iter().any(|owner| refuters.binary_search(owner).is_ok());
        let agreed = self.list.iter().filter(|(_, refuters)| !refutes(refuters));
        range(agreed.map(|(shift, _)| *shift))
    }

    /// The range that they leave.
    pub(super) fn reach(&self, known: &BTreeSet<usize>) -> f64 {
        let (low, high) = self.ends(known);
        high - low
    }

    /// Whether it is wide enough.
    pub(super) fn is_wide(&self, known: &BTreeSet<usize>) -> bool {
        self.rules.is_wide(self.reach(known))
    }

    /// How much further the count has to be moved in a direction.
    pub(super) fn wanted(&self, known: &BTreeSet<usize>, direction: f64) -> f64 {
        let (low, high) = self.ends(known);
        self.rules.width() - if direction > 0.0 { -low } else { high }
    }

    /// The range left to the outsider, and to each contributor who refutes a world and so may have a narrower one; not to those who
    /// have nothing to find out.
    pub(super) fn ranges(&self) -> Vec<(Attacker, f64)> {
        let refuters: BTreeSet<usize> = self.list.iter().flat_map(|(_, refuters)| refuters.iter()).copied().collect();
        // What somebody outside could work out is out for everybody.
        let attackers = std::iter::once(None).chain(refuters.into_iter().map(Some));
        let attackers = attackers.filter(|attacker| attacker.is_none() || *attacker != self.sole);
        let finding = attackers.filter(|attacker| !self.out.contains(&None) && !self.out.contains(attacker));
        finding.map(|attacker| (attacker, self.reach(&attacker.into_iter().collect()))).collect()
    }

    /// The attackers who may still have too narrow a range: the outsider alone, as long as even that one has.
    pub(super) fn unsure(&self) -> Vec<Attacker> {
        let narrow = self.ranges().into_iter().filter(|(_, range)| !self.rules.is_wide(*range));
        let narrow: Vec<Attacker> = narrow.map(|(attacker, _)| attacker).collect();
        if narrow.first() == Some(&None) { vec![None] } else { narrow }
    }
}
