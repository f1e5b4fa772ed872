//! The command `sign-off`: adds who checked what to the round's `sign-off.yaml`.

use std::fs;

use anyhow::{Context, Result, anyhow, bail, ensure};
use time::OffsetDateTime;

use super::{Outcome, tell};
use crate::cli::{self, Cli};
use crate::configuration;
use crate::finding::quoted;
use crate::output;
use crate::round::{self, Date, SignOff, sign_off};
use crate::standard;

/// Adds an entry for the figures as they were built last; what stands in the file stays.
pub(super) fn sign_off(cli: &Cli, arguments: &cli::SignOff) -> Result<Outcome> {
    let standard = standard::read(&cli.data)?;
    let year = arguments.year;
    let round = round::read(&cli.data, year, &standard)?;
    let points = &round.settings.sign_off;
    if !points.contains(&arguments.point) {
        let nearest = configuration::nearest(&arguments.point, points.iter().map(String::as_str));
        bail!(
            "{} is no point that round.yaml asks for ({}){}",
            quoted(&arguments.point),
            points.join(", "),
            nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
        );
    }
    ensure!(!arguments.by.trim().is_empty(), "--by is empty: whoever answers for it has a name");
    let figures = output::earlier_manifest(&cli.output, year).map(|manifest| manifest.figures).unwrap_or_default();
    ensure!(
        !figures.is_empty(),
        "{} was not built yet: a sign-off is for the figures of a build",
        cli.output.join(year.to_string()).display()
    );
    let entry = SignOff {
        point: arguments.point.clone(),
        by: arguments.by.trim().to_owned(),
        date: date(arguments.date.as_deref())?,
        outcome: arguments.outcome.trim().to_owned(),
        figures,
    };
    let path = round.folder.join(sign_off::FILE);
    let mut text = if path.exists() {
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?
    } else {
        "# Who checked what before the release: `scwres sign-off` adds to it; nothing is taken away.\n".to_owned()
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&entry.entry()?);
    output::put_whole(&path, text.as_bytes())?;
    tell(&format!("{}: {} signed off by {} on {}\n", path.display(), entry.point, entry.by, entry.date.long()));
    let mut entries = round.sign_offs;
    let figures = entry.figures.clone();
    entries.push(entry);
    let missing = sign_off::missing(&entries, points, &figures);
    tell(&match &missing[..] {
        [] => "nothing is missing\n".to_owned(),
        missing => format!("missing: {}\n", missing.join("; ")),
    });
    Ok(Outcome::Done)
}

/// The date that was given, or today's: the only place where the program reads a clock, and what it writes is not built.
fn date(given: Option<&str>) -> Result<Date> {
    match given {
        Some(text) => configuration::parse(text, "--date").map_err(|error| anyhow!(error)),
        None => Ok(Date(OffsetDateTime::now_utc().date())),
    }
}
