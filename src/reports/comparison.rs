//! Finds where a template compares a number in print: a text with hidden marks around it, equal to no other text.

/// What is printed of a figure, a change, a spread, a position, a pooled ratio, a count or a line of data quality.
const PRINTED: [&str; 29] = [
    "numerator",
    "denominator",
    "rate",
    "interval",
    "ratio",
    "difference",
    "difference_interval",
    "at_parity",
    "at_parity_interval",
    "at_parity_size",
    "share_of_cases",
    "share_of_people",
    "words",
    "change",
    "change_interval",
    "print",
    "p10",
    "lower_quartile",
    "median",
    "upper_quartile",
    "p90",
    "limits",
    "q",
    "q_p_value",
    "i2",
    "tau2",
    "unknown",
    "staff",
    "mantel_haenszel",
];

/// What compares.
const OPERATORS: [&str; 8] = ["==", "!=", "<=", ">=", "<", ">", " in ", " not in "];

/// The first number in print that a template compares, with its line.
pub fn of_print(template: &str) -> Option<(usize, &str)> {
    let tags = ["{{", "{%"].into_iter().flat_map(|open| template.match_indices(open));
    let found = tags.filter_map(|(start, open)| {
        let close = if open == "{{" { "}}" } else { "%}" };
        let tag = template[start + 2..].split(close).next()?;
        Some((template[..start].matches('\n').count() + 1, compared(tag)?))
    });
    found.min_by_key(|(line, _)| *line)
}

/// The first number in print that stands beside an operator in a tag.
fn compared(tag: &str) -> Option<&str> {
    // `for x in list` compares nothing.
    let each = tag.trim_start_matches(['-', '+', ' ']).starts_with("for ");
    let operators = OPERATORS.into_iter().filter(|operator| !(each && operator.contains("in")));
    let places = operators.flat_map(|operator| tag.match_indices(operator));
    places.into_iter().find_map(|(at, operator)| {
        let part = |letter: char| letter.is_alphanumeric() || "_.[]\"'|".contains(letter);
        let before = tag[..at].trim_end();
        let before = &before[before.trim_end_matches(part).len()..];
        let after = tag[at + operator.len()..].trim_start();
        let after = &after[..after.len() - after.trim_start_matches(part).len()];
        [before, after].into_iter().find(|operand| is_printed(operand))
    })
}

/// Whether an operand, such as `f.white.rate|lower`, is a number in print.
fn is_printed(operand: &str) -> bool {
    let path = operand.split('|').next().unwrap_or_default();
    path.rsplit_once('.').is_some_and(|(_, last)| PRINTED.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compared_number_in_print_is_found_with_its_line() {
        for (template, found) in [
            ("\n{% if f.minoritised.denominator == \"[z]\" %}", Some((2, "f.minoritised.denominator"))),
            ("{% if 1 < england[\"2\"].ratio %}", Some((1, "england[\"2\"].ratio"))),
            ("{{ \"a\" if f.ratio|lower != \"b\" else \"c\" }}", Some((1, "f.ratio|lower"))),
            ("{% if \"[c]\" in f.ratio %}", Some((1, "f.ratio"))),
            ("{% if coverage.submitted.print == \"1\" %}", Some((1, "coverage.submitted.print"))),
            ("{% if coverage.submitted.n == 1 and f.case == \"ratio\" %}{{ f.ratio }} < 1", None),
            ("{% for x in f.ratio %}{% if f.words %}", None),
            ("{% if share == true %}", None),
        ] {
            assert_eq!(of_print(template), found, "{template}");
        }
    }
}
