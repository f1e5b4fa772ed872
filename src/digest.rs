//! SHA-256 of files, as the manifest writes it.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 of the bytes in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
