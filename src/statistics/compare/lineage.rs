//! What an authority was in each earlier round: its own rounds are those of the same area.

use std::collections::BTreeSet;

use crate::authority::changes::Unit;
use crate::round::Telling;
use crate::statistics::add_up::Tally;
use crate::statistics::figure::{AreaKey, FigureKey};
use crate::statistics::protect::{Counted, Edition, Shown, shown};

/// Between the codes of several returns that are one area together.
pub(in crate::statistics) const TOGETHER: &str = "+";

/// An authority in one round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::statistics) struct Step {
    /// The codes of the returns that together are its own; none where it was no area then.
    pub codes: BTreeSet<String>,
    /// Why it cannot be compared with the round before.
    pub broken: Option<String>,
    /// What it was formed from since the round before, where that was several.
    pub formed: Option<String>,
    /// Which other code it had in the round before.
    pub recoded: Option<String>,
}

/// The authority of the newest of these rounds in each of them, the earliest first.
pub(in crate::statistics) fn lineage(rounds: &[Counted<'_>], code: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut codes = BTreeSet::from([code.to_owned()]);
    for (place, counted) in rounds.iter().enumerate().rev() {
        let before = place.checked_sub(1).and_then(|place| rounds.get(place));
        let mut step = Step { codes: codes.clone(), ..Step::default() };
        if let Some(before) = before {
            let telling = Telling::new(counted.round, &before.round.authorities);
            let tell = |code: &String, unit: &Unit| -> Option<String> {
                Some(telling.of(counted.round.authority(code)?, unit))
            };
            let mut earlier = BTreeSet::new();
            for code in &codes {
                let unit = counted.since.of_later(code);
                if unit.is_broken() {
                    step.broken = step.broken.or_else(|| tell(code, &unit));
                    earlier.extend(unit.earlier.into_iter().filter(|then| then == code));
                } else if unit.later.is_subset(&codes) {
                    if unit.earlier.len() > 1 {
                        step.formed = step.formed.or_else(|| tell(code, &unit));
                    } else if unit != Unit::same(code) {
                        step.recoded = step.recoded.or_else(|| tell(code, &unit));
                    }
                    earlier.extend(unit.earlier);
                } else {
                    step.broken = step.broken.or_else(|| tell(code, &unit));
                }
            }
            codes = earlier;
        }
        steps.push(step);
    }
    steps.reverse();
    steps
}

impl Step {
    /// What may be shown of a figure of the area: of each return for itself, and of several their sum; nothing where one is missing.
    pub(in crate::statistics) fn shown(
        &self,
        counted: &Counted<'_>,
        key: &FigureKey,
        edition: Edition,
    ) -> Option<Shown> {
        let settings = &counted.round.settings.disclosure;
        let parts: Option<Vec<Shown>> = self
            .keys(key)
            .map(|key| Some(shown(&key, edition, counted.tallies.get(&key)?, settings, &counted.pattern)))
            .collect();
        match parts?[..] {
            [] => None,
            [one] => Some(one),
            ref several => Some(Shown::together(several)),
        }
    }

    /// The same of exact counts, added up.
    pub(in crate::statistics) fn tally(&self, counted: &Counted<'_>, key: &FigureKey) -> Option<Tally> {
        let parts: Option<Vec<&Tally>> = self.keys(key).map(|key| counted.tallies.get(&key)).collect();
        parts?.into_iter().copied().reduce(Tally::and)
    }

    /// Whether all of its returns have the figure.
    pub(super) fn is_there(&self, counted: &Counted<'_>, key: &FigureKey) -> bool {
        self.has(counted, key) == BTreeSet::from([true])
    }

    /// Whether some, but not all, of its returns have the figure.
    pub(super) fn is_partial(&self, counted: &Counted<'_>, key: &FigureKey) -> bool {
        self.has(counted, key).len() > 1
    }

    fn has(&self, counted: &Counted<'_>, key: &FigureKey) -> BTreeSet<bool> {
        self.keys(key).map(|key| counted.tallies.contains_key(&key)).collect()
    }

    fn keys<'a>(&'a self, key: &'a FigureKey) -> impl Iterator<Item = FigureKey> + 'a {
        self.codes.iter().map(|code| key.in_area(AreaKey::authority(code)))
    }

    /// The code in the ids of its figures: its own of that day, of a sum all of them with `+` between, for the newest may have been
    /// another's then; `code` where it was no area.
    pub(in crate::statistics) fn code(&self, code: &str) -> String {
        if self.codes.is_empty() {
            return code.to_owned();
        }
        self.codes.iter().map(String::as_str).collect::<Vec<_>>().join(TOGETHER)
    }
}
