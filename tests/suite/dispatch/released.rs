//! A small round that was built, signed off and released, made once and copied for each case.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rust_xlsxwriter::Workbook;
use scwres::standard;
use scwres::submissions::entry::Ethnicity;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::released::{POINTS, done, set, sum_up};
use crate::workplace::{Workplace, files, root, scwres, submission};

/// Three authorities: their codes, their folders, and what their covers say of whom to ask. The third sends a table, which has no cover.
pub const CODES: [&str; 3] = ["F01", "F02", "F03"];
pub const FOLDERS: [&str; 3] = ["F01-alderwick", "F02-fenmoor", "F03-holt-and-marsh"];
pub const NAMES: [&str; 3] = ["Alderwick", "Fenmoor", "Holt and Marsh"];
const COVERS: [&str; 2] = ["Ann O'Neill, ann.oneill@alderwick.gov.uk", "Béla Őry <Bela.Ory@fenmoor.gov.uk>"];

/// Contacts that agree with the covers.
pub const CONTACTS: &str = "authority_code,name,email,confirmed\n\
    F01,Ann O'Neill,ann.oneill@alderwick.gov.uk,\n\
    F02,\"Őry, Béla\",bela.ory@fenmoor.gov.uk,\n\
    F03,Workforce team,workforce@holtmarsh.gov.uk,2025-05-06\n";

/// A filled collection workbook, from the lines of a return.
fn workbook(code: &str, name: &str, contact: &str, lines: &str) -> Vec<u8> {
    let standard = standard::read(&root().join("data")).unwrap();
    let mut workbook = Workbook::new();
    let cover = workbook.add_worksheet().set_name("Cover").unwrap();
    let told = [("Authority code", code), ("Authority name", name), ("Contact", contact), ("Layout version", "1")];
    for (row, (label, value)) in (1..).zip(told) {
        cover.write_string(row, 0, label).unwrap().write_string(row, 1, value).unwrap();
    }
    if code == "F02" {
        // Whom an authority names itself, it may read of.
        cover.write_string(9, 0, "Kestrelwater (F04) runs our HR.").unwrap();
    }
    let sheet = workbook.add_worksheet().set_name("Adults").unwrap();
    let groups = Ethnicity::ALL;
    let headings = ["Measure", "Pay band"].into_iter().chain(groups.map(Ethnicity::label));
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string(0, column, heading).unwrap();
    }
    let mut rows: Vec<(String, String)> = Vec::new();
    for line in lines.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let band = fields[3].to_owned();
        let key = (standard.measure(fields[2]).unwrap().label.clone(), band);
        let row = rows.iter().position(|other| *other == key).unwrap_or_else(|| {
            rows.push(key.clone());
            rows.len() - 1
        });
        let row = u32::try_from(row + 1).unwrap();
        let column = groups.iter().position(|group| group.id() == fields[4]).unwrap();
        let bands = [("", "All"), ("low", "Low"), ("middle", "Middle"), ("high", "High")];
        let label = bands.iter().find(|(id, _)| *id == key.1).unwrap().1;
        sheet.write_string(row, 0, &key.0).unwrap().write_string(row, 1, label).unwrap();
        sheet.write_number(row, u16::try_from(column + 2).unwrap(), fields[5].parse::<f64>().unwrap()).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

fn prepared() -> &'static Workplace {
    static PREPARED: OnceLock<Workplace> = OnceLock::new();
    PREPARED.get_or_init(|| {
        let workplace = Workplace::new(&[
            "F01,Alderwick,London borough,London",
            "F02,Fenmoor,Shire county,East Midlands",
            "F03,Holt and Marsh,Unitary authority,South West",
            "F04,Kestrelwater,Unitary authority,South West",
        ]);
        for (place, size) in [(0, 12), (1, 20)] {
            let (code, name) = (CODES[place], NAMES[place]);
            let bytes = workbook(code, name, COVERS[place], &submission(code, size));
            workplace.submit(&format!("{code}.xlsx"), bytes);
        }
        workplace.submit("F03.csv", submission("F03", 15));
        set(&workplace, "status: synthetic", "status: provisional");
        done(&workplace, &["build"]);
        for point in POINTS {
            done(&workplace, &["sign-off", "2024", point, "--by", "A. Analyst", "--date", "2025-05-06"]);
        }
        done(&workplace, &["build"]);
        done(&workplace, &["release"]);
        workplace
    })
}

