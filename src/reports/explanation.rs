//! One figure explained to the report author: exact, from the cells to the words that the report uses.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value as Shown};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::round::Round;
use crate::standard::{Indicator, Kind, Standard};
use crate::statistics::{
    AreaType, Coverage, Edition, Explanation, GroupFigures, InputCount, Marker, Outcome, Quality, Share, Statistic,
    method,
};

use super::narrative::Narrative;
use super::{figures, tables, views};

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
    let cell = |(name, text): (&&str, String)| {
        let words = ["area_type", "area_code", "area_name", "service", "indicator", "breakdown", "result", "marker"];
        let value = match text.as_str() {
            "" => Value::Null,
            _ if words.contains(name) => Value::from(text),
            number => serde_json::from_str(number).unwrap_or_else(|_| Value::from(number)),
        };
        ((*name).to_owned(), value)
    };
    Value::Object(tables::COLUMNS.iter().zip(tables::row(year, statistic)).map(cell).collect::<Map<String, Value>>())
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
        "position": explanation.position,
        "positions": explanation.positions,
        "spread": explanation.spread,
        "adjusted_p_value": row.adjusted_p_value,
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
    let interval = match view.has_difference_interval {
        true => format!(" ({})", view.difference_interval.text()),
        false => String::new(),
    };
    writeln!(text, "  difference {} percentage points{interval}", view.difference.text())?;
    if let Some(adjusted) = published.adjusted_p_value {
        let stands = if published.tentative { "a flag that is possible only" } else { "see benjamini-hochberg below" };
        writeln!(text, "  p-value adjusted for the authority's other indicators {adjusted:.4}: {stands}")?;
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
    exact_part(&mut text, explanation)?;
    methods(&mut text, explanation)?;
    inputs(&mut text, explanation)?;
    Ok(text)
}

