//! Values from year to year: lines that end in their names, and that never cross a break.

mod labels;
mod plot;

use plotters::style::RGBColor;

use self::plot::Plot;
use super::axis::Scale;
use super::key::{self, Key, Swatch};
use super::style::{DARK_GREY, SERIES};
use super::{AltText, Figure, Mark, Shade, marks};

/// The value of one year.
#[derive(Clone, Default, Debug)]
pub struct TrendPoint {
    /// The year.
    pub year: i32,
    /// The value; without it the row has no mark.
    pub mark: Option<Mark>,
    /// Stands below the year when there is no mark.
    pub note: String,
    /// Something changed since the year before: the points are not joined.
    pub break_before: bool,
}

/// One line of the chart.
#[derive(Clone, Default, Debug)]
pub struct TrendSeries {
    /// The words beside it.
    pub label: String,
    /// One for each year.
    pub points: Vec<TrendPoint>,
}

/// At most four series over the same years.
#[derive(Clone, Debug)]
pub struct TrendChart {
    /// At most four.
    pub series: Vec<TrendSeries>,
    /// What the axis measures.
    pub scale: Scale,
    /// The years in ascending order; a year without a mark interrupts a line.
    pub years: Vec<i32>,
}

/// Draws the chart.
pub fn trend(chart: &TrendChart, alt: AltText) -> Figure {
    let key = chart.key();
    let plot = Plot::new(chart, key.height());
    let notes = labels::note_rows(&plot);
    let height = plot.notes_top() + labels::height(&notes);
    Figure::draw(height, alt, |canvas| {
        key.draw(canvas, 0.0);
        plot.draw(canvas);
        labels::draw_at_ends(canvas, &plot);
        labels::draw_notes(canvas, &plot, &notes);
    })
}

impl TrendChart {
    /// The mark of a point that can be drawn.
    fn mark<'p>(&self, point: &'p TrendPoint) -> Option<&'p Mark> {
        let mark = point.mark.as_ref().filter(|mark| !mark.value.is_nan());
        mark.filter(|_| self.years.contains(&point.year))
    }

    /// The points of a series that have a mark, with it.
    fn marked<'s>(&self, series: &'s TrendSeries) -> Vec<(&'s TrendPoint, &'s Mark)> {
        let points = series.points.iter();
        points.filter_map(|point| Some((point, self.mark(point)?))).collect()
    }

    /// With several series colour tells the series apart, and shape alone the results.
    fn colour(&self, number: usize, shade: Shade) -> RGBColor {
        if self.series.len() > 1 { SERIES[number % SERIES.len()] } else { marks::colour(shade) }
    }

    fn line_colour(&self, number: usize) -> RGBColor {
        if self.series.len() > 1 { SERIES[number % SERIES.len()] } else { DARK_GREY }
    }

    fn key(&self) -> Key {
        let all = self.series.iter().flat_map(|series| self.marked(series));
        let shades = all.map(|(_, mark)| mark.shade);
        let results = key::results(shades).map(|(swatch, words)| match swatch {
            Swatch::Result(shade, _) if self.series.len() > 1 => (Swatch::Result(shade, DARK_GREY), words),
            _ => (swatch, words),
        });
        let mut points = self.series.iter().flat_map(|series| &series.points);
        let broken = points.any(|point| point.break_before);
        let broken = broken.then(|| (Swatch::Break, "Break in series [b]".to_owned()));
        Key::new(results.chain(key::strip(self.scale)).chain(broken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(year: i32, value: f64) -> TrendPoint {
        let mark = Mark {
            value,
            lower: Some(value * 0.9),
            upper: Some(value * 1.1),
            printed: format!("{value:.2}"),
            shade: Shade::Disadvantage,
        };
        TrendPoint { year, mark: Some(mark), ..TrendPoint::default() }
    }

    /// How many lines join two years.
    fn joints(points: Vec<TrendPoint>) -> usize {
        let chart = TrendChart {
            series: vec![TrendSeries { label: "England".to_owned(), points }],
            scale: Scale::Ratio,
            years: vec![2021, 2023, 2024],
        };
        let alt = AltText::new("A trend.").expect("not empty");
        let figure = trend(&chart, alt);
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let thickness = |node: &roxmltree::Node| node.attribute("stroke-width") == Some("20");
        document.descendants().filter(thickness).count()
    }

    #[test]
    fn breaks_and_missing_years_are_never_joined() {
        let points = || vec![point(2021, 1.4), point(2023, 1.3), point(2024, 1.2)];
        assert_eq!(joints(points()), 2);

        let mut broken = points();
        broken[2].break_before = true;
        assert_eq!(joints(broken), 1);

        let mut missing = points();
        missing[1].mark = None;
        missing[1].note = "[c]".to_owned();
        assert_eq!(joints(missing), 0);
        assert_eq!(joints(vec![point(1999, 1.4), point(2024, f64::NAN)]), 0);
        assert_eq!(joints(Vec::new()), 0);
    }
}
