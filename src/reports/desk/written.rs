//! Which lines of the files of words a sentence was written on: those of the branches that were taken, as far as they can be told
//! by what stands there.

use std::collections::BTreeMap;

use crate::reports::narrative::Narrative;

/// Where words are that sentences of all documents share.
const PHRASES: &str = "phrases";

/// A part of a line that is shorter stands in many sentences.
const TELLING: usize = 14;

/// So many lines are told of one sentence.
const TOLD: usize = 3;

/// A line of a file of words, with what stands between its tags.
struct Line {
    number: usize,
    parts: Vec<String>,
}

/// The files of words that sentences are looked for in.
pub struct Written<'a> {
    narrative: &'a Narrative,
    phrases: Vec<(String, Vec<Line>)>,
    own: BTreeMap<String, Vec<Line>>,
}

impl<'a> Written<'a> {
    /// Of these files.
    pub fn of(narrative: &'a Narrative) -> Self {
        let phrases = narrative.files_of_words(PHRASES).into_iter().map(|name| format!("{PHRASES}/{name}.txt"));
        let phrases = phrases.filter_map(|file| Some((file.clone(), lines(&narrative.source(&file)?))));
        Self { narrative, phrases: phrases.collect(), own: BTreeMap::new() }
    }

    /// The places of a sentence, as `file:line`: where it is set, or the lines that its words are on; those that tell most come first.
    pub fn places(&mut self, file: &str, sentence: &str, text: &str) -> Vec<String> {
        let Some((first, last)) = self.narrative.lines_of(file, sentence) else { return Vec::new() };
        let narrative = self.narrative;
        let own = self
            .own
            .entry(file.to_owned())
            .or_insert_with(|| narrative.source(file).map(|source| lines(&source)).unwrap_or_default());
        let inside = own.iter().filter(|line| (first..=last).contains(&line.number)).map(|line| (file, line));
        let shared = self.phrases.iter().flat_map(|(file, lines)| lines.iter().map(move |line| (file.as_str(), line)));
        let lines: Vec<(&str, &Line)> = inside.chain(shared).collect();
        // The line that tells most, and then those that tell what no other has told: the same words may stand on several, and those of
        // the file itself, which come first, are meant.
        let mut untold = text.to_owned();
        let mut found = Vec::new();
        while found.len() < TOLD {
            let told = lines.iter().filter_map(|(file, line)| Some((line.told(&untold)?, *file, *line)));
            let Some((_, file, line)) = told.rev().max_by_key(|(letters, ..)| *letters) else { break };
            for part in &line.parts {
                untold = untold.replacen(part.as_str(), "\u{0}", 1);
            }
            found.push((file, line.number));
        }
        match &found[..] {
            [] => vec![format!("{file}:{first}")],
            found => found.iter().map(|(file, line)| format!("{file}:{line}")).collect(),
        }
    }
}

impl Line {
    /// How many letters of a text stand on this line; nothing where too few do to tell.
    fn told(&self, text: &str) -> Option<usize> {
        let there = self.parts.iter().filter(|part| text.contains(part.as_str()));
        let lengths: Vec<usize> = there.map(|part| part.len()).collect();
        lengths.iter().any(|length| *length >= TELLING).then(|| lengths.iter().sum())
    }
}

/// The lines of a file that hold words.
fn lines(source: &str) -> Vec<Line> {
    let line = |(place, line): (usize, &str)| Line { number: place + 1, parts: parts(line) };
    source.lines().enumerate().map(line).filter(|line| !line.parts.is_empty()).collect()
}

/// What stands between the tags of a line.
fn parts(line: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        parts.push(&rest[..start]);
        let end = match &rest[start..start + 2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        rest = rest[start..].find(end).map_or("", |length| &rest[start + length + 2..]);
    }
    parts.push(rest);
    let single = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    parts.into_iter().map(single).filter(|part| part.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrative() -> Narrative {
        let files = [
            (
                "pack/summary.txt",
                "{% set lead %}\n{% if few %}\nToo few people to say anything here.\n{% elif shared %}\n{{ who }} were less likely to be appointed than others, on the whole.\n{% else %}\n{% from 'phrases/say.txt' import gap %}{{ gap() }}\n{% endif %}\n{% endset %}\n{% set other %}\nToo few people to say anything here.\n{% endset %}\n",
            ),
            ("phrases/say.txt", "{% macro gap() %}\nThe gap between them was not ruled out.\n{% endmacro %}\n"),
        ];
        let files: Vec<(String, String)> = files.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        Narrative::of(files.iter().map(|(name, text)| (name, text))).unwrap()
    }

    #[test]
    fn a_sentence_is_told_by_the_branch_that_was_taken() {
        let narrative = narrative();
        let mut written = Written::of(&narrative);
        let mut places = |sentence: &str, text: &str| written.places("pack/summary.txt", sentence, text);
        assert_eq!(places("lead", "Too few people to say anything here."), ["pack/summary.txt:3"]);
        assert_eq!(
            places("lead", "Asian staff were less likely to be appointed than others, on the whole."),
            ["pack/summary.txt:5"]
        );
        assert_eq!(places("lead", "The gap between them was not ruled out."), ["phrases/say.txt:2"]);
        assert_eq!(places("lead", "Nothing of this stands anywhere."), ["pack/summary.txt:1"], "where it is set");
        assert_eq!(
            places("other", "Too few people to say anything here."),
            ["pack/summary.txt:11"],
            "not in another's"
        );
        assert!(places("none", "Too few people").is_empty());
    }
}
