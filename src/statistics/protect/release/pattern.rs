//! What protection finds out: where counts are printed, which of them are shown in which step, and how the others stood.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::statistics::figure::{AreaType, Counts, FigureKey, Quantity, Rows, Scope, matched_years};
use crate::statistics::protect::recorded::Told;
use crate::statistics::protect::safety::{Changes, rounded};

/// A count that is withheld, why, and how it stood the attacks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::statistics) struct Attacked {
    pub place: Place,
    /// The count that it protects, where it is not withheld for itself.
    pub protects: Option<Place>,
    /// Nothing where an attack broke off.
    pub left: Option<f64>,
    /// The authority from whose position the least is left, if it is one.
    pub attacker: Option<String>,
    /// Whether somebody could work it out from what was on record already.
    pub out: bool,
    pub safe: bool,
}

/// Where a count is printed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::statistics) enum Place {
    /// A figure, and which of its four counts.
    Figure(FigureKey, Quantity),
    /// People of known ethnicity in a measure: of an authority, or of England (empty).
    Known(String, String),
    /// People of unknown ethnicity, likewise.
    Unknown(String, String),
    /// Staff in all returns.
    Staff,
    /// What figures differ by, of an authority and perhaps others: printed nowhere.
    Remainder(String),
    /// What an earlier release of the same round told there, which is of the returns of then.
    Released(u32, Box<Place>),
}

impl Place {
    /// Whether it is of the authorities that two rounds share.
    pub(super) fn is_matched(&self) -> bool {
        matches!(self, Place::Figure(key, _) if key.area.is_matched())
    }

    /// The two rounds whose shared authorities it is of.
    pub(in crate::statistics::protect) fn years(&self) -> Option<(i32, i32)> {
        let Place::Figure(key, _) = self else { return None };
        matched_years(&key.area.code)
    }

    /// Whether it is of one authority alone, and so printed in its pack only.
    fn is_of_authority(&self) -> bool {
        match self {
            Place::Figure(key, _) => key.area.kind == AreaType::Authority,
            Place::Known(code, _) | Place::Unknown(code, _) => !code.is_empty(),
            Place::Staff | Place::Remainder(_) | Place::Released(..) => false,
        }
    }

    /// Whether its count may be shown in a coarser step: where that is told, in the tables of figures, and not in England's headlines,
    /// whose ratios are quoted to the last digit.
    pub(super) fn may_be_coarser(&self) -> bool {
        let headline = |key: &FigureKey| {
            key.area.kind == AreaType::National && key.scope == Scope::All && !key.breakdown.is_ethnic_group()
        };
        matches!(self, Place::Figure(key, _) if !key.area.is_matched() && !headline(key))
    }

    /// The same in a correction: there also in England's headlines.
    pub(super) fn may_be_in_a_correction(&self) -> bool {
        matches!(self, Place::Figure(key, _) if !key.area.is_matched())
    }

    /// The place itself and that of the count that it is a part of, for the cases of a figure.
    pub(super) fn whole(&self) -> Option<[Place; 2]> {
        let Place::Figure(key, quantity) = self else { return None };
        let whole = match quantity {
            Quantity::MinoritisedNumerator => Quantity::MinoritisedDenominator,
            Quantity::WhiteNumerator => Quantity::WhiteDenominator,
            Quantity::MinoritisedDenominator | Quantity::WhiteDenominator => return None,
        };
        Some([self.clone(), Place::Figure(key.clone(), whole)])
    }
}

