//! The data tables as a workbook of Excel.

use anyhow::{Context, Result};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Table as Markup, TableColumn, TableStyle, Url, Workbook,
    Worksheet,
};

use super::{Book, COVER, COVER_WIDTHS, Line, Look, Sheet, rounded};
use crate::reports::columns::{Cell, Style};

pub(super) fn write(book: &Book) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let published = book.published.0;
    let date = ExcelDateTime::from_ymd(u16::try_from(published.year())?, u8::from(published.month()), published.day())?;
    // Without a date of its own the workbook would carry the clock's.
    let properties =
        DocProperties::new().set_title(&book.title).set_subject("Data tables").set_creation_datetime(&date);
    workbook.set_properties(&properties);
    cover(workbook.add_worksheet(), &book.cover)?;
    let formats = Formats::new();
    for sheet in &book.tables {
        table(workbook.add_worksheet(), sheet, &formats)?;
    }
    workbook.save_to_buffer().context("cannot make the data tables workbook")
}

fn cover(sheet: &mut Worksheet, lines: &[Line]) -> Result<()> {
    let bold = Format::new().set_bold();
    let title = Format::new().set_bold().set_font_size(16);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(COVER)?;
    for (column, width) in (0..).zip(COVER_WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    for (row, Line { label, text, look }) in (0..).zip(lines) {
        match look {
            Look::Title => sheet.write_with_format(row, 0, label, &title)?,
            Look::Heading => sheet.write_with_format(row, 0, label, &bold)?.write_with_format(row, 1, text, &bold)?,
            Look::Fact => sheet.write_with_format(row, 0, label, &bold)?.write_with_format(row, 1, text, &wrapped)?,
            Look::Link => {
                let link = Url::new(format!("internal:'{label}'!A1")).set_text(label);
                sheet.write(row, 0, link)?.write_with_format(row, 1, text, &wrapped)?
            }
            Look::Note => sheet.write(row, 0, label)?.write_with_format(row, 1, text, &wrapped)?,
        };
    }
    Ok(())
}

fn table(sheet: &mut Worksheet, about: &Sheet, formats: &Formats) -> Result<()> {
    sheet.set_name(about.name)?;
    for (place, column) in (0..).zip(&about.columns) {
        sheet.write_with_format(0, place, &column.title, &formats.header)?.set_column_width(place, column.width)?;
    }
    for (row, cells) in (1..).zip(&about.rows) {
        for (place, cell) in (0..).zip(cells) {
            match cell {
                Cell::Word(text) => sheet.write_string(row, place, text)?,
                Cell::Number(_, Err(why)) => {
                    sheet.write_with_format(row, place, format!("[{}]", why.id()), &formats.symbol)?
                }
                Cell::Number(style, Ok(value)) => {
                    sheet.write_with_format(row, place, rounded(*style, *value), formats.of(*style))?
                }
            };
        }
    }
    mark_up(sheet, about, &formats.header)
}

/// Makes a table of the rows under a header, so that a screen reader knows it; a header alone cannot be one.
fn mark_up(sheet: &mut Worksheet, about: &Sheet, format: &Format) -> Result<()> {
    if about.rows.is_empty() {
        return Ok(());
    }
    let titles = about.columns.iter().map(|column| &column.title);
    let columns: Vec<TableColumn> =
        titles.map(|title| TableColumn::new().set_header(title).set_header_format(format)).collect();
    let table = Markup::new()
        .set_name(format!("{}_table", about.name))
        .set_columns(&columns)
        .set_style(TableStyle::None)
        .set_autofilter(false);
    sheet.add_table(0, 0, u32::try_from(about.rows.len())?, u16::try_from(columns.len() - 1)?, &table)?;
    Ok(())
}

/// How cells are shown; every number is rounded before it is written.
struct Formats {
    header: Format,
    symbol: Format,
    plain: Format,
    numbers: [(Style, Format); 5],
}

impl Formats {
    fn new() -> Self {
        Self {
            header: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            symbol: Format::new().set_align(FormatAlign::Right),
            plain: Format::new(),
            numbers: Style::ALL.map(|style| (style, Format::new().set_num_format(style.pattern()))),
        }
    }

    fn of(&self, style: Style) -> &Format {
        self.numbers.iter().find(|(other, _)| *other == style).map_or(&self.plain, |(_, format)| format)
    }
}
