//! Every number in print: equal to what another program computed, and in every document a figure's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::disclosure::records;
use crate::workplace::{files, root, scwres};

/// The fixture of six authorities and two rounds, built.
pub fn six_authorities() -> TempDir {
    let folder = TempDir::new().unwrap();
    let fixture = root().join("tests/fixtures/six-authorities/data");
    for file in files(&fixture) {
        let target = folder.path().join("data").join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(fixture.join(&file), target).unwrap();
    }
    for name in ["standard.yaml", "england-authorities.csv"] {
        fs::copy(root().join("data").join(name), folder.path().join("data").join(name)).unwrap();
    }
    let (data, output) = (folder.path().join("data"), folder.path().join("output"));
    scwres(&data, &root().join("report-templates"), &output).arg("build").assert().success();
    folder
}

/// What is printed for each figure, by its id; of `figures.csv` or of what is expected.
pub fn printed(path: &Path) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut printed = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let (id, text) = (record[0].to_owned(), record[1].to_owned());
        let before = printed.insert(id.clone(), text.clone());
        assert!(before.is_none_or(|before| before == text), "{id} is printed in two ways");
    }
    printed
}

/// The rows of the data of a year, by the beginning of the ids of their numbers.
fn rows(year: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let paths = files(year).into_iter().filter(|path| path.ends_with("indicators.csv") || path.ends_with("data.csv"));
    let id = |row: &BTreeMap<String, String>| {
        let parts = ["year", "area_code", "indicator", "service", "breakdown"].map(|column| row[column].as_str());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    };
    paths.flat_map(|path| records(&year.join(path))).map(|row| (id(&row), row)).collect()
}

/// The cells that hold a part of a figure: two for an interval.
fn cells(row: &BTreeMap<String, String>, part: &str) -> Option<Vec<String>> {
    let band = !row["breakdown"].is_empty() && !row["breakdown"].starts_with("ethnicity");
    let limits = if band { "minoritised_rate_interval" } else { "interval" } == part;
    let columns = if limits { vec!["lower_95", "upper_95"] } else { vec![part] };
    columns.into_iter().map(|column| row.get(column).cloned()).collect()
}

/// Whether what is to be printed and the cells are the same numbers.
fn agree(printed: &str, cells: &[String]) -> bool {
    if printed.starts_with('[') {
        return cells.iter().all(String::is_empty);
    }
    let number = |text: &str| -> f64 {
        let scale = if text.ends_with('%') { 0.01 } else { 1.0 };
        let text: String = text.replace('−', "-").chars().filter(|letter| !"%,+<>".contains(*letter)).collect();
        text.parse::<f64>().unwrap() * scale
    };
    let printed: Vec<f64> = printed.split(" to ").map(number).collect();
    // A difference is printed in points, without a sign that says so.
    let same = |(one, cell): (&f64, &String)| {
        cell.parse::<f64>().is_ok_and(|cell| (one - cell).abs() < 1e-9 || (one / 100.0 - cell).abs() < 1e-9)
    };
    printed.len() == cells.len() && printed.iter().zip(cells).all(same)
}

