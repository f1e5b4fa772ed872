//! Adds counts up with polars: by authority, region, type and England, for each service, indicator and breakdown.
//!
//! Polars stops here: what leaves are plain structs. Raw counts are private to `statistics`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use polars::prelude::*;

use crate::authority::slug;
use crate::round::{PayBand, Round, Service, UnknownEthnicity};
use crate::standard::{Kind, Standard};
use crate::submissions::Returns;
use crate::submissions::entry::Entry;
use crate::submissions::row::{self, Row};

use super::figure::{AreaKey, AreaType, Breakdown, Counts, ENGLAND, FigureKey, Scope, Side};

/// What was added up for one figure, and what disclosure control asks about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many authorities contribute.
    pub authorities: usize,
    pub counts: Counts<u64>,
    /// The largest single contribution to each denominator.
    pub largest_minoritised: u64,
    pub largest_white: u64,
    /// Whether both denominators are one total that the groups are parts of.
    pub share_of_total: bool,
}

/// Every figure that somebody contributed to.
pub(super) type Tallies = BTreeMap<FigureKey, Tally>;

/// The counts of one measure, known and unknown ethnicity, as the data-quality tables need them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Knowledge {
    pub authorities: usize,
    pub known: u64,
    pub unknown: u64,
    /// The largest single contribution to both together.
    pub largest: u64,
}

/// The figures of every authority, by (authority, scope, indicator, breakdown): what all areas are added up from.
#[derive(Clone)]
pub(super) struct Contributions {
    frame: LazyFrame,
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    pub authority: String,
    pub service: Service,
    pub indicator: String,
    pub breakdown: Breakdown,
}

/// What one service of one authority gives for a measure and pay band.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Given {
    pub authority: String,
    pub service: Service,
    pub measure: String,
    pub band: String,
    pub row: Row,
}

const GROUPS: [&str; 4] = ["asian", "black", "mixed", "other"];
const COLUMNS: [&str; 7] = ["asian", "black", "mixed", "other", "total", "white", "unknown"];
const KEY: [&str; 3] = ["scope", "indicator", "breakdown"];
const COUNTS: [&str; 4] = ["m_num", "m_den", "w_num", "w_den"];

/// Stands for adults' and children's services of a measure added up, where the other measure of a figure is combined.
const TOGETHER: &str = "together";

/// Each authority's figures for each service and for all services, where numerator and denominator are given for both groups.
pub(super) fn contributions(round: &Round, returns: &Returns) -> Result<Contributions> {
    // Collected once: figures and the parts that counts are made of both start from it.
    let wide = wide(returns).collect()?;
    let given = given(&wide)?;
    let pairs = pairs(&concat([wide.clone().lazy(), together(&wide)], UnionArgs::default())?)?;
    let mut figures = Vec::new();
    let mut shares = Vec::new();
    for indicator in &round.indicators {
        let of = |measure: &str| pairs.clone().filter(col("measure").eq(lit(measure)));
        let numerators = of(&indicator.numerator);
        let figure = if indicator.kind == Kind::Share {
            shares.push(indicator.id.clone());
            share(numerators, round.settings.unknown_ethnicity)
        } else {
            likelihood(&numerators, &of(&indicator.denominator))?
        };
        figures.push(figure.with_column(lit(indicator.id.as_str()).alias("indicator")));
    }
    let by_service = concat(figures, UnionArgs::default())?.collect()?;
    let bands = round.settings.pay_bands.clone();
    let members = members(&by_service, &bands)?;
    let by_service = by_service.lazy();
    let columns = || -> Vec<Expr> {
        let keys = ["authority", "scope", "indicator", "breakdown"].into_iter();
        keys.chain(COUNTS).map(col).collect()
    };
    let single = by_service
        .clone()
        .filter(col("service").neq(lit("combined")))
        .with_column(col("service").alias("scope"))
        .select(columns());
    let all = by_service
        .group_by([col("authority"), col("indicator"), col("breakdown")])
        .agg(COUNTS.map(|name| col(name).sum()))
        .with_column(lit("all").alias("scope"))
        .select(columns());
    // Collected once: areas, matched panels and positions all start from it.
    let frame = concat([single, all], UnionArgs::default())?.collect()?;
    Ok(Contributions { frame: frame.lazy(), shares, bands, given, members })
}

