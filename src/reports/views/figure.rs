//! A figure in print, with its result and its words.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::reports::figures::{self, CountView, Printed};
use crate::reports::{tables, words};
use crate::round::Round;
use crate::statistics::{ETHNIC_GROUPS, GroupFigures, Marker, Outcome, Statistic};

/// One group's side of a figure, in print.
#[derive(Clone, Debug, Serialize)]
pub struct GroupView {
    /// Events, or a symbol.
    pub numerator: Printed,
    /// People, or a symbol.
    pub denominator: Printed,
    /// Events as a percentage of people, or a symbol.
    pub rate: Printed,
    /// The Wilson interval of the rate, or a symbol.
    pub interval: Printed,
    /// Whether the rate is there.
    pub known: bool,
    /// Whether there were no events.
    pub no_cases: bool,
}

/// One figure in print. Every number is printed with the id of its figure, or is a symbol such as `[c]`.
#[derive(Clone, Debug, Serialize)]
pub struct FigureView {
    /// What the ids of its numbers begin with.
    pub id: String,
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
    pub authorities: CountView,
    /// Minoritised ethnic staff.
    pub minoritised: GroupView,
    /// White staff.
    pub white: GroupView,
    /// The relative likelihood.
    pub ratio: Printed,
    /// Its interval: "0.48 to 0.56".
    pub interval: Printed,
    /// The difference in percentage points with its sign.
    pub difference: Printed,
    /// Its interval, or a symbol where it has none.
    pub difference_interval: Printed,
    /// How many more (+) or fewer (−) cases there would be at white people's rate.
    pub at_parity: Printed,
    /// Its interval.
    pub at_parity_interval: Printed,
    /// The same without a sign, for sentences.
    pub at_parity_size: Printed,
    /// `more`, `fewer`, or `none` when it rounds to nobody or cannot be said.
    pub at_parity_direction: &'static str,
    /// Whether it is one case.
    pub at_parity_single: bool,
    /// The minoritised share of those counted on top, or a symbol: what a representation gap starts from.
    pub share_of_cases: Printed,
    /// The minoritised share of those counted below, or a symbol: what a representation gap ends at.
    pub share_of_people: Printed,
    /// Whether a ratio is there.
    pub has_ratio: bool,
    /// Whether a difference is there.
    pub has_difference: bool,
    /// Whether the difference has an interval.
    pub has_difference_interval: bool,
    /// `disadvantage`, `advantage`, `no-clear-difference`, `too-few` or `none`.
    pub result: &'static str,
    /// Whether the disadvantage or advantage does not stand when all of the authority's indicators are looked at together.
    pub possible: bool,
    /// The result in words.
    pub result_label: String,
    /// `c`, `x`, `z`, `u` or empty.
    pub marker: &'static str,
    /// The symbols that stand in place of numbers, such as `c`.
    pub symbols: BTreeSet<String>,
    /// The ratio in words: "48% less likely"; empty when there is none.
    pub words: Printed,
    /// What follows the words: "as" or "than".
    pub words_join: &'static str,
}

/// The words of a result, the same in text, key and table.
fn result_label(statistic: &Statistic) -> String {
    let label = match statistic.result {
        Some(Outcome::Disadvantage) if statistic.tentative => "Possible disadvantage",
        Some(Outcome::Advantage) if statistic.tentative => "Possible advantage",
        Some(Outcome::Disadvantage) => "Disadvantage",
        Some(Outcome::Advantage) => "Advantage",
        Some(Outcome::NoClearDifference) => "No clear difference",
        Some(Outcome::TooFew) => "Too few to say",
        None => missing_label(statistic.marker),
    };
    label.to_owned()
}

/// What the ids of a figure's numbers begin with: `2024/england/2/all`, and the breakdown where there is one.
pub fn figure_id(statistic: &Statistic, year: i32) -> String {
    let Statistic { area, scope, indicator, breakdown, .. } = statistic;
    figures::prefix(&format!("{year}/{}/{indicator}/{}", area.code, scope.id()), breakdown)
}

