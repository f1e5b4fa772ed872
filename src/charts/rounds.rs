//! An area's rounds as small pictures, one for each indicator: lines that never cross a break, and worse always on top.

use plotters::style::text_anchor::HPos;

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, Drawing};
use super::key::{self, Key, Swatch};
use super::marks::{self, Direction};
use super::style::{DARK_GREY, Format, GRIDLINE, LINE_HEIGHT, SMALL, SMALL_STRONG, TURQUOISE, UNFOCUSED};
use super::text;
use super::{AltText, Figure, Mark, Worse};

/// The ratio of one round.
#[derive(Clone, Default, Debug)]
pub struct RoundPoint {
    /// The round's year.
    pub year: i32,
    /// The ratio; without it the round has no mark.
    pub mark: Option<Mark>,
    /// Stands below the year when there is no mark.
    pub note: String,
    /// Something changed since the round before, so that the two cannot be compared.
    pub break_before: bool,
    /// It continues the round before: only then the two are joined, and without a break.
    pub joined: bool,
}

/// One small picture.
#[derive(Clone, Debug)]
pub struct RoundsPanel {
    /// The words above it.
    pub label: String,
    /// The same rounds in all of them, the earliest first.
    pub points: Vec<RoundPoint>,
    /// England's newest ratio.
    pub england: Option<f64>,
    /// On which side of 1 a ratio is worse; the picture is turned so that this is on top.
    pub worse: Worse,
}

/// Small pictures beside and below each other, on one scale.
#[derive(Clone, Debug)]
pub struct RoundsChart {
    /// In reading order.
    pub panels: Vec<RoundsPanel>,
}

const COLUMN_GAP: f64 = 16.0;
const PLOT: f64 = 60.0;
/// Above a plot: the sign of a break, or the arrow of a ratio beyond the scale.
const ABOVE: f64 = 19.0;
/// From the end of a plot to the baseline of its years: the arrow of a ratio beyond the scale.
const TO_YEARS: f64 = 29.0;
const BELOW: f64 = TO_YEARS + LINE_HEIGHT + 12.0;
/// How far the first and the last round stand from the sides.
const INSET: f64 = 18.0;
/// White space between the words of a tick and the plot, and at the least between those of two rounds.
const GAP: f64 = 6.0;
const BETWEEN: f64 = 2.0;
/// Intervals do not stretch the scale beyond these: the lines between the rounds would become flat.
const FARTHEST: (f64, f64) = (0.25, 4.0);

/// Draws the chart.
pub fn rounds(chart: &RoundsChart, alt: AltText) -> Figure {
    let turned = RoundsChart { panels: chart.panels.iter().map(RoundsPanel::turned).collect() };
    Figure::new(alt, |format, alt| turned.draw(format, alt))
}

/// Where everything stands that is the same in all panels.
struct Layout {
    columns: usize,
    /// Where the first column begins: left of it are the words of the ticks.
    left: f64,
    wide: f64,
    /// How far each round stands from the left of its panel.
    places: Vec<f64>,
}

impl RoundsChart {
    fn draw(&self, format: Format, alt: &AltText) -> Drawing {
        let layout = self.layout(format);
        let labels: Vec<Vec<String>> =
            self.panels.iter().map(|panel| text::wrap(&panel.label, layout.wide, SMALL_STRONG)).collect();
        let key = Key::new(self.key(alt), format);
        // Each row of panels is as high as its longest label needs.
        let lines = |labels: &[Vec<String>]| labels.iter().map(Vec::len).max().unwrap_or_default() as f64;
        let mut tops = vec![key.height()];
        for labels in labels.chunks(layout.columns) {
            tops.push(tops[tops.len() - 1] + lines(labels) * LINE_HEIGHT + ABOVE + PLOT + BELOW);
        }
        Drawing::new(format, tops[tops.len() - 1], alt, |canvas| {
            key.draw(canvas, 0.0);
            let rows = self.panels.chunks(layout.columns).zip(labels.chunks(layout.columns)).zip(&tops);
            for ((panels, labels), row) in rows {
                let top = row + lines(labels) * LINE_HEIGHT + ABOVE;
                let axis = self.axis((top + PLOT, top));
                draw_ticks(canvas, &axis, layout.left);
                for (column, (panel, label)) in panels.iter().zip(labels).enumerate() {
                    let left = layout.left + column as f64 * (layout.wide + COLUMN_GAP);
                    let bottom_line = top - ABOVE - label.len() as f64 * LINE_HEIGHT / 2.0;
                    canvas.lines(label, (left, bottom_line), SMALL_STRONG, HPos::Left);
                    let places: Vec<f64> = layout.places.iter().map(|place| left + place).collect();
                    panel.draw(canvas, &axis, &places, (left, left + layout.wide));
                }
            }
        })
    }

