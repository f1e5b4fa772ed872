//! Reads a YAML file into a type, with errors that show the line and name the nearest known key.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use serde::de::DeserializeOwned;

mod date;

pub use date::Date;

/// The largest settings file that is read: reading time grows fast with the length of a text.
const LARGEST: usize = 1_000_000;

/// Reads the YAML file at `path`; an unknown key, a wrong type or broken syntax is an error with file, line and a caret.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(text.len() <= LARGEST, "{} is larger than 1 MB: settings are a few lines", path.display());
    parse(&text, &path.display().to_string()).map_err(|message| anyhow!(message))
}

/// Parses YAML text; the error is a message for people that shows the line in the file of this name.
pub fn parse<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, String> {
    serde_yaml::from_str(text).map_err(|error| {
        let message = error.to_string().replace("<input>", name);
        let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
        let message = if message.contains(name) { message } else { format!("{name}: {message}") };
        match nearest_key(&message) {
            Some(key) => format!("{message}\nhelp: did you mean `{key}`?"),
            None => message,
        }
    })
}

/// From "unknown field `x`, expected one of a, b", the known key that lies nearest to `x`.
fn nearest_key(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown field `").or_else(|| message.split_once("unknown variant `"))?;
    let (unknown, rest) = rest.lines().next()?.split_once('`')?;
    let known = rest.trim_start_matches(", expected").trim_start_matches(" one of").split(',');
    nearest(unknown, known.map(|key| key.trim().trim_matches('`')).filter(|key| !key.is_empty())).map(str::to_owned)
}

/// The candidate most like `word`, whatever the distance; `None` when there are no candidates.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// A name is shorter; comparing takes time and memory for the product of both lengths.
    const LONGEST: usize = 200;
    let word = word.chars().take(LONGEST).collect::<String>().to_lowercase();
    candidates.max_by(|one, other| {
        let likeness = |candidate: &str| strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        likeness(one).total_cmp(&likeness(other))
    })
}

/// The candidates that are the fewest slips of the hand away from `word`, sorted, and none that is more than two away. Codes
/// differ in a digit: where there are several, none of them is meant more than another.
pub fn as_near<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    const SLIPS: usize = 2;
    let word = word.chars().take(200).collect::<String>().to_lowercase();
    let slips = |candidate: &str| strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
    let mut near: Vec<(usize, &str)> = candidates.map(|candidate| (slips(candidate), candidate)).collect();
    near.retain(|(slips, _)| *slips <= SLIPS);
    near.sort_unstable();
    let least = near.first().map(|(slips, _)| *slips);
    near.into_iter().filter(|(slips, _)| Some(*slips) == least).map(|(_, candidate)| candidate).collect()
}

/// The candidate most like `word`, if it is like it enough that a slip of the hand explains the difference.
pub fn alike<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LIKE: f64 = 0.75;
    let found = nearest(word, candidates)?;
    let likeness = strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &found.to_lowercase());
    (likeness >= LIKE && word != found).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the error matters")]
    struct Small {
        threshold: u64,
        rounding: u64,
    }

    #[test]
    fn codes_that_differ_in_a_digit_are_all_as_near() {
        let codes = ["E09000001", "E09000002", "E09000003"];
        assert_eq!(as_near("E09000004", codes.into_iter()), codes);
        assert_eq!(as_near("E0900001", codes.into_iter()), ["E09000001"]);
        assert_eq!(as_near("X", codes.into_iter()), [""; 0]);
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one_with_line_and_caret() {
        let error = parse::<Small>("rounding: 5\ntreshold: 10\n", "round.yaml").unwrap_err();
        assert!(error.contains("did you mean `threshold`?"), "{error}");
        assert!(error.contains("round.yaml:2:1") && error.contains('^'), "{error}");
    }
}
