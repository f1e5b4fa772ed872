//! A workbook's file as an archive of parts, within bounds.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::open::{Problem, locked, too_large, unreadable};

const LARGEST_CONTENT: u64 = 200_000_000;

/// The parts of a file, which together are no larger than a workbook's.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// The names as they are written, by place.
    names: Vec<String>,
}

impl<'a> Archive<'a> {
    /// Unpacks every part once, to see that there is no more than a workbook holds, whatever the directory declares.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Archive<'a>, Problem> {
        let broken = |error: &dyn std::fmt::Display| unreadable(&error.to_string());
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
        let mut left = LARGEST_CONTENT;
        let mut names = Vec::new();
        for index in 0..zip.len() {
            let part = match zip.by_index(index) {
                Ok(part) => part,
                Err(error) if index == 0 && error.to_string().to_lowercase().contains("password") => {
                    return Err(locked());
                }
                Err(error) => return Err(broken(&error)),
            };
            names.push(part.name().map(|name| name.into_owned()).unwrap_or_default());
            let mut bounded = part.take(left + 1);
            std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|error| broken(&error))?;
            left = left
                .checked_sub(left + 1 - bounded.limit())
                .ok_or_else(|| too_large(format!("more than {LARGEST_CONTENT} bytes once unpacked")))?;
        }
        Ok(Archive { zip, names })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    fn place(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('/').replace('\\', "/");
        let is = |other: &String| other.trim_start_matches('/').replace('\\', "/").eq_ignore_ascii_case(&name);
        self.names.iter().position(is)
    }

    /// The text of a part, whose name is compared without regard to capitals; an error says why it cannot be read.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(index) = self.place(name) else { return Ok(None) };
        let part = self.zip.by_index(index).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        part.take(LARGEST_CONTENT).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        decoded(bytes).map(Some).ok_or_else(|| format!("{name} is not a text"))
    }
}

/// A part's bytes as text: UTF-8, or UTF-16 with its mark.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return wide(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return wide(rest, u16::from_be_bytes);
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
