//! Which sentences of two web pages read otherwise. Numbers of figures do not count: tables tell them.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A text of a page that stands for itself: a paragraph, an item, a heading, a cell of words, the alternative text of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The heading that it stands under.
    pub heading: String,
    /// Its words, with one sign in place of each number of a figure.
    words: String,
    /// As it reads.
    pub text: String,
    /// The ids of its figures.
    pub ids: Vec<String>,
}

/// A text that reads otherwise: one side is missing where it came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Otherwise {
    pub old: Option<Block>,
    pub new: Option<Block>,
}

/// The texts that read otherwise, in the order of the pages.
pub(super) fn otherwise(before: &str, now: &str) -> Vec<Otherwise> {
    let (old, new) = (blocks(before), blocks(now));
    let words = |blocks: &[Block]| blocks.iter().map(|block| block.words.clone()).collect::<Vec<String>>();
    let mut found = Vec::new();
    for step in capture_diff_slices(Algorithm::Patience, &words(&old), &words(&new)) {
        let (gone, came) = match step {
            DiffOp::Equal { .. } => continue,
            other => (other.old_range(), other.new_range()),
        };
        for place in 0..gone.len().max(came.len()) {
            let of = |blocks: &[Block], range: &std::ops::Range<usize>| {
                range.clone().nth(place).and_then(|place| blocks.get(place)).cloned()
            };
            found.push(Otherwise { old: of(&old, &gone), new: of(&new, &came) });
        }
    }
    found
}

/// What stands in place of a number.
const NUMBER: char = '#';

/// Elements that are part of the text around them.
const INLINE: [&str; 12] = ["a", "span", "strong", "em", "b", "i", "code", "sup", "sub", "br", "small", "abbr"];

/// Elements that hold no text of the document, or that of its contents once more.
const SKIPPED: [&str; 5] = ["script", "style", "nav", "svg", "math"];

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    block: Block,
    heading: String,
    in_heading: bool,
    /// For each open span whether it holds a figure's number.
    spans: Vec<bool>,
}

