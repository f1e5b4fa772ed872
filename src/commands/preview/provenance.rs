//! What is known of one number: from the cells of the returns to what changed since it was built or released.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use url::form_urlencoded;

use super::figures::Figures;
use super::server::{Answer, Asked};
use crate::commands::explain;
use crate::output;
use crate::record;
use crate::reports::{self, DeskPages, Explained, Protection};
use crate::statistics::{Edition, Explanation, FigureId, Question, Scope, WithheldCount};

/// A cell that a figure is made of.
#[derive(Serialize)]
struct CellView<'a> {
    authority: &'a str,
    /// Its place in the return, at the desk.
    address: String,
    file: &'a str,
    place: &'a str,
    about: String,
    answer: &'a str,
}

/// A document that prints the figure.
#[derive(Serialize)]
struct PlaceView {
    document: String,
    address: String,
    pages: Vec<String>,
}

/// A value that was another one.
#[derive(Serialize)]
struct ChangedValue {
    column: String,
    then: String,
    now: String,
}

/// So many cells and documents are listed.
const LISTED: usize = 100;

/// The part of a page that explains the number with this id.
pub(super) fn part(figures: &Figures<'_>, asked: &Asked) -> Result<Answer> {
    let id = asked.value("id").unwrap_or_default();
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let html = explained(figures, id, &pages).or_else(|error| {
        // A number of the round's way, such as a date, has nothing behind it that could be told.
        pages.part("desk/figure.html", context! { id, unknown => format!("{error:#}") })
    })?;
    Ok(Answer::part(html))
}

fn explained(figures: &Figures<'_>, id: &str, pages: &DeskPages) -> Result<String> {
    let Figures { opened, explainer, desk, .. } = figures;
    let asked = FigureId::of_number(id)?;
    let printed = printed(figures, id);
    if let Some(topic) = explain::topic(explainer, &asked, opened)? {
        let parts = context! {
            id,
            topic => context! {
                method => topic.method,
                values => Value::from(Serde(topic.values)),
                counted => Value::from(Serde(topic.counted)),
            },
            printed => Value::from(Serde(printed)),
        };
        return pages.part("desk/figure.html", parts);
    }
    let question = Question {
        year: asked.year,
        area: &asked.area,
        scope: Scope::from_id(&asked.service)?,
        indicator: &asked.indicator,
        breakdown: &asked.breakdown,
    };
    let explanation = explainer.explain(question)?;
    let mut protection = Protection::default();
    protection.note(Edition::Own, &explanation.published);
    let rounds = opened.earlier.iter().map(|(round, _)| round).chain([&opened.round]);
    let round = rounds.into_iter().find(|one| one.settings.year == asked.year);
    let round = round.with_context(|| format!("there is no round {}", asked.year))?;
    let indicator =
        round.indicator(&asked.indicator).with_context(|| format!("there is no indicator {}", asked.indicator))?;
    let (standard, explanation) = (&opened.standard, &explanation);
    let of = Explained { round, standard, indicator, explanation, protection: &protection };
    let row = reports::published(&explanation.published, asked.year);
    let withheld: Vec<&WithheldCount> =
        explainer.statistics().withheld.iter().filter(|one| is_of(one, &asked)).collect();
    let parts = context! {
        id,
        indicator => Value::from(Serde(indicator)),
        area => &explanation.exact.area.name,
        year => asked.year,
        service => explanation.exact.scope.label(),
        breakdown => &asked.breakdown,
        told => Value::from(Serde(reports::explanation_in_parts(of, &desk.cli.templates)?)),
        withheld => Value::from(Serde(withheld)),
        cells => Value::from(Serde(cells(figures, explanation))),
        more_cells => explanation.inputs.len().saturating_sub(LISTED),
        authorities => explanation.exact.authorities,
        printed => Value::from(Serde(printed)),
        since_build => Value::from(Serde(since_build(figures, &asked, &row))),
        since_release => Value::from(Serde(since_release(figures, &asked, &row)?)),
    };
    pages.part("desk/figure.html", parts)
}

fn is_of(one: &WithheldCount, asked: &FigureId) -> bool {
    let figure = &one.figure;
    let same = figure.area_code == asked.area && figure.indicator == asked.indicator;
    one.year == asked.year && same && figure.service == asked.service && figure.breakdown == asked.breakdown
}

fn cells<'a>(figures: &'a Figures<'_>, explanation: &'a Explanation) -> Vec<CellView<'a>> {
    let name = |code: &'a str| figures.opened.round.authority(code).map_or(code, |one| one.name.as_str());
    let measure = |id: &'a str| figures.opened.standard.measure(id).map_or(id, |measure| measure.label.as_str());
    let cell = |input: &'a crate::statistics::InputCount| {
        let band = if input.breakdown.is_empty() { String::new() } else { format!(", {}", input.breakdown) };
        CellView {
            authority: name(&input.authority_code),
            address: format!(
                "/returns/{}?{}",
                input.authority_code,
                form_urlencoded::Serializer::new(String::new()).append_pair("at", &input.location).finish()
            ),
            file: &input.file,
            place: &input.location,
            about: format!("{}{band}, {}, {}", measure(&input.measure), input.ethnicity, input.service),
            answer: if input.answer.is_empty() { "blank" } else { &input.answer },
        }
    };
    explanation.inputs.iter().take(LISTED).map(cell).collect()
}

