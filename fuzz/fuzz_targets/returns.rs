//! Small rounds of returns in every mixture of detail, made from any bytes, and what has to hold of each.

#![allow(clippy::panic, clippy::unwrap_used, reason = "in a test a panic is the report")]
#![allow(dead_code, reason = "not everybody who includes it looks at everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use scwres::finding::Finding;
use scwres::statistics::{self, AreaType, Edition, GroupFigures, Protection, Scope, Statistic, Statistics};
use scwres::{authority, round, standard, submissions};

const GROUPS: [&str; 4] = ["asian", "black", "mixed", "other"];
const BANDS: [&str; 3] = ["low", "middle", "high"];
const SIZES: [u64; 12] = [0, 0, 1, 2, 3, 5, 9, 10, 12, 33, 71, 240];
const SHARES: [u64; 8] = [0, 0, 5, 10, 30, 60, 90, 100];
const MEASURES: [(&str, Option<&str>); 13] = [
    ("staff", None),
    ("shortlisted", None),
    ("appointed", Some("shortlisted")),
    ("disciplinary", Some("staff")),
    ("regulated_staff", Some("staff")),
    ("fitness_to_practise", Some("regulated_staff")),
    ("cpd", Some("staff")),
    ("survey_respondents", None),
    ("abuse_public", Some("survey_respondents")),
    ("abuse_colleagues", Some("survey_respondents")),
    ("abuse_managers", Some("survey_respondents")),
    ("leavers", Some("staff")),
    ("senior_managers", Some("staff")),
];

/// Decisions from bytes: when they are used up, always the first.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    fn below(&mut self, number: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % number
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Asian, Black, Mixed, Other, White, unknown.
type People = [u64; 6];

/// How a row's minoritised people are given; the commonest first.
#[derive(Clone, Copy)]
enum Detail {
    Groups,
    Total,
    Both,
    Part,
    PartAndTotal,
    Nothing,
}

const DETAILS: [Detail; 8] = [
    Detail::Groups,
    Detail::Total,
    Detail::Both,
    Detail::Part,
    Detail::PartAndTotal,
    Detail::Groups,
    Detail::PartAndTotal,
    Detail::Nothing,
];

/// In which services a measure is given; the commonest first.
const SERVICES: [&[&str]; 6] =
    [&["adults", "childrens"], &["adults"], &["combined"], &["adults", "childrens"], &["combined"], &["childrens"]];

fn add(one: People, other: People) -> People {
    std::array::from_fn(|place| one[place] + other[place])
}

fn part(choices: &mut Choices<'_>, whole: People) -> People {
    let share = choices.of(&SHARES);
    let mut part = whole.map(|people| people * share / 100);
    // One cell of its own size.
    let cell = choices.below(12);
    if cell < 6 {
        part[cell] = part[cell].saturating_add(choices.of(&[0, 1, 2])).min(whole[cell]);
    }
    part
}

/// What each service counts, in truth: a row for each measure and pay band.
fn truth(choices: &mut Choices<'_>) -> BTreeMap<(&'static str, &'static str), People> {
    let mut rows: BTreeMap<(&str, &str), People> = BTreeMap::new();
    let size = choices.of(&[1, 1, 4]);
    let people = |choices: &mut Choices<'_>| -> People {
        let mut people = [0; 6].map(|_: u64| choices.of(&SIZES) * size);
        people[4] = people[4] * 3 + 5;
        people
    };
    for (measure, whole) in MEASURES {
        let row = match whole {
            None => people(choices),
            Some(whole) => {
                let whole = rows[&(whole, "")];
                part(choices, whole)
            }
        };
        rows.insert((measure, ""), row);
    }
    let mut left = rows[&("staff", "")];
    for band in BANDS {
        let row = if band == "high" && choices.below(3) > 0 { left } else { part(choices, left) };
        left = std::array::from_fn(|cell| left[cell] - row[cell]);
        rows.insert(("staff_in_band", band), row);
    }
    rows
}

