//! Writes the collection workbook, empty or with an authority's answers.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Table, TableColumn, TableStyle,
    Workbook, Worksheet,
};

use super::{
    AUTHORITY_CODE, AUTHORITY_NAME, CONTACT, COVER, COVERED, EVERY_BAND, GUIDANCE, LAYOUT_VERSION, MEASURE, NOTES,
    PAY_BAND, VERSION, rows,
};
use crate::authority::Authority;
use crate::round::{Service, Settings};
use crate::standard::Standard;
use crate::submissions::entry::{Answer, Entry, Ethnicity};

/// The column of the first ethnic group, after measure and pay band.
const FIRST_GROUP: u16 = 2;
const LAST_GROUP: u16 = FIRST_GROUP + Ethnicity::ALL.len() as u16 - 1;

/// What the validation says of a cell that holds something else.
const RULE: &str = "Write a whole number from 0, x for not collected or z for not applicable. Leave a cell empty only \
                    if you have nothing to say yet.";

/// The workbook of an authority as bytes; the entries fill its cells, and without entries it is the empty one.
pub fn write(settings: &Settings, standard: &Standard, authority: &Authority, entries: &[Entry]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new().set_title(title(settings)).set_creation_datetime(&created(settings)?);
    workbook.set_properties(&properties);
    cover(workbook.add_worksheet(), settings, authority, entries)?;
    let mut answers = cells(entries)?;
    for service in services(settings, entries) {
        service_sheet(workbook.add_worksheet(), service, settings, standard, &mut answers)?;
    }
    if let Some((service, measure, breakdown, group)) = answers.keys().next() {
        let place = [service.id(), measure, breakdown, group.id()].join(", ");
        anyhow::bail!("the workbook has no cell for {place}: the measure or the pay band is not part of this round");
    }
    notes(workbook.add_worksheet(), settings)?;
    Ok(workbook.save_to_buffer()?)
}

/// Every answer under the names of its cell.
type Cells<'a> = BTreeMap<(Service, &'a str, &'a str, Ethnicity), Answer>;

fn cells(entries: &[Entry]) -> Result<Cells<'_>> {
    let mut answers = BTreeMap::new();
    for entry in entries {
        let key = (entry.service, entry.measure.as_str(), entry.breakdown.as_str(), entry.ethnicity);
        let before = answers.insert(key, entry.answer);
        ensure!(before.is_none(), "two entries are for the same cell: {} of {}", entry.measure, entry.service.id());
    }
    Ok(answers)
}

/// The services of the round and the combined one, in the order of their sheets.
fn services(settings: &Settings, entries: &[Entry]) -> Vec<Service> {
    let wanted = |service: &Service| {
        *service == Service::Combined
            || settings.services.contains(service)
            || entries.iter().any(|entry| entry.service == *service)
    };
    Service::ALL.into_iter().filter(wanted).collect()
}

/// Midnight of the day of publication: the writer would read the clock, and equal input would not give equal bytes.
fn created(settings: &Settings) -> Result<ExcelDateTime> {
    let date = settings.published.0;
    let year = u16::try_from(date.year()).unwrap_or_default();
    Ok(ExcelDateTime::from_ymd(year, u8::from(date.month()), date.day())?)
}

fn title(settings: &Settings) -> String {
    format!("{}: collection workbook", settings.title)
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn cover(sheet: &mut Worksheet, settings: &Settings, authority: &Authority, entries: &[Entry]) -> Result<()> {
    sheet.set_name(COVER)?.set_column_width(0, 24)?.set_column_width(1, 44)?.set_column_width(2, 60)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.write_string_with_format(0, 0, title(settings), &Format::new().set_bold().set_font_size(16))?;
    let covered: Vec<&str> = Service::ALL
        .into_iter()
        .filter(|service| entries.iter().any(|entry| entry.service == *service))
        .map(Service::sheet)
        .collect();
    let lines = [
        (AUTHORITY_CODE, authority.code.as_str(), "Please leave the code as it is: it tells us whose return this is."),
        (AUTHORITY_NAME, &authority.name, "As it will be printed in your benchmark pack."),
        (CONTACT, "", "Name and email address of the person we can ask about these figures."),
        (COVERED, &covered.join(", "), "The services this return is about, and anything that it leaves out."),
        (VERSION, LAYOUT_VERSION, "Please leave the version as it is."),
    ];
    for (row, (label, value, help)) in (1..).zip(lines) {
        sheet.write_string_with_format(row, 0, label, &wrapped().set_bold())?;
        sheet.write_string_with_format(row, 1, value, &wrapped())?;
        sheet.write_string_with_format(row, 2, help, &wrapped())?;
    }
    Ok(())
}

/// One service's table; the answers written into it leave `answers`.
fn service_sheet<'a>(
    sheet: &mut Worksheet,
    service: Service,
    settings: &'a Settings,
    standard: &'a Standard,
    answers: &mut Cells<'a>,
) -> Result<()> {
    sheet.set_name(service.sheet())?;
    for (column, width) in [(0, 40), (1, 20), (LAST_GROUP + 1, 70)] {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_column_range_width(FIRST_GROUP, LAST_GROUP, 12)?;
    let rows = rows(settings, standard);
    let last_row = u32::try_from(rows.len())?;
    table(sheet, &service_headings(), last_row)?;
    for (row, (measure, band)) in (1..).zip(rows) {
        let (breakdown, label) = band.map_or(("", EVERY_BAND), |band| (band.id.as_str(), band.label.as_str()));
        sheet.write_string_with_format(row, 0, &measure.label, &wrapped())?;
        sheet.write_string_with_format(row, 1, label, &wrapped())?;
        for (column, group) in (FIRST_GROUP..).zip(Ethnicity::ALL) {
            let answer = answers.remove(&(service, measure.id.as_str(), breakdown, group));
            write_answer(sheet, row, column, answer.unwrap_or(Answer::Blank))?;
        }
        sheet.write_string_with_format(row, LAST_GROUP + 1, &measure.guidance, &wrapped())?;
    }
    sheet.add_data_validation(1, FIRST_GROUP, last_row, LAST_GROUP, &validation()?)?;
    Ok(())
}

fn service_headings() -> Vec<&'static str> {
    let groups = Ethnicity::ALL.map(Ethnicity::label);
    [&[MEASURE, PAY_BAND][..], &groups[..], &[GUIDANCE][..]].concat()
}