/// Where the build that lies in the output folder prints the figure of this number.
fn printed(figures: &Figures<'_>, id: &str) -> Vec<PlaceView> {
    let figure = id.rsplit_once('/').map_or(id, |(figure, _)| figure);
    let year = figures.opened.round.settings.year;
    let path = figures.desk.cli.output.join(year.to_string()).join("figures.csv");
    let Ok(text) = fs::read_to_string(path) else { return Vec::new() };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let own = |line: &&str| {
        let rest = line.trim_start_matches('"').strip_prefix(figure);
        rest.is_some_and(|rest| {
            rest.starts_with('/') && !rest.split([',', '"']).next().unwrap_or_default()[1..].contains('/')
        })
    };
    for line in text.lines().filter(own) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let Some(Ok(record)) = reader.records().next() else { continue };
        let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
        let pages = found.entry(cell(2)).or_default();
        pages.extend(cell(3).split(' ').filter(|page| !page.is_empty()).map(str::to_owned));
    }
    let view = |(document, mut pages): (String, Vec<String>)| {
        pages.sort_by_key(|page| page.parse::<usize>().unwrap_or_default());
        pages.dedup();
        PlaceView { address: address(&document), document, pages }
    };
    let mut places: Vec<PlaceView> = found.into_iter().map(view).collect();
    places.sort_by_key(|place| (!place.document.starts_with("national/"), place.document.clone()));
    places.truncate(LISTED);
    places
}

/// The address at the desk of a document of the output folder.
fn address(document: &str) -> String {
    if document == reports::NATIONAL {
        return "/national".to_owned();
    }
    let mut parts = document.split('/').skip(1);
    let code = parts.next().and_then(|folder| folder.split('-').next()).unwrap_or_default();
    match parts.next() {
        Some("benchmark-pack") | None => format!("/{code}"),
        Some(edition) => format!("/{code}/{edition}"),
    }
}

/// The table in which a figure stands.
fn table(figures: &Figures<'_>, asked: &FigureId) -> String {
    match figures.opened.round.authority(&asked.area) {
        Some(authority) => format!("authorities/{}/data.csv", authority.folder()),
        None => "national/tables/indicators.csv".to_owned(),
    }
}

/// What differs from the build in the output folder; nothing where there is none, or it does not have the figure.
fn since_build(figures: &Figures<'_>, asked: &FigureId, row: &serde_json::Value) -> Option<Vec<ChangedValue>> {
    let before = output::earlier_manifest(&figures.desk.cli.output, asked.year)?;
    if before.is_public() && figures.opened.round.authority(&asked.area).is_some() {
        return None; // what is withheld there stands in no folder for everybody, and here it does
    }
    let bytes = output::earlier_file(&figures.desk.cli.output, asked.year, &table(figures, asked))?;
    differing(&bytes, asked, row)
}

/// What differs from the last release on record, and which it is.
fn since_release(
    figures: &Figures<'_>,
    asked: &FigureId,
    row: &serde_json::Value,
) -> Result<Option<(u32, Vec<ChangedValue>)>> {
    let releases = record::releases(&figures.desk.cli.data, asked.year)?;
    let last = releases.last().and_then(|last| {
        let bytes = last.files.get(&table(figures, asked))?;
        Some((last.about.release, differing(bytes, asked, row)?))
    });
    Ok(last)
}

/// The columns of the figure's row that are not as in this table; nothing where the table does not have the row.
fn differing(table: &[u8], asked: &FigureId, row: &serde_json::Value) -> Option<Vec<ChangedValue>> {
    let mut reader = csv::Reader::from_reader(table);
    let header: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let at = |name: &str| header.iter().position(|column| column == name);
    let names = [at("area_code")?, at("service")?, at("indicator")?, at("breakdown")?];
    let wanted = [&*asked.area, &asked.service, &asked.indicator, &asked.breakdown];
    let same =
        |record: &csv::StringRecord| names.iter().zip(wanted).all(|(place, name)| record.get(*place) == Some(name));
    let record = reader.records().flatten().find(same)?;
    let mut found = Vec::new();
    for (column, then) in header.iter().zip(&record) {
        let now = match row.get(column) {
            None => continue, // a column that there is no more
            Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let number = |text: &str| text.parse::<f64>().ok();
        let equal = match (number(then), number(&now)) {
            (Some(then), Some(now)) => then.to_bits() == now.to_bits(),
            _ => then == now,
        };
        if !equal {
            found.push(ChangedValue { column: column.replace('_', " "), then: then.to_owned(), now });
        }
    }
    Some(found)
}
