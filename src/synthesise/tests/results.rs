//! Tests of what a round gives nationally.

use super::*;

type Group = fn(&Return, &str, &str) -> Option<u64>;

/// The four national counts of an indicator, over the services that gave all of them.
fn national(returns: &[Return], numerator: &str, denominator: &str) -> [u64; 4] {
    let groups: [Group; 2] = [Return::minoritised, Return::white];
    let counts = |unit: &Return| -> Option<Vec<u64>> {
        groups.iter().flat_map(|group| [group(unit, numerator, ""), group(unit, denominator, "")]).collect()
    };
    returns.iter().filter_map(counts).fold([0; 4], |mut sums, counts| {
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        sums
    })
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

#[test]
fn as_many_register_return_and_work_as_was_published() {
    let count = |returns: &[Return], service| returns.iter().filter(|unit| unit.service == service).count();
    for (year, registered_then, returned, childrens) in [(2021, 18, 18, 10), (2023, 23, 23, 14), (2024, 76, 73, 43)] {
        let files = files(year, None);
        let returns = returns(&files);
        let combined = count(&returns, Service::Combined);
        assert_eq!(registered(&files).len(), registered_then);
        assert_eq!(count(&returns, Service::Adults) + combined, returned);
        assert_eq!(count(&returns, Service::Childrens) + combined, childrens);
        assert_eq!(combined, if year == 2024 { 2 } else { 0 });
    }
    let of_2024 = returns(&files(2024, None));
    let staff = |unit: &Return| {
        let unknown = unit.count("staff", "", Ethnicity::Unknown).unwrap_or_default();
        unit.minoritised("staff", "").unwrap() + unit.white("staff", "").unwrap() + unknown
    };
    assert_eq!(of_2024.iter().map(staff).sum::<u64>(), 97_900);
}
