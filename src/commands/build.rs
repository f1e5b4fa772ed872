//! The command `build`: the five stages, in order, from submissions to a year's folder.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use super::{Opened, Outcome, chosen, has_errors, open, tell};
use crate::cli::{self, Cli};
use crate::finding;
use crate::manifest;
use crate::output::{self, Earlier, EarlierManifest, Year};
use crate::parallel;
use crate::reports::{self, Artefact, Checking, Material, Press, Publication};
use crate::statistics::{self, AuthorityStatistics, Edition, WithheldCount};

/// The table of every figure that is printed, in a year's folder.
const FIGURES: &str = "figures.csv";

/// Builds a year, or the packs asked for.
pub(super) fn build(cli: &Cli, arguments: &cli::Build) -> Result<Outcome> {
    let opened = open(&cli.data, arguments.year)?;
    let Opened { standard, england, round, returns, findings, earlier } = &opened;
    if has_errors(findings) {
        tell(&finding::human(findings));
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

    let statistics = statistics::measure(standard, england, earlier, round, returns, arguments.edition.into())?;
    let recovered: Vec<String> = statistics.withheld.iter().filter(|count| !count.safe).map(recovered).collect();
    if !recovered.is_empty() {
        tell(&format!("{}nothing was built\n", recovered.concat()));
        return Ok(Outcome::InputHasErrors);
    }

    let press = Press::new(&cli.templates, Material { round, standard, statistics: &statistics })?;
    let packs = chosen(&statistics.authorities, &arguments.only, round)?;
    let keep = if whole { Earlier::Replace } else { Earlier::Keep };
    let mut inputs = manifest::inputs(&cli.data, &cli.templates, round, returns, earlier)?;
    if statistics.edition == Edition::Public {
        inputs = manifest::for_everybody(inputs);
    }
    if let Some(before) = before.as_ref().filter(|_| !whole && !arguments.force) {
        manifest::same_data(before, &inputs)?;
    }
    let folder = Year::open(&cli.output, year, keep, arguments.force)?;

    let national = whole.then_some(Document::National);
    let documents: Vec<Document<'_>> = national.into_iter().chain(packs.into_iter().map(Document::Pack)).collect();
    let figures = typeset(&press, &documents, parallel::jobs(arguments.jobs), &folder)?;
    let earlier_figures = output::earlier_file(&cli.output, year, FIGURES).filter(|_| !whole);
    let bytes = reports::figures_csv(&figures, earlier_figures.as_deref())?;
    folder.write(Artefact { path: FIGURES.to_owned(), bytes })?;
    if whole {
        let before = earlier.last().map(|(_, returns)| returns);
        let checking = Checking { round, standard, returns, before, findings };
        press.checks(checking)?.into_iter().chain([press.index(findings)?]).try_for_each(|one| folder.write(one))?;
    }
    let manifest = manifest::json(round, statistics.edition, &inputs, &folder.digests(), before.filter(|_| !whole))?;
    folder.write(Artefact { path: output::MANIFEST.to_owned(), bytes: manifest })?;
    folder.finish()?;
    let attacked = statistics.withheld.iter().filter(|count| count.range_left.is_some()).count();
    tell(&format!("{attacked} withheld figures attacked, 0 recovered\n"));
    tell(&format!("wrote {}\n", cli.output.join(year.to_string()).display()));
    Ok(Outcome::Done)
}

/// What is typeset: the national report, which takes longest and goes first, and packs.
enum Document<'a> {
    National,
    Pack(&'a AuthorityStatistics),
}

/// Makes the documents side by side and writes their files; the figures that each prints, by its name.
fn typeset(
    press: &Press<'_>,
    documents: &[Document<'_>],
    jobs: usize,
    folder: &Year,
) -> Result<BTreeMap<String, Vec<reports::Recorded>>> {
    let figures = Mutex::new(BTreeMap::new());
    parallel::each(documents, jobs, |document| {
        let publication = match document {
            Document::National => press.national(),
            Document::Pack(authority) => press.pack(authority),
        };
        reports::forget(); // after each document, on failure too: memory stays bounded
        let Publication { name, artefacts, figures: printed } = publication?;
        figures.lock().unwrap_or_else(PoisonError::into_inner).insert(name, printed);
        artefacts.into_iter().try_for_each(|artefact| folder.write(artefact))
    })?;
    Ok(figures.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// A folder for everybody holds nothing exact, whatever is asked for; and packs for everybody stand beside a national report
/// that was protected together with them.
fn keep_editions_apart(cli: &Cli, arguments: &cli::Build, year: i32, before: Option<&EarlierManifest>) -> Result<()> {
    let whole = arguments.only.is_empty();
    let folder = cli.output.join(year.to_string());
    match Edition::from(arguments.edition) {
        Edition::Own if before.is_some_and(EarlierManifest::is_public) => {
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
            let beside_own = before.is_some_and(EarlierManifest::holds_own) && !whole;
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
