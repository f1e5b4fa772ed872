//! How strong the evidence is, in words and in order: the pay ladder, cases at parity, answers to the survey, and which result comes first.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::reports::figures::{CountView, Printed};
use crate::reports::material::Material;
use crate::reports::views::FigureView;
use crate::reports::words;
use crate::round::Round;
use crate::standard::Kind;
use crate::statistics::{Breakdown, ENGLAND, Marker, Outcome, Scope, Share, Statistic};

/// What may be said of the pay bands together.
#[derive(Clone, Debug, Serialize)]
pub struct LadderView {
    /// `smaller-at-top`, `larger-at-top`, `unclear` or `missing`.
    pub case: &'static str,
    /// The same in words.
    pub label: &'static str,
}

/// What the shares of the pay bands say, the lowest band first: the highest differs where its interval meets none of the others'.
pub fn ladder(bands: &[&Statistic]) -> LadderView {
    let interval = |band: &&Statistic| band.minoritised.lower.zip(band.minoritised.upper);
    let intervals: Option<Vec<(f64, f64)>> = bands.iter().map(interval).collect();
    let (case, label) = match intervals.as_deref() {
        Some([others @ .., top]) if !others.is_empty() => {
            if others.iter().all(|other| top.1 < other.0) {
                ("smaller-at-top", "Smaller share at the top")
            } else if others.iter().all(|other| top.0 > other.1) {
                ("larger-at-top", "Larger share at the top")
            } else {
                ("unclear", "No clear difference at the top")
            }
        }
        _ => ("missing", "Cannot be told"),
    };
    LadderView { case, label }
}

/// How many cases more or fewer there would be at white people's rate, rounded as the evidence is.
#[derive(Clone, Debug, Serialize)]
pub struct ParityView {
    /// The number without a sign.
    pub about: Printed,
    /// `more` or `fewer`, or `none` where it rounds to nobody.
    pub direction: &'static str,
    /// Whether it is one case.
    pub single: bool,
}

/// The cases at parity of this figure; `id` is the beginning of the number's id.
pub fn parity(statistic: &Statistic, id: &str) -> Option<ParityView> {
    let parity = statistic.at_parity?;
    let about = roughly(parity.value.abs(), parity.upper - parity.lower);
    let direction = match about {
        0 => "none",
        _ if parity.value > 0.0 => "more",
        _ => "fewer",
    };
    Some(ParityView {
        about: Printed::new(format!("{id}/at_parity_about"), words::count(about)),
        direction,
        single: about == 1,
    })
}

/// A number in steps of which its interval holds two at least: 1, 5, 10, 50, 100, …
fn roughly(value: f64, width: f64) -> u64 {
    // A number below the step would be nobody, which the evidence does not say.
    let fits = |step: &f64| *step <= width / 2.0 && *step <= value;
    let steps = [5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 5_000.0];
    let step = steps.into_iter().rfind(fits).unwrap_or(1.0);
    words::to_number(words::to_number(value / step, 0) * step, 0) as u64
}

/// Survey respondents beside staff, for one group or both.
#[derive(Clone, Debug, Serialize)]
pub struct AnswersView {
    /// The group in words.
    pub label: String,
    /// Respondents of known ethnicity.
    pub respondents: Printed,
    /// Staff of known ethnicity.
    pub staff: Printed,
    /// The first as a share of the second.
    pub share: Printed,
}

/// How many staff answered the survey, as far as counts that are shown tell.
#[derive(Clone, Debug, Serialize)]
pub struct SurveyView {
    /// Minoritised, white, and both.
    pub rows: Vec<AnswersView>,
    /// Authorities that gave respondents.
    pub authorities: CountView,
    /// Authorities whose staff are counted.
    pub staffed: CountView,
    /// The symbols in place of numbers.
    pub symbols: BTreeSet<&'static str>,
    /// Whether the share of both is there.
    pub known: bool,
    /// Whether those who gave respondents are among those whose staff are counted: the true share is then no smaller.
    pub least: bool,
}

