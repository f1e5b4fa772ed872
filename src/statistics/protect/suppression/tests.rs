//! The cases of `known_answers.json` and random releases, attacked and protected.

mod again;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::Value;

use std::collections::BTreeMap;

use super::*;

const KNOWN: &str = include_str!("../../../../tests/fixtures/known_answers.json");

fn known(id: &str) -> (Value, Value) {
    let file: Value = serde_json::from_str(KNOWN).unwrap();
    let case = file["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone();
    (case["inputs"].clone(), case["expected"].clone())
}

/// Named atoms, and sums of them: single atoms are counts too.
fn release(atoms: &[(&str, u64)], sums: &[String], threshold: u64) -> (Release, Vec<String>) {
    let mut release = Release::default();
    let names: Vec<String> = atoms.iter().map(|(name, _)| (*name).to_owned()).chain(sums.iter().cloned()).collect();
    release.atoms = atoms.iter().map(|(_, truth)| Atom { owner: None, truth: *truth, open: false }).collect();
    for name in &names {
        let inside: Vec<usize> =
            name.split(' ').map(|part| atoms.iter().position(|(atom, _)| *atom == part).unwrap()).collect();
        let truth: u64 = inside.iter().map(|atom| release.atoms[*atom].truth).sum();
        let withheld = (truth > 0 && truth < threshold).then_some(Reason::Primary);
        release.counts.push(Count { price: Some(inside.len() as f64), atoms: inside, withheld, ..Count::default() });
    }
    (release, names)
}

fn protecting(release: &Release, names: &[String]) -> Vec<String> {
    let secondary = |count: &Count| matches!(count.withheld, Some(Reason::Protecting(_)));
    release.counts.iter().zip(names).filter(|(count, _)| secondary(count)).map(|(_, name)| name.clone()).collect()
}

/// The four-by-four table of S1 with its margins, and the named cells withheld.
fn table(withheld: &[Value]) -> (Release, Vec<String>) {
    let (inputs, _) = known("S1");
    let names: Vec<String> =
        "wxyz".chars().flat_map(|row| "abcd".chars().map(move |column| format!("{row}{column}"))).collect();
    let counts = (0..16).map(|cell| inputs["counts"][cell / 4][cell % 4].as_u64().unwrap());
    let atoms: Vec<(&str, u64)> = names.iter().map(String::as_str).zip(counts).collect();
    let line = |letter: char| names.iter().filter(|name| name.contains(letter)).cloned().collect::<Vec<_>>().join(" ");
    let (mut release, all) = release(&atoms, &"wxyzabcd".chars().map(line).collect::<Vec<_>>(), 0);
    for name in withheld {
        let place = all.iter().position(|other| Some(other.as_str()) == name.as_str()).unwrap();
        release.counts[place].withheld = Some(Reason::Primary);
    }
    (release, all)
}

#[test]
fn s1_a_pattern_that_looks_safe_gives_one_count_away_exactly() {
    let (inputs, expected) = known("S1");
    let (release, names) = table(inputs["suppressed"].as_array().unwrap());
    let rules = Rules { threshold: 1_001, rounding: 1 }; // so wide that the search stops at nothing
    let stands = prove(&release, rules);
    let left = |name: &str| stands.iter().find(|stand| names[stand.count] == name).unwrap().left.unwrap();
    let range = expected["wb"][1].as_f64().unwrap() - expected["wb"][0].as_f64().unwrap();
    assert!((left("wb") - range).abs() < 1e-6);
    for (name, range) in [("wa", 69.0), ("wc", 69.0), ("xa", 69.0), ("xc", 69.0), ("yb", 185.0), ("zd", 185.0)] {
        assert!((left(name) - range).abs() < 1e-6, "{name}: {}, not {range}", left(name));
    }
}

#[test]
fn s2_one_more_withheld_cell_makes_it_safe_and_the_protector_finds_as_few() {
    let (inputs, expected) = known("S2");
    let rules = Rules { threshold: 10, rounding: 1 };
    let mut cells = known("S1").0["suppressed"].as_array().unwrap().clone();
    let (mut unsafe_table, names) = table(&cells);
    assert!(prove(&unsafe_table, rules).iter().any(|stand| !stand.safe));
    cells.push(inputs["add"].clone());
    let (added, _) = table(&cells);
    let wide = Rules { threshold: 1_001, rounding: 1 };
    let place = names.iter().position(|name| name == "wb").unwrap();
    let left = prove(&added, wide).into_iter().find(|stand| stand.count == place).unwrap().left.unwrap();
    assert!((left - (expected["wb"][1].as_f64().unwrap() - expected["wb"][0].as_f64().unwrap())).abs() < 1e-6);
    assert!(prove(&added, rules).iter().all(|stand| stand.safe));
    assert!(protect(&mut unsafe_table, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
    assert_eq!(protecting(&unsafe_table, &names).len(), 1);
}

#[test]
fn s3_linked_tables_are_protected_together() {
    let (inputs, expected) = known("S3");
    let frequencies: Vec<(&String, u64)> =
        inputs["freq"].as_object().unwrap().iter().map(|(name, count)| (name, count.as_u64().unwrap())).collect();
    let atoms: Vec<(&str, u64)> = frequencies.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    let spaced = |text: &Value| text.as_str().unwrap().chars().map(String::from).collect::<Vec<_>>().join(" ");
    let rules = Rules { threshold: 4, rounding: 1 };
    let tables = |tables: &[&str]| {
        let sums = tables.iter().flat_map(|table| inputs[*table].as_object().unwrap().values().map(spaced));
        release(&atoms, &sums.collect::<Vec<_>>(), 4)
    };
    for table in ["table1", "table2"] {
        assert!(prove(&tables(&[table]).0, rules).iter().all(|stand| stand.safe));
    }
    let (mut together, names) = tables(&["table1", "table2"]);
    let found: Vec<&String> =
        prove(&together, rules).iter().filter(|stand| !stand.safe).map(|stand| &names[stand.count]).collect();
    assert_eq!(found, ["K"]);
    assert!(protect(&mut together, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
    assert_eq!(protecting(&together, &names), [expected["extra_suppression"].as_str().unwrap()[..1].to_owned()]);
}

#[test]
fn s4_a_contributor_who_knows_its_own_one_is_stopped_by_one_more() {
    let (_, expected) = known("S4");
    let rules = Rules { threshold: 2, rounding: 1 };
    let (mut table, names) = release(&[("a", 1), ("b", 2), ("c", 1), ("d", 0)], &["a b c d".to_owned()], 2);
    assert!(prove(&table, rules).iter().all(|stand| stand.safe));
    assert_eq!(expected["secondary_without_singleton_rule"], 0);
    for (owner, atom) in table.atoms.iter_mut().enumerate() {
        atom.owner = Some(owner);
    }
    assert!(prove(&table, rules).iter().any(|stand| !stand.safe));
    assert!(protect(&mut table, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
    assert_eq!(Value::from(protecting(&table, &names).len()), expected["secondary_with_singleton_rule"]);
}

fn random_release() -> impl Strategy<Value = (Vec<u64>, u64, u64)> {
    let count = prop_oneof![3 => 0_u64..10, 1 => 10_u64..60];
    (prop::collection::vec(count, 24), 3_u64..11, prop_oneof![Just(1_u64), Just(5_u64)])
}

/// Two regions of three authorities, two services, two groups: every margin is published, and each authority's counts.
fn regions(counts: &[u64], threshold: u64) -> Release {
    let mut release = Release::default();
    let mut places: BTreeMap<(usize, usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, truth) in counts.iter().enumerate() {
        let (owner, service, group) = (index / 4, index / 2 % 2, index % 2);
        for area in [0, 1 + owner / 3, 3 + owner] {
            for service in [0, 1 + service] {
                for group in [0, 1 + group] {
                    places.entry((area, service, group)).or_default().push(index);
                }
            }
        }
        release.atoms.push(Atom { owner: Some(owner), truth: *truth, open: false });
    }
    for ((area, service, group), atoms) in places {
        let truth: u64 = atoms.iter().map(|atom| counts[*atom]).sum();
        let price = 1 + 100 * u64::from(area == 0) + 10 * u64::from(service == 0) + 3 * u64::from(group == 0);
        let withheld = (truth > 0 && truth < threshold).then_some(Reason::Primary);
        release.counts.push(Count { atoms, withheld, price: Some(price as f64), ..Count::default() });
    }
    release
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_attack_succeeds_on_what_is_protected((counts, threshold, rounding) in random_release()) {
        let rules = Rules { threshold, rounding };
        let mut release = regions(&counts, threshold);
        let stands = protect(&mut release, rules, &mut Vec::new(), &Studies::default());
        let withheld = release.counts.iter().filter(|count| count.withheld.is_some()).count();
        prop_assert_eq!(stands.len(), withheld);
        prop_assert!(stands.iter().all(|stand| stand.safe));
        prop_assert!(prove(&release, rules).iter().all(|stand| stand.safe));
    }
}

/// A world in which many parts change that attackers know who are not stopped yet counts as well: it is the only one here.
#[test]
fn a_world_is_found_at_any_price() {
    let counts = [5, 3, 6, 5, 7, 0, 4, 1, 7, 6, 1, 0, 1, 0, 1, 2, 5, 2, 24, 14, 49, 23, 5, 24];
    let rules = Rules { threshold: 9, rounding: 5 };
    let mut release = regions(&counts, rules.threshold);
    assert!(protect(&mut release, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
    assert!(prove(&release, rules).iter().all(|stand| stand.safe));
}

/// The same without the authorities' own counts, which stand in no document; what differences leave of them is attacked.
fn national(counts: &[u64], rules: Rules) -> (Release, usize) {
    let mut release = regions(counts, rules.threshold);
    release
        .counts
        .retain(|count| count.atoms.len() > 4 || count.atoms.iter().any(|atom| atom / 4 != count.atoms[0] / 4));
    let printed = release.counts.len();
    for atoms in remainders(&release, rules, &[]) {
        release.counts.push(Count { atoms, withheld: Some(Reason::Primary), ..Count::default() });
    }
    (release, printed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_differences_leave_of_others_is_protected_too((counts, threshold, rounding) in random_release()) {
        let rules = Rules { threshold, rounding };
        let (mut release, printed) = national(&counts, rules);
        prop_assert!(protect(&mut release, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
        release.counts.truncate(printed);
        for atoms in remainders(&release, rules, &[]) {
            release.counts.push(Count { atoms, withheld: Some(Reason::Primary), ..Count::default() });
        }
        prop_assert!(prove(&release, rules).iter().all(|stand| stand.safe));
    }
}

#[test]
fn differences_do_tell_of_others_where_nothing_protects_them() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut succeeded = 0;
    for _ in 0..100 {
        let (counts, threshold, rounding) = random_release().new_tree(&mut runner).unwrap().current();
        let rules = Rules { threshold, rounding };
        let (release, printed) = national(&counts, rules);
        succeeded += usize::from(prove(&release, rules).iter().any(|stand| stand.count >= printed && !stand.safe));
    }
    assert!(succeeded >= 20, "only {succeeded} of 100 attacks succeeded: the test could not fail");
}

#[test]
fn remainders_are_what_one_contributor_or_nobody_has_to_take_away() {
    let atom = |owner, truth| Atom { owner: Some(owner), truth, open: false };
    let atoms = vec![atom(0, 7), atom(1, 20), atom(2, 40), atom(3, 4)];
    let count = |atoms: &[usize]| Count { atoms: atoms.to_vec(), price: Some(1.0), ..Count::default() };
    let rules = Rules { threshold: 10, rounding: 5 };
    let of = |counts: &[&[usize]]| {
        let counts = counts.iter().map(|atoms| count(atoms)).collect();
        remainders(&Release { atoms: atoms.clone(), counts, ..Release::default() }, rules, &[])
    };
    let found = |wanted: &[&[usize]]| wanted.iter().map(|atoms| atoms.to_vec()).collect();
    assert_eq!(of(&[&[0, 1]]), found(&[&[0]])); // the second takes its own 20 away
    assert_eq!(of(&[&[0, 1, 2]]), found(&[])); // 27 and 47 are left
    assert_eq!(of(&[&[0, 1, 2], &[1, 2]]), found(&[&[0]])); // anybody subtracts
    assert_eq!(of(&[&[0, 1, 2], &[0, 2, 3]]), found(&[&[3]])); // the second knows what the first count has more
    assert_eq!(of(&[&[0, 1, 2, 3], &[1, 2]]), found(&[&[0], &[3]])); // each of the two is left with the other
}

#[test]
fn attacks_do_succeed_where_only_small_counts_are_withheld() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut succeeded = 0;
    for _ in 0..100 {
        let (counts, threshold, rounding) = random_release().new_tree(&mut runner).unwrap().current();
        let release = regions(&counts, threshold);
        let stands = prove(&release, Rules { threshold, rounding });
        succeeded += usize::from(stands.iter().any(|stand| !stand.safe));
    }
    assert!(succeeded >= 20, "only {succeeded} of 100 attacks succeeded: the test could not fail");
}

/// A count that holds an atom twice is a mistake of whoever made it; the solver panics at it.
#[test]
fn an_attack_that_breaks_off_leaves_its_count_unproven_and_goes_on_with_the_others() {
    let atoms = [("a", 4), ("b", 30), ("c", 5), ("d", 40), ("e", 3), ("f", 50)];
    let (mut release, names) = release(&atoms, &["a b c".to_owned(), "e f".to_owned()], 10);
    let sum = names.iter().position(|name| name == "a b c").unwrap();
    let twice = release.counts[sum].atoms[0];
    release.counts[sum].atoms.push(twice);
    let stands = protect(&mut release, Rules { threshold: 10, rounding: 1 }, &mut Vec::new(), &Studies::default());
    let of = |name: &str| stands.iter().find(|stand| names[stand.count] == name).unwrap();
    assert!(of("a").left.is_none() && !of("a").safe, "{stands:?}");
    assert!(of("e").left.is_some() && of("e").safe, "{stands:?}");
}

/// The same figures of larger authorities: most sums may be shown more coarsely, some counts are small.
fn random_large() -> impl Strategy<Value = (Vec<u64>, u64)> {
    let count = prop_oneof![2 => 0_u64..10, 2 => 10_u64..90, 3 => 90_u64..1500];
    (prop::collection::vec(count, 24), prop_oneof![Just(1_u64), Just(5_u64)])
}

fn in_steps(counts: &[u64], rules: Rules) -> Release {
    let mut release = regions(counts, rules.threshold);
    release.counts.iter_mut().for_each(|count| count.coarser = true);
    release
}

fn of_count(release: &Release, count: &Count) -> u64 {
    count.atoms.iter().map(|atom| release.atoms[*atom].truth).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_attack_succeeds_that_knows_the_steps((counts, rounding) in random_large()) {
        let rules = Rules { threshold: 10, rounding };
        let mut release = in_steps(&counts, rules);
        let stands = protect(&mut release, rules, &mut Vec::new(), &Studies::default());
        prop_assert!(stands.iter().all(|stand| stand.safe));
        prop_assert!(prove(&release, rules).iter().all(|stand| stand.safe));
        for count in &release.counts {
            let step = count.step.unwrap_or(rounding);
            prop_assert!(rules.may_be(of_count(&release, count), step) && (count.withheld.is_none() || count.step.is_none()));
        }
    }
}

#[test]
fn coarser_steps_save_counts_and_are_needed_where_they_are_taken() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let withheld = |release: &Release| release.counts.iter().filter(|count| count.withheld.is_some()).count();
    let [mut with, mut without, mut succeeded] = [0; 3];
    for _ in 0..30 {
        let (counts, rounding) = random_large().new_tree(&mut runner).unwrap().current();
        let rules = Rules { threshold: 10, rounding };
        let (mut coarser, mut plain) = (in_steps(&counts, rules), regions(&counts, rules.threshold));
        protect(&mut coarser, rules, &mut Vec::new(), &Studies::default());
        protect(&mut plain, rules, &mut Vec::new(), &Studies::default());
        (with, without) = (with + withheld(&coarser), without + withheld(&plain));
        // Whoever is told the rounding where the step is coarser works counts out: the test above can fail.
        coarser.counts.iter_mut().for_each(|count| count.step = None);
        succeeded += usize::from(prove(&coarser, rules).iter().any(|stand| !stand.safe));
    }
    assert!(with * 10 < without * 9, "{with} withheld with coarser steps, {without} without");
    assert!(succeeded >= 10, "only {succeeded} of 30 attacks succeeded: the test above could not fail");
}

/// 993 and 7 are 1,000: rounded to 5, the sum less the larger leaves a range of 8 people.
#[test]
fn a_large_count_is_shown_more_coarsely_and_a_smaller_one_withheld() {
    let rules = Rules { threshold: 10, rounding: 5 };
    let protected = |large: u64| {
        let (mut release, names) = release(&[("a", 7), ("b", large)], &["a b".to_owned()], rules.threshold);
        release.counts.iter_mut().for_each(|count| count.coarser = true);
        assert!(prove(&release, rules).iter().any(|stand| !stand.safe));
        assert!(protect(&mut release, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
        assert!(prove(&release, rules).iter().all(|stand| stand.safe));
        let steps: Vec<u64> = release.counts.iter().filter_map(|count| count.step).collect();
        (protecting(&release, &names).len(), steps)
    };
    assert_eq!(protected(993), (0, vec![10]));
    assert_eq!(protected(194), (0, vec![10]), "194 is shown as 195, and the sum, 201, as 200");
    assert_eq!(protected(150), (1, vec![]), "ten is more than a twentieth of 160");
}

/// Whatever else is withheld: what bounds how much can be shown.
#[test]
fn two_counts_conflict_where_their_coarsest_intervals_leave_too_little_of_what_they_differ_by() {
    let rules = Rules { threshold: 10, rounding: 5 };
    let of = |large: u64, coarser: bool| {
        let (mut release, names) = release(&[("a", 7), ("b", large)], &["a b".to_owned()], rules.threshold);
        release.counts.iter_mut().for_each(|count| count.coarser = coarser);
        let place = |name: &str| names.iter().position(|other| other == name).unwrap();
        conflicts(&release, rules, &[place("b"), place("a b")]).len()
    };
    assert_eq!(of(150, true), 1, "a range of 8 is left");
    assert_eq!(of(993, true), 0);
    assert_eq!(of(993, false), 1, "published before in steps of 5");
}

/// What was published before stays as it is, in the step that it was published in.
#[test]
fn a_count_that_was_published_is_not_shown_more_coarsely() {
    let rules = Rules { threshold: 10, rounding: 5 };
    let (mut release, names) = release(&[("a", 7), ("b", 993)], &["a b".to_owned()], rules.threshold);
    for count in &mut release.counts {
        count.coarser = count.atoms == [1];
        count.price = count.price.filter(|_| count.coarser || count.withheld.is_some());
    }
    protect(&mut release, rules, &mut Vec::new(), &Studies::default());
    assert_eq!(protecting(&release, &names).len(), 0);
    let steps: Vec<Option<u64>> = release.counts.iter().map(|count| count.step).collect();
    assert_eq!(steps, [None, Some(10), None]);
}

/// Nobody prints more cases than people because the people are rounded more coarsely.
#[test]
fn a_part_is_not_shown_as_more_than_its_whole() {
    let rules = Rules { threshold: 10, rounding: 5 };
    let (mut release, names) = release(&[("a", 7), ("b", 203), ("c", 1)], &["a b".to_owned(), "b c".to_owned()], 10);
    let place = |name: &str| names.iter().position(|other| other == name).unwrap();
    release.counts[place("b c")].coarser = true; // 204, which would be 200
    release.parts.push([place("b"), place("b c")]); // 203, which is 205
    assert!(protect(&mut release, rules, &mut Vec::new(), &Studies::default()).iter().all(|stand| stand.safe));
    assert!(release.counts.iter().all(|count| count.step.is_none()));
}
