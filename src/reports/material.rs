//! What the reports are assembled from: the round, its indicators, and every figure that may be shown.

use anyhow::Result;

use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};
use crate::statistics::{Breakdown, ENGLAND, FigureId, METHODS, Scope, Spread, Statistics};
use crate::submissions::plans::Plan;

use super::digits::Digits;
use super::drawings::Seen;
use super::views::{self, PooledView, SpreadView};

/// What the reports are assembled from.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The round's settings and words.
    pub round: &'a Round,
    /// The indicators.
    pub standard: &'a Standard,
    /// Every figure that may be shown.
    pub statistics: &'a Statistics,
    /// What authorities meant to do after the round before.
    pub plans: &'a [Plan],
}

impl<'a> Material<'a> {
    /// The round's indicators, in printed order.
    pub fn indicators(self) -> impl Iterator<Item = &'a Indicator> {
        self.round.indicators.iter()
    }

    /// What an indicator's headline figures are of: each pay band, or all people.
    pub fn breakdowns(self, indicator: &Indicator) -> Vec<Breakdown> {
        Breakdown::headline(indicator, &self.round.settings.pay_bands)
    }

    /// What the ids of an area's figures on an indicator begin with, all services together.
    pub fn id(self, area: &str, indicator: &Indicator) -> String {
        FigureId::new(self.round.settings.year, area, Scope::All, &indicator.id, &Breakdown::Whole).to_string()
    }

    /// The label of a pay band; empty where it is of none.
    pub fn label(self, breakdown: &Breakdown) -> String {
        let bands = &self.round.settings.pay_bands;
        bands.iter().find(|band| band.id == breakdown.band()).map(|band| band.label.clone()).unwrap_or_default()
    }

    /// How authorities spread, in print.
    pub fn spread(self, indicator: &Indicator, breakdown: &Breakdown, spread: &Spread) -> SpreadView {
        let id = FigureId::new(self.round.settings.year, ENGLAND, Scope::All, &indicator.id, breakdown).to_string();
        views::spread(spread, indicator.kind == Kind::Share, &id, self.label(breakdown))
    }

    /// The pooled ratio of England, a region, a type or a group beside the published one, in print.
    pub fn pooled(self, area: &str, indicator: &Indicator) -> Option<PooledView> {
        let pooled = self.statistics.pooled.get(&(area.to_owned(), indicator.id.clone()))?;
        let published = self.statistics.national.get(area, Scope::All, &indicator.id, &Breakdown::Whole)?.ratio?;
        let significance = 1.0 - self.round.settings.statistics.confidence;
        Some(views::pooled(pooled, Some(published), indicator.adverse, significance, &self.id(area, indicator)))
    }

    /// Whether the area's ratio pooled over authorities leads to another conclusion than the published one.
    pub fn doubtful(self, area: &str, indicator: &Indicator) -> bool {
        self.pooled(area, indicator).is_some_and(|pooled| pooled.contradicts || pooled.disagrees)
    }

    /// One figure of England, a region, a type or a group.
    pub fn figure(self, area: &str, scope: Scope, indicator: &str, breakdown: &Breakdown) -> Option<Seen<'a>> {
        let statistic = self.statistics.national.get(area, scope, indicator, breakdown)?;
        Some(Seen::new(statistic, self.round))
    }

    /// The digits of the round's words and settings, of its indicators, authorities and methods.
    pub fn digits(self) -> Result<Digits> {
        let Material { round, standard, statistics, .. } = self;
        let settings = &round.settings;
        let mut digits = Digits::default();
        digits.add_all(settings)?;
        digits.add_all(views::round(round, Some(statistics.edition)))?;
        digits.add_all(views::quality_log(round, ""))?;
        digits.add_all(settings.disclosure.threshold.saturating_sub(1))?;
        for indicator in self.indicators() {
            digits.add_all(views::indicator(indicator, round, standard))?;
        }
        for method in METHODS {
            digits.add_all((
                method.name,
                method.purpose,
                method.formula,
                method.note,
                method.reference,
                method.example(),
            ))?;
        }
        digits.add_all(&statistics.coverage.participants)?;
        digits.add_all(&statistics.area_changes)?;
        for authority in &statistics.authorities {
            digits.add_all(&authority.area_changes)?;
        }
        let own = statistics.authorities.iter().flat_map(|authority| &authority.trends);
        for year in statistics.trends.iter().chain(own).flat_map(|trend| &trend.years) {
            digits.add_all((year.year, &year.break_before))?;
        }
        round.texts.values().for_each(|text| digits.add_source(&typst::syntax::parse(text)));
        Ok(digits)
    }
}
