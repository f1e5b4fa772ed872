//! What differs from the build before is found, all of it and nothing else, each with what caused it: edits of every kind, and an
//! independent comparison of what was built.

mod built;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use built::{Built, Line, lines};

use crate::workplace::{Workplace, files, root, scwres, submission};

const AUTHORITIES: [&str; 5] = [
    "F01,Aldermere,London borough,London",
    "F02,Brackwater,Unitary authority,South West",
    "F03,Coldharbour,Unitary authority,South West",
    "F04,Dunmere,Unitary authority,South West",
    "F05,Elmstow,London borough,London",
];

/// A round with one before it, and templates of its own.
struct Desk {
    workplace: Workplace,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { workplace: Workplace::new(&AUTHORITIES), folder: TempDir::new().unwrap() };
        copy(&root().join("report-templates"), &desk.templates());
        desk.workplace.begin_before();
        for (place, line) in AUTHORITIES.iter().enumerate().take(4) {
            let code = &line[..3];
            desk.workplace.submit(&format!("{code}.csv"), submission(code, 12 + 5 * place as u64));
            desk.workplace.submit_before(&format!("{code}.csv"), submission(code, 14 + 3 * place as u64));
        }
        desk
    }

    fn templates(&self) -> PathBuf {
        self.folder.path().join("report-templates")
    }

    fn year(&self) -> PathBuf {
        self.workplace.output().join("2024")
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = scwres(&self.workplace.data(), &self.templates(), &self.workplace.output());
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Takes a part of a file for another.
    fn replace(&self, path: &str, from: &str, to: &str) {
        let path = match path.strip_prefix("report-templates/") {
            Some(path) => self.templates().join(path),
            None => self.workplace.data().join(path),
        };
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{}: {from}", path.display());
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }

    /// Writes another answer into a cell of the year's return; where it stands, and what stood there.
    fn answer(&self, round: &str, code: &str, cell: &str, answer: &str) -> (usize, String) {
        let path = self.workplace.data().join(format!("{round}/submissions/{code}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        let begins = format!("{code},adults,{cell},");
        let (place, line) = text.lines().enumerate().find(|(_, line)| line.starts_with(&begins)).unwrap();
        let old = line.rsplit_once(',').unwrap().1.to_owned();
        fs::write(&path, text.replace(line, &format!("{begins}{answer}"))).unwrap();
        (place + 1, old)
    }
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        fs::create_dir_all(to.join(&path).parent().unwrap()).unwrap();
        fs::copy(from.join(&path), to.join(&path)).unwrap();
    }
}

/// Builds after an edit, and compares what is told with what differs; `cause` is how every change has to be explained.
fn found(desk: &Desk, edit: &str, cause: &str) -> Vec<Line> {
    let before = Built::read(&desk.year());
    desk.run(&["build", "2024"]);
    let now = Built::read(&desk.year());
    let told = lines(&desk.year().join("checks/changes.csv"));
    assert_eq!(problems(&told, &before, &now, cause), Vec::<String>::new(), "{edit}");
    // It can fail: a line that is missed, told twice, or explained falsely is noticed.
    for place in [0, told.len() / 2].into_iter().filter(|place| *place < told.len()) {
        if told[place]["kind"] != "words" {
            let missed = [&told[..place], &told[place + 1..]].concat();
            assert_ne!(problems(&missed, &before, &now, cause), Vec::<String>::new(), "{edit}: {:?}", told[place]);
        }
        let mut false_cause = told.clone();
        false_cause[place].insert("cause".to_owned(), "another".to_owned());
        assert_ne!(problems(&false_cause, &before, &now, cause), Vec::<String>::new(), "{edit}");
        let mut other = told.clone();
        other[place].insert("figure".to_owned(), "2024/england/0/all".to_owned());
        other[place].insert("kind".to_owned(), "value".to_owned());
        assert_ne!(problems(&other, &before, &now, cause), Vec::<String>::new(), "{edit}");
    }
    told
}

/// What is wrong with what is told.
fn problems(told: &[Line], before: &Built, now: &Built, cause: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let of = |kinds: &[&str]| told.iter().filter(|line| kinds.contains(&line["kind"].as_str())).collect::<Vec<&Line>>();
    fn differ<T: Ord + std::fmt::Debug>(what: &str, told: &BTreeSet<T>, real: &BTreeSet<T>, into: &mut Vec<String>) {
        into.extend(told.symmetric_difference(real).take(3).map(|one| format!("{what}: {one:?}")));
    }
    let figures = of(&FIGURES);
    let listed: BTreeSet<(String, String)> =
        figures.iter().map(|line| (line["figure"].clone(), line["column"].clone())).collect();
    problems.extend((listed.len() != figures.len()).then(|| "a cell is listed twice".to_owned()));
    differ("figures", &listed, &now.cells_that_differ(before), &mut problems);
    for line in figures.iter().filter(|line| !line["column"].is_empty()) {
        let cell = (line["figure"].clone(), line["column"].clone());
        let real = (before.cells.get(&cell), now.cells.get(&cell));
        if (Some(&line["old"]), Some(&line["new"])) != real {
            problems.push(format!("{line:?} is really {real:?}"));
        }
    }
    let documents = of(&["document"]);
    let name = |line: &&Line| line["printed"].split(" (").next().unwrap().to_owned();
    let named: BTreeSet<String> = documents.iter().map(name).collect();
    differ("documents", &named, &now.documents_that_differ(before), &mut problems);
    let reads = |line: &&&Line| line["what"].contains("texts read") || line["what"].contains("text reads");
    let otherwise: BTreeSet<String> = documents.iter().filter(reads).map(name).collect();
    differ("words", &otherwise, &now.words_that_differ(before), &mut problems);
    let findings = of(&["finding-came", "finding-went"]).len();
    if findings != now.findings.symmetric_difference(&before.findings).count() {
        problems.push(format!("{findings} findings"));
    }
    // Words may differ for what a cell says, and for what protection does about it.
    let is_cause = |one: &str| one.trim_start_matches("protection, because of ") == cause;
    let explained = |line: &&Line| line["cause"].split("; ").all(is_cause);
    problems.extend(told.iter().filter(|line| !explained(line)).take(3).map(|line| format!("the cause: {line:?}")));
    let ranks: Vec<usize> = told.iter().map(|line| line["rank"].parse().unwrap()).collect();
    problems.extend((!ranks.is_sorted()).then(|| "ranks".to_owned()));
    problems
}

fn count(told: &[Line], kinds: &[&str]) -> usize {
    told.iter().filter(|line| kinds.contains(&line["kind"].as_str())).count()
}

const FIGURES: [&str; 4] = ["headline", "result", "withheld", "value"];

#[test]
fn every_edit_of_a_return_is_found_with_its_cell() {
    let desk = Desk::new();
    desk.run(&["build", "2024"]);
    assert_eq!(lines(&desk.year().join("checks/changes.csv")).len(), 0);
    let page = || fs::read_to_string(desk.year().join("checks/changes.html")).unwrap();
    assert!(page().contains("There is no build before"), "{}", page());

    let edits = [
        ("leavers,,white", "190"),
        ("leavers,,white", "60"),
        ("appointed,,black", "3"),
        ("cpd,,asian", ""),
        ("abuse_public,,mixed", "x"),
        ("fitness_to_practise,,white", "z"),
        ("abuse_public,,mixed", "9"),
        ("staff_in_band,low,white", "300"),
        ("disciplinary,,asian", "x"),
    ];
    for (cell, answer) in edits {
        let (place, old) = desk.answer("2024", "F02", cell, answer);
        let [measure, band, group] = cell.split(',').collect::<Vec<_>>()[..] else { unreachable!() };
        let written = |text: &str| if text.is_empty() { "blank".to_owned() } else { text.to_owned() };
        let band = if band.is_empty() { String::new() } else { format!(" {band}") };
        let (old, new) = (written(&old), written(answer));
        let cause =
            format!("Brackwater, F02.csv, line {place}, column count (adults {measure}{band}, {group}): {old} → {new}");
        let told = found(&desk, &format!("{cell}: {answer}"), &cause);
        assert!(count(&told, &FIGURES) > 0, "{cell}: {answer}");
        assert!(page().contains(&format!("<li>{}</li>", cause.replace('<', "&lt;"))), "{cause}");
    }

    desk.workplace.submit("F05.csv", submission("F05", 30));
    let told = found(&desk, "a return more", "the return F05.csv of Elmstow counts now");
    assert!(told.iter().any(|line| line["change"] == "came" && line["figure"].starts_with("2024/F05/")));
    fs::remove_file(desk.workplace.data().join("2024/submissions/F03.csv")).unwrap();
    let told = found(&desk, "a return less", "the return F03.csv of Coldharbour does not count any more");
    assert!(told.iter().any(|line| line["change"] == "went" && line["figure"].starts_with("2024/F03/")));

    desk.answer("2023", "F01", "leavers,,white", "31");
    found(&desk, "an earlier round", "an earlier round, 2023/submissions/F01.csv");
}

#[test]
fn every_edit_of_settings_and_templates_is_found_with_its_key_or_path() {
    let desk = Desk::new();
    desk.run(&["build", "2024"]);
    let round = "2024/round.yaml";
    let set = |from: &str, to: &str| desk.replace(round, from, to);

    set("status: synthetic", "status: synthetic # a remark");
    assert_eq!(found(&desk, "a remark", "nothing").len(), 0);
    set("status: synthetic", "disclosure: {threshold: 12, rounding: 5}\nstatus: synthetic");
    assert!(count(&found(&desk, "threshold", "the setting disclosure.threshold: 10 → 12"), &FIGURES) > 0);
    set("threshold: 12, rounding: 5", "threshold: 12, rounding: 10");
    assert!(count(&found(&desk, "rounding", "the setting disclosure.rounding: 5 → 10"), &FIGURES) > 100);
    set("status: synthetic", "statistics: {confidence: 0.9}\nstatus: synthetic");
    assert!(count(&found(&desk, "confidence", "the setting statistics.confidence: 0.95 → 0.9"), &FIGURES) > 100);
    set("confidence: 0.9", "confidence: 0.9, minimum_base: 60");
    found(&desk, "minimum base", "the setting statistics.minimum_base: 30 → 60");

    let of_words: [(&str, &dyn Fn(), &str); 8] = [
        ("title", &|| set("A small round", "Another round"), "the setting title: A small round → Another round"),
        ("status", &|| set("status: synthetic", "status: provisional"), "the setting status: synthetic → provisional"),
        (
            "terms",
            &|| set("status:", "terms: {minoritised: Global Majority, minoritised_short: minoritised ethnic}\nstatus:"),
            "the setting terms.minoritised: Black, Asian and minoritised ethnic → Global Majority",
        ),
        (
            "a template",
            &|| {
                desk.replace(
                    "report-templates/pack/director.typ",
                    "= What your figures show",
                    "= What your numbers show",
                )
            },
            "the template report-templates/pack/director.typ",
        ),
        (
            "a phrase",
            &|| {
                desk.replace(
                    "report-templates/phrases/sentences.txt",
                    "no clear difference in how",
                    "no plain difference in how",
                )
            },
            "the template report-templates/phrases/sentences.txt",
        ),
        (
            "the standard",
            &|| desk.replace("standard.yaml", "likely: to enter a formal", "likely: to go into a formal"),
            "the standard, standard.yaml",
        ),
        (
            "a colour",
            &|| desk.replace("report-templates/identity.yaml", "#12436D", "#12446D"),
            "the template report-templates/identity.yaml",
        ),
        (
            "the foreword",
            &|| {
                fs::create_dir_all(desk.workplace.data().join("2024/text")).unwrap();
                fs::write(desk.workplace.data().join("2024/text/foreword.typ"), "A foreword.").unwrap();
            },
            "the year's words, 2024/text/foreword.typ",
        ),
    ];
    for (edit, make, cause) in of_words {
        make();
        let told = found(&desk, edit, cause);
        assert_eq!(count(&told, &FIGURES), 0, "{edit}");
        assert!(count(&told, &["document"]) > 0, "{edit}");
        assert_eq!(count(&told, &["words"]) == 0, edit == "a colour", "{edit}");
    }
    desk.replace(
        "2024/authorities.csv",
        "F02,Brackwater,Unitary authority,South West",
        "F02,Brackwater,Shire county,South West",
    );
    let told = found(&desk, "the register", "the register 2024/authorities.csv");
    assert!(count(&told, &FIGURES) > 0);
}

#[test]
fn the_command_tells_the_same_of_any_two_builds_and_writes_nothing() {
    let desk = Desk::new();
    desk.run(&["build", "2024"]);
    let other = desk.folder.path().join("other");
    copy(&desk.workplace.output(), &other);
    let against = other.join("2024").to_str().unwrap().to_owned();
    let said = |arguments: &[&str]| String::from_utf8(desk.run(arguments).stderr).unwrap();
    assert_eq!(said(&["changes", "2024", "--against", &against]), "nothing differs\n");
    let (place, old) = desk.answer("2024", "F01", "leavers,,white", "190");
    desk.run(&["build", "2024"]);
    let before = files(&desk.workplace.output());
    let text = said(&["changes", "2024", "--against", other.to_str().unwrap()]);
    let cause = format!("cause: Aldermere, F01.csv, line {place}, column count (adults leavers, white): {old} → 190\n");
    assert!(text.contains(&cause) && text.contains(" more\n"), "{text}");
    let json = desk.run(&["changes", "2024", "--against", &against, "--format", "json"]).stdout;
    let json: Vec<Line> = serde_json::from_slice::<Vec<BTreeMap<String, serde_json::Value>>>(&json)
        .unwrap()
        .into_iter()
        .map(|line| {
            line.into_iter()
                .map(|(key, value)| (key, value.as_str().map_or(value.to_string(), str::to_owned)))
                .collect()
        })
        .collect();
    assert_eq!(json, lines(&desk.year().join("checks/changes.csv")));
    assert_eq!(files(&desk.workplace.output()), before);
    let mut command = desk.workplace.scwres();
    command.args(["changes", "2024"]).assert().code(2); // nothing was released
}

#[test]
fn a_folder_for_everybody_tells_no_cell_no_return_and_no_value_of_the_build_before() {
    let desk = Desk::new();
    desk.run(&["build", "2024"]);
    desk.run(&["build", "2024", "--edition", "public"]);
    let read = |name: &str| fs::read_to_string(desk.year().join(name)).unwrap();
    assert!(read("checks/changes.html").contains("There is no build before"));
    assert!(!files(&desk.workplace.output().join(".cache")).iter().any(|file| file.ends_with(".returns")));
    desk.workplace.submit("F01.csv", submission("F01", 41));
    desk.run(&["build", "2024", "--edition", "public"]);
    let told = lines(&desk.year().join("checks/changes.csv"));
    assert!(count(&told, &["value"]) > 0 && count(&told, &["document"]) > 0);
    for line in &told {
        assert_eq!((line["old"].as_str(), line["new"].as_str(), line["by"].as_str()), ("", "", ""), "{line:?}");
        assert_eq!(line["cause"].trim_start_matches("protection, because of "), "the returns", "{line:?}");
    }
    assert_eq!(count(&told, &["headline", "result", "withheld", "finding-came", "finding-went"]), 0);
    for name in ["checks/changes.html", "checks/changes.csv"] {
        assert!(!read(name).contains("F01.csv"), "{name}");
    }
}

#[test]
fn a_release_is_compared_as_far_as_its_record_goes() {
    let desk = Desk::new();
    desk.replace("2024/round.yaml", "status: synthetic", "status: provisional");
    desk.run(&["build", "2024"]);
    desk.run(&["release", "2024"]);
    let said = || String::from_utf8(desk.run(&["changes", "2024"]).stderr).unwrap();
    assert_eq!(said(), "nothing differs\n");
    desk.answer("2024", "F01", "leavers,,white", "190");
    let correction = "correction: {date: 2025-06-01, reason: A slipped digit}\nstatus: provisional";
    desk.replace("2024/round.yaml", "status: provisional", correction);
    desk.run(&["build", "2024"]);
    let said = said();
    assert!(said.contains("in national/annual-report ("), "{said}");
    let all = String::from_utf8(desk.run(&["changes", "2024", "--format", "json"]).stdout).unwrap();
    assert!(all.contains("its texts are not on record"), "{all}");
    assert!(said.contains("the return 2024/submissions/F01.csv"), "{said}");
}
