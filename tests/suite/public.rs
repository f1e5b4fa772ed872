//! A folder for everybody, byte by byte: no exact count of a return is in any of its files, and none is put there later.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;

use crate::workplace::{Workplace, files};

const AUTHORITIES: [&str; 6] = [
    "F01,Alderwick,London borough,London",
    "F02,Fenmoor,London borough,London",
    "F03,Holt and Marsh,London borough,London",
    "F04,Quenby,London borough,London",
    "F05,Sallow Vale,Shire county,South West",
    "F06,Thornmere,Shire county,South West",
];

/// Measures with the least of their counts: each is of so many people that a prime above it is found nowhere by chance.
const MEASURES: [(&str, &str, u64); 16] = [
    ("staff", "", 600_000),
    ("staff_in_band", "low", 190_000),
    ("staff_in_band", "middle", 180_000),
    ("staff_in_band", "high", 170_000),
    ("shortlisted", "", 500_000),
    ("appointed", "", 200_000),
    ("disciplinary", "", 110_000),
    ("regulated_staff", "", 300_000),
    ("fitness_to_practise", "", 120_000),
    ("cpd", "", 210_000),
    ("survey_respondents", "", 400_000),
    ("abuse_public", "", 130_000),
    ("abuse_colleagues", "", 140_000),
    ("abuse_managers", "", 150_000),
    ("leavers", "", 160_000),
    ("senior_managers", "", 220_000),
];

const GROUPS: [&str; 6] = ["asian", "black", "mixed", "other", "white", "unknown"];

fn primes_from(start: u64) -> impl Iterator<Item = u64> {
    (start..).filter(|number| (2..).take_while(|factor| factor * factor <= *number).all(|factor| number % factor != 0))
}

/// A round of returns, each cell a number of its own, with some small counts; and every exact count and sum of counts.
fn returns(start: usize) -> (Vec<String>, BTreeSet<u64>) {
    let codes: Vec<&str> = AUTHORITIES.iter().map(|line| line.split(',').next().unwrap()).collect();
    let mut texts = vec![String::from("authority_code,service,measure,breakdown,ethnicity,count\n"); codes.len()];
    let mut exact: BTreeSet<u64> = BTreeSet::new();
    for (measure, band, least) in MEASURES {
        let mut primes = primes_from(least).skip(start);
        let mut all = vec![0; GROUPS.len()];
        for (place, code) in codes.iter().enumerate() {
            let mut of_authority = vec![0; GROUPS.len()];
            for service in ["adults", "childrens"] {
                let mut counts: Vec<u64> = primes.by_ref().take(GROUPS.len()).collect();
                if measure == "disciplinary" {
                    counts[place % 4] = place as u64 + 1;
                }
                for (group, count) in GROUPS.iter().zip(&counts) {
                    let written = count.to_string();
                    texts[place] += &format!("{code},{service},{measure},{band},{group},{written}\n");
                }
                exact.extend(&counts);
                exact.insert(counts[..4].iter().sum());
                of_authority.iter_mut().zip(&counts).for_each(|(sum, count)| *sum += count);
            }
            exact.extend(&of_authority);
            exact.insert(of_authority[..4].iter().sum());
            all.iter_mut().zip(&of_authority).for_each(|(sum, count)| *sum += count);
        }
        exact.extend(&all);
        exact.insert(all[..4].iter().sum());
    }
    // What is rounded to 5 may be what it was, and what is small is everywhere.
    exact.retain(|count| *count > 100_000 && !count.is_multiple_of(5));
    (texts, exact)
}

/// Everything that can be read in a file: its bytes, and what is packed inside.
fn texts(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let mut texts = vec![String::from_utf8_lossy(&bytes).into_owned()];
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("pdf") => {
            // At its end stands at which byte each part begins.
            let parts = texts[0].rfind("\nxref").unwrap_or(texts[0].len());
            texts[0].truncate(parts);
            texts.push(pdf_extract::extract_text(path).unwrap());
            let document = pdf_extract::Document::load(path).unwrap();
            for object in document.objects.values() {
                texts.push(format!("{object:?}"));
                if let Ok(stream) = object.as_stream() {
                    let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
                    texts.push(String::from_utf8_lossy(&content).into_owned());
                }
            }
        }
        Some("xlsx" | "ods") => {
            let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
            for index in 0..archive.len() {
                let mut part = Vec::new();
                archive.by_index(index).unwrap().read_to_end(&mut part).unwrap();
                texts.push(String::from_utf8_lossy(&part).into_owned());
            }
        }
        _ => {}
    }
    texts
}

