//! One cell of an OpenDocument spreadsheet: its value, and the paragraphs that are shown for it.

use quick_xml::events::BytesStart;

use super::super::number_format;
use super::super::sheet::{Cell, Doubt, Mark, Rich, Value};
use super::super::xml::qualified;
use super::styles::Styles;

/// Inside a paragraph, what is not part of the text that is seen in the line.
const UNSEEN: [&str; 5] = ["text:note", "text:ruby-text", "text:deletion", "text:tracked-changes", "text:script"];

/// The most spaces that one element is taken for.
const MOST_SPACES: usize = 1_000;

/// The cell that is being read.
#[derive(Default)]
pub(super) struct Current {
    kind: String,
    value: String,
    string_value: Option<String>,
    formula: bool,
    error: bool,
    pub(super) repeated: u32,
    /// Whether a merged cell lies over it.
    pub(super) covered: bool,
    /// Whether it is written in white on no ground of its own.
    pub(super) unseen: bool,
    mark: Mark,
    paragraphs: usize,
    text: Rich,
    /// How the texts are set that reading is in, the innermost last; empty outside of paragraphs.
    marks: Vec<Mark>,
}

impl Current {
    pub(super) fn new(element: &BytesStart<'_>, mark: Mark) -> Current {
        let value = |name| qualified(element, name);
        let values = ["office:value", "office:boolean-value", "office:date-value", "office:time-value"];
        Current {
            kind: value("office:value-type").unwrap_or_default(),
            value: values.into_iter().find_map(value).unwrap_or_default(),
            string_value: value("office:string-value"),
            formula: value("table:formula").is_some(),
            error: value("calcext:value-type").is_some_and(|kind| kind == "error"),
            mark,
            ..Current::default()
        }
    }

    /// Takes up an element inside the cell; `false` when what it holds is not seen as the cell's text.
    pub(super) fn start(&mut self, element: &BytesStart<'_>, styles: &Styles) -> bool {
        let name = element.name().into_inner();
        let inside = !self.marks.is_empty();
        let outer = self.marks.last().copied().unwrap_or(self.mark);
        match name {
            "text:p" | "text:h" => {
                if self.paragraphs > 0 {
                    self.text.push("\n", Some(outer));
                }
                self.paragraphs += 1;
                let style = qualified(element, "text:style-name");
                self.marks.push(style.map_or(outer, |style| styles.mark_within(&style, outer)));
            }
            "text:list" | "text:list-item" if !inside => {}
            _ if !inside || UNSEEN.contains(&name) || !name.starts_with("text:") => return false,
            _ => {
                match name {
                    "text:s" => {
                        let count = qualified(element, "text:c").and_then(|count| count.parse().ok()).unwrap_or(1);
                        self.text.push(&" ".repeat(count.min(MOST_SPACES)), Some(outer));
                    }
                    "text:tab" => self.text.push("\t", Some(outer)),
                    "text:line-break" => self.text.push("\n", Some(outer)),
                    _ => {}
                }
                let style = qualified(element, "text:style-name").filter(|_| name == "text:span");
                self.marks.push(style.map_or(outer, |style| styles.mark_within(&style, outer)));
            }
        }
        true
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(mark) = self.marks.last() {
            // Breaks and spaces in the file itself count as one space.
            let text = text.replace(['\n', '\r', '\t'], " ");
            self.text.push(&text, Some(*mark));
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if !["text:list", "text:list-item"].contains(&name) {
            self.marks.pop();
        }
    }

    /// What a person sees in the cell.
    pub(super) fn content(&self) -> Option<Cell> {
        let mut cell = self.written()?;
        if self.unseen && matches!(cell.value, Value::Number(_) | Value::Text(_)) {
            cell.doubt = cell.doubt.or(Some(Doubt::Otherwise(String::new())));
        }
        Some(cell)
    }

    fn written(&self) -> Option<Cell> {
        let shown = self.text.whole();
        if self.error {
            let error = if shown.trim().is_empty() { "an error" } else { shown.trim() };
            return Some(Cell::plain(Value::Error(error.to_owned())));
        }
        match self.kind.as_str() {
            "float" | "percentage" | "currency" => {
                let number = self.value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                Some(match number {
                    Some(number) => self.number(number_format::fifteen_digits(number), &shown),
                    None => Cell::plain(Value::Text(self.value.clone())),
                })
            }
            "boolean" | "date" | "time" => {
                let shown = if shown.trim().is_empty() { self.value.clone() } else { shown.trim().to_owned() };
                Some(Cell::plain(Value::Other(shown)))
            }
            _ if !self.text.is_empty() => self.text.cell(self.mark),
            "string" => Cell::text(self.string_value.clone().unwrap_or_default()),
            _ => self.formula.then(|| Cell::plain(Value::Formula)),
        }
    }

    fn number(&self, number: f64, shown: &str) -> Cell {
        let struck = self.text.cell(self.mark).and_then(|cell| cell.doubt);
        let doubt = match struck {
            Some(Doubt::Struck { .. }) => struck,
            _ if self.mark.struck => Some(Doubt::struck(number)),
            _ if self.paragraphs > 0 => number_format::doubt(shown, number),
            _ => None,
        };
        let doubt = doubt.or_else(|| match self.kind.as_str() {
            "percentage" => Some(Doubt::Percentage(format!("{}%", number_format::fifteen_digits(number * 100.0)))),
            "currency" if self.paragraphs == 0 => Some(Doubt::Otherwise("a sum of money".into())),
            _ => None,
        });
        Cell { value: Value::Number(number), doubt }
    }
}
