//! What the reports are assembled from: the round, its indicators, and every figure that may be shown.

use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};
use crate::statistics::{Scope, Spread, Statistics};

use super::drawings::Seen;
use super::figures;
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
}

impl<'a> Material<'a> {
    /// The round's indicators, in printed order.
    pub fn indicators(self) -> impl Iterator<Item = &'a Indicator> {
        self.round.settings.indicators.iter().filter_map(|id| self.standard.indicator(id))
    }

    /// The kind in which the round reports the indicator.
    pub fn kind(self, indicator: &Indicator) -> Kind {
        self.round.settings.kinds.get(&indicator.id).copied().unwrap_or(indicator.kind)
    }

    /// The breakdowns of an indicator's headline: the pay bands, or the empty one.
    pub fn breakdowns(self, indicator: &Indicator) -> Vec<&'a str> {
        match indicator.kind {
            Kind::Share => self.round.settings.pay_bands.iter().map(|band| band.id.as_str()).collect(),
            _ => vec![""],
        }
    }

    /// What the ids of an area's figures on an indicator begin with, all services together.
    pub fn id(self, area: &str, indicator: &Indicator) -> String {
        format!("{}/{area}/{}/all", self.round.settings.year, indicator.id)
    }

    /// The label of a pay band; empty for the empty breakdown.
    pub fn label(self, breakdown: &str) -> String {
        let bands = &self.round.settings.pay_bands;
        bands.iter().find(|band| band.id == breakdown).map(|band| band.label.clone()).unwrap_or_default()
    }

    /// How authorities spread, in print.
    pub fn spread(self, indicator: &Indicator, breakdown: &str, spread: &Spread) -> SpreadView {
        let id = figures::prefix(&self.id("england", indicator), breakdown);
        views::spread(spread, indicator.kind == Kind::Share, &id, self.label(breakdown))
    }

    /// The pooled ratio of England, a region or a type beside the published one, in print.
    pub fn pooled(self, area: &str, indicator: &Indicator) -> Option<PooledView> {
        let pooled = self.statistics.pooled.get(&(area.to_owned(), indicator.id.clone()))?;
        let published = self.statistics.national.get(area, Scope::All, &indicator.id, "")?.ratio?;
        let significance = 1.0 - self.round.settings.statistics.confidence;
        Some(views::pooled(pooled, Some(published), significance, &self.id(area, indicator)))
    }

    /// Whether the area's ratio pooled over authorities leads to another conclusion than the published one.
    pub fn doubtful(self, area: &str, indicator: &Indicator) -> bool {
        self.pooled(area, indicator).is_some_and(|pooled| pooled.contradicts || pooled.disagrees)
    }

    /// One figure of England, a region or a type.
    pub fn figure(self, area: &str, scope: Scope, indicator: &str, breakdown: &str) -> Option<Seen<'a>> {
        let statistic = self.statistics.national.get(area, scope, indicator, breakdown)?;
        Some(Seen::new(statistic, self.round))
    }
}
