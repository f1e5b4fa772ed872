//! What the data tables hold: the cover with contents and notes, and the tables.

use crate::round::{Round, Status};
use crate::statistics::{AreaType, Coverage, Participation, Statistic};

use super::{Book, Heading, Line, Look, Sheet, within};
use crate::reports::columns::{COLUMNS, Cell, Column};
use crate::reports::identity::Identity;
use crate::reports::material::Material;
use crate::reports::words;

/// The cover's line that says whom to ask.
pub const CONTACT: &str = "Contact";

/// A table of figures: its name, what it holds, and which figures.
struct About {
    name: &'static str,
    title: &'static str,
    holds: fn(&Statistic) -> bool,
}

/// The sheet of groups of like authorities, of a round that names any.
const GROUPS: &str = "Groups";

const TABLES: [About; 6] = [
    About {
        name: "England",
        title: "Relative likelihoods for England",
        holds: |row| row.area.kind == AreaType::National && row.breakdown.is_whole(),
    },
    About {
        name: "Regions",
        title: "Relative likelihoods by region",
        holds: |row| row.area.kind == AreaType::Region && row.breakdown.is_whole(),
    },
    About {
        name: "Types",
        title: "Relative likelihoods by type of authority",
        holds: |row| row.area.kind == AreaType::Type && row.breakdown.is_whole(),
    },
    About {
        name: GROUPS,
        title: "Relative likelihoods by group of like authorities",
        holds: |row| row.area.kind == AreaType::Group && row.breakdown.is_whole(),
    },
    About {
        name: "Ethnic_groups",
        title: "Each ethnic group compared with white staff",
        holds: |row| row.breakdown.is_ethnic_group(),
    },
    About { name: "Pay_bands", title: "Share of {term} staff by pay band", holds: |row| row.breakdown.is_pay_band() },
];

/// Columns of words that are longer than numbers.
const WIDE: [&str; 3] = ["area_name", "breakdown", "result"];

const NOTES: [(&str, &str); 10] = [
    ("[c]", "Confidential: withheld so that nobody can be identified."),
    ("[x]", "Not available: not submitted, or not accepted by a check."),
    ("[z]", "Not applicable: there is no such figure."),
    ("[u]", "Low reliability: too few people or events to say. It stands in the column Result."),
    ("Counts", "Counts of 1 to {last} people are withheld and the others rounded to the nearest {rounding}."),
    ("Relative likelihood", "The rate of {term} staff divided by the rate of white staff. 1 means equally likely."),
    (
        "Limits",
        "The confidence interval: of the relative likelihood (Koopman score), or of the share on the sheet Pay_bands (Wilson score).",
    ),
    (
        "Possible",
        "A possible disadvantage or advantage has limits that leave out 1, but may be chance among the many comparisons that are made.",
    ),
    (
        "Could have been seen",
        "The ratios nearest to 1 that the test finds four times in five among so many people, at England's white rate. No clear difference says nothing of ratios between the two. [z] where there is no such ratio.",
    ),
    (
        "Difference",
        "{Term} rate less white rate. On the sheet Pay_bands, the band's share less the share of all bands.",
    ),
];

/// What is said of groups of like authorities where the round names any, and in their place where not.
const OF_GROUPS: [(&str, [&str; 2]); 4] = [
    ("{parts}", ["England, regions, types and groups", "England, regions and types"]),
    (
        "{areas}",
        ["its regions, types of authority and groups of like authorities", "its regions and types of authority"],
    ),
    (
        "{area_types}",
        [
            "a region, a type of authority, a group of like authorities, or an authority",
            "a region, a type of authority, or an authority",
        ],
    ),
    ("{area_names}", ["the region's or type's name or the group's id", "the region's or type's name"]),
];

/// A text in the terms and settings of the round.
pub fn in_words(text: &str, round: &Round) -> String {
    let settings = &round.settings;
    let place = usize::from(settings.groups.is_none());
    let text = OF_GROUPS.iter().fold(text.to_owned(), |text, (name, words)| text.replace(name, words[place]));
    text.replace("{terms}", &settings.terms.minoritised)
        .replace("{term}", &settings.terms.minoritised_short)
        .replace("{Term}", &words::capitalised(&settings.terms.minoritised_short))
        .replace("{last}", &settings.disclosure.threshold.saturating_sub(1).to_string())
        .replace("{rounding}", &settings.disclosure.rounding.to_string())
}

