//! Runs independent work on plain threads, with a progress bar on a terminal.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::ThreadPoolBuilder;

/// How many jobs to run: the number asked for, or the number of cores.
pub fn jobs(asked: Option<u16>) -> usize {
    asked.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// Works on every item; the first failure in the items' order is returned, after the work under way has ended.
///
/// Each thread has a rayon pool of one thread of its own: Typst uses rayon inside, and on a shared pool a waiting
/// thread would take up whole documents of others, which is slower than one thread alone.
pub fn each<T: Sync>(items: &[T], jobs: usize, work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let failures: Mutex<Vec<(usize, Error)>> = Mutex::default();
    let bar = progress_bar(items.len());
    let record = |index: usize, error: Error| {
        next.store(items.len(), Ordering::Relaxed); // no new work after a failure
        failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, error));
    };
    thread::scope(|scope| {
        for _ in 0..jobs.min(items.len()) {
            scope.spawn(|| {
                let pool = match ThreadPoolBuilder::new().num_threads(1).build() {
                    Ok(pool) => pool,
                    Err(error) => return record(0, Error::new(error).context("cannot start a thread")),
                };
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if let Err(error) = pool.install(|| work(item)) {
                        record(index, error);
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    match failures.into_iter().min_by_key(|(index, _)| *index) {
        Some((_, error)) => Err(error).context("the build stopped"),
        None => Ok(()),
    }
}

/// A bar on a terminal; nothing on a pipe.
fn progress_bar(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} documents, {eta} left") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_the_first_failure_is_told() {
        let items: Vec<usize> = (0..100).collect();
        let seen = Mutex::new(Vec::new());
        each(&items, 4, |item| {
            seen.lock().unwrap().push(*item);
            Ok(())
        })
        .unwrap();
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        assert_eq!(seen, items);
        let error = each(&items, 1, |item| if *item > 3 { Err(anyhow!("item {item}")) } else { Ok(()) }).unwrap_err();
        assert_eq!(format!("{error:#}"), "the build stopped: item 4");
    }
}
