//! Measures a round: its figures and all that may be shown beside them, through the three rooms in their order.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use rayon::prelude::*;

use crate::authority::Authority;
use crate::round::Round;
use crate::standard::{Indicator, Standard};
use crate::submissions::Returns;

use super::add_up;
use super::compare::{
    self, AreaChange, Coverage, Judgement, LeftOut, Marker, Measuring, Pooled, Position, PositionCounts, Quality,
    Spread, Statistic, Table, Trend, Whole,
};
use super::figure::{Area, AreaKey, AreaType, Breakdown, Scope};
use super::protect::{self, CoarserCount, Counted, Edition, Figure, Pattern, Protection, Recorded, WithheldCount};

/// What may be shown to one authority about itself.
#[derive(Clone, Debug)]
pub struct AuthorityStatistics {
    /// Who.
    pub authority: Authority,
    /// Its figures: exact in the edition for itself, protected in the public one.
    pub figures: Table,
    /// Its place among the others, by indicator.
    pub positions: BTreeMap<String, Position>,
    /// Its own figures over the rounds.
    pub trends: Vec<Trend>,
    /// What became of its area over the rounds, the newest last.
    pub area_changes: Vec<String>,
    /// How complete its return is.
    pub quality: Vec<Quality>,
}

/// Everything that may be shown about a round.
pub struct Statistics {
    /// Which edition the authorities' own figures are in.
    pub edition: Edition,
    /// England, regions, types and groups.
    pub national: Table,
    /// Every participating authority, by code.
    pub authorities: Vec<AuthorityStatistics>,
    /// How authorities spread, by indicator and breakdown.
    pub spreads: BTreeMap<(String, Breakdown), Spread>,
    /// The ratios pooled over the authorities of England, a region, a type or a group, by area and indicator.
    pub pooled: BTreeMap<(String, String), Pooled>,
    /// The variance between authorities beyond chance, of log ratios, by indicator: what a funnel's limits allow for.
    pub between: BTreeMap<String, f64>,
    /// How many lie within and beyond what is expected, by indicator.
    pub position_counts: BTreeMap<String, PositionCounts>,
    /// England over the rounds.
    pub trends: Vec<Trend>,
    /// Every withheld count, and how it stood the attacks.
    pub withheld: Vec<WithheldCount>,
    /// Every count that is shown in a coarser step than others.
    pub coarser: Vec<CoarserCount>,
    /// How much of England's, regions', types' and groups' tables is whole.
    pub whole: Vec<Whole>,
    /// Who took part.
    pub coverage: Coverage,
    /// How complete the data are.
    pub quality: Vec<Quality>,
    /// Which accepted returns are left out of which indicator.
    pub left_out: Vec<LeftOut>,
    /// What became of areas since the round before.
    pub area_changes: Vec<AreaChange>,
    /// What is told of the round's counts: what a release puts on record.
    pub told: Recorded,
    /// Counts of earlier rounds that could be worked out already from what their releases told: year, figure.
    pub out: Vec<(i32, Figure)>,
    /// What protection found out, as far as it may be kept beside these figures.
    pub protection: Protection,
}

/// Measures a round: `earlier` holds the rounds before it, the earliest first.
///
/// What is `known` of the protection of these same rounds need not be worked out again, and what releases of earlier rounds told is
/// taken from there. Counts leave here protected, but for an
/// authority's own in [`Edition::Own`]; an error is one of the machine, not of the data.
pub fn measure(
    standard: &Standard,
    england: &[Authority],
    earlier: &[(Round, Returns)],
    round: &Round,
    returns: &Returns,
    edition: Edition,
    known: &Protection,
) -> Result<Statistics> {
    let rounds = earlier.iter().map(|(round, returns)| (round, returns)).chain([(round, returns)]);
    published(standard, england, &protect::count(rounds, standard, edition, known)?, returns, edition)
}

