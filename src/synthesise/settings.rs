//! Writes `round.yaml` as a report author would like to find it.

/// The pilot's pay bands were each council's own.
const PILOT_BANDS: &str = r#"  - {id: own-lower, label: "Lower bands (each council's own)"}
  - {id: own-middle, label: "Middle bands (each council's own)"}
  - {id: own-upper, label: "Upper bands (each council's own)"}"#;

const BANDS: &str = r#"  - {id: under-30k, label: "Under £30,000"}
  - {id: 30k-to-70k, label: "£30,000 to £69,999"}
  - {id: 70k-and-over, label: "£70,000 and over"}"#;

const PILOT_KINDS: &str = r#"
# The pilot reported these otherwise than the standard: each group's percentage, and for 9 a difference of percentage points.
kinds: {"6": rate, "7a": rate, "7b": rate, "9": representation_gap}
"#;

const BREAKS: &str = r#"
# What cannot be compared with the round before, and why.
breaks:
  "1": "In 2021 each council used pay bands of its own; from 2023 the bands are the same everywhere."
"#;

/// The pay bands' identifiers, from the lowest to the highest.
pub fn band_ids(year: i32) -> [&'static str; 3] {
    match year {
        2021 => ["own-lower", "own-middle", "own-upper"],
        _ => ["under-30k", "30k-to-70k", "70k-and-over"],
    }
}

/// The text of the round's `round.yaml`.
pub fn yaml(year: i32) -> String {
    let next = year + 1;
    let published = match year {
        2021 => "2022-03-29".to_owned(),
        2023 => "2024-04-23".to_owned(),
        _ => format!("{next}-05-13"),
    };
    let (opens, closes) = match year {
        2021 => ("2021-09-06".to_owned(), "2021-10-29".to_owned()),
        2023 => ("2023-09-04".to_owned(), "2023-10-27".to_owned()),
        _ => (format!("{year}-09-02"), format!("{year}-10-31")),
    };
    let bands = if year == 2021 { PILOT_BANDS } else { BANDS };
    let more = match year {
        2021 => PILOT_KINDS,
        2023 => BREAKS,
        _ => "",
    };
    format!(
        r#"# One reporting round. Every setting but year, title, published and pay_bands may be left out; it then has its default.

year: {year}
title: Social Care Workforce Race Equality Standard {year}
status: synthetic             # synthetic | provisional | final; anything but final is printed on every page
published: {published}         # the cover's date and the date of every file: no clock is read

# For the cover of the national report; a round that is final is not built without them:
# publication:
#   contact: equality@example.org
#   lead_statistician: Jane Example
#   next_release: spring of the year after
#   corrections: how mistakes found later are told and mended

window: {{opens: {opens}, closes: {closes}}}   # when returns were taken
snapshot: {year}-03-31          # the day that staff were counted; the 12 months end with it

services: [adults, childrens] # any authority that cannot split them may return `combined`

# From the lowest to the highest. Returns name the id; reports print the label.
pay_bands:
{bands}

indicators: ["1", "2", "3", "4", "5", "6", "7a", "7b", "8", "9"]
{more}
unknown_ethnicity: exclude    # exclude | include: whether staff of unknown ethnicity count in the totals of indicator 1

terms:
  minoritised: "Black, Asian and minoritised ethnic"
  minoritised_short: "minoritised ethnic"

# Counts from 1 to threshold - 1 are withheld, shown counts are rounded; a group of authorities needs so many
# contributors, none of them with a larger share than dominance.
disclosure: {{threshold: 10, rounding: 5, minimum_contributors: 3, dominance: 0.85}}

statistics: {{confidence: 0.95, minimum_base: 30}}   # below minimum_base people a result is "too few to say"
"#
    )
}
