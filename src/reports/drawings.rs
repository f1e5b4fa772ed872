//! Turns figures into charts: which rows, which marks, and the words that a template gives the chart.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use minijinja::value::{Serde, Value};
use serde::Serialize;
use serde_json::Map;

use crate::charts::{
    self, AltText, Band, BandChart, Colour, Figure, Funnel, IntervalChart, IntervalRow, Mark, RoundPoint, RoundsPanel,
    Scale, Shade, SpreadChart, SpreadRow, Worse,
};
use crate::standard::{Adverse, Kind};
use crate::statistics::{self, FAR, Outcome, Spread, Statistic, Trend, UNEXPECTED};

use super::case::{self, Case};
use super::figures::{self, Piece, Reading};
use super::narrative::Narrative;
use super::views::{self, FigureView};
use super::words;
use super::world::Source;

/// A chart as a document's template sees it.
#[derive(Clone, Debug, Serialize)]
pub struct ChartView {
    /// The file that the document reads it from.
    pub path: String,
    /// What the chart is called where its title alone could be another's too: the title, and what is measured if it is.
    pub name: String,
    /// The message.
    pub title: String,
    /// Measure, area and period.
    pub subtitle: String,
    /// What it shows, in words and numbers.
    pub alt: String,
}

/// A row of a drawing that says words, and the figure whose value it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartRow {
    /// The chart's name.
    pub chart: String,
    /// What the row says where it is pointed at.
    pub says: String,
    /// The id of the value.
    pub id: String,
}

/// Draws the charts of one document and keeps their files.
pub struct Drawings<'a> {
    narrative: &'a Narrative,
    colours: [Colour; 4],
    files: Vec<(String, Vec<u8>)>,
    readings: Vec<Reading>,
    rows: Vec<ChartRow>,
    words: Vec<(String, String)>,
    /// How many charts have this name.
    names: BTreeMap<String, usize>,
}

/// In the id of a drawn value, the year that stands for the round's own: a chart's figures do not tell it.
const OF_ROUND: i32 = 0;

/// The path of the drawing for a phone, beside the other.
pub fn narrow(path: &str) -> String {
    format!("{}.narrow.svg", path.trim_end_matches(".svg"))
}

impl<'a> Drawings<'a> {
    /// No charts yet.
    pub fn new(narrative: &'a Narrative, colours: [Colour; 4]) -> Self {
        Self {
            narrative,
            colours,
            files: Vec::new(),
            readings: Vec::new(),
            rows: Vec::new(),
            words: Vec::new(),
            names: BTreeMap::new(),
        }
    }

    /// The sentences of a file of words.
    pub fn words(&self, name: &str, context: impl Serialize) -> Result<serde_json::Value> {
        self.narrative.words(name, context)
    }

    /// The source of a document of this template and data with every chart drawn, and the numbers and words that they hold.
    pub fn finish(self, main: &'static str, data: Map<String, serde_json::Value>) -> Source {
        let Self { files, readings, rows, words, .. } = self;
        Source { main, data, files, readings, rows, words, ..Source::default() }
    }

