//! Every round added up and protected, with the authorities that consecutive rounds share.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use anyhow::{Result, anyhow};

use super::disclosure::Edition;
use super::protection::Protection;
use super::recorded::{Earlier, Recorded};
use super::release::{self, Out, Panel, Pattern, Sums};
use crate::authority::changes::Between;
use crate::round::Round;
use crate::standard::Standard;
use crate::statistics::add_up::{self, Contributions, Shared, Tallies, Tally};
use crate::statistics::figure::{AreaKey, FigureKey};
use crate::submissions::Returns;

/// One round with what was added up for it, and which of its counts may be shown.
pub(in crate::statistics) struct Counted<'a> {
    pub round: &'a Round,
    pub contributions: Contributions,
    pub tallies: Tallies,
    pub pattern: Pattern,
    /// The authorities that it shares with the round before, and with the round after.
    pub panels: [Option<Panel>; 2],
    /// What its authorities are compared with in the round before.
    pub since: Between,
    /// Its authorities that are one in the round after, each with the code of the first of them.
    pub together: BTreeMap<String, String>,
}

/// Adds up and protects every round, the earliest first, with the panels of consecutive rounds; what is `known` of a round is not
/// worked out again.
pub(in crate::statistics) fn count<'a>(
    rounds: impl Iterator<Item = (&'a Round, &'a Returns)>,
    standard: &Standard,
    edition: Edition,
    known: &Protection,
) -> Result<Vec<Counted<'a>>> {
    let mut counted: Vec<Counted<'a>> = Vec::new();
    for (round, returns) in rounds {
        let contributions = add_up::contributions(round, returns)?;
        let tallies = contributions.tallies(round)?;
        let (pattern, since) = (Pattern::default(), Between::default());
        let together = BTreeMap::new();
        let mut this = Counted { round, contributions, tallies, pattern, panels: [None, None], since, together };
        if let Some(before) = counted.last_mut() {
            this.since = round.since(before.round.moment());
            let [earlier, later] = panels(before.added(), this.added())?;
            before.panels[1] = Some(earlier);
            before.together = one_since(before.round, &this.since);
            this.panels[0] = Some(later);
        }
        counted.push(this);
    }
    // Rounds tell nothing about each other's counts: they are protected side by side.
    let patterns = thread::scope(|scope| {
        let counted = &counted;
        let protect = |index: usize| match known.of(counted[index].round.settings.year) {
            Some(known) => Ok(known.clone()),
            None => counted[index].protect(standard, edition, &out(counted, index, known)?, known),
        };
        let work: Vec<_> = (0..counted.len()).map(|index| scope.spawn(move || protect(index))).collect();
        work.into_iter()
            .map(|work| work.join().map_err(|_| anyhow!("protecting a round came to a sudden end"))?)
            .collect::<Result<Vec<Pattern>>>()
    })?;
    for (counted, pattern) in counted.iter_mut().zip(patterns) {
        counted.pattern = pattern;
    }
    Ok(counted)
}

/// The figures of two rounds for the areas that contribute to the same figure in both, as the authorities that they had then.
///
/// Beside the full panels, a panel that one or two authorities are missing from would tell their figures: there is none.
/// Nor is there one of so few authorities that it would be withheld anyway.
fn panels(before: Added<'_>, after: Added<'_>) -> Result<[Panel; 2]> {
    let area = AreaKey::matched(before.round.settings.year, after.round.settings.year);
    let since = after.round.since(before.round.moment());
    let [earlier, later] = before.contributions.shared(after.contributions, &since, &area)?;
    let minimum = after.round.settings.disclosure.minimum_contributors;
    let telling = |panel: &Tallies, full: &Tallies| -> BTreeSet<FigureKey> {
        let missing = |key: &FigureKey, tally: &Tally| {
            let full = full.get(&key.in_area(AreaKey::england()));
            full.map_or(0, |full| full.returns.saturating_sub(tally.returns))
        };
        let few = panel
            .iter()
            .filter(|(key, tally)| (1..minimum).contains(&missing(key, tally)) || tally.contributors < minimum);
        few.map(|(key, _)| key.clone()).collect()
    };
    let told: BTreeSet<FigureKey> =
        telling(&earlier.tallies, before.tallies).union(&telling(&later.tallies, after.tallies)).cloned().collect();
    Ok([earlier, later].map(|Shared { tallies, members }| Panel {
        area: area.clone(),
        tallies: tallies.into_iter().filter(|(key, _)| !told.contains(key)).collect(),
        members,
    }))
}

/// A round's returns, added up.
#[derive(Clone, Copy)]
struct Added<'a> {
    round: &'a Round,
    contributions: &'a Contributions,
    tallies: &'a Tallies,
}

impl Earlier {
    fn added(&self) -> Added<'_> {
        Added { round: &self.round, contributions: &self.contributions, tallies: &self.tallies }
    }
}

