//! Reads an Excel workbook: its parts, found by their relations, and its sheets in order.

mod cells;
mod remarks;
mod strings;
mod styles;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use self::strings::strings;
use self::styles::Styles;
use super::archive::Archive;
use super::open::{Problem, too_large, unreadable};
use super::sheet::{Rich, Sheet};
use super::xml::{Node, attribute, flag, local_name, walk};

const MOST_SHEETS: usize = 1_000;
const MOST_RELATIONS: usize = 10_000;
/// A sheet has one part of comments and one of drawings.
const MOST_PARTS_BESIDE: usize = 10;

/// What the cells of every sheet refer to.
struct Shared {
    strings: Vec<Rich>,
    styles: Styles,
    /// Whether days are counted from 1904.
    from_1904: bool,
    /// Whether formulas are worked out on opening, so that a 0 may be no value but the lack of one.
    worked_out_on_opening: bool,
}

/// A relation of a part to another.
struct Relation {
    /// The last word of its type.
    kind: String,
    target: String,
}

/// The sheets in the order of the file, each handed over as soon as it is read.
pub(super) fn read(archive: &mut Archive<'_>, mut take: impl FnMut(Sheet)) -> Result<(), Problem> {
    let broken = |error: String| unreadable(&error);
    let roots = relations(archive, "").map_err(broken)?;
    let workbook = roots.into_values().find(|relation| relation.kind == "officeDocument");
    let workbook = workbook.map_or("xl/workbook.xml".to_owned(), |relation| relation.target);
    let text = archive.text(&workbook).map_err(broken)?;
    let text = text.ok_or_else(|| unreadable("it holds no workbook"))?;
    let relations_of = relations(archive, &workbook).map_err(broken)?;
    let part = |kind: &str| relations_of.values().find(|it| it.kind == kind).map(|it| it.target.clone());
    let mut shared =
        Shared { strings: Vec::new(), styles: Styles::default(), from_1904: false, worked_out_on_opening: false };
    if let Some(text) = part("sharedStrings").map(|name| archive.text(&name)).transpose().map_err(broken)?.flatten() {
        shared.strings = strings(&text).map_err(broken)?;
    }
    if let Some(text) = part("styles").map(|name| archive.text(&name)).transpose().map_err(broken)?.flatten() {
        shared.styles = styles::read(&text).map_err(broken)?;
    }
    let sheets = contents(&text, &mut shared).map_err(broken)?;
    if sheets.is_empty() {
        return Err(unreadable("it holds no sheets"));
    }
    if sheets.len() > MOST_SHEETS {
        return Err(too_large(format!("more than {MOST_SHEETS} sheets")));
    }
    let mut seen = BTreeSet::new();
    for (name, hidden, id) in sheets {
        let mut sheet = Sheet { name, hidden, ..Sheet::default() };
        // A part that several sheets say is theirs is read once.
        let relation = relations_of.get(&id).filter(|relation| seen.insert(relation.target.clone()));
        if relation.is_some_and(|relation| relation.kind != "worksheet") {
            take(sheet); // a chart or a macro, which has no cells
            continue;
        }
        if let Err(error) = read_sheet(archive, relation, &shared, &mut seen, &mut sheet) {
            sheet.broken = Some(error);
        }
        sheet.cover();
        take(sheet);
    }
    Ok(())
}

fn read_sheet(
    archive: &mut Archive<'_>,
    relation: Option<&Relation>,
    shared: &Shared,
    seen: &mut BTreeSet<String>,
    sheet: &mut Sheet,
) -> Result<(), String> {
    let target = relation.map(|relation| relation.target.as_str()).ok_or("its part is not in the file")?;
    let text = archive.text(target)?.ok_or("its part is not in the file")?;
    cells::read(&text, shared, sheet)?;
    drop(text);
    let mut others: Vec<Relation> = relations(archive, target)?.into_values().take(MOST_PARTS_BESIDE).collect();
    // Comments that are answered stand in a part of their own; what is kept of them among the others says so.
    others.sort_by_key(|relation| relation.kind != "threadedComment");
    for Relation { kind, target } in others {
        let read = match kind.as_str() {
            "threadedComment" => remarks::threaded,
            "comments" => remarks::comments,
            "drawing" => remarks::drawing,
            _ => continue,
        };
        // A remark that cannot be read changes no count.
        if !seen.insert(target.clone()) {
            continue;
        }
        if let Ok(Some(text)) = archive.text(&target) {
            read(&text, sheet);
        }
    }
    Ok(())
}

/// The name of each sheet, whether it is hidden, and its relation.
fn contents(xml: &str, shared: &mut Shared) -> Result<Vec<(String, bool, String)>, String> {
    let mut sheets = Vec::new();
    walk(xml, |node| {
        if let Node::Start(element) = node {
            match local_name(element) {
                "workbookPr" => shared.from_1904 = flag(element, "date1904", false),
                "calcPr" => shared.worked_out_on_opening = flag(element, "fullCalcOnLoad", false),
                "sheet" => {
                    let hidden = attribute(element, "state").is_some_and(|state| state != "visible");
                    let name = attribute(element, "name").unwrap_or_default();
                    sheets.push((name.trim().to_owned(), hidden, attribute(element, "id").unwrap_or_default()));
                }
                _ => {}
            }
        }
        if sheets.len() <= MOST_SHEETS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(sheets)
}

/// The relations of a part by their identifiers, those of the whole file for no name.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<BTreeMap<String, Relation>, String> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let mut relations = BTreeMap::new();
    let Some(xml) = archive.text(&format!("{folder}/_rels/{name}.rels"))? else { return Ok(relations) };
    walk(&xml, |node| {
        if let Node::Start(element) = node
            && local_name(element) == "Relationship"
            && attribute(element, "TargetMode").as_deref() != Some("External")
        {
            let value = |name| attribute(element, name).unwrap_or_default();
            let kind = value("Type").rsplit('/').next().unwrap_or_default().to_owned();
            relations.insert(value("Id"), Relation { kind, target: resolved(folder, &value("Target")) });
        }
        if relations.len() < MOST_RELATIONS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(relations)
}

/// A target as a path in the file: from its root, or from the folder of the part that names it.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let whole = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
    let mut path: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_found_from_the_root_and_from_a_folder() {
        for (folder, target) in [
            ("xl", "worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml"),
            ("", "xl/worksheets/sheet1.xml"),
            ("xl/worksheets", "../worksheets/sheet1.xml"),
            ("xl", ".\\worksheets\\sheet1.xml"),
        ] {
            assert_eq!(resolved(folder, target), "xl/worksheets/sheet1.xml", "{folder} {target}");
        }
    }
}
