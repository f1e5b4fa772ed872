//! The national figures as an accessible workbook: a cover, and one table a sheet from A1.

use anyhow::{Context, Result};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Table as Markup, TableColumn, TableStyle, Url, Workbook,
    Worksheet,
};

use crate::round::{Round, Status};
use crate::statistics::{AreaType, Coverage, Participation, Statistic, Table};

use super::columns::{COLUMNS, Cell, Column, Style};
use super::words;

/// A sheet: its name, what it holds, and which figures.
struct Sheet {
    name: &'static str,
    title: &'static str,
    holds: fn(&Statistic) -> bool,
}

const SHEETS: [Sheet; 5] = [
    Sheet {
        name: "England",
        title: "Relative likelihoods for England",
        holds: |row| row.area.kind == AreaType::National && row.breakdown.is_whole(),
    },
    Sheet {
        name: "Regions",
        title: "Relative likelihoods by region",
        holds: |row| row.area.kind == AreaType::Region && row.breakdown.is_whole(),
    },
    Sheet {
        name: "Types",
        title: "Relative likelihoods by type of authority",
        holds: |row| row.area.kind == AreaType::Type && row.breakdown.is_whole(),
    },
    Sheet {
        name: "Ethnic_groups",
        title: "Each ethnic group compared with white staff",
        holds: |row| row.breakdown.is_ethnic_group(),
    },
    Sheet { name: "Pay_bands", title: "Share of {term} staff by pay band", holds: |row| row.breakdown.is_pay_band() },
];

/// The cover's line that says whom to ask.
pub const CONTACT: &str = "Contact";

/// The sheet of those who registered.
const PARTICIPANTS: &str = "Participants";

/// Columns of words that are longer than numbers.
const WIDE: [&str; 3] = ["area_name", "breakdown", "result"];

/// The columns of figures with their titles.
fn columns() -> impl Iterator<Item = (&'static str, Column)> {
    COLUMNS.into_iter().filter_map(|column| Some((column.title?, column)))
}

const NOTES: [(&str, &str); 10] = [
    ("[c]", "Confidential: withheld so that nobody can be identified."),
    ("[x]", "Not available: not submitted, or not accepted by a check."),
    ("[z]", "Not applicable: there is no such figure."),
    ("[u]", "Low reliability: too few people or events to say. It stands in the column Result."),
    ("Counts", "Counts of 1 to {last} people are withheld and the others rounded to the nearest {rounding}."),
    ("Relative likelihood", "The rate of {term} staff divided by the rate of white staff. 1 means equally likely."),
    (
        "Limits",
        "The confidence interval: of the relative likelihood (Koopman score), or of the share on the sheet Pay_bands (Wilson score).",
    ),
    (
        "Possible",
        "A possible disadvantage or advantage has limits that leave out 1, but may be chance among the many comparisons that are made.",
    ),
    (
        "Could have been seen",
        "The ratios nearest to 1 that the test finds four times in five among so many people, at England's white rate. No clear difference says nothing of ratios between the two. [z] where there is no such ratio.",
    ),
    (
        "Difference",
        "{Term} rate less white rate. On the sheet Pay_bands, the band's share less the share of all bands.",
    ),
];

/// The workbook's bytes; equal figures give equal bytes.
pub fn workbook(round: &Round, table: &Table, coverage: &Coverage, contact: Option<&str>) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let settings = &round.settings;
    let published = settings.published.0;
    let date = ExcelDateTime::from_ymd(u16::try_from(published.year())?, u8::from(published.month()), published.day())?;
    // Without a date of its own the workbook would carry the clock's.
    let properties =
        DocProperties::new().set_title(&settings.title).set_subject("Data tables").set_creation_datetime(&date);
    workbook.set_properties(&properties);
    cover(workbook.add_worksheet(), round, contact)?;
    for sheet in SHEETS {
        let rows: Vec<&Statistic> = table.rows().iter().filter(|row| (sheet.holds)(row)).collect();
        figures(workbook.add_worksheet(), &sheet, &rows, round)?;
    }
    participants(workbook.add_worksheet(), coverage)?;
    workbook.save_to_buffer().context("cannot make the data tables workbook")
}

/// A text in the terms and settings of the round.
fn in_words(text: &str, round: &Round) -> String {
    let settings = &round.settings;
    text.replace("{terms}", &settings.terms.minoritised)
        .replace("{term}", &settings.terms.minoritised_short)
        .replace("{Term}", &words::capitalised(&settings.terms.minoritised_short))
        .replace("{last}", &settings.disclosure.threshold.saturating_sub(1).to_string())
        .replace("{rounding}", &settings.disclosure.rounding.to_string())
}