    /// As many columns as leave room for the words below the rounds, and no more than are needed for as few rows.
    fn layout(&self, format: Format) -> Layout {
        let most = if format == Format::Wide { 5 } else { 2 };
        let ticks = self.axis((PLOT, 0.0)).tick_words();
        let left = text::widest(ticks.iter().map(String::as_str), SMALL_STRONG).ceil() + GAP;
        let wide = |columns: usize| (format.width() - left - COLUMN_GAP * (columns as f64 - 1.0)) / columns as f64;
        let rounds = self.panels.first().map_or(0, |panel| panel.points.len());
        let room = self.widest_words() + BETWEEN;
        let fits = |columns: &usize| places(rounds, wide(*columns)).windows(2).all(|pair| pair[1] - pair[0] >= room);
        let columns = (1..=most).rev().find(fits).unwrap_or(1);
        let rows = self.panels.len().div_ceil(columns).max(1);
        let columns = self.panels.len().div_ceil(rows).max(1);
        Layout { columns, left, wide: wide(columns), places: places(rounds, wide(columns)) }
    }

    /// How much room the widest words below a round take.
    fn widest_words(&self) -> f64 {
        let points = self.panels.iter().flat_map(|panel| &panel.points);
        points.fold(0.0, |widest, point| {
            let year = text::width(&point.year.to_string(), SMALL);
            widest.max(year).max(text::width(point.words(), SMALL_STRONG))
        })
    }

    /// The scale of all panels, between these places.
    fn axis(&self, ends: (f64, f64)) -> Axis {
        let intervals = self.panels.iter().flat_map(RoundsPanel::marks).flat_map(|mark| [mark.lower, mark.upper]);
        let intervals = intervals.flatten().map(|limit| limit.clamp(FARTHEST.0, FARTHEST.1));
        let values = self.panels.iter().flat_map(|panel| panel.marks().map(|mark| mark.value).chain(panel.england));
        Axis::new(Scale::Turned, values.chain(intervals), ends)
    }

    fn key(&self, alt: &AltText) -> Vec<(Swatch, String)> {
        let shades: Vec<_> = self.panels.iter().flat_map(RoundsPanel::marks).map(|mark| mark.shade).collect();
        let newest = self.panels.first().and_then(|panel| panel.points.last()).map(|point| point.year);
        let england = newest.filter(|_| self.panels.iter().any(|panel| panel.england.is_some()));
        let england = england.map(|year| (Swatch::Line(TURQUOISE, true), format!("England {year}")));
        let broken = self.panels.iter().any(|panel| panel.points.iter().skip(1).any(|point| point.break_before));
        let broken = broken.then(|| (Swatch::Break, "[b] break in series".to_owned()));
        let [worse, _] = alt.worse();
        let upwards = (Swatch::Worse(Worse::Above), format!("{worse}: up, in every picture"));
        let times = Scale::Turned.explained().map(|words| (Swatch::Words, words.to_owned()));
        let results = key::results(shades.into_iter());
        let equal = (Swatch::Line(DARK_GREY, false), "1 = equal".to_owned());
        results.chain([equal]).chain(england).chain(broken).chain([upwards]).chain(times).collect()
    }
}

/// How far each round stands from the left of a panel: one after the other, for a change is told from round to round.
fn places(rounds: usize, wide: f64) -> Vec<f64> {
    let steps = rounds.saturating_sub(1).max(1) as f64;
    (0..rounds).map(|round| INSET + (wide - 2.0 * INSET) * round as f64 / steps).collect()
}

