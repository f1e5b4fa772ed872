//! What a spreadsheet shows for a number: SpreadsheetML's format codes, and whether what is shown is the number.

use super::sheet::Doubt;

/// What a person sees of a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    Text(String),
    /// A date or a time.
    Date,
}

/// A piece of a format's section.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Exponent,
    Slash,
    /// `General`, or `@` for a number.
    General,
    Date,
}

/// A section of a format, with the condition under which it is taken.
#[derive(Default)]
struct Section {
    tokens: Vec<Token>,
    condition: Option<(String, f64)>,
}

/// The code of a format that has a number of its own and no code in the file.
pub(super) fn built_in(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "\"£\"#,##0",
        7 | 8 => "\"£\"#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14..=22 | 27..=36 | 45..=47 | 50..=58 => "yyyy-mm-dd",
        37 | 38 => "#,##0;(#,##0)",
        39 | 40 => "#,##0.00;(#,##0.00)",
        41 => "#,##0;-#,##0;\"-\"",
        42 => "\"£\"#,##0;\"£\"-#,##0;\"£-\"",
        43 => "#,##0.00;-#,##0.00;\"-\"??",
        44 => "\"£\"#,##0.00;\"£\"-#,##0.00;\"£-\"??",
        48 => "##0.0E+0",
        _ => "General",
    }
}

/// A spreadsheet keeps and shows no more than 15 digits: what a sum leaves behind them is not seen.
pub(super) fn fifteen_digits(value: f64) -> f64 {
    // No sheet shows a sign before zero.
    format!("{value:.14e}").parse().unwrap_or(value) + 0.0
}

/// What a format shows for a number.
pub(super) fn shown(code: &str, value: f64) -> Shown {
    let sections = sections(code);
    let section = choose(&sections, value);
    if section.tokens.contains(&Token::Date) {
        return Shown::Date;
    }
    // The second section shows a negative number without its sign.
    let own_sign = sections.len() > 1 && value < 0.0;
    let text = lay_out(&section.tokens, value.abs());
    Shown::Text(if value < 0.0 && !own_sign { format!("-{text}") } else { text })
}

/// What a format shows for a text.
pub(super) fn shown_text(code: &str, text: &str) -> String {
    let sections = sections(code);
    match sections.get(3) {
        None => text.to_owned(),
        Some(section) => section
            .tokens
            .iter()
            .map(|token| match token {
                Token::Literal(literal) => literal,
                Token::General => text,
                _ => "",
            })
            .collect(),
    }
}

/// What is doubtful about a number that is shown in this way; nothing when it is plainly seen.
pub(super) fn doubt(shown: &str, value: f64) -> Option<Doubt> {
    let text = shown.trim();
    if text.ends_with('%') {
        return Some(Doubt::Percentage(text.to_owned()));
    }
    if value == 0.0 && ["-", "–", "—"].contains(&text) {
        return Some(Doubt::Dash(text.to_owned()));
    }
    // A negative number is no count, however it is shown.
    (value >= 0.0 && !reads_as(text, value)).then(|| Doubt::Otherwise(text.to_owned()))
}

/// Whether a shown number is this number: marks between thousands and zeros behind a point change nothing.
fn reads_as(shown: &str, value: f64) -> bool {
    if value.fract() != 0.0 {
        return shown.replace(',', ".").parse() == Ok(value);
    }
    const MARKS: [char; 7] = [',', '.', ' ', '\u{a0}', '\u{202f}', '\'', '’'];
    let whole = |text: &str| {
        let groups: Vec<&str> = text.split(MARKS).collect();
        let digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
        let threes = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
        digits && threes && groups.concat().parse() == Ok(value)
    };
    let without_zeros = shown.rsplit_once(['.', ',']).filter(|(_, zeros)| zeros.bytes().all(|byte| byte == b'0'));
    whole(shown) || without_zeros.is_some_and(|(front, _)| whole(front))
}

