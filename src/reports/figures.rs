//! Numbers in print: each belongs to a figure with an id, is recognised again in the finished documents, and compared.
//!
//! A [`Printed`] reaches sentences and a document's data as its text between marks that no other text can hold. Typst sees it as
//! a text with a place of its own (`numbers`), by which PDF and HTML are read.

mod data;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use serde::{Serialize, Serializer};

use crate::statistics::Marker;

pub use data::Data;

use super::words;

/// Characters that Unicode reserves for use inside programs: before an id, between it and the text, after the text.
const OPEN: char = '\u{FDD0}';
const MIDDLE: char = '\u{FDD1}';
const CLOSE: char = '\u{FDD2}';

/// Before words that templates see as content, whether or not numbers are in them.
pub const WORDS: char = '\u{FDD3}';

/// A number, or the symbol in its place, as the figure with this id prints it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Printed {
    id: String,
    text: String,
    symbol: Option<&'static str>,
}

impl Printed {
    /// The figure's id, such as `2024/england/2/all/relative_likelihood`, and its text.
    pub fn new(id: String, text: impl Into<String>) -> Self {
        Self { id, text: text.into(), symbol: None }
    }

    /// A number that is not there: its symbol says why.
    pub fn missing(id: String, why: Marker) -> Self {
        Self { id, text: format!("[{}]", why.id()), symbol: Some(why.id()) }
    }

    /// The number, or the symbol of why it is not there.
    pub fn or(id: String, text: Option<String>, why: Marker) -> Self {
        match text {
            Some(text) => Self::new(id, text),
            None => Self::missing(id, why),
        }
    }

    /// The symbol in place of the number, such as `c`.
    pub fn symbol(&self) -> Option<&'static str> {
        self.symbol
    }

    /// The text alone.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Serialize for Printed {
    /// The marked text, as templates see it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&marked(&self.id, &self.text))
    }
}

/// A count that templates print and test: `{{ x.print }}` and `x.n`.
#[derive(Clone, Debug, Serialize)]
pub struct CountView {
    /// The number, for tests.
    pub n: u64,
    /// The number in print.
    pub print: Printed,
}

impl CountView {
    /// A count of authorities, indicators or the like.
    pub fn new(id: String, n: usize) -> Self {
        let n = n as u64;
        Self { n, print: Printed::new(id, words::count(n)) }
    }
}

/// A part of a text: words, or a number of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A number: its id and its text.
    Figure(&'a str, &'a str),
}

/// The parts of a text in their order; marks that are not in their places are left out.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (index, part) in text.split(OPEN).enumerate() {
        let figure = part.split_once(MIDDLE).and_then(|(id, rest)| Some((id, rest.split_once(CLOSE)?)));
        let words = match figure.filter(|_| index > 0) {
            Some((id, (printed, rest))) => {
                pieces.push(Piece::Figure(id, printed));
                rest
            }
            None => part,
        };
        pieces.extend(words.split([MIDDLE, CLOSE]).filter(|words| !words.is_empty()).map(Piece::Words));
    }
    pieces
}

/// The text with its words and printed numbers changed, and the ids of figures as they are.
pub fn changed(text: &str, change: impl Fn(&str) -> String) -> String {
    let piece = |piece| match piece {
        Piece::Words(words) => change(words),
        Piece::Figure(id, printed) => marked(id, &change(printed)),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// A number between its marks.
pub fn marked(id: &str, text: &str) -> String {
    format!("{OPEN}{id}{MIDDLE}{text}{CLOSE}")
}

/// The text without marks.
pub fn plain(text: &str) -> String {
    let words = pieces(text).into_iter().map(|piece| match piece {
        Piece::Words(text) | Piece::Figure(_, text) => text,
    });
    words.collect()
}

/// The text with single spaces, as lines may have broken it.
pub fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One number as a document prints it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// The figure's id.
    pub id: String,
    /// What is printed, with single spaces.
    pub printed: String,
    /// Where: a page's number, or a chart's name.
    pub place: Place,
}

/// Where a number stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// On this page of the PDF, counted from 1.
    Page(usize),
    /// In the HTML.
    Html,
    /// In the text alternative, the title or the subtitle of this chart.
    Chart(String),
}

