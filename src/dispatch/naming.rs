//! Whom a text names: authorities of the round by their codes and their names, and who may be named in whose files.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Authority;
use crate::round::Round;

/// The authorities of a round, as texts name them.
pub(super) struct Names<'a> {
    round: &'a Round,
    /// The names by their codes, those of members of a joint return too.
    by_code: BTreeMap<&'a str, &'a str>,
    /// Names, the longest first: one may be part of another.
    by_length: Vec<(&'a str, &'a str)>,
    /// Names that are words of every document: of templates, settings and the standard.
    common: BTreeSet<&'a str>,
}

/// Who may be named in the files of one authority.
pub(super) struct Own<'a> {
    /// Whose they are.
    pub authority: &'a Authority,
    /// Codes that are its own, and those of areas that it came from or went into.
    codes: BTreeSet<&'a str>,
    /// What it wrote itself, which is its own to read.
    words: String,
}

impl<'a> Names<'a> {
    /// The registered authorities; `common` is the text that every document has.
    pub fn new(round: &'a Round, common: &str) -> Self {
        let mut by_length: Vec<(&str, &str)> =
            round.authorities.iter().map(|one| (one.name.as_str(), one.code.as_str())).collect();
        by_length.sort_by_key(|(name, code)| (std::cmp::Reverse(name.len()), *name, *code));
        let common = by_length.iter().map(|(name, _)| *name).filter(|name| places(common, name).next().is_some());
        let codes =
            |one: &'a Authority| one.own_codes().chain([one.code.as_str()]).map(|code| (code, one.name.as_str()));
        Self { round, common: common.collect(), by_code: round.authorities.iter().flat_map(codes).collect(), by_length }
    }

    /// Who may be named in the files of this authority; `words` are what it wrote itself.
    pub fn own(&self, authority: &'a Authority, words: String) -> Own<'a> {
        let mut codes: BTreeSet<&str> = authority.own_codes().chain([authority.code.as_str()]).collect();
        // Areas that it came from, and those that came from them: packs tell what became of an area.
        loop {
            let known = codes.len();
            for change in self.round.changes.all() {
                if codes.contains(&*change.from) || codes.contains(&*change.to) {
                    codes.extend([&*change.from, &*change.to]);
                }
            }
            if codes.len() == known {
                return Own { authority, codes, words };
            }
        }
    }

    /// The other authorities that a text names: their codes or names as they stand there.
    pub fn others(&self, text: &str, own: &Own<'_>) -> BTreeMap<String, &'a str> {
        let mut found = BTreeMap::new();
        let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !own.codes.contains(word));
        for (word, other) in words.filter_map(|word| Some((word, *self.by_code.get(word)?))) {
            if places(&own.words, word).next().is_none() {
                found.insert(word.to_owned(), other);
            }
        }
        let mut rest = single_spaced(text);
        for (name, code) in &self.by_length {
            let standing: Vec<usize> = places(&rest, name).collect();
            for place in &standing {
                // What a longer name holds is no name of its own; a sign of the same length keeps the places.
                rest.replace_range(*place..*place + name.len(), &"\u{1}".repeat(name.len()));
            }
            let may = own.codes.contains(code)
                || own.authority.name == *name
                || self.common.contains(name)
                || places(&own.words, name).next().is_some();
            if !standing.is_empty() && !may {
                found.insert((*name).to_owned(), *name);
            }
        }
        found
    }

    /// Whether a text names this authority by its name, and not a longer one that holds it.
    pub fn is_named(&self, text: &str, own: &Own<'_>) -> bool {
        let mut rest = single_spaced(text);
        for (name, _) in self.by_length.iter().filter(|(name, _)| name.len() > own.authority.name.len()) {
            rest = rest.replace(name, "\u{1}");
        }
        places(&rest, &own.authority.name).next().is_some()
    }
}

/// Where a name stands in a text, with no letter or digit right before or after it.
fn places<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(name).map(|(place, _)| place).filter(move |place| {
        let before = text[..*place].chars().next_back();
        let after = text[*place + name.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// A text as it is read: one space where there are several, or a line ends.
pub(super) fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_where_no_letter_goes_on() {
        let found = |text: &'static str| places(text, "Derby").collect::<Vec<_>>();
        assert_eq!(found("Derby, Derbyshire and (Derby)"), [0, 23]);
        assert_eq!(found("South-Derby"), [6]);
        assert_eq!(found("Derbé"), [0usize; 0]);
    }
}
