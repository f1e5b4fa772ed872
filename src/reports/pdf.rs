//! Typesets a document as PDF/UA-1 and PDF/A-3a: accessible, and fit to be archived.

use anyhow::{Result, anyhow};
use typst::foundations::Smart;
use typst::model::{Document as _, DocumentInfo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::world::Document;

/// Typesets the document; the same source gives the same bytes.
pub fn pdf(document: &Document) -> Result<Vec<u8>> {
    let pages: PagedDocument = document.compile()?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a])
        .map_err(|error| anyhow!("the PDF standards: {}", error.message()))?;
    let options = PdfOptions {
        ident: Smart::Custom(identity(pages.info())),
        creator: Smart::Custom(Some(concat!("scwres ", env!("CARGO_PKG_VERSION")).into())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&pages, &options).map_err(|errors| document.problems(&errors))
}

/// What tells this document from every other one, and stays when it is built again.
fn identity(info: &DocumentInfo) -> String {
    let DocumentInfo { title, author, description, date, .. } = info;
    format!("{title:?} {author:?} {description:?} {date:?}")
}
