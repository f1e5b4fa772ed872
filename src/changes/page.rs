//! The page of changes: what it is made from, how its values read, and where it leads to.

use serde::Serialize;

use super::differences::{Cause, CausePlace};
use super::entry::{Changes, Entry, Kind, Value};

/// A part of the page.
#[derive(Serialize)]
struct Section<'a> {
    id: &'static str,
    title: &'static str,
    /// How many there are, and how many of them are not on the page.
    count: usize,
    more: usize,
    entries: Vec<View<'a>>,
}

#[derive(Serialize)]
struct View<'a> {
    what: &'a str,
    /// Where the figure is explained, if it is anywhere.
    address: Option<String>,
    values: Vec<ValueView<'a>>,
    printed: &'a str,
    causes: Vec<CauseView<'a>>,
    more_causes: usize,
}

#[derive(Serialize)]
struct CauseView<'a> {
    told: &'a str,
    /// Where it can be looked at, if it can.
    address: Option<String>,
}

/// How the page reads, and where it leads to.
#[derive(Clone, Copy)]
pub struct Reading {
    /// What a column is called.
    pub column: fn(&str) -> String,
    /// A value of a column, as people read it.
    pub value: fn(&str, &str) -> String,
    /// The same of what a number differs by.
    pub by: fn(&str, &str) -> String,
    /// Where a figure is explained, by what the ids of its printed numbers begin with.
    pub figure: fn(&str) -> Option<String>,
    /// Where a cause can be looked at.
    pub cause: fn(&CausePlace) -> Option<String>,
}

/// A value as people read it.
#[derive(Serialize)]
struct ValueView<'a> {
    column: String,
    what: &'a str,
    old: String,
    new: String,
    by: String,
}

impl Reading {
    fn causes<'a>(&self, of: &'a [Cause]) -> Vec<CauseView<'a>> {
        let address = |cause: &Cause| cause.place.as_ref().and_then(|place| (self.cause)(place));
        of.iter().map(|cause| CauseView { told: &cause.told, address: address(cause) }).collect()
    }

    fn value<'a>(&self, of: &'a Value) -> ValueView<'a> {
        let Value { column, what, old, new, by } = of;
        let read = |value: &str| if column.is_empty() { value.to_owned() } else { (self.value)(column, value) };
        let by = (self.by)(column, by);
        let column = if column.is_empty() { String::new() } else { (self.column)(column) };
        ValueView { column, what, old: read(old), new: read(new), by }
    }
}

/// What the page is made from.
#[derive(Serialize)]
pub struct PageView<'a> {
    compared: bool,
    causes: Vec<CauseView<'a>>,
    more_causes: usize,
    sections: Vec<Section<'a>>,
}

/// How many changes of a kind, and how many causes, stand on the page: the table has all.
const ON_THE_PAGE: usize = 100;

impl Changes {
    /// What the page is made from.
    pub fn page(&self, reading: Reading) -> PageView<'_> {
        let section = |kind: Kind| {
            let all: Vec<&Entry> = self.entries.iter().filter(|entry| entry.kind == kind).collect();
            let entries: Vec<View<'_>> = all
                .iter()
                .take(ON_THE_PAGE)
                .map(|entry| View {
                    what: &entry.what,
                    address: (reading.figure)(&entry.figure).filter(|_| !entry.figure.is_empty()),
                    values: entry.values.iter().map(|value| reading.value(value)).collect(),
                    printed: &entry.printed,
                    causes: reading.causes(&entry.causes.named),
                    more_causes: entry.causes.more,
                })
                .collect();
            let (count, more) = (all.len(), all.len() - entries.len());
            Section { id: kind.id(), title: kind.title(), count, more, entries }
        };
        PageView {
            compared: self.compared,
            causes: reading.causes(&self.causes[..self.causes.len().min(ON_THE_PAGE)]),
            more_causes: self.causes.len().saturating_sub(ON_THE_PAGE),
            sections: Kind::ALL.map(section).into_iter().filter(|section| section.count > 0).collect(),
        }
    }
}
