//! The manifest: what went into a year and what came out, with SHA-256, so that a build can be repeated and checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::digest;
use crate::round::{Round, Settings};
use crate::statistics::Edition;
use crate::submissions::Returns;

/// A file that was read.
#[derive(Serialize)]
pub struct Input {
    file: String,
    sha256: String,
    /// Answers in a submission, lines under the header in a register; other files have none.
    rows: Option<usize>,
}

/// A file that was written.
#[derive(Serialize)]
struct Output<'a> {
    file: &'a str,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'static str,
    version: &'static str,
    edition: &'static str,
    settings: &'a Settings,
    inputs: &'a [Input],
    outputs: Vec<Output<'a>>,
}

/// Every input of the build: data by their path in the data folder, templates by theirs under `report-templates`.
pub fn inputs(
    data: &Path,
    templates: &Path,
    round: &Round,
    returns: &Returns,
    earlier: &[(Round, Returns)],
) -> Result<Vec<Input>> {
    let mut inputs = vec![file(data, "standard.yaml", "")?, register(data, "england-authorities.csv")?];
    let this = std::iter::once((round, returns));
    for (round, returns) in earlier.iter().map(|(round, returns)| (round, returns)).chain(this) {
        let year = round.settings.year;
        inputs.push(file(data, &format!("{year}/round.yaml"), "")?);
        inputs.push(register(data, &format!("{year}/authorities.csv"))?);
        inputs.extend(
            round
                .texts
                .keys()
                .map(|name| file(data, &format!("{year}/text/{name}.typ"), ""))
                .collect::<Result<Vec<_>>>()?,
        );
        inputs.extend(returns.inputs.iter().map(|input| Input {
            file: format!("{year}/{}", input.file),
            sha256: input.sha256.clone(),
            rows: Some(input.rows),
        }));
    }
    let mut paths = Vec::new();
    list(templates, "", &mut paths)?;
    for path in paths {
        inputs.push(file(templates, &path, "report-templates/")?);
    }
    Ok(inputs)
}

fn file(folder: &Path, path: &str, prefix: &str) -> Result<Input> {
    Ok(Input { file: format!("{prefix}{path}"), sha256: digest::sha256(&read(folder, path)?), rows: None })
}

fn register(folder: &Path, path: &str) -> Result<Input> {
    let bytes = read(folder, path)?;
    let rows = csv::Reader::from_reader(&*bytes).into_byte_records().count();
    Ok(Input { file: path.to_owned(), sha256: digest::sha256(&bytes), rows: Some(rows) })
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>> {
    let path = folder.join(path);
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The paths of all files in the folder and below, sorted.
fn list(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<()> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot read {}", folder.display()))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{path}/"), paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// The manifest's bytes; it does not list itself.
pub fn json(round: &Round, edition: Edition, inputs: &[Input], outputs: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    let manifest = Manifest {
        program: "scwres",
        version: env!("CARGO_PKG_VERSION"),
        edition: if edition == Edition::Own { "own" } else { "public" },
        settings: &round.settings,
        inputs,
        outputs: outputs.iter().map(|(file, sha256)| Output { file, sha256 }).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(bytes)
}
