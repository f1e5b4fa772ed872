//! A figure in print, with its result and its words.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::reports::case::{Case, Part};
use crate::reports::figures::{CountView, Printed};
use crate::reports::words;
use crate::round::Round;
use crate::statistics::{Breakdown, Doubts, GroupFigures, Marker, Outcome, Side, Statistic};

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
    /// The interval that allows for how authorities differ, to the nearest 0.05: of England, regions and types.
    pub wider_interval: Printed,
    /// Whether it is told.
    pub has_wider_interval: bool,
    /// The ratio nearest to 1, below it, that would have been found at so many people; or a symbol.
    pub detectable_below: Printed,
    /// The same above 1.
    pub detectable_above: Printed,
    /// Whether it can be said what could have been seen.
    pub has_detectable: bool,
    /// Whether any ratio below 1 could have been seen: without it, not even no cases at all.
    pub has_detectable_below: bool,
    /// Whether any ratio above 1 could have been seen.
    pub has_detectable_above: bool,
    /// Whether a ratio is there.
    pub has_ratio: bool,
    /// Whether a difference is there.
    pub has_difference: bool,
    /// Whether the difference has an interval.
    pub has_difference_interval: bool,
    /// What may be said of it, such as `withheld` or `ratio`.
    pub case: &'static str,
    /// `disadvantage`, `advantage`, `possible-disadvantage`, `possible-advantage`, `no-clear-difference`, `too-few` or `none`.
    pub result: &'static str,
    /// Whether it is a disadvantage, clear or possible.
    pub adverse: bool,
    /// Whether the disadvantage or advantage is possible only.
    pub possible: bool,
    /// Why it is possible only: `many` comparisons, or the `wider` interval.
    pub doubts: Doubts,
    /// The result in words.
    pub result_label: &'static str,
    /// `c`, `x`, `z`, `u` or empty.
    pub marker: &'static str,
    /// The symbol of the result's words: `c`, `x`, `z` or empty.
    pub result_symbol: &'static str,
    /// The symbols that stand in place of numbers, such as `c`.
    pub symbols: BTreeSet<String>,
    /// The ratio in words: "48% less likely"; empty when there is none.
    pub words: Printed,
    /// What follows the words: "as" or "than".
    pub words_join: &'static str,
}

