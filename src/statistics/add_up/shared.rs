//! The figures of two rounds for the areas that contribute to the same figure in both, whatever their authorities were then.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use polars::prelude::*;

use super::{Contributions, KEY, Tallies};
use crate::authority::changes::Between;
use crate::statistics::figure::{AreaKey, Breakdown, Scope};

/// One round's part of what two rounds share.
#[derive(Clone, Debug, Default)]
pub(in crate::statistics) struct Shared {
    /// The sums: in the keys, the area of both rounds stands for England.
    pub tallies: Tallies,
    /// Who contributes to which figure of all services: indicator, breakdown, authority.
    pub members: BTreeSet<(String, Breakdown, String)>,
}

/// Scope, indicator and breakdown of a figure.
type Key = (Scope, String, Breakdown);

/// The authorities of a round that are compared, with the name of the unit that each is in, by figure.
type Compared = BTreeMap<Key, BTreeMap<String, String>>;

impl Contributions {
    /// England's figures of this round and of a later one for the same areas: a unit is there where each return of it is, in both.
    pub(in crate::statistics) fn shared(
        &self,
        later: &Contributions,
        between: &Between,
        area: &AreaKey,
    ) -> Result<[Shared; 2]> {
        let (then, now) = (self.contributors(), later.contributors());
        let mut compared = [Compared::new(), Compared::new()];
        for (key, codes_now) in &now {
            let Some(codes_then) = then.get(key) else { continue };
            for code in codes_now {
                let unit = between.of_later(code);
                if unit.is_broken() || !unit.later.is_subset(codes_now) || !unit.earlier.is_subset(codes_then) {
                    continue;
                }
                for (side, codes) in compared.iter_mut().zip([&unit.earlier, &unit.later]) {
                    let of = side.entry(key.clone()).or_default();
                    of.extend(codes.iter().map(|code| (code.clone(), unit.name().to_owned())));
                }
            }
        }
        let [then, now] = compared;
        Ok([self.of(&then, area)?, later.of(&now, area)?])
    }

    /// Who contributes to each figure.
    fn contributors(&self) -> BTreeMap<Key, BTreeSet<String>> {
        let mut contributors: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
        for member in &self.members {
            for scope in Scope::of(member.service) {
                let key = (*scope, member.indicator.clone(), member.breakdown.clone());
                contributors.entry(key).or_default().insert(member.authority.clone());
            }
        }
        contributors
    }

    fn of(&self, compared: &Compared, area: &AreaKey) -> Result<Shared> {
        let rows: Vec<(&Key, &String, &String)> =
            compared.iter().flat_map(|(key, codes)| codes.iter().map(move |(code, unit)| (key, code, unit))).collect();
        let column = |name: &str, of: &dyn Fn(&(&Key, &String, &String)) -> String| -> Column {
            Series::new(name.into(), rows.iter().map(of).collect::<Vec<String>>()).into()
        };
        let wanted = DataFrame::new_infer_height(vec![
            column("authority", &|(_, code, _)| (*code).clone()),
            column("scope", &|((scope, ..), ..)| scope.id().to_owned()),
            column("indicator", &|((_, indicator, _), ..)| indicator.clone()),
            column("breakdown", &|((.., breakdown), ..)| breakdown.to_string()),
            column("unit", &|(.., unit)| (*unit).clone()),
        ])?;
        let keys = || -> Vec<Expr> { ["authority"].into_iter().chain(KEY).map(col).collect() };
        let of_both = self.frame.clone().lazy().join(wanted.lazy(), keys(), keys(), JoinArgs::new(JoinType::Inner));
        let mut tallies = Tallies::new();
        self.add_up(of_both.with_column(lit(area.code.as_str()).alias("area")), area.kind, &mut tallies)?;
        let of_all = compared.iter().filter(|((scope, ..), _)| *scope == Scope::All);
        let member =
            |((_, indicator, breakdown), code): (&Key, &String)| (indicator.clone(), breakdown.clone(), code.clone());
        let members = of_all.flat_map(|(key, codes)| codes.keys().map(move |code| member((key, code)))).collect();
        Ok(Shared { tallies, members })
    }
}
