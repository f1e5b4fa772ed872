//! Releases: what goes on record, what is refused, and that a record is whole and never changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workplace::{Workplace, files, root, scwres, submission};

pub const POINTS: [&str; 7] = ["data", "methods", "figures", "words", "disclosure", "accessibility", "sign-off"];

/// A round that could be published, but for its status and what it is signed off for.
pub fn workplace() -> Workplace {
    let workplace = Workplace::new(&[
        "F01,Alderwick,London borough,London",
        "F02,Fenmoor,Shire county,East Midlands",
        "F03,Holt and Marsh,Unitary authority,South West",
        "F04,Kestrelwater,Unitary authority,South West",
    ]);
    for (code, size) in [("F01", 12), ("F02", 20), ("F03", 15)] {
        workplace.submit(&format!("{code}.csv"), submission(code, size));
    }
    workplace.configure("short_editions: []\n");
    workplace
}

pub fn set(workplace: &Workplace, from: &str, to: &str) {
    let path = workplace.data().join("2024/round.yaml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(&path, text.replace(from, to)).unwrap();
}

/// What a command says, and its exit code.
fn says(workplace: &Workplace, arguments: &[&str]) -> (i32, String) {
    let output = workplace.scwres().args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

pub fn done(workplace: &Workplace, arguments: &[&str]) -> String {
    let (code, text) = says(workplace, arguments);
    assert_eq!(code, 0, "{arguments:?}: {text}");
    text
}

fn refused(workplace: &Workplace, arguments: &[&str], code: i32, words: &[&str]) {
    let before = files(&workplace.data());
    let (found, text) = says(workplace, arguments);
    assert_eq!(found, code, "{arguments:?}: {text}");
    for word in words {
        assert!(text.contains(word), "{arguments:?}: {word} is not in {text}");
    }
    assert_eq!(files(&workplace.data()), before, "{arguments:?} left something behind");
}

pub fn released(workplace: &Workplace, number: &str) -> PathBuf {
    workplace.data().join("2024/released").join(number)
}

pub fn provisional() -> Workplace {
    let workplace = workplace();
    set(&workplace, "status: synthetic", "status: provisional");
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
    workplace
}

#[test]
fn a_release_is_refused_until_it_is_what_it_says() {
    let workplace = workplace();
    refused(&workplace, &["release"], 2, &["was not built yet"]);
    done(&workplace, &["build"]);
    refused(&workplace, &["release"], 2, &["status", "synthetic"]);
    set(&workplace, "status: synthetic", "status: provisional\nembargo: 2025-05-13 09:30");
    refused(&workplace, &["release"], 2, &["2024/round.yaml has changed"]);
    done(&workplace, &["build"]);
    let page = fs::read_to_string(workplace.output().join("2024/national/annual-report.html")).unwrap();
    assert!(page.contains("Embargoed until 9:30am on 13 May 2025"));
    refused(&workplace, &["release"], 2, &["embargoed until 9:30am", "take `embargo` out"]);
    set(&workplace, "embargo: 2025-05-13 09:30\n", "");
    done(&workplace, &["build"]);
    let table = workplace.output().join("2024/national/tables/indicators.csv");
    let bytes = fs::read(&table).unwrap();
    fs::write(&table, [&bytes[..], b"2024\n"].concat()).unwrap();
    refused(&workplace, &["release"], 2, &["indicators.csv is not as it was built"]);
    fs::write(&table, bytes).unwrap();
    workplace.submit("F03.csv", submission("F03", 16));
    refused(&workplace, &["release"], 2, &["F03.csv has changed"]);
    workplace.submit("F03.csv", submission("F03", 15));
    done(&workplace, &["release"]);
    assert!(done(&workplace, &["release"]).contains("holds this very build already"));
}

#[test]
fn a_record_holds_what_everybody_may_know_and_no_more() {
    let workplace = provisional();
    let record = released(&workplace, "1");
    let found = files(&record);
    for file in
        ["SHA256SUMS", "counts.csv", "figures.csv", "manifest.json", "national/tables/indicators.csv", "release.json"]
    {
        assert!(found.iter().any(|path| path == file), "{file} is not in {found:?}");
    }
    // An own pack is exact: neither a table of it, nor a figure that it prints, nor the digest of a single return.
    for path in &found {
        let text = String::from_utf8_lossy(&fs::read(record.join(path)).unwrap()).into_owned();
        assert!(!path.starts_with("authorities/"), "{path}");
        assert!(path.ends_with(".json") || !text.contains("F01"), "{path} names an authority");
        assert!(path != "manifest.json" || !text.contains("submissions/F01.csv"), "{path} names a return");
    }
    let about: serde_json::Value = serde_json::from_slice(&fs::read(record.join("release.json")).unwrap()).unwrap();
    assert_eq!((about["kind"].as_str(), about["release"].as_u64()), (Some("provisional"), Some(1)));
    let sums = Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&record).status();
    assert!(sums.is_ok_and(|status| status.success()));
}

#[test]
fn a_final_release_is_signed_off_for_its_very_figures() {
    let workplace = workplace();
    let publication = "publication: {contact: a, lead_statistician: b, next_release: c, corrections: d}";
    set(&workplace, "status: synthetic", &format!("status: provisional\n{publication}"));
    refused(&workplace, &["sign-off", "2024", "data", "--by", "A. Analyst"], 2, &["was not built yet"]);
    done(&workplace, &["build"]);
    refused(&workplace, &["sign-off", "2024", "date", "--by", "A. Analyst"], 2, &["did you mean `data`"]);
    refused(&workplace, &["sign-off", "2024", "data", "--by", " "], 2, &["--by is empty"]);
    for point in POINTS {
        let outcome = "looked at: \"all\" of it\n# no objection, £5 & 7%";
        done(
            &workplace,
            &["sign-off", "2024", point, "--by", "Ann O'Neill", "--outcome", outcome, "--date", "2025-05-06"],
        );
    }
    set(&workplace, "status: provisional", "status: final");
    done(&workplace, &["build"]);
    let page = fs::read_to_string(workplace.output().join("2024/national/annual-report.html")).unwrap();
    let text: String = scraper::Html::parse_document(&page).root_element().text().collect();
    for words in ["Quality assurance", "Ann O'Neill", "6 May 2025", "looked at: \"all\" of it"] {
        assert!(text.contains(words), "{words} is not in the report");
    }
    // A count that changes lets every one of them lapse.
    workplace.submit("F03.csv", submission("F03", 16));
    refused(&workplace, &["build"], 2, &["not signed off", "methods (Ann O'Neill saw other figures on 6 May 2025)"]);
    workplace.submit("F03.csv", submission("F03", 15));
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
    assert!(files(&released(&workplace, "1")).contains(&"sign-off.yaml".to_owned()));
    // An entry that lapses later does not take the earlier one's place away from whoever reads the file.
    let path = workplace.data().join("2024/sign-off.yaml");
    assert_eq!(fs::read_to_string(path).unwrap().matches("- point:").count(), POINTS.len());
}

#[test]
fn a_round_that_is_out_is_changed_as_a_correction_alone() {
    let workplace = provisional();
    workplace.submit("F03.csv", submission("F03", 16));
    workplace.submit("F04.csv", submission("F04", 18));
    fs::remove_file(workplace.data().join("2024/submissions/F01.csv")).unwrap();
    let words = ["F03.csv was changed", "F04.csv came later", "F01.csv is not there any more", "correction: {date"];
    refused(&workplace, &["build"], 1, &words);
    fs::remove_file(workplace.data().join("2024/submissions/F04.csv")).unwrap();
    workplace.submit("F01.csv", submission("F01", 12));
    workplace.configure("correction: {date: 2025-06-20, reason: A return was typed wrongly.}\n");
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
    let about = fs::read_to_string(released(&workplace, "2").join("release.json")).unwrap();
    assert!(about.contains("A return was typed wrongly.") && about.contains("2025-06-20"), "{about}");
    // The same words do not cover the next change.
    workplace.submit("F02.csv", submission("F02", 21));
    refused(&workplace, &["build"], 1, &["F02.csv was changed", "a `correction` of its own"]);
}

#[test]
fn figures_that_a_setting_changes_are_not_released_without_a_reason() {
    let workplace = provisional();
    workplace.configure("statistics: {confidence: 0.9}\n");
    done(&workplace, &["build"]);
    refused(&workplace, &["release"], 2, &["not those of release 1", "a `correction`"]);
    workplace.configure("correction: {date: 2025-06-20, reason: Intervals are of ninety per cent now.}\n");
    done(&workplace, &["build"]);
    done(&workplace, &["release"]);
}

#[test]
fn a_damaged_record_stops_the_build() {
    type Damage = fn(&Path);
    let damage: [(&str, Damage); 5] = [
        ("not as it was written", |record| fs::write(record.join("figures.csv"), "id\n").unwrap()),
        ("cannot be read", |record| fs::remove_file(record.join("national/tables/indicators.csv")).unwrap()),
        ("does not belong to it", |record| fs::write(record.join("note.txt"), "a").unwrap()),
        ("digests is broken", |record| fs::write(record.join("SHA256SUMS"), "a\n").unwrap()),
        ("is missing", |record| fs::rename(record, record.with_file_name("2")).unwrap()),
    ];
    for (words, damage) in damage {
        let workplace = provisional();
        damage(&released(&workplace, "1"));
        refused(&workplace, &["build", "--force"], 2, &[words, "put it back"]);
        refused(&workplace, &["release"], 2, &[words]);
    }
}

/// No file may grow beyond so many blocks: the first one that would ends the program there and then, as a kill does, or where it is
/// to go on, the disk is full.
fn release_within(workplace: &Workplace, blocks: u32, goes_on: bool) {
    let limit = format!("{}ulimit -f {blocks}; exec \"$0\" \"$@\"", if goes_on { "trap '' XFSZ; " } else { "" });
    let mut command = Command::new("sh");
    command.args(["-c", &limit]).arg(assert_cmd::cargo::cargo_bin!("scwres"));
    command.arg("--data").arg(workplace.data()).arg("--output").arg(workplace.output());
    command.arg("--templates").arg(root().join("report-templates")).arg("release");
    let status = command.stderr(Stdio::null()).status().unwrap();
    assert!(status.success() || status.code() == Some(2) || (status.code().is_none() && !goes_on), "{status}");
}

#[test]
fn a_release_that_is_cut_off_leaves_no_record_or_a_whole_one() {
    let workplace = workplace();
    set(&workplace, "status: synthetic", "status: provisional");
    done(&workplace, &["build"]);
    let record = released(&workplace, "1");
    let mut seen = [0, 0];
    for goes_on in [false, true] {
        for blocks in [0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128, 4096] {
            release_within(&workplace, blocks, goes_on);
            seen[usize::from(record.exists())] += 1;
            // Whatever is there, the next build takes it for whole or for none.
            done(&workplace, &["build"]);
            done(&workplace, &["release"]);
            assert!(record.join("release.json").exists() && !released(&workplace, "2").exists());
            for folder in ["released", "returned"] {
                fs::remove_dir_all(workplace.data().join("2024").join(folder)).unwrap();
            }
        }
    }
    assert!(seen[0] > 0 && seen[1] > 0, "cut off before and after: {seen:?}");
}

/// Writes the digests of a record anew, as another program would have.
pub fn sum_up(record: &Path) {
    let paths: Vec<String> = files(record).into_iter().filter(|path| path != "SHA256SUMS").collect();
    let sums = Command::new("sha256sum").args(&paths).current_dir(record).output().unwrap();
    fs::write(record.join("SHA256SUMS"), sums.stdout).unwrap();
}

#[test]
fn what_a_release_told_is_what_the_next_round_takes_as_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for file in files(&root().join("data")) {
        if ["2021/", "2023/", "standard.yaml", "england"].iter().any(|kept| file.starts_with(kept)) {
            fs::create_dir_all(data.join(&file).parent().unwrap()).unwrap();
            fs::copy(root().join("data").join(&file), data.join(&file)).unwrap();
        }
    }
    let run = |arguments: &[&str]| {
        let output = scwres(&data, &root().join("report-templates"), &folder.path().join("output"))
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {text}");
        text
    };
    let settings = data.join("2021/round.yaml");
    let text = fs::read_to_string(&settings).unwrap().replace("status: synthetic", "status: provisional");
    fs::write(&settings, text + "\nshort_editions: []\n").unwrap();
    assert!(run(&["build", "2023"]).contains("no release on record: 2021"));
    let withheld = || {
        let text = fs::read_to_string(folder.path().join("output/2023/checks/disclosure.csv")).unwrap();
        let rows = text.lines().filter(|line| line.starts_with("2021,") && !line.contains("matched"));
        let rows: BTreeSet<String> = rows.map(|line| line.split(',').take(7).collect::<Vec<_>>().join(",")).collect();
        rows
    };
    let worked_out = withheld();

    run(&["build", "2021"]);
    run(&["release", "2021"]);
    let record = data.join("2021/released/1");
    assert!(!run(&["build", "2023"]).contains("no release on record"));
    assert_eq!(withheld(), worked_out, "the same program told the same");

    // Another program showed a count that this one withholds, and withheld one that this one shows.
    let table = record.join("counts.csv");
    let text = fs::read_to_string(&table).unwrap();
    // London is a region and a type: what is told in one place is told in both.
    let is_region =
        |line: &&str| line.starts_with("2021,region,") && line.contains("white_numerator") && !line.contains("london");
    let hidden = text.lines().find(|line| is_region(line) && line.ends_with(",,")).unwrap();
    let shown = text.lines().find(|line| is_region(line) && !line.ends_with(",,")).unwrap();
    let place = |line: &str| line.split(',').take(7).collect::<Vec<_>>().join(",");
    let swapped = text
        .replace(hidden, &format!("{},40,5", place(hidden)))
        .replace(&format!("{shown}\n"), &format!("{},,\n", place(shown)));
    assert_ne!(swapped, text);
    fs::write(&table, swapped).unwrap();
    sum_up(&record);
    run(&["build", "2023"]);
    let (now, place) = (withheld(), [hidden, shown].map(place));
    assert!(worked_out.contains(&place[0]) && !now.contains(&place[0]), "{}", place[0]);
    assert!(!worked_out.contains(&place[1]) && now.contains(&place[1]), "{}", place[1]);
}

