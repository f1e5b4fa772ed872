//! How much of the national tables protection leaves whole: the shares that each build tells.

use std::collections::BTreeMap;

use super::statistic::{Statistic, Table};
use crate::statistics::figure::Rows;

/// Rows of one kind, and how many of them show all four counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The kind.
    pub rows: Rows,
    /// How many rows show all four counts.
    pub whole: usize,
    /// How many of the whole ones have a count that is rounded more coarsely than others.
    pub coarser: usize,
    /// How many rows there are, but for those that nobody gave anything for.
    pub of: usize,
    /// No more can be whole, whatever else is withheld; nothing where it would tell of small counts, or is not known.
    pub most: Option<usize>,
}

/// How many rows of each kind are whole; `most` says how many can be.
pub(in crate::statistics) fn whole(table: &Table, most: &BTreeMap<Rows, usize>) -> Vec<Whole> {
    let of_kind = |kind: Rows| {
        let rows = || table.rows().iter().filter(move |row| row.authorities > 0 && Rows::of(&row.key()) == Some(kind));
        let shown = |row: &&Statistic| row.counts().each().iter().all(|(_, count)| count.is_some());
        let coarser = |row: &&Statistic| row.coarser.each().iter().any(|(_, step)| step.is_some());
        Whole {
            rows: kind,
            whole: rows().filter(shown).count(),
            coarser: rows().filter(shown).filter(coarser).count(),
            of: rows().count(),
            most: most.get(&kind).copied(),
        }
    };
    // Without groups nothing is told of them.
    Rows::ALL.into_iter().map(of_kind).filter(|whole| whole.rows != Rows::Groups || whole.of > 0).collect()
}
