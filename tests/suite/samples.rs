//! The committed sample rounds: valid, fictional, the same when written again, and built without a complaint.

use std::fs;
use std::path::Path;

use crate::workplace::{files, root, scwres};

const YEARS: [&str; 3] = ["2021", "2023", "2024"];

#[test]
fn the_sample_rounds_are_what_synthesise_writes() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    for name in ["standard.yaml", "england-authorities.csv"] {
        fs::copy(root().join("data").join(name), data.join(name)).unwrap();
    }
    for year in YEARS {
        scwres(&data, &root().join("report-templates"), folder.path()).args(["synthesise", year]).assert().success();
        let committed = root().join("data").join(year);
        // Plans are made by people, after they have read a report.
        let of_returns: Vec<String> =
            files(&committed).into_iter().filter(|file| !file.starts_with("plans/")).collect();
        assert_eq!(files(&data.join(year)), of_returns);
        for file in of_returns {
            let read = |folder: &Path| ungrouped(&file, fs::read(folder.join(&file)).unwrap());
            assert!(read(&committed) == read(&data.join(year)), "{year}/{file} differs");
        }
    }
}

/// A file without groups: authors make them when the returns are in.
fn ungrouped(file: &str, bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match file {
        "round.yaml" => text.split("\n# Groups of like authorities").next().unwrap().trim_end().as_bytes().to_vec(),
        "authorities.csv" => {
            let grouped = text.starts_with("code,name,type,region,group\n");
            let lines = text.lines().map(|line| if grouped { line.rsplit_once(',').unwrap().0 } else { line });
            lines.collect::<Vec<_>>().join("\n").into_bytes()
        }
        _ => bytes,
    }
}

#[test]
fn the_sample_rounds_are_accepted_and_fictional() {
    let england = fs::read_to_string(root().join("data/england-authorities.csv")).unwrap();
    let real: Vec<csv::StringRecord> =
        csv::Reader::from_reader(england.as_bytes()).into_records().map(Result::unwrap).collect();
    for (year, returns) in YEARS.into_iter().zip([18, 23, 73]) {
        let output = tempfile::tempdir().unwrap();
        scwres(&root().join("data"), &root().join("report-templates"), output.path())
            .args(["check", year])
            .assert()
            .success();
        assert_eq!(files(&root().join("data").join(year).join("submissions")).len(), returns);
        let register = csv::Reader::from_path(root().join("data").join(year).join("authorities.csv")).unwrap();
        for record in register.into_records().map(Result::unwrap) {
            assert!(real.iter().all(|real| real[0] != record[0] && real[1] != record[1]), "{record:?} looks real");
        }
    }
}
