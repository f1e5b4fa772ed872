//! Odd rounds: whatever was given, the build says something true on every page, or says why it builds nothing.

use std::collections::BTreeMap;
use std::fs;

use crate::disclosure::records;
use crate::workplace::{Workplace, submission};

/// Authorities of one region and type, as the register lists them.
fn register(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("F{number:02},Place {number},Unitary authority,South West")).collect()
}

/// A round of so many returns, each changed line by line: service, measure, breakdown, ethnicity and count come in, a count goes out.
fn round(count: usize, change: impl Fn(usize, [&str; 5]) -> Option<String>) -> Workplace {
    let register = register(count);
    let workplace = Workplace::new(&register.iter().map(String::as_str).collect::<Vec<_>>());
    for number in 1..=count {
        let code = format!("F{number:02}");
        let text = submission(&code, 10 + 3 * number as u64);
        let mut lines = text.lines();
        let mut changed = format!("{}\n", lines.next().unwrap());
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            let cells: [&str; 6] = cells.try_into().unwrap();
            let [_, service, measure, breakdown, ethnicity, answer] = cells;
            if let Some(answer) = change(number, [service, measure, breakdown, ethnicity, answer]) {
                changed += &format!("{code},{service},{measure},{breakdown},{ethnicity},{answer}\n");
            }
        }
        workplace.submit(&format!("{code}.csv"), changed);
    }
    workplace
}

fn same(_: usize, [.., answer]: [&str; 5]) -> Option<String> {
    Some(answer.to_owned())
}

