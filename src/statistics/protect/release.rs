//! What is published together, as counts and the atoms they are made of: the form in which it is protected and attacked.

mod apart;
mod bound;
mod comparisons;
mod counts;
mod earlier;
mod losses;
mod parts;
mod pattern;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::authority::slug;
use crate::round::Service;
use crate::submissions::row::rows_of;

use super::disclosure::{self, Edition};
use super::recorded::Told;
use super::safety::{Atom, Rules, rounded};
use super::suppression::{self, Count, Reason, Stand};
use super::withheld::Figure;
use crate::statistics::add_up::made_of::{self, Part};
use crate::statistics::add_up::{self, Given, Member, Tally};
use crate::statistics::figure::{AreaKey, AreaType, Counts, FigureKey, Quantity, Scope, Side};
pub(in crate::statistics) use earlier::Out;
use parts::Parts;
pub(in crate::statistics) use pattern::{Attacked, Pattern, Place};
pub(in crate::statistics) use sums::{Panel, Sums};

/// The release of a round that is on record, with its panels: what it told stands, and whatever it gave away is out.
pub(in crate::statistics) fn on_record(
    sums: &Sums<'_>,
    panels: &[&Panel],
    told: &BTreeMap<Place, Option<Told>>,
) -> Result<Pattern> {
    let mut builder = Builder::new(sums);
    builder.figures();
    builder.quality();
    for panel in panels {
        builder.panel(panel);
    }
    builder.counts.retain(|place, _| told.contains_key(place));
    let before = Pattern::on_record(told, |place| builder.counts.get(place).map(|built| built.truth));
    builder.add_out()?;
    let mut pattern = builder.finish(Some(&before))?;
    for attacked in pattern.attacked.iter_mut().filter(|attacked| !attacked.safe) {
        attacked.safe = true;
        pattern.out.insert(attacked.place.clone());
    }
    Ok(pattern)
}

/// Protects a round's release with its panels; `before` is what was published of it earlier and cannot change.
pub(in crate::statistics) fn pattern(sums: &Sums<'_>, panels: &[&Panel], before: Option<&Pattern>) -> Result<Pattern> {
    let mut builder = Builder::new(sums);
    builder.figures();
    builder.quality();
    for panel in panels {
        builder.panel(panel);
    }
    // What a release on record did not tell, the round after does not tell either, but for the authorities that they share.
    if let Some(before) = before {
        builder.counts.retain(|place, _| before.shown.contains_key(place) || place.is_matched());
    }
    builder.add_out()?;
    builder.finish(before)
}

struct Builder<'a> {
    sums: &'a Sums<'a>,
    atoms: Vec<Atom>,
    equal: Vec<[Vec<usize>; 2]>,
    /// The atoms of each service of each authority, by measure and band.
    parts: BTreeMap<(&'a str, Service, &'a str, &'a str), Parts>,
    /// Each count's atoms, and whether it is shown before anything else is thought of.
    counts: BTreeMap<Place, Built>,
    /// What releases that are out told.
    told: Pattern,
}

#[derive(Default)]
struct Built {
    atoms: Vec<usize>,
    shown: bool,
    /// What the aggregation says that it adds up to.
    truth: u64,
}

impl<'a> Builder<'a> {
    fn new(sums: &'a Sums<'a>) -> Self {
        let mut builder = Builder {
            sums,
            atoms: Vec::new(),
            equal: Vec::new(),
            parts: BTreeMap::new(),
            counts: BTreeMap::new(),
            told: Pattern::default(),
        };
        // Bands first: what they are parts of is made of them.
        let (bands, others): (Vec<&Given>, Vec<&Given>) =
            sums.contributions.given.iter().partition(|given| !given.band.is_empty());
        for given in bands.into_iter().chain(others) {
            let parts = builder.parts_of(given);
            builder.parts.insert((&given.authority, given.service, &given.measure, &given.band), parts);
        }
        let unbanded = || sums.contributions.given.iter().filter(|given| given.band.is_empty());
        for adults in unbanded().filter(|given| given.service == Service::Adults) {
            let same = |given: &&Given| {
                (&given.authority, &given.measure, given.service)
                    == (&adults.authority, &adults.measure, Service::Childrens)
            };
            if let Some(childrens) = unbanded().find(same) {
                builder.combined_bands(adults, childrens);
            }
        }
        builder
    }

