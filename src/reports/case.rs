//! What may be said of a figure: decided here, once, for sentences, titles, charts' words, tables and spreadsheets alike.

#[cfg(not(target_family = "wasm"))]
mod change;
mod verdict;

use crate::standard::Kind;
use crate::statistics::{GroupFigures, Marker, Outcome, Statistic};

#[cfg(not(target_family = "wasm"))]
pub use change::{Change, unmarked};
pub use verdict::Verdict;

/// What may be said of one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Withheld to protect people.
    Withheld,
    /// Not collected, not submitted, not accepted, or not given in a way that can be worked out.
    NotAvailable,
    /// The return says that it does not apply.
    NotApplicable,
    /// There is nobody in either group.
    Nobody,
    /// There is nobody in the minoritised group.
    NobodyMinoritised,
    /// There is nobody in the white group.
    NobodyWhite,
    /// A group has more cases than people, such as more leavers in a year than staff at its end: there is no rate.
    CasesAbovePeople,
    /// There are people in both groups and cases in neither.
    NoCases,
    /// Too few people or cases to say.
    TooFew,
    /// The share of a pay band is there.
    Share,
    /// There are cases among white people only: the ratio is 0.
    NoCasesMinoritised(Verdict),
    /// There are cases in the minoritised group only: there is no ratio.
    NoCasesWhite(Verdict),
    /// A ratio is there.
    Ratio(Verdict),
    /// The rates of both groups are there, and their difference is what is told.
    Rates(Verdict),
    /// The share of those counted on top and of those counted below are there, and their difference is what is told.
    Gap(Verdict),
}

impl Case {
    /// Those in which there is no figure.
    pub const MISSING: [Case; 7] = [
        Case::Withheld,
        Case::NotAvailable,
        Case::NotApplicable,
        Case::Nobody,
        Case::NobodyMinoritised,
        Case::NobodyWhite,
        Case::CasesAbovePeople,
    ];

    /// What may be said of this figure.
    pub fn of(statistic: &Statistic) -> Self {
        let Statistic { kind, minoritised, white, marker, .. } = statistic;
        if *kind == Kind::Share && minoritised.rate.is_some() {
            return Case::Share;
        }
        if let Some(outcome) = statistic.result {
            return Self::judged(statistic, outcome);
        }
        let above =
            |group: &GroupFigures| group.numerator.zip(group.denominator).is_some_and(|(cases, people)| cases > people);
        let nobody = [minoritised, white].map(|group| group.denominator == Some(0));
        match (marker, nobody) {
            (Some(Marker::X), _) => Case::NotAvailable,
            (Some(Marker::C), _) => Case::Withheld,
            _ if above(minoritised) || above(white) => Case::CasesAbovePeople,
            (_, [true, true]) => Case::Nobody,
            (_, [true, false]) => Case::NobodyMinoritised,
            (_, [false, true]) => Case::NobodyWhite,
            (Some(Marker::Z), _) => Case::NotApplicable,
            // Nothing else leaves a gap.
            (Some(Marker::U) | None, _) => Case::Withheld,
        }
    }

    /// The words of a result alone.
    pub fn words(outcome: Outcome) -> &'static str {
        Verdict::of(outcome).map_or("Too few to say", Verdict::label)
    }

    fn judged(statistic: &Statistic, outcome: Outcome) -> Self {
        let none = [&statistic.minoritised, &statistic.white].map(|group| group.numerator == Some(0));
        let Some(verdict) = Verdict::of(outcome) else {
            return if none == [true, true] { Case::NoCases } else { Case::TooFew };
        };
        match (statistic.kind, none) {
            (Kind::Rate, _) => Case::Rates(verdict),
            (Kind::RepresentationGap, _) => Case::Gap(verdict),
            (Kind::Likelihood | Kind::Share, [true, _]) => Case::NoCasesMinoritised(verdict),
            (Kind::Likelihood | Kind::Share, [_, true]) => Case::NoCasesWhite(verdict),
            (Kind::Likelihood | Kind::Share, _) => Case::Ratio(verdict),
        }
    }

    /// The word by which templates ask for it.
    pub fn id(self) -> &'static str {
        match self {
            Case::Withheld => "withheld",
            Case::NotAvailable => "not-available",
            Case::NotApplicable => "not-applicable",
            Case::Nobody => "nobody",
            Case::NobodyMinoritised => "nobody-minoritised",
            Case::NobodyWhite => "nobody-white",
            Case::CasesAbovePeople => "cases-above-people",
            Case::NoCases => "no-cases",
            Case::TooFew => "too-few",
            Case::Share => "share",
            Case::NoCasesMinoritised(_) => "no-cases-minoritised",
            Case::NoCasesWhite(_) => "no-cases-white",
            Case::Ratio(_) => "ratio",
            Case::Rates(_) => "rates",
            Case::Gap(_) => "gap",
        }
    }

    /// The result in words, the same in text, key and table; empty for a share, which is not judged.
    pub fn label(self) -> &'static str {
        match self {
            Case::Withheld => "Withheld [c]",
            Case::NotAvailable => "Not available [x]",
            Case::NotApplicable | Case::Nobody | Case::NobodyMinoritised | Case::NobodyWhite => "Not applicable [z]",
            Case::CasesAbovePeople => "No rate: more cases than people [z]",
            Case::NoCases | Case::TooFew => "Too few to say",
            Case::Share => "",
            Case::NoCasesMinoritised(verdict)
            | Case::NoCasesWhite(verdict)
            | Case::Ratio(verdict)
            | Case::Rates(verdict)
            | Case::Gap(verdict) => verdict.label(),
        }
    }

    /// The result in a cell of its own, where no cell is blank and every weakness has its symbol.
    pub fn cell(self) -> &'static str {
        match self {
            Case::NoCases | Case::TooFew => "Too few to say [u]",
            Case::Share => "[z]",
            other => other.label(),
        }
    }

    /// The symbol of the label, where the figure itself is not there.
    pub fn gap(self) -> Option<Marker> {
        match self {
            Case::Withheld => Some(Marker::C),
            Case::NotAvailable => Some(Marker::X),
            Case::NotApplicable
            | Case::Nobody
            | Case::NobodyMinoritised
            | Case::NobodyWhite
            | Case::CasesAbovePeople => Some(Marker::Z),
            _ => None,
        }
    }

    /// What stands in a chart's row where the figure has no mark.
    pub fn note(self) -> &'static str {
        match self {
            Case::Withheld => "[c] withheld",
            Case::NotAvailable => "[x] not available",
            Case::NotApplicable | Case::Nobody | Case::NobodyMinoritised | Case::NobodyWhite => "[z] not applicable",
            Case::CasesAbovePeople => "[z] no rate: more cases than people",
            Case::NoCases | Case::TooFew => "too few to say",
            // Of two groups that can be judged, a value is missing only where nobody white is counted on top.
            _ => "[z] no ratio: none among white people",
        }
    }
}

