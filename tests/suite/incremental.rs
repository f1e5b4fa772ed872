//! Nothing is done twice, and nobody can tell: what a build takes over is what a build from nothing gives, to the byte.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use crate::workplace::{Workplace, files, root, scwres, submission};

const AUTHORITIES: [&str; 4] = [
    "F01,Aldermere,London borough,London",
    "F02,Brackwater,Shire county,East Midlands",
    "F03,Coldharbour,Unitary authority,South West",
    "F04,Dunmere,Unitary authority,South West",
];

/// What tells how a folder differs from the build before: of the folder's history, and nothing of the build.
const HISTORY: &str = "checks/changes.";

/// A workplace with templates of its own, and two output folders that see the same: one with a cache, one that has it taken away
/// before each command.
struct Twins {
    workplace: Workplace,
    folder: TempDir,
}

impl Twins {
    fn new() -> Self {
        let twins = Self { workplace: Workplace::new(&AUTHORITIES), folder: TempDir::new().unwrap() };
        for path in files(&root().join("report-templates")) {
            let to = twins.templates().join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root().join("report-templates").join(&path), to).unwrap();
        }
        for (place, code) in ["F01", "F02", "F03"].iter().enumerate() {
            twins.workplace.submit(&format!("{code}.csv"), submission(code, 3 + place as u64));
        }
        twins
    }

    fn templates(&self) -> PathBuf {
        self.folder.path().join("report-templates")
    }

    fn outputs(&self) -> [PathBuf; 2] {
        ["kept", "anew"].map(|name| self.folder.path().join(name))
    }

    /// Builds in both folders, and compares: how it ended, and every byte. What was said of the one with a cache.
    fn build(&self, arguments: &[&str]) -> String {
        let [kept, anew] = self.outputs();
        let _ = fs::remove_dir_all(anew.join(".cache"));
        let [(code, said), (other, _)] = [&kept, &anew].map(|output| {
            let mut command = scwres(&self.workplace.data(), &self.templates(), output);
            let output = command.args(["build", "2024"]).args(arguments).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        });
        assert_eq!(code, other, "{said}");
        same(&kept.join("2024"), &anew.join("2024"));
        said
    }

    /// Writes an authority's plan of so many actions, or takes it away.
    fn plan(&self, code: &str, actions: usize) {
        let folder = self.workplace.data().join("2024/plans");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{code}.csv"));
        let _ = fs::remove_file(&path);
        if actions > 0 {
            let lines = (0..actions).map(|number| format!("{},Action 7{number}\n", number + 2));
            fs::write(path, "indicator,action\n".to_owned() + &lines.collect::<String>()).unwrap();
        }
    }

    /// Adds to a file of the templates.
    fn add(&self, path: &str, text: &str) {
        let path = self.templates().join(path);
        fs::write(&path, fs::read_to_string(&path).unwrap() + text).unwrap();
    }
}

fn same(one: &Path, other: &Path) {
    assert_eq!(one.exists(), other.exists());
    if one.exists() {
        assert_eq!(files(one), files(other));
        // What differs from the build before is told of the folder, and with its cells where they are kept.
        for path in files(one).into_iter().filter(|path| !path.starts_with(HISTORY)) {
            assert!(fs::read(one.join(&path)).unwrap() == fs::read(other.join(&path)).unwrap(), "{path} differs");
        }
    }
}

/// Something that happens between two builds.
#[derive(Clone, Debug)]
enum Edit {
    /// A line more in one of the templates.
    Template(prop::sample::Index),
    /// The year's foreword.
    Foreword(u8),
    /// The plan of an authority, or none.
    Plan(usize, u8),
    /// Another organisation publishes.
    Organisation(u8),
    /// The return of an authority is another one, or the first.
    Return(usize, u64),
    /// The return of an authority is taken back.
    NoReturn(usize),
    /// The round has another title.
    Title(u8),
    /// Counts are rounded to another step.
    Rounding(u8),
    /// A file of the output, not of the cache, is damaged or lost in both folders.
    Output(prop::sample::Index, bool),
    /// A file of the cache is damaged or lost.
    Cache(prop::sample::Index, bool, prop::sample::Index),
    /// Nothing.
    Nothing,
}