/// One row as it is given: lines of ethnicity and answer.
fn given(choices: &mut Choices<'_>, detail: Detail, people: People) -> Vec<(&'static str, String)> {
    let mut lines: Vec<(&str, Option<u64>)> = Vec::new();
    let total = people[..4].iter().sum();
    let groups = GROUPS.into_iter().zip(people).map(|(group, count)| (group, Some(count)));
    match detail {
        Detail::Groups => lines.extend(groups),
        Detail::Total => lines.push(("minoritised", Some(total))),
        Detail::Both => lines.extend(groups.chain([("minoritised", Some(total))])),
        Detail::Part | Detail::PartAndTotal => {
            let hidden = 1 + choices.below(14);
            let hide = |place: usize| hidden & (1 << place) != 0;
            lines.extend(groups.enumerate().map(|(place, (group, count))| (group, count.filter(|_| !hide(place)))));
            if matches!(detail, Detail::PartAndTotal) {
                lines.push(("minoritised", Some(total)));
            }
        }
        Detail::Nothing => lines.extend(GROUPS.map(|group| (group, None))),
    }
    let seldom = |choices: &mut Choices<'_>, count| Some(count).filter(|_| choices.below(12) != 11);
    let white = seldom(choices, people[4]);
    let unknown = seldom(choices, people[5]);
    lines.extend([("white", white), ("unknown", unknown)]);
    let mut written = Vec::new();
    for (group, count) in lines {
        match count {
            // Now and then somebody mistypes.
            Some(count) if choices.below(60) == 59 => {
                written.push((group, (count + choices.of(&[1, 3, 40])).to_string()))
            }
            Some(count) => written.push((group, count.to_string())),
            None => match choices.below(4) {
                0 => written.push((group, "x".to_owned())),
                1 => written.push((group, "z".to_owned())),
                2 => written.push((group, String::new())),
                _ => {}
            },
        }
    }
    written
}

/// One return as CSV.
pub fn submission(code: &str, choices: &mut Choices<'_>) -> String {
    let services = [truth(choices), truth(choices)];
    let usual = (choices.of(&SERVICES), choices.of(&DETAILS));
    let mut text = String::from("authority_code,service,measure,breakdown,ethnicity,count\n");
    let rows: Vec<(&str, &str)> = services[0].keys().copied().collect();
    let mut manner: BTreeMap<&str, (&[&str], Detail)> = BTreeMap::new();
    for (measure, band) in rows {
        let (given_for, detail) = *manner.entry(measure).or_insert_with(|| {
            let services = if choices.below(4) == 3 { choices.of(&SERVICES) } else { usual.0 };
            let detail = if choices.below(3) == 2 { choices.of(&DETAILS) } else { usual.1 };
            (services, detail)
        });
        let detail = if choices.below(8) == 7 { choices.of(&DETAILS) } else { detail };
        for service in given_for {
            if choices.below(40) == 39 {
                continue; // left out
            }
            let key = (measure, band);
            let people = match *service {
                "adults" => services[0][&key],
                "childrens" => services[1][&key],
                _ => add(services[0][&key], services[1][&key]),
            };
            for (group, answer) in given(choices, detail, people) {
                text += &format!("{code},{service},{measure},{band},{group},{answer}\n");
            }
        }
    }
    text
}

/// Writes a data folder with a small round 2024, and sometimes one before it.
pub fn write(bytes: &[u8], data: &Path, repository: &Path) {
    let mut choices = Choices(bytes);
    fs::create_dir_all(data).unwrap();
    for name in ["standard.yaml", "england-authorities.csv"] {
        fs::copy(repository.join("data").join(name), data.join(name)).unwrap();
    }
    let count = 1 + choices.of(&[3, 4, 5, 2, 1, 0]);
    let years: &[i32] = choices.of(&[&[2024], &[2024], &[2024], &[2023, 2024]]);
    let unknown = choices.of(&["exclude", "exclude", "include"]);
    let codes: Vec<String> = (1..=count).map(|number| format!("F{number:02}")).collect();
    let register: String = codes
        .iter()
        .enumerate()
        .map(|(place, code)| {
            let region = if place < 3 { "London" } else { "South West" };
            format!("{code},Place {code},Unitary authority,{region}\n")
        })
        .collect();
    for year in years {
        let folder = data.join(year.to_string());
        fs::create_dir_all(folder.join("submissions")).unwrap();
        let settings = fs::read_to_string(repository.join("tests/fixtures/round.yaml")).unwrap();
        let settings = settings.replace("2024", &year.to_string()).replace("2025", &(year + 1).to_string());
        let settled: String = codes
            .iter()
            .flat_map(|code| ["more-than-in-post", "change", "group-missing", "no-staff"].map(|rule| (code, rule)))
            .map(|(code, rule)| format!("  - {{authority: {code}, rule: {rule}, reason: \"they said so\"}}\n"))
            .collect();
        let settings = format!("{settings}unknown_ethnicity: {unknown}\nsettled:\n{settled}");
        fs::write(folder.join("round.yaml"), settings).unwrap();
        fs::write(folder.join("authorities.csv"), format!("code,name,type,region\n{register}")).unwrap();
        for code in &codes {
            fs::write(folder.join(format!("submissions/{code}.csv")), submission(code, &mut choices)).unwrap();
        }
    }
}

