//! scwres builds the yearly reports of the Social Care Workforce Race Equality Standard.
//!
//! A year goes through five stages, each a room of its own that uses only the ones before it:
//!
//! 1. [`submissions`] reads and checks what authorities sent;
//! 2. [`statistics`] adds up, protects, and compares what may be shown;
//! 3. [`charts`] draws;
//! 4. [`reports`] assembles and typesets;
//! 5. [`output`] writes a whole year, or nothing.

pub mod authority;
pub mod charts;
pub mod cli;
pub mod configuration;
pub mod digest;
mod explain;
pub mod finding;
pub mod letters;
mod manifest;
pub mod output;
mod parallel;
mod preview;
pub mod reports;
pub mod round;
pub mod standard;
pub mod statistics;
pub mod submissions;
pub mod synthesise;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Error, Result, anyhow, bail};

use authority::Authority;
use cli::{Cli, Command, Format};
use finding::{Checked, Finding, Severity};
use output::{Earlier, Year};
use reports::{Artefact, Checking, Material, Press, Publication};
use round::Round;
use standard::Standard;
use statistics::{AuthorityStatistics, Edition, WithheldCount};
use submissions::{Returns, workbook};

/// The table of every figure that is printed, in a year's folder.
const FIGURES: &str = "figures.csv";

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
        Command::Build(arguments) => build(cli, arguments),
        Command::Check(arguments) => check(cli, arguments),
        Command::Explain(arguments) => explain::explain(cli, arguments),
        Command::Workbook(arguments) => workbooks(cli, arguments),
        Command::New(arguments) => start(cli, arguments),
        Command::Preview(arguments) => preview::preview(cli, arguments),
        Command::Synthesise(arguments) => synthesise(cli, arguments),
    }
}

/// A round with its standard and its returns, read and checked.
struct Opened {
    standard: Standard,
    england: Vec<Authority>,
    round: Round,
    returns: Returns,
    findings: Vec<Finding>,
    /// The rounds before, the earliest first; what is rejected there is left out, as it was then.
    earlier: Vec<(Round, Returns)>,
}

