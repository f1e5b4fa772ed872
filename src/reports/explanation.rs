//! One figure explained to the report author: exact, from the cells to the words that the report uses.

mod exact;
mod topic;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value as Shown};
use serde::Serialize;
use serde_json::{Value, json};

use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};
use crate::statistics::{AreaType, Edition, Exact, Explanation, GroupFigures, Marker, Outcome, Statistic, method};

pub use topic::Topic;

use super::case::Case;
use super::columns::{COLUMNS, Column};
use super::narrative::Narrative;
use super::{figures, views, words};

/// What each edition does with a figure: `shown`, or the marker of what is missing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Protection {
    /// In the edition for the authority alone, and its national report.
    pub own: Option<String>,
    /// In the edition for everybody.
    pub public: Option<String>,
}

impl Protection {
    /// Notes how an edition publishes the figure.
    pub fn note(&mut self, edition: Edition, published: &Statistic) {
        let counts = [&published.minoritised, &published.white];
        let shown = counts.iter().any(|group| group.denominator.is_some());
        let word = match published.marker {
            Some(Marker::C) => "c",
            Some(marker) if !shown => marker.id(),
            _ => "shown",
        };
        match edition {
            Edition::Own => self.own = Some(word.to_owned()),
            Edition::Public => self.public = Some(word.to_owned()),
        }
    }
}

/// What an explanation is put together from.
#[derive(Clone, Copy)]
pub struct Explained<'a> {
    /// The round of the figure.
    pub round: &'a Round,
    /// The indicators.
    pub standard: &'a Standard,
    /// The indicator of the figure.
    pub indicator: &'a Indicator,
    /// The figure with everything behind it.
    pub explanation: &'a Explanation,
    /// What the editions do with it.
    pub protection: &'a Protection,
}

/// A row of a data file as an object: its columns, numbers as numbers, what is empty as null.
pub fn published(statistic: &Statistic, year: i32) -> Value {
    let cell = |column: &Column| (column.id.to_owned(), column.json(statistic, year));
    Value::Object(COLUMNS.iter().map(cell).collect())
}

fn group(figures: &GroupFigures) -> Value {
    let GroupFigures { numerator, denominator, rate, lower, upper } = figures;
    json!({"numerator": numerator, "denominator": denominator, "rate": rate, "lower": lower, "upper": upper})
}

