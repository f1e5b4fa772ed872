//! Submissions and the findings they lead to: a folder for each case, with the file sent and the findings expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use scwres::finding::registry;
use snapbox::{Data, assert_data_eq};

use crate::workplace::{Workplace, root, submission};

/// The authorities that every case's round registers.
const AUTHORITIES: [&str; 2] = ["F01,Alderwick,London borough,London", "F02,Fenmoor,Shire county,East Midlands"];

/// A case is a folder: the files that were sent, in `plans` the plans made before, in `before` the files of the round before and its
/// register where that was another, the round's own register or `area-changes.csv` where a case needs them, in `settings.yaml` lines for `round.yaml`, and in `expected.json` the findings.
#[test]
fn every_case_gives_exactly_its_findings() {
    let cases = root().join("tests/fixtures/submissions");
    let mut names: Vec<_> = fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 60, "only {}", names.len());
    for case in names {
        let workplace = Workplace::new(&AUTHORITIES);
        for path in files_of(&case) {
            match path.file_name().unwrap().to_str().unwrap() {
                "expected.json" => {}
                "authorities.csv" => drop(fs::copy(&path, workplace.data().join("2024/authorities.csv")).unwrap()),
                "area-changes.csv" => drop(fs::copy(&path, workplace.data().join("area-changes.csv")).unwrap()),
                "settings.yaml" => workplace.configure(&fs::read_to_string(&path).unwrap()),
                name => workplace.submit(name, fs::read(&path).unwrap()),
            }
        }
        if case.join("plans").is_dir() {
            let plans = workplace.data().join("2024/plans");
            fs::create_dir(&plans).unwrap();
            for path in files_of(&case.join("plans")) {
                fs::copy(&path, plans.join(path.file_name().unwrap())).unwrap();
            }
        }
        if case.join("before").is_dir() {
            workplace.begin_before();
            for path in files_of(&case.join("before")) {
                match path.file_name().unwrap().to_str().unwrap() {
                    "authorities.csv" => {
                        fs::copy(&path, workplace.data().join("2023/authorities.csv")).unwrap();
                    }
                    name => workplace.submit_before(name, fs::read(&path).unwrap()),
                }
            }
        }
        let output = workplace.scwres().args(["check", "--format", "json"]).output().unwrap();
        let findings = String::from_utf8(output.stdout).unwrap();
        let rejected = findings.contains("\"severity\": \"error\"");
        assert_eq!(output.status.code(), Some(i32::from(rejected)), "{}", case.display());
        // Raw: a backslash in JSON is none in a path.
        assert_data_eq!(findings, Data::read_from(&case.join("expected.json"), None).raw());
    }
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

/// Every rule has a case, but for those that no file in a folder can show.
#[test]
fn every_rule_has_a_case_with_its_severities() {
    const WITHOUT_A_FILE: [&str; 2] = ["not-a-file", "unreadable-file"];
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for case in fs::read_dir(root().join("tests/fixtures/submissions")).unwrap() {
        let text = fs::read_to_string(case.unwrap().path().join("expected.json")).unwrap();
        let findings: Vec<BTreeMap<String, String>> = serde_json::from_str(&text).unwrap();
        seen.extend(findings.into_iter().map(|finding| (finding["rule"].clone(), finding["severity"].clone())));
    }
    let rules = registry::GROUPS.iter().flat_map(|(_, rules)| *rules);
    let listed: BTreeSet<(String, String)> = rules
        .flat_map(|rule| rule.severities.iter().map(|severity| (rule.name.to_owned(), severity.word().to_owned())))
        .collect();
    let unlisted: Vec<_> =
        seen.difference(&listed).filter(|(rule, _)| !registry::doubts().contains(&rule.as_str())).collect();
    assert!(unlisted.is_empty(), "not in the list of rules: {unlisted:?}");
    let without: Vec<_> =
        listed.difference(&seen).filter(|(rule, _)| !WITHOUT_A_FILE.contains(&rule.as_str())).collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
}

