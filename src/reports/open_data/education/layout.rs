//! Which columns of the figures stand in which file for Explore Education Statistics, and under which names.

use crate::reports::columns::{COLUMNS, Column};
use crate::round::Round;
use crate::statistics::Statistic;

/// A pair of files.
pub struct Layout {
    /// The name without an ending; the same every year.
    pub name: &'static str,
    /// What the file of data is.
    pub text: &'static str,
    /// What the file of metadata is.
    pub text_of_metadata: &'static str,
    /// Which figures it holds.
    pub holds: fn(&Statistic) -> bool,
    /// What divides them.
    pub filters: &'static [Filter],
    /// What is measured.
    pub measured: &'static [Measured],
}

/// A column that divides.
pub struct Filter {
    /// Its name.
    pub name: &'static str,
    /// What readers see.
    pub label: &'static str,
    /// What it is for.
    pub hint: &'static str,
}

/// A column of what is measured.
pub struct Measured {
    /// The column of the figures that it is.
    pub column: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What readers see.
    pub label: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// How many decimals are shown.
    pub decimals: &'static str,
}

/// What an indicator is counted in.
#[derive(Clone, Copy)]
pub enum Unit {
    /// Nothing.
    None,
    /// Per cent.
    Percent,
    /// Percentage points.
    Points,
}

const fn filter(name: &'static str, label: &'static str, hint: &'static str) -> Filter {
    Filter { name, label, hint }
}

const fn measured(
    column: &'static str,
    name: &'static str,
    label: &'static str,
    group: &'static str,
    unit: Unit,
    decimals: &'static str,
) -> Measured {
    Measured { column, name, label, group, unit, decimals }
}

const TYPE: Filter = filter("authority_type", "Type of authority", "Total is all authorities of the area");
/// In rounds that name groups.
pub const GROUP: &str = "authority_group";
const PEERS: Filter = filter(GROUP, "Group of like authorities", "Total is all authorities of the area");
const SERVICE: Filter = filter("service_type", "Service", "Total is adults' and children's services together");
const MEASURE: Filter = filter("measure", "Measure", "The indicator of the standard");
const ETHNICITY: Filter = filter("ethnicity_major", "Ethnic group compared with White", "Total is {terms} together");
const BAND: Filter = filter("pay_band", "Pay band", "The bands of the round");

impl Layout {
    /// What divides the figures of a round.
    pub fn filters(&self, round: &Round) -> impl Iterator<Item = &'static Filter> + Clone {
        let groups = round.settings.groups.is_some();
        self.filters.iter().filter(move |filter| filter.name != GROUP || groups)
    }

    /// What is measured and stands in a column of the figures.
    pub fn columns(&self) -> impl Iterator<Item = (&'static Measured, &'static Column)> {
        let column = |one: &Measured| COLUMNS.iter().find(|column| column.id == one.column);
        self.measured.iter().filter_map(move |one| Some((one, column(one)?)))
    }

    /// Counts with their steps, such as `white_denominator:20`, under the names that they have in this file.
    pub fn in_names(&self, counts: &str) -> String {
        let mut steps: Vec<String> = Vec::new();
        for (column, step) in counts.split(';').filter_map(|count| count.split_once(':')) {
            let name = |column: &str| self.measured.iter().find(|one| one.column == column).map(|one| one.name);
            // A share has one denominator, which stands here once.
            let name = name(column).or_else(|| name(&column.replace("white", "minoritised"))).unwrap_or(column);
            let step = format!("{name}:{step}");
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        if steps.is_empty() { "none".to_owned() } else { steps.join(";") }
    }
}

const PEOPLE: &str = "People";
const RATES: &str = "Rates";
const LIKELIHOOD: &str = "Relative likelihood";
const WHAT: &str = "What can be said";
const SHARES: &str = "Shares";

/// Both pairs.
pub const LAYOUTS: &[Layout] = &[COMPARISONS, PAY_BANDS];

