//! Tests: what is read of the files in `tests/fixtures/submissions` that findings do not show.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::authority::Authority;
use crate::finding::Checked;
use crate::round::Service;
use crate::submissions::csv;
use crate::submissions::entry::{Answer, Entry, Ethnicity, Submission};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn settings() -> Settings {
    serde_yaml::from_str(&std::fs::read_to_string(root().join("tests/fixtures/round.yaml")).unwrap()).unwrap()
}

fn standard() -> Standard {
    crate::standard::read(&root().join("data")).unwrap()
}

/// The return in a case's folder.
fn case(name: &str) -> Submission {
    let folder = root().join("tests/fixtures/submissions").join(name);
    let file = if folder.join("F01.ods").exists() { "F01.ods" } else { "F01.xlsx" };
    let bytes = std::fs::read(folder.join(file)).unwrap();
    read(&bytes, file, &settings(), &standard()).value.unwrap()
}

fn answer(submission: &Submission, measure: &str, band: &str, group: Ethnicity) -> Answer {
    let is = |entry: &&Entry| entry.measure == measure && entry.breakdown == band && entry.ethnicity == group;
    submission.entries.iter().find(is).unwrap().answer
}

/// Every answer without its place.
fn answers(submission: &Submission) -> BTreeMap<(Service, String, String, Ethnicity), Answer> {
    let key = |it: &Entry| (it.service, it.measure.clone(), it.breakdown.clone(), it.ethnicity);
    submission.entries.iter().map(|entry| (key(entry), entry.answer)).collect()
}

#[test]
fn letters_that_are_set_differently_are_one_text() {
    for name in ["workbook-letters-set-differently", "ods-letters-set-differently"] {
        let read = case(name);
        assert_eq!(answer(&read, "staff", "", Ethnicity::White), Answer::Count(450), "{name}");
        assert_eq!(answer(&read, "staff", "", Ethnicity::Asian), Answer::NotCollected, "{name}");
        assert_eq!(answer(&read, "staff", "", Ethnicity::Minoritised), Answer::Count(150), "{name}");
        assert_eq!(answer(&read, "shortlisted", "", Ethnicity::White), Answer::Count(270), "{name}");
    }
}

#[test]
fn what_another_program_wrote_or_somebody_hid_or_renamed_reads_the_same() {
    let accepted = answers(&case("workbook-accepted"));
    assert_eq!(accepted.len(), 16 * 6, "the one column that is not due is left out");
    for name in [
        "workbook-of-another-program",
        "workbook-saved-by-libreoffice",
        "workbook-hidden-rows-and-columns",
        "ods-hidden-rows-and-columns",
        "workbook-filtered-rows",
        "ods-filtered-rows",
        "workbook-sheet-hidden",
        "ods-sheet-hidden",
        "workbook-sheet-renamed",
        "workbook-sheets-renamed-and-empty-copy",
        "workbook-merged-labels",
        "ods-merged-labels",
        "workbook-remarks",
        "ods-remarks",
        "hostile-shared-strings",
    ] {
        assert_eq!(answers(&case(name)), accepted, "{name}");
    }
    assert_eq!(case("workbook-sheet-renamed").entries[0].location, "Adult services!C2");
}

#[test]
fn nothing_is_glued() {
    for name in ["workbook-struck-out", "ods-struck-out"] {
        let read = case(name);
        for group in [Ethnicity::Asian, Ethnicity::Black] {
            assert_eq!(answer(&read, "staff", "", group), Answer::Unreadable, "{name}");
        }
        assert_eq!(answer(&read, "staff", "", Ethnicity::Unknown), Answer::Count(30), "{name}");
    }
    for name in ["workbook-marks-of-footnotes", "ods-marks-of-footnotes"] {
        let read = case(name);
        assert_eq!(answer(&read, "staff", "", Ethnicity::Mixed), Answer::Unreadable, "{name}");
        assert_eq!(answer(&read, "staff", "", Ethnicity::White), Answer::Count(450), "{name}: of a marked heading");
    }
    let read = case("ods-pieces-in-cells");
    let staff = [40, 60, 30, 20].map(Answer::Count);
    assert_eq!(Ethnicity::MINORITISED.map(|group| answer(&read, "staff", "", group)), staff);
    assert_eq!(answer(&read, "staff", "", Ethnicity::White), Answer::Unreadable);
    assert_eq!(answer(&read, "staff", "", Ethnicity::Unknown), Answer::Count(30));
}

#[test]
fn numbers_are_read_as_they_are_shown() {
    for name in ["workbook-shown-otherwise", "ods-shown-otherwise"] {
        let read = case(name);
        assert_eq!(answer(&read, "staff", "", Ethnicity::White), Answer::Count(450), "{name}");
        assert_eq!(answer(&read, "staff", "", Ethnicity::Asian), Answer::Unreadable, "{name}");
        assert_eq!(answer(&read, "regulated_staff", "", Ethnicity::Asian), Answer::Count(0), "{name}");
        assert_eq!(answer(&read, "regulated_staff", "", Ethnicity::Black), Answer::Count(3), "{name}");
    }
}

