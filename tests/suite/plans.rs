//! Plans made after the round before: the authority's words in its own pack, as text, and nowhere else.

use std::fs;

use crate::workplace::{Workplace, files, submission};

const AUTHORITIES: [&str; 2] = ["F01,Aldermere,London borough,London", "F02,Brackwater,Shire county,East Midlands"];

/// What people and others write into cells: markup of every kind, signs that mark numbers, digits that no template has.
const HOSTILE: &str =
    "*bold* #include(\"/etc/passwd\") $x$ <script>alert(4711)</script> \u{fdd0}9/9\u{fdd1}8\u{fdd2} @see [c]";

fn workplace() -> Workplace {
    let workplace = Workplace::new(&AUTHORITIES);
    workplace.begin_before();
    for (code, size) in [("F01", 10), ("F02", 12)] {
        workplace.submit(&format!("{code}.csv"), submission(code, size));
        workplace.submit_before(&format!("{code}.csv"), submission(code, size).replace("white,270", "white,240"));
    }
    let plans = workplace.data().join("2024/plans");
    fs::create_dir(&plans).unwrap();
    let cell = HOSTILE.replace('"', "\"\"");
    let text =
        format!("indicator,action,owner,due,note\n2,\"{cell}\",Zebedee 0815,2025-03-31,{}\n", "long ".repeat(2_000));
    fs::write(plans.join("F01.csv"), text + ",Listen to staff,,,\n").unwrap();
    workplace
}

#[test]
fn a_plan_is_printed_as_text_beside_what_has_moved_in_the_authoritys_own_pack_alone() {
    let workplace = workplace();
    workplace.scwres().args(["build", "2024"]).assert().success();
    let year = workplace.output().join("2024");
    let page = fs::read_to_string(year.join("authorities/F01-aldermere/benchmark-pack.html")).unwrap();
    assert!(page.contains("What your last plan was"), "no chapter");
    assert!(page.contains("&lt;script") && !page.contains("<script>alert"), "no text");
    assert!(page.contains("#include(") && page.contains("*bold*") && page.contains("Zebedee 0815"));
    assert!(page.contains("About no single indicator"));
    for path in files(&year).into_iter().filter(|path| !path.starts_with("authorities/F01-aldermere/benchmark-pack")) {
        let bytes = fs::read(year.join(&path)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Zebedee"), "{path}");
    }
    let manifest = fs::read_to_string(year.join("manifest.json")).unwrap();
    let listed = manifest.split("2024/plans/F01.csv").nth(1).unwrap();
    assert!(listed.split('}').next().unwrap().contains("\"rows\": 2"), "{listed}");
    let findings = fs::read_to_string(year.join("checks/findings.csv")).unwrap();
    assert!(findings.contains("plan-letter") && findings.contains("plan-cut"), "{findings}");
    assert!(fs::read_to_string(year.join("checks/F01-aldermere.html")).unwrap().contains("the plan made before"));
}

#[test]
fn a_folder_for_everybody_has_nothing_of_a_plan() {
    let workplace = workplace();
    workplace.scwres().args(["build", "2024", "--edition", "public"]).assert().success();
    let output = workplace.output();
    for path in files(&output) {
        let text = String::from_utf8_lossy(&fs::read(output.join(&path)).unwrap()).into_owned();
        assert!(!["Zebedee", "plans/", "plan-cut", "last plan"].iter().any(|word| text.contains(word)), "{path}");
    }
}

#[test]
fn without_plans_nothing_is_different() {
    let workplace = workplace();
    let page = |workplace: &Workplace| {
        workplace.scwres().args(["build", "2024"]).assert().success();
        let path = workplace.output().join("2024/authorities/F01-aldermere/benchmark-pack.html");
        fs::read_to_string(path).unwrap()
    };
    let with = page(&workplace);
    fs::remove_dir_all(workplace.data().join("2024/plans")).unwrap();
    let without = page(&workplace);
    assert!(with.contains("What your last plan was") && !without.contains("What your last plan was"));
    assert!(!without.contains("Your last plan"));
}
