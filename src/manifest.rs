//! The manifest: what went into a year and what came out, with SHA-256, so that a build can be repeated and checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::authority::changes;
use crate::digest;
use crate::output::{self, EarlierManifest};
use crate::round::{Round, Settings, sign_off};
use crate::statistics::Edition;
use crate::submissions::plans::Plans;
use crate::submissions::{self, Returns};

/// A file that was read.
#[derive(Clone, Serialize, Deserialize)]
pub struct Input {
    file: String,
    sha256: String,
    /// Answers in a submission, actions in a plan, lines under the header in a register; other files have none.
    rows: Option<usize>,
}

impl Input {
    /// Its path and its SHA-256.
    pub fn named(&self) -> (&str, &str) {
        (&self.file, &self.sha256)
    }
}

/// A file that was written.
#[derive(Serialize)]
struct Output<'a> {
    file: &'a str,
    sha256: &'a str,
    /// Of what is in a pack: own packs are not for publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<&'a str>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    program: &'static str,
    version: &'static str,
    /// The digest of all figures: what a sign-off names.
    figures: &'a str,
    settings: &'a Settings,
    inputs: &'a [Input],
    outputs: Vec<Output<'a>>,
}

/// Every input of the build: data by their path in the data folder, templates by theirs under `report-templates`.
pub fn inputs(
    data: &Path,
    templates: &Path,
    round: &Round,
    (returns, plans): (&Returns, &Plans),
    earlier: &[(Round, Returns)],
) -> Result<Vec<Input>> {
    let mut inputs = vec![file(data, "standard.yaml", "")?, register(data, "england-authorities.csv")?];
    if data.join(changes::FILE).is_file() {
        inputs.push(file(data, changes::FILE, "")?);
    }
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
        if !round.sign_offs.is_empty() {
            inputs.push(file(data, &format!("{year}/{}", sign_off::FILE), "")?);
        }
        inputs.extend(returns.inputs.iter().map(|input| sent(input, year)));
    }
    inputs.extend(plans.inputs.iter().map(|input| sent(input, round.settings.year)));
    for path in output::list(templates)? {
        inputs.push(file(templates, &path, "report-templates/")?);
    }
    Ok(inputs)
}

/// A file that an authority sent in this round.
fn sent(input: &submissions::Input, year: i32) -> Input {
    Input { file: format!("{year}/{}", input.file), sha256: input.sha256.clone(), rows: Some(input.rows) }
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

/// The inputs as everybody may know them: all returns together. A return has so few counts that are not printed anyway that its
/// digest would tell whether a guess at them is right; the digest of all of them is of too many to guess. Plans are the
/// authorities' own words: nothing for everybody is made from them.
pub fn for_everybody(inputs: Vec<Input>) -> Vec<Input> {
    let made_from = inputs.into_iter().filter(|input| !input.file.contains("/plans/"));
    let (returns, mut others): (Vec<Input>, Vec<Input>) =
        made_from.partition(|input| input.file.contains("/submissions/"));
    let all = digest::of_files(returns.iter().map(Input::named));
    let rows = returns.iter().filter_map(|input| input.rows).sum();
    others.push(Input { file: ALL_RETURNS.to_owned(), sha256: all, rows: Some(rows) });
    others
}

/// A manifest as a record may keep it: the returns together.
pub fn on_record(manifest: &[u8]) -> Result<Vec<u8>> {
    let mut manifest: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(manifest)?;
    if let Some(inputs) = manifest.get_mut("inputs") {
        let read: Vec<Input> = serde_json::from_value(inputs.take())?;
        let folded = read.iter().any(|input| input.file == ALL_RETURNS);
        *inputs = serde_json::to_value(if folded { read } else { for_everybody(read) })?;
    }
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The files that stand in the manifest together.
pub const ALL_RETURNS: &str = "*/submissions/*";

/// Refuses to put new packs beside documents that were made from other data: their figures would not agree.
pub fn same_data(before: &EarlierManifest, inputs: &[Input]) -> Result<()> {
    let data = |file: &str| !file.starts_with("report-templates/");
    let then: BTreeMap<&str, &str> = before
        .inputs
        .iter()
        .filter(|listed| data(&listed.file))
        .map(|listed| (&*listed.file, &*listed.sha256))
        .collect();
    let now: BTreeMap<&str, &str> =
        inputs.iter().filter(|input| data(&input.file)).map(|input| (&*input.file, &*input.sha256)).collect();
    let changed = then
        .iter()
        .find(|(file, sha256)| now.get(*file) != Some(*sha256))
        .or_else(|| now.iter().find(|(file, _)| !then.contains_key(*file)));
    match changed {
        Some((file, _)) => {
            bail!("{file} has changed since the year was built: build the whole year, or mix the two with --force")
        }
        None => Ok(()),
    }
}

/// The manifest's bytes; it does not list itself. Packs that were not written now keep the edition that `before` tells.
pub fn json(
    round: &Round,
    edition: Edition,
    figures: &str,
    inputs: &[Input],
    outputs: &BTreeMap<String, String>,
    before: Option<EarlierManifest>,
) -> Result<Vec<u8>> {
    let kept: BTreeMap<(&str, &str), Option<&str>> = before
        .iter()
        .flat_map(|before| &before.outputs)
        .map(|listed| ((&*listed.file, &*listed.sha256), listed.edition.as_deref()))
        .collect();
    let this = if edition == Edition::Own { "own" } else { "public" };
    let mut settings = round.settings.clone();
    if edition == Edition::Public {
        settings.settled.clear(); // the reasons are the authorities' own words
    }
    let edition = |file: &str, sha256: &str| -> Option<&str> {
        match kept.get(&(file, sha256)) {
            Some(edition) => *edition,
            None => Some(this).filter(|_| file.starts_with("authorities/")),
        }
    };
    let manifest = Manifest {
        program: "scwres",
        version: env!("CARGO_PKG_VERSION"),
        figures,
        settings: &settings,
        inputs,
        outputs: outputs.iter().map(|(file, sha256)| Output { file, sha256, edition: edition(file, sha256) }).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(bytes)
}
