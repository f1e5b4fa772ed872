//! Stage 2, add up, protect, compare: from counts of people to figures that may be shown.
//!
//! The order is the protection: counts are added up (`aggregate`), protected (`disclosure`), and only then compared.
//! Raw counts are private to this room; charts, text and tables can name nothing but [`Statistic`] and its like.

mod aggregate;
mod attack;
mod compare;
mod disclosure;
#[cfg(test)]
pub mod example;
mod exchange;
mod explain;
mod interval;
#[cfg(test)]
mod known;
mod left_out;
mod methods;
mod multiplicity;
mod participation;
mod pooling;
mod position;
mod protection;
mod release;
mod statistic;
mod suppression;
mod trend;
mod withheld;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};
use rayon::prelude::*;
use serde::Serialize;

use crate::authority::{Authority, slug};
use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};
use crate::submissions::Returns;
use crate::submissions::row;

use aggregate::{Answers, Tallies, Tally};
use compare::{Judgement, Subject};
pub use disclosure::Edition;
pub use explain::{Explainer, Explanation, InputCount, Question, Standing, year_of};
pub use left_out::{Absence, LeftOut};
pub use methods::{METHODS, Method, method};
pub use participation::{Coverage, Participant, Participation, Quality, Share};
pub use pooling::{Heterogeneity, Pooled};
pub use position::{Expected, FAR, Position, Spread, UNEXPECTED};
pub use protection::Protection;
use release::Pattern;
pub use statistic::{
    Area, AreaType, AtParity, Difference, GroupFigures, Marker, Outcome, Ratio, Scope, Statistic, Table,
};
pub use trend::{Change, Direction, Matched, Trend, Year};
use withheld::withheld;
pub use withheld::{Figure, WithheldCount};

/// The four minoritised groups as breakdowns, in printed order.
pub const ETHNIC_GROUPS: [(&str, &str); 4] = [
    ("ethnicity:asian", "Asian"),
    ("ethnicity:black", "Black"),
    ("ethnicity:mixed", "Mixed"),
    ("ethnicity:other", "Other"),
];

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

/// What may be shown to one authority about itself.
#[derive(Clone, Debug)]
pub struct AuthorityStatistics {
    /// Who.
    pub authority: Authority,
    /// Its figures: exact in the edition for itself, protected in the public one.
    pub figures: Table,
    /// Its place among the others, by indicator.
    pub positions: BTreeMap<String, Position>,
    /// Its own figures over the rounds.
    pub trends: Vec<Trend>,
    /// How complete its return is.
    pub quality: Vec<Quality>,
}

/// The limits of a funnel around England's ratio: lower and upper, at so many standard deviations.
pub fn funnel_limits(england: f64, variance: f64, between: f64, critical: f64) -> (f64, f64) {
    let limits = position::limits(england, variance, between, critical);
    (limits.lower, limits.upper)
}

/// Everything that may be shown about a round.
pub struct Statistics {
    /// Which edition the authorities' own figures are in.
    pub edition: Edition,
    /// England, regions and types.
    pub national: Table,
    /// Every participating authority, by code.
    pub authorities: Vec<AuthorityStatistics>,
    /// How authorities spread, by indicator and breakdown.
    pub spreads: BTreeMap<(String, String), Spread>,
    /// The ratios pooled over the authorities of England, a region or a type, by area and indicator.
    pub pooled: BTreeMap<(String, String), Pooled>,
    /// The variance between authorities beyond chance, of log ratios, by indicator: what a funnel's limits allow for.
    pub between: BTreeMap<String, f64>,
    /// How many lie within and beyond what is expected, by indicator.
    pub position_counts: BTreeMap<String, PositionCounts>,
    /// England over the rounds.
    pub trends: Vec<Trend>,
    /// Every withheld count, and how it stood the attacks.
    pub withheld: Vec<WithheldCount>,
    /// Who took part.
    pub coverage: Coverage,
    /// How complete the data are.
    pub quality: Vec<Quality>,
    /// Which accepted returns are left out of which indicator.
    pub left_out: Vec<LeftOut>,
    /// What protection found out, as far as it may be kept beside these figures.
    pub protection: Protection,
}