fn open(data: &Path, year: Option<i32>) -> Result<Opened> {
    let standard = standard::read(data)?;
    let year = year.map_or_else(|| round::newest(data), Ok)?;
    let england = authority::read(&data.join("england-authorities.csv"))?;
    let round = round::read(data, year, &standard)?;
    authority::check_places(&round.authorities, &england)?;
    let mut earlier: Vec<(Round, Returns)> = Vec::new();
    for year in round::years(data)?.into_iter().filter(|earlier| *earlier < year) {
        let round = round::read(data, year, &standard)?;
        let returns = submissions::read(&round, &standard, earlier.last().map(|(_, returns)| returns))?.value;
        earlier.push((round, returns));
    }
    let before = earlier.last().map(|(_, returns)| returns);
    let Checked { value: returns, findings } = submissions::read(&round, &standard, before)?;
    Ok(Opened { standard, england, round, returns, findings, earlier })
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

/// The five stages, in order.
fn build(cli: &Cli, arguments: &cli::Build) -> Result<Outcome> {
    let Opened { standard, england, round, returns, findings, earlier } = open(&cli.data, arguments.year)?;
    if has_errors(&findings) {
        tell(&finding::human(&findings));
        if !arguments.without_rejected {
            tell("nothing was built: mend the errors, or leave these submissions out with build --without-rejected\n");
            return Ok(Outcome::InputHasErrors);
        }
    }
    let year = round.settings.year;
    if returns.accepted.is_empty() {
        tell(&format!("nothing was built: {year} has no accepted return\n"));
        return Ok(Outcome::InputHasErrors);
    }

    let whole = arguments.only.is_empty();
    let before = output::earlier_manifest(&cli.output, year);
    keep_editions_apart(cli, arguments, year, before.as_ref())?;

    let statistics = statistics::measure(&standard, &england, &earlier, &round, &returns, arguments.edition.into())?;
    let recovered: Vec<String> = statistics.withheld.iter().filter(|count| !count.safe).map(recovered).collect();
    if !recovered.is_empty() {
        tell(&format!("{}nothing was built\n", recovered.concat()));
        return Ok(Outcome::InputHasErrors);
    }

    let press = Press::new(&cli.templates, Material { round: &round, standard: &standard, statistics: &statistics })?;
    let packs = chosen(&statistics.authorities, &arguments.only, &round)?;
    let keep = if whole { Earlier::Replace } else { Earlier::Keep };
    let mut inputs = manifest::inputs(&cli.data, &cli.templates, &round, &returns, &earlier)?;
    if statistics.edition == Edition::Public {
        inputs = manifest::for_everybody(inputs);
    }
    if let Some(before) = before.as_ref().filter(|_| !whole && !arguments.force) {
        manifest::same_data(before, &inputs)?;
    }
    let folder = Year::open(&cli.output, year, keep, arguments.force)?;
    let write = |artefacts: Vec<Artefact>| artefacts.into_iter().try_for_each(|artefact| folder.write(artefact));

    let figures = Mutex::new(BTreeMap::new());
    let jobs = parallel::jobs(arguments.jobs);
    let national = whole.then_some(Document::National);
    let documents: Vec<Document<'_>> = national.into_iter().chain(packs.into_iter().map(Document::Pack)).collect();
    parallel::each(&documents, jobs, |document| {
        let publication = match document {
            Document::National => press.national(),
            Document::Pack(authority) => press.pack(authority),
        };
        reports::forget(); // after each document, on failure too: memory stays bounded
        let Publication { name, artefacts, figures: printed } = publication?;
        figures.lock().unwrap_or_else(PoisonError::into_inner).insert(name, printed);
        write(artefacts)
    })?;
    let figures = figures.into_inner().unwrap_or_else(PoisonError::into_inner);
    let earlier_figures = output::earlier_file(&cli.output, year, FIGURES).filter(|_| !whole);
    let bytes = reports::figures_csv(&figures, earlier_figures.as_deref())?;
    folder.write(Artefact { path: FIGURES.to_owned(), bytes })?;

    if whole {
        let before = earlier.last().map(|(_, returns)| returns);
        let checking = Checking { round: &round, standard: &standard, returns: &returns, before, findings: &findings };
        write(press.checks(checking)?)?;
        write(vec![press.index(&findings)?])?;
    }
    let manifest = manifest::json(&round, statistics.edition, &inputs, &folder.digests(), before.filter(|_| !whole))?;
    folder.write(Artefact { path: output::MANIFEST.to_owned(), bytes: manifest })?;
    folder.finish()?;
    let attacked = statistics.withheld.iter().filter(|count| count.range_left.is_some()).count();
    tell(&format!("{attacked} withheld figures attacked, 0 recovered\n"));
    tell(&format!("wrote {}\n", cli.output.join(year.to_string()).display()));
    Ok(Outcome::Done)
}

/// A folder for everybody holds nothing exact, whatever is asked for; and packs for everybody stand beside a national report
/// that was protected together with them.
fn keep_editions_apart(
    cli: &Cli,
    arguments: &cli::Build,
    year: i32,
    before: Option<&output::EarlierManifest>,
) -> Result<()> {
    let whole = arguments.only.is_empty();
    let folder = cli.output.join(year.to_string());
    match Edition::from(arguments.edition) {
        Edition::Own if before.is_some_and(output::EarlierManifest::is_public) => {
            if !whole {
                bail!(
                    "{} was built in edition public, for everybody: no pack for an authority alone goes there, not with --force \
                     either; build it into another folder, such as --output own",
                    folder.display()
                );
            }
            tell(&format!(
                "{} is for everybody now; what is built in edition own is not for publication\n",
                folder.display()
            ));
        }
        Edition::Public => {
            let beside_own = before.is_some_and(output::EarlierManifest::holds_own) && !whole;
            if beside_own && !arguments.force {
                bail!(
                    "{year} was built in edition own, whose national report shows more than may stand beside a pack for everybody: \
                     build the whole year with --edition public (or use --force)"
                );
            }
            if !beside_own && folder.join(output::WORKBOOKS).exists() {
                bail!(
                    "{} holds collection workbooks with counts of the round before: give what is for everybody a folder of its own, \
                     such as --output public, or move them away",
                    folder.join(output::WORKBOOKS).display()
                );
            }
        }
        Edition::Own => {}
    }
    Ok(())
}

/// What an attack found out, and what may be done about it.
fn recovered(count: &WithheldCount) -> String {
    let Some(left) = count.range_left else {
        return format!(
            "error[disclosure]: the attack on {} of {} broke off, so that nothing shows that it is safe\n  \
             help: please report this with the returns; build without the authorities concerned meanwhile\n",
            count.figure, count.year
        );
    };
    let reader = count.attacker.as_deref().map_or("any reader".to_owned(), |code| format!("the authority {code}"));
    format!(
        "error[disclosure]: {} of {} can be worked out to within {left:.0} people by {reader}\n  \
         help: nothing more can be withheld for it; build with wider rounding (`disclosure` in round.yaml)\n",
        count.figure, count.year
    )
}

/// What is typeset: the national report, which takes longest and goes first, and packs.
enum Document<'a> {
    National,
    Pack(&'a AuthorityStatistics),
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

/// The authorities whose packs are built: all, or those with the codes asked for.
fn chosen<'a>(
    authorities: &'a [AuthorityStatistics],
    codes: &[String],
    round: &Round,
) -> Result<Vec<&'a AuthorityStatistics>> {
    if codes.is_empty() {
        return Ok(authorities.iter().collect());
    }
    let mut chosen = Vec::new();
    for code in codes.iter().collect::<BTreeSet<_>>() {
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

fn check(cli: &Cli, arguments: &cli::Check) -> Result<Outcome> {
    let Opened { standard, round, returns, findings, earlier, .. } = open(&cli.data, arguments.year)?;
    if arguments.pages {
        let before = earlier.last().map(|(_, returns)| returns);
        let checking = Checking { round: &round, standard: &standard, returns: &returns, before, findings: &findings };
        let pages = reports::check_pages(&cli.templates, checking)?;
        let folder = cli.output.join(format!("{}-checks", round.settings.year));
        output::replace(&folder, pages.into_iter().map(|page| (page.path, page.bytes)).collect())?;
        tell(&format!("wrote {}\n", folder.display()));
    }
    match arguments.format {
        Format::Human => tell(&finding::human(&findings)),
        Format::Json => print(&finding::json(&findings))?,
    }
    Ok(if has_errors(&findings) { Outcome::InputHasErrors } else { Outcome::Done })
}

/// Empty collection workbooks, with what each authority returned in the round before.
fn workbooks(cli: &Cli, arguments: &cli::Workbook) -> Result<Outcome> {
    let Opened { standard, round, earlier, .. } = open(&cli.data, Some(arguments.year))?;
    let mut chosen: Vec<&Authority> = round.authorities.iter().collect();
    let cli::Whose { authority: codes, all } = &arguments.whose;
    if !all {
        for code in codes {
            if round.authority(code).is_none() {
                return Err(unknown_authority(code, &round));
            }
        }
        chosen.retain(|authority| codes.contains(&authority.code));
    }
    let folder = cli.output.join(arguments.year.to_string()).join(output::WORKBOOKS);
    // The counts of the round before stand in them in grey.
    if output::earlier_manifest(&cli.output, arguments.year).is_some_and(|before| before.is_public()) {
        bail!(
            "{} was built in edition public, for everybody: write the workbooks into another folder with --output",
            cli.output.join(arguments.year.to_string()).display()
        );
    }
    for authority in &chosen {
        let before = earlier.last().and_then(|(before, returns)| {
            Some(workbook::Before { year: before.settings.year, entries: &returns.accepted(&authority.code)?.entries })
        });
        let bytes = workbook::write(&round.settings, &standard, authority, &[], before)?;
        output::put(&folder.join(format!("{}.xlsx", authority.folder())), &bytes)?;
    }
    tell(&format!("wrote {} to {}\n", finding::plural(chosen.len(), "workbook"), folder.display()));
    Ok(Outcome::Done)
}

/// A new round, from the newest.
fn start(cli: &Cli, arguments: &cli::New) -> Result<Outcome> {
    let standard = standard::read(&cli.data)?;
    let folder = cli.data.join(arguments.year.to_string());
    if folder.exists() {
        bail!("{} is there already; it stays as it is", folder.display());
    }
    let newest = round::read(&cli.data, round::newest(&cli.data)?, &standard)?;
    output::replace(&folder, round::start(&newest, &standard, arguments.year)?)?;
    tell(&format!("wrote {}: begin with CHECKLIST.md\n", folder.display()));
    Ok(Outcome::Done)
}

fn synthesise(cli: &Cli, arguments: &cli::Synthesise) -> Result<Outcome> {
    let standard = standard::read(&cli.data)?;
    let options = synthesise::Options {
        year: arguments.year,
        authorities: arguments.authorities.map(usize::from),
        seed: arguments.seed,
        mixed: arguments.mixed.map(|percent| f64::from(percent) / 100.0),
    };
    let files = synthesise::synthesise(&standard, &options)?;
    let folder = cli.data.join(arguments.year.to_string());
    if folder.exists() {
        let round = round::read(&cli.data, arguments.year, &standard)
            .with_context(|| format!("{} is in the way", folder.display()))?;
        if round.settings.status != round::Status::Synthetic {
            bail!("{} holds a round that is not synthetic; it stays as it is", folder.display());
        }
    }
    output::replace(&folder, files)?;
    tell(&format!("wrote {}\n", folder.display()));
    Ok(Outcome::Done)
}
