//! The command `dispatch`: prepares what goes to each authority, if all of it is the right one's. It sends nothing.

mod ready;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use super::{Opened, Outcome, open, tell, unknown_authority};
use crate::cli::{self, Cli};
use crate::digest;
use crate::dispatch::{self as post, Contact, Covers, Letter, Line, Parcel, Passphrases, Reader};
use crate::finding::{self, Finding};
use crate::output::{self, EarlierManifest};
use crate::reports::{Posted, Posting, Stationery};
use crate::round::{Dispatch, Round};

/// The file of passphrases, in the folder of what goes out and in none of those that do.
const PASSPHRASES: &str = "passphrases.csv";

/// Files by their paths.
type Files = Vec<(String, Vec<u8>)>;

/// The passphrases, where there are any.
type Secret = Option<(String, Vec<u8>)>;

/// Prepares what goes out, whole; or tells all that is wrong, and writes nothing.
pub(super) fn dispatch(cli: &Cli, arguments: &cli::Dispatch) -> Result<Outcome> {
    let opened = open(&cli.data, arguments.year)?;
    let round = &opened.round;
    let year = round.settings.year;
    let _held = output::hold(&cli.output, year)?;
    let Some(built) = output::earlier_manifest(&cli.output, year) else {
        bail!(
            "{} was not built yet: build the year, have it signed off, release it, then prepare what goes out",
            cli.output.join(year.to_string()).display()
        );
    };
    let packs = packs(round, &built);
    let chosen = chosen(round, &packs, &arguments.only)?;
    let mut findings = ready::findings(cli, &opened, &built)?;
    let (contacts, of_file) = post::read_contacts(round)?;
    findings.extend(of_file);
    let covers = Covers::of(&opened.returns.submissions);
    findings.extend(post::confirm(&contacts, &covers, round, &packs, &chosen));
    let gathered = post::gather(&cli.output, round, &built, &chosen);
    findings.extend(ready::nobodys(&gathered.nobodys));
    let common = ready::common(cli, round)?;
    let reader = Reader::new(round, &opened.standard, &common);
    let read = |parcel: &Parcel<'_>| post::read_parcel(&reader, parcel, own_words(&opened, &parcel.authority.code));
    findings.par_extend(gathered.parcels.par_iter().flat_map_iter(read));
    if !findings.is_empty() {
        return Ok(refused(findings));
    }
    let folder = cli.output.join(format!("{year}-dispatch"));
    let files = written(cli, round, &gathered.parcels, &contacts, &folder)?;
    output::replace_with(&folder, files.0, files.1)?;
    let count = finding::plural(gathered.parcels.len(), "message");
    tell(&format!("wrote {}: {count}; nothing was sent\n", folder.display()));
    Ok(Outcome::Done)
}

fn refused(mut findings: Vec<Finding>) -> Outcome {
    findings.dedup();
    tell(&finding::human(&findings));
    tell("nothing was written\n");
    Outcome::InputHasErrors
}

/// The codes of the authorities that have a pack in this build.
fn packs(round: &Round, built: &EarlierManifest) -> BTreeSet<String> {
    let has = |folder: &str| {
        let inside = format!("authorities/{folder}/");
        built.outputs.iter().any(|listed| listed.file.starts_with(&inside))
    };
    round.authorities.iter().filter(|one| has(&one.folder())).map(|one| one.code.clone()).collect()
}

/// The codes of those that something is prepared for.
fn chosen(round: &Round, packs: &BTreeSet<String>, only: &[String]) -> Result<BTreeSet<String>> {
    if only.is_empty() {
        return Ok(packs.clone());
    }
    let code = |code: &String| match round.authority(code).or_else(|| round.returning(code)) {
        Some(one) if packs.contains(&one.code) => Ok(one.code.clone()),
        Some(one) => bail!("{} ({}) has no pack in this build: there is nothing to send", one.name, one.code),
        None => Err(unknown_authority(code, round)),
    };
    only.iter().map(code).collect()
}

/// What an authority wrote itself, in its return and its plan: whoever it names there, it may read again.
fn own_words(opened: &Opened, code: &str) -> String {
    let submissions = opened.returns.submissions.iter().filter(|submission| submission.authority_code == code);
    let remarks = submissions.flat_map(|submission| &submission.cover.remarks).map(|(_, text)| text.as_str());
    let plans = opened.plans.plans.iter().filter(|plan| plan.authority_code == code);
    let actions = plans.flat_map(|plan| &plan.actions).flat_map(|action| action.words());
    remarks.chain(actions).collect::<Vec<_>>().join("\n")
}