/// The sections of a format's code.
fn sections(code: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut literal = None;
        let token = match letter {
            ';' => {
                sections.push(Section::default());
                continue;
            }
            '"' => {
                literal = Some(letters.by_ref().take_while(|letter| *letter != '"').collect());
                None
            }
            '\\' => {
                literal = letters.next().map(String::from);
                None
            }
            // A space as wide as the next letter, or a letter that fills the cell.
            '_' => {
                letters.next();
                literal = Some(" ".to_owned());
                None
            }
            '*' => {
                letters.next();
                None
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                bracketed(&inside, sections.last_mut())
            }
            '0' | '#' | '?' => Some(Token::Digit(letter)),
            '.' => Some(Token::Point),
            ',' => Some(Token::Comma),
            '%' => Some(Token::Percent),
            '/' => Some(Token::Slash),
            '@' => Some(Token::General),
            'G' | 'g' if starts_with(&letters, "eneral") => {
                letters.nth("eneral".len() - 1);
                Some(Token::General)
            }
            'E' | 'e' if letters.next_if(|next| ['+', '-'].contains(next)).is_some() => Some(Token::Exponent),
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'e' | 'E' | 'b' | 'B' | 'g' | 'G' => {
                Some(Token::Date)
            }
            other => {
                literal = Some(other.to_string());
                None
            }
        };
        if let Some(section) = sections.last_mut() {
            section.tokens.extend(literal.map(Token::Literal));
            section.tokens.extend(token);
        }
    }
    sections
}

fn starts_with(letters: &std::iter::Peekable<std::str::Chars<'_>>, word: &str) -> bool {
    let next: String = letters.clone().take(word.len()).collect();
    next.eq_ignore_ascii_case(word)
}

/// A condition, a currency, hours beyond a day; colours show nothing.
fn bracketed(inside: &str, section: Option<&mut Section>) -> Option<Token> {
    if let Some(currency) = inside.strip_prefix('$') {
        let sign = currency.split('-').next().unwrap_or_default();
        return (!sign.is_empty()).then(|| Token::Literal(sign.to_owned()));
    }
    let sign: String = inside.chars().take_while(|letter| "<>=".contains(*letter)).collect();
    if let (false, Ok(limit), Some(section)) = (sign.is_empty(), inside[sign.len()..].trim().parse(), section) {
        section.condition = Some((sign, limit));
        return None;
    }
    let time = inside.bytes().all(|byte| b"hmsHMS".contains(&byte));
    (time && !inside.is_empty()).then_some(Token::Date)
}

/// The section that a number is shown by.
fn choose(sections: &[Section], value: f64) -> &Section {
    let meets = |section: &&Section| {
        section.condition.as_ref().is_some_and(|(sign, limit)| match sign.as_str() {
            "<" => value < *limit,
            ">" => value > *limit,
            "<=" => value <= *limit,
            ">=" => value >= *limit,
            "<>" => value != *limit,
            _ => value == *limit,
        })
    };
    if sections.iter().any(|section| section.condition.is_some()) {
        let otherwise = sections.iter().take(3).rfind(|section| section.condition.is_none());
        return sections.iter().find(meets).or(otherwise).unwrap_or(&sections[0]);
    }
    match sections.len() {
        1 => &sections[0],
        2 => &sections[usize::from(value < 0.0)],
        _ if value > 0.0 => &sections[0],
        _ if value < 0.0 => &sections[1],
        _ => &sections[2],
    }
}

