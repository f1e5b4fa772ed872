//! What a cell of a plan says: text as it can be printed, a date, a ratio.

use crate::authority::printable;
use crate::letters;

/// Longer words would run out of their column.
const LONGEST_WORD: usize = 24;

/// A text as it can be printed, and why it is not the text that was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub text: String,
    /// The first letter that the reports' font lacks; a question mark stands for it.
    pub lacking: Option<char>,
    /// How many letters were written, where there were too many.
    pub letters: Option<usize>,
}

/// The text in one line without what nobody sees, of at most so many letters.
pub(super) fn said(written: &str, most: usize) -> Said {
    // No text from outside may hold the signs that mark numbers, which are among the letters that no font has.
    let seen: String = written.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect();
    let seen = letters::seen(&seen).split_whitespace().collect::<Vec<_>>().join(" ");
    let lacking = seen.chars().find(|letter| !printable(*letter));
    let plain = seen.chars().map(|letter| if printable(letter) { letter } else { '?' });
    let count = seen.chars().count();
    let letters = (count > most).then_some(count);
    let text: String = match letters {
        Some(_) => plain.take(most).chain(['…']).collect(),
        None => plain.collect(),
    };
    Said { text: parted(&text), lacking, letters }
}

/// The text with a space wherever a word would run out of its column, after a sign that ends a part of it if there is one.
fn parted(text: &str) -> String {
    let mut parts = Vec::new();
    for word in text.split(' ') {
        let mut letters: Vec<char> = word.chars().collect();
        while letters.len() > LONGEST_WORD {
            let sign = letters[..LONGEST_WORD].iter().rposition(|letter| "@./-_".contains(*letter));
            let rest = letters.split_off(sign.map_or(LONGEST_WORD, |place| place + 1));
            parts.push(letters.into_iter().collect::<String>());
            letters = rest;
        }
        parts.push(letters.into_iter().collect());
    }
    parts.join(" ")
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Whether the text is a day or a month: `2025-03-31`, `31/03/2025`, `31 March 2025`, `Mar 2025`.
pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split([' ', '-', '/', '.', ',']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()));
    let month = |part: &str| {
        let word = part.to_lowercase();
        let named = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word));
        named.and_then(|place| u32::try_from(place + 1).ok()).or_else(|| number(part))
    };
    let year = |part: &str| number(part).filter(|year| (2000..2100).contains(year) && part.len() == 4);
    let day = |part: &str| {
        let plain = ["st", "nd", "rd", "th"].iter().find_map(|ending| part.strip_suffix(ending)).unwrap_or(part);
        number(plain)
    };
    let is_day = |year: Option<u32>, month: Option<u32>, day: Option<u32>| {
        year.zip(month).zip(day).is_some_and(|((year, month), day)| (1..=days(year, month)).contains(&day))
    };
    match parts[..] {
        [first, second] => is_day(year(second), month(first), Some(1)) || is_day(year(first), month(second), Some(1)),
        [first, second, third] => {
            is_day(year(first), month(second), day(third)) || is_day(year(third), month(second), day(first))
        }
        _ => false,
    }
}

/// How many days the month has; none where there is no such month.
fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

/// The ratio that a text is, and its decimals; nothing where it is none.
pub fn ratio(text: &str) -> Option<(f64, usize)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits(whole) && digits(decimals) && !whole.is_empty() && text.len() <= 8 && !text.ends_with('.');
    plain.then(|| Some((text.parse().ok()?, decimals.len())))?
}

/// Whether a text is a share in per cent, as the baseline of pay bands is.
pub(super) fn is_percentage(text: &str) -> bool {
    ratio(text.trim_end_matches('%').trim_end()).is_some_and(|(value, _)| value <= 100.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_those_of_a_calendar() {
        for text in ["2025-03-31", "31/03/2025", "31 March 2025", "1st Sept 2025", "Mar 2025", "2024-02-29", "03/2025"]
        {
            assert!(is_date(text), "{text}");
        }
        for text in ["2025-02-29", "31/04/2025", "12/31/2025", "soon", "Autumn 2025", "45747", "31/03/25", "2025", ""] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn ratios_are_plain_numbers() {
        assert_eq!([ratio("0.39"), ratio("1")], [Some((0.39, 2)), Some((1.0, 0))]);
        for text in ["", "39%", "0,39", "-1", "+1", "1.", ".5", "1e1", "=1+1", "NaN", "inf", "0.39 "] {
            assert_eq!(ratio(text), None, "{text}");
        }
        assert!(is_percentage("11.4%") && is_percentage("11.4") && !is_percentage("120%"));
    }

    #[test]
    fn what_no_page_can_hold_is_told() {
        assert_eq!(said("  a\u{200b}b \r\n c ", 9), Said { text: "ab c".into(), lacking: None, letters: None });
        let marked = said("\u{fdd0}x\u{fdd1}1\u{fdd2} \u{1f600}", 20);
        assert_eq!((marked.text.as_str(), marked.lacking), ("?x?1? ?", Some('\u{fdd0}')));
        let long = said(&"z".repeat(10_000), 100);
        assert_eq!(long.letters, Some(10_000));
        assert!(long.text.split(' ').all(|word| word.chars().count() <= LONGEST_WORD) && long.text.ends_with('…'));
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_that_can_be_printed(written in "\\PC*|[\u{0}-\u{ff}\u{fdd0}-\u{fdef}\u{200b}-\u{202e}]*", most in 1..50_usize) {
            let Said { text, .. } = said(&written, most);
            prop_assert!(text.chars().all(printable) && !text.contains("  "));
            prop_assert!(text.chars().filter(|letter| *letter != ' ').count() <= most + 1);
            prop_assert!(text.split(' ').all(|word| word.chars().count() <= LONGEST_WORD));
            let _ = (is_date(&written), ratio(&written), is_percentage(&written));
        }
    }
}
