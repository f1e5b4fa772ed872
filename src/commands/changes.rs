//! The command `changes`: what differs between the year as it was built and another build of it, or its last release.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Outcome, kept, print, tell};
use crate::changes::{self, Side};
use crate::cli::{self, Cli, Format};
use crate::output;
use crate::record;
use crate::round;
use crate::standard;

/// What is compared with in place of a folder.
const RELEASE: &str = "release";

/// Tells what differs, and writes nothing.
pub(super) fn changes(cli: &Cli, arguments: &cli::Changes) -> Result<Outcome> {
    let year = arguments.year.map_or_else(|| round::newest(&cli.data), Ok)?;
    let standard = standard::read(&cli.data)?;
    let round = round::read(&cli.data, year, &standard)?;
    let folder = cli.output.join(year.to_string());
    let Some(now) = Side::in_folder(&folder, kept::answers(&cli.output, year))? else {
        bail!("{} was not built yet: build the year, then compare it", folder.display());
    };
    let before = if arguments.against == RELEASE {
        let releases = record::releases(&cli.data, year)?;
        let last = releases
            .last()
            .with_context(|| format!("{year} was not released yet: compare with another build, --against FOLDER"))?;
        Side::on_record(last)?
    } else {
        in_folder(Path::new(&arguments.against), year)?
    };
    let found = changes::between(&before, &now, &round, &standard, false)?;
    match arguments.format {
        Format::Human => tell(&found.human()),
        Format::Json => print(&found.json()?)?,
    }
    Ok(Outcome::Done)
}

/// The build in a folder: that of the year itself, or one that holds it.
fn in_folder(path: &Path, year: i32) -> Result<Side> {
    let inside = path.join(year.to_string());
    let folder = if inside.join(output::MANIFEST).is_file() { inside } else { path.to_owned() };
    let answers = folder.parent().and_then(|output| kept::answers(output, year));
    match Side::in_folder(&folder, answers)? {
        Some(side) if side.is_of(year) => Ok(side),
        Some(_) => bail!("{} holds another year than {year}", folder.display()),
        None => bail!("{} holds no build: give the folder of a year, such as output/{year}", folder.display()),
    }
}
