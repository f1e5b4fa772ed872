//! Any bytes as a small round of returns in every mixture of detail: checked, measured and protected in both editions.
#![no_main]

mod returns;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

/// A folder in memory, if the machine has one.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    place.join(format!("scwres-fuzz-{}", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    let _ = std::fs::remove_dir_all(&*FOLDER);
    returns::write(bytes, &FOLDER, &Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    returns::examine(&FOLDER);
});
