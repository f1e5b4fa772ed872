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
//! [`commands`] calls them: [`commands::build`] in this order, the others as far as they need them. [`checker`] is what an authority
//! runs in its own browser, where there are neither files nor threads: only what it needs is compiled for that.

// Rooms are compiled whole for browsers where a part of them is needed: what is not called there is left out in the end.
#![cfg_attr(target_family = "wasm", allow(dead_code, unused_imports, missing_docs))]

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
#[cfg(not(target_family = "wasm"))]
pub mod synthesise;

#[cfg(not(target_family = "wasm"))]
pub mod statistics;
#[cfg(target_family = "wasm")]
#[path = "statistics/in_browser.rs"]
mod statistics;

#[cfg(not(target_family = "wasm"))]
pub mod charts;
#[cfg(not(target_family = "wasm"))]
pub mod reports;
#[cfg(target_family = "wasm")]
#[path = "reports/in_browser.rs"]
mod reports;

// The check that authorities run in their browsers: all of the above that a browser can run.
pub mod checker;

#[cfg(not(target_family = "wasm"))]
pub mod output;

#[cfg(not(target_family = "wasm"))]
mod cache;
#[cfg(not(target_family = "wasm"))]
mod changes;
#[cfg(not(target_family = "wasm"))]
mod corrections;
#[cfg(not(target_family = "wasm"))]
mod dispatch;
#[cfg(not(target_family = "wasm"))]
mod manifest;
#[cfg(not(target_family = "wasm"))]
mod record;

// What people call.
#[cfg(not(target_family = "wasm"))]
pub mod cli;
#[cfg(not(target_family = "wasm"))]
pub mod commands;
#[cfg(not(target_family = "wasm"))]
mod parallel;

#[cfg(not(target_family = "wasm"))]
pub use commands::{Outcome, run};
