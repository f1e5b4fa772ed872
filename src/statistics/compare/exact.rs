//! A figure from exact counts: for whoever answers for it, and for no document.

use crate::statistics::add_up::Tally;
use crate::statistics::figure::{Area, Breakdown, Counts, FigureId, Scope, Side};

use super::computed::{Judgement, Subject, computed, missing, share_differences};
use super::statistic::{AtParity, Difference, GroupFigures, Marker, Outcome, Ratio, Statistic};

/// One figure as it was computed before protection. It is no [`Statistic`], and none can be made of it.
#[derive(Clone, Debug)]
pub struct Exact {
    /// The area.
    pub area: Area,
    /// The services.
    pub scope: Scope,
    /// The indicator's identifier.
    pub indicator: String,
    /// The part of its people.
    pub breakdown: Breakdown,
    /// How many authorities contribute.
    pub authorities: usize,
    /// Minoritised ethnic staff, or the one group of the breakdown.
    pub minoritised: GroupFigures,
    /// White staff.
    pub white: GroupFigures,
    /// The relative likelihood.
    pub ratio: Option<Ratio>,
    /// The p-value of the score test that the ratio is 1.
    pub p_value: Option<f64>,
    /// The difference, as of a published figure.
    pub difference: Option<Difference>,
    /// The size of the difference in cases.
    pub at_parity: Option<AtParity>,
    /// What the evidence allows to say.
    pub result: Option<Outcome>,
    /// Why something is missing or weak.
    pub marker: Option<Marker>,
}

impl Exact {
    /// The figures of these subjects from what was added up, or the reason why nothing was; pay bands of one indicator together.
    pub(in crate::statistics) fn of(
        subjects: &[Subject<'_>],
        tally: impl Fn(&Subject<'_>) -> Result<Tally, Marker>,
        judgement: Judgement,
    ) -> Vec<Exact> {
        let figure = |subject: &Subject<'_>| match tally(subject) {
            Ok(tally) => computed(subject, tally.authorities, tally.counts.map(Some), false, judgement),
            Err(why) => missing(subject, why),
        };
        let mut figures: Vec<Statistic> = subjects.iter().map(figure).collect();
        if subjects.iter().any(|subject| subject.breakdown.is_pay_band()) {
            share_differences(&mut figures);
        }
        figures.into_iter().map(Exact::from).collect()
    }

    /// Its four counts, where anybody contributes.
    pub fn counts(&self) -> Counts<Option<u64>> {
        let side = |group: &GroupFigures| Side { numerator: group.numerator, denominator: group.denominator };
        Counts { minoritised: side(&self.minoritised), white: side(&self.white) }
    }

    /// What the ids of the published numbers begin with, as a figure of this year.
    pub fn id(&self, year: i32) -> String {
        FigureId::new(year, &self.area.code, self.scope, &self.indicator, &self.breakdown).to_string()
    }
}

impl From<Statistic> for Exact {
    fn from(figure: Statistic) -> Self {
        let Statistic { area, scope, indicator, breakdown, authorities, minoritised, white, .. } = figure;
        let Statistic { ratio, p_value, difference, at_parity, result, marker, .. } = figure;
        Exact {
            area,
            scope,
            indicator,
            breakdown,
            authorities,
            minoritised,
            white,
            ratio,
            p_value,
            difference,
            at_parity,
            result,
            marker,
        }
    }
}