/// The digits of a number among a section's letters.
fn lay_out(tokens: &[Token], value: f64) -> String {
    let digit = |token: &Token| matches!(token, Token::Digit(_));
    let fraction = tokens.contains(&Token::Slash);
    if tokens.contains(&Token::Exponent) {
        return format!("{value:E}");
    }
    if fraction || tokens.contains(&Token::General) || (tokens.is_empty()) {
        // A fraction of a whole number is empty; of others the number is shown, which is no count either way.
        let mut number = (!tokens.is_empty()).then(|| value.to_string());
        let text = |token: &Token| match token {
            Token::Literal(literal) => literal.clone(),
            Token::Percent => "%".to_owned(),
            Token::General | Token::Digit(_) => number.take().unwrap_or_default(),
            _ => String::new(),
        };
        return tokens.iter().map(text).collect();
    }
    let last = tokens.iter().rposition(digit).unwrap_or(0);
    let point = tokens.iter().position(|token| *token == Token::Point).unwrap_or(tokens.len());
    let last_whole = tokens[..point].iter().rposition(digit).unwrap_or(0);
    let percents = tokens.iter().filter(|token| **token == Token::Percent).count();
    // Commas behind the last digit divide by a thousand each.
    let behind = |from: usize| tokens[from..].iter().skip(1).take_while(|token| **token == Token::Comma).count();
    let thousands = if point < tokens.len() { behind(last_whole).max(behind(last)) } else { behind(last_whole) };
    let scaled = value * 100f64.powi(percents as i32) / 1000f64.powi(thousands as i32);
    let decimals = tokens[point.min(tokens.len())..].iter().filter(|token| digit(token)).count().min(30);
    let power = 10f64.powi(decimals as i32);
    let rounded = format!("{:.*}", decimals, fifteen_digits((fifteen_digits(scaled * power)).round() / power));
    let (whole, decimal) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let mut rest: Vec<char> = whole.trim_start_matches('0').chars().collect();
    let mut pieces: Vec<String> = Vec::new();
    let first_whole = tokens[..point].iter().position(digit);
    for (at, token) in tokens[..point].iter().enumerate().rev() {
        pieces.push(match token {
            Token::Digit(kind) => {
                // The first place takes all digits that are left.
                let count = if Some(at) == first_whole { rest.len() } else { 1.min(rest.len()) };
                let own: String = rest.drain(rest.len() - count..).collect();
                match Some(own).filter(|own| !own.is_empty()) {
                    Some(digits) => digits,
                    None if *kind == '0' => "0".into(),
                    None => String::new(),
                }
            }
            Token::Literal(literal) => literal.clone(),
            Token::Percent => "%".into(),
            _ => String::new(),
        });
    }
    pieces.reverse();
    let mut digits = decimal.chars();
    for token in &tokens[point.min(tokens.len())..] {
        pieces.push(match token {
            Token::Digit(_) => digits.next().map(String::from).unwrap_or_default(),
            Token::Point => ".".into(),
            Token::Literal(literal) => literal.clone(),
            Token::Percent => "%".into(),
            _ => String::new(),
        });
    }
    pieces.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts that Excel shows.
    #[test]
    fn formats_show_what_a_spreadsheet_shows() {
        let cases = [
            ("General", 12.0, "12"),
            ("0", 12.6, "13"),
            ("0", 12.5, "13"),
            ("#,##0", 1234.0, "1234"),
            ("0.00", 12.0, "12.00"),
            ("0,", 12_345.0, "12"),
            ("0.0,", 12_345.0, "12.3"),
            ("0%", 1.0, "100%"),
            (";;;", 7.0, ""),
            ("0;;", 0.0, ""),
            ("0;-0;;@", 0.0, ""),
            ("\"x\"", 7.0, "x"),
            ("0\"2\"", 1.0, "12"),
            ("0\\ \"people\"", 12.0, "12 people"),
            ("[<10]\"<10\";0", 4.0, "<10"),
            ("[<10]\"<10\";0", 14.0, "14"),
            ("[Red]0;[Blue]-0", 3.0, "3"),
            ("[$£-809]#,##0.00", 12.0, "£12.00"),
            ("00000", 12.0, "00012"),
            ("00-00", 1234.0, "12-34"),
            ("@", 12.0, "12"),
            ("# ?/?", 3.0, "3 "),
            ("0.00E+00", 12.0, "1.2E1"),
            ("_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-", 1234.0, " 1234 "),
            ("_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-", 0.0, " - "),
            ("0", -3.0, "-3"),
            ("0;(0)", -3.0, "(3)"),
            ("#", 0.0, ""),
        ];
        for (code, value, text) in cases {
            assert_eq!(shown(code, value), Shown::Text(text.into()), "{code} {value}");
        }
        for code in ["dd/mm/yyyy", "[h]:mm", "mmm yy", "[$-F800]dddd\\,\\ mmmm\\ dd", "h:mm AM/PM"] {
            assert_eq!(shown(code, 12.0), Shown::Date, "{code}");
        }
        assert_eq!(shown_text(";;;", "12"), "");
        assert_eq!(shown_text("0;0;0;@", "12"), "12");
        assert_eq!(shown_text("0", "12"), "12");
    }

    #[test]
    fn what_is_shown_is_the_number_or_is_doubted() {
        for (shown, value) in [
            ("12", 12.0),
            ("12.00", 12.0),
            ("12,00", 12.0),
            ("1,234", 1234.0),
            ("1.234", 1234.0),
            ("1\u{a0}234", 1234.0),
            ("1,234,567.0", 1_234_567.0),
            ("00012", 12.0),
            ("3.5", 3.5),
            ("-3", -3.0),
        ] {
            assert_eq!(doubt(shown, value), None, "{shown}");
        }
        for (shown, value) in [("13", 12.6), ("", 7.0), ("12", 12_345.0), ("£12", 12.0), ("12-34", 1234.0), ("x", 0.0)]
        {
            assert_eq!(doubt(shown, value), Some(Doubt::Otherwise(shown.into())), "{shown}");
        }
        assert_eq!(doubt("100%", 1.0), Some(Doubt::Percentage("100%".into())));
        assert_eq!(doubt(" - ", 0.0), Some(Doubt::Dash("-".into())));
        assert_eq!(fifteen_digits(0.1 + 0.2 + 11.7), 12.0);
    }
}
