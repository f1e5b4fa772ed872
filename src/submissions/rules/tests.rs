//! Tests: which cells a finding is about, of the files in `tests/fixtures/submissions`.

use std::path::Path;

use crate::finding::{Finding, places};
use crate::submissions::{csv, workbook};

/// What is found in a case's file, as it reads alone.
fn found(case: &str) -> Vec<Finding> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settings = std::fs::read_to_string(root.join("tests/fixtures/round.yaml")).unwrap();
    let settings = serde_yaml::from_str(&settings).unwrap();
    let standard = crate::standard::read(&root.join("data")).unwrap();
    let folder = root.join("tests/fixtures/submissions").join(case);
    let is_workbook = folder.join("F01.xlsx").exists();
    let name = if is_workbook { "F01.xlsx" } else { "F01.csv" };
    let bytes = std::fs::read(folder.join(name)).unwrap();
    let read = match is_workbook {
        true => workbook::read(&bytes, name, &settings, &standard),
        false => csv::read(&bytes, name, &settings, &standard),
    };
    let submission = read.value.unwrap();
    read.findings.into_iter().chain(super::check(&submission, &settings, &standard, None)).collect()
}

/// The places of a rule's first finding.
fn told(case: &str, rule: &str) -> String {
    let findings = found(case);
    findings.iter().find(|finding| finding.rule == rule).map(places::told).unwrap_or_default()
}

#[test]
fn a_finding_is_about_every_cell_that_it_speaks_of() {
    let cases = [
        ("part-above-whole", "part-above-whole", "line 8, column count; line 2, column count"),
        ("more-than-in-post", "more-than-in-post", "line 89, column count; line 5, column count"),
        (
            "bands-above-staff",
            "bands-above-staff",
            "line 18, column count; line 6, column count; line 12, column count",
        ),
        ("bands-below-staff-by-few", "bands-below-staff", "lines 2 to 25, column count"),
        ("groups-and-total", "groups-and-total", "line 8, column count; lines 2 to 5, column count"),
        ("duplicate-row", "duplicate", "line 14, column count; line 6, column count"),
        ("swapped-rows", "swapped-rows", "lines 2 to 7, column count; lines 44 to 49, column count"),
        ("combined-beside-split", "combined-beside-split", "line 3, column count; line 2, column count"),
        ("groups-equal", "groups-equal", "lines 62 to 67, column count"),
        ("implausible-rate", "implausible-rate", "lines 2 to 7, column count; lines 38 to 43, column count"),
        ("blank-row", "blank", "lines 86 to 91, column count"),
        ("blank-cell", "blank", "line 57, column count"),
        ("no-staff", "no-staff", "lines 2 to 7, column count"),
        ("workbook-total-typed-over", "total-differs", "Adults!J2; Adults!C2 to I2"),
        ("workbook-merged-counts", "merged-cells", "Adults!C5; Adults!D5 to F5"),
        ("workbook-row-twice", "double-row", "Adults!A8; Adults!A7; Adults!C7 to I8"),
        ("workbook-column-twice", "double-column", "Adults!I1; Adults!H1"),
    ];
    let found: Vec<_> = cases.iter().map(|(case, rule, _)| (*case, *rule, told(case, rule))).collect();
    let expected: Vec<_> = cases.iter().map(|(case, rule, places)| (*case, *rule, (*places).to_owned())).collect();
    assert_eq!(found, expected);
}
