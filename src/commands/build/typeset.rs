//! Makes documents side by side, and takes over those that stand as they were typeset from the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::cache::Typeset;
use crate::corrections::{History, Standing};
use crate::digest;
use crate::output::Year;
use crate::parallel;
use crate::reports::{self, Artefact, Document, Draft, Notice, Press};

/// What became of the documents.
#[derive(Default)]
pub(super) struct Made {
    /// Each with what it is typeset from, now or before.
    pub typeset: BTreeMap<String, Typeset>,
    /// The figures that those print which were typeset now: the rows of each in the table of all.
    pub figures: BTreeMap<String, Vec<u8>>,
    /// Those whose numbers are not those that were published, and that do not say so: nothing says why.
    untold: BTreeSet<String>,
    /// Why a document that was typeset before was typeset again.
    reasons: BTreeMap<String, BTreeSet<String>>,
}

/// Writes the documents' files; `before` tells what those in the earlier folder were typeset from, and `history` what was published.
pub(super) fn documents(
    (press, history): (&Press<'_>, &History),
    documents: &[Document<'_>],
    jobs: usize,
    folder: &Year,
    before: &BTreeMap<String, Typeset>,
) -> Result<Made> {
    let made: Mutex<Made> = Mutex::default();
    parallel::each(documents, jobs, |document| {
        let mut drafts = press.drafts(*document)?.into_iter();
        let made = drafts.try_for_each(|draft| make((press, history), draft, folder, before, &made));
        reports::forget(); // after a pack with its short editions, on failure too: memory stays bounded
        made
    })?;
    Ok(made.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Makes a document, with the notice that it has to carry where the round is out, and its tables.
fn make(
    (press, history): (&Press<'_>, &History),
    mut draft: Draft,
    folder: &Year,
    before: &BTreeMap<String, Typeset>,
    made: &Mutex<Made>,
) -> Result<()> {
    std::mem::take(&mut draft.tables).into_iter().try_for_each(|table| folder.write(table))?;
    if !history.is_out() {
        return place(press, &draft, folder, before, made);
    }
    let made_now = || made.lock().unwrap_or_else(PoisonError::into_inner);
    let Standing { notice, otherwise, listed, untold } =
        history.standing(&draft.name, &press.prints(&draft)?, draft.data());
    if untold {
        made_now().untold.insert(draft.name.clone());
    }
    let carrying = |notice: Option<Notice>| -> Result<(Draft, Option<Artefact>)> {
        let mut draft = draft.clone();
        let table = notice.map(|notice| press.carry(&mut draft, notice, &listed)).transpose()?;
        Ok((draft, table.flatten()))
    };
    let otherwise = otherwise.map(|notice| carrying(Some(notice))).transpose()?;
    // What was found to differ from its release stands as it was typeset then, if it would be typeset from the same.
    let known = otherwise.as_ref().map(|(draft, _)| stands(press, draft, before)).transpose()?.unwrap_or_default();
    let mut table = None;
    if !known {
        let (draft, beside) = carrying(notice)?;
        place(press, &draft, folder, before, made)?;
        table = beside;
    }
    if let Some((otherwise, beside)) = otherwise {
        let files = made_now().typeset.get(&draft.name).map(|typeset| typeset.files.clone()).unwrap_or_default();
        if known || history.differs(&draft.name, &files) {
            place(press, &otherwise, folder, before, made)?;
            table = beside;
        }
    }
    table.into_iter().try_for_each(|table| folder.write(table))
}

/// Whether a document was typeset from the very same before.
fn stands(press: &Press<'_>, draft: &Draft, before: &BTreeMap<String, Typeset>) -> Result<bool> {
    let own = press.made_from(draft)?;
    Ok(before.get(&draft.name).is_some_and(|before| before.changed(&own, press).is_empty()))
}

/// Typesets a draft, or takes over what stands there already.
fn place(
    press: &Press<'_>,
    draft: &Draft,
    folder: &Year,
    before: &BTreeMap<String, Typeset>,
    made: &Mutex<Made>,
) -> Result<()> {
    let made_now = || made.lock().unwrap_or_else(PoisonError::into_inner);
    let own = press.made_from(draft)?;
    let changed = before.get(&draft.name).map(|before| before.changed(&own, press));
    if let (Some(typeset), Some(true)) = (before.get(&draft.name), changed.as_ref().map(BTreeSet::is_empty))
        && take_over(typeset, folder)?
    {
        made_now().typeset.insert(draft.name.clone(), typeset.clone());
        return Ok(());
    }
    let (typeset, figures) = typeset(press, draft, own, folder)?;
    let mut made = made_now();
    if let Some(mut reasons) = changed {
        if reasons.is_empty() {
            reasons.insert("a file of it in the output folder".to_owned());
        }
        made.reasons.insert(draft.name.clone(), reasons);
    }
    made.figures.insert(draft.name.clone(), figures);
    made.typeset.insert(draft.name.clone(), typeset);
    Ok(())
}

/// Takes over the files as they stand in the earlier folder, if they are what was written there.
fn take_over(typeset: &Typeset, folder: &Year) -> Result<bool> {
    let mut files = Vec::new();
    for (path, sha256) in &typeset.files {
        let Some(bytes) = folder.earlier(path).filter(|bytes| digest::sha256(bytes) == *sha256) else {
            return Ok(false);
        };
        files.push(Artefact { path: path.clone(), bytes });
    }
    files.into_iter().try_for_each(|file| folder.write(file))?;
    Ok(true)
}

fn typeset(
    press: &Press<'_>,
    draft: &Draft,
    own: BTreeMap<String, String>,
    folder: &Year,
) -> Result<(Typeset, Vec<u8>)> {
    let publication = press.publish(draft)?;
    let files = publication.artefacts.iter().map(|one| (one.path.clone(), digest::sha256(&one.bytes))).collect();
    let shared = publication.used.into_iter().map(|path| (path.clone(), press.shared(&path))).collect();
    publication.artefacts.into_iter().try_for_each(|file| folder.write(file))?;
    Ok((Typeset { own, shared, files }, publication.figures))
}

/// Which documents print other numbers than were published, and carry no notice.
pub(super) fn untold(made: &Made) -> String {
    let mut names: Vec<&str> = made.untold.iter().map(String::as_str).collect();
    names.sort_by_key(|name| *name != reports::NATIONAL);
    match names.len() {
        0 => String::new(),
        n => format!(
            "warning: {n} documents print other numbers than were published, and do not say so, for round.yaml has no `correction` \
             of its own: {}\n",
            list(&names)
        ),
    }
}

/// A few names, and how many more there are.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    match names.split_at_checked(SHOWN) {
        Some((shown, rest)) if !rest.is_empty() => format!("{} and {} more", shown.join(", "), rest.len()),
        _ => names.join(", "),
    }
}

/// Which documents were typeset again and why; nothing where none stood there before. `changed` are the files that are not as they
/// were.
pub(super) fn told(made: &Made, changed: &BTreeSet<String>) -> String {
    let all = made.typeset.len();
    if made.figures.len() == all && made.reasons.is_empty() {
        return String::new();
    }
    let mut text = format!("{} of {all} documents stand as they were typeset before\n", all - made.figures.len());
    if !changed.is_empty() {
        let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
        text += &format!("changed: {}\n", list(&changed));
    }
    let mut by_reason: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (document, reasons) in &made.reasons {
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
        by_reason.entry(list(&reasons)).or_default().push(document);
    }
    for (reasons, documents) in by_reason {
        text += &format!("typeset again for {reasons}: {}\n", list(&documents));
    }
    text
}
