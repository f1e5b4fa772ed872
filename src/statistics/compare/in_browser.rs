//! As much of this room as a single return needs.

mod absent;
mod clusters;
mod coarser;
mod computed;
mod detectable;
mod families;
mod interval;
mod multiplicity;
mod pooling;
mod statistic;

pub(super) use absent::absent;
pub use clusters::Wider;
pub(super) use computed::{Judgement, Subject, compare, missing, share_differences};
pub use detectable::Detectable;
pub(super) use families::judge_together;
pub use statistic::{AtParity, Difference, Doubts, GroupFigures, Marker, Outcome, Ratio, Statistic, Table};
