//! Tests: written workbooks come back as they were, and disorder, odd cells and odd files are findings.

use std::path::Path;

use rust_xlsxwriter::{Format, Formula, Workbook};

use super::*;
use crate::authority::Authority;
use crate::finding::{Checked, Finding, Severity};
use crate::round::Service;
use crate::submissions::entry::{Answer, Entry, Ethnicity, Submission};

const SETTINGS: &str = "{year: 2024, title: Test round, published: 2025-05-13, pay_bands: [{id: low, label: Under £30}, \
                        {id: high, label: £30 and over}]}";

fn settings() -> Settings {
    serde_yaml::from_str(SETTINGS).unwrap()
}

fn standard() -> Standard {
    crate::standard::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data")).unwrap()
}

fn authority() -> Authority {
    Authority {
        code: "F09000001".into(),
        name: "Alderwick".into(),
        kind: "London borough".into(),
        region: "London".into(),
        members: Vec::new(),
        group: None,
    }
}

/// An answer for every cell of a service: counts, `x`, `z` and blanks in turn.
fn filled(service: Service) -> Vec<Entry> {
    let (settings, standard) = (settings(), standard());
    let mut entries = Vec::new();
    for (row, (measure, band)) in (1..).zip(rows(&settings, &standard)) {
        for (column, ethnicity) in (2..).zip(Ethnicity::ALL) {
            let answer = match (row * 7 + column) % 5 {
                0 => Answer::NotCollected,
                1 => Answer::NotApplicable,
                2 => Answer::Blank,
                other => Answer::Count(u64::from(other * 37 * row)),
            };
            let breakdown = band.map(|band| band.id.clone()).unwrap_or_default();
            let location = cell_name(service.sheet(), row, column);
            entries.push(Entry { service, measure: measure.id.clone(), breakdown, ethnicity, answer, location });
        }
    }
    // Beside groups that are told, all minoritised may be left empty: then a return says nothing of it.
    entries.retain(|entry| entry.ethnicity != Ethnicity::Minoritised || entry.answer != Answer::Blank);
    entries
}

fn read_bytes(bytes: &[u8]) -> Checked<Option<Submission>> {
    read(bytes, "F09000001.xlsx", &settings(), &standard())
}

/// A workbook with a cover and one sheet, from rows of text; a text that is a number is written as a number.
fn workbook(sheet: &str, rows: &[Vec<&str>]) -> Workbook {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet().set_name(sheet).unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells) {
            match text.parse::<f64>() {
                Ok(number) => page.write_number(row, column, number).unwrap(),
                Err(_) => page.write_string(row, column, *text).unwrap(),
            };
        }
    }
    let cover = workbook.add_worksheet().set_name("Cover").unwrap();
    cover.write_string(0, 0, " authority CODE ").unwrap().write_string(0, 1, "F09000001").unwrap();
    cover.write_string(1, 0, "Layout version").unwrap().write_number(1, 1, 1).unwrap();
    workbook
}

fn headings() -> Vec<&'static str> {
    let groups = Ethnicity::ALL.map(Ethnicity::label);
    [&["Measure", "Pay band"][..], &groups[..]].concat()
}

/// Severity, rule, location, found.
fn findings(checked: &Checked<Option<Submission>>) -> Vec<(Severity, &str, &str, &str)> {
    let findings = checked.findings.iter();
    findings.map(|it| (it.severity, it.rule, it.location.as_str(), it.found.as_str())).collect()
}

/// What was read, as measure, breakdown, group and answer.
fn answers(checked: &Checked<Option<Submission>>) -> Vec<(&str, &str, Ethnicity, Answer)> {
    let entries = &checked.value.as_ref().unwrap().entries;
    let counted = entries.iter().filter(|entry| ![Answer::Blank, Answer::Unreadable].contains(&entry.answer));
    counted.map(|it| (it.measure.as_str(), it.breakdown.as_str(), it.ethnicity, it.answer)).collect()
}

