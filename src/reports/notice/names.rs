//! What a printed number is of, in words, from its figure's id; and which numbers come first.

use std::collections::BTreeMap;

use crate::reports::columns::COLUMNS;
use crate::reports::material::Material;
use crate::reports::words;
use crate::standard::Kind;
use crate::statistics::{Breakdown, ENGLAND, Scope, matched_years};

use super::ChangedNumber;

/// A printed number's id in parts, and what it is of.
pub struct Name {
    pub year: String,
    pub area_code: String,
    pub area_name: String,
    pub service: String,
    pub indicator: String,
    pub breakdown: String,
    /// The part of the figure, such as `relative_likelihood`.
    pub measure: String,
    /// In words.
    pub what: String,
}

/// Parts that stand in no column, or that their column's title does not tell.
const PARTS: [(&str, &str); 27] = [
    ("at_parity", "more or fewer cases at parity"),
    ("at_parity_about", "cases at parity, about"),
    ("at_parity_interval", "interval of the cases at parity"),
    ("at_parity_size", "cases at parity"),
    ("change", "change between rounds"),
    ("change_interval", "interval of the change"),
    ("difference", "difference in points"),
    ("difference_interval", "interval of the difference"),
    ("i2", "share of the spread that is not chance"),
    ("interval", "interval of the ratio"),
    ("mantel_haenszel", "pooled ratio"),
    ("mantel_haenszel_interval", "interval of the pooled ratio"),
    ("minoritised_rate_interval", "interval of the rate"),
    ("position_limits", "limits of what is expected"),
    ("q", "spread between authorities"),
    ("q_p_value", "p-value of the spread"),
    ("relative_likelihood", "ratio"),
    ("spread_lower_quartile", "lower quartile of authorities"),
    ("spread_median", "median of authorities"),
    ("spread_p10", "tenth percentile of authorities"),
    ("spread_p90", "ninetieth percentile of authorities"),
    ("spread_upper_quartile", "upper quartile of authorities"),
    ("tau2", "variance between authorities"),
    ("together_interval", "interval over rounds"),
    ("together_ratio", "ratio over rounds"),
    ("wider_interval", "wider interval of the ratio"),
    ("words", "ratio in words"),
];

/// The parts that are told first, in their order: results of all indicators, then what stands beside them.
const FIRST: [&[&str]; 2] =
    [&["relative_likelihood", "minoritised_rate"], &["interval", "words", "white_rate", "difference"]];

/// Names figures of a round, for the readers of one document.
pub struct Namer<'a> {
    material: Material<'a>,
    /// The names of areas by their codes.
    areas: BTreeMap<String, String>,
    /// The area that the document is about.
    own: &'a str,
}

impl<'a> Namer<'a> {
    /// For a document about this area, or about England.
    pub fn new(material: Material<'a>, area: Option<&'a str>) -> Self {
        let coverage = &material.statistics.coverage;
        let groups = coverage.regions.iter().chain(&coverage.types).chain(&coverage.groups);
        let groups = groups.map(|group| (group.code.clone(), group.name.clone()));
        let registered = material.round.authorities.iter().map(|one| (one.code.clone(), one.name.clone()));
        let england = [(ENGLAND.to_owned(), "England".to_owned())];
        Self { material, areas: groups.chain(registered).chain(england).collect(), own: area.unwrap_or(ENGLAND) }
    }

