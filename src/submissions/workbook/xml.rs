//! XML as a workbook's parts hold it: elements, the texts between them, and nothing that a document defines for itself.

use std::ops::ControlFlow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// What comes next in a part.
pub(super) enum Node<'a> {
    Start(&'a BytesStart<'a>),
    /// The name of the element that ends, with its prefix.
    End(&'a str),
    Text(&'a str),
}

/// Shows every element and text to the visitor, who may stop; an error says why the part is not XML.
pub(super) fn walk(xml: &str, mut visit: impl FnMut(Node<'_>) -> ControlFlow<()>) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0usize;
    loop {
        let next = match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => {
                depth += 1;
                visit(Node::Start(&element))
            }
            Event::Empty(element) => match visit(Node::Start(&element)) {
                ControlFlow::Continue(()) => visit(Node::End(element.name().as_ref())),
                stop => stop,
            },
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                visit(Node::End(element.name().as_ref()))
            }
            Event::Text(text) => visit(Node::Text(&text.xml10_content())),
            Event::CData(text) => visit(Node::Text(&text.xml10_content())),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().ok().flatten().map(String::from);
                // Only XML's own entities have a meaning: no spreadsheet program writes any that a document defines for itself.
                let text = letter.or_else(|| Some(resolve_xml_entity(&reference)?.to_owned()));
                let text =
                    text.ok_or_else(|| format!("it uses `{}`, which only it gives a meaning to", &*reference))?;
                visit(Node::Text(&text))
            }
            Event::Eof if depth > 0 => return Err("it ends in the middle of an element".into()),
            Event::Eof => return Ok(()),
            _ => ControlFlow::Continue(()),
        };
        if next.is_break() {
            return Ok(());
        }
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The name of an element without its prefix.
pub(super) fn local_name<'a>(element: &'a BytesStart<'_>) -> &'a str {
    element.local_name().into_inner()
}

/// The value of an attribute, by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    find(element, |key| local(key) == name)
}

/// The value of an attribute, by its name with prefix.
pub(super) fn qualified(element: &BytesStart<'_>, name: &str) -> Option<String> {
    find(element, |key| key == name)
}

fn find(element: &BytesStart<'_>, is: impl Fn(&str) -> bool) -> Option<String> {
    let attribute = element.attributes().flatten().find(|attribute| is(attribute.key.as_ref()))?;
    attribute.normalized_value(XmlVersion::Implicit1_0).map(|value| value.into_owned()).ok()
}

/// A number in an attribute.
pub(super) fn number<T: std::str::FromStr>(element: &BytesStart<'_>, name: &str) -> Option<T> {
    attribute(element, name)?.trim().parse().ok()
}

/// Whether an attribute is set, or takes its default.
pub(super) fn flag(element: &BytesStart<'_>, name: &str, default: bool) -> bool {
    match attribute(element, name).as_deref().map(str::trim) {
        Some("1" | "true" | "on") => true,
        Some(_) => false,
        None => default,
    }
}
