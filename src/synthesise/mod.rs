//! Makes up a round of fictional authorities whose national results are the published ones; equal seeds give equal bytes.

use anyhow::{Context, Result, ensure};

use crate::authority::Authority;
use crate::round::Settings;
use crate::standard::Standard;
use crate::submissions::entry::{Answer, Entry, Ethnicity};
use crate::submissions::workbook;
use dice::Chance;
use manner::{Form, Manner};
use staffing::{Count, Unit};

mod calibrate;
mod character;
mod dice;
mod manner;
mod names;
mod outcomes;
mod pool;
mod profile;
mod settings;
mod staffing;
#[cfg(test)]
mod tests;

/// Each has about an even chance in a round of 73 returns.
const ATTEMPTS: u64 = 30;

/// What to make up.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The reporting year.
    pub year: i32,
    /// How many authorities return; the year's own number when left out.
    pub authorities: Option<usize>,
    /// Where chance starts from.
    pub seed: u64,
}

/// Far more than England has, and still few enough for memory.
const MOST_AUTHORITIES: usize = 10_000;

/// The files of a synthetic round: paths inside its folder, and their bytes.
pub fn synthesise(standard: &Standard, options: &Options) -> Result<Vec<(String, Vec<u8>)>> {
    let Options { year, authorities, seed } = *options;
    ensure!((2000..=2100).contains(&year), "the year {year} is not one between 2000 and 2100");
    ensure!(authorities != Some(0), "a round needs at least one authority");
    ensure!(authorities.unwrap_or(1) <= MOST_AUTHORITIES, "at most {MOST_AUTHORITIES} authorities can be made up");
    let yaml = settings::yaml(year);
    let settings: Settings = serde_yaml::from_str(&yaml).context("the synthetic round.yaml cannot be read back")?;
    let panel = pool::panel(year, authorities);
    let chance = Chance { seed, year, attempt: 0 };

    let members = &panel.returning;
    let profile = profile::profile(year, members.len());
    let characters = character::characters(chance, members, &profile.outcomes);
    let manners: Vec<Manner> = members.iter().map(|member| manner::manner(chance, member.number)).collect();
    let staffed = staffing::draw(&profile, members, &characters, &manners, chance);
    let attempt = |attempt| {
        let mut units = staffed.clone();
        let chance = Chance { attempt, ..chance };
        let error = outcomes::draw(&mut units, &profile, standard, &characters, &manners, chance);
        (units, error)
    };
    let units = best_attempt(attempt);

    let mut files = vec![("round.yaml".to_owned(), yaml.into_bytes()), register(&panel.registered)?];
    for (index, (member, manner)) in members.iter().zip(&manners).enumerate() {
        let own = units.iter().filter(|unit| unit.member == index);
        let entries: Vec<Entry> = own.flat_map(|unit| entries(unit, manner, year, standard)).collect();
        files.push(submission(&member.authority, manner.form, &entries, &settings, standard)?);
    }
    Ok(files)
}

/// The first draw whose national results can be the published ones; multiples of 5 are too coarse for some draws. Where none
/// can, in very small rounds, the nearest one.
fn best_attempt(attempt: impl Fn(u64) -> (Vec<Unit>, f64)) -> Vec<Unit> {
    let (mut best, mut least) = attempt(0);
    for number in 1..ATTEMPTS {
        if least <= 1.0 {
            break;
        }
        let (units, error) = attempt(number);
        if error < least {
            (best, least) = (units, error);
        }
    }
    best
}

fn register(authorities: &[Authority]) -> Result<(String, Vec<u8>)> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for authority in authorities {
        writer.serialize(authority)?;
    }
    Ok(("authorities.csv".to_owned(), writer.into_inner()?))
}

/// The answers of one service, in the order of the standard.
fn entries(unit: &Unit, manner: &Manner, year: i32, standard: &Standard) -> Vec<Entry> {
    let mut entries = Vec::new();
    for measure in &standard.measures {
        let rows: Vec<(&str, Count)> = match measure.by_band {
            true => settings::band_ids(year).into_iter().zip(unit.bands).collect(),
            false => unit.counts.get(measure.id.as_str()).map(|count| ("", *count)).into_iter().collect(),
        };
        for (breakdown, count) in rows {
            for ethnicity in &manner.groups {
                entries.push(Entry {
                    service: unit.service,
                    measure: measure.id.clone(),
                    breakdown: breakdown.to_owned(),
                    ethnicity: *ethnicity,
                    answer: answer(count, *ethnicity, &measure.id, manner),
                    location: String::new(),
                });
            }
        }
    }
    entries
}

fn answer(count: Count, ethnicity: Ethnicity, measure: &str, manner: &Manner) -> Answer {
    if let Some(instead) = manner.instead(measure) {
        return instead;
    }
    let [asian, black, mixed, other] = count.split;
    match ethnicity {
        Ethnicity::Unknown if manner.blank_unknown == Some(measure) => Answer::Blank,
        Ethnicity::Asian => Answer::Count(asian),
        Ethnicity::Black => Answer::Count(black),
        Ethnicity::Mixed => Answer::Count(mixed),
        Ethnicity::Other => Answer::Count(other),
        Ethnicity::Minoritised => Answer::Count(count.minoritised),
        Ethnicity::White => Answer::Count(count.white),
        Ethnicity::Unknown => Answer::Count(count.unknown),
    }
}

fn submission(
    authority: &Authority,
    form: Form,
    entries: &[Entry],
    settings: &Settings,
    standard: &Standard,
) -> Result<(String, Vec<u8>)> {
    let code = &authority.code;
    match form {
        Form::Workbook => {
            let bytes = workbook::write(settings, standard, authority, entries, None)?;
            Ok((format!("submissions/{code}.xlsx"), bytes))
        }
        Form::Csv { mark, line_end } => {
            let mut text = String::from(if mark { "\u{feff}" } else { "" });
            text += "authority_code,service,measure,breakdown,ethnicity,count";
            text += line_end;
            for Entry { service, measure, breakdown, ethnicity, answer, .. } in entries {
                let fields = [code, service.id(), measure, breakdown, ethnicity.id(), &answer.written()];
                text += &fields.join(",");
                text += line_end;
            }
            Ok((format!("submissions/{code}.csv"), text.into_bytes()))
        }
    }
}