/// The answers to the survey beside the staff of the same groups; nothing where the round has no such indicator.
pub fn survey(material: Material<'_>) -> Option<SurveyView> {
    let figures = |measure: &str| {
        let of = material.indicators().filter(move |one| one.denominator == measure && one.kind != Kind::Share);
        of.filter_map(|one| material.figure(ENGLAND, Scope::All, &one.id, &Breakdown::Whole)).collect::<Vec<_>>()
    };
    let (answered, staffed) = (figures("survey_respondents"), figures("staff"));
    let answers = answered.first()?;
    // Of several figures about the same staff, the first that most authorities are in.
    let most = staffed.iter().map(|seen| seen.statistic.authorities).max()?;
    let staff = staffed.iter().find(|seen| seen.statistic.authorities == most)?;
    let year = material.round.settings.year;
    let printed = |part: &str, text: Option<String>| {
        Printed::or(format!("{year}/england/known-ethnicity/all/survey_respondents/{part}"), text, Marker::C)
    };
    let row =
        |label: &str, part: &str, of: fn(&Statistic) -> Option<u64>, views: Option<fn(&FigureView) -> &Printed>| {
            let (answers_of, staff_of) = (of(answers.statistic), of(staff.statistic));
            let share = answers_of.zip(staff_of).filter(|(_, staff)| *staff > 0);
            let share = share.map(|(answers, staff)| words::percent(answers as f64 / staff as f64));
            let (respondents, people) = match views {
                Some(view) => (view(&answers.view).clone(), view(&staff.view).clone()),
                None => {
                    (printed("respondents", answers_of.map(words::count)), printed("staff", staff_of.map(words::count)))
                }
            };
            AnswersView {
                label: label.to_owned(),
                respondents,
                staff: people,
                share: printed(&format!("{part}_share"), share),
            }
        };
    let minoritised = words::capitalised(&material.round.settings.terms.minoritised_short);
    let both = |figure: &Statistic| Some(figure.minoritised.denominator? + figure.white.denominator?);
    let rows = vec![
        row(
            &minoritised,
            "minoritised",
            |figure| figure.minoritised.denominator,
            Some(|view| &view.minoritised.denominator),
        ),
        row("White", "white", |figure| figure.white.denominator, Some(|view| &view.white.denominator)),
        row("Both", "both", both, None),
    ];
    let count = |part: &str, n: usize| {
        CountView::new(format!("{year}/england/known-ethnicity/all/survey_respondents/{part}"), n)
    };
    Some(SurveyView {
        symbols: rows
            .iter()
            .flat_map(|row| [&row.respondents, &row.staff, &row.share])
            .filter_map(Printed::symbol)
            .collect(),
        known: rows.iter().all(|row| row.share.symbol().is_none()),
        rows,
        authorities: count("respondent_authorities", answers.statistic.authorities),
        staffed: count("staff_authorities", staff.statistic.authorities),
        least: staff.statistic.authorities == material.statistics.coverage.submitted,
    })
}

/// Where a result comes among others: the worst first, what cannot be told last, and the larger before the smaller.
pub fn strength(statistic: &Statistic) -> (usize, f64) {
    let place = match statistic.result {
        Some(Outcome::Disadvantage) => 0,
        Some(Outcome::PossibleDisadvantage) => 1,
        Some(Outcome::NoClearDifference) => 2,
        Some(Outcome::PossibleAdvantage) => 3,
        Some(Outcome::Advantage) => 4,
        Some(Outcome::TooFew) => 5,
        None => 6,
    };
    let size = statistic.ratio.filter(|ratio| ratio.value > 0.0).map_or(0.0, |ratio| ratio.value.ln().abs());
    (place, size)
}

/// The types of authority that are but another name for a region: all authorities of the one are all of the other.
pub fn also_regions<'a>(round: &'a Round, types: &'a [Share]) -> Vec<&'a Share> {
    let is = |kind: &&Share| {
        let of_kind: Vec<_> = round.england.iter().filter(|one| one.kind == kind.name).collect();
        of_kind.first().is_some_and(|first| {
            of_kind.iter().all(|one| one.region == first.region)
                && round.england.iter().filter(|one| one.region == first.region).all(|one| one.kind == kind.name)
        })
    };
    types.iter().filter(is).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_at_parity_are_as_rough_as_the_evidence() {
        let about = [(1887.0, 207.0), (297.0, 66.0), (91.0, 77.0), (2.0, 22.0), (498.0, 180.0), (0.3, 4.0)];
        assert_eq!(about.map(|(value, width)| roughly(value, width)), [1900, 300, 90, 2, 500, 0]);
    }
}