/// What is known of one authority's row: the cells as they were sent.
type Cells = BTreeMap<[String; 4], BTreeMap<String, u64>>;

fn cells(path: &Path) -> Cells {
    let mut cells = Cells::new();
    for line in fs::read_to_string(path).unwrap().lines().skip(1) {
        let [code, service, measure, band, group, answer] = line.split(',').collect::<Vec<_>>()[..] else { panic!() };
        if let Ok(count) = answer.parse() {
            let row = [code, service, measure, band].map(str::to_owned);
            cells.entry(row).or_default().insert(group.to_owned(), count);
        }
    }
    cells
}

/// Minoritised people (or one group of them) and white people of a row, where both were sent.
fn pair(cells: &Cells, row: [&str; 4], group: &str) -> Option<[u64; 2]> {
    let row = cells.get(&row.map(str::to_owned))?;
    let minoritised = match group {
        "" => row.get("minoritised").copied().or_else(|| GROUPS.iter().map(|group| row.get(*group).copied()).sum()),
        group => row.get(group).copied(),
    };
    Some([minoritised?, *row.get("white")?])
}

/// The four counts of one authority's figure, written from `docs/method.md` alone.
fn expected(cells: &Cells, code: &str, measures: [&str; 2], scope: Scope, group: &str) -> Option<[u64; 4]> {
    let of = |service: &str, measure: &str| pair(cells, [code, service, measure, ""], group);
    let counted = |service: &str, measure: &str| cells.contains_key(&[code, service, measure, ""].map(str::to_owned));
    let resolved = |measure: &str| {
        if counted("combined", measure) {
            return of("combined", measure);
        }
        let [a, b] = of("adults", measure)?;
        let [c, d] = of("childrens", measure)?;
        Some([a + c, b + d])
    };
    let services: &[&str] = match scope {
        Scope::All => &["adults", "childrens"],
        Scope::Adults => &["adults"],
        Scope::Childrens => &["childrens"],
    };
    let mut found = Vec::new();
    for service in services {
        if let (Some(above), Some(below)) = (of(service, measures[0]), of(service, measures[1])) {
            found.push([above[0], below[0], above[1], below[1]]);
        }
    }
    let combined = scope == Scope::All && measures.iter().any(|measure| counted("combined", measure));
    if let (true, Some(above), Some(below)) = (combined, resolved(measures[0]), resolved(measures[1])) {
        found.push([above[0], below[0], above[1], below[1]]);
    }
    let sum = |place: usize| found.iter().map(|counts| counts[place]).sum();
    (!found.is_empty()).then(|| std::array::from_fn(sum))
}

fn counts(figure: &Statistic) -> [Option<u64>; 4] {
    let Statistic { minoritised, white, .. } = figure;
    [minoritised.numerator, minoritised.denominator, white.numerator, white.denominator]
}

fn sound(figure: &Statistic) {
    let group = |group: &GroupFigures| {
        for value in [group.rate, group.lower, group.upper].into_iter().flatten() {
            assert!((0.0..=1.0).contains(&value), "a rate of {value}: {figure:?}");
        }
    };
    group(&figure.minoritised);
    group(&figure.white);
    if let Some(ratio) = figure.ratio {
        assert!(ratio.value.is_finite() && ratio.lower.is_finite() && ratio.upper.is_finite(), "{figure:?}");
        assert!(ratio.lower <= ratio.value && ratio.value <= ratio.upper, "{figure:?}");
    }
    let difference = figure.difference.map(|it| [Some(it.value), it.lower, it.upper]);
    let parity = figure.at_parity.map(|it| [Some(it.value), Some(it.lower), Some(it.upper)]);
    for value in [difference, parity].into_iter().flatten().flatten().flatten().chain(figure.p_value) {
        assert!(value.is_finite(), "{figure:?}");
    }
}

