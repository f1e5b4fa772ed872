//! What may be said of a change between rounds, and of a year among others.

use super::Case;
use crate::standard::Kind;
use crate::statistics::{Direction, Marker, Matched, Panel, Statistic, Trend, Year};

/// The symbol in place of a year's mark on the scale of this kind; nothing where the mark is there.
pub fn unmarked(year: &Year, kind: Kind) -> Option<Marker> {
    let Some(statistic) = &year.statistic else { return Some(Marker::X) };
    let marked = match kind {
        Kind::Share => statistic.minoritised.rate.is_some(),
        Kind::Likelihood => statistic.ratio.is_some(),
        Kind::Rate | Kind::RepresentationGap => statistic.difference.is_some(),
    };
    (!marked).then(|| Case::of(statistic).gap().unwrap_or(Marker::Z))
}

/// What may be said of a change between two rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It can be told, as far as the evidence allows.
    Told(Direction),
    /// A count of one of the two rounds is withheld.
    Withheld,
    /// One of the two rounds has no such figure.
    NotAvailable,
    /// In one of the two rounds it does not apply.
    NotApplicable,
    /// A group has no cases: there is no ratio to compare.
    NoRatio,
    /// The later round has no figure that can be shown.
    Missing,
    /// The later round cannot be compared with the one before.
    Broken,
    /// There is no earlier round with a figure.
    First,
    /// There is a figure of an earlier round, but not of the one before.
    Gap,
    /// None of the authorities was in the round before.
    OtherAuthorities,
}

impl Change {
    /// What may be said of the change between these two figures.
    pub fn of(pair: &Matched) -> Self {
        if let Some(change) = pair.change {
            return Change::Told(change.direction);
        }
        let gaps = [&pair.before, &pair.after].map(|figure| Case::of(figure).gap());
        if gaps.contains(&Some(Marker::C)) {
            Change::Withheld
        } else if gaps.contains(&Some(Marker::X)) {
            Change::NotAvailable
        } else if gaps.contains(&Some(Marker::Z)) {
            Change::NotApplicable
        } else {
            Change::NoRatio
        }
    }

    /// What may be said of the change to the newest round.
    pub fn newest(trend: &Trend) -> Self {
        let Some((newest, earlier)) = trend.years.split_last() else { return Change::First };
        if let Some(pair) = trend.matched.iter().find(|pair| pair.to == newest.year) {
            return Self::of(pair);
        }
        let shown = |statistic: &Statistic| Case::of(statistic).gap().is_none();
        if !newest.statistic.as_ref().is_some_and(shown) {
            Change::Missing
        } else if newest.break_before.is_some() {
            Change::Broken
        } else if earlier.iter().all(|year| year.statistic.is_none()) {
            Change::First
        } else {
            match newest.panel {
                Panel::First => Change::Gap,
                Panel::Other => Change::OtherAuthorities,
                // So few make the difference, or are in both, that their figure would tell of them.
                Panel::Same | Panel::Partly => Change::Withheld,
            }
        }
    }

    /// The word by which templates ask for it.
    pub fn id(self) -> &'static str {
        match self {
            Change::Told(Direction::Rose) => "rose",
            Change::Told(Direction::Fell) => "fell",
            Change::Told(Direction::NoClearChange) => "no-clear-change",
            Change::Told(Direction::TooFew) => "too-few",
            Change::Withheld => "withheld",
            Change::NotAvailable => "not-available",
            Change::NotApplicable => "not-applicable",
            Change::NoRatio => "no-ratio",
            Change::Missing => "missing",
            Change::Broken => "broken",
            Change::First => "first",
            Change::Gap => "gap",
            Change::OtherAuthorities => "other-authorities",
        }
    }

    /// The symbol in place of a change that cannot be told.
    pub fn gap(self) -> Marker {
        match self {
            Change::Withheld => Marker::C,
            Change::NotAvailable | Change::Missing | Change::Gap => Marker::X,
            _ => Marker::Z,
        }
    }
}
