//! The plot of a trend: gridlines, years, breaks, lines and marks.

use plotters::style::text_anchor::HPos;

use super::{TrendChart, TrendPoint, TrendSeries};
use crate::charts::axis::Axis;
use crate::charts::canvas::{Canvas, Place};
use crate::charts::marks::{self, Direction};
use crate::charts::style::{DARK_GREY, Format, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, UNFOCUSED};
use crate::charts::{Mark, text};

const HEIGHT: f64 = 150.0;
/// Of each of several on a phone.
const LOW: f64 = 100.0;

/// The room for the names at the right, and for the lines that lead to them.
pub(super) const LABEL_ROOM: f64 = 140.0;
const LEADER_ROOM: f64 = 24.0;

/// White space between the words of a tick and the plot.
const GAP: f64 = 8.0;

/// The most room for the words of a tick.
const TICK_ROOM: f64 = 75.0;

/// How far the first and the last year stand from the sides of the plot.
const INSET: f64 = 38.0;
/// The same for a phone, and for the words beside the last mark of one series.
const NARROW_INSET: f64 = 18.0;
const VALUE_ROOM: f64 = 56.0;

/// How far series stand beside each other, so that their intervals do not cover one another.
const DODGE: f64 = 11.0;

/// Where everything of a chart lies.
pub(super) struct Plot<'a> {
    pub chart: &'a TrendChart,
    pub axis: Axis,
    pub right: f64,
    left: f64,
    /// How far the first and the last year stand from the sides.
    insets: (f64, f64),
}

