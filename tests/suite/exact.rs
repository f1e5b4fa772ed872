//! Exact figures, as `explain` gives them, against another program.

use std::fs;

use crate::figures::{printed, six_authorities};
use crate::workplace::{root, scwres};

/// What the reports leave out of an authority's figures as too much to print is still what another program computed.
#[test]
fn explain_gives_the_differences_and_cases_at_parity_of_another_program() {
    let folder = six_authorities();
    let expected = printed(&root().join("tests/fixtures/six-authorities/expected/figures.csv"));
    let mut compared = 0;
    let of_authorities = expected.iter().filter(|(id, _)| id.starts_with("2024/F0"));
    let intervals = of_authorities.filter_map(|(id, text)| Some((id.strip_suffix("/difference_interval")?, text)));
    // Each is a run of the program: every third is of every authority, indicator and service.
    for (row, interval) in intervals.step_by(3) {
        let parts: Vec<&str> = row.split('/').collect();
        let mut arguments = vec!["explain", parts[0], parts[1], parts[2], "--service", parts[3], "--format", "json"];
        arguments.extend(parts.get(4).into_iter().flat_map(|breakdown| ["--breakdown", *breakdown]));
        let output = scwres(&folder.path().join("data"), &root().join("report-templates"), folder.path())
            .args(&arguments)
            .output()
            .unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let [value, lower, upper] = ["value", "lower", "upper"].map(|part| found["difference"][part].as_f64());
        let (Some(value), Some(lower), Some(upper)) = (value, lower, upper) else {
            assert!(interval.starts_with('['), "{row}: {interval} is nothing in explain");
            continue;
        };
        assert_eq!(*interval, format!("{} to {}", points(lower), points(upper)), "{row}");
        // Cases at parity are the people times the difference of the rates, the other way round.
        if let Some(people) = found["minoritised"]["denominator"].as_f64() {
            let at_parity = |difference: f64| signed(-people * difference, 0);
            if let Some(text) = expected.get(&format!("{row}/at_parity")) {
                assert_eq!(*text, at_parity(value), "{row}");
            }
        }
        compared += 1;
    }
    assert!(compared > 90, "{compared}");
}

/// Percentage points to one decimal, as printed.
fn points(difference: f64) -> String {
    signed(difference * 100.0, 1)
}

/// A number with its sign, as printed.
fn signed(number: f64, decimals: usize) -> String {
    let text = format!("{number:+.decimals$}");
    if text.trim_matches(['+', '-', '0', '.']).is_empty() { text[1..].to_owned() } else { text.replace('-', "−") }
}

#[test]
fn explain_gives_the_exact_pooled_ratios_of_another_program() {
    let folder = six_authorities();
    let expected = fs::read_to_string(root().join("tests/fixtures/six-authorities/expected/exact.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    for (indicator, expected) in expected.as_object().unwrap() {
        let output = scwres(&folder.path().join("data"), &root().join("report-templates"), folder.path())
            .args(["explain", "2024", "england", indicator, "--format", "json", "--edition", "own"])
            .output()
            .unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut compared = 0;
        for (name, expected) in expected.as_object().unwrap() {
            let numbers = match expected.as_object() {
                Some(object) => object.iter().map(|(part, value)| (&found["pooled"][name][part], value)).collect(),
                None => vec![(&found["pooled"][name], expected)],
            };
            for (found, expected) in numbers {
                let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
                assert!(
                    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                    "{indicator} {name}: {found} is not {expected}"
                );
                compared += 1;
            }
        }
        assert_eq!(compared, 7);
    }
}
