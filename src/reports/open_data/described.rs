//! What each column of the data means and may hold: for people and for programs, whatever the standard.

use anyhow::{Context, Result};

use crate::round::Round;
use crate::statistics::{AreaType, Breakdown, Marker, Outcome, Scope};

/// A column in words, and what its cells may hold beyond what its style tells.
pub struct Described {
    /// The column's name.
    id: &'static str,
    /// What it means, in the terms of the round.
    pub text: &'static str,
    /// What may stand in it.
    pub holds: Holds,
}

/// What may stand in a column.
pub enum Holds {
    /// Anything of its style, or nothing.
    Anything,
    /// Anything of its style; never nothing.
    Always,
    /// A number from -1 to 1, or nothing.
    Signed,
    /// A number from 0 to 1, or nothing.
    Proportion,
    /// One of these words, or nothing.
    OneOf(fn(&Round) -> Vec<String>),
    /// One of these words, of which one may be empty; never nothing.
    AlwaysOneOf(fn(&Round) -> Vec<String>),
}

const fn column(id: &'static str, holds: Holds, text: &'static str) -> Described {
    Described { id, text, holds }
}

/// The columns that tell rows apart.
pub const KEY: [&str; 6] = ["year", "area_type", "area_code", "service", "indicator", "breakdown"];

const DESCRIPTIONS: [Described; 24] = [
    column("year", Holds::Always, "The reporting year."),
    column(
        "area_type",
        Holds::AlwaysOneOf(|round| {
            let groups = round.settings.groups.is_some();
            let types = AreaType::ALL.into_iter().filter(|kind| *kind != AreaType::Group || groups);
            types.map(|kind| kind.id().to_owned()).collect()
        }),
        "What the area is: England (national), {area_types}.",
    ),
    column("area_code", Holds::Always, "`england`, {area_names} in lower case with hyphens, or the authority's code."),
    column("area_name", Holds::Always, "The name of the area."),
    column(
        "service",
        Holds::AlwaysOneOf(|_| owned(Scope::ALL.map(Scope::id))),
        "Adults' or children's services, or all of them together.",
    ),
    column(
        "indicator",
        Holds::AlwaysOneOf(|round| round.indicators.iter().map(|one| one.id.clone()).collect()),
        "The indicator of the standard.",
    ),
    column(
        "breakdown",
        Holds::AlwaysOneOf(|round| {
            let bands = round.settings.pay_bands.iter().map(|band| band.id.clone());
            let groups = Breakdown::ETHNIC_GROUPS.iter().map(Breakdown::to_string);
            std::iter::once(String::new()).chain(bands).chain(groups).collect()
        }),
        "Empty for all people, a pay band, or one ethnic group compared with white staff.",
    ),
    column("authorities", Holds::Always, "How many authorities contribute to this very figure."),
    column(
        "minoritised_numerator",
        Holds::Anything,
        "{Term} staff (or the one group of the breakdown) to whom it happened; on indicator 1, those in the pay band.",
    ),
    column(
        "minoritised_denominator",
        Holds::Anything,
        "{Term} staff (or the one group of the breakdown) to whom it could happen; on indicator 1, everybody in the pay band.",
    ),
    column(
        "white_numerator",
        Holds::Anything,
        "White staff to whom it happened; on indicator 1, those in the pay band.",
    ),
    column(
        "white_denominator",
        Holds::Anything,
        "White staff to whom it could happen; on indicator 1, everybody in the pay band.",
    ),
    column("minoritised_rate", Holds::Proportion, "The first numerator divided by its denominator, as a proportion."),
    column("white_rate", Holds::Proportion, "The white numerator divided by its denominator, as a proportion."),
    column(
        "relative_likelihood",
        Holds::Anything,
        "The {term} rate divided by the white rate: 1 means equally likely. Empty where there is no ratio.",
    ),
    column(
        "lower_95",
        Holds::Anything,
        "The lower limit of the confidence interval: of the relative likelihood (Koopman score); on indicator 1, of the share as a proportion (Wilson score).",
    ),
    column(
        "upper_95",
        Holds::Anything,
        "The upper limit of the confidence interval: of the relative likelihood (Koopman score); on indicator 1, of the share as a proportion (Wilson score).",
    ),
    column("p_value", Holds::Proportion, "The p-value of the score test that the relative likelihood is 1."),
    column(
        "difference",
        Holds::Signed,
        "The {term} rate less the white rate, as a proportion; on indicator 1, the band's share less the share of all bands together.",
    ),
    column(
        "result",
        Holds::OneOf(|_| {
            let outcomes = [
                Outcome::Disadvantage,
                Outcome::Advantage,
                Outcome::PossibleDisadvantage,
                Outcome::PossibleAdvantage,
                Outcome::NoClearDifference,
                Outcome::TooFew,
            ];
            owned(outcomes.map(Outcome::id))
        }),
        "What the evidence allows to say of {term} staff.",
    ),
    column(
        "marker",
        Holds::OneOf(|_| owned([Marker::C, Marker::X, Marker::Z, Marker::U].map(Marker::id))),
        "Why something is missing or weak: c confidential, x not available, z not applicable, u low reliability.",
    ),
    column(
        "detectable_below",
        Holds::Anything,
        "The ratio below 1 and nearest to it that the test finds four times in five among so many people, at England's white rate.",
    ),
    column(
        "detectable_above",
        Holds::Anything,
        "The ratio above 1 and nearest to it that the test finds four times in five among so many people, at England's white rate.",
    ),
    column(
        "coarser",
        Holds::Anything,
        "Which counts are rounded to more than the round's step, each with its step; empty where none is.",
    ),
];

fn owned<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

/// The description of a column; one that has none is an error.
pub fn described(id: &str) -> Result<&'static Described> {
    DESCRIPTIONS
        .iter()
        .find(|described| described.id == id)
        .with_context(|| format!("the column `{id}` is not described: please report this"))
}
