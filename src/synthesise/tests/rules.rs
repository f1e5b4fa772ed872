//! Tests of what every round obeys: validity, overlap, names, equal bytes.

use std::collections::BTreeSet;
use std::fs;

use super::*;
use crate::authority;
use crate::round;

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
        // What is combined is not split.
        let combined = unit.answers.iter().filter(|_| unit.service == Service::Combined);
        for (key, _) in combined.filter(|(_, answer)| matches!(answer, Answer::Count(_))) {
            let others = returns.iter().filter(|other| other.code == unit.code && other.service != unit.service);
            let count = |answer: &Answer| matches!(answer, Answer::Count(_));
            let split = |other: &Return| other.answers.iter().any(|(of, answer)| of.0 == key.0 && count(answer));
            assert!(!others.into_iter().any(split), "{} {}", unit.code, key.0);
        }
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
    let together = |unit: &&Return| {
        let split = |(_, _, group): &(String, String, Ethnicity)| *group == Ethnicity::Asian;
        unit.service != Service::Combined && !unit.answers.keys().any(split)
    };
    assert_eq!(returns.iter().filter(together).map(|unit| &unit.code).collect::<BTreeSet<_>>().len(), 6);
    let partly = |unit: &&Return| {
        unit.answers.keys().any(|(measure, band, _)| {
            let counted = |group: &Ethnicity| unit.count(measure, band, *group).is_some();
            let groups = Ethnicity::MINORITISED.iter().filter(|group| counted(group)).count();
            (1..4).contains(&groups)
        })
    };
    assert!(returns.iter().filter(partly).count() > 5);
    let one_combined = |unit: &&Return| unit.service == Service::Combined && unit.white("staff", "").is_none();
    assert!(returns.iter().filter(one_combined).count() > 0);
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
    let other = synthesise(&standard(), &Options { year: 2024, authorities: None, seed: 2, mixed: None }).unwrap();
    assert!(files(2024, None) != other);
}

#[test]
fn impossible_options_are_refused() {
    for (year, authorities) in [(2024, Some(0)), (2024, Some(10_001)), (1066, None), (3000, None)] {
        assert!(synthesise(&standard(), &Options { year, authorities, seed: 1, mixed: None }).is_err());
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
