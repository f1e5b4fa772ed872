//! The command `explain`: finds out which figure is asked for, measures its round, and prints what is behind it.

use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::kept::Kept;
use super::{Opened, Outcome, open, print};
use crate::cli::{self, Cli, Format};
use crate::reports::{self, Explained, Protection, Topic};
use crate::standard::{Indicator, Kind};
use crate::statistics::{self, Edition, Explainer, Question, Scope, Statistic};

/// What is asked for, by words or by a figure's id.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    year: i32,
    area: String,
    indicator: String,
    /// `all`, `adults`, `childrens`, or `regions` in counts of them.
    service: String,
    breakdown: String,
}

impl Asked {
    fn of(arguments: &cli::Explain) -> Result<Self> {
        let Some((area, indicator)) = arguments.area.clone().zip(arguments.indicator.clone()) else {
            return Self::from_id(&arguments.year);
        };
        let year = &arguments.year;
        Ok(Self {
            year: year.parse().with_context(|| format!("`{year}` is not a year"))?,
            area,
            indicator,
            service: Scope::from(arguments.service).id().to_owned(),
            breakdown: arguments.breakdown.clone().unwrap_or_default(),
        })
    }

    /// `year/area/indicator/service/part`, or with a breakdown before the part.
    fn from_id(id: &str) -> Result<Self> {
        let parts: Vec<&str> = id.split('/').collect();
        ensure!(
            (5..=6).contains(&parts.len()),
            "`{id}` is not a figure's id, such as 2024/england/2/all/relative_likelihood; or give YEAR AREA INDICATOR"
        );
        Ok(Self {
            year: parts[0].parse().with_context(|| format!("`{}` is not a year", parts[0]))?,
            area: parts[1].to_owned(),
            indicator: parts[2].to_owned(),
            service: parts[3].to_owned(),
            breakdown: if parts.len() == 6 { parts[4].to_owned() } else { String::new() },
        })
    }
}

/// Explains one figure.
pub(super) fn explain(cli: &Cli, arguments: &cli::Explain) -> Result<Outcome> {
    let asked = Asked::of(arguments)?;
    let year = Some(statistics::year_of(asked.year, &asked.area));
    let kept = Kept::of(cli, year);
    let opened = open(&cli.data, year)?;
    let Opened { standard, england, round, returns, earlier, .. } = &opened;
    ensure!(!returns.accepted.is_empty(), "{} has no accepted return", round.settings.year);
    let measure = |edition| {
        let known = kept.as_ref().map(|kept| kept.protection(edition)).unwrap_or_default();
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
    let scope = Scope::ALL.into_iter().find(|scope| scope.id() == asked.service);
    let scope = scope.ok_or_else(|| anyhow!("`{}` is not a service: all, adults or childrens", asked.service))?;
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
    let Some((of_year, indicator)) = of_year.zip(standard.indicator(&asked.indicator)) else {
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
fn topic(explainer: &Explainer<'_>, asked: &Asked, opened: &Opened) -> Result<Option<Topic>> {
    let statistics = explainer.statistics();
    let Asked { year, area, indicator, service, breakdown } = asked;
    let own = statistics.authorities.iter().find(|authority| authority.authority.code == *area);
    let unknown = || anyhow!("{year} has no {indicator} of `{area}` {breakdown}");
    let topic = match indicator.as_str() {
        "participation" => Topic::participation(&statistics.coverage, *year, area).ok_or_else(unknown)?,
        "known-ethnicity" => {
            let lines = own.map_or(&statistics.quality, |authority| &authority.quality);
            let line = lines.iter().find(|line| line.measure == *breakdown).ok_or_else(unknown)?;
            Topic::known_ethnicity(line, *year, area, &explainer.cells(area, breakdown))
        }
        "summary" => {
            let table = own.map_or(&statistics.national, |authority| &authority.figures);
            let headline = |indicator: &&Indicator| indicator.kind != Kind::Share;
            let indicators = opened.round.settings.indicators.iter().filter_map(|id| opened.standard.indicator(id));
            let figures: Vec<&Statistic> =
                indicators.filter(headline).filter_map(|one| table.get(area, Scope::All, &one.id, "")).collect();
            ensure!(!figures.is_empty(), unknown());
            Topic::results(figures.into_iter(), format!("{year}/{area}/summary/all"))
        }
        _ if service == "regions" => {
            let breakdown = opened.standard.indicator(indicator).filter(|one| one.kind == Kind::Share);
            let highest = opened.round.settings.pay_bands.last().map_or("", |band| &band.id);
            let breakdown = breakdown.map_or("", |_| highest);
            let regions = statistics.coverage.regions.iter();
            let figures =
                regions.filter_map(|one| statistics.national.get(&one.code, Scope::All, indicator, breakdown));
            Topic::results(figures, format!("{year}/{area}/{indicator}/regions"))
        }
        _ => return Ok(None),
    };
    Ok(Some(topic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_apart_into_what_is_asked_for() {
        let asked = |indicator: &str, breakdown: &str| Asked {
            year: 2024,
            area: "england".into(),
            indicator: indicator.into(),
            service: "all".into(),
            breakdown: breakdown.into(),
        };
        let read = |id: &str| Asked::from_id(id).unwrap();
        assert_eq!(read("2024/england/2/all/relative_likelihood"), asked("2", ""));
        assert_eq!(read("2024/england/2/all/ethnicity:asian/interval"), asked("2", "ethnicity:asian"));
        assert!(Asked::from_id("2024/england/2").is_err() && Asked::from_id("x/england/2/all/interval").is_err());
    }
}
