//! Four rounds in which areas change and returns are joint: every trend, check and coverage figure beside one that this file computes
//! from the returns' files alone, as METHOD has it.

mod rounds;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::figures::printed;
use crate::workplace::{Workplace, root, scwres, submission as returned};
use rounds::{YEARS, begin, four_rounds, register, submission, write_round};

/// What is compared between two years: sums of returns then, and of returns now. Written by hand from the changes above.
fn compared(to: i32) -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    const STABLE: [&str; 8] =
        ["F06000001", "F06000002", "F06000003", "F06000004", "F06000005", "F06000006", "F06000007", "F06000008"];
    let mut all: Vec<(Vec<&str>, Vec<&str>)> = STABLE.iter().map(|code| (vec![*code], vec![*code])).collect();
    let mut same = |codes: &[&'static str]| all.extend(codes.iter().map(|code| (vec![*code], vec![*code])));
    match to {
        2022 => {
            same(&["F06000021", "F06000022", "F06000041", "F06000042", "F06000043", "F09000060"]);
            all.push((vec!["F06000011"], vec!["F06000012"]));
            all.push((vec!["F10000031"], vec!["F06000032", "F06000033"]));
            all.push((vec!["F09000051", "F09000052"], vec!["F09000051"]));
        }
        2023 => {
            same(&[
                "F06000012",
                "F06000032",
                "F06000033",
                "F06000041",
                "F06000042",
                "F06000043",
                "F09000051",
                "F09000060",
            ]);
            all.push((vec!["F06000021", "F06000022"], vec!["F06000023"]));
        }
        _ => {
            same(&["F06000012", "F06000023", "F06000032", "F06000033", "F09000051"]);
            all.push((vec!["F09000060"], vec!["F09000061", "F09000062"]));
        }
    }
    all
}

/// The numerator and the denominator of indicators with a ratio.
const INDICATORS: [(&str, &str, &str); 3] =
    [("2", "appointed", "shortlisted"), ("3", "disciplinary", "staff"), ("8", "leavers", "staff")];

/// The counts of returns as they lie in the folder, by measure: minoritised and white.
fn counts(data: &Path, year: i32, codes: &[&str]) -> BTreeMap<String, [u64; 2]> {
    let mut counts: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for code in codes {
        let text = fs::read_to_string(data.join(format!("{year}/submissions/{code}.csv"))).unwrap();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let side = match fields[4] {
                "white" => 1,
                "unknown" => continue,
                _ => 0,
            };
            counts.entry(fields[2].to_owned()).or_default()[side] += fields[5].parse::<u64>().unwrap();
        }
    }
    counts
}

/// The four counts of an indicator: minoritised numerator and denominator, then white.
fn four(counts: &BTreeMap<String, [u64; 2]>, numerator: &str, denominator: &str) -> [u64; 4] {
    let (top, bottom) = (counts[numerator], counts[denominator]);
    [top[0], bottom[0], top[1], bottom[1]]
}

fn explained(folder: &TempDir, year: i32, area: &str, indicator: &str) -> Value {
    let (data, output) = (folder.path().join("data"), folder.path().join("output"));
    let year = year.to_string();
    let mut command = scwres(&data, &root().join("report-templates"), &output);
    command.args(["explain", &year, area, indicator, "--edition", "own", "--format", "json"]);
    let found = command.output().unwrap();
    assert!(found.status.success(), "{year} {area} {indicator}: {}", String::from_utf8_lossy(&found.stderr));
    serde_json::from_slice(&found.stdout).unwrap()
}

fn exact(found: &Value) -> [u64; 4] {
    let count = |group: &str, part: &str| found[group][part].as_u64().unwrap();
    ["minoritised", "white"]
        .map(|group| ["numerator", "denominator"].map(|part| count(group, part)))
        .concat()
        .try_into()
        .unwrap()
}

#[test]
fn every_matched_panel_is_the_sum_of_the_same_ground_in_both_years() {
    let folder = four_rounds();
    let data = folder.path().join("data");
    for (from, to) in YEARS.iter().zip(&YEARS[1..]) {
        let area = format!("matched-{from}-{to}");
        let (then, now): (Vec<_>, Vec<_>) = compared(*to).into_iter().unzip();
        for (year, codes) in [(*from, then.concat()), (*to, now.concat())] {
            let sums = counts(&data, year, &codes);
            let members: BTreeMap<String, &str> =
                register(year).into_iter().map(|(code, _, members)| (code, members)).collect();
            let authorities: u64 = codes.iter().map(|code| if members[*code].is_empty() { 1 } else { 2 }).sum();
            for (indicator, numerator, denominator) in INDICATORS {
                let found = explained(&folder, year, &area, indicator);
                assert_eq!(exact(&found), four(&sums, numerator, denominator), "{year} {area} {indicator}");
                assert_eq!(found["authorities"].as_u64(), Some(authorities), "{year} {area} {indicator}");
            }
        }
    }
}

