//! Names of authorities as people write them: "London Borough of Barking & Dagenham" is Barking and Dagenham.

use super::{Authority, slug};

/// Words that tell what an authority is, and not which.
const KINDS: [&str; 20] = [
    "and",
    "authority",
    "bc",
    "borough",
    "cc",
    "city",
    "corporation",
    "council",
    "county",
    "district",
    "lb",
    "lbc",
    "mbc",
    "metropolitan",
    "of",
    "royal",
    "the",
    "ua",
    "unitary",
    "london",
];

/// The words of a name that tell which authority it is.
fn words(name: &str) -> Vec<String> {
    let all: Vec<String> = slug(&name.replace(['\'', '’'], "").replace('&', " and "))
        .split('-')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let telling: Vec<String> = all.iter().filter(|word| !KINDS.contains(&word.as_str())).cloned().collect();
    // The City of London has no other words.
    let some = |word: &String| !["and", "corporation", "council", "of", "the"].contains(&word.as_str());
    if telling.is_empty() { all.into_iter().filter(some).collect() } else { telling }
}

/// How well a written name fits an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is another name.
    None,
    /// A slip of the hand, or a part of the name.
    Alike,
    /// It is the authority's name.
    Same,
}

/// How well a written name fits this authority.
pub fn fit(written: &str, authority: &Authority) -> Fit {
    /// From here on a slip of the hand explains the difference.
    const LIKE: f64 = 0.8;
    let (one, other) = (words(written), words(&authority.name));
    if one == other {
        return Fit::Same;
    }
    let part = |of: &[String], all: &[String]| !of.is_empty() && of.iter().all(|word| all.contains(word));
    let initials: String = other.iter().filter_map(|word| word.chars().next()).collect();
    let short = one.len() == 1 && initials.chars().count() > 1 && one[0] == initials;
    let likeness = strsim::normalized_damerau_levenshtein(&one.join(" "), &other.join(" "));
    if short || part(&one, &other) || part(&other, &one) || likeness >= LIKE { Fit::Alike } else { Fit::None }
}

/// The one authority that a written name is the name of; `None` where none is, or several are.
pub fn meant<'a>(written: &str, authorities: &'a [Authority]) -> Option<&'a Authority> {
    let mut same = authorities.iter().filter(|authority| fit(written, authority) == Fit::Same);
    same.next().filter(|_| same.next().is_none())
}

/// The one authority whose name stands in a text such as a file's name, all its telling words one after the other.
pub fn within<'a>(text: &str, authorities: &'a [Authority]) -> Option<&'a Authority> {
    let text = words(text);
    let stands = |authority: &&Authority| {
        let name = words(&authority.name);
        text.windows(name.len().max(1)).any(|part| part == name)
    };
    let mut standing = authorities.iter().filter(stands);
    standing.next().filter(|_| standing.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(name: &str) -> Authority {
        Authority {
            code: "F1".into(),
            name: name.into(),
            kind: String::new(),
            region: String::new(),
            members: Vec::new(),
            group: None,
        }
    }

    #[test]
    fn what_people_put_around_a_name_is_no_other_name() {
        for (written, name) in [
            ("London Borough of Barking & Dagenham", "Barking and Dagenham"),
            ("CITY OF BRISTOL COUNCIL", "Bristol, City of"),
            ("Durham County Council", "County Durham"),
            ("The Royal Borough of Kensington and Chelsea", "Kensington and Chelsea"),
            ("City of London Corporation", "City of London"),
            ("St. Helens MBC", "St Helens"),
            ("Stockton on Tees", "Stockton-on-Tees"),
        ] {
            assert_eq!(fit(written, &authority(name)), Fit::Same, "{written}");
        }
        for (written, name) in [
            ("Hull City Council", "Kingston upon Hull, City of"),
            ("BCP Council", "Bournemouth, Christchurch and Poole"),
            ("Carnliegh", "Carnleigh"),
            ("Newcastle", "Newcastle upon Tyne"),
        ] {
            assert_eq!(fit(written, &authority(name)), Fit::Alike, "{written}");
        }
        for (written, name) in [("Carnleigh", "Thornstow Vale"), ("City of London", "Croydon"), ("", "Croydon")] {
            assert_eq!(fit(written, &authority(name)), Fit::None, "{written}");
        }
    }

    #[test]
    fn every_name_of_england_is_that_of_one_authority() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/england-authorities.csv");
        let england = super::super::read(&path).unwrap();
        for authority in &england {
            let council = format!("{} Council", authority.name);
            assert_eq!(meant(&council, &england), Some(authority), "{}", authority.name);
        }
    }

    #[test]
    fn a_files_name_tells_an_authority_by_all_its_words() {
        let all = [authority("Thornstow Vale"), authority("Carnleigh")];
        assert_eq!(within("SC-WRES return Thornstow_Vale final.xlsx", &all), Some(&all[0]));
        assert_eq!(within("Vale return.xlsx", &all), None);
        assert_eq!(within("Carnleigh and Thornstow Vale.xlsx", &all), None);
    }
}
