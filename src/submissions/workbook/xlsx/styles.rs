//! Styles of SpreadsheetML, as far as they change what a person sees in a cell.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::super::number_format;
use super::super::sheet::Mark;
use super::super::xml::{Node, attribute, local, local_name, number, walk};
use super::strings::marked;

/// How cells are set.
#[derive(Default)]
pub(super) struct Styles {
    cells: Vec<Style>,
    /// Where a cell has none.
    plain: Style,
}

/// More styles than any program writes, and a longer format.
const MOST: usize = 100_000;
const LONGEST: usize = 1_000;

/// How one cell is set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Style {
    /// The code of the number's format.
    pub(super) format: String,
    pub(super) mark: Mark,
    /// White letters on no ground of their own.
    pub(super) unseen: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style { format: "General".into(), mark: Mark::default(), unseen: false }
    }
}

impl Styles {
    /// The style with this number, as a cell gives it.
    pub(super) fn get(&self, number: Option<usize>) -> &Style {
        self.cells.get(number.unwrap_or(0)).unwrap_or(&self.plain)
    }
}

#[derive(Clone, Copy, Default)]
struct Font {
    mark: Mark,
    white: bool,
}

/// The styles of a workbook's cells.
pub(super) fn read(xml: &str) -> Result<Styles, String> {
    let mut path: Vec<String> = Vec::new();
    let mut codes: BTreeMap<u32, String> = BTreeMap::new();
    let mut fonts: Vec<Font> = Vec::new();
    let mut filled: Vec<bool> = Vec::new();
    let mut styles = Styles::default();
    let mut too_many = false;
    walk(xml, |node| {
        match node {
            Node::Start(element) => {
                let name = local_name(element);
                match (path.get(1).map(String::as_str), path.len(), name) {
                    (Some("numFmts"), 2, "numFmt") => {
                        let code = attribute(element, "formatCode").unwrap_or_default();
                        let code = if code.len() > LONGEST { "General".to_owned() } else { code };
                        codes.extend(number(element, "numFmtId").map(|id| (id, code)));
                    }
                    (Some("fonts"), 2, "font") => fonts.push(Font::default()),
                    (Some("fonts"), 3, "color") => {
                        let rgb = attribute(element, "rgb").is_some_and(|rgb| rgb.to_uppercase().ends_with("FFFFFF"));
                        let theme = attribute(element, "theme").is_some_and(|theme| theme == "0");
                        if let Some(font) = fonts.last_mut() {
                            font.white = rgb || theme && attribute(element, "tint").is_none();
                        }
                    }
                    (Some("fonts"), 3, name) => {
                        if let Some(font) = fonts.last_mut() {
                            font.mark = marked(font.mark, name, element);
                        }
                    }
                    (Some("fills"), 2, "fill") => filled.push(false),
                    (Some("fills"), 3, kind) => {
                        let none = attribute(element, "patternType").is_none_or(|pattern| pattern == "none");
                        if let Some(last) = filled.last_mut() {
                            *last = kind != "patternFill" || !none;
                        }
                    }
                    (Some("cellXfs"), 2, "xf") => {
                        let id = number(element, "numFmtId").unwrap_or(0);
                        let format = codes.get(&id).map_or(number_format::built_in(id), String::as_str).to_owned();
                        let at = |name| number::<usize>(element, name).unwrap_or(0);
                        let font = fonts.get(at("fontId")).copied().unwrap_or_default();
                        let ground = filled.get(at("fillId")).copied().unwrap_or_default();
                        styles.cells.push(Style { format, mark: font.mark, unseen: font.white && !ground });
                    }
                    _ => {}
                }
                path.push(name.to_owned());
            }
            Node::End(name) => {
                if path.last().is_some_and(|last| last == local(name)) {
                    path.pop();
                }
            }
            Node::Text(_) => {}
        }
        too_many = [codes.len(), fonts.len(), filled.len(), styles.cells.len()].iter().any(|count| *count > MOST);
        if too_many { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if too_many { Err("it has more styles than any workbook".into()) } else { Ok(styles) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_and_formats_of_cells_are_those_of_their_own_lists() {
        let xml = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0&quot; people&quot;"/></numFmts>
            <fonts><font/><font><strike/><color rgb="FFFFFFFF"/></font></fonts><fills><fill><patternFill patternType="none"/></fill></fills>
            <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="170" fontId="0"/><xf numFmtId="9" fontId="1" fillId="0"/></cellXfs>
            <dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"#;
        let styles = read(xml).unwrap();
        let format = |at| styles.get(Some(at)).format.as_str();
        assert_eq!([format(0), format(1), format(2)], ["0\" people\"", "0%", "General"]);
        let second = styles.get(Some(1));
        assert_eq!((second.mark.struck, second.unseen, styles.get(None).mark.struck), (true, true, false));
    }
}
