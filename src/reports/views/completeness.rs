//! Who took part and how complete the data are, in print.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::reports::figures::{CountView, Printed};
use crate::reports::words;
use crate::round::Round;
use crate::statistics::{
    Absence, AreaType, Coverage, Marker, Participant, Quality, Scope, Share, Statistic, Statistics,
};
use crate::submissions::row::Kind;

/// One line of data quality in print.
#[derive(Clone, Debug, Serialize)]
pub struct QualityView {
    /// The measure's identifier.
    pub measure: String,
    /// The measure in words.
    pub label: String,
    /// How many authorities gave all that is needed.
    pub authorities: CountView,
    /// People of known ethnicity, or a symbol.
    pub known: Printed,
    /// People of unknown ethnicity, or a symbol.
    pub unknown: Printed,
    /// The share of unknown ethnicity, or a symbol.
    pub share: Printed,
    /// The symbols in place of numbers, such as `c`.
    pub symbols: BTreeSet<String>,
    /// What was given in place of some counts, in words, or empty.
    pub absent: String,
}

/// The data quality of a measure in print; `area` is `england` or an authority's code.
pub fn quality(quality: &Quality, year: i32, area: &str) -> QualityView {
    let not_applicable = !quality.absent.is_empty() && quality.absent.iter().all(|one| *one == Kind::NotApplicable);
    let why = match quality.authorities {
        0 if not_applicable => Marker::Z,
        0 => Marker::X,
        _ => Marker::C,
    };
    let id = |part: &str| format!("{year}/{area}/known-ethnicity/all/{}/{part}", quality.measure);
    let absent: Vec<&str> = quality
        .absent
        .iter()
        .map(|answer| match answer {
            Kind::NotCollected => "not collected",
            Kind::NotApplicable => "not applicable",
            Kind::Blank | Kind::Count => "left blank",
        })
        .collect();
    // Of nobody there is no share.
    let nobody = quality.known == Some(0) && quality.unknown == Some(0);
    let known = Printed::or(id("known"), quality.known.map(words::count), why);
    let unknown = Printed::or(id("unknown"), quality.unknown.map(words::count), why);
    let share = Printed::or(id("share"), quality.share.map(words::percent), if nobody { Marker::Z } else { why });
    let symbols = [&known, &unknown, &share].into_iter();
    QualityView {
        measure: quality.measure.clone(),
        label: quality.label.clone(),
        authorities: CountView::new(id("authorities"), quality.authorities),
        symbols: symbols.filter_map(|number| number.symbol().map(str::to_owned)).collect(),
        known,
        unknown,
        share,
        absent: absent.join(", "),
    }
}

/// Returns that are left out of an indicator for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct AbsenceView {
    /// Why, in words.
    pub reason: &'static str,
    /// The authorities' names.
    pub authorities: Vec<String>,
}

/// Who is left out of one indicator.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOutView {
    /// The indicator's number.
    pub id: String,
    /// Its shorter name.
    pub short_name: String,
    /// How many returns are in its figure of England, all services; of pay bands, in that of the lowest.
    pub authorities: CountView,
    /// Those that are not, by reason.
    pub absences: Vec<AbsenceView>,
}

/// Who is left out of each indicator that somebody is left out of.
pub fn left_out(statistics: &Statistics, round: &Round) -> Vec<LeftOutView> {
    let mut views = Vec::new();
    for indicator in &round.indicators {
        let mut absences: BTreeMap<Absence, Vec<String>> = BTreeMap::new();
        for one in statistics.left_out.iter().filter(|one| one.indicator == indicator.id) {
            let name = round.authority(&one.authority).map(|authority| authority.name.clone());
            absences.entry(one.absence).or_default().extend(name);
        }
        if absences.is_empty() {
            continue;
        }
        let first = |row: &&Statistic| {
            row.area.kind == AreaType::National && row.scope == Scope::All && row.indicator == indicator.id
        };
        let Some(figure) = statistics.national.rows().iter().find(first) else { continue };
        let id = format!("{}/authorities", figure.id(round.settings.year));
        views.push(LeftOutView {
            id: indicator.id.clone(),
            short_name: indicator.short_name.clone(),
            authorities: CountView::new(id, figure.authorities),
            absences: absences
                .into_iter()
                .map(|(absence, mut authorities)| {
                    authorities.sort();
                    AbsenceView { reason: reason(absence), authorities }
                })
                .collect(),
        });
    }
    views
}