/// What releases that are out told of one of these rounds: its own, but for the newest of an earlier round, which stands on record; and
/// those of the round after, for the authorities that the two share.
fn out<'a>(counted: &'a [Counted<'_>], index: usize, known: &'a Protection) -> Result<Vec<Out<'a>>> {
    let this = counted[index].added();
    let year = this.round.settings.year;
    let before = counted[..index].last();
    let numbered = |releases: &'a [Earlier]| (1..).zip(releases);
    let mut out = Vec::new();
    for (number, release) in numbered(known.earlier(year)) {
        let Earlier { contributions, tallies, recorded, .. } = release;
        let panels = match before {
            Some(before) => panels(before.added(), release.added())?.into_iter().skip(1).collect(),
            None => Vec::new(),
        };
        out.push(Out { number, edition: recorded.edition, contributions, tallies, panels, told: recorded.counts() });
    }
    let Some(after) = counted.get(index + 1).map(|after| after.round.settings.year).or_else(|| known.year_after(year))
    else {
        return Ok(out);
    };
    let releases = numbered(known.earlier(after)).map(|(number, one)| (number, one.added(), &one.recorded));
    let newest = counted.get(index + 1).zip(known.recorded(after));
    let newest = newest.map(|(after, recorded)| (u32::MAX, after.added(), recorded));
    for (number, after, recorded) in releases.chain(newest) {
        let panels = panels(this, after)?.into_iter().take(1).collect();
        let (contributions, tallies) = (this.contributions, this.tallies);
        out.push(Out { number, edition: Edition::Own, contributions, tallies, panels, told: recorded.before() });
    }
    Ok(out)
}

/// The authorities of a round that are one, or were taken apart together, in the round after.
fn one_since(round: &Round, since: &Between) -> BTreeMap<String, String> {
    let mut together = BTreeMap::new();
    for unit in &since.units {
        let registered = || unit.earlier.iter().filter(|code| round.authority(code).is_some());
        let first = registered().next().filter(|_| registered().count() > 1);
        together.extend(registered().zip(first.into_iter().cycle()).map(|(code, first)| (code.clone(), first.clone())));
    }
    together
}

impl Counted<'_> {
    fn added(&self) -> Added<'_> {
        Added { round: self.round, contributions: &self.contributions, tallies: &self.tallies }
    }

    /// Which counts of the round are shown: those of the national release, which is the same in both editions, and those of packs for
    /// everybody. Where packs for everybody are planned, the two are protected together from the start; where not, the release
    /// stands, and the packs withhold what it takes.
    fn protect(&self, standard: &Standard, edition: Edition, out: &[Out<'_>], known: &Protection) -> Result<Pattern> {
        let Counted { round, contributions, tallies, panels, .. } = self;
        let alone = BTreeMap::new();
        let (studies, decided) = (known.studies(), known.decided(round.settings.year));
        let sums = |edition| Sums {
            round,
            standard,
            contributions,
            tallies,
            edition,
            out,
            together: &alone,
            studies,
            decided,
        };
        let recorded = known.recorded(round.settings.year);
        if let Some(recorded) = recorded {
            return self.worked_out(&sums(recorded.edition), Some(recorded));
        }
        match (edition, round.settings.public_packs) {
            (Edition::Own, false) | (Edition::Public, true) => self.worked_out(&sums(edition), None),
            (Edition::Own, true) => Ok(self.worked_out(&sums(Edition::Public), None)?.national()),
            (Edition::Public, false) => {
                let told = self.worked_out(&sums(Edition::Own), None)?.told();
                let panels = panels.iter().flatten().cloned().collect();
                let national = Out { number: 0, edition: Edition::Own, contributions, tallies, panels, told: &told };
                let out: Vec<Out<'_>> = out.iter().cloned().chain([national]).collect();
                self.worked_out(&Sums { out: &out, ..sums(edition) }, None)
            }
        }
    }

    /// The round as it was published, which is on record or worked out again, and then, with that settled, the figures that the round
    /// after asks of it.
    fn worked_out(&self, sums: &Sums<'_>, recorded: Option<&Recorded>) -> Result<Pattern> {
        let [before, after] = &self.panels;
        let panels: Vec<&Panel> = before.iter().collect();
        let mut first = match recorded {
            Some(recorded) => release::on_record(sums, &panels, recorded.counts())?,
            None => release::pattern(sums, &panels, None)?,
        };
        if after.is_none() {
            return Ok(first);
        }
        let sums = Sums { together: &self.together, ..*sums };
        if !self.together.is_empty() {
            // What the round gave away to whoever has several of its returns since is out, whatever comes after it.
            first.out.extend(release::on_record(&sums, &panels, &first.told())?.out);
        }
        release::pattern(&sums, &panels.into_iter().chain(after).collect::<Vec<_>>(), Some(&first))
    }
}
