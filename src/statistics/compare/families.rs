//! Which figures of an area are looked at together, and what of their results stands then (`docs/method.md`, What is said).

use super::computed::Judgement;
use super::multiplicity::benjamini_hochberg;
use super::statistic::{Outcome, Statistic};
use crate::statistics::figure::Scope;

/// Looks at the figures of each area together, and calls possible what does not stand then, or not the wider interval.
///
/// An area has two families: its indicators, and of all indicators the services and ethnic groups. Only figures that are judged
/// take part: one of too few people or events is no comparison. The rows of an area stand beside each other.
pub(in crate::statistics) fn judge_together(rows: &mut [Statistic], judgement: Judgement) {
    for area in rows.chunk_by_mut(|one, other| one.area.code == other.area.code) {
        let repeated: Vec<Option<usize>> = (0..area.len()).map(|place| repeated(area, place)).collect();
        let judged = |place: &usize| area[*place].result.is_some_and(|result| result != Outcome::TooFew);
        let own = (0..area.len()).filter(|place| repeated[*place].is_none()).filter(judged);
        let (indicators, parts): (Vec<usize>, Vec<usize>) = own.partition(|place| is_headline(&area[*place]));
        adjust(area, &indicators, judgement);
        adjust(area, &parts, judgement);
        for (place, same) in repeated.into_iter().enumerate() {
            if let Some(same) = same {
                area[place].adjusted_p_value = area[same].adjusted_p_value;
                area[place].doubts.many = area[same].doubts.many;
            }
        }
        for row in area.iter_mut().filter(|row| row.result.is_some_and(is_difference)) {
            row.doubts.wider = row.wider.is_some_and(|wider| wider.includes_1);
        }
        for row in area.iter_mut().filter(|row| row.doubts.any()) {
            row.result = row.result.map(Outcome::possible);
        }
    }
}

/// Whether it is of all people of all services: an indicator's own figure.
fn is_headline(row: &Statistic) -> bool {
    row.scope == Scope::All && row.breakdown.is_whole()
}

fn is_difference(result: Outcome) -> bool {
    matches!(result, Outcome::Disadvantage | Outcome::Advantage)
}

/// The figure of all services that a service's figure repeats, where that service is all there is: it is one comparison, not two.
fn repeated(area: &[Statistic], place: usize) -> Option<usize> {
    let row = &area[place];
    if row.scope == Scope::All {
        return None;
    }
    area.iter().position(|other| {
        other.scope == Scope::All
            && other.indicator == row.indicator
            && other.breakdown == row.breakdown
            && other.counts() == row.counts()
    })
}

/// Adjusts the p-values of a family, and notes which differences do not stand.
fn adjust(area: &mut [Statistic], family: &[usize], judgement: Judgement) {
    let with_p: Vec<(usize, f64)> = family.iter().filter_map(|place| Some((*place, area[*place].p_value?))).collect();
    let p_values: Vec<f64> = with_p.iter().map(|(_, p)| *p).collect();
    for ((place, _), adjusted) in with_p.into_iter().zip(benjamini_hochberg(&p_values)) {
        let row = &mut area[place];
        row.adjusted_p_value = Some(adjusted);
        row.doubts.many = row.result.is_some_and(is_difference) && adjusted >= judgement.significance();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::Statistics;
    use crate::standard::{Adverse, Kind};
    use crate::statistics::compare::example::figure;
    use crate::statistics::figure::Breakdown;

    /// A figure of these minoritised events of 400, beside 40 of 400, in one place of an area.
    fn row(indicator: &str, scope: Scope, breakdown: Breakdown, events: u64) -> Statistic {
        let counts = [events, 400, 40, 400].map(Some);
        let figure = figure(Kind::Likelihood, Adverse::Above, counts);
        Statistic { indicator: indicator.to_owned(), scope, breakdown, ..figure }
    }

    fn whole(indicator: &str, events: u64) -> Statistic {
        row(indicator, Scope::All, Breakdown::Whole, events)
    }

    fn judged(mut rows: Vec<Statistic>) -> Vec<&'static str> {
        judge_together(&mut rows, Judgement::new(&Statistics::default()));
        rows.iter().map(|row| row.result.map_or("", Outcome::id)).collect()
    }

    #[test]
    fn one_weak_difference_among_several_indicators_is_possible_only() {
        // 60 against 40 of 400 has p 0.033: it stands alone, and beside two without a difference it does not.
        assert_eq!(judged(vec![whole("2", 60)]), ["disadvantage"]);
        let found = judged(vec![whole("2", 60), whole("3", 40), whole("8", 40)]);
        assert_eq!(found, ["possible-disadvantage", "no-clear-difference", "no-clear-difference"]);
        assert_eq!(judged(vec![whole("2", 23), whole("3", 40), whole("8", 40)])[0], "possible-advantage");
        assert_eq!(judged(vec![whole("2", 90), whole("3", 40), whole("8", 40)])[0], "disadvantage");
    }

    #[test]
    fn services_and_groups_are_a_family_of_their_own() {
        let group = |events| row("2", Scope::All, Breakdown::ETHNIC_GROUPS[0].clone(), events);
        let service = |events| row("2", Scope::Adults, Breakdown::Whole, events);
        let found = judged(vec![whole("2", 60), group(60), service(40), row("3", Scope::Adults, Breakdown::Whole, 40)]);
        assert_eq!(found, ["disadvantage", "possible-disadvantage", "no-clear-difference", "no-clear-difference"]);
    }

    #[test]
    fn the_only_service_repeats_what_is_said_of_all_services() {
        let only = row("2", Scope::Adults, Breakdown::Whole, 60);
        let found = judged(vec![whole("2", 60), whole("3", 40), whole("8", 40), only]);
        assert_eq!((found[0], found[3]), ("possible-disadvantage", "possible-disadvantage"));
    }

    #[test]
    fn a_difference_that_does_not_stand_the_wider_interval_is_possible_only() {
        let wider = |includes_1| {
            let wider = super::super::Wider { includes_1, limits: None, authorities: 12 };
            Statistic { wider: Some(wider), ..whole("2", 90) }
        };
        assert_eq!(judged(vec![wider(true)]), ["possible-disadvantage"]);
        assert_eq!(judged(vec![wider(false)]), ["disadvantage"]);
    }

    #[test]
    fn areas_are_judged_each_for_itself() {
        let mut other = whole("3", 40);
        other.area.code = "F02".to_owned();
        assert_eq!(judged(vec![whole("2", 60), other])[0], "disadvantage");
    }
}
