//! What earlier releases ask of a build: that a round that is out is only changed as a correction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::Opened;
use crate::digest;
use crate::record::{self, Kind, Release};
use crate::round::{self, Round, Status};
use crate::standard::Standard;
use crate::statistics::{Earlier, Edition, Protection, Recorded};
use crate::submissions::{self, Returns};

/// One digest of a round's returns, accepted or not.
pub(super) fn digest_of(returns: &Returns) -> String {
    digest::of_files(returns.inputs.iter().map(|input| (&*input.file, &*input.sha256)))
}

/// What protection takes as told: `known` beside every release on record, of earlier rounds and of this one; and the years of
/// earlier rounds that have none.
pub(super) fn beside(known: Protection, data: &Path, opened: &Opened) -> Result<(Protection, Vec<i32>)> {
    let Opened { standard, round, earlier: rounds, .. } = opened;
    let (mut recorded, mut earlier, mut without) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    // Where it is known already how a round is protected, the returns of its earlier releases need not be added up again.
    let is_known: BTreeSet<i32> = known.years().collect();
    let mut before = None;
    for (one, returns) in rounds {
        let year = one.settings.year;
        let mut releases = record::releases(data, year)?;
        match releases.pop() {
            Some(last) => drop(recorded.insert(year, told(one, &last)?)),
            None => without.push(year),
        }
        if !is_known.contains(&year) {
            earlier.insert(year, of_round(&releases, one, standard, before)?);
        }
        before = Some(returns);
    }
    let year = round.settings.year;
    if !is_known.contains(&year) {
        earlier.insert(year, of_round(&record::releases(data, year)?, round, standard, before)?);
        // What a round after it told of this one is out as well.
        if let Some(after) = round::years(data)?.into_iter().find(|other| *other > year) {
            let releases = record::releases(data, after)?;
            if !releases.is_empty() {
                let after = round::read(data, after, standard)?;
                earlier.insert(after.settings.year, of_round(&releases, &after, standard, Some(&opened.returns))?);
            }
        }
    }
    Ok((known.beside(recorded, earlier), without))
}

/// Releases of a round with the returns that they were made from.
fn of_round(
    releases: &[Release],
    round: &Round,
    standard: &Standard,
    before: Option<&Returns>,
) -> Result<Vec<Earlier>> {
    let read = |release: &Release| {
        let folder = release.returned();
        let returns = submissions::read_from(&folder, round, standard, before)?.value;
        ensure!(
            digest_of(&returns) == release.about.returns,
            "{} is not what release {} was made from: a later one cannot be protected beside it; put the folder back",
            folder.display(),
            release.about.release
        );
        Earlier::new(round, &returns, told(round, release)?)
    };
    releases.iter().map(read).collect()
}

/// What a release told of the counts of its round.
fn told(round: &Round, release: &Release) -> Result<Recorded> {
    let problem = || format!("{}: {} cannot be read", release.folder.display(), record::COUNTS);
    let bytes = release.files.get(record::COUNTS).with_context(problem)?;
    let edition = if release.about.edition == "public" { Edition::Public } else { Edition::Own };
    Recorded::read(bytes, round.settings.year, edition, &round.settings.pay_bands).with_context(problem)
}

/// Whether something says why a release differs from the last one: a provisional one becomes final, or round.yaml tells what is corrected.
fn is_told(round: &Round, last: &Release) -> bool {
    let revised = last.about.kind == Kind::Provisional && round.settings.status == Status::Final;
    revised || round.settings.correction.is_some() && round.settings.correction != last.about.correction
}

/// Makes sure that something says why these figures are not those of the last release, whatever they differ by: a setting, a template.
pub(super) fn figures_are_told(round: &Round, figures: &str, releases: &[Release]) -> Result<()> {
    let Some(last) = releases.last().filter(|last| last.about.figures != figures && !is_told(round, last)) else {
        return Ok(());
    };
    bail!(
        "the figures are not those of release {}, though the returns are: no document would say why; tell it in round.yaml, with a \
         `correction`",
        last.about.release
    );
}

/// What is wrong with a build after the round's last release: nothing where its returns are those of then, where a provisional
/// release becomes final, or where round.yaml says what is corrected.
pub(super) fn objection(round: &Round, returns: &Returns, releases: &[Release]) -> Result<Option<String>> {
    let Some(last) = releases.last() else { return Ok(None) };
    if last.about.returns == digest_of(returns) || is_told(round, last) {
        return Ok(None);
    }
    let changes: String = changes(returns, last)?.into_iter().map(|change| format!("  {change}\n")).collect();
    let again = if round.settings.correction.is_some() { " of its own" } else { "" };
    Ok(Some(format!(
        "error[released]: {} was published as release {} on {}, and its returns are not those of then:\n{changes}  \
         help: put them back, or say in round.yaml that it is corrected and why, with a `correction`{again}:\n        \
         correction: {{date: {}, reason: \"…\"}}\n",
        round.settings.year,
        last.about.release,
        last.about.date.long(),
        round.settings.published.iso(),
    )))
}

/// Which returns are not as they were at a release, in words.
fn changes(returns: &Returns, last: &Release) -> Result<Vec<String>> {
    let then = last.returns()?;
    let now: BTreeMap<&str, &str> = returns.inputs.iter().map(|input| (&*input.file, &*input.sha256)).collect();
    let files: BTreeSet<&str> = then.keys().map(String::as_str).chain(now.keys().copied()).collect();
    let change = |file: &str| match (then.get(file), now.get(file)) {
        (Some(then), Some(now)) if then == now => None,
        (Some(_), Some(_)) => Some(format!("{file} was changed")),
        (Some(_), None) => Some(format!("{file} is not there any more")),
        (None, _) => Some(format!("{file} came later")),
    };
    Ok(files.into_iter().filter_map(change).collect())
}
