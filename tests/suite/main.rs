//! Tests of the whole program, in one binary: each module says what it is about in its first line.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod areas;
mod beside;
mod build;
mod changes;
mod check;
mod checker;
mod collection;
mod corrected;
mod disclosure;
mod dispatch;
mod documentation;
mod drawing;
mod edges;
mod editions;
mod escaping;
mod exact;
mod explain;
mod figures;
mod groups;
mod hostile;
mod incremental;
mod layering;
mod matrices;
mod mixed;
mod open_data;
mod pages;
mod paper;
mod plans;
mod preview;
mod public;
mod published;
mod released;
mod samples;
mod workplace;
