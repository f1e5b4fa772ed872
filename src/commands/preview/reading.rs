//! Documents at the desk, as web pages and page by page as in the PDF: every number leads to where it comes from.

use anyhow::Result;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::figures::Figures;
use super::server::{Answer, Asked};
use crate::reports::{DeskPages, Shown, short_edition};
use crate::statistics::AuthorityStatistics;

/// A document in the list.
#[derive(Serialize)]
struct Listed {
    code: String,
    name: String,
    /// Its short editions: the address and what each is called.
    short: Vec<(String, &'static str)>,
}

/// The list of all documents.
pub(super) fn list(figures: &Figures<'_>) -> Result<String> {
    let settings = &figures.opened.round.settings;
    let listed = |one: &AuthorityStatistics| {
        let code = one.authority.code.clone();
        let short = settings.short_editions.iter().map(|edition| {
            let (address, words) = short_edition(*edition);
            (format!("/{code}/{address}"), words)
        });
        Listed { name: one.authority.name.clone(), short: short.collect(), code }
    };
    let mut documents: Vec<Listed> = figures.press.statistics().authorities.iter().map(listed).collect();
    documents.sort_by(|one, other| one.name.cmp(&other.name));
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let parts = context! { round => Value::from(Serde(settings)), documents => Value::from(Serde(documents)) };
    pages.page("desk/documents.html", "Documents", parts)
}

/// A document, one of its pages, or its PDF.
pub(super) fn answer(figures: &Figures<'_>, version: u64, parts: &[&str], asked: &Asked) -> Result<Answer> {
    let Some((shown, name, rest)) = found(figures, parts) else { return Ok(Answer::nothing()) };
    let address = format!("/{}", parts[..parts.len() - rest.len()].join("/"));
    match *rest {
        [] => page(figures, shown, &address, &name).map(|html| Answer::page(version, html)),
        ["pages"] => sheet(figures, version, shown, (&address, &name), asked.value("number").unwrap_or("1")),
        ["pages", number] => sheet(figures, version, shown, (&address, &name), number),
        ["document.pdf"] => Ok(Answer::file("application/pdf", figures.press.pdf(shown)?)),
        _ => Ok(Answer::nothing()),
    }
}

/// The document that an address begins with, what it is called, and the rest of the address.
fn found<'a, 'b>(figures: &Figures<'a>, parts: &'b [&'b str]) -> Option<(Shown<'a>, String, &'b [&'b str])> {
    let (first, rest) = parts.split_first()?;
    if *first == "national" {
        return Some((Shown::National, "National report".to_owned(), rest));
    }
    let authorities = &figures.press.statistics().authorities;
    let authority = authorities.iter().find(|one| one.authority.code == *first)?;
    let name = &authority.authority.name;
    let short = rest.first().and_then(|second| {
        let editions = &figures.opened.round.settings.short_editions;
        editions.iter().find(|edition| short_edition(**edition).0 == *second)
    });
    match short {
        Some(edition) => {
            let words = short_edition(*edition).1;
            Some((Shown::Short(authority, *edition), format!("{name}: {words}"), &rest[1..]))
        }
        None => Some((Shown::Pack(authority), format!("{name}: benchmark pack"), rest)),
    }
}

/// The document as a web page, with what explains it around.
fn page(figures: &Figures<'_>, shown: Shown<'_>, address: &str, name: &str) -> Result<String> {
    let reading = figures.press.reading(shown)?;
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let rows = serde_json::to_string(&reading.rows)?.replace('<', "\\u003c");
    pages.explained(&reading.html, context! { address, name, here => "page" }, &rows)
}

/// A page of the PDF as a picture, with a button over each number.
fn sheet(
    figures: &Figures<'_>,
    version: u64,
    shown: Shown<'_>,
    (address, name): (&str, &str),
    number: &str,
) -> Result<Answer> {
    let Ok(number) = number.parse::<usize>() else { return Ok(Answer::nothing()) };
    let (sheet, of) = figures.press.sheet(shown, number)?;
    let Some(sheet) = sheet else { return Ok(Answer::nothing()) };
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let parts = context! {
        address,
        name,
        number,
        of,
        width => sheet.size.0,
        height => sheet.size.1,
        picture => BASE64.encode(&sheet.svg),
        numbers => Value::from(Serde(&sheet.numbers)),
    };
    let bar = context! { address, name, here => "pages" };
    let html = pages.page_of("desk/sheet.html", &format!("{name}, page {number}"), parts, bar)?;
    Ok(Answer::page(version, html))
}
