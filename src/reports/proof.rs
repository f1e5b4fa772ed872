//! The proof of print: a document shows each number as often as it was handed over, and no digit of its own.
//!
//! What was handed over is what the document's templates give when they are evaluated with a theme that only passes on: its
//! blocks print what they are given, all of it, once and as it is. What the true theme prints is compared with that, letter by
//! letter, in both formats: a theme that loses, changes, doubles or adds a number is found.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use typst::diag::SourceResult;
use typst::engine::Engine;
use typst::foundations::{Content, Output, StyleChain, StyledElem, SymbolElem, Target, Value};
use typst::introspection::{EmptyIntrospector, Introspector};
use typst::model::{EnumItem, FootnoteElem};
use typst::syntax::Span;
use typst::text::{RawElem, TextElem};

use super::digits::{Digits, digits};
use super::figures::{Place, Reading, spaced};
use super::numbers::{self, Numbers};
use super::world::Document;

/// Digits in print that stand in no number of a figure.
pub struct Stray {
    /// The digits.
    pub number: String,
    /// The text that they stand in.
    pub text: String,
    /// What gave them.
    pub span: Span,
    /// Where they stand.
    pub place: Place,
}

/// What a format prints: the numbers of figures, and every other digit.
#[derive(Default)]
pub struct Print {
    /// The numbers of figures, in their order.
    pub readings: Vec<Reading>,
    /// What else has digits.
    pub strays: Vec<Stray>,
}

/// Reads a format, text by text in its order.
pub struct Reader<'a> {
    numbers: &'a Numbers,
    /// The number that is being read, its letters so far, and where it began.
    open: Option<(u64, String, Place)>,
    print: Print,
}

impl<'a> Reader<'a> {
    /// Nothing is read yet; `numbers` are those that may be found.
    pub fn new(numbers: &'a Numbers) -> Self {
        Self { numbers, open: None, print: Print::default() }
    }

    /// Takes in a text of one number, or a part of it: a line or a page may break within.
    pub fn number(&mut self, key: u64, text: &str, place: &Place) {
        let wanted = self.numbers.get(key).map(|(_, text)| letters(text)).unwrap_or_default();
        for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
            if self.open.as_ref().is_some_and(|(open, ..)| *open != key) {
                self.close();
            }
            let (_, read, _) = self.open.get_or_insert_with(|| (key, String::new(), place.clone()));
            read.push(letter);
            if read.len() >= wanted.len() {
                self.close();
            }
        }
    }

    /// Ends the number that is being read: as it is known where its letters are, or as it was found.
    fn close(&mut self) {
        let Some((key, read, place)) = self.open.take() else { return };
        let (id, text) = self.numbers.get(key).unwrap_or(("of another document", ""));
        let printed = if letters(text) == read { spaced(text) } else { read };
        self.print.readings.push(Reading { id: id.to_owned(), printed, place });
    }

    /// What the format prints.
    pub fn finish(mut self) -> Print {
        self.close();
        self.print
    }

    /// Takes in a text outside of all numbers of figures; `span` is what gave the letter at this place.
    pub fn words(&mut self, text: &str, place: &Place, span: impl Fn(usize) -> Span) {
        self.print.strays.extend(digits(text).map(|(at, number)| Stray {
            number: number.to_owned(),
            text: text.to_owned(),
            span: span(at),
            place: place.clone(),
        }));
    }
}

/// The letters of a text: a line of a page may have broken where the other format has a space.
fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What a document's templates hand over to be printed: all that they give when the theme only passes it on.
#[derive(Default)]
pub struct Handed {
    /// The numbers of figures: where each is handed over.
    numbers: BTreeMap<u64, Vec<Span>>,
    /// Those that do not stand in footnotes, in their order.
    order: Vec<u64>,
    in_footnote: bool,
    /// The digits of all other words, and where they stand first.
    words: BTreeMap<String, Span>,
    /// How many footnotes and numbered items count themselves.
    counted: usize,
}

impl Output for Handed {
    fn target() -> Target {
        Target::Paged
    }

