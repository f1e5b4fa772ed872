//! The third room, compare: what follows from counts that may be shown, and what may be said of it.

mod absent;
mod areas;
mod clusters;
mod coarser;
mod computed;
mod detectable;
mod exact;
#[cfg(test)]
pub mod example;
mod families;
mod interval;
#[cfg(test)]
mod known;
mod left_out;
mod lineage;
mod measuring;
mod methods;
mod multiplicity;
mod next_round;
mod participation;
mod placing;
mod pooling;
mod position;
mod statistic;
mod together;
mod trend;
mod whole;

pub(super) use absent::absent;
pub use areas::AreaChange;
pub(super) use areas::{area_changes, own_changes};
pub(super) use clusters::clustered;
pub use clusters::{Clustered, Wider};
pub(super) use computed::{Judgement, Subject, compare, missing, share_differences};
pub use detectable::Detectable;
pub(super) use detectable::WhiteRates;
pub use exact::Exact;
pub(super) use families::judge_together;
pub(super) use left_out::left_out;
pub use left_out::{Absence, LeftOut};
pub(super) use lineage::{Step, TOGETHER};
pub(super) use measuring::{Measuring, belongs, places};
pub use methods::{METHODS, Method, method};
pub use next_round::smallest_changes;
pub use participation::{Coverage, Participant, Participation, Quality, Share};
pub(super) use participation::{coverage, quality};
pub use placing::PositionCounts;
pub(super) use pooling::pool;
pub use pooling::{Heterogeneity, Pooled};
pub use position::{Expected, FAR, Position, Spread, UNEXPECTED};
pub use statistic::{AtParity, Difference, Doubts, GroupFigures, Marker, Outcome, Ratio, Statistic, Table};
pub use together::Together;
pub(super) use trend::trends;
pub use trend::{Change, Direction, Matched, Panel, Trend, Year};
pub use whole::Whole;
pub(super) use whole::whole;

/// The limits of a funnel around England's ratio: lower and upper, at so many standard deviations.
pub fn funnel_limits(england: f64, variance: f64, between: f64, critical: f64) -> (f64, f64) {
    let limits = position::limits(england, variance, between, critical);
    (limits.lower, limits.upper)
}
