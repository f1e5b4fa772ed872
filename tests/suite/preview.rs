//! The preview serves a page, shows a mistake where it is, and the mended page again.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::workplace::{Workplace, files, root, submission};

const AUTHORITIES: [&str; 2] = ["F01,Amberley,London borough,London", "F02,Fenmoor,Shire county,East Midlands"];

/// Ends the preview even when the test fails.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n"))
}

/// Sends a request line and headers as they are, and reads the whole answer.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "{request}Connection: close\r\n\r\n").unwrap();
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

/// A preview of two authorities' packs, and where it is.
fn preview(workplace: &Workplace, templates: &Path) -> (Served, String) {
    for code in ["F01", "F02"] {
        workplace.submit(&format!("{code}.csv"), submission(code, 10));
    }
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("scwres"));
    command.arg("--data").arg(workplace.data()).arg("--templates").arg(templates);
    let mut child = command.args(["preview", "--only", "F02"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let served = Served(child);
    let line = told.next().unwrap().unwrap();
    let address = line.split("http://").nth(1).unwrap().split(';').next().unwrap().to_owned();
    std::thread::spawn(move || told.count());
    (served, address)
}

/// A name of elsewhere can be made to point to this machine, and any page can make a browser ask it.
#[test]
fn only_the_author_is_answered() {
    let workplace = Workplace::new(&AUTHORITIES);
    let (_served, address) = preview(&workplace, &root().join("report-templates"));
    wait_for(&address, "/F02", "Fenmoor: benchmark pack");
    let port = address.split(':').nth(1).unwrap();

    for host in [format!("localhost:{port}"), format!("[::1]:{port}")] {
        let answer = ask(&address, &format!("GET /F02 HTTP/1.1\r\nHost: {host}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Fenmoor"), "{host}");
    }
    let own = format!("Host: {address}\r\n");
    let mut refused = vec![
        format!("GET /F02 HTTP/1.1\r\nHost: evil.example:{port}\r\n"),
        "GET /F02 HTTP/1.1\r\nHost: evil.example\r\n".to_owned(),
        "GET /F02 HTTP/1.1\r\nHost: localhost:1\r\n".to_owned(),
        "GET /F02 HTTP/1.0\r\n".to_owned(),
        format!("GET /F02 HTTP/1.1\r\n{own}Host: evil.example\r\n"),
        format!("GET http://evil.example/F02 HTTP/1.1\r\n{own}"),
        format!("POST /F02 HTTP/1.1\r\n{own}Content-Length: 0\r\n"),
        format!("GET /__events HTTP/1.1\r\nHost: evil.example:{port}\r\n"),
    ];
    for other in
        ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"]
    {
        refused.push(format!("GET /F02 HTTP/1.1\r\n{own}{other}\r\n"));
    }
    for request in refused {
        let answer = ask(&address, &request);
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        assert!([403, 405].contains(&status) && !answer.contains("Fenmoor"), "{request}{answer}");
    }
    let head = ask(&address, &format!("HEAD /F02 HTTP/1.1\r\n{own}"));
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"));
    for answer in [head, get(&address, "/nowhere"), ask(&address, "GET / HTTP/1.1\r\nHost: evil.example\r\n")] {
        for header in [
            "X-Frame-Options: DENY",
            "frame-ancestors 'none'",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cross-Origin-Resource-Policy: same-origin",
            "Cache-Control: no-store",
        ] {
            assert!(answer.contains(header), "{header} is not in {answer}");
        }
        assert!(!answer.contains("Access-Control-Allow-Origin"));
    }
}

#[test]
fn a_browser_is_told_when_its_page_has_changed() {
    let workplace = Workplace::new(&AUTHORITIES);
    let (_served, address) = preview(&workplace, &root().join("report-templates"));
    wait_for(&address, "/F02", "Fenmoor: benchmark pack");
    let page = get(&address, "/F02");
    let events = page.split("new EventSource(\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let waiting = std::thread::spawn({
        let address = address.clone();
        move || get(&address, &events)
    });
    workplace.submit("F01.csv", submission("F01", 11));
    let told = waiting.join().unwrap();
    assert!(told.contains("text/event-stream") && told.contains("event: reload"), "{told}");
    assert!(told.contains("X-Content-Type-Options: nosniff"));
}

#[test]
fn a_page_is_made_again_when_a_template_changes_and_a_mistake_is_shown() {
    let workplace = Workplace::new(&AUTHORITIES);
    let templates = workplace.data().parent().unwrap().join("templates");
    for file in files(&root().join("report-templates")) {
        fs::create_dir_all(templates.join(&file).parent().unwrap()).unwrap();
        fs::copy(root().join("report-templates").join(&file), templates.join(&file)).unwrap();
    }
    let (_served, address) = preview(&workplace, &templates);

    wait_for(&address, "/F02", "Fenmoor: benchmark pack");
    assert!(get(&address, "/F01").starts_with("HTTP/1.1 404"));
    let chapter = templates.join("pack/quality.typ");
    let text = fs::read_to_string(&chapter).unwrap();
    fs::write(&chapter, text.replace("= Data quality of your return", "= Data quality #nmae")).unwrap();
    wait_for(&address, "/F02", "quality.typ:");
    fs::write(&chapter, text.replace("= Data quality of your return", "= Words")).unwrap();
    wait_for(&address, "/F02", ">Words<");
}

#[test]
fn a_sample_holds_all_that_typst_needs_to_show_a_document() {
    let workplace = Workplace::new(&AUTHORITIES);
    for code in ["F01", "F02"] {
        workplace.submit(&format!("{code}.csv"), submission(code, 10));
    }
    let folder = workplace.data().parent().unwrap().join("sample");
    let sample = ["preview", "--only", "F02", "--sample", folder.to_str().unwrap()];
    workplace.scwres().args(sample).assert().success();
    let paths = files(&folder);
    for path in ["pack/report.typ", "theme.typ", "identity.yaml", "tokens.yaml", "charts/glance.svg", "data.csv"] {
        assert!(paths.iter().any(|one| one == path), "{path} is not among {paths:?}");
    }
    let data: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("document.json")).unwrap()).unwrap();
    assert_eq!(data["authority"]["name"], "Fenmoor");
    assert_eq!(data["coverage"]["submitted"]["print"], "2");
    let names = fs::read_to_string(folder.join("document.typ")).unwrap();
    assert!(
        names.contains("#let document = json(\"/document.json\")")
            && names.contains("#let authority = document.authority")
    );
    // What is there stays as it is.
    workplace.scwres().args(sample).assert().code(2);
}
