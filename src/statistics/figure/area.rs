//! The areas that figures are about.

use serde::{Deserialize, Serialize};

/// The kind of area a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaType {
    /// England: all authorities that submitted, or those of them that two rounds share.
    National,
    /// One of the nine regions.
    Region,
    /// One of the four types of authority.
    Type,
    /// A group of like authorities that the round names.
    Group,
    /// One authority.
    Authority,
}

impl AreaType {
    /// Every kind.
    pub const ALL: [AreaType; 5] =
        [AreaType::National, AreaType::Region, AreaType::Type, AreaType::Group, AreaType::Authority];

    /// The kind with this identifier.
    pub fn from_id(id: &str) -> Option<AreaType> {
        AreaType::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The identifier in files.
    pub fn id(self) -> &'static str {
        match self {
            AreaType::National => "national",
            AreaType::Region => "region",
            AreaType::Type => "type",
            AreaType::Group => "group",
            AreaType::Authority => "authority",
        }
    }
}

/// Which area: what tells areas apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AreaKey {
    /// Its kind.
    pub kind: AreaType,
    /// `england`, a region's or type's name or a group's id in lower case with hyphens, or an authority's code;
    /// `matched-<year>-<year>` for the authorities that two rounds share.
    pub code: String,
}

/// The code of England.
pub const ENGLAND: &str = "england";

/// What the code of the authorities that two rounds share begins with.
const MATCHED: &str = "matched";

impl AreaKey {
    /// England.
    pub fn england() -> Self {
        Self { kind: AreaType::National, code: ENGLAND.to_owned() }
    }

    /// One authority.
    pub fn authority(code: &str) -> Self {
        Self { kind: AreaType::Authority, code: code.to_owned() }
    }

    /// The authorities that two consecutive rounds share.
    pub fn matched(from: i32, to: i32) -> Self {
        Self { kind: AreaType::National, code: format!("{MATCHED}-{from}-{to}") }
    }

    /// Whether it stands for the authorities that two rounds share.
    pub fn is_matched(&self) -> bool {
        self.kind == AreaType::National && matched_years(&self.code).is_some()
    }
}

/// The two years in the code of a matched panel.
pub fn matched_years(code: &str) -> Option<(i32, i32)> {
    let (from, to) = code.strip_prefix(MATCHED)?.strip_prefix('-')?.split_once('-')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// An area that figures are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Area {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: AreaType,
    /// What tells it apart: see [`AreaKey`].
    pub code: String,
    /// The name as printed.
    pub name: String,
}

impl Area {
    /// The area with its name in print.
    pub fn new(key: AreaKey, name: &str) -> Self {
        Self { kind: key.kind, code: key.code, name: name.to_owned() }
    }

    /// Which area it is.
    pub fn key(&self) -> AreaKey {
        AreaKey { kind: self.kind, code: self.code.clone() }
    }
}
