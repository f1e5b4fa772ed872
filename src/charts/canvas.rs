//! The sheet that a chart is drawn on: plotters' SVG backend, in logical units, and tidied.

use std::cell::RefCell;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, CoordMapper, Drawable, PathElement, PointCollection, Polygon};
use plotters::element::{Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, TextStyle};

use super::style::{Face, Format, LINE_HEIGHT, WHITE};
use super::text::{FAMILY, legible, width};
use super::{AltText, Drawn, Mark};

/// A place on the canvas, in logical units from its upper left corner.
pub(super) type Place = (f64, f64);

/// plotters places on whole pixels, so a logical unit is ten of them.
const RESOLUTION: f64 = 10.0;

/// plotters' SVG backend divides every font size by this.
const FONT_SIZE_DIVISOR: f64 = 1.24;

/// plotters' SVG backend lowers text that hangs from its top by this share of its size.
const HANGING_DROP: f64 = 0.76;

/// What the backend writes although it is the default, or stands once on the outermost element.
const NEEDLESS: [(&str, &str); 5] = [
    (" opacity=\"1\"", ""),
    (" stroke=\"none\"", ""),
    (" text-anchor=\"start\"", ""),
    (" font-family=\"Noto Sans\"", ""),
    (" \"", "\""),
];

/// Before and after the elements of a group, as texts that `tidy` takes out again: plotters has no groups, and no text that is
/// drawn holds these characters.
const GROUP: char = '\u{FDD4}';
const GROUP_END: char = '\u{FDD5}';

/// Before a line of dashes, in the same way: plotters would draw each dash as an element of its own.
const DASHED: char = '\u{FDD6}';

const DASHES: &str = "<polyline stroke-dasharray=\"40 30\"";

pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    /// How wide it is.
    pub width: f64,
    drawn: RefCell<Vec<Drawn>>,
    /// What the row says that is being drawn.
    row: RefCell<String>,
}

/// One drawing of a chart.
pub(super) struct Drawing {
    pub svg: String,
    /// The values in its words.
    pub drawn: Vec<Drawn>,
}

impl Drawing {
    /// Draws on a canvas of this format's width.
    pub fn new(format: Format, height: f64, alt: &AltText, content: impl FnOnce(&Canvas)) -> Drawing {
        let size = (pixels(format.width()), pixels(height.ceil()));
        let mut drawing = String::new();
        let backend = SVGBackend::with_string(&mut drawing, (size.0.unsigned_abs(), size.1.unsigned_abs()));
        let (drawn, row) = (RefCell::default(), RefCell::default());
        let canvas = Canvas { area: backend.into_drawing_area(), width: format.width(), drawn, row };
        content(&canvas);
        let drawn = canvas.drawn.take();
        drop(canvas);
        Drawing { svg: tidy(&drawing, size, alt), drawn }
    }
}

impl Canvas<'_> {
    /// What is drawn belongs together and says these words where it is pointed at.
    pub fn group(&self, words: &str, content: impl FnOnce(&Canvas)) {
        self.sign(format!("{GROUP}{}", legible(words)));
        self.row.replace(legible(words));
        content(self);
        self.row.replace(String::new());
        self.sign(GROUP_END.to_string());
    }

    /// Writes what `tidy` takes for more than words.
    fn sign(&self, words: String) {
        let style = TextStyle::from(FontDesc::new(FontFamily::Name(FAMILY), 1.0, FontStyle::Normal));
        self.put(&Text::new(words, (0, 0), style));
    }

    /// Notes that the value of a mark stands in the drawing's words.
    pub fn note(&self, mark: &Mark) {
        let row = self.row.borrow().clone();
        self.drawn.borrow_mut().push(Drawn { id: mark.id.clone(), printed: mark.printed.clone(), row });
    }

    pub fn line(&self, points: &[Place], thickness: f64, colour: RGBColor) {
        let points: Vec<_> = points.iter().map(on_grid).collect();
        let style = colour.stroke_width(pixels(thickness).unsigned_abs());
        self.put(&PathElement::new(points, style));
    }

    /// A straight line of dashes.
    pub fn dashes(&self, from: Place, to: Place, thickness: f64, colour: RGBColor) {
        self.sign(DASHED.to_string());
        self.line(&[from, to], thickness, colour);
    }

    pub fn rectangle(&self, corner: Place, opposite: Place, colour: RGBColor) {
        let corners = [on_grid(&corner), on_grid(&opposite)];
        self.put(&Rectangle::new(corners, colour.filled()));
    }

    pub fn polygon(&self, points: &[Place], colour: RGBColor) {
        let points: Vec<_> = points.iter().map(on_grid).collect();
        self.put(&Polygon::new(points, colour.filled()));
    }

    pub fn disc(&self, centre: Place, radius: f64, colour: RGBColor) {
        let disc = Circle::new(on_grid(&centre), pixels(radius), colour.filled());
        self.put(&disc);
    }

    /// A white disc with a coloured edge.
    pub fn ring(&self, centre: Place, radius: f64, thickness: f64, colour: RGBColor) {
        self.disc(centre, radius, WHITE);
        let edge = colour.stroke_width(pixels(thickness).unsigned_abs());
        self.put(&Circle::new(on_grid(&centre), pixels(radius), edge));
    }

    /// One line of words, its baseline at `place`, which is its left end, middle or right end.
    pub fn text(&self, words: &str, place: Place, face: Face, anchor: HPos) {
        if words.is_empty() {
            return;
        }
        // Hanging text is lowered in ems, which browsers and Typst understand alike; other places
        // are lowered in heights of the letter x, which they do not.
        let top = (place.0, place.1 - HANGING_DROP * face.size);
        let size = face.size * RESOLUTION * FONT_SIZE_DIVISOR;
        let style = TextStyle {
            font: FontDesc::new(FontFamily::Name(FAMILY), size, face.style()),
            color: face.colour.to_backend_color(),
            pos: Pos::new(anchor, VPos::Top),
        };
        self.put(&Text::new(legible(words), on_grid(&top), style));
    }

    /// Lines of words centred on `middle`, each beginning or ending at `x`.
    pub fn lines(&self, lines: &[String], (x, middle): Place, face: Face, anchor: HPos) {
        let first = middle - (lines.len() as f64 - 1.0) / 2.0 * LINE_HEIGHT + face.drop();
        for (number, line) in lines.iter().enumerate() {
            let baseline = first + number as f64 * LINE_HEIGHT;
            self.text(line, (x, baseline), face, anchor);
        }
    }

    /// Lines as above, with white behind them so that gridlines do not cross them.
    pub fn lines_on_white(&self, lines: &[String], (x, middle): Place, face: Face, anchor: HPos) {
        const MARGIN: f64 = 3.0;
        let top = middle - lines.len() as f64 / 2.0 * LINE_HEIGHT;
        for (number, line) in lines.iter().enumerate() {
            let top = top + number as f64 * LINE_HEIGHT;
            let wide = width(line, face);
            let left = match anchor {
                HPos::Left => x,
                HPos::Center => x - wide / 2.0,
                HPos::Right => x - wide,
            };
            let opposite = (left + wide + MARGIN, top + LINE_HEIGHT);
            self.rectangle((left - MARGIN, top), opposite, WHITE);
        }
        self.lines(lines, (x, middle), face, anchor);
    }

    fn put<'e, E, M>(&self, element: &'e E)
    where
        M: CoordMapper,
        &'e E: PointCollection<'e, (i32, i32), M>,
        E: for<'b> Drawable<SVGBackend<'b>, M>,
    {
        self.area.draw(element).expect("writing an SVG into a string meets no machine that could fail");
    }
}

