//! A data folder for one test: the real standard, a small round, and whatever submissions the test needs.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of its own with `data` and `output`, removed at the end.
pub struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// A round 2024 with these authorities as `code,name,type,region` lines, and no submission yet.
    pub fn new(authorities: &[&str]) -> Workplace {
        let workplace = Workplace { folder: TempDir::new().unwrap() };
        let round = workplace.data().join("2024");
        fs::create_dir_all(round.join("submissions")).unwrap();
        for name in ["standard.yaml", "england-authorities.csv"] {
            fs::copy(root().join("data").join(name), workplace.data().join(name)).unwrap();
        }
        fs::copy(root().join("tests/fixtures/round.yaml"), round.join("round.yaml")).unwrap();
        fs::write(round.join("authorities.csv"), format!("code,name,type,region\n{}\n", authorities.join("\n")))
            .unwrap();
        workplace
    }

    /// Puts a submission into the round.
    pub fn submit(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.data().join("2024/submissions").join(file), content).unwrap();
    }

    /// Adds settings to the round.
    pub fn configure(&self, settings: &str) {
        let path = self.data().join("2024/round.yaml");
        fs::write(&path, fs::read_to_string(&path).unwrap() + settings).unwrap();
    }

    /// A round 2023 with the same authorities and settings.
    pub fn begin_before(&self) {
        let (before, now) = (self.data().join("2023"), self.data().join("2024"));
        fs::create_dir_all(before.join("submissions")).unwrap();
        fs::copy(now.join("authorities.csv"), before.join("authorities.csv")).unwrap();
        let settings = fs::read_to_string(root().join("tests/fixtures/round.yaml")).unwrap();
        let settings = settings.replace("year: 2024", "year: 2023").replace("2025-05-13", "2024-05-13");
        fs::write(before.join("round.yaml"), settings.replace("2024-03-31", "2023-03-31")).unwrap();
    }

    /// Puts a submission into the round before.
    pub fn submit_before(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.data().join("2023/submissions").join(file), content).unwrap();
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The output folder.
    pub fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    /// The program with the folders of this workplace and the repository's templates.
    pub fn scwres(&self) -> Command {
        scwres(&self.data(), &root().join("report-templates"), &self.output())
    }
}

/// The program with these folders.
pub fn scwres(data: &Path, templates: &Path, output: &Path) -> Command {
    let mut command = Command::cargo_bin("scwres").unwrap();
    command.arg("--data").arg(data).arg("--templates").arg(templates).arg("--output").arg(output);
    command
}

/// The paths of all files in a folder, sorted, with `/` between the parts.
pub fn files(folder: &Path) -> Vec<String> {
    fn list(folder: &Path, prefix: &str, paths: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                list(&entry.path(), &format!("{path}/"), paths);
            } else {
                paths.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    list(folder, "", &mut paths);
    paths.sort();
    paths
}

/// A whole return as CSV with plausible counts: `size` scales them.
pub fn submission(code: &str, size: u64) -> String {
    let mut text = String::from("authority_code,service,measure,breakdown,ethnicity,count\n");
    let groups = [("asian", 4), ("black", 6), ("mixed", 3), ("other", 2), ("white", 45), ("unknown", 3)];
    let measures = [
        ("staff", "", 100),
        ("staff_in_band", "low", 50),
        ("staff_in_band", "middle", 40),
        ("staff_in_band", "high", 10),
        ("shortlisted", "", 60),
        ("appointed", "", 20),
        ("disciplinary", "", 5),
        ("regulated_staff", "", 30),
        ("fitness_to_practise", "", 2),
        ("cpd", "", 40),
        ("survey_respondents", "", 50),
        ("abuse_public", "", 20),
        ("abuse_colleagues", "", 15),
        ("abuse_managers", "", 10),
        ("leavers", "", 15),
        ("senior_managers", "", 6),
    ];
    for (measure, band, share) in measures {
        for (group, weight) in groups {
            text.push_str(&format!("{code},adults,{measure},{band},{group},{}\n", size * weight * share / 100));
        }
    }
    text
}
