//! Confirms contacts against the covers of the returns: who sent a return gets the pack that is made from it.

use std::collections::{BTreeMap, BTreeSet};

use super::Refusal;
use super::contacts::{Confirmed, Contact, FILE};
use crate::finding::Finding;
use crate::round::Round;
use crate::submissions::entry::Submission;

/// What a cover says of whom to ask.
struct Cover {
    /// The return's file and the cell.
    place: String,
    text: String,
    addresses: BTreeSet<String>,
}

/// The covers of a round's returns that tell of a contact, by the code of the authority.
pub struct Covers(BTreeMap<String, Cover>);

impl Covers {
    /// Takes what the returns say.
    pub fn of(submissions: &[Submission]) -> Self {
        let cover = |submission: &Submission| {
            let (place, text) = submission.cover.contact.clone()?;
            let place = format!("{}, {place}", submission.file);
            Some((submission.authority_code.clone(), Cover { place, addresses: addresses(&text), text }))
        };
        Self(submissions.iter().filter_map(cover).collect())
    }

    fn others<'a>(&'a self, code: &'a str) -> impl Iterator<Item = (&'a str, &'a Cover)> {
        self.0.iter().filter(move |(other, _)| *other != code).map(|(other, cover)| (other.as_str(), cover))
    }
}

/// The addresses in a text that people wrote, in small letters.
fn addresses(text: &str) -> BTreeSet<String> {
    let between = |letter: char| letter.is_whitespace() || "<>()[]{},;:\"|/\\".contains(letter);
    let words = text.split(between).map(|word| word.trim_matches(['.', '\'', '’', '‘']).to_lowercase());
    words.filter(|word| word.contains('@')).collect()
}

fn domain(address: &str) -> &str {
    address.split_once('@').map_or("", |(_, domain)| domain)
}

/// What stands against sending to these contacts; `chosen` are the authorities that something is prepared for, `packs` all that have
/// a pack.
pub fn confirm(
    contacts: &[Contact],
    covers: &Covers,
    round: &Round,
    packs: &BTreeSet<String>,
    chosen: &BTreeSet<String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in chosen.iter().filter(|code| !contacts.iter().any(|contact| contact.code == **code)) {
        let named = named(round, code);
        let message = format!("{named} has a pack and nobody to send it to");
        let help = format!("write a line for it into {FILE}, or prepare others alone with `--only CODE`");
        let (location, found) = ("", "");
        findings.push(Refusal { rule: "contact-missing", code, file: FILE, location, found, message, help }.into());
    }
    for contact in contacts {
        let told = |rule, message: String, help: &str| -> Finding {
            let (location, help) = (contact.place(), help.to_owned());
            let (code, found) = (&*contact.code, &*contact.email);
            Refusal { rule, code, file: FILE, location: &location, found, message, help }.into()
        };
        if !packs.contains(&contact.code) && packs == chosen {
            let message = format!("{} has no pack in this build", named(round, &contact.code));
            let help = "take the line out, or see why the return is missing or was left out";
            findings.push(told("contact-without-pack", message, help));
        } else if chosen.contains(&contact.code) {
            findings.extend(of_contact(contact, contacts, covers, round, &told));
        }
    }
    findings
}

fn named(round: &Round, code: &str) -> String {
    round.authority(code).map_or_else(|| code.to_owned(), |one| format!("{} ({code})", one.name))
}

