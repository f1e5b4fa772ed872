//! Typesets a document as HTML, and makes up for what Typst's HTML lacks: the only file that knows it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, anyhow, bail, ensure};
use comemo::Track;
use typst::ecow::EcoVec;
use typst::model::LateLinkResolver;
use typst_html::{HtmlAttr, HtmlDocument, HtmlElement, HtmlNode, HtmlOptions, attr, html_in_bundle, tag};

use super::drawings;
use super::figures::Place;
use super::numbers::{self, Numbers};
use super::proof::{Print, Reader};
use super::world::Document;

/// What a page is made of; `page.html` puts it together.
#[derive(Default)]
pub struct Body {
    /// The style rules that Typst wants in the page's head, for equations; often empty.
    pub styles: String,
    /// The cover block with the page's only `h1`, or nothing.
    pub cover: String,
    /// What follows the cover.
    pub html: String,
    /// The headings for the list of contents, in their order.
    pub contents: Vec<Heading>,
    /// The numbers on the page.
    pub print: Print,
}

/// One entry of the list of contents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Heading {
    /// 2 for a chapter, 3 for a section.
    pub level: u8,
    /// The element's `id`, unique on the page.
    pub id: String,
    /// The words, without footnote marks.
    pub text: String,
    /// The chapter that tells it from another section of these words; often empty.
    pub of: String,
}

/// How the theme marks the place of a chart; a `<` is never part of text, so this cannot be forged by a name.
const CHART: &str = "<div class=\"chart\" data-chart=\"";

/// Typesets the document as the parts of an HTML page.
pub fn html(document: &Document) -> Result<Body> {
    html_with(document, |_| {})
}

/// The same, with its elements changed before they become text.
pub fn html_with(document: &Document, change: impl FnOnce(&mut HtmlElement)) -> Result<Body> {
    let mut page: HtmlDocument = document.compile()?;

    let mut ids = Identifiers::default();
    ids.reserve(page.root());
    ids.name_headings(page.root_mut());
    let print = Figures::name(page.root_mut(), document.numbers())?;
    names_are_own(page.root(), &mut BTreeSet::new())?;
    change(page.root_mut());

    let mut body = child(page.root(), |element| element.tag == tag::body).context("Typst made no body")?.clone();
    let cover = take(&mut body, |element| element.attrs.get(attr::class).is_some_and(|class| class == "cover"));
    let styles = child(page.root(), |element| element.tag == tag::head)
        .and_then(|head| child(head, |element| element.tag == tag::style))
        .map(text)
        .unwrap_or_default();

    let introspector = page.introspector();
    let links = LateLinkResolver::new(None, introspector.as_ref());
    let options = HtmlOptions { pretty: true };
    let encode = |element: &HtmlElement| -> Result<String> {
        let text = html_in_bundle(element, &options, links.track()).map_err(|errors| document.problems(&errors))?;
        Ok(text.trim_start_matches("<!DOCTYPE html>").trim().to_owned())
    };
    // A footnote's role belongs on the link; `<a ` cannot stand in text, so nothing else is changed.
    let html = ["doc-noteref", "doc-backlink"].iter().fold(encode(&body)?, |html, role| {
        html.replace(&format!(" role=\"{role}\"><a "), &format!("><a role=\"{role}\" "))
    });
    let html = html.strip_prefix("<body>").and_then(|html| html.strip_suffix("</body>")).context("an odd body")?;
    Ok(Body {
        styles,
        cover: cover.as_ref().map(encode).transpose()?.unwrap_or_default(),
        html: inline_charts(html.trim_matches('\n'), document)?,
        contents: told_apart(ids.contents),
        print,
    })
}

/// Makes sure that no two tables are called the same: a screen reader lists them by their names.
fn names_are_own(element: &HtmlElement, names: &mut BTreeSet<String>) -> Result<()> {
    for node in &element.children {
        let HtmlNode::Element(element) = node else { continue };
        if element.attrs.get(attr::role).is_some_and(|role| role == "region") {
            let name = element.attrs.0.iter().find(|(name, _)| name.resolve().as_str() == "aria-label");
            if let Some((_, name)) = name
                && !names.insert(name.to_string())
            {
                bail!(
                    "two tables or formulas are called `{name}`: give each a `caption` (a table) or `name` (a formula) of its own"
                );
            }
        }
        names_are_own(element, names)?;
    }
    Ok(())
}

