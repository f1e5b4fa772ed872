//! As much of this room as a single return needs: its authority's own counts, which it is shown as they are.

mod disclosure;
mod safety;

pub use disclosure::Edition;
pub(super) use disclosure::{Shown, exact};