/// What stands against one contact: first what no confirmation mends, then what is not confirmed.
fn of_contact(
    contact: &Contact,
    contacts: &[Contact],
    covers: &Covers,
    round: &Round,
    told: &impl Fn(&'static str, String, &str) -> Finding,
) -> Vec<Finding> {
    let (code, address) = (&*contact.code, contact.address());
    let own = covers.0.get(code);
    let is_own = own.is_some_and(|cover| cover.addresses.contains(&address));
    let sharing: Vec<&Contact> =
        contacts.iter().filter(|other| other.code != code && other.address() == address).collect();
    let shared = !sharing.is_empty() && sharing.iter().chain([&contact]).all(|one| one.confirmed > Confirmed::No);
    let elsewhere = covers.others(code).find(|(_, cover)| cover.addresses.contains(&address));
    if let Some((other, cover)) = elsewhere.filter(|_| !is_own && !shared) {
        let message = format!(
            "the address stands on the cover of {} ({}), and the line is of {}",
            named(round, other),
            cover.place,
            named(round, code)
        );
        let help =
            "see whether two contacts were swapped; where one person answers for both, give both lines, each confirmed";
        return vec![told("contact-swapped", message, help)];
    }
    let mut findings = Vec::new();
    if let Some(other) = sharing.first().filter(|_| !shared) {
        let message = format!("the address is also that of {}, line {}", named(round, &other.code), other.line);
        let help = "confirm both lines in the column `confirmed`, where one person answers for both";
        findings.push(told("contact-shared", message, help));
    }
    if let Some(other) = foreign_domain(contact, covers, round).filter(|_| !shared) {
        let message = format!("{} is where {other} has its addresses", domain(&address));
        let help =
            "write the address of the right authority; where this one is right, write it once more as `confirmed`";
        findings.push(told("contact-domain", message, help));
    }
    if contact.confirmed == Confirmed::No {
        let help = "see whose address it is, then write `yes` or the day into the column `confirmed`";
        match own {
            Some(cover) if is_own => {
                if !is_named(&contact.name, cover) {
                    let message = format!(
                        "the cover ({}) gives the address and not the name {}: `{}`",
                        cover.place,
                        quoted(&contact.name),
                        plain(&cover.text)
                    );
                    findings.push(told("contact-differs", message, help));
                }
            }
            Some(cover) => {
                let message = format!("the cover ({}) names another contact: `{}`", cover.place, plain(&cover.text));
                findings.push(told("contact-differs", message, help));
            }
            None => {
                let message = format!("no cover of a return of {} tells whom to ask", named(round, code));
                findings.push(told("contact-unconfirmed", message, help));
            }
        }
    }
    findings
}

fn quoted(text: &str) -> String {
    crate::finding::quoted(text)
}

fn plain(text: &str) -> String {
    quoted(text).trim_matches('`').to_owned()
}

/// Whether a cover with this contact's address names it, or nobody.
fn is_named(name: &str, cover: &Cover) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
        words.filter(|word| word.chars().count() > 1).collect()
    };
    let mut rest = cover.text.to_lowercase();
    cover.addresses.iter().for_each(|address| rest = rest.replace(address, " "));
    // What tells of the address and of nobody is no name.
    let told = words(&rest).into_iter().filter(|word| !["contact", "email", "mail", "name", "tel"].contains(&&**word));
    let told: BTreeSet<String> = told.collect();
    told.is_empty() || words(name).iter().any(|word| told.contains(word))
}

/// The other authority whose covers, or whose name, the address's domain belongs to; nothing where the line confirms the address.
fn foreign_domain(contact: &Contact, covers: &Covers, round: &Round) -> Option<String> {
    let address = contact.address();
    let domain = domain(&address);
    let has = |cover: &Cover| cover.addresses.iter().any(|other| self::domain(other) == domain);
    if contact.confirmed == Confirmed::ByAddress || covers.0.get(&contact.code).is_some_and(has) {
        return None;
    }
    if let Some((other, cover)) = covers.others(&contact.code).find(|(_, cover)| has(cover)) {
        return Some(format!("{} ({})", named(round, other), cover.place));
    }
    let squashed =
        |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    let written = |label: &str| {
        let label = squashed(label);
        let bare = ["council", "cc", "bc", "mbc", "citycouncil", "countycouncil"];
        let without = bare.iter().filter_map(|end| label.strip_suffix(end).map(str::to_owned));
        without.chain([label.clone()]).collect::<Vec<String>>()
    };
    let own = round.authority(&contact.code).map(|one| squashed(&one.name)).unwrap_or_default();
    let labels: Vec<String> = domain.split('.').flat_map(written).collect();
    if labels.contains(&own) {
        return None;
    }
    let other =
        round.authorities.iter().find(|one| one.code != contact.code && labels.contains(&squashed(&one.name)))?;
    Some(named(round, &other.code))
}