/// Gives headings of the same words the name of their chapter: a screen reader lists links without what stands around them.
fn told_apart(mut headings: Vec<Heading>) -> Vec<Heading> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    headings.iter().for_each(|heading| *times.entry(heading.text.clone()).or_default() += 1);
    let mut chapter = String::new();
    for heading in &mut headings {
        if heading.level == 2 {
            // "Indicator 8: Leaving the organisation" is called by what it is about.
            chapter = heading.text.split_once(": ").map_or(&*heading.text, |(_, about)| about).to_owned();
        } else if times.get(&heading.text).is_some_and(|times| *times > 1) {
            heading.of.clone_from(&chapter);
        }
    }
    headings
}

/// Puts both drawings of each chart in its place, so that the page's font applies and their words can be searched and copied;
/// the style shows one of them.
fn inline_charts(html: &str, document: &Document) -> Result<String> {
    let mut pieces = html.split(CHART);
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (path, rest) = piece.split_once("\"></div>").context("a chart's place is not empty")?;
        for (class, path) in [("wide", path.to_owned()), ("narrow", drawings::narrow(path))] {
            whole.push_str(&format!("<div class=\"chart {class}\">"));
            whole.push_str(chart(&path, document).with_context(|| format!("the chart {path}"))?);
            whole.push_str("</div>\n");
        }
        whole.push_str(rest);
    }
    Ok(whole)
}

/// The `svg` element of a chart, which has to bring its own text alternative.
fn chart<'a>(path: &str, document: &'a Document) -> Result<&'a str> {
    let text = std::str::from_utf8(document.bytes(path).context("no such file")?)?;
    let svg = text.find("<svg").map(|start| text[start..].trim_end()).context("not an SVG")?;
    let opening = svg.split('>').next().unwrap_or_default();
    ensure!(opening.contains("viewBox="), "no viewBox: it could not shrink on a narrow screen");
    if !(opening.contains("role=\"img\"") && opening.contains("aria-label=\"")) {
        bail!("no role=\"img\" with an aria-label: a screen reader would read its labels one by one");
    }
    ensure!(!svg.contains(" id=\""), "an id: it could be the same as another chart's on the page");
    Ok(svg)
}

/// The identifiers of a page: taken once each, made from the words of its headings.
#[derive(Default)]
struct Identifiers {
    taken: BTreeSet<String>,
    contents: Vec<Heading>,
    /// The level of the heading that was met last.
    level: u8,
}

impl Identifiers {
    /// Notes the identifiers that Typst has given, for links.
    fn reserve(&mut self, element: &HtmlElement) {
        if let Some(id) = element.attrs.get(attr::id) {
            self.taken.insert(id.to_string());
        }
        for node in &element.children {
            if let HtmlNode::Element(element) = node {
                self.reserve(element);
            }
        }
    }

    /// Names the headings that have no identifier, and lists all of them.
    fn name_headings(&mut self, element: &mut HtmlElement) {
        for node in element.children.make_mut() {
            let HtmlNode::Element(element) = node else {
                continue;
            };
            let level = match element.tag {
                tag::h2 => 2,
                tag::h3 => 3,
                tag::h4 => {
                    self.level = 4;
                    continue;
                }
                // No heading of the document's own stands in these, and they hold most of a page's elements.
                tag::figure => {
                    self.name_chart(element);
                    continue;
                }
                tag::p | tag::table | tag::details | tag::ul | tag::head => continue,
                _ => {
                    self.name_headings(element);
                    continue;
                }
            };
            self.level = level;
            let text = text(element).split_whitespace().collect::<Vec<_>>().join(" ");
            let id = match element.attrs.get(attr::id) {
                Some(id) => id.to_string(),
                None => {
                    let id = self.unique(&slug(&text));
                    element.attrs.push_front(attr::id, id.as_str());
                    id
                }
            };
            self.contents.push(Heading { level, id, text, of: String::new() });
        }
    }

    /// Gives a chart an identifier from its file's name, and its link that place: a chart may stand on a page twice. Its title
    /// becomes a heading below that of its section.
    fn name_chart(&mut self, figure: &mut HtmlElement) {
        let Some(name) = chart_path(figure).and_then(|path| path.rsplit('/').next()?.strip_suffix(".svg").map(slug))
        else {
            return;
        };
        let id = self.unique(&format!("chart-{name}"));
        figure.attrs.push_front(attr::id, id.as_str());
        link_to(figure, &format!("#{id}"));
        let level = match self.level {
            0 | 1 => tag::h2,
            2 => tag::h3,
            3 => tag::h4,
            _ => tag::h5,
        };
        each(figure, "chart-title", &mut |title| title.tag = level);
    }