/// The figure as JSON: exact numbers in full precision, and the row that is published.
pub fn json(explained: Explained<'_>) -> Result<String> {
    let Explained { explanation, protection, indicator, .. } = explained;
    let Explanation { exact, published: row, year, kind, .. } = explanation;
    let share = *kind == Kind::Share;
    let ratio = exact.p_value.map(|p_value| {
        json!({
            "value": exact.ratio.map(|ratio| ratio.value),
            "lower": exact.ratio.map(|ratio| ratio.lower),
            "upper": exact.ratio.map(|ratio| ratio.upper),
            "p_value": p_value,
            "method": "koopman-score",
        })
    });
    let difference = exact.difference.map(|difference| {
        json!({
            "value": difference.value,
            "lower": difference.lower,
            "upper": difference.upper,
            "method": difference.lower.map(|_| "newcombe"),
        })
    });
    let pooled = explanation.pooled.map(|pooled| {
        let ratio = pooled.mantel_haenszel;
        let heterogeneity = pooled.heterogeneity;
        json!({
            "mantel_haenszel": {"value": ratio.value, "lower": ratio.lower, "upper": ratio.upper},
            "q": heterogeneity.map(|found| found.q),
            "q_p_value": heterogeneity.map(|found| found.q_p_value),
            "i2": heterogeneity.map(|found| found.i2),
            "tau2": heterogeneity.map(|found| found.tau2),
            "authorities": pooled.authorities,
        })
    });
    let changes = explanation.changes.iter().map(|pair| {
        json!({
            "area_code": pair.after.area.code,
            "from": pair.from,
            "to": pair.to,
            "value": pair.change.map(|change| change.value),
            "lower": pair.change.map(|change| change.lower),
            "upper": pair.change.map(|change| change.upper),
            "direction": pair.change.map(|change| change.direction),
            "method": if share { "newcombe" } else { "log-ratio" },
        })
    });
    let value = json!({
        "year": year,
        "area": {"type": exact.area.kind, "code": exact.area.code, "name": exact.area.name},
        "indicator": indicator.id,
        "service": exact.scope,
        "breakdown": Some(&exact.breakdown).filter(|breakdown| !breakdown.is_whole()),
        "authorities": exact.authorities,
        "minoritised": group(&exact.minoritised),
        "white": group(&exact.white),
        "relative_likelihood": ratio,
        "difference": difference,
        "at_parity": exact.at_parity,
        "pooled": pooled,
        "wider_interval": explanation.clustered.map(|found| {
            json!({
                "deviation": found.deviation,
                "lower": found.lower,
                "upper": found.upper,
                "authorities": found.authorities,
                "method": "clusters",
            })
        }),
        "doubts": row.doubts,
        "position": explanation.position,
        "positions": explanation.positions,
        "spread": explanation.spread,
        "detectable": row.detectable.ok().map(|found| {
            json!({"below": found.below, "above": found.above, "method": "detectable"})
        }),
        "adjusted_p_value": row.adjusted_p_value,
        "together": explanation.together,
        "changes": changes.collect::<Vec<_>>(),
        "result": exact.result.map(Outcome::id),
        "protection": protection,
        "published": published(row, *year),
        "inputs": explanation.inputs,
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

/// The words that the report uses for the figure.
fn words(explained: Explained<'_>, narrative: &Narrative) -> Result<String> {
    let Explained { round, standard, indicator, explanation, .. } = explained;
    let text = match explanation.kind {
        _ if !explanation.exact.breakdown.is_whole() => {
            "{% from \"phrases/sentences.txt\" import spoken %}{{ spoken(figure.breakdown_label, figure, indicator) }}"
        }
        _ => "{% from \"phrases/sentences.txt\" import finding %}{{ finding(figure, indicator, round) }}",
    };
    let context = context! {
        figure => Shown::from(Serde(views::figure(&explanation.published, round, explanation.year))),
        indicator => Shown::from(Serde(views::indicator(indicator, round, standard))),
        round => Shown::from(Serde(views::round(round, None))),
    };
    let text = narrative.render_text("the words of the report", text, context)?;
    Ok(figures::spaced(&figures::plain(&text)))
}

/// An explanation in parts, for a page.
#[derive(Clone, Debug, Serialize)]
pub struct Parts {
    /// The words that the report uses.
    pub words: String,
    /// The formula with its exact numbers, and what is computed beside it, a line each.
    pub formula: Vec<String>,
    /// What the editions do with it.
    pub protection: String,
    /// The methods, with their sources.
    pub methods: Vec<String>,
}

/// The parts of an explanation that people read.
pub fn parts(explained: Explained<'_>, templates: &Path) -> Result<Parts> {
    let Explained { explanation, round, .. } = explained;
    let lines = |text: &str| text.lines().skip(2).map(|line| line.trim().to_owned()).collect();
    let (mut formula, mut used) = (String::new(), String::new());
    exact::exact(&mut formula, explanation)?;
    methods(&mut used, explanation)?;
    Ok(Parts {
        words: words(explained, &Narrative::load(templates)?)?,
        formula: lines(&formula),
        protection: protected(&explanation.exact, round),
        methods: lines(&used),
    })
}

/// The figure for people: what is published, how it comes about, and from which cells.
pub fn human(explained: Explained<'_>, templates: &Path) -> Result<String> {
    let Explained { indicator, explanation, protection, round, .. } = explained;
    let Explanation { exact, published, year, .. } = explanation;
    let words = words(explained, &Narrative::load(templates)?)?;
    let mut text = String::new();
    let breakdown = if exact.breakdown.is_whole() { String::new() } else { format!(", {}", exact.breakdown) };
    let scope = exact.scope.label().to_lowercase();
    writeln!(text, "Indicator {}: {}", indicator.id, indicator.name)?;
    writeln!(text, "{} ({}), {year}, {scope}{breakdown}", exact.area.name, exact.area.code)?;
    writeln!(text, "id: {}", exact.id(*year))?;
    writeln!(text, "\nWhat is published\n  {words}")?;
    let view = views::figure(published, round, *year);
    writeln!(
        text,
        "  minoritised {} of {}: {}",
        view.minoritised.numerator.text(),
        view.minoritised.denominator.text(),
        view.minoritised.rate.text()
    )?;
    writeln!(
        text,
        "  white {} of {}: {}",
        view.white.numerator.text(),
        view.white.denominator.text(),
        view.white.rate.text()
    )?;
    if explanation.kind != Kind::Share {
        writeln!(text, "  ratio {} ({}), result: {}", view.ratio.text(), view.interval.text(), view.result_label)?;
        writeln!(
            text,
            "  more or fewer cases at parity {} ({})",
            view.at_parity.text(),
            view.at_parity_interval.text()
        )?;
    }
    if published.wider.is_some_and(|wider| wider.includes_1) {
        writeln!(text, "  the interval that allows for how authorities differ includes 1 (see clusters below)")?;
    }
    if let Ok(found) = published.detectable {
        let of = |ratio: Option<f64>| ratio.map_or_else(|| "none".to_owned(), |ratio| format!("{ratio:.4}"));
        writeln!(text, "  could have been seen: below 1 {}, above 1 {}", of(found.below), of(found.above))?;
    }
    let interval = match view.has_difference_interval {
        true => format!(" ({})", view.difference_interval.text()),
        false => String::new(),
    };
    writeln!(text, "  difference {} percentage points{interval}", view.difference.text())?;
    if let Some(adjusted) = published.adjusted_p_value {
        let stands =
            if published.doubts.many { "a difference that is possible only" } else { "see benjamini-hochberg below" };
        writeln!(text, "  p-value adjusted for the comparisons beside it {adjusted:.4}: {stands}")?;
    }
    for pair in &explanation.changes {
        if let Some(change) = pair.change {
            writeln!(
                text,
                "  change from {} to {} ({}): {:.4} ({:.4} to {:.4})",
                pair.from, pair.to, pair.after.area.code, change.value, change.lower, change.upper
            )?;
        }
    }
    if let Some(together) = &explanation.together {
        let years: Vec<String> = together.years.iter().map(i32::to_string).collect();
        let ratio = together.ratio.map_or_else(
            || "no ratio".to_owned(),
            |ratio| format!("{:.4} ({:.4} to {:.4})", ratio.value, ratio.lower, ratio.upper),
        );
        writeln!(
            text,
            "  rounds {} together: {ratio}, {}",
            years.join(", "),
            words::lowered(Case::words(together.result))
        )?;
    }
    let edition = |word: &Option<String>| match word.as_deref() {
        None => "not worked out".to_owned(),
        Some("shown") => "shown".to_owned(),
        Some(marker) => format!("[{marker}]"),
    };
    writeln!(
        text,
        "\nProtection\n  edition own: {}; edition public: {}",
        edition(&protection.own),
        edition(&protection.public)
    )?;
    writeln!(text, "  {}", protected(exact, round))?;
    exact::exact(&mut text, explanation)?;
    methods(&mut text, explanation)?;
    inputs(&mut text, explanation)?;
    Ok(text)
}

fn protected(exact: &Exact, round: &Round) -> String {
    let settings = &round.settings.disclosure;
    match exact.area.kind {
        AreaType::Authority => format!(
            "In edition own an authority's figures are exact; in edition public counts of 1 to {} are withheld and others rounded to {}.",
            settings.threshold.saturating_sub(1),
            settings.rounding
        ),
        _ => format!(
            "Published from counts rounded to {}; withheld with fewer than {} authorities, or where one holds more than {}%.",
            settings.rounding,
            settings.minimum_contributors,
            settings.dominance * 100.0
        ),
    }
}

fn methods(text: &mut String, explanation: &Explanation) -> Result<()> {
    let mut used = match explanation.kind {
        Kind::Share => vec!["wilson"],
        _ => vec!["ratio", "koopman-score", "score-test", "wilson", "newcombe", "at-parity"],
    };
    used.extend(explanation.published.detectable.ok().map(|_| "detectable"));
    used.extend(explanation.pooled.map(|_| ["mantel-haenszel", "heterogeneity"]).into_iter().flatten());
    used.extend(explanation.clustered.map(|_| "clusters"));
    used.extend(explanation.position.map(|_| "over-dispersion"));
    used.extend(explanation.published.adjusted_p_value.map(|_| "benjamini-hochberg"));
    used.extend((!explanation.changes.is_empty()).then_some(if explanation.kind == Kind::Share {
        "newcombe"
    } else {
        "log-ratio"
    }));
    writeln!(text, "\nMethods")?;
    for found in used.into_iter().filter_map(method) {
        writeln!(text, "  {}: {} ({})", found.id, found.name, found.reference)?;
    }
    Ok(())
}

fn inputs(text: &mut String, explanation: &Explanation) -> Result<()> {
    writeln!(text, "\nInputs: {} cells", explanation.inputs.len())?;
    for input in &explanation.inputs {
        let band = if input.breakdown.is_empty() { String::new() } else { format!(" {}", input.breakdown) };
        let answer = if input.answer.is_empty() { "blank" } else { &input.answer };
        writeln!(
            text,
            "  {} {}, {}: {} {}{band} {} = {answer}",
            input.authority_code, input.file, input.location, input.service, input.measure, input.ethnicity
        )?;
    }
    Ok(())
}
