//! The part of an indicator's people that a figure is about.

use std::fmt;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize, Serializer};

use crate::round::PayBand;
use crate::standard::{Indicator, Kind};
use crate::submissions::entry::Ethnicity;

/// One of the four minoritised ethnic groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EthnicGroup {
    /// Asian or Asian British.
    Asian,
    /// Black, Black British, Caribbean or African.
    Black,
    /// Mixed or multiple ethnic groups.
    Mixed,
    /// Any other minoritised ethnic group.
    Other,
}

impl EthnicGroup {
    /// The four, in printed order.
    pub const ALL: [EthnicGroup; 4] = [EthnicGroup::Asian, EthnicGroup::Black, EthnicGroup::Mixed, EthnicGroup::Other];

    /// The same as returns give it.
    pub fn ethnicity(self) -> Ethnicity {
        match self {
            EthnicGroup::Asian => Ethnicity::Asian,
            EthnicGroup::Black => Ethnicity::Black,
            EthnicGroup::Mixed => Ethnicity::Mixed,
            EthnicGroup::Other => Ethnicity::Other,
        }
    }

    /// The words in print.
    pub fn label(self) -> &'static str {
        self.ethnicity().label()
    }
}

/// The part of an indicator's people that a figure is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Breakdown {
    /// All of them.
    #[default]
    Whole,
    /// One pay band, by its identifier.
    PayBand(String),
    /// One ethnic group against white people.
    EthnicGroup(EthnicGroup),
}

/// What an ethnic group's breakdown begins with in files.
const ETHNICITY: &str = "ethnicity:";

impl Breakdown {
    /// The four ethnic groups, in printed order.
    pub const ETHNIC_GROUPS: [Breakdown; 4] = [
        Breakdown::EthnicGroup(EthnicGroup::Asian),
        Breakdown::EthnicGroup(EthnicGroup::Black),
        Breakdown::EthnicGroup(EthnicGroup::Mixed),
        Breakdown::EthnicGroup(EthnicGroup::Other),
    ];

    /// What an indicator's headline figures are of: each pay band of a share, else all people.
    pub fn headline(indicator: &Indicator, bands: &[PayBand]) -> Vec<Breakdown> {
        match indicator.kind {
            Kind::Share => bands.iter().map(|band| Breakdown::PayBand(band.id.clone())).collect(),
            _ => vec![Breakdown::Whole],
        }
    }

    /// Everything that an indicator's figures can be of: its headline, and each ethnic group where these are compared.
    pub fn every(indicator: &Indicator, bands: &[PayBand]) -> Vec<Breakdown> {
        let mut every = Breakdown::headline(indicator, bands);
        if indicator.kind != Kind::Share {
            every.extend(Breakdown::ETHNIC_GROUPS);
        }
        every
    }

    /// Reads what files write: nothing, a pay band's identifier, or `ethnicity:<group>`.
    pub fn parse(text: &str, bands: &[PayBand]) -> Result<Breakdown> {
        if text.is_empty() {
            return Ok(Breakdown::Whole);
        }
        if let Some(id) = text.strip_prefix(ETHNICITY) {
            let group = EthnicGroup::ALL.into_iter().find(|group| group.ethnicity().id() == id);
            return group.map(Breakdown::EthnicGroup).with_context(|| format!("`{id}` is no minoritised ethnic group"));
        }
        ensure!(bands.iter().any(|band| band.id == text), "`{text}` is no pay band");
        Ok(Breakdown::PayBand(text.to_owned()))
    }

    /// The words in print; none where it is of all people.
    pub fn label<'a>(&'a self, bands: &'a [PayBand]) -> &'a str {
        match self {
            Breakdown::Whole => "",
            Breakdown::EthnicGroup(group) => group.label(),
            Breakdown::PayBand(id) => bands.iter().find(|band| band.id == *id).map_or("", |band| &band.label),
        }
    }

    /// The pay band's identifier; empty where it is of no pay band.
    pub fn band(&self) -> &str {
        match self {
            Breakdown::PayBand(band) => band,
            Breakdown::Whole | Breakdown::EthnicGroup(_) => "",
        }
    }

    /// Whether it is of all people.
    pub fn is_whole(&self) -> bool {
        *self == Breakdown::Whole
    }

    /// Whether it is of one pay band.
    pub fn is_pay_band(&self) -> bool {
        matches!(self, Breakdown::PayBand(_))
    }

    /// Whether it is of one ethnic group.
    pub fn is_ethnic_group(&self) -> bool {
        matches!(self, Breakdown::EthnicGroup(_))
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breakdown::Whole => Ok(()),
            Breakdown::PayBand(band) => formatter.write_str(band),
            Breakdown::EthnicGroup(group) => write!(formatter, "{ETHNICITY}{}", group.ethnicity().id()),
        }
    }
}

/// Serialises a breakdown as files write it.
pub(in crate::statistics) fn as_written<S: Serializer>(
    breakdown: &Breakdown,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(breakdown)
}
