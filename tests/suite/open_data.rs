//! Open data: what is pooled over authorities beside another computation of it, spreadsheets that hold the same, and what pages
//! and descriptions say of the files.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use calamine::{Data, Ods, Reader, Xlsx};
use scraper::{Html, Selector};

use crate::workplace::{Workplace, submission};

/// Ten authorities of one type and region, and four of another.
fn workplace() -> (Workplace, BTreeMap<String, [f64; 4]>) {
    let place = |index: usize| if index < 10 { "Unitary authority,South West" } else { "Shire county,South East" };
    let lines: Vec<String> = (0..14).map(|index| format!("F{index:02},Place {index},{}", place(index))).collect();
    let workplace = Workplace::new(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let mut leaving = BTreeMap::new();
    for index in 0..14 {
        let code = format!("F{index:02}");
        // Counts that no two authorities share, and that differ more than chance would have them.
        let text: String = submission(&code, 8 + index as u64)
            .lines()
            .map(|line| {
                let (start, count) = line.rsplit_once(',').unwrap();
                let more = if line.contains("leavers") { index * index % 17 } else { 0 };
                count
                    .parse::<usize>()
                    .map_or_else(|_| format!("{line}\n"), |count| format!("{start},{}\n", count + more))
            })
            .collect();
        let sum = |measure: &str, white: bool| -> f64 {
            let groups = if white { vec!["white"] } else { vec!["asian", "black", "mixed", "other"] };
            let of = |group: &&str| {
                let start = format!("{code},adults,{measure},,{group},");
                text.lines().find_map(|line| line.strip_prefix(&start)?.parse::<f64>().ok()).unwrap()
            };
            groups.iter().map(of).sum()
        };
        let counts = [sum("leavers", false), sum("staff", false), sum("leavers", true), sum("staff", true)];
        leaving.insert(code.clone(), counts);
        workplace.submit(&format!("{code}.csv"), text);
    }
    (workplace, leaving)
}

/// The Mantel–Haenszel ratio with its limits, Q, I² and τ², written down again from the method.
fn pooled(strata: &[[f64; 4]]) -> [f64; 6] {
    let sum = |of: &dyn Fn(&[f64; 4]) -> f64| strata.iter().map(of).sum::<f64>();
    let top = sum(&|[a, m, _, w]| a * w / (m + w));
    let bottom = sum(&|[_, m, c, w]| c * m / (m + w));
    let spread = sum(&|[a, m, c, w]| (m * w * (a + c) - a * c * (m + w)) / (m + w).powi(2));
    let error = (spread / (top * bottom)).sqrt();
    let ratio = top / bottom;
    let logarithm = |[a, m, c, w]: &[f64; 4]| ((a / m) / (c / w)).ln();
    let weight = |[a, m, c, w]: &[f64; 4]| 1.0 / (1.0 / a - 1.0 / m + 1.0 / c - 1.0 / w);
    let weights = sum(&weight);
    let mean = sum(&|one| weight(one) * logarithm(one)) / weights;
    let q = sum(&|one| weight(one) * (logarithm(one) - mean).powi(2));
    let freedom = strata.len() as f64 - 1.0;
    let tau2 = ((q - freedom) / (weights - sum(&|one| weight(one).powi(2)) / weights)).max(0.0);
    let reach = 1.959_963_984_540_054 * error;
    [ratio, ratio * (-reach).exp(), ratio * reach.exp(), q, ((q - freedom) / q * 100.0).max(0.0), tau2]
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}

#[test]
fn what_is_pooled_is_what_another_computation_gives_and_both_spreadsheets_hold_the_same() {
    let (workplace, leaving) = workplace();
    workplace.scwres().arg("build").assert().success();
    let tables = workplace.output().join("2024/national/tables");
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(tables.join("sc-wres-2024.xlsx")).unwrap())).unwrap();
    let mut ods: Ods<_> = Ods::new(Cursor::new(fs::read(tables.join("sc-wres-2024.ods")).unwrap())).unwrap();
    assert_eq!(xlsx.sheet_names(), ods.sheet_names());
    for name in xlsx.sheet_names() {
        let (one, other) = (xlsx.worksheet_range(&name).unwrap(), ods.worksheet_range(&name).unwrap());
        let cells = |range: &calamine::Range<Data>| -> Vec<Vec<String>> {
            range.rows().map(|row| row.iter().map(text).collect()).collect()
        };
        assert_eq!(cells(&one), cells(&other), "{name}");
    }
    let sheet = xlsx.worksheet_range("Within_authorities").unwrap();
    let rows: Vec<Vec<String>> = sheet.rows().skip(1).map(|row| row.iter().map(text).collect()).collect();
    let areas: Vec<&str> = rows.iter().filter(|row| row[3] == "8").map(|row| &*row[1]).collect();
    // Fewer than ten authorities are behind the others.
    assert_eq!(areas, ["england", "south-west", "unitary-authority"]);
    for row in rows.iter().filter(|row| row[3] == "8") {
        let england = row[1] == "england";
        let members = leaving.values().take(if england { 14 } else { 10 });
        let strata: Vec<[f64; 4]> = members.copied().collect();
        let [ratio, lower, upper, q, i2, tau2] = pooled(&strata);
        let expected = [(5, ratio, 2), (6, lower, 2), (7, upper, 2), (9, q, 1), (11, i2, 0), (12, tau2, 3)];
        for (place, value, decimals) in expected {
            let found: f64 = row[place].parse().unwrap();
            let half = 0.5 * 10_f64.powi(-decimals) + 1e-9;
            assert!((found - value).abs() <= half, "{}: column {place} is {found}, not {value}", row[1]);
        }
        assert_eq!(row[8], strata.len().to_string());
        assert!(q > strata.len() as f64, "the test's authorities should differ: {q}");
    }
}

