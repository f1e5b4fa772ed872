//! Starts a round from the newest one: its settings with the dates moved on, the register, and what to do next.

use std::fs;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::{Date, Round, Settings, check};
use crate::configuration;
use crate::standard::Standard;

/// Settings that are about one year alone, and are left out of the next.
const OF_ONE_YEAR: [&str; 4] = ["breaks:", "correction:", "embargo:", "settled:"];

/// The files of a new round: paths inside its folder, and their bytes.
pub fn start(newest: &Round, standard: &Standard, year: i32) -> Result<Vec<(String, Vec<u8>)>> {
    let before = newest.settings.year;
    ensure!(year > before, "the newest round is {before}: a new one is of a later year");
    let read = |name: &str| {
        let path = newest.folder.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let settings = settings(&read("round.yaml")?, before, year)?;
    let known: Settings = configuration::parse(&settings, "round.yaml").map_err(|error| anyhow!(error))?;
    check(&known, year, standard).with_context(|| format!("the settings of {before} do not fit {year}"))?;
    let files = [
        ("round.yaml", settings),
        ("authorities.csv", read("authorities.csv")?),
        ("CHECKLIST.md", checklist(&known)),
        ("submissions/.gitkeep", String::new()),
    ];
    Ok(files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect())
}

/// The text of `round.yaml` with its comments: years moved on, the status provisional, what was of one year left out.
fn settings(text: &str, before: i32, year: i32) -> Result<String> {
    let mut lines = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        let nested = line.starts_with([' ', '-']) && !line.trim().is_empty();
        skipping = OF_ONE_YEAR.iter().any(|key| line.starts_with(key)) || (skipping && nested);
        if skipping {
            continue;
        }
        let dated =
            ["year:", "title:", "published:", "window:", "snapshot:", "  opens:", "  closes:", "  next_release:"];
        lines.push(match line.split_once(':').map(|(key, _)| key) {
            Some("status") => {
                let comment = line.split_once('#').map(|(_, comment)| format!(" #{comment}")).unwrap_or_default();
                format!("status: provisional{comment}")
            }
            Some(_) if dated.iter().any(|key| line.starts_with(key)) => moved(line, year - before),
            _ => line.to_owned(),
        });
    }
    if !lines.iter().any(|line| *line == format!("year: {year}")) {
        bail!("`year` does not stand on a line of its own in round.yaml");
    }
    Ok(lines.join("\n") + "\n")
}

/// A line with every year in it moved on; 29 February becomes the 28th where the year has none.
fn moved(line: &str, years: i32) -> String {
    let (content, comment) = line.split_once(" #").map_or((line, None), |(content, comment)| (content, Some(comment)));
    let mut text = String::new();
    let mut rest = content;
    while let Some(at) = rest.find("20") {
        let word = rest.get(at..at + 4).filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_digit());
        let alone =
            apart(rest[..at].chars().next_back()) && apart(rest.get(at + 4..).and_then(|rest| rest.chars().next()));
        text.push_str(&rest[..at]);
        match word.filter(|_| alone).and_then(|word| word.parse::<i32>().ok()) {
            Some(year) => {
                text.push_str(&(year + years).to_string());
                rest = &rest[at + 4..];
                let leap = time::util::is_leap_year(year + years);
                if let Some(after) = rest.strip_prefix("-02-29").filter(|_| !leap) {
                    text.push_str("-02-28");
                    rest = after;
                }
            }
            None => {
                text.push_str("20");
                rest = &rest[at + 2..];
            }
        }
    }
    text.push_str(rest);
    comment.map_or(text.clone(), |comment| format!("{text} #{comment}"))
}

fn checklist(settings: &Settings) -> String {
    let year = settings.year;
    let on = |date: Option<Date>| date.map_or("no date yet".to_owned(), Date::long);
    let window = settings.window.as_ref();
    format!(
        "# Round {year}: what to do\n\n\
         - [ ] Read `round.yaml`: dates, pay bands, indicators and terms came from the round before, with the years moved on.\n\
         - [ ] Where a definition or the pay bands changed, say so under `breaks`: figures before and after are not joined then.\n\
         - [ ] Read `authorities.csv`: who takes part, and codes and names that changed; what became of areas goes into `../area-changes.csv`.\n\
         - [ ] `scwres workbook {year} --all`: a collection workbook for each authority. Send them when the window opens ({opens}).\n\
         - [ ] `scwres checker {year} --all`: a page for each authority that checks its return before it sends it. Send each with its own workbook: it holds its counts of the round before.\n\
         - [ ] Put what comes back into `submissions/`, as it came: `.xlsx`, `.ods` or `.csv`, one file for each authority.\n\
         - [ ] Put the plans that authorities made after the last report into `plans/`, as CSV, each named after its authority's code.\n\
         - [ ] `scwres check {year} --pages`, as often as files come in: send each authority its page and its marked workbook.\n\
         - [ ] What an authority confirms although it looks wrong goes under `settled` in `round.yaml`, with the reason.\n\
         - [ ] After the window closes ({closes}): decide about returns that still have errors.\n\
         - [ ] Write this year's own words into `text/`: foreword, commentary, case studies.\n\
         - [ ] `scwres build {year}` (with `--without-rejected` if returns are left out): read the report and `checks/disclosure.csv`.\n\
         - [ ] After each later build, read `checks/changes.html`: what differs from the build before, and why.\n\
         - [ ] Have each point of `sign_off` checked and signed off: `scwres sign-off {year} data --by NAME --outcome TEXT`, and so on.\n\
         - [ ] Set `status: final`, `published` and `publication` (contact, lead statistician, next release, corrections), and build again.\n\
         - [ ] Take `embargo` out, where it was set, build, and put what is published on record: `scwres release {year}`.\n\
         - [ ] Write `contacts.csv` (`authority_code,name,email,confirmed`), and compare it with the covers of the returns.\n\
         - [ ] `scwres dispatch {year}`: read `index.html` in `output/{year}-dispatch/`, then send each authority its message, and each passphrase another way.\n\
         - [ ] `scwres --output public build {year} --edition public` for packs that anyone may read.\n",
        opens = on(window.map(|window| window.opens)),
        closes = on(window.map(|window| window.closes)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_move_on_and_comments_and_other_numbers_stay() {
        assert_eq!(moved("title: Standard 2024 # of 2024", 1), "title: Standard 2025 # of 2024");
        assert_eq!(
            moved("window: {opens: 2024-09-02, closes: 2024-02-29}", 1),
            "window: {opens: 2025-09-02, closes: 2025-02-28}"
        );
        assert_eq!(moved("title: 12024 and 203", 2), "title: 12024 and 203");
        assert_eq!(moved("title: §2024", 3), "title: §2027");
    }

    #[test]
    fn what_was_of_one_year_is_left_out() {
        let text = "year: 2024\nstatus: final # or final\nbreaks:\n  \"6\": other\nsettled:\n- {rule: change}\nterms: {a: b}\n";
        assert_eq!(settings(text, 2024, 2026).unwrap(), "year: 2026\nstatus: provisional # or final\nterms: {a: b}\n");
    }
}
