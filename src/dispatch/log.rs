//! The log of what is meant for whom: a line for each file.

use anyhow::{Context, Result};

use crate::reports::harmless;

/// A file that goes out.
pub struct Line {
    /// To whom.
    pub code: String,
    /// Its name.
    pub authority: String,
    /// The names of the people.
    pub names: String,
    /// Their addresses.
    pub addresses: String,
    /// Where the file stands in the folder of what goes out.
    pub file: String,
    /// What it is for.
    pub purpose: String,
    /// How many bytes it has.
    pub size: usize,
    /// Its SHA-256.
    pub sha256: String,
}

const HEADER: [&str; 8] = ["authority_code", "authority_name", "names", "emails", "file", "purpose", "bytes", "sha256"];

/// The log as a table; a text that begins as a formula does is none.
pub fn csv(lines: &[Line]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for Line { code, authority, names, addresses, file, purpose, size, sha256 } in lines {
        let size = size.to_string();
        let fields = [code, authority, names, addresses, file, purpose, &size, sha256];
        writer.write_record(fields.map(|field| harmless(field)))?;
    }
    writer.into_inner().context("cannot finish the log")
}
