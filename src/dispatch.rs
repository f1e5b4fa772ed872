//! What goes to each authority: for whom it is, that it names nobody else, and the files that people open.
//!
//! Everything is read before anything is written, and all that is wrong is told at once.

mod archive;
mod confirming;
mod contacts;
mod log;
mod message;
mod naming;
mod page;
mod parcel;
mod pdf;
mod reading;

pub use archive::{Passphrases, zip};
pub use confirming::{Covers, confirm};
pub use contacts::{Contact, read as read_contacts};
pub use log::{Line, csv as log_csv};
pub use message::{Letter, eml};
pub use parcel::{File, Parcel, gather};
pub use reading::{Reader, read_parcel};

use crate::finding::{Finding, Severity};

/// What is wrong, where, and how it is mended.
struct Refusal<'a> {
    rule: &'static str,
    /// The authority that it is about.
    code: &'a str,
    file: &'a str,
    location: &'a str,
    found: &'a str,
    message: String,
    help: String,
}

impl From<Refusal<'_>> for Finding {
    fn from(refusal: Refusal<'_>) -> Self {
        let Refusal { rule, code, file, location, found, message, help } = refusal;
        Finding {
            authority_code: code.to_owned(),
            file: file.to_owned(),
            location: location.to_owned(),
            severity: Severity::Error,
            rule,
            found: if found.is_empty() { String::new() } else { crate::finding::quoted(found) },
            message,
            help,
            others: Vec::new(),
        }
    }
}
