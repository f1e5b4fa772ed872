//! The chart of pay bands: a bar for each band's share, beside the share of all bands together.

use super::axis::{Axis, Scale};
use super::canvas::Canvas;
use super::key::Swatch;
use super::marks;
use super::rows::Entry;
use super::sheet::Sheet;
use super::style::{DARK_BLUE, DARK_GREY, WHITE};
use super::{AltText, Figure, Mark};

/// A pay band.
#[derive(Clone, Default, Debug)]
pub struct Band {
    /// The words beside it.
    pub label: String,
    /// The share with its interval.
    pub share: Option<Mark>,
    /// Stands in place of the bar, or below it.
    pub note: String,
    /// A share to compare with, drawn as a tick.
    pub comparator: Option<f64>,
}

/// Shares of pay bands, from the lowest pay to the highest.
#[derive(Clone, Default, Debug)]
pub struct BandChart {
    /// From the lowest to the highest.
    pub bands: Vec<Band>,
    /// The share of all bands together, drawn as a line through all bars.
    pub all_bands: Option<f64>,
    /// The words of the line at all bands together.
    pub all_bands_label: String,
    /// Whose shares the ticks are, such as "England".
    pub comparator_label: Option<String>,
}

const BAR_HALF_HEIGHT: f64 = 9.0;
const WHISKER_HALF_HEIGHT: f64 = 4.5;

/// Draws the chart.
pub fn bands(chart: &BandChart, alt: AltText) -> Figure {
    let sheet = Sheet {
        entries: chart.bands.iter().map(|band| band.entry(chart.all_bands)).collect(),
        scale: Scale::Rate,
        extent: chart.bands.iter().flat_map(Band::extent).chain(chart.all_bands).collect(),
        worse: None,
        strip: false,
        common: None,
        key: chart.key(),
    };
    sheet.draw(alt, |canvas, lanes, number| {
        let (band, middle) = (&chart.bands[number], lanes.middles[number]);
        band.draw_bar(canvas, &lanes.axis, middle);
        if let Some(share) = chart.all_bands.filter(|share| share.is_finite()) {
            let (x, (top, bottom)) = (lanes.axis.place(share), lanes.reaches[number]);
            canvas.line(&[(x, top), (x, bottom)], 3.6, WHITE);
            canvas.dashes((x, top), (x, bottom), 1.8, DARK_GREY);
        }
        band.draw_ticks(canvas, &lanes.axis, middle);
    })
}

impl BandChart {
    fn key(&self) -> Vec<(Swatch, String)> {
        let together = self.all_bands.map(|_| (Swatch::Together, self.all_bands_label.clone()));
        let comparator = self.comparator_label.clone();
        let comparator = comparator.map(|label| (Swatch::Reference, label));
        together.into_iter().chain(comparator).collect()
    }
}

impl Band {
    fn entry(&self, all_bands: Option<f64>) -> Entry<'_> {
        Entry {
            label: &self.label,
            mark: self.share.as_ref(),
            note: &self.note,
            occupied: self.share.is_some(),
            ticks: self.comparator.into_iter().chain(all_bands).collect(),
            ..Entry::default()
        }
    }

    fn extent(&self) -> impl Iterator<Item = f64> {
        self.share.iter().flat_map(Mark::extent).chain(self.comparator)
    }

    fn draw_bar(&self, canvas: &Canvas, axis: &Axis, lane: f64) {
        if let Some(Mark { value, .. }) = self.share {
            let corner = (axis.ends.0, lane - BAR_HALF_HEIGHT);
            let opposite = (axis.place(value), lane + BAR_HALF_HEIGHT);
            canvas.rectangle(corner, opposite, DARK_BLUE);
        }
    }

    /// The interval and the tick, which stay visible on the bar and on the line of all bands.
    fn draw_ticks(&self, canvas: &Canvas, axis: &Axis, lane: f64) {
        if let Some(Mark { lower: Some(lower), upper: Some(upper), .. }) = self.share {
            let (from, to) = (axis.place(lower), axis.place(upper));
            for (thickness, colour) in [(4.6, WHITE), (1.8, DARK_GREY)] {
                canvas.line(&[(from, lane), (to, lane)], thickness, colour);
                for x in [from, to] {
                    let end = WHISKER_HALF_HEIGHT + thickness / 4.0;
                    canvas.line(&[(x, lane - end), (x, lane + end)], thickness, colour);
                }
            }
        }
        if let Some(comparator) = self.comparator.filter(|share| axis.side(*share).is_eq()) {
            marks::reference(canvas, (axis.place(comparator), lane));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Shade;

    #[test]
    fn bars_begin_at_zero_and_a_withheld_band_has_none() {
        let band = |share: Option<f64>| Band {
            label: "Under £30,000".to_owned(),
            share: share.map(|value| Mark {
                value,
                lower: Some(value - 0.01),
                upper: Some(value + 0.01),
                printed: format!("{value}"),
                id: String::new(),
                shade: Shade::Plain,
                worse: None,
            }),
            ..Band::default()
        };
        let chart = BandChart { bands: vec![band(Some(0.2)), band(None), band(Some(0.1))], ..BandChart::default() };
        let figure = bands(&chart, AltText::new("Bars.").expect("not empty"));
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let bars = document.descendants().filter(|node| node.attribute("fill") == Some("#12436D"));
        let widths: Vec<f64> = bars.filter_map(|bar| bar.attribute("width")?.parse().ok()).collect();
        assert_eq!(widths.len(), 2);
        assert!((widths[0] - 2.0 * widths[1]).abs() <= 2.0, "{widths:?}");
    }
}
