//! The command `preview`: the author's desk, on this machine alone. It shows a round as it is made, and writes nothing.

mod desk;
mod differing;
mod figures;
mod going_out;
mod overview;
mod protection;
mod provenance;
mod reading;
mod returns;
mod server;
mod watching;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use super::kept::Kept;
use super::{Opened, Outcome, chosen, open, released, tell};
use crate::cli::{self, Cli, Command};
use crate::output;
use crate::reports::{Material, Press};
use crate::round;
use crate::statistics::{self, Edition};

use desk::Desk;
use watching::Watching;

/// How often the output folder is looked at, which may not be there yet.
const BUILT: Duration = Duration::from_millis(300);

/// Every file and folder that the desk depends on, with what tells that it has changed.
type Files = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Serves until it is stopped; a mistake is shown in the browser, and the next change tries again.
pub(super) fn preview(cli: &Cli, arguments: &cli::Preview) -> Result<Outcome> {
    if let Some(folder) = &arguments.sample {
        return sample(cli, arguments, folder);
    }
    let own = Cli {
        data: cli.data.clone(),
        templates: cli.templates.clone(),
        output: cli.output.clone(),
        command: Command::Preview(arguments.clone()),
    };
    let desk = Arc::new(Desk::new(own, arguments.year, arguments.only.clone()));
    let address = server::serve(arguments.port, &desk)?;
    tell(&format!("serving on http://{address}; stop with Ctrl+C\n"));
    let watching = Watching::of([&*cli.data, &*cli.templates])?;
    let mut seen: Option<[Files; 3]> = None;
    loop {
        // Listed before they are read: what changes meanwhile is seen at the next round.
        let now = [files(&cli.data)?, files(&cli.templates)?, manifest(cli, arguments)];
        let same = |place: usize| seen.as_ref().is_some_and(|seen| seen[place] == now[place]);
        if !same(0) {
            let (number, desk) = (desk.begins(), Arc::clone(&desk));
            std::thread::spawn(move || figures::hold(&desk, number));
        } else if !same(1) {
            desk.has_new_templates();
        } else if !same(2) {
            desk.has_new_build();
        }
        seen = Some(now);
        watching.wait(BUILT)?;
    }
}

/// What tells that the year was built anew.
fn manifest(cli: &Cli, arguments: &cli::Preview) -> Files {
    let year = arguments.year.map_or_else(|| round::newest(&cli.data), Ok);
    let path = year.ok().map(|year| cli.output.join(year.to_string()).join(output::MANIFEST));
    let seen = path.and_then(|path| {
        let about = path.metadata().ok()?;
        Some((path, (about.len(), about.modified().ok())))
    });
    seen.into_iter().collect()
}

/// Writes the templates with the data and the charts of one document into a new folder.
fn sample(cli: &Cli, arguments: &cli::Preview, folder: &Path) -> Result<Outcome> {
    if folder.exists() {
        bail!("{} is there already; it stays as it is", folder.display());
    }
    let kept = Kept::of(cli, arguments.year);
    let opened = open(&cli.data, arguments.year)?;
    let Opened { standard, england, round, returns, earlier, plans, .. } = &opened;
    if returns.accepted.is_empty() {
        bail!("{} has no accepted return", round.settings.year);
    }
    let known = kept.as_ref().map(|kept| kept.protection(Edition::Own)).unwrap_or_default();
    let (known, _) = released::beside(known, &cli.data, &opened)?;
    let statistics = &statistics::measure(standard, england, earlier, round, returns, Edition::Own, &known)?;
    let press = Press::new(&cli.templates, Material { round, standard, statistics, plans: &plans.plans })?;
    let authority = match arguments.only.as_slice() {
        [] => None,
        codes => chosen(&statistics.authorities, codes, round)?.first().copied(),
    };
    output::replace(folder, press.sample(authority)?)?;
    tell(&format!("wrote {}\n", folder.display()));
    Ok(Outcome::Done)
}

/// A page that shows what went wrong, where the desk's own pages cannot.
fn problem(message: &str) -> String {
    let message = message.replace('&', "&amp;").replace('<', "&lt;");
    let title = "The desk's pages cannot be shown";
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><pre>{message}</pre><p>Mend it: this page loads again by itself.</p></main></body></html>"
    )
}

fn files(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    for entry in WalkDir::new(folder).follow_links(true) {
        let entry = match entry {
            Ok(entry) => entry,
            // A file that an editor has just taken away is none.
            Err(error) if error.depth() > 0 => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", folder.display())),
        };
        let Ok(about) = entry.metadata() else { continue };
        let seen = if about.is_dir() { (0, None) } else { (about.len(), about.modified().ok()) };
        files.insert(entry.into_path(), seen);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    #[test]
    fn a_new_file_and_a_changed_one_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("part")).unwrap();
        let before = files(folder.path()).unwrap();
        let path = folder.path().join("part/a.typ");
        fs::write(&path, "one").unwrap();
        let with = files(folder.path()).unwrap();
        assert_ne!(before, with);
        fs::File::options().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        assert_ne!(files(folder.path()).unwrap(), with);
    }

    #[test]
    fn a_mistake_is_shown_as_text() {
        assert!(problem("<script>").contains("&lt;script>"));
    }
}
