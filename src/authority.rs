//! The register of authorities: code, name, type and region, and where a round says so members and group.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Deserializer, Serialize};

use crate::configuration::nearest;
use crate::letters;

pub mod changes;
pub mod name;

/// An authority with social care duties.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Authority {
    /// The official code, such as `E09000007`.
    pub code: String,
    /// The name as printed.
    pub name: String,
    /// London borough, metropolitan district, shire county or unitary authority.
    #[serde(rename = "type")]
    pub kind: String,
    /// One of the nine regions of England.
    pub region: String,
    /// The codes of the authorities that a joint return is of, in their order; none for an authority alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "codes")]
    pub members: Vec<String>,
    /// The id of the group of like authorities that the round puts it into, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Codes in one cell, with semicolons or spaces between them.
fn codes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let codes = text.split(|letter: char| letter == ';' || letter.is_whitespace()).filter(|code| !code.is_empty());
    Ok(codes.map(str::to_owned).collect())
}

impl Authority {
    /// How many authorities its return is of.
    pub fn authorities(&self) -> usize {
        self.members.len().max(1)
    }

    /// The codes of the authorities that its return is of.
    pub fn own_codes(&self) -> impl Iterator<Item = &str> {
        let alone = self.members.is_empty().then_some(self.code.as_str());
        self.members.iter().map(String::as_str).chain(alone)
    }

    /// Whether its return is that of the authority with this code.
    pub fn stands_for(&self, code: &str) -> bool {
        self.own_codes().any(|own| own == code)
    }

    /// The code of the group that it is in, as areas have it.
    pub fn group_code(&self) -> Option<String> {
        self.group.as_deref().map(slug)
    }

    /// The name of the authority's folder: `<code>-<name in lower case with hyphens>`.
    pub fn folder(&self) -> String {
        // A path has limits that a name has not.
        let name: String = slug(&self.name).chars().take(80).collect();
        format!("{}-{}", slug_case(&self.code), name.trim_end_matches('-'))
    }
}

impl Authority {
    /// Without spaces around its texts, which spreadsheets leave and nobody sees.
    fn trimmed(self) -> Self {
        let [code, name, kind, region] =
            [self.code, self.name, self.kind, self.region].map(|text| text.trim().to_owned());
        let group = self.group.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        Self { code, name, kind, region, members: self.members, group }
    }

    /// Whether the reports can use it; an error says what is wrong and where.
    fn check(&self) -> Result<()> {
        let Authority { code, name, kind, region, members, group } = self;
        let group = group.iter().map(|id| ("group", id));
        for (what, text) in
            [("code", code), ("name", name), ("type", kind), ("region", region)].into_iter().chain(group)
        {
            if let Some(invisible) = letters::first_invisible(text) {
                bail!("the {what} holds {invisible}, which nobody sees; write it without");
            }
            if text.is_empty() {
                bail!("the {what} is blank");
            }
        }
        if slug_case(code) != *code {
            bail!("the code `{code}` is not made of letters and digits");
        }
        if let Some(member) = members.iter().find(|member| slug_case(member) != **member) {
            bail!("the member `{member}` is not made of letters and digits");
        }
        if members.len() == 1 || members.iter().collect::<BTreeSet<_>>().len() != members.len() {
            bail!("a joint return is of two authorities or more: `members` holds {}", members.join("; "));
        }
        if slug(name).is_empty() {
            bail!("it has no name with letters in it");
        }
        if name.chars().count() > LONGEST_NAME {
            bail!("its name is longer than {LONGEST_NAME} letters");
        }
        if let Some(letter) = name.chars().find(|letter| !printable(*letter)) {
            bail!("its name holds {letter:?} (U+{:04X}), which the reports' font lacks", u32::from(letter));
        }
        Ok(())
    }
}

/// A text in lower case with hyphens: safe as a file name, a link and an identifier.
pub fn slug(text: &str) -> String {
    let lower: String = text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    let words: Vec<String> = lower.split_whitespace().map(str::to_lowercase).collect();
    words.join("-")
}

/// The code with everything that is not a letter or a digit left out: a code is part of a path.
fn slug_case(code: &str) -> String {
    code.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect()
}

/// No authority of England comes near it.
const LONGEST_NAME: usize = 120;

/// Whether the reports' font has the letter: Latin, Greek, Cyrillic and usual punctuation, and nothing that cannot be seen.
pub fn printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{386}'..='\u{3ce}' | '\u{400}'..='\u{45f}' | '\u{1e80}'..='\u{1e85}' | '\u{2013}'..='\u{2022}' | '…' | '€')
}

/// Checks that every authority's region and type are among those of England, letter for letter.
pub fn check_places(authorities: &[Authority], england: &[Authority]) -> Result<()> {
    let regions: Vec<&str> = england.iter().map(|one| one.region.as_str()).collect();
    let types: Vec<&str> = england.iter().map(|one| one.kind.as_str()).collect();
    for authority in authorities {
        for (what, found, known) in [("region", &authority.region, &regions), ("type", &authority.kind, &types)] {
            if !known.contains(&found.as_str()) {
                let nearest = nearest(found, known.iter().copied()).unwrap_or("none");
                bail!(
                    "authorities.csv: {} has the {what} `{found}`, which England does not have; did you mean `{nearest}`?",
                    authority.code
                );
            }
        }
    }
    Ok(())
}

/// Reads a register (`code,name,type,region`), sorted by code; double or unusable lines are errors.
pub fn read(path: &Path) -> Result<Vec<Authority>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = csv::Reader::from_reader(&*bytes);
    let mut authorities = Vec::new();
    for (number, authority) in reader.deserialize().enumerate() {
        let authority: Authority =
            authority.with_context(|| format!("{} is not a register of code,name,type,region", path.display()))?;
        let authority = authority.trimmed();
        let called =
            if authority.code.is_empty() { format!("authority {}", number + 1) } else { authority.code.clone() };
        authority.check().with_context(|| format!("{}: {called} cannot be used", path.display()))?;
        authorities.push(authority);
    }
    authorities.sort_by(|one, other| one.code.cmp(&other.code));
    let mut seen = BTreeSet::new();
    for authority in &authorities {
        if !seen.insert(&authority.code) {
            bail!("{}: the code {} stands twice", path.display(), authority.code);
        }
    }
    for authority in &authorities {
        let others = || authorities.iter().filter(|other| other.code != authority.code);
        let taken =
            authority.members.iter().find(|code| others().any(|other| other.code == **code || other.stands_for(code)));
        if let Some(code) = taken {
            bail!("{}: {code} is a member of {} and has another return as well", path.display(), authority.code);
        }
    }
    Ok(authorities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_safe_whatever_the_name() {
        let name = r#"*St. X_ #include("/etc/passwd") $ < & "y" <script>"#;
        let authority = Authority {
            code: "F1".into(),
            name: name.into(),
            kind: "London borough".into(),
            region: "London".into(),
            members: Vec::new(),
            group: None,
        };
        assert_eq!(authority.folder(), "F1-st-x-include-etc-passwd-y-script");
    }

    #[test]
    fn slugs_are_lower_case_with_hyphens() {
        assert_eq!(slug("Yorkshire and The Humber"), "yorkshire-and-the-humber");
        assert_eq!(slug("Bristol, City of"), "bristol-city-of");
    }
}
