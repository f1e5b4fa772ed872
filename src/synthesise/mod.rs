//! Makes up a round of fictional authorities whose national results are the published ones; equal seeds give equal bytes.

use anyhow::{Context, Result, ensure};

use crate::authority::Authority;
use crate::round::{Service, Settings};
use crate::standard::Standard;
use crate::submissions::entry::{Answer, Entry, Ethnicity};
use crate::submissions::workbook;
use detail::Detail;
use dice::Chance;
use manner::{Form, Manner};
use staffing::{Count, Unit};

mod calibrate;
mod character;
mod detail;
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
    /// The share of returns that give some measures in another way than the rest; the year's own when left out.
    pub mixed: Option<f64>,
}

/// The share of returns with mixed detail: the two early rounds were collected anew until none was left.
fn usual_mixture(year: i32) -> f64 {
    if matches!(year, 2021 | 2023) { 0.0 } else { 0.07 }
}

/// Far more than England has, and still few enough for memory.
const MOST_AUTHORITIES: usize = 10_000;

/// The files of a synthetic round: paths inside its folder, and their bytes.
pub fn synthesise(standard: &Standard, options: &Options) -> Result<Vec<(String, Vec<u8>)>> {
    let Options { year, authorities, seed, mixed } = *options;
    ensure!((2000..=2100).contains(&year), "the year {year} is not one between 2000 and 2100");
    ensure!(authorities != Some(0), "a round needs at least one authority");
    ensure!(authorities.unwrap_or(1) <= MOST_AUTHORITIES, "at most {MOST_AUTHORITIES} authorities can be made up");
    let yaml = settings::yaml(year);
    let settings: Settings = serde_yaml::from_str(&yaml).context("the synthetic round.yaml cannot be read back")?;
    let panel = pool::panel(year, authorities);
    let chance = Chance { seed, year, attempt: 0 };

    let share = mixed.unwrap_or_else(|| usual_mixture(year));
    let members = &panel.returning;
    let profile = profile::profile(year, members.len());
    let characters = character::characters(chance, members, &profile.outcomes);
    let manners: Vec<Manner> = members.iter().map(|member| manner::manner(chance, member.number, share)).collect();
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
        let own: Vec<&Unit> = units.iter().filter(|unit| unit.member == index).collect();
        let mut entries: Vec<Entry> = own.iter().flat_map(|unit| entries(unit, manner, year, standard)).collect();
        combine(&own, manner, &mut entries);
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
        let rows: Vec<(Option<usize>, &str, Count)> = match measure.by_band {
            true => {
                let bands = settings::band_ids(year).into_iter().zip(unit.bands).enumerate();
                bands.map(|(place, (band, count))| (Some(place), band, count)).collect()
            }
            false => unit.counts.get(measure.id.as_str()).map(|count| (None, "", *count)).into_iter().collect(),
        };
        for (place, breakdown, count) in rows {
            for ethnicity in manner.groups(&measure.id, place) {
                let instead = manner.detail(&measure.id, place).and_then(|detail| detail.instead(ethnicity));
                entries.push(Entry {
                    service: unit.service,
                    measure: measure.id.clone(),
                    breakdown: breakdown.to_owned(),
                    ethnicity,
                    answer: instead.unwrap_or_else(|| answer(count, ethnicity, &measure.id, manner)),
                    location: String::new(),
                });
            }
        }
    }
    entries
}

/// Gives some measures of both services as one.
fn combine(units: &[&Unit], manner: &Manner, entries: &mut Vec<Entry>) {
    let [adults, _] = units else { return };
    let combined = |measure: &str| manner.detail(measure, None) == Some(Detail::Combined);
    for measure in adults.counts.keys().filter(|measure| combined(measure)) {
        if manner.instead(measure).is_some() {
            continue;
        }
        let counts = units.iter().filter_map(|unit| unit.counts.get(measure));
        let sum = counts.fold(Count::default(), |sum, count| Count {
            minoritised: sum.minoritised + count.minoritised,
            white: sum.white + count.white,
            unknown: sum.unknown + count.unknown,
            split: [0, 1, 2, 3].map(|group| sum.split[group] + count.split[group]),
        });
        entries.retain(|entry| entry.measure != *measure);
        entries.extend(manner.groups(measure, None).into_iter().map(|ethnicity| Entry {
            service: Service::Combined,
            measure: (*measure).to_owned(),
            breakdown: String::new(),
            ethnicity,
            answer: answer(sum, ethnicity, measure, manner),
            location: String::new(),
        }));
    }
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
            // No such address can be: `example` is nobody's.
            let contact = format!("Workforce team, workforce@{}.example", code.to_lowercase());
            let content = workbook::Content { entries, contact: &contact };
            let bytes = workbook::write(settings, standard, authority, content, None)?;
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