/// What a table tells of its counts: the least and the most that each can be, by row and count.
fn told(table: &Path) -> BTreeMap<String, (f64, f64)> {
    let mut told = BTreeMap::new();
    for row in crate::disclosure::records(table).into_iter().filter(|row| row["area_type"] != "authority") {
        for count in COUNTS {
            let Ok(shown) = row[count].parse::<f64>() else { continue };
            let coarser = row["coarser"].split(';').find_map(|one| one.strip_prefix(count)?.strip_prefix(':'));
            let step: f64 = coarser.map_or(5.0, |step| step.parse().unwrap());
            let (below, above) = ((step / 2.0).floor(), step - 1.0 - (step / 2.0).floor());
            let interval = if shown == 0.0 { (0.0, 0.0) } else { ((shown - below).max(10.0), shown + above) };
            told.insert(format!("{} {count}", key(&row)), interval);
        }
    }
    told
}

fn key(row: &BTreeMap<String, String>) -> String {
    [&row["area_code"], &row["service"], &row["indicator"], &row["breakdown"]].map(String::as_str).join(" ")
}

/// The small counts of a return that came later which two releases, one laid beside the other, leave fewer than ten values.
fn given_away(before: &Path, after: &Path, own: &Path) -> Vec<String> {
    let (before, after) = (told(before), told(after));
    let mut found = Vec::new();
    for row in crate::disclosure::records(own).into_iter().filter(|row| row["area_type"] == "authority") {
        for count in COUNTS {
            let small = row[count].parse::<f64>().is_ok_and(|people| (1.0..10.0).contains(&people));
            let name = key(&row).replacen(&row["area_code"], "england", 1);
            let name = format!("{name} {count}");
            let (Some(then), Some(now)) = (before.get(&name), after.get(&name)) else { continue };
            let (least, most) = ((now.0 - then.1).max(0.0), now.1 - then.0);
            if small && most - least < 9.0 {
                found.push(format!("{name}: {least} to {most}"));
            }
        }
    }
    found
}

