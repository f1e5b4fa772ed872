//! Computes a figure from the counts that may be shown, and from nothing else.

use crate::round::Statistics as Settings;
use crate::standard::{Adverse, Indicator, Kind};

use super::coarser;
use super::interval::{self, Proportion};
use super::statistic::{AtParity, Difference, Doubts, GroupFigures, Marker, Outcome, Ratio, Statistic};
use crate::statistics::figure::{Area, Breakdown, Counts, FigureKey, Scope, Side};
use crate::statistics::protect::Shown;

/// Names the figure that is computed.
pub(in crate::statistics) struct Subject<'a> {
    pub area: &'a Area,
    pub scope: Scope,
    pub indicator: &'a Indicator,
    pub breakdown: &'a Breakdown,
}

impl Subject<'_> {
    /// Which figure it is.
    pub(in crate::statistics) fn key(&self) -> FigureKey {
        let (indicator, breakdown) = (self.indicator.id.clone(), self.breakdown.clone());
        FigureKey { area: self.area.key(), scope: self.scope, indicator, breakdown }
    }
}

/// How figures are judged: the critical value of the intervals and the least denominator.
#[derive(Clone, Copy)]
pub(in crate::statistics) struct Judgement {
    confidence: f64,
    critical: f64,
    significance: f64,
    minimum_base: u64,
}

/// Fewer events in both groups together are too few to say.
const MINIMUM_EVENTS: u64 = 5;

impl Judgement {
    /// The round's settings, with the quantile computed once.
    pub(in crate::statistics) fn new(settings: &Settings) -> Self {
        Self {
            confidence: settings.confidence,
            critical: interval::critical_value(settings.confidence),
            significance: 1.0 - settings.confidence,
            minimum_base: settings.minimum_base,
        }
    }

    /// Whether the figure rests on too few people or events.
    pub(in crate::statistics) fn too_few(self, minoritised: Proportion, white: Proportion) -> bool {
        minoritised.events > minoritised.people
            || white.events > white.people
            || minoritised.people < self.minimum_base
            || white.people < self.minimum_base
            || minoritised.events + white.events < MINIMUM_EVENTS
    }

    /// The confidence of the intervals.
    pub(in crate::statistics) fn confidence(self) -> f64 {
        self.confidence
    }

    /// Below it a p-value tells of a difference.
    pub(in crate::statistics) fn significance(self) -> f64 {
        self.significance
    }

    /// The critical value of the intervals.
    pub(in crate::statistics) fn critical(self) -> f64 {
        self.critical
    }
}

/// The figure of these shown counts.
pub(in crate::statistics) fn compare(subject: &Subject<'_>, shown: &Shown, judgement: Judgement) -> Statistic {
    let statistic = computed(subject, shown.authorities(), shown.counts(), shown.withheld(), judgement);
    coarser::widened(Statistic { coarser: shown.coarser(), ..statistic }, shown.coarser(), judgement)
}

/// What follows from counts, whoever may see it.
pub(super) fn computed(
    subject: &Subject<'_>,
    authorities: usize,
    counts: Counts<Option<u64>>,
    withheld: bool,
    judgement: Judgement,
) -> Statistic {
    let mut statistic = empty(subject, authorities);
    statistic.minoritised = group(counts.minoritised, judgement);
    statistic.white = group(counts.white, judgement);
    if withheld {
        statistic.marker = Some(Marker::C);
    } else if [counts.minoritised, counts.white].into_iter().any(above_whole) {
        statistic.marker = Some(Marker::Z);
    }
    let (Some(minoritised), Some(white)) = (pair(counts.minoritised), pair(counts.white)) else { return statistic };
    if minoritised.people == 0 || white.people == 0 {
        statistic.marker = Some(Marker::Z);
        return statistic;
    }
    if subject.indicator.kind != Kind::Share {
        ratio(&mut statistic, subject, minoritised, white, judgement);
    }
    statistic
}

/// Whether more events are shown than people: more may leave within a year than are in post on one day. Of such a group there
/// is no rate.
fn above_whole(side: Side<Option<u64>>) -> bool {
    side.numerator.zip(side.denominator).is_some_and(|(events, people)| events > people)
}

/// Events among people, when both are shown; nothing where there are more events than people, which have no rate.
fn pair(side: Side<Option<u64>>) -> Option<Proportion> {
    let proportion = Proportion { events: side.numerator?, people: side.denominator? };
    (proportion.events <= proportion.people).then_some(proportion)
}

/// A figure without contributors, and the reason.
pub(in crate::statistics) fn missing(subject: &Subject<'_>, marker: Marker) -> Statistic {
    Statistic { marker: Some(marker), ..empty(subject, 0) }
}

