//! The preview serves a page, shows a mistake where it is, and the mended page again.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::workplace::{Workplace, files, root, submission};

/// Ends the preview even when the test fails.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Asks until the page holds these words.
fn wait_for(address: &str, path: &str, words: &str) {
    let start = Instant::now();
    while !get(address, path).contains(words) {
        assert!(start.elapsed() < Duration::from_secs(60), "{path} never says {words}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_page_is_made_again_when_a_template_changes_and_a_mistake_is_shown() {
    let workplace = Workplace::new(&["F01,Amberley,London borough,London", "F02,Fenmoor,Shire county,East Midlands"]);
    for code in ["F01", "F02"] {
        workplace.submit(&format!("{code}.csv"), submission(code, 10));
    }
    let templates = workplace.data().parent().unwrap().join("templates");
    for file in files(&root().join("report-templates")) {
        fs::create_dir_all(templates.join(&file).parent().unwrap()).unwrap();
        fs::copy(root().join("report-templates").join(&file), templates.join(&file)).unwrap();
    }
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("scwres"));
    command.arg("--data").arg(workplace.data()).arg("--templates").arg(&templates);
    let mut child = command.args(["preview", "--only", "F02"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let _served = Served(child);
    let line = told.next().unwrap().unwrap();
    let address = line.split("http://").nth(1).unwrap().split(';').next().unwrap().to_owned();
    std::thread::spawn(move || told.count());

    wait_for(&address, "/F02", "Fenmoor: benchmark pack");
    assert!(get(&address, "/F01").starts_with("HTTP/1.1 404"));
    let glossary = templates.join("method/glossary.typ");
    let text = fs::read_to_string(&glossary).unwrap();
    fs::write(&glossary, text.replace("= Glossary", "= Glossary {{ nmae }}")).unwrap();
    wait_for(&address, "/F02", "glossary.typ:");
    fs::write(&glossary, text.replace("= Glossary", "= Words")).unwrap();
    wait_for(&address, "/", ">Words<");
}
