//! As much of what templates see as the figures of a single return need.

mod figure;
mod setting;

pub use figure::{FigureView, figure};
pub use setting::{IndicatorView, indicator, round};