/// What each pack's own rounds are: the returns of each year that are its own area.
const OWN: [(&str, [&[&str]; 4]); 6] = [
    ("F06000012", [&["F06000011"], &["F06000012"], &["F06000012"], &["F06000012"]]),
    ("F06000023", [&["F06000021", "F06000022"], &["F06000021", "F06000022"], &["F06000023"], &["F06000023"]]),
    ("F06000032", [&[], &["F06000032"], &["F06000032"], &["F06000032"]]),
    ("F06000041", [&["F06000041"], &["F06000041"], &["F06000041"], &["F06000041"]]),
    ("F09000051", [&["F09000051", "F09000052"], &["F09000051"], &["F09000051"], &["F09000051"]]),
    ("F09000061", [&[], &[], &[], &["F09000061"]]),
];

#[test]
fn trends_coverage_and_words_follow_the_areas() {
    let folder = four_rounds();
    let (data, output) = (folder.path().join("data"), folder.path().join("output"));
    let build = |year: &str| {
        scwres(&data, &root().join("report-templates"), &output).args(["build", year]).assert().success();
    };
    build("2024");
    let figures = printed(&output.join("2024/figures.csv"));
    for (code, rounds) in OWN {
        for (year, codes) in YEARS.into_iter().zip(rounds) {
            // A sum has all its codes in its ids, a single return that of its day: a code of today may have been another's then.
            let area = if codes.is_empty() { code.to_owned() } else { codes.join("+") };
            for (indicator, numerator, denominator) in INDICATORS {
                let found = figures.get(&format!("{year}/{area}/{indicator}/all/relative_likelihood"));
                if codes.is_empty() {
                    assert_eq!(found, None, "{year} {code} {indicator}");
                    continue;
                }
                let [a, b, c, d] = four(&counts(&data, year, codes), numerator, denominator).map(|count| count as f64);
                // Halves are rounded up.
                let ratio = format!("{:.2}", ((a / b) / (c / d) * 100.0 + 0.5 + 1e-9).floor() / 100.0);
                assert_eq!(found, Some(&ratio), "{year} {area} {indicator}");
            }
        }
    }
    // A sum can be explained under its codes, and where nobody else had it then under the code of today; a single return under both.
    let (merged, joint) = (["F06000021", "F06000022"], ["F09000051", "F09000052"]);
    for (area, codes) in [
        ("F06000023", &merged[..]),
        ("F06000021+F06000022", &merged),
        ("F06000012", &["F06000011"]),
        ("F09000051+F09000052", &joint),
        ("F09000051", &joint[..1]),
    ] {
        let found = explained(&folder, 2021, area, "8");
        assert_eq!(exact(&found), four(&counts(&data, 2021, codes), "leavers", "staff"), "{area}");
    }
    let [by_old_code, by_new_code] = ["F06000011", "F06000012"].map(|code| exact(&explained(&folder, 2024, code, "8")));
    assert_eq!(by_old_code, by_new_code);
    let page = |year: i32, code: &str, document: &str| {
        let folder =
            fs::read_dir(output.join(format!("{year}/authorities"))).unwrap().map(|entry| entry.unwrap().path());
        let mut own = folder.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(code));
        fs::read_to_string(own.next().unwrap().join(document)).unwrap()
    };
    let says = |page: &str, words: &str| assert!(text(page).contains(words), "{words}: {}", text(page));
    says(&page(2024, "F06000041", "benchmark-pack.html"), "new boundaries from 1 April 2024");
    says(&page(2024, "F06000041", "benchmark-pack.html"), "[b]");
    says(&page(2024, "F06000023", "benchmark-pack.html"), "Your rounds before that are of all of them together.");
    says(
        &page(2024, "F09000061", "benchmark-pack.html"),
        "sent one return together with Council ajaaaagc in the round before",
    );
    says(&page(2024, "F06000032", "benchmark-pack.html"), "was part of Council baaaaadb before 1 April 2022");
    let national = fs::read_to_string(output.join("2024/national/annual-report.html")).unwrap();
    says(&national, "Areas that changed since the round before");
    coverage(&figures, 2024);

    build("2022");
    let figures = printed(&output.join("2022/figures.csv"));
    coverage(&figures, 2022);
    let pack = page(2022, "F06000032", "benchmark-pack.html");
    says(&pack, "before 1 April 2022, as was Council");
    says(&pack, "England’s changes count it together with");
    let joint = page(2022, "F09000051", "benchmark-pack.html");
    says(&joint, "It is compared with all of them together.");
}

