//! Pages on paper: none is left nearly empty, and no document ends on a page of a few lines.

use std::path::Path;

use pdf_extract::{ColorSpace, Document, MediaBox, OutputDev, OutputError, Transform, output_doc};

/// Where a page's content ends above and below, in points: what lies beyond is its head and foot.
const HEAD: f64 = 60.0;
const FOOT: f64 = 51.0;

/// How far down each page there are letters.
#[derive(Default)]
struct Depths {
    height: f64,
    /// The lowest letter above the foot.
    lowest: f64,
    /// Of each page, the share of its height that is used.
    shares: Vec<f64>,
}

impl OutputDev for Depths {
    fn begin_page(&mut self, _: u32, page: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        self.height = page.ury - page.lly;
        self.lowest = self.height - HEAD;
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        let whole = self.height - HEAD - FOOT;
        self.shares.push((self.height - HEAD - self.lowest) / whole);
        Ok(())
    }

    fn output_character(&mut self, at: &Transform, _: f64, _: f64, _: f64, _: &str) -> Result<(), OutputError> {
        if at.m32 > FOOT {
            self.lowest = self.lowest.min(at.m32);
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn stroke(&mut self, _: &Transform, _: &ColorSpace, _: &[f64], _: &pdf_extract::Path) -> Result<(), OutputError> {
        Ok(())
    }
}

/// How much of each page of a PDF is used, from 0 to 1.
pub fn used(pdf: &Path) -> Vec<f64> {
    let document = Document::load(pdf).unwrap();
    let mut depths = Depths::default();
    output_doc(&document, &mut depths).unwrap();
    depths.shares
}

/// What is wrong with the pages after the first, which may be a cover.
pub fn emptiness(used: &[f64]) -> Option<String> {
    let (last, inner) = used.split_last()?;
    let inner = inner.get(1..).unwrap_or_default();
    let half_empty = inner.iter().filter(|used| **used < 0.5).count();
    if let Some(page) = inner.iter().position(|used| *used < 0.3) {
        return Some(format!("page {} is nearly empty", page + 2));
    }
    if half_empty * 5 > used.len() {
        return Some(format!("{half_empty} of {} pages are less than half full", used.len()));
    }
    (used.len() > 1 && *last < 0.06).then(|| "the last page has a line or two".to_owned())
}

#[test]
fn nearly_empty_pages_are_found() {
    assert_eq!(emptiness(&[0.4, 0.9, 0.8, 0.6]), None);
    assert_eq!(emptiness(&[0.9]), None);
    assert!(emptiness(&[0.9, 0.2, 0.8, 0.6]).unwrap().contains("page 2"));
    assert!(emptiness(&[0.9, 0.4, 0.45, 0.6]).unwrap().contains("2 of 4"));
    assert!(emptiness(&[0.9, 0.9, 0.03]).unwrap().contains("last"));
}
