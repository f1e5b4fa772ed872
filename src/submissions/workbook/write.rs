//! Writes the collection workbook, empty or with an authority's answers.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, ProtectionOptions,
    Table, TableColumn, TableStyle, Workbook, Worksheet,
};

use super::{
    AUTHORITY_CODE, AUTHORITY_NAME, CONTACT, COVER, COVERED, EVERY_BAND, GUIDANCE, LAYOUT_VERSION, MEASURE, NOTE,
    NOTES, PAY_BAND, TOPIC, TOTAL, VERSION, YEAR, rows,
};
use crate::authority::Authority;
use crate::round::{Service, Settings};
use crate::standard::Standard;
use crate::submissions::entry::{Answer, Entry, Ethnicity};

/// The column of the first ethnic group, after measure and pay band.
pub(super) const FIRST_GROUP: u16 = 2;
const LAST_GROUP: u16 = FIRST_GROUP + Ethnicity::ALL.len() as u16 - 1;
pub(super) const TOTAL_COLUMN: u16 = LAST_GROUP + 1;
const GUIDANCE_COLUMN: u16 = TOTAL_COLUMN + 1;

/// How wide the columns of the cover and of the notes are.
pub(super) const COVER_WIDTHS: [f64; 3] = [24.0, 44.0, 60.0];
pub(super) const NOTES_WIDTHS: [f64; 2] = [28.0, 100.0];

/// What the validation says of a cell that holds something else.
const RULE: &str = "Write a whole number from 0, x for not collected or z for not applicable. Leave a cell empty only \
                    if you have nothing to say yet.";

/// What fills a workbook: nothing, for the empty one.
#[derive(Clone, Copy, Default)]
pub struct Content<'a> {
    /// Every answer.
    pub entries: &'a [Entry],
    /// Whom to ask about them.
    pub contact: &'a str,
}

/// What the authority returned in the round before.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    /// The reporting year.
    pub year: i32,
    /// Every answer.
    pub entries: &'a [Entry],
}

/// The workbook of an authority as bytes.
///
/// What was returned `before` stands beside, in grey.
pub fn write(
    settings: &Settings,
    standard: &Standard,
    authority: &Authority,
    content: Content<'_>,
    before: Option<Before<'_>>,
) -> Result<Vec<u8>> {
    let entries = content.entries;
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&title(settings), settings)?);
    cover(workbook.add_worksheet(), settings, authority, content)?;
    let mut answers = cells(entries)?;
    for service in services(settings, entries) {
        let sheet = workbook.add_worksheet();
        service_sheet(sheet, service, settings, standard, &mut answers)?;
        if let Some(before) = before {
            beside(sheet, service, settings, standard, before)?;
        }
        protect(sheet);
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

/// The title, and a date that comes from no clock.
pub(super) fn properties(title: &str, settings: &Settings) -> Result<DocProperties> {
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&created(settings)?))
}

/// Midnight of the day of publication: the writer would read the clock, and equal input would not give equal bytes.
fn created(settings: &Settings) -> Result<ExcelDateTime> {
    let date = settings.published.0;
    let year = u16::try_from(date.year()).unwrap_or_default();
    Ok(ExcelDateTime::from_ymd(year, u8::from(date.month()), date.day())?)
}

