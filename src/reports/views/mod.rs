//! What templates see: figures already rounded and in print, each with its result and the words for it.

mod completeness;
mod figure;
mod setting;
mod standing;

pub use completeness::{coverage, quality};
pub use figure::{FigureView, figure};
pub use setting::{IndicatorView, indicator, round};
pub use standing::{PositionView, SpreadView, position, spread};
