//! As much of this stage as the check in an authority's browser needs: words and figures in print, without Typst.

mod case;
mod columns;
mod figures;
mod findings;
mod mistake;
mod narrative;
mod own;
mod tables;
#[path = "views/in_browser.rs"]
mod views;
mod words;

pub use findings::Checking;
pub use own::{Answer, answer};
