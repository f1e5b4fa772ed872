//! Tests: the made-up rounds have the published results, obey every rule, overlap, and come out alike each time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::authority;
use crate::round::{self, Service};
use crate::submissions::entry;

type Group = fn(&Return, &str, &str) -> Option<u64>;

/// What one service of one authority gave.
struct Return {
    code: String,
    service: Service,
    answers: BTreeMap<(String, String, Ethnicity), Answer>,
}

impl Return {
    fn count(&self, measure: &str, band: &str, group: Ethnicity) -> Option<u64> {
        match self.answers.get(&(measure.to_owned(), band.to_owned(), group)) {
            Some(Answer::Count(count)) => Some(*count),
            _ => None,
        }
    }

    fn minoritised(&self, measure: &str, band: &str) -> Option<u64> {
        let together = self.count(measure, band, Ethnicity::Minoritised);
        let split = || Ethnicity::MINORITISED.into_iter().map(|group| self.count(measure, band, group)).sum();
        together.or_else(split)
    }

    fn white(&self, measure: &str, band: &str) -> Option<u64> {
        self.count(measure, band, Ethnicity::White)
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn standard() -> Standard {
    crate::standard::read(&data()).unwrap()
}

fn files(year: i32, authorities: Option<usize>) -> Vec<(String, Vec<u8>)> {
    synthesise(&standard(), &Options { year, authorities, seed: 1 }).unwrap()
}

fn registered(files: &[(String, Vec<u8>)]) -> Vec<Authority> {
    csv::Reader::from_reader(files[1].1.as_slice()).deserialize().map(Result::unwrap).collect()
}

/// Reads the files back without the program's own reader of CSV, so that this test does not rest on it.
fn returns(files: &[(String, Vec<u8>)]) -> Vec<Return> {
    let settings: Settings = serde_yaml::from_str(std::str::from_utf8(&files[0].1).unwrap()).unwrap();
    let mut returns: BTreeMap<(String, Service), Return> = BTreeMap::new();
    for (path, bytes) in &files[2..] {
        let (code, entries) = if path.ends_with(".xlsx") {
            let checked = workbook::read(bytes, path, &settings, &standard());
            assert_eq!(checked.findings, [], "{path}");
            let submission = checked.value.unwrap();
            (submission.authority_code, submission.entries)
        } else {
            read_csv(bytes)
        };
        assert!(path.contains(&code), "{path}");
        for entry in entries {
            let key = (code.clone(), entry.service);
            let unit = returns.entry(key).or_insert_with(|| Return {
                code: code.clone(),
                service: entry.service,
                answers: BTreeMap::new(),
            });
            unit.answers.insert((entry.measure, entry.breakdown, entry.ethnicity), entry.answer);
        }
    }
    returns.into_values().collect()
}

fn read_csv(bytes: &[u8]) -> (String, Vec<Entry>) {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap(), ["authority_code", "service", "measure", "breakdown", "ethnicity", "count"]);
    let mut code = String::new();
    let mut entries = Vec::new();
    for fields in lines {
        code = fields[0].to_owned();
        let (answer, remark) = entry::answer(fields[5]);
        assert_eq!(remark, None);
        entries.push(Entry {
            service: Service::from_id(fields[1]).unwrap(),
            measure: fields[2].to_owned(),
            breakdown: fields[3].to_owned(),
            ethnicity: Ethnicity::from_id(fields[4]).unwrap(),
            answer: answer.unwrap(),
            location: String::new(),
        });
    }
    (code, entries)
}

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

/// Every rule that an accepted return obeys.
fn assert_valid(returns: &[Return], bands: [&str; 3]) {
    let standard = standard();
    for unit in returns {
        for measure in &standard.measures {
            let rows = if measure.by_band { bands.to_vec() } else { vec![""] };
            for band in &rows {
                let split: Option<u64> =
                    Ethnicity::MINORITISED.into_iter().map(|group| unit.count(&measure.id, band, group)).sum();
                if let (Some(split), Some(all)) = (split, unit.count(&measure.id, band, Ethnicity::Minoritised)) {
                    assert_eq!(split, all, "{} {}", unit.code, measure.id);
                }
            }
            let Some(whole) = &measure.part_of else { continue };
            for group in Ethnicity::ALL {
                let parts: Option<u64> = rows.iter().map(|band| unit.count(&measure.id, band, group)).sum();
                if let (Some(parts), Some(whole)) = (parts, unit.count(whole, "", group)) {
                    assert!(parts <= whole, "{} {} {group:?}: {parts} of {whole}", unit.code, measure.id);
                }
            }
        }
        let alone = returns.iter().filter(|other| other.code == unit.code).count() == 1;
        assert!(unit.service != Service::Combined || alone, "{}", unit.code);
    }
}

#[test]
fn every_return_obeys_the_rules_at_every_size() {
    for (year, authorities) in
        [(2021, None), (2023, None), (2024, None), (2024, Some(1)), (2021, Some(2)), (2025, Some(300))]
    {
        let files = files(year, authorities);
        let returns = returns(&files);
        assert_valid(&returns, settings::band_ids(year));
        if let Some(authorities) = authorities {
            assert_eq!(files.len() - 2, authorities);
            assert_eq!(registered(&files).len(), authorities + authorities / 24);
        }
    }
}

#[test]
fn returns_are_imperfect_and_differ_in_form() {
    let files = files(2024, None);
    let returns = returns(&files);
    let answers =
        |wanted| returns.iter().flat_map(|it| it.answers.values()).filter(|answer| **answer == wanted).count();
    for answer in [Answer::NotCollected, Answer::NotApplicable, Answer::Blank] {
        assert!(answers(answer) > 20, "{answer:?}");
    }
    let together = |unit: &&Return| unit.count("staff", "", Ethnicity::Asian).is_none();
    assert_eq!(returns.iter().filter(together).map(|unit| &unit.code).collect::<BTreeSet<_>>().len(), 6);
    let with = |wanted: fn(&(String, Vec<u8>)) -> bool| files.iter().filter(|file| wanted(file)).count();
    assert_eq!(with(|(path, _)| path.ends_with(".xlsx")), 12);
    assert!(with(|(_, bytes)| bytes.starts_with(b"\xef\xbb\xbf")) > 2);
    assert!(with(|(path, bytes)| path.ends_with(".csv") && bytes.contains(&b'\r')) > 2);
}

#[test]
fn regions_and_types_are_there_in_about_their_proportions() {
    let tally = |year, feature: fn(&Authority) -> &str| {
        let files = files(year, None);
        let codes: BTreeSet<String> = returns(&files).into_iter().map(|unit| unit.code).collect();
        let mut tally: BTreeMap<String, usize> = BTreeMap::new();
        for authority in registered(&files).iter().filter(|authority| codes.contains(&authority.code)) {
            *tally.entry(feature(authority).to_owned()).or_default() += 1;
        }
        tally
    };
    let enough = |tally: &BTreeMap<String, usize>| tally.values().filter(|count| **count >= 3).count();
    assert_eq!(enough(&tally(2024, |authority| &authority.region)), 9);
    assert_eq!(enough(&tally(2024, |authority| &authority.kind)), 4);
    assert_eq!(enough(&tally(2023, |authority| &authority.region)), 7);
    assert_eq!(enough(&tally(2021, |authority| &authority.region)), 6);
    let england = authority::read(&data().join("england-authorities.csv")).unwrap();
    let real: BTreeSet<(&str, &str)> = england.iter().map(|it| (it.kind.as_str(), it.region.as_str())).collect();
    let pool = pool::pool(153);
    let made: BTreeSet<(&str, &str)> =
        pool.iter().map(|it| (it.authority.kind.as_str(), it.authority.region.as_str())).collect();
    assert_eq!(made, real);
}

#[test]
fn rounds_overlap_and_an_authority_stays_itself() {
    let rounds = [2021, 2023, 2024].map(|year| registered(&files(year, None)));
    let common = |one: &[Authority], other: &[Authority]| one.iter().filter(|it| other.contains(it)).count();
    assert_eq!(common(&rounds[0], &rounds[1]), 15);
    assert_eq!(common(&rounds[1], &rounds[2]), 22);
    let code = |authority: &Authority| authority.code.clone();
    let all: BTreeSet<String> = rounds.iter().flatten().map(code).collect();
    let alike: BTreeSet<String> = rounds.iter().flatten().map(|it| format!("{it:?}")).collect();
    assert_eq!(all.len(), alike.len());
}

#[test]
fn names_are_unique_and_not_those_of_england() {
    let england = authority::read(&data().join("england-authorities.csv")).unwrap();
    let pool = pool::pool(MOST_AUTHORITIES);
    let names: BTreeSet<String> = pool.iter().map(|member| member.authority.name.to_lowercase()).collect();
    let folders: BTreeSet<String> = pool.iter().map(|member| member.authority.folder()).collect();
    assert_eq!((names.len(), folders.len()), (pool.len(), pool.len()));
    for real in &england {
        let real_name = real.name.trim_end_matches(", City of").to_lowercase();
        for name in &names {
            assert!(!name.contains(&real_name), "{name} contains {real_name}");
        }
        assert!(pool.iter().all(|member| member.authority.code != real.code));
    }
}

#[test]
fn equal_seeds_give_equal_bytes_and_other_seeds_other_rounds() {
    assert!(files(2024, None) == files(2024, None));
    let other = synthesise(&standard(), &Options { year: 2024, authorities: None, seed: 2 }).unwrap();
    assert!(files(2024, None) != other);
}

#[test]
fn impossible_options_are_refused() {
    for (year, authorities) in [(2024, Some(0)), (2024, Some(10_001)), (1066, None), (3000, None)] {
        assert!(synthesise(&standard(), &Options { year, authorities, seed: 1 }).is_err());
    }
}

#[test]
fn every_round_loads_and_the_three_together_are_small() {
    let folder = tempfile::tempdir().unwrap();
    let mut size = 0;
    for year in [2021, 2023, 2024, 2026] {
        for (path, bytes) in files(year, None) {
            size += if year == 2026 { 0 } else { bytes.len() };
            let path = folder.path().join(year.to_string()).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let round = round::read(folder.path(), year, &standard()).unwrap();
        assert_eq!(round.settings.year, year);
    }
    assert!(size < 1_500_000, "{size} bytes");
}
