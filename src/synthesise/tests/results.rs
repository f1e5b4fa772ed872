//! Tests of what a round gives nationally.

use std::collections::BTreeSet;

use super::*;

type Group = fn(&Return, &str, &str) -> Option<u64>;

/// The four national counts of an indicator, over the services that gave all of them; a measure that is given for both
/// services together stands beside the sum of the other.
fn national(returns: &[Return], numerator: &str, denominator: &str) -> [u64; 4] {
    let groups: [Group; 2] = [Return::minoritised, Return::white];
    let pair = |units: &[&Return], measure: &str| -> Option<[u64; 2]> {
        let sum = |group: Group| units.iter().map(|unit| group(unit, measure, "")).sum::<Option<u64>>();
        Some([sum(groups[0])?, sum(groups[1])?])
    };
    let codes: BTreeSet<&str> = returns.iter().map(|unit| unit.code.as_str()).collect();
    let mut sums = [0; 4];
    for code in codes {
        let of = |combined: bool| -> Vec<&Return> {
            let own = returns.iter().filter(|unit| unit.code == code);
            own.filter(|unit| (unit.service == Service::Combined) == combined).collect()
        };
        let (combined, split) = (of(true), of(false));
        let mut beside: Vec<[Vec<&Return>; 2]> =
            combined.iter().chain(&split).map(|unit| [vec![*unit], vec![*unit]]).collect();
        if !combined.is_empty() && split.len() == 2 {
            beside.extend([[combined.clone(), split.clone()], [split, combined]]);
        }
        for [above, below] in beside {
            if let (Some([a, c]), Some([b, d])) = (pair(&above, numerator), pair(&below, denominator)) {
                sums.iter_mut().zip([a, b, c, d]).for_each(|(sum, count)| *sum += count);
            }
        }
    }
    sums
}

fn ratio([a, b, c, d]: [u64; 4]) -> f64 {
    (a as f64 / b as f64) / (c as f64 / d as f64)
}

/// Each count rounded to the nearest 5, on its own.
fn protected(counts: [u64; 4]) -> [u64; 4] {
    counts.map(|count| (count + 2) / 5 * 5)
}

#[track_caller]
fn assert_published(year: i32, decimals: usize, expected: [&str; 9]) {
    let returns = returns(&files(year, None));
    for (indicator, expected) in standard().indicators[1..].iter().zip(expected) {
        let counts = national(&returns, &indicator.numerator, &indicator.denominator);
        for ratio in [ratio(counts), ratio(protected(counts))] {
            assert_eq!(format!("{ratio:.decimals$}"), expected, "indicator {} of {year}: {counts:?}", indicator.id);
        }
    }
}

#[track_caller]
fn assert_shares(year: i32, expected: [&str; 3]) {
    let returns = returns(&files(year, None));
    for (band, expected) in settings::band_ids(year).into_iter().zip(expected) {
        let counts =
            |unit: &Return| Some((unit.minoritised("staff_in_band", band)?, unit.white("staff_in_band", band)?));
        let (minoritised, white) =
            returns.iter().filter_map(counts).fold((0, 0), |(one, other), (more, and)| (one + more, other + and));
        let [above, below, ..] = protected([minoritised, minoritised + white, 0, 0]);
        for share in [minoritised as f64 / (minoritised + white) as f64, above as f64 / below as f64] {
            assert_eq!(format!("{:.0}%", share * 100.0), expected, "{band} of {year}");
        }
    }
}

#[test]
fn the_national_results_of_2024_are_the_published_ones() {
    assert_published(2024, 2, ["0.52", "1.37", "1.08", "1.00", "0.93", "0.95", "0.91", "1.21", "0.55"]);
    assert_shares(2024, ["18%", "22%", "14%"]);
}

#[test]
fn the_national_results_of_2023_are_the_published_ones() {
    assert_published(2023, 1, ["0.5", "1.4", "2.1", "1.0", "1.2", "1.3", "1.9", "1.1", "0.6"]);
}

#[test]
fn the_pilot_has_plausible_rates_and_a_gap_of_seven_points() {
    let returns = returns(&files(2021, None));
    for measure in ["abuse_public", "abuse_colleagues", "abuse_managers"] {
        let [a, b, c, d] = national(&returns, measure, "survey_respondents");
        assert!((0.25..0.32).contains(&(a as f64 / b as f64)), "{measure}");
        assert!((0.20..0.25).contains(&(c as f64 / d as f64)), "{measure}");
    }
    for [a, b, c, d] in
        [national(&returns, "senior_managers", "staff")].map(|counts| [counts, protected(counts)]).concat()
    {
        let gap = a as f64 / (a + c) as f64 - b as f64 / (b + d) as f64;
        assert!((-0.075..-0.065).contains(&gap), "{gap}");
    }
}

/// Whether a return gives everything for both services together, and not one measure beside others that it splits.
fn combined_alone(unit: &Return) -> bool {
    unit.service == Service::Combined && unit.white("staff", "").is_some()
}

#[test]
fn as_many_register_return_and_work_as_was_published() {
    let count = |returns: &[Return], service| returns.iter().filter(|unit| unit.service == service).count();
    for (year, registered_then, returned, childrens) in [(2021, 18, 18, 10), (2023, 23, 23, 14), (2024, 76, 73, 43)] {
        let files = files(year, None);
        let returns = returns(&files);
        let combined = returns.iter().filter(|unit| combined_alone(unit)).count();
        assert_eq!(registered(&files).len(), registered_then);
        assert_eq!(count(&returns, Service::Adults) + combined, returned);
        assert_eq!(count(&returns, Service::Childrens) + combined, childrens);
        assert_eq!(combined, if year == 2024 { 2 } else { 0 });
    }
    let of_2024 = returns(&files(2024, None));
    let staff = |unit: &Return| {
        let unknown = unit.count("staff", "", Ethnicity::Unknown).unwrap_or_default();
        let known = unit.minoritised("staff", "").zip(unit.white("staff", ""));
        known.map_or(0, |(minoritised, white)| minoritised + white + unknown)
    };
    assert_eq!(of_2024.iter().map(staff).sum::<u64>(), 97_900);
}
