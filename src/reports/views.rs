//! What templates see: figures already rounded and in print, each with its result and the words for it.

use serde::Serialize;

use crate::round::{Round, Status};
use crate::standard::{Adverse, Indicator, Kind, Period};
use crate::statistics::{
    Coverage, ETHNIC_GROUPS, Edition, Expected, GroupFigures, Marker, Outcome, Position, Quality, Spread, Statistic,
};

use super::words;

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
    /// Whether a ratio is there.
    pub has_ratio: bool,
    /// Whether a difference is there.
    pub has_difference: bool,
    /// Whether the minoritised rate is the higher one.
    pub above: bool,
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
pub fn result_label(result: Option<Outcome>) -> &'static str {
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
    let rates = statistic.minoritised.rate.zip(statistic.white.rate);
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
        ratio: or_symbol(ratio.map(|ratio| words::ratio(ratio.value))),
        interval: or_symbol(
            ratio.map(|ratio| format!("{} to {}", words::ratio(ratio.lower), words::ratio(ratio.upper))),
        ),
        p_value: or_symbol(statistic.p_value.map(words::p_value)),
        difference: or_symbol(statistic.difference.map(|difference| words::points(difference.value))),
        has_ratio: ratio.is_some(),
        has_difference: statistic.difference.is_some(),
        above: rates.is_some_and(|(minoritised, white)| minoritised > white),
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

/// An indicator in words.
#[derive(Clone, Debug, Serialize)]
pub struct IndicatorView {
    /// The identifier.
    pub id: String,
    /// The name as a heading.
    pub name: String,
    /// The name where there is little room.
    pub short_name: String,
    /// `share`, `likelihood`, `rate` or `representation_gap`.
    pub kind: Kind,
    /// The time it is about, in words.
    pub period: String,
    /// What it measures.
    pub definition: String,
    /// Why it matters.
    pub why: String,
    /// When the ratio means disadvantage: `above`, `below` or `falling`.
    pub adverse: Adverse,
    /// Whom the denominator counts.
    pub people: String,
    /// After "more likely".
    pub likely: String,
    /// After "no".
    pub cases: String,
    /// One of them.
    pub case: String,
    /// What the rate is of.
    pub rate: String,
    /// The numerator's measure in words.
    pub numerator: String,
    /// The denominator's measure in words.
    pub denominator: String,
    /// Questions worth asking locally.
    pub prompts: Vec<String>,
}

/// The indicator in the words of the standard and the terms of the round.
pub fn indicator(indicator: &Indicator, round: &Round, standard: &crate::standard::Standard) -> IndicatorView {
    let settings = &round.settings;
    let term = |text: &str| text.replace("{minoritised}", &settings.terms.minoritised);
    let measure = |id: &str| standard.measure(id).map(|measure| measure.label.clone()).unwrap_or_default();
    let snapshot = settings.snapshot.map(|date| date.long());
    let period = match (indicator.period, snapshot) {
        (Period::Snapshot, Some(date)) => date,
        (Period::Snapshot, None) => "the snapshot date".to_owned(),
        (Period::TwelveMonths, Some(date)) => format!("12 months to {date}"),
        (Period::TwelveMonths, None) => "12 months to the snapshot date".to_owned(),
    };
    IndicatorView {
        id: indicator.id.clone(),
        name: indicator.name.clone(),
        short_name: indicator.short_name.clone(),
        kind: settings.kinds.get(&indicator.id).copied().unwrap_or(indicator.kind),
        period,
        definition: term(&indicator.definition),
        why: term(&indicator.why),
        adverse: indicator.adverse,
        people: indicator.wording.people.clone(),
        likely: indicator.wording.likely.clone(),
        cases: indicator.wording.cases.clone(),
        case: indicator.wording.case.clone(),
        rate: indicator.wording.rate.clone(),
        numerator: measure(&indicator.numerator),
        denominator: measure(&indicator.denominator),
        prompts: indicator.prompts.iter().map(|prompt| term(prompt)).collect(),
    }
}