/// Measures a round: `earlier` holds the rounds before it, the earliest first.
///
/// What is `known` of the protection of these same rounds need not be worked out again. Counts leave here protected, but for an
/// authority's own in [`Edition::Own`]; an error is one of the machine, not of the data.
pub fn measure(
    standard: &Standard,
    england: &[Authority],
    earlier: &[(Round, Returns)],
    round: &Round,
    returns: &Returns,
    edition: Edition,
    known: &Protection,
) -> Result<Statistics> {
    let rounds = earlier.iter().map(|(round, returns)| (round, returns)).chain([(round, returns)]);
    statistics(standard, england, &trend::count(rounds, standard, edition, known)?, returns, edition)
}

/// What may be shown of the last of these rounds.
fn statistics(
    standard: &Standard,
    england: &[Authority],
    counted: &[trend::Counted<'_>],
    returns: &Returns,
    edition: Edition,
) -> Result<Statistics> {
    let Some(this) = counted.last() else { bail!("there is no round to measure") };
    let round = this.round;
    let judgement = Judgement::new(&round.settings.statistics);
    let measuring = Measuring { standard, round, tallies: &this.tallies, pattern: &this.pattern, judgement };
    let given = &this.contributions.given;
    let coverage = participation::coverage(round, england, returns, given, &this.pattern);
    let answers = aggregate::answers(round, standard, returns);
    let quality = participation::quality(round, standard, returns, given, &this.pattern, &answers, edition);

    let places = places(&coverage);
    let national = Table::new(places.iter().flat_map(|area| measuring.area(area, |_, _| Marker::X, edition)).collect());
    let placing = measuring.place(returns);
    let measured = |code: &String| {
        let authority = round.authority(code)?;
        let area = Area { kind: AreaType::Authority, code: code.clone(), name: authority.name.clone() };
        let reason = |scope, indicator: &Indicator| absent(&answers, code, scope, indicator);
        let mut figures = measuring.area(&area, reason, edition);
        let headline = |row: &&mut Statistic| row.scope == Scope::All && row.breakdown.is_empty();
        compare::together(figures.iter_mut().filter(headline), judgement);
        let figures = Table::new(figures);
        let mut positions = placing.positions.get(code).cloned().unwrap_or_default();
        // Beside a withheld count, a position and what is shown of it would leave few values open.
        positions.retain(|indicator, _| {
            figures.get(code, Scope::All, indicator, "").is_some_and(|figure| figure.ratio.is_some())
        });
        Some(AuthorityStatistics {
            authority: authority.clone(),
            figures,
            positions,
            trends: trend::trends(counted, standard, &area, edition),
            quality: quality.get(code).cloned().unwrap_or_default(),
        })
    };
    let authorities: Vec<AuthorityStatistics> = returns.accepted.par_iter().filter_map(measured).collect();

    let trends = trend::trends(counted, standard, &places[0], edition);
    let pooled = measuring.pool(&places, &national, returns);
    let public = authorities.iter().filter(|_| edition == Edition::Public).map(|authority| &authority.figures);
    for table in public.chain([&national]) {
        as_attacked(table, &this.pattern)?;
    }
    // In the edition for authorities alone nobody is shown another's counts: only those that could be worked out are told of.
    let printed = |count: &WithheldCount| {
        edition == Edition::Public || !count.safe || count.figure.area_type != AreaType::Authority.id()
    };
    let withheld = counted.iter().flat_map(withheld).filter(printed).collect();

    Ok(Statistics {
        edition,
        national,
        authorities,
        spreads: placing.spreads,
        pooled,
        between: placing.between,
        position_counts: placing.counts,
        trends,
        withheld,
        coverage,
        quality: quality.get("").cloned().unwrap_or_default(),
        left_out: left_out::left_out(round, standard, returns, &this.contributions, &answers),
        protection: Protection::kept(counted, edition),
    })
}

/// Makes sure that what is printed is what was attacked: no count more.
fn as_attacked(table: &Table, pattern: &Pattern) -> Result<()> {
    for row in table.rows() {
        let key = (row.area.kind, row.area.code.clone(), row.scope, row.indicator.clone(), row.breakdown.clone());
        let printed =
            [row.minoritised.numerator, row.minoritised.denominator, row.white.numerator, row.white.denominator];
        let told = printed.iter().zip(pattern.figure(&key)).any(|(count, shown)| count.is_some() && !shown);
        ensure!(!told, "{key:?} shows a count that was not attacked as shown: please report this");
    }
    Ok(())
}

/// England, then regions, then types.
fn places(coverage: &Coverage) -> Vec<Area> {
    let england = Area { kind: AreaType::National, code: "england".into(), name: "England".into() };
    let area = |kind| move |share: &Share| Area { kind, code: share.code.clone(), name: share.name.clone() };
    let regions = coverage.regions.iter().map(area(AreaType::Region));
    let types = coverage.types.iter().map(area(AreaType::Type));
    [england].into_iter().chain(regions).chain(types).collect()
}

/// Whether the authority is a part of the area.
fn belongs(authority: &Authority, area: &Area) -> bool {
    match area.kind {
        AreaType::National => true,
        AreaType::Region => slug(&authority.region) == area.code,
        AreaType::Type => slug(&authority.kind) == area.code,
        AreaType::Authority => authority.code == area.code,
    }
}

/// Why an authority has no figure: not applicable when it says so of a whole measure, otherwise not available.
fn absent(answers: &Answers, code: &str, scope: Scope, indicator: &Indicator) -> Marker {
    let services: &[&str] = match scope {
        Scope::All => &["adults", "childrens", "combined"],
        Scope::Adults => &["adults"],
        Scope::Childrens => &["childrens"],
    };
    let not_applicable = [&indicator.numerator, &indicator.denominator].into_iter().any(|measure| {
        let given = services.iter().filter_map(|service| answers.get(&[code, service, measure].map(str::to_owned)));
        // People of unknown ethnicity are in no figure.
        let given: BTreeSet<row::Kind> = given.flat_map(|kinds| &kinds[..2]).flatten().copied().collect();
        given == BTreeSet::from([row::Kind::NotApplicable])
    });
    if not_applicable { Marker::Z } else { Marker::X }
}

/// What it takes to measure one round.
struct Measuring<'a> {
    standard: &'a Standard,
    round: &'a Round,
    tallies: &'a Tallies,
    pattern: &'a Pattern,
    judgement: Judgement,
}

