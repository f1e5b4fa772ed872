//! What differs between the round as it is now and its last build, or its last release.

use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::figures::Figures;
use super::server::Asked;
use crate::changes::{self, Answers, Side};
use crate::commands::kept;
use crate::manifest;
use crate::output;
use crate::record;
use crate::reports::{self, DeskPages};
use crate::statistics::Edition;

/// The page; documents are not made for it, so that it tells of figures, findings and what they are made from.
pub(super) fn page(figures: &Figures<'_>, asked: &Asked) -> Result<String> {
    let release = asked.value("against") == Some("release");
    let year = figures.opened.round.settings.year;
    let before = match release {
        true => record::releases(&figures.desk.cli.data, year)?.last().map(Side::on_record).transpose()?,
        false => {
            let output = &figures.desk.cli.output;
            Side::in_folder(&output.join(year.to_string()), kept::answers(output, year))?
        }
    };
    let found = before.map(|before| between(figures, &before)).transpose()?.unwrap_or_default();
    let pages = DeskPages::load(&figures.desk.cli.templates)?;
    let parts = context! {
        release,
        released => !record::releases(&figures.desk.cli.data, year)?.is_empty(),
        built => output::earlier_manifest(&figures.desk.cli.output, year).is_some(),
        changes => Value::from(Serde(found.page())),
    };
    pages.page("desk/changes.html", "Changes", parts)
}

fn between(figures: &Figures<'_>, before: &Side) -> Result<changes::Changes> {
    let Figures { opened, press, desk, .. } = figures;
    let round = &opened.round;
    let inputs = (&opened.returns, &opened.plans);
    let inputs = manifest::inputs(&desk.cli.data, &desk.cli.templates, round, inputs, &opened.earlier)?;
    let manifest = manifest::json(round, Edition::Own, press.figures(), &inputs, &Default::default(), None)?;
    // What packs for authorities alone tell is not laid beside what was for everybody.
    let told = |path: &str| path.starts_with("national/") || !before.is_public();
    let mut tables: Vec<(String, Vec<u8>)> =
        press.tables()?.into_iter().map(|table| (table.path, table.bytes)).filter(|(path, _)| told(path)).collect();
    if !before.is_public() {
        tables.push(("checks/findings.csv".to_owned(), reports::findings_csv(&opened.findings)?));
    }
    let now = before.with(&manifest, tables, Answers::of(&opened.returns))?;
    changes::between(before, &now, round, &opened.standard, false)
}
