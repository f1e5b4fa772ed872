//! What becomes of counts: shown in a coarser step, or withheld, with all that goes with it and what it costs.

use super::{Studied, Study};
use crate::statistics::protect::safety::{TOLERANCE, in_order};
use crate::statistics::protect::suppression::Reason;

/// What becomes of a count when another is withheld.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// It is shown in this step.
    Coarser(u64),
    Withheld,
}

/// What a count of a figure is worth that has lost another count.
const BROKEN: f64 = 0.125;

/// What it costs for each person that a count of this price is told more coarsely: much more for what is read first, and little beside
/// what it costs to withhold it.
pub(super) fn coarser(price: f64) -> f64 {
    0.002 * price.max(1.0).sqrt()
}

impl Study {
    /// How far below and above the truth a reader can take a count to lie while it is shown.
    pub(super) fn told(&self, count: usize) -> (f64, f64) {
        self.rules.told(self.counts[count].truth, self.counts[count].step)
    }

    /// Whether a count may be shown in this step: not where a part would look larger than its whole.
    pub(super) fn in_step(&self, count: usize, step: u64) -> bool {
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
    pub(super) fn steps(&self, count: usize) -> impl Iterator<Item = u64> + '_ {
        let this = &self.counts[count];
        this.coarser.iter().copied().filter(move |step| *step > this.step && self.in_step(count, *step))
    }

    /// What becomes of others when a count is withheld, and of others for them; nothing where one of them was published and has to
    /// stay as it is.
    pub(super) fn falling(&self, count: usize) -> Option<Vec<(usize, Fate)>> {
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
    pub(super) fn told_apart(&self, count: usize) -> Option<Fate> {
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
    pub(super) fn worth(&self, count: usize) -> Option<f64> {
        let Studied { price, figures, withheld, .. } = &self.counts[count];
        let others = |figure| self.broken.get(figure).copied().unwrap_or(0) > usize::from(withheld.is_some());
        let saved: f64 = figures.iter().filter(|(figure, _)| others(figure)).map(|(_, price)| price).sum();
        Some((*price)? - saved * (1.0 - BROKEN))
    }

    /// What it costs to withhold a count with all that falls with it.
    pub(super) fn price(&self, count: usize) -> Option<f64> {
        self.counts[count].price?;
        let price = |(count, fate): (usize, Fate)| {
            let price = self.worth(count)?;
            Some(if fate == Fate::Withheld { price } else { self.rules.width() * coarser(price) })
        };
        self.falling(count)?.into_iter().map(price).sum()
    }

    /// Does what has to be done for these withheld counts; returns what was withheld.
    pub(super) fn withhold_with(&mut self, of: Vec<usize>) -> Vec<usize> {
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
    pub(super) fn withhold(&mut self, count: usize, protects: usize) {
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
    pub(super) fn coarsen(&mut self, count: usize, step: u64) {
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
    pub(super) fn refute(&mut self, count: usize) {
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
    pub(super) fn shift(&self, world: usize, count: usize) -> Option<f64> {
        let world = &self.worlds[world];
        let place = || world.shifts.binary_search_by_key(&count, |(touched, _)| *touched);
        (!world.refuted).then(|| place().map_or(0.0, |place| world.shifts[place].1))
    }

    /// Marks the atoms of shown zeros, which are not in doubt.
    pub(super) fn fix(&mut self) {
        self.fix_zeros(|count| count.withheld.is_none());
    }

    /// Marks the atoms of these counts that are zeros, and no others.
    pub(super) fn fix_zeros(&mut self, of: impl Fn(&Studied) -> bool) {
        self.fixed.fill(false);
        for count in self.counts.iter().filter(|count| count.truth == 0 && of(count)) {
            count.atoms.iter().for_each(|atom| self.fixed[*atom] = true);
        }
    }
}
