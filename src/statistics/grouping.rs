//! Proposes groups of like authorities from what their returns hold: a proposal for the report author, from exact counts.

mod ward;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use super::add_up::{self, Given};
use crate::round::{Round, Service};
use crate::submissions::Returns;

/// What authorities are likened by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The size of the workforce.
    Size,
    /// The share of minoritised ethnic staff.
    Share,
    /// The services that the return covers.
    Services,
}

impl Likeness {
    /// The identifier.
    pub fn id(self) -> &'static str {
        match self {
            Likeness::Size => "size",
            Likeness::Share => "share",
            Likeness::Services => "services",
        }
    }
}

/// What a return tells of an authority.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// Staff in all services that it gives.
    pub staff: u64,
    /// The minoritised ones among those of known ethnicity.
    pub share: f64,
    /// Whether it covers adults' and children's services.
    pub services: [bool; 2],
}

impl Facts {
    /// Its place by one likeness, before anything is standardised: sizes count by their ratios, so by their logarithms.
    fn place(&self, by: Likeness) -> Vec<f64> {
        match by {
            Likeness::Size => vec![(self.staff as f64).ln()],
            Likeness::Share => vec![self.share],
            Likeness::Services => self.services.map(|covered| f64::from(u8::from(covered))).to_vec(),
        }
    }
}

/// A group that is proposed: where it lies is told in standard deviations from the mean of all.
#[derive(Clone, Debug)]
pub struct ProposedGroup {
    /// The authorities' codes, sorted.
    pub authorities: Vec<String>,
    /// Their facts, in the same order.
    pub facts: Vec<Facts>,
    /// The mean distance of their sizes from the mean of all.
    pub size: f64,
    /// The same of their shares.
    pub share: f64,
}

/// How much of the differences between authorities lies between the groups, of all; nothing where they do not differ.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// By what.
    pub by: Likeness,
    /// The part between the groups; the rest is within them.
    pub between: Option<f64>,
}

/// Groups of like authorities, the largest workforces first.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The groups.
    pub groups: Vec<ProposedGroup>,
    /// Authorities in no group, and why.
    pub without: Vec<(String, &'static str)>,
    /// How well the groups fit.
    pub fit: Vec<Fit>,
}

/// Groups the accepted returns of a round by their likeness: so many groups, each of `least` authorities or more.
pub fn propose(round: &Round, returns: &Returns, by: &[Likeness], least: usize, number: usize) -> Result<Proposal> {
    let (facts, without) = facts(round, returns)?;
    ensure!(
        facts.len() >= least,
        "{} returns tell enough to be grouped, and a group has {least} authorities or more",
        facts.len()
    );
    let (codes, facts): (Vec<String>, Vec<Facts>) = facts.into_iter().unzip();
    let standard: BTreeMap<Likeness, Vec<Vec<f64>>> =
        [Likeness::Size, Likeness::Share, Likeness::Services].map(|one| (one, standardised(&facts, one))).into();
    let points: Vec<Vec<f64>> =
        (0..facts.len()).map(|place| by.iter().flat_map(|one| standard[one][place].clone()).collect()).collect();
    let clusters = ward::clusters(&points, least, number);
    let mean = |cluster: &[usize], by| {
        cluster.iter().map(|place| standard[&by][*place][0]).sum::<f64>() / cluster.len() as f64
    };
    let mut groups: Vec<ProposedGroup> = clusters
        .iter()
        .map(|cluster| ProposedGroup {
            authorities: cluster.iter().map(|place| codes[*place].clone()).collect(),
            facts: cluster.iter().map(|place| facts[*place]).collect(),
            size: mean(cluster, Likeness::Size),
            share: mean(cluster, Likeness::Share),
        })
        .collect();
    groups.sort_by(|one, other| other.size.total_cmp(&one.size).then_with(|| one.authorities.cmp(&other.authorities)));
    let fit = standard.iter().map(|(by, places)| Fit { by: *by, between: between(places, &clusters) }).collect();
    Ok(Proposal { groups, without, fit })
}

/// What each registered authority's return tells, by code, and whose return tells too little.
type Told = (BTreeMap<String, Facts>, Vec<(String, &'static str)>);

fn facts(round: &Round, returns: &Returns) -> Result<Told> {
    let given = add_up::rows_given(returns)?;
    let (mut facts, mut without) = (BTreeMap::new(), Vec::new());
    for authority in &round.authorities {
        let code = &authority.code;
        if returns.accepted.binary_search(code).is_err() {
            without.push((code.clone(), "no accepted return"));
            continue;
        }
        let staff: Vec<&Given> = given.iter().filter(|one| one.authority == *code && one.measure == "staff").collect();
        match of_return(&staff) {
            Some(found) => drop(facts.insert(code.clone(), found)),
            None => without.push((code.clone(), "its staff are not counted by ethnic group")),
        }
    }
    Ok((facts, without))
}

fn of_return(staff: &[&Given]) -> Option<Facts> {
    let minoritised: u64 = staff.iter().map(|one| one.row.minoritised()).sum::<Option<u64>>()?;
    let white: u64 = staff.iter().map(|one| one.row.white).sum::<Option<u64>>()?;
    let covers = |service| staff.iter().any(|one| one.service == service || one.service == Service::Combined);
    (minoritised + white > 0).then(|| Facts {
        staff: staff.iter().map(|one| one.row.everybody()).sum(),
        share: minoritised as f64 / (minoritised + white) as f64,
        services: [Service::Adults, Service::Childrens].map(covers),
    })
}

/// Each authority's place by one likeness, in standard deviations from the mean; in the middle where all are alike.
fn standardised(facts: &[Facts], by: Likeness) -> Vec<Vec<f64>> {
    let mut places: Vec<Vec<f64>> = facts.iter().map(|one| one.place(by)).collect();
    let count = places.len() as f64;
    for axis in 0..places.first().map_or(0, Vec::len) {
        let mean = places.iter().map(|place| place[axis]).sum::<f64>() / count;
        let deviation = (places.iter().map(|place| (place[axis] - mean).powi(2)).sum::<f64>() / count).sqrt();
        for place in &mut places {
            place[axis] = if deviation > 1e-9 { (place[axis] - mean) / deviation } else { 0.0 };
        }
    }
    places
}

/// The part of the squared distances from the mean that lies between clusters: places are standardised, so their mean is 0.
fn between(places: &[Vec<f64>], clusters: &[Vec<usize>]) -> Option<f64> {
    let total: f64 = places.iter().flatten().map(|place| place.powi(2)).sum();
    let of = |cluster: &Vec<usize>| -> f64 {
        let axes = 0..places.first().map_or(0, Vec::len);
        let sum = |axis: usize| cluster.iter().map(|one| places[*one][axis]).sum::<f64>();
        axes.map(|axis| sum(axis).powi(2) / cluster.len() as f64).sum()
    };
    (total > 0.0).then(|| clusters.iter().map(of).sum::<f64>() / total)
}
