//! The shapes that stand for values: one for each result, so that colour is never alone.

use std::cmp::Ordering;

use plotters::style::RGBColor;

use super::axis::Axis;
use super::canvas::{Canvas, Place};
use super::style::{DARK_BLUE, DARK_GREY, DARK_PINK, TURQUOISE, WHITE};
use super::{Mark, Shade, Worse};

const INTERVAL_THICKNESS: f64 = 2.2;
const ARROW_LENGTH: f64 = 9.0;
const ARROW_HALF_WIDTH: f64 = 4.5;

/// How far beyond the end of the axis the arrow of a value ends.
const BEYOND: f64 = 16.0;

/// The colour of a result.
pub(super) fn colour(shade: Shade) -> RGBColor {
    match shade {
        Shade::Disadvantage | Shade::PossibleDisadvantage => DARK_PINK,
        Shade::Advantage | Shade::PossibleAdvantage | Shade::Plain => DARK_BLUE,
        Shade::NoClearDifference | Shade::TooFew => DARK_GREY,
    }
}

/// Draws the shape of a result.
pub(super) fn symbol(canvas: &Canvas, shade: Shade, (x, y): Place, colour: RGBColor) {
    match shade {
        Shade::Disadvantage => diamond(canvas, (x, y), 7.5, colour),
        Shade::PossibleDisadvantage => {
            diamond(canvas, (x, y), 7.5, colour);
            diamond(canvas, (x, y), 4.2, WHITE);
        }
        Shade::Advantage => square(canvas, (x, y), 5.6, colour),
        Shade::PossibleAdvantage => {
            square(canvas, (x, y), 5.6, colour);
            square(canvas, (x, y), 3.2, WHITE);
        }
        Shade::Plain => canvas.disc((x, y), 6.0, colour),
        Shade::NoClearDifference => canvas.ring((x, y), 5.5, 2.2, colour),
        Shade::TooFew => {
            for (reach, thickness, colour) in [(6.0, 5.0, WHITE), (5.0, 2.2, colour)] {
                let corners = [(x - reach, y - reach), (x + reach, y + reach)];
                canvas.line(&corners, thickness, colour);
                let corners = [(x - reach, y + reach), (x + reach, y - reach)];
                canvas.line(&corners, thickness, colour);
            }
        }
    }
}

fn diamond(canvas: &Canvas, (x, y): Place, reach: f64, colour: RGBColor) {
    canvas.polygon(&[(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)], colour);
}

fn square(canvas: &Canvas, (x, y): Place, half: f64, colour: RGBColor) {
    canvas.rectangle((x - half, y - half), (x + half, y + half), colour);
}

/// Which way the axis of values runs on the canvas.
#[derive(Clone, Copy)]
pub(super) enum Direction {
    Across,
    Upwards,
}

impl Direction {
    /// The place at `along` the axis and `beside` it.
    fn place(self, along: f64, beside: f64) -> Place {
        match self {
            Direction::Across => (along, beside),
            Direction::Upwards => (beside, along),
        }
    }
}

/// Draws a value with its interval; what lies beyond the axis becomes an arrow at its end.
pub(super) fn mark(canvas: &Canvas, axis: &Axis, direction: Direction, mark: &Mark, (beside, colour): (f64, RGBColor)) {
    if mark.value.is_nan() {
        return;
    }
    let (start, end) = axis.ends;
    let outwards = (end - start).signum();
    let arrow = |tip: f64, outwards: f64| {
        let base = tip - outwards * ARROW_LENGTH;
        let corner = |side: f64| direction.place(base, beside + side * ARROW_HALF_WIDTH);
        canvas.polygon(&[direction.place(tip, beside), corner(-1.0), corner(1.0)], colour);
    };
    if mark.lower.is_some() || mark.upper.is_some() {
        let lower = mark.lower.unwrap_or(f64::NEG_INFINITY);
        let upper = mark.upper.unwrap_or(f64::INFINITY);
        let (mut from, mut to) = (axis.place(lower), axis.place(upper));
        if axis.side(lower).is_lt() && axis.side(mark.value).is_ge() {
            arrow(start, -outwards);
            from = start + outwards * (ARROW_LENGTH - 1.0);
        }
        if axis.side(upper).is_gt() && axis.side(mark.value).is_le() {
            arrow(end, outwards);
            to = end - outwards * (ARROW_LENGTH - 1.0);
        }
        let line = [direction.place(from, beside), direction.place(to, beside)];
        canvas.line(&line, INTERVAL_THICKNESS, colour);
    }
    // A value beyond the axis has its symbol at the end, and an arrow outside that says so.
    match axis.side(mark.value) {
        Ordering::Less => arrow(start - outwards * BEYOND, -outwards),
        Ordering::Greater => arrow(end + outwards * BEYOND, outwards),
        Ordering::Equal => {}
    }
    let place = direction.place(axis.place(mark.value), beside);
    symbol(canvas, mark.shade, place, colour);
}

/// Draws an arrow that points upwards or downwards to what is worse.
pub(super) fn worse(canvas: &Canvas, worse: Worse, (x, y): Place) {
    let direction = if worse == Worse::Above { -1.0 } else { 1.0 };
    let (tip, base) = (y + direction * 5.0, y - direction * 4.0);
    canvas.polygon(&[(x, tip), (x - 4.5, base), (x + 4.5, base)], DARK_GREY);
}

/// Draws the tick of a value to compare with: a triangle on a broken stem, which no line at equality has.
pub(super) fn reference(canvas: &Canvas, (x, y): Place) {
    let (top, bottom) = (y - 11.0, y + 11.0);
    canvas.line(&[(x, top), (x, bottom)], 4.8, WHITE);
    canvas.dashes((x, top), (x, bottom), 2.4, TURQUOISE);
    let head = [(x - 5.5, top - 1.0), (x + 5.5, top - 1.0), (x, top + 7.5)];
    canvas.polygon(&head, TURQUOISE);
}
