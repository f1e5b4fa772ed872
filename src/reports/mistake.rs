//! What the template engine finds wrong, told to a report author: what, where, the lines around, and what may have been meant.

use std::collections::BTreeSet;

use anyhow::anyhow;
use minijinja::{Environment, Error, ErrorKind};

use crate::configuration::alike;

/// Blocks that a template opens and has to close again; a `set` that has no value at once is one too.
const BLOCKS: [&str; 7] = ["if", "for", "macro", "call", "filter", "with", "autoescape"];

/// An error for the report author. `given` are the names that the template was given.
pub fn explain(error: &Error, environment: &Environment<'_>, given: &[String]) -> anyhow::Error {
    // The innermost error is the one that says what is wrong; the others only say what included it.
    let mut innermost = error;
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<Error>() {
            innermost = cause;
        }
        source = cause.source();
    }
    let details = innermost.display_debug_info().to_string();
    let (excerpt, variables) = details.split_once("Referenced variables: {").unwrap_or((&details, ""));
    let excerpt = excerpt.split("No referenced variables").next().unwrap_or(excerpt).trim_end();
    let names = entries(variables, "");
    let mut text = format!("template error: {innermost}\n{excerpt}");
    if !names.is_empty() {
        text += &format!("\nnames used there: {}", names.join(", "));
    }
    if let Some(help) = help(innermost, variables, environment, given) {
        text += &format!("\nhelp: {help}");
    }
    anyhow!(text)
}

/// What may have been meant.
fn help(error: &Error, variables: &str, environment: &Environment<'_>, given: &[String]) -> Option<String> {
    let detail = error.detail().unwrap_or_default();
    let texts: Vec<(String, String)> = {
        let all = environment.templates().map(|(name, template)| (name.to_owned(), template.source().to_owned()));
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    };
    let meant = |name: &str, known: &BTreeSet<&str>| {
        alike(name, known.iter().copied()).map(|like| format!("did you mean `{like}`?"))
    };
    match error.kind() {
        ErrorKind::UndefinedError => {
            let name = detail.split('`').nth(1)?;
            if let Some((whole, part)) = name.rsplit_once('.') {
                let parts = entries(variables, whole);
                let known: BTreeSet<&str> = parts.iter().map(String::as_str).collect();
                let all = || (!parts.is_empty()).then(|| format!("`{whole}` has {}", parts.join(", ")));
                return meant(part, &known).or_else(all);
            }
            let mut known: BTreeSet<&str> = given.iter().map(String::as_str).collect();
            known.extend(texts.iter().flat_map(|(_, text)| defined(text)));
            meant(name, &known)
        }
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            let name = detail.strip_suffix(" is unknown").or_else(|| Some(detail.rsplit_once(' ')?.1))?;
            meant(name, &texts.iter().flat_map(|(_, text)| macros(text)).collect())
        }
        ErrorKind::InvalidOperation if detail.contains("undefined is not callable") => imported(&texts),
        ErrorKind::SyntaxError => unclosed(error.template_source()?),
        _ => None,
    }
}

/// The names in an excerpt of variables: of all, or of one that has parts.
fn entries(variables: &str, of: &str) -> Vec<String> {
    let (indent, start) = if of.is_empty() {
        (4, 0)
    } else {
        (8, variables.find(&format!("\n    {of}: ")).map_or(variables.len(), |at| at + 1))
    };
    let block = variables[start..].lines().skip(usize::from(!of.is_empty()));
    let inside = |line: &&str| of.is_empty() || line.starts_with("     ") || line.is_empty();
    let entry = |line: &str| {
        let words = line.get(indent..)?;
        let name = words.split(':').next()?.trim_matches('\'');
        let plain = |letter: char| letter.is_alphanumeric() || letter == '_';
        (line.trim_start().len() + indent == line.len() && words.contains(':') && name.chars().all(plain))
            .then(|| name.to_owned())
    };
    block.take_while(inside).filter_map(entry).collect()
}

/// The tags of a template, each with its line.
fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("{%").filter_map(|(at, _)| {
        let tag = text[at + 2..].split("%}").next()?.trim_matches(['-', '+']).trim();
        Some((text[..at].matches('\n').count() + 1, tag))
    })
}

