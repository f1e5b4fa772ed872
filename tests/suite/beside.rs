//! What is published beside something that is out: packs for everybody beside the national release, and a release beside one before it
//! with what both tell of the authorities that two rounds share.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::workplace::{files, root, scwres};

/// A folder with the sample data of these years, made ready to be released.
struct Rounds(TempDir);

impl Rounds {
    fn of(years: &[&str]) -> Self {
        let rounds = Self(tempfile::tempdir().unwrap());
        for file in files(&root().join("data")) {
            let kept = |start: &str| file.starts_with(start);
            if kept("standard.yaml") || kept("england") || years.iter().any(|year| kept(&format!("{year}/"))) {
                fs::create_dir_all(rounds.data().join(&file).parent().unwrap()).unwrap();
                fs::copy(root().join("data").join(&file), rounds.data().join(&file)).unwrap();
            }
        }
        rounds
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Sets the round's status, and adds lines to its settings.
    fn set(&self, year: &str, lines: &str) {
        let settings = self.data().join(year).join("round.yaml");
        let text = fs::read_to_string(&settings).unwrap().replace("status: synthetic", "status: provisional");
        let short = if text.contains("short_editions") { "" } else { "\nshort_editions: []\n" };
        fs::write(&settings, format!("{text}{short}{lines}")).unwrap();
    }

    /// The return of an authority.
    fn submission(&self, year: &str, code: &str) -> PathBuf {
        let folder = self.data().join(year).join("submissions");
        let name = files(&folder).into_iter().find(|file| file.starts_with(code)).unwrap();
        folder.join(name)
    }

    fn run(&self, output: &str, arguments: &[&str]) {
        let run = scwres(&self.data(), &root().join("report-templates"), &self.0.path().join(output))
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn the_national_release_is_one_in_both_editions() {
    let mut national = Vec::new();
    for planned in ["public_packs: false\n", "public_packs: true\n"] {
        let rounds = Rounds::of(&["2021"]);
        rounds.set("2021", planned);
        let tables = ["own", "public"].map(|edition| {
            rounds.run(edition, &["build", "2021", "--edition", edition]);
            fs::read_to_string(rounds.0.path().join(edition).join("2021/national/tables/indicators.csv")).unwrap()
        });
        assert_eq!(tables[0], tables[1], "{planned}");
        national.extend(tables.into_iter().take(1));
    }
    assert_ne!(national[0], national[1], "what is planned makes a difference, or nothing was shown here");
}

/// The least and the most that each count of a record can be which is of the authorities that two rounds share.
fn panels(record: &Path) -> BTreeMap<String, (i64, i64)> {
    let rows = crate::disclosure::records(&record.join("counts.csv")).into_iter();
    let shown = rows.filter(|row| row["area_code"].starts_with("matched") && !row["shown"].is_empty());
    let interval = |row: BTreeMap<String, String>| {
        let (shown, step): (i64, i64) = (row["shown"].parse().unwrap(), row["step"].parse().unwrap());
        let name = ["year", "indicator", "breakdown", "count"].map(|column| row[column].as_str()).join(" ");
        (name, if shown == 0 { (0, 0) } else { ((shown - step / 2).max(10), shown + step - 1 - step / 2) })
    };
    shown.map(interval).collect()
}

/// What two releases of a panel leave of a return that came in between, where that is few people in a narrow range.
fn narrow(before: &BTreeMap<String, (i64, i64)>, after: &BTreeMap<String, (i64, i64)>) -> Vec<String> {
    let mut narrow = Vec::new();
    for (name, (least, most)) in after {
        let Some(then) = before.get(name) else { continue };
        let (least, most) = ((least - then.1).max(0), most - then.0);
        if most - least < 9 && least > 0 && most < 14 {
            narrow.push(format!("{name}: {least} to {most}"));
        }
    }
    narrow
}

#[test]
fn panels_of_two_releases_do_not_tell_a_return_that_came_later() {
    let rounds = Rounds::of(&["2021", "2023"]);
    rounds.set("2023", "");
    // With three authorities and more missing there is a panel; the late one gave a return in both rounds.
    for missing in ["F06000002", "F06000003", "F06000007", "F06000008"] {
        fs::remove_file(rounds.submission("2023", missing)).unwrap();
    }
    let late = rounds.submission("2023", "F10000004");
    fs::rename(&late, rounds.0.path().join("late")).unwrap();
    let released = |output: &str| {
        rounds.run(output, &["build", "2023"]);
        rounds.run(output, &["release", "2023"]);
        let folder = rounds.data().join("2023/released");
        let newest = fs::read_dir(&folder).unwrap().count().to_string();
        panels(&folder.join(newest))
    };
    let before = released("before");
    assert!(before.keys().any(|name| name.starts_with("2021")) && before.keys().any(|name| name.starts_with("2023")));
    fs::copy(rounds.0.path().join("late"), &late).unwrap();
    rounds.set("2023", "correction: {date: 2024-06-01, reason: A return came late.}\n");
    let together = released("together");
    for record in ["released", "returned"] {
        fs::remove_dir_all(rounds.data().join("2023").join(record)).unwrap();
    }
    let alone = released("alone");
    assert_eq!(narrow(&before, &together), Vec::<String>::new());
    for year in ["2021", "2023"] {
        let found = narrow(&before, &alone);
        assert!(found.iter().any(|name| name.starts_with(year)), "protected for itself it tells of {year}: {found:?}");
    }
}
