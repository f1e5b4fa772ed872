//! Encrypted archives, and the passphrases that open them: the one place where the program asks the system for chance.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, DateTime, ZipWriter};

/// Letters and digits of which none looks or sounds like another: 32 of them, five bits each.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Twenty signs are a hundred bits.
const LENGTH: usize = 20;

/// So many are read out at once.
const GROUP: usize = 4;

const HEADER: [&str; 4] = ["authority_code", "archive", "addresses", "passphrase"];

/// The passphrases of a year, by the authority's code.
#[derive(Default)]
pub struct Passphrases(BTreeMap<String, Entry>);

struct Entry {
    archive: String,
    addresses: String,
    passphrase: String,
}

impl Passphrases {
    /// Those that were written before, which may have been told already; none where there are none.
    pub fn read(path: &Path) -> Result<Self> {
        if !path.is_file() {
            return Ok(Self::default());
        }
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut entries = BTreeMap::new();
        for record in csv::Reader::from_reader(&*bytes).records() {
            let record = record.with_context(|| format!("cannot read {}", path.display()))?;
            let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
            entries.insert(field(0), Entry { archive: field(1), addresses: field(2), passphrase: field(3) });
        }
        Ok(Self(entries))
    }

    /// The passphrase of an authority's archive: the one of before where it went to the same addresses, else a new one.
    pub fn of(&mut self, code: &str, archive: &str, addresses: &str) -> Result<String> {
        let kept = self.0.get(code).filter(|entry| entry.addresses == addresses && !entry.passphrase.is_empty());
        let passphrase = kept.map_or_else(passphrase, |entry| Ok(entry.passphrase.clone()))?;
        let entry = Entry { archive: archive.to_owned(), addresses: addresses.to_owned(), passphrase };
        let passphrase = entry.passphrase.clone();
        self.0.insert(code.to_owned(), entry);
        Ok(passphrase)
    }

    /// All of them as a table.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADER)?;
        for (code, Entry { archive, addresses, passphrase }) in &self.0 {
            writer.write_record([code, archive, addresses, passphrase])?;
        }
        writer.into_inner().context("cannot finish the table of passphrases")
    }
}

/// A new passphrase, in groups that can be read out.
fn passphrase() -> Result<String> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
    let mut passphrase = String::new();
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            passphrase.push('-');
        }
        // 256 values fall evenly on 32 signs.
        passphrase.push(char::from(SIGNS[usize::from(byte % 32)]));
    }
    Ok(passphrase)
}

/// An archive of these files, encrypted with AES-256.
pub fn zip<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>, passphrase: &str) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .with_aes_encryption(AesMode::Aes256, passphrase);
        archive.start_file(name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish().context("cannot make an archive")?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passphrases_differ_can_be_read_out_and_stay_with_their_reader() {
        let mut all = Passphrases::default();
        let first = all.of("F01", "a.zip", "a@b.uk").unwrap();
        assert_eq!((first.len(), first.matches('-').count()), (LENGTH + 4, 4));
        assert!(first.bytes().all(|byte| byte == b'-' || SIGNS.contains(&byte)), "{first}");
        assert_eq!(all.of("F01", "a.zip", "a@b.uk").unwrap(), first);
        assert_ne!(all.of("F02", "b.zip", "c@d.uk").unwrap(), first);
        assert_ne!(all.of("F01", "a.zip", "another@b.uk").unwrap(), first);
    }

    #[test]
    fn signs_are_thirty_two_different_ones() {
        let different: std::collections::BTreeSet<u8> = SIGNS.iter().copied().collect();
        assert_eq!(different.len(), 32);
    }
}
