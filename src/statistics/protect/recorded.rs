//! What a release on record told: each count with the number that was printed and its step, whatever program printed it.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, anyhow, bail};

use super::disclosure::Edition;
use super::release::Place;
use super::rounds::Counted;
use super::withheld::Figure;
use crate::round::{PayBand, Round};
use crate::statistics::add_up::{self, Contributions, Tallies};
use crate::statistics::figure::{AreaKey, AreaType, Breakdown, FigureKey, Quantity, Scope};
use crate::submissions::Returns;

/// What a release told of the counts of its round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The edition of the packs beside its national report.
    pub edition: Edition,
    /// The round.
    year: i32,
    /// Each count that it printed, with its number and step, or withheld.
    counts: BTreeMap<Place, Option<Told>>,
    /// The same of the round before, for the authorities that the two share.
    before: BTreeMap<Place, Option<Told>>,
}

/// A release of a round beside later ones: the returns that it was made from, added up, and what it told.
#[derive(Clone)]
pub struct Earlier {
    pub(super) round: Round,
    pub(super) contributions: Contributions,
    pub(super) tallies: Tallies,
    pub(super) recorded: Recorded,
}

impl Earlier {
    /// A release of the round that was made from these returns.
    pub fn new(round: &Round, returns: &Returns, recorded: Recorded) -> Result<Self> {
        let contributions = add_up::contributions(round, returns)?;
        let tallies = contributions.tallies(round)?;
        Ok(Self { round: round.clone(), contributions, tallies, recorded })
    }
}

impl fmt::Debug for Earlier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Earlier").finish_non_exhaustive() // counts are not protected
    }
}

/// A count as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The number that was printed.
    pub number: u64,
    /// What it was rounded to.
    pub step: u64,
}

const HEADER: [&str; 9] =
    ["year", "area_type", "area_code", "service", "indicator", "breakdown", "count", "shown", "step"];

impl Recorded {
    /// What is told of the last of these rounds, and of the round before for it.
    pub(in crate::statistics) fn of(counted: &[Counted<'_>], edition: Edition) -> Result<Self> {
        let Some((this, earlier)) = counted.split_last() else { bail!("there is no round to tell of") };
        let year = this.round.settings.year;
        let mut before = earlier.last().map(|before| before.pattern.told()).unwrap_or_default();
        before.retain(|place, _| place.years().is_some_and(|(_, later)| later == year));
        Ok(Self { edition, year, counts: this.pattern.told(), before })
    }

    /// The counts, each with what was told of it.
    pub(super) fn counts(&self) -> &BTreeMap<Place, Option<Told>> {
        &self.counts
    }

    /// The same of the round before, for the authorities that the two share.
    pub(super) fn before(&self) -> &BTreeMap<Place, Option<Told>> {
        &self.before
    }

    /// The table that goes on record: protected counts, and which are withheld.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADER)?;
        let of_round = self.counts.iter().map(|count| (self.year, count));
        let of_before = self.before.iter().filter_map(|count| Some((count.0.years()?.0, count)));
        for (year, (place, told)) in of_round.chain(of_before) {
            let Figure { area_type, area_code, service, indicator, breakdown, count } = Figure::from(place);
            let [shown, step] = match told {
                Some(Told { number, step }) => [number, step].map(u64::to_string),
                None => Default::default(),
            };
            let year = year.to_string();
            writer
                .write_record([&year, area_type, &area_code, service, &indicator, &breakdown, count, &shown, &step])?;
        }
        writer.into_inner().context("cannot finish the table of counts")
    }

    /// Reads the table of a record; a count that this program cannot place is an error, for it could not be protected beside it.
    pub fn read(bytes: &[u8], year: i32, edition: Edition, bands: &[PayBand]) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(bytes);
        if reader.headers()?.iter().ne(HEADER) {
            bail!("it has other columns than {}", HEADER.join(", "));
        }
        let (mut counts, mut before) = (BTreeMap::new(), BTreeMap::new());
        for record in reader.records() {
            let record = record?;
            let line = record.iter().collect::<Vec<_>>().join(",");
            let told = told(&record[7], &record[8]).with_context(|| format!("`{line}` is no count"))?;
            let place = place(&record, bands).with_context(|| format!("`{line}` is of no figure that is known"))?;
            let of: i32 = record[0].parse().with_context(|| format!("`{line}` is of no year"))?;
            match place.years() {
                _ if of == year => drop(counts.insert(place, told)),
                Some(years) if years == (of, year) => drop(before.insert(place, told)),
                _ => bail!("`{line}` is of another round"),
            }
        }
        Ok(Self { edition, year, counts, before })
    }
}