#[test]
fn what_another_program_computed_is_what_is_printed() {
    let folder = six_authorities();
    let expected = printed(&root().join("tests/fixtures/six-authorities/expected/figures.csv"));
    let found = printed(&folder.path().join("output/2024/figures.csv"));
    let rows = rows(&folder.path().join("output/2024"));
    let (mut in_data, mut nowhere) = (0, BTreeSet::new());
    for (id, text) in &expected {
        let (row, part) = id.rsplit_once('/').unwrap();
        if let Some(found) = found.get(id) {
            assert_eq!(found, text, "{id}");
        } else if let Some(cells) = rows.get(row).and_then(|row| cells(row, part)) {
            assert!(agree(text, &cells), "{id} is {text}, and in the data {cells:?}");
            in_data += 1;
        } else {
            let parts: Vec<&str> = id.split('/').collect();
            nowhere.insert((parts[0], parts[1], part));
        }
    }
    // The report tells cases at parity roughly, no differences of rates, and of an earlier round only what the same authorities
    // can be compared by; packs tell cases at parity where a result is adverse, and of earlier rounds the values.
    let left_out = [
        ("2023", "england", &["interval", "minoritised_rate", "minoritised_rate_interval", "relative_likelihood"][..]),
        ("2023", "matched-2023-2024", &["interval", "minoritised_rate_interval"]),
        ("2024", "england", &["at_parity", "at_parity_interval", "difference_interval"]),
        ("2024", "matched-2023-2024", &["interval", "minoritised_rate_interval"]),
    ];
    let left_out = left_out.iter().flat_map(|(year, area, parts)| parts.iter().map(move |part| (*year, *area, *part)));
    let packs = ["F06000907", "F06000908", "F06000909", "F08000901", "F08000902", "F08000903"];
    let of_packs = packs
        .iter()
        .flat_map(|area| ["at_parity", "at_parity_interval", "difference_interval"].map(|part| ("2024", *area, part)));
    let areas = ["metropolitan-district", "unitary-authority", "yorkshire-and-the-humber"];
    let of_areas = areas
        .iter()
        .flat_map(|area| ["at_parity", "at_parity_interval", "difference_interval"].map(|part| ("2024", *area, part)));
    let of_rounds =
        packs[3..].iter().flat_map(|area| ["interval", "minoritised_rate_interval"].map(|part| ("2023", *area, part)));
    assert_eq!(nowhere, left_out.chain(of_packs).chain(of_areas).chain(of_rounds).collect());
    assert!(in_data < 4000, "{in_data} numbers stand in the data only");
    assert!(expected.len() > 6000);
}

/// What another program found of the fixture beside its printed figures: ids with a value or none.
fn seen() -> Vec<(Vec<String>, String)> {
    let path = root().join("tests/fixtures/six-authorities/expected/seen.csv");
    let records = csv::Reader::from_path(path).unwrap().into_records().map(Result::unwrap);
    records.map(|record| (record[0].split('/').map(str::to_owned).collect(), record[1].to_owned())).collect()
}

#[test]
fn what_another_program_says_could_have_been_seen_is_in_the_data() {
    let folder = six_authorities();
    let year = folder.path().join("output/2024");
    let tables = files(&year).into_iter().filter(|file| file.ends_with("indicators.csv") || file.ends_with("data.csv"));
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for table in tables {
        for row in crate::disclosure::records(&year.join(table)) {
            let breakdown = row["breakdown"].clone();
            let name = ["2024", &row["area_code"], &row["indicator"], &row["service"], &breakdown];
            let name: Vec<&str> = name.into_iter().filter(|part| !part.is_empty()).collect();
            for part in ["detectable_below", "detectable_above"] {
                found.insert(format!("{}/{part}", name.join("/")), row[part].clone());
            }
        }
    }
    let mut compared = 0;
    for (id, value) in seen().into_iter().filter(|(id, _)| id.last().is_some_and(|part| part != "together")) {
        let id = id.join("/");
        assert_eq!(found.get(&id), Some(&value), "{id}");
        compared += 1;
    }
    assert_eq!(compared, 1890);
}

#[test]
fn an_authoritys_rounds_together_are_those_of_another_program() {
    let folder = six_authorities();
    let mut compared = 0;
    for (id, value) in seen().into_iter().filter(|(id, _)| id.last().is_some_and(|part| part == "together")) {
        let output = scwres(&folder.path().join("data"), &root().join("report-templates"), folder.path())
            .args(["explain", "2024", &id[1], &id[2], "--format", "json", "--edition", "own"])
            .output()
            .unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let ratio = &found["together"]["ratio"];
        for (part, expected) in ["value", "lower", "upper"].into_iter().zip(value.split(' ')) {
            let (found, expected): (f64, f64) = (ratio[part].as_f64().unwrap(), expected.parse().unwrap());
            assert!((found - expected).abs() < 1e-9, "{id:?} {part}: {found} is not {expected}");
            compared += 1;
        }
    }
    assert_eq!(compared, 3 * 27);
}

/// A copy of the templates beside the built fixture.
fn templates(folder: &TempDir) -> PathBuf {
    let templates = folder.path().join("templates");
    for file in files(&root().join("report-templates")) {
        let target = templates.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(root().join("report-templates").join(&file), target).unwrap();
    }
    templates
}

