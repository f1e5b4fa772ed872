//! Whether the build may go out: it is of today, on record, signed off, under no embargo, and of one edition.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::cli::Cli;
use crate::commands::{Opened, release};
use crate::finding::{Finding, Severity};
use crate::manifest;
use crate::output::{self, EarlierManifest};
use crate::record;
use crate::round::{Round, sign_off};

/// A finding about the build, and the file that tells of it.
fn told(rule: &'static str, file: &str, message: String, help: &str) -> Finding {
    Finding {
        authority_code: String::new(),
        file: file.to_owned(),
        location: String::new(),
        severity: Severity::Error,
        rule,
        found: String::new(),
        message,
        help: help.to_owned(),
        others: Vec::new(),
    }
}

/// All that stands against sending anything of this build.
pub(super) fn findings(cli: &Cli, opened: &Opened, built: &EarlierManifest) -> Result<Vec<Finding>> {
    let Opened { round, returns, plans, earlier, .. } = opened;
    let year = round.settings.year;
    let folder = cli.output.join(year.to_string());
    let mut findings = Vec::new();
    let inputs = manifest::inputs(&cli.data, &cli.templates, round, (returns, plans), earlier)?;
    for problem in [release::is_whole(cli, year, built), release::is_of_today(cli, built, &inputs)] {
        if let Err(error) = problem {
            let help = "build the year again; where figures changed, have them signed off and release them";
            findings.push(told("build-stale", output::MANIFEST, format!("{error:#}"), help));
        }
    }
    let public = built.outputs.iter().find(|listed| listed.edition.as_deref() == Some("public"));
    if let Some(public) = public {
        let message = format!(
            "{} in {} is for everybody, and what goes out is each authority's own",
            public.file,
            folder.display()
        );
        let help = "build the whole year in the edition `own` here, and packs for everybody in a folder of their own";
        findings.push(told("public-and-own", output::MANIFEST, message, help));
    }
    if let Some(embargo) = round.settings.embargo {
        let message = format!("the round is under embargo until {}", embargo.long());
        findings.push(told(
            "embargo",
            "round.yaml",
            message,
            "take `embargo` out of round.yaml when it is over, build and release",
        ));
    }
    let missing = sign_off::missing(&round.sign_offs, &round.settings.sign_off, &built.figures);
    if !missing.is_empty() {
        let message = format!("the figures are not signed off: {}", missing.join("; "));
        let help = format!("`scwres sign-off {year} POINT --by NAME --outcome TEXT` for each, then build and release");
        findings.push(told("not-signed-off", sign_off::FILE, message, &help));
    }
    findings.extend(on_record(cli, year, built)?);
    Ok(findings)
}

/// Whether the last release on record is this build, and one of packs for authorities alone.
fn on_record(cli: &Cli, year: i32, built: &EarlierManifest) -> Result<Option<Finding>> {
    let help = format!("`scwres release {year}` puts the build on record");
    let releases = record::releases(&cli.data, year)?;
    let Some(last) = releases.last() else {
        return Ok(Some(told(
            "not-released",
            "released",
            format!("{year} is not on record: it was never released"),
            &help,
        )));
    };
    let number = last.about.release;
    if last.about.edition != "own" {
        let message = format!("release {number} is of packs for everybody, and what goes out is each authority's own");
        return Ok(Some(told("public-and-own", output::MANIFEST, message, &help)));
    }
    // Checks and the first page tell otherwise of a build beside its own release.
    let is_published = |file: &str| file.starts_with("authorities/") || file.starts_with("national/");
    let then: BTreeMap<&str, &str> = last
        .about
        .documents
        .iter()
        .filter(|(file, _)| is_published(file))
        .map(|(file, sha256)| (file.as_str(), sha256.as_str()))
        .collect();
    let now: BTreeMap<&str, &str> = built
        .outputs
        .iter()
        .filter(|listed| is_published(&listed.file))
        .map(|listed| (listed.file.as_str(), listed.sha256.as_str()))
        .collect();
    let files = then.keys().chain(now.keys().filter(|file| !then.contains_key(*file)));
    let differ: Vec<&str> = files.filter(|file| then.get(*file) != now.get(*file)).copied().collect();
    let Some(first) = differ.first() else {
        return Ok((last.about.figures != built.figures).then(|| {
            let message = format!("the figures of the build are not those of release {number}");
            told("not-released", "released", message, &help)
        }));
    };
    let more = if differ.len() > 1 { format!(" and {} more", differ.len() - 1) } else { String::new() };
    Ok(Some(told(
        "not-released",
        "released",
        format!("{first}{more} is not what release {number} has on record"),
        &help,
    )))
}

/// Files among the packs that lie in nobody's folder.
pub(super) fn nobodys(files: &[String]) -> Vec<Finding> {
    let of = |file: &String| {
        let message = format!("{file} lies in a folder that is no registered authority's");
        told("another-authority", output::MANIFEST, message, "build the year again, and do not rename folders")
    };
    files.iter().map(of).collect()
}

/// The words that every document may have: of templates, of the standard, and of settings that are printed.
pub(super) fn common(cli: &Cli, round: &Round) -> Result<String> {
    let read = |path: std::path::PathBuf| {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        anyhow::Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut common = vec![read(cli.data.join("standard.yaml"))?];
    for path in output::list(&cli.templates)? {
        if [".typ", ".txt", ".html", ".yaml"].iter().any(|ending| path.ends_with(ending)) {
            common.push(read(cli.templates.join(path))?);
        }
    }
    let settings = &round.settings;
    common.push(settings.title.clone());
    common.extend(settings.breaks.values().cloned());
    common.extend(settings.correction.iter().map(|correction| correction.reason.clone()));
    common.extend(settings.pay_bands.iter().map(|band| band.label.clone()));
    common.extend(settings.publication.contact.clone());
    Ok(common.join("\n"))
}