/// The title on the cover.
pub(super) fn title(settings: &Settings) -> String {
    format!("{}: collection workbook", settings.title)
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

/// The labels on the cover, each with its help.
pub(super) const COVER_LINES: [(&str, &str); 6] = [
    (AUTHORITY_CODE, "Please leave the code as it is: it tells us whose return this is."),
    (AUTHORITY_NAME, "As it will be printed in your benchmark pack."),
    (YEAR, "Please use the workbook of this year: rows and pay bands change."),
    (CONTACT, "Name and email address of the person we can ask about these figures."),
    (
        COVERED,
        "The services this return is about, and anything that it leaves out. Before you send the workbook, check it yourself: open \
         the check page that came with it in your browser, and choose this file. It works without a network and sends nothing.",
    ),
    (VERSION, "Please leave the version as it is."),
];

fn cover(sheet: &mut Worksheet, settings: &Settings, authority: &Authority, content: Content<'_>) -> Result<()> {
    let Content { entries, contact } = content;
    widen(sheet.set_name(COVER)?, &COVER_WIDTHS)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.write_string_with_format(0, 0, title(settings), &Format::new().set_bold().set_font_size(16))?;
    let covered: Vec<&str> = Service::ALL
        .into_iter()
        .filter(|service| entries.iter().any(|entry| entry.service == *service))
        .map(Service::sheet)
        .collect();
    let (year, covered) = (settings.year.to_string(), covered.join(", "));
    let values = [authority.code.as_str(), &authority.name, &year, contact, &covered, LAYOUT_VERSION];
    for ((row, (label, help)), value) in (1..).zip(COVER_LINES).zip(values) {
        let filled_in = [CONTACT, COVERED].contains(&label);
        let format = if filled_in { input(wrapped()) } else { wrapped() };
        sheet.write_string_with_format(row, 0, label, &wrapped().set_bold())?;
        sheet.write_string_with_format(row, 1, value, &format)?;
        sheet.write_string_with_format(row, 2, help, &wrapped())?;
        fit(sheet, row, &[(value, 38), (help, 52)])?;
    }
    protect(sheet);
    Ok(())
}

/// A cell to write into: open while the sheet is protected, and tinted.
fn input(format: Format) -> Format {
    format
        .set_unlocked()
        .set_background_color(Color::RGB(0xF3_F7_FB))
        .set_border(FormatBorder::Thin)
        .set_border_color(GREY)
}

const GREY: Color = Color::RGB(0x8A_8A_8A);

/// Keeps labels and totals as they are; there is no password, and columns and rows can be made wider.
fn protect(sheet: &mut Worksheet) {
    let options = ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() };
    sheet.protect_with_options(&options);
}

/// The answers of the round before, in grey, right of the guidance.
fn beside(
    sheet: &mut Worksheet,
    service: Service,
    settings: &Settings,
    standard: &Standard,
    before: Before<'_>,
) -> Result<()> {
    let answers = cells(before.entries)?;
    if !answers.keys().any(|(other, ..)| *other == service) {
        return Ok(());
    }
    let format = wrapped().set_font_color(Color::RGB(0x59_59_59)).set_italic();
    for (column, group) in (GUIDANCE_COLUMN + 1..).zip(Ethnicity::ALL) {
        let heading = format!("{} in {}", group.label(), before.year);
        sheet.write_string_with_format(0, column, heading, &format.clone().set_bold())?;
        sheet.set_column_width(column, 12)?;
        sheet.set_row_height(0, 47)?; // three lines
        for (row, (measure, band)) in (1..).zip(rows(settings, standard)) {
            let breakdown = band.map_or("", |band| band.id.as_str());
            match answers.get(&(service, measure.id.as_str(), breakdown, group)) {
                Some(Answer::Count(count)) => sheet.write_number_with_format(row, column, *count as f64, &format)?,
                Some(answer) => sheet.write_string_with_format(row, column, answer.written(), &format)?,
                None => sheet,
            };
        }
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
    widen(sheet, &service_widths())?;
    sheet.set_freeze_panes(1, FIRST_GROUP)?;
    let rows = rows(settings, standard);
    let last_row = u32::try_from(rows.len())?;
    table(sheet, &service_headings(), last_row)?;
    sheet.set_row_height(0, 31)?;
    for (row, (measure, band)) in (1..).zip(rows) {
        let (breakdown, label) = band.map_or(("", EVERY_BAND), |band| (band.id.as_str(), band.label.as_str()));
        sheet.write_string_with_format(row, 0, &measure.label, &wrapped())?;
        sheet.write_string_with_format(row, 1, label, &wrapped())?;
        for (column, group) in (FIRST_GROUP..).zip(Ethnicity::ALL) {
            let answer = answers.remove(&(service, measure.id.as_str(), breakdown, group));
            write_answer(sheet, row, column, answer.unwrap_or(Answer::Blank))?;
        }
        total(sheet, row, None, Format::new().set_align(FormatAlign::Top))?;
        sheet.write_string_with_format(row, GUIDANCE_COLUMN, &measure.guidance, &wrapped())?;
        fit(sheet, row, &[(&measure.label, 34), (label, 17), (&measure.guidance, 62)])?;
    }
    sheet.add_data_validation(1, FIRST_GROUP, last_row, LAST_GROUP, &validation()?)?;
    Ok(())
}

/// How wide the columns of a service's sheet are.
pub(super) fn service_widths() -> Vec<f64> {
    let counts = [12.0].repeat(usize::from(TOTAL_COLUMN - FIRST_GROUP) + 1);
    [&[40.0, 20.0][..], &counts, &[70.0]].concat()
}

fn widen(sheet: &mut Worksheet, widths: &[f64]) -> Result<()> {
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    Ok(())
}

/// The headings of a service's sheet.
pub(super) fn service_headings() -> Vec<&'static str> {
    let groups = Ethnicity::ALL.map(Ethnicity::label);
    [&[MEASURE, PAY_BAND][..], &groups[..], &[TOTAL, GUIDANCE][..]].concat()
}

