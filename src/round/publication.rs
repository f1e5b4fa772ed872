//! What a round says about its publication: who answers for it, until when it is embargoed, what was corrected, what is signed off.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::Date;

/// Who answers for the national report, and what comes after it: its cover says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// Where questions go.
    pub contact: Option<String>,
    /// Who answers for the figures.
    pub lead_statistician: Option<String>,
    /// When the next report is due.
    pub next_release: Option<String>,
    /// How mistakes found later are told and mended.
    pub corrections: Option<String>,
}

impl Publication {
    /// The settings that say nothing yet.
    pub fn missing(&self) -> Vec<&'static str> {
        let settings = [
            ("contact", &self.contact),
            ("lead_statistician", &self.lead_statistician),
            ("next_release", &self.next_release),
            ("corrections", &self.corrections),
        ];
        let silent = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        settings.into_iter().filter(|(_, text)| silent(text)).map(|(name, _)| name).collect()
    }
}

/// A moment of the local time of England, written `2025-05-13 09:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embargo(PrimitiveDateTime);

const MOMENT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]");
const LONG: &[BorrowedFormatItem<'_>] = format_description!(
    "[hour padding:none repr:12]:[minute][period case:lower] on [day padding:none] [month repr:long] [year]"
);

impl Embargo {
    /// The moment in words: 9:30am on 13 May 2025.
    pub fn long(self) -> String {
        self.0.format(LONG).expect("a moment has a date and a time of day")
    }
}

impl<'de> Deserialize<'de> for Embargo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        PrimitiveDateTime::parse(&text, MOMENT).map(Embargo).map_err(|_| {
            serde::de::Error::custom(format!("`{text}` is not a date with a time; write it as 2025-05-13 09:30"))
        })
    }
}

impl Serialize for Embargo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.format(MOMENT).expect("a moment has a date and a time of day"))
    }
}

/// Why figures that were released before are published anew.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The date of the corrected release.
    pub date: Date,
    /// The reason, for readers.
    pub reason: String,
}

/// The points that are signed off where a round does not say: those of the quality assurance log of the Government Analysis
/// Function's reproducible analytical pipelines.
pub(super) fn points() -> Vec<String> {
    ["data", "methods", "figures", "words", "disclosure", "accessibility", "sign-off"].map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration;

    #[test]
    fn an_embargo_is_told_in_words_and_anything_else_is_refused() {
        let read = |text: &str| configuration::parse::<Embargo>(text, "round.yaml");
        assert_eq!(read("2025-05-13 09:30").unwrap().long(), "9:30am on 13 May 2025");
        assert_eq!(read("2025-12-01 14:05").unwrap().long(), "2:05pm on 1 December 2025");
        for wrong in ["2025-05-13", "13 May 2025, 9.30", "2025-05-13T09:30", "2025-13-05 09:30", "tomorrow"] {
            assert!(read(wrong).unwrap_err().contains("2025-05-13 09:30"), "{wrong}");
        }
    }
}