/// Builds, and gives the words of the national report and of a pack, without tags, and the national table.
fn built(workplace: &Workplace) -> (String, String, Vec<BTreeMap<String, String>>) {
    workplace.scwres().arg("build").assert().success();
    let year = workplace.output().join("2024");
    let words = |path: &str| {
        let page = fs::read_to_string(year.join(path)).unwrap();
        let document = scraper::Html::parse_document(&page);
        let main = document.select(&scraper::Selector::parse("main").unwrap()).next().unwrap();
        main.text().collect::<Vec<_>>().concat().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let table = records(&year.join("national/tables/indicators.csv"));
    (words("national/annual-report.html"), words("authorities/F01-place-1/benchmark-pack.html"), table)
}

#[track_caller]
fn says(words: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
    // What no sentence may hold, whatever the round.
    for odd in
        ["NaN", " inf ", "none none", "by  percentage", "1 authorities", "in 0 of 0", "about 0 more", "about 0 fewer"]
    {
        assert!(!words.contains(odd), "{odd}: {words}");
    }
}

#[test]
fn two_authorities_are_too_few_for_a_national_figure_and_have_packs_all_the_same() {
    let (national, pack, table) = built(&round(2, same));
    says(&national, &["2 of the 153 authorities", "withheld [c]", "No area has a published ratio"]);
    says(
        &pack,
        &["Fewer than ten authorities have enough people and cases for a ratio of their own", "2 of 153 authorities"],
    );
    assert!(table.iter().all(|row| row["relative_likelihood"].is_empty()));
}

#[test]
fn one_authority_alone_gets_its_pack() {
    let (national, pack, _) = built(&round(1, same));
    says(&national, &["1 of the 153 authorities", "1 authority registered", "withheld [c]"]);
    says(&pack, &["1 of 153 authorities in England submitted a return", "likely"]);
}

#[test]
fn one_service_alone_is_told_as_such() {
    let (national, pack, table) = built(&round(5, |_, cells| (cells[0] == "adults").then(|| cells[4].to_owned())));
    says(&national, &["No return covers children’s services", "Not available [x]"]);
    says(&pack, &["Your return covers adults’ services"]);
    let childrens = table.iter().filter(|row| row["service"] == "childrens");
    assert!(childrens.clone().count() > 0 && childrens.clone().all(|row| row["marker"] == "x"));
}

#[test]
fn no_events_at_all_are_too_few_to_say() {
    const EVENTS: [&str; 8] = [
        "appointed",
        "disciplinary",
        "fitness_to_practise",
        "cpd",
        "abuse_public",
        "abuse_colleagues",
        "abuse_managers",
        "leavers",
    ];
    let (national, pack, table) = built(&round(5, |_, [_, measure, _, _, answer]| {
        Some(if EVENTS.contains(&measure) { "0".to_owned() } else { answer.to_owned() })
    }));
    says(&national, &["recorded in either group: too few to say"]);
    says(&pack, &["recorded in either group: too few to say"]);
    let two = table.iter().find(|row| row["indicator"] == "2" && row["breakdown"].is_empty()).unwrap();
    assert_eq!((two["result"].as_str(), two["relative_likelihood"].as_str()), ("too-few", ""));
}

#[test]
fn an_ethnic_group_without_anybody_has_no_ratio_and_the_others_have_theirs() {
    let (national, _, table) = built(&round(5, |_, [_, _, _, ethnicity, answer]| {
        Some(if ethnicity == "black" { "0".to_owned() } else { answer.to_owned() })
    }));
    says(&national, &["[z] Not applicable"]);
    let of = |breakdown: &str| {
        table
            .iter()
            .find(|row| row["indicator"] == "5" && row["breakdown"] == breakdown && row["service"] == "all")
            .unwrap()
    };
    assert_eq!(of("ethnicity:black")["marker"], "z");
    assert!(!of("ethnicity:asian")["relative_likelihood"].is_empty());
}

#[test]
fn answers_without_a_single_count_are_refused_with_the_reason() {
    let workplace = round(3, |_, _| Some("x".to_owned()));
    let output = workplace.scwres().arg("build").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("holds no counts"));
    let output = workplace.scwres().args(["build", "--without-rejected"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("has no accepted return"));
}

#[test]
fn what_one_authority_makes_the_difference_of_is_not_told_by_two_figures() {
    // The sixth return gives no ethnic groups: England with it less England without it would be that authority.
    let workplace = round(6, |number, [_, measure, _, ethnicity, answer]| {
        let people: u64 = answer.parse().unwrap();
        let small = if ethnicity == "white" { 3 } else { 4 };
        let answer = if number == 6 && measure == "disciplinary" { small } else { people };
        match ethnicity {
            "asian" | "black" | "mixed" | "other" if number == 6 => None,
            _ => Some(answer.to_string()),
        }
    });
    let path = workplace.data().join("2024/submissions/F06.csv");
    let text = fs::read_to_string(&path).unwrap();
    let minoritised = text.lines().filter(|line| line.contains(",white,")).map(|line| {
        let count: u64 = line.rsplit(',').next().unwrap().parse().unwrap();
        let share = if line.contains(",disciplinary,") { 4 } else { (count / 3).max(1) };
        line.replace(",white,", ",minoritised,").rsplit_once(',').unwrap().0.to_owned() + &format!(",{share}\n")
    });
    let minoritised: String = minoritised.collect();
    fs::write(&path, text + &minoritised).unwrap();
    let (_, _, table) = built(&workplace);
    let white = |breakdown: &str, service: &str| {
        let row = table
            .iter()
            .find(|row| row["indicator"] == "3" && row["breakdown"] == breakdown && row["service"] == service);
        let row = row.unwrap();
        (row["white_numerator"].clone(), row["coarser"].contains("white_numerator"))
    };
    for service in ["all", "adults", "childrens"] {
        for group in ["asian", "black", "mixed", "other"] {
            // Rounded to 5 both would leave a range of 8 people; one that is rounded more coarsely leaves 13 and more.
            let both = [white("", service), white(&format!("ethnicity:{group}"), service)];
            let apart = both.iter().any(|(count, coarser)| count.is_empty() || *coarser);
            assert!(apart, "{service} {group}: {both:?} tell of one authority's few cases");
        }
    }
}