fn told(shown: &str, step: &str) -> Result<Option<Told>> {
    if shown.is_empty() && step.is_empty() {
        return Ok(None);
    }
    let told = Told { number: shown.parse()?, step: step.parse()? };
    if told.step == 0 {
        bail!("nothing is rounded to 0");
    }
    Ok(Some(told))
}

fn place(record: &csv::StringRecord, bands: &[PayBand]) -> Result<Place> {
    let [kind, code, service, indicator, breakdown, count] = [1, 2, 3, 4, 5, 6].map(|field| record[field].to_owned());
    let kind = AreaType::from_id(&kind).ok_or_else(|| anyhow!("`{kind}` is no kind of area"))?;
    let of = if kind == AreaType::National { String::new() } else { code.clone() };
    Ok(match (indicator.as_str(), count.as_str()) {
        ("known-ethnicity", "known") => Place::Known(of, breakdown),
        ("known-ethnicity", "unknown") => Place::Unknown(of, breakdown),
        ("workforce", "staff") => Place::Staff,
        _ => {
            let quantity = Quantity::ALL.into_iter().find(|quantity| quantity.id() == count);
            let quantity = quantity.ok_or_else(|| anyhow!("`{count}` is no count of a figure"))?;
            let (scope, breakdown) = (Scope::from_id(&service)?, Breakdown::parse(&breakdown, bands)?);
            Place::Figure(FigureKey { area: AreaKey { kind, code }, scope, indicator, breakdown }, quantity)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands() -> [PayBand; 1] {
        [PayBand { id: "under-30k".to_owned(), label: "Under £30,000".to_owned() }]
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let figure = |area, scope, indicator: &str, breakdown, quantity| {
            Place::Figure(FigureKey { area, scope, indicator: indicator.to_owned(), breakdown }, quantity)
        };
        let counts = [
            (figure(AreaKey::england(), Scope::All, "2", Breakdown::Whole, Quantity::WhiteNumerator), Some((120, 10))),
            (
                figure(AreaKey::matched(2023, 2024), Scope::All, "2", Breakdown::Whole, Quantity::WhiteDenominator),
                Some((400, 5)),
            ),
            (
                figure(
                    AreaKey { kind: AreaType::Region, code: "south-west".to_owned() },
                    Scope::Adults,
                    "1",
                    Breakdown::parse("under-30k", &bands()).unwrap(),
                    Quantity::MinoritisedNumerator,
                ),
                None,
            ),
            (
                figure(
                    AreaKey::authority("F01"),
                    Scope::Childrens,
                    "3",
                    Breakdown::ETHNIC_GROUPS[0].clone(),
                    Quantity::MinoritisedDenominator,
                ),
                Some((0, 5)),
            ),
            (Place::Known(String::new(), "staff".to_owned()), Some((55, 5))),
            (Place::Unknown("F01".to_owned(), "staff".to_owned()), None),
            (Place::Staff, Some((1_000, 5))),
        ];
        let told = |(number, step)| Told { number, step };
        let counts = counts.into_iter().map(|(place, count)| (place, count.map(told))).collect();
        let panel = figure(AreaKey::matched(2023, 2024), Scope::All, "2", Breakdown::Whole, Quantity::WhiteDenominator);
        let before = BTreeMap::from([(panel, Some(told((385, 5))))]);
        let recorded = Recorded { edition: Edition::Public, year: 2024, counts, before };
        assert_eq!(Recorded::read(&recorded.csv().unwrap(), 2024, Edition::Public, &bands()).unwrap(), recorded);
    }

    #[test]
    fn what_cannot_be_placed_is_an_error() {
        let read = |line: &str| {
            let text = format!("{}\n{line}\n", HEADER.join(","));
            Recorded::read(text.as_bytes(), 2024, Edition::Own, &bands())
        };
        assert!(read("2024,national,england,all,2,,white_numerator,120,10").is_ok());
        assert!(read("2023,national,matched-2023-2024,all,2,,white_numerator,120,10").is_ok());
        for wrong in [
            "2024,county,england,all,2,,white_numerator,120,10",
            "2024,national,england,some,2,,white_numerator,120,10",
            "2024,national,england,all,2,ethnicity:white,white_numerator,120,10",
            "2024,national,england,all,2,,rate,120,10",
            "2024,national,england,all,2,,white_numerator,120,",
            "2024,national,england,all,2,,white_numerator,120,0",
            "2024,national,england,all,2,,white_numerator,-5,5",
            "2024,national,england,all,2",
            "2023,national,england,all,2,,white_numerator,120,10",
            "soon,national,england,all,2,,white_numerator,120,10",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(Recorded::read(b"area,count\n", 2024, Edition::Own, &bands()).is_err());
    }
}
