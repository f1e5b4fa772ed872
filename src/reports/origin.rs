//! Where a line of a filled-in template was written, for errors that are only found in what templates give.

/// The lines of all templates, without what is filled in.
#[derive(Debug, Default)]
pub struct Origins(Vec<Line>);

#[derive(Debug)]
struct Line {
    template: String,
    number: usize,
    /// What stands between the marks, in order.
    pieces: Vec<String>,
}

/// How many lines above a line help to tell from which of several equal lines it comes.
const ABOVE: usize = 12;

impl Origins {
    /// From the name and text of each template.
    pub fn new<'a>(templates: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut lines = Vec::new();
        for (template, text) in templates {
            for (number, line) in without_marks(text).lines().enumerate() {
                let pieces: Vec<String> =
                    line.split(FILLED).map(str::trim).filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
                if !pieces.is_empty() {
                    lines.push(Line { template: template.to_owned(), number: number + 1, pieces });
                }
            }
        }
        Self(lines)
    }

    /// The template and the number of the line that a place in a filled-in text most likely comes from: its line from 1, and
    /// the column there from 0.
    pub fn of(&self, text: &str, number: usize, column: usize) -> Option<(&str, usize)> {
        let lines: Vec<&str> = text.lines().take(number).collect();
        let (line, above) = lines.split_last()?;
        let place = line.char_indices().nth(column).map(|(place, _)| place);
        let likeness = |written: &Line| written.likeness(line, place);
        let most = self.0.iter().filter_map(likeness).max()?;
        let alike = self.0.iter().filter(|written| likeness(written) == Some(most));
        let above = &above[above.len().saturating_sub(ABOVE)..];
        let support = |written: &&Line| -> isize {
            let before = |other: &&Line| other.template == written.template && other.number < written.number;
            let near: Vec<&Line> = self.0.iter().filter(before).collect();
            let most = |line: &&str| near.iter().filter_map(|other| other.likeness(line, None)).max();
            above.iter().filter_map(most).map(|(_, found)| found).sum()
        };
        // The first of equals: `max_by_key` takes the last.
        alike.rev().max_by_key(support).map(|written| (written.template.as_str(), written.number))
    }
}

impl Line {
    /// Whether the place is in a piece of its own, and how many letters of its own are found in a line in order, less those
    /// that are not, for they may stand in a condition; `None` when too few are found.
    fn likeness(&self, line: &str, place: Option<usize>) -> Option<(bool, isize)> {
        let (mut covered, mut found, mut missing, mut start) = (false, 0, 0, 0);
        for piece in &self.pieces {
            match line[start..].find(piece.as_str()) {
                Some(at) => {
                    covered |= place.is_some_and(|place| (start + at..start + at + piece.len()).contains(&place));
                    start += at + piece.len();
                    found += piece.chars().count();
                }
                None => missing += piece.chars().count(),
            }
        }
        // A bracket is everywhere.
        let enough = found > 2 || found == line.trim().chars().count();
        enough.then_some((covered, found.cast_signed() - missing.cast_signed()))
    }
}

/// Stands where something is filled in; no template has it.
const FILLED: char = '\u{0}';

/// A template with every mark replaced, and its lines as they were.
fn without_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = ["{{", "{%", "{#"].iter().filter_map(|mark| rest.find(mark)).min() {
        let end = match &rest[start..start + 2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        plain.push_str(&rest[..start]);
        let length = rest[start..].find(end).map_or(rest.len() - start, |length| length + 2);
        plain.push(FILLED);
        plain.extend(rest[start..start + length].chars().filter(|letter| *letter == '\n'));
        rest = &rest[start + length..];
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "{#- About\n this. -#}\n= Chapter {{ n }}\n\n#table(\n  caption: {{ name|literal }},\n  {% if a %}note: [Two {{ b }} words.],{% endif %}\n)\n";
    const OTHER: &str = "= Other\n\n#table(\n  caption: none,\n)\n";

    #[test]
    fn a_filled_in_line_is_found_where_it_was_written() {
        let origins = Origins::new([("one.typ", ONE), ("other.typ", OTHER)]);
        let text = "= Chapter 7\n\n#table(\n  caption: \"A\",\n  note: [Two short words.],\n)\n= Other\n\n#table(\n  caption: none,\n)\n";
        let found: Vec<_> = (1..=10).map(|number| origins.of(text, number, 3)).collect();
        let one = |number| Some(("one.typ", number));
        let other = |number| Some(("other.typ", number));
        assert_eq!(found[0], one(3));
        assert_eq!(found[2..5], [one(5), one(6), one(7)]);
        assert_eq!([found[6], found[8], found[9]], [other(1), other(3), other(4)]);
    }

    #[test]
    fn what_no_template_has_comes_from_none() {
        let origins = Origins::new([("one.typ", ONE)]);
        assert_eq!(origins.of("Words of the year.", 1, 1), None);
        assert_eq!(origins.of("", 1, 1), None);
        assert_eq!(origins.of("x", 0, 1), None);
    }
}