/// A data folder, read and checked: its newest round, with those before it.
pub struct Opened {
    standard: standard::Standard,
    england: Vec<authority::Authority>,
    earlier: Vec<(round::Round, submissions::Returns)>,
    pub round: round::Round,
    pub returns: submissions::Returns,
    pub findings: Vec<Finding>,
}

/// Reads and checks a data folder.
pub fn open(data: &Path) -> Opened {
    let standard = standard::read(data).unwrap();
    let england = authority::read(&data.join("england-authorities.csv")).unwrap();
    let mut rounds = Vec::new();
    let mut findings = Vec::new();
    for year in round::years(data).unwrap() {
        let round = round::read(data, year, &standard).unwrap();
        let before = rounds.last().map(|(_, returns): &(_, submissions::Returns)| returns);
        let read = submissions::read(&round, &standard, before).unwrap();
        findings = read.findings;
        rounds.push((round, read.value));
    }
    let (round, returns) = rounds.pop().unwrap();
    Opened { standard, england, earlier: rounds, round, returns, findings }
}

impl Opened {
    /// Measures the round, and asserts that every figure is sound and nothing that is withheld can be recovered.
    pub fn measured(&self, edition: Edition) -> Statistics {
        let Opened { standard, england, earlier, round, returns, .. } = self;
        let statistics =
            statistics::measure(standard, england, earlier, round, returns, edition, &Protection::default()).unwrap();
        if let Some(count) = statistics.withheld.iter().find(|count| !count.safe) {
            panic!("{edition:?}: {} of {} was recovered: {count:?}", count.figure, count.year);
        }
        let own = statistics.authorities.iter().flat_map(|one| one.figures.rows());
        statistics.national.rows().iter().chain(own).for_each(sound);
        statistics
    }
}

/// Measures the round in a data folder in both editions, and asserts what has to hold; says how many returns were accepted.
pub fn examine(data: &Path) -> usize {
    let opened = open(data);
    let accepted = &opened.returns.accepted;
    let mut sent = Cells::new();
    for code in accepted {
        sent.extend(cells(&opened.round.folder.join(format!("submissions/{code}.csv"))));
    }
    for edition in [Edition::Own, Edition::Public] {
        if !accepted.is_empty() {
            as_sent(&opened.measured(edition), &opened.standard, &sent, accepted, edition);
        }
    }
    accepted.len()
}

/// Every count is the sum of what was sent: of an authority in its own edition exactly, of England as it is rounded.
fn as_sent(
    statistics: &Statistics,
    standard: &standard::Standard,
    sent: &Cells,
    accepted: &[String],
    edition: Edition,
) {
    let own = statistics.authorities.iter().flat_map(|one| one.figures.rows());
    for figure in statistics.national.rows().iter().chain(own) {
        let indicator = standard.indicator(&figure.indicator).unwrap();
        let breakdown = figure.breakdown.to_string();
        let group = breakdown.strip_prefix("ethnicity:").unwrap_or_default();
        let of = |code: &String| {
            let measures = [indicator.numerator.as_str(), indicator.denominator.as_str()];
            expected(sent, code, measures, figure.scope, group)
        };
        if indicator.numerator == "staff_in_band" {
            continue;
        }
        let codes: BTreeSet<&String> = match figure.area.kind {
            AreaType::National => accepted.iter().collect(),
            AreaType::Authority => accepted.iter().filter(|code| **code == figure.area.code).collect(),
            _ => continue,
        };
        let found: Vec<[u64; 4]> = codes.into_iter().filter_map(of).collect();
        assert_eq!(figure.authorities, found.len(), "{figure:?}");
        let exact = edition == Edition::Own && figure.area.kind == AreaType::Authority;
        for (place, count) in counts(figure).into_iter().enumerate() {
            let sum: u64 = found.iter().map(|counts| counts[place]).sum();
            let step = figure.coarser.each()[place].1.unwrap_or(5);
            match count {
                Some(count) if exact => assert_eq!(count, sum, "{figure:?}"),
                Some(count) => {
                    assert!(2 * count.abs_diff(sum) <= step && (sum == 0) == (count == 0), "{sum}: {figure:?}");
                }
                None => assert!(!exact || found.is_empty(), "{sum}: {figure:?}"),
            }
        }
    }
}
