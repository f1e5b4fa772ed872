//! Typesets a document as PDF/UA-1 and PDF/A-3a: accessible, and fit to be archived.

use anyhow::{Result, anyhow};
use typst::foundations::Smart;
use typst::layout::{Frame, FrameItem};
use typst::model::{Document as _, DocumentInfo};
use typst::syntax::Span;
use typst::text::TextItem;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::figures::Place;
use super::numbers::{self, Numbers};
use super::proof::{Print, Reader};
use super::world::Document;

/// Typesets the document, and reads the numbers on its pages; the same source gives the same bytes.
pub fn pdf(document: &Document) -> Result<(Vec<u8>, Printed)> {
    let pages: PagedDocument = document.compile()?;
    let printed = Printed { print: read(&pages, document.numbers()), pages: pages.pages().len() };
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a])
        .map_err(|error| anyhow!("the PDF standards: {}", error.message()))?;
    let options = PdfOptions {
        ident: Smart::Custom(identity(pages.info())),
        creator: Smart::Custom(Some(concat!("scwres ", env!("CARGO_PKG_VERSION")).into())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&pages, &options).map_err(|errors| document.problems(&errors))?;
    Ok((bytes, printed))
}

/// What stands on the pages, letter by letter as it was set.
fn read(document: &PagedDocument, numbers: &Numbers) -> Print {
    let mut reader = Reader::new(numbers);
    for (index, page) in document.pages().iter().enumerate() {
        frame(&page.frame, &Place::Page(index + 1), &mut reader);
    }
    reader.finish()
}

fn frame(of: &Frame, place: &Place, reader: &mut Reader<'_>) {
    for (_, item) in of.items() {
        match item {
            FrameItem::Group(group) => frame(&group.frame, place, reader),
            FrameItem::Text(item) => text(item, place, reader),
            FrameItem::Tag(_) | FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) => {}
        }
    }
}

/// Reads a text that may hold numbers and words: its letters know what made them.
fn text(item: &TextItem, place: &Place, reader: &mut Reader<'_>) {
    let mut rest = item.glyphs.iter().peekable();
    while let Some(first) = rest.next() {
        let key = numbers::key_of(first.span.0);
        let (mut start, mut end) = (first.range().start, first.range().end);
        while let Some(glyph) = rest.next_if(|glyph| numbers::key_of(glyph.span.0) == key) {
            start = start.min(glyph.range().start);
            end = end.max(glyph.range().end);
        }
        let part = item.text.get(start..end).unwrap_or_default();
        match key {
            Some(key) => reader.number(key, part, place),
            None => {
                let glyph = |at: usize| item.glyphs.iter().find(|glyph| glyph.range().contains(&(start + at)));
                reader.words(part, place, |at| glyph(at).map_or(Span::detached(), |glyph| glyph.span.0));
            }
        }
    }
}

/// What the pages print.
pub struct Printed {
    /// The numbers.
    pub print: Print,
    /// How many pages there are.
    pub pages: usize,
}

/// What tells this document from every other one, and stays when it is built again.
fn identity(info: &DocumentInfo) -> String {
    let DocumentInfo { title, author, description, date, .. } = info;
    format!("{title:?} {author:?} {description:?} {date:?}")
}
