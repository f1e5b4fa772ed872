//! What a report author may have meant where Typst finds a mistake.

use std::collections::BTreeSet;

use crate::configuration;

use super::{Document, THEME};

impl Document<'_> {
    /// What may have been meant.
    pub(super) fn help(&self, message: &str, shown: &str) -> Option<String> {
        if let Some(name) = message.strip_prefix("unknown variable: ") {
            return self.known(name);
        }
        if let Some(rest) = message.strip_prefix("dictionary does not contain key ") {
            let mut names = BTreeSet::new();
            self.source.data.values().for_each(|value| keys(value, &mut names));
            let key = rest.split('"').nth(1)?;
            return Some(match configuration::alike(key, names.into_iter()) {
                Some(like) => format!("did you mean `{like}`?"),
                None => format!("nothing in this document's data is called `{key}`"),
            });
        }
        if message.starts_with("label ") {
            return Some(r"for an @ itself write \@".to_owned());
        }
        if message.contains("content")
            && ["compare", "add", "subtract", "multiply", "divide", "apply"].iter().any(|verb| message.contains(verb))
        {
            return Some("a number in print can only be printed: ask the figure itself, such as `f.case` or `f.has_ratio`, and a count by its `.n`".to_owned());
        }
        // The letter that the message points to, in the line above the arrow.
        let lines: Vec<&str> = shown.lines().collect();
        let (arrow, above) = lines.windows(2).find_map(|pair| pair[1].contains('^').then_some((pair[1], pair[0])))?;
        let letter = above.chars().nth(arrow.chars().position(|letter| letter == '^')?)?;
        "$*_".contains(letter).then(|| format!(r"for a {letter} itself write \{letter}"))
    }

    /// The name of the theme or of the data that is like this one, or all of them.
    fn known(&self, name: &str) -> Option<String> {
        let theme = self.typesetter.shared.loader().text(THEME)?;
        let names = theme.lines().filter_map(|line| line.strip_prefix("#let ")?.split(['(', ' ', '=']).next());
        let names: BTreeSet<&str> = names.chain(self.source.data.keys().map(String::as_str)).collect();
        Some(match configuration::alike(name, names.iter().copied()) {
            Some(like) => format!("did you mean `{like}`?"),
            None => {
                let names = names.into_iter().collect::<Vec<_>>().join(", ");
                format!(r"for a # itself write \#; the names of theme.typ and of the data are {names}")
            }
        })
    }
}

/// All names in a value.
fn keys<'a>(value: &'a serde_json::Value, names: &mut BTreeSet<&'a str>) {
    match value {
        serde_json::Value::Array(values) => values.iter().for_each(|value| keys(value, names)),
        serde_json::Value::Object(values) => {
            for (name, value) in values {
                names.insert(name);
                keys(value, names);
            }
        }
        _ => {}
    }
}
