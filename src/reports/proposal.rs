//! A proposal of groups of like authorities, for the report author: who is with whom, how well that fits, and what to paste.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::json;

use super::words;
use crate::authority::slug;
use crate::round::Round;
use crate::statistics::{Fit, Likeness, Proposal, ProposedGroup};

/// A proposal with what it was asked for.
pub struct Proposed<'a> {
    /// The round.
    pub round: &'a Round,
    /// What was found.
    pub proposal: &'a Proposal,
    /// What authorities were likened by.
    pub by: &'a [Likeness],
    /// The least size of a group.
    pub least: usize,
}

/// So far from the mean of all, in standard deviations, a group is called larger or smaller.
const APART: f64 = 0.4;

/// The median.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or_default();
    let last = values.len().saturating_sub(1);
    (at(last / 2) + at(last - last / 2)) / 2.0
}

impl Proposed<'_> {
    /// Names from where the groups lie; of several with one name, each has a letter.
    fn names(&self) -> Vec<String> {
        let by = |one| self.by.contains(&one);
        let name = |group: &ProposedGroup| {
            let called = |place: f64, [more, middle, less]: [&str; 3]| -> String {
                if place > APART {
                    more
                } else if place < -APART {
                    less
                } else {
                    middle
                }
                .to_owned()
            };
            let size = by(Likeness::Size).then(|| called(group.size, ["larger", "middle-sized", "smaller"]));
            let share =
                by(Likeness::Share).then(|| called(group.share, ["more diverse", "fairly diverse", "less diverse"]));
            let kind: Vec<String> = [size, share].into_iter().flatten().collect();
            let of = |covered: [bool; 2]| group.facts.iter().all(|one| one.services == covered);
            let services = match () {
                () if !by(Likeness::Services) => "",
                () if of([true, true]) => ", both services",
                () if of([true, false]) => ", adults’ services",
                () if of([false, true]) => ", children’s services",
                () if kind.is_empty() => ", some or both services",
                () => "",
            };
            words::capitalised(format!("{}{services}", kind.join(", ")).trim_start_matches(", "))
        };
        let names: Vec<String> = self.proposal.groups.iter().map(name).collect();
        let mut met: BTreeMap<&String, u8> = BTreeMap::new();
        let several = |name: &String| names.iter().filter(|other| *other == name).count() > 1;
        names
            .iter()
            .map(|name| {
                let place = met.entry(name).or_default();
                *place += 1;
                if several(name) { format!("{name}, {}", char::from(b'A' + (*place - 1) % 26)) } else { name.clone() }
            })
            .collect()
    }

    /// How the groups were made, for readers.
    fn basis(&self) -> String {
        let term = &self.round.settings.terms.minoritised_short;
        let by = |one: &Likeness| match one {
            Likeness::Size => "the size of the workforce".to_owned(),
            Likeness::Share => format!("the share of {term} staff"),
            Likeness::Services => "the services that they cover".to_owned(),
        };
        let by: Vec<String> = self.by.iter().map(by).collect();
        let by = match &by[..] {
            [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
            _ => by.concat(),
        };
        format!("Authorities are in one group whose returns are alike in {by} (Ward's method).")
    }

    /// The register with the column `group`, as CSV.
    fn register(&self, ids: &[String]) -> Result<String> {
        let authorities = &self.round.authorities;
        let joint = authorities.iter().any(|one| !one.members.is_empty());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let members = |text: &str| joint.then(|| text.to_owned());
        let fixed = ["code", "name", "type", "region"].map(str::to_owned);
        writer.write_record(fixed.into_iter().chain(members("members")).chain(["group".to_owned()]))?;
        for one in authorities {
            let group = self.proposal.groups.iter().position(|group| group.authorities.contains(&one.code));
            let group = group.map(|place| ids[place].clone()).unwrap_or_default();
            let fixed = [&one.code, &one.name, &one.kind, &one.region].map(String::clone);
            writer.write_record(fixed.into_iter().chain(members(&one.members.join(";"))).chain([group]))?;
        }
        String::from_utf8(writer.into_inner().context("cannot finish the register")?).context("a name is not text")
    }

    /// The settings that go with the register.
    fn settings(&self, ids: &[String], names: &[String]) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let mut text = format!("groups:\n  label: Councils like yours\n  basis: {}\n  names:\n", quoted(&self.basis()));
        for (id, name) in ids.iter().zip(names) {
            text += &format!("    {id}: {}\n", quoted(name));
        }
        text
    }

    /// For people.
    pub fn human(&self) -> Result<String> {
        let names = self.names();
        let ids: Vec<String> = names.iter().map(|name| slug(name)).collect();
        let Proposal { groups, without, fit } = self.proposal;
        let by: Vec<&str> = self.by.iter().map(|one| one.id()).collect();
        let grouped: usize = groups.iter().map(|group| group.authorities.len()).sum();
        let mut text = format!(
            "{}: {} groups of {grouped} authorities by {}, at least {} in each\nFrom exact counts: for the report author, not for publication.\n",
            self.round.settings.year,
            groups.len(),
            by.join(", "),
            self.least
        );
        for (name, group) in names.iter().zip(groups) {
            let staff = middle(group.facts.iter().map(|one| one.staff as f64).collect());
            let share = middle(group.facts.iter().map(|one| one.share).collect());
            let both = group.facts.iter().filter(|one| one.services == [true, true]).count();
            writeln!(
                text,
                "\n{name}: {} authorities\n  median of staff {staff:.0}, of the share {}; {both} cover both services\n  {}",
                group.authorities.len(),
                words::percent(share),
                group.authorities.join(" ")
            )?;
        }
        writeln!(text, "\nHow well it fits: the part of the differences between authorities that lies between groups")?;
        for Fit { by, between } in fit {
            let used = if self.by.contains(by) { "" } else { " (not asked for)" };
            let between = between.map_or("they do not differ".to_owned(), |between| {
                format!("{} between, {} within", words::percent(between), words::percent(1.0 - between))
            });
            writeln!(text, "  {}{used}: {between}", by.id())?;
        }
        if !without.is_empty() {
            writeln!(text, "\nIn no group")?;
            for (code, why) in without {
                writeln!(text, "  {code}: {why}")?;
            }
        }
        let year = self.round.settings.year;
        write!(
            text,
            "\nFor data/{year}/round.yaml; names are yours to choose\n\n{}\nFor data/{year}/authorities.csv\n\n{}",
            self.settings(&ids, &names),
            self.register(&ids)?
        )?;
        Ok(text)
    }

    /// For programs.
    pub fn json(&self) -> Result<String> {
        let names = self.names();
        let ids: Vec<String> = names.iter().map(|name| slug(name)).collect();
        let Proposal { groups, without, fit } = self.proposal;
        let group = |((id, name), group): ((&String, &String), &ProposedGroup)| {
            json!({
                "id": id,
                "name": name,
                "authorities": group.authorities,
                "staff_median": middle(group.facts.iter().map(|one| one.staff as f64).collect()),
                "share_median": middle(group.facts.iter().map(|one| one.share).collect()),
                "both_services": group.facts.iter().filter(|one| one.services == [true, true]).count(),
            })
        };
        let of_fit = |one: &Fit| json!({"measure": one.by.id(), "between": one.between, "within": one.between.map(|between| 1.0 - between)});
        let value = json!({
            "year": self.round.settings.year,
            "by": self.by.iter().map(|one| one.id()).collect::<Vec<_>>(),
            "least": self.least,
            "groups": ids.iter().zip(&names).zip(groups).map(group).collect::<Vec<_>>(),
            "fit": fit.iter().map(of_fit).collect::<Vec<_>>(),
            "without": without.iter().map(|(code, why)| json!({"authority_code": code, "reason": why})).collect::<Vec<_>>(),
            "basis": self.basis(),
            "settings": self.settings(&ids, &names),
            "register": self.register(&ids)?,
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }
}