/// A copy of the released round, for one case.
pub struct Round {
    folder: TempDir,
}

impl Round {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for (from, to) in [(prepared().data(), "data"), (prepared().output(), "output")] {
            copy(&from, &folder.path().join(to));
        }
        let round = Self { folder };
        round.contacts(CONTACTS);
        round
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    /// The folder of what goes out.
    pub fn posted(&self) -> PathBuf {
        self.output().join("2024-dispatch")
    }

    pub fn contacts(&self, text: impl AsRef<[u8]>) {
        fs::write(self.data().join("2024/contacts.csv"), text).unwrap();
    }

    /// Changes the settings, and builds and releases with them.
    pub fn configure(&self, settings: &str) {
        let path = self.data().join("2024/round.yaml");
        fs::write(&path, fs::read_to_string(&path).unwrap() + settings).unwrap();
        for command in ["build", "release"] {
            let (code, text) = self.run(&[command]);
            assert_eq!(code, 0, "{text}");
        }
    }

    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = scwres(&self.data(), &root().join("report-templates"), &self.output());
        let output = command.args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    pub fn done(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(&[&["dispatch", "2024"], arguments].concat());
        assert_eq!(code, 0, "{text}");
        text
    }

    /// That nothing is prepared, for these reasons, and that nothing is written.
    pub fn refused(&self, words: &[&str]) -> String {
        let before = files(self.folder.path());
        let (code, text) = self.run(&["dispatch", "2024"]);
        assert_eq!(code, 1, "{words:?}: {text}");
        for word in words.iter().chain(&["nothing was written", "help: "]) {
            assert!(text.contains(word), "{word} is not in {text}");
        }
        assert_eq!(files(self.folder.path()), before, "something was written");
        text
    }

    /// A file of one authority's pack.
    pub fn pack(&self, place: usize, name: &str) -> PathBuf {
        let year = self.output().join("2024");
        match name {
            "checks" => year.join(format!("checks/{}.html", FOLDERS[place])),
            "marked" => year.join(format!("checks/{}.xlsx", FOLDERS[place])),
            _ => year.join("authorities").join(FOLDERS[place]).join(name),
        }
    }

    /// Lets two files change places.
    pub fn swap(&self, one: &Path, other: &Path) {
        let (first, second) = (fs::read(one).unwrap(), fs::read(other).unwrap());
        fs::write(one, second).unwrap();
        fs::write(other, first).unwrap();
    }

    /// Makes the manifest and the record agree with the files as they are now, as whoever means harm would.
    pub fn reseal(&self) {
        let year = self.output().join("2024");
        let sha256 = |file: &str| {
            let digest = Sha256::digest(fs::read(year.join(file)).unwrap());
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let path = year.join("manifest.json");
        let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for output in manifest["outputs"].as_array_mut().unwrap() {
            output["sha256"] = sha256(output["file"].as_str().unwrap()).into();
        }
        fs::write(&path, serde_json::to_vec_pretty(&manifest).unwrap()).unwrap();
        let record = self.data().join("2024/released/1");
        let path = record.join("release.json");
        let mut release: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for (file, digest) in release["documents"].as_object_mut().unwrap() {
            *digest = sha256(file).into();
        }
        fs::write(&path, serde_json::to_vec_pretty(&release).unwrap()).unwrap();
        sum_up(&record);
    }
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        fs::create_dir_all(to.join(&file).parent().unwrap()).unwrap();
        fs::copy(from.join(&file), to.join(&file)).unwrap();
    }
}
