//! Every figure of an area, from what may be shown.

use crate::authority::{Authority, slug};
use crate::round::Round;
use crate::standard::{Indicator, Kind};
use crate::statistics::add_up::Tallies;
use crate::statistics::figure::{Area, AreaKey, AreaType, Breakdown, Scope};
use crate::statistics::protect::{self, Edition, Pattern};

use super::computed::{Judgement, Subject, compare, missing, share_differences};
use super::participation::{Coverage, Share};
use super::statistic::{Marker, Statistic};

/// What it takes to measure one round.
pub(in crate::statistics) struct Measuring<'a> {
    pub round: &'a Round,
    pub tallies: &'a Tallies,
    pub pattern: &'a Pattern,
    pub judgement: Judgement,
}

impl Measuring<'_> {
    /// Every figure of one area, in printed order.
    pub(in crate::statistics) fn area(
        &self,
        area: &Area,
        reason: impl Fn(Scope, &Indicator) -> Marker,
        edition: Edition,
    ) -> Vec<Statistic> {
        let with_groups = matches!(area.kind, AreaType::National | AreaType::Authority);
        let mut statistics = Vec::new();
        for scope in Scope::ALL {
            for indicator in &self.round.indicators {
                let bands = &self.round.settings.pay_bands;
                let breakdowns = match with_groups {
                    true => Breakdown::every(indicator, bands),
                    false => Breakdown::headline(indicator, bands),
                };
                let first = statistics.len();
                for breakdown in &breakdowns {
                    let subject = Subject { area, scope, indicator, breakdown };
                    let key = subject.key();
                    statistics.push(match self.tallies.get(&key) {
                        Some(tally) => {
                            let settings = &self.round.settings.disclosure;
                            let shown = protect::shown(&key, edition, tally, settings, self.pattern);
                            compare(&subject, &shown, self.judgement)
                        }
                        None => missing(&subject, reason(scope, indicator)),
                    });
                }
                if indicator.kind == Kind::Share {
                    share_differences(&mut statistics[first..]);
                }
            }
        }
        statistics
    }
}

/// England, then regions, then types, then groups.
pub(in crate::statistics) fn places(coverage: &Coverage) -> Vec<Area> {
    let england = Area::new(AreaKey::england(), "England");
    let area = |kind| move |share: &Share| Area { kind, code: share.code.clone(), name: share.name.clone() };
    let regions = coverage.regions.iter().map(area(AreaType::Region));
    let types = coverage.types.iter().map(area(AreaType::Type));
    let groups = coverage.groups.iter().map(area(AreaType::Group));
    [england].into_iter().chain(regions).chain(types).chain(groups).collect()
}

/// Whether the authority is a part of the area.
pub(in crate::statistics) fn belongs(authority: &Authority, area: &Area) -> bool {
    match area.kind {
        AreaType::National => true,
        AreaType::Region => slug(&authority.region) == area.code,
        AreaType::Type => slug(&authority.kind) == area.code,
        AreaType::Group => authority.group_code().as_ref() == Some(&area.code),
        AreaType::Authority => authority.code == area.code,
    }
}