fn protected(exact: &Statistic, round: &Round) -> String {
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

/// The formula with the exact numbers put in.
fn exact_part(text: &mut String, explanation: &Explanation) -> Result<()> {
    let exact = &explanation.exact;
    let authorities = crate::finding::plural(exact.authorities, "authority");
    writeln!(text, "\nExact, before protection (not for publication): {authorities}")?;
    let (Some(a), Some(m)) = (exact.minoritised.numerator, exact.minoritised.denominator) else {
        writeln!(text, "  no figure: {}", exact.marker.map_or("not available", Marker::id))?;
        return Ok(());
    };
    let limits = |group: &GroupFigures| match group.lower.zip(group.upper) {
        Some((lower, upper)) => format!("{lower:.6} to {upper:.6}"),
        None => "no interval".to_owned(),
    };
    if explanation.kind == Kind::Share {
        let rate = exact.minoritised.rate.unwrap_or(f64::NAN);
        writeln!(text, "  share = {a} / {m} = {rate:.6} ({})", limits(&exact.minoritised))?;
    } else if let (Some(b), Some(w)) = (exact.white.numerator, exact.white.denominator) {
        let rate =
            |group: &GroupFigures| group.rate.map_or_else(|| "not defined".to_owned(), |rate| format!("{rate:.6}"));
        writeln!(
            text,
            "  minoritised rate = {a} / {m} = {} ({})",
            rate(&exact.minoritised),
            limits(&exact.minoritised)
        )?;
        writeln!(text, "  white rate       = {b} / {w} = {} ({})", rate(&exact.white), limits(&exact.white))?;
        match exact.ratio {
            Some(ratio) => writeln!(
                text,
                "  ratio = ({a} / {m}) / ({b} / {w}) = {} / {} = {:.6} ({:.6} to {:.6})",
                rate(&exact.minoritised),
                rate(&exact.white),
                ratio.value,
                ratio.lower,
                ratio.upper
            )?,
            None => writeln!(text, "  ratio = ({a} / {m}) / ({b} / {w}) is not defined [z]")?,
        }
        if let Some(p) = exact.p_value {
            writeln!(text, "  p-value of a ratio of 1 = {p:.6}")?;
        }
        if let Some(parity) = exact.at_parity {
            writeln!(
                text,
                "  cases at parity = {m} x ({b} / {w} - {a} / {m}) = {:.4} ({:.4} to {:.4})",
                parity.value, parity.lower, parity.upper
            )?;
        }
    }
    if let Some(difference) = exact.difference {
        write!(text, "  difference = {:.6}", difference.value)?;
        if let Some((lower, upper)) = difference.lower.zip(difference.upper) {
            write!(text, " ({lower:.6} to {upper:.6})")?;
        }
        writeln!(text)?;
    }
    if let Some(result) = exact.result {
        writeln!(text, "  result: {}", result.id())?;
    }
    if let Some(pooled) = explanation.pooled {
        let ratio = pooled.mantel_haenszel;
        writeln!(
            text,
            "  Mantel-Haenszel ratio of {} authorities = {:.6} ({:.6} to {:.6})",
            pooled.authorities, ratio.value, ratio.lower, ratio.upper
        )?;
        if let Some(found) = pooled.heterogeneity {
            writeln!(
                text,
                "  Q = {:.4}, p = {:.6}, I2 = {:.2}%, tau2 = {:.6}, from {} authorities",
                found.q, found.q_p_value, found.i2, found.tau2, found.strata
            )?;
        }
    }
    if let Some(counts) = explanation.positions {
        writeln!(
            text,
            "  positions: {} above expected, {} as expected, {} below, of {}",
            counts.above, counts.as_expected, counts.below, counts.of
        )?;
    }
    if let Some(spread) = explanation.spread {
        writeln!(
            text,
            "  spread, as published: 10th percentile {:.3}, quartiles {:.3}, {:.3}, {:.3}, 90th percentile {:.3}, of {}",
            spread.p10, spread.lower_quartile, spread.median, spread.upper_quartile, spread.p90, spread.authorities
        )?;
    }
    if let Some(position) = explanation.position {
        let label = serde_json::to_value(position.expected)?;
        writeln!(
            text,
            "  position: z = {:.4}, adjusted {:.4}: {}; quartile {}, rank {} to {} of {}",
            position.z,
            position.z_adjusted,
            label.as_str().unwrap_or_default(),
            position.quartile,
            position.rank.0,
            position.rank.1,
            position.of
        )?;
    }
    Ok(())
}

/// A count of the report that is of no indicator, such as how many authorities took part, and what it was counted from.
pub struct Topic {
    /// Its id without the last part: `2024/england/participation/all`.
    pub id: String,
    /// How it is counted, in words.
    pub method: String,
    /// What the report prints, by the last part of the id.
    pub values: Value,
    /// What was counted.
    pub counted: Value,
}

impl Topic {
    /// Who took part in England, a region or of a type.
    pub fn participation(coverage: &Coverage, year: i32, area: &str) -> Option<Self> {
        let shares = coverage.regions.iter().chain(&coverage.types);
        let share: Option<&Share> = shares.into_iter().find(|share| share.code == area);
        let values = match share {
            Some(share) => {
                json!({"england": share.england, "registered": share.registered, "submitted": share.submitted})
            }
            None if area == "england" => {
                let services = coverage.services.iter().map(|(service, count)| (service.id().to_owned(), json!(count)));
                let services: Map<String, Value> = services.collect();
                json!({
                    "england": coverage.england,
                    "registered": coverage.registered,
                    "submitted": coverage.submitted,
                    "rejected": coverage.rejected,
                    "services": services,
                    "staff": coverage.staff,
                })
            }
            None => return None,
        };
        let here = |one: &&crate::statistics::Participant| match share {
            Some(share) => one.authority.region == share.name || one.authority.kind == share.name,
            None => true,
        };
        Some(Self {
            id: format!("{year}/{area}/participation/all"),
            method: "authorities of England and of the round's register, and whether their return is in; staff are those of \
                     known and unknown ethnicity in all returns, protected"
                .to_owned(),
            values,
            counted: json!(coverage.participants.iter().filter(here).collect::<Vec<_>>()),
        })
    }

    /// How many people of a measure have a known ethnicity.
    pub fn known_ethnicity(quality: &Quality, year: i32, area: &str, inputs: &[InputCount]) -> Self {
        Self {
            id: format!("{year}/{area}/known-ethnicity/all/{}", quality.measure),
            method: "people of known and of unknown ethnicity, of returns that give all groups and the unknown"
                .to_owned(),
            values: json!({"authorities": quality.authorities, "known": quality.known, "unknown": quality.unknown, "share": quality.share}),
            counted: json!(inputs),
        }
    }

    /// How many figures have which result.
    pub fn results<'a>(figures: impl Iterator<Item = &'a Statistic>, id: String) -> Self {
        let figures: Vec<&Statistic> = figures.collect();
        let summary = views::summary(figures.iter().copied(), &id);
        let result = |figure: &&Statistic| {
            json!({
                "area_code": figure.area.code,
                "indicator": figure.indicator,
                "result": figure.result.map(Outcome::id),
                "possible": figure.tentative,
                "marker": figure.marker.map(Marker::id),
            })
        };
        let values = json!({
            "disadvantage": summary.disadvantage.n,
            "possible_disadvantage": summary.possible.n,
            "advantage": summary.advantage.n,
            "possible_advantage": summary.possible_advantage.n,
            "no_clear_difference": summary.unclear.n,
            "too_few": summary.few.n,
            "missing": summary.missing.n,
            "judged": summary.judged.n,
            "indicators": summary.of.n,
        });
        let counted = json!(figures.iter().map(result).collect::<Vec<_>>());
        Self { id, method: "figures by their published result".to_owned(), values, counted }
    }

    /// As JSON.
    pub fn json(&self) -> Result<String> {
        let Self { id, method, values, counted } = self;
        let value = json!({"id": id, "method": method, "values": values, "counted": counted});
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// For people.
    pub fn human(&self) -> Result<String> {
        let mut text = format!("{}\n\nHow it is counted\n  {}\n\nWhat is published\n", self.id, self.method);
        for (name, value) in self.values.as_object().into_iter().flatten() {
            writeln!(text, "  {name}: {value}")?;
        }
        writeln!(text, "\nWhat was counted")?;
        for one in self.counted.as_array().into_iter().flatten() {
            let parts = one.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
            let parts: Vec<String> = parts.map(|(name, value)| format!("{name} {value}")).collect();
            writeln!(text, "  {}", parts.join(", "))?;
        }
        Ok(text)
    }
}

fn methods(text: &mut String, explanation: &Explanation) -> Result<()> {
    let mut used = match explanation.kind {
        Kind::Share => vec!["wilson"],
        _ => vec!["ratio", "koopman-score", "score-test", "wilson", "newcombe", "at-parity"],
    };
    used.extend(explanation.pooled.map(|_| ["mantel-haenszel", "heterogeneity"]).into_iter().flatten());
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
