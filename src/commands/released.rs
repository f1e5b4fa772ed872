//! What earlier releases ask of a build: that a round that is out is only changed as a correction.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::digest;
use crate::output;
use crate::record::{self, Kind, Release};
use crate::round::{Round, Status};
use crate::statistics::{Edition, Recorded};
use crate::submissions::Returns;

/// One digest of a round's returns, accepted or not.
pub(super) fn digest_of(returns: &Returns) -> String {
    record::digest_of(returns.inputs.iter().map(|input| (&*input.file, &*input.sha256)))
}

/// What the newest releases of earlier rounds told, by year; and the years of rounds that have none.
pub(super) fn recorded(data: &Path, earlier: &[(Round, Returns)]) -> Result<(BTreeMap<i32, Recorded>, Vec<i32>)> {
    let (mut recorded, mut without) = (BTreeMap::new(), Vec::new());
    for (round, _) in earlier {
        let year = round.settings.year;
        let releases = record::releases(data, year)?;
        let Some(last) = releases.last() else {
            without.push(year);
            continue;
        };
        recorded.insert(year, told(round, last)?);
    }
    Ok((recorded, without))
}

/// What a release told of the counts of its round.
fn told(round: &Round, release: &Release) -> Result<Recorded> {
    let problem = || format!("{}: {} cannot be read", release.folder.display(), record::COUNTS);
    let bytes = release.files.get(record::COUNTS).with_context(problem)?;
    let edition = if release.about.edition == "public" { Edition::Public } else { Edition::Own };
    Recorded::read(bytes, edition, &round.settings.pay_bands).with_context(problem)
}

/// What is wrong with a build after the round's last release: nothing where its returns are those of then, where a provisional
/// release becomes final, or where round.yaml says what is corrected.
pub(super) fn objection(data: &Path, round: &Round, returns: &Returns, releases: &[Release]) -> Result<Option<String>> {
    let Some(last) = releases.last() else { return Ok(None) };
    let revised = last.about.kind == Kind::Provisional && round.settings.status == Status::Final;
    let said = round.settings.correction.is_some() && round.settings.correction != last.about.correction;
    if last.about.returns == digest_of(returns) || revised || said {
        return Ok(None);
    }
    let changes: String =
        changes(data, round, returns, last)?.into_iter().map(|change| format!("  {change}\n")).collect();
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
fn changes(data: &Path, round: &Round, returns: &Returns, last: &Release) -> Result<Vec<String>> {
    let year = round.settings.year.to_string();
    let folder = data.join(year).join(record::RETURNED).join(last.about.release.to_string());
    let mut then = BTreeMap::new();
    for path in if folder.is_dir() { output::list(&folder)? } else { Vec::new() } {
        let bytes =
            fs::read(folder.join(&path)).with_context(|| format!("cannot read {}", folder.join(&path).display()))?;
        then.insert(format!("submissions/{path}"), digest::sha256(bytes));
    }
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
