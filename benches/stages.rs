//! How long the stages before typesetting take: `cargo bench --bench stages`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to measure")]

use std::path::{Path, PathBuf};

use clap::Parser;
use divan::Bencher;
use scwres::cli::Cli;
use scwres::round::{self, Round};
use scwres::standard::{self, Standard};
use scwres::statistics::{self, Edition, Protection};
use scwres::submissions::{self, Returns, workbook};

fn main() {
    divan::main();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A sample round: 18, 23 or 73 returns.
const YEARS: [i32; 3] = [2021, 2023, 2024];

fn opened(data: &Path, year: i32) -> (Standard, Round, Returns) {
    let standard = standard::read(data).unwrap();
    let round = round::read(data, year, &standard).unwrap();
    let returns = submissions::read(&round, &standard, None).unwrap().value;
    (standard, round, returns)
}

/// Reading and checking every submission.
#[divan::bench(args = YEARS)]
fn read(bencher: Bencher<'_, '_>, year: i32) {
    let data = root().join("data");
    bencher.bench_local(|| opened(&data, year));
}

/// Adding up, protecting and comparing.
#[divan::bench(args = YEARS, sample_count = 5, sample_size = 1)]
fn measure(bencher: Bencher<'_, '_>, year: i32) {
    measured(bencher, root().join("data"), year);
}

/// The same for every authority of England, and for 2,000 organisations.
#[divan::bench(args = [153, 2000], sample_count = 5, sample_size = 1)]
fn measure_many(bencher: Bencher<'_, '_>, authorities: usize) {
    let folder = synthesised(authorities);
    measured(bencher, folder.path().to_owned(), 2024);
}

/// Reading and checking the return of every authority of England, each a workbook.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_workbooks(bencher: Bencher<'_, '_>) {
    let folder = synthesised(153);
    let (standard, round, returns) = opened(folder.path(), 2024);
    for submission in &returns.submissions {
        let path = round.folder.join("submissions").join(&submission.file);
        std::fs::remove_file(&path).unwrap();
        let authority = round.authority(&submission.authority_code).unwrap();
        let content = workbook::Content { entries: &submission.entries, contact: "" };
        let bytes = workbook::write(&round.settings, &standard, authority, content, None).unwrap();
        std::fs::write(path.with_extension("xlsx"), bytes).unwrap();
    }
    bencher.bench_local(|| opened(folder.path(), 2024));
}

/// A data folder with a synthetic round of so many authorities.
fn synthesised(authorities: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["standard.yaml", "england-authorities.csv"] {
        std::fs::copy(root().join("data").join(name), folder.path().join(name)).unwrap();
    }
    let data = folder.path().to_str().unwrap();
    let cli =
        Cli::parse_from(["scwres", "--data", data, "synthesise", "2024", "--authorities", &authorities.to_string()]);
    scwres::run(&cli).unwrap();
    folder
}

fn measured(bencher: Bencher<'_, '_>, data: PathBuf, year: i32) {
    let england = scwres::authority::read(&data.join("england-authorities.csv")).unwrap();
    let (standard, round, returns) = opened(&data, year);
    bencher.bench_local(|| {
        statistics::measure(&standard, &england, &[], &round, &returns, Edition::Own, &Protection::default()).unwrap()
    });
}
