//! Reads an OpenDocument spreadsheet, which LibreOffice saves: cell by cell, so that a repeated cell cannot fill the memory.

mod cell;
mod styles;

use std::ops::ControlFlow;

use quick_xml::events::BytesStart;

use self::cell::Current;
use self::styles::Styles;
use super::archive::Archive;
use super::open::{Problem, unreadable};
use super::sheet::{MOST_COLUMNS, MOST_ROWS, Sheet};
use super::xml::{Node, qualified, walk};

/// The part of the file that holds the sheets.
pub(super) const CONTENT: &str = "content.xml";

/// Elements that only hold others.
const HOLDERS: [&str; 11] = [
    "office:document-content",
    "office:body",
    "office:spreadsheet",
    "table:table-row-group",
    "table:table-rows",
    "table:table-header-rows",
    "table:table-column-group",
    "table:table-columns",
    "table:table-header-columns",
    "office:automatic-styles",
    "office:styles",
];

/// A text beside the cells: a comment, or what stands in a drawing.
struct Aside {
    depth: usize,
    paragraph: usize,
    text: String,
}

struct Reader<F: FnMut(Sheet)> {
    styles: Styles,
    take: F,
    sheet: Option<Sheet>,
    row: u32,
    rows_repeated: u32,
    row_style: Option<String>,
    column: u32,
    /// Where the columns that are being described have got to.
    described: u32,
    column_styles: Vec<(std::ops::RangeInclusive<u32>, String)>,
    cell: Option<Current>,
    aside: Option<Aside>,
    /// How many elements deep reading is in something that is not seen.
    skipped: usize,
}

