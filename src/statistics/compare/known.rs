//! The known answers that every method has to reproduce, for the tests beside the methods.

use serde_json::Value;

const KNOWN: &str = include_str!("../../../tests/fixtures/known_answers.json");

/// The known answers of one method: inputs, expected, tolerance.
pub(in crate::statistics) fn known(method: &str) -> Vec<(Value, Value, f64)> {
    let file: Value = serde_json::from_str(KNOWN).unwrap();
    let cases = file["cases"].as_array().unwrap().iter().filter(|case| case["method"] == method);
    let cases: Vec<_> = cases
        .map(|case| (case["inputs"].clone(), case["expected"].clone(), case["tolerance"].as_f64().unwrap()))
        .collect();
    assert!(!cases.is_empty(), "no known answer for {method}");
    cases
}

/// Makes sure that the figure is the expected one.
#[track_caller]
pub(in crate::statistics) fn close(actual: f64, expected: &Value, tolerance: f64) {
    let expected = if expected == "inf" { f64::INFINITY } else { expected.as_f64().unwrap() };
    assert!(actual == expected || (actual - expected).abs() <= tolerance, "{actual} is not {expected}");
}

#[test]
fn every_known_answer_has_a_test() {
    // Each method's test stands beside it; a new method in the file has to be added there and here.
    const TESTED: [&str; 18] = [
        "benjamini_hochberg",
        "detectable_ratio",
        "difference_newcombe",
        "funnel_overdispersion_arcsine",
        "funnel_overdispersion_shmi",
        "heterogeneity_dl",
        "mantel_haenszel_rr",
        "pearson_chi2",
        "phe_quantile",
        "ratio_of_sums_clustered",
        "risk_ratio_katz",
        "risk_ratio_katz_edges",
        "risk_ratio_koopman_score",
        "sdc_attack_after_secondary",
        "sdc_attack_exact_disclosure",
        "sdc_linked_tables",
        "sdc_singletons",
        "wilson",
    ];
    let file: Value = serde_json::from_str(KNOWN).unwrap();
    let methods: std::collections::BTreeSet<&str> =
        file["cases"].as_array().unwrap().iter().filter_map(|case| case["method"].as_str()).collect();
    assert_eq!(methods.into_iter().collect::<Vec<_>>(), TESTED);
}