pub(super) fn book(material: Material<'_>, identity: &Identity) -> Book {
    let Material { round, statistics, .. } = material;
    let mut about = Vec::new();
    let mut tables = Vec::new();
    for table in TABLES.into_iter().filter(|table| table.name != GROUPS || round.settings.groups.is_some()) {
        let rows = statistics.national.rows().iter().filter(|row| (table.holds)(row));
        tables.push(figures(table.name, rows, round));
        about.push((table.name, in_words(table.title, round)));
    }
    let mut notes = NOTES.to_vec();
    if let Some(table) = within::table(material) {
        tables.push(table);
        about.push((within::NAME, in_words(within::TITLE, round)));
        notes.extend(within::NOTES);
    }
    tables.push(participants(&statistics.coverage, round));
    about.push((PARTICIPANTS, "Authorities that registered, without any figure".to_owned()));
    Book {
        title: format!("{}: data tables", round.settings.title),
        published: round.settings.published,
        cover: cover(round, identity, &about, &notes),
        tables,
    }
}

fn cover(round: &Round, identity: &Identity, tables: &[(&str, String)], notes: &[(&str, &str)]) -> Vec<Line> {
    let settings = &round.settings;
    let line = |look, label: &str, text: String| Line { label: label.to_owned(), text, look };
    let status = match settings.status {
        Status::Synthetic => "Synthetic data: fictional authorities, not real results",
        Status::Provisional => "Provisional: figures may still change",
        Status::Final => "Final",
    };
    let mut lines = vec![
        line(Look::Title, &format!("{}: data tables", settings.title), String::new()),
        line(Look::Fact, "Status", status.to_owned()),
        line(Look::Fact, "Published", settings.published.long()),
        line(Look::Fact, "Term", in_words("“{Term}” stands for {terms}.", round)),
    ];
    lines.extend(identity.contact.iter().map(|contact| line(Look::Fact, CONTACT, contact.clone())));
    let licence = |name: &str, address: &str| line(Look::Fact, "Licence", format!("{name}: {address}"));
    lines.extend(identity.licence.iter().map(|one| licence(&one.name, &one.address)));
    lines.push(line(Look::Heading, "Sheet", "What it holds".to_owned()));
    lines.extend(tables.iter().map(|(name, title)| line(Look::Link, name, title.clone())));
    lines.push(line(Look::Heading, "Note", "Meaning".to_owned()));
    lines.extend(notes.iter().map(|(term, meaning)| line(Look::Note, term, in_words(meaning, round))));
    lines
}

/// The columns of figures with their titles.
fn columns() -> impl Iterator<Item = (&'static str, Column)> {
    COLUMNS.into_iter().filter_map(|column| Some((column.title?, column)))
}

fn figures<'a>(name: &'static str, rows: impl Iterator<Item = &'a Statistic>, round: &Round) -> Sheet {
    let heading = |(title, column): (&str, Column)| Heading {
        title: in_words(title, round),
        width: if WIDE.contains(&column.id) { 26 } else { 14 },
    };
    let cells = |row: &Statistic| columns().map(|(_, column)| column.cell(row, round)).collect();
    Sheet { name, columns: columns().map(heading).collect(), rows: rows.map(cells).collect() }
}

/// The sheet of those who registered.
const PARTICIPANTS: &str = "Participants";

/// Who registered, without any figure.
fn participants(coverage: &Coverage, round: &Round) -> Sheet {
    let heading = |(title, width): (&str, u16)| Heading { title: title.to_owned(), width };
    let rows = coverage.participants.iter().map(|one| {
        let answer = match one.participation {
            Participation::Submitted => "Submitted",
            Participation::Rejected => "Left out: errors",
            Participation::NotSubmitted => "Not submitted",
        };
        // A sheet has no blank cells.
        let group = one.authority.group.as_deref().map_or("None", |id| round.group_name(id));
        let group = round.settings.groups.as_ref().map(|_| group);
        let places = [&*one.authority.name, &one.authority.region, &one.authority.kind];
        places.into_iter().chain(group).chain([answer]).map(|text| Cell::Word(text.to_owned())).collect()
    });
    let places = [("Authority", 40), ("Region", 26), ("Type", 26)];
    let group = round.settings.groups.as_ref().map(|_| ("Group", 26));
    Sheet {
        name: PARTICIPANTS,
        columns: places.into_iter().chain(group).chain([("Return", 18)]).map(heading).collect(),
        rows: rows.collect(),
    }
}
