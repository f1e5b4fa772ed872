//! The author's desk answers its author alone, shows a mistake where it is, and the mended page again.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::workplace::{Workplace, files, root, scwres, submission};

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
    ask_with(address, request, "")
}

/// The same with a body after the headers.
fn ask_with(address: &str, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "{request}Connection: close\r\n\r\n{body}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&whole(&answer)).into_owned()
}

/// An answer as it was before it was sent in pieces, whose sizes stand between them.
fn whole(answer: &[u8]) -> Vec<u8> {
    let after =
        |bytes: &[u8], end: &[u8]| bytes.windows(end.len()).position(|part| part == end).map(|at| at + end.len());
    let Some(body) = after(answer, b"\r\n\r\n") else { return answer.to_vec() };
    let (head, mut rest) = answer.split_at(body);
    if !String::from_utf8_lossy(head).contains("Transfer-Encoding: chunked") {
        return answer.to_vec();
    }
    let mut whole = head.to_vec();
    while let Some(begin) = after(rest, b"\r\n") {
        let size = String::from_utf8_lossy(&rest[..begin - 2]).into_owned();
        let length = usize::from_str_radix(&size, 16).unwrap();
        if length == 0 {
            break;
        }
        whole.extend(&rest[begin..begin + length]);
        rest = &rest[begin + length + 2..];
    }
    whole
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
    command
        .arg("--data")
        .arg(workplace.data())
        .arg("--templates")
        .arg(templates)
        .arg("--output")
        .arg(workplace.output());
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

/// A copy of the repository's templates that may be changed.
fn own_templates(workplace: &Workplace) -> PathBuf {
    let templates = workplace.data().parent().unwrap().join("templates");
    for file in files(&root().join("report-templates")) {
        fs::create_dir_all(templates.join(&file).parent().unwrap()).unwrap();
        fs::copy(root().join("report-templates").join(&file), templates.join(&file)).unwrap();
    }
    templates
}

#[test]
fn a_page_is_made_again_when_a_template_changes_and_a_mistake_is_shown() {
    let workplace = Workplace::new(&AUTHORITIES);
    let templates = own_templates(&workplace);
    let (_served, address) = preview(&workplace, &templates);

    wait_for(&address, "/F02", "Fenmoor: benchmark pack");
    assert!(get(&address, "/F03").starts_with("HTTP/1.1 404"));
    let chapter = templates.join("pack/quality.typ");
    let text = fs::read_to_string(&chapter).unwrap();
    fs::write(&chapter, text.replace("= Data quality of your return", "= Data quality #nmae")).unwrap();
    wait_for(&address, "/F02", "quality.typ:");
    fs::write(&chapter, text.replace("= Data quality of your return", "= Words")).unwrap();
    wait_for(&address, "/F02", ">Words<");
}

/// What the desk knows of a number, and where a sentence is written.
#[test]
fn a_number_leads_to_its_cells_and_a_sentence_to_its_line() {
    let workplace = Workplace::new(&AUTHORITIES);
    let (_served, address) = preview(&workplace, &root().join("report-templates"));
    wait_for(&address, "/F02", "Fenmoor: benchmark pack");
    let page = get(&address, "/F02");
    let id = "2024/F02/2/all/relative_likelihood";
    assert!(page.contains(&format!("data-figure=\"{id}\"")), "the pack does not print {id}");
    let told = get(&address, &format!("/figure?id={id}"));
    for words in
        ["How it is worked out", "F02?at=line", "Nothing of it is withheld here", "holds no build with this figure"]
    {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    assert!(get(&address, "/figure?id=2024/F02/nothing/all/x").contains("About this number"));
    // Every place is a line of words, and that of a sentence is the line of its branch: its words stand there.
    let sources = page.split("data-source=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let in_templates = |place: &&str| !place.starts_with("2024/text/");
    let places: Vec<&str> = sources.flat_map(|places| places.split(' ')).filter(in_templates).collect();
    let line_of = |place: &str| {
        let (file, line) = place.rsplit_once(':').unwrap();
        let text = fs::read_to_string(root().join("report-templates").join(file)).unwrap();
        text.lines().nth(line.parse::<usize>().unwrap() - 1).expect(place).to_owned()
    };
    assert!(places.iter().all(|place| !line_of(place).trim().is_empty()), "{places:?}");
    let branches = places.iter().filter(|place| place.starts_with("pack/summary.txt:"));
    let branches: Vec<String> = branches.map(|place| line_of(place)).collect();
    assert!(
        branches.iter().any(|line| line.contains("Your figures show") && !line.contains("{% set ")),
        "{branches:?}"
    );
    assert!(places.iter().any(|place| place.starts_with("phrases/sentences.txt:")), "{places:?}");
    assert!(get(&address, "/template?file=pack/summary.txt&line=1").starts_with("HTTP/1.1 200"));
    for file in ["../data/2024/round.yaml", "/etc/passwd", "pack/../../data/standard.yaml", "identity.yaml", ""] {
        let answer = get(&address, &format!("/template?file={file}&line=1"));
        assert!(answer.starts_with("HTTP/1.1 404"), "{file}: {answer}");
    }
}

/// A file that is sent is checked as if it lay in the folder, from a page of the desk alone, and is kept nowhere.
#[test]
fn a_file_that_is_sent_is_checked_and_not_kept() {
    let workplace = Workplace::new(&AUTHORITIES);
    let (_served, address) = preview(&workplace, &root().join("report-templates"));
    wait_for(&address, "/returns/F02", "The return was accepted");
    let before = files(&workplace.data());
    let sent = submission("F02", 10).replacen(",asian,40\n", ",asian,many\n", 1);
    let send = |headers: &str, body: &str| {
        let length = body.len();
        let head =
            format!("POST /check?name=<b>F02.csv HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n");
        ask_with(&address, &head, body)
    };
    let own = format!("Origin: http://{address}\r\n");
    let answer = send(&own, &sent);
    assert!(answer.contains("was checked and not kept") && answer.contains("found-error"), "{answer}");
    assert!(!answer.contains("<b>F02.csv"), "the name of a file is text");
    for headers in ["", "Origin: http://evil.example\r\n", "Origin: null\r\n"] {
        assert!(send(headers, &sent).starts_with("HTTP/1.1 403"), "{headers}");
    }
    assert!(send(&own, "").contains("was checked and not kept"));
    assert!(send(&own, "PK\u{3}\u{4}").contains("was checked and not kept"));
    assert_eq!(files(&workplace.data()), before);
}

/// What is found in a return stands beside its cell, as soon as the return changes, and when it goes.
#[test]
fn a_return_is_followed_as_it_changes_and_goes() {
    let workplace = Workplace::new(&AUTHORITIES);
    let (_served, address) = preview(&workplace, &root().join("report-templates"));
    wait_for(&address, "/returns/F02", "The return was accepted");
    workplace.submit("F02.csv", submission("F02", 10).replacen(",asian,40\n", ",asian,many\n", 1));
    wait_for(&address, "/returns/F02", "The return cannot be used");
    let page = get(&address, "/returns/F02");
    let cell = page.split("<a class=\"desk-mark\" href=\"#").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(page.contains(&format!("<li id=\"{cell}\" class=\"error\">")), "{cell} leads to no finding");
    assert!(get(&address, "/").contains("with errors"));
    fs::remove_file(workplace.data().join("2024/submissions/F02.csv")).unwrap();
    wait_for(&address, "/returns/F02", "No return was received");
    wait_for(&address, "/F01", "Amberley: benchmark pack");
    assert!(get(&address, "/F02").starts_with("HTTP/1.1 404"));
}

#[test]
fn other_settings_are_tried_and_nothing_is_written() {
    let workplace = Workplace::new(&AUTHORITIES);
    let (_served, address) = preview(&workplace, &root().join("report-templates"));
    wait_for(&address, "/protection", "Rows that show all their counts");
    let before = files(&workplace.data());
    let tried = get(&address, "/protection?threshold=4&rounding=1&minimum_contributors=1");
    assert!(tried.contains("With threshold 4, rounding 1 and 1 contributors"), "{tried}");
    for wrong in ["threshold=0", "rounding=-5", "minimum_contributors=many", "threshold=99999999999999999999"] {
        assert!(get(&address, &format!("/protection?{wrong}")).contains("is a whole number from 1 to 1000"), "{wrong}");
    }
    assert_eq!(files(&workplace.data()), before);
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

/// Why a number is another one than at the last build: from the list of changes to the cell, and the same from the number.
#[test]
fn what_changed_since_the_build_leads_to_the_cell_that_did_it() {
    let workplace = Workplace::new(&AUTHORITIES);
    let templates = own_templates(&workplace);
    let (_served, address) = preview(&workplace, &templates);
    wait_for(&address, "/changes", "This round was not built yet");
    scwres(&workplace.data(), &templates, &workplace.output()).args(["build", "2024"]).assert().success();
    wait_for(&address, "/changes", "Nothing differs");
    let texts = get(&address, "/changes?texts=all");
    assert!(texts.contains("All documents were typeset") && texts.contains("every text reads as it did"), "{texts}");

    let sent = submission("F02", 10).replacen("adults,appointed,,white,", "adults,appointed,,white,1", 1);
    workplace.submit("F02.csv", sent);
    let words = templates.join("national/key-findings.typ");
    let text = fs::read_to_string(&words).unwrap();
    fs::write(&words, text.replacen("= Results on one page", "= All results on a page", 1)).unwrap();
    wait_for(&address, "/changes", "All results on a page");
    wait_for(&address, "/changes", "Fenmoor, F02.csv, line");
    // Templates write a slash of a value as a character reference.
    let plain = |path: &str| get(&address, path).replace("&#x2f;", "/");
    let changes = plain("/changes");
    for link in [
        "/returns/F02?at=line",
        "/template?file=national%2Fkey-findings.typ",
        "/figure?id=2024%2FF02%2F2%2Fall%2Fwords",
    ] {
        assert!(changes.contains(&format!("href=\"{}", link.replace('&', "&amp;"))), "{link} is not in {changes}");
    }
    assert!(!get(&address, "/changes?texts=F01").contains("All results on a page"), "a pack has no such words");
    let figure = plain("/figure?id=2024/F02/2/all/words&page=");
    for words in ["<h1>Fenmoor: indicator 2", "1 of its cells is not as at the last build", ">Then<", "White: rate"] {
        assert!(figure.contains(words), "{words} is not in {figure}");
    }
    let cells = figure.split("id=\"cells\"").nth(1).unwrap();
    let first = cells.split("<tbody>").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(first.contains("Candidates appointed, White") && first.matches("<strong>").count() == 2, "{first}");
    assert!(!figure.contains("possible-disadvantage") && !figure.contains("ethnicity:"), "{figure}");
    let sent = plain("/returns/F02");
    assert!(sent.contains("/figure?id=2024%2FF02%2F2%2Fadults%2Fwords") && sent.contains("built: 90"), "{sent}");
    assert_eq!(sent.matches("desk-built").count(), 2, "one cell has changed, and the style names it once");
    assert!(get(&address, "/").contains("changed since the last build: Fenmoor"));
    assert!(get(&address, "/returns").matches("changed since the last build").count() == 1);
}
