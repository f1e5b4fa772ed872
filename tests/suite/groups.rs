//! Groups of like authorities: sums as another program adds them up, protection beside regions and types, mistakes, and proposals.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use snapbox::{Data, assert_data_eq};

use crate::disclosure::records;
use crate::workplace::{Workplace, files, root, scwres, submission};

type Record = BTreeMap<String, String>;

/// Each count of the figures of all people, with the measure and the groups that it adds up.
const COUNTS: [(&str, bool); 4] = [
    ("minoritised_numerator", true),
    ("minoritised_denominator", true),
    ("white_numerator", false),
    ("white_denominator", false),
];

const INDICATORS: [(&str, [&str; 2]); 9] = [
    ("2", ["appointed", "shortlisted"]),
    ("3", ["disciplinary", "staff"]),
    ("4", ["fitness_to_practise", "regulated_staff"]),
    ("5", ["cpd", "staff"]),
    ("6", ["abuse_public", "survey_respondents"]),
    ("7a", ["abuse_colleagues", "survey_respondents"]),
    ("7b", ["abuse_managers", "survey_respondents"]),
    ("8", ["leavers", "staff"]),
    ("9", ["senior_managers", "staff"]),
];

const SETTINGS: &str = "groups:\n  label: Councils like yours\n  basis: Alike in size.\n  names: {a: Small places, b: Middling places, c: Large places}\n";

/// Twelve authorities in two regions and two types that cross the groups; nothing in place of a group is none.
fn workplace(groups: [&str; 12], settings: &str) -> Workplace {
    let workplace = Workplace::new(&[]);
    let mut register = String::from("code,name,type,region,group\n");
    for (place, group) in groups.into_iter().enumerate() {
        let number = place + 1;
        let region = ["South West", "North West"][place % 2];
        let kind = ["Unitary authority", "Shire county"][place / 6];
        register += &format!(
            "F{number:02},Place {},{kind},{region},{group}\n",
            ["One", "Two", "Three"][place % 3].to_owned() + &"i".repeat(place)
        );
        workplace.submit(&format!("F{number:02}.csv"), submission(&format!("F{number:02}"), size(number)));
    }
    fs::write(workplace.data().join("2024/authorities.csv"), register).unwrap();
    workplace.configure(settings);
    workplace
}

fn size(number: usize) -> u64 {
    20 + 7 * number as u64
}

const THREE: [&str; 12] = ["a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c", ""];

fn figures(workplace: &Workplace) -> Vec<Record> {
    records(&workplace.output().join("2024/national/tables/indicators.csv"))
}

fn row<'a>(rows: &'a [Record], area: &str, indicator: &str) -> &'a Record {
    let is = |row: &&Record| {
        row["area_code"] == area
            && row["service"] == "all"
            && row["indicator"] == indicator
            && row["breakdown"].is_empty()
    };
    rows.iter().find(is).unwrap()
}

/// The step in which a count is shown.
fn step(row: &Record, count: &str) -> u64 {
    let told = row["coarser"].split(';').filter_map(|told| told.split_once(':'));
    told.clone().find(|(name, _)| *name == count).map_or(5, |(_, step)| step.parse().unwrap())
}

/// A count of these authorities, from the returns themselves.
fn sum(workplace: &Workplace, numbers: impl Iterator<Item = usize>, measure: &str, minoritised: bool) -> u64 {
    let mut sum = 0;
    for number in numbers {
        let text = fs::read_to_string(workplace.data().join(format!("2024/submissions/F{number:02}.csv"))).unwrap();
        for line in text.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            let of = if minoritised {
                ["asian", "black", "mixed", "other"].contains(&cells[4])
            } else {
                cells[4] == "white"
            };
            if cells[2] == measure && of {
                sum += cells[5].parse::<u64>().unwrap();
            }
        }
    }
    sum
}

