//! CSV on the Web: what a file of figures holds, column by column, for programs (W3C recommendation of December 2015).

use anyhow::Result;
use serde_json::{Map, Value as Json, json};

use super::About;
use super::described::{Described, Holds, KEY, described};
use crate::reports::columns::{COLUMNS, Column, Shape, Style};
use crate::reports::spreadsheet::in_words;
use crate::round::Round;
use crate::statistics::Edition;

/// The description of the file of this name beside it.
pub fn metadata(about: About<'_>, file: &str) -> Result<Vec<u8>> {
    let settings = &about.round.settings;
    let columns = COLUMNS.iter().map(|one| column(one, about.round)).collect::<Result<Vec<_>>>()?;
    let counts = in_words(
        "Counts of 1 to {last} people are withheld and the others rounded to the nearest {rounding}",
        about.round,
    );
    let handling = match about.edition {
        Some(Edition::Own) => "; the authority's own are exact. Contains small numbers: not for publication.",
        Some(Edition::Public) | None => ".",
    };
    let mut table = Map::new();
    let mut say = |name: &str, value: Json| table.insert(name.to_owned(), value);
    say("@context", json!(["http://www.w3.org/ns/csvw", { "@language": "en-GB" }]));
    say("url", json!(file));
    say("dc:title", json!(format!("{}: every figure", settings.title)));
    let description = super::dataset::description(about.round);
    say("dc:description", json!(format!("{description} {counts}{handling} {}", about.status())));
    say("dc:creator", json!(about.organisation));
    say("dc:issued", json!({ "@value": settings.published.iso(), "@type": "xsd:date" }));
    say("dc:language", json!("en-GB"));
    if let Some(licence) = about.licence {
        say("dc:license", json!({ "@id": licence.address }));
    }
    say(
        "dialect",
        json!({
            "encoding": "utf-8", "header": true, "delimiter": ",", "quoteChar": "\"", "doubleQuote": true,
            "lineTerminators": ["\n"], "commentPrefix": null,
        }),
    );
    say("tableSchema", json!({ "columns": columns, "primaryKey": KEY }));
    let mut bytes = serde_json::to_vec_pretty(&table)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn column(column: &Column, round: &Round) -> Result<Json> {
    let about = described(column.id)?;
    // The first is what the file's own header says.
    let titles: Vec<String> =
        [Some(column.id.to_owned()), column.title.map(|title| in_words(title, round))].into_iter().flatten().collect();
    let mut parts = Map::new();
    let mut say = |name: &str, value: Json| parts.insert(name.to_owned(), value);
    say("name", json!(column.id));
    say("titles", json!({ "en-GB": titles }));
    say("dc:description", json!(in_words(about.text, round)));
    say("datatype", datatype(column, about, round));
    if matches!(about.holds, Holds::Always | Holds::AlwaysOneOf(_)) {
        say("required", json!(true));
        // An empty breakdown is a value: it stands for everybody.
        let empty = matches!(about.holds, Holds::AlwaysOneOf(words) if words(round).contains(&String::new()));
        if empty {
            say("null", json!([]));
        }
    }
    Ok(Json::Object(parts))
}

fn datatype(column: &Column, about: &Described, round: &Round) -> Json {
    let decimal = |pattern: &str| json!({ "base": "decimal", "format": pattern });
    let mut datatype = match (column.shape(), &about.holds) {
        (Shape::Year, _) => json!({ "base": "gYear" }),
        (Shape::Word, Holds::OneOf(words) | Holds::AlwaysOneOf(words)) => {
            json!({ "base": "string", "format": format!("^({})$", words(round).join("|")) })
        }
        (Shape::Word, _) => json!({ "base": "string" }),
        (Shape::Number(Style::Count), _) => json!({ "base": "nonNegativeInteger", "format": "0" }),
        (Shape::Number(style), _) => decimal(style.pattern()),
        (Shape::Limit, _) => decimal("0.00#"),
    };
    let pattern = match column.shape() {
        Shape::Number(Style::Count) | Shape::Year | Shape::Word => return datatype,
        Shape::Limit => "0.00".to_owned(),
        Shape::Number(style) => style.pattern().to_owned(),
    };
    // Limits are written like the numbers that they are limits of.
    let limit = |whole: &str| json!(pattern.replacen('0', whole, 1));
    datatype["minimum"] = limit(if matches!(about.holds, Holds::Signed) { "-1" } else { "0" });
    if matches!(about.holds, Holds::Signed | Holds::Proportion) {
        datatype["maximum"] = limit("1");
    }
    datatype
}
