//! What is lost when a count is withheld, and what is withheld with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Built, Place};
use crate::round::Withheld;
use crate::standard::Kind;
use crate::statistics::figure::{AreaKey, AreaType, Scope};
use crate::statistics::protect::safety::Rules;

/// Counts that are of use only as a whole: the pay bands of one area, its services and an indicator.
pub(super) type Table = (AreaKey, Scope, String);

/// What is done because of one of three counts that add up.
#[derive(Default)]
pub(super) struct Services {
    /// Counts that are withheld, and the one that each protects.
    pub withheld: BTreeMap<Place, Place>,
    /// Counts that are shown more coarsely, and their steps.
    pub coarser: BTreeMap<Place, u64>,
}

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
                AreaType::Group => Some(Withheld::Group),
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
        4_f64.powi(rank as i32) * if all { 3.0 } else { 1.0 }
    }

    /// The table that a count is of use in only as a whole.
    pub(super) fn table(&self, place: &Place) -> Option<Table> {
        let Place::Figure(key, _) = place else { return None };
        let indicator = self.sums.round.indicator(&key.indicator)?;
        (indicator.kind == Kind::Share).then(|| (key.area.clone(), key.scope, indicator.id.clone()))
    }

    /// What is done because one of all services, adults' and children's is withheld: one of the other two is shown more coarsely, or
    /// withheld where no step is wide enough; the less useful of the two.
    ///
    /// Found by attack as well, only slower: the three add up, and two rounded counts leave too little of the third.
    pub(super) fn services(&self) -> Services {
        let settings = &self.sums.round.settings.disclosure;
        let mut found = Services::default();
        if 2 * settings.rounding.saturating_sub(1) >= settings.threshold.saturating_sub(1) {
            return found;
        }
        let rules = Rules { threshold: settings.threshold, rounding: settings.rounding };
        let wide = |step: &u64| step - 1 + settings.rounding.saturating_sub(1) >= settings.threshold.saturating_sub(1);
        let wide = rules.coarser().into_iter().find(wide);
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
                let mut others: Vec<usize> =
                    (0..3).filter(|index| *index != hidden && built[*index].truth > 0).collect();
                others.sort_by(|one, other| self.price(&places[*one]).total_cmp(&self.price(&places[*other])));
                let coarser = |other: &&usize| wide.is_some_and(|step| rules.may_be(built[**other].truth, step));
                if let Some((other, step)) = others.iter().find(coarser).zip(wide) {
                    found.coarser.insert(places[*other].clone(), step);
                } else if let Some(other) = others.first() {
                    found.withheld.insert(places[*other].clone(), places[hidden].clone());
                }
            }
        }
        found
    }
}
