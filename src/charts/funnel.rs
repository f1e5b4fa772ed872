//! One's own ratio between the limits for its size: a funnel for each indicator, without anybody else's points.

use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, Drawing, Place};
use super::key::{self, Key, Swatch};
use super::marks;
use super::style::{DARK_GREY, Format, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, TURQUOISE, WHITE};
use super::text;
use super::{AltText, Figure, Mark, Worse};

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
    /// One's own size in people.
    pub people: u64,
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

const COLUMN_GAP: f64 = 22.0;
/// Room for the words of the ticks, left of each funnel.
const TICKS: f64 = 40.0;
const PLOT: f64 = 78.0;
/// Above a funnel: the line that tells which way is worse, and white space.
const ABOVE: f64 = LINE_HEIGHT + 10.0;
/// White space below a funnel, and the line that tells what runs across.
const BELOW: f64 = LINE_HEIGHT + 14.0;

/// How many funnels stand beside each other.
fn columns(format: Format) -> usize {
    match format {
        Format::Wide => 3,
        Format::Narrow => 2,
    }
}

/// Draws the chart.
pub fn funnels(chart: &FunnelChart, alt: AltText) -> Figure {
    Figure::new(alt, |format, alt| chart.draw(format, alt))
}

impl FunnelChart {
    fn draw(&self, format: Format, alt: &AltText) -> Drawing {
        let columns = columns(format);
        let wide = (format.width() - COLUMN_GAP * (columns as f64 - 1.0)) / columns as f64;
        let labels: Vec<Vec<String>> =
            self.funnels.iter().map(|funnel| text::wrap(&funnel.label, wide, SMALL_STRONG)).collect();
        let key = Key::new(self.key(), format);
        // Each row of funnels is as high as its longest label needs.
        let lines = |labels: &[Vec<String>]| labels.iter().map(Vec::len).max().unwrap_or_default() as f64;
        let mut tops = vec![key.height()];
        for labels in labels.chunks(columns) {
            tops.push(tops[tops.len() - 1] + lines(labels) * LINE_HEIGHT + ABOVE + PLOT + BELOW);
        }
        Drawing::new(format, tops[tops.len() - 1], alt, |canvas| {
            key.draw(canvas, 0.0);
            let rows = self.funnels.chunks(columns).zip(labels.chunks(columns)).zip(&tops);
            for ((funnels, labels), row) in rows {
                let top = row + lines(labels) * LINE_HEIGHT + ABOVE;
                for (column, (funnel, label)) in funnels.iter().zip(labels).enumerate() {
                    let left = column as f64 * (wide + COLUMN_GAP);
                    let axis = Axis::new(Scale::Ratio, self.extent(), (top + PLOT, top));
                    canvas.group(&format!("{}: {}", funnel.label, funnel.own.words()), |canvas| {
                        let middle = row + label.len() as f64 * LINE_HEIGHT / 2.0;
                        canvas.lines(label, (left, middle), SMALL_STRONG, HPos::Left);
                        funnel.draw(canvas, &axis, (left + TICKS, left + wide));
                        canvas.note(&funnel.own);
                    });
                }
            }
        })
    }

    /// What the common scale has room for: every own ratio, and the inner limits at one's own size.
    fn extent(&self) -> impl Iterator<Item = f64> {
        self.funnels.iter().flat_map(|funnel| {
            let own_size = funnel.limits.get(funnel.limits.len() / 2).copied().unwrap_or([1.0; 4]);
            [funnel.own.value, funnel.england, own_size[1], own_size[2]]
        })
    }

    fn key(&self) -> Vec<(Swatch, String)> {
        let shades = self.funnels.iter().map(|funnel| funnel.own.shade);
        let lines = [
            (Swatch::Line(DARK_GREY, false), "1 = equal".to_owned()),
            (Swatch::Line(TURQUOISE, true), "England".to_owned()),
            (Swatch::Curve(false), self.inner_label.clone()),
            (Swatch::Curve(true), self.outer_label.clone()),
        ];
        let across = (Swatch::Words, "Across: people in both groups, yours in the middle".to_owned());
        lines.into_iter().chain(key::results(shades)).chain([across]).collect()
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
        let equal = axis.place(1.0);
        canvas.line(&[(left, equal), (right, equal)], 2.0, DARK_GREY);
        let england = axis.place(self.england);
        canvas.line(&[(left, england), (right, england)], 3.4, WHITE);
        canvas.dashes((left, england), (right, england), 2.4, TURQUOISE);
        self.draw_sizes(canvas, axis.ends.0, (left, right));
        self.draw_worse(canvas, (left, axis.ends.1 - ABOVE / 2.0));
        let middle = (f64::midpoint(left, right), axis.place(self.own.value));
        marks::symbol(canvas, self.own.shade, middle, marks::colour(self.own.shade));
        // Beside the mark, but on neither of the two lines.
        let mut beside = middle.1;
        let half = LINE_HEIGHT / 2.0 + 1.0;
        let above = |line: f64| beside <= line;
        let upwards = if above(equal) { -1.0 } else { 1.0 };
        for line in [equal, england] {
            if (beside - line).abs() < half {
                beside = line + upwards * half;
            }
        }
        canvas.lines_on_white(
            std::slice::from_ref(&self.own.printed),
            (middle.0 + 12.0, beside),
            SMALL_STRONG,
            HPos::Left,
        );
    }

