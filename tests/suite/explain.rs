//! `explain`: what it says is published is what the tables hold, row by row, and its words, cells and errors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scwres::round::{self, Round};
use scwres::statistics::{Edition, Explainer, Protection, Question, Scope};
use scwres::submissions::{self, Returns};
use scwres::{authority, reports, standard};
use serde_json::Value;

use crate::disclosure::{built, records};
use crate::workplace::{files, root, scwres};

/// The rounds up to a year, read as the program does.
fn rounds(year: i32) -> Vec<(Round, Returns)> {
    let data = root().join("data");
    let standard = standard::read(&data).unwrap();
    let mut rounds: Vec<(Round, Returns)> = Vec::new();
    for year in round::years(&data).unwrap().into_iter().filter(|other| *other <= year) {
        let round = round::read(&data, year, &standard).unwrap();
        let before = rounds.last().map(|(_, returns)| returns);
        let returns = submissions::read(&round, &standard, before).unwrap().value;
        rounds.push((round, returns));
    }
    rounds
}

/// Compares what `explain` says is published with every row of every table of a built round.
fn walk(year: i32, edition: (&str, Edition)) -> usize {
    let (output, _) = built(&year.to_string(), edition.0);
    let folder = output.path().join(year.to_string());
    let mut tables: Vec<PathBuf> = vec![folder.join("national/tables/indicators.csv")];
    tables.extend(files(&folder).iter().filter(|file| file.ends_with("data.csv")).map(|file| folder.join(file)));
    let data = root().join("data");
    let standard = standard::read(&data).unwrap();
    let england = authority::read(&data.join("england-authorities.csv")).unwrap();
    let mut rounds = rounds(year);
    let (round, returns) = rounds.pop().unwrap();
    let explainer =
        Explainer::new(&standard, &england, &rounds, &round, &returns, edition.1, &Protection::default()).unwrap();
    let mut explained: BTreeMap<[String; 4], Value> = BTreeMap::new();
    let mut compared = 0;
    for table in tables {
        for row in records(&table) {
            let key = ["area_code", "service", "indicator", "breakdown"].map(|name| row[name].clone());
            let value = explained.entry(key).or_insert_with_key(|[area, service, indicator, breakdown]| {
                let scope = Scope::ALL.into_iter().find(|scope| scope.id() == service).unwrap();
                let explanation = explainer.explain(Question { year, area, scope, indicator, breakdown }).unwrap();
                reports::published(&explanation.published, year)
            });
            same(&row, value);
            compared += 1;
        }
    }
    compared
}

/// A row as text and as JSON: the same columns, the same numbers, nothing where nothing is.
fn same(row: &BTreeMap<String, String>, value: &Value) {
    assert_eq!(row.len(), value.as_object().unwrap().len());
    for (name, text) in row {
        let same = match &value[name] {
            Value::Null => text.is_empty(),
            Value::Number(number) => number.as_f64() == text.parse().ok(),
            Value::String(word) => word == text,
            _ => false,
        };
        assert!(same, "{name} of {row:?}: {}", value[name]);
    }
}

#[test]
fn published_is_the_row_of_every_table() {
    // England, regions, types and groups, and of every pack those again with the authority's own rows.
    assert!(walk(2024, ("own", Edition::Own)) > 50_000);
    assert!(walk(2021, ("public", Edition::Public)) > 5_000);
}

fn explain(arguments: &[&str]) -> std::process::Output {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explained"); // protection that is known lies there
    let mut command = scwres(&root().join("data"), &root().join("report-templates"), &output);
    command.arg("explain").args(arguments).output().unwrap()
}

#[test]
fn it_tells_for_both_editions_what_they_do_with_a_figure() {
    let output = explain(&["2021", "F06000001", "3", "--format", "json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let contract = [
        "year",
        "area",
        "indicator",
        "service",
        "breakdown",
        "authorities",
        "minoritised",
        "white",
        "relative_likelihood",
        "difference",
        "pooled",
        "position",
        "result",
        "protection",
        "published",
        "inputs",
    ];
    assert!(contract.iter().all(|key| keys.contains(key)), "{keys:?}");
    assert_eq!(value["protection"]["own"], "shown");
    assert_eq!(value["protection"]["public"], "c");
    assert_eq!(value["breakdown"], Value::Null);
    let cells: u64 = value["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|input| input["measure"] == "disciplinary" && input["ethnicity"] == "white")
        .map(|input| input["count"].as_u64().unwrap())
        .sum();
    assert_eq!(value["white"]["numerator"], cells);
}

#[test]
fn every_kind_of_id_on_a_page_is_accepted() {
    let (output, _) = built("2023", "own");
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for row in records(&output.path().join("2023/figures.csv")) {
        let id = &row["id"];
        let parts: Vec<&str> = id.split('/').collect();
        // One of each kind: the topic or the kind of area, and the part.
        let area = match parts[1] {
            "england" => "england",
            code if code.starts_with('F') => "authority",
            code if code.starts_with("matched") => "matched",
            _ => "region or type",
        };
        let topic = if parts[2].len() > 2 { parts[2] } else { parts[3] };
        if parts[0] == "2023" || area == "matched" {
            seen.entry((format!("{area} {topic}"), parts.last().unwrap().to_string())).or_insert_with(|| id.clone());
        }
    }
    let topics: std::collections::BTreeSet<&str> = seen.keys().map(|(topic, _)| topic.as_str()).collect();
    for topic in
        ["england participation", "england summary", "england regions", "authority known-ethnicity", "matched all"]
    {
        assert!(topics.contains(topic), "{topics:?}");
    }
    // One part of each topic is asked for; what comes before the part is all that `explain` looks at.
    for topic in topics {
        let id = seen.iter().find(|((other, _), _)| other == topic).map(|(_, id)| id).unwrap();
        let output = explain(&[id, "--edition", "own"]);
        assert_eq!(output.status.code(), Some(0), "{id}: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(id.rsplit_once('/').unwrap().0), "{id}: {said}");
    }
}

#[test]
fn it_shows_cells_formula_and_the_words_of_the_report() {
    let output = explain(&["2024/england/2/all/relative_likelihood", "--edition", "own"]);
    let said = String::from_utf8(output.stdout).unwrap();
    for wanted in [
        "were 48% less likely to be appointed than white shortlisted candidates",
        "ratio = (",
        "Koopman 1984",
        "submissions/F06000002.xlsx, Adults!C7: adults appointed asian",
        "not for publication",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn what_is_not_there_is_an_error_with_the_nearest() {
    for (arguments, wanted) in [
        (vec!["2024", "englnd", "2"], "the nearest is `england`"),
        (vec!["2024", "england", "7"], "the nearest is `7"),
        (vec!["2024", "england", "1"], "needs a breakdown: one of under-30k"),
        (vec!["2024", "england", "2", "--breakdown", "ethnicity:asain"], "has no such breakdown"),
        (vec!["2024/england"], "is not a figure's id"),
        (vec!["1999", "england", "2"], "1999"),
    ] {
        let output = explain(&[&arguments[..], &["--edition", "own"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said.contains(wanted), "{arguments:?}: {said}");
    }
}
