//! Writes figures as open data: the rows of `indicators.csv` and `data.csv`.

use anyhow::{Context, Result};

use crate::statistics::Statistic;

use super::words;

/// The columns of every data file, in order.
pub const COLUMNS: [&str; 21] = [
    "year",
    "area_type",
    "area_code",
    "area_name",
    "service",
    "indicator",
    "breakdown",
    "authorities",
    "minoritised_numerator",
    "minoritised_denominator",
    "white_numerator",
    "white_denominator",
    "minoritised_rate",
    "white_rate",
    "relative_likelihood",
    "lower_95",
    "upper_95",
    "p_value",
    "difference",
    "result",
    "marker",
];

/// One figure as the texts of its columns.
pub fn row(year: i32, statistic: &Statistic) -> [String; 21] {
    let count = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let rate = |value: Option<f64>| value.map(words::data_rate).unwrap_or_default();
    let ratio = |value: Option<f64>| value.map(words::ratio).unwrap_or_default();
    // A share has no ratio: its limits are those of the share.
    let (lower, upper) = if statistic.breakdown.is_pay_band() {
        (rate(statistic.minoritised.lower), rate(statistic.minoritised.upper))
    } else {
        (ratio(statistic.ratio.map(|ratio| ratio.lower)), ratio(statistic.ratio.map(|ratio| ratio.upper)))
    };
    [
        year.to_string(),
        statistic.area.kind.id().to_owned(),
        statistic.area.code.clone(),
        harmless(&statistic.area.name),
        statistic.scope.id().to_owned(),
        statistic.indicator.clone(),
        statistic.breakdown.to_string(),
        statistic.authorities.to_string(),
        count(statistic.minoritised.numerator),
        count(statistic.minoritised.denominator),
        count(statistic.white.numerator),
        count(statistic.white.denominator),
        rate(statistic.minoritised.rate),
        rate(statistic.white.rate),
        ratio(statistic.ratio.map(|ratio| ratio.value)),
        lower,
        upper,
        statistic.p_value.map(words::data_p_value).unwrap_or_default(),
        statistic.difference.map(|difference| words::data_rate(difference.value)).unwrap_or_default(),
        statistic.result.map(|result| result.id().to_owned()).unwrap_or_default(),
        statistic.marker.map(|marker| marker.id().to_owned()).unwrap_or_default(),
    ]
}

/// A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe in front.
pub fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// The figures as CSV with a header line.
pub fn csv<'a>(year: i32, statistics: impl IntoIterator<Item = &'a Statistic>, header: bool) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if header {
        writer.write_record(COLUMNS)?;
    }
    for statistic in statistics {
        writer.write_record(row(year, statistic))?;
    }
    writer.into_inner().context("cannot finish a data file")
}