#[test]
fn a_written_workbook_comes_back_with_the_same_entries() {
    let entries = [filled(Service::Adults), filled(Service::Childrens)].concat();
    let bytes = write(&settings(), &standard(), &authority(), content(&entries), None).unwrap();
    let checked = read_bytes(&bytes);
    assert_eq!(findings(&checked), []);
    let submission = checked.value.unwrap();
    assert_eq!(submission.authority_code, "F09000001");
    assert_eq!(submission.entries, entries);
}

#[test]
fn the_empty_workbook_has_no_entries_and_equal_bytes() {
    let write = || write(&settings(), &standard(), &authority(), Content::default(), None).unwrap();
    let bytes = write();
    assert_eq!(bytes, write());
    let checked = read_bytes(&bytes);
    assert_eq!(checked.value.as_ref().unwrap().entries, []);
    // Nobody is named on it yet, and nothing else is said.
    assert_eq!(findings(&checked), [(Severity::Note, "no-contact", "Cover!B5", "")]);
}

#[test]
fn an_entry_without_a_cell_is_refused() {
    let mut entries = filled(Service::Adults);
    entries[0].measure = "happiness".into();
    assert!(
        write(&settings(), &standard(), &authority(), content(&entries), None)
            .unwrap_err()
            .to_string()
            .contains("happiness")
    );
}

#[test]
fn order_capitals_spaces_and_inserted_rows_and_columns_do_no_harm() {
    let rows = vec![
        vec!["", "Our return, second try"],
        vec!["", "Measure", "White", "PAY  BAND", "Asian", "black", "Mixed", "Other", "Not known", "All minoritised"],
        vec!["", "Staff who left the organisation ", "7", "All", "1", "2", "3", "4", "5", "10"],
        vec!["", "From the HR system on 3 April"],
        vec!["", "staff in pay band", "70", "£30 AND over", "x"],
        vec!["", "Staff in post", "99"],
    ];
    let checked = read_bytes(&workbook("adults", &rows).save_to_buffer().unwrap());
    assert_eq!(findings(&checked), []);
    let leavers = [1, 2, 3, 4, 10, 7, 5].map(Answer::Count);
    let mut expected: Vec<_> =
        Ethnicity::ALL.into_iter().zip(leavers).map(|(group, count)| ("leavers", "", group, count)).collect();
    expected.push(("staff_in_band", "high", Ethnicity::Asian, Answer::NotCollected));
    expected.push(("staff_in_band", "high", Ethnicity::White, Answer::Count(70)));
    expected.push(("staff", "", Ethnicity::White, Answer::Count(99)));
    assert_eq!(answers(&checked), expected);
    assert_eq!(checked.value.unwrap().entries[5].location, "adults!C3");
}

#[test]
fn numbers_stored_as_text_are_read_and_what_is_not_a_count_is_an_error() {
    let rows = vec![headings(), vec!["Staff in post", "All", "12.0", "3.5", "-1", "1e30", "nan", "about 5", "z "]];
    let mut book = workbook("Adults", &rows);
    let page = book.worksheet_from_name("Adults").unwrap();
    page.write_string(1, 6, "1,234").unwrap();
    let checked = read_bytes(&book.save_to_buffer().unwrap());
    let error = |location, found| (Severity::Error, "not-a-whole-number", location, found);
    let note = |location, found| (Severity::Note, "read-as", location, found);
    assert_eq!(
        findings(&checked),
        [
            error("Adults!D2", "`3.5`"),
            error("Adults!E2", "`-1`"),
            error("Adults!F2", "`1000000000000000000000000000000`"),
            note("Adults!G2", "`1,234`"),
            error("Adults!H2", "`about 5`"),
            note("Adults!I2", "`z `"),
        ]
    );
    assert_eq!(
        answers(&checked),
        [
            ("staff", "", Ethnicity::Asian, Answer::Count(12)),
            ("staff", "", Ethnicity::Minoritised, Answer::Count(1234)),
            ("staff", "", Ethnicity::Unknown, Answer::NotApplicable),
        ]
    );
}

