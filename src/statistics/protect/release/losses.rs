//! What is lost when a count is withheld, and what is withheld with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Built, Place};
use crate::round::Withheld;
use crate::standard::Kind;
use crate::statistics::figure::{AreaKey, AreaType, Scope};
use crate::statistics::protect::safety::Rules;

/// Counts that are of use only as a whole: the pay bands of one area, its services and an indicator.
pub(super) type Table = (AreaKey, Scope, String);

impl Builder<'_> {
    /// How much is lost when a count is withheld: each kind of figure four times as much as the kind before it.
    pub(super) fn price(&self, place: &Place) -> f64 {
        let kind = match place {
            Place::Known(..) | Place::Unknown(..) | Place::Staff | Place::Remainder(_) | Place::Released(..) => {
                Some(Withheld::Quality)
            }
            Place::Figure(key, _) => match key.area.kind {
                _ if key.area.is_matched() => Some(Withheld::Matched),
                _ if key.breakdown.is_ethnic_group() => Some(Withheld::Ethnicity),
                AreaType::Authority => Some(Withheld::Authority),
                AreaType::Type => Some(Withheld::Type),
                AreaType::Region => Some(Withheld::Region),
                AreaType::National if key.scope != Scope::All => Some(Withheld::Service),
                AreaType::National => None,
            },
        };
        let order = &self.sums.round.settings.disclosure.withhold_first;
        let place_in = |kind: Withheld| order.iter().position(|other| *other == kind).unwrap_or(order.len());
        let rank = kind.map_or(Withheld::ALL.len() + 2, place_in);
        let all = matches!(place, Place::Figure(key, _) if key.scope == Scope::All);
        // Figures of all services are read more than those of one, though not so much more as the next kind.
        4_f64.powi(rank as i32) * if all { 1.5 } else { 1.0 }
    }

    /// The table that a count is of use in only as a whole.
    pub(super) fn table(&self, place: &Place) -> Option<Table> {
        let Place::Figure(key, _) = place else { return None };
        let indicator = self.sums.round.indicator(&key.indicator)?;
        (indicator.kind == Kind::Share).then(|| (key.area.clone(), key.scope, indicator.id.clone()))
    }

    /// What has to go because one of all services, adults' and children's is withheld: the less useful of the other two.
    ///
    /// Found by attack as well, only slower: the three add up, and two rounded counts leave too little of the third.
    pub(super) fn services(&self) -> BTreeMap<Place, Place> {
        let settings = &self.sums.round.settings.disclosure;
        let mut withheld = BTreeMap::new();
        if 2 * settings.rounding.saturating_sub(1) >= settings.threshold.saturating_sub(1) {
            return withheld;
        }
        for place in self.counts.keys() {
            let Place::Figure(key, quantity) = place else { continue };
            if key.scope != Scope::All {
                continue;
            }
            let of = |scope| Place::Figure(key.in_scope(scope), *quantity);
            let places = [place.clone(), of(Scope::Adults), of(Scope::Childrens)];
            let built: Vec<&Built> = places.iter().filter_map(|place| self.counts.get(place)).collect();
            let [all, adults, childrens] = built[..] else { continue };
            let single: BTreeSet<usize> = adults.atoms.iter().chain(&childrens.atoms).copied().collect();
            let combined = all.atoms.iter().filter(|atom| !single.contains(atom)).map(|atom| self.atoms[*atom].owner);
            if combined.collect::<BTreeSet<_>>().len() > 1 {
                continue; // two or more give both services combined, which nothing shows
            }
            let hidden: Vec<usize> = (0..3).filter(|index| !built[*index].shown && built[*index].truth > 0).collect();
            if let [hidden] = hidden[..] {
                let others = || (0..3).filter(|index| *index != hidden && built[*index].truth > 0);
                // A coarser step of one of them may be enough.
                let rules = Rules { threshold: settings.threshold, rounding: settings.rounding };
                if others().any(|other| rules.coarser().into_iter().any(|step| rules.may_be(built[other].truth, step)))
                {
                    continue;
                }
                let others = others();
                let cheapest =
                    others.min_by(|one, other| self.price(&places[*one]).total_cmp(&self.price(&places[*other])));
                withheld.extend(cheapest.map(|other| (places[other].clone(), places[hidden].clone())));
            }
        }
        withheld
    }
}
