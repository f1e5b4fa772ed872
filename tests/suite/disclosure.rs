//! Protection as a reader meets it: the log tells of every withheld count, and no shown counts give one away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workplace::{root, scwres};

const COUNTS: [&str; 4] = ["minoritised_numerator", "minoritised_denominator", "white_numerator", "white_denominator"];

/// A sample round built in an edition, and what the build said.
pub fn built(year: &str, edition: &str) -> (tempfile::TempDir, String) {
    let output = tempfile::tempdir().unwrap();
    let build = scwres(&root().join("data"), &root().join("report-templates"), output.path())
        .args(["build", year, "--edition", edition])
        .assert()
        .success();
    let said = String::from_utf8(build.get_output().stderr.clone()).unwrap();
    (output, said)
}

pub fn records(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// Every table of figures: the national one and those of the packs.
fn tables(output: &Path) -> Vec<PathBuf> {
    let year = output.join("2021");
    let packs = fs::read_dir(year.join("authorities")).unwrap();
    let packs = packs.map(|pack| pack.unwrap().path().join("data.csv"));
    [year.join("national/tables/indicators.csv")].into_iter().chain(packs).collect()
}

fn name(record: &BTreeMap<String, String>) -> [String; 4] {
    ["area_code", "service", "indicator", "breakdown"].map(|column| record[column].clone())
}

#[test]
fn every_withheld_count_is_attacked_and_logged_and_no_other_is_missing() {
    for edition in ["own", "public"] {
        let (output, said) = built("2021", edition);
        let log = records(&output.path().join("2021/checks/disclosure.csv"));
        let (left_out, attacked): (Vec<_>, Vec<_>) =
            log.iter().partition(|count| count["reason"].starts_with("left out"));
        assert!(said.contains(&format!("{} withheld figures attacked, 0 recovered", attacked.len())), "{said}");
        // Everybody is told which counts are withheld, and not which of them are small.
        let told = |count: &BTreeMap<String, String>| match edition {
            "own" => count["range_left"].parse::<u64>().is_ok_and(|left| left >= 9),
            _ => [&count["reason"], &count["range_left"], &count["narrowest_for"]] == ["withheld", "", ""],
        };
        assert!(attacked.iter().all(|count| told(count)));
        // Three measures for which one return does not say how many people's ethnicity is not known.
        assert_eq!(left_out.len(), if edition == "own" { 2 * 3 } else { 0 });
        assert!(left_out.iter().all(|count| count["indicator"] == "known-ethnicity" && count["range_left"].is_empty()));
        let mut withheld: BTreeMap<[String; 4], Vec<String>> = BTreeMap::new();
        for count in &log {
            withheld.entry(name(count)).or_default().push(count["count"].clone());
        }
        let (mut empty, mut shown) = (0, 0);
        for table in tables(output.path()) {
            for record in records(&table) {
                let missing = record["marker"] == "x" || record["marker"] == "z";
                if missing || (edition == "own" && record["area_type"] == "authority") {
                    continue;
                }
                let logged = withheld.get(&name(&record)).cloned().unwrap_or_default();
                for count in COUNTS {
                    assert_eq!(record[count].is_empty(), logged.contains(&count.to_owned()), "{record:?}");
                    *(if record[count].is_empty() { &mut empty } else { &mut shown }) += 1;
                }
            }
        }
        assert!(empty > 1_000 && shown > 1_000, "{empty} empty, {shown} shown");
    }
}

/// No return of the round gives both services combined, so the two add up to all: two counts rounded to 5 leave a range of 8 of
/// the third, and none is left alone unless one of the two is rounded more coarsely.
#[test]
fn no_service_is_what_all_services_leave_of_the_other() {
    let (output, _) = built("2021", "public");
    for table in tables(output.path()) {
        let mut services: BTreeMap<[String; 3], Vec<BTreeMap<String, String>>> = BTreeMap::new();
        for record in records(&table) {
            let [area, _, indicator, breakdown] = name(&record);
            services.entry([area, indicator, breakdown]).or_default().push(record);
        }
        for (name, records) in services.iter().filter(|(_, records)| records.len() == 3) {
            for count in COUNTS {
                let values: Vec<&String> = records.iter().map(|record| &record[count]).collect();
                let there = records.iter().all(|record| !["x", "z"].contains(&record["marker"].as_str()));
                let hidden = values.iter().filter(|value| value.is_empty()).count();
                let zeros = values.iter().filter(|value| **value == "0").count();
                let coarser = records.iter().any(|record| record["coarser"].contains(count));
                assert!(!there || hidden != 1 || zeros > 0 || coarser, "{name:?} {count}: {values:?}");
            }
        }
    }
}

/// A coarser step is at most a twentieth of the count, is told, and every count is a multiple of what it is rounded to.
#[test]
fn coarser_counts_are_told_and_are_at_least_twenty_times_their_step() {
    let mut found = 0;
    for edition in ["own", "public"] {
        let (output, said) = built("2021", edition);
        assert!(said.contains("shown after protection:\n  England, all services together: "), "{said}");
        let log = records(&output.path().join("2021/checks/coarser.csv"));
        let log: BTreeMap<([String; 4], String), String> =
            log.iter().map(|count| ((name(count), count["count"].clone()), count["rounded_to"].clone())).collect();
        for record in tables(output.path()).iter().flat_map(|table| records(table)) {
            if edition == "own" && record["area_type"] == "authority" {
                assert_eq!(record["coarser"], "");
                continue;
            }
            let told = record["coarser"].split(';').filter_map(|told| told.split_once(':'));
            let steps: BTreeMap<&str, &str> = told.collect();
            for count in COUNTS {
                let logged = log.get(&(name(&record), count.to_owned()));
                assert_eq!(steps.get(count).copied(), logged.map(String::as_str), "{record:?}");
                let (Ok(shown), step) = (record[count].parse::<u64>(), steps.get(count).copied().unwrap_or("5")) else {
                    assert!(logged.is_none() && record[count].is_empty());
                    continue;
                };
                let step: u64 = step.parse().unwrap();
                assert!(shown % step == 0 && (step == 5 || 20 * step <= shown), "{count} of {record:?}");
                found += usize::from(step > 5);
            }
        }
    }
    assert!(found > 20, "only {found} coarser counts");
}
