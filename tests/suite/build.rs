//! Whole builds: what is written, that it is the same every time, and that nothing is lost when one fails.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::workplace::{Workplace, files, root, scwres, submission};

const AUTHORITIES: [&str; 4] = [
    "F01,Alderwick,London borough,London",
    "F02,Fenmoor,Shire county,East Midlands",
    "F03,Holt and Marsh,Unitary authority,South West",
    "F04,Quiet,Unitary authority,South West",
];

/// Three returns of four registered authorities.
fn workplace() -> Workplace {
    let workplace = Workplace::new(&AUTHORITIES);
    for (code, size) in [("F01", 12), ("F02", 20), ("F03", 15)] {
        workplace.submit(&format!("{code}.csv"), submission(code, size));
    }
    workplace
}

fn manifest(output: &Path) -> String {
    fs::read_to_string(output.join("2024/manifest.json")).unwrap()
}

#[test]
fn every_file_of_the_contract_is_written_and_no_other() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    let mut expected: Vec<String> = [
        "checks/F01-alderwick.html",
        "checks/F02-fenmoor.html",
        "checks/F03-holt-and-marsh.html",
        "checks/F04-quiet.html",
        "checks/changes.csv",
        "checks/changes.html",
        "checks/coarser.csv",
        "checks/disclosure.csv",
        "checks/findings.csv",
        "checks/spreadsheet.html",
        "checks/whole.csv",
        "figures.csv",
        "index.html",
        "manifest.json",
        "national/annual-report.html",
        "national/annual-report.pdf",
        "national/tables/explore-education-statistics/sc-wres-comparisons.csv",
        "national/tables/explore-education-statistics/sc-wres-comparisons.meta.csv",
        "national/tables/explore-education-statistics/sc-wres-pay-bands.csv",
        "national/tables/explore-education-statistics/sc-wres-pay-bands.meta.csv",
        "national/tables/indicators.csv",
        "national/tables/indicators.csv-metadata.json",
        "national/tables/sc-wres-2024.ods",
        "national/tables/sc-wres-2024.xlsx",
    ]
    .map(str::to_owned)
    .to_vec();
    for folder in ["F01-alderwick", "F02-fenmoor", "F03-holt-and-marsh"] {
        for document in ["benchmark-pack", "committee-paper", "staff-page"] {
            expected.extend([".html", ".pdf"].map(|ending| format!("authorities/{folder}/{document}{ending}")));
        }
        expected.extend(["data.csv", "data.csv-metadata.json"].map(|file| format!("authorities/{folder}/{file}")));
    }
    expected.sort();
    assert_eq!(files(&workplace.output().join("2024")), expected);
}

#[test]
fn equal_inputs_give_equal_bytes_whatever_the_jobs_time_zone_and_folder() {
    let workplace = workplace();
    workplace.scwres().args(["build", "--jobs", "1"]).assert().success();
    let first = manifest(&workplace.output());
    let elsewhere = tempfile::tempdir().unwrap();
    let output = elsewhere.path().join("output");
    scwres(&workplace.data(), &root().join("report-templates"), &output)
        .args(["build", "--jobs", "3"])
        .env("TZ", "Pacific/Auckland")
        .env("LC_ALL", "tr_TR.UTF-8")
        .current_dir(elsewhere.path())
        .assert()
        .success();
    // The manifest holds the SHA-256 of every output.
    assert_eq!(first, manifest(&output));
    for file in files(&output.join("2024")) {
        let same = fs::read(output.join("2024").join(&file)).unwrap()
            == fs::read(workplace.output().join("2024").join(&file)).unwrap();
        assert!(same, "{file} differs");
    }
}