/// A figure of a document: its id, what is printed for it, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The figure's id.
    pub id: String,
    /// What is printed.
    pub printed: String,
    /// The pages of the PDF that it stands on.
    pub pages: BTreeSet<usize>,
    /// The charts whose words hold it.
    pub charts: BTreeSet<String>,
}

/// Gathers what a document prints, by figure, its HTML first; a figure that is printed in two ways, or in one format only, is an error.
pub fn gather(readings: &[Reading]) -> Result<Vec<Recorded>> {
    let mut figures: BTreeMap<&str, (Recorded, [usize; 2])> = BTreeMap::new();
    for Reading { id, printed, place } in readings {
        let (figure, times) = figures.entry(id).or_insert_with(|| {
            let (id, printed) = (id.clone(), printed.clone());
            (Recorded { id, printed, pages: BTreeSet::new(), charts: BTreeSet::new() }, [0; 2])
        });
        // A line of the page may have broken where the other format has a space.
        let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
        ensure!(
            letters(&figure.printed) == letters(printed),
            "the figure {id} is printed as `{}` and, {place}, as `{printed}`: please report this",
            figure.printed
        );
        match place {
            Place::Page(page) => {
                figure.pages.insert(*page);
                times[0] += 1;
            }
            Place::Html => times[1] += 1,
            Place::Chart(chart) => {
                figure.charts.insert(chart.clone());
            }
        }
    }
    for (figure, [pdf, html]) in figures.values() {
        if (*pdf == 0) != (*html == 0) {
            let only = if *pdf == 0 { "HTML" } else { "PDF" };
            bail!("the figure {} (`{}`) is printed in the {only} only: please report this", figure.id, figure.printed);
        }
    }
    Ok(figures.into_values().map(|(figure, _)| figure).collect())
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Page(page) => write!(formatter, "on page {page} of the PDF"),
            Place::Html => write!(formatter, "in the HTML"),
            Place::Chart(chart) => write!(formatter, "in the words of the chart {chart}"),
        }
    }
}

/// The rows of a document in the table of all figures: id, what is printed, the document, the pages of its PDF, the charts' words.
pub fn rows(document: &str, figures: &[Recorded]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for figure in figures {
        let pages: Vec<String> = figure.pages.iter().map(usize::to_string).collect();
        let charts: Vec<&str> = figure.charts.iter().map(String::as_str).collect();
        writer.write_record([&figure.id, &figure.printed, document, &pages.join(" "), &charts.join(" ")])?;
    }
    writer.into_inner().context("cannot finish the figures of a document")
}

