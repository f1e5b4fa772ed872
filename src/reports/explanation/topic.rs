//! Counts of the report that are of no indicator, explained.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::reports::views;
use crate::statistics::{Coverage, InputCount, Marker, Outcome, Quality, Rows, Share, Statistic, Table, Whole};

/// A count of the report that is of no indicator, such as how many authorities took part, and what it was counted from.
pub struct Topic {
    /// Its id without the last part: `2024/england/participation/all`.
    pub id: String,
    /// How it is counted, in words.
    pub method: String,
    /// What the report prints, by the last part of the id.
    pub values: Value,
    /// What was counted.
    pub counted: Value,
}

impl Topic {
    /// Who took part in England, a region, of a type or of a group.
    pub fn participation(coverage: &Coverage, year: i32, area: &str) -> Option<Self> {
        let shares = coverage.regions.iter().chain(&coverage.types).chain(&coverage.groups);
        let share: Option<&Share> = shares.into_iter().find(|share| share.code == area);
        let values = match share {
            Some(share) => {
                json!({"england": share.england, "registered": share.registered, "submitted": share.submitted})
            }
            None if area == "england" => {
                let services = coverage.services.iter().map(|(service, count)| (service.id().to_owned(), json!(count)));
                let services: Map<String, Value> = services.collect();
                json!({
                    "england": coverage.england,
                    "registered": coverage.registered,
                    "submitted": coverage.submitted,
                    "rejected": coverage.rejected,
                    "services": services,
                    "staff": coverage.staff,
                })
            }
            None => return None,
        };
        let here = |one: &&crate::statistics::Participant| match share {
            Some(share) => {
                let own = &one.authority;
                let group = own.group_code().as_ref() == Some(&share.code);
                own.region == share.name || own.kind == share.name || group
            }
            None => true,
        };
        Some(Self {
            id: format!("{year}/{area}/participation/all"),
            method: "authorities of England and of the round's register, and whether their return is in; staff are those of \
                     known and unknown ethnicity in all returns, protected"
                .to_owned(),
            values,
            counted: json!(coverage.participants.iter().filter(here).collect::<Vec<_>>()),
        })
    }

    /// How many people of a measure have a known ethnicity.
    pub fn known_ethnicity(quality: &Quality, year: i32, area: &str, inputs: &[InputCount]) -> Self {
        Self {
            id: format!("{year}/{area}/known-ethnicity/all/{}", quality.measure),
            method: "people of known and of unknown ethnicity, of returns that give all groups and the unknown"
                .to_owned(),
            values: json!({"authorities": quality.authorities, "known": quality.known, "unknown": quality.unknown, "share": quality.share}),
            counted: json!(inputs),
        }
    }

    /// How many rows of a kind are whole after protection; nothing where there is no such kind.
    pub fn whole_rows(whole: &[Whole], table: &Table, year: i32, kind: &str) -> Option<Self> {
        let found = whole.iter().find(|one| one.rows.id() == kind)?;
        let rows = table.rows().iter().filter(|row| row.authorities > 0 && Rows::of(&row.key()) == Some(found.rows));
        let row = |row: &Statistic| {
            let withheld = row.counts().each().iter().filter(|(_, count)| count.is_none()).count();
            json!({
                "area_code": row.area.code,
                "service": row.scope.id(),
                "indicator": row.indicator,
                "breakdown": row.breakdown.to_string(),
                "counts_withheld": withheld,
            })
        };
        Some(Self {
            id: format!("{year}/england/whole-rows/all/{kind}"),
            method: "rows that show all four counts, and those of them with a count that is rounded more coarsely"
                .to_owned(),
            values: json!({"whole": found.whole, "coarser": found.coarser, "of": found.of}),
            counted: json!(rows.map(row).collect::<Vec<_>>()),
        })
    }

    /// How many figures have which result.
    pub fn results<'a>(figures: impl Iterator<Item = &'a Statistic>, id: String) -> Self {
        let figures: Vec<&Statistic> = figures.collect();
        let summary = views::summary(figures.iter().copied(), &id);
        let result = |figure: &&Statistic| {
            json!({
                "area_code": figure.area.code,
                "indicator": figure.indicator,
                "result": figure.result.map(Outcome::id),
                "possible": figure.result.is_some_and(Outcome::is_possible),
                "marker": figure.marker.map(Marker::id),
            })
        };
        let values = json!({
            "disadvantage": summary.disadvantage.n,
            "possible_disadvantage": summary.possible.n,
            "advantage": summary.advantage.n,
            "possible_advantage": summary.possible_advantage.n,
            "no_clear_difference": summary.unclear.n,
            "too_few": summary.few.n,
            "missing": summary.missing.n,
            "judged": summary.judged.n,
            "indicators": summary.of.n,
        });
        let counted = json!(figures.iter().map(result).collect::<Vec<_>>());
        Self { id, method: "figures by their published result".to_owned(), values, counted }
    }

    /// As JSON.
    pub fn json(&self) -> Result<String> {
        let Self { id, method, values, counted } = self;
        let value = json!({"id": id, "method": method, "values": values, "counted": counted});
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// For people.
    pub fn human(&self) -> Result<String> {
        let mut text = format!("{}\n\nHow it is counted\n  {}\n\nWhat is published\n", self.id, self.method);
        for (name, value) in self.values.as_object().into_iter().flatten() {
            writeln!(text, "  {name}: {value}")?;
        }
        writeln!(text, "\nWhat was counted")?;
        for one in self.counted.as_array().into_iter().flatten() {
            let parts = one.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
            let parts: Vec<String> = parts.map(|(name, value)| format!("{name} {value}")).collect();
            writeln!(text, "  {}", parts.join(", "))?;
        }
        Ok(text)
    }
}