#[test]
fn groups_are_the_sums_of_their_members_wherever_types_are() {
    let workplace = workplace(THREE, SETTINGS);
    let build = workplace.scwres().arg("build").assert().success();
    let said = String::from_utf8(build.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains(", 0 recovered") && said.contains("Groups of like authorities, all services together: "),
        "{said}"
    );
    let rows = figures(&workplace);
    let mut shown = 0;
    for (code, members, name) in
        [("a", 1..=4, "Small places"), ("b", 5..=8, "Middling places"), ("c", 9..=11, "Large places")]
    {
        for (indicator, measures) in INDICATORS {
            let row = row(&rows, code, indicator);
            assert_eq!([&row["area_type"], &row["area_name"]], ["group", name]);
            assert_eq!(row["authorities"], members.clone().count().to_string());
            for (place, (count, minoritised)) in COUNTS.into_iter().enumerate() {
                if row[count].is_empty() {
                    continue;
                }
                let (step, truth) =
                    (step(row, count), sum(&workplace, members.clone(), measures[place % 2], minoritised));
                assert_eq!(
                    row[count].parse::<u64>().unwrap(),
                    (truth + step / 2) / step * step,
                    "{code} {indicator} {count}"
                );
                shown += 1;
            }
        }
    }
    assert!(shown > 60, "only {shown} of 108 counts of groups are shown");
    let explain = workplace.scwres().args(["explain", "2024", "b", "8", "--format", "json"]).output().unwrap();
    let explained: serde_json::Value = serde_json::from_slice(&explain.stdout).unwrap();
    assert_eq!(explained["area"], serde_json::json!({"type": "group", "code": "b", "name": "Middling places"}));
    assert_eq!(explained["minoritised"]["numerator"], sum(&workplace, 5..=8, "leavers", true));
    assert_eq!(explained["white"]["denominator"], sum(&workplace, 5..=8, "staff", false));
    let page = |folder: &str| {
        let folder = workplace.output().join("2024").join(folder);
        fs::read_to_string(folder.join("benchmark-pack.html")).unwrap()
    };
    let packs = files(&workplace.output().join("2024/authorities"));
    let pack =
        |code: &str| packs.iter().find(|file| file.starts_with(code)).unwrap().split('/').next().unwrap().to_owned();
    let [inside, outside] = ["F05", "F12"].map(|code| page(&format!("authorities/{}", pack(code))));
    assert!(
        inside.contains("Councils like yours")
            && inside.contains("Middling places")
            && !inside.contains("Large places")
    );
    assert!(!outside.contains("Councils like yours") && !outside.contains("places"), "in no group");
}

/// What is left of a count when others are taken from it: how wide a range readers know it to lie in; nothing where one is withheld.
fn left(rows: &[Record], whole: &str, parts: &[&str], indicator: &str, count: &str) -> Option<u64> {
    let width = |area: &&str| {
        let row = row(rows, area, indicator);
        (!row[count].is_empty()).then(|| if row[count] == "0" { 0 } else { step(row, count) - 1 })
    };
    [whole].iter().chain(parts).map(width).sum()
}

#[test]
fn a_small_count_of_a_group_is_not_what_the_others_leave() {
    let workplace = workplace(
        ["a", "a", "a", "a", "a", "a", "a", "a", "c", "c", "c", "c"],
        &SETTINGS.replace("b: Middling places, ", ""),
    );
    for number in 9..=12 {
        let code = format!("F{number:02}");
        let few = |line: &str| match line.contains(",leavers,,asian,") {
            true => format!("{code},adults,leavers,,asian,1"),
            false if line.contains(",leavers,") && !line.contains("white") && !line.contains("unknown") => {
                format!("{},0", line.rsplit_once(',').unwrap().0)
            }
            false => line.to_owned(),
        };
        let text: Vec<String> = submission(&code, size(number)).lines().map(few).collect();
        workplace.submit(&format!("{code}.csv"), text.join("\n") + "\n");
    }
    let build = workplace.scwres().arg("build").assert().success();
    let said = String::from_utf8(build.get_output().stderr.clone()).unwrap();
    assert!(said.contains(", 0 recovered"), "{said}");
    let rows = figures(&workplace);
    assert_eq!(row(&rows, "c", "8")["minoritised_numerator"], "");
    assert!(left(&rows, "england", &["a"], "8", "minoritised_numerator").is_none_or(|left| left >= 9));
    let log = records(&workplace.output().join("2024/checks/disclosure.csv"));
    let planted = log.iter().find(|count| {
        [&count["area_type"], &count["area_code"], &count["service"], &count["indicator"], &count["count"]]
            == ["group", "c", "all", "8", "minoritised_numerator"]
    });
    let planted = planted.unwrap();
    assert!(planted["reason"] == "primary" && planted["range_left"].parse::<u64>().unwrap() >= 9, "{planted:?}");
}

/// England less the only group is one authority's return, however large its counts are.
#[test]
fn an_authority_in_no_group_is_not_what_groups_leave_of_england() {
    let mut groups = ["a"; 12];
    groups[11] = "";
    let workplace = workplace(groups, "groups: {label: Councils like yours, basis: Alike in size.}\n");
    workplace.scwres().arg("build").assert().success();
    let rows = figures(&workplace);
    assert_eq!(row(&rows, "a", "8")["area_name"], "a");
    let mut shown = 0;
    for (indicator, _) in INDICATORS {
        for (count, _) in COUNTS {
            let left = left(&rows, "england", &["a"], indicator, count);
            assert!(left.is_none_or(|left| left >= 9), "{indicator} {count}: {left:?}");
            shown += usize::from(left.is_some());
        }
    }
    assert!(shown > 0, "the group is shown more coarsely where that is enough");
}

