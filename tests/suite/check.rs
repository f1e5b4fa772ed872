//! Submissions and the findings they lead to: a folder for each case, with the file sent and the findings expected.

use std::fs;

use snapbox::{Data, assert_data_eq};

use crate::workplace::{Workplace, root, submission};

/// The authorities that every case's round registers.
const AUTHORITIES: [&str; 2] = ["F01,Alderwick,London borough,London", "F02,Fenmoor,Shire county,East Midlands"];

#[test]
fn every_case_gives_exactly_its_findings() {
    let cases = root().join("tests/fixtures/submissions");
    let mut names: Vec<_> = fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(!names.is_empty());
    for case in names {
        let workplace = Workplace::new(&AUTHORITIES);
        for entry in fs::read_dir(&case).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name != "expected.json" {
                workplace.submit(name, fs::read(&path).unwrap());
            }
        }
        let output = workplace.scwres().args(["check", "--format", "json"]).output().unwrap();
        let findings = String::from_utf8(output.stdout).unwrap();
        let rejected = findings.contains("\"severity\": \"error\"");
        assert_eq!(output.status.code(), Some(i32::from(rejected)), "{}", case.display());
        assert_data_eq!(findings, Data::read_from(&case.join("expected.json"), None));
    }
}

#[test]
fn findings_for_people_go_to_stderr_and_nothing_to_stdout() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.submit("F01.csv", submission("F01", 10).replace("adults,staff,,white,450", "adults,staff,,white,4e2"));
    let output = workplace.scwres().arg("check").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("error[not-a-whole-number]") && text.contains("F01.csv: line 6, column count"), "{text}");
    assert_eq!((output.stdout.len(), output.status.code()), (0, Some(1)));
}

#[test]
fn a_round_that_cannot_be_read_is_exit_code_2_with_the_place() {
    let workplace = Workplace::new(&AUTHORITIES);
    let path = workplace.data().join("2024/round.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("snapshot:", "snapshoot:")).unwrap();
    let output = workplace.scwres().arg("check").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("did you mean `snapshot`?") && text.contains("round.yaml:5"), "{text}");
    assert_eq!(output.status.code(), Some(2));
    let output = workplace.scwres().args(["check", "1999"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("rounds here: 2024"));
}