#[test]
fn formulas_count_by_their_value_and_errors_and_dates_are_findings() {
    let mut book = workbook("Adults", &[headings(), vec!["Staff in post", "All"]]);
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let page = book.worksheet_from_name("Adults").unwrap();
    page.write_formula(1, 2, Formula::new("=6*7").set_result("42")).unwrap();
    page.write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    page.write_boolean(1, 4, true).unwrap();
    page.write_number_with_format(1, 5, 12, &date).unwrap();
    let checked = read_bytes(&book.save_to_buffer().unwrap());
    assert_eq!(answers(&checked), [("staff", "", Ethnicity::Asian, Answer::Count(42))]);
    assert_eq!(
        findings(&checked),
        [
            (Severity::Error, "error-value", "Adults!D2", "`#DIV/0!`"),
            (Severity::Error, "not-a-whole-number", "Adults!E2", "`TRUE`"),
            (Severity::Error, "not-a-whole-number", "Adults!F2", "`1900-01-12`"),
        ]
    );
}

#[test]
fn unknown_and_double_rows_and_missing_columns_are_findings() {
    let mut short = headings();
    short.remove(8);
    let rows = vec![
        short,
        vec!["Staff in posts", "All", "1"],
        vec!["", "", "2"],
        vec!["Staff in pay band", "Under £40", "3"],
        vec!["Staff in post", "All", "4"],
        vec!["Staff in post", "All", "5"],
    ];
    let checked = read_bytes(&workbook("Adults", &rows).save_to_buffer().unwrap());
    let expected = [
        (Severity::Error, "unknown-row", "Adults!A2", "`Staff in posts`"),
        (Severity::Error, "unknown-row", "Adults!A3", ""),
        (Severity::Error, "unknown-row", "Adults!B4", "`Under £40`"),
        (Severity::Error, "double-row", "Adults!A6", "`Staff in post`"),
        (Severity::Error, "missing-column", "Adults", ""),
    ];
    assert_eq!(findings(&checked), expected);
    assert!(checked.findings[0].help.contains("`Staff in post`"), "{}", checked.findings[0].help);
    assert_eq!(answers(&checked), [("staff", "", Ethnicity::Asian, Answer::Count(4))]);
}

#[test]
fn a_file_without_code_or_service_is_an_error() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Cover").unwrap().write_string(2, 0, "Authority code").unwrap();
    let checked = read_bytes(&book.save_to_buffer().unwrap());
    assert!(checked.value.is_none());
    let rules: Vec<_> =
        findings(&checked).into_iter().map(|(severity, rule, place, _)| (severity, rule, place)).collect();
    let expected = [
        (Severity::Warning, "missing-layout-version", "Cover"),
        (Severity::Error, "missing-authority-code", "Cover!B3"),
        (Severity::Error, "no-service-sheet", ""),
    ];
    assert_eq!(rules, expected);
}

#[test]
fn a_far_cell_makes_its_sheet_too_large_and_other_sheets_do_not_matter() {
    let mut book = workbook("Adults", &[headings(), vec!["Staff in post", "All", "4"]]);
    book.add_worksheet().set_name("Payroll").unwrap().write_number(1_000_000, 16_000, 1).unwrap();
    let payroll = (Severity::Note, "other-sheets", "", "`Payroll`");
    assert_eq!(findings(&read_bytes(&book.save_to_buffer().unwrap())), [payroll]);
    book.worksheet_from_name("Adults").unwrap().write_number(20_000, 2, 1).unwrap();
    let checked = read_bytes(&book.save_to_buffer().unwrap());
    let found = findings(&checked);
    assert_eq!((found.len(), found[0].1, found[0].2), (2, "sheet-too-large", "Adults"));
}

fn content(entries: &[Entry]) -> Content<'_> {
    Content { entries, contact: "Ann, ann@example.org" }
}

