//! Draws charts: data goes in, and a figure with alternative text comes out.
//!
//! A chart sees only what it is given, and what it is given has been protected. Titles are not drawn:
//! the document prints them above the figure.

mod axis;
mod bands;
mod canvas;
mod frame;
mod funnel;
mod intervals;
mod key;
mod marks;
mod rows;
mod sheet;
mod spread;
mod style;
mod text;
mod tiles;
mod trend;

pub use axis::Scale;
pub use bands::{Band, BandChart, bands};
pub use funnel::{Funnel, FunnelChart, Limits, funnels};
pub use intervals::{IntervalChart, IntervalRow, intervals};
pub use spread::{Spread, SpreadChart, SpreadRow, spread};
pub use style::Colour;
pub use tiles::{Tile, TileMap, tiles};
pub use trend::{TrendChart, TrendPoint, TrendSeries, trend};

/// A drawn chart, which cannot be made without alternative text.
#[derive(Clone, Debug)]
pub struct Figure {
    svg: String,
    alt: AltText,
}

impl Figure {
    /// The drawing: one `<svg>` element that needs nothing else but the font.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// The same drawing with an organisation's colours in the place of those of the four series, one for one.
    pub fn in_colours(self, colours: [Colour; 4]) -> Figure {
        // Colours stand in attributes alone: in words, quotation marks are escaped.
        let mut svg = String::with_capacity(self.svg.len());
        let mut parts = self.svg.split("=\"#");
        svg.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let ours =
                style::SERIES.iter().position(|series| part.starts_with(&Colour::from(*series).to_string()[1..]));
            match ours.and_then(|place| Some((colours[place], part.get(6..)?))) {
                Some((colour, rest)) => svg.push_str(&format!("=\"{colour}{rest}")),
                None => svg.push_str(&format!("=\"#{part}")),
            }
        }
        Figure { svg, ..self }
    }

    /// What the chart shows, in words.
    pub fn alt(&self) -> &AltText {
        &self.alt
    }
}

/// Alternative text, which is never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AltText(String);

impl AltText {
    /// Nothing, if the text is empty or white space.
    pub fn new(text: impl Into<String>) -> Option<AltText> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(AltText(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the evidence says about a value; each has its own shape and colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shade {
    /// The interval excludes 1 on the adverse side: a filled diamond.
    Disadvantage,
    /// The interval excludes 1 on the other side: a filled square.
    Advantage,
    /// A disadvantage that does not stand among many comparisons: a hollow diamond.
    PossibleDisadvantage,
    /// An advantage that does not: a hollow square.
    PossibleAdvantage,
    /// The interval includes 1: a hollow circle.
    NoClearDifference,
    /// Too few to say: a cross.
    TooFew,
    /// A value that has no result, such as a rate; the key does not name it.
    Plain,
}

impl Shade {
    /// The results, in the order of the key.
    pub const ALL: [Shade; 6] = [
        Shade::Disadvantage,
        Shade::PossibleDisadvantage,
        Shade::Advantage,
        Shade::PossibleAdvantage,
        Shade::NoClearDifference,
        Shade::TooFew,
    ];

    /// The words of the key.
    pub fn words(self) -> &'static str {
        match self {
            Shade::Disadvantage => "Disadvantage",
            Shade::Advantage => "Advantage",
            Shade::PossibleDisadvantage => "Possible disadvantage",
            Shade::PossibleAdvantage => "Possible advantage",
            Shade::NoClearDifference => "No clear difference",
            Shade::TooFew => "Too few to say",
            Shade::Plain => "Value",
        }
    }
}

/// A value with its interval; rates are shares of one (0.18 is printed as 18%).
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// The value.
    pub value: f64,
    /// None if the interval is open on this side; no interval is drawn if it is open on both.
    pub lower: Option<f64>,
    /// None if the interval is open on this side, as above.
    pub upper: Option<f64>,
    /// The value as it is printed everywhere.
    pub printed: String,
    /// What the evidence says about it.
    pub shade: Shade,
}

impl Mark {
    /// The numbers that an axis should find room for.
    fn extent(&self) -> impl Iterator<Item = f64> {
        [Some(self.value), self.lower, self.upper].into_iter().flatten()
    }
}
