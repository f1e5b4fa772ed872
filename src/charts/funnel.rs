//! One's own ratio between the limits for its size: a funnel for each indicator, without anybody else's points.

use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, Place};
use super::key::{self, Key, Swatch};
use super::marks;
use super::style::{DARK_GREY, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, TURQUOISE, WIDTH};
use super::text;
use super::{AltText, Figure, Mark};

/// Limits at one size: the outer and the inner one below, the inner and the outer one above.
pub type Limits = [f64; 4];

/// One indicator's funnel.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// The words above it.
    pub label: String,
    /// One's own ratio, which stands in the middle; its interval is not drawn.
    pub own: Mark,
    /// England's ratio.
    pub england: f64,
    /// The limits at sizes from small to twice one's own, at equal distances; the last is twice one's own.
    pub limits: Vec<Limits>,
}

/// Funnels beside and below each other, on one scale.
#[derive(Clone, Debug)]
pub struct FunnelChart {
    /// In reading order.
    pub funnels: Vec<Funnel>,
    /// What the inner limits are, such as "95% limits".
    pub inner_label: String,
    /// What the outer limits are.
    pub outer_label: String,
}

const COLUMNS: usize = 3;
const COLUMN_GAP: f64 = 22.0;
/// Room for the words of the ticks, left of each funnel.
const TICKS: f64 = 40.0;
const PLOT: f64 = 78.0;
/// White space below a funnel, and the line that tells what runs across.
const BELOW: f64 = LINE_HEIGHT + 14.0;

/// Draws the chart.
pub fn funnels(chart: &FunnelChart, alt: AltText) -> Figure {
    let wide = (WIDTH - COLUMN_GAP * (COLUMNS as f64 - 1.0)) / COLUMNS as f64;
    let labels: Vec<Vec<String>> =
        chart.funnels.iter().map(|funnel| text::wrap(&funnel.label, wide, SMALL_STRONG)).collect();
    let key = chart.key();
    // Each row of funnels is as high as its longest label needs.
    let mut tops = vec![key.height()];
    for labels in labels.chunks(COLUMNS) {
        let lines = labels.iter().map(Vec::len).max().unwrap_or_default() as f64;
        tops.push(tops[tops.len() - 1] + lines * LINE_HEIGHT + 12.0 + PLOT + BELOW);
    }
    Figure::draw(tops[tops.len() - 1], alt, |canvas| {
        key.draw(canvas, 0.0);
        for (row, funnels) in chart.funnels.chunks(COLUMNS).enumerate() {
            let lines = labels.iter().skip(row * COLUMNS).take(COLUMNS).map(Vec::len).max().unwrap_or_default() as f64;
            for (column, funnel) in funnels.iter().enumerate() {
                let left = column as f64 * (wide + COLUMN_GAP);
                let label = &labels[row * COLUMNS + column];
                let middle = tops[row] + label.len() as f64 * LINE_HEIGHT / 2.0;
                canvas.lines(label, (left, middle), SMALL_STRONG, HPos::Left);
                let top = tops[row] + lines * LINE_HEIGHT + 12.0;
                let axis = Axis::new(Scale::Ratio, chart.extent(), (top + PLOT, top));
                funnel.draw(canvas, &axis, (left + TICKS, left + wide));
            }
        }
    })
}

impl FunnelChart {
    /// What the common scale has room for: every own ratio, and the inner limits at one's own size.
    fn extent(&self) -> impl Iterator<Item = f64> {
        self.funnels.iter().flat_map(|funnel| {
            let own_size = funnel.limits.get(funnel.limits.len() / 2).copied().unwrap_or([1.0; 4]);
            [funnel.own.value, funnel.england, own_size[1], own_size[2]]
        })
    }

    fn key(&self) -> Key {
        let shades = self.funnels.iter().map(|funnel| funnel.own.shade);
        let lines = [
            (Swatch::Line(TURQUOISE, false), "England".to_owned()),
            (Swatch::Line(DARK_GREY, false), self.inner_label.clone()),
            (Swatch::Line(DARK_GREY, true), self.outer_label.clone()),
        ];
        Key::new(lines.into_iter().chain(key::results(shades)))
    }
}

