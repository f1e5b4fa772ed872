//! Who took part, how much of the workforce that is, and how complete the data are.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::authority::{Authority, slug};
use crate::round::{Round, Service};
use crate::standard::Standard;
use crate::submissions::Returns;
use crate::submissions::row::Kind;

use crate::statistics::add_up::{self, Answers, Given};
use crate::statistics::protect::{self, Edition, Pattern, Place};

/// Whether a registered authority's figures are in the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Participation {
    /// Its return was accepted.
    Submitted,
    /// Its return has errors and was left out.
    Rejected,
    /// It registered and sent no return that could be read.
    NotSubmitted,
}

/// A registered authority and what it gave.
#[derive(Clone, Debug, Serialize)]
pub struct Participant {
    /// Who.
    pub authority: Authority,
    /// Whether its figures are in.
    pub participation: Participation,
    /// The services it gave counts for.
    pub services: Vec<Service>,
}

/// How many authorities of a region, type or group took part; a joint return is as many as it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The name as printed.
    pub name: String,
    /// The name, or a group's id, in lower case with hyphens.
    pub code: String,
    /// Authorities there are; of a group, those that the register puts into it.
    pub england: usize,
    /// Authorities that registered.
    pub registered: usize,
    /// Authorities whose return is in.
    pub submitted: usize,
}

/// Who took part.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// Authorities with social care duties on the round's day: 153 in 2024.
    pub england: usize,
    /// Authorities that registered.
    pub registered: usize,
    /// Authorities whose return is in.
    pub submitted: usize,
    /// Authorities whose return has errors and was left out.
    pub rejected: usize,
    /// How many gave each service: adults', children's, combined.
    pub services: Vec<(Service, usize)>,
    /// Staff in post of known and unknown ethnicity in all returns, protected.
    pub staff: Option<u64>,
    /// By region.
    pub regions: Vec<Share>,
    /// By type of authority.
    pub types: Vec<Share>,
    /// By group of like authorities, where the round names groups.
    pub groups: Vec<Share>,
    /// Every registered authority, by name.
    pub participants: Vec<Participant>,
}

/// How many people of one measure have an ethnicity that is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// The measure's identifier.
    pub measure: String,
    /// The measure in words.
    pub label: String,
    /// How many authorities gave all groups and the unknown.
    pub authorities: usize,
    /// People of known ethnicity.
    pub known: Option<u64>,
    /// People of unknown ethnicity.
    pub unknown: Option<u64>,
    /// The unknown as a share of both.
    pub share: Option<f64>,
    /// What stands in place of counts where they are due.
    #[serde(skip)]
    pub absent: Vec<Kind>,
}

/// Who took part in the round, of the authorities that England has.
pub(in crate::statistics) fn coverage(
    round: &Round,
    england: &[Authority],
    returns: &Returns,
    given: &[Given],
    pattern: &Pattern,
) -> Coverage {
    let workforce = add_up::workforce(given);
    let services = services(&workforce);
    let mut participants: Vec<Participant> = round
        .authorities
        .iter()
        .map(|authority| Participant {
            authority: authority.clone(),
            participation: participation(&authority.code, returns),
            services: services.get(&authority.code).cloned().unwrap_or_default(),
        })
        .collect();
    participants.sort_by(|one, other| one.authority.name.cmp(&other.authority.name));
    let number = |of: &dyn Fn(&Participant) -> bool| -> usize {
        participants.iter().filter(|one| of(one)).map(|one| one.authority.authorities()).sum()
    };
    let count = |service| number(&|one| one.services.contains(&service));
    let staff = protect::staff(&workforce, &round.settings.disclosure).filter(|_| pattern.shows(&Place::Staff));
    Coverage {
        england: england.len(),
        registered: number(&|_| true),
        submitted: number(&|one| one.participation == Participation::Submitted),
        rejected: number(&|one| one.participation == Participation::Rejected),
        services: Service::ALL.map(|service| (service, count(service))).to_vec(),
        staff,
        regions: shares(england, &participants, |authority| &authority.region),
        types: shares(england, &participants, |authority| &authority.kind),
        groups: groups(round, &participants),
        participants,
    }
}

fn participation(code: &str, returns: &Returns) -> Participation {
    let among = |codes: &[String]| codes.binary_search_by(|other| other.as_str().cmp(code)).is_ok();
    if among(&returns.accepted) {
        Participation::Submitted
    } else if among(&returns.rejected) {
        Participation::Rejected
    } else {
        Participation::NotSubmitted
    }
}

fn services(workforce: &BTreeMap<(String, Service), u64>) -> BTreeMap<String, Vec<Service>> {
    let mut services: BTreeMap<String, Vec<Service>> = BTreeMap::new();
    for (authority, service) in workforce.keys() {
        services.entry(authority.clone()).or_default().push(*service);
    }
    services.values_mut().for_each(|list| list.sort());
    services
}

