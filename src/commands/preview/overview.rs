//! The desk's first page: how far the round has come, and what is the next step.

use std::collections::BTreeMap;

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::desk::Desk;
use super::returns::{self, Listed};
use crate::commands::Opened;
use crate::commands::kept::Kept;
use crate::finding::{Severity, plural};
use crate::output;
use crate::record;
use crate::reports::DeskPages;
use crate::round::{Status, sign_off};
use crate::statistics::Edition;

/// How far the figures have come.
pub(super) enum Standing {
    Working,
    Proving,
    Ready,
    Failed(String),
}

/// A part of the round's way, and what comes next.
#[derive(Serialize)]
struct Step {
    title: &'static str,
    /// `done`, `next` or `later`.
    state: &'static str,
    told: String,
    /// What to do; empty where nothing is.
    next: String,
    /// Whether that is a command.
    command: bool,
    /// More of it, a line each.
    lines: Vec<String>,
    /// Where it is shown: an address, and what it is called.
    see: Option<(&'static str, &'static str)>,
}

/// The page; it is there whatever the round's state.
pub(super) fn page(desk: &Desk, opened: &Opened, standing: Standing) -> Result<Option<String>> {
    let listed = returns::listed(desk, opened);
    let mut steps = [
        of_returns(opened, &listed),
        of_figures(&standing),
        of_build(desk, opened)?,
        of_sign_offs(desk, opened),
        of_publication(opened),
        of_embargo(opened),
        of_releases(desk, opened)?,
    ];
    // What comes after a build is not asked for while it is out of date.
    if steps.iter().any(|step| step.title == BUILD && step.state != "done") {
        let after = steps.iter_mut().filter(|step| step.command && step.title != BUILD);
        after.for_each(|step| step.next.clear());
    }
    let missing: Vec<String> = listed.iter().filter(|one| one.state == "missing").map(|one| one.name.clone()).collect();
    let wanting: Vec<&Listed> = listed.iter().filter(|one| one.state == "rejected").collect();
    let round = &opened.round.settings;
    let pages = DeskPages::load(&desk.cli.templates)?;
    let parts = context! {
        round => Value::from(Serde(round)),
        published => round.published.long(),
        steps => Value::from(Serde(&steps)),
        missing => missing,
        wanting => Value::from(Serde(&wanting)),
        folder => opened.round.folder.join("submissions").display().to_string(),
    };
    pages.page("desk/overview.html", &format!("Desk: {}", round.title), parts).map(Some)
}

fn of_returns(opened: &Opened, listed: &[Listed]) -> Step {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    listed.iter().for_each(|one| *counts.entry(one.state).or_default() += 1);
    let count = |state: &str| counts.get(state).copied().unwrap_or_default();
    let (registered, rejected, missing) = (opened.round.authorities.len(), count("rejected"), count("missing"));
    let warnings = opened.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
    let accepted = count("accepted");
    let nobody = opened.findings.iter().filter(|one| one.authority_code.is_empty()).count();
    let mut lines = vec![format!("{} to look at", plural(warnings, "warning"))];
    if nobody > 0 {
        lines.push(format!("{} of files that name no authority", plural(nobody, "finding")));
    }
    let changed: Vec<&str> = listed.iter().filter(|one| one.changed).map(|one| one.name.as_str()).collect();
    match changed[..] {
        [] => {}
        [one] => lines.push(format!("changed since the last build: {one}")),
        [..] => lines.push(format!("{} changed since the last build", plural(changed.len(), "return"))),
    }
    let (state, next) = match (rejected, missing) {
        (0, 0) => ("done", String::new()),
        (0, _) => ("next", "Ask for the returns that are missing; what was sent can be built meanwhile.".to_owned()),
        _ => (
            "next",
            "Send the check pages of returns with errors back, or build without them: build --without-rejected."
                .to_owned(),
        ),
    };
    let told = format!("{accepted} of {registered} accepted, {rejected} with errors, {missing} not received");
    Step { title: "Returns", state, told, next, command: false, lines, see: Some(("/returns", "All returns")) }
}

fn of_figures(standing: &Standing) -> Step {
    let (state, told, next, lines) = match standing {
        Standing::Ready => ("done", "measured and protected, from the returns as they are now", "", Vec::new()),
        Standing::Proving => {
            ("later", "measured; what is withheld is as before, until it is proved to be enough", "", Vec::new())
        }
        Standing::Working => {
            ("later", "being worked out; this page loads again as soon as they are there", "", Vec::new())
        }
        Standing::Failed(message) => (
            "next",
            "they cannot be worked out",
            "Mend what stands in the way; this page loads again by itself.",
            message.lines().map(str::to_owned).collect(),
        ),
    };
    let see = matches!(standing, Standing::Ready | Standing::Proving).then_some(("/documents", "All documents"));
    Step { title: "Figures", state, told: told.to_owned(), next: next.to_owned(), command: false, lines, see }
}

/// The step on which others rest.
const BUILD: &str = "Build";

/// So many names of what changed are told.
const NAMED: usize = 12;

