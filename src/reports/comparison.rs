//! Finds where a template compares a number in print: it is equal to no other text, so that the answer would always be no.

use std::collections::BTreeSet;

use typst::syntax::{Source, SpanKind, SyntaxNode, ast};

/// What is printed of a figure, a change, a spread, a position, a pooled ratio, a count or a line of data quality.
const PRINTED: [&str; 36] = [
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
    "detectable_below",
    "detectable_above",
    "share_of_cases",
    "share_of_people",
    "wider_interval",
    "minoritised_numerator",
    "minoritised_denominator",
    "white_numerator",
    "white_denominator",
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

/// What is said of a comparison.
pub fn problem(name: &str, line: usize, found: &str) -> String {
    format!(
        "{name}:{line} compares `{found}`, which is a number in print: ask the figure itself, such as `f.case`, `f.result` \
         or `f.has_ratio`, and a count by its `.n`"
    )
}

/// The first number in print that a Typst template compares in a way that Typst takes for false, with its line.
pub fn in_source(source: &Source) -> Option<(usize, String)> {
    let mut bound = BTreeSet::new();
    let found = compared_in(source.root(), &mut bound)?;
    let SpanKind::Number { num, .. } = found.span().get() else { return None };
    let start = source.range(num, None)?.start;
    Some((source.text()[..start].matches('\n').count() + 1, found.full_text().trim().to_owned()))
}

/// The first comparison of a number, or of a name that was given one before.
fn compared_in<'a>(node: &'a SyntaxNode, bound: &mut BTreeSet<String>) -> Option<&'a SyntaxNode> {
    use ast::BinOp::{Eq, In, Neq, NotIn};
    if let Some(binding) = node.cast::<ast::LetBinding>()
        && let (ast::LetBindingKind::Normal(ast::Pattern::Normal(ast::Expr::Ident(name))), Some(value)) =
            (binding.kind(), binding.init())
    {
        let known = is_number(value, bound);
        if known {
            bound.insert(name.to_string())
        } else {
            bound.remove(name.as_str())
        };
    }
    if let Some(binary) = node.cast::<ast::Binary>()
        && [Eq, Neq, In, NotIn].contains(&binary.op())
        && [binary.lhs(), binary.rhs()].into_iter().any(|side| is_number(side, bound))
    {
        return Some(node);
    }
    node.children().find_map(|child| compared_in(child, bound))
}

fn is_number(expression: ast::Expr<'_>, bound: &BTreeSet<String>) -> bool {
    match expression {
        ast::Expr::FieldAccess(access) => PRINTED.contains(&access.field().as_str()),
        ast::Expr::Ident(name) => bound.contains(name.as_str()),
        ast::Expr::Parenthesized(inner) => is_number(inner.expr(), bound),
        _ => false,
    }
}

/// The first number in print that a template of words compares, with its line.
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

    #[test]
    fn a_compared_number_is_found_in_typst_and_under_another_name_too() {
        for (template, found) in [
            ("one\n#if f.ratio == \"[c]\" [a]", Some((2, "f.ratio == \"[c]\""))),
            ("#let r = f.ratio\n#if r != \"1\" [a]", Some((2, "r != \"1\""))),
            ("#if \"c\" in (f.white.rate) [a]", Some((1, "\"c\" in (f.white.rate)"))),
            ("#let r = f.case\n#if r == \"ratio\" and f.result == \"none\" [a]", None),
            ("#for x in f.ratio [a]", None),
        ] {
            let source = Source::detached(template);
            assert_eq!(in_source(&source), found.map(|(line, text)| (line, text.to_owned())), "{template}");
        }
    }
}
