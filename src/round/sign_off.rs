//! Who checked what of a round, when and with which outcome: `sign-off.yaml`, to which entries are added and never taken away.

use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use crate::configuration;

use super::Date;

/// The file's name in the round's folder.
pub const FILE: &str = "sign-off.yaml";

/// That somebody checked a point for these figures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// The point, such as `methods`.
    pub point: String,
    /// Who.
    pub by: String,
    /// When.
    pub date: Date,
    /// With which outcome, in words.
    pub outcome: String,
    /// The digest of the figures that were seen: it holds for no others.
    pub figures: String,
}

impl SignOff {
    /// The entry as it is written under the others; a text in JSON is one in YAML.
    pub fn entry(&self) -> Result<String> {
        let quoted = |text: &str| serde_json::to_string(text);
        Ok(format!(
            "- point: {}\n  by: {}\n  date: {}\n  outcome: {}\n  figures: {}\n",
            self.point,
            quoted(&self.by)?,
            self.date.iso(),
            quoted(&self.outcome)?,
            self.figures
        ))
    }
}

/// Reads the entries of a round's folder, in their order; none where there is no file.
pub(super) fn read(folder: &Path, points: &[String]) -> Result<Vec<SignOff>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    // A file of comments alone holds nothing.
    let entries: Vec<SignOff> = configuration::read::<Option<_>>(&path)?.unwrap_or_default();
    for SignOff { point, .. } in &entries {
        ensure!(
            points.contains(point),
            "{}: `{point}` is no point that round.yaml asks for ({}); did you mean `{}`?",
            path.display(),
            points.join(", "),
            configuration::nearest(point, points.iter().map(String::as_str)).unwrap_or_default()
        );
    }
    Ok(entries)
}

/// The newest entry of each point that is asked for, in the order of the points, and whether it holds for these figures.
pub fn standing<'a>(
    entries: &'a [SignOff],
    points: &'a [String],
    figures: &str,
) -> Vec<(&'a str, Option<&'a SignOff>, bool)> {
    let newest = |point: &'a String| {
        let entry = entries.iter().rev().find(|entry| entry.point == *point);
        (point.as_str(), entry, entry.is_some_and(|entry| entry.figures == figures))
    };
    points.iter().map(newest).collect()
}

/// What is still missing for these figures: points that nobody signed off, and points that were signed off for others.
pub fn missing(entries: &[SignOff], points: &[String], figures: &str) -> Vec<String> {
    let standing = standing(entries, points, figures).into_iter().filter(|(_, _, holds)| !holds);
    standing
        .map(|(point, entry, _)| match entry {
            Some(entry) => format!("{point} ({} saw other figures on {})", entry.by, entry.date.long()),
            None => point.to_owned(),
        })
        .collect()
}