/// What may be shown of the last of these rounds.
pub(super) fn published(
    standard: &Standard,
    england: &[Authority],
    counted: &[Counted<'_>],
    returns: &Returns,
    edition: Edition,
) -> Result<Statistics> {
    let Some(this) = counted.last() else { bail!("there is no round to measure") };
    let round = this.round;
    let judgement = Judgement::new(&round.settings.statistics);
    let measuring = Measuring { round, tallies: &this.tallies, pattern: &this.pattern, judgement };
    let given = &this.contributions.given;
    let coverage = compare::coverage(round, england, returns, given, &this.pattern);
    let answers = add_up::answers(round, standard, returns);
    let quality = compare::quality(round, standard, returns, given, &this.pattern, &answers, edition);

    let places = compare::places(&coverage);
    let mut national: Vec<Statistic> =
        places.iter().flat_map(|area| measuring.area(area, |_, _| Marker::X, edition)).collect();
    let white_rates = compare::WhiteRates::of(&national);
    white_rates.note(&mut national, judgement.critical());
    measuring.widen(&places, &mut national);
    compare::judge_together(&mut national, judgement);
    let national = Table::new(national);
    let (placing, area_changes) = (measuring.place(returns), compare::area_changes(counted));
    let measured = |code: &String| {
        let authority = round.authority(code)?;
        let area = Area::new(AreaKey::authority(code), &authority.name);
        let reason = |scope, indicator: &Indicator| compare::absent(&answers, code, scope, indicator);
        let mut figures = measuring.area(&area, reason, edition);
        white_rates.note(&mut figures, judgement.critical());
        compare::judge_together(&mut figures, judgement);
        let figures = Table::new(figures);
        let mut positions = placing.positions.get(code).cloned().unwrap_or_default();
        // Beside a withheld count, a position and what is shown of it would leave few values open.
        positions.retain(|indicator, _| {
            figures.get(code, Scope::All, indicator, &Breakdown::Whole).is_some_and(|figure| figure.ratio.is_some())
        });
        Some(AuthorityStatistics {
            authority: authority.clone(),
            figures,
            positions,
            trends: compare::trends(counted, &area, edition),
            area_changes: compare::own_changes(counted, code, &area_changes),
            quality: quality.get(code).cloned().unwrap_or_default(),
        })
    };
    let authorities: Vec<AuthorityStatistics> = returns.accepted.par_iter().filter_map(measured).collect();

    let trends = compare::trends(counted, &places[0], edition);
    let pooled = measuring.pool(&places, &national, returns);
    let public = authorities.iter().filter(|_| edition == Edition::Public).map(|authority| &authority.figures);
    public.chain([&national]).try_for_each(|table| as_attacked(table, &this.pattern))?;
    // In the edition for authorities alone nobody is shown another's counts: only those that could be worked out are told of.
    let printed = |count: &WithheldCount| {
        edition == Edition::Public || !count.safe || count.figure.area_type != AreaType::Authority.id()
    };
    let withheld = counted.iter().flat_map(protect::withheld).filter(printed).collect();

    Ok(Statistics {
        edition,
        whole: compare::whole(&national, &this.pattern.most),
        national,
        authorities,
        spreads: placing.spreads,
        pooled,
        between: placing.between,
        position_counts: placing.counts,
        trends,
        withheld,
        coarser: counted.iter().flat_map(protect::coarser).collect(),
        coverage,
        quality: quality.get("").cloned().unwrap_or_default(),
        left_out: compare::left_out(round, returns, &this.contributions, &answers),
        area_changes,
        told: Recorded::of(counted, edition)?,
        out: counted.iter().flat_map(protect::out).collect(),
        protection: Protection::kept(counted, edition),
    })
}

/// Makes sure that what is printed is what was attacked: no count more.
fn as_attacked(table: &Table, pattern: &Pattern) -> Result<()> {
    for row in table.rows() {
        let (key, printed) = (row.key(), row.counts());
        let shown = pattern.figure(&key);
        let told = printed.each().iter().any(|(quantity, count)| count.is_some() && shown[*quantity].is_none());
        ensure!(!told, "{key:?} shows a count that was not attacked as shown: please report this");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::{Adverse, Kind};

    /// Whoever forgets a kind of area in protection prints what was not attacked.
    #[test]
    fn a_figure_of_any_area_that_was_not_attacked_stops_the_build() {
        for kind in AreaType::ALL {
            let mut figure = compare::example::figure(Kind::Likelihood, Adverse::Above, [20, 200, 30, 300].map(Some));
            figure.area = Area::new(AreaKey { kind, code: "larger".to_owned() }, "Larger workforces");
            let stopped = as_attacked(&Table::new(vec![figure]), &Pattern::default()).unwrap_err().to_string();
            assert!(stopped.contains("larger") && stopped.contains("was not attacked"), "{stopped}");
        }
    }
}
