//! scwres builds the yearly reports of the Social Care Workforce Race Equality Standard.
//!
//! A year goes through five stages, each a room of its own that uses only the ones before it:
//!
//! 1. [`submissions`] reads and checks what authorities sent;
//! 2. [`statistics`] adds up, protects, and compares what may be shown;
//! 3. [`charts`] draws;
//! 4. [`reports`] assembles and typesets;
//! 5. [`output`] writes a whole year, or nothing.
//!
//! [`commands`] calls them: [`commands::build`] in this order, the others as far as they need them.

// What files are made of, and what every stage speaks of.
pub mod configuration;
pub mod digest;
pub mod letters;

pub mod authority;
pub mod finding;
pub mod round;
pub mod standard;

// The stages.
pub mod submissions;
pub mod synthesise;

pub mod statistics;

pub mod charts;
pub mod reports;

pub mod output;

mod cache;
mod changes;
mod corrections;
mod dispatch;
mod manifest;
mod record;

// What people call.
pub mod cli;
pub mod commands;
mod parallel;

pub use commands::{Outcome, run};
