//! Reads what a web page says: its title, its words, and what its elements say beside them.

/// What a page says.
#[derive(Default)]
pub(super) struct Page {
    /// Its title.
    pub title: String,
    /// Every word that it holds, those of attributes and of data for programs too.
    pub text: String,
    /// What stands beside its words.
    beside: String,
}

/// Attributes that hold coordinates.
const DRAWN: [&str; 5] = ["d", "points", "transform", "viewbox", "style"];

/// Elements that do not part a word.
const INLINE: [&str; 12] = ["a", "abbr", "b", "code", "em", "i", "mark", "small", "span", "strong", "sub", "tspan"];

impl Page {
    /// Reads a page, whatever it is: a tag that does not end ends the page.
    pub fn read(page: &str) -> Self {
        let (mut read, mut rest) = (Self::default(), page);
        let mut in_title = false;
        while let Some(start) = rest.find('<') {
            read.words(&rest[..start], in_title);
            rest = &rest[start..];
            if let Some(remark) = rest.strip_prefix("<!--") {
                let end = remark.find("-->").unwrap_or(remark.len());
                read.beside(&remark[..end]);
                rest = remark.get(end + 3..).unwrap_or_default();
                continue;
            }
            let end = tag_end(rest);
            let tag = rest.get(1..end).unwrap_or_default();
            rest = rest.get(end + 1..).unwrap_or_default();
            let name = tag
                .trim_start_matches('/')
                .split([' ', '\n', '\t', '/', '>'])
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            in_title = tag.starts_with("title") && read.title.is_empty();
            if !INLINE.contains(&name.as_str()) {
                read.text.push('\n');
            }
            let attributes = attributes(tag);
            let of_programs = attributes.iter().any(|(name, value)| name == "type" && value.contains("json"));
            for (name, value) in &attributes {
                // Fonts and pictures are no words.
                if !value.starts_with("data:") && !DRAWN.contains(&name.as_str()) {
                    read.beside(value);
                }
            }
            if ["script", "style"].contains(&name.as_str()) && !tag.starts_with('/') {
                let close = rest.find(&format!("</{name}")).unwrap_or(rest.len());
                if of_programs {
                    read.beside(&rest[..close]);
                }
                rest = &rest[close..];
            }
        }
        read.words(rest, in_title);
        let beside = std::mem::take(&mut read.beside);
        read.text.push_str(&beside);
        read
    }

    fn words(&mut self, text: &str, in_title: bool) {
        let text = decoded(text);
        if in_title {
            self.title.push_str(&text);
        }
        self.text.push_str(&text);
    }

    fn beside(&mut self, text: &str) {
        self.beside.push('\n');
        self.beside.push_str(&decoded(text));
    }
}

/// Where a tag ends: a sign between quotation marks does not end it.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (place, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return place,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The attributes of a tag, their names in small letters and their values decoded.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let (mut found, mut rest) = (Vec::new(), tag);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.split_whitespace().last().unwrap_or_default().to_ascii_lowercase();
        let after = after.trim_start();
        let (value, next) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        found.push((name, decoded(value)));
        rest = next;
    }
    found
}

/// A text without the references that stand for letters.
fn decoded(text: &str) -> String {
    let (mut decoded, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let letter = after.split_once(';').and_then(|(name, next)| Some((letter(name)?, next)));
        match letter {
            Some((letter, next)) => {
                decoded.push(letter);
                rest = next;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded + rest
}

fn letter(name: &str) -> Option<char> {
    let number = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => match name.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16),
            digits => number(digits, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_stands_in_it_in_any_way() {
        let page = Page::read(
            "<!doctype html><title>St Mary&#39;s &amp; Co: pack</title><style>F01 {}</style>\
             <script type=\"application/ld+json\">{\"a\": \"F02\"}</script><script>F03</script>\
             <svg aria-label='one > two'><path d=\"F04\"/></svg><img src=\"data:F05\"><!-- F06 -->\
             <p data-figure=\"2024/F07/2\">Al<b>der</b>wick<br>more",
        );
        assert_eq!(page.title, "St Mary's & Co: pack");
        for said in ["F02", "one > two", "F06", "2024/F07/2", "Alderwick\n", "more"] {
            assert!(page.text.contains(said), "{said}");
        }
        for silent in ["F01", "F03", "F04", "F05"] {
            assert!(!page.text.contains(silent), "{silent}");
        }
        assert_eq!(Page::read("<p title=\"F01").text.trim(), "F01");
        assert_eq!(Page::read("a<").text.trim(), "a");
    }
}
