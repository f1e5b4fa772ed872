//! Figures in print: each number is rounded here, once, and a ratio gets its words (`docs/method.md`, Numbers in print).

/// A number rounded to so many decimals, halves away from zero, never "-0".
fn rounded(value: f64, decimals: usize) -> String {
    let factor = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    // The tiny push mends halves that binary fractions write just below themselves: 0.285 is stored as 0.28499….
    let nudged = (value.abs() * factor * (1.0 + 4.0 * f64::EPSILON)).round() / factor;
    let text = format!("{nudged:.decimals$}");
    let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !zero { format!("-{text}") } else { text }
}

/// A count of people with commas between thousands: 97,900.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What stands before a count that is rounded more coarsely than others.
pub const ABOUT: &str = "about ";

/// A count that is rounded more coarsely than others.
pub fn about(count: &str) -> String {
    format!("{ABOUT}{count}")
}

/// A proportion as a percentage with one decimal: 14.2%.
pub fn percent(rate: f64) -> String {
    format!("{}%", rounded(rate * 100.0, 1))
}

/// A ratio with two decimals: 0.52.
pub fn ratio(value: f64) -> String {
    rounded(value, 2)
}

/// A limit of a ratio with two decimals; one that rounding would put on 1 says on which side of it it lies.
pub fn limit(value: f64) -> String {
    match ratio(value) {
        text if text == "1.00" && value < 1.0 => "<1.00".into(),
        text if text == "1.00" && value > 1.0 => ">1.00".into(),
        text => text,
    }
}

/// A difference of proportions in percentage points with its sign: +3.2, −0.4, 0.0.
pub fn points(difference: f64) -> String {
    let text = rounded(difference * 100.0, 1);
    match text.strip_prefix('-') {
        Some(positive) => format!("−{positive}"),
        None if text.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0') => format!("+{text}"),
        None => text,
    }
}

/// A number of cases more or fewer, as a whole number with its sign: +1,250, −12, 0.
pub fn signed_count(value: f64) -> String {
    let size = count(rounded(value.abs(), 0).parse().unwrap_or(0));
    match size.as_str() {
        "0" => size,
        _ if value < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

/// Any other number, with so many decimals.
pub fn decimal(value: f64, decimals: usize) -> String {
    rounded(value, decimals)
}

/// A p-value with three decimals; a smaller one is "below 0.001".
pub fn p_value(p: f64) -> String {
    if p < 0.0005 { "below 0.001".into() } else { rounded(p, 3) }
}

/// A proportion in a data file: three decimals.
pub fn data_rate(rate: f64) -> String {
    rounded(rate, 3)
}

/// A p-value in a data file: four decimals.
pub fn data_p_value(p: f64) -> String {
    rounded(p, 4)
}

/// The number rounded as it is printed, for files that hold numbers.
pub fn to_number(value: f64, decimals: usize) -> f64 {
    rounded(value, decimals).parse().unwrap_or(value)
}

/// A ratio in words: "48% less likely", "half as likely", "more than twice as likely"; `None` for 0, which is told by its cases.
///
/// The words are those of the printed ratio, so that the two never differ.
pub fn likelihood(value: f64) -> Option<String> {
    if value <= 0.0 {
        return None;
    }
    let hundredths = hundredths(value);
    let words = match hundredths {
        0 => "more than 99% less likely".to_owned(),
        50 => "half as likely".to_owned(),
        1..100 => format!("{}% less likely", 100 - hundredths),
        100 => "as likely".to_owned(),
        101..200 => format!("{}% more likely", hundredths - 100),
        _ => multiple(hundredths),
    };
    Some(words)
}

/// What follows the words of a ratio: "as" or "than".
pub fn likelihood_join(value: f64) -> &'static str {
    match hundredths(value) {
        50 | 100 | 200.. => "as",
        _ => "than",
    }
}

/// A ratio in hundredths, as it is printed.
fn hundredths(value: f64) -> u64 {
    rounded(value, 2).replace('.', "").parse().unwrap_or(u64::MAX)
}

/// Two and more times: "twice as likely", "more than three times as likely".
fn multiple(hundredths: u64) -> String {
    const TIMES: [&str; 9] = [
        "twice",
        "three times",
        "four times",
        "five times",
        "six times",
        "seven times",
        "eight times",
        "nine times",
        "ten times",
    ];
    let whole = usize::try_from(hundredths / 100).unwrap_or(usize::MAX);
    match TIMES.get(whole - 2) {
        Some(times) if hundredths.is_multiple_of(100) => format!("{times} as likely"),
        Some(times) => format!("more than {times} as likely"),
        None => "more than ten times as likely".to_owned(),
    }
}

/// The text with its first letter as a capital; the rest stays as it is.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text with its first letter small, unless it begins with more than one capital.
pub fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    first.map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A number from zero to nine in words, larger ones in digits.
pub fn number(value: usize) -> String {
    const WORDS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(value).map_or_else(|| count(value as u64), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_read_as_the_method_says() {
        let cases = [
            (0.5, "half as likely"),
            (0.52, "48% less likely"),
            (0.995, "as likely"),
            (1.0049, "as likely"),
            (1.08, "8% more likely"),
            (1.37, "37% more likely"),
            (1.9, "90% more likely"),
            (2.0, "twice as likely"),
            (2.1, "more than twice as likely"),
            (3.0, "three times as likely"),
            (7.2, "more than seven times as likely"),
            (42.0, "more than ten times as likely"),
            (0.001, "more than 99% less likely"),
        ];
        for (value, words) in cases {
            assert_eq!(likelihood(value).as_deref(), Some(words), "{value}");
            let join = if words.ends_with("as likely") { "as" } else { "than" };
            assert_eq!(likelihood_join(value), join, "{value}");
        }
        assert_eq!(likelihood(0.0), None);
    }

    #[test]
    fn a_limit_beside_1_says_on_which_side_it_lies() {
        assert_eq!([0.997, 1.0, 1.004, 0.994].map(limit), ["<1.00", "1.00", ">1.00", "0.99"].map(str::to_owned));
    }

    #[test]
    fn words_follow_the_printed_ratio() {
        for thousandths in 1..1000_u32 {
            let value = f64::from(thousandths) / 1000.0;
            let printed: f64 = ratio(value).parse().unwrap();
            let percent = format!("{}% less likely", (100.0 - 100.0 * printed).round());
            let words = likelihood(value).unwrap();
            assert!(
                words == percent || ["half as likely", "as likely", "more than 99% less likely"].contains(&&*words),
                "{value}: {words}"
            );
        }
    }

    #[test]
    fn numbers_are_rounded_once_and_have_no_negative_zero() {
        assert_eq!(
            (percent(0.142), percent(0.1425), percent(0.0), percent(1.0)),
            ("14.2%".into(), "14.3%".into(), "0.0%".into(), "100.0%".into())
        );
        assert_eq!((points(0.0321), points(-0.0004), points(-0.031)), ("+3.2".into(), "0.0".into(), "−3.1".into()));
        assert_eq!((ratio(0.285), ratio(1.005), data_rate(0.1425)), ("0.29".into(), "1.01".into(), "0.143".into()));
        assert_eq!(
            (count(97900), count(0), count(999), count(1_234_567)),
            ("97,900".into(), "0".into(), "999".into(), "1,234,567".into())
        );
        assert_eq!((p_value(0.0238), p_value(0.0001)), ("0.024".into(), "below 0.001".into()));
    }
}