#[test]
fn a_failed_build_leaves_the_earlier_output_as_it_was() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    let before = manifest(&workplace.output());
    workplace.submit("F01.csv", submission("F01", 12).replace(",white,540", ",white,-1"));
    workplace.scwres().arg("build").assert().code(1);
    assert_eq!(before, manifest(&workplace.output()));

    workplace.submit("F01.csv", submission("F01", 13));
    let templates = tempfile::tempdir().unwrap();
    copy(&root().join("report-templates"), templates.path());
    // The template engine finds the one kind of mistake, Typst the other.
    for (file, mistake, told) in [
        ("pack/summary.txt", "{% set finding %}\n{{ rownd.year }}\n{% endset %}", "did you mean `round`?"),
        ("pack/quality.typ", "#import \"/theme.typ\": *\n#calout[A][B]", "did you mean `callout`?"),
        ("pack/quality.typ", "#import \"/document.typ\": *\n#rownd.year", "did you mean `round`?"),
        ("pack/quality.typ", "#import \"/document.typ\": *\n#round.yaer", "did you mean `year`?"),
        ("pack/quality.typ", "#import \"/document.typ\": *\n#(round.year", "unclosed delimiter"),
    ] {
        let honest = fs::read(templates.path().join(file)).unwrap();
        fs::write(templates.path().join(file), mistake).unwrap();
        let output = scwres(&workplace.data(), templates.path(), &workplace.output()).arg("build").output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        fs::write(templates.path().join(file), honest).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text.contains(&format!("{file}:2")) && text.contains(told), "{text}");
        assert_eq!(before, manifest(&workplace.output()));
    }
    assert!(!workplace.output().join(".2024.partial").exists());
}

#[test]
fn a_killed_build_leaves_the_earlier_output_and_the_next_one_goes_through() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    let before = manifest(&workplace.output());
    workplace.submit("F01.csv", submission("F01", 13));
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("scwres"))
        .args(["--data", workplace.data().to_str().unwrap(), "--output", workplace.output().to_str().unwrap(), "build"])
        .current_dir(root())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Killed as soon as it has begun to write.
    for _ in 0..2000 {
        if workplace.output().join(".2024.partial").exists() {
            break;
        }
        sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(before, manifest(&workplace.output()));
    workplace.scwres().arg("build").assert().success();
    assert_ne!(before, manifest(&workplace.output()));
    assert!(!workplace.output().join(".2024.partial").exists());
}

#[test]
fn only_builds_one_pack_and_keeps_the_rest() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    let year = workplace.output().join("2024");
    let before = files(&year);
    let report = fs::read(year.join("national/annual-report.pdf")).unwrap();
    let pack = year.join("authorities/F02-fenmoor/benchmark-pack.html");
    let own = fs::read_to_string(&pack).unwrap();
    let figures = fs::read_to_string(year.join("figures.csv")).unwrap();
    workplace.scwres().args(["build", "--only", "F02"]).assert().success();
    assert_eq!(figures, fs::read_to_string(year.join("figures.csv")).unwrap());
    let mixed = ["build", "--only", "F02", "--edition", "public"];
    // There is one national release: a pack for everybody may stand beside it, whichever edition the others are of.
    workplace.scwres().args(mixed).assert().success();
    assert_eq!(before, files(&year));
    assert_eq!(report, fs::read(year.join("national/annual-report.pdf")).unwrap());
    // In the title, on the page, and in the margin of every page that is printed.
    assert!(own.contains("@top-center") && own.matches("not for publication").count() >= 3);
    assert!(!fs::read_to_string(&pack).unwrap().contains("not for publication"));
    // The manifest tells the edition of each pack.
    let text = manifest(&workplace.output());
    assert_eq!((text.matches("\"public\"").count(), text.matches("\"own\"").count()), (8, 16));
    let output = workplace.scwres().args(["build", "--only", "F2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("the nearest is `F02`"));
}

#[test]
fn only_is_refused_when_the_data_have_changed_since() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    let before = manifest(&workplace.output());
    workplace.submit("F01.csv", submission("F01", 13));
    let output = workplace.scwres().args(["build", "--only", "F02"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("2024/submissions/F01.csv has changed"));
    assert_eq!(before, manifest(&workplace.output()));
}

#[test]
fn a_total_of_two_authorities_is_not_told_anywhere() {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.submit("F01.csv", submission("F01", 12));
    workplace.submit("F02.csv", submission("F02", 20));
    workplace.scwres().arg("build").assert().success();
    let year = workplace.output().join("2024");
    let staff = 63 * (12 + 20);
    for path in ["national/annual-report.html", "authorities/F01-alderwick/benchmark-pack.html"] {
        let page = fs::read_to_string(year.join(path)).unwrap();
        assert!(!page.contains(&format!("{},{:03}", staff / 1000, staff % 1000)), "{path}");
        assert!(page.contains(">2</span> of"), "{path}");
    }
    let table = fs::read_to_string(year.join("national/tables/indicators.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let marker = reader.headers().unwrap().iter().position(|name| name == "marker").unwrap();
    assert!(reader.records().all(|row| ["c", "x"].contains(&&row.unwrap()[marker])));
}

#[test]
fn the_rounds_own_words_are_in_the_report() {
    let workplace = workplace();
    let folder = workplace.data().join("2024/text");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("foreword.typ"), "In {{ round.year }} *many* took part.").unwrap();
    fs::write(folder.join("indicator-2.typ"), "A word on appointments.").unwrap();
    workplace.scwres().arg("build").assert().success();
    let report = fs::read_to_string(workplace.output().join("2024/national/annual-report.html")).unwrap();
    assert!(report.contains("Foreword") && report.contains("In 2024 <strong>many</strong> took part."));
    assert!(report.contains("A word on appointments."));
    // A mistake in them is shown where it is.
    fs::write(folder.join("foreword.typ"), "{% if round.year %}\nOne.\n{% endif %}\n#zap()").unwrap();
    let output = workplace.scwres().arg("build").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2)
            && text.contains("#zap()")
            && text.contains("written in 2024/text/foreword.typ:4"),
        "{text}"
    );
}

