//! Stage 2, add up, protect, compare: from counts of people to figures that may be shown.
//!
//! Three rooms, each of which uses only those before it, and `figure`, which says which figure and is used by all:
//!
//! 1. `add_up` adds counts up, with polars, which lives there and nowhere else;
//! 2. `protect` finds out which counts may be shown, and proves that no other can be worked out;
//! 3. `compare` computes figures from what may be shown, and from nothing else.
//!
//! `measure` takes a round through them, `explain` shows what is behind one figure, and `grouping` proposes groups of like authorities. Raw counts are private to these rooms;
//! charts, text and tables can name nothing but [`Statistic`] and its like.

mod add_up;
mod baseline;
mod compare;
mod explain;
mod figure;
mod grouping;
mod measure;
mod own;
mod protect;

pub use add_up::is_made_of;
pub use baseline::check_baselines;
#[cfg(test)]
pub use compare::example;
pub use compare::{
    Absence, AreaChange, AtParity, Change, Clustered, Coverage, Detectable, Difference, Direction, Doubts, Exact,
    Expected, FAR, GroupFigures, Heterogeneity, LeftOut, METHODS, Marker, Matched, Method, Outcome, Panel, Participant,
    Participation, Pooled, Position, PositionCounts, Quality, Ratio, Share, Spread, Statistic, Table, Together, Trend,
    UNEXPECTED, Whole, Wider, Year, funnel_limits, method, smallest_changes,
};
pub use explain::{Explainer, Explanation, InputCount, Question, Standing, year_of};
pub use figure::{
    Area, AreaKey, AreaType, Breakdown, Counts, ENGLAND, EthnicGroup, FigureId, FigureKey, Quantity, Rows, Scope, Side,
    matched_years,
};
pub use grouping::{Facts, Fit, Likeness, Proposal, ProposedGroup, propose};
pub use measure::{AuthorityStatistics, Statistics, measure};
pub use own::of_return;
pub use protect::{CoarserCount, Earlier, Edition, Figure, Protection, Recorded, Studies, WithheldCount};
