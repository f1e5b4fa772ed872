//! What differs between the round as it is now and its last build, or its last release.

use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use rayon::prelude::*;

use super::figures::Figures;
use super::provenance;
use super::returns;
use super::server::Asked;
use super::words;
use crate::changes::{self, Answers, CausePlace, Changes, Reading, Side};
use crate::commands::kept;
use crate::manifest;
use crate::output;
use crate::record;
use crate::reports::{self, DeskPages, Document};
use crate::statistics::{AuthorityStatistics, Edition};

/// The texts that are compared where none are asked for.
const NATIONAL: &str = "national";

/// The texts of all documents.
const ALL: &str = "all";

/// The page leads to where the desk shows what changes are about.
const READING: Reading = Reading {
    column: reports::column_title,
    value: reports::column_value,
    by: reports::column_difference,
    figure: |figure| Some(provenance::address(&format!("{figure}/words"))),
    cause: |place| match place {
        CausePlace::Return(authority, at) => Some(returns::address(authority, at.as_deref())),
        CausePlace::Words(path) => Some(words::address(path)),
    },
};

/// The page. Documents are typeset only as far as their texts are to be compared: those of the report, where nothing else is asked for.
pub(super) fn page(figures: &Figures<'_>, asked: &Asked) -> Result<String> {
    let release = asked.value("against") == Some("release");
    let year = figures.opened.round.settings.year;
    let releases = record::releases(&figures.desk.cli.data, year)?;
    let before = match release {
        true => releases.last().map(Side::on_record).transpose()?,
        false => {
            let output = &figures.desk.cli.output;
            Side::in_folder(&output.join(year.to_string()), kept::answers(output, year))?
        }
    };
    let authorities = &figures.press.statistics().authorities;
    let chosen = asked.value("texts").unwrap_or(NATIONAL);
    let pack = authorities.iter().find(|one| one.authority.code == chosen);
    let (shown, compared): (Vec<Document<'_>>, _) = match (chosen, pack) {
        _ if release => (Vec::new(), String::new()),
        (ALL, _) => (
            std::iter::once(Document::National).chain(authorities.iter().map(Document::Pack)).collect(),
            "All documents".to_owned(),
        ),
        (_, Some(pack)) => (vec![Document::Pack(pack)], format!("The pack of {}", pack.authority.name)),
        _ => (vec![Document::National], "The national report".to_owned()),
    };
    let found = before.map(|before| between(figures, &before, &shown)).transpose()?.unwrap_or_default();
    let named = |one: &AuthorityStatistics| (one.authority.code.clone(), one.authority.name.clone());
    let mut packs: Vec<(String, String)> = authorities.iter().map(named).collect();
    packs.sort_by(|one, other| one.1.cmp(&other.1));
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let parts = context! {
        release,
        released => !releases.is_empty(),
        built => output::earlier_manifest(&figures.desk.cli.output, year).is_some(),
        texts => found.texts(),
        changes => Value::from(Serde(found.page(READING))),
        chosen,
        compared,
        packs,
    };
    pages.page("desk/changes.html", "Changes", parts)
}

fn between(figures: &Figures<'_>, before: &Side, documents: &[Document<'_>]) -> Result<Changes> {
    let Figures { opened, press, desk, .. } = figures;
    let round = &opened.round;
    let inputs = (&opened.returns, &opened.plans);
    let inputs = manifest::inputs(&desk.cli.data, &desk.cli.templates, round, inputs, &opened.earlier)?;
    let manifest = manifest::json(round, Edition::Own, press.figures(), &inputs, &Default::default(), None)?;
    // What packs for authorities alone tell is not laid beside what was for everybody.
    let told = |path: &str| path.starts_with("national/") || !before.is_public();
    let mut files: Vec<(String, Vec<u8>)> =
        press.tables()?.into_iter().map(|table| (table.path, table.bytes)).filter(|(path, _)| told(path)).collect();
    if !before.is_public() {
        files.push(("checks/findings.csv".to_owned(), reports::findings_csv(&opened.findings)?));
    }
    let typeset = |document: &Document<'_>| {
        let pages = press.built_pages(*document).context("while texts are compared")?;
        reports::forget(); // memory stays bounded
        Ok(pages.into_iter().map(|page| (page.path, page.bytes)).collect::<Vec<_>>())
    };
    let pages = documents.par_iter().map(typeset).collect::<Result<Vec<_>>>()?;
    files.extend(pages.into_iter().flatten().filter(|(path, _)| told(path)));
    let now = before.with(&manifest, files, Answers::of(&opened.returns))?;
    Ok(changes::between(before, &now, round, &opened.standard, false)?.without_documents())
}
