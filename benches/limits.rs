//! The limits that the program keeps, each beside what it takes on this machine: `cargo bench --bench limits`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to measure")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A data folder with a synthetic round 2024, and an output folder.
struct Workplace(TempDir);

/// What a run of the program took.
struct Taken {
    wall: f64,
    /// Processor time of all its threads; nothing where the system does not tell.
    processor: Option<f64>,
    /// The most memory that it held at once, in MB; likewise.
    memory: Option<f64>,
}

fn main() {
    println!("{:<46}{:>10}{:>10}{:>10}{:>10}", "", "limit", "wall s", "CPU s", "MB");
    let of_153 = Workplace::new(153);
    let first = of_153.run(&["build", "2024"]);
    row("153 packs and the national report", "10 s", &first);
    let pack =
        Taken { wall: first.wall / 154.0, processor: first.processor.map(|seconds| seconds / 154.0), memory: None };
    row("  of it for one document", "0.10 CPU", &pack);
    row("the same, unchanged", "0.3 s", &of_153.run(&["build", "2024"]));
    row("explain, protection known", "0.5 s", &of_153.run(&["explain", "2024", "england", "2", "--edition", "own"]));
    of_153.write("text/foreword.typ", "A foreword.");
    row("build after an edit of the foreword", "", &of_153.run(&["build", "2024"]));
    row("build --only, protection known", "", &of_153.run(&["build", "2024", "--only", &of_153.first(), "--force"]));
    row("the sample of 2024", "", &Workplace::of_samples().run(&["build", "2024"]));
    row(
        "public edition of 153 authorities",
        "60 s",
        &Workplace::new(153).run(&["build", "2024", "--edition", "public"]),
    );
    desk();
    for authorities in [10, 500] {
        row(&format!("{authorities} packs"), "400 MB", &Workplace::new(authorities).run(&["build", "2024"]));
    }
}

/// How long the desk takes from a file that is saved to figures that are shown.
fn desk() {
    let workplace = Workplace::new(153);
    let mut child = workplace.command(&["preview", "2024", "--port", "3999"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut ready = || assert!(told.any(|line| line.starts_with("ready")), "the desk has ended");
    ready();
    // What it finds out by itself when nobody asks is not what is measured here.
    sleep(Duration::from_secs(10));
    let folder = workplace.data().join("2024/submissions");
    let names = scwres::output::list(&folder).unwrap();
    let mut returns = names.iter().filter(|name| name.ends_with(".csv")).map(|name| folder.join(name));
    type Changed = fn(&str) -> bool;
    let changes: [(&str, Changed); 3] = [
        ("figures at the desk, a cell changed", |line| line.contains("adults,leavers,,white,")),
        ("figures at the desk, a cell of staff changed", |line| line.contains("adults,staff,,white,")),
        ("figures at the desk, a whole return changed", |line| {
            line.contains("adults,") && !line.ends_with(['0', 'x', 'z', ','])
        }),
    ];
    for (name, is_changed) in changes {
        let path = returns.next().unwrap();
        let changed = |line: &str| match line.rsplit_once(',') {
            Some((cell, count)) if is_changed(line) => {
                format!("{cell},{}", count.parse::<u64>().map_or(0, |count| count + 1))
            }
            _ => line.to_owned(),
        };
        let text: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(changed).collect();
        let begin = Instant::now();
        fs::write(&path, text.join("\n") + "\n").unwrap();
        ready();
        row(name, "2 s", &Taken { wall: begin.elapsed().as_secs_f64(), processor: None, memory: None });
        sleep(Duration::from_secs(3));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn row(name: &str, limit: &str, taken: &Taken) {
    let number = |value: Option<f64>, decimals| value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"));
    let (wall, processor) = (number(Some(taken.wall), 2), number(taken.processor, 2));
    println!("{name:<46}{limit:>10}{wall:>10}{processor:>10}{:>10}", number(taken.memory, 0));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Workplace {
    fn new(authorities: usize) -> Self {
        let workplace = Self(tempfile::tempdir().unwrap());
        fs::create_dir(workplace.data()).unwrap();
        for name in ["standard.yaml", "england-authorities.csv"] {
            fs::copy(root().join("data").join(name), workplace.data().join(name)).unwrap();
        }
        workplace.run(&["synthesise", "2024", "--authorities", &authorities.to_string()]);
        workplace
    }

    /// The three rounds of the repository.
    fn of_samples() -> Self {
        let workplace = Self(tempfile::tempdir().unwrap());
        for path in scwres::output::list(&root().join("data")).unwrap() {
            let to = workplace.data().join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root().join("data").join(path), to).unwrap();
        }
        workplace
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.data().join("2024").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The code of the first authority with a return.
    fn first(&self) -> String {
        let files = scwres::output::list(&self.data().join("2024/submissions")).unwrap();
        files[0].split('.').next().unwrap().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scwres"));
        command.arg("--data").arg(self.data()).arg("--templates").arg(root().join("report-templates"));
        command.arg("--output").arg(self.0.path().join("output")).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Taken {
        let mut command = self.command(arguments);
        let (before, begin) = (processor(), Instant::now());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut memory = None;
        let status = loop {
            memory = peak(child.id()).or(memory);
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => sleep(Duration::from_millis(2)),
            }
        };
        let wall = begin.elapsed().as_secs_f64();
        assert!(status.success(), "{arguments:?}");
        Taken { wall, processor: processor().zip(before).map(|(after, before)| after - before), memory }
    }
}

/// The most memory that a process has held, as Linux tells it.
fn peak(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

/// The processor time of all children that have ended, as Linux tells it: in hundredths of a second.
fn processor() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = status.rsplit_once(')')?;
    let fields: Vec<f64> = fields.split_whitespace().skip(13).take(2).map_while(|field| field.parse().ok()).collect();
    Some(fields.iter().sum::<f64>() / 100.0)
}
