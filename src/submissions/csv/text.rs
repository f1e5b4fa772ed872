//! What a field of CSV says, without what only spreadsheet programs put around it.

use crate::letters;

/// Quotation marks, straight and as word processors make them.
const QUOTES: [char; 11] = ['"', '\'', '`', '´', '“', '”', '„', '‘', '’', '«', '»'];

/// The text without spaces and quotation marks around it, letters that nobody sees, and the `=` of `="12"` and `=12`.
pub(super) fn plain(text: &str) -> String {
    let seen = letters::seen(text);
    let constant = |rest: &&str| rest.starts_with('"') || rest.bytes().all(|byte| byte.is_ascii_digit());
    let inner = seen.strip_prefix('=').filter(constant).unwrap_or(&seen);
    inner.trim_matches(QUOTES).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_a_text_goes_and_what_is_in_it_stays() {
        for text in ["F01", " F01\u{a0}", "\u{feff}F01", "“F01”", "=\"F01\"", "'F01", "F\u{200b}01"] {
            assert_eq!(plain(text), "F01", "{text:?}");
        }
        assert_eq!(plain("=12"), "12");
        for text in ["=1+1", "1 2", "1'2", "=F01", "x=1"] {
            assert_eq!(plain(text), text);
        }
    }
}
