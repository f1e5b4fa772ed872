//! Sums of shown counts that readers can compare with other shown counts.

use std::collections::BTreeSet;

use super::{Builder, Built, Place};
use crate::standard::{Indicator, Kind};
use crate::statistics::figure::{AreaKey, Breakdown, FigureKey, Quantity, Scope};
use crate::statistics::suppression::{self, Release, Rules};

impl Builder<'_> {
    /// The atoms of these counts together, if all of them are shown.
    fn union(&self, places: &[Place]) -> Option<Vec<usize>> {
        let shown = |place: &Place| self.counts.get(place).filter(|built| built.shown);
        let parts: Option<Vec<&Built>> = places.iter().map(shown).collect();
        let atoms: BTreeSet<usize> = parts?.iter().flat_map(|built| &built.atoms).copied().collect();
        Some(atoms.into_iter().collect())
    }

    /// Sums of counts that readers can compare with others: all services with adults' and children's, all minoritised people
    /// with each ethnic group.
    ///
    /// Pay bands are left out: three rounded counts leave a range of twelve but where they are small, and as whole tables would
    /// fall for it, in two areas of every kind, far more would be lost than is hidden.
    pub(super) fn compared(&self) -> Vec<[Vec<usize>; 2]> {
        let mut compared = Vec::new();
        for place in self.counts.keys() {
            let Place::Figure(key, quantity) = place else { continue };
            if key.scope != Scope::All {
                continue;
            }
            let of = |key| Place::Figure(key, *quantity);
            let whole = self.union(std::slice::from_ref(place));
            let services = self.union(&[Scope::Adults, Scope::Childrens].map(|scope| of(key.in_scope(scope))));
            let services = whole.clone().zip(services).filter(|_| !key.breakdown.is_pay_band());
            compared.extend(services.map(|(one, other)| [one, other]));
            if key.breakdown.is_whole() {
                let groups = self.union(&Breakdown::ETHNIC_GROUPS.map(|group| of(key.broken_down(group))));
                compared.extend(whole.zip(groups).map(|(one, other)| [one, other]));
            }
        }
        compared
    }

    /// Leaves out how many people's ethnicity is known where that, beside an indicator's counts, would leave one or two
    /// returns' few people: those that do not say how many are not known; returns what it left out.
    pub(super) fn leave_out_telling_quality(&mut self, rules: Rules) -> Vec<Place> {
        let telling = |measure: &String, known: &[usize]| {
            let counted = |indicator: &Indicator| {
                let places = |quantities: [Quantity; 2]| {
                    let (area, indicator) = (AreaKey::england(), indicator.id.clone());
                    let key = FigureKey { area, scope: Scope::All, indicator, breakdown: Breakdown::Whole };
                    quantities.map(|quantity| Place::Figure(key.clone(), quantity))
                };
                let numerator = (indicator.numerator == *measure)
                    .then(|| places([Quantity::MinoritisedNumerator, Quantity::WhiteNumerator]));
                numerator.or_else(|| {
                    (indicator.denominator == *measure)
                        .then(|| places([Quantity::MinoritisedDenominator, Quantity::WhiteDenominator]))
                })
            };
            let indicators = self.sums.round.indicators.iter().filter(|indicator| indicator.kind != Kind::Share);
            let sums = indicators.filter_map(counted).filter_map(|places| self.union(&places));
            let compared: Vec<[Vec<usize>; 2]> = sums.map(|sum| [sum, known.to_vec()]).collect();
            let atoms = Release { atoms: self.atoms.clone(), ..Release::default() };
            !suppression::remainders(&atoms, rules, &compared).is_empty()
        };
        let mut out = Vec::new();
        for place in self.counts.keys() {
            let Place::Known(code, measure) = place else { continue };
            let known = self.union(std::slice::from_ref(place)).filter(|_| code.is_empty());
            if known.is_some_and(|known| telling(measure, &known)) {
                out.push(measure.clone());
            }
        }
        let places =
            |measure: String| [Place::Known(String::new(), measure.clone()), Place::Unknown(String::new(), measure)];
        let out: Vec<Place> = out.into_iter().flat_map(places).collect();
        out.iter().for_each(|place| drop(self.counts.remove(place)));
        out
    }
}
