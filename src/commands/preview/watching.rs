//! Waits until a file changes: editors write in several steps, and one change is one change.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// No event for so long is the end of a change: longer than an editor takes between the steps of saving a file, and short beside what
/// follows.
const QUIET: Duration = Duration::from_millis(25);

/// A file that changes all the time is read all the same.
const LONGEST: Duration = Duration::from_millis(500);

/// Watches folders with all that is in them.
pub(super) struct Watching {
    events: Receiver<notify::Result<Event>>,
    /// Watches as long as it is kept.
    _watcher: RecommendedWatcher,
}

impl Watching {
    /// Begins to watch.
    pub(super) fn of<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let (sender, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(sender).context("changes of files cannot be watched")?;
        for folder in folders {
            let problem = || format!("changes in {} cannot be watched", folder.display());
            watcher.watch(folder, RecursiveMode::Recursive).with_context(problem)?;
        }
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits for a change, and until it is over; at most as long as told.
    pub(super) fn wait(&self, patience: Duration) -> Result<()> {
        let begun = Instant::now();
        loop {
            match self.events.recv_timeout(patience.saturating_sub(begun.elapsed())) {
                Ok(Ok(event)) if !changes(&event) => {}
                // Watching went wrong in one place, perhaps because it is there no more: whoever lists the files tells.
                Ok(_) => break,
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => anyhow::bail!("changes of files are not told any more"),
            }
        }
        let begun = Instant::now();
        while begun.elapsed() < LONGEST && self.events.recv_timeout(QUIET).is_ok() {}
        Ok(())
    }
}

/// Whether something is otherwise than before: being read changes nothing.
fn changes(event: &Event) -> bool {
    event.need_rescan() || !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn a_change_is_told_once_it_is_over_and_reading_is_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("part")).unwrap();
        let path = folder.path().join("part/a.typ");
        fs::write(&path, "one").unwrap();
        let watching = Watching::of([folder.path()]).unwrap();
        let waited = |patience| {
            let begun = Instant::now();
            watching.wait(patience).unwrap();
            begun.elapsed() < patience
        };
        fs::read(&path).unwrap();
        assert!(!waited(Duration::from_millis(200)), "it was read");
        fs::write(&path, "two").unwrap();
        assert!(waited(LONG), "it was written");
        assert!(!waited(Duration::from_millis(200)), "that was told");
        fs::create_dir(folder.path().join("new")).unwrap();
        assert!(waited(LONG), "a folder is new");
        fs::write(folder.path().join("new/b.typ"), "three").unwrap();
        assert!(waited(LONG), "a file in a folder that was not there before");
        fs::rename(&path, folder.path().join("part/c.typ")).unwrap();
        assert!(waited(LONG), "it has another name");
        fs::remove_file(folder.path().join("part/c.typ")).unwrap();
        assert!(waited(LONG), "it is gone");
    }
}
