//! The proof of print: a document shows each number as often and as it was handed over, and no digit of its own.
//!
//! What was handed over is read from the document's source, as templates filled it in: the calls of the theme's `printed`, and
//! the words around them. A theme that loses, changes, doubles or adds a number is found, for what it prints is compared.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde::Serialize;
use typst::syntax::ast;
use typst::syntax::{Span, SyntaxKind, SyntaxNode};

use super::figures::{Place, Reading};
use super::world::Document;

/// Runs of digits in words, such as `0.80`, `1,234` or the `7` of `7a`.
#[derive(Clone, Debug, Default)]
pub struct Digits(BTreeSet<String>);

impl Digits {
    /// Takes in those of a text.
    pub fn add(&mut self, text: &str) {
        self.0.extend(digits(text).map(|(_, run)| run.to_owned()));
    }

    /// Takes in those of a template, where measures such as `12mm` are no words.
    pub fn add_words(&mut self, text: &str) {
        let measure = |end: usize| ["mm", "pt", "em", "fr"].iter().any(|unit| text[end..].starts_with(unit));
        let words = digits(text).filter(|(at, run)| !measure(at + run.len()));
        self.0.extend(words.map(|(_, run)| run.to_owned()));
    }

    /// Takes in those of every word and number of a value.
    pub fn add_all(&mut self, value: impl Serialize) -> Result<()> {
        self.walk(&serde_json::to_value(value)?);
        Ok(())
    }

    fn walk(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.add(text),
            serde_json::Value::Number(number) => self.add(&number.to_string()),
            serde_json::Value::Array(values) => values.iter().for_each(|value| self.walk(value)),
            serde_json::Value::Object(values) => values.values().for_each(|value| self.walk(value)),
            serde_json::Value::Bool(_) | serde_json::Value::Null => {}
        }
    }

    /// All of them, a line each.
    pub fn listed(&self) -> String {
        self.0.iter().fold(String::new(), |list, run| list + run + "\n")
    }

    /// The first of a text that is not among them.
    pub fn unknown<'t>(&self, text: &'t str) -> Option<&'t str> {
        digits(text).map(|(_, run)| run).find(|run| !self.0.contains(*run))
    }
}

/// The runs of digits in a text, with their places; a point or a comma belongs to one where digits stand on both its sides.
pub fn digits(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let digit = move |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !digit(at) {
            at += 1;
        }
        let start = at;
        while digit(at) || (at > start && matches!(bytes.get(at), Some(b'.' | b',')) && digit(at + 1)) {
            at += 1;
        }
        (at > start).then(|| (start, &text[start..at]))
    })
}

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
    /// The numbers of figures.
    pub readings: Vec<Reading>,
    /// What else has digits.
    pub strays: Vec<Stray>,
}

impl Print {
    /// Takes in a text outside of all numbers of figures; `span` is what gave the letter at this place.
    pub fn add(&mut self, text: &str, place: &Place, span: impl Fn(usize) -> Span) {
        self.strays.extend(digits(text).map(|(at, number)| Stray {
            number: number.to_owned(),
            text: text.to_owned(),
            span: span(at),
            place: place.clone(),
        }));
    }
}

/// What a document's source hands over to be printed.
#[derive(Default)]
pub struct Handed {
    /// The numbers of figures: where each id and text is handed over.
    numbers: BTreeMap<(String, String), Vec<Span>>,
    /// The digits of all other words, and where they stand first.
    words: BTreeMap<String, Span>,
    /// How many footnotes and numbered items count themselves.
    counted: usize,
}

impl Handed {
    /// Reads it from the source as it was filled in.
    pub fn of(source: &SyntaxNode) -> Self {
        let mut handed = Self::default();
        handed.walk(source);
        handed
    }