const COUNTS: [&str; 4] = ["minoritised_numerator", "minoritised_denominator", "white_numerator", "white_denominator"];

#[test]
fn a_return_that_came_later_is_not_what_two_releases_differ_by() {
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for late in ["F06000003.csv", "F09000002.csv", "F10000001.csv"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        for file in files(&root().join("data")) {
            if ["2021/", "standard.yaml", "england"].iter().any(|kept| file.starts_with(kept)) {
                fs::create_dir_all(data.join(&file).parent().unwrap()).unwrap();
                fs::copy(root().join("data").join(&file), data.join(&file)).unwrap();
            }
        }
        let output = |name: &str| folder.path().join(name);
        let run = |name: &str, command: &str| {
            let run = scwres(&data, &root().join("report-templates"), &output(name)).arg(command).output().unwrap();
            let said = String::from_utf8(run.stderr).unwrap();
            assert!(run.status.success(), "{said}");
        };
        let table = |name: &str| output(name).join("2021/national/tables/indicators.csv");
        let settings = data.join("2021/round.yaml");
        let text = fs::read_to_string(&settings).unwrap().replace("status: synthetic", "status: provisional");
        fs::write(&settings, format!("{text}\nshort_editions: []\n")).unwrap();
        let submission = fs::read_dir(data.join("2021/submissions")).unwrap().map(|file| file.unwrap().path());
        let submission =
            submission.into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&late[..9]));
        let submission = submission.unwrap();
        fs::rename(&submission, folder.path().join("late")).unwrap();
        run("before", "build");
        run("before", "release");
        fs::copy(folder.path().join("late"), &submission).unwrap();
        let reason = "correction: {date: 2022-06-01, reason: A return came late.}\n";
        fs::write(&settings, format!("{text}\nshort_editions: []\n{reason}")).unwrap();
        run("together", "build");
        for record in ["released", "returned"] {
            fs::remove_dir_all(data.join("2021").join(record)).unwrap();
        }
        run("alone", "build");
        let packs = fs::read_dir(output("alone").join("2021/authorities")).unwrap().map(|pack| pack.unwrap().path());
        let own = packs.into_iter().find(|pack| pack.file_name().unwrap().to_str().unwrap().starts_with(&late[..9]));
        let own = own.unwrap().join("data.csv");
        alone.extend(given_away(&table("before"), &table("alone"), &own));
        together.extend(given_away(&table("before"), &table("together"), &own));
    }
    assert!(!alone.is_empty(), "releases that are protected each for itself give something away");
    assert_eq!(together, Vec::<String>::new());
}
