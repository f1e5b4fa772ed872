//! Where all authorities stand, how they spread, and their pooled ratios: from exact counts, and told coarsely.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::standard::{Indicator, Kind};
use crate::statistics::add_up::Tally;
use crate::statistics::figure::{Area, AreaKey, AreaType, Breakdown, FigureKey, Scope, Side};
use crate::submissions::Returns;

use super::measuring::{Measuring, belongs};
use super::pooling::{self, Pooled};
use super::position::{Expected, MINIMUM_AUTHORITIES, Placements, Position, Spread, positions, spread};
use super::statistic::Table;

/// How many authorities' positions lie within, above and below what is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PositionCounts {
    /// Above expected.
    pub above: usize,
    /// As expected.
    pub as_expected: usize,
    /// Below expected.
    pub below: usize,
    /// Authorities with a position.
    pub of: usize,
}

/// Where all authorities stand.
#[derive(Default)]
pub(in crate::statistics) struct Placing {
    pub positions: BTreeMap<String, BTreeMap<String, Position>>,
    pub spreads: BTreeMap<(String, Breakdown), Spread>,
    pub counts: BTreeMap<String, PositionCounts>,
    /// Rounded: it rests on the exact counts of all authorities.
    pub between: BTreeMap<String, f64>,
}

/// The smallest of the areas of a kind, where these together leave few of England's authorities.
fn leaves_few<'a>(shown: &[(AreaType, &'a str, BTreeSet<&str>)], kind: AreaType, minimum: usize) -> Option<&'a str> {
    let size = |of: AreaType| shown.iter().filter(move |(kind, ..)| *kind == of).map(|(_, _, codes)| codes.len());
    let left = size(AreaType::National).sum::<usize>().saturating_sub(size(kind).sum());
    let parts = shown.iter().filter(|(other, ..)| *other == kind);
    let smallest = parts.min_by_key(|(_, _, codes)| codes.len()).map(|(_, code, _)| *code);
    smallest.filter(|_| (1..minimum).contains(&left))
}

/// A variance between authorities as it may be told: in thousandths.
fn coarse(between: f64) -> f64 {
    (between * 1000.0).round() / 1000.0
}

