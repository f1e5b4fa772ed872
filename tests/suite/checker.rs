//! The check that authorities run in their browsers: it says what `check` says, holds nothing of others, and its module is not stale.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scwres::checker::{self, Brought};
use scwres::digest::sha256;
use scwres::{reports, round, standard, submissions};

use crate::workplace::{Workplace, root, submission};

const AUTHORITIES: [&str; 2] = ["F01,Alderwick,London borough,London", "F02,Fenmoor,Shire county,East Midlands"];

/// The words that a page brings along.
fn words() -> BTreeMap<String, String> {
    let text = |name: &str| fs::read_to_string(root().join("report-templates").join(name)).unwrap();
    reports::FILES.iter().map(|name| ((*name).to_owned(), text(name))).collect()
}

/// What a page of the round 2024 brings along: for one authority, with the round before, or for everybody.
fn brought(data: &Path, code: Option<&str>) -> String {
    let standard = standard::read(data).unwrap();
    let round = round::read(data, 2024, &standard).unwrap();
    let before = data.join("2023").is_dir().then(|| round::read(data, 2023, &standard).unwrap());
    let before = before.map(|before| submissions::read(&before, &standard, None).unwrap().value);
    let authority = code.map(|code| round.authority(code).unwrap());
    let brought = Brought::new(&round, &standard, before.as_ref(), authority, words()).unwrap();
    serde_json::to_string(&brought).unwrap()
}

fn said(brought: &str, name: &str, bytes: &[u8]) -> serde_json::Value {
    serde_json::from_str(&checker::say(brought.as_bytes(), name, bytes).unwrap()).unwrap()
}

/// A round with a return of F01 and what it returned before.
fn two_rounds() -> Workplace {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.begin_before();
    for code in ["F01", "F02"] {
        workplace.submit_before(&format!("{code}.csv"), submission(code, 41));
    }
    workplace.submit("F01.csv", submission("F01", 40).replace("adults,leavers,,white,270", "adults,leavers,,white,27"));
    workplace
}

/// Every file of every case alone, as a page reads it, but for what only a folder can tell. The compiled module is compared by
/// `tests/conformance/checker.mjs`, with the pages of single authorities too.
#[test]
fn a_page_says_of_a_file_what_the_check_says() {
    let cases = root().join("tests/fixtures/submissions");
    let mut compared = 0;
    for case in fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()) {
        let own = ["before", "authorities.csv", "area-changes.csv", "settings.yaml"];
        if own.iter().any(|name| case.join(name).exists()) {
            continue;
        }
        let expected = fs::read_to_string(case.join("expected.json")).unwrap();
        let expected: Vec<serde_json::Value> = serde_json::from_str(&expected).unwrap();
        let brought = brought(&Workplace::new(&AUTHORITIES).data(), None);
        for path in fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let of_the_system = name.starts_with(['.', '~']) || ["Thumbs.db", "desktop.ini"].contains(&&*name);
            if name == "expected.json" || !path.is_file() || of_the_system {
                continue;
            }
            let wanted: Vec<_> = expected
                .iter()
                .filter(|finding| finding["file"] == name && finding["rule"] != "two-submissions")
                .cloned()
                .collect();
            let said = said(&brought, &name, &fs::read(&path).unwrap());
            assert_eq!(said["findings"], serde_json::Value::from(wanted), "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared}");
}

