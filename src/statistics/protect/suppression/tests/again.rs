//! What studies found before: it changes nothing of what they find, and who guesses decides as before.

use proptest::prelude::*;

use super::super::*;
use super::{national, random_release, release};

/// What becomes of every count, how each stood, and the worlds that this rests on.
type Became = (Vec<(Option<Reason>, Option<u64>)>, Vec<Stand>, Vec<Changes>);

fn became(counts: &[u64], rules: Rules, known: &Studies) -> Became {
    let (mut release, _) = national(counts, rules);
    let mut worlds = Vec::new();
    let stands = protect(&mut release, rules, &mut worlds, known);
    (release.counts.iter().map(|count| (count.withheld, count.step)).collect(), stands, worlds)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_studies_found_before_changes_nothing_of_what_they_find(
        (counts, threshold, rounding) in random_release(),
        changed in any::<prop::sample::Index>(),
        truth in 0..60_u64,
    ) {
        let rules = Rules { threshold, rounding };
        let known = Studies::default();
        let first = became(&counts, rules, &known);
        prop_assert_eq!(&became(&counts, rules, &known), &first, "what is the same");
        let mut other = counts.clone();
        other[changed.index(counts.len())] = truth;
        prop_assert_eq!(became(&other, rules, &known), became(&other, rules, &Studies::default()), "what differs");
        known.forget_unused();
        known.forget_unused();
        prop_assert!(known.is_empty());
        prop_assert_eq!(&became(&counts, rules, &known), &first, "what was forgotten");
    }
}

#[test]
fn a_guess_decides_as_before_where_the_numbers_allow_it() {
    let rules = Rules { threshold: 10, rounding: 5 };
    let (mut release, _) =
        release(&[("a", 3), ("b", 12), ("c", 190), ("d", 40), ("e", 7)], &["a b c d e".to_owned()], 10);
    let decided = [None, Some(None), Some(Some(10)), Some(Some(20)), Some(Some(5)), Some(Some(10))];
    release.counts.iter_mut().zip(decided).for_each(|(count, decided)| count.decided = decided);
    let studies = Studies::default().guessing();
    protect(&mut release, rules, &mut Vec::new(), &studies);
    let found: Vec<_> = release.counts.iter().map(|count| (count.withheld, count.step)).collect();
    let protecting = Some(Reason::Protecting(1));
    let small = Some(Reason::Primary);
    // 190 is too few for a step of 10, and 40 for one of 20; what is small is withheld whatever it was before.
    assert_eq!(found, [(small, None), (protecting, None), (None, None), (None, None), (small, None), (None, Some(10))]);
    assert!(studies.has_guessed() && studies.is_empty(), "a guess is not kept");
}
