//! The first room, add up: by authority, group, type, region and England, for each service, indicator and breakdown.
//!
//! What makes up a figure stands in [`made_of`]. Polars adds up, here and in no other room: what leaves are plain structs. Raw
//! counts are private to `statistics`.

mod answers;
mod given;
pub(in crate::statistics) mod made_of;
mod shared;
mod tally;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use polars::prelude::*;

use crate::authority::{Authority, slug};
use crate::round::{PayBand, Round, Service};
use crate::standard::Kind;
use crate::submissions::Returns;
use crate::submissions::row::Row;

use super::figure::{AreaKey, AreaType, Breakdown, Counts, ENGLAND, FigureKey, Quantity, Scope, Side};
pub(super) use answers::{Answers, answers};
pub(super) use given::{Given, given as rows_given, knowledge, workforce};
pub use made_of::is_made_of;
pub(super) use shared::Shared;
pub(super) use tally::{Knowledge, Tallies, Tally};

/// The figures of every authority, by (authority, scope, indicator, breakdown): what all areas are added up from.
#[derive(Clone)]
pub(super) struct Contributions {
    frame: DataFrame,
    /// Indicators whose two denominators are one total.
    shares: Vec<String>,
    /// The round's pay bands.
    bands: Vec<PayBand>,
    /// What each return gives, count by count.
    pub given: Vec<Given>,
    /// Which service of which authority contributes to which figure, sorted.
    pub members: Vec<Member>,
}

/// A service of an authority that contributes to a figure.
///
/// Combined services may be those of one measure, and the sum of both services of the other.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub authority: String,
    pub service: Service,
    pub indicator: String,
    pub breakdown: Breakdown,
    /// What it adds.
    pub counts: Counts<u64>,
}

impl Member {
    fn name(&self) -> (&str, Service, &str, &Breakdown) {
        (&self.authority, self.service, &self.indicator, &self.breakdown)
    }
}

/// How many authorities a return stands for.
const AUTHORITIES: &str = "authorities";

/// What tells the figures of an area apart.
const KEY: [&str; 3] = ["scope", "indicator", "breakdown"];

/// Each authority's figures for each service and for all services, where all four counts are given.
pub(in crate::statistics) fn contributions(round: &Round, returns: &Returns) -> Result<Contributions> {
    let given = given::given(returns)?;
    let members = members(round, returns, &given);
    let shares = round.indicators.iter().filter(|indicator| indicator.kind == Kind::Share);
    let shares = shares.map(|indicator| indicator.id.clone()).collect();
    let bands = round.settings.pay_bands.clone();
    Ok(Contributions { frame: frame(round, &members)?, shares, bands, given, members })
}

/// Every service of every authority that adds to a figure.
fn members(round: &Round, returns: &Returns, given: &[Given]) -> Vec<Member> {
    let rows: BTreeMap<(&str, Service, &str, &str), &Row> =
        given.iter().map(|one| ((&*one.authority, one.service, &*one.measure, &*one.band), &one.row)).collect();
    let mut members = Vec::new();
    for indicator in &round.indicators {
        for breakdown in Breakdown::every(indicator, &round.settings.pay_bands) {
            let parts = made_of::parts(indicator, &breakdown, round.settings.unknown_ethnicity);
            for authority in &returns.accepted {
                let row = |service, measure: &str, band: &str| -> Option<&Row> {
                    rows.get(&(&**authority, service, measure, band)).copied()
                };
                for service in Service::ALL {
                    members.extend(made_of::added(&parts, service, row).map(|counts| Member {
                        authority: authority.clone(),
                        service,
                        indicator: indicator.id.clone(),
                        breakdown: breakdown.clone(),
                        counts,
                    }));
                }
            }
        }
    }
    members.sort_by(|one, other| one.name().cmp(&other.name()));
    members
}

/// What each authority adds to each figure of its services: a row for each scope.
fn frame(round: &Round, members: &[Member]) -> Result<DataFrame> {
    let rows: Vec<(&Member, Scope)> =
        members.iter().flat_map(|member| Scope::of(member.service).iter().map(move |scope| (member, *scope))).collect();
    let text = |name: &str, of: &dyn Fn(&(&Member, Scope)) -> String| -> Column {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<String>>()).into()
    };
    let mut columns = vec![
        text("authority", &|(member, _)| member.authority.clone()),
        text("scope", &|(_, scope)| scope.id().to_owned()),
        text("indicator", &|(member, _)| member.indicator.clone()),
        text("breakdown", &|(member, _)| member.breakdown.to_string()),
    ];
    for quantity in Quantity::ALL {
        let counts = rows.iter().map(|(member, _)| i64::try_from(member.counts[quantity]));
        columns.push(Series::new(quantity.id().into(), counts.collect::<Result<Vec<i64>, _>>()?).into());
    }
    let stands_for = |code: &str| round.authority(code).map_or(1, Authority::authorities);
    let authorities = rows.iter().map(|(member, _)| i64::try_from(stands_for(&member.authority)));
    columns.push(Series::new(AUTHORITIES.into(), authorities.collect::<Result<Vec<i64>, _>>()?).into());
    let keys: Vec<Expr> = ["authority", AUTHORITIES].into_iter().chain(KEY).map(col).collect();
    let sums = Quantity::ALL.map(|quantity| col(quantity.id()).sum());
    // Collected once: areas, matched panels and positions all start from it.
    Ok(DataFrame::new_infer_height(columns)?.lazy().group_by(keys).agg(sums).collect()?)
}

