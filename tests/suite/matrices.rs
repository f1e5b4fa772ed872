//! Matrices of the national report: every ratio and result of the data is told, and a symbol only stands where the data have one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scraper::{ElementRef, Html, Selector};

type Row = BTreeMap<String, String>;

/// Compares the cells of every matrix with the data; returns how many it compared.
pub fn compared(year: &Path) -> usize {
    let mut reader = csv::Reader::from_path(year.join("national/tables/indicators.csv")).unwrap();
    let rows: Vec<Row> = reader.deserialize::<Row>().map(Result::unwrap).collect();
    let page = Html::parse_document(&fs::read_to_string(year.join("national/annual-report.html")).unwrap());
    let table = Selector::parse("main table").unwrap();
    page.select(&table).map(|table| of_table(table, &rows)).sum()
}

fn of_table(table: ElementRef<'_>, rows: &[Row]) -> usize {
    let caption = texts(table, "caption").concat();
    let matrices =
        ["Each ethnic group compared with white people", "Regions", "Types of authority", "Groups of like authorities"];
    if !matrices.contains(&&*caption) {
        return 0;
    }
    let columns = texts(table, "thead th");
    let mut compared = 0;
    for row in table.select(&Selector::parse("tbody tr").unwrap()) {
        let label = texts(row, "th").concat();
        for (column, cell) in columns.iter().skip(1).zip(texts(row, "td")) {
            // A pay band's share is another measure, and the same-number proof has it.
            if label.starts_with("1 ") {
                continue;
            }
            let of_data = rows.iter().find(|row| {
                let place = match (caption.starts_with("Each"), &*row["area_type"]) {
                    (true, "national") if column == "All" => row["breakdown"].is_empty(),
                    (true, "national") => row["breakdown"] == format!("ethnicity:{}", column.to_lowercase()),
                    (false, "region" | "type" | "group") => row["area_name"] == *column && row["breakdown"].is_empty(),
                    _ => false,
                };
                place && row["service"] == "all" && label.starts_with(&format!("{} ", row["indicator"]))
            });
            assert_eq!(cell, of_data.map_or_else(|| "[x]".to_owned(), told), "{caption}: {label}, {column}");
            compared += 1;
        }
    }
    compared
}

/// What a cell has to say of a row of data.
fn told(row: &Row) -> String {
    let word = match &*row["result"] {
        "disadvantage" => "worse",
        "advantage" => "better",
        "possible-disadvantage" => "may be worse",
        "possible-advantage" => "may be better",
        "no-clear-difference" => "unclear",
        "too-few" => return "[u]".to_owned(),
        _ if row["marker"].is_empty() => return "[z]".to_owned(),
        _ => return format!("[{}]", row["marker"]),
    };
    format!("{} {word}", row["relative_likelihood"])
}

fn texts(element: ElementRef<'_>, selector: &str) -> Vec<String> {
    let parts = |part: ElementRef<'_>| part.text().collect::<Vec<_>>().join(" ");
    let told = |part| parts(part).split_whitespace().collect::<Vec<_>>().join(" ");
    element.select(&Selector::parse(selector).unwrap()).map(told).collect()
}
