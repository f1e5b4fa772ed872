//! The sample rounds as built: national results equal the published ones, and every document keeps its promises.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scraper::{ElementRef, Html, Selector};

use crate::matrices;
use crate::paper;
use crate::workplace::{files, root, scwres};

/// The published results of 2023, to one decimal.
const PUBLISHED_2023: [(&str, &str); 8] =
    [("2", "0.5"), ("3", "1.4"), ("4", "2.1"), ("5", "1.0"), ("6", "1.2"), ("7a", "1.3"), ("7b", "1.9"), ("8", "1.1")];

/// The published results of 2024, to two decimals.
const PUBLISHED_2024: [(&str, &str); 5] = [("2", "0.52"), ("3", "1.37"), ("4", "1.08"), ("8", "1.21"), ("9", "0.55")];

/// The published shares of 2024 by pay band, to whole per cent.
const SHARES_2024: [(&str, f64); 3] = [("under-30k", 0.18), ("30k-to-70k", 0.22), ("70k-and-over", 0.14)];

#[test]
fn sample_years_build_reproduce_the_published_results_and_keep_every_promise() {
    let output = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for year in ["2021", "2023", "2024"] {
        scwres(&root().join("data"), &root().join("report-templates"), output.path())
            .args(["build", year])
            .assert()
            .success();
        promises(&output.path().join(year));
        compared += matrices::compared(&output.path().join(year));
    }
    assert!(compared > 150, "{compared} cells of matrices compared");
    let england = |year: &str| figures(&output.path().join(year).join("national/tables/indicators.csv"));
    let figures = england("2023");
    for (indicator, published) in PUBLISHED_2023 {
        let ratio: f64 = figures[&(indicator.to_owned(), String::new())]["relative_likelihood"].parse().unwrap();
        assert_eq!(format!("{ratio:.1}"), published, "2023, indicator {indicator}");
    }
    let figures = england("2024");
    for (indicator, published) in PUBLISHED_2024 {
        assert_eq!(
            figures[&(indicator.to_owned(), String::new())]["relative_likelihood"],
            published,
            "2024, indicator {indicator}"
        );
    }
    for indicator in ["6", "7a", "7b"] {
        let ratio: f64 = figures[&(indicator.to_owned(), String::new())]["relative_likelihood"].parse().unwrap();
        assert!(ratio < 1.0, "2024, indicator {indicator}: {ratio}");
    }
    for (band, published) in SHARES_2024 {
        let share: f64 = figures[&("1".to_owned(), band.to_owned())]["minoritised_rate"].parse().unwrap();
        assert!((share - published).abs() < 0.005, "2024, {band}: {share}");
    }
    // What is published is protected: a multiple of 5, and never from 1 to 9.
    for row in figures.values() {
        for column in ["minoritised_numerator", "minoritised_denominator", "white_numerator", "white_denominator"] {
            let count: u64 = row[column].parse().unwrap_or(0);
            assert!(count.is_multiple_of(5) && (count == 0 || count >= 10), "{row:?}");
        }
    }
}

/// England's figures of all services, by indicator and breakdown: column name to text.
fn figures(path: &Path) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
    rows.filter(|row| row["area_type"] == "national" && row["service"] == "all")
        .map(|row| ((row["indicator"].clone(), row["breakdown"].clone()), row))
        .collect()
}

/// Every PDF is tagged, UA-1 and A-3a, and says its status on every page; every page of HTML says it too. Reports are in
/// plain English, and explain the symbols that stand in each table.
fn promises(year: &Path) {
    let paths = files(year);
    let pdfs: Vec<&String> = paths.iter().filter(|path| path.ends_with(".pdf")).collect();
    assert!(pdfs.len() > 10);
    for (index, path) in pdfs.iter().enumerate() {
        let bytes = fs::read(year.join(path)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for mark in ["<pdfuaid:part>1<", "<pdfaid:part>3<", "<pdfaid:conformance>A<"] {
            assert!(text.contains(mark), "{path} lacks {mark}");
        }
        assert_eq!(paper::emptiness(&paper::used(&year.join(path))), None, "{path}");
        // Reading every page of every pack takes long and shows nothing new: the first ones and the report.
        if index < 2 || path.contains("annual-report") {
            for page in pdf_extract::extract_text_by_pages(year.join(path)).unwrap() {
                assert!(page.contains("Synthetic data"), "{path}: a page does not say its status: {page}");
            }
        }
    }
    for path in paths.iter().filter(|path| path.ends_with(".html")) {
        let page = fs::read_to_string(year.join(path)).unwrap();
        assert!(page.contains("Synthetic data"), "{path}");
        let whole = path.contains("annual-report") || path.contains("benchmark-pack");
        if whole || path.contains("committee-paper") {
            let page = Html::parse_document(&page);
            explains_its_symbols(path, &page);
            if whole {
                is_plain(path, &page);
            }
        }
    }
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// The note of a table explains those symbols that stand in its cells, or in the note's own sentences, and no others.
fn explains_its_symbols(path: &str, page: &Html) {
    let tables = select(page, "main .table");
    assert!(tables.len() > 5 || !path.contains("benchmark-pack"), "{path}");
    for table in tables {
        let text = |selector: &str| -> String {
            let selector = Selector::parse(selector).unwrap();
            table.select(&selector).flat_map(|part| part.text().collect::<Vec<_>>()).collect()
        };
        let symbols = |text: String| -> Vec<&str> {
            ["[b]", "[c]", "[u]", "[x]", "[z]"].into_iter().filter(|symbol| text.contains(symbol)).collect()
        };
        let note = text(".note");
        let explained = symbols(text(".note strong"));
        let told = explained.iter().fold(note, |note, symbol| note.replacen(symbol, "", 1));
        let used = symbols(text("tbody") + &told);
        assert_eq!(used, explained, "{path}: {}", text("caption"));
    }
}

/// Sentences have about 25 words: few have more, and none many more. Numbers and what stands in brackets count.
fn is_plain(path: &str, page: &Html) {
    let mut sentences: Vec<String> = Vec::new();
    for block in select(page, "main > p, main > ul > li, main section p, main dd, .finding, .callout p") {
        let text: String = block.text().collect();
        let mut sentence: Vec<&str> = Vec::new();
        for word in text.split_whitespace() {
            sentence.push(word);
            if word.trim_end_matches(['”', ')']).ends_with(['.', '?', '!', ':', ';']) {
                sentences.push(std::mem::take(&mut sentence).join(" "));
            }
        }
        sentences.push(sentence.join(" "));
    }
    let words = |sentence: &String| sentence.split(' ').filter(|word| word.contains(char::is_alphanumeric)).count();
    sentences.retain(|sentence| words(sentence) > 2);
    assert!(sentences.len() > 30, "{path}: {} sentences", sentences.len());
    let long: Vec<&String> = sentences.iter().filter(|sentence| words(sentence) > 25).collect();
    assert!(long.len() * 20 <= sentences.len(), "{path}: {long:#?}");
    assert!(long.iter().all(|sentence| words(sentence) <= 30), "{path}: {long:#?}");
}
