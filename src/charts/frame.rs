//! What lies behind and around the lanes: gridlines, the lines at equality and at a common value, the strip, ticks and words.

use plotters::style::text_anchor::HPos;

use super::axis::Axis;
use super::canvas::Canvas;
use super::style::{DARK_GREY, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, STRIP, TURQUOISE, WHITE};
use super::{AltText, Worse, text};

const ARROW: f64 = 14.0;
const LEAST_GAP: f64 = 12.0;

/// White space between the words of the header and the lanes.
const SPACE_BELOW: f64 = 6.0;

/// From one line of the header to the next.
const HEADER_LINE: f64 = LINE_HEIGHT + 2.0;

/// The words at the two ends of an axis: which side is worse.
pub(super) struct Ends {
    /// At the low and at the high end; nothing where no side is worse.
    whole: Option<[String; 2]>,
    /// The same for little room.
    short: Option<[String; 2]>,
}

impl Ends {
    pub fn new(worse: Option<Worse>, alt: &AltText) -> Ends {
        let [whole, short] = alt.worse().map(|words| {
            let better = "Better".to_owned();
            worse.map(|side| if side == Worse::Below { [words, better] } else { [better, words] })
        });
        Ends { whole, short }
    }

    /// The words that leave room between them.
    fn fitting(&self, room: f64) -> Option<&[String; 2]> {
        let fits = |ends: &&[String; 2]| {
            let words: f64 = ends.iter().map(|words| text::width(words, SMALL) + ARROW).sum();
            words + LEAST_GAP <= room
        };
        self.whole.as_ref().filter(fits).or(self.short.as_ref())
    }
}

