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
mod rounds;
mod rows;
mod sheet;
mod spread;
mod style;
mod text;
mod tiles;

use canvas::Drawing;
use style::Format;

pub use axis::Scale;
pub use bands::{Band, BandChart, bands};
pub use funnel::{Funnel, FunnelChart, Limits, funnels};
pub use intervals::{IntervalChart, IntervalRow, intervals};
pub use rounds::{RoundPoint, RoundsChart, RoundsPanel, rounds};
pub use spread::{Spread, SpreadChart, SpreadRow, spread};
pub use style::Colour;
pub use tiles::{Tile, TileMap, tiles};

/// A drawn chart, which cannot be made without alternative text.
///
/// It is drawn twice: for paper and wide screens, and for a phone in a layout of its own.
#[derive(Clone, Debug)]
pub struct Figure {
    svg: String,
    narrow: String,
    drawn: [Vec<Drawn>; 2],
    alt: AltText,
}

/// A value in the words of a drawing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Drawn {
    /// What the value is known by outside, as its mark said.
    pub id: String,
    /// The value as it is printed everywhere.
    pub printed: String,
    /// What the row says that it stands in; nothing outside of rows.
    pub row: String,
}

impl Figure {
    /// Draws a chart in both formats.
    fn new(alt: AltText, draw: impl Fn(Format, &AltText) -> Drawing) -> Figure {
        let [wide, narrow] = [Format::Wide, Format::Narrow].map(|format| draw(format, &alt));
        Figure { svg: wide.svg, narrow: narrow.svg, drawn: [wide.drawn, narrow.drawn], alt }
    }

    /// The drawing: one `<svg>` element that needs nothing else but the font.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// The drawing for a phone.
    pub fn narrow(&self) -> &str {
        &self.narrow
    }

    /// The values in the words of the drawing, and of that for a phone, each in its order.
    pub fn drawn(&self) -> &[Vec<Drawn>; 2] {
        &self.drawn
    }

    /// The same drawing with an organisation's colours in the place of those of the four series, one for one.
    pub fn in_colours(self, colours: [Colour; 4]) -> Figure {
        let [svg, narrow] = [&self.svg, &self.narrow].map(|svg| coloured(svg, colours));
        Figure { svg, narrow, ..self }
    }

    /// What the chart shows, in words.
    pub fn alt(&self) -> &AltText {
        &self.alt
    }
}

/// A drawing with these colours in the place of those of the four series.
fn coloured(drawing: &str, colours: [Colour; 4]) -> String {
    // Colours stand in attributes alone: in words, quotation marks are escaped.
    let mut svg = String::with_capacity(drawing.len());
    let mut parts = drawing.split("=\"#");
    svg.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let ours = style::SERIES.iter().position(|series| part.starts_with(&Colour::from(*series).to_string()[1..]));
        match ours.and_then(|place| Some((colours[place], part.get(6..)?))) {
            Some((colour, rest)) => svg.push_str(&format!("=\"{colour}{rest}")),
            None => svg.push_str(&format!("=\"#{part}")),
        }
    }
    svg
}

/// Alternative text, which is never empty, and whom the chart is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AltText {
    text: String,
    people: String,
    worse: Option<Worse>,
}

impl AltText {
    /// Nothing, if the text is empty or white space.
    pub fn new(text: impl Into<String>) -> Option<AltText> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(AltText { text, people: String::new(), worse: None })
    }

    /// The same of a chart about these people, such as "minoritised ethnic people", for whom a side of it is worse: this one where
    /// its marks do not say it themselves.
    pub fn about(self, people: impl Into<String>, worse: Option<Worse>) -> AltText {
        AltText { people: people.into(), worse, ..self }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The words at the worse end of an axis, and shorter ones where they have no room.
    fn worse(&self) -> [String; 2] {
        let whole = if self.people.is_empty() { "Worse".to_owned() } else { format!("Worse for {}", self.people) };
        [whole, "Worse".to_owned()]
    }
}

/// On which side of equality a value is worse for the people that the chart is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Worse {
    /// Where it is lower.
    Below,
    /// Where it is higher.
    Above,
}

impl Worse {
    /// The side of all these marks, if it is one.
    fn of_all<'m>(marks: impl Iterator<Item = &'m Mark>) -> Option<Worse> {
        let mut sides = marks.map(|mark| mark.worse);
        let first = sides.next()??;
        sides.all(|side| side == Some(first)).then_some(first)
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
    /// What the value is known by outside; charts pass it on.
    pub id: String,
    /// What the evidence says about it.
    pub shade: Shade,
    /// On which side of equality it is worse, where one is.
    pub worse: Option<Worse>,
}

impl Mark {
    /// The numbers that an axis should find room for.
    fn extent(&self) -> impl Iterator<Item = f64> {
        [Some(self.value), self.lower, self.upper].into_iter().flatten()
    }

    /// The mark where it stands on a scale that is turned so that worse is on one side.
    fn turned(&self) -> Mark {
        if self.worse != Some(Worse::Below) {
            return self.clone();
        }
        let [lower, upper] = [self.upper, self.lower].map(|bound| bound.map(f64::recip));
        Mark { value: self.value.recip(), lower, upper, ..self.clone() }
    }

    /// What it says where it is pointed at.
    fn words(&self) -> String {
        match self.shade {
            Shade::Plain => self.printed.clone(),
            shade => format!("{}, {}", self.printed, shade.words().to_lowercase()),
        }
    }
}
