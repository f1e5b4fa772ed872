//! A figure in print, with its result and its words.

use serde::Serialize;

use crate::reports::words;
use crate::round::Round;
use crate::statistics::{ETHNIC_GROUPS, GroupFigures, Marker, Outcome, Statistic};

/// One group's side of a figure, in print.
#[derive(Clone, Debug, Serialize)]
pub struct GroupView {
    /// Events, or a symbol.
    pub numerator: String,
    /// People, or a symbol.
    pub denominator: String,
    /// Events as a percentage of people, or a symbol.
    pub rate: String,
    /// The Wilson interval of the rate, or a symbol.
    pub interval: String,
    /// Whether the rate is there.
    pub known: bool,
    /// Whether there were no events.
    pub no_cases: bool,
}

/// One figure in print. Every text is a number or a symbol such as `[c]`.
#[derive(Clone, Debug, Serialize)]
pub struct FigureView {
    /// The area's name.
    pub area: String,
    /// The area's code.
    pub area_code: String,
    /// `all`, `adults` or `childrens`.
    pub service: &'static str,
    /// The services in words.
    pub service_label: &'static str,
    /// Empty, a pay band's identifier, or `ethnicity:<group>`.
    pub breakdown: String,
    /// The breakdown in words.
    pub breakdown_label: String,
    /// How many authorities contribute.
    pub authorities: usize,
    /// Minoritised ethnic staff.
    pub minoritised: GroupView,
    /// White staff.
    pub white: GroupView,
    /// The relative likelihood.
    pub ratio: String,
    /// Its interval: "0.48 to 0.56".
    pub interval: String,
    /// The p-value.
    pub p_value: String,
    /// The difference in percentage points with its sign.
    pub difference: String,
    /// Its interval, or empty where it has none.
    pub difference_interval: String,
    /// The minoritised share of those counted on top, or a symbol: what a representation gap starts from.
    pub share_of_cases: String,
    /// The minoritised share of those counted below, or a symbol: what a representation gap ends at.
    pub share_of_people: String,
    /// Whether a ratio is there.
    pub has_ratio: bool,
    /// Whether a difference is there.
    pub has_difference: bool,
    /// `disadvantage`, `advantage`, `no-clear-difference`, `too-few` or `none`.
    pub result: &'static str,
    /// The result in words.
    pub result_label: &'static str,
    /// `c`, `x`, `z`, `u` or empty.
    pub marker: &'static str,
    /// The ratio in words: "48% less likely"; empty when there is none.
    pub words: String,
}

/// The words of a result, the same in text, key and table.
fn result_label(result: Option<Outcome>) -> &'static str {
    match result {
        Some(Outcome::Disadvantage) => "Disadvantage",
        Some(Outcome::Advantage) => "Advantage",
        Some(Outcome::NoClearDifference) => "No clear difference",
        Some(Outcome::TooFew) => "Too few to say",
        None => "",
    }
}

/// The figure in print; `round` gives the words of its breakdown.
pub fn figure(statistic: &Statistic, round: &Round) -> FigureView {
    let symbol = symbol(statistic);
    let or_symbol = |text: Option<String>| text.unwrap_or_else(|| symbol.clone());
    let ratio = statistic.ratio;
    let share = |count: fn(&GroupFigures) -> Option<u64>| {
        let (minoritised, white) = count(&statistic.minoritised).zip(count(&statistic.white))?;
        let all = minoritised + white;
        (all > 0).then(|| words::percent(minoritised as f64 / all as f64))
    };
    // Where both rates are there, a missing ratio is one that is not defined.
    let or_undefined = |text: Option<String>| match text {
        None if statistic.minoritised.rate.is_some() && statistic.white.rate.is_some() => "[z]".to_owned(),
        text => or_symbol(text),
    };
    FigureView {
        area: statistic.area.name.clone(),
        area_code: statistic.area.code.clone(),
        service: statistic.scope.id(),
        service_label: statistic.scope.label(),
        breakdown: statistic.breakdown.clone(),
        breakdown_label: breakdown_label(&statistic.breakdown, round),
        authorities: statistic.authorities,
        minoritised: group(&statistic.minoritised, &symbol),
        white: group(&statistic.white, &symbol),
        ratio: or_undefined(ratio.map(|ratio| words::ratio(ratio.value))),
        interval: or_undefined(
            ratio.map(|ratio| format!("{} to {}", words::limit(ratio.lower), words::limit(ratio.upper))),
        ),
        p_value: or_symbol(statistic.p_value.map(words::p_value)),
        difference: match (statistic.difference, statistic.difference_marker) {
            (Some(difference), _) => words::points(difference.value),
            (None, Some(marker)) => format!("[{}]", marker.id()),
            (None, None) => symbol.clone(),
        },
        difference_interval: statistic
            .difference
            .and_then(|difference| {
                Some(format!("{} to {}", words::points(difference.lower?), words::points(difference.upper?)))
            })
            .unwrap_or_default(),
        share_of_cases: or_symbol(share(|group| group.numerator)),
        share_of_people: or_symbol(share(|group| group.denominator)),
        has_ratio: ratio.is_some(),
        has_difference: statistic.difference.is_some(),
        result: statistic.result.map_or("none", Outcome::id),
        result_label: match result_label(statistic.result) {
            "" => missing_label(statistic.marker),
            label => label,
        },
        marker: statistic.marker.map_or("", Marker::id),
        words: ratio.and_then(|ratio| words::likelihood(ratio.value)).unwrap_or_default(),
    }
}

/// What stands in place of a figure that is not there.
fn symbol(statistic: &Statistic) -> String {
    match statistic.marker {
        Some(Marker::X) => "[x]",
        Some(Marker::Z) => "[z]",
        // Nothing else leaves a gap: a difference can be empty only because another band's count is withheld.
        Some(Marker::C | Marker::U) | None => "[c]",
    }
    .to_owned()
}

fn missing_label(marker: Option<Marker>) -> &'static str {
    match marker {
        Some(Marker::C) => "Withheld [c]",
        Some(Marker::X) => "Not available [x]",
        Some(Marker::Z) => "Not applicable [z]",
        Some(Marker::U) | None => "",
    }
}

fn group(figures: &GroupFigures, symbol: &str) -> GroupView {
    let or_symbol = |text: Option<String>| text.unwrap_or_else(|| symbol.to_owned());
    let interval = figures.lower.zip(figures.upper);
    GroupView {
        numerator: or_symbol(figures.numerator.map(words::count)),
        denominator: or_symbol(figures.denominator.map(words::count)),
        rate: or_symbol(figures.rate.map(words::percent)),
        interval: or_symbol(
            interval.map(|(lower, upper)| format!("{} to {}", words::percent(lower), words::percent(upper))),
        ),
        known: figures.rate.is_some(),
        no_cases: figures.numerator == Some(0),
    }
}

fn breakdown_label(breakdown: &str, round: &Round) -> String {
    let group = ETHNIC_GROUPS.iter().find(|(id, _)| *id == breakdown).map(|(_, label)| (*label).to_owned());
    let band = round.settings.pay_bands.iter().find(|band| band.id == breakdown).map(|band| band.label.clone());
    group.or(band).unwrap_or_default()
}