impl Funnel {
    fn draw(&self, canvas: &Canvas, axis: &Axis, (left, right): (f64, f64)) {
        let mut last = f64::INFINITY;
        for (tick, words) in axis.ticks.iter().zip(axis.tick_words()) {
            let y = axis.place(*tick);
            canvas.line(&[(left, y), (right, y)], 1.0, GRIDLINE);
            // From below: words that would touch those before are left out, their gridline is not.
            if last - y >= SMALL.size {
                canvas.text(&words, (left - 6.0, y + SMALL.drop()), SMALL, HPos::Right);
                last = y;
            }
        }
        let size = |place: usize| left + (right - left) * (place + 1) as f64 / self.limits.len() as f64;
        for (side, dashed) in [(0, true), (1, false), (2, false), (3, true)] {
            let inside = self.limits.iter().enumerate().filter(|(_, limits)| axis.side(limits[side]).is_eq());
            let points: Vec<Place> = inside.map(|(place, limits)| (size(place), axis.place(limits[side]))).collect();
            curve(canvas, &points, dashed);
        }
        let england = axis.place(self.england);
        canvas.line(&[(left, england), (right, england)], 2.4, TURQUOISE);
        let bottom = axis.ends.0;
        canvas.line(&[(left, bottom), (right, bottom)], 1.6, DARK_GREY);
        let baseline = bottom + LINE_HEIGHT;
        canvas.text("smaller", (left, baseline), SMALL, HPos::Left);
        canvas.text("larger", (right, baseline), SMALL, HPos::Right);
        let middle = (f64::midpoint(left, right), axis.place(self.own.value));
        marks::symbol(canvas, self.own.shade, middle, marks::colour(self.own.shade));
        let beside = (middle.0 + 12.0, middle.1);
        canvas.lines_on_white(std::slice::from_ref(&self.own.printed), beside, SMALL_STRONG, HPos::Left);
    }
}

/// A curve through the points; of a dashed one, every other stretch.
fn curve(canvas: &Canvas, points: &[Place], dashed: bool) {
    if !dashed {
        return if points.len() > 1 {
            canvas.line(points, 1.4, DARK_GREY)
        };
    }
    for stretch in points.windows(2).step_by(2) {
        canvas.line(stretch, 1.4, DARK_GREY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Shade;

    #[test]
    fn own_stands_in_the_middle_and_limits_beyond_the_scale_are_not_drawn() {
        let own = Mark { value: 1.5, lower: None, upper: None, printed: "1.50".into(), shade: Shade::Disadvantage };
        let limits = (1..=40).map(|place| {
            let reach = f64::from(place).sqrt().recip() * 4.0;
            [(-1.5 * reach).exp(), (-reach).exp(), reach.exp(), (1.5 * reach).exp()]
        });
        let funnel = Funnel { label: "3 Disciplinary process".into(), own, england: 1.0, limits: limits.collect() };
        let chart =
            FunnelChart { funnels: vec![funnel], inner_label: "95% limits".into(), outer_label: "99.8% limits".into() };
        let figure = funnels(&chart, AltText::new("A funnel.").expect("not empty"));
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let (left, right) = (TICKS, (WIDTH - 2.0 * COLUMN_GAP) / 3.0);
        let middle = 10.0 * f64::midpoint(left, right);
        let diamond = document.descendants().rfind(|node| node.has_tag_name("polygon")).expect("a mark");
        let across: Vec<f64> = diamond
            .attribute("points")
            .expect("points")
            .split(' ')
            .filter_map(|point| point.split_once(',')?.0.parse().ok())
            .collect();
        let centre = across.iter().sum::<f64>() / across.len() as f64;
        assert!((centre - middle).abs() < 10.0, "{centre} is not {middle}");
        // The key's lines stand above, and the plot begins below the label.
        let (key, plot) = (10.0 * chart.key().height(), 10.0 * (chart.key().height() + LINE_HEIGHT + 12.0));
        let lines = document.descendants().filter(|node| node.has_tag_name("polyline"));
        let points = lines.filter_map(|line| line.attribute("points")).flat_map(|points| points.split(' '));
        let heights = points.filter_map(|point| point.split_once(',')?.1.parse::<f64>().ok());
        let highest = heights.filter(|height| *height > key).fold(f64::MAX, f64::min);
        assert!((plot - 1.0..plot + 20.0 * PLOT).contains(&highest), "{highest}: above the plot at {plot}");
    }
}
