//! Comments of cells, and texts in boxes over a sheet: what a submitter wrote beside the counts.

use std::ops::ControlFlow;

use super::super::mark::AUTHOR;
use super::super::sheet::Sheet;
use super::super::xml::{Node, attribute, local, local_name, number, walk};
use super::cells::place;
use super::strings::{Reading, unescaped};

/// Who is said to have written what is kept of an answered comment for older programs.
const STANDS_FOR_ANOTHER: &str = "tc=";

/// Comments of the old kind, which today's Excel calls notes.
pub(super) fn comments(xml: &str, sheet: &mut Sheet) {
    let mut authors: Vec<String> = Vec::new();
    let mut at = None;
    let (mut reading, mut in_text, mut in_author) = (Reading::default(), false, false);
    let answered: Vec<_> = sheet.remarks.iter().map(|(place, _)| *place).collect();
    // A part that breaks off keeps the comments before.
    let _ = walk(xml, |node| {
        match node {
            Node::Start(element) => match local_name(element) {
                "author" => {
                    authors.push(String::new());
                    in_author = true;
                }
                "comment" => {
                    at = Some((
                        attribute(element, "ref").and_then(|it| place(&it)),
                        number::<usize>(element, "authorId"),
                    ));
                }
                "text" => in_text = true,
                _ if in_text => reading.start(element),
                _ => {}
            },
            Node::Text(text) if in_author => {
                if let Some(author) = authors.last_mut() {
                    author.push_str(text);
                }
            }
            Node::Text(text) => reading.text(text),
            Node::End(name) => match local(name) {
                "author" => in_author = false,
                "text" => in_text = false,
                "comment" => {
                    let text = reading.take().whole();
                    let Some((place, author)) = at.take() else { return ControlFlow::Continue(()) };
                    let author = author.and_then(|author| authors.get(author)).map_or("", String::as_str);
                    let stands_for_another = author.starts_with(STANDS_FOR_ANOTHER) && answered.contains(&place);
                    if author != AUTHOR && !stands_for_another {
                        sheet.remark(place, &text);
                    }
                }
                name if in_text => reading.end(name),
                _ => {}
            },
        }
        ControlFlow::Continue(())
    });
}

/// Comments that can be answered.
pub(super) fn threaded(xml: &str, sheet: &mut Sheet) {
    let (mut at, mut text) = (None, None::<String>);
    let _ = walk(xml, |node| {
        match node {
            Node::Start(element) => match local_name(element) {
                "threadedComment" => at = attribute(element, "ref").and_then(|it| place(&it)),
                "text" => text = Some(String::new()),
                _ => {}
            },
            Node::Text(more) => text = text.take().map(|text| text + more),
            Node::End(name) if local(name) == "text" => {
                if let Some(text) = text.take() {
                    sheet.remark(at, &unescaped(&text));
                }
            }
            Node::End(_) => {}
        }
        ControlFlow::Continue(())
    });
}

/// Texts in boxes and shapes: seen over the sheet, and no cell's.
pub(super) fn drawing(xml: &str, sheet: &mut Sheet) {
    let (mut body, mut in_text) = (None::<String>, false);
    let _ = walk(xml, |node| {
        match node {
            Node::Start(element) => match local_name(element) {
                "txBody" => body = Some(String::new()),
                "t" => in_text = true,
                _ => {}
            },
            Node::Text(text) if in_text => body = body.take().map(|body| body + text),
            Node::Text(_) => {}
            Node::End(name) => match local(name) {
                "t" => in_text = false,
                "p" => body = body.take().map(|body| body + "\n"),
                "txBody" => {
                    if let Some(text) = body.take() {
                        sheet.remark(None, &text);
                    }
                }
                _ => {}
            },
        }
        ControlFlow::Continue(())
    });
}