/// The figure of a year in print; `round` gives the words of its breakdown.
pub fn figure(statistic: &Statistic, round: &Round, year: i32) -> FigureView {
    let id = figure_id(statistic, year);
    let symbol = symbol(statistic);
    let print =
        |part: &str, text: Option<String>| Printed::new(format!("{id}/{part}"), text.unwrap_or_else(|| symbol.clone()));
    let ratio = statistic.ratio;
    let share = |count: fn(&GroupFigures) -> Option<u64>| {
        let (minoritised, white) = count(&statistic.minoritised).zip(count(&statistic.white))?;
        let all = minoritised + white;
        (all > 0).then(|| words::percent(minoritised as f64 / all as f64))
    };
    // Where both rates are there, a missing ratio is one that is not defined.
    let undefined = statistic.minoritised.rate.is_some() && statistic.white.rate.is_some();
    let or_undefined = |text: Option<String>| text.or_else(|| undefined.then(|| "[z]".to_owned()));
    let interval_of_difference = statistic.difference.and_then(|difference| {
        Some(format!("{} to {}", words::points(difference.lower?), words::points(difference.upper?)))
    });
    let has_difference_interval = interval_of_difference.is_some();
    let difference = match (statistic.difference, statistic.difference_marker) {
        (Some(difference), _) => Some(words::points(difference.value)),
        (None, Some(marker)) => Some(format!("[{}]", marker.id())),
        (None, None) => None,
    };
    let parity = statistic.at_parity;
    let people = parity.map(|parity| words::signed_count(parity.value));
    let mut view = FigureView {
        area: statistic.area.name.clone(),
        area_code: statistic.area.code.clone(),
        service: statistic.scope.id(),
        service_label: statistic.scope.label(),
        breakdown: statistic.breakdown.clone(),
        breakdown_label: breakdown_label(&statistic.breakdown, round),
        authorities: CountView::new(format!("{id}/authorities"), statistic.authorities),
        minoritised: group(&statistic.minoritised, "minoritised", &print),
        white: group(&statistic.white, "white", &print),
        ratio: print("relative_likelihood", or_undefined(ratio.map(|ratio| words::ratio(ratio.value)))),
        interval: print(
            "interval",
            or_undefined(ratio.map(|ratio| format!("{} to {}", words::limit(ratio.lower), words::limit(ratio.upper)))),
        ),
        difference: print("difference", difference),
        difference_interval: print("difference_interval", interval_of_difference.or_else(|| Some("[z]".to_owned()))),
        at_parity: print("at_parity", people.clone()),
        at_parity_interval: print(
            "at_parity_interval",
            parity.map(|parity| {
                format!("{} to {}", words::signed_count(parity.lower), words::signed_count(parity.upper))
            }),
        ),
        at_parity_size: print(
            "at_parity_size",
            people.as_deref().map(|people| people.trim_start_matches(['+', '−']).to_owned()),
        ),
        at_parity_direction: match people.as_deref().and_then(|people| people.chars().next()) {
            Some('+') => "more",
            Some('−') => "fewer",
            _ => "none",
        },
        at_parity_single: people.as_deref().is_some_and(|people| ["+1", "−1"].contains(&people)),
        share_of_cases: print("share_of_cases", share(|group| group.numerator)),
        share_of_people: print("share_of_people", share(|group| group.denominator)),
        has_ratio: ratio.is_some(),
        has_difference: statistic.difference.is_some(),
        has_difference_interval,
        result: statistic.result.map_or("none", Outcome::id),
        possible: statistic.tentative,
        result_label: result_label(statistic),
        marker: statistic.marker.map_or("", Marker::id),
        symbols: BTreeSet::new(),
        words: print("words", or_undefined(ratio.and_then(|ratio| words::likelihood(ratio.value)))),
        words_join: "than",
        id,
    };
    if view.words.text().ends_with("as likely") {
        view.words_join = "as";
    }
    view.symbols = symbols(&view);
    view
}

/// The symbols that tables show of a figure, and therefore explain.
fn symbols(view: &FigureView) -> BTreeSet<String> {
    // A pay band has no ratio, and none is missed.
    let ratio = if tables::is_pay_band(&view.breakdown) { &view.difference } else { &view.ratio };
    let numbers = [ratio, &view.difference, &view.minoritised.rate, &view.white.rate];
    let symbols = numbers.into_iter().filter_map(|number| number.text().strip_prefix('[')?.strip_suffix(']'));
    symbols.map(str::to_owned).collect()
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

fn group(figures: &GroupFigures, name: &str, print: &dyn Fn(&str, Option<String>) -> Printed) -> GroupView {
    let interval = figures.lower.zip(figures.upper);
    let print = |part: &str, text| print(&format!("{name}_{part}"), text);
    GroupView {
        numerator: print("numerator", figures.numerator.map(words::count)),
        denominator: print("denominator", figures.denominator.map(words::count)),
        rate: print("rate", figures.rate.map(words::percent)),
        interval: print(
            "rate_interval",
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
