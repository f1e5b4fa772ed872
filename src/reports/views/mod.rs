//! What templates see: figures already rounded and in print, each with its result and the words for it.

mod completeness;
mod figure;
mod history;
mod setting;
mod sign_off;
mod standing;
mod summary;

pub use completeness::{coverage, left_out, quality, reason};
pub use figure::{FigureView, figure};
pub use history::{TrendView, trend};
pub use setting::{IndicatorView, indicator, peers, round};
pub use sign_off::quality_log;
pub use standing::{
    PooledView, PositionCountsView, PositionView, SpreadView, pooled, position, position_counts, spread,
};
pub use summary::{SummaryView, summary, whole};
