//! A chart of rows put together: the key, the frame and the words around what each row draws in its lane.

use super::axis::{Axis, Scale};
use super::canvas::Canvas;
use super::frame::Frame;
use super::key::Key;
use super::rows::{Columns, Entry, Rows};
use super::{AltText, Figure};

/// What stands around the lanes.
pub(super) struct Sheet<'a> {
    /// What each row says.
    pub entries: Vec<Entry<'a>>,
    pub scale: Scale,
    /// The numbers that the axis should find room for.
    pub extent: Vec<f64>,
    /// The words at the low end of the axis, and at the high end.
    pub ends: [&'a str; 2],
    pub key: Key,
}

/// The lanes, as they lie on the canvas.
pub(super) struct Lanes {
    pub axis: Axis,
    /// The middle of each row's marks.
    pub middles: Vec<f64>,
    /// Where all of them begin and end.
    pub reach: (f64, f64),
}

impl Sheet<'_> {
    /// Draws the chart; `content` draws what stands in the lanes.
    pub fn draw(self, alt: AltText, content: impl FnOnce(&Canvas, &Lanes)) -> Figure {
        let columns = Columns::new(&self.entries);
        let axis = Axis::new(self.scale, self.extent, columns.lanes);
        let rows = Rows::new(&self.entries, columns, &axis);
        let [left_label, right_label] = self.ends;
        let header = Frame { axis: &axis, left_label, right_label }.header_height();
        let top = self.key.height() + header;
        let bottom = top + rows.height;
        let middles = rows.rows.iter().map(|row| top + row.lane).collect();
        let lanes = Lanes { axis, middles, reach: (top, bottom) };
        let frame = Frame { axis: &lanes.axis, left_label, right_label };

        Figure::draw(bottom + frame.footer_height(), alt, |canvas| {
            self.key.draw(canvas, 0.0);
            rows.draw_emphasis(canvas, top);
            frame.draw_grid(canvas, top, bottom);
            frame.draw_header(canvas, top);
            content(canvas, &lanes);
            rows.draw_words(canvas, top);
            frame.draw_footer(canvas, bottom);
        })
    }
}
