//! Texts of SpreadsheetML: shared or in their cell, in runs that are each set in their own way.

use std::ops::ControlFlow;

use quick_xml::events::BytesStart;

use super::super::sheet::{Mark, Rich};
use super::super::xml::{Node, attribute, flag, local, local_name, walk};

/// A text that is being read: the content of `si`, `is` or a comment's `text`.
#[derive(Default)]
pub(super) struct Reading {
    rich: Rich,
    /// Inside `t`, whose text counts.
    text: Option<String>,
    /// Inside `rPh`: how a text is spoken, which is not shown beside it but over it.
    phonetic: bool,
    run: Option<Mark>,
}

impl Reading {
    pub(super) fn start(&mut self, element: &BytesStart<'_>) {
        match local_name(element) {
            "rPh" => self.phonetic = true,
            "r" => self.run = None,
            "rPr" => self.run = Some(Mark::default()),
            "t" if !self.phonetic => self.text = Some(String::new()),
            name => self.run = self.run.map(|mark| marked(mark, name, element)),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(all) = &mut self.text {
            all.push_str(text);
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        match local(name) {
            "rPh" => self.phonetic = false,
            "r" => self.run = None,
            "t" => {
                if let Some(text) = self.text.take() {
                    self.rich.push(&unescaped(&text), self.run);
                }
            }
            _ => {}
        }
    }

    /// The text that was read; another may begin.
    pub(super) fn take(&mut self) -> Rich {
        std::mem::take(self).rich
    }
}

/// How a font's property sets a text apart.
pub(super) fn marked(mark: Mark, name: &str, element: &BytesStart<'_>) -> Mark {
    match name {
        "strike" => Mark { struck: flag(element, "val", true), ..mark },
        "vertAlign" => {
            let raised = attribute(element, "val").is_some_and(|value| value != "baseline");
            Mark { raised, ..mark }
        }
        _ => mark,
    }
}

/// More texts than this are not kept: a cell that refers to one of the others makes its sheet unreadable.
const MOST_STRINGS: usize = 1_000_000;

/// The shared texts by their numbers.
pub(super) fn strings(xml: &str) -> Result<Vec<Rich>, String> {
    let mut strings = Vec::new();
    let mut reading = Reading::default();
    walk(xml, |node| {
        match node {
            Node::Start(element) => reading.start(element),
            Node::Text(text) => reading.text(text),
            Node::End(name) if local(name) == "si" => strings.push(reading.take()),
            Node::End(name) => reading.end(name),
        }
        if strings.len() < MOST_STRINGS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(strings)
}

/// A text in which letters that XML cannot hold are written as `_x000D_`.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (front, back) = rest.split_at(at);
        plain.push_str(front);
        let code = back.get(2..6).filter(|_| back.as_bytes().get(6) == Some(&b'_'));
        let letter = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        match letter {
            Some(letter) => {
                plain.push(letter);
                rest = &back[7..];
            }
            None => {
                plain.push_str("_x");
                rest = &back[2..];
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_apart_and_spoken_texts_left_out() {
        let xml = r#"<x:sst xmlns:x="urn:any"><x:si><x:t>12</x:t><x:rPh sb="0" eb="1"><x:t>34</x:t></x:rPh></x:si>
            <x:si><x:r><x:rPr><x:strike/></x:rPr><x:t>1</x:t></x:r><x:r><x:t>2</x:t></x:r></x:si>
            <x:si><x:r><x:rPr><x:b/></x:rPr><x:t>1</x:t></x:r><x:r><x:rPr><x:strike val="0"/></x:rPr><x:t>2</x:t></x:r></x:si>
            <x:si/><x:si><x:t xml:space="preserve"> a_x000A_b _x0041 </x:t></x:si></x:sst>"#;
        let strings = strings(xml).unwrap();
        let wholes: Vec<String> = strings.iter().map(Rich::whole).collect();
        assert_eq!(wholes, ["12", "12", "12", "", " a\nb _x0041 "]);
        let doubted = |at: usize| strings[at].cell(Mark::default()).is_some_and(|cell| cell.doubt.is_some());
        assert_eq!([doubted(0), doubted(1), doubted(2)], [false, true, false]);
    }
}
