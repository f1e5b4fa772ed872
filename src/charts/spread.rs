//! The spread of other authorities, with one's own result and England's in it.

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, Place};
use super::key::{self, Swatch};
use super::marks::{self, Direction};
use super::rows::Entry;
use super::sheet::Sheet;
use super::style::{DARK_GREY, UNFOCUSED, WHITE};
use super::{AltText, Figure, Mark, Worse};

/// How other authorities' values are spread: never their values themselves.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    /// 10th percentile.
    pub p10: f64,
    /// Lower quartile.
    pub lower_quartile: f64,
    /// Median.
    pub median: f64,
    /// Upper quartile.
    pub upper_quartile: f64,
    /// 90th percentile.
    pub p90: f64,
}

/// A row of the chart.
#[derive(Clone, Default, Debug)]
pub struct SpreadRow {
    /// The words beside it.
    pub label: String,
    /// How all authorities spread.
    pub spread: Option<Spread>,
    /// A result picked out.
    pub own: Option<Mark>,
    /// England's value, as a tick.
    pub england: Option<f64>,
    /// Stands in place of the marks, or below them.
    pub note: String,
}

/// Spreads, one below the other.
#[derive(Clone, Debug)]
pub struct SpreadChart {
    /// From top to bottom.
    pub rows: Vec<SpreadRow>,
    /// What the axis measures.
    pub scale: Scale,
    /// What the bars show, such as "Other authorities: middle half and 10th to 90th percentile".
    pub spread_label: String,
    /// Whose values the ticks are.
    pub england_label: Option<String>,
}

/// Draws the chart.
pub fn spread(chart: &SpreadChart, alt: AltText) -> Figure {
    let common = chart.common();
    let sheet = Sheet {
        entries: chart.rows.iter().map(|row| row.entry(common.is_some())).collect(),
        scale: chart.scale,
        extent: chart.rows.iter().flat_map(SpreadRow::extent).collect(),
        worse: Worse::of_all(chart.rows.iter().filter_map(|row| row.own.as_ref()))
            .or(alt.worse.filter(|_| chart.scale == Scale::Ratio)),
        strip: false,
        key: chart.key(common.is_some()),
        common,
    };
    sheet.draw(alt, |canvas, lanes, number| {
        chart.rows[number].draw(canvas, &lanes.axis, lanes.middles[number], common.is_some());
    })
}

/// Draws the bars of a spread between the places of its percentiles and quartiles.
pub(super) fn bars(canvas: &Canvas, [p10, lower, upper, p90]: [f64; 4], y: f64) {
    // A white edge keeps the bars apart from the grey strip behind them.
    canvas.rectangle((p10 - 1.0, y - 4.0), (p90 + 1.0, y + 4.0), WHITE);
    canvas.rectangle((lower - 1.0, y - 9.0), (upper + 1.0, y + 9.0), WHITE);
    canvas.rectangle((p10, y - 3.0), (p90, y + 3.0), UNFOCUSED);
    canvas.rectangle((lower, y - 8.0), (upper, y + 8.0), UNFOCUSED);
}

/// Draws the tick of a median.
pub(super) fn median(canvas: &Canvas, (x, y): Place) {
    canvas.line(&[(x, y - 9.0), (x, y + 9.0)], 2.4, DARK_GREY);
}

impl SpreadChart {
    /// The value of England, if all rows that have one have the same, and its name.
    fn common(&self) -> Option<(f64, &str)> {
        let mut values = self.rows.iter().filter_map(|row| row.england);
        let first = values.next()?;
        values.all(|value| value == first).then_some((first, self.england_label.as_deref()?))
    }

    fn key(&self, common: bool) -> Vec<(Swatch, String)> {
        let spread = self.rows.iter().any(|row| row.spread.is_some());
        let spread =
            spread.then(|| [(Swatch::Spread, self.spread_label.clone()), (Swatch::Median, "Median".to_owned())]);
        let england = self.england_label.iter().filter(|_| !common);
        let england = england.map(|label| (Swatch::Reference, label.clone()));
        let shades = self.rows.iter().filter_map(|row| Some(row.own.as_ref()?.shade));
        spread.into_iter().flatten().chain(england).chain(key::results(shades)).collect()
    }
}

impl SpreadRow {
    fn entry(&self, common: bool) -> Entry<'_> {
        Entry {
            label: &self.label,
            mark: self.own.as_ref(),
            note: &self.note,
            occupied: self.own.is_some() || self.spread.is_some(),
            ticks: self.england.into_iter().filter(|_| !common).collect(),
            ..Entry::default()
        }
    }

    fn extent(&self) -> impl Iterator<Item = f64> {
        let spread = self.spread.into_iter();
        spread
            .flat_map(|spread| [spread.p10, spread.p90])
            .chain(self.own.iter().flat_map(Mark::extent))
            .chain(self.england)
    }

    fn draw(&self, canvas: &Canvas, axis: &Axis, lane: f64, common: bool) {
        if let Some(spread) = self.spread {
            let ends = [spread.p10, spread.lower_quartile, spread.upper_quartile, spread.p90];
            bars(canvas, ends.map(|value| axis.place(value)), lane);
        }
        if let Some(england) = self.england.filter(|value| !common && axis.side(*value).is_eq()) {
            marks::reference(canvas, (axis.place(england), lane));
        }
        // England's tick shows above a median that it meets; the other way round it would hide it.
        if let Some(spread) = self.spread {
            median(canvas, (axis.place(spread.median), lane));
        }
        if let Some(own) = &self.own {
            let beside = (lane, marks::colour(own.shade));
            marks::mark(canvas, axis, Direction::Across, own, beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Shade;

    #[test]
    fn the_key_explains_only_what_is_drawn() {
        let own = Mark {
            value: 1.4,
            lower: Some(1.1),
            upper: None,
            printed: "1.40".to_owned(),
            id: String::new(),
            shade: Shade::Disadvantage,
            worse: Some(Worse::Above),
        };
        let mut chart = SpreadChart {
            rows: vec![SpreadRow {
                label: "Leaving".to_owned(),
                own: Some(own),
                note: "Fewer than 10 other authorities".to_owned(),
                ..SpreadRow::default()
            }],
            scale: Scale::Ratio,
            spread_label: "Other authorities".to_owned(),
            england_label: None,
        };
        let draw = |chart: &SpreadChart| {
            let alt = AltText::new("A spread.").expect("not empty");
            spread(chart, alt).svg().to_owned()
        };
        let svg = draw(&chart);
        assert!(svg.contains(">Disadvantage<"));
        assert!(!svg.contains(">Other authorities<") && !svg.contains("#BFBFBF"));

        chart.rows[0].own = None;
        chart.rows[0].spread =
            Some(Spread { p10: 0.0, lower_quartile: 0.8, median: 1.0, upper_quartile: 1.3, p90: 50.0 });
        let svg = draw(&chart);
        assert!(!svg.contains(">Your authority:<") && !svg.contains(">Disadvantage<"));
        assert!(svg.contains(">Other authorities<") && svg.contains("#BFBFBF"));
    }
}