    fn create(_: &mut Engine<'_>, content: &Content, _: StyleChain<'_>) -> SourceResult<Self> {
        let mut handed = Self::default();
        handed.walk(content, Span::detached());
        Ok(handed)
    }

    fn introspector(&self) -> &dyn Introspector {
        &EmptyIntrospector
    }
}

impl Handed {
    /// Reads a content that was made at this place of a template.
    fn walk(&mut self, content: &Content, around: Span) {
        let number = numbers::key_of(content.span());
        if let Some(key) = number {
            self.numbers.entry(key).or_default().push(around);
            if !self.in_footnote {
                self.order.push(key);
            }
            return;
        }
        let span = content.span().or(around);
        if let Some(styled) = content.to_packed::<StyledElem>() {
            return self.walk(&styled.child, span);
        }
        if let Some(text) = content.to_packed::<TextElem>() {
            return self.words(&text.text, span);
        }
        if let Some(symbol) = content.to_packed::<SymbolElem>() {
            return self.words(&symbol.text, span);
        }
        if content.is::<RawElem>() {
            return self.words(&content.plain_text(), span);
        }
        let footnote = content.is::<FootnoteElem>();
        self.counted += usize::from(footnote || content.is::<EnumItem>());
        let outside = self.in_footnote;
        self.in_footnote |= footnote;
        for (name, value) in content.fields() {
            if name.as_str() != "alt" {
                self.value(&value, span);
            }
        }
        self.in_footnote = outside;
    }

    fn value(&mut self, value: &Value, span: Span) {
        match value {
            Value::Content(content) => self.walk(content, span),
            Value::Array(values) => values.iter().for_each(|value| self.value(value, span)),
            Value::Dict(values) => values.iter().for_each(|(_, value)| self.value(value, span)),
            _ => {}
        }
    }

    fn words(&mut self, text: &str, span: Span) {
        for (_, number) in digits(text) {
            self.words.entry(number.to_owned()).or_insert(span);
        }
    }

    /// Makes sure that all digits of the words come from the templates' own text or are known of the round.
    pub fn is_known(&self, known: &Digits, document: &Document<'_>) -> Result<()> {
        for (number, span) in &self.words {
            if known.unknown(number).is_some() {
                return Err(document.problem_at(*span, &unknown(number)));
            }
        }
        Ok(())
    }

    /// Makes sure that a format prints the numbers of figures as they were handed over, each as often.
    pub fn is_printed(&self, print: &Print, format: &str, numbers: &Numbers, document: &Document<'_>) -> Result<()> {
        let mut found: BTreeMap<(&str, String), Vec<&Reading>> = BTreeMap::new();
        for reading in &print.readings {
            found.entry((&reading.id, reading.printed.clone())).or_default().push(reading);
        }
        for (key, spans) in &self.numbers {
            let span = spans.first().copied().unwrap_or(Span::detached());
            let Some((id, text)) = numbers.get(*key) else {
                return Err(document.problem_at(span, "this number is no figure's: print figures as they come"));
            };
            let text = spaced(text);
            let times = found.remove(&(id, text.clone())).map_or(0, |readings| readings.len());
            if times == spans.len() {
                continue;
            }
            let other = print
                .readings
                .iter()
                .find(|reading| reading.id == id && !self.has(&reading.id, &reading.printed, numbers));
            let problem = match other {
                Some(Reading { printed, place, .. }) if times < spans.len() => {
                    format!("the number `{text}` of the figure {id} is printed, {place}, as `{printed}`")
                }
                _ => format!(
                    "the number `{text}` of the figure {id} was handed over {}, and the {format} prints it {}",
                    often(spans.len()),
                    often(times)
                ),
            };
            let promise = "a theme prints every number that it is given, as it is and once";
            return Err(document.problem_at(span, &format!("{problem}: {promise}")));
        }
        if let Some(Reading { id, printed, place }) = found.into_values().flatten().next() {
            bail!("the figure {id} is printed, {place}, as `{printed}`, which no template handed over");
        }
        self.is_in_order(print, format, numbers, document)
    }

