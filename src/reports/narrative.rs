//! Renders words: sentences, the words of charts, a round's own texts and the pages of checks; strict, with errors that show the place.

#[cfg(not(target_family = "wasm"))]
mod files;

use anyhow::Result;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, HtmlEscape, Output, State, UndefinedBehavior};
use serde::Serialize;
use serde_json::Map;

use super::case::{Bands, Case};
use super::figures::{self, Piece, WORDS};
use super::mistake::explain;

/// How values are escaped in a round's own texts, whose names end in `.typ`.
const TYPST: &str = "typst";

/// All files of words, parsed once.
pub struct Narrative {
    environment: Environment<'static>,
}

impl Narrative {
    /// Without any file yet.
    fn new() -> Result<Self> {
        let mut environment = Environment::new();
        environment.set_debug(true); // errors show the excerpt and the names that are known there
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // A line that holds nothing but a tag leaves no line behind.
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            Some("typ") => AutoEscape::Custom(TYPST.into()),
            Some("html") => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        environment.set_formatter(format);
        environment.add_filter("capitalise", |text: String| super::words::capitalised(&text));
        // Those of the template language would change the ids of figures too.
        environment.add_filter("lower", |text: Value| cased(&text, str::to_lowercase));
        environment.add_filter("upper", |text: Value| cased(&text, str::to_uppercase));
        environment.add_filter("number", super::words::number);
        environment.add_filter("bands_case", bands_case);
        Ok(Self { environment })
    }

    /// Files of words by their names, such as those that a check in a browser brings with it.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a String, &'a String)>) -> Result<Self> {
        let mut narrative = Self::new()?;
        for (name, text) in files {
            narrative.add_file(name, text.clone())?;
        }
        Ok(narrative)
    }

    fn add_file(&mut self, name: &str, text: String) -> Result<()> {
        let added = self.environment.add_template_owned(name.to_owned(), text);
        added.map_err(|error| explain(&error, &self.environment, &[]))
    }

    /// The text of the file of words with this name.
    pub fn source(&self, name: &str) -> Option<String> {
        Some(self.environment.get_template(name).ok()?.source().to_owned())
    }

    /// The sentences of a file of words, by their names: each is what stands between `{% set name %}` and `{% endset %}`.
    ///
    /// One that is empty is there, as nothing.
    pub fn words(&self, name: &str, context: impl Serialize) -> Result<serde_json::Value> {
        let context = Value::from(Serde(context));
        let rendered = self.environment.get_template(name).and_then(|template| template.render_captured(&context));
        let rendered = rendered.map_err(|error| self.explain(&error, &context))?;
        let state = rendered.state();
        let mut words = Map::new();
        for name in state.exports() {
            let Some(value) = state.lookup(name).filter(|value| value.kind() == ValueKind::String) else { continue };
            words.insert(name.to_owned(), sentence(&value.to_string()));
        }
        Ok(words.into())
    }

    /// A document's data from its parts, with the sentences of all files of words in the folder of its templates, but for that
    /// of a section: `words.summary` are those of `summary.txt`.
    pub fn document(&self, folder: &str, parts: [serde_json::Value; 2]) -> Result<Map<String, serde_json::Value>> {
        let objects = parts.into_iter().filter_map(|part| match part {
            serde_json::Value::Object(names) => Some(names),
            _ => None,
        });
        let mut data: Map<String, serde_json::Value> = objects.flatten().collect();
        let context = Value::from(Serde(&data));
        let mut words = Map::new();
        for name in self.files_of_words(folder).into_iter().filter(|name| name != "indicator") {
            let sentences = self.words(&format!("{folder}/{name}.txt"), &context)?;
            words.insert(name, sentences);
        }
        data.insert("words".to_owned(), words.into());
        Ok(data)
    }

    /// The lines of a file of words on which the sentence of this name begins and ends.
    pub fn lines_of(&self, file: &str, sentence: &str) -> Option<(usize, usize)> {
        let template = self.environment.get_template(file).ok()?;
        let begins = |line: &str| {
            let name =
                line.split_once("{% set ").map(|(_, rest)| rest.split([' ', '%', '=']).next().unwrap_or_default());
            name == Some(sentence)
        };
        let first = template.source().lines().position(begins)?;
        let mut after = template.source().lines().skip(first);
        let last = after.position(|line| line.contains("endset")).map_or(first, |length| first + length);
        Some((first + 1, last + 1))
    }

    /// The files of words in this folder, by their names without an ending.
    pub fn files_of_words(&self, folder: &str) -> Vec<String> {
        let names = self.environment.templates().map(|(name, _)| name);
        let mut names: Vec<String> = names
            .filter_map(|name| Some(name.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".txt")?.to_owned()))
            .collect();
        names.sort();
        names
    }

    /// Renders the template of this name.
    pub fn render(&self, name: &str, context: impl Serialize) -> Result<String> {
        let context = Value::from(Serde(context));
        let rendered = self.environment.get_template(name).and_then(|template| template.render(&context));
        rendered.map_err(|error| self.explain(&error, &context))
    }

    /// Renders a text as if it were a template of this name.
    pub fn render_text(&self, name: &str, text: &str, context: impl Serialize) -> Result<String> {
        let context = Value::from(Serde(context));
        let rendered = self.environment.render_named_str(name, text, &context);
        rendered.map_err(|error| self.explain(&error, &context))
    }

    fn explain(&self, error: &Error, context: &Value) -> anyhow::Error {
        let given: Vec<String> = context.try_iter().into_iter().flatten().map(|name| name.to_string()).collect();
        explain(error, &self.environment, &given)
    }
}

