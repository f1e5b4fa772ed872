//! What is lost when a count is withheld, and what is withheld with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Built, Place};
use crate::round::Withheld;
use crate::standard::Kind;
use crate::statistics::statistic::{AreaType, Scope};

impl Builder<'_> {
    /// How much is lost when a count is withheld: each kind of figure four times as much as the kind before it.
    pub(super) fn price(&self, place: &Place) -> f64 {
        let kind = match place {
            Place::Known(..) | Place::Unknown(..) | Place::Staff | Place::Remainder(_) => Some(Withheld::Quality),
            Place::Figure((_, code, ..), _) if code.starts_with("matched") => Some(Withheld::Matched),
            Place::Figure((.., breakdown), _) if breakdown.starts_with("ethnicity:") => Some(Withheld::Ethnicity),
            Place::Figure((AreaType::Authority, ..), _) => Some(Withheld::Authority),
            Place::Figure((AreaType::Type, ..), _) => Some(Withheld::Type),
            Place::Figure((AreaType::Region, ..), _) => Some(Withheld::Region),
            Place::Figure((_, _, scope, ..), _) if *scope != Scope::All => Some(Withheld::Service),
            Place::Figure(..) => None,
        };
        let order = &self.sums.round.settings.disclosure.withhold_first;
        let place_in = |kind: Withheld| order.iter().position(|other| *other == kind).unwrap_or(order.len());
        let rank = kind.map_or(Withheld::ALL.len() + 2, place_in);
        let all = matches!(place, Place::Figure((_, _, Scope::All, ..), _));
        // A figure that has lost a count has no ratio to lose any more.
        let broken = match place {
            Place::Figure(key, _) => {
                (0..4).any(|side| self.counts.get(&Place::Figure(key.clone(), side)).is_some_and(|count| !count.shown))
            }
            _ => false,
        };
        4_f64.powi(rank as i32) * if all { 1.5 } else { 1.0 } * if broken { 0.25 } else { 1.0 }
    }

    /// The table that a count is of use in only as a whole: the pay bands of an area and its services, the staff of several
    /// indicators.
    pub(super) fn table(&self, place: &Place) -> Option<(AreaType, String, Scope, String)> {
        let Place::Figure((kind, code, scope, indicator, breakdown), side) = place else { return None };
        let indicator = self.sums.standard.indicator(indicator)?;
        if indicator.kind == Kind::Share {
            return Some((*kind, code.clone(), *scope, indicator.id.clone()));
        }
        let denominator = side % 2 == 1 && *kind != AreaType::National;
        denominator.then(|| (*kind, code.clone(), *scope, format!("{}{breakdown}{side}", indicator.denominator)))
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
            let Place::Figure((kind, code, Scope::All, indicator, breakdown), side) = place else { continue };
            let of = |scope| Place::Figure((*kind, code.clone(), scope, indicator.clone(), breakdown.clone()), *side);
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
                let others = (0..3).filter(|index| *index != hidden && built[*index].truth > 0);
                let cheapest =
                    others.min_by(|one, other| self.price(&places[*one]).total_cmp(&self.price(&places[*other])));
                withheld.extend(cheapest.map(|other| (places[other].clone(), places[hidden].clone())));
            }
        }
        withheld
    }
}
