//! The command `synthesise`: a synthetic round of fictional authorities.

use anyhow::{Context, Result, bail};

use super::{Outcome, tell};
use crate::cli::{self, Cli};
use crate::output;
use crate::round;
use crate::standard;
use crate::synthesise;

/// Writes the round, in place of none but a synthetic one.
pub(super) fn synthesise(cli: &Cli, arguments: &cli::Synthesise) -> Result<Outcome> {
    let standard = standard::read(&cli.data)?;
    let options = synthesise::Options {
        year: arguments.year,
        authorities: arguments.authorities.map(usize::from),
        seed: arguments.seed,
        mixed: arguments.mixed.map(|percent| f64::from(percent) / 100.0),
    };
    let files = synthesise::synthesise(&standard, &options)?;
    let folder = cli.data.join(arguments.year.to_string());
    if folder.exists() {
        let round = round::read(&cli.data, arguments.year, &standard)
            .with_context(|| format!("{} is in the way", folder.display()))?;
        if round.settings.status != round::Status::Synthetic {
            bail!("{} holds a round that is not synthetic; it stays as it is", folder.display());
        }
    }
    output::replace(&folder, files)?;
    tell(&format!("wrote {}\n", folder.display()));
    Ok(Outcome::Done)
}
