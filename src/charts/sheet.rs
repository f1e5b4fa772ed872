//! A chart of rows put together: the key, the frame and the words around what each row draws in its lane.

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, Drawing};
use super::frame::{Ends, Frame};
use super::key::{Key, Swatch};
use super::rows::{Columns, Entry, Rows};
use super::style::Format;
use super::{AltText, Figure, Worse};

/// What stands around the lanes.
pub(super) struct Sheet<'a> {
    /// What each row says.
    pub entries: Vec<Entry<'a>>,
    pub scale: Scale,
    /// The numbers that the axis should find room for.
    pub extent: Vec<f64>,
    /// The side of equality that is worse, where one is: the ends of the axis say so.
    pub worse: Option<Worse>,
    /// Whether the reference strip is drawn where the scale has one.
    pub strip: bool,
    /// A value that all rows are compared with, and its name: a line through all lanes.
    pub common: Option<(f64, &'a str)>,
    /// The entries of the key.
    pub key: Vec<(Swatch, String)>,
}

/// The lanes, as they lie on the canvas.
pub(super) struct Lanes {
    pub axis: Axis,
    /// The middle of each row's marks.
    pub middles: Vec<f64>,
    /// Where each row begins and ends.
    pub reaches: Vec<(f64, f64)>,
}

impl Sheet<'_> {
    /// Draws the chart; `content` draws what stands in the lane of the row with this number.
    pub fn draw(self, alt: AltText, content: impl Fn(&Canvas, &Lanes, usize)) -> Figure {
        Figure::new(alt, |format, alt| self.draw_in(format, alt, &content))
    }

    fn draw_in(&self, format: Format, alt: &AltText, content: &impl Fn(&Canvas, &Lanes, usize)) -> Drawing {
        let columns = Columns::new(&self.entries, format);
        let axis = Axis::new(self.scale, self.extent.iter().copied(), columns.lanes);
        let rows = Rows::new(&self.entries, columns, &axis);
        let key = Key::new(self.key.iter().cloned(), format);
        let ends = Ends::new(self.worse, alt);
        let strip = self.strip.then(|| self.scale.strip()).flatten();
        let frame = Frame { axis: &axis, ends, strip, common: self.common, width: format.width() };
        let top = key.height() + frame.header_height();
        let bottom = top + rows.height;
        let middles = rows.rows.iter().map(|row| top + row.lane).collect();
        let reaches = rows.rows.iter().map(|row| (top + row.top, top + row.top + row.height)).collect();
        let height = bottom + frame.footer_height();
        let lanes = Lanes { axis: axis.clone(), middles, reaches };

        Drawing::new(format, height, alt, |canvas| {
            key.draw(canvas, 0.0);
            rows.draw_emphasis(canvas, top);
            frame.draw_grid(canvas, top, bottom);
            frame.draw_header(canvas, top);
            for (number, entry) in self.entries.iter().enumerate() {
                canvas.group(&entry.words(), |canvas| {
                    content(canvas, &lanes, number);
                    rows.draw_words(canvas, top, number);
                    if let Some(mark) = entry.mark {
                        canvas.note(mark);
                    }
                });
            }
            frame.draw_footer(canvas, bottom);
        })
    }
}
