//! The dot-and-interval chart: one row for each indicator, service, region, type or ethnic group.

use super::axis::{Axis, Scale};
use super::canvas::Canvas;
use super::key::{self, Key, Swatch};
use super::marks::{self, Direction};
use super::rows::Entry;
use super::sheet::Sheet;
use super::{AltText, Figure, Mark};

/// A row of the chart.
#[derive(Clone, Default, Debug)]
pub struct IntervalRow {
    /// The words beside it.
    pub label: String,
    /// The label heads a group of rows, and nothing is drawn.
    pub heading: bool,
    /// The value; without it the row has no mark.
    pub mark: Option<Mark>,
    /// Stands in place of the mark, or below it.
    pub note: String,
    /// A value to compare with, drawn as a tick.
    pub reference: Option<f64>,
    /// The row stands out, as one's own authority does.
    pub emphasised: bool,
}

/// Values with their intervals, one below the other.
#[derive(Clone, Debug)]
pub struct IntervalChart {
    /// From top to bottom.
    pub rows: Vec<IntervalRow>,
    /// What the axis measures.
    pub scale: Scale,
    /// What lies towards the low end of the axis, such as "Less likely".
    pub left_label: String,
    /// What lies towards the high end of the axis, such as "More likely".
    pub right_label: String,
    /// Whose values the ticks are, such as "England".
    pub reference_label: Option<String>,
}

/// Draws the chart.
pub fn intervals(chart: &IntervalChart, alt: AltText) -> Figure {
    let sheet = Sheet {
        entries: chart.rows.iter().map(IntervalRow::entry).collect(),
        scale: chart.scale,
        extent: chart.rows.iter().flat_map(IntervalRow::extent).collect(),
        ends: [&chart.left_label, &chart.right_label],
        key: chart.key(),
    };
    sheet.draw(alt, |canvas, lanes| {
        for (row, middle) in chart.rows.iter().zip(&lanes.middles) {
            row.draw(canvas, &lanes.axis, *middle);
        }
    })
}

impl IntervalChart {
    fn key(&self) -> Key {
        let drawn = self.rows.iter().filter(|row| !row.heading);
        let shades = drawn.filter_map(|row| Some(row.mark.as_ref()?.shade));
        let reference = self.reference_label.iter();
        let reference = reference.map(|label| (Swatch::Reference, label.clone()));
        Key::new(key::results(shades).chain(reference).chain(key::strip(self.scale)))
    }
}

impl IntervalRow {
    fn entry(&self) -> Entry<'_> {
        let mark = self.mark.as_ref().filter(|_| !self.heading);
        Entry {
            label: &self.label,
            value: mark.map_or("", |mark| &mark.printed),
            note: &self.note,
            occupied: mark.is_some(),
            ticks: Vec::from_iter(self.reference),
            heading: self.heading,
            emphasised: self.emphasised,
        }
    }

    fn extent(&self) -> impl Iterator<Item = f64> {
        self.mark.iter().flat_map(Mark::extent).chain(self.reference)
    }

    fn draw(&self, canvas: &Canvas, axis: &Axis, lane: f64) {
        if self.heading {
            return;
        }
        if let Some(reference) = self.reference
            && axis.side(reference).is_eq()
        {
            marks::reference(canvas, (axis.place(reference), lane));
        }
        if let Some(mark) = &self.mark {
            let beside = (lane, marks::colour(mark.shade));
            marks::mark(canvas, axis, Direction::Across, mark, beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Shade;

    fn row(label: &str, value: f64) -> IntervalRow {
        let mark = Mark {
            value,
            lower: Some(value * 0.8),
            upper: Some(value * 1.2),
            printed: value.to_string(),
            shade: Shade::Disadvantage,
        };
        IntervalRow { label: label.to_owned(), mark: Some(mark), ..IntervalRow::default() }
    }

    fn draw(rows: Vec<IntervalRow>) -> Figure {
        let chart = IntervalChart {
            rows,
            scale: Scale::Ratio,
            left_label: "Less likely".to_owned(),
            right_label: "More likely".to_owned(),
            reference_label: None,
        };
        intervals(&chart, AltText::new("A chart.").expect("not empty"))
    }

    /// The places of the diamonds, leaving out the one in the key.
    fn diamonds(document: &roxmltree::Document) -> Vec<f64> {
        let shapes = document.descendants().filter_map(|node| {
            let coloured = node.attribute("fill") == Some("#801650");
            let corners = node.attribute("points").filter(|_| coloured)?;
            let corners = corners.split(' ').map(|corner| corner.split_once(','));
            let across: Vec<f64> = corners.filter_map(|corner| corner?.0.parse().ok()).collect();
            (across.len() == 4).then(|| across.iter().sum::<f64>() / 4.0)
        });
        shapes.skip(1).collect()
    }

    fn tick(document: &roxmltree::Document, words: &str) -> f64 {
        let tick = document.descendants().find(|node| node.text() == Some(words));
        let place = tick.and_then(|node| node.attribute("x"));
        place.and_then(|x| x.parse().ok()).expect("a tick")
    }

    #[test]
    fn marks_stand_where_the_ticks_say() {
        let figure = draw(vec![row("Leaving", 0.7), row("Training", 1.6)]);
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let (half, double) = (tick(&document, "0.5"), tick(&document, "2"));
        let expected = |value: f64| half + (double - half) * (value / 0.5).log(4.0);
        let places = diamonds(&document);
        assert_eq!(places.len(), 2);
        for (place, value) in places.into_iter().zip([0.7, 1.6]) {
            // Ticks and marks are each on the grid of tenths.
            assert!((place - expected(value)).abs() <= 2.0, "{place} {value}");
        }
    }

    #[test]
    fn a_withheld_row_has_words_and_no_mark() {
        let withheld = IntervalRow { mark: None, note: "[c] withheld".to_owned(), ..row("Leaving", 0.7) };
        let figure = draw(vec![row("Training", 1.6), withheld]);
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        assert_eq!(diamonds(&document).len(), 1);
        let words: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
        assert!(words.contains(&"[c] withheld") && !words.contains(&"0.7"));
    }

    #[test]
    fn labels_are_drawn_letter_for_letter_in_however_many_lines() {
        let label = "*St. X_ #include(\"/etc/passwd\") $ < & \"y\" <script> and a very long name that needs more lines";
        let figure = draw(vec![row(label, 1.0)]);
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        let words: Vec<_> = texts.filter_map(|node| node.text()).collect();
        assert!(words.join(" ").contains(label), "{words:?}");
    }

    #[test]
    fn any_number_of_rows_and_any_values_can_be_drawn() {
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            for count in [0, 1, 40] {
                let mut rows = vec![row("Leaving", value); count];
                for row in &mut rows {
                    row.reference = Some(value);
                }
                let figure = draw(rows);
                roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
            }
        }
    }
}