/// The whole numbers of six digits and more that stand by themselves in a text, with or without commas between thousands; the
/// comma between the two places of a point in a drawing is none of these.
fn numbers(text: &str) -> BTreeSet<u64> {
    let mut pieces = text.split(" points=\"");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (points, rest) = piece.split_once('"').unwrap();
        text.extend([" ", &points.replace(',', " "), rest]);
    }
    let part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
    let plain = text.split(|letter: char| !part(letter));
    let with_commas = text.split(|letter: char| !part(letter) && letter != ',');
    let without = with_commas.map(|word| word.trim_matches([',', '.']).replace(',', ""));
    plain
        .map(|word| word.trim_matches('.').to_owned())
        .chain(without)
        .filter(|word| word.len() >= 6)
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// A workplace with two rounds of recognisable counts, findings that quote some of them, and a settled error with a reason.
fn workplace() -> (Workplace, BTreeSet<u64>) {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.begin_before();
    let ((before, mut exact), (now, of_now)) = (returns(0), returns(150));
    exact.extend(of_now);
    for (line, (before, now)) in AUTHORITIES.iter().zip(before.iter().zip(&now)) {
        let file = format!("{}.csv", line.split(',').next().unwrap());
        workplace.submit_before(&file, before);
        workplace.submit(&file, now);
    }
    // One is written as people write it, so that a note quotes it, and one is a hundred times what it was.
    let staff = now[0].lines().nth(1).unwrap().rsplit(',').next().unwrap().to_owned();
    let people = format!("\"{},{}\"", &staff[..3], &staff[3..]);
    let line = now[0].lines().nth(5).unwrap().to_owned();
    let (row, count) = line.rsplit_once(',').unwrap();
    let text = now[0].replacen(&format!(",{staff}\n"), &format!(",{people}\n"), 1);
    workplace.submit("F01.csv", text.replacen(&line, &format!("{row},{}", 9_000_011), 1));
    exact.insert(9_000_011);
    workplace.configure(&format!(
        "settled:\n  - {{authority: F01, rule: change, reason: \"{count} was too few, 9000011 is right\"}}\n"
    ));
    (workplace, exact)
}

#[test]
fn no_file_of_a_folder_for_everybody_holds_an_exact_count() {
    let (workplace, exact) = workplace();
    assert!(exact.len() > 2_000, "{}", exact.len());
    workplace.scwres().args(["build", "--edition", "public"]).assert().success();
    let year = workplace.output().join("2024");
    let mut told = Vec::new();
    for file in files(&year) {
        for text in texts(&year.join(&file)) {
            told.extend(numbers(&text).intersection(&exact).map(|count| format!("{file}: {count}")));
            // The columns that tell rows apart are a description's `primaryKey`: nothing of counts.
            let text = text.replace("\"primaryKey\"", "");
            assert!(!text.contains("primary"), "{file} tells which withheld counts are small");
        }
    }
    assert!(told.is_empty(), "{} exact counts, such as {:?}", told.len(), &told[..told.len().min(20)]);
    let checks: Vec<String> = files(&year).into_iter().filter(|file| file.starts_with("checks/")).collect();
    let told = [
        "changes.csv",
        "changes.html",
        "coarser.csv",
        "disclosure.csv",
        "findings.csv",
        "spreadsheet.html",
        "whole.csv",
    ];
    assert_eq!(checks, told.map(|file| format!("checks/{file}")));
    // How much can be whole at best would tell how many counts are small.
    let whole = fs::read_to_string(year.join("checks/whole.csv")).unwrap();
    assert!(whole.lines().count() == 7 && whole.lines().skip(1).all(|line| line.ends_with(',')), "{whole}");
    assert!(!fs::read_to_string(year.join("index.html")).unwrap().contains("checks/F01"));

    // The same walk finds them in the edition for authorities alone: it sees what it looks for, in every format.
    let own = workplace.output().join("own");
    crate::workplace::scwres(&workplace.data(), &crate::workplace::root().join("report-templates"), &own)
        .arg("build")
        .assert()
        .success();
    let own = own.join("2024");
    for file in ["benchmark-pack.pdf", "benchmark-pack.html", "data.csv"]
        .map(|file| format!("authorities/F02-fenmoor/{file}"))
        .into_iter()
        .chain(["checks/F02-fenmoor.html".to_owned(), "checks/findings.csv".to_owned()])
    {
        let found = texts(&own.join(&file)).iter().any(|text| numbers(text).intersection(&exact).next().is_some());
        assert!(found, "{file}");
    }
    let page = fs::read_to_string(own.join("checks/F02-fenmoor.html")).unwrap();
    assert!(page.contains("<p>Contains small numbers: not for publication</p>"));
}

