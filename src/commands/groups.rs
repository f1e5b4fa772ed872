//! The command `groups`: proposes groups of like authorities, for the report author to take into the register or not.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::{Opened, Outcome, open, print};
use crate::cli::{self, Cli, Format};
use crate::reports::Proposed;
use crate::statistics::{self, Likeness};

/// Groups of fewer members are withheld as soon as one of them lacks a figure.
const SMALLEST: usize = 4;

/// Proposes groups; writes nothing.
pub(super) fn groups(cli: &Cli, arguments: &cli::Groups) -> Result<Outcome> {
    let Opened { round, returns, .. } = open(&cli.data, Some(arguments.year))?;
    let needed = round.settings.disclosure.minimum_contributors;
    let least = arguments.least.map_or((needed + 1).max(SMALLEST), usize::from);
    ensure!(
        least >= needed,
        "protection withholds the figures of fewer than {needed} authorities: `--least` is {least}"
    );
    let by: BTreeSet<Likeness> = arguments.by.iter().map(|one| Likeness::from(*one)).collect();
    let by: Vec<Likeness> = by.into_iter().collect();
    let proposal = statistics::propose(&round, &returns, &by, least, usize::from(arguments.number))?;
    let proposed = Proposed { round: &round, proposal: &proposal, by: &by, least };
    match arguments.format {
        Format::Human => print(&proposed.human()?)?,
        Format::Json => print(&proposed.json()?)?,
    }
    Ok(Outcome::Done)
}
