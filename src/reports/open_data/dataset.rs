//! The data of a release as search engines for data sets read them: a `Dataset` of schema.org, as JSON-LD in the page's head.

use anyhow::Result;
use serde_json::{Value as Json, json};

use super::described::described;
use super::{About, DataFile, title};
use crate::reports::columns::{COLUMNS, Column, Shape};
use crate::reports::spreadsheet::in_words;
use crate::round::{Date, Round};

/// What the data are about, in a sentence or two.
pub fn description(round: &Round) -> String {
    in_words(
        "How likely {terms} staff of local authorities' social care in England are, compared with white staff, to be appointed, to enter a disciplinary process, to be trained, to be harassed, to leave and to be senior managers: counts, rates, relative likelihoods and their intervals for England, {areas}.",
        round,
    )
}

/// The data set, ready to stand in a page.
pub fn dataset(about: About<'_>, files: &[DataFile]) -> Result<String> {
    let settings = &about.round.settings;
    let organisation = json!({ "@type": "Organization", "name": about.organisation });
    let distribution: Vec<Json> = files
        .iter()
        .map(|file| {
            json!({ "@type": "DataDownload", "name": file.text, "encodingFormat": file.kind, "contentUrl": file.path })
        })
        .collect();
    let measured = COLUMNS.iter().filter(|column| matches!(column.shape(), Shape::Number(_) | Shape::Limit));
    let mut dataset = json!({
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": format!("{}: data tables", settings.title),
        "description": format!("{} {}", description(about.round), about.status()),
        "keywords": ["social care", "workforce", "race equality", "ethnicity", "local authorities"],
        "inLanguage": "en-GB",
        "isAccessibleForFree": true,
        "datePublished": settings.published.iso(),
        "temporalCoverage": months(about.round),
        "spatialCoverage": { "@type": "Place", "name": "England", "identifier": super::regions::ENGLAND.0 },
        "creator": organisation,
        "publisher": organisation,
        "variableMeasured": measured.map(|column| variable(column, about.round)).collect::<Result<Vec<_>>>()?,
        "distribution": distribution,
    });
    if let Some(licence) = about.licence {
        dataset["license"] = json!(licence.address);
    }
    // Nothing in it ends the element that it stands in, or begins another.
    let text = serde_json::to_string(&dataset)?;
    Ok(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

fn variable(column: &Column, round: &Round) -> Result<Json> {
    let text = in_words(described(column.id)?.text, round);
    Ok(json!({ "@type": "PropertyValue", "name": title(column, round), "description": text }))
}

/// The twelve months that end with the snapshot; the year where no snapshot is told.
fn months(round: &Round) -> String {
    let begins = |date: time::Date| {
        // The day after the same day of the year before: 1 April for 31 March; 1 March for 29 February.
        let (year, month, day) = (date.year() - 1, date.month(), date.day());
        let before = time::Date::from_calendar_date(year, month, day)
            .or_else(|_| time::Date::from_calendar_date(year, month, day - 1));
        before.ok()?.next_day()
    };
    let settings = &round.settings;
    match settings.snapshot.and_then(|end| Some((begins(end.0)?, end))) {
        Some((start, end)) => format!("{}/{}", Date(start).iso(), end.iso()),
        None => settings.year.to_string(),
    }
}
