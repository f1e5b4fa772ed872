//! Columns of figures as people read them: what they are called, and their values in words and percentages.

use super::{COLUMNS, Holds, Style};
use crate::reports::case::Case;
use crate::reports::words;
use crate::statistics::Outcome;

/// What a column of a table of figures is called, for people.
pub fn title(id: &str) -> String {
    let title = COLUMNS.iter().find(|column| column.id == id).and_then(|column| column.title);
    match title {
        Some(title) => title.replace("{Term}", "Minoritised"),
        None => words::capitalised(&id.replace('_', " ")),
    }
}

/// How the numbers of a column are written, where it has any.
fn style(id: &str) -> Option<Style> {
    let column = COLUMNS.iter().find(|column| column.id == id);
    column.and_then(|column| match column.holds {
        Holds::Number(style, ..) => Some(style),
        _ => None,
    })
}

/// What a number of a column differs by, with its sign, as people read it: rates by points.
pub fn difference(id: &str, by: &str) -> String {
    match (style(id), by.parse::<f64>()) {
        (Some(Style::Rate), Ok(number)) => format!("{} points", words::points(number)),
        (Some(Style::Count), Ok(number)) => words::signed_count(number),
        _ => by.replace('-', "−"),
    }
}

/// A value of a column as people read it: rates as percentages, results in words, a minus as a minus.
pub fn value(id: &str, text: &str) -> String {
    if let (Some(style), Ok(number)) = (style(id), text.parse::<f64>()) {
        return match (style, id) {
            (Style::Rate, "difference") => format!("{} points", words::points(number)),
            (Style::Rate, _) => words::percent(number).replace('-', "−"),
            (Style::Count, _) => words::signed_count(number).trim_start_matches('+').to_owned(),
            _ => text.replace('-', "−"),
        };
    }
    match (id, text) {
        (_, "") => String::new(),
        ("result", text) => {
            let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.id() == text);
            outcome.map_or_else(|| text.to_owned(), |outcome| Case::words(outcome).to_owned())
        }
        ("marker", text) => format!("[{text}]"),
        ("coarser", text) => text.replace(['_', ':'], " ").replace(';', "; "),
        // Limits are of ratios, or of the shares of pay bands, and anything else is a word.
        (_, text) if text.parse::<f64>().is_ok() => text.replace('-', "−"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_words_and_percentages() {
        let read = |id: &str, text: &str| (title(id), value(id, text));
        let pair = |title: &str, value: &str| (title.to_owned(), value.to_owned());
        assert_eq!(read("white_rate", "0.142"), pair("White: rate", "14.2%"));
        assert_eq!(read("difference", "-0.012"), pair("Difference", "−1.2 points"));
        assert_eq!(read("white_numerator", "1250"), pair("White: numerator", "1,250"));
        assert_eq!(read("lower_95", "0.48"), pair("Lower limit", "0.48"));
        assert_eq!(read("result", "possible-disadvantage"), pair("Result", "Possible disadvantage"));
        assert_eq!(read("coarser", "white_numerator:10"), pair("Counts rounded more coarsely", "white numerator 10"));
        assert_eq!(read("area_code", "E12000001"), pair("Area code", "E12000001"));
        assert_eq!(read("p_value", ""), pair("p-value", ""));
        assert_eq!(difference("white_rate", "-0.002"), "−0.2 points");
        assert_eq!(difference("difference", "+0.017"), "+1.7 points");
        assert_eq!(difference("white_numerator", "+1250"), "+1,250");
        assert_eq!(difference("lower_95", "-0.01"), "−0.01");
    }
}