/// Writes a value for the template's target; what is missing is an error, never the word "none".
fn format(output: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.kind() == ValueKind::None {
        return Err(Error::new(ErrorKind::InvalidOperation, "this value is empty: test for it before it is printed"));
    }
    if value.kind() == ValueKind::Map {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "this value has parts: print one of them, such as `.print`",
        ));
    }
    if *state.auto_escape() == AutoEscape::Custom(TYPST.into()) {
        if value.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        // Digits need no escape, and Typst takes them in code and in text alike.
        return if value.is_safe() || value.is_integer() {
            // What a macro says may stand on several lines of its file: none of them ends a paragraph.
            let text = value.to_string();
            let lines: Vec<&str> = text.trim().lines().filter(|line| !line.trim().is_empty()).collect();
            write!(output, "{}", lines.join("\n")).map_err(Error::from)
        } else {
            let mut text = value.to_string();
            if text.contains('\n') {
                // What a macro says may stand on several lines of its file: in Typst it is one.
                text = figures::spaced(&text);
            }
            for piece in figures::pieces(&text) {
                match piece {
                    Piece::Words(text) => write!(output, "#{};", literal(text))?,
                    // Its marks stay: they become a call where Typst reads the text.
                    Piece::Figure(id, text) => write!(output, "{}", figures::marked(id, text))?,
                }
            }
            Ok(())
        };
    }
    if *state.auto_escape() == AutoEscape::Html && !value.is_safe() && value.kind() == ValueKind::String {
        for piece in figures::pieces(&value.to_string()) {
            match piece {
                Piece::Words(text) => write!(output, "{}", HtmlEscape(text))?,
                Piece::Figure(id, text) => {
                    write!(output, "<span data-figure=\"{}\">{}</span>", HtmlEscape(id), HtmlEscape(text))?;
                }
            }
        }
        return Ok(());
    }
    minijinja::escape_formatter(output, state, value)
}

/// A text as a string literal of Typst: nothing in it can end the literal.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A sentence for a document's data: words with numbers among them, or nothing.
fn sentence(text: &str) -> serde_json::Value {
    match figures::spaced(text) {
        text if text.is_empty() => serde_json::Value::Null,
        text => format!("{WORDS}{text}").into(),
    }
}

/// The text in other letters; what a macro has escaped stays escaped, and ids of figures stay as they are.
fn cased(text: &Value, change: fn(&str) -> String) -> Value {
    let changed = figures::changed(&text.to_string(), change);
    if text.is_safe() { Value::from_safe_string(changed) } else { Value::from(changed) }
}