    fn unique(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let mut number = 2;
        while !self.taken.insert(id.clone()) {
            id = format!("{wanted}-{number}");
            number += 1;
        }
        id
    }
}

/// Puts each number of a figure into a `span` with the figure's id; the first on the page can be linked to.
struct Figures<'a> {
    attribute: HtmlAttr,
    numbers: &'a Numbers,
    seen: BTreeSet<&'a str>,
    reader: Reader<'a>,
}

impl<'a> Figures<'a> {
    fn name(root: &mut HtmlElement, numbers: &'a Numbers) -> Result<Print> {
        let attribute = HtmlAttr::intern("data-figure").map_err(|error| anyhow!("data-figure: {error}"))?;
        let mut figures = Self { attribute, numbers, seen: BTreeSet::new(), reader: Reader::new(numbers) };
        figures.element(root);
        Ok(figures.reader.finish())
    }

    fn element(&mut self, element: &mut HtmlElement) {
        for node in element.children.make_mut() {
            match node {
                // Its words are those of the page's own head.
                HtmlNode::Element(element) if element.tag == tag::head => {}
                HtmlNode::Element(element) => self.element(element),
                HtmlNode::Text(words, span) => match numbers::key_of(*span) {
                    Some(key) => {
                        self.reader.number(key, words, &Place::Html);
                        let Some((id, _)) = self.numbers.get(key) else { continue };
                        let mut wrapped = HtmlElement::new(tag::span);
                        if self.seen.insert(id) {
                            wrapped.attrs.push(attr::id, id);
                        }
                        wrapped.attrs.push(self.attribute, id);
                        *node = HtmlNode::Element(wrapped.with_children(EcoVec::from([node.clone()])));
                    }
                    None => self.reader.words(words, &Place::Html, |_| *span),
                },
                HtmlNode::Tag(_) | HtmlNode::Frame(_) => {}
            }
        }
    }
}

/// The file of the chart that a figure shows.
fn chart_path(element: &HtmlElement) -> Option<String> {
    let own = element.attrs.0.iter().find(|(name, _)| name.resolve().as_str() == "data-chart");
    own.map(|(_, path)| path.to_string()).or_else(|| {
        element.children.iter().find_map(|node| match node {
            HtmlNode::Element(inner) => chart_path(inner),
            _ => None,
        })
    })
}

/// Sets where the figure's link to itself goes.
fn link_to(figure: &mut HtmlElement, href: &str) {
    each(figure, "copy-link", &mut |link| link.attrs.push_front(attr::href, href));
}

/// Changes each element of this class inside another.
fn each(element: &mut HtmlElement, class: &str, change: &mut impl FnMut(&mut HtmlElement)) {
    for node in element.children.make_mut() {
        if let HtmlNode::Element(inner) = node {
            if inner.attrs.get(attr::class).is_some_and(|own| own == class) {
                change(inner);
            }
            each(inner, class, change);
        }
    }
}

/// Words joined by hyphens, such as `leaving-the-organisation`.
fn slug(text: &str) -> String {
    let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "section".into() } else { words.join("-").to_lowercase() }
}

/// The words in an element, without the marks of footnotes.
pub fn text(element: &HtmlElement) -> String {
    let pieces = element.children.iter().map(|node| match node {
        HtmlNode::Text(text, _) => text.to_string(),
        HtmlNode::Element(inner) if inner.attrs.get(attr::role).is_some_and(|role| role == "doc-noteref") => {
            String::new()
        }
        HtmlNode::Element(inner) if inner.tag == tag::br => " ".into(),
        HtmlNode::Element(inner) => text(inner),
        HtmlNode::Tag(_) | HtmlNode::Frame(_) => String::new(),
    });
    pieces.collect()
}

/// The first child element that fits.
fn child(parent: &HtmlElement, fits: impl Fn(&HtmlElement) -> bool) -> Option<&HtmlElement> {
    parent.children.iter().find_map(|node| match node {
        HtmlNode::Element(element) if fits(element) => Some(element),
        _ => None,
    })
}

/// Takes the first child element that fits out of its parent.
fn take(parent: &mut HtmlElement, fits: impl Fn(&HtmlElement) -> bool) -> Option<HtmlElement> {
    let place = parent.children.iter().position(|node| matches!(node, HtmlNode::Element(element) if fits(element)))?;
    match parent.children.remove(place) {
        HtmlNode::Element(element) => Some(element),
        _ => None,
    }
}