#[test]
fn a_page_tells_programs_of_its_files_and_nothing_in_a_name_ends_that() {
    let workplace = Workplace::new(&["F01,Alderwick,London borough,London"]);
    workplace.configure("terms: {minoritised: '</script><b> & \"x\"', minoritised_short: 'y <z>'}\n");
    workplace.submit("F01.csv", submission("F01", 90));
    workplace.scwres().arg("build").assert().success();
    let year = workplace.output().join("2024");
    let page = fs::read_to_string(year.join("national/annual-report.html")).unwrap();
    let page = Html::parse_document(&page);
    let found: Vec<String> = page
        .select(&Selector::parse("head script[type='application/ld+json']").unwrap())
        .map(|one| one.inner_html())
        .collect();
    assert_eq!(found.len(), 1);
    let dataset: serde_json::Value = serde_json::from_str(&found[0]).unwrap();
    assert!(dataset["description"].as_str().unwrap().contains("</script><b> & \"x\""));
    assert_eq!(dataset["temporalCoverage"], "2023-04-01/2024-03-31");
    let links = |page: &Html, selector: &str| -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).filter_map(|link| link.value().attr("href").map(str::to_owned)).collect()
    };
    let linked = [links(&page, ".files a"), links(&page, ".for-programs a")].concat();
    for file in dataset["distribution"].as_array().unwrap() {
        let path = file["contentUrl"].as_str().unwrap();
        assert!(year.join("national").join(path).is_file() && linked.contains(&path.to_owned()), "{path}");
    }
    let index = links(&Html::parse_document(&fs::read_to_string(year.join("index.html")).unwrap()), "a");
    let files = linked.iter().filter(|path| !path.starts_with("https"));
    assert!(files.clone().count() > 8);
    assert!(files.clone().all(|path| index.contains(&format!("national/{path}"))), "{index:?}");
    // What is for the authority alone is under no licence.
    let pack = fs::read_to_string(year.join("authorities/F01-alderwick/data.csv-metadata.json")).unwrap();
    assert!(pack.contains("not for publication") && !pack.contains("dc:license"));
}
