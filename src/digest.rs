//! SHA-256 of files, as the manifest writes it.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 of the bytes in hexadecimal.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One digest of many files, from the name and the SHA-256 of each.
pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    sha256(files.into_iter().map(|(name, sha256)| format!("{sha256} {name}\n")).collect::<String>())
}

/// What tells this program from every other version of it; nothing where it cannot read itself.
#[cfg(not(target_family = "wasm"))]
pub fn program() -> Option<String> {
    use std::fs::{self, File};
    use std::io::{Read, Seek, SeekFrom};

    use rayon::prelude::*;

    /// In parts side by side: a program is large, and an unchanged build is to be over at once.
    const PART: u64 = 1 << 22;
    let path = std::env::current_exe().ok()?;
    let parts = fs::metadata(&path).ok()?.len().div_ceil(PART);
    let digest = |part: u64| {
        let mut file = File::open(&path).ok()?;
        file.seek(SeekFrom::Start(part * PART)).ok()?;
        let mut bytes = Vec::new();
        file.take(PART).read_to_end(&mut bytes).ok()?;
        Some(sha256(bytes))
    };
    Some(sha256((0..parts).into_par_iter().map(digest).collect::<Option<Vec<_>>>()?.concat()))
}
