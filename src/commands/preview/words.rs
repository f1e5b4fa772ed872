//! The line of a template, or of the round's own words, that a sentence is written on.

use std::fs;
use std::path::{Component, Path};

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::desk::Desk;
use super::server::{Answer, Asked, with_values};
use crate::reports::DeskPages;

/// So many lines stand before and after the one that is meant, where only a part is shown.
const AROUND: usize = 4;

#[derive(Serialize)]
struct Line<'a> {
    number: usize,
    text: &'a str,
    meant: bool,
}

/// Where the desk shows a file of words.
pub(super) fn address(file: &str) -> String {
    format!("/template?{}", with_values(&[("file", file)]))
}

/// A file with one of its lines marked, as a page or, with `part`, the lines around it.
pub(super) fn answer(desk: &Desk, version: u64, asked: &Asked) -> Result<Answer> {
    let (file, line) = (asked.value("file").unwrap_or_default(), asked.value("line").unwrap_or_default());
    let Some(text) = read(desk, file) else { return Ok(Answer::nothing()) };
    let meant: usize = line.parse().unwrap_or_default();
    let part = asked.value("part").is_some();
    let lines: Vec<Line<'_>> = text
        .lines()
        .enumerate()
        .map(|(place, text)| Line { number: place + 1, text, meant: place + 1 == meant })
        .filter(|line| !part || line.number.abs_diff(meant) <= AROUND)
        .collect();
    let pages = DeskPages::load(&desk.cli.templates)?;
    let parts = context! { file, line => meant, lines => Value::from(Serde(lines)), part };
    Ok(match part {
        true => Answer::part(pages.part("desk/template.html", parts)?),
        false => Answer::page(version, pages.page("desk/template.html", file, parts)?),
    })
}

/// The text of a template, or of a text of a round; of no other file.
fn read(desk: &Desk, file: &str) -> Option<String> {
    let path = Path::new(file);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if !plain || file.is_empty() {
        return None;
    }
    let template = desk.cli.templates.join(path);
    let of_round = file.split('/').nth(1) == Some("text") && file.ends_with(".typ");
    let found = if of_round { desk.cli.data.join(path) } else { template };
    let words = ["typ", "txt", "html"].iter().any(|ending| path.extension().is_some_and(|own| own == *ending));
    words.then(|| fs::read_to_string(found).ok())?
}
