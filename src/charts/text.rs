//! Words: their measured width, and where their lines break.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Once;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use super::style::Face;

/// The one font family of charts, PDF and HTML.
pub(super) const FAMILY: &str = "Noto Sans";

/// Units of the font in an em, and from its ascender to its descender.
const UNITS_PER_EM: f64 = 2048.0;
const UNITS_IN_HEIGHT: f64 = 2789.0;

/// How many measured texts a thread keeps: those of a document many times over.
const KEPT: usize = 4096;

thread_local! {
    /// Widths in units of the font, of regular and of bold letters: charts set the same words again and again.
    static MEASURED: RefCell<[BTreeMap<String, f64>; 2]> = RefCell::default();
}

/// The width of a text on one line.
pub(super) fn width(text: &str, face: Face) -> f64 {
    let weight = usize::from(face.bold);
    let known = MEASURED.with_borrow(|measured| measured[weight].get(text).copied());
    let units = known.unwrap_or_else(|| {
        let units = measure(text, face);
        MEASURED.with_borrow_mut(|measured| {
            if measured[weight].len() >= KEPT {
                measured[weight].clear();
            }
            measured[weight].insert(text.to_owned(), units);
        });
        units
    });
    units * face.size / UNITS_PER_EM
}

fn measure(text: &str, face: Face) -> f64 {
    register();
    // plotters takes a size to be the font's whole height: at this size it answers in units of the font.
    let font = FontDesc::new(FontFamily::Name(FAMILY), UNITS_IN_HEIGHT, face.style());
    let ((start, _), (end, _)) = font.layout_box(text).expect("the font has been registered just above");
    f64::from(end - start)
}

/// The width of the widest of some texts.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, face: Face) -> f64 {
    texts.into_iter().map(|text| width(&legible(text), face)).fold(0.0, f64::max)
}

/// Breaks a text at its spaces into lines no wider than `room`; only a word wider than that is broken inside.
pub(super) fn wrap(text: &str, room: f64, face: Face) -> Vec<String> {
    let text = legible(text);
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.trim().split(' ') {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, face) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if width(&line, face) > room && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The same text without line breaks, and with a replacement for characters that XML forbids or programs use inside.
pub(super) fn legible(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\t' | '\n' | '\r' => ' ',
            '\u{FDD0}'..='\u{FDEF}' | '\u{FFFE}' | '\u{FFFF}' => char::REPLACEMENT_CHARACTER,
            letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

fn register() {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        for (style, bytes) in [(FontStyle::Normal, notosans::REGULAR_TTF), (FontStyle::Bold, notosans::BOLD_TTF)] {
            let registered = register_font(FAMILY, style, bytes).is_ok();
            assert!(registered, "the fonts in this program can be read");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::style::{LABEL, STRONG};

    #[test]
    fn width_is_that_of_the_font() {
        // The advance widths of "A" and "V" in Noto Sans are 1308 and 1229 units.
        let expected = (1308.0 + 1229.0) / 2048.0 * 14.0;
        assert!((width("AV", LABEL) - expected).abs() < 0.01);
        assert!(width("AV", STRONG) > width("AV", LABEL));
    }

    #[test]
    fn wrapping_keeps_every_letter_and_the_width() {
        let text = "Harassment, bullying or abuse from people who use services, relatives or the public";
        let lines = wrap(text, 200.0, LABEL);
        assert_eq!(lines.join(" "), text);
        assert!(lines.iter().all(|line| width(line, LABEL) <= 200.0));

        let unbreakable = "#include(\"/etc/passwd\")".repeat(4);
        let lines = wrap(&unbreakable, 100.0, LABEL);
        assert!(lines.len() > 3);
        assert_eq!(lines.concat(), unbreakable);
        assert_eq!(wrap("W", 1.0, LABEL), ["W"]);
        assert!(wrap(" \n", 100.0, LABEL).is_empty());
    }
}
