//! The command `explain`: finds out which figure is asked for, measures its round, and prints what is behind it.

use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::kept::Kept;
use super::{Opened, Outcome, open, print, released};
use crate::cli::{self, Cli, Format};
use crate::reports::{self, Explained, Protection, Topic};
use crate::standard::{Indicator, Kind};
use crate::statistics::{self, Breakdown, Edition, Explainer, FigureId, Question, Scope, Statistic};

/// What is asked for, by words or by a figure's id.
fn asked(arguments: &cli::Explain) -> Result<FigureId> {
    let Some((area, indicator)) = arguments.area.clone().zip(arguments.indicator.clone()) else {
        return FigureId::of_number(&arguments.year);
    };
    let year = &arguments.year;
    Ok(FigureId {
        year: year.parse().with_context(|| format!("`{year}` is not a year"))?,
        area,
        indicator,
        service: Scope::from(arguments.service).id().to_owned(),
        breakdown: arguments.breakdown.clone().unwrap_or_default(),
    })
}

/// Explains one figure.
pub(super) fn explain(cli: &Cli, arguments: &cli::Explain) -> Result<Outcome> {
    let asked = asked(arguments)?;
    let year = Some(statistics::year_of(asked.year, &asked.area));
    let kept = Kept::of(cli, year);
    let opened = open(&cli.data, year)?;
    let Opened { standard, england, round, returns, earlier, .. } = &opened;
    ensure!(!returns.accepted.is_empty(), "{} has no accepted return", round.settings.year);
    let measure = |edition| {
        let known = kept.as_ref().map(|kept| kept.protection(edition)).unwrap_or_default();
        let (known, _) = released::beside(known, &cli.data, &opened)?;
        let explainer = Explainer::new(standard, england, earlier, round, returns, edition, &known)?;
        if let Some(kept) = &kept {
            kept.keep_protection(edition, &explainer.statistics().protection);
        }
        Ok::<_, anyhow::Error>(explainer)
    };
    let edition = arguments.edition.map_or(Edition::Own, Edition::from);
    let (explainer, other) = thread::scope(|scope| {
        let other = arguments.edition.is_none().then(|| scope.spawn(|| measure(Edition::Public)));
        let other = other.map(|other| other.join().map_err(|_| anyhow!("measuring came to a sudden end"))?);
        Ok::<_, anyhow::Error>((measure(edition)?, other.transpose()?))
    })?;

    if let Some(topic) = topic(&explainer, &asked, &opened)? {
        return show(arguments.format, &topic.human()?, || topic.json());
    }
    let scope = Scope::from_id(&asked.service)?;
    let question = Question {
        year: asked.year,
        area: &asked.area,
        scope,
        indicator: &asked.indicator,
        breakdown: &asked.breakdown,
    };
    let explanation = explainer.explain(question)?;
    let mut protection = Protection::default();
    protection.note(edition, &explanation.published);
    if let Some(other) = &other {
        protection.note(Edition::Public, &other.explain(question)?.published);
    }
    let of_year = earlier.iter().map(|(round, _)| round).chain([round]).find(|one| one.settings.year == asked.year);
    let Some((of_year, indicator)) = of_year.and_then(|round| Some((round, round.indicator(&asked.indicator)?))) else {
        bail!("there is no round {}", asked.year);
    };
    let explained =
        Explained { round: of_year, standard, indicator, explanation: &explanation, protection: &protection };
    let human = reports::explanation_for_people(explained, &cli.templates)?;
    show(arguments.format, &human, || reports::explanation_as_json(explained))
}

fn show(format: Format, human: &str, json: impl FnOnce() -> Result<String>) -> Result<Outcome> {
    match format {
        Format::Human => print(human)?,
        Format::Json => print(&json()?)?,
    }
    Ok(Outcome::Done)
}

/// A count that is of no indicator: participation, data quality, how many results.
pub(super) fn topic(explainer: &Explainer<'_>, asked: &FigureId, opened: &Opened) -> Result<Option<Topic>> {
    let statistics = explainer.statistics();
    let FigureId { year, area, indicator, service, breakdown } = asked;
    let own = statistics.authorities.iter().find(|authority| authority.authority.code == *area);
    let unknown = || anyhow!("{year} has no {indicator} of `{area}` {breakdown}");
    let topic = match indicator.as_str() {
        "participation" => Topic::participation(&statistics.coverage, *year, area).ok_or_else(unknown)?,
        "known-ethnicity" => {
            let lines = own.map_or(&statistics.quality, |authority| &authority.quality);
            let line = lines.iter().find(|line| line.measure == *breakdown).ok_or_else(unknown)?;
            Topic::known_ethnicity(line, *year, area, &explainer.cells(area, breakdown))
        }
        "whole-rows" => {
            Topic::whole_rows(&statistics.whole, &statistics.national, *year, breakdown).ok_or_else(unknown)?
        }
        "summary" => {
            let table = own.map_or(&statistics.national, |authority| &authority.figures);
            let headline = |indicator: &&Indicator| indicator.kind != Kind::Share;
            let indicators = opened.round.indicators.iter().filter(headline);
            let figures: Vec<&Statistic> =
                indicators.filter_map(|one| table.get(area, Scope::All, &one.id, &Breakdown::Whole)).collect();
            ensure!(!figures.is_empty(), unknown());
            Topic::results(figures.into_iter(), format!("{year}/{area}/summary/all"))
        }
        _ if service == "regions" => {
            // Of pay bands, the highest is compared between regions.
            let headline =
                opened.round.indicator(indicator).map(|one| Breakdown::headline(one, &opened.round.settings.pay_bands));
            let breakdown = headline.and_then(|mut headline| headline.pop()).ok_or_else(unknown)?;
            let regions = statistics.coverage.regions.iter();
            let figures =
                regions.filter_map(|one| statistics.national.get(&one.code, Scope::All, indicator, &breakdown));
            Topic::results(figures, format!("{year}/{area}/{indicator}/regions"))
        }
        _ => return Ok(None),
    };
    Ok(Some(topic))
}