/// The words of a page without its marks.
fn text(page: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in page.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Coverage counts the authorities that returns stand for, of those that England had on the day.
fn coverage(figures: &BTreeMap<String, String>, year: i32) {
    let stands_for = |members: &str| if members.is_empty() { 1 } else { members.split([';', ' ']).count() };
    let submitted: usize = register(year).iter().map(|(.., members)| stands_for(members)).sum();
    let england = if year < 2023 { 152 } else { 153 };
    let figure = |part: &str| figures.get(&format!("{year}/england/participation/all/{part}")).map(String::as_str);
    assert_eq!(figure("submitted"), Some(submitted.to_string().as_str()), "{year}");
    assert_eq!(figure("england"), Some(england.to_string().as_str()), "{year}");
}

#[test]
fn checks_against_the_round_before_follow_the_areas() {
    let folder = four_rounds();
    let data = folder.path().join("data");
    // Leavers of one group that are far more than those of whoever returned before.
    for (year, code, before) in [
        (2022, "F06000012", &["F06000011"][..]),
        (2022, "F09000051", &["F09000051", "F09000052"]),
        (2023, "F06000023", &["F06000021", "F06000022"]),
        (2022, "F06000032", &["F10000031"]),
    ] {
        let path = data.join(format!("{year}/submissions/{code}.csv"));
        let sent = fs::read_to_string(&path).unwrap();
        let line = sent.lines().find(|line| line.contains("leavers,,white")).unwrap().to_owned();
        let staff = sent.lines().find(|line| line.contains("staff,,white")).unwrap();
        let all: u64 = staff.rsplit(',').next().unwrap().parse().unwrap();
        fs::write(&path, sent.replace(&line, &format!("{code},adults,leavers,,white,{all}"))).unwrap();
        let found = findings(&folder, year);
        fs::write(&path, sent).unwrap();
        let changes: BTreeSet<String> =
            found.iter().filter(|one| one["rule"] == "change").map(|one| one["message"].clone()).collect();
        let was: u64 = before
            .iter()
            .map(|code| fs::read_to_string(data.join(format!("{}/submissions/{code}.csv", year - 1))).unwrap())
            .map(|text| {
                let line = text.lines().find(|line| line.contains("leavers,,white")).unwrap().to_owned();
                line.rsplit(',').next().unwrap().parse::<u64>().unwrap()
            })
            .sum();
        let expected = match code {
            // Of what was split, both together, and without the other's count: 391 before and 1,667 now.
            "F06000032" => {
                "together with that of Council agaaaadd the count is at least twice what it was in the round before"
                    .to_owned()
            }
            _ => format!("the count was {was} in the round before and is {all} now"),
        };
        assert_eq!(changes, BTreeSet::from([expected]), "{year} {code}");
    }
    // Either code, and those of both members, are accepted in the round of the change, with a note.
    let submissions = data.join("2022/submissions");
    for (sent, code) in [("F06000011", "F06000012"), ("F09000052", "F09000051")] {
        let path = submissions.join(format!("{code}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(submissions.join(format!("{sent}.csv")), text.replace(code, sent)).unwrap();
        let found = findings(&folder, 2022);
        let notes: Vec<_> = found.iter().filter(|one| one["rule"] == "other-code").collect();
        assert_eq!(notes.len(), 1, "{sent}: {found:?}");
        assert_eq!((notes[0]["authority_code"].as_str(), notes[0]["severity"].as_str()), (code, "note"));
        assert!(found.iter().all(|one| one["severity"] != "error"), "{found:?}");
        fs::remove_file(submissions.join(format!("{sent}.csv"))).unwrap();
        fs::write(&path, text).unwrap();
    }
    let path = submissions.join("F09000051.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("F09000051,adults,leavers", "F09000052,adults,leavers", 3)).unwrap();
    assert!(findings(&folder, 2022).iter().all(|one| one["severity"] != "error"));
}

fn findings(folder: &TempDir, year: i32) -> Vec<BTreeMap<String, String>> {
    let (data, output) = (folder.path().join("data"), folder.path().join("output"));
    let mut command = scwres(&data, &root().join("report-templates"), &output);
    let found = command.args(["check", &year.to_string(), "--format", "json"]).output().unwrap();
    assert!(!found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stderr));
    serde_json::from_slice(&found.stdout).unwrap()
}

/// A merged authority is compared with nothing where one of those that it was formed from sent no return, and its pack says why.
#[test]
fn without_all_returns_of_then_there_is_no_comparison_and_a_reason() {
    let folder = four_rounds();
    let (data, output) = (folder.path().join("data"), folder.path().join("output"));
    fs::remove_file(data.join("2022/submissions/F06000022.csv")).unwrap();
    scwres(&data, &root().join("report-templates"), &output)
        .args(["build", "2023", "--only", "F06000023"])
        .assert()
        .success();
    let figures = printed(&output.join("2023/figures.csv"));
    let of = |year: i32, area: &str| figures.get(&format!("{year}/{area}/8/all/relative_likelihood"));
    let together = "F06000021+F06000022";
    assert!(of(2021, together).is_some() && of(2022, together).is_none() && of(2023, "F06000023").is_some());
    assert!(of(2022, "F06000023").is_none() && of(2022, "F06000021").is_none());
    assert!(!figures.contains_key("2023/F06000023/8/all/change"));
    let pack = fs::read_dir(output.join("2023/authorities")).unwrap().next().unwrap().unwrap().path();
    let pack = text(&fs::read_to_string(pack.join("benchmark-pack.html")).unwrap());
    assert!(pack.contains("It is not compared with the round before: no return of Council agaaaacc."), "{pack}");
    assert!(pack.contains("Not all of them gave this figure."), "{pack}");
}

/// Whoever was formed from two of three authorities knows both returns, and so what the round before told of the third.
#[test]
fn an_authority_knows_the_returns_of_all_that_it_was_formed_from() {
    let merged = ["F06000021,F06000023", "F06000022,F06000023"].map(|pair| format!("{pair},2023-04-01,merged\n"));
    let told = |changes: &str| {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        begin(&data, changes);
        let few = |code: &str| submission(code, 14, 2022).lines().map(few_events).collect::<Vec<_>>().join("\n");
        write_round(
            &data,
            2022,
            &[
                ("F06000001", few("F06000001")),
                ("F06000021", submission("F06000021", 22, 2022)),
                ("F06000022", submission("F06000022", 27, 2022)),
            ],
        );
        let others = ["F06000002", "F06000003"].map(|code| (code, submission(code, 20, 2023)));
        let [one, two] = others;
        write_round(
            &data,
            2023,
            &[("F06000001", few("F06000001")), ("F06000023", submission("F06000023", 50, 2023)), one, two],
        );
        let found = scwres(&data, &root().join("report-templates"), &folder.path().join("output"))
            .arg("build")
            .output()
            .unwrap();
        assert!(found.status.success());
        String::from_utf8(found.stderr).unwrap()
    };
    let warning = "F06000001 all left-by-difference people of 2022 can be worked out from what was released then";
    let header = "from,to,date,kind\n";
    assert!(told(&format!("{header}{}", merged.concat())).contains(warning));
    assert!(!told(header).contains(warning));
}

/// The line with one event in place of many.
fn few_events(line: &str) -> String {
    const EVENTS: [&str; 6] =
        ["appointed", "disciplinary", "fitness_to_practise", "leavers", "abuse_managers", "senior_managers"];
    let event = EVENTS.iter().any(|measure| line.contains(&format!(",{measure},")));
    line.rsplit_once(',').filter(|_| event).map_or_else(|| line.to_owned(), |(rest, _)| format!("{rest},1"))
}

/// A register of a day when there were counties, where England has none any more: it is read, and its own types count.
#[test]
fn types_of_past_areas_are_those_of_their_register() {
    for (counties, others) in
        [(["E10000098", "E10000099"], ""), (["F10000098", "F10000099"], "F07,Quellshire,Shire county,South West\n")]
    {
        let lines = counties.map(|code| format!("{code},{code}shire,Shire county,South West"));
        let workplace = Workplace::new(&[&lines[0], &lines[1]]);
        let write = |file: &str, text: String| fs::write(workplace.data().join(file), text).unwrap();
        let head = "code,name,type,region\n";
        write("england-authorities.csv", format!("{head}E06000099,Moorland,Unitary authority,South West\n{others}"));
        let [one, other] = counties.map(|code| format!("{code},E06000099,2027-04-01,merged\n"));
        write("area-changes.csv", format!("from,to,date,kind\n{one}{other}"));
        for code in counties {
            workplace.submit(&format!("{code}.csv"), returned(code, 10));
        }
        workplace.scwres().args(["check", "2024"]).assert().success();
        let told = workplace
            .scwres()
            .args(["explain", "2024/shire-county/participation/all/england", "--format", "json"])
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&told.stdout).unwrap();
        let wanted = 2 + others.lines().count() as u64;
        assert_eq!(told["values"]["england"].as_u64(), Some(wanted), "{counties:?}: {told}");
    }
}
