//! A name with every dangerous letter appears letter for letter in every format.

use std::fs;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use scraper::{Html, Selector};

use crate::workplace::{Workplace, submission};

const NAME: &str = r#"*St. X_ #include("/etc/passwd") $ < & "y" <script>"#;

#[test]
fn a_hostile_name_appears_letter_for_letter_everywhere() {
    let quoted = NAME.replace('"', "\"\"");
    let hostile = format!("F01,\"{quoted}\",London borough,London");
    let workplace =
        Workplace::new(&[&hostile, "F02,Fenmoor,Shire county,East Midlands", "F03,Holt,Shire county,South West"]);
    for code in ["F01", "F02", "F03"] {
        workplace.submit(&format!("{code}.csv"), submission(code, 10));
    }
    workplace.scwres().arg("build").assert().success();
    let year = workplace.output().join("2024");
    let folder = year.join("authorities/F01-st-x-include-etc-passwd-y-script");

    for path in [folder.join("benchmark-pack.html"), year.join("national/annual-report.html"), year.join("index.html")]
    {
        let page = Html::parse_document(&fs::read_to_string(&path).unwrap());
        let text: String = page.root_element().text().collect();
        assert!(text.contains(NAME), "{}", path.display());
        // Nothing of the name became an element: the one script of a report is that of its links.
        let scripts: Vec<String> =
            page.select(&Selector::parse("script:not([type])").unwrap()).map(|one| one.inner_html()).collect();
        assert!(scripts.iter().all(|script| script.contains("copy-link")) && scripts.len() < 2, "{}", path.display());
    }
    for path in [folder.join("benchmark-pack.pdf"), year.join("national/annual-report.pdf")] {
        let text = pdf_extract::extract_text(&path).unwrap();
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert!(squeezed(&text).contains(&squeezed(NAME)), "{}: {text}", path.display());
    }
    let mut rows = csv::Reader::from_path(folder.join("data.csv")).unwrap();
    let names: Vec<String> = rows.records().map(|row| row.unwrap()[3].to_owned()).collect();
    assert!(names.iter().any(|name| name == NAME));

    let bytes = fs::read(year.join("national/tables/sc-wres-2024.xlsx")).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let participants = workbook.worksheet_range("Participants").unwrap();
    assert!(participants.used_cells().any(|(_, _, cell)| *cell == Data::String(NAME.to_owned())));
    assert!(
        fs::read_to_string(year.join("checks/F01-st-x-include-etc-passwd-y-script.html"))
            .unwrap()
            .contains("&lt;script&gt;")
    );
}
