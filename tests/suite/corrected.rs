//! Notices of corrections and revisions: what changed documents tell, what they keep back, and that all others keep their bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use scraper::{Html, Selector};
use tempfile::TempDir;

use crate::disclosure::records;
use crate::released::{done, provisional, released, set, sum_up, workplace};
use crate::workplace::{Workplace, files, root, scwres, submission};

const NATIONAL: &str = "national/annual-report";
const CARNLEIGH: &str = "authorities/F06000003-carnleigh/benchmark-pack";

/// The sample round of 2021 as a provisional one, built and released.
struct Sample {
    folder: TempDir,
}

impl Sample {
    fn new() -> Sample {
        let sample = Sample { folder: tempfile::tempdir().unwrap() };
        for file in files(&root().join("data")) {
            if ["2021/", "standard.yaml", "england"].iter().any(|kept| file.starts_with(kept)) {
                let to = sample.data().join(&file);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(root().join("data").join(&file), to).unwrap();
            }
        }
        sample.edit("round.yaml", "status: synthetic", "status: provisional");
        sample.correct("short_editions: [committee]", "");
        sample.run("build");
        sample.run("release");
        sample
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn year(&self) -> PathBuf {
        self.folder.path().join("output/2021")
    }

    fn run(&self, command: &str) -> String {
        let output = self.folder.path().join("output");
        let run = scwres(&self.data(), &root().join("report-templates"), &output).arg(command).output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(0), "{command}: {said}");
        said
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.data().join("2021").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        fs::write(&path, text.replace(from, to)).unwrap();
    }

    /// Says in the settings what is corrected, in place of what they say already.
    fn correct(&self, line: &str, before: &str) {
        let path = self.data().join("2021/round.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(before, "") + "\n" + line + "\n").unwrap();
    }

    fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let published = |path: &String| path.starts_with("national/") || path.starts_with("authorities/");
        let paths = files(&self.year()).into_iter().filter(published);
        paths.map(|path| (path.clone(), fs::read(self.year().join(path)).unwrap())).collect()
    }
}

/// The numbers of a document in a table of printed figures, but for those of its notice.
fn printed(table: &Path, document: &str) -> BTreeMap<String, String> {
    let rows = records(table).into_iter().filter(|row| row["document"] == document);
    let own = rows.filter(|row| !row["id"].contains("/released/") && !row["id"].contains("/notice/"));
    own.map(|row| (row["id"].clone(), row["printed"].clone())).collect()
}

/// What differs between two tables in a document, as it may be told: what is not shown now is not repeated.
fn differing(before: &Path, now: &Path, document: &str) -> BTreeMap<String, (String, String)> {
    let (before, now) = (printed(before, document), printed(now, document));
    let ids: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let mut found = BTreeMap::new();
    for id in ids.into_iter().filter(|id| before.get(*id) != now.get(*id)) {
        let text = |numbers: &BTreeMap<String, String>| numbers.get(id).cloned().unwrap_or_default();
        let (old, new) = (text(&before), text(&now));
        let shown = !new.is_empty() && !new.starts_with('[');
        found.insert(id.clone(), (if shown || old.starts_with('[') { old } else { String::new() }, new));
    }
    found
}

/// What a table of corrections has of a release.
fn listed(table: &Path, release: &str) -> BTreeMap<String, (String, String)> {
    let rows = records(table).into_iter().filter(|row| row["release"] == release);
    rows.map(|row| (row["id"].clone(), (row["old"].clone(), row["new"].clone()))).collect()
}

/// The rows of the notice in a document, by the ids of their figures.
fn told(page: &Path) -> BTreeMap<String, (String, String)> {
    let page = Html::parse_document(&fs::read_to_string(page).unwrap());
    let select = |selector: &str| Selector::parse(selector).unwrap();
    let mut found = BTreeMap::new();
    for row in page.select(&select("tr")) {
        let Some(id) = row.select(&select("th small.identifier")).next() else { continue };
        let cells: Vec<String> = row.select(&select("td")).map(|cell| cell.text().collect()).collect();
        found.insert(id.text().collect(), (cells[0].clone(), cells[1].clone()));
    }
    found
}

