//! The colours, letters and measures that every chart shares.

use plotters::style::{FontStyle, RGBColor};

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

/// The width of every chart; it is printed at two thirds of a point a unit.
pub(super) const WIDTH: f64 = 680.0;

/// The distance from one baseline to the next.
pub(super) const LINE_HEIGHT: f64 = 17.5;

/// The least height of a row, so that marks of neighbouring rows stay apart.
pub(super) const ROW_HEIGHT: f64 = 31.0;

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