fn shares(england: &[Authority], participants: &[Participant], place: fn(&Authority) -> &String) -> Vec<Share> {
    // Each member of a joint return is where it is by itself, as far as England's list has it.
    let places = |participant: &'_ Participant| -> Vec<String> {
        let own = &participant.authority;
        let of = |code: &str| england.iter().find(|one| one.code == code && !own.members.is_empty()).unwrap_or(own);
        own.own_codes().map(|code| place(of(code)).clone()).collect()
    };
    let placed: Vec<(&Participant, String)> =
        participants.iter().flat_map(|one| places(one).into_iter().map(move |place| (one, place))).collect();
    let names: BTreeSet<&String> = england.iter().map(place).chain(placed.iter().map(|(_, place)| place)).collect();
    let shares = names.into_iter().map(|name| {
        let here: Vec<&Participant> =
            placed.iter().filter(|(_, place)| place == name).map(|(participant, _)| *participant).collect();
        Share {
            name: name.clone(),
            code: slug(name),
            england: england.iter().filter(|authority| place(authority) == name).count(),
            registered: here.len(),
            submitted: here.iter().filter(|one| one.participation == Participation::Submitted).count(),
        }
    });
    shares.collect()
}

/// The groups of like authorities, by code; a joint return is in its group with all that it stands for.
fn groups(round: &Round, participants: &[Participant]) -> Vec<Share> {
    let ids: BTreeSet<&String> = participants.iter().filter_map(|one| one.authority.group.as_ref()).collect();
    let mut shares: Vec<Share> = ids
        .into_iter()
        .map(|id| {
            let here = || participants.iter().filter(|one| one.authority.group.as_ref() == Some(id));
            let registered = here().map(|one| one.authority.authorities()).sum();
            let submitted = here().filter(|one| one.participation == Participation::Submitted);
            Share {
                name: round.group_name(id).to_owned(),
                code: slug(id),
                england: registered,
                registered,
                submitted: submitted.map(|one| one.authority.authorities()).sum(),
            }
        })
        .collect();
    shares.sort_by(|one, other| one.code.cmp(&other.code));
    shares
}

/// How many people of a measure have a known and an unknown ethnicity in one return, each as far as it tells: without the one
/// the other is still there.
fn told(given: &[Given], code: &str, measure: &str) -> (Option<u64>, Option<u64>) {
    let rows = || given.iter().filter(|one| one.authority == code && one.measure == measure && one.band.is_empty());
    if rows().next().is_none() {
        return (None, None);
    }
    let known = rows().map(|one| Some(one.row.minoritised()? + one.row.white?)).sum();
    (known, rows().map(|one| one.row.unknown).sum())
}

/// For England (empty code) and each authority: the share of unknown ethnicity in each measure not counted by band.
pub(in crate::statistics) fn quality(
    round: &Round,
    standard: &Standard,
    returns: &Returns,
    given: &[Given],
    pattern: &Pattern,
    answers: &Answers,
    edition: Edition,
) -> BTreeMap<String, Vec<Quality>> {
    let knowledge = add_up::knowledge(round, given);
    let mut absent: BTreeMap<(String, String), BTreeSet<Kind>> = BTreeMap::new();
    for ((authority, _, measure), answers) in answers {
        let missing = answers.iter().flatten().filter(|answer| **answer != Kind::Count);
        absent.entry((authority.clone(), measure.clone())).or_default().extend(missing);
    }
    let settings = &round.settings.disclosure;
    let mut quality = BTreeMap::new();
    for code in returns.accepted.iter().map(String::as_str).chain([""]) {
        let measures = standard.measures.iter().filter(|measure| !measure.by_band).map(|measure| {
            let key = (code.to_owned(), measure.id.clone());
            let known = knowledge.get(&key);
            let exact = !code.is_empty() && edition == Edition::Own;
            let (known, unknown) = match known {
                None if exact => told(given, code, &measure.id),
                None => (None, None),
                Some(known) if exact => (Some(known.known), Some(known.unknown)),
                Some(sum) => {
                    let (known, unknown) = protect::known(sum, code.is_empty(), settings);
                    let (code, measure) = key.clone();
                    let shows = |place: &Place| pattern.shows(place);
                    (
                        known.filter(|_| shows(&Place::Known(code.clone(), measure.clone()))),
                        unknown.filter(|_| shows(&Place::Unknown(code, measure))),
                    )
                }
            };
            let share = known.zip(unknown).filter(|(known, unknown)| known + unknown > 0);
            Quality {
                measure: measure.id.clone(),
                label: measure.label.clone(),
                authorities: knowledge.get(&key).map_or(0, |known| known.authorities),
                known,
                unknown,
                share: share.map(|(known, unknown)| unknown as f64 / (known + unknown) as f64),
                absent: absent.get(&key).into_iter().flatten().copied().collect(),
            }
        });
        quality.insert(code.to_owned(), measures.collect());
    }
    quality
}