/// Builds with one place of a template written in another way, which has to be refused; gives what is said.
fn refused(folder: &TempDir, templates: &Path, file: &str, from: &str, to: &str) -> String {
    let text = fs::read_to_string(root().join("report-templates").join(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(templates.join(file), text.replace(from, to)).unwrap();
    let before = fs::read(folder.path().join("output/2024/manifest.json")).unwrap();
    let output = scwres(&folder.path().join("data"), templates, &folder.path().join("output"))
        .args(["build", "--jobs", "1"])
        .output()
        .unwrap();
    fs::write(templates.join(file), text).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{to}: {said}");
    assert_eq!(before, fs::read(folder.path().join("output/2024/manifest.json")).unwrap());
    said
}

#[test]
fn a_theme_that_prints_another_number_stops_the_build() {
    let folder = six_authorities();
    let templates = templates(&folder);
    // A block that is given several numbers, in both formats, and prints them in one expression.
    let judge = fs::read_to_string(templates.join("pack/judge.typ")).unwrap();
    let fine = judge.replace("#let people(f) = [", "#import \"/theme.typ\": fine\n#let people(f) = fine[");
    assert_ne!(judge, fine);
    fs::write(templates.join("pack/judge.typ"), fine).unwrap();
    let honest = "text(size.note, body)";
    let only = |format: &str, printing: &str| format!("context if target() {format} \"html\" {{ {printing} }}");
    let cases = [
        // What is lost in both formats is lost all the same.
        ("none".to_owned(), "and the PDF prints it "),
        (only("==", honest), "and the PDF prints it "),
        (only("!=", honest), "and the HTML prints it "),
        ("[0.99]".to_owned(), "prints it "),
        (format!("{{ show \"7\": \"8\"; {honest} }}"), "is printed, on page"),
        (format!("{{ show regex(\"[0-9]+\"): it => it.text.rev(); {honest} }}"), "prints it "),
        (
            only("==", &format!("show regex(\"[.,]\"): none; {honest}")) + &format!(" else {{ {honest} }}"),
            "in the HTML, as ",
        ),
        (format!("{{ show regex(\"[.,]\"): none; {honest} }}"), "is printed, on page"),
        ("if body.has(\"children\") { body.children.first() } else { body }".to_owned(), "prints it "),
        ("if body.has(\"children\") { body.children.rev().join() } else { body }".to_owned(), "in another order"),
        ("body.fields().values().map(repr).join()".to_owned(), "prints it "),
        // Once as it is given, and once more.
        (format!("{{ {honest}; {honest} }}"), "prints it "),
        (only("==", "body; body") + " else { body }", "and the HTML prints it "),
        (format!("{{ {honest}; [ 4711] }}"), "the number `4711` is printed, on page"),
        (format!("{{ {honest}; str(4710 + 1) }}"), "the number `4711` is printed, on page"),
        (format!("{{ {honest}; {} }}", only("==", "[ 4711]")), "the number `4711` is printed, in the HTML"),
    ];
    for (printing, wanted) in &cases {
        let said = refused(&folder, &templates, "theme.typ", honest, printing);
        assert!(said.contains(wanted), "{printing}: {said}");
    }
}

#[test]
fn a_number_that_a_theme_types_or_computes_stops_the_build() {
    let folder = six_authorities();
    let templates = templates(&folder);
    let finding = "tagged(\"p\", \"finding\", body)";
    for typed in ["[#body 4711]", "body + str(calc.pow(9, 4))"] {
        let said = refused(&folder, &templates, "theme.typ", finding, &finding.replace("body", typed));
        let number = if typed.contains("4711") { "4711" } else { "6561" };
        assert!(said.contains(&format!("the number `{number}` is printed, in the HTML")), "{said}");
        // What is computed has no place of its own.
        assert_eq!(said.contains("theme.typ:"), number == "4711", "{said}");
    }
}

#[test]
fn a_number_that_a_template_computes_stops_the_build() {
    let folder = six_authorities();
    let templates = templates(&folder);
    let lead = "Participation is voluntary,";
    let words = ("national/participation.txt", "{{ coverage.submitted.print }} of the");
    for ((file, from), computed, wanted) in [
        (("national/participation.typ", lead), "#(4000 + 711)", "`4711`"),
        (("national/participation.typ", lead), "#(coverage.staff + 1)", "a number in print can only be printed"),
        (("national/participation.typ", lead), "#if coverage.staff > 1 [a]", "a number in print can only be printed"),
        (
            ("national/participation.typ", lead),
            "#let s = coverage.staff\n#if s == \"1\" [a]",
            "which is a number in print",
        ),
        (("national/participation.typ", lead), "#lower(repr(coverage.staff))", "is no figure's"),
        (
            ("national/participation.typ", lead),
            "#build.printed(\"2024/england/participation/all/staff\", \"4711\")",
            "is no figure's",
        ),
        (words, "{{ 4000 + 711 }}", "`4711`"),
        (words, "{{ coverage.staff|replace(\",\", \"\") }}", "is printed as "),
        (words, "{{ 1 if coverage.staff > 1 }}", "which is a number in print"),
        (("charts/glance.txt", "1 is equal."), "{{ 4000 + 711 }}.", "charts/glance.txt"),
    ] {
        let said = refused(&folder, &templates, file, from, &format!("{computed} {from}"));
        assert!(said.contains(wanted), "{computed}: {said}");
    }
}

/// Takes the figures out of a page, and everything that is not read out: tags, styles, drawings.
fn words_around_figures(page: &str) -> String {
    let mut words = String::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        words.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = ["<style", "<svg", "<math", "<script"].iter().find(|tag| rest.starts_with(**tag)).map(|tag| {
            let closing = format!("</{}>", &tag[1..]);
            rest.find(&closing).unwrap() + closing.len()
        });
        let end = end.unwrap_or_else(|| {
            let tag = rest.find('>').unwrap() + 1;
            if rest[..tag].contains("data-figure=") { rest.find("</span>").unwrap() + "</span>".len() } else { tag }
        });
        words.push(' ');
        rest = &rest[end..];
    }
    words + rest
}

#[test]
fn every_number_of_a_page_is_a_figures_or_a_setting() {
    let folder = six_authorities();
    let year = folder.path().join("output/2024");
    // What is no figure: names and dates of the round, its settings, and what the method says of itself.
    let named = [
        "Social Care Workforce Race Equality Standard 2024",
        "13 May 2025",
        "31 March 2024",
        "31 March 2023",
        "12 months",
        "F08000901",
        "benchmark pack 2024",
        "95%",
        "85%",
        "99.8%",
        "0.80 to 1.25",
        "1.96 standard deviations",
        "count of 1 to 9 people",
        "nearest 5",
        "at least 3 contribute",
        "fewer than 10",
        "range of at least 9 people",
        "fewer than 30 people",
        "fewer than 5 events",
        "ratio of 1",
        "1 means equally likely, 0.5 half as likely and 2 twice as likely",
        "leaves out 1",
        "includes 1",
        "sides of 1",
        "&lt;1.00 or >1.00",
        "indicators 6 and 7",
        "1 is equally likely",
        "1 is no change",
        "indicators 6, 7a and 7b",
        "10th percentile",
        "90th percentile",
    ];
    for page in ["national/annual-report.html", "authorities/F08000901-ashencroft/benchmark-pack.html"] {
        let text = fs::read_to_string(year.join(page)).unwrap();
        let main = &text[text.find("<main").unwrap()..];
        let words = words_around_figures(main).split_whitespace().collect::<Vec<_>>().join(" ");
        let mut words = words.replace("&#39;", "'").replace("&quot;", "\"").replace("&#x20;", " ");
        if let Some((before, after)) = words.split_once("Methods and known answers") {
            // The annex of methods tells formulas and known answers, none of them figures of the round.
            let end = after.find("Glossary").unwrap();
            words = format!("{before}{}", &after[end..]);
        }
        for name in named {
            words = words.replace(name, "");
        }
        let indicators = ["1", "2", "3", "4", "5", "6", "7a", "7b", "8", "9"];
        let years = ["2023", "2024", "1959", "1984", "1985", "1986", "1995", "1998", "1927", "2005"];
        let known = |word: &str| indicators.contains(&word) || years.contains(&word);
        let numbers: Vec<&str> = words
            .split(|letter: char| letter.is_whitespace() || "()[],;:.".contains(letter))
            .filter(|word| word.bytes().any(|byte| byte.is_ascii_digit()) && !known(word))
            .collect();
        assert_eq!(numbers, Vec::<&str>::new(), "{page}");
        assert!(text.matches("data-figure=").count() > 300, "{page}");
    }
}
