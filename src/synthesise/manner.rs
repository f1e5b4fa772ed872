//! How an authority returns: which groups, which form, and what its systems do not hold.

use super::detail::{Detail, details};
use super::dice::{Chance, Stage};
use crate::submissions::entry::{Answer, Ethnicity};

/// The form of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8, with or without a byte order mark, with these line ends.
    Csv { mark: bool, line_end: &'static str },
    /// The collection workbook.
    Workbook,
}

/// One authority's manner in one round.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Both services together.
    pub combined: bool,
    /// The columns it fills.
    groups: Vec<Ethnicity>,
    /// Whether it counts staff whose ethnicity is not known.
    pub unknown: bool,
    pub form: Form,
    /// Measures without counts, and what stands in their place.
    missing: Vec<(&'static str, Answer)>,
    /// Whether some staff of unknown ethnicity are in no pay band.
    pub short_bands: bool,
    /// A measure whose cell for unknown ethnicity was left blank.
    pub blank_unknown: Option<&'static str>,
    /// Measures, and pay bands by their place, that are given in another way than the rest.
    details: Vec<(&'static str, Option<usize>, Detail)>,
}

impl Manner {
    /// Whether minoritised people of this measure, or of one of its pay bands, cannot be told.
    pub fn lacks(&self, measure: &str, band: Option<usize>) -> bool {
        self.instead(measure).is_some() || matches!(self.detail(measure, band), Some(Detail::Part(..)))
    }

    /// How a measure, or one of its pay bands, is given, if in another way than the rest.
    pub fn detail(&self, measure: &str, band: Option<usize>) -> Option<Detail> {
        let of = |(detailed, of, _): &&(&str, Option<usize>, Detail)| *detailed == measure && *of == band;
        self.details.iter().find(of).map(|(.., detail)| *detail)
    }

    /// The columns of a measure, or of one of its pay bands, that are filled.
    pub fn groups(&self, measure: &str, band: Option<usize>) -> Vec<Ethnicity> {
        let Some(detail) = self.detail(measure, band).filter(|detail| *detail != Detail::Combined) else {
            return self.groups.clone();
        };
        let given = |group: &Ethnicity| match group {
            Ethnicity::White => true,
            Ethnicity::Unknown => self.unknown,
            group => detail.gives(*group),
        };
        Ethnicity::ALL.into_iter().filter(given).collect()
    }

    /// What stands in place of the counts of a measure.
    pub fn instead(&self, measure: &str) -> Option<Answer> {
        self.missing.iter().find(|(missing, _)| *missing == measure).map(|(_, answer)| *answer)
    }
}

const SURVEY: [&str; 4] = ["survey_respondents", "abuse_public", "abuse_colleagues", "abuse_managers"];

/// What systems do not hold, and in how many authorities of a hundred.
const NOT_COLLECTED: [(&[&str], f64); 11] = [
    (&SURVEY, 0.03),
    (&["staff_in_band"], 0.0),
    (&["shortlisted", "appointed"], 0.07),
    (&["disciplinary"], 0.0),
    (&["regulated_staff", "fitness_to_practise"], 0.06),
    (&["fitness_to_practise"], 0.0),
    (&["cpd"], 0.14),
    (&["abuse_colleagues"], 0.0),
    (&["abuse_managers"], 0.0),
    (&["leavers"], 0.0),
    (&["senior_managers"], 0.0),
];

/// The manner of the authority with this number; what is rare follows the number, so that every round has some of it.
///
/// A `share` of returns gives some measures in another way than the rest.
pub fn manner(chance: Chance, number: usize, share: f64) -> Manner {
    let mut dice = chance.dice(Stage::Manner, number);
    let mut missing: Vec<(&'static str, Answer)> = Vec::new();
    let mut lack =
        |measures: &[&'static str], answer| missing.extend(measures.iter().map(|measure| (*measure, answer)));
    if number % RARELY == 11 {
        lack(&SURVEY, Answer::NotCollected);
    }
    if number % 29 == 20 {
        lack(&["regulated_staff", "fitness_to_practise"], Answer::NotApplicable);
    }
    if number % 23 == 10 {
        lack(&["cpd"], Answer::Blank);
    }
    for (measures, share) in NOT_COLLECTED {
        if dice.share() < share {
            lack(measures, Answer::NotCollected);
        }
    }
    let unknown = number % 18 != 7;
    let blank_unknown = match number % 24 {
        2 => Some("leavers"),
        9 => Some("cpd"),
        18 => Some("senior_managers"),
        _ => None,
    };
    let groups = groups(number, unknown);
    let combined = number % 31 == 30;
    let split = groups.contains(&Ethnicity::Asian);
    let mut details = details(chance, number, share, split);
    details.retain(|(_, _, detail)| !(combined && *detail == Detail::Combined) && (split || *detail != Detail::Total));
    Manner {
        combined,
        groups,
        unknown,
        form: form(number),
        missing,
        short_bands: number % 16 == 12,
        blank_unknown,
        details,
    }
}

/// Once in the 73 returns of 2024.
const RARELY: usize = 73;

/// Most give the four groups; some cannot, and some give their sum as well.
fn groups(number: usize, unknown: bool) -> Vec<Ethnicity> {
    let together = number % 12 == 5;
    let both = number % 9 == 4;
    let given = |group: &Ethnicity| match group {
        Ethnicity::Minoritised => together || both,
        Ethnicity::White => true,
        Ethnicity::Unknown => unknown,
        _ => !together,
    };
    Ethnicity::ALL.into_iter().filter(given).collect()
}

fn form(number: usize) -> Form {
    match (number % 6, number % 15) {
        (3, _) => Form::Workbook,
        (_, 1) => Form::Csv { mark: true, line_end: "\r\n" },
        (_, 4) => Form::Csv { mark: true, line_end: "\n" },
        (_, 8) => Form::Csv { mark: false, line_end: "\r\n" },
        _ => Form::Csv { mark: false, line_end: "\n" },
    }
}