#[test]
fn the_page_of_rules_is_the_list_of_rules() {
    assert_data_eq!(registry::page(), Data::read_from(&root().join("docs/checks.md"), None));
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

/// A mistake in a round: the file, what to replace, by what, and what the error says.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

const MISTAKES: [Mistake; 18] = [
    ("round.yaml", "year: 2024", "year: 2023", "the folder is named 2024"),
    ("round.yaml", "A small round", "The round of 2023", "names another year"),
    ("round.yaml", "published: 2025-05-13", "published: 13 May 2025", "is not a date"),
    ("round.yaml", "snapshot: 2024-03-31", "snapshot: 2026-03-31", "lies after `published`"),
    ("round.yaml", "{id: middle,", "{id: low,", "holds the id `low` twice"),
    ("round.yaml", "snapshot: 2024-03-31", "indicators: [\"2\", \"10\"]", "no indicator `10`"),
    ("round.yaml", "snapshot: 2024-03-31", "kinds: {\"2\": share}", "cannot be reported"),
    ("round.yaml", "snapshot: 2024-03-31", "disclosure: {dominance: 85}", "a share above 0"),
    ("authorities.csv", "London borough,London", "London borough,Londn", "did you mean `London`?"),
    ("authorities.csv", "Alderwick", "Alder\u{4e00}wick", "which the reports' font lacks"),
    ("authorities.csv", "Alderwick", "Alder\u{ad}wick", "the name holds a soft hyphen (U+00AD) after `Alder`"),
    ("authorities.csv", "F02", "F\u{200b}02", "the code holds a zero-width space (U+200B) after `F`"),
    ("authorities.csv", "Fenmoor", "\u{202e}Fenmoor", "a direction mark (U+202E) at the beginning"),
    ("authorities.csv", ",London\n", ",\n", "F01 cannot be used: the region is blank"),
    ("authorities.csv", "Shire county", " ", "F02 cannot be used: the type is blank"),
    (
        "round.yaml",
        "snapshot: 2024-03-31",
        "settled: [{authority: F9, rule: change, reason: so}]",
        "`settled` names `F9`",
    ),
    ("authorities.csv", "F02,", "F01,", "stands twice"),
    ("authorities.csv", "Fenmoor", "...", "has no name"),
];

#[test]
fn mistakes_in_a_round_are_exit_code_2_and_say_what_is_wrong() {
    for (file, from, to, says) in MISTAKES {
        let workplace = Workplace::new(&AUTHORITIES);
        let path = workplace.data().join("2024").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let output = workplace.scwres().arg("check").output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(says), "{to}: {text}");
        assert_eq!(output.status.code(), Some(2), "{to}");
    }
}

#[test]
fn spaces_that_spreadsheets_leave_in_a_register_are_no_mistake() {
    let workplace = Workplace::new(&["F01 , Alderwick\u{a0}, London borough,London "]);
    workplace.submit("F01.csv", submission("F01", 10));
    workplace.scwres().arg("check").assert().success();
}

#[test]
fn a_text_that_no_report_would_show_is_an_error() {
    let workplace = Workplace::new(&AUTHORITIES);
    let folder = workplace.data().join("2024/text");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".foreword.typ.swp"), "an editor's").unwrap();
    workplace.scwres().arg("check").assert().success();
    for name in ["indicator-77.typ", "foreword.docx"] {
        fs::write(folder.join(name), "lost").unwrap();
        let output = workplace.scwres().arg("check").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(&format!("{name} is in no report; known: foreword.typ, ")), "{text}");
        fs::remove_file(folder.join(name)).unwrap();
    }
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_error() {
    let workplace = Workplace::new(&AUTHORITIES);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("scwres"))
        .args(["--data", workplace.data().to_str().unwrap(), "check", "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
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