/// Which counts are shown in which step, and how the others stood the attacks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::statistics) struct Pattern {
    /// The step of each count that is shown; nothing for one that is withheld.
    pub(super) shown: BTreeMap<Place, Option<u64>>,
    /// The numbers that are shown.
    pub(super) numbers: BTreeMap<Place, u64>,
    /// The counts of which a release on record told another number than they are rounded to now: they are taken as known.
    pub(super) otherwise: BTreeSet<Place>,
    /// What could be worked out from a release on record already: nothing can be done about it.
    pub out: BTreeSet<Place>,
    pub attacked: Vec<Attacked>,
    /// Sums that are not shown because of what they would leave beside others.
    pub left_out: Vec<Place>,
    /// How many rows of each kind can be whole, whatever else is withheld.
    pub most: BTreeMap<Rows, usize>,
    /// What the proof rests on: counts that could be, close to the true ones, so that they are kept nowhere.
    #[serde(skip)]
    pub(super) worlds: Vec<Changes>,
}

impl Pattern {
    /// What was decided of a count: the step in which it is shown, or none; nothing of one that is not known.
    pub(super) fn decided(&self, place: &Place) -> Option<Option<u64>> {
        self.shown.get(place).copied()
    }

    /// Whether the count may be shown: not, when it is not part of the release.
    pub(in crate::statistics) fn shows(&self, place: &Place) -> bool {
        self.step(place).is_some()
    }

    /// The step in which the count is shown, if it is.
    pub(super) fn step(&self, place: &Place) -> Option<u64> {
        self.shown.get(place).copied().flatten()
    }

    /// The numbers that are shown of a figure.
    pub(in crate::statistics) fn numbers(&self, key: &FigureKey) -> Counts<Option<u64>> {
        Counts::from_fn(|quantity| self.numbers.get(&Place::Figure(key.clone(), quantity)).copied())
    }

    /// What everybody is told of each count.
    pub(in crate::statistics::protect) fn told(&self) -> BTreeMap<Place, Option<Told>> {
        let told = |(place, step): (&Place, &Option<u64>)| {
            let told = step.zip(self.numbers.get(place)).map(|(step, number)| Told { number: *number, step });
            (place.clone(), told)
        };
        self.shown.iter().map(told).collect()
    }

    /// What a release on record told, beside what the counts are.
    pub(super) fn on_record(told: &BTreeMap<Place, Option<Told>>, truth: impl Fn(&Place) -> Option<u64>) -> Self {
        let mut pattern = Pattern::default();
        for (place, told) in told {
            pattern.shown.insert(place.clone(), told.map(|told| told.step));
            let Some(Told { number, step }) = *told else { continue };
            pattern.numbers.insert(place.clone(), number);
            if truth(place).is_some_and(|truth| rounded(truth, step) != number) {
                pattern.otherwise.insert(place.clone());
            }
        }
        pattern
    }

    /// The counts that are shown in a coarser step than this, and their steps.
    pub(in crate::statistics::protect) fn coarser(&self, rounding: u64) -> impl Iterator<Item = (&Place, u64)> {
        let steps = self.shown.iter().filter_map(|(place, step)| Some((place, (*step)?)));
        steps.filter(move |(_, step)| *step > rounding)
    }

    /// What of it is in the national release: all but the packs for everybody that it was protected together with.
    pub(in crate::statistics::protect) fn national(mut self) -> Pattern {
        self.shown.retain(|place, _| !place.is_of_authority());
        self.numbers.retain(|place, _| !place.is_of_authority());
        self.attacked.retain(|attacked| !attacked.place.is_of_authority());
        self
    }

    /// The pattern as everybody may know it: which counts are withheld, and neither why nor what the attacks left of them.
    pub(in crate::statistics::protect) fn for_everybody(&self) -> Pattern {
        let attacked =
            |one: &Attacked| Attacked { protects: None, left: None, attacker: None, out: false, ..one.clone() };
        let attacked = self.attacked.iter().map(attacked).collect();
        Pattern { attacked, most: BTreeMap::new(), out: BTreeSet::new(), worlds: Vec::new(), ..self.clone() }
    }

    /// The steps in which the figure's counts may be shown, those that may be.
    pub(in crate::statistics) fn figure(&self, key: &FigureKey) -> Counts<Option<u64>> {
        Counts::from_fn(|quantity| self.step(&Place::Figure(key.clone(), quantity)))
    }
}