    /// England, regions, types, groups and authorities.
    fn figures(&mut self) {
        let Sums { round, contributions, tallies, .. } = self.sums;
        for member in &contributions.members {
            let Some(authority) = round.authority(&member.authority) else { continue };
            let Some(sides) = self.sides(member) else { continue };
            let own = (self.sums.edition == Edition::Public).then(|| AreaKey::authority(&member.authority));
            let whole = [AreaKey::england()].into_iter().chain(own);
            // Ethnic groups are published for England and authorities alone.
            let parts = [(AreaType::Region, slug(&authority.region)), (AreaType::Type, slug(&authority.kind))];
            let group = authority.group_code().map(|code| (AreaType::Group, code));
            let parts = parts.into_iter().chain(group).filter(|_| !member.breakdown.is_ethnic_group());
            for area in whole.chain(parts.map(|(kind, code)| AreaKey { kind, code })) {
                for scope in Scope::of(member.service) {
                    let (indicator, breakdown) = (member.indicator.clone(), member.breakdown.clone());
                    let key = FigureKey { area: area.clone(), scope: *scope, indicator, breakdown };
                    if let Some(tally) = tallies.get(&key) {
                        self.figure(key, &sides, tally);
                    }
                }
            }
        }
    }

    /// England's figures of a panel, all services together.
    fn panel(&mut self, panel: &Panel) {
        for member in &self.sums.contributions.members {
            let Member { authority, indicator, breakdown, .. } = member.clone();
            let inside = panel.members.contains(&(indicator.clone(), breakdown.clone(), authority));
            if !inside || breakdown.is_ethnic_group() {
                continue;
            }
            let Some(sides) = self.sides(member) else { continue };
            let key = FigureKey { area: panel.area.clone(), scope: Scope::All, indicator, breakdown };
            if let Some(tally) = panel.tallies.get(&key) {
                self.figure(key, &sides, tally);
            }
        }
    }

    fn figure(&mut self, key: FigureKey, sides: &Counts<Vec<usize>>, tally: &Tally) {
        let settings = &self.sums.round.settings.disclosure;
        let shown = disclosure::by_itself(key.area.kind, tally, settings);
        for (quantity, atoms) in sides.each() {
            let built = self.counts.entry(Place::Figure(key.clone(), quantity)).or_insert_with(|| Built {
                atoms: Vec::new(),
                shown: shown.shows()[quantity],
                truth: tally.counts[quantity],
            });
            built.atoms.extend(atoms);
        }
    }

    /// How many people's ethnicity is known, and how many staff there are.
    fn quality(&mut self) {
        let settings = &self.sums.round.settings.disclosure;
        let knowledge = add_up::knowledge(self.sums.round, &self.sums.contributions.given);
        for given in self.sums.contributions.given.iter().filter(|given| given.band.is_empty()) {
            let Some(parts) = self.parts.get(&(&*given.authority, given.service, &*given.measure, "")) else {
                continue;
            };
            let people = [parts.minoritised(), parts.white.clone()].concat();
            let unknown = parts.unknown.clone();
            if given.measure == "staff" {
                let staff = self.counts.entry(Place::Staff).or_default();
                staff.atoms.extend(people.iter().chain(&unknown));
            }
            if made_of::known_and_unknown(&given.row).is_none() {
                continue;
            }
            let own = (self.sums.edition == Edition::Public).then(|| given.authority.clone());
            for code in [String::new()].into_iter().chain(own) {
                let key = (code.clone(), given.measure.clone());
                let Some(sum) = knowledge.get(&key) else { continue };
                let shown = disclosure::known(sum, code.is_empty(), settings);
                let counts = [
                    (Place::Known(code.clone(), given.measure.clone()), &people, sum.known, shown.0),
                    (Place::Unknown(code, given.measure.clone()), &unknown, sum.unknown, shown.1),
                ];
                for (place, atoms, truth, shown) in counts {
                    let built = self.counts.entry(place).or_insert_with(|| Built {
                        atoms: Vec::new(),
                        shown: shown.is_some(),
                        truth,
                    });
                    built.atoms.extend(atoms);
                }
            }
        }
        let workforce = add_up::workforce(&self.sums.contributions.given);
        if let Some(staff) = self.counts.get_mut(&Place::Staff) {
            staff.truth = workforce.values().sum();
            staff.shown = disclosure::staff(&workforce, settings).is_some();
        }
    }