fn pixels(length: f64) -> i32 {
    (length * RESOLUTION).round() as i32
}

fn on_grid(place: &Place) -> (i32, i32) {
    (pixels(place.0), pixels(place.1))
}

/// The backend's drawing with an outermost element of our own, one element a line and nothing needless.
fn tidy(drawing: &str, size: (i32, i32), alt: &AltText) -> String {
    let (wide, high) = (f64::from(size.0) / RESOLUTION, f64::from(size.1) / RESOLUTION);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{wide}\" height=\"{high}\" \
         font-family=\"{FAMILY}\" role=\"img\" aria-label=\"{}\">\n",
        size.0,
        size.1,
        escape(&legible(alt.as_str())),
    );
    let mut lines = drawing.lines().skip(1).peekable();
    let mut dashed = false;
    while let Some(line) = lines.next() {
        if let Some(words) = lines.peek().filter(|words| words.starts_with([GROUP, GROUP_END, DASHED])) {
            dashed = words.starts_with(DASHED);
            svg.push_str(&group(words).unwrap_or_default());
            // The words and the end of the text that stood for it.
            lines.nth(1);
            continue;
        }
        // Words stand on lines of their own and are escaped, so that a line with "<" is a tag and no words.
        if !line.starts_with('<') {
            svg.push_str(line);
            continue;
        }
        let mut tag = line.to_owned();
        for (needless, instead) in NEEDLESS {
            tag = tag.replace(needless, instead);
        }
        if std::mem::take(&mut dashed) {
            tag = tag.replacen("<polyline", DASHES, 1);
        }
        svg.push_str(&tag);
        if !tag.starts_with("<text") {
            svg.push('\n');
        }
    }
    svg
}

/// The tags that the words of a text stand for, if it is the sign of a group.
fn group(words: &str) -> Option<String> {
    if words.starts_with(GROUP_END) {
        return Some("</g>\n".to_owned());
    }
    // plotters has escaped them already.
    words.strip_prefix(GROUP).map(|words| format!("<g><title>{words}</title>\n"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::style::LABEL;

    #[test]
    fn words_and_alternative_text_come_out_letter_for_letter() {
        let words = "*St. X_ #include(\"/etc/passwd\") $ < & \"y\" <script> 'z' opacity=\"1\"";
        let alt = AltText::new(format!("{words}\u{1}\nend")).expect("not empty");
        let drawing = Drawing::new(Format::Wide, 50.0, &alt, |canvas| {
            canvas.group(words, |canvas| canvas.text(words, (10.0, 20.0), LABEL, HPos::Left));
        });
        let document = roxmltree::Document::parse(&drawing.svg).expect("a well-formed SVG");
        let root = document.root_element();
        let expected = format!("{words}\u{FFFD} end");
        assert_eq!(root.attribute("aria-label"), Some(expected.as_str()));
        assert_eq!(root.attribute("viewBox"), Some("0 0 6800 500"));
        let text = root.descendants().find(|node| node.has_tag_name("text")).expect("a text");
        assert_eq!(text.text(), Some(words));
        assert_eq!(text.attribute("font-size"), Some("140"));
        let group = text.parent_element().expect("a group");
        let title = group.first_element_child().expect("what it says");
        assert_eq!((title.tag_name().name(), title.text()), ("title", Some(words)));
        assert_eq!(root.descendants().filter(|node| node.has_tag_name("text")).count(), 1);
    }
}
