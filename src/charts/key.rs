//! The key above a chart: each symbol that occurs, and its words.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::canvas::{Canvas, Place};
use super::style::{DARK_GREY, Format, LINE_HEIGHT, SMALL, UNFOCUSED};
use super::{Shade, Worse, marks, spread, text};

/// What stands before the words of an entry.
#[derive(Clone, Copy)]
pub(super) enum Swatch {
    /// The shape of a result, in a colour.
    Result(Shade, RGBColor),
    Reference,
    Spread,
    Median,
    /// The line at all bands together.
    Together,
    Break,
    /// An arrow that points to the side of equality that is worse.
    Worse(Worse),
    /// Words alone.
    Words,
    /// A line in a colour, dashed or not.
    Line(RGBColor, bool),
    /// A thin curve, broken or not.
    Curve(bool),
}

const SWATCH_WIDTH: f64 = 18.0;
const SPREAD_WIDTH: f64 = 46.0;
const SWATCH_GAP: f64 = 6.0;
const ENTRY_GAP: f64 = 20.0;
const KEY_LINE: f64 = 24.0;

/// The white space between the key and what lies below it.
const SPACE_BELOW: f64 = 6.0;

struct Entry {
    swatch: Swatch,
    lines: Vec<String>,
    place: Place,
}

/// Entries set from left to right, and in as many lines as they need.
pub(super) struct Key {
    entries: Vec<Entry>,
    height: f64,
}

impl Key {
    pub fn new(entries: impl IntoIterator<Item = (Swatch, String)>, format: Format) -> Key {
        let width = format.width();
        let mut set: Vec<Entry> = Vec::new();
        let (mut x, mut top, mut height) = (0.0, 0.0, 0.0);
        for (swatch, words) in entries {
            let indent = swatch.width();
            let lines = text::wrap(&words, width - indent, SMALL);
            let wide = indent + text::widest(lines.iter().map(String::as_str), SMALL);
            if x > 0.0 && x + wide > width {
                x = 0.0;
                top = height;
            }
            let further_lines = lines.len().saturating_sub(1) as f64;
            height = f64::max(height, top + KEY_LINE + further_lines * LINE_HEIGHT);
            set.push(Entry { swatch, lines, place: (x, top) });
            x += wide + ENTRY_GAP;
        }
        Key { entries: set, height }
    }

    /// The height with the white space below; an empty key has none.
    pub fn height(&self) -> f64 {
        if self.entries.is_empty() { 0.0 } else { self.height + SPACE_BELOW }
    }

    pub fn draw(&self, canvas: &Canvas, top: f64) {
        for entry in &self.entries {
            let (x, y) = (entry.place.0, top + entry.place.1 + KEY_LINE / 2.0);
            entry.swatch.draw(canvas, (x, y));
            let further_lines = entry.lines.len().saturating_sub(1) as f64;
            let middle = y + further_lines / 2.0 * LINE_HEIGHT;
            let place = (x + entry.swatch.width(), middle);
            canvas.lines(&entry.lines, place, SMALL, HPos::Left);
        }
    }
}

/// The entries for those results that occur.
pub(super) fn results(occur: impl Iterator<Item = Shade> + Clone) -> impl Iterator<Item = (Swatch, String)> {
    Shade::ALL.into_iter().filter(move |shade| occur.clone().any(|occurring| occurring == *shade)).map(|shade| {
        let swatch = Swatch::Result(shade, marks::colour(shade));
        (swatch, shade.words().to_owned())
    })
}

impl Swatch {
    /// How far the words stand from the left end of the entry.
    fn width(self) -> f64 {
        match self {
            Swatch::Spread => SPREAD_WIDTH + SWATCH_GAP,
            Swatch::Words => 0.0,
            _ => SWATCH_WIDTH + SWATCH_GAP,
        }
    }

    fn draw(self, canvas: &Canvas, (left, y): Place) {
        let middle = (left + SWATCH_WIDTH / 2.0, y);
        let right = left + SWATCH_WIDTH;
        match self {
            Swatch::Result(shade, colour) => marks::symbol(canvas, shade, middle, colour),
            Swatch::Reference => marks::reference(canvas, (middle.0, y + 1.0)),
            Swatch::Spread => {
                let share = |share: f64| left + share * SPREAD_WIDTH;
                spread::bars(canvas, [share(0.0), share(0.25), share(0.75), share(1.0)], y);
            }
            Swatch::Median => spread::median(canvas, middle),
            Swatch::Together => {
                canvas.dashes((middle.0, y - 9.0), (middle.0, y + 9.0), 1.8, DARK_GREY);
            }
            Swatch::Words => {}
            Swatch::Worse(worse) => marks::worse(canvas, worse, middle),
            Swatch::Line(colour, true) => canvas.dashes((left, y), (right, y), 2.4, colour),
            Swatch::Line(colour, false) => canvas.line(&[(left, y), (right, y)], 2.0, colour),
            Swatch::Curve(broken) => {
                let bend = [(left, y + 5.0), (left + 5.0, y - 1.0), (left + 11.0, y - 4.0), (right, y - 5.0)];
                for stretch in bend.windows(2).step_by(if broken { 2 } else { 1 }) {
                    canvas.line(stretch, 1.2, DARK_GREY);
                }
            }
            Swatch::Break => {
                canvas.dashes((middle.0, y - 9.0), (middle.0, y + 9.0), 1.8, UNFOCUSED);
            }
        }
    }
}
