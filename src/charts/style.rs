//! The colours, letters and measures that every chart shares.

use std::fmt;

use plotters::style::{FontStyle, RGBColor};
use serde::Deserialize;

pub(super) const DARK_BLUE: RGBColor = RGBColor(0x12, 0x43, 0x6D);
pub(super) const TURQUOISE: RGBColor = RGBColor(0x28, 0xA1, 0x97);
pub(super) const DARK_PINK: RGBColor = RGBColor(0x80, 0x16, 0x50);
pub(super) const ORANGE: RGBColor = RGBColor(0xF4, 0x6A, 0x25);
pub(super) const DARK_GREY: RGBColor = RGBColor(0x3D, 0x3D, 0x3D);
pub(super) const UNFOCUSED: RGBColor = RGBColor(0xBF, 0xBF, 0xBF);
pub(super) const GRIDLINE: RGBColor = RGBColor(0xDC, 0xDC, 0xDC);
pub(super) const STRIP: RGBColor = RGBColor(0xEC, 0xEC, 0xEC);
pub(super) const EMPHASIS: RGBColor = RGBColor(0xF5, 0xF5, 0xF5);
pub(super) const WHITE: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
pub(super) const INK: RGBColor = RGBColor(0x1A, 0x1A, 0x1A);

/// The colours of the series of one chart, in the order of the Analysis Function.
pub(super) const SERIES: [RGBColor; 4] = [DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE];

/// A colour as red, green and blue; printed and read as `#12436D`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "Option<String>")]
pub struct Colour(pub [u8; 3]);

impl TryFrom<Option<String>> for Colour {
    type Error = String;

    fn try_from(text: Option<String>) -> Result<Self, String> {
        // In YAML, what begins with # is a comment.
        let text = text.ok_or("a colour without quotation marks is none: write it like \"#12436D\"")?;
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let part = |place: usize| u8::from_str_radix(digits?.get(place..place + 2)?, 16).ok();
        match (part(0), part(2), part(4)) {
            (Some(red), Some(green), Some(blue)) => Ok(Colour([red, green, blue])),
            _ => Err(format!("`{text}` is no colour: write it like #12436D, in quotation marks")),
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Colour([red, green, blue]) = self;
        write!(formatter, "#{red:02X}{green:02X}{blue:02X}")
    }
}

impl From<RGBColor> for Colour {
    fn from(colour: RGBColor) -> Self {
        Colour([colour.0, colour.1, colour.2])
    }
}

impl Colour {
    /// How far it stands out from another, from 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// A tint, this share of the way to white.
    pub fn lighter(self, share: f64) -> Colour {
        Colour(self.0.map(|part| (f64::from(part) + share * (255.0 - f64::from(part))).round() as u8))
    }

    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}

/// For how wide a page a chart is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    /// Paper and wide screens; a unit is printed at two thirds of a point.
    Wide,
    /// A phone, on which a unit is about a pixel.
    Narrow,
}

impl Format {
    /// The width of every chart in this format.
    pub fn width(self) -> f64 {
        match self {
            Format::Wide => 680.0,
            Format::Narrow => 320.0,
        }
    }
}

/// The distance from one baseline to the next.
pub(super) const LINE_HEIGHT: f64 = 17.5;

/// The least height of a row, so that marks of neighbouring rows stay apart.
pub(super) const ROW_HEIGHT: f64 = 28.0;

/// The size, weight and colour in which words are set.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub size: f64,
    pub bold: bool,
    pub colour: RGBColor,
}

impl Face {
    pub fn style(self) -> FontStyle {
        if self.bold { FontStyle::Bold } else { FontStyle::Normal }
    }

    /// How far below the middle of a line its baseline lies: half the height of a capital.
    pub fn drop(self) -> f64 {
        self.size * 0.357
    }
}

/// Labels of rows and their values.
pub(super) const LABEL: Face = Face { size: 14.0, bold: false, colour: INK };

/// Labels that stand out: group headings, one's own authority.
pub(super) const STRONG: Face = Face { bold: true, ..LABEL };

/// Everything around the rows; the least size that is printed at 9 points.
pub(super) const SMALL: Face = Face { size: 13.5, bold: false, colour: DARK_GREY };

/// A small text that stands out.
pub(super) const SMALL_STRONG: Face = Face { bold: true, ..SMALL };