/// What may be said of the pay bands of these figures together.
fn bands_case(figures: Vec<Value>) -> Result<String, Error> {
    let known = |id: &Value| Case::MISSING.into_iter().find(|case| Some(case.id()) == id.as_str());
    let cases: Result<Vec<Case>, Error> =
        figures.iter().map(|figure| Ok(known(&figure.get_attr("case")?).unwrap_or(Case::Share))).collect();
    Ok(Bands::of(&cases?).id())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::reports::world::Text;

    fn narrative(name: &str, text: &str) -> Narrative {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("part")).unwrap();
        fs::write(folder.path().join("part").join(name), text).unwrap();
        Narrative::load(folder.path()).unwrap()
    }

    fn filled_in(text: &str, context: minijinja::Value) -> Text {
        let narrative = narrative("a.txt", "{% macro two() %}\none\n  two\n{% endmacro %}");
        narrative.fill_in("/text/a.typ".to_owned(), "2024/text/a.typ".to_owned(), text, context).unwrap()
    }

    #[test]
    fn values_are_escaped_for_their_target() {
        let context = minijinja::context! { name => r#"a"b\c <i> #x"# };
        assert_eq!(filled_in("{{ name }}", context.clone()).text, r#"#"a\"b\\c <i> #x";"#);
        let html = narrative("a.html", "{{ name }}").render("part/a.html", &context).unwrap();
        assert_eq!(html, "a&quot;b\\c &lt;i&gt; #x");
    }

    #[test]
    fn other_letters_leave_the_ids_of_figures_alone() {
        let id = "2024/F01/2/all/interval";
        let figure = Value::from(Serde(figures::Printed::new(id.into(), "Up to 3")));
        let text = filled_in("{{ figure|lower }}{{ figure|upper }}", minijinja::context! { figure }).text;
        assert_eq!(figures::pieces(&text), [Piece::Figure(id, "up to 3"), Piece::Figure(id, "UP TO 3")]);
    }

    #[test]
    fn every_line_of_a_text_knows_its_authors_line() {
        let text = "One {{ n }}.\n{% if n %}\nTwo.\n  {% for x in [1,\n 2] %}\n- {{ x }}\n{% endfor %}\n{% endif %}\n{# a\nnote #}\n{% from \"part/a.txt\" import two %}\nTen: {{ two() }}.";
        let filled = filled_in(text, minijinja::context! { n => 7 });
        let lines: Vec<(&str, usize)> = filled.text.lines().zip(filled.lines.iter().copied()).collect();
        assert_eq!(lines, [("One 7.", 1), ("Two.", 3), ("- 1", 6), ("- 2", 6), ("Ten: one", 12), ("  two.", 12)]);
    }

    #[test]
    fn a_file_of_words_gives_its_sentences_by_their_names() {
        let text = "{% set n = 4 %}{% set one %}\n{% if n %}\nA sentence\n  with {{ figure }}.\n{% endif %}\n{% endset %}{% set empty %}\n{% endset %}";
        let figure = Value::from(Serde(figures::Printed::new("a".into(), "0.52")));
        let words = narrative("a.txt", text).words("part/a.txt", minijinja::context! { figure }).unwrap();
        let wanted = format!("{WORDS}A sentence with {}.", figures::marked("a", "0.52"));
        assert_eq!(words, serde_json::json!({"one": wanted, "empty": null}));
    }

    #[test]
    fn an_unknown_name_is_an_error_that_shows_the_line_and_the_names() {
        let error =
            narrative("a.txt", "one\n{{ nmae }}").render("part/a.txt", minijinja::context! { name => 1 }).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("a.txt:2") && text.contains("{{ nmae }}"), "{text}");
    }

    #[test]
    fn an_empty_value_is_an_error_not_a_word() {
        let narrative = narrative("a.txt", "{{ name }}");
        assert!(narrative.render("part/a.txt", minijinja::context! { name => () }).is_err());
    }

    proptest! {
        #[test]
        fn a_literal_ends_where_it_should(text in any::<String>()) {
            let parsed = typst::syntax::parse(&format!("#{};after", literal(&text)));
            prop_assert!(parsed.errors_and_warnings().0.is_empty());
            let value = parsed.children().find_map(|node| node.cast::<typst::syntax::ast::Str>().map(|string| string.get()));
            prop_assert_eq!(value.unwrap().to_string(), text);
        }
    }
}
