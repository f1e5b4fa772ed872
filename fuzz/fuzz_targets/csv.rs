//! Any bytes as a return in CSV.
#![no_main]

mod round;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scwres::submissions::csv;

static ROUND: LazyLock<(scwres::standard::Standard, scwres::round::Round)> = LazyLock::new(round::open);

fuzz_target!(|bytes: &[u8]| {
    let (standard, round) = &*ROUND;
    let read = csv::read(bytes, "F01.csv", &round.settings, standard);
    round::examine(read.value, standard, round);
});
