//! Who took part and how complete the data are, in print.

use serde::Serialize;

use crate::reports::words;
use crate::statistics::{Coverage, Quality};

/// One line of data quality in print.
#[derive(Clone, Debug, Serialize)]
pub struct QualityView {
    /// The measure in words.
    pub label: String,
    /// How many authorities gave all that is needed.
    pub authorities: usize,
    /// People of known ethnicity, or a symbol.
    pub known: String,
    /// People of unknown ethnicity, or a symbol.
    pub unknown: String,
    /// The share of unknown ethnicity, or a symbol.
    pub share: String,
    /// What was given in place of some counts, in words, or empty.
    pub absent: String,
}

/// The data quality of a measure in print.
pub fn quality(quality: &Quality) -> QualityView {
    let symbol = if quality.authorities == 0 { "[x]" } else { "[c]" };
    let or_symbol = |text: Option<String>| text.unwrap_or_else(|| symbol.to_owned());
    let absent: Vec<&str> = quality
        .absent
        .iter()
        .map(|answer| match answer.as_str() {
            "x" => "not collected",
            "z" => "not applicable",
            _ => "left blank",
        })
        .collect();
    QualityView {
        label: quality.label.clone(),
        authorities: quality.authorities,
        known: or_symbol(quality.known.map(words::count)),
        unknown: or_symbol(quality.unknown.map(words::count)),
        share: match quality.share {
            Some(share) => words::percent(share),
            None if quality.known == Some(0) && quality.unknown == Some(0) => "[z]".to_owned(),
            None => symbol.to_owned(),
        },
        absent: absent.join(", "),
    }
}

/// Who took part, in print.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageView<'a> {
    /// The plain numbers and lists.
    #[serde(flatten)]
    pub coverage: &'a Coverage,
    /// Staff in all returns, or a symbol.
    pub staff_printed: String,
    /// How many gave adults' services.
    pub adults: usize,
    /// How many gave children's services.
    pub childrens: usize,
    /// How many gave both together.
    pub combined: usize,
}

/// The coverage in print.
pub fn coverage(coverage: &Coverage) -> CoverageView<'_> {
    let count = |index: usize| coverage.services.get(index).map_or(0, |(_, count)| *count);
    CoverageView {
        coverage,
        staff_printed: coverage.staff.map_or_else(|| "[c]".to_owned(), words::count),
        adults: count(0),
        childrens: count(1),
        combined: count(2),
    }
}
