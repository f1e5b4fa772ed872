//! What may go out at all: a build of today, on record, signed off, under no embargo, and of one edition.

use std::fs;

use super::released::Round;
use crate::workplace::submission;

fn edit(round: &Round, from: &str, to: &str) {
    let path = round.data().join("2024/round.yaml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(&path, text.replace(from, to)).unwrap();
}

#[test]
fn what_was_not_built_or_changed_since_is_refused() {
    let round = Round::new();
    fs::remove_dir_all(round.output().join("2024")).unwrap();
    let (code, text) = round.run(&["dispatch", "2024"]);
    assert!(code == 2 && text.contains("was not built yet"), "{text}");
    let round = Round::new();
    fs::write(round.data().join("2024/submissions/F03.csv"), submission("F03", 16)).unwrap();
    round.refused(&["error[build-stale]", "2024/submissions/F03.csv has changed"]);
    let round = Round::new();
    let path = round.output().join("2024/national/tables/indicators.csv");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "2024\n").unwrap();
    round.refused(&["error[build-stale]", "indicators.csv is not as it was built"]);
    let round = Round::new();
    fs::write(round.output().join("2024/authorities/F01-alderwick/more.pdf"), "x").unwrap();
    round.refused(&["error[build-stale]", "more.pdf"]);
}

#[test]
fn what_is_not_on_record_is_refused() {
    let round = Round::new();
    fs::remove_dir_all(round.data().join("2024/released")).unwrap();
    round.refused(&["error[not-released]", "it was never released"]);
    // Figures of a correction that was built and signed off, and not released.
    let round = Round::new();
    fs::write(round.data().join("2024/submissions/F03.csv"), submission("F03", 16)).unwrap();
    edit(
        &round,
        "status: provisional",
        "status: provisional\ncorrection: {date: 2025-06-20, reason: A return was wrong.}",
    );
    for arguments in [&["build"][..], &["sign-off", "2024", "data", "--by", "A"], &["build"]] {
        let (code, text) = round.run(arguments);
        assert_eq!(code, 0, "{text}");
    }
    let text = round.refused(&["error[not-released]", "is not what release 1 has on record", "error[not-signed-off]"]);
    assert!(text.contains("methods (A. Analyst saw other figures on 6 May 2025)"), "{text}");
}

#[test]
fn a_record_of_another_build_or_edition_is_none_of_this_one() {
    for (from, to, words) in [
        ("\"edition\": \"own\"", "\"edition\": \"public\"", "release 1 is of packs for everybody"),
        ("\"figures\": \"", "\"figures\": \"0", "the figures of the build are not those of release 1"),
    ] {
        let round = Round::new();
        let record = round.data().join("2024/released/1");
        let text = fs::read_to_string(record.join("release.json")).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(record.join("release.json"), text.replacen(from, to, 1)).unwrap();
        crate::released::sum_up(&record);
        let text = round.refused(&[words]);
        assert_eq!(text.matches("error[").count(), 1, "{text}");
    }
}

#[test]
fn what_is_not_signed_off_is_refused() {
    let round = Round::new();
    let path = round.data().join("2024/sign-off.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let start = text.find("- point: words").unwrap();
    let end = start + text[start + 1..].find("- point:").unwrap() + 1;
    fs::write(&path, format!("{}{}", &text[..start], &text[end..])).unwrap();
    for command in ["build", "release"] {
        round.run(&[command]);
    }
    let text = round.refused(&["error[not-signed-off]", "the figures are not signed off: words"]);
    assert_eq!(text.matches("error[").count(), 1, "{text}");
}

#[test]
fn an_embargo_keeps_everything_here() {
    let round = Round::new();
    edit(&round, "status: provisional", "status: provisional\nembargo: 2025-05-13 09:30");
    round.run(&["build"]);
    round.refused(&["error[embargo]", "under embargo until 9:30am on 13 May 2025"]);
}

#[test]
fn packs_for_everybody_are_not_sent_as_own_ones() {
    // One beside the own ones.
    let round = Round::new();
    let (code, text) = round.run(&["build", "--edition", "public", "--only", "F02"]);
    assert_eq!(code, 0, "{text}");
    round.refused(&["error[public-and-own]", "is of the edition for everybody", "error[not-released]"]);
    // Where manifest and record say that it is an own one, its title does not.
    let pack = fs::read(round.pack(1, "benchmark-pack.html")).unwrap();
    let round = Round::new();
    fs::write(round.pack(1, "benchmark-pack.html"), pack).unwrap();
    round.reseal();
    round.refused(&["error[public-and-own]", "the pack is the one for everybody"]);
    // A whole folder.
    let round = Round::new();
    let (code, text) = round.run(&["build", "--edition", "public", "--force"]);
    assert_eq!(code, 0, "{text}");
    round.run(&["release"]);
    round.refused(&["error[public-and-own]", "packs for everybody"]);
}

#[test]
fn what_cannot_be_written_leaves_what_was_there() {
    let round = Round::new();
    round.done(&[]);
    let before = crate::workplace::files(&round.posted());
    fs::create_dir_all(round.output().join("2024-dispatch.partial")).unwrap();
    round.done(&[]);
    assert!(!round.output().join("2024-dispatch.partial").exists());
    assert_eq!(crate::workplace::files(&round.posted()), before);
    round.contacts("nothing\n");
    round.refused(&["error[contacts-file]"]);
    assert_eq!(crate::workplace::files(&round.posted()), before);
}
