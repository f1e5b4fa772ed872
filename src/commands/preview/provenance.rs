//! What is known of one number: from the cells of the returns to what changed since it was built or released.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::figures::Figures;
use super::protection::{Withheld, told};
use super::returns;
use super::server::{Answer, Asked, with_values};
use crate::commands::{explain, kept};
use crate::output;
use crate::record;
use crate::reports::{self, DeskPages, Explained, Namer, Protection};
use crate::statistics::{Edition, Explanation, FigureId, InputCount, Quantity, Question, Scope, WithheldCount};
use crate::submissions::entry::Ethnicity;

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
    /// What stood there when the round was built last, where that was something else.
    then: Option<String>,
}

/// A count of the figure, as the returns give it and as it is published.
#[derive(Serialize)]
struct CountView {
    label: &'static str,
    exact: Option<u64>,
    published: Option<u64>,
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

/// Where the desk explains the number with this id, on a page of its own.
pub(super) fn address(id: &str) -> String {
    format!("/figure?{}", with_values(&[("id", id), ("page", "")]))
}

/// What explains the number with this id: a part of a page, or with `page` one of its own.
pub(super) fn answer(figures: &Figures<'_>, version: u64, asked: &Asked) -> Result<Answer> {
    let id = asked.value("id").unwrap_or_default();
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let alone = asked.value("page").is_some();
    let parts = explained(figures, id).unwrap_or_else(|error| {
        // A number of the round's way, such as a date, has nothing behind it that could be told.
        context! { id, unknown => format!("{error:#}") }
    });
    match alone {
        true => Ok(Answer::page(version, pages.page("desk/figure.html", "A figure", context! { alone, ..parts })?)),
        false => Ok(Answer::part(pages.part("desk/figure.html", context! { alone, ..parts })?)),
    }
}

fn explained(figures: &Figures<'_>, id: &str) -> Result<Value> {
    let Figures { opened, explainer, desk, .. } = figures;
    let asked = FigureId::of_number(id)?;
    let printed = printed(figures, id);
    if let Some(topic) = explain::topic(explainer, &asked, opened)? {
        return Ok(context! {
            id,
            topic => context! {
                method => topic.method,
                values => Value::from(Serde(topic.values)),
                counted => Value::from(Serde(topic.counted)),
            },
            printed => Value::from(Serde(printed)),
        });
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
    let namer = Namer::new(figures.press.material(), None);
    let withheld = explainer.statistics().withheld.iter().filter(|one| is_of(one, &asked));
    let withheld: Vec<Withheld> = withheld.map(|one| told(&namer, one)).collect();
    let (cells, differing) = cells(figures, asked.year, explanation);
    Ok(context! {
        id,
        indicator => Value::from(Serde(indicator)),
        area => &explanation.exact.area.name,
        year => asked.year,
        service => explanation.exact.scope.label(),
        breakdown => explanation.exact.breakdown.label(&round.settings.pay_bands),
        told => Value::from(Serde(reports::explanation_in_parts(of, &desk.cli.templates)?)),
        withheld => Value::from(Serde(withheld)),
        counts => Value::from(Serde(counts(explanation))),
        more_cells => cells.len().saturating_sub(LISTED),
        differing,
        cells => Value::from(Serde(&cells[..cells.len().min(LISTED)])),
        authorities => explanation.exact.authorities,
        printed => Value::from(Serde(printed)),
        since_build => Value::from(Serde(since_build(figures, &asked, &row))),
        since_release => Value::from(Serde(since_release(figures, &asked, &row)?)),
    })
}

/// The four counts, exact and as they are published.
fn counts(explanation: &Explanation) -> Vec<CountView> {
    let (exact, published) = (explanation.exact.counts(), explanation.published.counts());
    let view = |quantity: Quantity| CountView {
        label: quantity.label(),
        exact: exact[quantity],
        published: published[quantity],
    };
    Quantity::ALL.map(view).into()
}

fn is_of(one: &WithheldCount, asked: &FigureId) -> bool {
    let figure = &one.figure;
    let same = figure.area_code == asked.area && figure.indicator == asked.indicator;
    one.year == asked.year && same && figure.service == asked.service && figure.breakdown == asked.breakdown
}

/// The cells of a figure, those first that are not as they were when the round was built last; with how many those are.
fn cells<'a>(figures: &'a Figures<'_>, year: i32, explanation: &'a Explanation) -> (Vec<CellView<'a>>, usize) {
    let this_year = figures.opened.round.settings.year;
    let built = kept::answers(&figures.desk.cli.output, this_year).filter(|_| year == this_year);
    let name = |code: &'a str| figures.opened.round.authority(code).map_or(code, |one| one.name.as_str());
    let measure = |id: &'a str| figures.opened.standard.measure(id).map_or(id, |measure| measure.label.as_str());
    let bands = &figures.opened.round.settings.pay_bands;
    let band = |id: &'a str| bands.iter().find(|band| band.id == id).map_or(id, |band| band.label.as_str());
    let group = |id: &'static str| Ethnicity::from_id(id).map_or(id, Ethnicity::label);
    let service = |id: &'static str| Scope::from_id(id).map_or(id, Scope::label);
    let cell = |input: &'a InputCount| {
        let answer = if input.answer.is_empty() { "blank" } else { &input.answer };
        let key = (&*input.measure, &*input.breakdown, input.ethnicity);
        let then = built.as_ref().map(|built| {
            let then = built.answer(&input.authority_code, input.service, key);
            then.map_or_else(|| "not in the build".to_owned(), str::to_owned)
        });
        let of_band = if input.breakdown.is_empty() { String::new() } else { format!(", {}", band(&input.breakdown)) };
        CellView {
            authority: name(&input.authority_code),
            address: returns::address(&input.authority_code, Some(&input.location)),
            file: &input.file,
            place: &input.location,
            about: format!(
                "{}{of_band}, {}, {}",
                measure(&input.measure),
                group(input.ethnicity),
                service(input.service)
            ),
            answer,
            then: then.filter(|then| then != answer),
        }
    };
    let (mut cells, same): (Vec<_>, Vec<_>) = explanation.inputs.iter().map(cell).partition(|cell| cell.then.is_some());
    let differing = cells.len();
    cells.extend(same);
    (cells, differing)
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
        PlaceView { address: address_of(&document), document, pages }
    };
    let mut places: Vec<PlaceView> = found.into_iter().map(view).collect();
    places.sort_by_key(|place| (!place.document.starts_with("national/"), place.document.clone()));
    places.truncate(LISTED);
    places
}

/// The address at the desk of a document of the output folder.
fn address_of(document: &str) -> String {
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

/// A number with as many decimals as stood there.
fn as_then(number: &serde_json::Number, then: &str) -> String {
    let decimals = then.split_once('.').map(|(_, decimals)| decimals.len());
    match (number.as_f64(), decimals) {
        (Some(value), Some(decimals)) => format!("{value:.decimals$}"),
        _ => number.to_string(),
    }
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
            Some(serde_json::Value::Number(number)) => as_then(number, then),
            Some(other) => other.to_string(),
        };
        let number = |text: &str| text.parse::<f64>().ok();
        let equal = match (number(then), number(&now)) {
            (Some(then), Some(now)) => then.to_bits() == now.to_bits(),
            _ => then == now,
        };
        if !equal {
            found.push(ChangedValue {
                column: reports::column_title(column),
                then: reports::column_value(column, then),
                now: reports::column_value(column, &now),
            });
        }
    }
    Some(found)
}