#[test]
fn counts_of_the_round_before_are_compared_on_the_page_of_their_authority_alone() {
    let workplace = two_rounds();
    let file = fs::read(workplace.data().join("2024/submissions/F01.csv")).unwrap();
    let checked = workplace.scwres().args(["check", "--format", "json"]).output().unwrap();
    let checked: Vec<serde_json::Value> = serde_json::from_slice(&checked.stdout).unwrap();
    let wanted: Vec<_> = checked.into_iter().filter(|finding| finding["file"] == "F01.csv").collect();
    assert!(wanted.iter().any(|finding| finding["rule"] == "change"), "{wanted:?}");
    let own = said(&brought(&workplace.data(), Some("F01")), "F01.csv", &file);
    assert_eq!(own["findings"], serde_json::Value::from(wanted));
    let general = said(&brought(&workplace.data(), None), "F01.csv", &file);
    assert!(general["html"].as_str().unwrap().contains("were not compared with the round before"));
    let rules: Vec<_> = general["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].clone()).collect();
    assert!(!rules.contains(&"change".into()), "{rules:?}");
}

#[test]
fn a_page_holds_no_counts_of_others_and_that_for_everybody_none() {
    let workplace = two_rounds();
    workplace.configure("settled: [{authority: F02, rule: change, reason: a secret of Fenmoor}]\n");
    workplace.scwres().args(["checker", "2024"]).assert().success();
    workplace.scwres().args(["checker", "2024", "--all"]).assert().success();
    let folder = workplace.output().join("2024-checkers");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let (general, first, second) = (read("checker.html"), read("F01-alderwick.html"), read("F02-fenmoor.html"));
    assert!(general.contains("\"before\":null") && !general.contains("\"count\":"), "counts for everybody");
    assert!(first.contains("\"authority_code\":\"F01\"") && !first.contains("\"authority_code\":\"F02\""));
    assert!(second.contains("\"authority_code\":\"F02\"") && !second.contains("\"authority_code\":\"F01\""));
    assert!(second.contains("a secret of Fenmoor") && !(first.clone() + &general).contains("a secret of Fenmoor"));
    assert!(first.contains("is for Alderwick alone") && first.contains("not for publication"));
    for page in [&general, &first] {
        assert!(page.contains("default-src 'none'") && page.contains("connect-src 'none'"));
        for address in ["src=\"http", "href=\"http", "url(http", "policy-of-this-page"] {
            assert!(!page.contains(address), "{address}");
        }
    }
}

#[test]
fn an_authoritys_figures_are_those_of_its_pack() {
    let workplace = Workplace::new(&AUTHORITIES);
    for (code, size) in [("F01", 40), ("F02", 31)] {
        workplace.submit(&format!("{code}.csv"), submission(code, size));
    }
    workplace.scwres().args(["build", "2024"]).assert().success();
    let data = fs::read_to_string(workplace.output().join("2024/authorities/F01-alderwick/data.csv")).unwrap();
    let file = fs::read(workplace.data().join("2024/submissions/F01.csv")).unwrap();
    let said = said(&brought(&workplace.data(), None), "F01.csv", &file);
    // What could have been seen follows from England's rates, which a page does not know: the last two columns.
    assert!(data.lines().next().unwrap().ends_with(",detectable_below,detectable_above"));
    let known = |line: &str| line.rsplitn(3, ',').last().unwrap().to_owned();
    let own: Vec<String> = said["figures"].as_str().unwrap().lines().skip(1).map(known).collect();
    let packed: Vec<String> = data.lines().filter(|line| line.contains(",authority,")).map(known).collect();
    assert_eq!(own, packed);
    assert!(said["html"].as_str().unwrap().contains("Your own figures, not published"));
}

/// Appointed are more than shortlisted: both cells are named, and both are marked in the table of what was read.
#[test]
fn a_page_names_and_marks_every_cell_that_a_finding_is_about() {
    let file = submission("F01", 40);
    let place =
        |row: &str| format!("line {}, column count", 1 + file.lines().position(|line| line.starts_with(row)).unwrap());
    let (part, whole) = (place("F01,adults,appointed,,black,"), place("F01,adults,shortlisted,,black,"));
    let line = file.lines().find(|line| line.starts_with("F01,adults,appointed,,black,")).unwrap();
    let broken = file.replace(line, "F01,adults,appointed,,black,5000");
    let brought = brought(&Workplace::new(&AUTHORITIES).data(), None);
    let html = said(&brought, "F01.csv", broken.as_bytes())["html"].as_str().unwrap().to_owned();
    let words = format!(
        "{part}: Candidates appointed, Black (adults&#x27; services), with {whole} (Candidates shortlisted, Black)"
    );
    assert!(html.contains(&words), "{html}");
    assert_eq!(html.matches("found-error").count(), 2, "{html}");
}

#[test]
fn what_a_file_holds_is_text_on_the_page() {
    let brought = brought(&Workplace::new(&AUTHORITIES).data(), None);
    let said = said(&brought, "<b>.csv", b"<script>x</script>,b\n1,2\n");
    let html = said["html"].as_str().unwrap();
    assert!(html.contains("&lt;script&gt;") || html.contains("&lt;b&gt;"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
}

/// The module is compiled apart from the program: each of its sources is noted beside it as it was then.
///
/// Remarks and tests do not count.
#[test]
fn the_module_is_made_of_these_sources() {
    let noted = fs::read_to_string(root().join("src/checker/module.sources")).unwrap();
    let mut lines = noted.lines().map(|line| line.split_once("  ").unwrap());
    assert_eq!(lines.next().unwrap(), (&*sha256(checker::MODULE), "src/checker/module.wasm"), "run .ci/checker-module");
    let mut stale = Vec::new();
    for (digest, path) in lines {
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        let code = text.split("\nmod tests {").next().unwrap_or_default();
        let code = code.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//"));
        if sha256(code.map(|line| line.to_owned() + "\n").collect::<String>()) != digest {
            stale.push(path);
        }
    }
    assert!(stale.is_empty(), "run .ci/checker-module, for these have changed: {stale:?}");
}
