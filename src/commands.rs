//! The commands, a file each, and what they have in common: how a round is opened, and how people are told.

pub mod build;
mod changes;
mod check;
mod checker;
mod dispatch;
mod explain;
mod groups;
mod kept;
mod new;
mod preview;
mod release;
mod released;
mod sign_off;
mod synthesise;
mod workbook;

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Error, Result, anyhow, bail};

use crate::authority::{self, Authority};
use crate::cli::{Cli, Command};
use crate::configuration;
use crate::finding::{self, Checked, Finding, Severity};
use crate::round::{self, Round};
use crate::standard::{self, Standard};
use crate::statistics::{self, AuthorityStatistics};
use crate::submissions::plans::{self, Plans};
use crate::submissions::{self, Returns};

/// How a command ended, when it could run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, and all input accepted: exit code 0.
    Done,
    /// The input has errors: exit code 1.
    InputHasErrors,
}

/// Runs a command; an error means that it could not run: exit code 2.
pub fn run(cli: &Cli) -> Result<Outcome> {
    match &cli.command {
        Command::Build(arguments) => build::build(cli, arguments),
        Command::Changes(arguments) => changes::changes(cli, arguments),
        Command::Check(arguments) => check::check(cli, arguments),
        Command::Checker(arguments) => checker::checker(cli, arguments),
        Command::Explain(arguments) => explain::explain(cli, arguments),
        Command::Groups(arguments) => groups::groups(cli, arguments),
        Command::Workbook(arguments) => workbook::workbook(cli, arguments),
        Command::New(arguments) => new::new(cli, arguments),
        Command::Preview(arguments) => preview::preview(cli, arguments),
        Command::SignOff(arguments) => sign_off::sign_off(cli, arguments),
        Command::Release(arguments) => release::release(cli, arguments),
        Command::Dispatch(arguments) => dispatch::dispatch(cli, arguments),
        Command::Synthesise(arguments) => synthesise::synthesise(cli, arguments),
    }
}

/// A round with its standard and its returns, read and checked.
struct Opened {
    standard: Standard,
    england: Vec<Authority>,
    round: Round,
    returns: Returns,
    /// What authorities meant to do after the round before.
    plans: Plans,
    findings: Vec<Finding>,
    /// The rounds before, the earliest first; what is rejected there is left out, as it was then.
    earlier: Vec<(Round, Returns)>,
}

fn open(data: &Path, year: Option<i32>) -> Result<Opened> {
    let standard = standard::read(data)?;
    let year = year.map_or_else(|| round::newest(data), Ok)?;
    let england = authority::read(&data.join("england-authorities.csv"))?;
    let round = round::read(data, year, &standard)?;
    let mut then = round.changes.as_of(&england, round.day());
    authority::check_places(&round.authorities, &[&england[..], &then].concat())?;
    // Of a code of that day the register knows more than what became of it.
    for one in &mut then {
        if let Some(own) = round.authority(&one.code).filter(|own| own.members.is_empty()) {
            (one.kind, one.region) = (own.kind.clone(), own.region.clone());
        }
    }
    let england = then;
    let mut earlier: Vec<(Round, Returns)> = Vec::new();
    for year in round::years(data)?.into_iter().filter(|earlier| *earlier < year) {
        let round = round::read(data, year, &standard)?;
        let returns = submissions::read(&round, &standard, earlier.last().map(|(_, returns)| returns))?.value;
        earlier.push((round, returns));
    }
    let before = earlier.last().map(|(_, returns)| returns);
    let Checked { value: returns, mut findings } = submissions::read(&round, &standard, before)?;
    let Checked { value: plans, findings: of_plans } = plans::read(&round, &returns)?;
    findings.extend(of_plans);
    if let Some((before, returns)) = earlier.last() {
        findings.extend(statistics::check_baselines(&plans.plans, &round, before, returns)?);
    }
    Ok(Opened { standard, england, round, returns, plans, findings, earlier })
}

/// Says something on stderr; whoever has closed it does not want to hear it.
pub fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Writes a result to stdout; a reader that has seen enough and closed it is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(()),
    }
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

fn unknown_authority(code: &str, round: &Round) -> Error {
    let known = round.authorities.iter().map(|authority| authority.code.as_str());
    let help = match &configuration::as_near(code, known)[..] {
        [nearest] => format!("the nearest is `{nearest}`"),
        [nearest, others @ ..] if others.len() < 3 => {
            format!("the nearest is `{nearest}`, and as near: `{}`", others.join("`, `"))
        }
        _ => "authorities.csv lists the codes".to_owned(),
    };
    anyhow!("no authority of {} has the code {}; {help}", round.settings.year, finding::quoted(code))
}

/// The authorities whose packs are made: all, or those with the codes asked for.
fn chosen<'a>(
    authorities: &'a [AuthorityStatistics],
    codes: &[String],
    round: &Round,
) -> Result<Vec<&'a AuthorityStatistics>> {
    if codes.is_empty() {
        return Ok(authorities.iter().collect());
    }
    let mut chosen = Vec::new();
    let own = |code: &'_ String| round.returning(code).map_or_else(|| code.clone(), |one| one.code.clone());
    for code in &codes.iter().map(own).collect::<BTreeSet<_>>() {
        let Some(authority) = authorities.iter().find(|authority| authority.authority.code == *code) else {
            if let Some(registered) = round.authority(code) {
                bail!(
                    "{} ({code}) has no accepted return in {}, so no pack can be built",
                    registered.name,
                    round.settings.year
                );
            }
            return Err(unknown_authority(code, round));
        };
        chosen.push(authority);
    }
    Ok(chosen)
}