#[test]
fn remarks_are_carried_with_their_places() {
    let workbook = case("workbook-remarks").cover.remarks;
    let remark = |place: &str, text: &str| (place.to_owned(), text.to_owned());
    let expected = [
        remark("Cover!B6", "Adults' services without the reablement team, which the NHS employs <since May>."),
        remark("Cover!A10", "Signed off by the director on 3 October."),
        remark("Adults", "Without schools.\nAsk HR."),
        remark("Adults!C2", "Two people counted by hand."),
        remark("Adults!E2", "Is this right?"),
        remark("Adults!E2", "Yes, checked with payroll."),
        remark("Adults!H2", "Includes <b>agency</b> staff? & others"),
        remark("Notes!A19", "Pay"),
        remark("Notes!B19", "Pay bands are by salary without allowances.\nSee the policy."),
    ];
    assert_eq!(workbook, expected);
    let pieces = case("ods-pieces-in-cells").cover.remarks;
    assert_eq!(pieces, [remark("Adults!E2", "Counted twice."), remark("Adults!F2", "5")]);
}

/// The parts of an archive.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        parts.push((part.name().unwrap().into_owned(), content));
    }
    parts
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Numbers and words that stand in parts, put where others stood: no panic is left to be caught.
#[test]
fn no_part_makes_the_reader_panic() {
    const PIECES: [&str; 16] = [
        "4294967295",
        "0",
        "-1",
        "C5:A1",
        "A1:XFD1048576",
        "/>",
        "</c>",
        "<c>",
        "<row>",
        "<v>",
        "_x0041_",
        "\u{e9}",
        "%",
        ";;;",
        "",
        "18446744073709551616",
    ];
    let mut chance = 12345u64;
    let mut next = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) as usize % below
    };
    let cases = [
        "workbook-remarks/F01.xlsx",
        "workbook-merged-counts/F01.xlsx",
        "ods-merged-counts/F01.ods",
        "ods-pieces-in-cells/F01.ods",
    ];
    for case in cases {
        let whole = parts(&std::fs::read(root().join("tests/fixtures/submissions").join(case)).unwrap());
        for _ in 0..150 {
            let mut changed = whole.clone();
            for _ in 0..=next(3) {
                let part = next(changed.len());
                let content = &mut changed[part].1;
                let from = next(content.len() + 1);
                let to = (from + next(8)).min(content.len());
                content.splice(from..to, PIECES[next(PIECES.len())].bytes());
            }
            let checked = read(&packed(&changed), case, &settings(), &standard());
            let caught = checked.findings.iter().find(|finding| finding.found.contains("contradict each other"));
            assert!(caught.is_none(), "{case}");
        }
    }
}

/// How somebody gives a row: by groups, in total, or both.
fn row() -> impl Strategy<Value = (u8, Vec<Answer>)> {
    let answer = prop_oneof![
        (0u64..2_000).prop_map(Answer::Count),
        Just(Answer::NotCollected),
        Just(Answer::NotApplicable),
        (0u64..9).prop_map(Answer::Count),
    ];
    (0u8..3, prop::collection::vec(answer, 7))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A return says the same as a workbook and as CSV, in which nothing stands for a cell that is not due.
    #[test]
    fn a_workbook_and_the_csv_of_the_same_return_are_read_alike(given in prop::collection::vec(row(), 16)) {
        let (settings, standard) = (settings(), standard());
        let mut entries = Vec::new();
        let mut text = "authority_code,service,measure,breakdown,ethnicity,count\n".to_owned();
        for ((measure, band), (manner, answers)) in rows(&settings, &standard).into_iter().zip(given) {
            for (ethnicity, answer) in Ethnicity::ALL.into_iter().zip(answers) {
                let left_out = match ethnicity {
                    Ethnicity::Minoritised => manner == 0,
                    Ethnicity::White | Ethnicity::Unknown => false,
                    _ => manner == 1,
                };
                if left_out {
                    continue;
                }
                let breakdown = band.map(|band| band.id.clone()).unwrap_or_default();
                let fields = ["F01", "adults", &measure.id, &breakdown, ethnicity.id(), &answer.written()];
                text += &format!("{}\n", fields.join(","));
                let (service, measure, location) = (Service::Adults, measure.id.clone(), String::new());
                entries.push(Entry { service, measure, breakdown, ethnicity, answer, location });
            }
        }
        let authority =
            Authority { code: "F01".into(), name: "Alderwick".into(), kind: String::new(), region: String::new(), members: Vec::new(), group: None };
        let bytes = write(&settings, &standard, &authority, Content { entries: &entries, contact: "Ann, ann@example.org" }, None).unwrap();
        let Checked { value, findings } = read(&bytes, "F01.xlsx", &settings, &standard);
        prop_assert_eq!(findings, []);
        let of_csv = csv::read(text.as_bytes(), "F01.csv", &settings, &standard).value.unwrap();
        prop_assert_eq!(answers(&value.unwrap()), answers(&of_csv));
    }
}
