//! How many indicators have which result, in print.

use serde::Serialize;

use crate::reports::figures::CountView;
use crate::statistics::{Outcome, Statistic, Whole};

/// How many indicators have which result.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryView {
    /// Disadvantages that stand.
    pub disadvantage: CountView,
    /// Disadvantages that are possible only.
    pub possible: CountView,
    /// Advantages that stand.
    pub advantage: CountView,
    /// Advantages that are possible only.
    pub possible_advantage: CountView,
    /// No clear difference.
    pub unclear: CountView,
    /// Too few to say.
    pub few: CountView,
    /// Withheld, not available or not applicable.
    pub missing: CountView,
    /// Those that can be judged.
    pub judged: CountView,
    /// All that compare two groups.
    pub of: CountView,
}

/// Counts the results of figures; `id` is the beginning of the counts' ids.
pub fn summary<'a>(figures: impl Iterator<Item = &'a Statistic>, id: &str) -> SummaryView {
    let figures: Vec<&Statistic> = figures.collect();
    let count = |part: &str, test: &dyn Fn(&Statistic) -> bool| {
        let n = figures.iter().filter(|figure| test(figure)).count();
        CountView::new(format!("{id}/{part}"), n)
    };
    let is = |outcome| move |figure: &Statistic| figure.result == Some(outcome);
    SummaryView {
        disadvantage: count("disadvantage", &is(Outcome::Disadvantage)),
        possible: count("possible_disadvantage", &is(Outcome::PossibleDisadvantage)),
        advantage: count("advantage", &is(Outcome::Advantage)),
        possible_advantage: count("possible_advantage", &is(Outcome::PossibleAdvantage)),
        unclear: count("no_clear_difference", &is(Outcome::NoClearDifference)),
        few: count("too_few", &is(Outcome::TooFew)),
        missing: count("missing", &|figure| figure.result.is_none()),
        judged: count("judged", &|figure| figure.result.is_some_and(|result| result != Outcome::TooFew)),
        of: count("indicators", &|_| true),
    }
}

/// How much of one kind of rows is whole, in print.
#[derive(Clone, Debug, Serialize)]
pub struct WholeView {
    /// The kind in words.
    pub label: &'static str,
    /// Rows that show all four counts.
    pub whole: CountView,
    /// Those of them with a count that is rounded more coarsely.
    pub coarser: CountView,
    /// All rows.
    pub of: CountView,
}

/// How much of the national tables is whole, in print.
pub fn whole(whole: &[Whole], year: i32) -> Vec<WholeView> {
    let view = |one: &Whole| {
        let count =
            |part: &str, n: usize| CountView::new(format!("{year}/england/whole-rows/all/{}/{part}", one.rows.id()), n);
        WholeView {
            label: one.rows.label(),
            whole: count("whole", one.whole),
            coarser: count("coarser", one.coarser),
            of: count("of", one.of),
        }
    };
    whole.iter().filter(|one| one.of > 0).map(view).collect()
}