const COMPARISONS: Layout = Layout {
    name: "sc-wres-comparisons",
    text: "For Explore Education Statistics: comparisons",
    text_of_metadata: "For Explore Education Statistics: comparisons, metadata",
    holds: |row| !row.breakdown.is_pay_band(),
    filters: &[TYPE, PEERS, SERVICE, MEASURE, ETHNICITY],
    measured: &[
        measured("authorities", "authorities_count", "Authorities that contribute", PEOPLE, Unit::None, "0"),
        measured("minoritised_numerator", "events_count", "Events in the ethnic group", PEOPLE, Unit::None, "0"),
        measured("minoritised_denominator", "people_count", "People in the ethnic group", PEOPLE, Unit::None, "0"),
        measured("white_numerator", "comparator_events_count", "Events in the White group", PEOPLE, Unit::None, "0"),
        measured("white_denominator", "comparator_people_count", "People in the White group", PEOPLE, Unit::None, "0"),
        measured("coarser", "coarser_rounding", "Counts rounded more coarsely", PEOPLE, Unit::None, "0"),
        measured("minoritised_rate", "events_percent", "Rate in the ethnic group", RATES, Unit::Percent, "1"),
        measured("white_rate", "comparator_events_percent", "Rate in the White group", RATES, Unit::Percent, "1"),
        measured("difference", "events_percent_difference", "Difference of the rates", RATES, Unit::Points, "1"),
        measured("relative_likelihood", "likelihood_ratio", "Relative likelihood", LIKELIHOOD, Unit::None, "2"),
        measured("lower_95", "likelihood_ratio_lower_ci", "Lower limit", LIKELIHOOD, Unit::None, "2"),
        measured("upper_95", "likelihood_ratio_upper_ci", "Upper limit", LIKELIHOOD, Unit::None, "2"),
        measured("p_value", "p_value", "p-value", LIKELIHOOD, Unit::None, "4"),
        measured("result", "result", "Result", WHAT, Unit::None, "0"),
        measured(
            "detectable_below",
            "detectable_ratio_below",
            "Ratio below 1 that could have been seen",
            WHAT,
            Unit::None,
            "2",
        ),
        measured(
            "detectable_above",
            "detectable_ratio_above",
            "Ratio above 1 that could have been seen",
            WHAT,
            Unit::None,
            "2",
        ),
    ],
};

const PAY_BANDS: Layout = Layout {
    name: "sc-wres-pay-bands",
    text: "For Explore Education Statistics: pay bands",
    text_of_metadata: "For Explore Education Statistics: pay bands, metadata",
    holds: |row| row.breakdown.is_pay_band(),
    filters: &[TYPE, PEERS, SERVICE, BAND],
    measured: &[
        measured("authorities", "authorities_count", "Authorities that contribute", PEOPLE, Unit::None, "0"),
        measured("minoritised_denominator", "staff_count", "Staff in the pay band", PEOPLE, Unit::None, "0"),
        measured("minoritised_numerator", "minoritised_staff_count", "{Term} staff", PEOPLE, Unit::None, "0"),
        measured("white_numerator", "comparator_staff_count", "White staff", PEOPLE, Unit::None, "0"),
        measured("coarser", "coarser_rounding", "Counts rounded more coarsely", PEOPLE, Unit::None, "0"),
        measured("minoritised_rate", "minoritised_staff_percent", "Share of {term} staff", SHARES, Unit::Percent, "1"),
        measured(
            "lower_95",
            "minoritised_staff_percent_lower_ci",
            "Lower limit of the share",
            SHARES,
            Unit::Percent,
            "1",
        ),
        measured(
            "upper_95",
            "minoritised_staff_percent_upper_ci",
            "Upper limit of the share",
            SHARES,
            Unit::Percent,
            "1",
        ),
        measured("white_rate", "comparator_staff_percent", "Share of White staff", SHARES, Unit::Percent, "1"),
        measured(
            "difference",
            "minoritised_staff_percent_difference",
            "Share less the share of all bands",
            SHARES,
            Unit::Points,
            "1",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns that are told by time, place and filters, and by symbols in cells.
    const OTHERWISE: [&str; 8] =
        ["year", "area_type", "area_code", "area_name", "service", "indicator", "breakdown", "marker"];

    #[test]
    fn every_column_has_its_place() {
        for column in &COLUMNS {
            let placed = LAYOUTS.iter().any(|layout| layout.measured.iter().any(|one| one.column == column.id));
            let known = placed || OTHERWISE.contains(&column.id);
            assert!(known, "{} has no place in the files for Explore Education Statistics", column.id);
        }
    }

    #[test]
    fn counts_that_are_rounded_more_coarsely_have_the_names_of_their_file() {
        let counts = "minoritised_denominator:10;white_denominator:20";
        assert_eq!(COMPARISONS.in_names(counts), "people_count:10;comparator_people_count:20");
        assert_eq!(PAY_BANDS.in_names(counts), "staff_count:10;staff_count:20");
        assert_eq!(PAY_BANDS.in_names("minoritised_denominator:20;white_denominator:20"), "staff_count:20");
        assert_eq!(PAY_BANDS.in_names(""), "none");
    }
}
