//! A page of a PDF as a picture, with the place of every number on it.

use anyhow::Result;
use serde::Serialize;
use typst::layout::{Abs, Frame, FrameItem, Point, Size, Transform};
use typst::text::TextItem;
use typst_layout::{Page, PagedDocument};
use typst_svg::SvgOptions;

use crate::reports::numbers::{self, Numbers};
use crate::reports::world::Document;

/// A page.
pub struct Sheet {
    /// Its picture.
    pub svg: String,
    /// Its width and height, in points.
    pub size: (f64, f64),
    /// The numbers of figures on it, in their order.
    pub numbers: Vec<PlacedNumber>,
}

/// A number of a figure, or a part of it, and where it stands: in hundredths of the page's width and height.
#[derive(Clone, Debug, Serialize)]
pub struct PlacedNumber {
    /// The id of the figure.
    pub id: String,
    /// What is printed.
    pub text: String,
    /// Where it begins, from the left.
    pub left: f64,
    /// Where it begins, from the top.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// A page of a document, and how many it has.
pub fn sheet(document: &Document<'_>, number: usize) -> Result<(Option<Sheet>, usize)> {
    let pages: PagedDocument = document.compile()?;
    let sheet = |page: &Page| {
        let mut placed = Placed { numbers: document.numbers(), size: page.frame.size(), found: Vec::new() };
        placed.frame(&page.frame, Transform::identity());
        let size = (page.frame.width().to_pt(), page.frame.height().to_pt());
        Sheet { svg: typst_svg::svg(page, &SvgOptions::default()), size, numbers: placed.found }
    };
    let pages = pages.pages();
    Ok((number.checked_sub(1).and_then(|place| pages.get(place)).map(sheet), pages.len()))
}

struct Placed<'a> {
    numbers: &'a Numbers,
    size: Size,
    found: Vec<PlacedNumber>,
}

impl Placed<'_> {
    fn frame(&mut self, frame: &Frame, around: Transform) {
        for (at, item) in frame.items() {
            let here = around.pre_concat(Transform::translate(at.x, at.y));
            match item {
                FrameItem::Group(group) => self.frame(&group.frame, here.pre_concat(group.transform)),
                FrameItem::Text(text) => self.text(text, here),
                _ => {}
            }
        }
    }

    /// Notes each run of letters that one number gave.
    fn text(&mut self, item: &TextItem, here: Transform) {
        let mut x = Abs::zero();
        let mut open: Option<(u64, Abs, String)> = None;
        for glyph in &item.glyphs {
            let key = numbers::key_of(glyph.span.0);
            if open.as_ref().map(|(open, ..)| *open) != key
                && let Some((key, from, text)) = open.take()
            {
                self.note(key, text, (from, x), item.size, here);
            }
            let letters = item.text.get(glyph.range()).unwrap_or_default();
            if let Some(key) = key {
                open.get_or_insert_with(|| (key, x, String::new())).2.push_str(letters);
            }
            x += glyph.x_advance.at(item.size);
        }
        if let Some((key, from, text)) = open {
            self.note(key, text, (from, x), item.size, here);
        }
    }

    fn note(&mut self, key: u64, text: String, (from, to): (Abs, Abs), size: Abs, here: Transform) {
        /// How far letters reach above and below the line that they stand on, of their size.
        const ABOVE: f64 = 0.85;
        const BELOW: f64 = 0.25;
        let Some((id, _)) = self.numbers.get(key) else { return };
        let start = Point::new(from, size * -ABOVE).transform(here);
        let end = Point::new(to, size * BELOW).transform(here);
        let share = |part: Abs, whole: Abs| (part.to_pt() / whole.to_pt() * 10_000.0).round() / 100.0;
        self.found.push(PlacedNumber {
            id: id.to_owned(),
            text,
            left: share(start.x, self.size.x),
            top: share(start.y, self.size.y),
            width: share(end.x - start.x, self.size.x),
            height: share(end.y - start.y, self.size.y),
        });
    }
}
