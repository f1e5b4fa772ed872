//! A calendar date as settings and tables write it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// A calendar date, written `2025-05-13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub time::Date);

const ISO: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const LONG: &[BorrowedFormatItem<'_>] = format_description!("[day padding:none] [month repr:long] [year]");

impl Date {
    /// Reads a date; an error says how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let date = time::Date::parse(text, ISO).map(Date);
        date.map_err(|_| format!("`{text}` is not a date; write it as year-month-day: 2025-05-13"))
    }

    /// The date in words: 13 May 2025.
    pub fn long(self) -> String {
        self.0.format(LONG).expect("a date has a day, a month and a year")
    }

    /// The date as `2025-05-13`.
    pub fn iso(self) -> String {
        self.0.format(ISO).expect("a date has a day, a month and a year")
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Date::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}