/// Why a number is missing from a figure: which number decides, for a figure can lack some and have others.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// A count, or a rate with its interval.
    Group,
    /// The ratio, its interval, its words or its p-value.
    Ratio,
    /// The difference.
    Difference,
    /// What could have been seen.
    Detectable,
}

impl Part {
    /// The symbol that stands in place of this part of the figure, where it is not there.
    pub fn gap(self, statistic: &Statistic) -> Marker {
        let known = statistic.minoritised.rate.is_some() && statistic.white.rate.is_some();
        let figure = match statistic.marker {
            Some(marker @ (Marker::X | Marker::Z)) => marker,
            // Nothing else leaves a gap: a difference can be empty only because another band's count is withheld.
            Some(Marker::C | Marker::U) | None => Marker::C,
        };
        match self {
            Part::Group => figure,
            // Where both rates are there, a missing ratio is one that is not defined.
            Part::Ratio => {
                if known || statistic.kind == Kind::Share {
                    Marker::Z
                } else {
                    figure
                }
            }
            // So is a representation gap where nobody is counted on top; a band's difference lacks another band.
            Part::Difference if known && statistic.kind != Kind::Share => Marker::Z,
            Part::Difference => statistic.difference_marker.unwrap_or(figure),
            // Where it can be said, what is missing is a ratio that does not exist: not even no cases would have been found.
            Part::Detectable => statistic.detectable.err().unwrap_or(Marker::Z),
        }
    }
}

/// What may be said of the pay bands together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bands {
    /// There is one pay band, and its share is there.
    One,
    /// There are three, and all their shares are there.
    Three,
    /// The shares of the lowest and the highest are there.
    Ends,
    /// No share is there, for this one reason.
    None(Case),
    /// The share of the lowest or the highest is not there, for this reason.
    Some(Case),
}

impl Bands {
    /// What may be said of bands with these cases, the lowest first.
    pub fn of(cases: &[Case]) -> Self {
        let known = |case: &Case| *case == Case::Share;
        let first = |cases: &[Case]| {
            let reasons = [Case::Withheld, Case::NotAvailable, Case::NotApplicable];
            reasons.into_iter().find(|reason| cases.contains(reason)).unwrap_or(Case::Nobody)
        };
        let ends = [cases.first(), cases.last()].map(|end| end.copied().unwrap_or(Case::NotAvailable));
        match cases {
            [_] if ends.iter().all(known) => Bands::One,
            [_, _, _] if cases.iter().all(known) => Bands::Three,
            _ if ends.iter().all(known) => Bands::Ends,
            _ if !cases.iter().any(known) && cases.iter().all(|case| *case == ends[0]) => Bands::None(ends[0]),
            // Nothing tells which of the bands are small themselves where none is there and some are withheld.
            _ if !cases.iter().any(known) && cases.contains(&Case::Withheld) => Bands::None(Case::Withheld),
            _ => Bands::Some(first(&ends)),
        }
    }

    /// The word by which templates ask for it.
    pub fn id(self) -> String {
        match self {
            Bands::One => "one".to_owned(),
            Bands::Three => "three".to_owned(),
            Bands::Ends => "ends".to_owned(),
            Bands::None(case) => case.id().to_owned(),
            Bands::Some(case) => format!("some-{}", case.id()),
        }
    }
}

#[cfg(test)]
mod tests;
