//! The national figures as the department's open data standards for Explore Education Statistics have them: pairs of a data
//! file and a metadata file, one for comparisons of two groups and one for shares of pay bands.

mod layout;

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::regions::{ENGLAND, region};
use crate::reports::columns::{Cell, Column, Style};
use crate::reports::material::Material;
use crate::reports::spreadsheet::in_words;
use crate::reports::tables::harmless;
use crate::reports::words;
use crate::round::Round;
use crate::statistics::{AreaType, Breakdown, EthnicGroup, Marker, Scope, Statistic};

use layout::{Filter, Layout, Measured, Unit};

/// What a row stands for where a filter does not divide.
const TOTAL: &str = "Total";

/// The columns of time and place, which need no metadata.
const TIME_AND_PLACE: [&str; 7] = [
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
];

const METADATA: [&str; 9] = [
    "col_name",
    "col_type",
    "label",
    "indicator_grouping",
    "indicator_unit",
    "indicator_dp",
    "filter_hint",
    "filter_grouping_column",
    "filter_default",
];

/// The files with their names and what they are; none of a pair that would have no rows.
pub fn files(material: Material<'_>) -> Result<Vec<(String, &'static str, Vec<u8>)>> {
    let mut files = Vec::new();
    for layout in layout::LAYOUTS {
        let rows = material.statistics.national.rows().iter();
        let rows: Vec<&Statistic> =
            rows.filter(|row| (layout.holds)(row) && row.area.kind != AreaType::Authority).collect();
        if rows.is_empty() {
            continue;
        }
        let filters: Vec<Vec<String>> = rows.iter().map(|row| filters(layout, row, material)).collect();
        let data = data(layout, &rows, &filters, material.round)?;
        files.push((format!("{}.csv", layout.name), layout.text, data));
        files.push((
            format!("{}.meta.csv", layout.name),
            layout.text_of_metadata,
            metadata(layout, &filters, material.round)?,
        ));
    }
    Ok(files)
}

fn filters(layout: &Layout, row: &Statistic, material: Material<'_>) -> Vec<String> {
    layout.filters(material.round).map(|filter| item(filter, row, material)).collect()
}

/// What a row is of, by a filter.
fn item(filter: &Filter, row: &Statistic, material: Material<'_>) -> String {
    match filter.name {
        "authority_type" if row.area.kind == AreaType::Type => harmless(&row.area.name),
        layout::GROUP if row.area.kind == AreaType::Group => harmless(&row.area.name),
        "service_type" if row.scope != Scope::All => row.scope.label().to_owned(),
        "measure" => {
            let indicator = material.indicators().find(|indicator| indicator.id == row.indicator);
            indicator.map(|one| format!("{} {}", one.id, one.short_name)).unwrap_or_else(|| row.indicator.clone())
        }
        "pay_band" => harmless(row.breakdown.label(&material.round.settings.pay_bands)),
        "ethnicity_major" => match row.breakdown {
            Breakdown::EthnicGroup(group) => harmonised(group).to_owned(),
            _ => TOTAL.to_owned(),
        },
        _ => TOTAL.to_owned(),
    }
}

/// The harmonised name of an ethnic group.
fn harmonised(group: EthnicGroup) -> &'static str {
    match group {
        EthnicGroup::Asian => "Asian / Asian British",
        EthnicGroup::Black => "Black / African / Caribbean / Black British",
        EthnicGroup::Mixed => "Mixed / Multiple ethnic groups",
        EthnicGroup::Other => "Other ethnic group",
    }
}

fn data(layout: &Layout, rows: &[&Statistic], filters: &[Vec<String>], round: &Round) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = layout.filters(round).map(|filter| filter.name);
    writer.write_record(TIME_AND_PLACE.into_iter().chain(names).chain(layout.columns().map(|(one, _)| one.name)))?;
    for (row, items) in rows.iter().zip(filters) {
        let mut cells = time_and_place(row, round);
        cells.extend(items.iter().cloned());
        cells.extend(layout.columns().map(|(_, column)| cell(layout, column, row, round)));
        writer.write_record(cells)?;
    }
    writer.into_inner().context("cannot finish a data file")
}

fn time_and_place(row: &Statistic, round: &Round) -> Vec<String> {
    let regional = row.area.kind == AreaType::Region;
    let (code, name) = if regional { region(&row.area.name) } else { ("", "") };
    let level = if regional { "Regional" } else { "National" };
    let year = round.settings.year.to_string();
    [&*year, "Reporting year", level, ENGLAND.0, ENGLAND.1, code, &harmless(name)].map(str::to_owned).into()
}

/// A cell of an indicator: never empty, for a symbol says why there is no number.
fn cell(layout: &Layout, column: &Column, row: &Statistic, round: &Round) -> String {
    match column.cell(row, round) {
        Cell::Number(_, Err(why)) => why.id().to_owned(),
        // In per cent or percentage points.
        Cell::Number(Style::Rate, Ok(value)) => words::decimal(value * 100.0, 1),
        Cell::Number(style, Ok(value)) => style.text(value),
        Cell::Word(_) => match column.text(row, round.settings.year) {
            counts if column.id == "coarser" => layout.in_names(&counts),
            text if text.is_empty() => row.marker.unwrap_or(Marker::Z).id().to_owned(),
            text => text,
        },
    }
}

fn metadata(layout: &Layout, filters: &[Vec<String>], round: &Round) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(METADATA)?;
    for (place, filter) in layout.filters(round).enumerate() {
        let mut items: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, one) in filters.iter().enumerate() {
            items.entry(&one[place]).or_insert(row);
        }
        // A filter with one item divides nothing, and is none.
        if items.len() > 1 {
            let first = filters.first().map_or("", |first| &first[place]);
            let default = if items.contains_key(TOTAL) { "" } else { first };
            let hint = in_words(filter.hint, round);
            writer.write_record([filter.name, "Filter", filter.label, "", "", "", &hint, "", default])?;
        }
    }
    for Measured { name, label, group, unit, decimals, .. } in layout.columns().map(|(measured, _)| measured) {
        let unit = match unit {
            Unit::None => "",
            Unit::Percent => "%",
            Unit::Points => "pp",
        };
        let label = in_words(label, round);
        writer.write_record([name, "Indicator", &label, group, unit, decimals, "", "", ""])?;
    }
    writer.into_inner().context("cannot finish a metadata file")
}