/// Why a return is left out, in words.
pub fn reason(absence: Absence) -> &'static str {
    match absence {
        Absence::NotCollected => "not collected",
        Absence::NotApplicable => "not applicable",
        Absence::Blank => "left blank",
        Absence::InPart => "counted in part",
        Absence::GroupsNotTold => "counted, but not by ethnic group",
    }
}

/// How many authorities of a region, type or group took part, in print.
#[derive(Clone, Debug, Serialize)]
pub struct ShareView {
    /// The name.
    pub name: String,
    /// Authorities there are; of a group, those that the register puts into it.
    pub england: CountView,
    /// Authorities that registered.
    pub registered: CountView,
    /// Authorities whose return is in.
    pub submitted: CountView,
    /// They as a share of those there are.
    pub share: Printed,
}

/// Who took part, in print.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageView<'a> {
    /// Authorities with social care duties.
    pub england: CountView,
    /// Authorities that registered.
    pub registered: CountView,
    /// Authorities whose return is in.
    pub submitted: CountView,
    /// Authorities whose return has errors and was left out.
    pub rejected: CountView,
    /// Authorities that registered and sent no return that could be read.
    pub not_submitted: CountView,
    /// How many gave adults' services.
    pub adults: CountView,
    /// How many gave children's services.
    pub childrens: CountView,
    /// How many gave both together.
    pub combined: CountView,
    /// Whether the staff in all returns may be told.
    pub has_staff: bool,
    /// Staff in all returns, or a symbol.
    pub staff: Printed,
    /// By region.
    pub regions: Vec<ShareView>,
    /// By type of authority.
    pub types: Vec<ShareView>,
    /// By group of like authorities, where the round names groups.
    pub peers: Vec<ShareView>,
    /// Every registered authority, by name.
    pub participants: &'a [Participant],
}

/// The coverage in print.
pub fn coverage(coverage: &Coverage, year: i32) -> CoverageView<'_> {
    let id = |area: &str, part: &str| format!("{year}/{area}/participation/all/{part}");
    let count = |part: &str, n: usize| CountView::new(id("england", part), n);
    let services = |part: &str, index: usize| count(part, coverage.services.get(index).map_or(0, |(_, count)| *count));
    let share = |share: &Share| {
        let count = |part: &str, n: usize| CountView::new(id(&share.code, part), n);
        ShareView {
            name: share.name.clone(),
            england: count("england", share.england),
            registered: count("registered", share.registered),
            submitted: count("submitted", share.submitted),
            share: Printed::or(
                id(&share.code, "share"),
                (share.england > 0).then(|| words::percent(share.submitted as f64 / share.england as f64)),
                Marker::Z,
            ),
        }
    };
    let Coverage { england, registered, submitted, rejected, .. } = *coverage;
    CoverageView {
        england: count("england", england),
        registered: count("registered", registered),
        submitted: count("submitted", submitted),
        rejected: count("rejected", rejected),
        not_submitted: count("not_submitted", registered.saturating_sub(submitted + rejected)),
        adults: services("adults", 0),
        childrens: services("childrens", 1),
        combined: services("combined", 2),
        has_staff: coverage.staff.is_some(),
        staff: Printed::or(id("england", "staff"), coverage.staff.map(words::count), Marker::C),
        regions: coverage.regions.iter().map(share).collect(),
        types: coverage.types.iter().map(share).collect(),
        peers: coverage.groups.iter().map(share).collect(),
        participants: &coverage.participants,
    }
}
