//! Numbers in Typst: each is a text with a place of its own, which Typst carries to every letter of it on pages and in HTML.
//!
//! The place is a span, as every text of a source has one; a number's points into a file that is on no disc, at a place made
//! from its figure's id and its text. A number is recognised by it whatever a theme does, needs no mark around it, and has
//! the same place in every document. No template and no theme can make such a place but by printing the number.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::LazyLock;

use anyhow::{Result, bail};
use typst::foundations::Content;
use typst::syntax::{FileId, RootedPath, Span, VirtualPath, VirtualRoot};
use typst::text::TextElem;
use typst::utils::hash128;

use super::figures::{Piece, pieces};

/// The lower bits of a span tell the place in its file. From this one on they stand for ranges, of which there are as many.
const PLACES: u64 = (1 << 47) + (1 << 46);
const MOST: u64 = (1 << 46) - 1;
const FILE_SHIFT: u32 = 48;

/// The file in which all numbers have their places.
static FILE: LazyLock<Option<FileId>> = LazyLock::new(|| file("/numbers"));

/// The file at this path from the root.
pub fn file(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The place of a number: the same for equal ids and texts.
fn key(id: &str, text: &str) -> u64 {
    u64::try_from(hash128(&(id, text)) & u128::from(MOST)).unwrap_or_default()
}

/// The place that a span stands for, if it is a number's.
pub fn key_of(span: Span) -> Option<u64> {
    let place = (span.into_raw().get() & ((1 << FILE_SHIFT) - 1)).checked_sub(PLACES)?;
    (span.id()? == (*FILE)?).then_some(place)
}

/// A number as Typst prints it.
pub fn content(id: &str, text: &str) -> Content {
    let raw = FILE.map(|file| (u64::from(file.into_raw().get()) << FILE_SHIFT) | (PLACES + key(id, text)));
    let span = raw.and_then(NonZeroU64::new).map_or(Span::detached(), Span::from_raw);
    TextElem::packed(text).spanned(span)
}

/// The numbers that a document may print: each one's id and text by its place.
#[derive(Clone, Debug, Default)]
pub struct Numbers(BTreeMap<u64, (String, String)>);

impl Numbers {
    /// Takes in those of every text of a value.
    pub fn add_all(&mut self, value: &serde_json::Value) -> Result<()> {
        match value {
            serde_json::Value::String(text) => self.add(text),
            serde_json::Value::Array(values) => values.iter().try_for_each(|value| self.add_all(value)),
            serde_json::Value::Object(values) => values.values().try_for_each(|value| self.add_all(value)),
            _ => Ok(()),
        }
    }

    /// Takes in those of a text.
    pub fn add(&mut self, text: &str) -> Result<()> {
        for piece in pieces(text) {
            let Piece::Figure(id, text) = piece else { continue };
            let number = || (id.to_owned(), text.to_owned());
            let known = self.0.entry(key(id, text)).or_insert_with(number);
            if *known != number() {
                bail!("the figures {id} and {} have one place: please report this", known.0);
            }
        }
        Ok(())
    }

    /// The id and text of the number at a place.
    pub fn get(&self, key: u64) -> Option<(&str, &str)> {
        self.0.get(&key).map(|(id, text)| (id.as_str(), text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_recognised_by_its_place(id in "[a-z0-9/]{1,40}", text in "[0-9.%c\\[\\]]{1,12}") {
            prop_assert_eq!(key_of(content(&id, &text).span()), Some(key(&id, &text)));
        }
    }

    #[test]
    fn no_place_of_a_source_is_a_numbers() {
        let source = typst::syntax::Source::detached("#let a = [b]");
        assert_eq!(key_of(source.root().span()), None);
        assert_eq!(key_of(Span::detached()), None);
    }
}
