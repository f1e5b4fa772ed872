//! The plot of a trend: gridlines, years, breaks, lines and marks.

use plotters::style::text_anchor::HPos;

use super::{TrendChart, TrendPoint, TrendSeries};
use crate::charts::axis::Axis;
use crate::charts::canvas::{Canvas, Place};
use crate::charts::marks::{self, Direction};
use crate::charts::style::{DARK_GREY, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, STRIP, UNFOCUSED, WIDTH};
use crate::charts::{Mark, text};

const HEIGHT: f64 = 150.0;

/// The room for the names at the right, and for the lines that lead to them.
pub(super) const LABEL_ROOM: f64 = 140.0;
const LEADER_ROOM: f64 = 24.0;

/// White space between the words of a tick and the plot.
const GAP: f64 = 8.0;

/// The most room for the words of a tick.
const TICK_ROOM: f64 = 75.0;

/// How far the first and the last year stand from the sides of the plot.
const INSET: f64 = 38.0;

/// How far series stand beside each other, so that their intervals do not cover one another.
const DODGE: f64 = 11.0;

/// Where everything of a chart lies.
pub(super) struct Plot<'a> {
    pub chart: &'a TrendChart,
    pub axis: Axis,
    pub right: f64,
    left: f64,
}

impl<'a> Plot<'a> {
    /// A plot below a key of some height.
    pub fn new(chart: &'a TrendChart, key_height: f64) -> Plot<'a> {
        let top = key_height + LINE_HEIGHT;
        let all = chart.series.iter().flat_map(|series| chart.marked(series));
        let extent = all.flat_map(|(_, mark)| mark.extent());
        let axis = Axis::new(chart.scale, extent, (top + HEIGHT, top));
        let words = tick_lines(&axis).into_iter().flatten().collect::<Vec<_>>();
        let room = text::widest(words.iter().map(String::as_str), SMALL_STRONG);
        Plot { chart, axis, left: room.ceil() + GAP, right: WIDTH - LABEL_ROOM - LEADER_ROOM }
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
        let (from, to) = (self.left + INSET, self.right - INSET);
        from + share * (to - from)
    }

    /// A little to the right of all marks: lines that begin here cross none of them.
    pub fn marks_end(&self) -> f64 {
        let dodged = (self.chart.series.len() as f64 - 1.0) / 2.0 * DODGE;
        self.right - INSET + dodged + 11.0
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
        if let Some((low, high, _)) = axis.scale.strip() {
            let (low, high) = (axis.place(low), axis.place(high));
            canvas.rectangle((self.left, high), (self.right, low), STRIP);
        }
        for (tick, lines) in axis.ticks.iter().zip(tick_lines(axis)) {
            let y = axis.place(*tick);
            canvas.line(&[(self.left, y), (self.right, y)], 1.0, GRIDLINE);
            let face = if lines.len() > 1 { SMALL_STRONG } else { SMALL };
            canvas.lines(&lines, (self.left - GAP, y), face, HPos::Right);
        }
        let firm = match axis.scale.parity() {
            Some((parity, _)) => axis.place(parity),
            None => self.bottom(),
        };
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

    /// Joins the marks of years that follow each other, unless there is a break between them.
    fn draw_lines(&self, canvas: &Canvas, number: usize, series: &TrendSeries) {
        let marked = self.chart.marked(series);
        for years in self.chart.years.windows(2) {
            let of = |year| marked.iter().find(|(point, _)| point.year == year);
            let (Some((before, from)), Some((after, to))) = (of(years[0]), of(years[1])) else {
                continue;
            };
            if !after.break_before {
                let ends = [self.place(number, before, from), self.place(number, after, to)];
                canvas.line(&ends, 2.0, self.chart.line_colour(number));
            }
        }
    }

    fn draw_marks(&self, canvas: &Canvas, number: usize, series: &TrendSeries) {
        let marked = self.chart.marked(series);
        for (point, mark) in &marked {
            let (x, _) = self.place(number, point, mark);
            let beside = (x, self.chart.colour(number, mark.shade));
            marks::mark(canvas, &self.axis, Direction::Upwards, mark, beside);
        }
        // The last value stands with the name at the line's end; several series would leave no room for the others.
        if self.chart.series.len() == 1 {
            for pair in marked.windows(2) {
                let [(point, mark), (_, next)] = pair else {
                    continue;
                };
                let (x, _) = self.place(number, point, mark);
                self.draw_value(canvas, x, mark, next.value > mark.value);
            }
        }
    }

    /// Writes a value above its interval, or below it where the line goes on upwards.
    fn draw_value(&self, canvas: &Canvas, x: f64, mark: &Mark, rises: bool) {
        const DISTANCE: f64 = 13.0;
        let y = self.axis.place(mark.value);
        let reach = |bound: Option<f64>| bound.map_or(y, |bound| self.axis.place(bound));
        let above = reach(mark.upper).min(y - 4.0) - DISTANCE;
        let below = reach(mark.lower).max(y + 4.0) + DISTANCE;
        let half = LINE_HEIGHT / 2.0;
        // Above the plot there is a line of room.
        let room_above = above - half > self.top() - LINE_HEIGHT;
        let room_below = below + half < self.bottom();
        let middle = if room_below && (rises || !room_above) { below } else { above };
        let words = std::slice::from_ref(&mark.printed);
        canvas.lines_on_white(words, (x, middle), SMALL_STRONG, HPos::Center);
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
