//! What returns give, row by row, and what is added up of it that is no figure: data quality and the workforce.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use polars::prelude::*;

use super::Knowledge;
use super::made_of::known_and_unknown;
use crate::authority::Authority;
use crate::round::{Round, Service};
use crate::submissions::Returns;
use crate::submissions::entry::{Entry, Ethnicity};
use crate::submissions::row::Row;

/// What one service of one authority gives for a measure and pay band.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::statistics) struct Given {
    pub authority: String,
    pub service: Service,
    pub measure: String,
    pub band: String,
    pub row: Row,
}

/// Every answer of the accepted returns: who, what it is about, and the count where it is one.
fn frame(returns: &Returns) -> Result<DataFrame> {
    let accepted = || returns.accepted.iter().filter_map(|code| returns.accepted(code));
    let rows = || accepted().flat_map(|one| one.entries.iter().map(move |entry| (one.authority_code.as_str(), entry)));
    let text = |name: &str, value: &dyn for<'a> Fn(&'a str, &'a Entry) -> &'a str| -> Column {
        Series::new(name.into(), rows().map(|(code, entry)| value(code, entry)).collect::<Vec<&str>>()).into()
    };
    let counts: Vec<Option<i64>> =
        rows().map(|(_, entry)| entry.count().and_then(|count| i64::try_from(count).ok())).collect();
    let columns = vec![
        text("authority", &|code, _| code),
        text("service", &|_, entry| entry.service.id()),
        text("measure", &|_, entry| &entry.measure),
        text("breakdown", &|_, entry| &entry.breakdown),
        text("ethnicity", &|_, entry| entry.ethnicity.id()),
        Series::new("count".into(), counts).into(),
    ];
    Ok(DataFrame::new_infer_height(columns)?)
}

/// One row for each authority, service, measure and pay band, with a column for each group that is counted; missing is null.
fn wide(returns: &Returns) -> Result<LazyFrame> {
    let group = |group: Ethnicity| col("count").filter(col("ethnicity").eq(lit(group.id()))).max().alias(group.id());
    Ok(frame(returns)?
        .lazy()
        .filter(col("count").is_not_null())
        .group_by([col("authority"), col("service"), col("measure"), col("breakdown")])
        .agg(Ethnicity::ALL.map(group)))
}

/// Every row that gives a count, sorted.
pub(in crate::statistics) fn given(returns: &Returns) -> Result<Vec<Given>> {
    let wide = wide(returns)?.collect()?;
    let text = |name: &str| -> Result<StringChunked> { Ok(wide.column(name)?.str()?.clone()) };
    let number = |name: &str| -> Result<Vec<Option<u64>>> {
        Ok(wide.column(name)?.i64()?.iter().map(|value| value.map(i64::unsigned_abs)).collect())
    };
    let [authority, service, measure, band] =
        [text("authority")?, text("service")?, text("measure")?, text("breakdown")?];
    let mut counts = Vec::new();
    for group in Ethnicity::ALL {
        counts.push((group, number(group.id())?));
    }
    let value = |column: &StringChunked, row: usize| column.get(row).context("a name is missing").map(str::to_owned);
    let mut given: Vec<Given> = Vec::new();
    for row in 0..wide.height() {
        let id = value(&service, row)?;
        let mut one = Given {
            authority: value(&authority, row)?,
            service: Service::from_id(&id).with_context(|| format!("`{id}` is no service"))?,
            measure: value(&measure, row)?,
            band: value(&band, row)?,
            row: Row::default(),
        };
        for (group, counts) in &counts {
            if let Some(count) = counts[row] {
                one.row.put(*group, count);
            }
        }
        given.push(one);
    }
    given.sort(); // polars gives groups in any order
    Ok(given)
}

/// For England (empty code) and each authority: how many people of each measure have a known and an unknown ethnicity, in the
/// returns that tell both.
pub(in crate::statistics) fn knowledge(round: &Round, given: &[Given]) -> BTreeMap<(String, String), Knowledge> {
    let mut authorities: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for given in given.iter().filter(|given| given.band.is_empty()) {
        if let Some((known, unknown)) = known_and_unknown(&given.row) {
            let sum = authorities.entry((given.authority.clone(), given.measure.clone())).or_default();
            *sum = (sum.0 + known, sum.1 + unknown);
        }
    }
    let mut knowledge: BTreeMap<(String, String), Knowledge> = BTreeMap::new();
    for ((authority, measure), (known, unknown)) in authorities {
        let stands_for = round.authority(&authority).map_or(1, Authority::authorities);
        for code in [authority, String::new()] {
            let sum = knowledge.entry((code, measure.clone())).or_default();
            sum.authorities += stands_for;
            sum.contributors += 1;
            sum.known += known;
            sum.unknown += unknown;
            sum.largest = sum.largest.max(known + unknown);
        }
    }
    knowledge
}

/// Staff in post of every ethnicity, by (authority, service), where any count of staff is given.
pub(in crate::statistics) fn workforce(given: &[Given]) -> BTreeMap<(String, Service), u64> {
    let staff = given.iter().filter(|given| given.measure == "staff");
    staff.map(|given| ((given.authority.clone(), given.service), given.row.everybody())).collect()
}
