//! Looks for worlds in which an attack fails, by exchanges and by linear programmes, and for counts to withhold where there are none.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::fates::{self, Fate};
use super::worlds::Shifts;
use super::{Attacker, Studied, Study};
use crate::statistics::protect::attack::{self, Aim, Coarser, Column, Row};
use crate::statistics::protect::exchange::{Classes, Part, Reach};
use crate::statistics::protect::safety::{Changes, TOLERANCE, refuters};

/// Up, and then down, where small counts cannot go far.
const DIRECTIONS: [f64; 2] = [1.0, -1.0];

impl Study {
    /// Looks for worlds in which every attack on each of these counts fails, on all counts side by side: by exchanges, and then by
    /// programmes, in the first of these reaches and where that is not enough in the next. Returns the attackers who still
    /// succeed, one for each count where there is any, and how much of a range they are left.
    pub(super) fn seek(&mut self, counts: &[usize], reaches: &[Reach]) -> Vec<Unstopped> {
        let classes = self.classes.take().unwrap_or_else(|| self.classified());
        let sought = |count: &usize| {
            let search = || Search { study: self, classes: &classes, count: *count, worlds: Vec::new() }.run(reaches);
            catch_unwind(AssertUnwindSafe(search)).ok()
        };
        let found: Vec<_> = match counts {
            [count] => vec![sought(count)],
            counts => counts.par_iter().map(sought).collect(),
        };
        self.classes = Some(classes);
        let mut unstopped = Vec::new();
        for (count, found) in counts.iter().zip(found) {
            match found {
                Some((worlds, attacker)) => {
                    worlds.into_iter().for_each(|world| self.keep(world));
                    unstopped.extend(attacker);
                }
                None => self.counts[*count].broken_off = true,
            }
        }
        unstopped
    }

    /// Atoms by the shown counts that they are in, as these stand now.
    fn classified(&self) -> Classes {
        let mut inside: Vec<Option<Vec<usize>>> = Vec::new();
        for atom in 0..self.atoms.len() {
            let shown = self.inside[atom].iter().copied().filter(|count| self.counts[*count].withheld.is_none());
            inside.push((!self.fixed[atom] && !self.atoms[atom].open).then(|| shown.collect()));
        }
        for (index, side) in self.equal.iter().flatten().enumerate() {
            for atom in side {
                inside[*atom].iter_mut().for_each(|shown| shown.push(self.counts.len() + index));
            }
        }
        let told = (0..self.counts.len()).map(|count| self.told(count));
        let equal = self.equal.iter().flatten().map(|_| (0.0, 0.0));
        Classes::new(inside, told.chain(equal).collect(), &self.atoms)
    }

    /// What the parts must agree with: the shown counts that they are in, and what is known to be equal; which count a row is.
    fn rows(&self, parts: &[Part<'_>]) -> (Vec<Row>, Vec<Option<usize>>) {
        let mut terms: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.counts.len() + self.equal.len()];
        for (column, part) in parts.iter().enumerate() {
            for index in part.counts {
                // Beyond the counts lie the two sides of what is equal.
                let (row, times) = match index.checked_sub(self.counts.len()) {
                    Some(side) => (self.counts.len() + side / 2, if side % 2 == 0 { 1.0 } else { -1.0 }),
                    None => (*index, 1.0),
                };
                terms[row].push((column, times));
            }
        }
        let row = |(index, terms): (usize, Vec<(usize, f64)>)| {
            let count = Some(index).filter(|index| *index < self.counts.len());
            let (below, above) = count.map_or((0.0, 0.0), |count| self.told(count));
            (Row { terms, below, above, price: None, coarser: Vec::new() }, count)
        };
        terms.into_iter().enumerate().filter(|(_, terms)| !terms.is_empty()).map(row).unzip()
    }

