//! Reads the file of changes; every mistake in it is told at once, with its line and how to mend it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Change, Changes, Kind};
use crate::configuration::{Date, as_near, nearest};
use crate::finding::{plural, quoted};

/// The columns.
const HEADER: [&str; 4] = ["from", "to", "date", "kind"];

/// What letters the codes of authorities with social care duties begin with, in England.
const FAMILIES: [&str; 4] = ["E06", "E08", "E09", "E10"];

/// The codes that registers hold.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Those of the list of England.
    pub england: BTreeSet<String>,
    /// Those of the rounds' registers.
    pub registered: BTreeSet<String>,
}

impl Known {
    fn holds(&self, code: &str) -> bool {
        self.england.contains(code) || self.registered.contains(code)
    }

    /// A help that names the code that was meant, if one is near.
    fn near(&self, code: &str) -> String {
        match as_near(code, self.england.union(&self.registered).map(String::as_str))[..] {
            [near] => format!("did you mean `{near}`?"),
            _ => "write the code as the register of area codes has it".to_owned(),
        }
    }
}

/// A change and the line that it stands on.
struct Line {
    number: u64,
    change: Change,
}

/// Mistakes, in the order in which they are found.
#[derive(Default)]
struct Mistakes(Vec<(u64, String)>);

impl Mistakes {
    fn tell(&mut self, line: u64, column: &str, found: &str, message: &str, help: &str) {
        let column = if column.is_empty() { String::new() } else { format!(", column {column}") };
        let found = if found.is_empty() { String::new() } else { format!(": found {}", quoted(found)) };
        self.0.push((line, format!("  line {line}{column}{found}: {message}\n    help: {help}\n")));
    }
}

impl Changes {
    /// Reads the file, which need not be there; `known` are the codes of the data folder's registers.
    pub fn read(path: &Path, known: &Known) -> Result<Self> {
        if !path.is_file() {
            return Ok(Self::default());
        }
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut mistakes = Mistakes::default();
        let lines = lines(&bytes, &mut mistakes).with_context(|| format!("cannot read {}", path.display()))?;
        check(&lines, known, &mut mistakes);
        if !mistakes.0.is_empty() {
            mistakes.0.sort_by_key(|(line, _)| *line);
            mistakes.0.dedup();
            let texts: String = mistakes.0.iter().map(|(_, text)| text.as_str()).collect();
            bail!("{} cannot be used: {}\n{}", path.display(), plural(mistakes.0.len(), "mistake"), texts.trim_end());
        }
        let mut changes: Vec<Change> = lines.into_iter().map(|line| line.change).collect();
        changes.sort_by(|one, other| (one.date, &one.from, &one.to).cmp(&(other.date, &other.from, &other.to)));
        Ok(Self(changes))
    }
}

