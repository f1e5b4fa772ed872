//! Tests: the made-up rounds have the published results, obey every rule, overlap, and come out alike each time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::submissions::entry;

mod results;
mod rules;

/// What one service of one authority gave.
struct Return {
    code: String,
    service: Service,
    answers: BTreeMap<(String, String, Ethnicity), Answer>,
}

impl Return {
    fn count(&self, measure: &str, band: &str, group: Ethnicity) -> Option<u64> {
        match self.answers.get(&(measure.to_owned(), band.to_owned(), group)) {
            Some(Answer::Count(count)) => Some(*count),
            _ => None,
        }
    }

    fn minoritised(&self, measure: &str, band: &str) -> Option<u64> {
        let together = self.count(measure, band, Ethnicity::Minoritised);
        let split = || Ethnicity::MINORITISED.into_iter().map(|group| self.count(measure, band, group)).sum();
        together.or_else(split)
    }

    fn white(&self, measure: &str, band: &str) -> Option<u64> {
        self.count(measure, band, Ethnicity::White)
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn standard() -> Standard {
    crate::standard::read(&data()).unwrap()
}

fn files(year: i32, authorities: Option<usize>) -> Vec<(String, Vec<u8>)> {
    synthesise(&standard(), &Options { year, authorities, seed: 1, mixed: None }).unwrap()
}

fn registered(files: &[(String, Vec<u8>)]) -> Vec<Authority> {
    csv::Reader::from_reader(files[1].1.as_slice()).deserialize().map(Result::unwrap).collect()
}

/// Reads the files back without the program's own reader of CSV, so that this test does not rest on it.
fn returns(files: &[(String, Vec<u8>)]) -> Vec<Return> {
    let settings: Settings = serde_yaml::from_str(std::str::from_utf8(&files[0].1).unwrap()).unwrap();
    let mut returns: BTreeMap<(String, Service), Return> = BTreeMap::new();
    for (path, bytes) in &files[2..] {
        let (code, entries) = if path.ends_with(".xlsx") {
            let checked = workbook::read(bytes, path, &settings, &standard());
            assert_eq!(checked.findings, [], "{path}");
            let submission = checked.value.unwrap();
            (submission.authority_code, submission.entries)
        } else {
            read_csv(bytes)
        };
        assert!(path.contains(&code), "{path}");
        for entry in entries {
            let key = (code.clone(), entry.service);
            let unit = returns.entry(key).or_insert_with(|| Return {
                code: code.clone(),
                service: entry.service,
                answers: BTreeMap::new(),
            });
            unit.answers.insert((entry.measure, entry.breakdown, entry.ethnicity), entry.answer);
        }
    }
    returns.into_values().collect()
}

fn read_csv(bytes: &[u8]) -> (String, Vec<Entry>) {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap(), ["authority_code", "service", "measure", "breakdown", "ethnicity", "count"]);
    let mut code = String::new();
    let mut entries = Vec::new();
    for fields in lines {
        code = fields[0].to_owned();
        let (answer, remark) = entry::answer(fields[5]);
        assert_eq!(remark, None);
        entries.push(Entry {
            service: Service::from_id(fields[1]).unwrap(),
            measure: fields[2].to_owned(),
            breakdown: fields[3].to_owned(),
            ethnicity: Ethnicity::from_id(fields[4]).unwrap(),
            answer: answer.unwrap(),
            location: String::new(),
        });
    }
    (code, entries)
}