/// Everybody in a row: the four groups, or all minoritised where these are not given, then White and Not known.
///
/// The `result` is what a program shows that works nothing out.
pub(super) fn total(sheet: &mut Worksheet, row: u32, result: Option<String>, format: Format) -> Result<()> {
    let at = row + 1;
    let formula = format!("=IF(COUNT(C{at}:F{at})>0,SUM(C{at}:F{at}),N(G{at}))+N(H{at})+N(I{at})");
    // Nothing yet is not shown as 0.
    let format = format.set_align(FormatAlign::Right).set_bold().set_num_format("0;;");
    let formula = Formula::new(formula);
    let formula = result.into_iter().fold(formula, Formula::set_result);
    sheet.write_formula_with_format(row, TOTAL_COLUMN, formula, &format)?;
    Ok(())
}

/// A row high enough for texts that wrap: not every program fits it when a file is opened.
pub(super) fn fit(sheet: &mut Worksheet, row: u32, texts: &[(&str, usize)]) -> Result<()> {
    const LINE: f64 = 15.5;
    let lines = texts.iter().map(|(text, letters)| text.chars().count().div_ceil(*letters)).max().unwrap_or(1).max(1);
    sheet.set_row_height(row, lines as f64 * LINE)?;
    Ok(())
}

fn write_answer(sheet: &mut Worksheet, row: u32, column: u16, answer: Answer) -> Result<()> {
    let format = input(Format::new().set_align(FormatAlign::Right).set_align(FormatAlign::Top));
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
pub(super) fn table(sheet: &mut Worksheet, headings: &[&str], last_row: u32) -> Result<()> {
    let heading = |text: &&str| TableColumn::new().set_header(*text).set_header_format(wrapped().set_bold());
    let columns: Vec<TableColumn> = headings.iter().map(heading).collect();
    let table = Table::new().set_columns(&columns).set_autofilter(false).set_style(TableStyle::Light1);
    let last_column = u16::try_from(headings.len().saturating_sub(1))?;
    sheet.add_table(0, 0, last_row, last_column, &table)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// The notes for who fills the workbook in: topic and note.
pub(super) fn guidance(settings: &Settings) -> Vec<(&'static str, String)> {
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
            "The cells to fill in are open, the others are protected, without a password. Should you have to move something, \
             leave the labels as they are: we find rows, columns and sheets by them.",
        ),
        ("Total", "Adds up the row while you write. We compare it with the counts, and take the counts."),
        ("Grey columns at the right", "What you returned in the round before, for comparison. They are not read."),
    ];
    lines.map(|(topic, note)| (topic, note.to_owned())).to_vec()
}

fn notes(sheet: &mut Worksheet, settings: &Settings) -> Result<()> {
    widen(sheet.set_name(NOTES)?, &NOTES_WIDTHS)?;
    let lines = guidance(settings);
    table(sheet, &[TOPIC, NOTE], u32::try_from(lines.len())?)?;
    for (row, (topic, note)) in (1..).zip(&lines) {
        sheet.write_string_with_format(row, 0, *topic, &wrapped())?;
        sheet.write_string_with_format(row, 1, note, &wrapped())?;
        fit(sheet, row, &[(topic, 25), (note, 92)])?;
    }
    Ok(())
}
