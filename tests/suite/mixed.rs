//! Rounds in which every return gives its counts in its own way: whatever the checks accept builds, is right, and is protected.

#[path = "../../fuzz/fuzz_targets/returns.rs"]
mod returns;

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use crate::workplace::root;

/// Bytes that decide how a round looks; the commonest choice is a small byte.
fn decisions() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 200..4_000)
}

#[test]
fn whatever_the_checks_accept_is_measured_and_protected() {
    let accepted = AtomicUsize::new(0);
    let rounds = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(rounds, |(bytes in decisions())| {
        let folder = tempfile::tempdir().unwrap();
        returns::write(&bytes, &folder.path().join("data"), root());
        accepted.fetch_add(returns::examine(&folder.path().join("data")), Ordering::Relaxed);
    });
    // A generator whose returns are refused would show nothing.
    let accepted = accepted.into_inner();
    assert!(accepted > 300, "only {accepted} returns were accepted");
}
