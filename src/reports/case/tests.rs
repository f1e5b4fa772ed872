//! Every case has a fixture figure, and is printed with all that is said of it.

use std::fmt::Write as _;
use std::path::Path;

use minijinja::context;
use minijinja::value::{Serde, Value};

use crate::reports::figures;
use crate::reports::narrative::Narrative;
use crate::reports::views;
use crate::round::Round;
use crate::standard::{Adverse, Standard};
use crate::statistics::example::{figure, missing};
use crate::statistics::{Direction, Matched, Panel, Trend, Year};

use super::*;

/// A figure for each case, and what its counts are.
fn figures() -> Vec<Statistic> {
    use Adverse::{Above, Below, Falling};
    use Kind::{Likelihood, Rate, RepresentationGap, Share};
    let counts = |a, m, b, w| [Some(a), Some(m), Some(b), Some(w)];
    let possible = |mut statistic: Statistic| {
        statistic.doubts.many = true;
        statistic.result = statistic.result.map(|result| match result {
            Outcome::Disadvantage => Outcome::PossibleDisadvantage,
            Outcome::Advantage => Outcome::PossibleAdvantage,
            other => other,
        });
        statistic
    };
    let mut all = vec![
        missing(Likelihood, Marker::C),
        figure(Likelihood, Above, [None, Some(120), Some(30), Some(400)]),
        missing(Likelihood, Marker::X),
        missing(Likelihood, Marker::Z),
        figure(Likelihood, Above, counts(0, 0, 0, 0)),
        figure(Likelihood, Above, counts(0, 0, 30, 400)),
        figure(Likelihood, Above, counts(30, 120, 0, 0)),
        missing(Share, Marker::C),
        missing(Share, Marker::X),
        missing(Share, Marker::Z),
        figure(Share, Falling, counts(0, 0, 0, 0)),
        figure(Share, Falling, counts(30, 120, 90, 120)),
    ];
    // There is no rate where a small group has more leavers in a year than staff at its end.
    let above = missing(Likelihood, Marker::Z);
    let group =
        |cases, people| GroupFigures { numerator: Some(cases), denominator: Some(people), ..GroupFigures::default() };
    all.push(Statistic { minoritised: group(5, 3), white: group(30, 400), ..above });
    for kind in [Likelihood, Rate, RepresentationGap] {
        all.extend([
            figure(kind, Above, counts(0, 120, 0, 400)),
            figure(kind, Above, counts(2, 12, 30, 400)),
            figure(kind, Above, counts(10, 120, 30, 400)),
            figure(kind, Above, counts(24, 120, 30, 400)),
            possible(figure(kind, Above, counts(24, 120, 30, 400))),
            figure(kind, Below, counts(24, 120, 30, 400)),
            possible(figure(kind, Below, counts(24, 120, 30, 400))),
        ]);
    }
    for [a, b] in [[0, 5], [0, 90], [5, 0], [24, 0]] {
        let counts = counts(a, if a == 5 { 400 } else { 120 }, b, if a == 5 { 120 } else { 400 });
        for adverse in [Above, Below] {
            let one = figure(Likelihood, adverse, counts);
            all.push(one.clone());
            if one.result != Some(Outcome::NoClearDifference) {
                all.push(possible(one));
            }
        }
    }
    all
}

/// Every case that there is.
fn every() -> Vec<Case> {
    let judged = [Case::NoCasesMinoritised, Case::NoCasesWhite, Case::Ratio, Case::Rates, Case::Gap];
    let judged = judged.into_iter().flat_map(|case| Verdict::ALL.map(case));
    Case::MISSING.into_iter().chain([Case::NoCases, Case::TooFew, Case::Share]).chain(judged).collect()
}

#[test]
fn every_case_has_a_fixture_and_all_that_is_said_of_it_is_what_it_was() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let standard = crate::standard::read(&root.join("data")).unwrap();
    let round = crate::round::read(&root.join("data"), 2024, &standard).unwrap();
    let narrative = Narrative::load(&root.join("report-templates")).unwrap();
    let figures = figures();
    let found: Vec<Case> = figures.iter().map(Case::of).collect();
    for case in every() {
        assert!(found.contains(&case), "{case:?} has no figure");
    }
    let mut page = String::new();
    let mut told = Vec::new();
    for statistic in figures {
        let case = Case::of(&statistic);
        if !told.contains(&(statistic.kind, case)) {
            told.push((statistic.kind, case));
            said(&mut page, &statistic, &round, &standard, &narrative);
        }
    }
    snapbox::assert_data_eq!(page, snapbox::Data::read_from(&root.join("tests/fixtures/cases.txt"), None).raw());
}

/// Writes all that is said of a figure.
fn said(page: &mut String, statistic: &Statistic, round: &Round, standard: &Standard, narrative: &Narrative) {
    let mut indicator = views::indicator(standard.indicator("8").unwrap(), round, standard);
    indicator.kind = statistic.kind;
    let view = views::figure(statistic, round, round.settings.year);
    let context = context! {
        f => Value::from(Serde(&view)),
        i => Value::from(Serde(&indicator)),
        round => Value::from(Serde(views::round(round, None))),
    };
    let say = |call: &str| {
        let text = format!(
            "{{% from \"phrases/sentences.txt\" import finding, headline, spoken, spoken_ratio, bands_finding %}}{{{{ {call} }}}}"
        );
        figures::spaced(&figures::plain(&narrative.render_text("case", &text, &context).unwrap()))
    };
    let case = Case::of(statistic);
    let mark = crate::reports::drawings::mark(statistic, statistic.kind);
    let rows = [
        ("counts", counts(statistic)),
        ("sentence", say("finding(f, i, round)")),
        ("title", say("headline(f, i, round)")),
        ("alternative text", say("spoken(\"Ashencroft\", f, i)")),
        ("chart", mark.map_or_else(|| case.note().to_owned(), |mark| mark.printed)),
        ("table", [view.result_label, view.ratio.text(), view.difference.text()].join(" | ")),
        ("spreadsheet", case.cell().to_owned()),
    ];
    writeln!(page, "{:?}, {case:?} (`{}`)", statistic.kind, case.id()).unwrap();
    for (what, words) in rows {
        writeln!(page, "  {what}: {words}").unwrap();
    }
    if statistic.kind != Kind::Share {
        writeln!(page, "  of the ratio: {}", say("spoken_ratio(\"Ashencroft\", f)")).unwrap();
    } else {
        writeln!(page, "  pay bands: {}", say("bands_finding([f, f], round)")).unwrap();
    }
    page.push('\n');
}

