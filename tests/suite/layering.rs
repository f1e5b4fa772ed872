//! A room uses only the rooms before it: the `crate::` paths in each file are read, and any other is refused.

use std::fs;
use std::path::Path;

use crate::workplace::root;

/// Every room, the earliest first; a room may use itself and what stands before it.
const ROOMS: [&str; 18] = [
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
    "output",
    "manifest",
    "cache",
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

#[test]
fn polars_stops_at_the_room_that_adds_up() {
    let uses: Vec<String> = ROOMS
        .iter()
        .flat_map(|room| sources(room))
        .filter(|(_, text)| text.contains("polars::"))
        .map(|(file, _)| file)
        .collect();
    assert_eq!(uses, ["src/submissions/mod.rs", "src/statistics/aggregate.rs"]);
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
        } else if path.is_file() {
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
