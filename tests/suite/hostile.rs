//! Returns of the largest size that is read, each hostile in its own way: little time, little memory, few words.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::workplace::{Workplace, submission};

/// Nearly as large as a file may be.
const SIZE: usize = 19_900_000;

const HEADER: &str = "authority_code,service,measure,breakdown,ethnicity,count\n";

/// What each file is called, how it begins, and what goes on to its end.
const FILES: [(&str, &str, &str); 13] = [
    ("commas in the header", "authority_code,service,measure,breakdown,ethnicity,count", ","),
    ("columns in the header", "authority_code,service,measure,breakdown,ethnicity,count", ",a"),
    ("commas in a row", "authority_code,service,measure,breakdown,ethnicity,count\nF01,adults,staff,,white,12", ","),
    ("lines of commas", HEADER, ",,,,,\n"),
    ("blank lines", HEADER, "\n"),
    ("carriage returns", HEADER, "\r"),
    ("one enormous field", "authority_code,service,measure,breakdown,ethnicity,count\nF01,adults,", "a"),
    (
        "an open quotation mark",
        "authority_code,service,measure,breakdown,ethnicity,count\nF01,adults,\"",
        "F01,adults,\n",
    ),
    ("quotation marks", HEADER, "\"\"\"\","),
    ("unknown names", HEADER, "F01,adult,stuff,x,whyte,many\n"),
    ("several authorities", HEADER, "F01,adults,staff,,white,1\nF02,adults,staff,,white,1\n"),
    ("short rows", HEADER, "F01,adults\n"),
    ("the header again", HEADER, HEADER),
];

#[test]
fn hostile_files_take_little_time_and_memory_and_make_few_findings() {
    for (name, begin, rest) in FILES {
        let workplace =
            Workplace::new(&["F01,Alderwick,London borough,London", "F02,Fenmoor,Shire county,East Midlands"]);
        workplace.submit("F02.csv", submission("F02", 10));
        let mut text = begin.to_owned();
        while text.len() < SIZE {
            text.push_str(&rest.repeat((SIZE - text.len()).div_ceil(rest.len()).min(100_000)));
        }
        workplace.submit("F01.csv", text);
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("scwres"))
            .args(["--data", workplace.data().to_str().unwrap(), "check", "--format", "json"])
            .stdout(fs::File::create(workplace.data().join("findings.json")).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (start, mut most) = (Instant::now(), 0);
        while child.try_wait().unwrap().is_none() {
            most = most.max(memory(child.id()));
            std::thread::sleep(Duration::from_millis(1));
        }
        let (took, output) = (start.elapsed(), fs::read_to_string(workplace.data().join("findings.json")).unwrap());
        let findings = output.matches("\"rule\"").count();
        assert!(most < 300_000, "{name}: {most} kB");
        // Other tests run at the same time.
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        assert!((1..=210).contains(&findings) && output.len() < 200_000, "{name}: {findings} findings");
        assert!(output.contains("\"error\"") || !output.contains("F01.csv"), "{name}: {output}");
    }
}

/// The most memory that a process has had, in kB, where the system tells it.
fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