/// The lines that can be read. What begins with `#` is a remark.
fn lines(bytes: &[u8], mistakes: &mut Mistakes) -> Result<Vec<Line>> {
    let text = std::str::from_utf8(bytes).context("it holds letters that are not UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let of_changes = |(_, line): &(u64, &str)| !line.trim().is_empty() && !line.starts_with('#');
    let mut rows = (1..).zip(text.lines()).filter(of_changes).map(|(number, line)| anyhow::Ok((number, fields(line)?)));
    let (number, header) = rows.next().transpose()?.unwrap_or((1, Vec::new()));
    if header != HEADER {
        let message = "the columns are from, to, date and kind, in this order";
        mistakes.tell(number, "", &header.join(","), message, "write the line `from,to,date,kind` above the changes");
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for row in rows {
        let (number, record): (u64, Vec<String>) = row?;
        if record.len() != HEADER.len() {
            let found = record.join(",");
            mistakes.tell(
                number,
                "",
                &found,
                "a line has four fields",
                "write from, to, date and kind, and nothing else",
            );
            continue;
        }
        let (date, kind) = (Date::parse(&record[2]), Kind::ALL.into_iter().find(|kind| kind.id() == record[3]));
        if date.is_err() {
            let help = "write the first day of the new area, such as 2023-04-01";
            mistakes.tell(number, "date", &record[2], "this is not a date", help);
        }
        if kind.is_none() {
            let near = nearest(&record[3], Kind::ALL.into_iter().map(Kind::id)).unwrap_or("recoded");
            let message = "a change is recoded, merged, split or part";
            mistakes.tell(number, "kind", &record[3], message, &format!("did you mean `{near}`?"));
        }
        let (from, to) = (record[0].to_owned(), record[1].to_owned());
        let mut codes = true;
        for (column, code) in [("from", &from), ("to", &to)] {
            if !is_code(code) {
                codes = false;
                let help = "a code is a letter and digits, such as E06000066";
                mistakes.tell(number, column, code, "this is no area's code", help);
            }
        }
        if let (Ok(date), Some(kind), true) = (date, kind, codes) {
            lines.push(Line { number, change: Change { from, to, date, kind } });
        }
    }
    Ok(lines)
}

/// The fields of a line.
fn fields(line: &str) -> Result<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(line.as_bytes());
    let record = reader.records().next().transpose()?.unwrap_or_default();
    Ok(record.iter().map(str::to_owned).collect())
}

/// A letter and digits; of England's codes only those of authorities with social care duties.
fn is_code(code: &str) -> bool {
    let mut letters = code.chars();
    let shaped = letters.next().is_some_and(|letter| letter.is_ascii_uppercase())
        && code.len() > 1
        && letters.all(|letter| letter.is_ascii_digit());
    let of_england = code.starts_with('E') && code.len() == 9;
    shaped && (!of_england || FAMILIES.iter().any(|family| code.starts_with(family)))
}

fn check(lines: &[Line], known: &Known, mistakes: &mut Mistakes) {
    for (place, line) in lines.iter().enumerate() {
        let Change { from, to, .. } = &line.change;
        if from == to {
            let message = "an area does not become itself";
            mistakes.tell(line.number, "to", to, message, "leave the line out, or write the code that it has now");
        }
        let same = |other: &&Line| (&other.change.from, &other.change.to) == (from, to);
        if let Some(first) = lines[..place].iter().find(same) {
            let help = format!("keep one of them; the first is line {}", first.number);
            mistakes.tell(line.number, "", &format!("{from},{to}"), "the two codes stand twice", &help);
        }
    }
    by_kind(lines, mistakes);
    in_time(lines, mistakes);
    codes(lines, known, mistakes);
}

/// A split has several parts, a merger several areas, and a new code is that of one.
fn by_kind(lines: &[Line], mistakes: &mut Mistakes) {
    for line in lines {
        let Change { from, to, date, kind } = &line.change;
        let on_that_day = || lines.iter().map(|line| &line.change).filter(|other| other.date == *date);
        let of_kind = |other: &&Change| other.kind == *kind;
        match kind {
            Kind::Split if on_that_day().filter(of_kind).filter(|other| other.from == *from).count() < 2 => {
                let message = "the area is split into one: the other parts are missing";
                let help = "write a line for each area that it was split into, or `recoded` if it is whole";
                mistakes.tell(line.number, "kind", kind.id(), message, help);
            }
            Kind::Merged if on_that_day().filter(of_kind).filter(|other| other.to == *to).count() < 2 => {
                let message = "a merger of one area";
                let help = "write a line for each area that went into it, or `recoded` if it was one alone";
                mistakes.tell(line.number, "kind", kind.id(), message, help);
            }
            Kind::Recoded => {
                let others = on_that_day().filter(|other| *other != &line.change && other.kind != Kind::Part);
                if others.clone().any(|other| other.from == *from || other.to == *to) {
                    let message = "a new code is that of one area, and this one has others on the same day";
                    let help = "write `merged` where areas became one, `split` where one became several";
                    mistakes.tell(line.number, "kind", kind.id(), message, help);
                }
            }
            Kind::Split | Kind::Merged | Kind::Part => {}
        }
    }
}

/// An area ends once, and not before it began; nothing comes back.
fn in_time(lines: &[Line], mistakes: &mut Mistakes) {
    let whole = |line: &&Line| line.change.kind != Kind::Part;
    for line in lines.iter().filter(whole) {
        let Change { from, date, kind, .. } = &line.change;
        for other in lines.iter().filter(whole).filter(|other| other.change.to == *from && !is_same(other, line)) {
            if other.change.date == *date {
                let message = "the area came to be on this very day: it changes twice";
                let help = format!("write what became of it in one line, with that of line {}", other.number);
                mistakes.tell(line.number, "date", &date.iso(), message, &help);
            } else if other.change.date > *date && !returns(lines, from) {
                let message = format!("{from} came to be on {} only", other.change.date.long());
                let help = format!("correct the date here or in line {}", other.number);
                mistakes.tell(line.number, "date", &date.iso(), &message, &help);
            }
        }
        let twice = |other: &&Line| other.change.from == *from && other.number < line.number;
        if let Some(first) = lines.iter().filter(whole).find(twice) {
            if first.change.date != *date {
                let message = format!("{from} ended on {} already", first.change.date.long());
                let help = format!("correct the code or the date here or in line {}", first.number);
                mistakes.tell(line.number, "from", from, &message, &help);
            } else if first.change.kind != *kind && ![first.change.kind, *kind].contains(&Kind::Recoded) {
                let message = "the area is split and merged on one day";
                let help = format!(
                    "what goes whole into another is `merged`; a share of it is `part`; see line {}",
                    first.number
                );
                mistakes.tell(line.number, "kind", kind.id(), message, &help);
            }
        }
        if returns(lines, from) {
            let message = "the codes go in a circle: an area does not come back under a code that it had";
            mistakes.tell(line.number, "from", from, message, "see which of the lines of this code is wrong");
        }
    }
}

fn is_same(one: &Line, other: &Line) -> bool {
    one.number == other.number
}

/// Whether what became of a code leads back to it.
fn returns(lines: &[Line], code: &str) -> bool {
    let whole: Vec<&Change> =
        lines.iter().map(|line| &line.change).filter(|one| one.kind != Kind::Part && one.from != one.to).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut left = vec![code];
    while let Some(next) = left.pop() {
        for change in whole.iter().filter(|change| change.from == next) {
            if change.to == code {
                return true;
            }
            if seen.insert(&change.to) {
                left.push(&change.to);
            }
        }
    }
    false
}

/// Codes that no register and no other line knows.
fn codes(lines: &[Line], known: &Known, mistakes: &mut Mistakes) {
    let followed: BTreeMap<&str, u64> = lines.iter().map(|line| (line.change.from.as_str(), line.number)).collect();
    for line in lines {
        let Change { from, to, kind, .. } = &line.change;
        let goes_on = followed.contains_key(to.as_str()) && to != from;
        if known.england.contains(from) && known.england.contains(to) && *kind != Kind::Part {
            let message = format!("{from} and {to} are both in the list of England, and one became the other");
            mistakes.tell(
                line.number,
                "from",
                from,
                &message,
                "take the earlier code out of england-authorities.csv, or this line",
            );
        } else if !known.holds(to) && !goes_on && !known.england.contains(from) {
            // The list of England has the codes of one day: those before the change, or those after it.
            let of_england = to.starts_with('E') && !known.england.is_empty();
            if of_england || !known.holds(from) {
                let message = "the code is in no register, and nothing became of it since";
                mistakes.tell(line.number, "to", to, message, &known.near(to));
            }
        }
    }
}
