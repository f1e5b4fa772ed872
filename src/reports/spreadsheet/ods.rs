//! The data tables as an OpenDocument spreadsheet (version 1.3): the few parts that a spreadsheet needs, without any clock.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Write};

use anyhow::{Context, Result};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Book, COVER, COVER_WIDTHS, Line, Look, Sheet};
use crate::reports::columns::{Cell, Style};
use crate::reports::words;

const TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// A letter's width, roughly, as a column's is given in letters.
const LETTER: f64 = 0.19;

type Xml = Writer<Vec<u8>>;

/// The names of what the parts are written in.
const NAMESPACES: [(&str, &str); 9] = [
    ("xmlns:office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
    ("xmlns:style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
    ("xmlns:text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
    ("xmlns:table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
    ("xmlns:fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"),
    ("xmlns:number", "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"),
    ("xmlns:meta", "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
];

pub(super) fn write(book: &Book) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // The date of a part in an archive would be the clock's: it is the earliest that there is.
    let options =
        |method| SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    let parts = [
        // First, and as it is, so that the kind of file can be told from its first bytes.
        ("mimetype", CompressionMethod::Stored, TYPE.as_bytes().to_vec()),
        ("META-INF/manifest.xml", CompressionMethod::Deflated, manifest()?),
        ("meta.xml", CompressionMethod::Deflated, meta(book)?),
        ("styles.xml", CompressionMethod::Deflated, styles()?),
        ("content.xml", CompressionMethod::Deflated, content(book)?),
    ];
    for (name, method, bytes) in parts {
        archive.start_file(name, options(method))?;
        archive.write_all(&bytes)?;
    }
    Ok(archive.finish().context("cannot make the data tables as OpenDocument")?.into_inner())
}

/// A part with one element around everything.
fn part(root: &str, inside: impl FnOnce(&mut Xml) -> io::Result<()>) -> Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let element = xml.create_element(root).with_attributes(NAMESPACES).with_attribute(("office:version", "1.3"));
    element.write_inner_content(inside)?;
    Ok(xml.into_inner())
}

/// An element with attributes and text.
fn element(xml: &mut Xml, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
    let element = xml.create_element(name).with_attributes(attributes.iter().copied());
    if text.is_empty() {
        element.write_empty()?
    } else {
        element.write_text_content(BytesText::new(&written(text)))?
    };
    Ok(())
}

/// An element with attributes and what is inside.
fn around(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_inner_content(inside)?;
    Ok(())
}

/// A text without what XML has no room for.
fn written(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn manifest() -> Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let names = [("xmlns:manifest", "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"), ("manifest:version", "1.3")];
    around(&mut xml, "manifest:manifest", &names, |xml| {
        let root = [("manifest:full-path", "/"), ("manifest:version", "1.3"), ("manifest:media-type", TYPE)];
        element(xml, "manifest:file-entry", &root, "")?;
        ["meta.xml", "styles.xml", "content.xml"].iter().try_for_each(|path| {
            let attributes = [("manifest:full-path", *path), ("manifest:media-type", "text/xml")];
            element(xml, "manifest:file-entry", &attributes, "")
        })
    })?;
    Ok(xml.into_inner())
}

fn meta(book: &Book) -> Result<Vec<u8>> {
    part("office:document-meta", |xml| {
        around(xml, "office:meta", &[], |xml| {
            element(xml, "meta:generator", &[], "scwres")?;
            element(xml, "dc:title", &[], &book.title)?;
            element(xml, "dc:subject", &[], "Data tables")?;
            element(xml, "meta:creation-date", &[], &format!("{}T00:00:00", book.published.iso()))?;
            element(xml, "dc:language", &[], "en-GB")
        })
    })
}

fn styles() -> Result<Vec<u8>> {
    part("office:document-styles", |xml| {
        around(xml, "office:styles", &[], |xml| {
            around(xml, "style:default-style", &[("style:family", "table-cell")], |xml| {
                let text = [
                    ("fo:font-family", "Arial"),
                    ("fo:font-size", "11pt"),
                    ("fo:language", "en"),
                    ("fo:country", "GB"),
                ];
                element(xml, "style:text-properties", &text, "")
            })
        })
    })
}

fn content(book: &Book) -> Result<Vec<u8>> {
    part("office:document-content", |xml| {
        around(xml, "office:automatic-styles", &[], |xml| cell_styles(xml, book))?;
        around(xml, "office:body", &[], |xml| {
            around(xml, "office:spreadsheet", &[], |xml| {
                cover(xml, &book.cover)?;
                book.tables.iter().try_for_each(|sheet| table(xml, sheet))?;
                around(xml, "table:database-ranges", &[], |xml| {
                    book.tables.iter().filter(|sheet| !sheet.rows.is_empty()).try_for_each(|sheet| range(xml, sheet))
                })
            })
        })
    })
}

/// The name of the style of a number's cells.
fn of_number(style: Style) -> String {
    format!("{style:?}")
}

fn of_width(width: u16) -> String {
    format!("width{width}")
}

fn cell_styles(xml: &mut Xml, book: &Book) -> io::Result<()> {
    let columns = book.tables.iter().flat_map(|sheet| &sheet.columns).map(|column| column.width);
    for width in columns.chain(COVER_WIDTHS).collect::<BTreeSet<u16>>() {
        let name = of_width(width);
        around(xml, "style:style", &[("style:name", &name), ("style:family", "table-column")], |xml| {
            let width = format!("{:.2}cm", f64::from(width) * LETTER);
            element(xml, "style:table-column-properties", &[("style:column-width", &width)], "")
        })?;
    }
    for style in Style::ALL {
        let (name, decimals) = (of_number(style), style.decimals().to_string());
        around(xml, "number:number-style", &[("style:name", &format!("{name}-number"))], |xml| {
            let mut number = vec![("number:decimal-places", &*decimals), ("number:min-integer-digits", "1")];
            number.extend((style == Style::Count).then_some(("number:grouping", "true")));
            element(xml, "number:number", &number, "")
        })?;
        let number = format!("{name}-number");
        let attributes = [("style:name", &*name), ("style:family", "table-cell"), ("style:data-style-name", &number)];
        element(xml, "style:style", &attributes, "")?;
    }
    let wrapped = [("fo:wrap-option", "wrap"), ("style:vertical-align", "top")];
    let bold = ("fo:font-weight", "bold");
    cell_style(xml, "wrapped", &wrapped, &[], None)?;
    cell_style(xml, "header", &wrapped, &[bold], None)?;
    cell_style(xml, "title", &[], &[bold, ("fo:font-size", "16pt")], None)?;
    cell_style(xml, "symbol", &[], &[], Some("end"))
}

fn cell_style(
    xml: &mut Xml,
    name: &str,
    cell: &[(&str, &str)],
    text: &[(&str, &str)],
    side: Option<&str>,
) -> io::Result<()> {
    around(xml, "style:style", &[("style:name", name), ("style:family", "table-cell")], |xml| {
        if !cell.is_empty() {
            element(xml, "style:table-cell-properties", cell, "")?;
        }
        if let Some(side) = side {
            element(xml, "style:paragraph-properties", &[("fo:text-align", side)], "")?;
        }
        if text.is_empty() { Ok(()) } else { element(xml, "style:text-properties", text, "") }
    })
}

fn columns(xml: &mut Xml, widths: impl Iterator<Item = u16>) -> io::Result<()> {
    for width in widths {
        element(xml, "table:table-column", &[("table:style-name", &of_width(width))], "")?;
    }
    Ok(())
}

fn cover(xml: &mut Xml, lines: &[Line]) -> io::Result<()> {
    around(xml, "table:table", &[("table:name", COVER)], |xml| {
        columns(xml, COVER_WIDTHS.into_iter())?;
        for Line { label, text, look } in lines {
            around(xml, "table:table-row", &[], |xml| {
                match look {
                    Look::Title => return words_in(xml, "title", label),
                    Look::Heading | Look::Fact => words_in(xml, "header", label)?,
                    Look::Note => words_in(xml, "wrapped", label)?,
                    Look::Link => link(xml, label)?,
                }
                words_in(xml, if *look == Look::Heading { "header" } else { "wrapped" }, text)
            })?;
        }
        Ok(())
    })
}

fn table(xml: &mut Xml, sheet: &Sheet) -> io::Result<()> {
    around(xml, "table:table", &[("table:name", sheet.name)], |xml| {
        columns(xml, sheet.columns.iter().map(|column| column.width))?;
        around(xml, "table:table-header-rows", &[], |xml| {
            around(xml, "table:table-row", &[], |xml| {
                sheet.columns.iter().try_for_each(|column| words_in(xml, "header", &column.title))
            })
        })?;
        sheet.rows.iter().try_for_each(|cells| {
            around(xml, "table:table-row", &[], |xml| cells.iter().try_for_each(|one| cell(xml, one)))
        })
    })
}

fn cell(xml: &mut Xml, cell: &Cell) -> io::Result<()> {
    match cell {
        Cell::Word(text) => {
            around(xml, "table:table-cell", &[("office:value-type", "string")], |xml| element(xml, "text:p", &[], text))
        }
        Cell::Number(_, Err(why)) => words_in(xml, "symbol", &format!("[{}]", why.id())),
        Cell::Number(style, Ok(value)) => {
            let (name, number) = (of_number(*style), style.text(*value));
            let shown = match style {
                Style::Count => words::count(number.parse().unwrap_or_default()),
                _ => number.clone(),
            };
            let attributes = [("table:style-name", &*name), ("office:value-type", "float"), ("office:value", &*number)];
            around(xml, "table:table-cell", &attributes, |xml| element(xml, "text:p", &[], &shown))
        }
    }
}

/// A cell of words in a style.
fn words_in(xml: &mut Xml, style: &str, text: &str) -> io::Result<()> {
    let attributes = [("table:style-name", style), ("office:value-type", "string")];
    around(xml, "table:table-cell", &attributes, |xml| element(xml, "text:p", &[], text))
}

/// A cell with the name of a sheet, which leads there.
fn link(xml: &mut Xml, name: &str) -> io::Result<()> {
    around(xml, "table:table-cell", &[("office:value-type", "string")], |xml| {
        around(xml, "text:p", &[], |xml| {
            let address = format!("#{name}.A1");
            element(xml, "text:a", &[("xlink:type", "simple"), ("xlink:href", &address)], name)
        })
    })
}

/// Names the rows under their header as a table.
fn range(xml: &mut Xml, sheet: &Sheet) -> io::Result<()> {
    let name = sheet.name;
    let last = letters(sheet.columns.len());
    let address = format!("{name}.A1:{name}.{last}{}", sheet.rows.len() + 1);
    let attributes = [
        ("table:name", &*format!("{name}_table")),
        ("table:target-range-address", &address),
        ("table:contains-header", "true"),
    ];
    element(xml, "table:database-range", &attributes, "")
}

/// The letters of a column by its number: A, B, …, Z, AA.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        column -= 1;
        letters.push(b'A' + u8::try_from(column % 26).unwrap_or_default());
        column /= 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        let names = [1, 26, 27, 52, 53, 702, 703].map(letters);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
