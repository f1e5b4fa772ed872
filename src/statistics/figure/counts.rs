//! The four counts of a figure, each under its name.

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// One of the four counts of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Quantity {
    /// Cases of the minoritised group.
    MinoritisedNumerator,
    /// People of the minoritised group; of a share, everybody.
    MinoritisedDenominator,
    /// Cases of the white group.
    WhiteNumerator,
    /// People of the white group; of a share, everybody.
    WhiteDenominator,
}

impl Quantity {
    /// The four, in printed order.
    pub const ALL: [Quantity; 4] = [
        Quantity::MinoritisedNumerator,
        Quantity::MinoritisedDenominator,
        Quantity::WhiteNumerator,
        Quantity::WhiteDenominator,
    ];

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            Quantity::MinoritisedNumerator => "minoritised_numerator",
            Quantity::MinoritisedDenominator => "minoritised_denominator",
            Quantity::WhiteNumerator => "white_numerator",
            Quantity::WhiteDenominator => "white_denominator",
        }
    }

    /// The words in tables.
    pub fn label(self) -> &'static str {
        match self {
            Quantity::MinoritisedNumerator => "minoritised numerator",
            Quantity::MinoritisedDenominator => "minoritised denominator",
            Quantity::WhiteNumerator => "white numerator",
            Quantity::WhiteDenominator => "white denominator",
        }
    }

    /// Whether it counts people, not cases.
    pub fn is_denominator(self) -> bool {
        matches!(self, Quantity::MinoritisedDenominator | Quantity::WhiteDenominator)
    }
}

/// Something for each of the two counts of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side<T> {
    /// Cases.
    pub numerator: T,
    /// People.
    pub denominator: T,
}

/// Something for each of the four counts of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts<T> {
    /// The minoritised group, or the one ethnic group of the breakdown.
    pub minoritised: Side<T>,
    /// The white group.
    pub white: Side<T>,
}

impl<T> Side<T> {
    /// What becomes of both.
    pub fn map<U>(self, mut to: impl FnMut(T) -> U) -> Side<U> {
        Side { numerator: to(self.numerator), denominator: to(self.denominator) }
    }
}

impl<T> Counts<T> {
    /// From what each count has.
    pub fn from_fn(mut of: impl FnMut(Quantity) -> T) -> Self {
        Counts {
            minoritised: Side {
                numerator: of(Quantity::MinoritisedNumerator),
                denominator: of(Quantity::MinoritisedDenominator),
            },
            white: Side { numerator: of(Quantity::WhiteNumerator), denominator: of(Quantity::WhiteDenominator) },
        }
    }

    /// What becomes of the four.
    pub fn map<U>(self, mut to: impl FnMut(T) -> U) -> Counts<U> {
        Counts { minoritised: self.minoritised.map(&mut to), white: self.white.map(&mut to) }
    }

    /// The four, in printed order.
    pub fn each(&self) -> [(Quantity, &T); 4] {
        Quantity::ALL.map(|quantity| (quantity, &self[quantity]))
    }
}

impl<T> Index<Quantity> for Counts<T> {
    type Output = T;

    fn index(&self, quantity: Quantity) -> &T {
        match quantity {
            Quantity::MinoritisedNumerator => &self.minoritised.numerator,
            Quantity::MinoritisedDenominator => &self.minoritised.denominator,
            Quantity::WhiteNumerator => &self.white.numerator,
            Quantity::WhiteDenominator => &self.white.denominator,
        }
    }
}

impl<T> IndexMut<Quantity> for Counts<T> {
    fn index_mut(&mut self, quantity: Quantity) -> &mut T {
        match quantity {
            Quantity::MinoritisedNumerator => &mut self.minoritised.numerator,
            Quantity::MinoritisedDenominator => &mut self.minoritised.denominator,
            Quantity::WhiteNumerator => &mut self.white.numerator,
            Quantity::WhiteDenominator => &mut self.white.denominator,
        }
    }
}
