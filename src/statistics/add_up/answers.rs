//! What returns answer where a count is due: why a figure is not there.

use std::collections::{BTreeMap, BTreeSet};

use crate::round::{Round, Service};
use crate::standard::Standard;
use crate::submissions::Returns;
use crate::submissions::entry::Entry;
use crate::submissions::row;

/// What each return answers about minoritised, white and unknown people, by authority, service and measure.
pub(in crate::statistics) type Answers = BTreeMap<(String, Service, String), [BTreeSet<row::Kind>; 3]>;

/// Which kinds of answer each return gives where a count is due, of the services that it says anything of.
pub(in crate::statistics) fn answers(round: &Round, standard: &Standard, returns: &Returns) -> Answers {
    let mut answers = Answers::new();
    for submission in returns.accepted.iter().filter_map(|code| returns.accepted(code)) {
        let mut rows: BTreeMap<(Service, &str, &str), Vec<&Entry>> = BTreeMap::new();
        for entry in &submission.entries {
            rows.entry((entry.service, &entry.measure, &entry.breakdown)).or_default().push(entry);
        }
        let counted: BTreeSet<Service> =
            submission.entries.iter().filter(|entry| entry.count().is_some()).map(|entry| entry.service).collect();
        let bands: Vec<&str> = round.settings.pay_bands.iter().map(|band| band.id.as_str()).collect();
        for service in counted {
            for measure in &standard.measures {
                let key = (submission.authority_code.clone(), service, measure.id.clone());
                let kinds = answers.entry(key).or_default();
                for band in if measure.by_band { &bands[..] } else { &[""] } {
                    let entries = rows.get(&(service, measure.id.as_str(), *band)).into_iter().flatten().copied();
                    for (all, more) in kinds.iter_mut().zip(row::kinds(entries)) {
                        all.extend(more);
                    }
                }
            }
        }
    }
    answers
}