/// Everything that is written, and the passphrases where there are any.
fn written(
    cli: &Cli,
    round: &Round,
    parcels: &[Parcel<'_>],
    contacts: &[Contact],
    folder: &Path,
) -> Result<(Files, Secret)> {
    let settings = round.settings.dispatch.clone().unwrap_or_default();
    let stationery = Stationery::read(&cli.templates)?;
    let mut passphrases = Passphrases::read(&folder.join(PASSPHRASES))?;
    let mut secrets = BTreeMap::new();
    for parcel in parcels.iter().filter(|_| settings.encrypt) {
        let name = parcel.authority.folder();
        let addresses = of(contacts, parcel).map(Contact::address).collect::<Vec<_>>().join("; ");
        secrets.insert(name.clone(), passphrases.of(&parcel.authority.code, &format!("{name}.zip"), &addresses)?);
    }
    let one = |parcel: &Parcel<'_>| {
        let posting = posting(parcel, contacts, settings.encrypt);
        let passphrase = secrets.get(&parcel.authority.folder()).map(String::as_str);
        let files = of_parcel(round, parcel, &posting, &settings, &stationery, passphrase);
        files.with_context(|| format!("what goes to {}", parcel.authority.name))
    };
    let made = parcels.par_iter().map(one).collect::<Result<Vec<Files>>>()?;
    let postings: Vec<Posting<'_>> = parcels.iter().map(|parcel| posting(parcel, contacts, settings.encrypt)).collect();
    let lines: Vec<Line> = postings.iter().zip(&made).flat_map(|(posting, files)| lines(posting, files)).collect();
    let mut files: Files = made.into_iter().flatten().collect();
    files.push(("log.csv".to_owned(), post::log_csv(&lines)?));
    files.push(("index.html".to_owned(), stationery.index(round, &postings, settings.encrypt)?.into_bytes()));
    let secret = settings.encrypt.then(|| passphrases.csv()).transpose()?;
    Ok((files, secret.map(|bytes| (PASSPHRASES.to_owned(), bytes))))
}

fn of<'a>(contacts: &'a [Contact], parcel: &Parcel<'_>) -> impl Iterator<Item = &'a Contact> {
    let code = parcel.authority.code.clone();
    contacts.iter().filter(move |contact| contact.code == code)
}

/// What goes to an authority, for words.
fn posting<'a>(parcel: &Parcel<'a>, contacts: &'a [Contact], encrypt: bool) -> Posting<'a> {
    let folder = parcel.authority.folder();
    let posted = |file: &post::File| Posted {
        name: file.name.clone(),
        purpose: file.purpose.to_owned(),
        path: (!encrypt).then(|| format!("{folder}/{}", file.name)),
        size: size(file.bytes.len()),
        sha256: digest::sha256(&file.bytes),
    };
    Posting {
        authority: parcel.authority,
        contacts: of(contacts, parcel).map(|contact| (contact.name.as_str(), contact.email.as_str())).collect(),
        files: parcel.files.iter().map(posted).collect(),
        archive: encrypt.then(|| format!("{folder}.zip")),
        message: format!("{folder}.eml"),
    }
}

/// A size for people.
fn size(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}

/// The files or the archive of an authority, and the message that carries them.
fn of_parcel(
    round: &Round,
    parcel: &Parcel<'_>,
    posting: &Posting<'_>,
    settings: &Dispatch,
    stationery: &Stationery,
    passphrase: Option<&str>,
) -> Result<Files> {
    let folder = parcel.authority.folder();
    let inside = || parcel.files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice()));
    let attached: Files = match passphrase {
        Some(passphrase) => vec![(format!("{folder}.zip"), post::zip(inside(), passphrase)?)],
        None => inside().map(|(name, bytes)| (name.to_owned(), bytes.to_owned())).collect(),
    };
    let (subject, text) = stationery.message(round, posting)?;
    let letter = Letter { settings, to: posting.contacts.clone(), subject: &subject, text: &text };
    let message = post::eml(&letter, &attached);
    let place = |name: String| if passphrase.is_some() { name } else { format!("{folder}/{name}") };
    let mut files: Files = attached.into_iter().map(|(name, bytes)| (place(name), bytes)).collect();
    files.push((posting.message.clone(), message));
    Ok(files)
}

/// What the log says of one authority: every file that was written for it, and those in its archive.
fn lines(posting: &Posting<'_>, files: &Files) -> Vec<Line> {
    let join = |texts: Vec<&str>| texts.join("; ");
    let line = |file: String, purpose: String, size: usize, sha256: String| Line {
        code: posting.authority.code.clone(),
        authority: posting.authority.name.clone(),
        names: join(posting.contacts.iter().map(|(name, _)| *name).collect()),
        addresses: join(posting.contacts.iter().map(|(_, address)| *address).collect()),
        file,
        purpose,
        size,
        sha256,
    };
    let purpose = |path: &str| match path.rsplit('.').next() {
        Some("eml") => "the message".to_owned(),
        Some("zip") => "all files of the authority, encrypted".to_owned(),
        _ => posting
            .files
            .iter()
            .find(|file| file.path.as_deref() == Some(path))
            .map_or_else(String::new, |file| file.purpose.clone()),
    };
    files.iter().map(|(path, bytes)| line(path.clone(), purpose(path), bytes.len(), digest::sha256(bytes))).collect()
}
