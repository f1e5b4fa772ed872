//! A room uses only the rooms before it: the `crate::` paths in each file are read, and any other is refused.

use std::fs;
use std::path::Path;

use crate::workplace::root;

/// Every room, the earliest first; a room may use itself and what stands before it.
const ROOMS: [&str; 23] = [
    "digest",
    "letters",
    "configuration",
    "finding",
    "authority",
    "standard",
    "round",
    "submissions",
    "synthesise",
    "statistics",
    "charts",
    "reports",
    "checker",
    "output",
    "manifest",
    "record",
    "corrections",
    "cache",
    "changes",
    "dispatch",
    "cli",
    "parallel",
    "commands",
];

/// Charts take plain values, and nothing but the assembling room knows both them and figures.
const CHARTS_USE_NOTHING_OF: [&str; 2] = ["submissions", "statistics"];

#[test]
fn a_room_uses_only_rooms_before_it() {
    let mut problems = Vec::new();
    for (place, room) in ROOMS.iter().enumerate() {
        for (file, text) in sources(room) {
            for used in rooms_used(&text) {
                let allowed = match ROOMS.iter().position(|room| *room == used) {
                    Some(other) => other <= place && !(*room == "charts" && CHARTS_USE_NOTHING_OF.contains(&used)),
                    None => false,
                };
                if !allowed {
                    problems.push(format!("{file} uses crate::{used}"));
                }
            }
        }
    }
    assert_eq!(problems, Vec::<String>::new());
}

/// What `statistics` consists of: the words that all of it uses, then its rooms in their order, then what takes a round through them.
const ROOMS_OF_STATISTICS: [&str; 9] =
    ["figure", "add_up", "baseline", "grouping", "protect", "compare", "own", "measure", "explain"];

#[test]
fn a_room_of_statistics_uses_only_rooms_before_it() {
    let mut problems = Vec::new();
    for (place, room) in ROOMS_OF_STATISTICS.iter().enumerate() {
        for (file, text) in sources(&format!("statistics/{room}")) {
            for used in used_of_statistics(&file, &text) {
                match ROOMS_OF_STATISTICS.iter().position(|other| *other == used) {
                    Some(other) if other <= place => {}
                    _ => problems.push(format!("{file} uses statistics::{used}")),
                }
            }
        }
    }
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_way_out_of_a_room_of_statistics_is_seen() {
    let seen = |file: &str, text: &str| used_of_statistics(file, text).join(" ");
    assert_eq!(seen("src/statistics/add_up/mod.rs", "use super::protect::Edition;"), "protect");
    assert_eq!(
        seen("src/statistics/add_up/given.rs", "use super::made_of::Part; use super::super::compare::Table;"),
        "compare"
    );
    assert_eq!(seen("src/statistics/protect/release/parts.rs", "super::super::attack::meet(); super::Builder;"), "");
    assert_eq!(seen("src/statistics/protect/safety.rs", "crate::statistics::compare::Table"), "compare");
    assert_eq!(seen("src/statistics/protect/safety.rs", "crate::statistics::Table"), "Table");
    assert_eq!(seen("src/statistics/protect/safety.rs", "pub(in crate::statistics) fn of()"), "");
    assert_eq!(seen("src/statistics/protect/mod.rs", "use super::{compare, figure};"), "{…}");
}

#[test]
fn every_file_of_statistics_is_in_a_room() {
    let rooms: Vec<String> = ROOMS_OF_STATISTICS
        .iter()
        .flat_map(|room| sources(&format!("statistics/{room}")))
        .map(|(file, _)| file)
        .collect();
    let outside: Vec<String> =
        sources("statistics").into_iter().map(|(file, _)| file).filter(|file| !rooms.contains(file)).collect();
    assert_eq!(outside, ["src/statistics/in_browser.rs", "src/statistics/mod.rs"]);
}

#[test]
fn polars_stops_at_the_room_that_adds_up() {
    let uses: Vec<String> = ROOMS
        .iter()
        .flat_map(|room| sources(room))
        .filter(|(_, text)| text.contains("polars::"))
        .map(|(file, _)| file)
        .collect();
    let add_up = ["given", "mod", "shared"].map(|file| format!("src/statistics/add_up/{file}.rs"));
    assert_eq!(uses, add_up);
}

#[test]
fn memory_is_handled_by_hand_in_one_file() {
    let all = ROOMS.iter().flat_map(|room| sources(room));
    let by_hand = all.filter(|(_, text)| ["unsafe ", "unsafe(", "unsafe_code"].iter().any(|word| text.contains(word)));
    assert_eq!(by_hand.map(|(file, _)| file).collect::<Vec<_>>(), ["src/checker/exports.rs"]);
    for file in ["src/lib.rs", "src/main.rs"] {
        assert!(!fs::read_to_string(root().join(file)).unwrap().contains("unsafe_code"), "{file}");
    }
}

#[test]
fn only_the_last_stage_writes() {
    let writers: Vec<String> = ROOMS
        .iter()
        .flat_map(|room| sources(room))
        .filter(|(file, text)| {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            ["fs::write", "File::create", "create_dir", "fs::rename"].iter().any(|call| code.contains(call))
                && !file.contains("/tests")
        })
        .map(|(file, _)| file)
        .collect();
    assert_eq!(writers, ["src/output.rs"]);
}

/// The files of a room with their texts.
fn sources(room: &str) -> Vec<(String, String)> {
    fn gather(path: &Path, texts: &mut Vec<(String, String)>) {
        if path.is_dir() {
            let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
            entries.sort();
            entries.iter().for_each(|entry| gather(entry, texts));
        } else if path.extension().is_some_and(|ending| ending == "rs") && path.is_file() {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            texts.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    let mut texts = Vec::new();
    gather(&root().join("src").join(room), &mut texts);
    gather(&root().join(format!("src/{room}.rs")), &mut texts);
    assert!(!texts.is_empty(), "the room {room} is empty");
    texts
}

fn rooms_used(text: &str) -> Vec<&str> {
    let letter = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    text.split("crate::").skip(1).filter_map(|rest| rest.split(letter).next()).collect()
}

/// What a file uses of `statistics` by its whole path, and by going up out of its own room.
fn used_of_statistics<'a>(file: &str, text: &'a str) -> Vec<&'a str> {
    let letter = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    // A list is refused: each room is named where it is used.
    let first = |rest: &'a str| rest.split(letter).next().filter(|used| !used.is_empty()).unwrap_or("{…}");
    let whole = text.split("crate::statistics::").skip(1).map(first);
    // Its module's place below the stage: so many times up, and it is there.
    let inside = file.trim_start_matches("src/statistics/").trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = inside.split('/').count();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut used: Vec<&str> = whole.collect();
    let up = "super::".repeat(depth);
    for (place, _) in code.match_indices(&up) {
        if !code[..place].ends_with("super::") {
            used.push(first(&code[place + up.len()..]));
        }
    }
    used
}
