//! The command `build`: the five stages, in order, from submissions to a year's folder.

mod differing;
mod typeset;

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::kept::{self, Kept};
use super::{Opened, Outcome, chosen, has_errors, open, released, tell};
use crate::cache::Built;
use crate::changes::Answers;
use crate::cli::{self, Cli};
use crate::corrections::History;
use crate::digest;
use crate::finding;
use crate::manifest;
use crate::output::{self, Earlier, EarlierManifest, Year};
use crate::parallel;
use crate::record;
use crate::reports::{self, Artefact, Checking, Document, Material, Press};
use crate::statistics::{self, Edition, Statistics, WithheldCount};

/// The table of every figure that is printed, in a year's folder.
const FIGURES: &str = "figures.csv";

/// Builds a year, or the packs asked for.
pub(super) fn build(cli: &Cli, arguments: &cli::Build) -> Result<Outcome> {
    let kept = Kept::of(cli, arguments.year);
    if let Some(kept) = &kept
        && stands(cli, arguments, kept)?
    {
        let folder = cli.output.join(kept.year.to_string());
        tell(&format!("nothing has changed since {} was built: it stands as it is\n", folder.display()));
        return Ok(Outcome::Done);
    }
    let opened = open(&cli.data, arguments.year)?;
    let Opened { standard, england, round, returns, plans, findings, earlier } = &opened;
    round.is_ready()?;
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
    let releases = record::releases(&cli.data, year)?;
    if let Some(objection) = released::objection(round, returns, &releases)? {
        tell(&format!("{objection}nothing was built\n"));
        return Ok(Outcome::InputHasErrors);
    }
    let before = output::earlier_manifest(&cli.output, year);
    keep_editions_apart(cli, arguments, year, before.as_ref())?;

    let edition = Edition::from(arguments.edition);
    let known = kept.as_ref().map(|kept| kept.protection(edition)).unwrap_or_default();
    let (known, without) = released::beside(known, &cli.data, &opened)?;
    let statistics = statistics::measure(standard, england, earlier, round, returns, edition, &known)?;
    let recovered: Vec<String> = statistics.withheld.iter().filter(|count| !count.safe).map(recovered).collect();
    if !recovered.is_empty() {
        tell(&format!("{}nothing was built\n", recovered.concat()));
        return Ok(Outcome::InputHasErrors);
    }
    tell(&of_earlier(&without, &statistics));
    let press = Press::new(&cli.templates, Material { round, standard, statistics: &statistics, plans: &plans.plans })?;
    round.is_signed_off(press.figures())?;
    let (history, unknown) = History::new(round, &releases, edition)?;
    unknown
        .iter()
        .for_each(|why| tell(&format!("warning: {why}: packs tell that they changed, not what stood there\n")));
    write(cli, arguments, &opened, (&press, &history), before, kept.as_ref())?;
    if let Some(kept) = &kept {
        kept.keep_protection(edition, &statistics.protection);
    }
    // In the edition for everybody none is left out without an attack, and what an attack left is not kept.
    let attacked = |count: &&WithheldCount| count.range_left.is_some() || edition == Edition::Public;
    let attacked = statistics.withheld.iter().filter(attacked).count();
    tell(&format!("{attacked} withheld figures attacked, 0 recovered\n"));
    tell(&shown(&statistics));
    tell(&format!("wrote {}\n", cli.output.join(year.to_string()).display()));
    Ok(Outcome::Done)
}

/// Whether what is asked for lies there already: built by this program from the same files, and to the byte as it was written.
fn stands(cli: &Cli, arguments: &cli::Build, kept: &Kept) -> Result<bool> {
    let edition = arguments.edition.into();
    let Some(built) = kept.built() else { return Ok(false) };
    let Some(before) = output::earlier_manifest(&cli.output, kept.year) else { return Ok(false) };
    let has =
        |code: &String| before.outputs.iter().any(|listed| listed.file.starts_with(&format!("authorities/{code}-")));
    if built.public != (edition == Edition::Public)
        || built.whole != Some(kept.told(edition))
        || !arguments.only.iter().all(has)
    {
        return Ok(false);
    }
    let _held = output::hold(&cli.output, kept.year)?;
    Ok(output::stands(&cli.output, kept.year, &built.manifest))
}

