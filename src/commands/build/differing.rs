//! Tells beside a build what differs from the one that it takes the place of.

use anyhow::Result;

use crate::changes::{self, Answers, Reading, Side};
use crate::commands::Opened;
use crate::output::{HISTORY, Year};
use crate::reports::{self, Artefact, Press};
use crate::statistics::Edition;

/// The page leads nowhere: what it tells of is in no other file.
const READING: Reading = Reading {
    column: reports::column_title,
    value: reports::column_value,
    by: reports::column_difference,
    figure: |_| None,
    cause: |_| None,
};

/// Writes the page and the table of changes; `then` are the answers of the returns of the build before, as far as they are known.
pub(super) fn write(
    press: &Press<'_>,
    opened: &Opened,
    folder: &Year,
    manifest: &[u8],
    (then, now): (Option<Answers>, &Answers),
) -> Result<()> {
    let public = press.statistics().edition == Edition::Public;
    let now = Side::of_build(folder.staging(), manifest, (!public).then(|| now.clone()))?;
    // A build before that cannot be read is none: what stands there is about to go.
    let before = Side::in_folder(folder.target(), then).ok().flatten();
    let comparable = before.filter(|before| before.may_be_told(public));
    let compare = |before| changes::between(before, &now, &opened.round, &opened.standard, public);
    let found = comparable.as_ref().and_then(|before| compare(before).ok()).unwrap_or_default();
    let [page, table] = HISTORY;
    folder
        .write_beside(Artefact { path: page.to_owned(), bytes: press.changes(&found.page(READING))?.into_bytes() })?;
    folder.write_beside(Artefact { path: table.to_owned(), bytes: found.csv()? })
}
