//! The ratios pooled over authorities, of England, regions, types and groups: one table.

use super::{Heading, Sheet};
use crate::reports::columns::{Cell, Style};
use crate::reports::material::Material;
use crate::statistics::{Breakdown, Heterogeneity, Marker, Pooled, Ratio, Scope, Statistic};

pub(super) const NAME: &str = "Within_authorities";
pub(super) const TITLE: &str =
    "Relative likelihoods within authorities, pooled, and how much authorities differ: {parts}";

pub(super) const NOTES: [(&str, &str); 3] = [
    (
        "Within authorities",
        "The Mantel–Haenszel ratio compares people within each authority and pools afterwards. Its interval is that of Greenland and Robins, which takes it that one ratio holds for all authorities.",
    ),
    (
        "Q, I² and τ²",
        "How much authorities differ: Cochran's Q and its p-value, the share of their variation that is not chance, and the variance between them of log ratios. Authorities with a zero in their counts are left out. [z] where fewer than ten are left.",
    ),
    (
        "Areas without a row",
        "What is pooled rests on exact counts. It is shown with ten authorities or more behind it, beside a published ratio, and not of two areas that hardly differ.",
    ),
];

const COLUMNS: [(&str, u16); 14] = [
    ("Area type", 14),
    ("Area code", 14),
    ("Area", 26),
    ("Indicator", 14),
    ("From sums: relative likelihood", 14),
    ("Within authorities: relative likelihood", 14),
    ("Lower limit", 14),
    ("Upper limit", 14),
    ("Authorities", 14),
    ("Q", 14),
    ("p-value of Q", 14),
    ("I² in per cent", 14),
    ("τ²", 14),
    ("Authorities in Q", 14),
];

/// The table; nothing where nothing is pooled.
pub(super) fn table(material: Material<'_>) -> Option<Sheet> {
    let Material { round, statistics, .. } = material;
    let mut rows = Vec::new();
    for figure in statistics.national.rows() {
        let headline = figure.scope == Scope::All && figure.breakdown == Breakdown::Whole;
        let pooled = statistics.pooled.get(&(figure.area.code.clone(), figure.indicator.clone()));
        // What is pooled is told beside a published ratio only.
        if let (true, Some(pooled), Some(published)) = (headline, pooled, figure.ratio) {
            rows.push(row(figure, pooled, published, round.settings.year));
        }
    }
    let heading = |(title, width): (&str, u16)| Heading { title: title.to_owned(), width };
    (!rows.is_empty()).then(|| Sheet { name: NAME, columns: COLUMNS.map(heading).into(), rows })
}

fn row(figure: &Statistic, pooled: &Pooled, published: Ratio, year: i32) -> Vec<Cell> {
    let word = |id: &str| {
        let column = crate::reports::columns::COLUMNS.iter().find(|column| column.id == id);
        Cell::Word(column.map(|column| column.text(figure, year)).unwrap_or_default())
    };
    let number = |style, value| Cell::Number(style, Ok(value));
    let of_difference =
        |style, value: fn(Heterogeneity) -> f64| Cell::Number(style, pooled.heterogeneity.map(value).ok_or(Marker::Z));
    let ratio = pooled.mantel_haenszel;
    vec![
        word("area_type"),
        word("area_code"),
        Cell::Word(figure.area.name.clone()),
        word("indicator"),
        number(Style::Ratio, published.value),
        number(Style::Ratio, ratio.value),
        number(Style::Ratio, ratio.lower),
        number(Style::Ratio, ratio.upper),
        number(Style::Count, pooled.authorities as f64),
        of_difference(Style::Statistic, |found| found.q),
        // As coarsely as in print.
        of_difference(Style::Rate, |found| found.q_p_value),
        of_difference(Style::Count, |found| found.i2),
        of_difference(Style::Rate, |found| found.tau2),
        of_difference(Style::Count, |found| found.strata as f64),
    ]
}
