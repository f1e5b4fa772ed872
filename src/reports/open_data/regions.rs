//! England and its nine regions as the Office for National Statistics codes and names them.

/// England.
pub const ENGLAND: (&str, &str) = ("E92000001", "England");

const REGIONS: [(&str, &str); 9] = [
    ("E12000001", "North East"),
    ("E12000002", "North West"),
    ("E12000003", "Yorkshire and The Humber"),
    ("E12000004", "East Midlands"),
    ("E12000005", "West Midlands"),
    ("E12000006", "East of England"),
    ("E12000007", "London"),
    ("E12000008", "South East"),
    ("E12000009", "South West"),
];

/// The code and the name of a region; of another area, `z` for a code that does not apply, and its own name.
pub fn region(name: &str) -> (&str, &str) {
    let known = REGIONS.into_iter().find(|(_, other)| other.eq_ignore_ascii_case(name));
    known.unwrap_or(("z", name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_known_however_its_articles_are_written() {
        assert_eq!(region("Yorkshire and the Humber"), ("E12000003", "Yorkshire and The Humber"));
        assert_eq!(region("Elsewhere"), ("z", "Elsewhere"));
    }

    #[test]
    fn every_region_of_the_register_has_a_code() {
        let register = include_str!("../../../data/england-authorities.csv");
        let mut rows = csv::Reader::from_reader(register.as_bytes());
        for row in rows.records() {
            assert_ne!(region(&row.unwrap()[3]).0, "z");
        }
    }
}
