//! The command `workbook`: empty collection workbooks, with what each authority returned in the round before.

use anyhow::{Result, bail};

use super::{Opened, Outcome, open, tell, unknown_authority};
use crate::authority::Authority;
use crate::cli::{self, Cli};
use crate::finding;
use crate::output;
use crate::submissions::workbook;

/// Writes the workbooks of the authorities asked for, or of all.
pub(super) fn workbook(cli: &Cli, arguments: &cli::Workbook) -> Result<Outcome> {
    let Opened { standard, round, earlier, .. } = open(&cli.data, Some(arguments.year))?;
    let mut chosen: Vec<&Authority> = round.authorities.iter().collect();
    let cli::Whose { authority: codes, all } = &arguments.whose;
    if !all {
        for code in codes {
            if round.returning(code).is_none() {
                return Err(unknown_authority(code, &round));
            }
        }
        let asked = |authority: &Authority| codes.iter().any(|code| round.returning(code) == Some(authority));
        chosen.retain(|authority| asked(authority));
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
        let then = earlier.last().and_then(|(before, returns)| {
            Some((before.settings.year, returns.compared_with(&round, &authority.code)?))
        });
        let before = then.as_ref().map(|(year, then)| workbook::Before { year: *year, entries: &then.entries });
        let bytes = workbook::write(&round.settings, &standard, authority, workbook::Content::default(), before)?;
        output::put(&folder.join(format!("{}.xlsx", authority.folder())), &bytes)?;
    }
    tell(&format!("wrote {} to {}\n", finding::plural(chosen.len(), "workbook"), folder.display()));
    Ok(Outcome::Done)
}