/// Makes the documents, as far as they do not stand there already, and writes the year's folder.
fn write(
    cli: &Cli,
    arguments: &cli::Build,
    opened: &Opened,
    (press, history): (&Press<'_>, &History),
    before: Option<EarlierManifest>,
    kept: Option<&Kept>,
) -> Result<()> {
    let Opened { standard, round, returns, plans, findings, earlier, .. } = opened;
    let statistics = press.statistics();
    let (year, edition, whole) = (round.settings.year, statistics.edition, arguments.only.is_empty());
    let packs = chosen(&statistics.authorities, &arguments.only, round)?;
    let mut inputs = manifest::inputs(&cli.data, &cli.templates, round, (returns, plans), earlier)?;
    let public = edition == Edition::Public && !beside_own(before.as_ref(), whole);
    if public {
        inputs = manifest::for_everybody(inputs);
    }
    if let Some(before) = before.as_ref().filter(|_| !whole && !arguments.force) {
        manifest::same_data(before, &inputs)?;
    }
    let folder = Year::open(&cli.output, year, if whole { Earlier::Replace } else { Earlier::Keep }, arguments.force)?;

    let national = whole.then_some(Document::National);
    let documents: Vec<Document<'_>> = national.into_iter().chain(packs.into_iter().map(Document::Pack)).collect();
    let earlier_figures = output::earlier_file(&cli.output, year, FIGURES);
    let built = kept.and_then(Kept::built).unwrap_or_default();
    let figures_stand = earlier_figures.as_ref().is_some_and(|bytes| digest::sha256(bytes) == built.figures);
    let usable = if figures_stand && built.public == public { built.documents } else { BTreeMap::new() };
    let made = typeset::documents((press, history), &documents, parallel::jobs(arguments.jobs), &folder, &usable)?;
    tell(&typeset::untold(&made));
    if let Some(kept) = kept {
        let changed = built.whole.map(|before| kept.told(edition).changed(&before)).unwrap_or_default();
        tell(&typeset::told(&made, &changed));
    }
    let stays = |document: &str| !whole || made.typeset.contains_key(document);
    let bytes = reports::figures_csv(&made.figures, earlier_figures.as_deref(), stays)?;
    let figures = digest::sha256(&bytes);
    if whole {
        let corrections = press.corrections(&history.listed(&bytes)?)?;
        let corrected = !corrections.is_empty();
        corrections.into_iter().chain([press.index(findings, corrected)?]).try_for_each(|one| folder.write(one))?;
    }
    folder.write(Artefact { path: FIGURES.to_owned(), bytes })?;
    if whole {
        let before = earlier.last().map(|(_, returns)| returns);
        let checking = Checking { round, standard, returns, before, findings };
        press.checks(checking)?.into_iter().try_for_each(|one| folder.write(one))?;
    }
    let manifest =
        manifest::json(round, edition, press.figures(), &inputs, &folder.digests(), before.filter(|_| !whole))?;
    let manifest_digest = digest::sha256(&manifest);
    let answers = Answers::of(returns);
    if whole {
        let then = kept::answers(&cli.output, year);
        differing::write(press, opened, &folder, &manifest, (then, &answers))?;
    }
    folder.write(Artefact { path: output::MANIFEST.to_owned(), bytes: manifest })?;
    folder.finish()?;
    if let Some(kept) = kept {
        if whole || !arguments.force {
            kept.keep_answers(edition, &manifest_digest, &answers);
        }
        let others = if whole { BTreeMap::new() } else { usable };
        kept.keep_built(Built {
            public,
            whole: (whole && !has_errors(findings)).then(|| kept.told(edition)),
            manifest: manifest_digest,
            figures,
            documents: others.into_iter().chain(made.typeset).collect(),
        });
    }
    Ok(())
}

/// Whether packs are put beside some that are for authorities alone: each says for whom it is, and the folder is not for everybody.
fn beside_own(before: Option<&EarlierManifest>, whole: bool) -> bool {
    !whole && before.is_some_and(EarlierManifest::holds_own)
}

/// A folder for everybody holds nothing exact, whatever is asked for.
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
            if !beside_own(before, whole) && folder.join(output::WORKBOOKS).exists() {
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

/// How much is shown whole, and how much is withheld or shown more coarsely.
fn shown(statistics: &Statistics) -> String {
    let lines = statistics.whole.iter().map(|one| {
        let most = one.most.filter(|most| *most < one.of).map(|most| format!(", {most} at most"));
        format!("  {}: {} of {} rows whole{}\n", one.rows.label(), one.whole, one.of, most.unwrap_or_default())
    });
    format!("shown after protection:\n{}", lines.collect::<String>())
}

/// What is to be known of earlier rounds: which have no release on record, and what their releases gave away.
fn of_earlier(without: &[i32], statistics: &statistics::Statistics) -> String {
    let mut text = String::new();
    if !without.is_empty() {
        let years: Vec<String> = without.iter().map(i32::to_string).collect();
        text += &format!(
            "no release on record: {}: what was published of it is worked out again, by this program\n",
            years.join(", ")
        );
    }
    for (year, figure) in &statistics.out {
        text += &format!("warning: {figure} of {year} can be worked out from what was released then\n");
    }
    text
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
