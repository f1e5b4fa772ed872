//! Figures of given counts, for tests of what is said of them.

use crate::standard::{Adverse, Indicator, Kind, Period, Wording};

use super::computed::{self, Judgement, Subject, compare};
use super::statistic::{Marker, Statistic};
use crate::statistics::figure::{Area, AreaKey, Breakdown, Counts, Scope, Side};
use crate::statistics::protect;

/// The figure of these counts, in the order minoritised cases and people, white cases and people; what is withheld is empty.
pub fn figure(kind: Kind, adverse: Adverse, [a, m, b, w]: [Option<u64>; 4]) -> Statistic {
    subject(kind, adverse, |subject| {
        let counts =
            Counts { minoritised: Side { numerator: a, denominator: m }, white: Side { numerator: b, denominator: w } };
        compare(subject, &protect::example(counts), Judgement::new(&crate::round::Statistics::default()))
    })
}

/// A figure that is not there, for this reason.
pub fn missing(kind: Kind, why: Marker) -> Statistic {
    subject(kind, Adverse::Above, |subject| computed::missing(subject, why))
}

fn subject(kind: Kind, adverse: Adverse, make: impl FnOnce(&Subject<'_>) -> Statistic) -> Statistic {
    let area = Area::new(AreaKey::authority("F01"), "Ashencroft");
    let breakdown = if kind == Kind::Share { Breakdown::PayBand("under-30k".to_owned()) } else { Breakdown::Whole };
    let word = String::new;
    let wording = Wording { people: word(), likely: word(), cases: word(), case: word(), rate: word() };
    let indicator = Indicator {
        id: "8".to_owned(),
        name: word(),
        short_name: word(),
        chapter: None,
        plain: None,
        kind,
        numerator: "leavers".to_owned(),
        denominator: "staff".to_owned(),
        period: Period::TwelveMonths,
        adverse,
        definition: word(),
        why: word(),
        wording,
        themes: Vec::new(),
        prompts: Vec::new(),
    };
    make(&Subject { area: &area, scope: Scope::All, indicator: &indicator, breakdown: &breakdown })
}