    /// Draws a chart under a name that is unique in its document; `words` is the template of title, subtitle and alt text.
    pub fn add(
        &mut self,
        name: &str,
        words: &str,
        context: impl Serialize,
        draw: impl FnOnce(AltText) -> Figure,
    ) -> Result<ChartView> {
        let template = format!("charts/{words}.txt");
        let context = Value::from(Serde(context));
        let text = self.narrative.render(&template, &context)?;
        let mut parts = text.split("---").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        let mut part = |what: &str| {
            let part = parts.next().filter(|part| !part.is_empty());
            part.with_context(|| {
                format!(
                    "{template}: the {what} is missing; title, subtitle and alternative text stand between lines of ---"
                )
            })
        };
        let (title, subtitle, alt) = (part("title")?, part("subtitle")?, part("alternative text")?);
        for piece in figures::pieces(&alt) {
            match piece {
                Piece::Figure(id, printed) => {
                    let place = figures::Place::Chart(name.to_owned());
                    self.readings.push(Reading { id: id.to_owned(), printed: printed.to_owned(), place });
                }
                Piece::Words(words) => self.words.push((template.clone(), words.to_owned())),
            }
        }
        let alt = figures::plain(&alt);
        let round = context.get_attr("round").unwrap_or_default();
        let people = round.get_attr("minoritised_short").unwrap_or_default();
        let people = people.as_str().map_or_else(String::new, |term| format!("{term} people"));
        let spoken = AltText::new(&*alt).context("an alternative text is empty")?.about(people, adverse(&context));
        let figure = draw(spoken).in_colours(self.colours);
        let year = round.get_attr("year").ok().and_then(|year| i32::try_from(year).ok());
        self.read_drawn(name, &figure, year.unwrap_or(OF_ROUND))?;
        let path = format!("/charts/{name}.svg");
        self.files.push((path.clone(), figure.svg().as_bytes().to_vec()));
        self.files.push((narrow(&path), figure.narrow().as_bytes().to_vec()));
        Ok(ChartView { path, name: self.name(&title, &subtitle), title, subtitle, alt })
    }

    /// Takes the values in the words of a chart's drawings among those that are compared; both hold the same.
    fn read_drawn(&mut self, name: &str, figure: &Figure, year: i32) -> Result<()> {
        let [mut wide, mut narrow] = figure.drawn().clone();
        wide.sort();
        narrow.sort();
        let values = |drawn: &[charts::Drawn]| -> Vec<(String, String)> {
            drawn.iter().map(|one| (one.id.clone(), one.printed.clone())).collect()
        };
        let same = values(&wide) == values(&narrow);
        ensure!(same, "the chart {name} has other values in its drawing for a phone: please report this");
        let of_round = format!("{OF_ROUND}/");
        let id_of = |drawn: &charts::Drawn| {
            drawn.id.strip_prefix(&of_round).map_or_else(|| drawn.id.clone(), |rest| format!("{year}/{rest}"))
        };
        let chart = || name.to_owned();
        let rows = wide.iter().chain(&narrow).filter(|drawn| !drawn.row.is_empty());
        self.rows.extend(rows.map(|drawn| ChartRow { chart: chart(), says: drawn.row.clone(), id: id_of(drawn) }));
        self.readings.extend(wide.iter().map(|drawn| Reading {
            id: id_of(drawn),
            printed: figures::spaced(&drawn.printed),
            place: figures::Place::Chart(chart()),
        }));
        Ok(())
    }

    /// A name that no other chart of the document has: those of one title are told apart by what is measured.
    fn name(&mut self, title: &str, subtitle: &str) -> String {
        let [title, subtitle] = [title, subtitle].map(figures::plain);
        for name in [title.clone(), format!("{title}: {subtitle}")] {
            let times = self.names.entry(name.clone()).or_default();
            *times += 1;
            if *times == 1 {
                return name;
            }
        }
        let times = self.names.get(&title).copied().unwrap_or_default();
        format!("{title}: {subtitle}, {times}")
    }
}

/// The adverse side of the indicator that a chart's words are about, if it is one.
fn adverse(context: &Value) -> Option<Worse> {
    let indicator = context.get_attr("section").and_then(|section| section.get_attr("indicator"));
    match indicator.and_then(|indicator| indicator.get_attr("adverse")).ok()?.as_str()? {
        "above" => Some(Worse::Above),
        "below" => Some(Worse::Below),
        _ => None,
    }
}

fn shade(statistic: &Statistic) -> Shade {
    match statistic.result {
        Some(Outcome::PossibleDisadvantage) => Shade::PossibleDisadvantage,
        Some(Outcome::PossibleAdvantage) => Shade::PossibleAdvantage,
        Some(Outcome::Disadvantage) => Shade::Disadvantage,
        Some(Outcome::Advantage) => Shade::Advantage,
        Some(Outcome::TooFew) => Shade::TooFew,
        Some(Outcome::NoClearDifference) | None => Shade::NoClearDifference,
    }
}

