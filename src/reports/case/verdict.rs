//! A result as a verdict, and its words: the same in text, key, table and spreadsheet.

use crate::statistics::Outcome;

/// What the evidence allows to say of two groups that can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The interval includes no difference.
    NoClearDifference,
    /// It leaves it out on the adverse side.
    Disadvantage,
    /// The same, and it does not survive among many comparisons.
    PossibleDisadvantage,
    /// It leaves it out on the other side.
    Advantage,
    /// The same, and it does not survive among many comparisons.
    PossibleAdvantage,
}

impl Verdict {
    /// Every verdict.
    #[cfg(test)]
    pub const ALL: [Verdict; 5] = [
        Verdict::NoClearDifference,
        Verdict::Disadvantage,
        Verdict::PossibleDisadvantage,
        Verdict::Advantage,
        Verdict::PossibleAdvantage,
    ];

    /// The verdict of a result; nothing where there are too few to say.
    pub(super) fn of(outcome: Outcome) -> Option<Self> {
        Some(match outcome {
            Outcome::TooFew => return None,
            Outcome::NoClearDifference => Verdict::NoClearDifference,
            Outcome::Disadvantage => Verdict::Disadvantage,
            Outcome::PossibleDisadvantage => Verdict::PossibleDisadvantage,
            Outcome::Advantage => Verdict::Advantage,
            Outcome::PossibleAdvantage => Verdict::PossibleAdvantage,
        })
    }

    /// The words in text, key and table.
    pub(super) fn label(self) -> &'static str {
        match self {
            Verdict::NoClearDifference => "No clear difference",
            Verdict::Disadvantage => "Disadvantage",
            Verdict::PossibleDisadvantage => "Possible disadvantage",
            Verdict::Advantage => "Advantage",
            Verdict::PossibleAdvantage => "Possible advantage",
        }
    }
}
