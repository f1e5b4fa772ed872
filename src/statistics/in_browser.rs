//! As much of this stage as the check in an authority's browser needs: figures of one return, without polars and without others.

#[path = "add_up/in_browser.rs"]
mod add_up;
#[path = "compare/in_browser.rs"]
mod compare;
mod figure;
mod own;
#[path = "protect/in_browser.rs"]
mod protect;

pub use compare::{
    AtParity, Detectable, Difference, Doubts, GroupFigures, Marker, Outcome, Ratio, Statistic, Table, Wider,
};
pub use figure::{
    Area, AreaKey, AreaType, Breakdown, Counts, ENGLAND, EthnicGroup, FigureId, FigureKey, Quantity, Rows, Scope, Side,
};
pub use own::of_return;
pub use protect::Edition;
