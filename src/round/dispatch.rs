//! What a round says about how packs go out: whether archives are encrypted, whom messages are from, and who answers to them.

use serde::{Deserialize, Serialize};

/// How packs go out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dispatch {
    /// Whether each authority gets one encrypted archive, with a passphrase of its own, in place of its files as they are.
    pub encrypt: bool,
    /// Whom messages are from; the mail program's own sender when left out.
    pub from: Option<Mailbox>,
    /// Where answers go; back to the sender when left out.
    pub reply_to: Option<Mailbox>,
}

/// A name and an address, written `Name <name@example.org>` or as the address alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mailbox {
    /// The name, as far as there is one.
    pub name: String,
    /// The address.
    pub email: String,
}

impl TryFrom<String> for Mailbox {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, email) = match text.trim().strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, email)) => (name.trim().trim_matches('"'), email),
            None => ("", text.trim()),
        };
        match objection(email) {
            Some(objection) => Err(format!("`{text}` is no address: {objection}; write it as Name <name@example.org>")),
            None if name.chars().any(char::is_control) => {
                Err(format!("the name in `{text}` holds a control character"))
            }
            None => Ok(Self { name: name.to_owned(), email: email.to_owned() }),
        }
    }
}

impl From<Mailbox> for String {
    fn from(mailbox: Mailbox) -> String {
        match mailbox.name.is_empty() {
            true => mailbox.email,
            false => format!("{} <{}>", mailbox.name, mailbox.email),
        }
    }
}

/// Why a text is no email address that every mail program takes; nothing where it is one.
pub fn objection(text: &str) -> Option<&'static str> {
    /// Longer ones are refused on the way.
    const LONGEST: usize = 254;
    let Some((local, domain)) = text.split_once('@') else { return Some("it has no @") };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(letter);
    let words = |text: &str| text.split('.').all(|word| !word.is_empty() && word.chars().all(plain));
    let label = |label: &str| {
        let inside = label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        !label.is_empty() && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.len() > LONGEST {
        Some("it is longer than an address can be")
    } else if text.chars().filter(|letter| *letter == '@').count() > 1 {
        Some("it holds several addresses")
    } else if !text.is_ascii() {
        Some("it holds letters that not every mail program takes")
    } else if !words(local) || !domain.contains('.') || !domain.split('.').all(label) {
        Some("a letter or a part of it is not one of an address")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_every_mail_program_takes() {
        for email in ["a@b.gov.uk", "ann.o'neill+wres@fen-moor.gov.uk"] {
            assert_eq!(objection(email), None, "{email}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "a@@b.uk",
            "a@b.uk,c@d.uk",
            "a b@c.uk",
            "a@b.uk\r\nBcc: c@d.uk",
            "<a@b.uk>",
            "ä@b.uk",
            "a@bä.uk",
            "a@.uk",
            ".a@b.uk",
            "a@-b.uk",
            "a\"@b.uk",
        ] {
            assert!(objection(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        let read = |text: &str| Mailbox::try_from(text.to_owned());
        let mailbox = Mailbox { name: "The programme".into(), email: "wres@example.org".into() };
        assert_eq!(read("The programme <wres@example.org>"), Ok(mailbox.clone()));
        assert_eq!(String::from(mailbox), "The programme <wres@example.org>");
        assert_eq!(read("wres@example.org").unwrap().name, "");
        assert!(read("The programme").is_err() && read("a\nBcc: x@y.uk <wres@example.org>").is_err());
    }
}
