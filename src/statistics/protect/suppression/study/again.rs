//! What studies found, kept by what they were of: who measures a round over and over studies again only what differs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Attacker, Reason, Studied, Study, World};
use crate::digest;

/// What studies found, by the digest of all that they were of. A study rests on nothing else, so that what was found once would be
/// found again.
#[derive(Default)]
pub struct Studies {
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
    guesses: bool,
    guessed: AtomicBool,
}

struct Kept {
    found: Arc<Found>,
    /// Whether it was asked for since others were forgotten.
    used: bool,
}

/// What became of each count, and the worlds that this rests on.
struct Found {
    counts: Vec<Became>,
    worlds: Vec<World>,
}

struct Became {
    /// A count that it protects is named by its place in the component.
    withheld: Option<Reason>,
    step: u64,
    out: Vec<Attacker>,
    shifts: Vec<(f64, usize)>,
    broken_off: bool,
}

impl Studies {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same store for whoever cannot wait: of a component that differs, what was decided of its counts before is decided again,
    /// without proof. What is made with it may be shown to those who may see every count, and to nobody else.
    pub fn guessing(&self) -> Self {
        Self { kept: Arc::clone(&self.kept), guesses: true, guessed: AtomicBool::new(false) }
    }

    /// Whether anything was decided without proof.
    pub fn has_guessed(&self) -> bool {
        self.guessed.load(Ordering::Relaxed)
    }

    /// Whether nothing was found yet.
    pub fn is_empty(&self) -> bool {
        self.kept().is_empty()
    }

    /// Forgets what nobody has asked for since this was called last.
    pub fn forget_unused(&self) {
        self.kept().retain(|_, kept| std::mem::take(&mut kept.used));
    }

    /// Studies a component, or takes what was found when the very same one was studied.
    pub(in crate::statistics::protect::suppression) fn examine(&self, study: &mut Study) {
        let Some(key) = study.key() else { return study.examine(true) };
        let known = self.kept().get_mut(&key).map(|kept| {
            kept.used = true;
            Arc::clone(&kept.found)
        });
        if let Some(found) = known {
            return study.resume(&found);
        }
        if self.guesses && study.guess() {
            self.guessed.store(true, Ordering::Relaxed);
            return;
        }
        study.examine(true);
        let found = Arc::new(study.found());
        self.kept().insert(key, Kept { found, used: true });
    }
}

impl fmt::Debug for Studies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} studies", self.kept().len())
    }
}

impl Study {
    /// A digest of everything that a study rests on; counts and atoms are named by their places, so that it does not matter what else
    /// is published.
    fn key(&self) -> Option<String> {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|count| {
                let withheld = count.withheld.map(|reason| self.in_places(reason));
                let told = (&count.atoms, count.truth, withheld, count.price, &count.figures, count.sole);
                (told, count.step, &count.coarser, &count.wholes, &count.parts, &count.with, &count.apart)
            })
            .collect();
        let worlds: Vec<_> = self.worlds.iter().map(|world| &world.changes).collect();
        let of = (self.rules, &self.atoms, counts, &self.equal, worlds);
        postcard::to_extend(&of, Vec::new()).ok().map(digest::sha256)
    }

    /// A reason that names the count by its place.
    fn in_places(&self, reason: Reason) -> Reason {
        let place = |index: usize| self.counts.iter().position(|count| count.index == index);
        match reason {
            Reason::Protecting(index) => Reason::Protecting(place(index).unwrap_or(usize::MAX)),
            Reason::Primary => Reason::Primary,
        }
    }

    fn found(&self) -> Found {
        let became = |count: &Studied| Became {
            withheld: count.withheld.map(|reason| self.in_places(reason)),
            step: count.step,
            out: count.out.clone(),
            shifts: count.shifts.clone(),
            broken_off: count.broken_off,
        };
        Found { counts: self.counts.iter().map(became).collect(), worlds: self.worlds.clone() }
    }

    fn resume(&mut self, found: &Found) {
        let indices: Vec<usize> = self.counts.iter().map(|count| count.index).collect();
        for (count, became) in self.counts.iter_mut().zip(&found.counts) {
            count.withheld = became.withheld.map(|reason| match reason {
                Reason::Protecting(place) => Reason::Protecting(indices.get(place).copied().unwrap_or(place)),
                Reason::Primary => Reason::Primary,
            });
            (count.step, count.broken_off) = (became.step, became.broken_off);
            count.out.clone_from(&became.out);
            count.shifts.clone_from(&became.shifts);
        }
        self.worlds.clone_from(&found.worlds);
    }

    /// Decides of each count what was decided before, where its own number allows it; tells whether anything was.
    fn guess(&mut self) -> bool {
        let mut guessed = false;
        for count in &mut self.counts {
            let Some(decided) = count.decided else { continue };
            guessed = true;
            if count.withheld.is_some() || count.price.is_none() {
                continue;
            }
            match decided {
                None => count.withheld = Some(Reason::Protecting(count.index)),
                Some(step) if self.rules.may_be(count.truth, step) => count.step = step,
                Some(_) => {}
            }
        }
        guessed
    }
}
