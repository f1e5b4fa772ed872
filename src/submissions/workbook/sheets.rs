//! Which sheet is about which service: known by its headings and labels, and told apart by its name.

use super::mark;
use super::normalised;
use super::open::Opened;
use super::read::Report;
use super::remarks::{is_cover, is_notes};
use super::sheet::{Sheet, Value};
use super::table::{self, Reading};
use crate::finding::Severity;
use crate::round::{Service, Settings};
use crate::standard::Standard;
use crate::submissions::entry::Entry;

/// So many columns of ethnic groups, or rows of measures, make a table of counts.
const FEW: usize = 2;

/// Whether a sheet is part of a return, whatever its name.
pub(super) fn matters(sheet: &Sheet, standard: &Standard) -> bool {
    let of_a_return =
        named(sheet).is_some() || is_cover(sheet) || is_notes(sheet) || looks_like_counts(sheet, standard);
    of_a_return || mark::is_list(sheet)
}

/// The service whose name the sheet has.
fn named(sheet: &Sheet) -> Option<Service> {
    Service::ALL.into_iter().find(|service| normalised(service.sheet()) == normalised(&sheet.name))
}

/// The service that a sheet's name speaks of, when it speaks of one.
fn spoken_of(sheet: &Sheet) -> Option<Service> {
    let name = normalised(&sheet.name);
    if ["combined", "both"].iter().any(|word| name.contains(word)) {
        return Some(Service::Combined);
    }
    match (name.contains("adult"), name.contains("child")) {
        (true, false) => Some(Service::Adults),
        (false, true) => Some(Service::Childrens),
        _ => None,
    }
}

fn looks_like_counts(sheet: &Sheet, standard: &Standard) -> bool {
    let labels: Vec<[String; 2]> =
        standard.measures.iter().map(|measure| [normalised(&measure.id), normalised(&measure.label)]).collect();
    let mut found = vec![false; labels.len()];
    for cell in sheet.cells.values() {
        let Value::Text(text) = &cell.value else { continue };
        let text = normalised(text);
        found.iter_mut().zip(&labels).for_each(|(found, label)| *found |= label.contains(&text));
    }
    let rows = found.iter().filter(|found| **found).count();
    rows >= FEW || rows > 0 && table::groups(sheet) >= FEW
}

/// A sheet that somebody filled in.
struct Filled<'a> {
    sheet: &'a Sheet,
    service: Service,
    reading: Reading,
}

/// The answers of every service, each from one sheet; and what is wrong or doubtful about the choice.
pub(super) fn read(
    opened: &Opened,
    cover: Option<&Sheet>,
    settings: &Settings,
    standard: &Standard,
    report: &mut Report<'_>,
) -> Vec<Entry> {
    let mut others: Vec<&str> = opened.others.iter().map(String::as_str).collect();
    let mut filled: Vec<Filled<'_>> = Vec::new();
    let mut any = opened.problems.iter().any(|problem| !problem.location.is_empty());
    for sheet in &opened.sheets {
        if cover.is_some_and(|cover| std::ptr::eq(cover, sheet)) || is_notes(sheet) {
            continue;
        }
        if mark::is_list(sheet) {
            let message = "this is the copy of a workbook in which the checks marked their findings; it was read like the workbook";
            let help = "the workbook itself, corrected, is the better one to send: in the copy formulas of your own are only their \
                        values; if you send the copy, see that its counts are corrected";
            report.add(Severity::Note, "marked-copy", &sheet.name, "", message, help);
            continue;
        }
        let named = named(sheet);
        if named.is_none() && !looks_like_counts(sheet, standard) {
            others.push(&sheet.name);
            continue;
        }
        any = true;
        let service = named.or_else(|| spoken_of(sheet));
        let reading = table::read(service.unwrap_or(Service::Adults), sheet, settings, standard, report);
        match (reading.filled, service) {
            (true, Some(service)) => filled.push(Filled { sheet, service, reading }),
            (true, None) => {
                let [one, two, three] = Service::ALL.map(Service::sheet);
                let message = "the sheet holds counts, but its name does not tell for which service";
                let help = format!("name it `{one}`, `{two}` or `{three}`, or delete it if it is not meant");
                report.error("renamed-sheet", &sheet.name, &sheet.name, message, &help);
            }
            (false, _) if named.is_none() => others.push(&sheet.name),
            (false, _) => {}
        }
    }
    if !any {
        let names = Service::ALL.map(Service::sheet).join(", ");
        let help = format!("name the sheets {names}, or copy the counts into a fresh workbook");
        report.error("no-service-sheet", "", "", "the workbook has no sheet of a service", &help);
    }
    if !others.is_empty() {
        let message = "sheets that are not part of the collection workbook, or are not filled in, were not read";
        let help = "nothing needs to be done, unless one of them was meant to be read";
        report.add(Severity::Note, "other-sheets", "", &others.join(", "), message, help);
    }
    // The one that has the service's own name comes first.
    filled.sort_by_key(|it| (it.service, named(it.sheet).is_none()));
    let mut entries = Vec::new();
    let mut before: Option<(Service, &str)> = None;
    for Filled { sheet, service, reading } in filled {
        if let Some((_, first)) = before.filter(|(other, _)| *other == service) {
            let message = format!("`{first}` and `{}` could both be meant for `{}`", sheet.name, service.sheet());
            let help = "see which one counts, and delete the other, though it may be hidden";
            report.error("double-sheet", &sheet.name, &sheet.name, &message, help);
            continue;
        }
        before = Some((service, &sheet.name));
        tell_of_choice(sheet, service, report);
        report.findings.extend(reading.findings);
        entries.extend(reading.entries);
    }
    entries
}

fn tell_of_choice(sheet: &Sheet, service: Service, report: &mut Report<'_>) {
    if named(sheet).is_none() {
        let message = format!("the sheet was read as `{}`, which its headings and its name speak of", service.sheet());
        let help = "nothing needs to be done, if that is what it is about";
        report.add(Severity::Note, "renamed-sheet", &sheet.name, &sheet.name, &message, help);
    }
    if sheet.hidden {
        let message = "the sheet is hidden, and was read all the same";
        let help = "show it (right-click on any sheet's name, Unhide) and see that it holds what you mean; delete it if it is not meant";
        report.add(Severity::Warning, "hidden-sheet", &sheet.name, &sheet.name, message, help);
    }
}
