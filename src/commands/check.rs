//! The command `check`: reads and checks the submissions, and tells what was found.

use anyhow::Result;

use super::{Opened, Outcome, has_errors, open, print, tell};
use crate::cli::{self, Cli, Format};
use crate::finding;
use crate::output;
use crate::reports::{self, Checking};

/// Tells every finding; with `--pages`, writes them for each authority too.
pub(super) fn check(cli: &Cli, arguments: &cli::Check) -> Result<Outcome> {
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