/// The people of a pay band in each group, of the band's total.
fn share(numerators: LazyFrame, unknown: UnknownEthnicity) -> LazyFrame {
    let unknown = match unknown {
        UnknownEthnicity::Include => col("unknown").fill_null(lit(0_i64)),
        UnknownEthnicity::Exclude => lit(0_i64),
    };
    numerators
        .filter(col("group").eq(lit("")).and(col("service").neq(lit(TOGETHER))))
        .with_column((col("m") + col("w") + unknown).alias("total"))
        .select([
            col("authority"),
            col("service"),
            col("breakdown"),
            col("m").alias("m_num"),
            col("total").alias("m_den"),
            col("w").alias("w_num"),
            col("total").alias("w_den"),
        ])
}

/// Numerators beside their denominators: of the same service, or where one of them is combined, of both services together.
fn likelihood(numerators: &LazyFrame, denominators: &LazyFrame) -> PolarsResult<LazyFrame> {
    let joined = |above: Expr, below: Expr| {
        let top = numerators.clone().filter(above);
        let bottom = denominators.clone().filter(below).select([
            col("authority"),
            col("service").alias("service_below"),
            col("group"),
            col("m").alias("m_den"),
            col("w").alias("w_den"),
        ]);
        let on = [col("authority"), col("group")];
        top.join(bottom, on.clone(), on, JoinArgs::new(JoinType::Inner))
    };
    let is = |service: &str| col("service").eq(lit(service));
    let apart = || col("service").neq(lit(TOGETHER));
    let same = joined(apart(), apart()).filter(col("service").eq(col("service_below")));
    let across = [joined(is("combined"), is(TOGETHER)), joined(is(TOGETHER), is("combined"))];
    let across = across.map(|frame| frame.with_column(lit("combined").alias("service")));
    let columns = [
        col("authority"),
        col("service"),
        col("group").alias("breakdown"),
        col("m").alias("m_num"),
        col("m_den"),
        col("w").alias("w_num"),
        col("w_den"),
    ];
    concat(
        [same].into_iter().chain(across).map(|frame| frame.select(columns.clone())).collect::<Vec<_>>(),
        UnionArgs::default(),
    )
}

/// Adults' and children's services of each measure that is given for both, added up: what one of them lacks is missing.
fn together(wide: &DataFrame) -> LazyFrame {
    let of = |service: &str| wide.clone().lazy().filter(col("service").eq(lit(service)));
    let on = ["authority", "measure", "breakdown"].map(col);
    let both = of("adults").join(of("childrens"), on.clone(), on, JoinArgs::new(JoinType::Inner));
    let sum = |name: &str| (col(name) + col(format!("{name}_right"))).alias(name);
    let keys = [col("authority"), lit(TOGETHER).alias("service"), col("measure"), col("breakdown")];
    let counts =
        COLUMNS.map(|name| if name == "total" { lit(NULL).cast(DataType::Int64).alias("total") } else { sum(name) });
    both.select(keys.into_iter().chain(counts).chain([sum("minoritised")]).collect::<Vec<_>>())
}

/// One row for each authority, service, measure and pay band, with a column for each group that is counted and one for all
/// minoritised people as far as they can be worked out; missing is null.
fn wide(returns: &Returns) -> LazyFrame {
    let group = |name: &str, id: &str| col("count").filter(col("ethnicity").eq(lit(id))).max().alias(name);
    let groups = COLUMNS.map(|name| group(name, if name == "total" { "minoritised" } else { name }));
    returns
        .frame
        .clone()
        .lazy()
        .filter(col("answer").eq(lit("count")))
        .group_by([col("authority"), col("service"), col("measure"), col("breakdown")])
        .agg(groups)
        .with_column(
            when(col("total").is_not_null())
                .then(col("total"))
                .otherwise(col("asian") + col("black") + col("mixed") + col("other"))
                .alias("minoritised"),
        )
}

/// One row for each minoritised group (empty: all together) against white, where both are given.
fn pairs(wide: &LazyFrame) -> Result<LazyFrame> {
    let groups =
        [("minoritised", Breakdown::Whole)].into_iter().chain(GROUPS.into_iter().zip(Breakdown::ETHNIC_GROUPS));
    let frames: Vec<LazyFrame> = groups
        .map(|(column, breakdown)| {
            wide.clone().filter(col(column).is_not_null().and(col("white").is_not_null())).select([
                col("authority"),
                col("service"),
                col("measure"),
                col("breakdown"),
                lit(breakdown.to_string()).alias("group"),
                col(column).alias("m"),
                col("white").alias("w"),
                col("unknown"),
            ])
        })
        .collect();
    Ok(concat(frames, UnionArgs::default())?.collect()?.lazy())
}