/// Where all authorities stand.
#[derive(Default)]
struct Placing {
    positions: BTreeMap<String, BTreeMap<String, Position>>,
    spreads: BTreeMap<(String, String), Spread>,
    counts: BTreeMap<String, PositionCounts>,
    between: BTreeMap<String, f64>,
}

impl Measuring<'_> {
    fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.round.settings.indicators.iter().filter_map(|id| self.standard.indicator(id))
    }

    fn tally(&self, kind: AreaType, code: &str, scope: Scope, indicator: &str, breakdown: &str) -> Option<&Tally> {
        self.tallies.get(&(kind, code.to_owned(), scope, indicator.to_owned(), breakdown.to_owned()))
    }

    /// Every figure of one area, in printed order.
    fn area(&self, area: &Area, reason: impl Fn(Scope, &Indicator) -> Marker, edition: Edition) -> Vec<Statistic> {
        let with_groups = matches!(area.kind, AreaType::National | AreaType::Authority);
        let mut statistics = Vec::new();
        for scope in Scope::ALL {
            for indicator in self.indicators() {
                let mut breakdowns = trend::breakdowns(indicator, self.round);
                if with_groups && indicator.kind != Kind::Share {
                    breakdowns.extend(ETHNIC_GROUPS.map(|(breakdown, _)| breakdown.to_owned()));
                }
                let first = statistics.len();
                for breakdown in &breakdowns {
                    let subject = Subject {
                        area,
                        scope,
                        indicator: &indicator.id,
                        breakdown,
                        kind: trend::kind(indicator, self.round),
                        adverse: indicator.adverse,
                    };
                    let tally = self.tally(area.kind, &area.code, scope, &indicator.id, breakdown);
                    statistics.push(match tally {
                        Some(tally) => {
                            compare::compare(&subject, &self.shown(&subject, tally, edition), self.judgement)
                        }
                        None => compare::missing(&subject, reason(scope, indicator)),
                    });
                }
                if indicator.kind == Kind::Share {
                    compare::share_differences(&mut statistics[first..]);
                }
            }
        }
        statistics
    }

    fn shown(&self, subject: &Subject<'_>, tally: &Tally, edition: Edition) -> disclosure::Shown {
        let settings = &self.round.settings.disclosure;
        let shown = disclosure::shown_counts(subject.area.kind, edition, tally, settings);
        if subject.area.kind == AreaType::Authority && edition == Edition::Own {
            return shown;
        }
        let (indicator, breakdown) = (subject.indicator.to_owned(), subject.breakdown.to_owned());
        let key = (subject.area.kind, subject.area.code.clone(), subject.scope, indicator, breakdown);
        shown.masked(self.pattern.figure(&key))
    }

    /// Where every authority stands on every indicator, all services together.
    fn place(&self, returns: &Returns) -> Placing {
        let mut placing = Placing::default();
        for indicator in self.indicators() {
            for breakdown in trend::breakdowns(indicator, self.round) {
                let key = (indicator.id.clone(), breakdown.clone());
                if indicator.kind == Kind::Share {
                    let contributors = self.contributors(returns, &indicator.id, &breakdown);
                    placing.spreads.extend(self.share_spread(&contributors).map(|spread| (key, spread)));
                    continue;
                }
                let Some((codes, placed)) = self.placements(returns, indicator) else { continue };
                placing.spreads.extend(placed.spread.map(|spread| (key, spread)));
                placing.between.extend(placed.between.map(|between| (indicator.id.clone(), between)));
                let positions = placed.placements.into_iter().map(|placed| Some(placed?.position));
                placing.record(&indicator.id, codes.into_iter().zip(positions));
            }
        }
        placing
    }

    /// The authorities with a figure of all services together, and what was added up for it.
    fn contributors<'b>(&'b self, returns: &'b Returns, indicator: &str, breakdown: &str) -> Vec<(&'b str, &'b Tally)> {
        let tally = |code: &'b String| self.tally(AreaType::Authority, code, Scope::All, indicator, breakdown);
        returns.accepted.iter().filter_map(|code| Some((code.as_str(), tally(code)?))).collect()
    }

    /// Where the authorities stand on an indicator with a ratio, in the order of their codes.
    fn placements<'b>(
        &'b self,
        returns: &'b Returns,
        indicator: &Indicator,
    ) -> Option<(Vec<&'b str>, position::Placements)> {
        let england = self.tally(AreaType::National, "england", Scope::All, &indicator.id, "")?;
        let contributors = self.contributors(returns, &indicator.id, "");
        let counts: Vec<_> = contributors.iter().map(|(_, tally)| tally.counts).collect();
        let placements = position::positions(england.counts, &counts, self.judgement);
        Some((contributors.into_iter().map(|(code, _)| code).collect(), placements))
    }

    /// The pooled ratios of areas with enough authorities, and with a ratio of their own to stand beside.
    ///
    /// They rest on exact counts: of two areas that differ by one or two authorities, only the one named first has one.
    fn pool(&self, places: &[Area], national: &Table, returns: &Returns) -> BTreeMap<(String, String), Pooled> {
        let minimum = self.round.settings.disclosure.minimum_contributors;
        let mut pooled = BTreeMap::new();
        for indicator in self.indicators().filter(|indicator| indicator.kind != Kind::Share) {
            let contributors = self.contributors(returns, &indicator.id, "");
            let mut before: Vec<BTreeSet<&str>> = Vec::new();
            for area in places {
                let member = |code: &str| self.round.authority(code).is_some_and(|one| belongs(one, area));
                let members: Vec<_> = contributors.iter().filter(|(code, _)| member(code)).collect();
                let codes: BTreeSet<&str> = members.iter().map(|(code, _)| *code).collect();
                let beside = national.get(&area.code, Scope::All, &indicator.id, "").and_then(|figure| figure.ratio);
                let close = |other: &BTreeSet<&str>| (1..minimum).contains(&codes.symmetric_difference(other).count());
                if beside.is_none() || codes.len() < position::MINIMUM_AUTHORITIES || before.iter().any(close) {
                    continue;
                }
                let strata: Vec<_> = members.iter().map(|(_, tally)| tally.counts).collect();
                let key = (area.code.clone(), indicator.id.clone());
                let found = pooling::pool(&strata, self.judgement.critical()).map(|mut found| {
                    found.heterogeneity =
                        found.heterogeneity.filter(|found| found.strata >= position::MINIMUM_AUTHORITIES);
                    found
                });
                pooled.extend(found.map(|found| (key, found)));
                before.push(codes);
            }
        }
        pooled
    }

    fn share_spread(&self, contributors: &[(&str, &Tally)]) -> Option<Spread> {
        let base = self.round.settings.statistics.minimum_base;
        let shares = contributors.iter().filter_map(|(_, tally)| {
            let [band, total] = tally.counts.minoritised;
            (total >= base).then(|| band as f64 / total as f64)
        });
        position::spread(shares.collect(), 0.005)
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