fn edit() -> impl Strategy<Value = Edit> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        index().prop_map(Edit::Template),
        index().prop_map(Edit::Template),
        (0..3_u8).prop_map(Edit::Foreword),
        (0..4_usize, 0..3_u8).prop_map(|(who, words)| Edit::Plan(who, words)),
        (0..3_u8).prop_map(Edit::Organisation),
        (0..4_usize, 2..6_u64).prop_map(|(who, size)| Edit::Return(who, size)),
        (0..4_usize).prop_map(Edit::NoReturn),
        (0..3_u8).prop_map(Edit::Title),
        (0..2_u8).prop_map(Edit::Rounding),
        (index(), any::<bool>()).prop_map(|(file, lost)| Edit::Output(file, lost)),
        (index(), any::<bool>(), index()).prop_map(|(file, lost, at)| Edit::Cache(file, lost, at)),
        Just(Edit::Nothing),
    ]
}

impl Edit {
    fn make(&self, twins: &Twins) {
        let round = twins.workplace.data().join("2024");
        let set = |path: &Path, key: &str, value: &str| {
            let text = fs::read_to_string(path).unwrap();
            let lines = text.lines().map(|line| match line.split_once(':') {
                Some((found, _)) if found == key => format!("{key}: {value}\n"),
                _ => format!("{line}\n"),
            });
            fs::write(path, lines.collect::<String>()).unwrap();
        };
        match self {
            Edit::Template(which) => {
                let paths = files(&twins.templates());
                let path = which.get(&paths);
                match path.rsplit('.').next() {
                    Some("typ") => twins.add(path, "\n// one more line\n"),
                    Some("css") => twins.add(path, "\n/* one more line */\n"),
                    Some("yaml") => twins.add(path, "\n# one more line\n"),
                    Some("html") => twins.add(path, "\n<!-- one more line -->\n"),
                    _ => {}
                }
            }
            Edit::Foreword(words) => {
                fs::create_dir_all(round.join("text")).unwrap();
                fs::write(round.join("text/foreword.typ"), "Words. ".repeat(usize::from(*words) + 1)).unwrap();
            }
            Edit::Plan(who, words) => twins.plan(&AUTHORITIES[*who][..3], usize::from(*words)),
            Edit::Organisation(which) => {
                let name = ["One Agency", "Another Agency", "A third"][usize::from(*which)];
                set(&twins.templates().join("identity.yaml"), "organisation", name);
            }
            Edit::Return(who, size) => {
                let code = &AUTHORITIES[*who][..3];
                twins.workplace.submit(&format!("{code}.csv"), submission(code, *size));
            }
            Edit::NoReturn(who) => {
                let _ = fs::remove_file(round.join(format!("submissions/{}.csv", &AUTHORITIES[*who][..3])));
            }
            Edit::Title(which) => {
                set(
                    &round.join("round.yaml"),
                    "title",
                    ["A title", "Another title", "A third title"][usize::from(*which)],
                );
            }
            Edit::Rounding(which) => {
                let value = ["{threshold: 10, rounding: 5}", "{threshold: 10, rounding: 10}"][usize::from(*which)];
                let path = round.join("round.yaml");
                let text = fs::read_to_string(&path).unwrap();
                let rest: String = text
                    .lines()
                    .filter(|line| !line.starts_with("disclosure:"))
                    .map(|line| format!("{line}\n"))
                    .collect();
                fs::write(path, format!("{rest}disclosure: {value}\n")).unwrap();
            }
            Edit::Output(which, lost) => {
                let [kept, anew] = twins.outputs().map(|output| output.join("2024"));
                if kept.exists() {
                    let paths: Vec<String> = files(&kept)
                        .into_iter()
                        .filter(|path| path != "manifest.json" && !path.starts_with(HISTORY))
                        .collect();
                    let path = which.get(&paths);
                    for folder in [kept, anew] {
                        damage(&folder.join(path), *lost, 0);
                    }
                }
            }
            Edit::Cache(which, lost, at) => {
                let cache = twins.outputs()[0].join(".cache");
                if cache.exists() {
                    let path = cache.join(which.get(&files(&cache)));
                    damage(&path, *lost, at.index(fs::read(&path).unwrap().len().max(1)));
                }
            }
            Edit::Nothing => {}
        }
    }
}

