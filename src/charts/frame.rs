//! What lies behind and around the lanes: gridlines, the line at parity, the strip, ticks and words.

use plotters::style::text_anchor::HPos;

use super::axis::Axis;
use super::canvas::Canvas;
use super::style::{DARK_GREY, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, STRIP, WIDTH};
use super::text;

const ARROW: f64 = 14.0;
const LEAST_GAP: f64 = 12.0;

/// White space between the words of the header and the lanes.
const SPACE_BELOW: f64 = 6.0;

/// The frame of a chart whose axis of values runs across.
pub(super) struct Frame<'a> {
    pub axis: &'a Axis,
    pub left_label: &'a str,
    pub right_label: &'a str,
}

impl Frame<'_> {
    /// The height of the words above the lanes.
    pub fn header_height(&self) -> f64 {
        let words = match (self.has_end_words(), self.parity_place()) {
            (false, None) => return SPACE_BELOW,
            (true, Some(_)) if !self.fits_one_line() => 2.0,
            _ => 1.0,
        };
        words * (LINE_HEIGHT + 2.0) + SPACE_BELOW
    }

    /// The height of the ticks below the lanes.
    pub fn footer_height(&self) -> f64 {
        LINE_HEIGHT + 6.0
    }

    /// The words of both ends and of parity, above the lanes that begin at `bottom`.
    pub fn draw_header(&self, canvas: &Canvas, bottom: f64) {
        let (left, right) = self.axis.ends;
        let last = bottom - SPACE_BELOW - 4.0;
        if let (Some(x), Some((_, words))) = (self.parity_place(), self.axis.scale.parity()) {
            canvas.text(words, (x, last), SMALL_STRONG, HPos::Center);
        }
        let baseline = if self.fits_one_line() { last } else { last - LINE_HEIGHT - 2.0 };
        let middle = baseline - SMALL.drop();
        if !self.left_label.is_empty() {
            arrow(canvas, left, -1.0, middle);
            let place = (left + ARROW, baseline);
            canvas.text(self.left_label, place, SMALL, HPos::Left);
        }
        if !self.right_label.is_empty() {
            arrow(canvas, right, 1.0, middle);
            let place = (right - ARROW, baseline);
            canvas.text(self.right_label, place, SMALL, HPos::Right);
        }
    }

    /// Everything that lies behind the marks.
    pub fn draw_grid(&self, canvas: &Canvas, top: f64, bottom: f64) {
        if let Some((low, high, _)) = self.axis.scale.strip() {
            let corners = (self.axis.place(low), self.axis.place(high));
            canvas.rectangle((corners.0, top), (corners.1, bottom), STRIP);
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
    }

    /// The words of the ticks, below the lanes that end at `top`.
    pub fn draw_footer(&self, canvas: &Canvas, top: f64) {
        let baseline = top + LINE_HEIGHT + 2.0;
        for (tick, words) in self.axis.ticks.iter().zip(self.axis.tick_words()) {
            let place = (self.axis.place(*tick), baseline);
            canvas.text(&words, place, SMALL, HPos::Center);
        }
    }

    fn has_end_words(&self) -> bool {
        !self.left_label.is_empty() || !self.right_label.is_empty()
    }

    /// Where the words of parity are centred: over its line, but inside the canvas.
    fn parity_place(&self) -> Option<f64> {
        let (value, words) = self.axis.scale.parity()?;
        let half = text::width(words, SMALL_STRONG) / 2.0;
        Some(self.axis.place(value).clamp(half, WIDTH - half))
    }

    /// Whether the words of parity have room between those of the ends.
    fn fits_one_line(&self) -> bool {
        let (Some(x), Some((_, words))) = (self.parity_place(), self.axis.scale.parity()) else {
            return true;
        };
        let half = text::width(words, SMALL_STRONG) / 2.0 + LEAST_GAP;
        let (left, right) = self.axis.ends;
        let left_end = left + ARROW + text::width(self.left_label, SMALL);
        let right_end = right - ARROW - text::width(self.right_label, SMALL);
        left_end <= x - half && x + half <= right_end
    }
}

/// A small arrow that points outwards from the words of an end of the axis.
fn arrow(canvas: &Canvas, tip: f64, outwards: f64, y: f64) {
    let base = tip - outwards * 9.0;
    canvas.polygon(&[(tip, y), (base, y - 4.5), (base, y + 4.5)], DARK_GREY);
}
