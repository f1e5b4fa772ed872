//! Which measures a return gives in another way than the rest: some groups alone, a total alone, both services together.

use super::dice::{Chance, Dice, Stage};
use crate::submissions::entry::{Answer, Ethnicity};

/// The way in which one measure, or one of its pay bands, is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All four groups, in a return that gives totals.
    Groups,
    /// All minoritised people as one count, in a return that gives groups.
    Total,
    /// Some of the groups, and the total.
    PartAndTotal([bool; 4]),
    /// Some of the groups, and no total: nobody can say how many minoritised people there are.
    Part([bool; 4], Answer),
    /// Both services together, in a return that splits them.
    Combined,
}

/// Measures that may be given so: those of staff are the denominators of most indicators, and their sum is published.
const MEASURES: [(&str, bool); 12] = [
    ("leavers", true),
    ("appointed", true),
    ("staff_in_band", true),
    ("disciplinary", true),
    ("cpd", true),
    ("senior_managers", true),
    ("shortlisted", true),
    ("abuse_public", true),
    ("abuse_colleagues", true),
    ("survey_respondents", true),
    ("regulated_staff", true),
    ("staff", false),
];

/// Details of a return by measure and, in pay bands, by the band's place; none in most.
pub fn details(chance: Chance, number: usize, share: f64, groups: bool) -> Vec<(&'static str, Option<usize>, Detail)> {
    let mut dice = chance.dice(Stage::Detail, number);
    if dice.share() >= share {
        return Vec::new();
    }
    let mut details: Vec<(&'static str, Option<usize>, Detail)> = Vec::new();
    for _ in 0..=dice.below(3) {
        let (measure, in_part) = MEASURES[dice.below(MEASURES.len() as u64) as usize];
        let band = (measure == "staff_in_band").then(|| dice.below(3) as usize);
        let detail = detail(&mut dice, groups, in_part, band.is_none() && measure != "staff");
        if !details.iter().any(|(other, ..)| *other == measure) {
            details.push((measure, band, detail));
        }
    }
    details
}

fn detail(dice: &mut Dice, groups: bool, in_part: bool, combined: bool) -> Detail {
    let first = dice.below(4) as usize;
    let second = dice.below(4) as usize;
    let counted = [0, 1, 2, 3].map(|group| group != first && group != second);
    let answer = [Answer::NotCollected, Answer::NotCollected, Answer::NotApplicable, Answer::Blank];
    let answer = answer[dice.below(4) as usize];
    match dice.below(5) {
        0 if combined => Detail::Combined,
        _ if !groups => Detail::Groups,
        1 => Detail::Total,
        2 | 3 if in_part => Detail::Part(counted, answer),
        _ => Detail::PartAndTotal(counted),
    }
}

impl Detail {
    /// The columns that are filled, white and unknown people left out of account.
    pub fn gives(self, group: Ethnicity) -> bool {
        match self {
            Detail::Total => group == Ethnicity::Minoritised,
            Detail::PartAndTotal(_) => true,
            Detail::Groups | Detail::Part(..) | Detail::Combined => group != Ethnicity::Minoritised,
        }
    }

    /// What stands in a group's place when it is not counted.
    pub fn instead(self, group: Ethnicity) -> Option<Answer> {
        let (counted, answer) = match self {
            Detail::Part(counted, answer) => (counted, answer),
            Detail::PartAndTotal(counted) => (counted, Answer::NotCollected),
            _ => return None,
        };
        let place = Ethnicity::MINORITISED.iter().position(|other| *other == group)?;
        (!counted[place]).then_some(answer)
    }
}