    fn walk(&mut self, node: &SyntaxNode) {
        match node.kind() {
            SyntaxKind::FuncCall => {
                if let Some(call) = node.cast::<ast::FuncCall>()
                    && self.call(node, call)
                {
                    return;
                }
            }
            // Alternative texts and names are not in print; what they say of figures is compared where they are made.
            SyntaxKind::Named => {
                let name = node.cast::<ast::Named>().map(|named| named.name().as_str().to_owned());
                if name.is_some_and(|name| ["alt", "name"].contains(&&*name)) {
                    return;
                }
            }
            SyntaxKind::EnumItem => self.counted += 1,
            SyntaxKind::Str => {
                return self.words(&node.cast::<ast::Str>().map(|text| text.get()).unwrap_or_default(), node);
            }
            SyntaxKind::Text | SyntaxKind::MathText | SyntaxKind::Escape | SyntaxKind::Link => {
                return self.words(node.leaf_text(), node);
            }
            SyntaxKind::Raw => return self.words(&node.full_text(), node),
            _ => {}
        }
        node.children().for_each(|child| self.walk(child));
    }

    /// Whether nothing more is to be read in this call.
    fn call(&mut self, node: &SyntaxNode, call: ast::FuncCall<'_>) -> bool {
        let ast::Expr::Ident(name) = call.callee() else { return false };
        let strings = || {
            call.args().items().filter_map(|argument| match argument {
                ast::Arg::Pos(ast::Expr::Str(text)) => Some(text.get().to_string()),
                _ => None,
            })
        };
        match name.as_str() {
            "printed" => {
                let mut strings = strings();
                let Some(number) = strings.next().zip(strings.next()) else { return false };
                self.numbers.entry(number).or_default().push(node.span());
                true
            }
            // A date is handed over in parts, and printed in words.
            "datetime" => {
                self.words(&node.full_text(), node);
                true
            }
            "footnote" => {
                self.counted += 1;
                false
            }
            _ => false,
        }
    }

    fn words(&mut self, text: &str, node: &SyntaxNode) {
        for (_, number) in digits(text) {
            self.words.entry(number.to_owned()).or_insert_with(|| node.span());
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
    pub fn is_printed(&self, print: &Print, format: &str, document: &Document<'_>) -> Result<()> {
        // A line of a page may have broken where the other format has a space.
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        let mut found: BTreeMap<(&str, String), Vec<&Reading>> = BTreeMap::new();
        for reading in &print.readings {
            found.entry((&reading.id, letters(&reading.printed))).or_default().push(reading);
        }
        for ((id, text), spans) in &self.numbers {
            let times = found.remove(&(id.as_str(), letters(text))).map_or(0, |readings| readings.len());
            if times == spans.len() {
                continue;
            }
            let other = print.readings.iter().find(|reading| {
                reading.id == *id && !self.numbers.contains_key(&(id.clone(), reading.printed.clone()))
            });
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
            let span = spans.first().copied().unwrap_or(Span::detached());
            return Err(document
                .problem_at(span, &format!("{problem}: the theme's `printed` prints a number as it is given, once")));
        }
        if let Some(reading) = found.into_values().flatten().next() {
            let Reading { id, printed, place } = reading;
            bail!("the figure {id} is printed, {place}, as `{printed}`, which no template handed over");
        }
        Ok(())
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
    fn runs_of_digits_are_found_in_words() {
        let found: Vec<&str> = digits("7a: 0.80 to 1,234.5, 12. £30,000 (F06000020)").map(|(_, run)| run).collect();
        assert_eq!(found, ["7", "0.80", "1,234.5", "12", "30,000", "06000020"]);
    }

    #[test]
    fn what_a_source_hands_over_is_read_from_it() {
        let text = "Of #\"2024\"; #printed(\"a\", \"0.52\"); and 95%\n// 17\n#chart(alt: \"0.99\", width: 12mm)[#printed(\"a\", \"0.52\");]\n+ one #footnote[b]";
        let handed = Handed::of(&typst::syntax::parse(text));
        let numbers: Vec<_> = handed.numbers.iter().map(|((id, text), spans)| (&**id, &**text, spans.len())).collect();
        assert_eq!(numbers, [("a", "0.52", 2)]);
        assert_eq!(handed.words.keys().collect::<Vec<_>>(), ["2024", "95"]);
        assert_eq!(handed.counted, 2);
    }
}