impl Measuring<'_> {
    /// What was added up for a figure of all services.
    fn tally(&self, area: AreaKey, indicator: &str, breakdown: &Breakdown) -> Option<&Tally> {
        let (indicator, breakdown) = (indicator.to_owned(), breakdown.clone());
        self.tallies.get(&FigureKey { area, scope: Scope::All, indicator, breakdown })
    }

    /// Where every authority stands on every indicator, all services together.
    pub(in crate::statistics) fn place(&self, returns: &Returns) -> Placing {
        let mut placing = Placing::default();
        for indicator in &self.round.indicators {
            for breakdown in Breakdown::headline(indicator, &self.round.settings.pay_bands) {
                let key = (indicator.id.clone(), breakdown.clone());
                if indicator.kind == Kind::Share {
                    let contributors = self.contributors(returns, &indicator.id, &breakdown);
                    placing.spreads.extend(self.share_spread(&contributors).map(|spread| (key, spread)));
                    continue;
                }
                let Some((codes, placed)) = self.placements(returns, indicator) else { continue };
                placing.spreads.extend(placed.spread.map(|spread| (key, spread)));
                placing.between.extend(placed.between.map(|between| (indicator.id.clone(), coarse(between))));
                let positions = placed.placements.into_iter().map(|placed| Some(placed?.position));
                placing.record(&indicator.id, codes.into_iter().zip(positions));
            }
        }
        placing
    }

    /// The authorities with a figure of all services together, and what was added up for it.
    fn contributors<'b>(
        &'b self,
        returns: &'b Returns,
        indicator: &str,
        breakdown: &Breakdown,
    ) -> Vec<(&'b str, &'b Tally)> {
        let tally = |code: &'b String| self.tally(AreaKey::authority(code), indicator, breakdown);
        returns.accepted.iter().filter_map(|code| Some((code.as_str(), tally(code)?))).collect()
    }

    /// Where the authorities stand on an indicator with a ratio, in the order of their codes.
    pub(in crate::statistics) fn placements<'b>(
        &'b self,
        returns: &'b Returns,
        indicator: &Indicator,
    ) -> Option<(Vec<&'b str>, Placements)> {
        let england = self.tally(AreaKey::england(), &indicator.id, &Breakdown::Whole)?;
        let contributors = self.contributors(returns, &indicator.id, &Breakdown::Whole);
        let counts: Vec<_> = contributors.iter().map(|(_, tally)| tally.counts).collect();
        let placements = positions(england.counts, &counts, self.judgement);
        Some((contributors.into_iter().map(|(code, _)| code).collect(), placements))
    }

    /// The pooled ratios of areas with enough authorities, and with a ratio of their own to stand beside.
    ///
    /// They rest on exact counts: of two areas that differ by one or two authorities, only the one named first has one; and regions,
    /// types or groups that leave only one or two of England's authorities have one less.
    pub(in crate::statistics) fn pool(
        &self,
        places: &[Area],
        national: &Table,
        returns: &Returns,
    ) -> BTreeMap<(String, String), Pooled> {
        let minimum = self.round.settings.disclosure.minimum_contributors;
        let mut pooled = BTreeMap::new();
        for indicator in self.round.indicators.iter().filter(|indicator| indicator.kind != Kind::Share) {
            let contributors = self.contributors(returns, &indicator.id, &Breakdown::Whole);
            let mut before: Vec<(AreaType, &str, BTreeSet<&str>)> = Vec::new();
            for area in places {
                let member = |code: &str| self.round.authority(code).is_some_and(|one| belongs(one, area));
                let members: Vec<_> = contributors.iter().filter(|(code, _)| member(code)).collect();
                let codes: BTreeSet<&str> = members.iter().map(|(code, _)| *code).collect();
                let beside = national
                    .get(&area.code, Scope::All, &indicator.id, &Breakdown::Whole)
                    .and_then(|figure| figure.ratio);
                let close = |other: &BTreeSet<&str>| (1..minimum).contains(&codes.symmetric_difference(other).count());
                if beside.is_none()
                    || codes.len() < MINIMUM_AUTHORITIES
                    || before.iter().any(|(.., other)| close(other))
                {
                    continue;
                }
                let strata: Vec<_> = members.iter().map(|(_, tally)| tally.counts).collect();
                let key = (area.code.clone(), indicator.id.clone());
                let found = pooling::pool(&strata, self.judgement.critical()).map(|mut found| {
                    found.heterogeneity = found.heterogeneity.filter(|found| found.strata >= MINIMUM_AUTHORITIES);
                    found
                });
                pooled.extend(found.map(|found| (key, found)));
                before.push((area.kind, area.code.as_str(), codes));
            }
            for kind in [AreaType::Region, AreaType::Type, AreaType::Group] {
                if let Some(area) = leaves_few(&before, kind, minimum) {
                    pooled.remove(&(area.to_owned(), indicator.id.clone()));
                }
            }
        }
        pooled
    }

    fn share_spread(&self, contributors: &[(&str, &Tally)]) -> Option<Spread> {
        let base = self.round.settings.statistics.minimum_base;
        let shares = contributors.iter().filter_map(|(_, tally)| {
            let Side { numerator: band, denominator: total } = tally.counts.minoritised;
            (total >= base).then(|| band as f64 / total as f64)
        });
        spread(shares.collect(), 0.005)
    }
}

impl Placing {
    fn record<'a>(&mut self, indicator: &str, positions: impl Iterator<Item = (&'a str, Option<Position>)>) {
        let mut counts = PositionCounts::default();
        for (code, position) in positions.filter_map(|(code, position)| Some((code, position?))) {
            match position.expected {
                Expected::AboveExpected => counts.above += 1,
                Expected::AsExpected => counts.as_expected += 1,
                Expected::BelowExpected => counts.below += 1,
            }
            counts.of += 1;
            self.positions.entry(code.to_owned()).or_default().insert(indicator.to_owned(), position);
        }
        if counts.of > 0 {
            self.counts.insert(indicator.to_owned(), counts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_that_leave_few_of_england_are_one_less() {
        let codes: Vec<String> = (0..34).map(|place| format!("F{place}")).collect();
        let area =
            |kind, code, from: usize, to: usize| (kind, code, codes[from..to].iter().map(String::as_str).collect());
        let england = || area(AreaType::National, "england", 0, 34);
        let first = || area(AreaType::Region, "first", 0, 12);
        let second = || area(AreaType::Region, "second", 12, 22);
        let third = |to| area(AreaType::Region, "third", 22, to);
        let left = |third| leaves_few(&[england(), first(), second(), third], AreaType::Region, 3);
        assert_eq!(left(third(33)), Some("second"));
        assert_eq!(left(third(32)), Some("second"));
        assert_eq!(left(third(31)), None); // three are enough
        assert_eq!(left(third(34)), None); // nobody is left
        assert_eq!(leaves_few(&[england(), first()], AreaType::Type, 3), None);
        assert_eq!(leaves_few(&[first(), second()], AreaType::Region, 3), None);
    }
}
