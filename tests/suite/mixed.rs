//! Rounds in which every return gives its counts in its own way: whatever the checks accept builds, is right, and is protected.

#[path = "../../fuzz/fuzz_targets/returns.rs"]
mod returns;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use scwres::statistics::Edition;
use scwres::submissions::workbook;

use crate::workplace::{files, root, scwres};

/// Bytes that decide how a round looks; the commonest choice is a small byte.
fn decisions() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 200..4_000)
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn whatever_the_checks_accept_is_measured_and_protected() {
    let accepted = AtomicUsize::new(0);
    proptest!(cases(300), |(bytes in decisions())| {
        let folder = tempfile::tempdir().unwrap();
        returns::write(&bytes, folder.path(), root());
        accepted.fetch_add(returns::examine(folder.path()), Ordering::Relaxed);
    });
    // A generator whose returns are refused would show nothing.
    let accepted = accepted.into_inner();
    assert!(accepted > 300, "only {accepted} returns were accepted");
}

/// The same return as CSV, with rows left out, and as a workbook, with cells left empty.
#[test]
fn a_workbook_and_the_csv_of_the_same_return_give_the_same() {
    proptest!(cases(60), |(bytes in decisions())| {
        let folder = tempfile::tempdir().unwrap();
        returns::write(&bytes, folder.path(), root());
        let csv = returns::open(folder.path());
        for submission in &csv.returns.submissions {
            let authority = csv.round.authority(&submission.authority_code).unwrap();
            let standard = scwres::standard::read(folder.path()).unwrap();
            let content = workbook::Content { entries: &submission.entries, contact: "Ann, ann@example.org" };
            let bytes = workbook::write(&csv.round.settings, &standard, authority, content, None).unwrap();
            let path = csv.round.folder.join("submissions").join(&submission.file);
            fs::write(path.with_extension("xlsx"), bytes).unwrap();
            fs::remove_file(path).unwrap();
        }
        let workbook = returns::open(folder.path());
        // Of very many like findings the first are shown, and which these are depends on the order of the cells.
        let many = |rule: &str| {
            let of = |opened: &returns::Opened| opened.findings.iter().filter(|finding| finding.rule == rule).count();
            of(&csv).max(of(&workbook)) > 50
        };
        let told = |opened: &returns::Opened| {
            let findings = opened.findings.iter().filter(|finding| !many(finding.rule));
            let mut told: Vec<_> =
                findings.map(|finding| (finding.severity, finding.rule, finding.message.clone())).collect();
            told.sort();
            told
        };
        prop_assert_eq!(told(&csv), told(&workbook));
        prop_assert_eq!(&csv.returns.accepted, &workbook.returns.accepted);
        if !csv.returns.accepted.is_empty() {
            let [one, other] = [&csv, &workbook].map(|opened| opened.measured(Edition::Own));
            prop_assert_eq!(one.national.rows(), other.national.rows());
            prop_assert_eq!(&one.quality, &other.quality);
            for (one, other) in one.authorities.iter().zip(&other.authorities) {
                prop_assert_eq!(one.figures.rows(), other.figures.rows());
                prop_assert_eq!(&one.quality, &other.quality);
            }
        }
    });
}

/// A copy of the repository's data up to a round, with lines of one return replaced.
fn sample(year: &str, file: &str, edits: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = root().join("data");
    for name in files(&data).into_iter().filter(|name| !name.contains('/') || name[..4] <= *year) {
        fs::create_dir_all(folder.path().join(&name).parent().unwrap()).unwrap();
        fs::copy(data.join(&name), folder.path().join(&name)).unwrap();
    }
    let path = folder.path().join(year).join("submissions").join(file);
    let mut text = fs::read_to_string(&path).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(&path, text).unwrap();
    folder
}

/// One group that is not held, in a total, with its total, in a pay band, however it is written: in every round and edition.
#[test]
fn one_group_that_is_not_counted_stops_no_build() {
    let line = |year: &str, file: &str, begins: &str| {
        let text = fs::read_to_string(root().join("data").join(year).join("submissions").join(file)).unwrap();
        text.lines().find(|line| line.contains(begins)).unwrap().to_owned()
    };
    for (year, file) in [("2021", "F06000001.csv"), ("2023", "F06000004.csv"), ("2024", "F06000001.csv")] {
        let mixed = line(year, file, ",adults,staff,,mixed,");
        let band = line(year, file, ",adults,staff_in_band,");
        let without = |line: &str, answer: &str| format!("{}{answer}", &line[..=line.rfind(',').unwrap()]);
        let total = mixed.replace(",mixed,", ",minoritised,");
        let several: Vec<(String, String)> = vec![
            (mixed.clone(), without(&mixed, "x")),
            (mixed.clone(), without(&mixed, "z")),
            (mixed.clone(), without(&mixed, "")),
            (mixed.clone(), format!("{}\n{}", without(&mixed, "x"), without(&total, "400"))),
            (band.clone(), without(&band, "x")),
        ];
        // Larger rounds take longer, and differ in nothing else that matters here.
        let (cases, editions) = match year {
            "2021" => (several, &[Edition::Own, Edition::Public][..]),
            "2023" => (several[2..4].to_vec(), &[Edition::Own, Edition::Public][..]),
            _ => (several[3..4].to_vec(), &[Edition::Own][..]),
        };
        for (from, to) in cases {
            let folder = sample(year, file, &[(&from, &to)]);
            let opened = returns::open(folder.path());
            for edition in editions {
                let statistics = opened.measured(*edition);
                assert_eq!(statistics.coverage.rejected, 0, "{to}: {:?}", opened.findings);
            }
        }
    }
}

/// Bytes that look like chance, from a number.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..4_000).map(|_| next()).collect()
}

#[test]
fn mixed_rounds_are_typeset_without_a_word_that_is_none() {
    for seed in 1..=4 {
        let folder = tempfile::tempdir().unwrap();
        let (data, output) = (folder.path().join("data"), folder.path().join("output"));
        returns::write(&bytes(seed), &data, root());
        let edition = if seed % 2 == 0 { "public" } else { "own" };
        let build = ["build", "2024", "--without-rejected", "--edition", edition];
        scwres(&data, &root().join("report-templates"), &output).args(build).assert().success();
        let pages: Vec<String> = files(&output).into_iter().filter(|name| name.ends_with(".html")).collect();
        assert!(pages.len() > 2, "{pages:?}");
        for page in pages {
            no_odd_word(&output.join(page));
        }
    }
}

fn no_odd_word(page: &Path) {
    let text = fs::read_to_string(page).unwrap();
    let document = scraper::Html::parse_document(&text);
    let main = document.select(&scraper::Selector::parse("body").unwrap()).next().unwrap();
    let words = main.text().collect::<Vec<_>>().concat();
    for odd in ["NaN", "∞", "None", "none none", "in 0 of 0", "1 authorities"] {
        assert!(!words.contains(odd), "{odd} in {}", page.display());
    }
    assert!(!words.split(|letter: char| !letter.is_alphabetic()).any(|word| word == "inf"), "{}", page.display());
    let rates = words.split_whitespace().filter_map(|word| word.strip_suffix('%')?.parse::<f64>().ok());
    let above: Vec<f64> = rates.filter(|rate| *rate > 100.0).collect();
    assert!(above.is_empty(), "{above:?} in {}", page.display());
}