/// The scale on which an indicator of this kind is drawn.
pub fn scale(kind: Kind) -> Scale {
    match kind {
        Kind::Share => Scale::Rate,
        Kind::Likelihood => Scale::Ratio,
        Kind::Rate | Kind::RepresentationGap => Scale::Difference,
    }
}

/// The mark of a figure of the round on the scale of its kind; none when its value is withheld or missing.
pub fn mark(statistic: &Statistic, kind: Kind) -> Option<Mark> {
    mark_of(statistic, kind, OF_ROUND)
}

fn mark_of(statistic: &Statistic, kind: Kind, year: i32) -> Option<Mark> {
    let shade = shade(statistic);
    let id = |part: &str| format!("{}/{part}", statistic.id(year));
    let worse = match statistic.adverse {
        Adverse::Above => Some(Worse::Above),
        Adverse::Below => Some(Worse::Below),
        Adverse::Falling => None,
    };
    match kind {
        Kind::Share => statistic.minoritised.rate.map(|rate| Mark {
            value: rate,
            lower: statistic.minoritised.lower,
            upper: statistic.minoritised.upper,
            printed: words::percent(rate),
            id: id("minoritised_rate"),
            shade: Shade::Plain,
            worse: None,
        }),
        Kind::Likelihood => statistic.ratio.map(|ratio| Mark {
            value: ratio.value,
            lower: Some(ratio.lower),
            upper: Some(ratio.upper),
            printed: words::ratio(ratio.value),
            id: id("relative_likelihood"),
            shade,
            worse,
        }),
        Kind::Rate | Kind::RepresentationGap => statistic.difference.map(|difference| Mark {
            value: difference.value,
            lower: difference.lower,
            upper: difference.upper,
            printed: words::points(difference.value),
            id: id("difference"),
            shade,
            worse,
        }),
    }
}

/// What stands in a row without a mark.
fn note(statistic: &Statistic, mark: Option<&Mark>) -> String {
    if mark.is_some() { String::new() } else { Case::of(statistic).note().to_owned() }
}

/// A row of a dot-and-interval chart.
pub fn row(label: impl Into<String>, statistic: &Statistic, kind: Kind) -> IntervalRow {
    let mark = mark(statistic, kind);
    let note = note(statistic, mark.as_ref());
    IntervalRow { label: label.into(), mark, note, ..IntervalRow::default() }
}

/// A dot-and-interval chart of these rows.
pub fn intervals(rows: Vec<IntervalRow>, kind: Kind, reference_label: Option<String>) -> IntervalChart {
    IntervalChart { rows, scale: scale(kind), reference_label }
}

/// The pay bands of one area, with another area's shares as ticks.
pub fn bands(bands: &[(&Statistic, &FigureView)], comparator: Option<(&str, &[&Statistic])>) -> BandChart {
    let shares = bands.iter().enumerate().map(|(index, (statistic, view))| {
        let share = mark(statistic, Kind::Share).filter(|mark| mark.lower.is_some() && mark.upper.is_some());
        Band {
            label: view.breakdown_label.clone(),
            note: if share.is_none() { Case::of(statistic).note().to_owned() } else { String::new() },
            share,
            comparator: comparator.and_then(|(_, others)| others.get(index)?.minoritised.rate),
        }
    });
    // The difference is the band's share less that of all bands, so both together give the share of all bands.
    let all_bands =
        bands.iter().find_map(|(statistic, _)| Some(statistic.minoritised.rate? - statistic.difference?.value));
    BandChart {
        bands: shares.collect(),
        all_bands,
        all_bands_label: "All pay bands".to_owned(),
        comparator_label: comparator.map(|(label, _)| label.to_owned()),
    }
}

/// One row of a spread chart.
pub fn spread_row(
    label: &str,
    spread: Option<&Spread>,
    own: Option<Mark>,
    england: Option<f64>,
    note: String,
) -> SpreadRow {
    let spread = spread.map(|spread| charts::Spread {
        p10: spread.p10,
        lower_quartile: spread.lower_quartile,
        median: spread.median,
        upper_quartile: spread.upper_quartile,
        p90: spread.p90,
    });
    SpreadRow { label: label.to_owned(), spread, own, england, note }
}