/// The round in words.
#[derive(Clone, Debug, Serialize)]
pub struct RoundView {
    /// The reporting year.
    pub year: i32,
    /// The report's title.
    pub title: String,
    /// `synthetic`, `provisional` or `final`.
    pub status: Status,
    /// The date of publication: 13 May 2025.
    pub published: String,
    /// The same as year, month and day.
    pub published_parts: (i32, u8, u8),
    /// The snapshot's date in words, or empty.
    pub snapshot: String,
    /// When submissions were taken, in words, or empty.
    pub window: String,
    /// "Black, Asian and minoritised ethnic".
    pub minoritised: String,
    /// "minoritised ethnic".
    pub minoritised_short: String,
    /// Counts below it are withheld.
    pub threshold: u64,
    /// Counts are rounded to a multiple of it.
    pub rounding: u64,
    /// A group needs so many authorities.
    pub minimum_contributors: usize,
    /// The greatest share of one authority, in print.
    pub dominance: String,
    /// The confidence in print: 95%.
    pub confidence: String,
    /// The least denominator.
    pub minimum_base: u64,
    /// Whether unknown ethnicity counts in pay bands' totals.
    pub unknown_included: bool,
    /// What is printed on every page, if anything.
    pub banner: Vec<String>,
}

/// The round in words; the banner tells the status and, in a pack, the edition.
pub fn round(round: &Round, edition: Option<Edition>) -> RoundView {
    let settings = &round.settings;
    let published = settings.published;
    let percent = |share: f64| words::percent(share).replace(".0%", "%");
    let mut banner = Vec::new();
    match settings.status {
        Status::Synthetic => banner.push("Synthetic data: fictional authorities, not real results".to_owned()),
        Status::Provisional => banner.push("Provisional: figures may still change".to_owned()),
        Status::Final => {}
    }
    if edition == Some(Edition::Own) {
        banner.push("Contains small numbers: not for publication".to_owned());
    }
    RoundView {
        year: settings.year,
        title: settings.title.clone(),
        status: settings.status,
        published: published.long(),
        published_parts: (published.0.year(), u8::from(published.0.month()), published.0.day()),
        snapshot: settings.snapshot.map(|date| date.long()).unwrap_or_default(),
        window: settings
            .window
            .as_ref()
            .map(|window| format!("{} to {}", window.opens.long(), window.closes.long()))
            .unwrap_or_default(),
        minoritised: settings.terms.minoritised.clone(),
        minoritised_short: settings.terms.minoritised_short.clone(),
        threshold: settings.disclosure.threshold,
        rounding: settings.disclosure.rounding,
        minimum_contributors: settings.disclosure.minimum_contributors,
        dominance: percent(settings.disclosure.dominance),
        confidence: percent(settings.statistics.confidence),
        minimum_base: settings.statistics.minimum_base,
        unknown_included: settings.unknown_ethnicity == crate::round::UnknownEthnicity::Include,
        banner,
    }
}

/// The spread of authorities' results in print.
#[derive(Clone, Debug, Serialize)]
pub struct SpreadView {
    /// 10th percentile.
    pub p10: String,
    /// Lower quartile.
    pub lower_quartile: String,
    /// Median.
    pub median: String,
    /// Upper quartile.
    pub upper_quartile: String,
    /// 90th percentile.
    pub p90: String,
    /// How many authorities are behind it.
    pub authorities: usize,
}

/// The spread in print: shares as percentages, ratios with two decimals.
pub fn spread(spread: &Spread, share: bool) -> SpreadView {
    let print = |value: f64| if share { words::percent(value) } else { words::ratio(value) };
    SpreadView {
        p10: print(spread.p10),
        lower_quartile: print(spread.lower_quartile),
        median: print(spread.median),
        upper_quartile: print(spread.upper_quartile),
        p90: print(spread.p90),
        authorities: spread.authorities,
    }
}

/// An authority's place among the others, in words.
#[derive(Clone, Debug, Serialize)]
pub struct PositionView {
    /// `as-expected`, `above-expected` or `below-expected`.
    pub expected: Expected,
    /// The same in words.
    pub label: &'static str,
    /// Whether it lies far beyond what is expected.
    pub far: bool,
    /// 1 to 4.
    pub quartile: usize,
    /// The quartile in words.
    pub quartile_label: &'static str,
    /// The lowest rank its interval allows.
    pub lowest_rank: usize,
    /// The highest rank its interval allows.
    pub highest_rank: usize,
    /// How many authorities have a position.
    pub of: usize,
    /// How many authorities it cannot be told apart from.
    pub alike: usize,
}

/// The position in words.
pub fn position(position: &Position) -> PositionView {
    let (lowest, highest) = position.rank;
    PositionView {
        expected: position.expected,
        label: match position.expected {
            Expected::AsExpected => "as expected",
            Expected::AboveExpected => "above expected",
            Expected::BelowExpected => "below expected",
        },
        far: position.far,
        quartile: position.quartile,
        quartile_label: ["lowest", "second lowest", "second highest", "highest"][position.quartile.clamp(1, 4) - 1],
        lowest_rank: lowest,
        highest_rank: highest,
        of: position.of,
        alike: (highest + 1).saturating_sub(lowest).saturating_sub(1),
    }
}

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