impl<'a> Plot<'a> {
    /// A plot of this chart below what is above it, on the scale of the whole.
    pub fn new(chart: &'a TrendChart, whole: &TrendChart, above: f64, format: Format) -> Plot<'a> {
        let top = above + LINE_HEIGHT;
        let all = whole.series.iter().flat_map(|series| whole.marked(series));
        let extent = all.flat_map(|(_, mark)| mark.extent());
        let height = if chart.series.len() < whole.series.len() { LOW } else { HEIGHT };
        let axis = Axis::new(chart.scale, extent, (top + height, top));
        let words = tick_lines(&axis).into_iter().flatten().collect::<Vec<_>>();
        let room = text::widest(words.iter().map(String::as_str), SMALL_STRONG);
        let names = if chart.series.len() > 1 { LABEL_ROOM + LEADER_ROOM } else { 0.0 };
        let inset = if format == Format::Wide { INSET } else { NARROW_INSET };
        let insets = (inset, if chart.series.len() > 1 { inset } else { VALUE_ROOM });
        Plot { chart, axis, left: room.ceil() + GAP, right: format.width() - names, insets }
    }

    pub fn top(&self) -> f64 {
        self.axis.ends.1
    }

    pub fn bottom(&self) -> f64 {
        self.axis.ends.0
    }

    /// Where the notes below the years begin.
    pub fn notes_top(&self) -> f64 {
        self.bottom() + LINE_HEIGHT + 14.0
    }

    pub fn draw(&self, canvas: &Canvas) {
        self.draw_years(canvas);
        self.draw_grid(canvas);
        self.draw_breaks(canvas);
        for (number, series) in self.chart.series.iter().enumerate() {
            self.draw_lines(canvas, number, series);
        }
        for (number, series) in self.chart.series.iter().enumerate() {
            self.draw_marks(canvas, number, series);
        }
    }

    /// Years stand as far apart as they are, so that a slope means the same everywhere.
    pub fn x(&self, year: i32) -> f64 {
        let first = self.chart.years.first().copied().unwrap_or(year);
        let last = self.chart.years.last().copied().unwrap_or(year);
        let share = if last > first {
            (f64::from(year) - f64::from(first)) / (f64::from(last) - f64::from(first))
        } else {
            0.5
        };
        let (from, to) = (self.left + self.insets.0, self.right - self.insets.1);
        from + share * (to - from)
    }

    /// A little to the right of all marks of a year: lines that begin here cross none of them.
    pub fn marks_end(&self, year: i32) -> f64 {
        let dodged = (self.chart.series.len() as f64 - 1.0) / 2.0 * DODGE;
        self.x(year) + dodged + 11.0
    }

    /// The line at equality, where the scale has one.
    pub fn equality(&self) -> Option<f64> {
        self.axis.scale.parity().map(|(parity, _)| self.axis.place(parity))
    }

    /// The least room from one year to the next.
    pub fn year_room(&self) -> f64 {
        let years = self.chart.years.windows(2);
        years.map(|years| self.x(years[1]) - self.x(years[0])).fold(self.right - self.left, f64::min)
    }

    /// A little beside the year, so that the series of a year stand side by side.
    pub fn place(&self, number: usize, point: &TrendPoint, mark: &Mark) -> Place {
        let middle = (self.chart.series.len() as f64 - 1.0) / 2.0;
        let beside = (number as f64 - middle) * DODGE;
        (self.x(point.year) + beside, self.axis.place(mark.value))
    }

    fn draw_grid(&self, canvas: &Canvas) {
        let axis = &self.axis;
        for (tick, lines) in axis.ticks.iter().zip(tick_lines(axis)) {
            let y = axis.place(*tick);
            canvas.line(&[(self.left, y), (self.right, y)], 1.0, GRIDLINE);
            let face = if self.equality() == Some(y) { SMALL_STRONG } else { SMALL };
            canvas.lines(&lines, (self.left - GAP, y), face, HPos::Right);
        }
        let firm = self.equality().unwrap_or(self.bottom());
        canvas.line(&[(self.left, firm), (self.right, firm)], 1.6, DARK_GREY);
    }

    fn draw_years(&self, canvas: &Canvas) {
        let bottom = self.bottom();
        canvas.line(&[(self.left, bottom), (self.right, bottom)], 1.0, UNFOCUSED);
        for year in &self.chart.years {
            let x = self.x(*year);
            canvas.line(&[(x, bottom), (x, bottom + 5.0)], 1.0, UNFOCUSED);
            let place = (x, bottom + LINE_HEIGHT + 7.0);
            canvas.text(&year.to_string(), place, SMALL, HPos::Center);
        }
    }

    fn draw_breaks(&self, canvas: &Canvas) {
        for x in self.breaks() {
            canvas.dashes((x, self.top()), (x, self.bottom()), 1.8, UNFOCUSED);
            canvas.text("[b]", (x, self.top() - 6.0), SMALL, HPos::Center);
        }
    }

    /// The middle of the time before each year that follows a break.
    fn breaks(&self) -> Vec<f64> {
        let mut breaks = Vec::new();
        for years in self.chart.years.windows(2) {
            let mut points = self.chart.series.iter().flat_map(|series| &series.points);
            if points.any(|point| point.break_before && point.year == years[1]) {
                breaks.push((self.x(years[0]) + self.x(years[1])) / 2.0);
            }
        }
        breaks
    }

    /// Joins the marks of years that follow each other, where they are of the same authorities and without a break.
    fn draw_lines(&self, canvas: &Canvas, number: usize, series: &TrendSeries) {
        let marked = self.chart.marked(series);
        for years in self.chart.years.windows(2) {
            let of = |year| marked.iter().find(|(point, _)| point.year == year);
            let (Some((before, from)), Some((after, to))) = (of(years[0]), of(years[1])) else {
                continue;
            };
            if after.joined && !after.break_before {
                let ends = [self.place(number, before, from), self.place(number, after, to)];
                canvas.line(&ends, 2.0, self.chart.line_colour(number));
            }
        }
    }

    fn draw_marks(&self, canvas: &Canvas, number: usize, series: &TrendSeries) {
        for (point, mark) in &self.chart.marked(series) {
            let (x, _) = self.place(number, point, mark);
            let beside = (x, self.chart.colour(number, mark.shade));
            let words = format!("{} {}: {}", series.label, point.year, mark.words());
            canvas.group(&words, |canvas| marks::mark(canvas, &self.axis, Direction::Upwards, mark, beside));
        }
    }
}

/// The words beside each tick, in lines; those of parity are longer.
fn tick_lines(axis: &Axis) -> Vec<Vec<String>> {
    let words = axis.ticks.iter().zip(axis.tick_words());
    words
        .map(|(tick, words)| match axis.scale.parity() {
            Some((parity, words)) if (parity - tick).abs() < 1e-9 => text::wrap(words, TICK_ROOM, SMALL_STRONG),
            _ => vec![words],
        })
        .collect()
}