#[test]
fn mistakes_say_what_to_mend() {
    let groups = |names: &str| format!("groups: {{label: Councils like yours, basis: Alike in size.{names}}}\n");
    let with = |group: &'static str| {
        let mut all = ["a"; 12];
        all[3] = group;
        all
    };
    let cases = [
        (
            THREE,
            String::new(),
            "authorities.csv: F01 is in the group `a`, and round.yaml does not say what groups are: add `groups` with `label` and `basis`, or leave the column `group` out",
        ),
        (
            [""; 12],
            groups(""),
            "`groups` is there, and authorities.csv puts no authority into one: add the column `group`",
        ),
        (
            with("aa"),
            groups(", names: {a: Small, ab: Large}"),
            "authorities.csv: F04 is in the group `aa`, which `groups.names` in round.yaml does not have; did you mean `a",
        ),
        (
            with("a"),
            groups(", names: {a: Small, b: Large}"),
            "`groups.names` has `b`, and authorities.csv puts no authority into it; did you mean `a`?",
        ),
        (with("A"), groups(""), "the groups `A` and `a` are one in the names of files"),
        (with("South West"), groups(""), "the group `South West` has the name of another area"),
        (with("England"), groups(""), "the group `England` has the name of another area"),
        (with("F04"), groups(""), "the group `F04` has the name of another area"),
        (with("+"), groups(""), "the group `+` has no letter or digit in it"),
        (with("b"), groups(", names: {a: Small, b: small}"), "the groups `a` and `b` have one name in `groups.names`"),
        (
            with("b"),
            groups(", names: {a: Small, b: 小}"),
            "`groups.names.b` holds '小' (U+5C0F), which the reports' font lacks",
        ),
        (
            with("a"),
            "groups: {label: Councils like yours, basis: ' '}\n".to_owned(),
            "`groups.basis` is empty: readers are told it",
        ),
        (with("a"), "groups: {label: Councils like yours}\n".to_owned(), "missing field `basis`"),
        (
            with("a"),
            "groups: {label: Councils like yours, basis: Alike., nams: {}}\n".to_owned(),
            "did you mean `names`?",
        ),
    ];
    for (groups, settings, wanted) in cases {
        let workplace = workplace(groups, &settings);
        let check = workplace.scwres().arg("check").output().unwrap();
        let said = String::from_utf8(check.stderr).unwrap();
        assert!(check.status.code() == Some(2) && said.contains(wanted), "{wanted}\n{said}");
    }
}

#[test]
fn without_groups_nothing_is_different() {
    let without = workplace([""; 12], "");
    let plain = fs::read_to_string(without.data().join("2024/authorities.csv")).unwrap();
    without.scwres().arg("build").assert().success();
    let with = workplace([""; 12], "");
    let lines: Vec<&str> = plain.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
    fs::write(with.data().join("2024/authorities.csv"), lines.join("\n") + "\n").unwrap();
    with.scwres().arg("build").assert().success();
    let [without, with] = [&without, &with].map(|one| one.output().join("2024"));
    let built = files(&with);
    assert_eq!(built, files(&without));
    // The manifest has the digest of the register.
    for file in built.iter().filter(|file| *file != "manifest.json") {
        assert!(fs::read(with.join(file)).unwrap() == fs::read(without.join(file)).unwrap(), "{file} differs");
    }
    assert!(!fs::read_to_string(with.join("manifest.json")).unwrap().contains("\"groups\":"));
}

fn proposed(arguments: &[&str]) -> std::process::Output {
    let output = tempfile::tempdir().unwrap();
    let data = root().join("data");
    scwres(&data, &root().join("report-templates"), output.path()).arg("groups").args(arguments).output().unwrap()
}

#[test]
fn groups_are_proposed_for_the_sample_round() {
    let text = String::from_utf8(proposed(&["2024"]).stdout).unwrap();
    assert_data_eq!(text.clone(), Data::read_from(&root().join("tests/fixtures/groups.txt"), None).raw());
    assert_eq!(String::from_utf8(proposed(&["2024"]).stdout).unwrap(), text);
    for least in ["3", "12"] {
        let json = proposed(&["2024", "--by", "share,size", "--least", least, "--format", "json"]).stdout;
        let found: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(found["by"], serde_json::json!(["size", "share"]));
        let groups = found["groups"].as_array().unwrap();
        let codes: Vec<&str> = groups
            .iter()
            .flat_map(|group| group["authorities"].as_array().unwrap())
            .map(|code| code.as_str().unwrap())
            .collect();
        assert_eq!(codes.len(), 73);
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 73);
        let least: usize = least.parse().unwrap();
        assert!(groups.len() > 1 && groups.iter().all(|group| group["authorities"].as_array().unwrap().len() >= least));
        assert_eq!(found["without"].as_array().unwrap().len(), 3);
    }
    let few = proposed(&["2024", "--least", "2"]);
    assert!(
        few.status.code() == Some(2) && String::from_utf8(few.stderr).unwrap().contains("fewer than 3 authorities")
    );
}
