//! As much of what templates see as the figures of a single return need.

mod figure;
mod setting;

pub use figure::{FigureView, breakdown_label, figure};
pub use setting::{IndicatorView, indicator, round};