/// The table of all figures that are printed.
///
/// `documents` are the rows of those that were made now; of `earlier`, the table of the build before, the rows of other documents
/// stay where these do.
pub fn csv(
    documents: &BTreeMap<String, Vec<u8>>,
    earlier: Option<&[u8]>,
    stays: impl Fn(&str) -> bool,
) -> Result<Vec<u8>> {
    let mut kept: BTreeMap<String, csv::Writer<Vec<u8>>> = BTreeMap::new();
    for record in earlier.map(csv::Reader::from_reader).into_iter().flat_map(csv::Reader::into_records) {
        let record = record.context("the figures of the build before cannot be read")?;
        let document = record.get(2).unwrap_or_default();
        if !documents.contains_key(document) && stays(document) {
            let writer = kept.entry(document.to_owned()).or_insert_with(|| csv::Writer::from_writer(Vec::new()));
            writer.write_record(&record)?;
        }
    }
    let mut rows: BTreeMap<&str, Cow<'_, [u8]>> =
        documents.iter().map(|(document, rows)| (document.as_str(), Cow::from(rows))).collect();
    for (document, writer) in &mut kept {
        writer.flush()?;
        rows.insert(document, Cow::from(writer.get_ref()));
    }
    let header = b"id,printed,document,pages,charts\n".as_slice();
    Ok(std::iter::once(header).chain(rows.values().map(AsRef::as_ref)).collect::<Vec<_>>().concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reports::columns::COLUMNS;

    fn reading(printed: &str, place: Place) -> Reading {
        Reading { id: "2024/england/2/all/relative_likelihood".to_owned(), printed: printed.to_owned(), place }
    }

    #[test]
    fn a_number_comes_apart_from_the_words_around_it() {
        let text = format!("The ratio is {} ({}).", marked("a", "0.52"), marked("b", "0.48 to 0.56"));
        let found = pieces(&text);
        let wanted = [
            Piece::Words("The ratio is "),
            Piece::Figure("a", "0.52"),
            Piece::Words(" ("),
            Piece::Figure("b", "0.48 to 0.56"),
            Piece::Words(")."),
        ];
        assert_eq!(found, wanted);
        assert_eq!(plain(&text), "The ratio is 0.52 (0.48 to 0.56).");
    }

    #[test]
    fn a_figure_printed_in_two_ways_or_in_one_format_is_an_error() {
        let both = [reading("0.52", Place::Page(4)), reading("0.52", Place::Html)];
        assert_eq!(gather(&both).unwrap()[0].pages, BTreeSet::from([4]));
        let differs = [reading("0.52", Place::Page(4)), reading("0.53", Place::Html)];
        assert!(gather(&differs).unwrap_err().to_string().contains("in the HTML"));
        assert!(gather(&both[..1]).unwrap_err().to_string().contains("PDF only"));
        let chart =
            [reading("0.52", Place::Page(4)), reading("0.52", Place::Html), reading("0.5", Place::Chart("2".into()))];
        assert!(gather(&chart).is_err());
    }

    #[test]
    fn print_and_data_file_are_compared() {
        let header = COLUMNS.map(|column| column.id).join(",");
        let row = "2024,national,england,England,all,2,,73,1005,20000,4000,41000,0.050,0.098,0.52,0.48,1.00,0.0001,-0.047,disadvantage,,minoritised_denominator:50,0.94,1.06";
        let data = Data::read(format!("{header}\n{row}\n").as_bytes(), &[]).unwrap();
        let agree = |part: &str, printed: &str| {
            let id = format!("2024/england/2/all/{part}");
            data.agree(&Recorded { id, printed: printed.into(), pages: BTreeSet::new(), charts: BTreeSet::new() })
                .is_ok()
        };
        assert!(agree("minoritised_denominator", "about 20,000") && !agree("minoritised_denominator", "about 20,050"));
        assert!(agree("minoritised_numerator", "1,005") && !agree("minoritised_numerator", "1,000"));
        assert!(agree("white_rate", "9.8%") && !agree("white_rate", "9.7%"));
        assert!(agree("interval", "0.48 to <1.00") && !agree("interval", "0.48 to 1.01"));
        assert!(agree("difference", "−4.7") && !agree("difference", "+4.7"));
        assert!(!agree("relative_likelihood", "[c]") && !agree("relative_likelihood", "0.5"));
        assert!(
            agree("at_parity", "12") && !agree("relative_risk", "0.52"),
            "no part goes uncompared unless it is known to"
        );
    }

    proptest! {
        #[test]
        fn no_text_gets_out_of_its_marks(before in any::<String>(), text in "[^\u{FDD0}\u{FDD1}\u{FDD2}]*", after in any::<String>()) {
            let marks = [OPEN, MIDDLE, CLOSE];
            let clean = |text: &str| text.replace(marks, "");
            let whole = format!("{}{}{}", clean(&before), marked("a/b", &text), clean(&after));
            prop_assert!(pieces(&whole).contains(&Piece::Figure("a/b", &text)));
            prop_assert_eq!(plain(&whole), format!("{}{text}{}", clean(&before), clean(&after)));
        }
    }
}
