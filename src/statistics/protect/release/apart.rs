//! What England's counts are more than those of all groups together: of authorities that are in no group.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Place};
use crate::statistics::figure::{AreaKey, Counts, FigureKey, Quantity, Scope};

/// Those in no group that contribute to a figure of England.
#[derive(Default)]
struct Apart {
    /// Their atoms.
    counts: Counts<Vec<usize>>,
    /// How much each of them adds to the two denominators.
    people: BTreeMap<String, Counts<u64>>,
}

impl Builder<'_> {
    /// The counts of authorities that are in no group, where a group of the same ones would be withheld for itself: printed nowhere,
    /// and left by England's counts less those of all groups.
    pub(super) fn apart(&self) -> BTreeSet<Vec<usize>> {
        let round = self.sums.round;
        if round.settings.groups.is_none() {
            return BTreeSet::new();
        }
        let mut figures: BTreeMap<FigureKey, Apart> = BTreeMap::new();
        for member in self.sums.contributions.members.iter().filter(|member| !member.breakdown.is_ethnic_group()) {
            let outside = round.authority(&member.authority).is_some_and(|authority| authority.group.is_none());
            let Some(sides) = self.sides(member).filter(|_| outside) else { continue };
            for scope in Scope::of(member.service) {
                let (indicator, breakdown) = (member.indicator.clone(), member.breakdown.clone());
                let key = FigureKey { area: AreaKey::england(), scope: *scope, indicator, breakdown };
                let apart = figures.entry(key).or_default();
                let people = apart.people.entry(member.authority.clone()).or_default();
                for (quantity, atoms) in sides.each() {
                    apart.counts[quantity].extend(atoms);
                    people[quantity] += member.counts[quantity];
                }
            }
        }
        let mut found = BTreeSet::new();
        for (key, apart) in figures {
            let few = self.is_few(&apart);
            for (quantity, atoms) in apart.counts.each() {
                let mut atoms = atoms.clone();
                let shown = self.counts.get(&Place::Figure(key.clone(), quantity)).is_some_and(|built| built.shown);
                let small = (1..round.settings.disclosure.threshold).contains(&self.truth(&atoms));
                if shown && !atoms.is_empty() && (few || small) {
                    atoms.sort_unstable();
                    found.insert(atoms);
                }
            }
        }
        found
    }

    /// Whether too few contribute, or one of them dominates.
    fn is_few(&self, apart: &Apart) -> bool {
        let settings = &self.sums.round.settings.disclosure;
        let dominated = |quantity: Quantity| {
            let each = || apart.people.values().map(|people| people[quantity]);
            each().max().unwrap_or_default() as f64 > settings.dominance * each().sum::<u64>() as f64
        };
        apart.people.len() < settings.minimum_contributors
            || dominated(Quantity::MinoritisedDenominator)
            || dominated(Quantity::WhiteDenominator)
    }
}
