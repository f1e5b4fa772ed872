//! Many comparisons at once: which of them stand when all are looked at together (Benjamini and Hochberg 1995).

/// The p-values adjusted for the false discovery rate, in the order given.
pub(in crate::statistics) fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    // From the largest p-value down: none may be adjusted to more than a larger one.
    for (rank, index) in order.into_iter().enumerate().rev() {
        least = least.min(p_values[index] * p_values.len() as f64 / (rank + 1) as f64);
        adjusted[index] = least.max(p_values[index]); // rounding apart, it never is smaller
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::known::{close, known};
    use super::*;

    #[test]
    fn adjusted_p_values_reproduce_the_known_answer() {
        for (inputs, expected, tolerance) in known("benjamini_hochberg") {
            let p: Vec<f64> = inputs["p"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
            for (index, adjusted) in benjamini_hochberg(&p).into_iter().enumerate() {
                close(adjusted, &expected["adj"][index], tolerance);
            }
        }
    }

    proptest! {
        #[test]
        fn an_adjusted_p_value_is_never_smaller_and_keeps_the_order(p in prop::collection::vec(0.0..1.0_f64, 1..20)) {
            let adjusted = benjamini_hochberg(&p);
            for (index, value) in adjusted.iter().enumerate() {
                prop_assert!(p[index] <= *value && *value <= 1.0);
                prop_assert!(p.iter().zip(&adjusted).all(|(other, limit)| *other > p[index] || limit <= value));
            }
        }
    }
}