/// The words of the ticks, left of the first panel of a row: that at 1, and those which touch none that is nearer to it.
fn draw_ticks(canvas: &Canvas, axis: &Axis, left: f64) {
    const APART: f64 = 12.0;
    let equal = axis.place(1.0);
    let words = axis.tick_words().into_iter();
    let mut ticks: Vec<(f64, String)> = axis.ticks.iter().map(|tick| axis.place(*tick)).zip(words).collect();
    ticks.sort_by(|(one, _), (other, _)| (one - equal).abs().total_cmp(&(other - equal).abs()));
    let mut written: Vec<f64> = Vec::new();
    for (y, words) in ticks {
        if written.iter().all(|other| (other - y).abs() >= APART) {
            let face = if written.is_empty() { SMALL_STRONG } else { SMALL };
            canvas.text(&words, (left - GAP, y + SMALL.drop()), face, HPos::Right);
            written.push(y);
        }
    }
}

impl RoundPoint {
    /// What stands below the year.
    fn words(&self) -> &str {
        self.mark.as_ref().map_or(&self.note, |mark| &mark.printed)
    }
}

impl RoundsPanel {
    /// The panel with worse on top.
    fn turned(&self) -> RoundsPanel {
        let mark = |mark: &Mark| Mark { worse: Some(self.worse), ..mark.clone() }.turned();
        let points = self.points.iter().map(|point| RoundPoint {
            mark: point.mark.as_ref().filter(|mark| !mark.value.is_nan()).map(mark),
            ..point.clone()
        });
        let england = self.england.map(|value| if self.worse == Worse::Below { value.recip() } else { value });
        RoundsPanel { points: points.collect(), england, ..self.clone() }
    }

    fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.points.iter().filter_map(|point| point.mark.as_ref())
    }

    fn draw(&self, canvas: &Canvas, axis: &Axis, places: &[f64], (left, right): (f64, f64)) {
        let (bottom, top) = axis.ends;
        for tick in &axis.ticks {
            let y = axis.place(*tick);
            canvas.line(&[(left, y), (right, y)], 1.0, GRIDLINE);
        }
        let equal = axis.place(1.0);
        canvas.line(&[(left, equal), (right, equal)], 1.6, DARK_GREY);
        if let (Some(england), Some(newest)) = (self.england.filter(|value| axis.side(*value).is_eq()), places.last()) {
            // Beside the newest round alone: of the others it says nothing.
            let y = axis.place(england);
            canvas.dashes((newest - INSET, y), (newest + INSET, y), 3.0, TURQUOISE);
        }
        let rounds: Vec<(&RoundPoint, f64)> = self.points.iter().zip(places.iter().copied()).collect();
        for pair in rounds.windows(2) {
            let [(before, from), (after, to)] = [pair[0], pair[1]];
            if after.break_before {
                let middle = f64::midpoint(from, to);
                canvas.dashes((middle, top), (middle, bottom), 1.8, UNFOCUSED);
                canvas.text("[b]", (middle, top - 6.0), SMALL, HPos::Center);
            } else if let (Some(earlier), Some(later), true) = (&before.mark, &after.mark, after.joined) {
                let ends = [(from, axis.place(earlier.value)), (to, axis.place(later.value))];
                canvas.line(&ends, 2.0, DARK_GREY);
            }
        }
        for (point, x) in rounds {
            canvas.text(&point.year.to_string(), (x, bottom + TO_YEARS), SMALL, HPos::Center);
            let said = point.mark.as_ref().map_or_else(|| point.note.clone(), Mark::words);
            canvas.group(&format!("{} {}: {said}", self.label, point.year), |canvas| {
                if let Some(mark) = &point.mark {
                    marks::mark(canvas, axis, Direction::Upwards, mark, (x, marks::colour(mark.shade)));
                    canvas.note(mark);
                }
                let face = if point.mark.is_some() { SMALL_STRONG } else { SMALL };
                canvas.text(point.words(), (x, bottom + TO_YEARS + LINE_HEIGHT), face, HPos::Center);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;
    use crate::charts::Shade;

    fn point(year: i32, value: f64) -> RoundPoint {
        let mark = Mark {
            value,
            lower: Some(value * 0.9),
            upper: Some(value * 1.1),
            printed: format!("{value:.2}"),
            id: format!("{year}/{value}"),
            shade: Shade::Disadvantage,
            worse: None,
        };
        RoundPoint { year, mark: Some(mark), joined: true, ..RoundPoint::default() }
    }

    fn draw(panels: Vec<(Worse, Vec<RoundPoint>)>) -> Figure {
        let panel = |(number, (worse, points)): (usize, (Worse, Vec<RoundPoint>))| RoundsPanel {
            label: format!("{number} Leaving the organisation"),
            points,
            england: Some(1.3),
            worse,
        };
        let chart = RoundsChart { panels: panels.into_iter().enumerate().map(panel).collect() };
        rounds(&chart, AltText::new("Rounds.").expect("not empty"))
    }

    fn lines(points: Vec<RoundPoint>) -> usize {
        let figure = draw(vec![(Worse::Above, points)]);
        let document = Document::parse(figure.svg()).expect("a well-formed SVG");
        // The key has a line of this thickness as well.
        document.descendants().filter(|node| node.attribute("stroke-width") == Some("20")).count() - 1
    }

    #[test]
    fn breaks_and_missing_rounds_are_never_joined() {
        let points = || vec![point(2021, 1.4), point(2023, 1.3), point(2024, 1.2)];
        assert_eq!(lines(points()), 2);

        let mut others = points();
        others[1].joined = false;
        assert_eq!(lines(others), 1);

        let mut broken = points();
        broken[2].break_before = true;
        assert_eq!(lines(broken), 1);

        let mut missing = points();
        missing[1].mark = None;
        missing[1].note = "[c]".to_owned();
        assert_eq!(lines(missing), 0);
        assert_eq!(lines(vec![point(2023, f64::NAN), point(2024, 1.0)]), 0);
        assert_eq!(lines(Vec::new()), 0);
    }

    #[test]
    fn worse_is_on_top_whichever_side_it_is() {
        let figure = draw(vec![
            (Worse::Above, vec![point(2023, 2.0), point(2024, 2.0)]),
            (Worse::Below, vec![point(2023, 0.5), point(2024, 0.0)]),
        ]);
        let document = Document::parse(figure.svg()).expect("a well-formed SVG");
        let groups = document.descendants().filter(|node| node.has_tag_name("g"));
        let top = |node: roxmltree::Node| {
            let points = node.descendants().rfind(|node| node.has_tag_name("polygon"))?.attribute("points")?.to_owned();
            let y = |point: &str| point.split_once(',')?.1.parse::<f64>().ok();
            points.split(' ').filter_map(y).reduce(f64::min)
        };
        let tops: Vec<f64> = groups.filter_map(top).collect();
        assert_eq!(tops.len(), 4);
        assert!((tops[0] - tops[2]).abs() < 1.0 && tops[3] < tops[1], "{tops:?}");
    }

    #[test]
    fn words_below_the_rounds_never_meet_and_both_drawings_have_the_same() {
        for years in [vec![2023, 2024], vec![2021, 2023, 2024], vec![2021, 2022, 2023, 2024, 2025]] {
            for panels in 1..=9 {
                let points = || years.iter().map(|year| point(*year, 0.52)).collect::<Vec<_>>();
                let figure = draw((0..panels).map(|_| (Worse::Below, points())).collect());
                assert_eq!(figure.drawn()[0], figure.drawn()[1]);
                for svg in [figure.svg(), figure.narrow()] {
                    let document = Document::parse(svg).expect("a well-formed SVG");
                    let texts = document.descendants().filter(|node| node.attribute("text-anchor") == Some("middle"));
                    let mut places: Vec<(i64, f64, f64)> = texts
                        .filter_map(|node| {
                            let number = |name| node.attribute(name)?.parse::<f64>().ok();
                            Some((number("y")? as i64, number("x")?, text::width(node.text()?, SMALL) * 10.0))
                        })
                        .collect();
                    places.sort_by(|one, other| one.partial_cmp(other).expect("numbers"));
                    for pair in places.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                        let free = pair[1].1 - pair[0].1 - f64::midpoint(pair[0].2, pair[1].2);
                        assert!(free > 0.0, "{years:?}, {panels} panels: {pair:?}");
                    }
                }
            }
        }
    }
}
