//! Pages for those who read the program name what is there: files, sections of the method, and every method's source.

use std::fs;

use scwres::statistics::METHODS;

use crate::workplace::root;

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The paths of the repository that a page names in code letters.
fn paths(text: &str) -> Vec<&str> {
    let begins =
        |word: &&str| ["src/", "tests/", "report-templates/", "data/", "docs/"].iter().any(|one| word.starts_with(one));
    text.split('`').skip(1).step_by(2).filter(begins).filter(|word| !word.contains(['<', '*', ' '])).collect()
}

#[test]
fn the_files_that_pages_name_are_there() {
    for name in ["docs/architecture.md", "docs/method.md"] {
        let text = page(name);
        let missing: Vec<&str> = paths(&text).into_iter().filter(|path| !root().join(path).exists()).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{name}");
    }
    assert_eq!(paths("see `src/nothing.rs`, `cargo test` and `data/<year>/text`"), ["src/nothing.rs"]);
}

#[test]
fn the_method_has_every_section_that_the_code_names_and_every_source() {
    let method = page("docs/method.md");
    let mut cited = 0;
    for entry in walkdir::WalkDir::new(root().join("src")) {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(entry.path()).unwrap();
            for section in text.split("`docs/method.md`, ").skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(method.contains(&format!("\n## {section}\n")), "{}: {section}", entry.path().display());
                cited += 1;
            }
        }
    }
    assert!(cited > 4, "the code cites the method {cited} times");
    let dated = METHODS.iter().filter(|method| method.reference.contains(|letter: char| letter.is_ascii_digit()));
    let authors = dated.filter_map(|method| method.reference.split(' ').next());
    let missing: Vec<&str> = authors.filter(|author| !method.contains(author)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