fn given(wide: &DataFrame) -> Result<Vec<Given>> {
    let text = |name: &str| -> Result<StringChunked> { Ok(wide.column(name)?.str()?.clone()) };
    let number = |name: &str| -> Result<Vec<Option<u64>>> {
        Ok(wide.column(name)?.i64()?.iter().map(|value| value.map(i64::unsigned_abs)).collect())
    };
    let [authority, service, measure, band] =
        [text("authority")?, text("service")?, text("measure")?, text("breakdown")?];
    let groups = [number("asian")?, number("black")?, number("mixed")?, number("other")?];
    let [total, white, unknown] = [number("total")?, number("white")?, number("unknown")?];
    let value = |column: &StringChunked, row: usize| column.get(row).unwrap_or_default().to_owned();
    let mut given: Vec<Given> = Vec::new();
    for row in 0..wide.height() {
        given.push(Given {
            authority: value(&authority, row),
            service: self::service(&value(&service, row))?,
            measure: value(&measure, row),
            band: value(&band, row),
            row: Row {
                groups: std::array::from_fn(|group| groups[group][row]),
                total: total[row],
                white: white[row],
                unknown: unknown[row],
            },
        });
    }
    given.sort(); // polars gives groups in any order
    Ok(given)
}

/// The service with this identifier; a frame holds no other.
fn service(id: &str) -> Result<Service> {
    Service::from_id(id).with_context(|| format!("`{id}` is no service"))
}

fn members(by_service: &DataFrame, bands: &[PayBand]) -> Result<Vec<Member>> {
    let mut columns = Vec::new();
    for name in ["authority", "service", "indicator", "breakdown"] {
        columns.push(by_service.column(name)?.str()?.clone());
    }
    let mut members: Vec<Member> = Vec::new();
    for row in 0..by_service.height() {
        let cell = |column: usize| columns[column].get(row).unwrap_or_default();
        members.push(Member {
            authority: cell(0).to_owned(),
            service: service(cell(1))?,
            indicator: cell(2).to_owned(),
            breakdown: Breakdown::parse(cell(3), bands)?,
        });
    }
    members.sort();
    Ok(members)
}

impl Contributions {
    /// Every figure: of each authority, of regions, of types and of England.
    pub(super) fn tallies(&self, round: &Round) -> Result<Tallies> {
        let register = register(round)?;
        let placed =
            self.frame.clone().join(register.lazy(), [col("authority")], [col("code")], JoinArgs::new(JoinType::Inner));
        let mut tallies = Tallies::new();
        let areas = [
            (AreaType::National, lit(ENGLAND)),
            (AreaType::Region, col("region")),
            (AreaType::Type, col("type")),
            (AreaType::Authority, col("authority")),
        ];
        for (kind, area) in areas {
            self.add_up(placed.clone().with_column(area.alias("area")), kind, &mut tallies)?;
        }
        Ok(tallies)
    }

    /// England's figures of this round and of another for the authorities that contribute to the same figure in both.
    ///
    /// In the keys, `area` stands for England.
    pub(super) fn matched(&self, other: &Contributions, area: &AreaKey) -> Result<(Tallies, Tallies)> {
        let keys = || -> Vec<Expr> { ["authority"].into_iter().chain(KEY).map(col).collect() };
        let panel = |one: &Contributions, two: &Contributions| -> Result<Tallies> {
            let present = two.frame.clone().select(keys());
            let both = one.frame.clone().join(present, keys(), keys(), JoinArgs::new(JoinType::Inner));
            let mut tallies = Tallies::new();
            one.add_up(both.with_column(lit(area.code.as_str()).alias("area")), area.kind, &mut tallies)?;
            Ok(tallies)
        };
        Ok((panel(self, other)?, panel(other, self)?))
    }

    fn add_up(&self, frame: LazyFrame, kind: AreaType, tallies: &mut Tallies) -> Result<()> {
        let sums = COUNTS.map(|name| col(name).sum());
        let largest = ["m_den", "w_den"].map(|name| col(name).max().alias(format!("{name}_largest")));
        let frame = frame
            .group_by(["area", "scope", "indicator", "breakdown"].map(col))
            .agg(sums.into_iter().chain(largest).chain([len().alias("authorities")]).collect::<Vec<_>>())
            .collect()?;
        let text = |name: &str| -> Result<StringChunked> { Ok(frame.column(name)?.str()?.clone()) };
        let number = |name: &str| -> Result<Vec<u64>> {
            let column = frame.column(name)?.cast(&DataType::Int64)?;
            Ok(column.i64()?.iter().map(|value| value.map_or(0, i64::unsigned_abs)).collect())
        };
        let (area, scope, indicator, breakdown) =
            (text("area")?, text("scope")?, text("indicator")?, text("breakdown")?);
        let [m_num, m_den, w_num, w_den] = [number("m_num")?, number("m_den")?, number("w_num")?, number("w_den")?];
        let [largest_m, largest_w] = [number("m_den_largest")?, number("w_den_largest")?];
        let authorities = number("authorities")?;
        for row in 0..frame.height() {
            let value = |column: &StringChunked| column.get(row).unwrap_or_default().to_owned();
            let indicator = value(&indicator);
            let tally = Tally {
                authorities: usize::try_from(authorities[row])?,
                counts: Counts {
                    minoritised: Side { numerator: m_num[row], denominator: m_den[row] },
                    white: Side { numerator: w_num[row], denominator: w_den[row] },
                },
                largest_minoritised: largest_m[row],
                largest_white: largest_w[row],
                share_of_total: self.shares.contains(&indicator),
            };
            let key = FigureKey {
                area: AreaKey { kind, code: value(&area) },
                scope: Scope::from_id(&value(&scope))?,
                indicator,
                breakdown: Breakdown::parse(&value(&breakdown), &self.bands)?,
            };
            tallies.insert(key, tally);
        }
        Ok(())
    }
}

