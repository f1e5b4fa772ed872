//! The short editions of a pack.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A short edition of an authority's pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShortEdition {
    /// Two pages for a committee.
    Committee,
    /// One page for staff, in everyday words.
    Staff,
}

impl ShortEdition {
    /// Every one: what is made where a round does not say.
    pub(super) fn all() -> BTreeSet<Self> {
        BTreeSet::from([Self::Committee, Self::Staff])
    }
}
