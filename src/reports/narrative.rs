//! Renders the templates of a report author: strict, escaped for their target, with errors that show the place.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, HtmlEscape, Output, State, UndefinedBehavior};
use serde::Serialize;

use super::case::{Bands, Case};
use super::comparison;
use super::figures::{self, Piece};
use super::mistake::explain;
use super::origin::Origins;
use super::proof::Digits;

/// How values are escaped in templates whose names end in `.typ`.
const TYPST: &str = "typst";

/// All templates, parsed once.
pub struct Narrative {
    environment: Environment<'static>,
}

impl Narrative {
    /// Parses every template in the folders of `templates`, and the `.html` files beside them.
    ///
    /// The theme and the style sheet are not templates: Typst and browsers read them as they are.
    pub fn load(templates: &Path) -> Result<Self> {
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
        environment.add_filter("literal", text_literal);
        environment.add_filter("capitalise", |text: String| super::words::capitalised(&text));
        // Those of the template language would change the ids of figures too.
        environment.add_filter("lower", |text: Value| cased(&text, str::to_lowercase));
        environment.add_filter("upper", |text: Value| cased(&text, str::to_uppercase));
        environment.add_filter("number", super::words::number);
        environment.add_filter("tidy", tidy);
        environment.add_filter("bands_case", bands_case);
        let mut narrative = Self { environment };
        narrative.add(templates, "")?;
        Ok(narrative)
    }

    fn add(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("cannot read the templates in {}", folder.display()))?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let path = entry.path();
            let template = !prefix.is_empty() && [".typ", ".txt", ".html"].iter().any(|ending| name.ends_with(ending));
            if path.is_dir() {
                self.add(&path, &format!("{name}/"))?;
            } else if template || name.ends_with(".html") {
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                ensure!(
                    !text.contains("#printed("),
                    "{name} calls `printed`: write the figure itself, such as `{{{{ f.ratio }}}}`, and the build marks it"
                );
                let compared = comparison::of_print(&text).map(|(line, found)| (line, found.to_owned()));
                let added = self.environment.add_template_owned(name.clone(), text);
                added.map_err(|error| explain(&error, &self.environment, &[]))?;
                if let Some((line, found)) = compared {
                    bail!(
                        "{name}:{line} compares `{found}`, which is a number in print: ask the figure itself, such as `f.case`, \
                         `f.result` or `f.has_ratio`, and a count by its `.n`"
                    );
                }
            }
        }
        Ok(())
    }

    /// Where the lines that templates and a year's own texts give are written.
    pub fn origins(&self, texts: impl Iterator<Item = (String, String)>) -> Origins {
        let templates = self.environment.templates().filter(|(name, _)| name.ends_with(".typ"));
        let mut templates: Vec<_> =
            templates.map(|(name, template)| (name.to_owned(), template.source().to_owned())).collect();
        templates.sort();
        let all: Vec<_> = texts.chain(templates).collect();
        Origins::new(all.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// The digits that templates' own texts have; measures such as `12mm` are none of them.
    pub fn digits(&self, digits: &mut Digits) {
        for (name, template) in self.environment.templates() {
            if !name.ends_with(".html") {
                digits.add_words(template.source());
            }
        }
    }

    /// Renders the template of this name.
    pub fn render(&self, name: &str, context: impl Serialize) -> Result<String> {
        let context = Value::from(Serde(context));
        let rendered = self.environment.get_template(name).and_then(|template| template.render(&context));
        rendered.map_err(|error| self.explain(&error, &context))
    }

    /// Renders a text this round brings itself, as if it were a template of this name.
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
            write!(output, "{value}").map_err(Error::from)
        } else {
            for piece in figures::pieces(&value.to_string()) {
                match piece {
                    Piece::Words(text) => write!(output, "#{};", literal(text))?,
                    Piece::Figure(id, text) => write!(output, "#printed({}, {});", literal(id), literal(text))?,
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

/// A string for Typst; a number of a figure has no place in it, for it would lose its id.
fn text_literal(text: String) -> Result<Value, Error> {
    let figure = figures::pieces(&text).into_iter().find_map(|piece| match piece {
        Piece::Figure(id, printed) => Some(format!("the number `{printed}` of the figure {id}")),
        Piece::Words(_) => None,
    });
    match figure {
        None => Ok(Value::from_safe_string(literal(&text))),
        Some(figure) => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("{figure} cannot stand in a string, `|literal`: write text in square brackets instead"),
        )),
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

/// The text with single spaces and none around; what a macro has escaped stays escaped, and nothing is escaped twice.
fn tidy(text: Value) -> Value {
    let words = text.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_safe() { Value::from_safe_string(words) } else { Value::from(words) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn narrative(name: &str, text: &str) -> Narrative {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("part")).unwrap();
        fs::write(folder.path().join("part").join(name), text).unwrap();
        Narrative::load(folder.path()).unwrap()
    }

    #[test]
    fn values_are_escaped_for_their_target() {
        let context = minijinja::context! { name => r#"a"b\c <i> #x"# };
        let typst = narrative("a.typ", "{{ name }} {{ name|literal }}").render("part/a.typ", &context).unwrap();
        assert_eq!(typst, r#"#"a\"b\\c <i> #x"; "a\"b\\c <i> #x""#);
        let html = narrative("a.html", "{{ name }}").render("part/a.html", &context).unwrap();
        assert_eq!(html, "a&quot;b\\c &lt;i&gt; #x");
    }

    #[test]
    fn other_letters_leave_the_ids_of_figures_alone() {
        let figure = Value::from(Serde(figures::Printed::new("2024/F01/2/all/interval".into(), "Up to 3")));
        let context = minijinja::context! { figure };
        let narrative = narrative("a.typ", "{{ figure|lower }}{{ figure|upper }}");
        let text = narrative.render("part/a.typ", &context).unwrap();
        let [lower, upper] =
            ["up to 3", "UP TO 3"].map(|text| format!("#printed(\"2024/F01/2/all/interval\", \"{text}\");"));
        assert_eq!(text, lower + &upper);
    }

    #[test]
    fn an_unknown_name_is_an_error_that_shows_the_line_and_the_names() {
        let error =
            narrative("a.typ", "one\n{{ nmae }}").render("part/a.typ", minijinja::context! { name => 1 }).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("a.typ:2") && text.contains("{{ nmae }}"), "{text}");
    }

    #[test]
    fn an_empty_value_is_an_error_not_a_word() {
        let narrative = narrative("a.typ", "{{ name }}");
        assert!(narrative.render("part/a.typ", minijinja::context! { name => () }).is_err());
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
