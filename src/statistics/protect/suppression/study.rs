//! One part of a release that touches no other: its counts are attacked, and more is withheld where an attack succeeds.

mod restore;
mod search;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use search::{LAST, PROGRAMMES, Unstopped};

use super::{Count, Reason, Release};
use crate::statistics::protect::exchange::Classes;
use crate::statistics::protect::safety::{Atom, Changes, Rules, TOLERANCE, in_order};

/// Other values of the atoms, which agree with everything that is shown.
struct World {
    /// Atoms that differ, and by how much.
    changes: Changes,
    /// Who knows better, because own atoms differ; sorted.
    refuters: Vec<usize>,
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

/// What becomes of a count when another is withheld.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// It is shown in this step.
    Coarser(u64),
    Withheld,
}

/// On how many counts attacks are tried at once. What one finds serves the others only after that, so that more at once is more
/// work; the number is a constant because what is found must not depend on the machine.
const SIDE_BY_SIDE: usize = 4;

/// What a count of a figure is worth that has lost another count.
const BROKEN: f64 = 0.125;

/// What it costs for each person that a count of this price is told more coarsely: more for what is read more, and less than it costs
/// to withhold even what is read least.
fn coarser(price: f64) -> f64 {
    0.01 * (2.0 + price.max(1.0).log2())
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
            step: count.step.unwrap_or(self.rules.rounding),
            coarser: if count.coarser { self.rules.coarser().to_vec() } else { Vec::new() },
            wholes: Vec::new(),
            parts: Vec::new(),
            with: Vec::new(),
            apart: Vec::new(),
            shifts: Vec::new(),
            broken_off: false,
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
                let settled =
                    opened.is_none() && self.seek(&[count], LAST).iter().any(|last| last.attacker == attacker);
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
                    if let Some(owner) = self.apart(one, other) {
                        for (count, with) in [(one, other), (other, one)] {
                            if self.counts[count].sole != Some(owner) {
                                self.counts[count].apart.push(with);
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

    /// How far below and above the truth a reader can take a count to lie while it is shown.
    fn told(&self, count: usize) -> (f64, f64) {
        self.rules.told(self.counts[count].truth, self.counts[count].step)
    }

    /// Whether a count may be shown in this step: not where a part would look larger than its whole.
    fn in_step(&self, count: usize, step: u64) -> bool {
        let this = &self.counts[count];
        let stays = |part: &Studied, whole: &Studied, steps: [u64; 2]| {
            let ordered = |[one, other]: [u64; 2]| in_order([(part.truth, one), (whole.truth, other)]);
            let withheld = part.withheld.is_some() || whole.withheld.is_some();
            withheld || ordered(steps) || steps == [self.rules.rounding; 2]
        };
        let wholes = this.wholes.iter().map(|whole| &self.counts[*whole]);
        let parts = this.parts.iter().map(|part| &self.counts[*part]);
        self.rules.may_be(this.truth, step)
            && wholes.into_iter().all(|whole| stays(this, whole, [step, whole.step]))
            && parts.into_iter().all(|part| stays(part, this, [part.step, step]))
    }

    /// The steps in which a count may be shown that are coarser than the one in which it is, the finest first.
    fn steps(&self, count: usize) -> impl Iterator<Item = u64> + '_ {
        let this = &self.counts[count];
        this.coarser.iter().copied().filter(move |step| *step > this.step && self.in_step(count, *step))
    }

    /// What becomes of others when a count is withheld, and of others for them; nothing where one of them was published and has to
    /// stay as it is.
    fn falling(&self, count: usize) -> Option<Vec<(usize, Fate)>> {
        let mut falling = vec![(count, Fate::Withheld)];
        let mut next = 0;
        while let Some((count, fate)) = falling.get(next).copied() {
            next += 1;
            if fate != Fate::Withheld {
                continue;
            }
            let with = self.counts[count].with.iter().map(|other| (*other, Fate::Withheld));
            let apart = self.counts[count].apart.iter().filter_map(|other| Some((*other, self.told_apart(*other)?)));
            for (other, fate) in with.chain(apart) {
                let studied = &self.counts[other];
                let known = |known: &(usize, Fate)| known.0 == other && (known.1 == fate || known.1 == Fate::Withheld);
                if studied.withheld.is_none() && studied.truth > 0 && !falling.iter().any(known) {
                    studied.price?;
                    falling.push((other, fate));
                }
            }
        }
        Some(falling)
    }

    /// What has to become of a count so that a contributor who knows how much another differs from it is left a range of the other.
    fn told_apart(&self, count: usize) -> Option<Fate> {
        let truth = self.counts[count].truth;
        let wide = |step: u64| {
            let (below, above) = self.rules.told(truth, step);
            self.rules.is_wide(above - below)
        };
        if wide(self.counts[count].step) {
            return None;
        }
        Some(self.steps(count).find(|step| wide(*step)).map_or(Fate::Withheld, Fate::Coarser))
    }

    /// What is lost with a count: of a figure that has lost another, which has no ratio to lose any more, little.
    fn worth(&self, count: usize) -> Option<f64> {
        let Studied { price, figures, withheld, .. } = &self.counts[count];
        let others = |figure| self.broken.get(figure).copied().unwrap_or(0) > usize::from(withheld.is_some());
        let saved: f64 = figures.iter().filter(|(figure, _)| others(figure)).map(|(_, price)| price).sum();
        Some((*price)? - saved * (1.0 - BROKEN))
    }

    /// What it costs to withhold a count with all that falls with it.
    fn price(&self, count: usize) -> Option<f64> {
        self.counts[count].price?;
        let price = |(count, fate): (usize, Fate)| {
            let price = self.worth(count)?;
            Some(if fate == Fate::Withheld { price } else { self.rules.width() * coarser(price) })
        };
        self.falling(count)?.into_iter().map(price).sum()
    }

    /// Does what has to be done for these withheld counts; returns what was withheld.
    fn withhold_with(&mut self, of: Vec<usize>) -> Vec<usize> {
        let mut more = Vec::new();
        for count in of {
            for (other, fate) in self.falling(count).unwrap_or_default().into_iter().skip(1) {
                match fate {
                    Fate::Withheld => {
                        self.withhold(other, count);
                        more.push(other);
                    }
                    Fate::Coarser(step) => self.coarsen(other, step),
                }
            }
        }
        more
    }

    /// Withholds a count to protect another; worlds found before may move it too.
    fn withhold(&mut self, count: usize, protects: usize) {
        if self.counts[count].withheld.is_some() {
            return;
        }
        self.counts[count].withheld = Some(Reason::Protecting(self.counts[protects].index));
        for (figure, _) in &self.counts[count].figures {
            *self.broken.entry(*figure).or_default() += 1;
        }
        self.classes = None;
        if self.counts[count].truth == 0 {
            self.fix();
        }
        for world in 0..self.worlds.len() {
            if let Some(shift) = self.shift(world, count) {
                self.note(count, shift, world);
            }
        }
    }

    /// Shows a count in a coarser step. Its interval may end earlier on one side than before: worlds beyond it agree no more.
    fn coarsen(&mut self, count: usize, step: u64) {
        if self.counts[count].withheld.is_some() || self.counts[count].step >= step {
            return;
        }
        self.counts[count].step = step;
        let told = self.told(count);
        if let Some(classes) = &mut self.classes {
            classes.tell(count, told);
        }
        self.refute(count);
    }

    /// Takes away the worlds in which a shown count lies beyond what is told of it; whoever loses one is looked at again.
    fn refute(&mut self, count: usize) {
        let told = self.told(count);
        let beyond = |shift: f64| shift < told.0 - TOLERANCE || shift > told.1 + TOLERANCE;
        for world in 0..self.worlds.len() {
            self.worlds[world].refuted |= self.shift(world, count).is_some_and(beyond);
        }
        for other in 0..self.counts.len() {
            let before = self.counts[other].shifts.len();
            let worlds = &self.worlds;
            self.counts[other].shifts.retain(|(_, world)| !worlds[*world].refuted);
            if self.counts[other].shifts.len() < before {
                self.reopened.insert(other);
            }
        }
    }

    /// By how much a world moves a count, where it agrees with what is shown.
    fn shift(&self, world: usize, count: usize) -> Option<f64> {
        let world = &self.worlds[world];
        let inside = |(atom, _): &&(usize, f64)| self.inside[*atom].contains(&count);
        (!world.refuted).then(|| world.changes.iter().filter(inside).map(|(_, change)| change).sum())
    }

    /// Marks the atoms of shown zeros, which are not in doubt.
    fn fix(&mut self) {
        self.fixed.fill(false);
        for count in self.counts.iter().filter(|count| count.withheld.is_none() && count.truth == 0) {
            count.atoms.iter().for_each(|atom| self.fixed[*atom] = true);
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