fn empty(subject: &Subject<'_>, authorities: usize) -> Statistic {
    Statistic {
        area: subject.area.clone(),
        scope: subject.scope,
        indicator: subject.indicator.id.clone(),
        kind: subject.indicator.kind,
        adverse: subject.indicator.adverse,
        breakdown: subject.breakdown.clone(),
        authorities,
        minoritised: GroupFigures::default(),
        white: GroupFigures::default(),
        coarser: Counts::default(),
        ratio: None,
        p_value: None,
        difference: None,
        difference_marker: None,
        at_parity: None,
        wider: None,
        detectable: Err(Marker::Z),
        adjusted_p_value: None,
        doubts: Doubts::default(),
        result: None,
        marker: None,
    }
}

fn group(Side { numerator, denominator }: Side<Option<u64>>, judgement: Judgement) -> GroupFigures {
    let mut figures = GroupFigures { numerator, denominator, ..GroupFigures::default() };
    if let Some(proportion) = figures.proportion() {
        let limits = interval::wilson(proportion, judgement.critical);
        figures.rate = Some(proportion.rate());
        figures.lower = Some(limits.lower);
        figures.upper = Some(limits.upper);
    }
    figures
}

fn ratio(
    statistic: &mut Statistic,
    subject: &Subject<'_>,
    minoritised: Proportion,
    white: Proportion,
    judgement: Judgement,
) {
    statistic.difference = difference(subject.indicator.kind, minoritised, white, judgement);
    statistic.at_parity = Some(at_parity(minoritised, white, judgement));
    let any = minoritised.events + white.events > 0;
    let p_value = any.then(|| interval::p_value(minoritised, white));
    statistic.p_value = p_value;
    if white.events > 0 {
        let limits = interval::koopman(minoritised, white, judgement.critical);
        let value = minoritised.rate() / white.rate();
        statistic.ratio = Some(Ratio { value, lower: limits.lower, upper: limits.upper });
    }
    if judgement.too_few(minoritised, white) {
        statistic.result = Some(Outcome::TooFew);
        statistic.marker = Some(Marker::U);
    } else {
        // The score test of ratio = 1 and the interval never disagree, and the test is there even when the ratio is not.
        let clear = p_value.is_some_and(|p| p < judgement.significance);
        let above = minoritised.rate() > white.rate();
        let adverse = (subject.indicator.adverse == Adverse::Above) == above;
        statistic.result = Some(match (clear, adverse) {
            (false, _) => Outcome::NoClearDifference,
            (true, true) => Outcome::Disadvantage,
            (true, false) => Outcome::Advantage,
        });
    }
    if white.events == 0 && statistic.result != Some(Outcome::TooFew) {
        statistic.marker = Some(Marker::Z);
    }
}

/// The difference that the kind reports; a representation gap needs somebody who was counted.
fn difference(kind: Kind, minoritised: Proportion, white: Proportion, judgement: Judgement) -> Option<Difference> {
    if kind == Kind::RepresentationGap {
        let share = |top: u64, bottom: u64| top as f64 / (top + bottom) as f64;
        let counted = minoritised.events + white.events > 0;
        let gap = share(minoritised.events, white.events) - share(minoritised.people, white.people);
        return counted.then_some(Difference { value: gap, lower: None, upper: None });
    }
    let limits = interval::newcombe(minoritised, white, judgement.critical);
    let value = minoritised.rate() - white.rate();
    Some(Difference { value, lower: Some(limits.lower), upper: Some(limits.upper) })
}

/// The cases of the minoritised group at the other's rate less its own, from the difference of the rates and its limits.
fn at_parity(minoritised: Proportion, white: Proportion, judgement: Judgement) -> AtParity {
    let people = minoritised.people as f64;
    let cases = minoritised.events as f64;
    let limits = interval::newcombe(minoritised, white, judgement.critical);
    // No fewer than none, and no more than everybody.
    let possible = |more: f64| more.clamp(-cases, people - cases);
    AtParity {
        value: people * (white.rate() - minoritised.rate()),
        lower: possible(-people * limits.upper),
        upper: possible(-people * limits.lower),
    }
}

/// Fills in each band's difference from all bands together; it stays empty when any band's count is withheld or missing.
pub(in crate::statistics) fn share_differences(bands: &mut [Statistic]) {
    let markers: Vec<Marker> = bands.iter().filter_map(|band| band.marker).collect();
    let missing = [Marker::C, Marker::X, Marker::Z].into_iter().find(|marker| markers.contains(marker));
    bands.iter_mut().for_each(|band| band.difference_marker = missing);
    let sum = |count: fn(&GroupFigures) -> Option<u64>| -> Option<u64> {
        bands.iter().map(|band| count(&band.minoritised)).sum()
    };
    let (Some(minoritised), Some(total)) = (sum(|group| group.numerator), sum(|group| group.denominator)) else {
        return;
    };
    if total == 0 {
        return;
    }
    let all = minoritised as f64 / total as f64;
    for band in bands {
        band.difference = band.minoritised.rate.map(|rate| Difference { value: rate - all, lower: None, upper: None });
    }
}