/// The macros that a template defines.
fn macros(text: &str) -> impl Iterator<Item = &str> {
    tags(text).filter_map(|(_, tag)| tag.strip_prefix("macro ")?.split('(').next()).map(str::trim)
}

/// Every name that a template gives itself.
fn defined(text: &str) -> impl Iterator<Item = &str> {
    let own = tags(text).filter_map(|(_, tag)| {
        let rest = tag.strip_prefix("set ").or_else(|| tag.strip_prefix("for "))?;
        rest.split([' ', '=', ',']).next()
    });
    own.chain(macros(text))
}

/// A name that is imported from a template which has no such macro.
fn imported(texts: &[(String, String)]) -> Option<String> {
    for (name, text) in texts {
        for (line, tag) in tags(text) {
            let Some((from, wanted)) = tag.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) else {
                continue;
            };
            let from = from.trim().trim_matches('"');
            let known: BTreeSet<&str> =
                texts.iter().filter(|(name, _)| name == from).flat_map(|(_, text)| macros(text)).collect();
            for one in wanted.split(',').filter_map(|one| one.split_whitespace().next()) {
                if !known.contains(one) {
                    let like = alike(one, known.iter().copied());
                    let like = like.map_or(String::new(), |like| format!(": did you mean `{like}`?"));
                    return Some(format!("{name}:{line} imports `{one}`, which is not in {from}{like}"));
                }
            }
        }
    }
    None
}

/// The first block that is closed although another is open, or the last that is not closed at all.
fn unclosed(text: &str) -> Option<String> {
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (line, tag) in tags(text) {
        let word = tag.split_whitespace().next().unwrap_or_default();
        if BLOCKS.contains(&word) || (word == "set" && !tag.contains('=')) {
            open.push((line, word));
        } else if let Some(closed) = word.strip_prefix("end") {
            match open.pop() {
                Some((_, opened)) if opened == closed => {}
                Some((opened, word)) => {
                    return Some(format!("the `{word}` of line {opened} has no `end{word}` before line {line}"));
                }
                None => return Some(format!("line {line} ends a `{closed}` that did not begin")),
            }
        }
    }
    let (line, word) = open.pop()?;
    Some(format!("the `{word}` of line {line} has no `end{word}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message about the mistake in a template.
    fn message(text: &str) -> String {
        let mut environment = Environment::new();
        environment.set_debug(true);
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        let phrases = "{% macro finding(f) %}{{ f.words }}{% endmacro %}";
        environment.add_template("phrases.txt", phrases).unwrap();
        let given = minijinja::context! { round => minijinja::context! { year => 2024, title => "A" } };
        let error = match environment.add_template_owned("part.typ", text.to_owned()) {
            Ok(()) => environment.get_template("part.typ").unwrap().render(given).unwrap_err(),
            Err(error) => error,
        };
        explain(&error, &environment, &["round".to_owned()]).to_string()
    }

    #[test]
    fn what_was_meant_is_told() {
        for (text, help) in [
            ("{{ round.yaer }}", "did you mean `year`?"),
            ("{{ round.colour }}", "`round` has year, title"),
            ("{{ rond.year }}", "did you mean `round`?"),
            ("{% set value = 1 %}\n{{ vallue }}", "did you mean `value`?"),
            ("{{ findng(round) }}", "did you mean `finding`?"),
            ("{% import \"phrases.txt\" as p %}{{ p.findings(round) }}", "did you mean `finding`?"),
            (
                "\n{% from \"phrases.txt\" import fnding %}{{ fnding(1) }}",
                "part.typ:2 imports `fnding`, which is not in phrases.txt: did you mean `finding`?",
            ),
            ("{% if round %}\n{% if 1 %}\n{% endif %}\n", "the `if` of line 1 has no `endif`"),
            ("{% for a in [1] %}\n{% if a %}\n{% endfor %}\n", "the `if` of line 2 has no `endif` before line 3"),
            ("{% endif %}", "line 1 ends a `if` that did not begin"),
        ] {
            let message = message(text);
            assert!(message.contains(&format!("\nhelp: {help}")), "{text}: {message}");
            assert!(message.contains("part.typ:"), "{message}");
        }
    }
}
