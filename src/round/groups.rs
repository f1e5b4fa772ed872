//! Groups of like authorities, which a round may name beside region and type, and what has to hold of them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::settings::{Settings, Withheld};
use crate::authority::{Authority, printable, slug};
use crate::configuration::nearest;

/// What the groups in the register are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// What packs call the authority's own group: "Councils like yours".
    pub label: String,
    /// How the groups were made, in a sentence or two, for readers.
    pub basis: String,
    /// The names in print by the ids in the register; where there are none, the ids are printed.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
}

impl Groups {
    /// Whether reports can print it.
    pub(super) fn check(&self) -> Result<()> {
        let names = self.names.iter().map(|(id, name)| (format!("groups.names.{id}"), name));
        let words = [("groups.label".to_owned(), &self.label), ("groups.basis".to_owned(), &self.basis)];
        for (what, text) in words.into_iter().chain(names) {
            ensure!(!text.trim().is_empty(), "`{what}` is empty: readers are told it");
            if let Some(letter) = text.chars().find(|letter| !printable(*letter)) {
                bail!("`{what}` holds {letter:?} (U+{:04X}), which the reports' font lacks", u32::from(letter));
            }
        }
        Ok(())
    }
}

impl Settings {
    /// Puts the figures of groups before those of types where nobody said what is withheld first: the sample of 2024 then loses fewer
    /// counts, and types none.
    pub(super) fn order_groups(&mut self) {
        let order = &mut self.disclosure.withhold_first;
        if self.groups.is_some() && *order == Withheld::ALL {
            let place = order.iter().position(|kind| *kind == Withheld::Type).unwrap_or(order.len());
            order.insert(place, Withheld::Group);
        }
    }
}

/// Whether the round's words about groups and its register agree; an error says what to mend.
pub(super) fn check(groups: Option<&Groups>, authorities: &[Authority], england: &[Authority]) -> Result<()> {
    let grouped = || authorities.iter().filter_map(|one| Some((one, one.group.as_ref()?)));
    let Some(groups) = groups else {
        return match grouped().next() {
            Some((authority, id)) => bail!(
                "authorities.csv: {} is in the group `{id}`, and round.yaml does not say what groups are: add `groups` with `label` and `basis`, or leave the column `group` out",
                authority.code
            ),
            None => Ok(()),
        };
    };
    ensure!(
        grouped().next().is_some(),
        "round.yaml: `groups` is there, and authorities.csv puts no authority into one: add the column `group` (`scwres groups` proposes it), or leave `groups` out"
    );
    let ids: BTreeSet<&str> = grouped().map(|(_, id)| id.as_str()).collect();
    let meant = |word: &str, known: &mut dyn Iterator<Item = &str>| {
        nearest(word, known).map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
    };
    let names = &groups.names;
    let unknown = grouped().find(|(_, id)| !names.is_empty() && !names.contains_key(*id));
    if let Some((authority, id)) = unknown {
        let meant = meant(id, &mut names.keys().map(String::as_str));
        bail!(
            "authorities.csv: {} is in the group `{id}`, which `groups.names` in round.yaml does not have{meant}",
            authority.code
        );
    }
    if let Some(id) = names.keys().find(|id| !ids.contains(id.as_str())) {
        let meant = meant(id, &mut ids.iter().copied());
        bail!("round.yaml: `groups.names` has `{id}`, and authorities.csv puts no authority into it{meant}");
    }
    told_apart(groups, &ids, authorities, england)
}

/// Whether the groups cannot be taken for each other, nor for other areas.
fn told_apart(groups: &Groups, ids: &BTreeSet<&str>, authorities: &[Authority], england: &[Authority]) -> Result<()> {
    let places = authorities.iter().chain(england).flat_map(|one| [&one.region, &one.kind]);
    let others: BTreeSet<String> = places.map(|place| slug(place)).chain(["england".to_owned()]).collect();
    let mut codes: BTreeMap<String, &str> = BTreeMap::new();
    let mut printed: BTreeMap<String, &str> = BTreeMap::new();
    for id in ids {
        let code = slug(id);
        ensure!(!code.is_empty(), "authorities.csv: the group `{id}` has no letter or digit in it");
        if let Some(letter) = id.chars().find(|letter| !printable(*letter)) {
            bail!("authorities.csv: the group `{id}` holds {letter:?}, which the reports' font lacks");
        }
        let of_authority = authorities.iter().chain(england).any(|one| one.code.to_lowercase() == code);
        ensure!(
            !others.contains(&code) && !of_authority && !code.starts_with("matched-"),
            "authorities.csv: the group `{id}` has the name of another area: call it otherwise"
        );
        if let Some(other) = codes.insert(code, id) {
            bail!("authorities.csv: the groups `{other}` and `{id}` are one in the names of files: call one otherwise");
        }
        let name = groups.names.get(*id).map_or(*id, String::as_str).trim().to_lowercase();
        if let Some(other) = printed.insert(name, id) {
            bail!("round.yaml: the groups `{other}` and `{id}` have one name in `groups.names`");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration;

    #[test]
    fn groups_are_withheld_after_types_where_nobody_says_otherwise() {
        let read = |more: &str| {
            let text = include_str!("../../tests/fixtures/round.yaml").to_owned() + more;
            let mut settings: Settings = configuration::parse(&text, "round.yaml").unwrap();
            settings.order_groups();
            settings.disclosure.withhold_first
        };
        let groups = "groups: {label: Councils like yours, basis: Alike in size.}\n";
        assert_eq!(read(""), Withheld::ALL);
        let order = read(groups);
        let place = |kind| order.iter().position(|other| *other == kind).unwrap();
        assert!(place(Withheld::Authority) < place(Withheld::Group) && place(Withheld::Group) < place(Withheld::Type));
        assert_eq!(order.len(), Withheld::ALL.len() + 1);
    }
}
