//! The dot-and-interval chart: one row for each indicator, service, region, type or ethnic group.

use super::axis::{Axis, Scale};
use super::canvas::Canvas;
use super::key::{self, Swatch};
use super::marks::{self, Direction};
use super::rows::Entry;
use super::sheet::Sheet;
use super::{AltText, Figure, Mark, Worse};

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
    /// Whose values the ticks are, such as "England".
    pub reference_label: Option<String>,
}

/// Draws the chart: where rows are adverse on different sides, their ratios are turned so that worse is on the right.
pub fn intervals(chart: &IntervalChart, alt: AltText) -> Figure {
    let worse = Worse::of_all(chart.marks());
    let turned = chart.scale == Scale::Ratio && worse.is_none() && chart.marks().all(|mark| mark.worse.is_some());
    let rows: Vec<IntervalRow> = chart.rows.iter().map(|row| if turned { row.turned() } else { row.clone() }).collect();
    let common = chart.common().filter(|_| !turned);
    let sheet = Sheet {
        entries: rows.iter().map(|row| row.entry(common.is_some())).collect(),
        scale: if turned { Scale::Turned } else { chart.scale },
        extent: rows.iter().flat_map(IntervalRow::extent).collect(),
        worse: if turned { Some(Worse::Above) } else { worse },
        strip: true,
        key: chart.key(common.is_some()),
        common,
    };
    sheet.draw(alt, |canvas, lanes, number| {
        rows[number].draw(canvas, &lanes.axis, lanes.middles[number], common.is_some());
    })
}

impl IntervalChart {
    /// The marks that are drawn.
    fn marks(&self) -> impl Iterator<Item = &Mark> + Clone {
        self.rows.iter().filter(|row| !row.heading).filter_map(|row| row.mark.as_ref())
    }

    /// The value that all rows are compared with, if it is one, and its name.
    fn common(&self) -> Option<(f64, &str)> {
        let mut values = self.rows.iter().filter_map(|row| row.reference);
        let first = values.next()?;
        values.all(|value| value == first).then_some((first, self.reference_label.as_deref()?))
    }

    fn key(&self, common: bool) -> Vec<(Swatch, String)> {
        let reference = self.reference_label.iter().filter(|_| !common);
        let reference = reference.map(|label| (Swatch::Reference, label.clone()));
        key::results(self.marks().map(|mark| mark.shade)).chain(reference).collect()
    }
}

impl IntervalRow {
    /// The row on a scale that is turned: its reference is adverse where its mark is.
    fn turned(&self) -> IntervalRow {
        let below = self.mark.as_ref().is_some_and(|mark| mark.worse == Some(Worse::Below));
        let reference = self.reference.map(|value| if below { value.recip() } else { value });
        IntervalRow { mark: self.mark.as_ref().map(Mark::turned), reference, ..self.clone() }
    }

    fn entry(&self, common: bool) -> Entry<'_> {
        let mark = self.mark.as_ref().filter(|_| !self.heading);
        Entry {
            label: &self.label,
            mark,
            note: &self.note,
            occupied: mark.is_some(),
            ticks: self.reference.into_iter().filter(|_| !common).collect(),
            heading: self.heading,
            emphasised: self.emphasised,
        }
    }

    fn extent(&self) -> impl Iterator<Item = f64> {
        self.mark.iter().flat_map(Mark::extent).chain(self.reference)
    }

    fn draw(&self, canvas: &Canvas, axis: &Axis, lane: f64, common: bool) {
        if self.heading {
            return;
        }
        if let Some(reference) = self.reference.filter(|_| !common)
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
            id: label.to_owned(),
            shade: Shade::Disadvantage,
            worse: Some(Worse::Above),
        };
        IntervalRow { label: label.to_owned(), mark: Some(mark), ..IntervalRow::default() }
    }

    fn draw(rows: Vec<IntervalRow>) -> Figure {
        let chart = IntervalChart { rows, scale: Scale::Ratio, reference_label: None };
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
    fn worse_is_on_one_side_and_the_values_stay_as_they_are() {
        let mut appointed = row("Appointment", 0.5);
        if let Some(mark) = &mut appointed.mark {
            mark.worse = Some(Worse::Below);
        }
        let figure = draw(vec![appointed, row("Leaving", 2.0)]);
        for svg in [figure.svg(), figure.narrow()] {
            let document = roxmltree::Document::parse(svg).expect("a well-formed SVG");
            let places = diamonds(&document);
            assert!((places[0] - places[1]).abs() <= 1.0 && places[0] > tick(&document, "1"), "{places:?}");
            let words: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
            assert!(["0.5", "2", "Worse", "Better", "1 = equal"].iter().all(|word| words.contains(word)), "{words:?}");
            let titles = document.descendants().filter(|node| node.has_tag_name("title"));
            let titles: Vec<_> = titles.filter_map(|title| title.text()).collect();
            assert_eq!(titles, ["Appointment: 0.5, disadvantage", "Leaving: 2, disadvantage"]);
        }
        assert_eq!(figure.drawn()[0], figure.drawn()[1]);
    }

    #[test]
    fn on_a_phone_labels_and_values_stand_above_their_lanes() {
        let figure = draw(vec![row("Harassment, bullying or abuse from people who use services", 1.6)]);
        let document = roxmltree::Document::parse(figure.narrow()).expect("a well-formed SVG");
        assert!(document.root_element().attribute("viewBox").is_some_and(|size| size.starts_with("0 0 3200 ")));
        let row = document.descendants().find(|node| node.has_tag_name("g")).expect("a row");
        let texts: Vec<f64> = row
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .filter_map(|text| text.attribute("y")?.parse().ok())
            .collect();
        let diamond = row.descendants().find(|node| node.has_tag_name("polygon")).expect("a mark");
        let top = diamond.attribute("points").and_then(|points| points.split([',', ' ']).nth(3)?.parse().ok());
        let top: f64 = top.expect("a corner");
        assert!(texts.len() > 1 && texts.iter().all(|y| *y < top), "{texts:?} {top}");
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
