//! Which points of the Analysis Function's checklist for accessible spreadsheets a finished workbook meets: read from its bytes.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use anyhow::{Context, Result};
use calamine::{Data, Reader, Xlsx};
use serde::Serialize;
use zip::ZipArchive;

use super::spreadsheet::CONTACT;

/// A point of the checklist.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// What it asks for.
    pub asks: &'static str,
    /// Whether the workbook meets it.
    pub met: bool,
    /// What was found.
    pub found: String,
}

/// The sizes of letters that are read with ease begin here.
const LEAST_SIZE: f64 = 10.0;

/// Looks through a workbook; an error means that it is none.
pub fn points(bytes: &[u8]) -> Result<Vec<Point>> {
    let package = Package::open(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).context("the data tables cannot be read back")?;
    let names = book.sheet_names();
    let (cover, tables) = names.split_first().context("the data tables have no sheet")?;
    let lines = book.worksheet_range(cover)?;
    let contact = lines.rows().any(|line| line.first().is_some_and(|label| *label == CONTACT));
    let linked = package.named("xl/worksheets/sheet1.xml").matches("<hyperlink ").count();
    let sheets = format!("{} sheets and a cover", tables.len());
    let asked = if contact { "a contact" } else { "identity.yaml has no contact" };
    let mut points = vec![
        Point::new(
            "The first sheet is a cover that says what the workbook is",
            cover == "Cover",
            format!("first sheet: {cover}"),
        ),
        Point::new(
            "The cover lists every sheet, with a link",
            linked == tables.len(),
            format!("{linked} links, {sheets}"),
        ),
        Point::new("The cover tells whom to ask", contact, asked.to_owned()),
    ];
    points.extend(of_tables(&mut book, tables, &sheets)?);
    points.extend(package.points(&names));
    Ok(points)
}

/// The points about each sheet but the cover.
fn of_tables(book: &mut Xlsx<Cursor<&[u8]>>, tables: &[String], sheets: &str) -> Result<[Point; 4]> {
    let (mut elsewhere, mut blank, mut twice) = (Vec::new(), Vec::new(), Vec::new());
    let empty = |cell: &Data| match cell {
        Data::Empty => true,
        Data::String(text) => text.trim().is_empty(),
        _ => false,
    };
    for name in tables {
        let range = book.worksheet_range(name)?;
        if range.start() != Some((0, 0)) {
            elsewhere.push(name.as_str());
        }
        if range.rows().flatten().any(empty) {
            blank.push(name.as_str());
        }
        let header: Vec<String> = range.rows().next().into_iter().flatten().map(ToString::to_string).collect();
        if header.iter().collect::<BTreeSet<_>>().len() < header.len() {
            twice.push(name.as_str());
        }
    }
    book.load_tables()?;
    let unnamed = tables.iter().filter(|name| book.table_names_in_sheet(name).is_empty());
    let unnamed: Vec<&str> = unnamed.map(String::as_str).collect();
    let marked = format!("{} tables", tables.len() - unnamed.len());
    Ok([
        Point::without("Each other sheet holds one table that begins in A1", &elsewhere, sheets),
        Point::without("Tables are marked up as tables, with names", &unnamed, &marked),
        Point::without("Every column has a header of its own, in one row", &twice, "no header stands twice"),
        Point::without("No cell of a table is blank: symbols say why a number is missing", &blank, "no blank cell"),
    ])
}

impl Point {
    fn new(asks: &'static str, met: bool, found: String) -> Self {
        Point { asks, met, found }
    }

    /// It is met where nothing is wrong; what is wrong is listed.
    fn without(asks: &'static str, wrong: &[&str], fine: &str) -> Self {
        let found = if wrong.is_empty() { fine.to_owned() } else { wrong.join(", ") };
        Point { asks, met: wrong.is_empty(), found }
    }
}

/// The parts of a workbook as text.
struct Package {
    parts: Vec<(String, String)>,
}

impl Package {
    fn open(bytes: &[u8]) -> Result<Self> {
        let mut archive = ZipArchive::new(Cursor::new(bytes))?;
        let mut parts = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            parts.push((file.name()?.into_owned(), String::from_utf8_lossy(&content).into_owned()));
        }
        Ok(Self { parts })
    }

    /// The points about how the workbook is written, whose sheets have these names.
    fn points(&self, names: &[String]) -> [Point; 7] {
        const FOREIGN: [&str; 5] = ["xl/media", "xl/drawings", "xl/charts", "xl/externalLinks", "vbaProject"];
        let looked = || "looked for in every sheet".to_owned();
        let lacks = |parts: &[&str]| !self.sheets().any(|sheet| parts.iter().any(|part| sheet.contains(part)));
        let spaced: Vec<&str> = names.iter().map(String::as_str).filter(|name| name.contains(' ')).collect();
        let fills = self.named("xl/styles.xml").matches("<patternFill patternType=\"solid\"").count();
        let smallest = self.sizes().fold(f64::INFINITY, f64::min);
        let parts = self.parts.iter().map(|(name, _)| name.as_str());
        let foreign: Vec<&str> = parts.filter(|name| FOREIGN.iter().any(|part| name.contains(part))).collect();
        let title = self.named("docProps/core.xml").contains("<dc:title>");
        [
            Point::new("No cells are merged or split", lacks(&["<mergeCell"]), looked()),
            Point::new(
                "Nothing is hidden, frozen or locked",
                lacks(&["hidden=\"1\"", "<pane ", "<sheetProtection"]),
                looked(),
            ),
            Point::without("Sheets have short names without spaces", &spaced, &names.join(", ")),
            Point::new("Colour carries no meaning", fills == 0, format!("{fills} cell styles with a filling")),
            Point::new(
                "Letters are large enough",
                smallest >= LEAST_SIZE,
                format!("the smallest are of {smallest} points"),
            ),
            Point::without("There are no pictures, charts, macros or links to other files", &foreign, "none"),
            Point::new("The document has a title", title, "looked for in its properties".to_owned()),
        ]
    }

    fn named(&self, name: &str) -> &str {
        self.parts.iter().find(|(other, _)| other == name).map_or("", |(_, content)| content)
    }

    fn sheets(&self) -> impl Iterator<Item = &str> {
        let sheets = self.parts.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet"));
        sheets.map(|(_, content)| content.as_str())
    }

    /// The sizes of letters in points.
    fn sizes(&self) -> impl Iterator<Item = f64> {
        let styles = self.named("xl/styles.xml").split("<sz val=\"").skip(1);
        styles.filter_map(|rest| rest.split('"').next()?.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Color, Format, Workbook};

    use super::*;

    #[test]
    fn a_workbook_that_breaks_every_point_is_told_so() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("Front page").unwrap();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Some data").unwrap().set_freeze_panes(1, 0).unwrap();
        let coloured = Format::new().set_background_color(Color::Red).set_font_size(8);
        sheet.merge_range(1, 1, 1, 2, "A", &coloured).unwrap();
        sheet.write(3, 4, "A").unwrap();
        let points = points(&workbook.save_to_buffer().unwrap()).unwrap();
        let met: Vec<&str> = points.iter().filter(|point| point.met).map(|point| point.asks).collect();
        assert_eq!(met, ["There are no pictures, charts, macros or links to other files"]);
    }
}