fn damage(path: &Path, lost: bool, at: usize) {
    if lost {
        return fs::remove_file(path).unwrap();
    }
    let mut bytes = fs::read(path).unwrap();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 0x20;
    }
    fs::write(path, bytes).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn a_build_with_a_cache_is_a_build_without(
        steps in prop::collection::vec((prop::collection::vec(edit(), 1..3), 0..6_usize), 5)
    ) {
        let twins = Twins::new();
        twins.build(&[]);
        for (edits, arguments) in steps {
            edits.iter().for_each(|edit| edit.make(&twins));
            twins.build([&[][..], &[], &[], &["--only", "F02"], &["--edition", "public"], &["--without-rejected"]][arguments]);
        }
    }
}

#[test]
fn what_is_unchanged_stands_and_what_is_damaged_is_made_again() {
    let twins = Twins::new();
    assert!(!twins.build(&[]).contains("stand"));
    assert!(twins.build(&[]).contains("it stands as it is"));
    assert!(twins.build(&["--only", "F02"]).contains("it stands as it is"));
    let page = "authorities/F01-aldermere/benchmark-pack.html";
    for output in twins.outputs() {
        damage(&output.join("2024").join(page), false, 100);
    }
    let said = twins.build(&[]);
    assert!(said.contains("9 of 10 documents stand"), "{said}");
    assert!(said.contains("typeset again for a file of it in the output folder: authorities/F01"), "{said}");
    fs::write(twins.outputs()[0].join("2024/notes.txt"), "mine").unwrap();
    let mut command = scwres(&twins.workplace.data(), &twins.templates(), &twins.outputs()[0]);
    command.args(["build", "2024"]).assert().code(2); // as without a cache: it was not written by this program
}

#[test]
fn only_what_an_edit_touches_is_typeset_again_and_the_build_says_why() {
    let twins = Twins::new();
    twins.build(&[]);
    fs::create_dir_all(twins.workplace.data().join("2024/text")).unwrap();
    fs::write(twins.workplace.data().join("2024/text/foreword.typ"), "A foreword.").unwrap();
    let said = twins.build(&[]);
    assert!(said.contains("9 of 10 documents stand"), "{said}");
    assert!(said.contains("changed: 2024/text/foreword.typ\n"), "{said}");
    assert!(said.contains(": national/annual-report\n"), "{said}");
    twins.plan("F02", 2);
    let said = twins.build(&[]);
    assert!(said.contains("9 of 10 documents stand"), "{said}");
    assert!(said.contains("changed: 2024/plans/F02.csv\n"), "{said}");
    assert!(said.contains(": authorities/F02-brackwater/benchmark-pack\n"), "{said}");
    twins.add("theme.typ", "\n// one more line\n");
    let said = twins.build(&[]);
    assert!(said.contains("0 of 10 documents stand") && said.contains("typeset again for theme.typ"), "{said}");
}

#[test]
fn a_cache_beside_a_folder_for_everybody_tells_no_more_than_the_folder() {
    let twins = Twins::new();
    let cache = twins.outputs()[0].join(".cache");
    twins.build(&[]);
    assert!(files(&cache).contains(&"2024.protection-own".to_owned()));
    twins.build(&["--edition", "public"]);
    assert_eq!(files(&cache), ["2024.built", "2024.protection-public"]);
    let mut command = scwres(&twins.workplace.data(), &twins.templates(), &twins.outputs()[0]);
    command.args(["explain", "2024", "F01", "2"]).assert().success();
    assert_eq!(files(&cache), ["2024.built", "2024.protection-public"]);
    // A return has so few counts that its digest would tell whether a guess is right.
    let built = String::from_utf8_lossy(&fs::read(cache.join("2024.built")).unwrap()).into_owned();
    assert!(built.contains("2024/round.yaml") && !built.contains("submissions"));
}
