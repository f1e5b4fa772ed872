//! Styles of an OpenDocument spreadsheet, as far as they change what a person sees.

use std::collections::BTreeMap;

use quick_xml::events::BytesStart;

use super::super::sheet::Mark;
use super::super::xml::qualified;

/// More styles than any program writes.
const MOST: usize = 100_000;
/// How many styles a style may be built upon.
const DEEPEST: usize = 20;

/// Styles by family and name.
#[derive(Default)]
pub(super) struct Styles {
    named: BTreeMap<(String, String), Style>,
    /// The one whose properties are being read.
    current: Option<(String, String)>,
}

#[derive(Default)]
struct Style {
    parent: Option<String>,
    struck: Option<bool>,
    raised: Option<bool>,
    white: Option<bool>,
    ground: Option<bool>,
    hides_table: bool,
}

impl Styles {
    /// Takes up an element of the styles.
    pub(super) fn start(&mut self, element: &BytesStart<'_>) {
        let value = |name| qualified(element, name);
        match element.name().into_inner() {
            "style:style" => {
                let key = (value("style:family").unwrap_or_default(), value("style:name").unwrap_or_default());
                self.current = None;
                if self.named.len() < MOST {
                    let style = Style { parent: value("style:parent-style-name"), ..Style::default() };
                    self.named.insert(key.clone(), style);
                    self.current = Some(key);
                }
            }
            "style:default-style" => self.current = None,
            "style:text-properties" => {
                let Some(style) = self.current.as_ref().and_then(|key| self.named.get_mut(key)) else { return };
                let line = value("style:text-line-through-style").or(value("style:text-line-through-type"));
                style.struck = line.map(|line| line != "none").or(style.struck);
                let position = value("style:text-position");
                let raised = |position: String| !position.starts_with("0%") && !position.starts_with("normal");
                style.raised = position.map(raised).or(style.raised);
                style.white = value("fo:color").map(|colour| colour.eq_ignore_ascii_case("#ffffff")).or(style.white);
            }
            "style:table-cell-properties" => {
                let Some(style) = self.current.as_ref().and_then(|key| self.named.get_mut(key)) else { return };
                let ground = value("fo:background-color").map(|colour| colour != "transparent");
                style.ground = ground.or(style.ground);
            }
            "style:table-properties" => {
                let Some(style) = self.current.as_ref().and_then(|key| self.named.get_mut(key)) else { return };
                style.hides_table |= value("table:display").is_some_and(|display| display == "false");
            }
            _ => {}
        }
    }

    /// How a style sets a text, with what it is built upon.
    pub(super) fn mark(&self, family: &str, name: &str) -> Mark {
        let (struck, raised) = self.of_text(family, name);
        Mark { struck: struck.unwrap_or(false), raised: raised.unwrap_or(false) }
    }

    /// How a style sets a piece of a text that is set in some way.
    pub(super) fn mark_within(&self, name: &str, outer: Mark) -> Mark {
        let (struck, raised) = self.of_text("text", name);
        Mark { struck: struck.unwrap_or(outer.struck), raised: raised.unwrap_or(outer.raised) }
    }

    fn of_text(&self, family: &str, name: &str) -> (Option<bool>, Option<bool>) {
        let found = self.found(family, name, [|style| style.struck, |style| style.raised]);
        (found[0], found[1])
    }

    /// Whether a cell's style writes white on no ground of its own.
    pub(super) fn is_unseen(&self, name: &str) -> bool {
        let [white, ground] = self.found("table-cell", name, [|style| style.white, |style| style.ground]);
        white == Some(true) && ground != Some(true)
    }

    /// Properties of a style, or else of what it is built upon.
    fn found(&self, family: &str, name: &str, wanted: [fn(&Style) -> Option<bool>; 2]) -> [Option<bool>; 2] {
        let mut found = [None, None];
        let mut next = Some(name.to_owned());
        for _ in 0..DEEPEST {
            let Some(style) = next.take().and_then(|name| self.named.get(&(family.to_owned(), name))) else { break };
            found.iter_mut().zip(wanted).for_each(|(found, wanted)| *found = found.or(wanted(style)));
            next = style.parent.clone();
        }
        found
    }

    /// Whether a sheet of this style is hidden.
    pub(super) fn hides_table(&self, name: &str) -> bool {
        self.named.get(&("table".to_owned(), name.to_owned())).is_some_and(|style| style.hides_table)
    }
}