/// The figure of a year in print; `round` gives the words of its breakdown.
pub fn figure(statistic: &Statistic, round: &Round, year: i32) -> FigureView {
    let id = statistic.id(year);
    let case = Case::of(statistic);
    let part_of = |of: Part| {
        let gap = of.gap(statistic);
        let id = &id;
        move |part: &str, text: Option<String>| Printed::or(format!("{id}/{part}"), text, gap)
    };
    let [print, print_ratio, print_difference, print_detectable] =
        [Part::Group, Part::Ratio, Part::Difference, Part::Detectable].map(part_of);
    let detectable = statistic.detectable.unwrap_or_default();
    let ratio = statistic.ratio;
    let share = |count: fn(&GroupFigures) -> Option<u64>| {
        let (minoritised, white) = count(&statistic.minoritised).zip(count(&statistic.white))?;
        let all = minoritised + white;
        (all > 0).then(|| words::percent(minoritised as f64 / all as f64))
    };
    let interval_of_difference = statistic.difference.and_then(|difference| {
        Some(format!("{} to {}", words::points(difference.lower?), words::points(difference.upper?)))
    });
    let has_difference_interval = interval_of_difference.is_some();
    let parity = statistic.at_parity;
    let people = parity.map(|parity| words::signed_count(parity.value));
    let whole = parity.map_or(0.0, |parity| words::to_number(parity.value, 0));
    let mut view = FigureView {
        area: statistic.area.name.clone(),
        area_code: statistic.area.code.clone(),
        service: statistic.scope.id(),
        service_label: statistic.scope.label(),
        breakdown: statistic.breakdown.to_string(),
        breakdown_label: statistic.breakdown.label(&round.settings.pay_bands).to_owned(),
        authorities: CountView::new(format!("{id}/authorities"), statistic.authorities),
        minoritised: group(&statistic.minoritised, statistic.coarser.minoritised, "minoritised", &print),
        white: group(&statistic.white, statistic.coarser.white, "white", &print),
        ratio: print_ratio("relative_likelihood", ratio.map(|ratio| words::ratio(ratio.value))),
        interval: print_ratio(
            "interval",
            ratio.map(|ratio| format!("{} to {}", words::limit(ratio.lower), words::limit(ratio.upper))),
        ),
        difference: print_difference(
            "difference",
            statistic.difference.map(|difference| words::points(difference.value)),
        ),
        difference_interval: Printed::or(format!("{id}/difference_interval"), interval_of_difference, Marker::Z),
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
        at_parity_direction: match whole {
            0.0 => "none",
            more if more > 0.0 => "more",
            _ => "fewer",
        },
        at_parity_single: whole.abs() == 1.0,
        share_of_cases: print("share_of_cases", share(|group| group.numerator)),
        share_of_people: print("share_of_people", share(|group| group.denominator)),
        wider_interval: Printed::or(format!("{id}/wider_interval"), wider_interval(statistic), Marker::Z),
        has_wider_interval: wider_interval(statistic).is_some(),
        detectable_below: print_detectable("detectable_below", detectable.below.map(words::limit)),
        detectable_above: print_detectable("detectable_above", detectable.above.map(words::limit)),
        has_detectable: statistic.detectable.is_ok(),
        has_detectable_below: detectable.below.is_some(),
        has_detectable_above: detectable.above.is_some(),
        has_ratio: ratio.is_some(),
        has_difference: statistic.difference.is_some(),
        has_difference_interval,
        case: case.id(),
        result: statistic.result.map_or("none", Outcome::id),
        adverse: matches!(statistic.result, Some(Outcome::Disadvantage | Outcome::PossibleDisadvantage)),
        possible: statistic.result.is_some_and(Outcome::is_possible),
        doubts: statistic.doubts,
        result_label: case.label(),
        marker: statistic.marker.map_or("", Marker::id),
        result_symbol: case.gap().map_or("", Marker::id),
        symbols: BTreeSet::new(),
        words: print_ratio("words", ratio.and_then(|ratio| words::likelihood(ratio.value))),
        words_join: ratio.map_or("than", |ratio| words::likelihood_join(ratio.value)),
        id: id.clone(),
    };
    view.symbols = symbols(&view, &statistic.breakdown);
    view
}

/// The interval that allows for how authorities differ; a limit that rounding puts on 1 says on which side of it it lies.
fn wider_interval(statistic: &Statistic) -> Option<String> {
    let (wider, ratio) = statistic.wider.zip(statistic.ratio)?;
    let (lower, upper) = wider.limits?;
    let at_1 = |limit: f64, below: bool| match words::ratio(limit) {
        text if text == "1.00" && below => "<1.00".to_owned(),
        text if text == "1.00" => ">1.00".to_owned(),
        text => text,
    };
    let (lower_below, upper_below) = (wider.includes_1 || ratio.value < 1.0, !wider.includes_1 && ratio.value < 1.0);
    Some(format!("{} to {}", at_1(lower, lower_below), at_1(upper, upper_below)))
}

/// The symbols that tables show of a figure, and therefore explain.
fn symbols(view: &FigureView, breakdown: &Breakdown) -> BTreeSet<String> {
    // A pay band has no ratio, and none is missed.
    let ratio = if breakdown.is_pay_band() { &view.difference } else { &view.ratio };
    let numbers = [ratio, &view.difference, &view.minoritised.rate, &view.white.rate];
    numbers.into_iter().filter_map(|number| number.symbol().map(str::to_owned)).collect()
}

fn group(
    figures: &GroupFigures,
    coarser: Side<Option<u64>>,
    name: &str,
    print: &dyn Fn(&str, Option<String>) -> Printed,
) -> GroupView {
    let count = |count: Option<u64>, coarser: Option<u64>| {
        count.map(words::count).map(|count| if coarser.is_some() { words::about(&count) } else { count })
    };
    let interval = figures.lower.zip(figures.upper);
    let print = |part: &str, text| print(&format!("{name}_{part}"), text);
    GroupView {
        numerator: print("numerator", count(figures.numerator, coarser.numerator)),
        denominator: print("denominator", count(figures.denominator, coarser.denominator)),
        rate: print("rate", figures.rate.map(words::percent)),
        interval: print(
            "rate_interval",
            interval.map(|(lower, upper)| format!("{} to {}", words::percent(lower), words::percent(upper))),
        ),
        known: figures.rate.is_some(),
    }
}
