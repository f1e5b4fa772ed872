//! One part of a release that touches no other: its counts are attacked, and more is withheld where an attack succeeds.

use std::collections::{BTreeMap, BTreeSet};

use super::super::attack::{self, Aim, Column, Row, TOLERANCE};
use super::super::exchange::{Classes, Part, Reach};
use super::{Atom, Changes, Count, Reason, Release, Rules, Stand};

/// Other values of the atoms, which agree with everything that is shown.
struct World {
    /// Atoms that differ, and by how much.
    changes: Vec<(usize, f64)>,
    /// Who knows better, because own atoms differ; sorted.
    refuters: Vec<usize>,
}

/// A count as its component sees it: `atoms` are places there.
pub(super) struct Studied {
    pub index: usize,
    atoms: Vec<usize>,
    truth: u64,
    pub withheld: Option<Reason>,
    pub price: Option<f64>,
    /// The only contributor, who has nothing to find out.
    sole: Option<usize>,
    /// What cannot be shown when it is withheld: the rest of its tables, and counts that one contributor can tell it from.
    with: Vec<usize>,
    /// By how much worlds move it, and which: those that no other beats with fewer who know better.
    shifts: Vec<(f64, usize)>,
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
}

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
        }
    }

    fn add(&mut self, index: usize, count: &Count, atoms: Vec<usize>) {
        let truth = atoms.iter().map(|atom| self.atoms[*atom].truth).sum();
        let owners: BTreeSet<Option<usize>> = atoms.iter().map(|atom| self.atoms[*atom].owner).collect();
        let sole = if owners.len() == 1 { owners.into_iter().next().flatten() } else { None };
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
            sole,
            with: Vec::new(),
            shifts: Vec::new(),
        });
    }

    fn withheld(&self) -> Vec<usize> {
        (0..self.counts.len()).filter(|count| self.counts[*count].withheld.is_some()).collect()
    }

    /// Keeps the worlds found earlier that still agree with everything that is shown.
    pub(super) fn remember(&mut self, worlds: &[Changes]) {
        for world in worlds {
            let places = world.iter().map(|(name, change)| Some((self.names.binary_search(name).ok()?, *change)));
            if let Some(changes) = places.collect() {
                self.keep(changes);
            }
        }
    }

    /// The worlds that some count's safety rests on.
    pub(super) fn worlds(&self) -> impl Iterator<Item = Changes> + '_ {
        let used: BTreeSet<usize> =
            self.counts.iter().flat_map(|count| &count.shifts).map(|(_, world)| *world).collect();
        let named = |(atom, change): &(usize, f64)| (self.names[*atom], *change);
        used.into_iter().map(move |world| self.worlds[world].changes.iter().map(named).collect())
    }

    /// Attacks every withheld count, and withholds more where an attack succeeds and `mend` is set.
    pub(super) fn examine(&mut self, mend: bool) {
        let mut open: BTreeSet<usize> = self.withheld().into_iter().collect();
        if mend {
            let withheld = self.withheld();
            open.extend(self.withhold_with(withheld));
        }
        // Safe counts stay safe: whatever is withheld later only widens what is left of them.
        while let Some(count) = open.pop_first() {
            while let Some(attacker) = self.failing(count) {
                if !mend {
                    break;
                }
                let ways = [(WIDE, 1.0), (WIDE, -1.0), (WHOLE, 1.0), (WHOLE, -1.0)];
                let opened =
                    ways.into_iter().find_map(|(reach, direction)| self.open(count, attacker, direction, reach));
                let Some(opened) = opened else { break };
                open.extend(&opened);
                open.extend(self.withhold_with(opened));
            }
        }
    }

    /// Finds for every count what falls with it.
    fn join(&mut self, release: &Release) {
        let places: BTreeMap<usize, usize> =
            self.counts.iter().enumerate().map(|(place, count)| (count.index, place)).collect();
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
                    if let Some(owner) = self.apart(one, other) {
                        for (count, with) in [(one, other), (other, one)] {
                            if self.counts[count].sole != Some(owner) {
                                self.counts[count].with.push(with);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The one contributor whose atoms are all that two counts differ by.
    fn apart(&self, one: usize, other: usize) -> Option<usize> {
        let [mut left, mut right] = [one, other].map(|count| self.counts[count].atoms.iter().peekable());
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
            let atom = &self.atoms[*atom?];
            if !atom.open && *owner.get_or_insert(atom.owner?) != atom.owner? {
                return None;
            }
        }
    }

    /// What falls with a count, and with what falls with it; nothing where one of them was published and has to stay.
    fn falling(&self, count: usize) -> Option<Vec<usize>> {
        let mut falling = vec![count];
        let mut next = 0;
        while let Some(count) = falling.get(next).copied() {
            next += 1;
            for other in &self.counts[count].with {
                let studied = &self.counts[*other];
                if studied.withheld.is_none() && studied.truth > 0 && !falling.contains(other) {
                    studied.price?;
                    falling.push(*other);
                }
            }
        }
        Some(falling)
    }

    /// What it costs to withhold a count with all that falls with it.
    fn price(&self, count: usize) -> Option<f64> {
        self.counts[count].price?;
        self.falling(count)?.into_iter().map(|count| self.counts[count].price).sum()
    }

    /// Withholds what falls with these counts.
    fn withhold_with(&mut self, of: Vec<usize>) -> Vec<usize> {
        let mut more = Vec::new();
        for count in of {
            for other in self.falling(count).unwrap_or_default().into_iter().skip(1) {
                self.withhold(other, count);
                more.push(other);
            }
        }
        more
    }

    /// Withholds a count to protect another; worlds found before may move it too.
    fn withhold(&mut self, count: usize, protects: usize) {
        self.counts[count].withheld = Some(Reason::Protecting(self.counts[protects].index));
        self.classes = None;
        if self.counts[count].truth == 0 {
            self.fix();
        }
        for world in 0..self.worlds.len() {
            let inside = |atom: &usize| self.inside[*atom].contains(&count);
            let changes = self.worlds[world].changes.iter().filter(|(atom, _)| inside(atom));
            let shift = changes.map(|(_, change)| change).sum();
            self.note(count, shift, world);
        }
    }

    /// How far below and above the truth worlds move a count, which nobody of `known` refutes.
    fn ends(&self, count: usize, known: &BTreeSet<usize>) -> (f64, f64) {
        let agreed = self.counts[count]
            .shifts
            .iter()
            .filter(|(_, world)| !self.worlds[*world].refuters.iter().any(|owner| known.contains(owner)));
        agreed.fold((0.0_f64, 0.0_f64), |(low, high), (shift, _)| (low.min(*shift), high.max(*shift)))
    }

    /// The range that they leave.
    fn reach(&self, count: usize, known: &BTreeSet<usize>) -> f64 {
        let (low, high) = self.ends(count, known);
        high - low
    }

    fn safe(&self, width: f64) -> bool {
        width >= self.rules.width() - 1e-4
    }

    /// The range left to the outsider, and to each contributor who refutes a world and so may have a narrower one.
    fn ranges(&self, count: usize) -> Vec<(Attacker, f64)> {
        let studied = &self.counts[count];
        let refuters: BTreeSet<usize> =
            studied.shifts.iter().flat_map(|(_, world)| &self.worlds[*world].refuters).copied().collect();
        let others = refuters.into_iter().filter(|owner| Some(*owner) != studied.sole);
        let range = |owner: usize| (Some(owner), self.reach(count, &BTreeSet::from([owner])));
        std::iter::once((None, self.reach(count, &BTreeSet::new()))).chain(others.map(range)).collect()
    }

    /// The attackers who may still have too narrow a range: the outsider alone, as long as even that one has.
    fn unsure(&self, count: usize) -> Vec<Attacker> {
        let narrow = self.ranges(count).into_iter().filter(|(_, range)| !self.safe(*range));
        let narrow: Vec<Attacker> = narrow.map(|(attacker, _)| attacker).collect();
        if narrow.first() == Some(&None) { vec![None] } else { narrow }
    }

    /// An attacker who succeeds against the count, after every effort to find worlds in which the attack fails.
    fn failing(&mut self, count: usize) -> Option<Attacker> {
        // What it took to stop one attacker, it takes for the next.
        let mut reaches = &[NEAR, WIDE, WHOLE][..];
        loop {
            let unsure = self.unsure(count);
            let attacker = *unsure.first()?;
            let all: BTreeSet<usize> = unsure.iter().flatten().copied().collect();
            if self.search(count, &all, |study, direction| study.exchange(count, &all, direction)) {
                continue;
            }
            let known: BTreeSet<usize> = attacker.into_iter().collect();
            let stopped = reaches.iter().position(|reach| {
                self.search(count, &known, |study, direction| study.attempt(count, &known, &all, direction, *reach))
            });
            let Some(stopped) = stopped else { return Some(attacker) };
            reaches = &reaches[stopped..];
        }
    }

    /// Looks for worlds that nobody of `known` refutes, up and then down, where small counts cannot go far; says whether they
    /// are enough.
    fn search(&mut self, count: usize, known: &BTreeSet<usize>, find: impl Fn(&mut Study, f64)) -> bool {
        for direction in [1.0, -1.0] {
            if !self.safe(self.reach(count, known)) {
                find(self, direction);
            }
        }
        self.safe(self.reach(count, known))
    }

    /// Sorts atoms by the shown counts that they are in, as these stand now.
    fn classify(&mut self) {
        if self.classes.is_none() {
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
            let told = self.counts.iter().map(|count| self.rules.told(count.truth));
            let told = told.map(|(below, above)| (below as i64, above as i64));
            let equal = self.equal.iter().flatten().map(|_| (0, 0));
            self.classes = Some(Classes::new(inside, told.chain(equal).collect(), &self.atoms));
        }
    }

    /// What the parts must agree with: the shown counts that they are in, and what is known to be equal; which count a row is.
    fn rows(&self, parts: &[Part<'_>]) -> (Vec<Row>, Vec<Option<usize>>) {
        let mut terms: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
        for (column, part) in parts.iter().enumerate() {
            for index in part.counts {
                // Beyond the counts lie the two sides of what is equal.
                let (row, times) = match index.checked_sub(self.counts.len()) {
                    Some(side) => (self.counts.len() + side / 2, if side % 2 == 0 { 1.0 } else { -1.0 }),
                    None => (*index, 1.0),
                };
                terms.entry(row).or_default().push((column, times));
            }
        }
        let row = |(index, terms): (usize, Vec<(usize, f64)>)| {
            let count = self.counts.get(index);
            let (below, above) = count.map_or((0.0, 0.0), |count| self.rules.told(count.truth));
            (Row { terms, below, above, price: None }, count.map(|_| index))
        };
        terms.into_iter().map(row).unzip()
    }

    /// How much further a count has to be moved in a direction.
    fn wanted(&self, count: usize, known: &BTreeSet<usize>, direction: f64) -> f64 {
        let (low, high) = self.ends(count, known);
        self.rules.width() - if direction > 0.0 { -low } else { high }
    }

    /// Looks for a world that nobody of `known` refutes by exchanges: people of one part for people of another.
    fn exchange(&mut self, count: usize, known: &BTreeSet<usize>, direction: f64) {
        let wanted = self.wanted(count, known, direction);
        self.classify();
        let Some(classes) = &self.classes else { return };
        let changes = classes.exchange(&self.atoms, &self.counts[count].atoms, known, direction * wanted);
        let shift: i64 =
            changes.iter().filter(|(atom, _)| self.inside[*atom].contains(&count)).map(|(_, change)| change).sum();
        if shift as f64 * direction >= wanted - 1e-4 || (direction < 0.0 && shift != 0) {
            self.keep(changes.into_iter().map(|(atom, change)| (atom, change as f64)).collect());
        }
    }

    /// Looks for a world that nobody of `known`, and as few as possible of `unsure`, refute, by a linear programme.
    fn attempt(
        &mut self,
        count: usize,
        known: &BTreeSet<usize>,
        unsure: &BTreeSet<usize>,
        direction: f64,
        reach: Reach,
    ) {
        let most = self.wanted(count, known, direction);
        self.classify();
        let Some(classes) = &self.classes else { return };
        let parts = classes.near(&self.atoms, &self.counts[count].atoms, known, unsure, reach);
        let aim = Aim { columns: target(&parts), direction, most };
        if aim.columns.is_empty() {
            return;
        }
        if let Some(changes) = attack::meet(&self.columns(&parts), &self.rows(&parts).0, &aim) {
            let changes = self.changes(&parts, &changes);
            self.keep(changes);
        }
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

    /// Withholds the counts that have to be withheld as well for this one to be safe from the attacker; `None` when it finds
    /// neither such counts nor a world without them.
    fn open(&mut self, count: usize, attacker: Attacker, direction: f64, reach: Reach) -> Option<Vec<usize>> {
        let known: BTreeSet<usize> = attacker.into_iter().collect();
        let by = direction * self.wanted(count, &known, direction);
        let unfixed = self.counts[count].atoms.iter().any(|atom| self.fixed[*atom]);
        if unfixed {
            // A shown zero may have to be withheld too.
            self.fixed.fill(false);
            self.classes = None;
        }
        self.classify();
        let classes = self.classes.take()?;
        let parts = classes.near(&self.atoms, &self.counts[count].atoms, &known, &BTreeSet::new(), reach);
        let (mut rows, counts) = self.rows(&parts);
        for (row, count) in rows.iter_mut().zip(&counts) {
            row.price = count.and_then(|count| self.price(count));
        }
        let prices: Vec<Option<f64>> = rows.iter().map(|row| row.price).collect();
        let lost = |broken: &[usize]| broken.iter().filter_map(|row| prices[*row]).sum::<f64>();
        let mut best: Option<(f64, Vec<f64>, Vec<usize>)> = None;
        for _ in 0..2 {
            let Some((changes, broken)) = attack::open(&self.columns(&parts), &rows, &target(&parts), by) else {
                break;
            };
            // The programme counts people, the loss is in counts: what is left once is cheaper to leave again.
            for row in &broken {
                rows[*row].price = rows[*row].price.map(|price| price / 8.0);
            }
            let price = lost(&broken);
            if best.as_ref().is_none_or(|(least, ..)| price < *least) {
                best = Some((price, changes, broken));
            }
        }
        let changes = best.as_ref().map(|(_, changes, _)| self.changes(&parts, changes));
        if unfixed {
            self.fix();
        } else {
            self.classes = Some(classes);
        }
        let ((_, _, broken), changes) = best.zip(changes)?;
        let opened: Vec<usize> = broken.into_iter().filter_map(|row| counts[row]).collect();
        opened.iter().for_each(|other| self.withhold(*other, count));
        let before = self.reach(count, &known);
        self.keep(changes);
        (!opened.is_empty() || self.reach(count, &known) > before).then_some(opened)
    }

    /// Marks the atoms of shown zeros, which are not in doubt.
    fn fix(&mut self) {
        self.fixed.fill(false);
        for count in self.counts.iter().filter(|count| count.withheld.is_none() && count.truth == 0) {
            count.atoms.iter().for_each(|atom| self.fixed[*atom] = true);
        }
    }

    /// Keeps a world if it agrees with everything that is shown, by adding up.
    fn keep(&mut self, changes: Vec<(usize, f64)>) {
        if changes.iter().any(|(atom, change)| self.atoms[*atom].truth as f64 + change < -TOLERANCE) {
            return;
        }
        let mut shifts: BTreeMap<usize, f64> = BTreeMap::new();
        for (atom, change) in &changes {
            for count in &self.inside[*atom] {
                *shifts.entry(*count).or_default() += change;
            }
        }
        let agrees = shifts.iter().all(|(count, shift)| {
            let studied = &self.counts[*count];
            let (below, above) = self.rules.told(studied.truth);
            studied.withheld.is_some() || (*shift > below - 1e-4 && *shift < above + 1e-4)
        });
        let mut moved = vec![0.0; self.atoms.len()];
        changes.iter().for_each(|(atom, change)| moved[*atom] = *change);
        let sum = |atoms: &[usize]| -> f64 { atoms.iter().map(|atom| moved[*atom]).sum() };
        if !agrees || self.equal.iter().any(|[one, other]| (sum(one) - sum(other)).abs() > 1e-4) {
            return;
        }
        let refuters: BTreeSet<usize> = changes.iter().filter_map(|(atom, _)| self.atoms[*atom].owner).collect();
        let refuters = refuters.into_iter().collect();
        let world = self.worlds.len();
        self.worlds.push(World { changes, refuters });
        for (count, shift) in shifts {
            if self.counts[count].withheld.is_some() {
                self.note(count, shift, world);
            }
        }
    }

    /// Notes that a world moves a count, unless one that no more attackers refute moves it as far.
    fn note(&mut self, count: usize, shift: f64, world: usize) {
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
    pub(super) fn stands(&self) -> Vec<Stand> {
        let stand = |count: usize| {
            let ranges = self.ranges(count);
            let narrowest = ranges.into_iter().min_by(|(_, one), (_, other)| one.total_cmp(other));
            let (attacker, left) = narrowest.unwrap_or((None, 0.0));
            Stand { count: self.counts[count].index, left, attacker, safe: self.safe(left) }
        };
        self.withheld().into_iter().map(stand).collect()
    }
}

/// What programmes look at: little, to be quick, then more, and at last everything.
const NEAR: Reach = Reach { target: 12, seeds: 4, classes: 60 };
const WIDE: Reach = Reach { target: 24, seeds: 6, classes: 320 };
const WHOLE: Reach = Reach { target: usize::MAX, seeds: usize::MAX, classes: usize::MAX };

/// How far above the truth an atom may be taken to lie: farther than any range that is asked for.
const FAR: f64 = 10_000.0;

/// The columns of what a programme is about.
fn target(parts: &[Part<'_>]) -> Vec<usize> {
    parts.iter().enumerate().filter(|(_, part)| part.inside).map(|(column, _)| column).collect()
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
