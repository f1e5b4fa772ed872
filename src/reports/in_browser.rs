//! As much of this stage as the check in an authority's browser needs: words and figures in print, without Typst.

mod answered;
mod case;
mod columns;
mod figures;
mod findings;
mod mistake;
mod narrative;
mod tables;
#[path = "views/in_browser.rs"]
mod views;
mod words;

pub use answered::{Answered, FILES, answered};
pub use findings::{Checking, Telling, marked};
pub use tables::csv as figures_as_data;
