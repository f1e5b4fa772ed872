//! How much can be shown at best: rows that no pattern leaves whole, and pairs of rows of which none leaves both.

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
use crate::statistics::figure::{FigureKey, Rows};
use crate::statistics::protect::safety::Rules;
use crate::statistics::protect::suppression::{self, Release};

/// How many rows of each kind can be whole, whatever is withheld elsewhere, as long as England's rows of all services are.
///
/// A row is lost where one of its counts is small, or is told from others too exactly in its coarsest step; or where that is so beside
/// a row of England. Of two rows that are lost beside each other one is; pairs that have no row in common lose one each.
pub(super) fn most(
    release: &Release,
    printed: &[Vec<Place>],
    primary: &BTreeSet<&Place>,
    rules: Rules,
) -> BTreeMap<Rows, usize> {
    let mut rows: BTreeMap<&FigureKey, BTreeSet<usize>> = BTreeMap::new();
    let mut lost: BTreeSet<&FigureKey> = BTreeSet::new();
    for (count, place) in
        printed.iter().enumerate().flat_map(|(count, places)| places.iter().map(move |place| (count, place)))
    {
        if let Place::Figure(key, _) = place
            && Rows::of(key).is_some()
        {
            rows.entry(key).or_default().insert(count);
            lost.extend(primary.contains(place).then_some(key));
        }
    }
    let shown = rows.iter().filter(|(key, _)| !lost.contains(**key)).flat_map(|(_, counts)| counts.iter().copied());
    let shown: Vec<usize> = shown.collect::<BTreeSet<usize>>().into_iter().collect();
    let mut beside: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for [one, other] in suppression::conflicts(release, rules, &shown) {
        beside.entry(one).or_default().insert(other);
        beside.entry(other).or_default().insert(one);
    }
    let conflict = |one: &BTreeSet<usize>, other: &BTreeSet<usize>| {
        one.iter().filter_map(|count| beside.get(count)).any(|beside| !beside.is_disjoint(other))
    };
    lost.extend(
        rows.iter()
            .filter(|(_, counts)| {
                counts.iter().any(|count| beside.get(count).is_some_and(|beside| beside.contains(count)))
            })
            .map(|(key, _)| *key),
    );
    let england: BTreeSet<usize> = rows
        .iter()
        .filter(|(key, _)| Rows::of(key) == Some(Rows::England) && !lost.contains(**key))
        .flat_map(|(_, counts)| counts.iter().copied())
        .collect();
    let most = |kind: Rows| {
        let of_kind = rows.iter().filter(|(key, _)| Rows::of(key) == Some(kind));
        let beside_england = |counts: &BTreeSet<usize>| kind != Rows::England && conflict(counts, &england);
        let mut left: Vec<&BTreeSet<usize>> = of_kind
            .filter(|(key, counts)| !lost.contains(**key) && !beside_england(counts))
            .map(|(_, counts)| counts)
            .collect();
        let mut whole = 0;
        while let Some(one) = left.pop() {
            whole += 1;
            if let Some(other) = left.iter().position(|other| conflict(one, other)) {
                left.remove(other);
            }
        }
        (kind, whole)
    };
    let groups = rows.keys().any(|key| Rows::of(key) == Some(Rows::Groups));
    Rows::ALL.into_iter().filter(|kind| *kind != Rows::Groups || groups).map(most).collect()
}
