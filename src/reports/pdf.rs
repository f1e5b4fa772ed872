//! Typesets a document as PDF/UA-1 and PDF/A-3a: accessible, and fit to be archived.

use anyhow::{Context, Result, anyhow, ensure};
use typst::foundations::Smart;
use typst::layout::{Frame, FrameItem};
use typst::model::{Document as _, DocumentInfo};
use typst::syntax::Span;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::figures::{self, Mark, Place, Reading};
use super::proof::Print;
use super::world::Document;

/// Typesets the document, and reads the numbers on its pages; the same source gives the same bytes.
pub fn pdf(document: &Document) -> Result<(Vec<u8>, Printed)> {
    let pages: PagedDocument = document.compile()?;
    let printed = Printed { print: read(&pages)?, pages: pages.pages().len() };
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

/// What stands on the pages between the marks of each number, letter by letter as it was set.
fn read(document: &PagedDocument) -> Result<Print> {
    let mut reader = Reader::default();
    for (index, page) in document.pages().iter().enumerate() {
        reader.page = index + 1;
        reader.frame(&page.frame)?;
    }
    ensure!(reader.open.is_none(), "a number of a figure does not end");
    Ok(reader.print)
}

/// What the pages print.
pub struct Printed {
    /// The numbers.
    pub print: Print,
    /// How many pages there are.
    pub pages: usize,
}

#[derive(Default)]
struct Reader {
    page: usize,
    open: Option<(String, String)>,
    print: Print,
}

impl Reader {
    fn frame(&mut self, frame: &Frame) -> Result<()> {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.frame(&group.frame)?,
                FrameItem::Text(text) => match &mut self.open {
                    Some((_, printed)) => printed.push_str(&text.text),
                    None => {
                        let glyph = |at: usize| text.glyphs.iter().find(|glyph| glyph.range().contains(&at));
                        let span = |at| glyph(at).map_or(Span::detached(), |glyph| glyph.span.0);
                        self.print.add(&text.text, &Place::Page(self.page), span);
                    }
                },
                FrameItem::Tag(tag) => match figures::mark(tag) {
                    Some(Mark::Begins(id)) => {
                        ensure!(self.open.is_none(), "the figure {id} begins inside another one");
                        self.open = Some((id, String::new()));
                    }
                    Some(Mark::Ends) => {
                        let (id, printed) = self.open.take().context("a figure ends that did not begin")?;
                        self.print.readings.push(Reading {
                            id,
                            printed: figures::spaced(&printed),
                            place: Place::Page(self.page),
                        });
                    }
                    None => {}
                },
                FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) => {}
            }
        }
        Ok(())
    }
}

/// What tells this document from every other one, and stays when it is built again.
fn identity(info: &DocumentInfo) -> String {
    let DocumentInfo { title, author, description, date, .. } = info;
    format!("{title:?} {author:?} {description:?} {date:?}")
}
