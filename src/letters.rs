//! Letters that nobody sees, such as soft hyphens and direction marks: what they are called, and where they stand.

/// What an invisible letter is called; `None` for one that can be seen, and for spaces.
pub fn invisible(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{ad}' => "a soft hyphen",
        '\u{34f}' => "a grapheme joiner",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a direction mark",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "a letter without a shape",
        '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "a variation selector",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' => "a zero-width non-joiner",
        '\u{200d}' => "a zero-width joiner",
        '\u{2028}' | '\u{2029}' => "a separator of lines",
        '\u{2060}' => "a word joiner",
        '\u{2061}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => "an invisible sign",
        '\u{feff}' => "a byte order mark",
        '\u{e0000}'..='\u{e007f}' => "an invisible tag",
        _ if letter.is_control() && !letter.is_whitespace() => "a control character",
        _ => return None,
    })
}

/// The first invisible letter of a text by its name and place: "a soft hyphen (U+00AD) after `Brad`".
pub fn first_invisible(text: &str) -> Option<String> {
    let (place, letter, name) = text.char_indices().find_map(|(place, it)| Some((place, it, invisible(it)?)))?;
    let before = text[..place].trim();
    let place = if before.is_empty() { "at the beginning".to_owned() } else { format!("after `{before}`") };
    Some(format!("{name} (U+{:04X}) {place}", u32::from(letter)))
}

/// The text as a person sees it: without the letters that nobody sees, and without spaces around.
pub fn seen(text: &str) -> String {
    let seen: String = text.chars().filter(|letter| invisible(*letter).is_none()).collect();
    seen.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invisible_letter_is_told_by_name_and_place() {
        let told = first_invisible("Brad\u{ad}ford").unwrap();
        assert_eq!(told, "a soft hyphen (U+00AD) after `Brad`");
        assert_eq!(first_invisible("\u{feff}F01").unwrap(), "a byte order mark (U+FEFF) at the beginning");
        assert_eq!(first_invisible("Ynys Môn, Stoke\u{a0}Ferry – “x”"), None);
    }

    #[test]
    fn what_is_seen_is_what_is_left() {
        assert_eq!(seen("\u{feff} F\u{200b}01\u{202c}\u{a0}"), "F01");
    }
}