    /// The sizes below the funnel: round numbers of people, as far apart as their words need.
    fn draw_sizes(&self, canvas: &Canvas, bottom: f64, (left, right): (f64, f64)) {
        canvas.line(&[(left, bottom), (right, bottom)], 1.0, DARK_GREY);
        let most = 2.0 * self.people as f64;
        let steps = (0..).flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * 10_f64.powi(power)));
        let step = steps.take(40).find(|step| most / step < 3.0).unwrap_or(most);
        for count in (0..=2).map(|number| f64::from(number) * step).filter(|count| *count <= most && most > 0.0) {
            let words = thousands(count as u64);
            let half = text::width(&words, SMALL) / 2.0;
            let x = left + (right - left) * count / most;
            canvas.line(&[(x, bottom), (x, bottom + 5.0)], 1.0, DARK_GREY);
            canvas.text(&words, (x.min(right - half), bottom + LINE_HEIGHT + 2.0), SMALL, HPos::Center);
        }
    }

    /// Which way is worse, above the funnel.
    fn draw_worse(&self, canvas: &Canvas, (left, middle): Place) {
        let Some(worse) = self.own.worse else { return };
        let words = if worse == Worse::Above { "up is worse" } else { "down is worse" };
        marks::worse(canvas, worse, (left + 4.5, middle));
        canvas.text(words, (left + 14.0, middle + SMALL.drop()), SMALL, HPos::Left);
    }
}

/// A count with commas between the thousands.
fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let (first, rest) = digits.split_at((digits.len() - 1) % 3 + 1);
    let rest = rest.as_bytes().chunks(3).filter_map(|part| std::str::from_utf8(part).ok());
    let parts: Vec<&str> = [first].into_iter().chain(rest).collect();
    parts.join(",")
}

/// A curve through the points; of a dashed one, every other stretch.
fn curve(canvas: &Canvas, points: &[Place], dashed: bool) {
    if !dashed {
        return if points.len() > 1 {
            canvas.line(points, 1.2, DARK_GREY)
        };
    }
    for stretch in points.windows(2).step_by(2) {
        canvas.line(stretch, 1.2, DARK_GREY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Shade;

    #[test]
    fn own_stands_in_the_middle_and_limits_beyond_the_scale_are_not_drawn() {
        let own = Mark {
            value: 1.5,
            lower: None,
            upper: None,
            printed: "1.50".into(),
            id: "own".into(),
            shade: Shade::Disadvantage,
            worse: Some(Worse::Above),
        };
        let limits = (1..=40).map(|place| {
            let reach = f64::from(place).sqrt().recip() * 4.0;
            [(-1.5 * reach).exp(), (-reach).exp(), reach.exp(), (1.5 * reach).exp()]
        });
        let funnel = Funnel {
            label: "3 Disciplinary process".into(),
            own,
            england: 1.2,
            limits: limits.collect(),
            people: 1_750,
        };
        let chart =
            FunnelChart { funnels: vec![funnel], inner_label: "95% limits".into(), outer_label: "99.8% limits".into() };
        let figure = funnels(&chart, AltText::new("A funnel.").expect("not empty"));
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let words: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
        assert!(["0", "2,000", "up is worse", "1 = equal"].iter().all(|word| words.contains(word)), "{words:?}");
        let (left, right) = (TICKS, (Format::Wide.width() - 2.0 * COLUMN_GAP) / 3.0);
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
        let key = Key::new(chart.key(), Format::Wide);
        let (key, plot) = (10.0 * key.height(), 10.0 * (key.height() + LINE_HEIGHT + ABOVE));
        let lines = document.descendants().filter(|node| node.has_tag_name("polyline"));
        let points = lines.filter_map(|line| line.attribute("points")).flat_map(|points| points.split(' '));
        let heights = points.filter_map(|point| point.split_once(',')?.1.parse::<f64>().ok());
        let highest = heights.filter(|height| *height > key).fold(f64::MAX, f64::min);
        assert!((plot - 1.0..plot + 20.0 * PLOT).contains(&highest), "{highest}: above the plot at {plot}");
    }
}
