//! The way in: workbooks for authorities, pages that they can act on, and a new round from the newest.

use std::fs;

use crate::workplace::{Workplace, files, submission};

const AUTHORITIES: [&str; 2] = ["F01,Alderwick,London borough,London", "F02,Fenmoor,Shire county,East Midlands"];

#[test]
fn workbooks_are_for_the_authorities_asked_for_and_outlast_a_build() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.scwres().args(["workbook", "2024", "--authority", "F02"]).assert().success();
    assert_eq!(files(&workplace.output()), ["2024/workbooks/F02-fenmoor.xlsx"]);
    workplace.scwres().args(["workbook", "2024", "--all"]).assert().success();
    let workbook = workplace.output().join("2024/workbooks/F01-alderwick.xlsx");
    let bytes = fs::read(&workbook).unwrap();
    // An empty workbook is a return without counts.
    workplace.submit("F01.xlsx", &bytes);
    let refused = workplace.scwres().args(["check"]).assert().code(1);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("error[no-counts]"));
    fs::remove_file(workplace.data().join("2024/submissions/F01.xlsx")).unwrap();
    workplace.submit("F02.csv", submission("F02", 20));
    workplace.scwres().args(["build"]).assert().success();
    assert_eq!(fs::read(&workbook).unwrap(), bytes);
    let manifest = fs::read_to_string(workplace.output().join("2024/manifest.json")).unwrap();
    assert!(!manifest.contains("workbooks/"), "workbooks belong to no build");
    let unknown = workplace.scwres().args(["workbook", "2024", "--authority", "F03"]).assert().code(2);
    assert!(String::from_utf8_lossy(&unknown.get_output().stderr).contains("the nearest is `F0"));
}

#[test]
fn pages_tell_what_to_mend_with_the_round_before_beside_it() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.begin_before();
    workplace.submit_before("F01.csv", submission("F01", 10));
    let mistaken = submission("F01", 10).replace("adults,appointed,,white,90", "adults,appointed,,white,910");
    workplace.submit("F01.csv", mistaken);
    workplace.scwres().args(["check", "--pages"]).assert().code(1);
    let folder = workplace.output().join("2024-checks");
    assert_eq!(files(&folder), ["F01-alderwick.html", "F02-fenmoor.html", "findings.csv"]);
    let page = fs::read_to_string(folder.join("F01-alderwick.html")).unwrap();
    for words in [
        "cannot be used until",
        "“Candidates appointed” is 910, more than “Candidates shortlisted”, which is 270",
        "Candidates appointed, White (adults' services)",
        "In the round before: 90",
        "What we read for adults' services",
    ] {
        assert!(page.replace("&#x27;", "'").replace("&#39;", "'").contains(words), "{words}");
    }
    assert!(!workplace.output().join("2024").exists(), "no report was built");
}

#[test]
fn exported_tables_hold_no_formulas() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.submit("=HYPERLINK(1).csv", submission("=1+1", 10));
    workplace.scwres().args(["check", "--pages"]).assert().code(1);
    let table = fs::read_to_string(workplace.output().join("2024-checks/findings.csv")).unwrap();
    for line in table.lines().skip(1) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        for field in &reader.records().next().unwrap().unwrap() {
            assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{field}");
        }
    }
    assert!(table.contains("'=1+1"), "{table}");
}

#[cfg(unix)]
#[test]
fn links_and_folders_among_the_submissions_are_not_followed() {
    let workplace = Workplace::new(&AUTHORITIES);
    let folder = workplace.data().join("2024/submissions");
    std::os::unix::fs::symlink("/etc/hostname", folder.join("F01.csv")).unwrap();
    fs::create_dir(folder.join("F02.xlsx")).unwrap();
    let output = workplace.scwres().args(["check"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((text.matches("error[not-a-file]").count(), output.status.code()), (2, Some(1)), "{text}");
}

#[test]
fn a_new_round_checks_at_once_and_is_never_written_over() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.configure("settled:\n  - {authority: F01, rule: change, reason: \"of 2024\"}\n");
    workplace.scwres().args(["new", "2026"]).assert().success();
    let folder = workplace.data().join("2026");
    assert_eq!(files(&folder), ["CHECKLIST.md", "authorities.csv", "round.yaml", "submissions/.gitkeep"]);
    let settings = fs::read_to_string(folder.join("round.yaml")).unwrap();
    for line in ["year: 2026", "status: provisional", "published: 2027-05-13", "snapshot: 2026-03-31"] {
        assert!(settings.lines().any(|other| other == line), "{line}: {settings}");
    }
    assert!(!settings.contains("settled"), "{settings}");
    workplace.scwres().args(["check", "2026"]).assert().success();
    workplace.scwres().args(["new", "2026"]).assert().code(2);
    workplace.scwres().args(["new", "2020"]).assert().code(2);
}

#[test]
fn what_was_rejected_is_told_in_the_report_and_left_out_of_it() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.submit("F01.csv", submission("F01", 10).replace("adults,staff,,white,450", "adults,staff,,white,4e2"));
    workplace.submit("F02.csv", submission("F02", 20));
    workplace.scwres().args(["build"]).assert().code(1);
    assert!(!workplace.output().join("2024").exists());
    workplace.scwres().args(["build", "--without-rejected"]).assert().success();
    let report = fs::read_to_string(workplace.output().join("2024/national/annual-report.html")).unwrap();
    assert!(report.contains("Left out: errors"));
    let built = files(&workplace.output().join("2024"));
    assert!(built.contains(&"checks/F01-alderwick.html".to_owned()));
    assert!(!built.iter().any(|path| path.starts_with("authorities/F01")));
}

#[test]
fn what_was_written_beside_the_counts_stands_on_the_page_as_it_was_written() {
    let workplace = Workplace::new(&AUTHORITIES);
    let case = crate::workplace::root().join("tests/fixtures/submissions/workbook-remarks");
    workplace.submit("F01.xlsx", fs::read(case.join("F01.xlsx")).unwrap());
    workplace.submit("F02.csv", submission("F02", 10));
    workplace.scwres().args(["check", "--pages"]).assert().success();
    let page = |name: &str| fs::read_to_string(workplace.output().join("2024-checks").join(name)).unwrap();
    let written = page("F01-alderwick.html").replace("&#x27;", "'").replace("&#39;", "'").replace("&#x2f;", "/");
    for words in [
        "What was written beside the counts",
        "<dt>Cover!B6</dt>",
        "services without the reablement team, which the NHS employs &lt;since May&gt;.",
        "<dd>Without schools.<br>Ask HR.</dd>",
        "Includes &lt;b&gt;agency&lt;/b&gt; staff? &amp; others",
    ] {
        assert!(written.contains(words), "{words}");
    }
    assert!(!page("F02-fenmoor.html").contains("beside the counts"));
}
