//! The register of authorities: code, name, type and region.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

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
}

impl Authority {
    /// The name of the authority's folder: `<code>-<name in lower case with hyphens>`.
    pub fn folder(&self) -> String {
        format!("{}-{}", slug_case(&self.code), slug(&self.name))
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

/// Reads a register (`code,name,type,region`), sorted by code; double or unusable codes are errors.
pub fn read(path: &Path) -> Result<Vec<Authority>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut authorities = reader
        .deserialize()
        .collect::<Result<Vec<Authority>, csv::Error>>()
        .with_context(|| format!("{} is not a register of code,name,type,region", path.display()))?;
    authorities.sort_by(|one, other| one.code.cmp(&other.code));
    let mut seen = BTreeSet::new();
    for authority in &authorities {
        if slug_case(&authority.code) != authority.code || authority.code.is_empty() {
            bail!("{}: the code `{}` is not made of letters and digits", path.display(), authority.code);
        }
        if slug(&authority.name).is_empty() {
            bail!("{}: the authority {} has no name", path.display(), authority.code);
        }
        if !seen.insert(&authority.code) {
            bail!("{}: the code {} stands twice", path.display(), authority.code);
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
        let authority =
            Authority { code: "F1".into(), name: name.into(), kind: "London borough".into(), region: "London".into() };
        assert_eq!(authority.folder(), "F1-st-x-include-etc-passwd-y-script");
    }

    #[test]
    fn slugs_are_lower_case_with_hyphens() {
        assert_eq!(slug("Yorkshire and The Humber"), "yorkshire-and-the-humber");
        assert_eq!(slug("Bristol, City of"), "bristol-city-of");
    }
}