fn write_answer(sheet: &mut Worksheet, row: u32, column: u16, answer: Answer) -> Result<()> {
    let format = Format::new().set_align(FormatAlign::Right).set_align(FormatAlign::Top);
    match answer {
        // Counts of people lie far below 2^53, where a float is still exact.
        Answer::Count(count) => sheet.write_number_with_format(row, column, count as f64, &format)?,
        Answer::Blank => sheet.write_blank(row, column, &format)?,
        other => sheet.write_string_with_format(row, column, other.written(), &format)?,
    };
    Ok(())
}

/// `x` and `z` come first in their own branch: a comparison of text with a number would be an error in Excel.
fn validation() -> Result<DataValidation> {
    let rule = Formula::new(r#"=IF(ISNUMBER(C2),AND(C2>=0,C2=INT(C2)),OR(C2="x",C2="z"))"#);
    Ok(DataValidation::new().allow_custom(rule).set_error_title("Not a count of people")?.set_error_message(RULE)?)
}

/// A table from A1 with bold headings that screen readers announce; without filter buttons, which hide rows.
fn table(sheet: &mut Worksheet, headings: &[&str], last_row: u32) -> Result<()> {
    let heading = |text: &&str| TableColumn::new().set_header(*text).set_header_format(wrapped().set_bold());
    let columns: Vec<TableColumn> = headings.iter().map(heading).collect();
    let table = Table::new().set_columns(&columns).set_autofilter(false).set_style(TableStyle::Light1);
    let last_column = u16::try_from(headings.len().saturating_sub(1))?;
    sheet.add_table(0, 0, last_row, last_column, &table)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

fn notes(sheet: &mut Worksheet, settings: &Settings) -> Result<()> {
    sheet.set_name(NOTES)?.set_column_width(0, 28)?.set_column_width(1, 100)?;
    let snapshot = settings.snapshot.map_or_else(|| "The date we gave you.".into(), |date| date.long() + ".");
    let closes = settings.window.as_ref().map_or_else(
        || "The date we gave you.".into(),
        |window| format!("Between {} and {}.", window.opens.long(), window.closes.long()),
    );
    let lines = [
        ("Snapshot date", snapshot.as_str()),
        ("When to send it", &closes),
        (
            "What to write",
            "A whole number from 0: people, never percentages. The digits alone, without commas or words.",
        ),
        ("x", "Not collected: your systems do not hold this number."),
        ("z", "Not applicable: the question does not arise in this service."),
        ("An empty cell", "We will ask about it. Zero, x, z and empty mean four different things."),
        (
            "All minoritised",
            "Fill this column if you cannot split it into Asian, Black, Mixed and Other. If you fill both, the four add up to it.",
        ),
        ("White", "White includes white minorities."),
        ("Not known", "Staff who were not asked, did not answer or preferred not to say."),
        ("Pay bands", "Each person stands in one band, so that the bands add up to staff in post."),
        (
            "Combined",
            "Only if you cannot count adults' and children's services apart. Then leave Adults and Childrens empty.",
        ),
        ("A service you do not return", "Leave its whole sheet empty."),
        (
            "Rows, columns and sheets",
            "You may move them. We find them by their labels, so please leave the labels as they are.",
        ),
    ];
    table(sheet, &["Topic", "Note"], u32::try_from(lines.len())?)?;
    for (row, (topic, note)) in (1..).zip(lines) {
        sheet.write_string_with_format(row, 0, topic, &wrapped())?;
        sheet.write_string_with_format(row, 1, note, &wrapped())?;
    }
    Ok(())
}
