//! The second room, protect: which counts may be shown, and the proof that no other can be worked out from them.
//!
//! What is proved, and what has to be trusted for it, stands in [`safety`]; `suppression` searches, with `exchange` and `attack`.

mod attack;
mod disclosure;
mod exchange;
mod protection;
mod recorded;
mod release;
mod rounds;
mod safety;
mod suppression;
mod withheld;

pub use disclosure::Edition;
#[cfg(test)]
pub(in crate::statistics) use disclosure::example;
pub(super) use disclosure::{Shown, exact, known, shown, staff};
pub use protection::Protection;
pub use recorded::{Earlier, Recorded};
pub(super) use release::{Pattern, Place};
pub(super) use rounds::{Counted, count};
pub use suppression::Studies;
pub use withheld::{CoarserCount, Figure, WithheldCount};
pub(super) use withheld::{coarser, out, withheld};
