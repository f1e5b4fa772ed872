//! Figures of given counts, for tests of what is said of them.

use crate::standard::{Adverse, Kind};

use super::compare::{self, Judgement, Subject, compare};
use super::disclosure::Shown;
use super::statistic::{Area, AreaType, Marker, Scope, Statistic};

/// The figure of these counts, in the order minoritised cases and people, white cases and people; what is withheld is empty.
pub fn figure(kind: Kind, adverse: Adverse, [a, m, b, w]: [Option<u64>; 4]) -> Statistic {
    subject(kind, adverse, |subject| {
        let counts = [a, m, b, w];
        let shown = Shown { authorities: 1, minoritised: [a, m], white: [b, w], withheld: counts.contains(&None) };
        compare(subject, &shown, Judgement::new(&crate::round::Statistics::default()))
    })
}

/// A figure that is not there, for this reason.
pub fn missing(kind: Kind, why: Marker) -> Statistic {
    subject(kind, Adverse::Above, |subject| compare::missing(subject, why))
}

fn subject(kind: Kind, adverse: Adverse, make: impl FnOnce(&Subject<'_>) -> Statistic) -> Statistic {
    let area = Area { kind: AreaType::Authority, code: "F01".to_owned(), name: "Ashencroft".to_owned() };
    let breakdown = if kind == Kind::Share { "under-30k" } else { "" };
    make(&Subject { area: &area, scope: Scope::All, indicator: "8", breakdown, kind, adverse })
}