impl Contributions {
    /// Every figure: of each authority, of groups, of types, of regions and of England.
    pub(super) fn tallies(&self, round: &Round) -> Result<Tallies> {
        let register = register(round)?;
        let placed = self.frame.clone().lazy().join(
            register.lazy(),
            [col("authority")],
            [col("code")],
            JoinArgs::new(JoinType::Inner),
        );
        let mut tallies = Tallies::new();
        let areas = [
            (AreaType::National, lit(ENGLAND)),
            (AreaType::Region, col("region")),
            (AreaType::Type, col("type")),
            (AreaType::Group, col("group")),
            (AreaType::Authority, col("authority")),
        ];
        for (kind, area) in areas {
            let placed = placed.clone().with_columns([area.alias("area"), col("authority").alias("unit")]);
            // Who is in no group has no place there.
            self.add_up(placed.filter(col("area").neq(lit(""))), kind, &mut tallies)?;
        }
        Ok(tallies)
    }

    /// Adds up the rows of each area; those of one `unit` are one contributor.
    fn add_up(&self, frame: LazyFrame, kind: AreaType, tallies: &mut Tallies) -> Result<()> {
        let sums =
            || Quantity::ALL.map(|quantity| col(quantity.id()).sum()).into_iter().chain([col(AUTHORITIES).sum()]);
        let people = [Quantity::MinoritisedDenominator, Quantity::WhiteDenominator];
        let largest = people.map(|quantity| col(quantity.id()).max().alias(largest(quantity)));
        let keys = |first: &[&'static str]| first.iter().copied().chain(KEY).map(col).collect::<Vec<Expr>>();
        let frame = frame
            .group_by(keys(&["area", "unit"]))
            .agg(sums().chain([len().alias("returns")]).collect::<Vec<_>>())
            .group_by(keys(&["area"]))
            .agg(sums().chain(largest).chain([col("returns").sum(), len().alias("contributors")]).collect::<Vec<_>>())
            .collect()?;
        let text = |name: &str| -> Result<StringChunked> { Ok(frame.column(name)?.str()?.clone()) };
        let number = |name: &str| -> Result<Vec<u64>> {
            let column = frame.column(name)?.cast(&DataType::Int64)?;
            let number =
                |value: Option<i64>| u64::try_from(value.context("a sum is missing")?).context("a sum is below 0");
            column.i64()?.iter().map(number).collect()
        };
        let [area, scope, indicator, breakdown] =
            [text("area")?, text("scope")?, text("indicator")?, text("breakdown")?];
        let [m_num, m_den, w_num, w_den] = Quantity::ALL.map(|quantity| number(quantity.id()));
        let [m_num, m_den, w_num, w_den] = [m_num?, m_den?, w_num?, w_den?];
        let [largest_m, largest_w] = people.map(|quantity| number(&self::largest(quantity)));
        let [largest_m, largest_w, authorities] = [largest_m?, largest_w?, number(AUTHORITIES)?];
        let [contributors, returns] = [number("contributors")?, number("returns")?];
        for row in 0..frame.height() {
            let value = |column: &StringChunked| column.get(row).context("a name is missing").map(str::to_owned);
            let indicator = value(&indicator)?;
            let tally = Tally {
                authorities: usize::try_from(authorities[row])?,
                contributors: usize::try_from(contributors[row])?,
                returns: usize::try_from(returns[row])?,
                counts: Counts {
                    minoritised: Side { numerator: m_num[row], denominator: m_den[row] },
                    white: Side { numerator: w_num[row], denominator: w_den[row] },
                },
                largest_minoritised: largest_m[row],
                largest_white: largest_w[row],
                share_of_total: self.shares.contains(&indicator),
            };
            let key = FigureKey {
                area: AreaKey { kind, code: value(&area)? },
                scope: Scope::from_id(&value(&scope)?)?,
                indicator,
                breakdown: Breakdown::parse(&value(&breakdown)?, &self.bands)?,
            };
            tallies.insert(key, tally);
        }
        Ok(())
    }
}

/// The column of the largest contribution to a count.
fn largest(quantity: Quantity) -> String {
    format!("{}_largest", quantity.id())
}

/// The round's register as a frame: code, region, type and group (or nothing) as identifiers.
fn register(round: &Round) -> Result<DataFrame> {
    let column = |name: &str, values: Vec<String>| Column::from(Series::new(name.into(), values));
    let of = |value: &dyn Fn(&Authority) -> String| round.authorities.iter().map(value).collect();
    Ok(DataFrame::new_infer_height(vec![
        column("code", of(&|authority| authority.code.clone())),
        column("region", of(&|authority| slug(&authority.region))),
        column("type", of(&|authority| slug(&authority.kind))),
        column("group", of(&|authority| authority.group_code().unwrap_or_default())),
    ])?)
}
