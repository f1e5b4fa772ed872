//! The short editions of a pack: which are made, and that nothing of the authority's own counts is in them.

use std::fs;

use crate::workplace::{Workplace, files, root, scwres, submission};

const FOLDER: &str = "2024/authorities/F01-alderwick";

fn workplace() -> Workplace {
    let workplace = Workplace::new(&[
        "F01,Alderwick,London borough,London",
        "F02,Fenmoor,Shire county,East Midlands",
        "F03,Holt and Marsh,Unitary authority,South West",
    ]);
    for (code, size) in [("F01", 12), ("F02", 20), ("F03", 15)] {
        workplace.submit(&format!("{code}.csv"), submission(code, size));
    }
    workplace
}

/// The files of the first authority, without their endings.
fn documents(workplace: &Workplace) -> Vec<String> {
    let mut names: Vec<String> =
        files(&workplace.output().join(FOLDER)).iter().map(|file| file.split('.').next().unwrap().to_owned()).collect();
    names.dedup();
    names
}

#[test]
fn the_settings_say_which_short_editions_are_made() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    assert_eq!(documents(&workplace), ["benchmark-pack", "committee-paper", "data", "staff-page"]);
    workplace.configure("short_editions: [staff]\n");
    workplace.scwres().arg("build").assert().success();
    assert_eq!(documents(&workplace), ["benchmark-pack", "data", "staff-page"]);
    let path = workplace.data().join("2024/round.yaml");
    let settings = fs::read_to_string(&path).unwrap().replace("[staff]", "[]");
    fs::write(&path, &settings).unwrap();
    workplace.scwres().arg("build").assert().success();
    assert_eq!(documents(&workplace), ["benchmark-pack", "data"]);
    fs::write(&path, settings.replace("[]", "[stuff]")).unwrap();
    workplace.scwres().arg("build").assert().code(2);
}

#[test]
fn what_may_be_handed_on_has_no_number_of_an_authority() {
    let workplace = workplace();
    workplace.scwres().arg("build").assert().success();
    let mut reader = csv::Reader::from_path(workplace.output().join("2024/figures.csv")).unwrap();
    let mut numbers = [0, 0];
    for record in reader.records().map(Result::unwrap) {
        if record[2].ends_with("committee-paper") || record[2].ends_with("staff-page") {
            // How many of its indicators have which result is no number of people.
            assert!(!record[0].contains("/F0") || record[0].contains("/summary/"), "{record:?}");
            numbers[0] += 1;
        } else {
            numbers[1] += usize::from(record[0].contains("/F01/"));
        }
    }
    assert!(numbers[0] > 20 && numbers[1] > 100, "{numbers:?}");
    let page = fs::read_to_string(workplace.output().join(FOLDER).join("committee-paper.html")).unwrap();
    assert!(!page.contains("not for publication</"), "the banner of a pack stands on what may be handed on");
}

#[test]
fn a_template_cannot_print_one_there() {
    let workplace = workplace();
    let templates = workplace.data().with_file_name("templates");
    for file in files(&root().join("report-templates")) {
        let to = templates.join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(root().join("report-templates").join(&file), to).unwrap();
    }
    let path = templates.join("pack/staff-page.typ");
    let template = fs::read_to_string(&path).unwrap();
    for number in
        ["sections.first().own.first().minoritised.rate", "sections.first().trends.first()", "quality.first().known"]
    {
        fs::write(&path, format!("{template}\n#{number}\n")).unwrap();
        scwres(&workplace.data(), &templates, &workplace.output()).arg("build").assert().code(2);
    }
}