/// A row for another area in a spread chart: its mark and nothing else.
pub fn area_row(name: &str, statistic: &Statistic, kind: Kind) -> SpreadRow {
    let mark = mark(statistic, kind);
    let note = note(statistic, mark.as_ref());
    spread_row(name, None, mark, None, note)
}

/// The spread of all authorities, and results beside it.
pub fn spreads(rows: Vec<SpreadRow>, scale: Scale, authorities: usize) -> SpreadChart {
    let england = rows.iter().any(|row| row.england.is_some());
    SpreadChart {
        rows,
        scale,
        spread_label: format!("{authorities} authorities: middle half, 10th to 90th percentile"),
        england_label: england.then(|| "England".to_owned()),
    }
}

/// An authority's ratio between the limits for its size; nothing where either has none.
pub fn funnel(own: &Statistic, england: f64, between: f64, label: String) -> Option<Funnel> {
    const SIZES: i32 = 60;
    let (mark, variance) = (mark(own, Kind::Likelihood)?, own.log_variance()?);
    let limits = |size: f64| -> charts::Limits {
        let of = |critical| statistics::funnel_limits(england, variance / size, between, critical);
        let (inner, outer) = (of(UNEXPECTED), of(FAR));
        [outer.0, inner.0, inner.1, outer.1]
    };
    // The last size is twice the authority's own, so that its own stands in the middle.
    let sizes = (1..=SIZES).map(|place| 2.0 * f64::from(place) / f64::from(SIZES));
    let people = own.minoritised.denominator? + own.white.denominator?;
    Some(Funnel { label, own: mark, england, limits: sizes.map(limits).collect(), people })
}

/// Whether two rounds that follow each other have a ratio each and may be joined by a line.
pub fn has_joined_rounds(trend: &Trend) -> bool {
    let there = |year: &statistics::Year| case::unmarked(year, Kind::Likelihood).is_none();
    trend.years.windows(2).any(|pair| there(&pair[0]) && there(&pair[1]) && pair[1].continues())
}

/// The ratios of these rounds as a small picture; nothing for pay bands, which have no side that is worse.
pub fn rounds_panel(
    trend: &Trend,
    years: &[i32],
    label: String,
    adverse: Adverse,
    england: Option<f64>,
) -> Option<RoundsPanel> {
    let worse = match adverse {
        Adverse::Above => Worse::Above,
        Adverse::Below => Worse::Below,
        Adverse::Falling => return None,
    };
    let point = |year: &statistics::Year| {
        // Whether a ratio stands among many is told of the newest round alone, so that no mark has the shape of a result.
        let shape =
            |mark: Mark| Mark { shade: if mark.shade == Shade::TooFew { Shade::TooFew } else { Shade::Plain }, ..mark };
        RoundPoint {
            year: year.year,
            note: match case::unmarked(year, Kind::Likelihood) {
                Some(why) if year.statistic.is_some() => format!("[{}]", why.id()),
                Some(_) => "–".to_owned(),
                None => String::new(),
            },
            mark: year.statistic.as_ref().and_then(|one| mark_of(one, Kind::Likelihood, year.year)).map(shape),
            break_before: year.break_before.is_some(),
            joined: year.continues(),
        }
    };
    let points = trend.years.iter().filter(|year| years.contains(&year.year)).map(point);
    Some(RoundsPanel { label, points: points.collect(), england, worse })
}

/// A figure with its view, as charts and tables take them together.
pub struct Seen<'a> {
    /// The figure.
    pub statistic: &'a Statistic,
    /// The figure in print.
    pub view: FigureView,
}

impl<'a> Seen<'a> {
    /// The figure and its print.
    pub fn new(statistic: &'a Statistic, round: &crate::round::Round) -> Self {
        Self { statistic, view: views::figure(statistic, round, round.settings.year) }
    }
}