#[test]
fn a_final_report_says_who_answers_for_it() {
    let workplace = workplace();
    let path = workplace.data().join("2024/round.yaml");
    let settings = fs::read_to_string(&path).unwrap().replace("status: synthetic", "status: final");
    assert!(settings.contains("status: final"));
    fs::write(&path, &settings).unwrap();
    let half = "publication: {contact: equality@example.org, next_release: spring 2026}\n";
    for (more, missing) in
        [("", "contact, lead_statistician, next_release, corrections"), (half, "lead_statistician, corrections")]
    {
        fs::write(&path, settings.clone() + more).unwrap();
        let output = workplace.scwres().arg("build").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains(&format!("`publication` does not say yet: {missing}")), "{said}");
    }
    let whole = half.replace('}', ", lead_statistician: Jane Example, corrections: listed on our page}");
    // What is signed off, and for what, is another test.
    fs::write(&path, settings.clone() + &whole + "sign_off: []\n").unwrap();
    workplace.scwres().arg("build").assert().success();
    let report = fs::read_to_string(workplace.output().join("2024/national/annual-report.html")).unwrap();
    for said in ["equality@example.org", "Jane Example", "spring 2026", "listed on our page"] {
        assert!(report.contains(said), "{said}");
    }
    fs::write(&path, settings + "publication: {lead_statistican: Jane Example}\n").unwrap();
    let output = workplace.scwres().arg("build").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean `lead_statistician`?"));
}

#[test]
fn a_rejected_return_stops_the_build_unless_it_is_to_be_left_out() {
    let workplace = workplace();
    workplace
        .submit("F03.csv", "authority_code,service,measure,breakdown,ethnicity,count\nF03,adults,staff,,white,many\n");
    workplace.scwres().arg("build").assert().code(1);
    assert!(!workplace.output().join("2024").exists());
    workplace.scwres().args(["build", "--without-rejected"]).assert().success();
    let report = fs::read_to_string(workplace.output().join("2024/national/annual-report.html")).unwrap();
    assert!(report.contains("Left out: errors"));
    assert!(!workplace.output().join("2024/authorities/F03-holt-and-marsh").exists());
}

#[test]
fn a_folder_that_is_not_ours_is_not_written_over() {
    let workplace = workplace();
    let year = workplace.output().join("2024");
    fs::create_dir_all(&year).unwrap();
    fs::write(year.join("notes.txt"), "mine").unwrap();
    workplace.scwres().arg("build").assert().code(2);
    assert_eq!(fs::read_to_string(year.join("notes.txt")).unwrap(), "mine");
    workplace.scwres().args(["build", "--force"]).assert().success();
    assert!(year.join("index.html").exists());
    // Nor is a file that somebody put beside ours.
    fs::write(year.join("national/notes.txt"), "mine").unwrap();
    workplace.scwres().arg("build").assert().code(2);
    assert_eq!(fs::read_to_string(year.join("national/notes.txt")).unwrap(), "mine");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