    /// Makes sure that the numbers follow each other as they were handed over; footnotes stand where the format puts them.
    fn is_in_order(&self, print: &Print, format: &str, numbers: &Numbers, document: &Document<'_>) -> Result<()> {
        let mut wanted = self.order.iter().filter_map(|key| Some((key, numbers.get(*key)?))).peekable();
        for reading in &print.readings {
            wanted.next_if(|(_, (id, text))| reading.id == *id && reading.printed == spaced(text));
        }
        let Some((key, (id, text))) = wanted.next() else { return Ok(()) };
        let span = self.numbers.get(key).and_then(|spans| spans.first()).copied().unwrap_or(Span::detached());
        let problem = format!(
            "the {format} has the number `{text}` of the figure {id} in another order: a theme prints numbers in the order in \
             which it is given them"
        );
        Err(document.problem_at(span, &problem))
    }

    /// The ids and texts of all numbers of figures.
    pub fn printed<'a>(&'a self, numbers: &'a Numbers) -> impl Iterator<Item = (String, String)> + 'a {
        let known = self.numbers.keys().filter_map(|key| numbers.get(*key));
        known.map(|(id, text)| (id.to_owned(), spaced(text)))
    }

    /// Whether this number was handed over.
    fn has(&self, id: &str, printed: &str, numbers: &Numbers) -> bool {
        let same = |key: &u64| numbers.get(*key).is_some_and(|(other, text)| other == id && spaced(text) == printed);
        self.numbers.keys().any(same)
    }

    /// Makes sure that every other digit in print is one of the words that were handed over, of the imprint, or counts pages,
    /// footnotes or items.
    pub fn has_all(&self, print: &Print, imprint: &Digits, pages: usize, document: &Document<'_>) -> Result<()> {
        for Stray { number, text, span, place } in &print.strays {
            let upto = |most: usize| number.parse().is_ok_and(|number: usize| (1..=most).contains(&number));
            let page = pages > 0 && is_page(text) && upto(pages);
            let known = self.words.contains_key(number) || imprint.unknown(number).is_none();
            if !(known || page || upto(self.counted)) {
                let text = text.trim();
                let problem = format!(
                    "the number `{number}` is printed, {place}, in `{text}`, and is no figure's: no template handed it over. \
                     A theme prints what it is given, and calculates nothing"
                );
                return Err(document.problem_at(*span, &problem));
            }
        }
        Ok(())
    }
}

/// What is said of digits that a template computed.
pub fn unknown(number: &str) -> String {
    format!(
        "the number `{number}` is no figure's, no setting's, and in no template: print figures as they come, such as \
         `{{{{ f.ratio }}}}`, and calculate nothing"
    )
}

/// Whether a text is what stands at the foot of a page, `Page 2 of 14`, or a page's number in the list of contents.
fn is_page(text: &str) -> bool {
    // Typst joins a page's number to what goes before it by a character without width.
    let words: Vec<&str> = text.trim_start_matches('\u{2060}').split_whitespace().collect();
    let numbers = match words[..] {
        ["Page", page, "of", pages] => [page, pages],
        [page] => [page, page],
        _ => return false,
    };
    numbers.iter().all(|number| number.parse::<usize>().is_ok())
}

fn often(times: usize) -> String {
    match times {
        0 => "not at all".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_whole_twice_or_changed() {
        let mut known = Numbers::default();
        let number = |id: &str, text: &str| {
            serde_json::to_value(crate::reports::figures::Printed::new(id.to_owned(), text)).unwrap()
        };
        known.add_all(&number("a", "0.48 to 0.56")).unwrap();
        known.add_all(&number("b", "7")).unwrap();
        let key = |id, text| numbers::key_of(numbers::content(id, text).span()).unwrap();
        let (a, b) = (key("a", "0.48 to 0.56"), key("b", "7"));
        let mut reader = Reader::new(&known);
        for (key, text) in [(a, "0.48 to"), (a, "0.56"), (b, "77"), (a, "0.48"), (b, "7"), (a, "0.49 to 0.56")] {
            reader.number(key, text, &Place::Html);
        }
        let found: Vec<_> = reader.finish().readings.into_iter().map(|reading| reading.printed).collect();
        assert_eq!(found, ["0.48 to 0.56", "7", "7", "0.48", "7", "0.49to0.56"]);
    }
}