    /// The atoms of a row; of combined services that were counted each for itself, those of both.
    fn parts<'b>(&'b self, authority: &'b str, service: Service, measure: &'b str, band: &'b str) -> Option<Parts> {
        let rows = rows_of(service, |service| self.parts.get(&(authority, service, measure, band)));
        rows.into_iter().cloned().reduce(|one, other| one.and(&other))
    }

    /// The atoms that one service of one authority adds to a figure's four counts.
    fn sides(&self, member: &Member) -> Option<Counts<Vec<usize>>> {
        let indicator = self.sums.round.indicator(&member.indicator)?;
        let parts = made_of::parts(indicator, &member.breakdown, self.sums.round.settings.unknown_ethnicity);
        let atoms = |part: &Part<'_>| -> Option<Vec<usize>> {
            let row = self.parts(&member.authority, member.service, part.measure, part.band)?;
            Some(row.people(part.people))
        };
        let count = |quantity| -> Option<Vec<usize>> {
            let of: Option<Vec<Vec<usize>>> = parts[quantity].iter().map(atoms).collect();
            Some(of?.concat())
        };
        Some(Counts {
            minoritised: Side {
                numerator: count(Quantity::MinoritisedNumerator)?,
                denominator: count(Quantity::MinoritisedDenominator)?,
            },
            white: Side {
                numerator: count(Quantity::WhiteNumerator)?,
                denominator: count(Quantity::WhiteDenominator)?,
            },
        })
    }

    /// Protection and proof of everything that was built.
    fn finish(mut self, before: Option<&Pattern>) -> Result<Pattern> {
        let settings = &self.sums.round.settings.disclosure;
        let rules = Rules { threshold: settings.threshold, rounding: settings.rounding };
        let left_out =
            if self.sums.edition == Edition::Own { self.leave_out_telling_quality(rules) } else { Vec::new() };
        let services = self.services();
        let (mut release, mut printed) = self.release(before, &services)?;
        let compared = self.compared();
        let apart = self.apart();
        release.equal = self.equal;
        release.atoms = self.atoms;
        let primary: BTreeSet<&Place> =
            self.counts.iter().filter(|(_, built)| !built.shown).map(|(place, _)| place).collect();
        // Packs for everybody hold authorities' own counts, and what sums differ by is attacked there as one of these.
        let most = match before {
            Some(before) => before.most.clone(),
            None if self.sums.edition == Edition::Own => bound::most(&release, &printed, &primary, rules),
            None => BTreeMap::new(),
        };
        // Packs for everybody hold the small counts of every authority, so that these are attacked one by one.
        if self.sums.edition == Edition::Own {
            let mut left = suppression::remainders(&release, rules, &compared);
            left.extend(apart.into_iter().filter(|atoms| !release.counts.iter().any(|count| count.atoms == *atoms)));
            for atoms in left {
                release.counts.push(Count { atoms, withheld: Some(Reason::Primary), ..Count::default() });
                printed.push(Vec::new());
            }
        }
        if let Some(decided) = self.sums.decided {
            for (count, places) in release.counts.iter_mut().zip(&printed) {
                count.decided = places.iter().find_map(|place| decided.decided(place));
            }
        }
        let mut worlds = before.map_or_else(Vec::new, |before| before.worlds.clone());
        let stands = suppression::protect(&mut release, rules, &mut worlds, self.sums.studies);
        let stands: BTreeMap<usize, Stand> = stands.into_iter().map(|stand| (stand.count, stand)).collect();
        let earlier: BTreeMap<&Place, &Attacked> =
            before.iter().flat_map(|before| &before.attacked).map(|attacked| (&attacked.place, attacked)).collect();
        let mut pattern = Pattern { worlds, left_out, most, ..Pattern::default() };
        if let Some(before) = before {
            pattern.otherwise.clone_from(&before.otherwise);
            pattern.out.clone_from(&before.out);
        }
        let out =
            |place: &Place| self.told.out.contains(place) || before.is_some_and(|before| before.out.contains(place));
        let code = |owner: usize| self.sums.round.authorities[owner].code.clone();
        let remainder = |count: &Count| {
            let owner = count.atoms.iter().find_map(|atom| release.atoms[*atom].owner);
            Place::Remainder(owner.map(code).unwrap_or_default())
        };
        let small = |stand: &&Stand| stand.out && release.counts[stand.count].withheld == Some(Reason::Primary);
        for stand in stands.values().filter(small) {
            let places = printed[stand.count].iter().filter(|place| !matches!(place, Place::Released(..)));
            pattern.out.extend(places.cloned());
            if printed[stand.count].is_empty() {
                pattern.out.insert(remainder(&release.counts[stand.count]));
            }
        }
        for (index, count) in release.counts.iter().enumerate() {
            // What is printed in two places is one count: that it stood the attacks before holds for the new place too.
            let stood = printed[index].iter().find_map(|place| earlier.get(place).copied());
            for place in &printed[index] {
                if let Place::Released(_, of) = place {
                    // It stands in the record: only what this release would give away of it is told.
                    if let Some(stand) = stands.get(&index).filter(|stand| !stand.safe && !out(place)) {
                        pattern.attacked.push(Attacked {
                            place: (**of).clone(),
                            protects: None,
                            left: stand.left,
                            attacker: stand.attacker.map(code),
                            out: false,
                            safe: false,
                        });
                    }
                    continue;
                }
                let settled = before.and_then(|before| before.step(place));
                let step = settled.or(count.step).unwrap_or(rules.rounding);
                pattern.shown.insert(place.clone(), count.withheld.is_none().then_some(step));
                let Some(reason) = count.withheld else {
                    let number = before.and_then(|before| before.numbers.get(place)).copied();
                    let truth = self.counts.get(place).map_or(0, |built| built.truth);
                    pattern.numbers.insert(place.clone(), number.unwrap_or_else(|| rounded(truth, step)));
                    continue;
                };
                let earlier = earlier.get(place).copied();
                let protects = match (earlier, reason) {
                    (Some(earlier), _) => earlier.protects.clone(),
                    (None, Reason::Protecting(other)) => {
                        Some(printed[other].first().cloned().unwrap_or_else(|| remainder(&release.counts[other])))
                    }
                    (None, Reason::Primary) => services.withheld.get(place).cloned(),
                };
                let attacked = match (stands.get(&index), earlier) {
                    (Some(stand), _) => Attacked {
                        place: place.clone(),
                        protects,
                        left: stand.left,
                        attacker: stand.attacker.map(code),
                        out: stand.out,
                        safe: stand.safe || out(place),
                    },
                    (None, Some(earlier)) => earlier.clone(),
                    (None, None) => match stood {
                        Some(stood) => Attacked { place: place.clone(), ..stood.clone() },
                        None => bail!("{} is withheld and was not attacked: please report this", Figure::from(place)),
                    },
                };
                pattern.attacked.push(attacked);
            }
            // What stands in no table is told of only where it can be worked out.
            if let Some(stand) = stands.get(&index).filter(|stand| printed[index].is_empty() && !stand.safe) {
                let place = remainder(count);
                pattern.attacked.push(Attacked {
                    safe: out(&place),
                    out: stand.out,
                    place,
                    protects: None,
                    left: stand.left,
                    attacker: stand.attacker.map(code),
                });
            }
        }
        pattern.attacked.sort_by(|one, other| one.place.cmp(&other.place));
        Ok(pattern)
    }
}
