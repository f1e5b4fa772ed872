//! What is added up of a round, and of the authorities that it shares with another: what its pattern is made from.

use std::collections::{BTreeMap, BTreeSet};

use super::{Out, Pattern};
use crate::round::Round;
use crate::standard::Standard;
use crate::statistics::add_up::{Contributions, Tallies};
use crate::statistics::figure::{AreaKey, Breakdown};
use crate::statistics::protect::disclosure::Edition;
use crate::statistics::protect::suppression::Studies;

/// The figures of one round for the authorities that another round shares.
#[derive(Clone)]
pub(in crate::statistics) struct Panel {
    /// The area that stands for England in the keys of the panel's figures.
    pub area: AreaKey,
    /// The sums.
    pub tallies: Tallies,
    /// Who contributes to which figure.
    pub members: BTreeSet<PanelMember>,
}

/// An authority that contributes to a figure of a panel: indicator, breakdown, authority.
pub(in crate::statistics) type PanelMember = (String, Breakdown, String);

/// What is added up of a round.
#[derive(Clone, Copy)]
pub(in crate::statistics) struct Sums<'a> {
    pub round: &'a Round,
    pub standard: &'a Standard,
    pub contributions: &'a Contributions,
    pub tallies: &'a Tallies,
    pub edition: Edition,
    /// The authorities that are one since, each with the code of the first of them: whoever reads later rounds knows all their returns.
    pub together: &'a BTreeMap<String, String>,
    /// Releases that are out, and told of the same round.
    pub out: &'a [Out<'a>],
    /// What studies found before.
    pub studies: &'a Studies,
    /// What was decided when the round was protected last, for whoever guesses.
    pub decided: Option<&'a Pattern>,
}