/// The texts of a page. It is read as it was written: by this program, and whole.
fn blocks(page: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut rest = page.find("<body").map_or("", |start| &page[start..]);
    while let Some(start) = rest.find('<') {
        reader.text(&rest[..start]);
        rest = &rest[start..];
        let Some(end) = rest.find('>') else { break };
        let (tag, after) = (&rest[1..end], &rest[end + 1..]);
        rest = after;
        let name = tag.split([' ', '\n', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if SKIPPED.contains(&name) && !tag.starts_with('/') {
            let close = format!("</{name}>");
            rest = rest.find(&close).map_or("", |end| &rest[end + close.len()..]);
            if let Some(label) = attribute(tag, "aria-label").filter(|_| name == "svg") {
                reader.drawing(label);
            }
        } else {
            reader.tag(name, tag);
        }
    }
    reader.flush();
    reader.blocks
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let value = &tag[tag.find(&format!("{name}=\""))? + name.len() + 2..];
    value.split('"').next()
}

impl Reader {
    fn tag(&mut self, name: &str, tag: &str) {
        if !INLINE.contains(&name) {
            self.flush();
            let heading = name.len() == 2 && name.starts_with('h') && name != "hr";
            self.in_heading = heading && !tag.starts_with('/');
            return;
        }
        if name == "br" {
            self.text(" ");
        }
        if name != "span" {
            return;
        }
        if tag.starts_with('/') {
            self.spans.pop();
        } else {
            let id = attribute(tag, "data-figure");
            self.block.ids.extend(id.map(decoded));
            self.spans.push(id.is_some());
        }
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = decoded(text);
        let figure = self.spans.contains(&true);
        self.block.words += &if figure { without_numbers(&text) } else { text.clone() };
        self.block.text += &text;
    }

    /// The alternative text of a drawing: it is the same for wide and for narrow pages, and its numbers are not marked.
    fn drawing(&mut self, label: &str) {
        self.flush();
        let text = decoded(label);
        let words = format!("drawing: {}", without_numbers(&text));
        if self.blocks.iter().rev().take(3).all(|block| block.words != words) {
            self.blocks.push(Block { heading: self.heading.clone(), words, text, ids: Vec::new() });
        }
    }

    fn flush(&mut self) {
        self.spans.clear();
        let block = std::mem::take(&mut self.block);
        let single = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let block = Block { words: single(&block.words), text: single(&block.text), ..block };
        if self.in_heading && !block.text.is_empty() {
            self.heading.clone_from(&block.text);
        }
        if block.words.contains(char::is_alphabetic) {
            self.blocks.push(Block { heading: self.heading.clone(), ..block });
        }
    }
}

/// A figure's text with one sign for its numbers, or for the symbol in place of them.
fn without_numbers(text: &str) -> String {
    if text.starts_with('[') && text.ends_with(']') {
        return NUMBER.to_string();
    }
    let mut words = String::new();
    for letter in text.chars() {
        let of_number = letter.is_ascii_digit() || ".,%+−-<>£".contains(letter);
        match of_number {
            true if words.ends_with(NUMBER) => {}
            true => words.push(NUMBER),
            false => words.push(letter),
        }
    }
    words.replace("# to #", "#")
}

fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let known = [
        ("&#x20;", " "),
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    known.iter().fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> String {
        format!("<html><body><nav><p>Contents</p></nav><main>{text}</main></body></html>")
    }

    fn figure(text: &str) -> String {
        format!("<span id=\"a\" data-figure=\"2024/england/2/all/words\">{text}</span>")
    }

    #[test]
    fn a_number_that_changes_is_no_other_sentence_and_a_word_is() {
        let of = |number: &str, word: &str| page(&format!("<h2>Pay</h2>\n<p>It is {} {word}.</p>", figure(number)));
        assert_eq!(otherwise(&of("0.52", "here"), &of("1.04", "here")), []);
        assert_eq!(otherwise(&of("0.48 to 0.56", "here"), &of("[c]", "here")), []);
        let found = otherwise(&of("0.52", "here"), &of("0.52", "there"));
        assert_eq!(found.len(), 1);
        let new = found[0].new.as_ref().unwrap();
        assert_eq!((new.heading.as_str(), new.text.as_str()), ("Pay", "It is 0.52 there."));
        assert_eq!(new.ids, ["2024/england/2/all/words"]);
        assert_eq!(otherwise(&of("61% more likely", "to"), &of("37% less likely", "to")).len(), 1);
        assert_eq!(otherwise(&of("61% more likely", "to"), &of("37% more likely", "to")), []);
    }

    #[test]
    fn a_text_that_came_or_went_moves_no_other() {
        let old =
            page("<p>One.</p><ul><li>Two.</li><li>Three.</li></ul><table><tr><td>4</td><td>few</td></tr></table>");
        let new = page(
            "<p>One.</p><ul><li>New.</li><li>Two.</li><li>Three.</li></ul><table><tr><td>5</td><td>many</td></tr></table>",
        );
        let texts = |block: &Option<Block>| block.as_ref().map(|block| block.text.clone());
        let found: Vec<_> = otherwise(&old, &new).iter().map(|one| (texts(&one.old), texts(&one.new))).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(found, [(None, text("New.")), (text("few"), text("many"))]);
    }

    #[test]
    fn the_words_of_a_drawing_count_once() {
        let of = |label: &str| {
            page(&format!(
                "<div><svg aria-label=\"{label}\"><text>7</text></svg></div><div><svg aria-label=\"{label}\"></svg></div>"
            ))
        };
        assert_eq!(otherwise(&of("4 indicators"), &of("5 indicators")), []);
        assert_eq!(otherwise(&of("4 indicators"), &of("4 &amp; more")).len(), 1);
    }
}