/// The round's register as a frame: code, region and type as identifiers.
fn register(round: &Round) -> Result<DataFrame> {
    let column = |name: &str, values: Vec<String>| Column::from(Series::new(name.into(), values));
    let of = |value: &dyn Fn(&crate::authority::Authority) -> String| round.authorities.iter().map(value).collect();
    Ok(DataFrame::new_infer_height(vec![
        column("code", of(&|authority| authority.code.clone())),
        column("region", of(&|authority| slug(&authority.region))),
        column("type", of(&|authority| slug(&authority.kind))),
    ])?)
}

/// For England (empty code) and each authority: how many people of each measure have a known and an unknown ethnicity.
///
/// Only returns that give minoritised, white and unknown count: a missing unknown is not zero.
pub(super) fn knowledge(given: &[Given]) -> BTreeMap<(String, String), Knowledge> {
    let mut authorities: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for given in given.iter().filter(|given| given.band.is_empty()) {
        if let (Some(minoritised), Some(white), Some(unknown)) =
            (given.row.minoritised(), given.row.white, given.row.unknown)
        {
            let sum = authorities.entry((given.authority.clone(), given.measure.clone())).or_default();
            *sum = (sum.0 + minoritised + white, sum.1 + unknown);
        }
    }
    let mut knowledge: BTreeMap<(String, String), Knowledge> = BTreeMap::new();
    for ((authority, measure), (known, unknown)) in authorities {
        for code in [authority, String::new()] {
            let sum = knowledge.entry((code, measure.clone())).or_default();
            sum.authorities += 1;
            sum.known += known;
            sum.unknown += unknown;
            sum.largest = sum.largest.max(known + unknown);
        }
    }
    knowledge
}

/// What each return answers about minoritised, white and unknown people, by authority, service and measure.
pub(super) type Answers = BTreeMap<(String, Service, String), [BTreeSet<row::Kind>; 3]>;

/// Which kinds of answer each return gives where a count is due, of the services that it says anything of.
pub(super) fn answers(round: &Round, standard: &Standard, returns: &Returns) -> Answers {
    let mut answers = Answers::new();
    for submission in returns.accepted.iter().filter_map(|code| returns.accepted(code)) {
        let mut rows: BTreeMap<(Service, &str, &str), Vec<&Entry>> = BTreeMap::new();
        for entry in &submission.entries {
            rows.entry((entry.service, &entry.measure, &entry.breakdown)).or_default().push(entry);
        }
        let counted: BTreeSet<Service> =
            submission.entries.iter().filter(|entry| entry.count().is_some()).map(|entry| entry.service).collect();
        let bands: Vec<&str> = round.settings.pay_bands.iter().map(|band| band.id.as_str()).collect();
        for service in counted {
            for measure in &standard.measures {
                let key = (submission.authority_code.clone(), service, measure.id.clone());
                let kinds = answers.entry(key).or_default();
                for band in if measure.by_band { &bands[..] } else { &[""] } {
                    let entries = rows.get(&(service, measure.id.as_str(), *band)).into_iter().flatten().copied();
                    for (all, more) in kinds.iter_mut().zip(row::kinds(entries)) {
                        all.extend(more);
                    }
                }
            }
        }
    }
    answers
}

/// Staff in post of every ethnicity, by (authority, service), where any count of staff is given.
pub(super) fn workforce(given: &[Given]) -> BTreeMap<(String, Service), u64> {
    let staff = given.iter().filter(|given| given.measure == "staff");
    staff.map(|given| ((given.authority.clone(), given.service), given.row.everybody())).collect()
}