/// The sheets in the order of the file, each handed over as soon as it is read.
pub(super) fn read(archive: &mut Archive<'_>, take: impl FnMut(Sheet)) -> Result<(), Problem> {
    let broken = |error: String| unreadable(&error);
    let mut styles = Styles::default();
    if let Some(text) = archive.text("styles.xml").map_err(broken)? {
        walk(&text, |node| {
            if let Node::Start(element) = node {
                styles.start(element);
            }
            ControlFlow::Continue(())
        })
        .map_err(broken)?;
    }
    let content = archive.text(CONTENT).map_err(broken)?.ok_or_else(|| unreadable("it holds no sheets"))?;
    let mut reader = Reader {
        styles,
        take,
        sheet: None,
        row: 0,
        rows_repeated: 1,
        row_style: None,
        column: 0,
        described: 0,
        column_styles: Vec::new(),
        cell: None,
        aside: None,
        skipped: 0,
    };
    walk(&content, |node| {
        match node {
            Node::Start(element) => reader.start(element),
            Node::End(name) => reader.end(name),
            Node::Text(text) => reader.text(text),
        }
        ControlFlow::Continue(())
    })
    .map_err(broken)
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u32 {
    qualified(element, name).and_then(|value| value.trim().parse().ok()).unwrap_or(1).max(1)
}

/// Whether rows or columns are hidden, by hand or by a filter.
fn is_hidden(element: &BytesStart<'_>) -> bool {
    qualified(element, "table:visibility").is_some_and(|visibility| visibility != "visible")
}

impl<F: FnMut(Sheet)> Reader<F> {
    fn start(&mut self, element: &BytesStart<'_>) {
        let name = element.name().into_inner();
        if self.skipped > 0 {
            self.skipped += 1;
        } else if let Some(aside) = &mut self.aside {
            aside.depth += 1;
            aside.paragraph += usize::from(aside.paragraph > 0 || ["text:p", "text:h"].contains(&name));
        } else if self.sheet.is_some()
            && (name == "office:annotation" || name.starts_with("draw:") || name == "table:shapes")
        {
            self.aside = Some(Aside { depth: 1, paragraph: 0, text: String::new() });
        } else if let Some(cell) = &mut self.cell {
            if !cell.start(element, &self.styles) {
                self.skipped = 1;
            }
        } else {
            self.start_outside(element, name);
        }
    }

    fn start_outside(&mut self, element: &BytesStart<'_>, name: &str) {
        match name {
            "table:table" if self.sheet.is_none() => {
                let name = qualified(element, "table:name").unwrap_or_default().trim().to_owned();
                let style = qualified(element, "table:style-name");
                let hidden = style.is_some_and(|style| self.styles.hides_table(&style));
                self.sheet = Some(Sheet { name, hidden, ..Sheet::default() });
                (self.row, self.column, self.described) = (0, 0, 0);
                self.column_styles.clear();
            }
            "table:table-column" => {
                let next = self.described.saturating_add(repeated(element, "table:number-columns-repeated"));
                let columns = self.described..=next - 1;
                self.described = next;
                let Some(sheet) = self.sheet.as_mut().filter(|_| *columns.start() < MOST_COLUMNS) else { return };
                if is_hidden(element) {
                    sheet.hide_columns(columns.clone());
                }
                let style = qualified(element, "table:default-cell-style-name");
                self.column_styles.extend(style.map(|style| (columns, style)));
            }
            "table:table-row" => {
                self.rows_repeated = repeated(element, "table:number-rows-repeated");
                self.row_style = qualified(element, "table:default-cell-style-name");
                self.column = 0;
                if let Some(sheet) = self.sheet.as_mut().filter(|_| is_hidden(element)) {
                    sheet.hide_rows(self.row..=self.row.saturating_add(self.rows_repeated - 1));
                }
            }
            "table:table-cell" | "table:covered-table-cell" if self.sheet.is_some() => self.start_cell(element, name),
            name if HOLDERS.contains(&name) => {}
            name if name.starts_with("style:") => self.styles.start(element),
            _ => self.skipped = 1,
        }
    }

    fn start_cell(&mut self, element: &BytesStart<'_>, name: &str) {
        let of_column = || self.column_styles.iter().find(|(columns, _)| columns.contains(&self.column));
        let style = qualified(element, "table:style-name").or_else(|| self.row_style.clone());
        let style = style.or_else(|| of_column().map(|(_, style)| style.clone()));
        let mark = style.as_ref().map(|style| self.styles.mark("table-cell", style)).unwrap_or_default();
        let mut cell = Current::new(element, mark);
        cell.unseen = style.is_some_and(|style| self.styles.is_unseen(&style));
        cell.covered = name == "table:covered-table-cell";
        cell.repeated = repeated(element, "table:number-columns-repeated");
        let spans = |name| repeated(element, name) - 1;
        let (rows, columns) = (spans("table:number-rows-spanned"), spans("table:number-columns-spanned"));
        if let Some(sheet) = self.sheet.as_mut().filter(|_| rows > 0 || columns > 0) {
            let first = (self.row, self.column);
            sheet.merge(first, (first.0.saturating_add(rows), first.1.saturating_add(columns)));
        }
        self.cell = Some(cell);
    }

    fn text(&mut self, text: &str) {
        match (&mut self.aside, &mut self.cell) {
            _ if self.skipped > 0 => {}
            (Some(aside), _) if aside.paragraph > 0 => aside.text.push_str(text),
            (None, Some(cell)) => cell.text(text),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if let Some(aside) = &mut self.aside {
            aside.depth -= 1;
            if aside.paragraph > 0 {
                aside.paragraph -= 1;
                aside.text.push_str(if aside.paragraph == 0 { "\n" } else { "" });
            }
            if aside.depth == 0 {
                let place = self.cell.as_ref().map(|_| (self.row, self.column));
                if let (Some(aside), Some(sheet)) = (self.aside.take(), &mut self.sheet) {
                    sheet.remark(place, &aside.text);
                }
            }
            return;
        }
        match name {
            "table:table-cell" | "table:covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.put(&cell);
                    self.column = self.column.saturating_add(cell.repeated);
                }
            }
            "table:table-row" => self.row = self.row.saturating_add(self.rows_repeated),
            "table:table" => {
                if let Some(mut sheet) = self.sheet.take() {
                    sheet.cover();
                    (self.take)(sheet);
                }
            }
            name => {
                if let Some(cell) = &mut self.cell {
                    cell.end(name);
                }
            }
        }
    }

    /// Puts a cell where it stands, as often as it is repeated.
    fn put(&mut self, cell: &Current) {
        let Some(sheet) = self.sheet.as_mut().filter(|sheet| !sheet.too_large) else { return };
        let Some(content) = cell.content() else { return };
        let (rows, columns) = (self.row.saturating_add(self.rows_repeated), self.column.saturating_add(cell.repeated));
        if rows > MOST_ROWS || columns > MOST_COLUMNS {
            sheet.too_large = true;
            return;
        }
        for row in self.row..rows {
            for column in self.column..columns {
                let fits = sheet.put((row, column), content.clone());
                if cell.covered {
                    sheet.hide_under_merge((row, column));
                }
                if !fits {
                    return;
                }
            }
        }
    }
}