/// Marking is a read and a write: what is marked is read as before.
#[test]
fn a_marked_copy_reads_as_the_original_and_its_findings_stand_in_it() {
    let bytes = write(&settings(), &standard(), &authority(), content(&filled(Service::Adults)), None).unwrap();
    let finding = |location: &str| Finding {
        authority_code: String::new(),
        file: String::new(),
        location: location.into(),
        severity: Severity::Error,
        rule: "part-above-whole",
        found: String::new(),
        message: "=1+1 is more than its whole".into(),
        help: "look again".into(),
        others: Vec::new(),
    };
    let (mut here, nowhere) = (finding("Adults!C3"), finding("Elsewhere!A1"));
    here.others = vec!["Adults!D3".into(), "Adults!C2".into()];
    let marked = mark(&bytes, &settings(), &[&here, &nowhere]).unwrap();
    assert_eq!(answers(&read_bytes(&marked)), answers(&read_bytes(&bytes)));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&marked)).unwrap();
    let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let notes = part("xl/comments1.xml");
    for cell in ["C3", "D3", "C2"] {
        assert!(notes.contains(&format!(r#"ref="{cell}""#)), "{cell} in {notes}");
    }
    assert!(notes.contains("=1+1 is more than its whole"), "{notes}");
    assert!(part("xl/sharedStrings.xml").contains("Adults!C2; Adults!C3 to D3"));
    // What the workbook of the round has beside its counts: totals that add up, and headings that stay in view.
    let sheet = part("xl/worksheets/sheet3.xml");
    assert!(sheet.contains("<f>IF(COUNT(C2:F2)&gt;0,SUM(C2:F2),N(G2))+N(H2)+N(I2)</f>"), "{sheet}");
    assert!(sheet.contains(r#"<pane xSplit="2" ySplit="1" topLeftCell="C2""#), "{sheet}");
    assert!(!sheet.contains("sheetProtection"), "whoever corrects the copy is not kept from it");
}

#[test]
fn a_total_that_was_typed_stands_in_the_marked_copy_as_it_was_typed() {
    let row = vec!["Staff in post", "All", "1", "2", "3", "4", "", "5", "6", "22"];
    let mut headings = headings();
    headings.extend(["Total", "Guidance"]);
    let bytes = workbook("Adults", &[headings, row]).save_to_buffer().unwrap();
    let differs = |bytes: &[u8]| {
        let findings = read_bytes(bytes).findings;
        findings.iter().any(|finding| finding.rule == "total-differs")
    };
    assert!(differs(&bytes) && differs(&mark(&bytes, &settings(), &[]).unwrap()));
}

#[test]
fn a_marked_copy_is_told_of_and_an_empty_contact() {
    let bytes = |contact| {
        let entries = filled(Service::Adults);
        write(&settings(), &standard(), &authority(), Content { entries: &entries, contact }, None).unwrap()
    };
    let good = bytes("Ann, ann@example.org");
    assert_eq!(findings(&read_bytes(&good)), []);
    let marked = mark(&good, &settings(), &[]).unwrap();
    assert_eq!(findings(&read_bytes(&marked)), [(Severity::Note, "marked-copy", "Findings", "")]);
    for nobody in ["", "  "] {
        assert_eq!(findings(&read_bytes(&bytes(nobody))), [(Severity::Note, "no-contact", "Cover!B5", "")]);
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let good = write(&settings(), &standard(), &authority(), content(&filled(Service::Adults)), None).unwrap();
    let refused = |bytes: &[u8]| {
        let checked = read_bytes(bytes);
        assert!(checked.value.is_none());
        assert!(checked.findings.iter().any(|finding| finding.severity == Severity::Error));
    };
    for bytes in [&b""[..], b"PK", b"PK\x05\x06", b"authority_code,service", &[0xd0, 0xcf, 0x11, 0xe0], &[0; 600]] {
        refused(bytes);
    }
    refused(&vec![0; 20_000_001]);
    for cut in (1..good.len()).step_by(97) {
        refused(&good[..cut]);
    }
    for at in (0..good.len()).step_by(13) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        read_bytes(&bytes);
    }
}
