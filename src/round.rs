//! One reporting round: the settings in `round.yaml`, the register and the folder they came from.

mod areas;
pub mod dispatch;
mod groups;
mod publication;
mod settings;
mod short_edition;
pub mod sign_off;
mod start;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::authority::changes::Changes;
use crate::authority::{self, Authority};
use crate::configuration;
use crate::finding::quoted;
use crate::standard::{Indicator, Standard};

pub use areas::Telling;
pub use dispatch::Dispatch;
pub use groups::Groups;
pub use publication::{Correction, Embargo, Publication};
use settings::check;
pub use settings::{
    Date, Disclosure, PayBand, Service, Settings, Settled, Statistics, Status, Terms, UnknownEthnicity, Window,
    Withheld,
};
pub use short_edition::ShortEdition;
pub use sign_off::SignOff;
pub use start::start;

/// A reporting round as it lies in the data folder.
#[derive(Clone, Debug)]
pub struct Round {
    /// `data/<year>`.
    pub folder: PathBuf,
    /// The content of `round.yaml`.
    pub settings: Settings,
    /// The indicators that it reports, in printed order, each of the kind that it reports it as.
    pub indicators: Vec<Indicator>,
    /// Every authority that registered, sorted by code.
    pub authorities: Vec<Authority>,
    /// Every authority of England, registered or not, sorted by code; empty where the data folder has no list of them.
    pub england: Vec<Authority>,
    /// How areas change, of all years that are known.
    pub changes: Changes,
    /// This year's own words in the template language, by the name of their file in `text/`: `foreword`, `indicator-2`, ….
    pub texts: BTreeMap<String, String>,
    /// Who checked what, in the order in which they said so.
    pub sign_offs: Vec<SignOff>,
}

impl Round {
    /// The registered authority with this code.
    pub fn authority(&self, code: &str) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.code == code)
    }

    /// The name in print of the group with this id.
    pub fn group_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.settings.groups.as_ref().and_then(|groups| groups.names.get(id)).map_or(id, String::as_str)
    }

    /// Makes sure that a final report was signed off for the figures with this digest.
    pub fn is_signed_off(&self, figures: &str) -> Result<()> {
        let missing = sign_off::missing(&self.sign_offs, &self.settings.sign_off, figures);
        let year = self.settings.year;
        ensure!(
            self.settings.status != Status::Final || missing.is_empty(),
            "{}: `status` is final, and not signed off for these figures: {}\n  help: build with `status: provisional`, check, \
             and say so with `scwres sign-off {year} POINT --by NAME --outcome TEXT`",
            self.folder.join("round.yaml").display(),
            missing.join("; ")
        );
        Ok(())
    }

    /// Makes sure that a final report can say who answers for it.
    pub fn is_ready(&self) -> Result<()> {
        let missing = self.settings.publication.missing();
        ensure!(
            self.settings.status != Status::Final || missing.is_empty(),
            "{}: `status` is final, and `publication` does not say yet: {}",
            self.folder.join("round.yaml").display(),
            missing.join(", ")
        );
        Ok(())
    }

    /// The indicator with this identifier, if the round reports it.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }
}

/// The newest year in the data folder: the greatest folder name that is a number and holds a `round.yaml`.
pub fn newest(data: &Path) -> Result<i32> {
    match years(data)?.last() {
        Some(year) => Ok(*year),
        None => bail!("{} holds no round: a round is a folder named after its year with a round.yaml", data.display()),
    }
}

/// Every year in the data folder, sorted.
pub fn years(data: &Path) -> Result<Vec<i32>> {
    let entries = fs::read_dir(data).with_context(|| format!("cannot read the data folder {}", data.display()))?;
    let mut years = Vec::new();
    for entry in entries {
        let entry = entry?;
        let year = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        if let Some(year) = year.filter(|_| entry.path().join("round.yaml").is_file()) {
            years.push(year);
        }
    }
    years.sort_unstable();
    Ok(years)
}

/// Reads the round of a year and checks its settings against the standard.
pub fn read(data: &Path, year: i32, standard: &Standard) -> Result<Round> {
    let folder = data.join(year.to_string());
    let path = folder.join("round.yaml");
    if !path.is_file() {
        let known: Vec<String> = years(data)?.iter().map(i32::to_string).collect();
        bail!("there is no round {year}: {} is missing (rounds here: {})", path.display(), known.join(", "));
    }
    let mut settings: Settings = configuration::read(&path)?;
    if settings.indicators.is_empty() {
        settings.indicators = standard.indicators.iter().map(|indicator| indicator.id.clone()).collect();
    }
    check(&settings, year, standard).with_context(|| format!("{} cannot be used", path.display()))?;
    settings.order_groups();
    let authorities = authority::read(&folder.join("authorities.csv"))?;
    let england = data.join("england-authorities.csv");
    let england = if england.is_file() { authority::read(&england)? } else { Vec::new() };
    let changes = areas::changes(data, &england)?;
    for Settled { authority: code, .. } in &settings.settled {
        let known = authorities.iter().any(|authority| authority.code == *code);
        ensure!(known, "{}: `settled` names {}, which authorities.csv does not have", path.display(), quoted(code));
    }
    groups::check(settings.groups.as_ref(), &authorities, &england)
        .with_context(|| format!("{} cannot be used", folder.display()))?;
    let texts = texts(&folder.join("text"), &settings)?;
    let indicators = settings.reported(standard);
    let sign_offs = sign_off::read(&folder, &settings.sign_off)?;
    Ok(Round { folder, settings, indicators, authorities, england, changes, texts, sign_offs })
}

/// The round's own words: the `.typ` files of its `text` folder, which need not be there.
///
/// A file that no report would show is an error: its words would go missing without a sound. What editors and file managers
/// leave there (names that begin with a dot or end in `~`) is not meant.
fn texts(folder: &Path, settings: &Settings) -> Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    let misnamed = folder.with_file_name("texts");
    ensure!(!misnamed.exists(), "{} is read by nothing: the folder is called `text`", misnamed.display());
    let indicators = settings.indicators.iter().map(|id| format!("indicator-{id}.typ"));
    let known: Vec<String> =
        ["foreword.typ".to_owned(), "case-studies.typ".to_owned()].into_iter().chain(indicators).collect();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            if !known.contains(&name) {
                let nearest = configuration::nearest(&name, known.iter().map(String::as_str));
                let meant = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
                bail!("{} is in no report; known: {}{meant}", path.display(), known.join(", "));
            }
            let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let text = String::from_utf8(text).map_err(|_| {
                anyhow!("{} holds letters that are not UTF-8: save it with the encoding UTF-8", path.display())
            })?;
            if let Some(line) = text.lines().position(|line| line.starts_with("= ")) {
                bail!(
                    "{}:{} begins a chapter of its own, which would take in what follows: begin the heading with `==`",
                    path.display(),
                    line + 1
                );
            }
            texts.insert(name.trim_end_matches(".typ").to_owned(), text);
        }
    }
    Ok(texts)
}
