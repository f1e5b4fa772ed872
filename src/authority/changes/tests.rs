//! Tests of what follows from changes of areas, and of the file.

use std::fs;
use std::path::Path;

use super::*;

fn authority(code: &str, members: &[&str]) -> Authority {
    let members = members.iter().map(|member| (*member).to_owned()).collect();
    let [name, kind, region] = [code, "Unitary authority", "London"].map(str::to_owned);
    Authority { code: code.to_owned(), name, kind, region, members, group: None }
}

/// A register of authorities alone.
fn register(codes: &[&str]) -> Vec<Authority> {
    codes.iter().map(|code| authority(code, &[])).collect()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn changes(rows: &[(&str, &str, &str, Kind)]) -> Changes {
    let change = |(from, to, date, kind): &(&str, &str, &str, Kind)| Change {
        from: (*from).to_owned(),
        to: (*to).to_owned(),
        date: day(date),
        kind: *kind,
    };
    let mut changes: Vec<Change> = rows.iter().map(change).collect();
    changes.sort_by_key(|change| change.date);
    Changes(changes)
}

/// What a code of the later round is compared with: its unit as `A+B>C+D`, and whether its boundaries moved.
fn compared(changes: &Changes, earlier: (&str, &[Authority]), later: (&str, &[Authority]), code: &str) -> String {
    let moment = |(date, register): (&str, &'_ [Authority])| (day(date), register.to_vec());
    let ((one, then), (two, now)) = (moment(earlier), moment(later));
    let between = changes.between(Moment { day: one, register: &then }, Moment { day: two, register: &now });
    let unit = between.of_later(code);
    let codes = |codes: &BTreeSet<String>| codes.iter().cloned().collect::<Vec<_>>().join("+");
    format!("{}>{}{}", codes(&unit.earlier), codes(&unit.later), if unit.is_broken() { " broken" } else { "" })
}

const THEN: &str = "2023-09-01";
const NOW: &str = "2024-09-01";

#[test]
fn each_kind_of_change_has_its_unit() {
    let all = changes(&[
        ("F1", "F11", "2024-04-01", Kind::Recoded),
        ("F2", "F12", "2024-04-01", Kind::Merged),
        ("F3", "F12", "2024-04-01", Kind::Merged),
        ("F4", "F13", "2024-04-01", Kind::Split),
        ("F4", "F14", "2024-04-01", Kind::Split),
        ("F5", "F6", "2024-04-01", Kind::Part),
    ]);
    let then = register(&["F1", "F2", "F3", "F4", "F5", "F6", "F7"]);
    let now = register(&["F11", "F12", "F13", "F14", "F5", "F6", "F7"]);
    let of = |code: &str| compared(&all, (THEN, &then), (NOW, &now), code);
    assert_eq!(of("F11"), "F1>F11");
    assert_eq!(of("F12"), "F2+F3>F12");
    assert_eq!((of("F13"), of("F14")), ("F4>F13+F14".to_owned(), "F4>F13+F14".to_owned()));
    assert_eq!((of("F5"), of("F6")), ("F5+F6>F5+F6 broken".to_owned(), "F5+F6>F5+F6 broken".to_owned()));
    assert_eq!(of("F7"), "F7>F7");
}

#[test]
fn whoever_did_not_register_is_part_of_a_unit_all_the_same() {
    let all = changes(&[
        ("F2", "F12", "2024-04-01", Kind::Merged),
        ("F3", "F12", "2024-04-01", Kind::Merged),
        ("F4", "F13", "2024-04-01", Kind::Split),
        ("F4", "F14", "2024-04-01", Kind::Split),
    ]);
    let of = |code: &str| compared(&all, (THEN, &register(&["F2", "F4"])), (NOW, &register(&["F12", "F13"])), code);
    assert_eq!(of("F12"), "F2+F3>F12");
    assert_eq!(of("F13"), "F4>F13+F14");
}

#[test]
fn changes_that_follow_each_other_are_one() {
    let all = changes(&[
        ("F1", "F2", "2023-10-01", Kind::Recoded),
        ("F2", "F9", "2024-04-01", Kind::Merged),
        ("F3", "F9", "2024-04-01", Kind::Merged),
        ("F9", "F10", "2024-08-01", Kind::Split),
        ("F9", "F11", "2024-08-01", Kind::Split),
    ]);
    let of = |code: &str| compared(&all, (THEN, &register(&["F1", "F3"])), (NOW, &register(&["F10", "F11"])), code);
    assert_eq!(of("F10"), "F1+F3>F10+F11");
}

/// A register of September may hold the codes of before or after a change in April, whatever day staff were counted on.
#[test]
fn the_codes_of_a_register_tell_more_than_its_day() {
    let all = changes(&[("F1", "F11", "2024-04-01", Kind::Recoded)]);
    let (old, new) = (register(&["F1"]), register(&["F11"]));
    assert_eq!(compared(&all, ("2023-03-31", &old), ("2024-03-31", &new), "F11"), "F1>F11");
    assert_eq!(compared(&all, ("2024-03-31", &new), ("2024-09-01", &new), "F11"), "F11>F11");
    assert_eq!(compared(&all, (THEN, &old), (NOW, &old), "F1"), "F1>F1");
    assert_eq!(compared(&all, (THEN, &old), ("2023-12-01", &old), "F1"), "F1>F1");
}

#[test]
fn a_joint_return_is_all_its_members() {
    let none = Changes::default();
    let alone = register(&["F1", "F2", "F3"]);
    let joint = vec![authority("F1", &["F1", "F2"]), authority("F3", &[])];
    let named = vec![authority("F9", &["F1", "F2"]), authority("F3", &[])];
    assert_eq!(compared(&none, (THEN, &alone), (NOW, &joint), "F1"), "F1+F2>F1");
    assert_eq!(compared(&none, (THEN, &joint), (NOW, &alone), "F2"), "F1>F1+F2");
    assert_eq!(compared(&none, (THEN, &joint), (NOW, &named), "F9"), "F1>F9");
    assert_eq!(compared(&none, (THEN, &joint), (NOW, &joint), "F1"), "F1>F1");
    let recoded = changes(&[("F2", "F12", "2024-04-01", Kind::Recoded)]);
    let later = vec![authority("F9", &["F1", "F12"])];
    assert_eq!(compared(&recoded, (THEN, &named), (NOW, &later), "F9"), "F9>F9");
    assert_eq!(compared(&recoded, (THEN, &alone), (NOW, &later), "F9"), "F1+F2>F9");
}

#[test]
fn the_other_code_is_accepted_in_the_round_of_the_change() {
    let all = changes(&[("F1", "F11", "2024-04-01", Kind::Recoded), ("F2", "F3", "2020-04-01", Kind::Recoded)]);
    let other = |code: &str| -> Vec<String> {
        all.other_code(code, day("2023-04-01"), day("2024-10-31"))
            .into_iter()
            .map(|(code, _)| code.to_owned())
            .collect()
    };
    assert_eq!((other("F1"), other("F11")), (vec!["F11".to_owned()], vec!["F1".to_owned()]));
    assert_eq!(other("F2"), [""; 0]);
}

fn data() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn england() -> Vec<Authority> {
    super::super::read(&data().join("england-authorities.csv")).unwrap()
}

fn known() -> Known {
    Known { england: england().into_iter().map(|one| one.code).collect(), registered: BTreeSet::new() }
}

/// The authorities of a year's autumn, of the list of 2024 and later.
fn in_year(all: &Changes, year: i32) -> Vec<Authority> {
    all.as_of(&england(), day(&format!("{year}-09-01")))
}

#[test]
fn england_had_as_many_authorities_as_the_register_of_each_year() {
    let all = Changes::read(&data().join(FILE), &known()).unwrap();
    let numbers =
        [(2018, 152), (2019, 151), (2020, 151), (2021, 152), (2022, 152), (2023, 153), (2024, 153), (2025, 153)];
    for (year, number) in numbers {
        assert_eq!(in_year(&all, year).len(), number, "{year}");
    }
    let of = |year: i32, code: &str| in_year(&all, year).into_iter().find(|one| one.code == code);
    let northamptonshire = of(2020, "E10000021").unwrap();
    assert_eq!((northamptonshire.kind.as_str(), northamptonshire.region.as_str()), ("Shire county", "East Midlands"));
    assert!(of(2020, "E06000061").is_none() && of(2024, "E08000016").is_some() && of(2025, "E08000016").is_none());
}

/// Every pair of rounds from 2020 to 2026, each with everybody registered: who is the same, and what is compared together.
#[test]
fn the_real_register_gives_the_panel_of_each_pair_of_years() {
    let all = Changes::read(&data().join(FILE), &known()).unwrap();
    let happened = [
        (2020, "E10000002>E06000060"),
        (2021, "E10000021>E06000061+E06000062"),
        (2023, "E10000006>E06000063+E06000064"),
        (2023, "E10000023>E06000065"),
        (2023, "E10000027>E06000066"),
        (2025, "E08000016>E08000038"),
        (2025, "E08000019>E08000039"),
    ];
    for from in 2019..2026 {
        for to in from + 1..=2026 {
            let (then, now) = (in_year(&all, from), in_year(&all, to));
            let days = [from, to].map(|year| format!("{year}-09-01"));
            let found: BTreeSet<String> = now
                .iter()
                .map(|one| compared(&all, (&days[0], &then), (&days[1], &now), &one.code))
                .filter(|unit| unit.split_once('>').is_some_and(|(then, now)| then != now))
                .collect();
            let expected: BTreeSet<String> = happened
                .iter()
                .filter(|(year, _)| from < *year && *year <= to)
                .map(|(_, unit)| (*unit).to_owned())
                .collect();
            assert_eq!(found, expected, "{from} to {to}");
        }
    }
    // Christchurch went from Dorset to Bournemouth and Poole: neither is the sum of what was before.
    let (then, now) = (in_year(&all, 2018), in_year(&all, 2019));
    let bournemouth = compared(&all, ("2018-09-01", &then), ("2019-09-01", &now), "E06000058");
    assert!(bournemouth.ends_with(" broken") && bournemouth.contains("E06000028+E06000029"), "{bournemouth}");
}

/// A mistake: the lines under the header, and what is said of it, with its place.
const MISTAKES: [(&str, &str); 19] = [
    (
        "E10000027,E06000066,2023-04-01,moved",
        "line 2, column kind: found `moved`: a change is recoded, merged, split or part\n    help: did you mean `merged`?",
    ),
    ("E10000027,E06000066,1 April 2023,recoded", "line 2, column date: found `1 April 2023`"),
    ("E10000027,E06000066,2023-04-31,recoded", "column date: found `2023-04-31`"),
    ("E10000027,E06000066,2023-04-01", "a line has four fields"),
    ("E1000027,X,2023-04-01,recoded", "column to: found `X`: this is no area's code"),
    ("E07000048,E06000058,2019-04-01,recoded", "column from: found `E07000048`: this is no area's code"),
    ("E10000027,E06000067,2023-04-01,recoded", "line 2, column to: found `E06000067`: the code is in no register"),
    ("F01000001,F01000002,2023-04-01,recoded", "column to: found `F01000002`: the code is in no register"),
    ("E06000066,E06000066,2023-04-01,recoded", "an area does not become itself"),
    ("E06000065,E06000066,2023-04-01,recoded", "are both in the list of England"),
    (
        "E10000027,E06000066,2023-04-01,recoded\nE10000027,E06000066,2024-04-01,recoded",
        "line 3: found `E10000027,E06000066`: the two codes stand twice\n    help: keep one of them; the first is line 2",
    ),
    (
        "E10000021,E06000061,2021-04-01,split",
        "column kind: found `split`: the area is split into one: the other parts are missing",
    ),
    ("E06000028,E06000058,2019-04-01,merged", "column kind: found `merged`: a merger of one area"),
    (
        "E10000021,E06000061,2021-04-01,recoded\nE10000021,E06000062,2021-04-01,recoded",
        "a new code is that of one area, and this one has others on the same day",
    ),
    (
        "E10000027,E06000099,2023-04-01,recoded\nE06000099,E06000066,2023-04-01,recoded",
        "line 3, column date: found `2023-04-01`: the area came to be on this very day: it changes twice",
    ),
    (
        "E10000027,E06000099,2023-04-01,recoded\nE06000099,E06000066,2022-04-01,recoded",
        "line 3, column date: found `2022-04-01`: E06000099 came to be on 1 April 2023 only",
    ),
    ("E10000027,E06000099,2022-04-01,recoded\nE06000099,E10000027,2023-04-01,recoded", "the codes go in a circle"),
    (
        "E10000027,E06000066,2022-04-01,recoded\nE10000027,E06000065,2023-04-01,recoded",
        "line 3, column from: found `E10000027`: E10000027 ended on 1 April 2022 already",
    ),
    (
        "E06000028,E06000061,2021-04-01,split\nE06000028,E06000062,2021-04-01,split\nE06000028,E06000058,2021-04-01,merged\nE06000029,E06000058,2021-04-01,merged",
        "the area is split and merged on one day",
    ),
];

#[test]
fn every_mistake_in_the_file_is_told_with_its_place_and_a_help() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let read = |text: &str| {
        fs::write(&path, text).unwrap();
        Changes::read(&path, &known()).map_err(|error| error.to_string())
    };
    for (lines, expected) in MISTAKES {
        let error = read(&format!("from,to,date,kind\n{lines}\n")).unwrap_err();
        assert!(error.contains(expected), "{lines}\n{error}");
        assert!(error.contains("    help: ") && error.contains("cannot be used: "), "{error}");
    }
    let error = read("old,new,date,kind\n").unwrap_err();
    assert!(error.contains("line 1") && error.contains("from, to, date and kind"), "{error}");
    // All at once, in the order of their lines.
    let error =
        read("from,to,date,kind\nE10000027,E06000066,soon,recoded\n# a remark\nE10000021,E06000061,2021-04-01,split\n")
            .unwrap_err();
    let places: Vec<Option<usize>> = ["2 mistakes", "line 2", "line 4"].map(|place| error.find(place)).to_vec();
    assert!(places.is_sorted() && places[0].is_some(), "{error}");
    assert_eq!(read("from,to,date,kind\n"), Ok(Changes::default()));
    assert_eq!(Changes::read(&folder.path().join("none.csv"), &known()).unwrap(), Changes::default());
}
