//! The command `preview`: serves a report on this machine alone, and makes it again when templates or data change.

mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use typst_kit::watcher::Watcher;
use walkdir::WalkDir;

use super::kept::Kept;
use super::{Opened, Outcome, chosen, open, released, tell};
use crate::cli::{self, Cli};
use crate::output;
use crate::reports::{self, Material, Press};
use crate::statistics::{self, Edition, Statistics};

use server::{PageServer, Pages};

/// Every file and folder that a preview depends on, with what tells that it has changed.
type Files = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Serves until it is stopped; a mistake is shown in the browser, and the next change tries again.
pub(super) fn preview(cli: &Cli, arguments: &cli::Preview) -> Result<Outcome> {
    if let Some(folder) = &arguments.sample {
        return sample(cli, arguments, folder);
    }
    let waiting = page("The report is being made", "<p>It is shown here as soon as it is ready.</p>");
    let server = PageServer::start(arguments.port, Pages::Only(waiting))?;
    let mut watcher = Watcher::new(None).map_err(|error| anyhow!("{error}"))?;
    let mut measured: Option<(Files, Measured)> = None;
    tell(&format!("serving on http://{}; stop with Ctrl+C\n", server.address()));
    loop {
        // Listed before they are read: what changes meanwhile is seen at the next round.
        let (data, templates) = (files(&cli.data)?, files(&cli.templates)?);
        let watched = data.keys().chain(templates.keys()).cloned();
        watcher.update(watched).map_err(|error| anyhow!("{error}"))?;
        if measured.as_ref().is_none_or(|(before, _)| *before != data) {
            measured = None;
        }
        let pages = match &measured {
            Some((_, measured)) => measured.pages(cli, arguments),
            None => {
                Measured::read(cli, arguments).and_then(|read| measured.insert((data, read)).1.pages(cli, arguments))
            }
        };
        reports::forget();
        match pages {
            Ok(pages) => {
                tell(&format!("ready: {}\n", pages.keys().cloned().collect::<Vec<_>>().join(" ")));
                server.show(Pages::Each(pages));
            }
            Err(error) => {
                let message = format!("{error:#}");
                tell(&format!("error: {message}\n"));
                // Whatever is asked for, it is this that has to be mended.
                server.show(Pages::Only(problem(&message)));
            }
        }
        watcher.wait().map_err(|error| anyhow!("{error}"))?;
    }
}

/// Writes the templates with the data and the charts of one document into a new folder.
fn sample(cli: &Cli, arguments: &cli::Preview, folder: &Path) -> Result<Outcome> {
    if folder.exists() {
        bail!("{} is there already; it stays as it is", folder.display());
    }
    let Measured { opened: Opened { round, standard, plans, .. }, statistics } = &Measured::read(cli, arguments)?;
    let press = Press::new(&cli.templates, Material { round, standard, statistics, plans: &plans.plans })?;
    let authority = match arguments.only.as_slice() {
        [] => None,
        codes => chosen(&statistics.authorities, codes, round)?.first().copied(),
    };
    output::replace(folder, press.sample(authority)?)?;
    tell(&format!("wrote {}\n", folder.display()));
    Ok(Outcome::Done)
}

/// What stays as long as the data do.
struct Measured {
    opened: Opened,
    statistics: Statistics,
}

impl Measured {
    fn read(cli: &Cli, arguments: &cli::Preview) -> Result<Self> {
        let kept = Kept::of(cli, arguments.year);
        let opened = open(&cli.data, arguments.year)?;
        if opened.returns.accepted.is_empty() {
            bail!("{} has no accepted return", opened.round.settings.year);
        }
        let Opened { standard, england, round, returns, earlier, .. } = &opened;
        let known = kept.as_ref().map(|kept| kept.protection(Edition::Own)).unwrap_or_default();
        let (known, _) = released::beside(known, &cli.data, &opened)?;
        let statistics = statistics::measure(standard, england, earlier, round, returns, Edition::Own, &known)?;
        if let Some(kept) = &kept {
            kept.keep_protection(Edition::Own, &statistics.protection);
        }
        Ok(Self { statistics, opened })
    }

    /// The pages by their addresses: the national report, or the packs asked for, the first of them at `/`.
    fn pages(&self, cli: &Cli, arguments: &cli::Preview) -> Result<BTreeMap<String, String>> {
        let Opened { round, standard, plans, .. } = &self.opened;
        let press = Press::new(
            &cli.templates,
            Material { round, standard, statistics: &self.statistics, plans: &plans.plans },
        )?;
        if arguments.only.is_empty() {
            return Ok(BTreeMap::from([("/".to_owned(), press.national_page()?)]));
        }
        let mut pages = BTreeMap::new();
        for authority in chosen(&self.statistics.authorities, &arguments.only, round)? {
            let page = press.pack_page(authority)?;
            if pages.is_empty() {
                pages.insert("/".to_owned(), page.clone());
            }
            pages.insert(format!("/{}", authority.authority.code), page);
        }
        Ok(pages)
    }
}

/// A page that shows what went wrong.
fn problem(message: &str) -> String {
    let message = message.replace('&', "&amp;").replace('<', "&lt;");
    page(
        "The report could not be made",
        &format!("<pre>{message}</pre><p>Mend it: this page loads again by itself.</p>"),
    )
}

/// A page of the preview's own.
fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{body}</body></html>"
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