/// The frame of a chart whose axis of values runs across.
pub(super) struct Frame<'a> {
    pub axis: &'a Axis,
    pub ends: Ends,
    /// The strip behind all lanes, and its name.
    pub strip: Option<(f64, f64, &'static str)>,
    /// A value that every row is compared with, and its name.
    pub common: Option<(f64, &'a str)>,
    /// How wide the canvas is.
    pub width: f64,
}

impl Frame<'_> {
    /// The height of the words above the lanes.
    pub fn header_height(&self) -> f64 {
        let ends = self.fitting().is_some() && !(self.parity_place().is_some() && self.fits_one_line());
        let lines = [ends, self.parity_place().is_some(), self.common.is_some()];
        lines.into_iter().map(|line| if line { HEADER_LINE } else { 0.0 }).sum::<f64>() + SPACE_BELOW
    }

    /// The height of the ticks below the lanes, and of the strip's name.
    pub fn footer_height(&self) -> f64 {
        let lines = [self.axis.scale.explained().is_some(), self.strip.is_some()];
        LINE_HEIGHT + 6.0 + lines.into_iter().map(|line| if line { HEADER_LINE } else { 0.0 }).sum::<f64>()
    }

    /// The words of both ends, of equality and of the common value, above the lanes that begin at `bottom`.
    pub fn draw_header(&self, canvas: &Canvas, bottom: f64) {
        let mut baseline = bottom - SPACE_BELOW - 4.0;
        if let Some((value, name)) = self.common {
            let half = text::width(name, SMALL_STRONG) / 2.0;
            let x = self.axis.place(value).clamp(half, self.width - half);
            canvas.text(name, (x, baseline), SMALL_STRONG, HPos::Center);
            baseline -= HEADER_LINE;
        }
        if let (Some(x), Some((_, words))) = (self.parity_place(), self.axis.scale.parity()) {
            canvas.text(words, (x, baseline), SMALL_STRONG, HPos::Center);
            baseline -= if self.fits_one_line() { 0.0 } else { HEADER_LINE };
        }
        let Some([low, high]) = self.fitting() else { return };
        let (left, right) = self.axis.ends;
        let middle = baseline - SMALL.drop();
        arrow(canvas, left, -1.0, middle);
        canvas.text(low, (left + ARROW, baseline), SMALL, HPos::Left);
        arrow(canvas, right, 1.0, middle);
        canvas.text(high, (right - ARROW, baseline), SMALL, HPos::Right);
    }

    /// Everything that lies behind the marks.
    pub fn draw_grid(&self, canvas: &Canvas, top: f64, bottom: f64) {
        if let Some((low, high, _)) = self.strip {
            let corners = (self.axis.place(low), self.axis.place(high));
            canvas.rectangle((corners.0, top), (corners.1, bottom + 4.0), STRIP);
        }
        for tick in &self.axis.ticks {
            let x = self.axis.place(*tick);
            canvas.line(&[(x, top), (x, bottom + 4.0)], 1.0, GRIDLINE);
        }
        let firm = match self.axis.scale.parity() {
            Some((parity, _)) => self.axis.place(parity),
            None => self.axis.ends.0,
        };
        canvas.line(&[(firm, top), (firm, bottom + 4.0)], 1.6, DARK_GREY);
        if let Some((value, _)) = self.common.filter(|(value, _)| self.axis.side(*value).is_eq()) {
            let x = self.axis.place(value);
            canvas.line(&[(x, top), (x, bottom)], 3.6, WHITE);
            canvas.dashes((x, top), (x, bottom), 2.4, TURQUOISE);
        }
    }

    /// The words of the ticks, below the lanes that end at `top`, and the name of the strip below it.
    pub fn draw_footer(&self, canvas: &Canvas, top: f64) {
        let mut baseline = top + LINE_HEIGHT + 2.0;
        for (tick, words) in self.axis.ticks.iter().zip(self.axis.tick_words()) {
            let half = text::width(&words, SMALL) / 2.0;
            let x = self.axis.place(*tick).clamp(half, self.width - half);
            canvas.text(&words, (x, baseline), SMALL, HPos::Center);
        }
        // The strip's name stands below it, and what the ticks mean below that.
        let strip =
            self.strip.map(|(low, high, name)| (f64::midpoint(self.axis.place(low), self.axis.place(high)), name));
        let explained = self.axis.scale.explained().map(|words| (self.axis.place(1.0), words));
        for (middle, words) in strip.into_iter().chain(explained) {
            baseline += HEADER_LINE;
            let half = text::width(words, SMALL) / 2.0;
            canvas.text(words, (middle.clamp(half, self.width - half), baseline), SMALL, HPos::Center);
        }
    }

    /// The words of the ends that the lanes have room for.
    fn fitting(&self) -> Option<&[String; 2]> {
        self.ends.fitting(self.axis.ends.1 - self.axis.ends.0)
    }

    /// Where the words of equality are centred: over its line, but inside the canvas.
    fn parity_place(&self) -> Option<f64> {
        let (value, words) = self.axis.scale.parity()?;
        let half = text::width(words, SMALL_STRONG) / 2.0;
        Some(self.axis.place(value).clamp(half, self.width - half))
    }

    /// Whether the words of equality have room between those of the ends.
    fn fits_one_line(&self) -> bool {
        let (Some(x), Some((_, words)), Some([low, high])) =
            (self.parity_place(), self.axis.scale.parity(), self.fitting())
        else {
            return true;
        };
        let half = text::width(words, SMALL_STRONG) / 2.0 + LEAST_GAP;
        let (left, right) = self.axis.ends;
        let left_end = left + ARROW + text::width(low, SMALL);
        let right_end = right - ARROW - text::width(high, SMALL);
        left_end <= x - half && x + half <= right_end
    }
}

/// A small arrow that points outwards from the words of an end of the axis.
fn arrow(canvas: &Canvas, tip: f64, outwards: f64, y: f64) {
    let base = tip - outwards * 9.0;
    canvas.polygon(&[(tip, y), (base, y - 4.5), (base, y + 4.5)], DARK_GREY);
}
