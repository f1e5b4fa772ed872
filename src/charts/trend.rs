//! Values from year to year: lines that end in their names, and that never cross a break.

mod labels;
mod plot;

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use self::plot::Plot;
use super::axis::Scale;
use super::canvas::{Canvas, Drawing};
use super::key::{self, Key, Swatch};
use super::style::{DARK_GREY, Format, LINE_HEIGHT, SERIES, STRONG};
use super::{AltText, Figure, Mark, Shade, Worse, marks};

/// The value of one year.
#[derive(Clone, Default, Debug)]
pub struct TrendPoint {
    /// The year.
    pub year: i32,
    /// The value; without it the row has no mark.
    pub mark: Option<Mark>,
    /// Stands below the year when there is no mark.
    pub note: String,
    /// Something changed since the year before, which a broken line says.
    pub break_before: bool,
    /// The same authorities are behind it and behind the year before: only then the two are joined, and without a break.
    pub joined: bool,
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
    Figure::new(alt, |format, alt| {
        let key = Key::new(chart.key(), format);
        // On a phone several series would leave no room for each other: each has a plot of its own, under its name.
        let apart = format == Format::Narrow && chart.series.len() > 1;
        let charts: Vec<TrendChart> = if apart { chart.apart() } else { vec![chart.clone()] };
        let between = if apart { LINE_HEIGHT / 2.0 } else { 0.0 };
        let mut top = key.height() - between;
        let plots: Vec<(Plot<'_>, Vec<labels::NoteRow>)> = charts
            .iter()
            .map(|part| {
                let plot = Plot::new(part, chart, top + if apart { between + LINE_HEIGHT } else { 0.0 }, format);
                let notes = labels::note_rows(&plot);
                top = plot.notes_top() + labels::height(&notes);
                (plot, notes)
            })
            .collect();
        Drawing::new(format, top, alt, |canvas| {
            key.draw(canvas, 0.0);
            for (plot, notes) in &plots {
                if apart {
                    plot.draw_name(canvas);
                }
                plot.draw(canvas);
                labels::draw(canvas, plot);
                labels::draw_notes(canvas, plot, notes);
            }
        })
    })
}

impl Plot<'_> {
    /// Writes the name of its one series above it.
    fn draw_name(&self, canvas: &Canvas) {
        let name = self.chart.series.first().map_or("", |series| &series.label);
        canvas.text(name, (0.0, self.top() - LINE_HEIGHT - 6.0), STRONG, HPos::Left);
    }
}

impl TrendChart {
    /// A chart for each series.
    fn apart(&self) -> Vec<TrendChart> {
        let of = |series: &TrendSeries| TrendChart { series: vec![series.clone()], ..self.clone() };
        self.series.iter().map(of).collect()
    }

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

    /// The side of equality that is worse, where one is.
    fn worse(&self) -> Option<Worse> {
        let points = self.series.iter().flat_map(|series| &series.points);
        Worse::of_all(points.filter_map(|point| point.mark.as_ref()))
    }

    /// Whether two years that follow each other have marks that are not joined although nothing broke between them.
    fn leaves_apart(&self) -> bool {
        self.series.iter().any(|series| {
            let marked = self.marked(series);
            marked.windows(2).any(|pair| !pair[1].0.joined && !pair[1].0.break_before)
        })
    }

    fn key(&self) -> Vec<(Swatch, String)> {
        let all = self.series.iter().flat_map(|series| self.marked(series));
        let shades = all.map(|(_, mark)| mark.shade);
        let results = key::results(shades).map(|(swatch, words)| match swatch {
            Swatch::Result(shade, _) if self.series.len() > 1 => (Swatch::Result(shade, DARK_GREY), words),
            _ => (swatch, words),
        });
        let worse = self.worse().map(|worse| {
            let words = if worse == Worse::Above { "Up is worse" } else { "Down is worse" };
            (Swatch::Worse(worse), words.to_owned())
        });
        let mut points = self.series.iter().flat_map(|series| &series.points);
        let broken = points.any(|point| point.break_before);
        let broken = broken.then(|| (Swatch::Break, "Break in series [b]".to_owned()));
        let apart = self.leaves_apart();
        let apart = apart.then(|| (Swatch::Apart, "Not joined: not the same authorities".to_owned()));
        results.chain(worse).chain(broken).chain(apart).collect()
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
            id: year.to_string(),
            shade: Shade::Disadvantage,
            worse: Some(Worse::Above),
        };
        TrendPoint { year, mark: Some(mark), joined: true, ..TrendPoint::default() }
    }

    fn draw(series: Vec<TrendSeries>) -> Figure {
        let chart = TrendChart { series, scale: Scale::Ratio, years: vec![2021, 2023, 2024] };
        trend(&chart, AltText::new("A trend.").expect("not empty"))
    }

    /// How many lines join two years.
    fn joints(points: Vec<TrendPoint>) -> usize {
        let figure = draw(vec![TrendSeries { label: "England".to_owned(), points }]);
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let thickness = |node: &roxmltree::Node| node.attribute("stroke-width") == Some("20");
        document.descendants().filter(thickness).count()
    }

    #[test]
    fn breaks_and_missing_years_are_never_joined() {
        let points = || vec![point(2021, 1.4), point(2023, 1.3), point(2024, 1.2)];
        assert_eq!(joints(points()), 2);

        let mut others = points();
        others[1].joined = false;
        assert_eq!(joints(others), 1);

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

    #[test]
    fn every_value_stands_at_its_mark_and_none_on_the_line_at_equality() {
        let series = |name: &str, values: [f64; 3]| TrendSeries {
            label: name.to_owned(),
            points: [2021, 2023, 2024].into_iter().zip(values).map(|(year, value)| point(year, value)).collect(),
        };
        let one = draw(vec![series("England", [1.02, 0.99, 1.0])]);
        let several = draw(vec![series("Asian", [1.02, 0.99, 1.2]), series("Black", [1.01, 0.98, 0.9])]);
        for (figure, count) in [(&one, 3), (&several, 6)] {
            for (svg, drawn) in [figure.svg(), figure.narrow()].into_iter().zip(figure.drawn()) {
                assert_eq!(drawn.len(), count);
                let document = roxmltree::Document::parse(svg).expect("a well-formed SVG");
                let texts = document.descendants().filter(|node| node.has_tag_name("text"));
                let y = |node: &roxmltree::Node| node.attribute("y").and_then(|y| y.parse::<f64>().ok());
                let values: Vec<f64> = texts
                    .clone()
                    .filter(|node| node.text().is_some_and(|words| drawn.iter().any(|one| one.printed == words)))
                    .filter_map(|node| y(&node))
                    .collect();
                assert_eq!(values.len(), count);
                let firm = document.descendants().filter(|node| node.attribute("stroke-width") == Some("16"));
                let lines =
                    firm.filter_map(|node| node.attribute("points")?.split([',', ' ']).nth(1)?.parse::<f64>().ok());
                for line in lines.collect::<Vec<_>>() {
                    // A text hangs from its place: its letters reach from there to ten points below.
                    let crossed = values.iter().filter(|y| (**y..**y + 100.0).contains(&line)).count();
                    // Beside the last year of several series the line has ended.
                    assert!(crossed == 0 || figure.svg() == svg && count == 6, "{values:?} {line}");
                }
            }
        }
    }
}