    /// Numbers with their names, those first that matter most to the readers: the headlines of the document's area.
    pub fn in_order<'n>(&self, changed: &'n [ChangedNumber]) -> Vec<(Name, &'n ChangedNumber)> {
        let mut named: Vec<(Name, &ChangedNumber)> = changed.iter().map(|one| (self.name(&one.id), one)).collect();
        named.sort_by_cached_key(|(name, one)| (self.place(name), one.id.clone()));
        named
    }

    /// The name of an area.
    pub fn area(&self, code: &str) -> String {
        self.areas.get(code).cloned().unwrap_or_else(|| match matched_years(code) {
            Some((earlier, later)) => format!("The authorities of both {earlier} and {later}"),
            None => words::capitalised(&code.replace('-', " ")),
        })
    }

    /// What a number is of.
    pub fn name(&self, id: &str) -> Name {
        let parts: Vec<&str> = id.split('/').collect();
        let part = |place: usize| parts.get(place).copied().unwrap_or_default().to_owned();
        let breakdown = if parts.len() > 5 { part(4) } else { String::new() };
        let code = part(1);
        let mut name = Name {
            year: part(0),
            area_name: self.area(&code),
            area_code: code,
            service: part(3),
            indicator: part(2),
            breakdown,
            measure: parts.last().copied().unwrap_or_default().to_owned(),
            what: String::new(),
        };
        name.what = self.what(&name);
        name
    }

    fn what(&self, name: &Name) -> String {
        let Material { round, standard, .. } = self.material;
        let year = if name.year == round.settings.year.to_string() { "" } else { &name.year };
        let place = [name.area_name.as_str(), year].join(" ").trim_end().to_owned();
        let topic = match standard.indicator(&name.indicator) {
            Some(indicator) => format!("{} {}", indicator.id, indicator.short_name),
            None => match &*name.indicator {
                "participation" => "who took part".to_owned(),
                "known-ethnicity" => "people of known ethnicity".to_owned(),
                "summary" => "results of all indicators".to_owned(),
                "left-by-difference" => "what shown counts leave when one is taken from another".to_owned(),
                "whole-rows" => "rows that show all their counts".to_owned(),
                other => other.replace('-', " "),
            },
        };
        let service = match Scope::from_id(&name.service) {
            Ok(Scope::All) => None,
            Ok(scope) => Some(words::lowered(scope.label())),
            Err(_) => Some(name.service.clone()),
        };
        let of = [Some(topic), service, self.breakdown(&name.breakdown)].into_iter().flatten();
        format!("{place}: {}: {}", of.collect::<Vec<_>>().join(", "), self.measure(&name.measure))
    }

    /// An ethnic group, a pay band, or a measure of the returns.
    fn breakdown(&self, id: &str) -> Option<String> {
        let Material { round, standard, .. } = self.material;
        if let Some(measure) = standard.measure(id) {
            return Some(words::lowered(&measure.label));
        }
        let label = match Breakdown::parse(id, &round.settings.pay_bands) {
            Ok(breakdown) => breakdown.label(&round.settings.pay_bands).to_owned(),
            Err(_) => id.replace(['-', '_'], " "),
        };
        Some(label).filter(|label| !label.is_empty())
    }

    fn measure(&self, part: &str) -> String {
        if let Some((_, words)) = PARTS.iter().find(|(other, _)| *other == part) {
            return (*words).to_owned();
        }
        let term = &self.material.round.settings.terms.minoritised_short;
        let column = COLUMNS.iter().find(|column| column.id == part).and_then(|column| column.title);
        match column {
            Some(title) => words::lowered(&title.replace("{Term}", term).replace(": ", " ")),
            None => part.replace('_', " "),
        }
    }

    /// Where a number stands among others.
    fn place(&self, name: &Name) -> impl Ord + use<> {
        let round = self.material.round;
        let indicator = round.indicators.iter().position(|one| one.id == name.indicator);
        let share = indicator.is_some_and(|place| round.indicators[place].kind == Kind::Share);
        let area = [self.own, ENGLAND].iter().position(|area| *area == name.area_code);
        (
            name.year != round.settings.year.to_string(),
            area.unwrap_or(2),
            name.service != Scope::All.id(),
            !share && !name.breakdown.is_empty(),
            FIRST.iter().position(|parts| parts.contains(&&*name.measure)).unwrap_or(FIRST.len()),
            indicator.unwrap_or(usize::MAX),
            name.breakdown.clone(),
            FIRST.iter().flat_map(|parts| parts.iter()).position(|part| *part == name.measure),
        )
    }
}