    fn columns(&self, parts: &[Part<'_>]) -> Vec<Column> {
        let people = |part: &Part<'_>| part.atoms.iter().map(|atom| self.atoms[*atom].truth).sum::<u64>();
        parts.iter().map(|part| Column { below: people(part) as f64, above: FAR, dear: part.watched }).collect()
    }

    /// The atoms that make the changes of these parts, of as few owners as can be.
    fn changes(&self, parts: &[Part<'_>], changes: &[f64]) -> Vec<(usize, f64)> {
        let mut moved: Vec<(&Part<'_>, f64)> = parts.iter().zip(changes.iter().copied()).collect();
        moved.retain(|(_, change)| change.abs() > TOLERANCE);
        moved.sort_by_key(|(part, _)| part.atoms.len());
        let mut owners: BTreeSet<Option<usize>> = BTreeSet::new();
        let mut changes = Vec::new();
        for (part, mut left) in moved {
            let mut atoms = part.atoms.clone();
            atoms.sort_by_key(|atom| !owners.contains(&self.atoms[*atom].owner));
            for atom in atoms {
                let change = left.max(-(self.atoms[atom].truth as f64));
                if change.abs() > TOLERANCE {
                    owners.insert(self.atoms[atom].owner);
                    changes.push((atom, change));
                    left -= change;
                }
            }
        }
        changes
    }

    /// Shows more coarsely, or withholds, what is needed for a count to be safe from the attacker; returns what was withheld, `None`
    /// when nothing can be done for it.
    pub(super) fn withhold_against(&mut self, count: usize, attacker: Attacker) -> Option<Vec<usize>> {
        // Zeros of others are what is shown at the least loss: they are doubted last.
        let ways = [(WIDE, false), (WHOLE, false), (WHOLE, true)];
        ways.into_iter().find_map(|(reach, zeros)| self.open(count, attacker, reach, zeros))
    }

    /// The same as far as this reach, and with shown `zeros` of others withheld too; `None` when it finds neither what to do nor a world
    /// without it.
    fn open(&mut self, count: usize, attacker: Attacker, reach: Reach, zeros: bool) -> Option<Vec<usize>> {
        let known: BTreeSet<usize> = attacker.into_iter().collect();
        let unfixed = zeros || self.counts[count].atoms.iter().any(|atom| self.fixed[*atom]);
        if unfixed {
            // A shown zero may have to be withheld too.
            self.fixed.fill(false);
            self.classes = None;
        }
        let classes = self.classes.take().unwrap_or_else(|| self.classified());
        let parts = classes.near(&self.atoms, &self.counts[count].atoms, &known, &BTreeSet::new(), reach);
        let (mut rows, counts) = self.rows(&parts);
        for (row, count) in rows.iter_mut().zip(&counts) {
            row.price = count.and_then(|count| self.price(count));
            row.coarser = count.filter(|_| row.price.is_some()).map(|count| self.wider(count)).unwrap_or_default();
        }
        let way = self.cheapest(&parts, rows, &counts);
        let changes = way.as_ref().map(|way| way.worlds.each_ref().map(|changes| self.changes(&parts, changes)));
        if unfixed {
            self.fix();
        } else {
            self.classes = Some(classes);
        }
        let (Way { fates, .. }, changes) = way.zip(changes)?;
        let before = self.shifts(count).reach(&known);
        let mut opened = Vec::new();
        for (other, fate) in &fates {
            match fate {
                Fate::Withheld => {
                    self.withhold(*other, count);
                    opened.push(*other);
                }
                Fate::Coarser(step) => self.coarsen(*other, *step),
            }
        }
        changes.into_iter().for_each(|changes| self.keep(changes));
        (!fates.is_empty() || self.shifts(count).reach(&known) > before).then_some(opened)
    }

    /// Whether an attacker could work a count out from what is on record already, whatever else is withheld: then nothing can be done
    /// about this attacker, and it is noted.
    pub(super) fn is_out(&mut self, count: usize, attacker: Attacker) -> bool {
        if !self.counts.iter().any(Studied::is_on_record) {
            return false;
        }
        // What is shown for the first time, and could be withheld, tells nothing: not even that it is nobody.
        self.fix_zeros(Studied::is_on_record);
        let classes = self.classified();
        let parts = classes.near(
            &self.atoms,
            &self.counts[count].atoms,
            &attacker.into_iter().collect(),
            &BTreeSet::new(),
            WHATEVER,
        );
        let (rows, counts) = self.rows(&parts);
        let rows = rows.into_iter().zip(counts);
        let told = rows.filter(|(_, count)| count.is_none_or(|count| self.counts[count].is_on_record()));
        let told: Vec<Row> = told.map(|(row, _)| row).collect();
        let is_out = attack::is_impossible(&self.columns(&parts), &told, &target(&parts), self.rules.width());
        self.fix();
        self.classes = None;
        if is_out {
            self.counts[count].out.push(attacker);
        }
        is_out
    }

    /// The cheapest way that it finds to two worlds far enough apart.
    fn cheapest(&self, parts: &[Part<'_>], mut rows: Vec<Row>, counts: &[Option<usize>]) -> Option<Way> {
        let (columns, target) = (self.columns(parts), target(parts));
        let mut best: Option<Way> = None;
        for _ in 0..2 {
            let Some(worlds) = attack::open(&columns, &rows, &target, self.rules.width()) else { break };
            let broken = self.broken(&rows, counts, &worlds);
            // The programme counts people, the loss is in counts: what is left once is cheaper to leave again. An eighth is
            // enough to draw the second solution to the same counts; it is taken only where it loses less. A coarser step tells
            // less on one side and may tell more on the other: the second solution has the interval of the finest.
            for (row, fate) in &broken {
                let Some(count) = counts[*row] else { continue };
                let row = &mut rows[*row];
                row.price = row.price.map(|price| price / 8.0);
                if let (Fate::Coarser(_), Some(step)) = (fate, self.steps(count).next()) {
                    (row.below, row.above) = self.rules.told(self.counts[count].truth, step);
                }
            }
            let least = |(row, fate): &(usize, Fate)| match fate {
                Fate::Withheld => true,
                Fate::Coarser(step) => counts[*row].and_then(|count| self.steps(count).next()) == Some(*step),
            };
            let alone = broken.len() < 2 && broken.iter().all(least);
            let fates: Vec<(usize, Fate)> =
                broken.into_iter().filter_map(|(row, fate)| Some((counts[row]?, fate))).collect();
            let loss = fates.iter().filter_map(|(count, fate)| self.loss(*count, *fate)).sum();
            if best.as_ref().is_none_or(|best| loss < best.loss) {
                best = Some(Way { loss, worlds, fates });
            }
            if alone {
                break;
            }
        }
        best
    }

    /// How far a count could lie from the truth in coarser steps, and what that costs: twice as much in each step.
    fn wider(&self, count: usize) -> Vec<Coarser> {
        let price = fates::coarser(self.worth(count).unwrap_or_default());
        let told = self.steps(count).map(|step| self.rules.told(self.counts[count].truth, step));
        let steps = [1.0, 2.0, 4.0].map(|times| price * times);
        told.zip(steps).map(|((below, above), price)| Coarser { below, above, price }).collect()
    }

    /// The rows that two worlds leave, and what that makes of their counts.
    fn broken(&self, rows: &[Row], counts: &[Option<usize>], worlds: &[Vec<f64>; 2]) -> Vec<(usize, Fate)> {
        let mut broken = Vec::new();
        for (index, (row, count)) in rows.iter().zip(counts).enumerate() {
            let Some(count) = count.filter(|_| row.price.is_some()) else { continue };
            let truth = self.counts[count].truth;
            let moved: [f64; 2] =
                worlds.each_ref().map(|world| row.terms.iter().map(|(part, times)| world[*part] * times).sum::<f64>());
            let within = |moved: f64, (below, above): (f64, f64)| moved >= below - NONE && moved <= above + NONE;
            if moved.iter().all(|moved| within(*moved, self.told(count))) {
                continue;
            }
            let told = |step: &u64| self.rules.told(truth, *step);
            let both = self.steps(count).find(|step| moved.iter().all(|moved| within(*moved, told(step))));
            // Where no step is coarse enough for both, the farther one is worth a step, and the other is looked for again.
            let farther = if moved[0].abs() > moved[1].abs() { moved[0] } else { moved[1] };
            let coarser = both.or_else(|| self.steps(count).find(|step| within(farther, told(step))));
            broken.push((index, coarser.map_or(Fate::Withheld, Fate::Coarser)));
        }
        broken
    }

    /// What it costs that this becomes of a count.
    fn loss(&self, count: usize, fate: Fate) -> Option<f64> {
        match fate {
            Fate::Withheld => self.price(count),
            Fate::Coarser(step) => Some(step as f64 * fates::coarser(self.worth(count)?)),
        }
    }
}

/// What makes a count safe: what becomes of others, what that loses, and two worlds in which it is far apart then.
struct Way {
    loss: f64,
    worlds: [Vec<f64>; 2],
    fates: Vec<(usize, Fate)>,
}

/// An attacker who succeeds against a count as far as was looked.
pub(super) struct Unstopped {
    pub count: usize,
    pub attacker: Attacker,
    /// The range that is left.
    pub left: f64,
}

/// The search for worlds in which attacks on one count fail.
struct Search<'a> {
    study: &'a Study,
    classes: &'a Classes,
    count: usize,
    worlds: Vec<Changes>,
}

impl<'a> Search<'a> {
    /// The worlds that it found, and an attacker who is stopped by none.
    fn run(mut self, mut reaches: &[Reach]) -> (Vec<Changes>, Option<Unstopped>) {
        let mut shifts = self.study.shifts(self.count);
        loop {
            let unsure = shifts.unsure();
            let Some(attacker) = unsure.first().copied() else { return (self.worlds, None) };
            let unsure: BTreeSet<usize> = unsure.into_iter().flatten().collect();
            if self.exchanges(&mut shifts, &unsure) {
                continue;
            }
            let known = attacker.into_iter().collect();
            // What was not enough for one attacker is not tried for the next.
            while let Some((reach, wider)) = reaches.split_first() {
                if !self.is_superseded(*reach) {
                    self.look(&mut shifts, &known, *reach);
                }
                if shifts.is_wide(&known) {
                    break;
                }
                reaches = wider;
            }
            if !shifts.is_wide(&known) {
                let left = shifts.reach(&known);
                return (self.worlds, Some(Unstopped { count: self.count, attacker, left }));
            }
        }
    }

    /// Whether looking at everything is hardly more work: what is looked at then is not looked at twice.
    fn is_superseded(&self, reach: Reach) -> bool {
        reach.classes != WHOLE.classes && self.classes.len() < 2 * reach.classes
    }

    /// Looks for worlds that nobody of `known` refutes by exchanges, people of one part for people of another; says whether
    /// they are enough.
    fn exchanges(&mut self, shifts: &mut Shifts<'a>, known: &BTreeSet<usize>) -> bool {
        let Search { study, classes, count, .. } = *self;
        for direction in DIRECTIONS {
            if shifts.is_wide(known) {
                break;
            }
            let wanted = shifts.wanted(known, direction);
            let changes = classes.exchange(&study.atoms, &study.counts[count].atoms, known, direction * wanted);
            let inside = changes.iter().filter(|(atom, _)| study.inside[*atom].contains(&count));
            let shift: i64 = inside.map(|(_, change)| change).sum();
            if shift as f64 * direction >= wanted - 1e-4 || (direction < 0.0 && shift != 0) {
                self.found(shifts, changes.into_iter().map(|(atom, change)| (atom, change as f64)).collect());
            }
        }
        shifts.is_wide(known)
    }

    /// Looks for worlds by linear programmes: those that nobody of `known` refutes, and as few as can be of the others who are
    /// not stopped yet.
    fn look(&mut self, shifts: &mut Shifts<'a>, known: &BTreeSet<usize>, reach: Reach) {
        let Search { study, classes, count, .. } = *self;
        let unsure = shifts.unsure().into_iter().flatten().collect();
        let parts = classes.near(&study.atoms, &study.counts[count].atoms, known, &unsure, reach);
        let target = target(&parts);
        if target.is_empty() {
            return;
        }
        let (columns, rows) = attack::simpler(study.columns(&parts), study.rows(&parts).0);
        for direction in DIRECTIONS {
            if shifts.is_wide(known) {
                break;
            }
            let aim = Aim { columns: target.clone(), direction, most: shifts.wanted(known, direction) };
            if let Some(changes) = attack::meet(&columns, &rows, &aim) {
                self.found(shifts, study.changes(&parts, &changes));
            }
        }
    }

    /// Takes a world if it agrees with everything that is told.
    fn found(&mut self, shifts: &mut Shifts<'a>, changes: Changes) {
        if let Some(moved) = self.study.moved(&changes) {
            shifts.add(moved.get(&self.count).copied().unwrap_or_default(), refuters(&self.study.atoms, &changes));
            self.worlds.push(changes);
        }
    }
}

/// What programmes look at: little, to be quick, then more, then everything, and at last everything at any price.
///
/// The numbers of the first three were found by trying on the sample rounds: most counts that exchanges leave open are settled by them,
/// in a small part of the time that everything takes. They decide how long a search takes and which worlds it finds first,
/// not what is safe.
const NEAR: Reach = Reach { target: 12, seeds: 4, classes: 100, sparing: true };
const WIDE: Reach = Reach { target: 24, seeds: 6, classes: 320, sparing: true };
const WIDER: Reach = Reach { classes: 1000, ..WIDE };
const WHOLE: Reach = Reach { target: usize::MAX, seeds: usize::MAX, classes: usize::MAX, sparing: true };
const WHATEVER: Reach = Reach { sparing: false, ..WHOLE };

/// In this order, as long as more may be withheld for whoever is stopped by none.
pub(super) const PROGRAMMES: &[Reach] = &[NEAR, WIDE, WIDER, WHOLE];

/// How far is looked for a count to be shown again.
pub(super) const NEARBY: &[Reach] = &[NEAR, WIDE, WIDER];

/// Whoever is not stopped by this one is not stopped: it finds a world wherever there is one.
pub(super) const LAST: &[Reach] = &[WHATEVER];

/// How far above the truth an atom may be taken to lie: farther than any range that is asked for.
const FAR: f64 = 10_000.0;

/// A row that is left by less is not left: the solver computes in floating point.
const NONE: f64 = 1e-5;

/// The columns of what a programme is about.
fn target(parts: &[Part<'_>]) -> Vec<usize> {
    parts.iter().enumerate().filter(|(_, part)| part.inside).map(|(column, _)| column).collect()
}