fn text(page: &Path) -> String {
    let page = Html::parse_document(&fs::read_to_string(page).unwrap());
    page.root_element().text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_correction_tells_exactly_what_differs_and_every_other_document_keeps_its_bytes() {
    let sample = Sample::new();
    let record = sample.data().join("2021/released/1/figures.csv");
    let (own, now) = (sample.data().join("2021/returned/1.figures.csv"), sample.year().join("figures.csv"));
    let page = |document: &str| sample.year().join(format!("{document}.html"));
    let first = sample.bytes();
    sample.edit(
        "submissions/F06000003.csv",
        "F06000003,adults,disciplinary,,minoritised,1",
        "F06000003,adults,disciplinary,,minoritised,2",
    );
    let one = "correction: {date: 2022-06-03, reason: A case was left out.}";
    sample.correct(one, "");
    sample.run("build");

    let table = sample.year().join("national/corrections.csv");
    let wanted = differing(&record, &now, NATIONAL);
    assert!(wanted.len() > 5 && wanted.len() <= 25, "{wanted:?}");
    assert_eq!(listed(&table, "2"), wanted);
    assert_eq!(told(&page(NATIONAL)), wanted);
    let line = format!("3 June 2022: {} figures of this report changed", wanted.len());
    assert!(text(&page(NATIONAL)).contains(&line), "{line}");
    for words in ["A case was left out.", "Corrected on 3 June 2022", "29 March 2022"] {
        assert!(text(&sample.year().join("national/corrections.html")).contains(words), "{words}");
    }
    let index = fs::read_to_string(sample.year().join("index.html")).unwrap();
    assert!(index.contains("national/corrections.html"));

    let wanted = differing(&own, &now, CARNLEIGH);
    assert_eq!(wanted["2021/F06000003/3/all/minoritised_numerator"], ("2".to_owned(), "3".to_owned()));
    assert_eq!(listed(&sample.year().join("authorities/F06000003-carnleigh/corrections.csv"), "2"), wanted);
    assert_eq!(told(&page(CARNLEIGH)), wanted);
    // What everybody may know has nothing of what the pack alone prints.
    assert!(!fs::read_to_string(&table).unwrap().contains("F06000003"));
    let record = fs::read_to_string(sample.data().join("2021/released/1/release.json")).unwrap();
    assert!(!record.contains("minoritised_numerator"));

    // The papers print nothing that changed, and say so in no byte.
    let second = sample.bytes();
    let papers: Vec<&String> = second.keys().filter(|path| path.contains("committee-paper")).collect();
    assert_eq!(papers.len(), 36);
    for path in papers {
        assert!(first[path] == second[path], "{path}");
    }

    // A record of it changes nothing more, and the next correction is told beside it.
    sample.run("release");
    fs::remove_dir_all(sample.year()).unwrap();
    sample.run("build");
    assert!(sample.bytes() == second, "what was released is built again as it was");
    sample.edit(
        "submissions/F06000007.csv",
        "F06000007,adults,leavers,,white,78",
        "F06000007,adults,leavers,,white,79",
    );
    sample.correct("correction: {date: 2022-09-05, reason: Somebody left unseen.}", one);
    sample.run("build");
    let record = sample.data().join("2021/released/2/figures.csv");
    let wanted = differing(&record, &now, NATIONAL);
    assert!(!wanted.is_empty());
    assert_eq!(listed(&table, "3"), wanted);
    assert_eq!(told(&page(NATIONAL)), wanted, "a document tells what differs from the last release");
    let releases: Vec<String> = records(&table).into_iter().map(|row| row["release"].clone()).collect();
    assert!(releases.contains(&"2".to_owned()) && releases.is_sorted_by(|one, other| one >= other), "{releases:?}");
    assert!(listed(&sample.year().join("authorities/F06000003-carnleigh/corrections.csv"), "2").len() > 5);
    let papers = sample.bytes().into_iter().filter(|(path, _)| path.contains("committee-paper"));
    papers.for_each(|(path, bytes)| assert!(first[&path] == bytes, "{path}"));
}

/// The bytes of what was published.
fn published(workplace: &Workplace) -> BTreeMap<String, Vec<u8>> {
    let year = workplace.output().join("2024");
    let paths =
        files(&year).into_iter().filter(|path| path.starts_with("national/") || path.starts_with("authorities/"));
    paths.map(|path| (path.clone(), fs::read(year.join(path)).unwrap())).collect()
}

#[test]
fn nothing_is_told_where_nothing_changed_or_nothing_says_why() {
    let workplace = provisional();
    let first = published(&workplace);
    workplace.configure("correction: {date: 2025-06-20, reason: Nothing after all.}\n");
    done(&workplace, &["build"]);
    assert!(published(&workplace) == first);
    // Numbers that change without a return and without a reason: the author is told, and no reader.
    set(&workplace, "correction: {date: 2025-06-20, reason: Nothing after all.}\n", "unknown_ethnicity: include\n");
    let said = done(&workplace, &["build"]);
    assert!(said.contains("print other numbers than were published") && said.contains(NATIONAL), "{said}");
    let page = workplace.output().join("2024/national/annual-report.html");
    assert!(!text(&page).contains("What was corrected"));
    assert!(!workplace.output().join("2024/national/corrections.csv").exists());
    // Nor does the reason of the last release say why this one differs.
    set(
        &workplace,
        "unknown_ethnicity: include\n",
        "correction: {date: 2025-06-20, reason: A return was typed wrongly.}\n",
    );
    workplace.submit("F03.csv", submission("F03", 16));
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
    workplace.configure("unknown_ethnicity: include\n");
    assert!(done(&workplace, &["build"]).contains("print other numbers than were published"));
    assert!(!text(&page).contains("What was corrected"));
    let releases: Vec<_> = records(&workplace.output().join("2024/national/corrections.csv"));
    assert!(releases.iter().all(|row| row["release"] == "2"));
}

#[test]
fn the_step_from_provisional_to_final_is_a_revision() {
    let workplace = provisional();
    workplace.submit("F03.csv", submission("F03", 16));
    let publication = "publication: {contact: a, lead_statistician: b, next_release: c, corrections: d}";
    set(&workplace, "status: provisional", &format!("status: final\nsign_off: []\n{publication}"));
    done(&workplace, &["build"]);
    let year = workplace.output().join("2024");
    for page in [
        "national/annual-report.html",
        "national/corrections.html",
        "authorities/F03-holt-and-marsh/benchmark-pack.html",
    ] {
        let text = text(&year.join(page));
        assert!(text.contains("Provisional figures became final, as planned."), "{page}");
        assert!(!text.contains("What was corrected"), "{page}");
    }
    assert!(text(&year.join("national/annual-report.html")).contains("What was revised"));
    assert!(records(&year.join("national/corrections.csv")).iter().all(|row| row["kind"] == "revision"));
}

#[test]
fn what_is_withheld_now_is_not_told_from_an_earlier_release() {
    let workplace = provisional();
    let hidden = |row: &BTreeMap<String, String>| row["document"] == NATIONAL && row["printed"] == "[c]";
    let id = records(&workplace.output().join("2024/figures.csv")).into_iter().find(hidden).unwrap()["id"].clone();
    // Two releases of another program, which showed it.
    let show = |number: &str, value: &str| {
        let path = released(&workplace, number).join("figures.csv");
        let text = fs::read_to_string(&path).unwrap();
        let shown = text.replacen(&format!("{id},[c],{NATIONAL}"), &format!("{id},{value},{NATIONAL}"), 1);
        assert_ne!(shown, text);
        fs::write(&path, shown).unwrap();
        sum_up(&released(&workplace, number));
    };
    show("1", "77.71");
    workplace.configure("correction: {date: 2025-06-20, reason: It was too small.}\n");
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
    show("2", "88.82");
    set(&workplace, "2025-06-20, reason: It was", "2025-07-20, reason: It still was");
    done(&workplace, &["build"]);
    let year = workplace.output().join("2024");
    let rows: Vec<_> =
        records(&year.join("national/corrections.csv")).into_iter().filter(|row| row["id"] == id).collect();
    assert_eq!(rows.len(), 2, "{id}: {rows:?}");
    assert_eq!(told(&year.join("national/annual-report.html"))[&id], ("not repeated".to_owned(), "[c]".to_owned()));
    for path in files(&year) {
        let text = String::from_utf8_lossy(&fs::read(year.join(&path)).unwrap()).into_owned();
        assert!(!text.contains("77.71") && !text.contains("88.82"), "{path} tells it");
    }
}

#[test]
fn a_pack_for_everybody_tells_of_packs_for_everybody_alone() {
    let workplace = workplace();
    for (code, size) in [("F01", 120), ("F02", 200), ("F03", 150)] {
        workplace.submit(&format!("{code}.csv"), submission(code, size));
    }
    set(&workplace, "status: synthetic", "status: provisional");
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
    let year = workplace.output().join("2024");
    let pack = year.join("authorities/F03-holt-and-marsh/benchmark-pack.html");
    workplace.configure("correction: {date: 2025-06-20, reason: One.}\n");
    // The release before had packs for authorities alone, and their exact figures are no news for everybody.
    done(&workplace, &["build", "--edition", "public"]);
    assert!(!text(&pack).contains("What was corrected"));
    assert!(!fs::read_to_string(year.join("figures.csv")).unwrap().contains("/released/1/F03"));
    done(&workplace, &["release"]);
    let path = released(&workplace, "2").join("figures.csv");
    let own = |row: &BTreeMap<String, String>| {
        row["id"].contains("/F03/") && row["printed"].starts_with(char::is_numeric) && !row["printed"].contains(',')
    };
    let row = records(&path).into_iter().find(own).unwrap();
    let told_then = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        told_then.replace(&format!("{},{},", row["id"], row["printed"]), &format!("{},77.71,", row["id"])),
    )
    .unwrap();
    sum_up(&released(&workplace, "2"));
    set(&workplace, "2025-06-20, reason: One", "2025-07-20, reason: Two");
    done(&workplace, &["build", "--edition", "public"]);
    let wanted = BTreeMap::from([(row["id"].clone(), ("77.71".to_owned(), row["printed"].clone()))]);
    assert_eq!(told(&pack), wanted);
    assert_eq!(listed(&year.join("national/corrections.csv"), "3"), wanted);
    assert!(!text(&year.join("national/annual-report.html")).contains("Two."), "the report did not change");
}

#[test]
fn a_pack_says_that_it_changed_where_its_earlier_figures_are_not_on_record() {
    let workplace = provisional();
    let path = workplace.data().join("2024/returned/1.figures.csv");
    let pack = workplace.output().join("2024/authorities/F03-holt-and-marsh/benchmark-pack.html");
    workplace.submit("F03.csv", submission("F03", 16));
    workplace.configure("correction: {date: 2025-06-20, reason: A return was typed wrongly.}\n");
    let said = done(&workplace, &["build"]);
    assert!(!said.contains("warning") && !told(&pack).is_empty(), "{said}");
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, whole.replacen(',', ",1", 1)).unwrap();
    let said = done(&workplace, &["build"]);
    assert!(said.contains("returned/1.figures.csv is not as it was written"), "{said}");
    assert!(text(&pack).contains("What stood there before is not on record") && told(&pack).is_empty());
    fs::remove_file(&path).unwrap();
    assert!(done(&workplace, &["build"]).contains("returned/1.figures.csv cannot be read"));
    assert!(!told(&workplace.output().join("2024/national/annual-report.html")).is_empty());
}
