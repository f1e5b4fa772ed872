//! The command `checker`: pages on which authorities check their returns themselves, before they send them.

use anyhow::{Result, ensure};

use super::{Opened, Outcome, open, tell, unknown_authority};
use crate::authority::Authority;
use crate::checker::{Brought, MODULE};
use crate::cli::{self, Cli};
use crate::finding;
use crate::output;
use crate::reports::CheckerPages;

/// The name of the page for every authority.
const FOR_EVERYBODY: &str = "checker.html";

/// Writes the page for every authority, or one for each of those asked for, with its counts of the round before.
pub(super) fn checker(cli: &Cli, arguments: &cli::Checker) -> Result<Outcome> {
    let Opened { standard, round, earlier, .. } = open(&cli.data, Some(arguments.year))?;
    let before = earlier.last().map(|(_, returns)| returns);
    let pages = CheckerPages::new(&cli.templates)?;
    let write = |name: &str, authority: Option<&Authority>| -> Result<()> {
        let brought = Brought::new(&round, &standard, before, authority, pages.words()?)?;
        let json = serde_json::to_string(&brought)?;
        let page = pages.page(&round, authority, (&json, brought.compares()), MODULE)?;
        output::put_whole(&cli.output.join(format!("{}-checkers", arguments.year)).join(name), page.as_bytes())
    };
    let mut chosen: Vec<&Authority> = Vec::new();
    for code in &arguments.authority {
        chosen.push(round.returning(code).ok_or_else(|| unknown_authority(code, &round))?);
    }
    if arguments.all {
        chosen = round.authorities.iter().collect();
        ensure!(!chosen.is_empty(), "nobody is registered for {}", arguments.year);
    }
    chosen.sort_by(|one, other| one.code.cmp(&other.code));
    chosen.dedup();
    for authority in &chosen {
        write(&format!("{}.html", authority.folder()), Some(authority))?;
    }
    if chosen.is_empty() {
        write(FOR_EVERYBODY, None)?;
    }
    let folder = cli.output.join(format!("{}-checkers", arguments.year));
    tell(&format!("wrote {} to {}\n", finding::plural(chosen.len().max(1), "page"), folder.display()));
    Ok(Outcome::Done)
}
