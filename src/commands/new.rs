//! The command `new`: a new round, from the newest.

use anyhow::{Result, bail};

use super::{Outcome, tell};
use crate::cli::{self, Cli};
use crate::output;
use crate::round;
use crate::standard;

/// Writes the folder of a round that is not there yet.
pub(super) fn new(cli: &Cli, arguments: &cli::New) -> Result<Outcome> {
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
