//! What was added up for one figure.

use std::collections::BTreeMap;

use crate::statistics::figure::{Counts, FigureKey, Quantity};

/// What was added up for one figure, and what disclosure control asks about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::statistics) struct Tally {
    /// How many authorities contribute: a joint return is as many as it stands for.
    pub authorities: usize,
    /// How many contribute for protection: a joint return is one, and so are authorities that are compared as one.
    pub contributors: usize,
    /// How many returns it is of.
    pub returns: usize,
    pub counts: Counts<u64>,
    /// The largest single contribution to each denominator.
    pub largest_minoritised: u64,
    pub largest_white: u64,
    /// Whether both denominators are one total that the groups are parts of.
    pub share_of_total: bool,
}

impl Tally {
    /// Both together, as one contributor.
    pub(in crate::statistics) fn and(self, other: Tally) -> Tally {
        let [mut counts, others] = [self.counts, other.counts];
        Quantity::ALL.into_iter().for_each(|quantity| counts[quantity] += others[quantity]);
        Tally {
            authorities: self.authorities + other.authorities,
            contributors: 1,
            returns: self.returns + other.returns,
            largest_minoritised: counts.minoritised.denominator,
            largest_white: counts.white.denominator,
            counts,
            ..self
        }
    }
}

/// Every figure that somebody contributed to.
pub(in crate::statistics) type Tallies = BTreeMap<FigureKey, Tally>;

/// The counts of one measure, known and unknown ethnicity, as the data-quality tables need them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::statistics) struct Knowledge {
    /// How many authorities tell it: a joint return is as many as it stands for, and one contributor.
    pub authorities: usize,
    pub contributors: usize,
    pub known: u64,
    pub unknown: u64,
    /// The largest single contribution to both together.
    pub largest: u64,
}