fn cover(sheet: &mut Worksheet, round: &Round, contact: Option<&str>) -> Result<()> {
    let bold = Format::new().set_bold();
    let title = Format::new().set_bold().set_font_size(16);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let settings = &round.settings;
    sheet.set_name("Cover")?.set_column_width(0, 24)?.set_column_width(1, 90)?;
    sheet.write_with_format(0, 0, format!("{}: data tables", settings.title), &title)?;
    let status = match settings.status {
        Status::Synthetic => "Synthetic data: fictional authorities, not real results",
        Status::Provisional => "Provisional: figures may still change",
        Status::Final => "Final",
    };
    let mut row = 1;
    for (label, text) in [
        ("Status", status.to_owned()),
        ("Published", settings.published.long()),
        ("Term", in_words("“{Term}” stands for {terms}.", round)),
    ]
    .into_iter()
    .chain(contact.map(|contact| (CONTACT, contact.to_owned())))
    {
        sheet.write_with_format(row, 0, label, &bold)?.write_with_format(row, 1, text, &wrapped)?;
        row += 1;
    }
    sheet.write_with_format(row, 0, "Sheet", &bold)?.write_with_format(row, 1, "What it holds", &bold)?;
    row += 1;
    let participants = (PARTICIPANTS, "Authorities that registered, without any figure");
    for (name, title) in SHEETS.iter().map(|sheet| (sheet.name, sheet.title)).chain([participants]) {
        let title = in_words(title, round);
        let link = Url::new(format!("internal:'{name}'!A1")).set_text(name);
        sheet.write(row, 0, link)?.write_with_format(row, 1, title, &wrapped)?;
        row += 1;
    }
    sheet.write_with_format(row, 0, "Note", &bold)?.write_with_format(row, 1, "Meaning", &bold)?;
    row += 1;
    for (term, meaning) in NOTES {
        sheet.write(row, 0, term)?.write_with_format(row, 1, in_words(meaning, round), &wrapped)?;
        row += 1;
    }
    Ok(())
}

fn figures(sheet: &mut Worksheet, about: &Sheet, rows: &[&Statistic], round: &Round) -> Result<()> {
    let header = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let formats = Formats::new();
    sheet.set_name(about.name)?;
    let titles: Vec<String> = columns().map(|(title, _)| in_words(title, round)).collect();
    for (place, ((_, column), title)) in (0..).zip(columns().zip(&titles)) {
        let width = if WIDE.contains(&column.id) { 26 } else { 14 };
        sheet.write_with_format(0, place, title, &header)?.set_column_width(place, width)?;
    }
    for (index, statistic) in rows.iter().enumerate() {
        figure(sheet, u32::try_from(index + 1)?, statistic, round, &formats)?;
    }
    mark_up(sheet, about.name, &titles.iter().map(String::as_str).collect::<Vec<_>>(), rows.len(), &header)
}

/// Makes a table of the rows under a header, so that a screen reader knows it; a header alone cannot be one.
fn mark_up(sheet: &mut Worksheet, name: &str, header: &[&str], rows: usize, format: &Format) -> Result<()> {
    if rows == 0 {
        return Ok(());
    }
    let columns: Vec<TableColumn> =
        header.iter().map(|title| TableColumn::new().set_header(*title).set_header_format(format)).collect();
    let table = Markup::new()
        .set_name(format!("{name}_table"))
        .set_columns(&columns)
        .set_style(TableStyle::None)
        .set_autofilter(false);
    sheet.add_table(0, 0, u32::try_from(rows)?, u16::try_from(header.len() - 1)?, &table)?;
    Ok(())
}

/// Who registered, without any figure.
fn participants(sheet: &mut Worksheet, coverage: &Coverage) -> Result<()> {
    let header = Format::new().set_bold();
    sheet
        .set_name(PARTICIPANTS)?
        .set_column_width(0, 40)?
        .set_column_width(1, 26)?
        .set_column_width(2, 26)?
        .set_column_width(3, 18)?;
    let titles = ["Authority", "Region", "Type", "Return"];
    for (column, title) in (0..).zip(titles) {
        sheet.write_with_format(0, column, title, &header)?;
    }
    for (row, one) in (1..).zip(&coverage.participants) {
        let answer = match one.participation {
            Participation::Submitted => "Submitted",
            Participation::Rejected => "Left out: errors",
            Participation::NotSubmitted => "Not submitted",
        };
        for (column, text) in (0..).zip([&one.authority.name, &one.authority.region, &one.authority.kind, answer]) {
            sheet.write_string(row, column, text)?;
        }
    }
    mark_up(sheet, PARTICIPANTS, &titles, coverage.participants.len(), &header)
}

/// How numbers are shown; every number is rounded before it is written.
struct Formats {
    numbers: [(Style, Format); 4],
    symbol: Format,
}

impl Formats {
    fn new() -> Self {
        let numbers = Style::ALL.map(|style| (style, Format::new().set_num_format(style.pattern())));
        Self { numbers, symbol: Format::new().set_align(FormatAlign::Right) }
    }
}

fn figure(sheet: &mut Worksheet, row: u32, statistic: &Statistic, round: &Round, formats: &Formats) -> Result<()> {
    for (place, (_, column)) in (0..).zip(columns()) {
        match column.cell(statistic, round) {
            Cell::Word(text) => sheet.write_string(row, place, text)?,
            Cell::Number(_, Err(why)) => {
                sheet.write_with_format(row, place, format!("[{}]", why.id()), &formats.symbol)?
            }
            Cell::Number(style, Ok(value)) => {
                let value = words::to_number(value, style.decimals());
                let format = formats.numbers.iter().find(|(other, _)| *other == style);
                match format {
                    Some((_, format)) => sheet.write_with_format(row, place, value, format)?,
                    None => sheet.write(row, place, value)?,
                }
            }
        };
    }
    Ok(())
}
