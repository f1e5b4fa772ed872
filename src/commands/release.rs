//! The command `release`: puts the year as it was built on record, if it is what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail, ensure};

use super::kept::Kept;
use super::{Opened, Outcome, open, released, tell};
use crate::cli::{self, Cli};
use crate::corrections;
use crate::manifest;
use crate::output::{self, EarlierManifest};
use crate::record::{self, About, Kind, Release};
use crate::reports;
use crate::round::{Round, Status, sign_off};
use crate::statistics::{self, Edition};

/// Puts the year's folder on record; an error where it cannot be released as it is.
pub(super) fn release(cli: &Cli, arguments: &cli::Release) -> Result<Outcome> {
    let opened = open(&cli.data, arguments.year)?;
    let Opened { round, returns, plans, earlier, .. } = &opened;
    let year = round.settings.year;
    let folder = cli.output.join(year.to_string());
    let _held = output::hold(&cli.output, year)?;
    let Some(built) = output::earlier_manifest(&cli.output, year) else {
        bail!("{} was not built yet: build the year, then release it", folder.display());
    };
    is_whole(cli, year, &built)?;
    let is_public = |listed: &output::Listed| listed.edition.as_deref() == Some("public");
    if let Some(pack) = built.outputs.iter().find(|listed| built.holds_own() && is_public(listed)) {
        bail!(
            "{} is for everybody, and other packs in {} are not: a release is of one edition; build the whole year in one",
            pack.file,
            folder.display()
        );
    }
    is_of_today(cli, &built, &manifest::inputs(&cli.data, &cli.templates, round, (returns, plans), earlier)?)?;
    round.is_ready()?;
    round.is_signed_off(&built.figures)?;
    if let Some(embargo) = round.settings.embargo {
        bail!(
            "every page says that it is embargoed until {}: take `embargo` out of round.yaml, build, and release that",
            embargo.long()
        );
    }
    let releases = record::releases(&cli.data, year)?;
    if let Some(objection) = released::objection(round, returns, &releases)? {
        tell(&objection);
        return Ok(Outcome::InputHasErrors);
    }
    released::figures_are_told(round, &built.figures, &releases)?;
    let kind = kind(round, &releases)?;
    let documents: BTreeMap<String, String> =
        built.outputs.iter().map(|listed| (listed.file.clone(), listed.sha256.clone())).collect();
    // How counts stood the attacks is told otherwise beside a release; what is published is the same.
    let published = |documents: &BTreeMap<String, String>| -> Vec<(String, String)> {
        let beside = |file: &str| file.starts_with("checks/") || file == "index.html";
        documents
            .iter()
            .filter(|(file, _)| !beside(file))
            .map(|(file, sha256)| (file.clone(), sha256.clone()))
            .collect()
    };
    if let Some(last) = releases.last().filter(|last| published(&last.about.documents) == published(&documents)) {
        tell(&format!("{} holds this very build already\n", last.folder.display()));
        return Ok(Outcome::Done);
    }
    let about = About {
        program: "scwres".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        year,
        release: releases.last().map_or(1, |last| last.about.release + 1),
        kind,
        date: corrections::date(round, releases.last()),
        edition: if built.is_public() { "public" } else { "own" }.to_owned(),
        correction: round.settings.correction.clone().filter(|_| !releases.is_empty()),
        figures: built.figures.clone(),
        returns: released::digest_of(returns),
        own_figures: None,
        documents,
    };
    let copies = returns.inputs.iter().map(|input| {
        let path = round.folder.join(&input.file);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((input.file.trim_start_matches("submissions/").to_owned(), bytes))
    });
    let (mut files, own) = files(cli, round, &built)?;
    files.insert(record::COUNTS.to_owned(), counts(cli, &opened, &built)?);
    let folder = record::put(&cli.data, about, files, copies.collect::<Result<_>>()?, own)?;
    tell(&format!("wrote {}: the {} is on record\n", folder.display(), named(kind)));
    Ok(Outcome::Done)
}

/// What the build told of each count: it was made by this program from these very files.
fn counts(cli: &Cli, opened: &Opened, built: &EarlierManifest) -> Result<Vec<u8>> {
    let Opened { standard, england, round, returns, earlier, .. } = opened;
    let edition = if built.is_public() { Edition::Public } else { Edition::Own };
    let kept = Kept::of(cli, Some(round.settings.year));
    let known = kept.as_ref().map(|kept| kept.protection(edition)).unwrap_or_default();
    let (known, _) = released::beside(known, &cli.data, opened)?;
    statistics::measure(standard, england, earlier, round, returns, edition, &known)?.told.csv()
}

fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Provisional => "provisional release",
        Kind::Final => "final release",
        Kind::Correction => "correction",
    }
}

/// Makes sure that the folder is as it was built, and all of it.
pub(super) fn is_whole(cli: &Cli, year: i32, built: &EarlierManifest) -> Result<()> {
    let folder = cli.output.join(year.to_string());
    let national = format!("{}.pdf", reports::NATIONAL);
    ensure!(
        built.outputs.iter().any(|listed| listed.file == national),
        "{} holds no national report: build the whole year, then release it",
        folder.display()
    );
    if let Some(altered) = output::altered(&cli.output, year, built)? {
        bail!("{} is not as it was built: build again, and release what was built", folder.join(altered).display());
    }
    Ok(())
}

/// Makes sure that the build was made by this program from what lies in the folders now.
pub(super) fn is_of_today(cli: &Cli, built: &EarlierManifest, inputs: &[manifest::Input]) -> Result<()> {
    ensure!(
        built.version == env!("CARGO_PKG_VERSION"),
        "the year was built by version {} of the program, and this is {}: build it again",
        built.version,
        env!("CARGO_PKG_VERSION")
    );
    let folded;
    let inputs = if built.is_public() {
        folded = manifest::for_everybody(inputs.to_vec());
        &folded
    } else {
        inputs
    };
    let then: BTreeSet<(&str, &str)> = built.inputs.iter().map(|listed| (&*listed.file, &*listed.sha256)).collect();
    let now: BTreeSet<(&str, &str)> = inputs.iter().map(manifest::Input::named).collect();
    if let Some((changed, _)) = then.symmetric_difference(&now).next() {
        bail!("{changed} has changed since {} was built: build the year again", cli.output.display());
    }
    Ok(())
}

/// What the release is, after those before it.
fn kind(round: &Round, before: &[Release]) -> Result<Kind> {
    let was_final = before.iter().any(|one| one.about.kind != Kind::Provisional);
    match round.settings.status {
        Status::Synthetic => bail!(
            "{}: `status` is synthetic, and made-up figures are not released; it is `provisional` or `final` for those that are",
            round.folder.join("round.yaml").display()
        ),
        Status::Provisional if was_final => bail!(
            "{}: `status` is provisional, but the round was released as final",
            round.folder.join("round.yaml").display()
        ),
        Status::Provisional => Ok(Kind::Provisional),
        Status::Final if was_final => Ok(Kind::Correction),
        Status::Final => Ok(Kind::Final),
    }
}

/// Files by their paths.
type Files = BTreeMap<String, Vec<u8>>;

/// What of the build goes on record: nothing that is for an authority alone. The figures of such packs go beside it.
fn files(cli: &Cli, round: &Round, built: &EarlierManifest) -> Result<(Files, Option<Vec<u8>>)> {
    let year = cli.output.join(round.settings.year.to_string());
    let load =
        |path: &str| fs::read(year.join(path)).with_context(|| format!("cannot read {}", year.join(path).display()));
    let for_everybody =
        |file: &str| file.starts_with("national/tables/") || (built.is_public() && file.ends_with("/data.csv"));
    let mut files = BTreeMap::new();
    for listed in built.outputs.iter().filter(|listed| for_everybody(&listed.file)) {
        files.insert(listed.file.clone(), load(&listed.file)?);
    }
    let figures = load("figures.csv")?;
    let documents = |document: &str| built.is_public() || document == reports::NATIONAL;
    let of = |stays: &dyn Fn(&str) -> bool| reports::figures_csv(&BTreeMap::new(), Some(&figures), stays);
    files.insert("figures.csv".to_owned(), of(&documents)?);
    let own = (!built.is_public()).then(|| of(&|document| !documents(document))).transpose()?;
    files.insert("manifest.json".to_owned(), manifest::on_record(&load(output::MANIFEST)?)?);
    if !round.sign_offs.is_empty() {
        let path = round.folder.join(sign_off::FILE);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        files.insert(sign_off::FILE.to_owned(), bytes);
    }
    Ok((files, own))
}