/// The log of withheld counts and the findings keep their columns, and tell nothing of sizes.
#[test]
fn tables_of_checks_for_everybody_tell_no_sizes() {
    let (workplace, _) = workplace();
    workplace.scwres().args(["build", "--edition", "public"]).assert().success();
    let year = workplace.output().join("2024");
    let findings = fs::read_to_string(year.join("checks/findings.csv")).unwrap();
    let mut lines = findings.lines();
    assert_eq!(lines.next(), Some("authority_code,file,location,severity,rule,found,message,help"));
    let notes: Vec<&str> = lines.collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("F01,F01.csv,,note,read-as,,"), "{notes:?}");
    let log = fs::read_to_string(year.join("checks/disclosure.csv")).unwrap();
    let rows: Vec<&str> = log.lines().skip(1).collect();
    assert!(rows.len() > 10 && rows.iter().all(|row| row.ends_with(",withheld,,")), "{rows:?}");
    let manifest = fs::read_to_string(year.join("manifest.json")).unwrap();
    assert!(!manifest.contains("submissions/F01.csv") && !manifest.contains("too few"));
}

#[test]
fn editions_are_not_mixed_in_a_folder_for_everybody() {
    let (workplace, _) = workplace();
    let year = workplace.output().join("2024");
    let refused = |arguments: &[&str], says: &str| {
        let before = files(&year);
        let output = workplace.scwres().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && text.contains(says), "{arguments:?}: {text}");
        assert_eq!(before, files(&year), "{arguments:?}");
    };
    workplace.scwres().args(["build", "--edition", "public"]).assert().success();
    refused(&["build", "--only", "F01"], "was built in edition public");
    refused(&["build", "--only", "F01", "--force"], "was built in edition public");
    refused(&["workbook", "2024", "--all"], "was built in edition public");
    workplace.scwres().args(["build", "--only", "F01", "--edition", "public"]).assert().success();
    // Its returns are listed together, and it is seen all the same when one of them has changed.
    let text = fs::read_to_string(workplace.data().join("2024/submissions/F02.csv")).unwrap();
    workplace.submit("F02.csv", text.replacen(",asian,", ",Asian,", 1));
    refused(&["build", "--only", "F01", "--edition", "public"], "has changed");

    fs::remove_dir_all(&year).unwrap();
    workplace.scwres().args(["workbook", "2024", "--authority", "F01"]).assert().success();
    refused(&["build", "--edition", "public"], "holds collection workbooks");
    refused(&["build", "--edition", "public", "--force"], "holds collection workbooks");
    workplace.scwres().arg("build").assert().success();
    // Beside packs for authorities alone it is one more pack, and the folder stays what it was: not for everybody.
    workplace.scwres().args(["build", "--only", "F01", "--edition", "public"]).assert().success();
    let manifest = fs::read_to_string(year.join("manifest.json")).unwrap();
    assert!(manifest.contains("2024/submissions/F01.csv") && manifest.contains("\"public\""));
    refused(&["release"], "a release is of one edition");
    workplace.scwres().args(["build", "--only", "F01"]).assert().success();
    assert!(!fs::read_to_string(year.join("manifest.json")).unwrap().contains("\"public\""));
}