fn of_build(desk: &Desk, opened: &Opened) -> Result<Step> {
    let year = opened.round.settings.year;
    let step = |state, told: &str, next: String, lines| Step {
        title: BUILD,
        state,
        told: told.to_owned(),
        next,
        command: true,
        lines,
        see: None,
    };
    if output::earlier_manifest(&desk.cli.output, year).is_none() {
        let told = format!("{year} was not built yet");
        return Ok(step("next", &told, format!("scwres build {year}"), Vec::new()));
    }
    let kept = Kept::of(&desk.cli, Some(year));
    let built = kept.as_ref().and_then(|kept| kept.built().map(|built| (kept, built)));
    let Some((edition, before, now)) = built.and_then(|(kept, built)| {
        let edition = if built.public { Edition::Public } else { Edition::Own };
        Some((edition, built.whole?, kept.told(edition)))
    }) else {
        let told = "built, but by another version of this program, in part, or without some returns";
        return Ok(step("next", told, format!("scwres build {year}"), Vec::new()));
    };
    let changed = now.changed(&before);
    if changed.is_empty() {
        let whom = if edition == Edition::Own { "for authorities alone" } else { "for everybody" };
        return Ok(step("done", &format!("up to date, packs {whom}"), String::new(), Vec::new()));
    }
    let mut lines: Vec<String> = changed.iter().take(NAMED).map(|path| with_name(path, opened)).collect();
    if changed.len() > NAMED {
        lines.push(format!("and {} more", changed.len() - NAMED));
    }
    let told = format!("out of date: {} not as at the last build", files(changed.len()));
    let see = Some(("/changes", "What differs, and why"));
    Ok(Step { see, ..step("next", &told, format!("scwres build {year}"), lines) })
}

/// A path, and whose return it is.
fn with_name(path: &str, opened: &Opened) -> String {
    let file = path.rsplit_once("/submissions/").map(|(_, file)| file);
    let submission = file.and_then(|file| opened.returns.submissions.iter().find(|one| one.file == file));
    match submission.and_then(|one| opened.round.authority(&one.authority_code)) {
        Some(authority) => format!("{path} ({})", authority.name),
        None => path.to_owned(),
    }
}

fn files(number: usize) -> String {
    if number == 1 { "1 file is".to_owned() } else { format!("{number} files are") }
}

fn of_sign_offs(desk: &Desk, opened: &Opened) -> Step {
    let round = &opened.round;
    let points = &round.settings.sign_off;
    let figures = output::earlier_manifest(&desk.cli.output, round.settings.year).map(|one| one.figures);
    let figures = figures.unwrap_or_default();
    let standing = sign_off::standing(&round.sign_offs, points, &figures);
    let holds = standing.iter().filter(|(.., holds)| *holds).count();
    let line = |(point, entry, holds): &(&str, Option<&sign_off::SignOff>, bool)| match entry {
        Some(entry) if *holds => format!("{point}: {} on {}, {}", entry.by, entry.date.long(), entry.outcome),
        Some(entry) => format!("{point}: lapsed, {} saw other figures on {}", entry.by, entry.date.long()),
        None => format!("{point}: nobody yet"),
    };
    let first = standing.iter().find(|(.., holds)| !holds).map(|(point, ..)| *point);
    let next = match first {
        Some(point) if !figures.is_empty() => {
            format!("scwres sign-off {} {point} --by \"…\"", round.settings.year)
        }
        _ => String::new(),
    };
    let state = match (first, round.settings.status) {
        (None, _) => "done",
        (_, Status::Final) if !figures.is_empty() => "next",
        _ => "later",
    };
    let told = format!("{holds} of {} points signed off for the figures as built last", points.len());
    Step { title: "Sign-offs", state, told, next, command: true, lines: standing.iter().map(line).collect(), see: None }
}

/// What the report says of itself.
fn of_publication(opened: &Opened) -> Step {
    let missing = opened.round.settings.publication.missing();
    let state = match (missing.is_empty(), opened.round.settings.status) {
        (true, _) => "done",
        (_, Status::Final) => "next",
        _ => "later",
    };
    let (told, next) = match missing.len() {
        0 => ("says who answers for it, and when the next one comes".to_owned(), String::new()),
        missing => (
            format!("{} of 4 not settled: the report says so on its cover", missing),
            "Write them under publication in round.yaml; a final report needs all.".to_owned(),
        ),
    };
    let lines = missing.iter().map(|name| name.replace('_', " ")).collect();
    Step { title: "Publication", state, told, next, command: false, lines, see: None }
}

fn of_embargo(opened: &Opened) -> Step {
    let (state, told, next) = match opened.round.settings.embargo {
        Some(embargo) => (
            "later",
            format!("until {}; every page says so", embargo.long()),
            "Take embargo out of round.yaml and build again, then release.".to_owned(),
        ),
        None => ("done", "none".to_owned(), String::new()),
    };
    Step { title: "Embargo", state, told, next, command: false, lines: Vec::new(), see: None }
}

fn of_releases(desk: &Desk, opened: &Opened) -> Result<Step> {
    let year = opened.round.settings.year;
    let releases = record::releases(&desk.cli.data, year)?;
    let line = |release: &record::Release| {
        let kind = match release.about.kind {
            record::Kind::Provisional => "provisional",
            record::Kind::Final => "final",
            record::Kind::Correction => "a correction",
        };
        format!("release {} of {}, {kind}", release.about.release, release.about.date.long())
    };
    let (state, told) = match releases.last() {
        Some(last) => ("done", line(last)),
        None => ("later", "nothing was released yet".to_owned()),
    };
    let next = if releases.is_empty() { format!("scwres release {year}") } else { String::new() };
    let lines = releases.iter().rev().skip(1).map(line).collect();
    let see = (!releases.is_empty()).then_some(("/changes?against=release", "What differs from it"));
    Ok(Step { title: "Releases", state, told, next, command: true, lines, see })
}
