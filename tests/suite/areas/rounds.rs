//! Rounds in which areas change: registers and returns by fixed formulas.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::workplace::root;

/// The rounds.
pub const YEARS: [i32; 4] = [2021, 2022, 2023, 2024];

/// The changes, beside two that are real, so that England had 152 authorities in 2022 and 153 in 2023.
const CHANGES: &str = "from,to,date,kind
E10000021,E06000061,2021-04-01,split
E10000021,E06000062,2021-04-01,split
E10000006,E06000063,2023-04-01,split
E10000006,E06000064,2023-04-01,split
F06000011,F06000012,2022-04-01,recoded
F10000031,F06000032,2022-04-01,split
F10000031,F06000033,2022-04-01,split
F06000021,F06000023,2023-04-01,merged
F06000022,F06000023,2023-04-01,merged
F06000041,F06000042,2024-04-01,part
F06000041,F06000043,2024-04-01,part
";

/// Who returns in a year: the code, the size, and the members of a joint return.
pub fn register(year: i32) -> Vec<(String, u64, &'static str)> {
    let mut all: Vec<(String, u64, &str)> =
        (1..=8).map(|number| (format!("F0600000{number}"), 20 + number, "")).collect();
    let mut add = |code: &str, size: u64, members: &'static str| all.push((code.to_owned(), size, members));
    add(if year < 2022 { "F06000011" } else { "F06000012" }, 31, "");
    match year {
        2021 | 2022 => {
            ["F06000021", "F06000022"].into_iter().zip([22, 27]).for_each(|(code, size)| add(code, size, ""))
        }
        _ => add("F06000023", 50, ""),
    }
    match year {
        2021 => add("F10000031", 58, ""),
        _ => ["F06000032", "F06000033"].into_iter().zip([33, 26]).for_each(|(code, size)| add(code, size, "")),
    }
    ["F06000041", "F06000042", "F06000043"].into_iter().for_each(|code| add(code, 24, ""));
    match year {
        2021 => ["F09000051", "F09000052"].into_iter().for_each(|code| add(code, 21, "")),
        _ => add("F09000051", 43, "F09000051;F09000052"),
    }
    match year {
        2024 => ["F09000061", "F09000062"].into_iter().for_each(|code| add(code, 23, "")),
        _ => add("F09000060", 45, "F09000061 F09000062"),
    }
    all
}

/// A return of adults' services; events differ between authorities and years.
pub fn submission(code: &str, size: u64, year: i32) -> String {
    let groups = [("asian", 4), ("black", 6), ("mixed", 3), ("other", 2), ("white", 45), ("unknown", 3)];
    let measures = [
        ("staff", "", 100, false),
        ("staff_in_band", "low", 50, false),
        ("staff_in_band", "middle", 40, false),
        ("staff_in_band", "high", 10, false),
        ("shortlisted", "", 60, false),
        ("appointed", "", 20, true),
        ("disciplinary", "", 5, true),
        ("regulated_staff", "", 30, false),
        ("fitness_to_practise", "", 4, true),
        ("cpd", "", 40, true),
        ("survey_respondents", "", 50, false),
        ("abuse_public", "", 20, true),
        ("abuse_colleagues", "", 15, true),
        ("abuse_managers", "", 10, true),
        ("leavers", "", 15, true),
        ("senior_managers", "", 6, true),
    ];
    let number: u64 = code[1..].parse().unwrap();
    let mut text = String::from("authority_code,service,measure,breakdown,ethnicity,count\n");
    for (place, (measure, band, share, event)) in (1..).zip(measures) {
        for (next, (group, weight)) in (1..).zip(groups) {
            let more = (number * 7 + u64::from(year.unsigned_abs()) * 3 + place * 5 + next * 11) % 9;
            let count = size * weight * share / 100 + if event { more } else { 0 };
            writeln!(text, "{code},adults,{measure},{band},{group},{count}").unwrap();
        }
    }
    text
}

/// The four rounds in a folder of their own.
pub fn four_rounds() -> TempDir {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    begin(&data, CHANGES);
    for year in YEARS {
        let all = register(year);
        let returns: Vec<(&str, String)> =
            all.iter().map(|(code, size, _)| (code.as_str(), submission(code, *size, year))).collect();
        write_round(&data, year, &returns);
    }
    folder
}

/// A data folder with these changes and no round yet.
pub fn begin(data: &Path, changes: &str) {
    fs::create_dir_all(data).unwrap();
    for name in ["standard.yaml", "england-authorities.csv"] {
        fs::copy(root().join("data").join(name), data.join(name)).unwrap();
    }
    fs::write(data.join("area-changes.csv"), changes).unwrap();
}

/// A round with these returns; whose are joint, the four rounds' register tells.
pub fn write_round(data: &Path, year: i32, returns: &[(&str, String)]) {
    let round = data.join(year.to_string());
    fs::create_dir_all(round.join("submissions")).unwrap();
    let settings = fs::read_to_string(root().join("tests/fixtures/round.yaml")).unwrap();
    let settings = settings.replace("2025-05-13", &format!("{}-05-13", year + 1)).replace("2024", &year.to_string());
    let window = format!("window: {{opens: {year}-09-01, closes: {year}-10-31}}\n");
    fs::write(round.join("round.yaml"), settings + &window).unwrap();
    let joint: BTreeMap<String, &str> = register(year).into_iter().map(|(code, _, members)| (code, members)).collect();
    let mut lines = String::from("code,name,type,region,members\n");
    for (code, text) in returns {
        let members = joint.get(*code).copied().unwrap_or_default();
        writeln!(lines, "{code},Council {},Unitary authority,South West,{members}", letters(code)).unwrap();
        fs::write(round.join("submissions").join(format!("{code}.csv")), text).unwrap();
    }
    fs::write(round.join("authorities.csv"), lines).unwrap();
}

/// The digits of a code as letters: names hold none.
fn letters(code: &str) -> String {
    code[1..].bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}
