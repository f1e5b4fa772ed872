//! The standard: measures and indicators as data, and the checks on them.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::configuration;

/// The measures that are counted and the indicators made of them, in printed order.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// What authorities count.
    pub measures: Vec<Measure>,
    /// What the reports compare.
    pub indicators: Vec<Indicator>,
}

impl Standard {
    /// The indicator with this identifier.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// The measure with this identifier.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }
}

/// A count of people that a submission gives for each service and ethnic group.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The identifier in files.
    pub id: String,
    /// The row's label in a workbook and in print.
    pub label: String,
    /// What to count, in plain words.
    pub guidance: String,
    /// The measure that this one is a part of and cannot exceed.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Whether it is counted for each pay band.
    #[serde(default)]
    pub by_band: bool,
    /// When it is counted: within twelve months more may happen to people than are in post on one day.
    #[serde(default)]
    pub period: Period,
    /// The least and the largest share of its whole that is no reason to ask, all groups together.
    #[serde(default)]
    pub plausible: Option<[f64; 2]>,
}

/// The time that an indicator is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// One day.
    #[default]
    Snapshot,
    /// The year up to the snapshot.
    TwelveMonths,
}

/// What an indicator reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The share of staff from minoritised ethnic groups in each pay band.
    Share,
    /// The rate of minoritised ethnic staff divided by that of white staff.
    Likelihood,
    /// The rate of each group, and their difference.
    Rate,
    /// The share among those counted minus the share among all staff.
    RepresentationGap,
}

/// The side of 1 on which a ratio means disadvantage for minoritised ethnic staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Adverse {
    /// A ratio above 1, such as in disciplinary processes.
    Above,
    /// A ratio below 1, such as in appointments.
    Below,
    /// No ratio: a share that falls as pay rises.
    Falling,
}

/// The words an indicator is told in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Whom the denominator counts: "shortlisted candidates".
    pub people: String,
    /// After "more likely": "to be appointed".
    pub likely: String,
    /// After "no": "appointments".
    pub cases: String,
    /// One of them: "appointment".
    pub case: String,
    /// What the rate is of: "shortlisted candidates who were appointed".
    pub rate: String,
}

/// One of the indicators of the standard.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The identifier: `1` to `9`, `7a` and `7b`.
    pub id: String,
    /// The name as a heading.
    pub name: String,
    /// The name where there is little room.
    pub short_name: String,
    /// The chapter of a pack that it stands in with others; its name where it stands alone.
    #[serde(default)]
    pub chapter: Option<String>,
    /// What it is about in everyday words, for staff; its shorter name where it has none.
    #[serde(default)]
    pub plain: Option<String>,
    /// What is reported, unless a round says otherwise.
    pub kind: Kind,
    /// The measure on top.
    pub numerator: String,
    /// The measure below; for a share, the measure that the bands are parts of.
    pub denominator: String,
    /// The time it is about.
    pub period: Period,
    /// When it means disadvantage.
    pub adverse: Adverse,
    /// What it measures, in one or two plain sentences.
    pub definition: String,
    /// Why it matters, in one or two plain sentences.
    pub why: String,
    /// The words it is told in.
    pub wording: Wording,
    /// What an action plan about it is about: a row of its table each, such as "Staff voice".
    #[serde(default)]
    pub themes: Vec<String>,
    /// Questions worth asking locally.
    pub prompts: Vec<String>,
}

/// Reads `standard.yaml` and checks that measures and indicators fit together.
pub fn read(data: &Path) -> Result<Standard> {
    let path = data.join("standard.yaml");
    let standard: Standard = configuration::read(&path)?;
    check(&standard).with_context(|| format!("{} cannot be used", path.display()))?;
    Ok(standard)
}

fn check(standard: &Standard) -> Result<()> {
    ensure!(!standard.measures.is_empty() && !standard.indicators.is_empty(), "it needs measures and indicators");
    for (index, measure) in standard.measures.iter().enumerate() {
        let twice = standard.measures[..index].iter().any(|other| other.id == measure.id);
        ensure!(!twice, "the measure `{}` stands twice", measure.id);
        let whole = measure.part_of.as_deref();
        ensure!(
            whole.is_none_or(|whole| standard.measure(whole).is_some()),
            "the measure `{}` is part of `{}`, which does not exist",
            measure.id,
            whole.unwrap_or_default(),
        );
        ensure!(
            measure.plausible.is_none_or(|[low, high]| 0.0 <= low && low < high && high <= 1.0 && whole.is_some()),
            "the measure `{}`: `plausible` is the least and the largest share of the measure it is a part of",
            measure.id,
        );
    }
    for (index, indicator) in standard.indicators.iter().enumerate() {
        let id = &indicator.id;
        let twice = standard.indicators[..index].iter().any(|other| other.id == *id);
        ensure!(!twice, "the indicator `{id}` stands twice");
        for measure in [&indicator.numerator, &indicator.denominator] {
            ensure!(
                standard.measure(measure).is_some(),
                "indicator {id} needs the measure `{measure}`, which does not exist"
            );
        }
        let share = indicator.kind == Kind::Share;
        let by_band = standard.measure(&indicator.numerator).is_some_and(|measure| measure.by_band);
        ensure!(share == by_band, "indicator {id}: a share, and only a share, has a numerator counted by pay band");
        ensure!(
            share == (indicator.adverse == Adverse::Falling),
            "indicator {id}: `adverse: falling` goes with a share only"
        );
    }
    Ok(())
}