fn counts(statistic: &Statistic) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    let group = |group: &GroupFigures| format!("{} of {}", count(group.numerator), count(group.denominator));
    format!("{} against {}", group(&statistic.minoritised), group(&statistic.white))
}

#[test]
fn pay_bands_are_told_together_by_their_ends_and_reasons() {
    use Case::{Nobody, NotApplicable, NotAvailable, Share, Withheld};
    for (cases, told) in [
        (vec![Share], "one"),
        (vec![Share, Share, Share], "three"),
        (vec![Share, Withheld, Share], "ends"),
        (vec![Share, Share], "ends"),
        (vec![Withheld, Withheld, Withheld], "withheld"),
        (vec![NotAvailable, Withheld, Nobody], "withheld"),
        (vec![NotAvailable, NotAvailable], "not-available"),
        (vec![NotApplicable, NotApplicable, NotApplicable], "not-applicable"),
        (vec![Nobody, Nobody], "nobody"),
        (vec![Share, Share, Withheld], "some-withheld"),
        (vec![NotAvailable, Share, Share], "some-not-available"),
        (vec![Share, NotApplicable], "some-not-applicable"),
        (vec![Share, Nobody], "some-nobody"),
        (vec![NotApplicable, NotAvailable, Nobody], "some-not-applicable"),
        (vec![], "not-available"),
    ] {
        assert_eq!(Bands::of(&cases).id(), told, "{cases:?}");
    }
}

/// A trend with figures of these years, and pairs of these later years.
fn trend(years: &[(i32, Option<Statistic>, bool)], pairs: &[(i32, Option<Direction>)]) -> Trend {
    let some = figure(Kind::Likelihood, Adverse::Above, [10, 120, 30, 400].map(Some));
    let year = |(year, statistic, broken): &(i32, Option<Statistic>, bool)| Year {
        year: *year,
        statistic: statistic.clone(),
        break_before: broken.then(|| "The question was another one.".to_owned()),
        panel: Panel::Other,
    };
    let matched = |(to, direction): &(i32, Option<Direction>)| Matched {
        from: to - 1,
        to: *to,
        before: some.clone(),
        after: some.clone(),
        change: direction.map(|direction| crate::statistics::Change { value: 1.0, lower: 0.9, upper: 1.1, direction }),
    };
    Trend {
        indicator: "8".to_owned(),
        breakdown: crate::statistics::Breakdown::Whole,
        years: years.iter().map(year).collect(),
        matched: pairs.iter().map(matched).collect(),
        together: None,
    }
}

#[test]
fn a_change_is_told_to_the_newest_round_or_not_at_all() {
    let some = || Some(figure(Kind::Likelihood, Adverse::Above, [10, 120, 30, 400].map(Some)));
    let withheld = || Some(missing(Kind::Likelihood, Marker::C));
    let (old, new) = ((2022, some(), false), (2023, some(), false));
    for (years, pairs, told) in [
        (vec![old.clone(), new.clone()], vec![(2023, Some(Direction::Rose))], Change::Told(Direction::Rose)),
        // A change between earlier rounds says nothing of the newest.
        (
            vec![old.clone(), new.clone(), (2024, some(), false)],
            vec![(2023, Some(Direction::Fell))],
            Change::OtherAuthorities,
        ),
        (vec![old.clone(), (2023, some(), true)], vec![], Change::Broken),
        (vec![old.clone(), (2023, withheld(), false)], vec![], Change::Missing),
        (vec![old.clone(), (2023, None, false)], vec![], Change::Missing),
        (vec![(2022, None, false), new.clone()], vec![], Change::First),
        (vec![new.clone()], vec![], Change::First),
        (vec![old.clone(), new.clone()], vec![(2023, None)], Change::NoRatio),
    ] {
        assert_eq!(Change::newest(&trend(&years, &pairs)), told);
    }
    for (panel, told) in [
        (Panel::First, Change::Gap),
        (Panel::Partly, Change::Withheld),
        (Panel::Same, Change::Withheld),
        (Panel::Other, Change::OtherAuthorities),
    ] {
        let mut trend = trend(&[old.clone(), new.clone()], &[]);
        trend.years[1].panel = panel;
        assert_eq!(Change::newest(&trend), told, "{panel:?}");
    }
    for (after, told) in [
        (withheld(), Change::Withheld),
        (Some(missing(Kind::Likelihood, Marker::X)), Change::NotAvailable),
        (Some(missing(Kind::Likelihood, Marker::Z)), Change::NotApplicable),
    ] {
        let mut trend = trend(&[old.clone(), new.clone()], &[(2023, None)]);
        trend.matched[0].after = after.unwrap();
        assert_eq!(Change::newest(&trend), told);
    }
}
