//! What protection did to the tables as files: every withheld count, every coarser one, and how many rows are whole.

use anyhow::{Context, Result};

use crate::statistics::{CoarserCount, Edition, Figure, Whole, WithheldCount};

/// Every withheld count as CSV: which, why, and how wide a range the attacks on it left, and to whom the narrowest. For
/// everybody it tells which alone: which of them are small would narrow all of them down, and so would their order.
pub fn disclosure(withheld: &[WithheldCount], edition: Edition) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "year",
        "area_type",
        "area_code",
        "service",
        "indicator",
        "breakdown",
        "count",
        "reason",
        "range_left",
        "narrowest_for",
    ])?;
    let mut records: Vec<[String; 10]> = withheld.iter().map(|count| withheld_record(count, edition)).collect();
    if edition == Edition::Public {
        records.sort();
    }
    records.iter().try_for_each(|record| writer.write_record(record))?;
    writer.into_inner().context("cannot finish the table of withheld counts")
}

/// Every count that is shown in a coarser step than others as CSV. It stands in print and data too.
pub fn coarser(coarser: &[CoarserCount]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["year", "area_type", "area_code", "service", "indicator", "breakdown", "count", "rounded_to"];
    writer.write_record(header)?;
    for CoarserCount { year, figure, step } in coarser {
        let (year, step) = (year.to_string(), step.to_string());
        let Figure { area_type, area_code, service, indicator, breakdown, count } = figure;
        writer.write_record([&*year, area_type, area_code, service, indicator, breakdown, count, &*step])?;
    }
    writer.into_inner().context("cannot finish the table of coarser counts")
}

/// How much of the national tables is whole as CSV: how many rows of each kind show all four counts, how many of these have a count
/// in a coarser step, how many there are, and how many can be whole at best. For everybody the last is empty: it would tell how many
/// counts are small.
pub fn whole(whole: &[Whole]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["rows", "whole", "coarser", "of", "at_most"])?;
    for one in whole {
        let numbers = [one.whole, one.coarser, one.of].map(|number| number.to_string());
        let [whole, coarser, of] = &numbers;
        let most = one.most.map(|most| most.to_string()).unwrap_or_default();
        writer.write_record([one.rows.id(), whole, coarser, of, &most])?;
    }
    writer.into_inner().context("cannot finish the table of whole rows")
}

fn withheld_record(count: &WithheldCount, edition: Edition) -> [String; 10] {
    let figure = &count.figure;
    let (reason, left, narrowest) = match (edition, &count.protects, count.range_left) {
        (Edition::Public, ..) => ("withheld".to_owned(), None, ""),
        (Edition::Own, Some(other), left) => (format!("protects {other}"), left, "any reader"),
        (Edition::Own, None, Some(left)) => ("primary".to_owned(), Some(left), "any reader"),
        (Edition::Own, None, None) => {
            ("left out: beside the indicators it would tell of few people".to_owned(), None, "")
        }
    };
    let reason = if count.out && edition == Edition::Own { reason + "; known from an earlier release" } else { reason };
    let attacker = count.attacker.as_deref().filter(|_| edition == Edition::Own);
    [
        count.year.to_string(),
        figure.area_type.to_owned(),
        figure.area_code.clone(),
        figure.service.to_owned(),
        figure.indicator.clone(),
        figure.breakdown.clone(),
        figure.count.to_owned(),
        reason,
        left.map_or(String::new(), |left| format!("{left:.0}")),
        attacker.unwrap_or(if left.is_some() { narrowest } else { "" }).to_owned(),
    ]
}
