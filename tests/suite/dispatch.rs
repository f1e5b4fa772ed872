//! What goes to each authority: that it is what the log says, and that nothing of another's is ever prepared.

mod readers;
mod ready;
mod released;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};

use mail_parser::{MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};

use crate::workplace::files;
use released::{CODES, CONTACTS, FOLDERS, NAMES, Round};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The rows of a table.
fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}

const DOCUMENTS: [&str; 7] = [
    "benchmark-pack.pdf",
    "benchmark-pack.html",
    "committee-paper.pdf",
    "committee-paper.html",
    "staff-page.pdf",
    "staff-page.html",
    "checks",
];

#[test]
fn each_authority_gets_its_own_files_and_a_message_that_carries_them() {
    let round = Round::new();
    let checkers = round.output().join("2024-checkers");
    fs::create_dir(&checkers).unwrap();
    fs::write(checkers.join("F02-fenmoor.html"), "<script>let code = 'F02'</script>").unwrap();
    assert!(round.done(&[]).contains("3 messages; nothing was sent"));
    let posted = round.posted();
    for (place, folder) in FOLDERS.iter().enumerate() {
        let pack = fs::read(round.pack(place, "benchmark-pack.pdf")).unwrap();
        assert_eq!(fs::read(posted.join(folder).join("benchmark-pack.pdf")).unwrap(), pack);
        let message = fs::read(posted.join(format!("{folder}.eml"))).unwrap();
        let message = MessageParser::new().parse(&message).unwrap();
        assert!(message.subject().unwrap().contains(NAMES[place]), "{:?}", message.subject());
        assert!(message.body_text(0).unwrap().contains("small numbers"));
        assert_eq!((message.date(), message.header_raw("X-Unsent").map(str::trim)), (None, Some("1")));
        let attached: BTreeMap<String, String> = message
            .attachments()
            .map(|part| (part.attachment_name().unwrap().to_owned(), sha256(part.contents())))
            .collect();
        let here: BTreeMap<String, String> = files(&posted.join(folder))
            .into_iter()
            .map(|file| (file.clone(), sha256(&fs::read(posted.join(folder).join(&file)).unwrap())))
            .collect();
        assert_eq!(attached, here);
        assert!(here.contains_key("checks-of-your-return.html") && here.contains_key("data.csv"), "{here:?}");
        assert_eq!(here.contains_key("check-your-next-return.html"), place == 1);
        assert_eq!(here.contains_key("your-return-marked.xlsx"), place < 2, "a table has no marked copy");
    }
    let to = |folder: &str| {
        let message = fs::read(posted.join(format!("{folder}.eml"))).unwrap();
        let message = MessageParser::new().parse(&message).unwrap();
        let to = message.to().unwrap().first().unwrap().clone();
        (to.name().unwrap().to_owned(), to.address().unwrap().to_owned())
    };
    assert_eq!(to("F02-fenmoor"), ("Őry, Béla".to_owned(), "bela.ory@fenmoor.gov.uk".to_owned()));
    let log = rows(&fs::read(posted.join("log.csv")).unwrap());
    let mut logged: Vec<String> = log.iter().map(|row| row["file"].clone()).collect();
    for row in &log {
        let bytes = fs::read(posted.join(&row["file"])).unwrap();
        assert_eq!((&row["sha256"], &row["bytes"]), (&sha256(&bytes), &bytes.len().to_string()), "{row:?}");
        assert!(row["file"].starts_with(&row["authority_code"]) && !row["purpose"].is_empty(), "{row:?}");
    }
    logged.extend(["index.html", "log.csv"].map(str::to_owned));
    logged.sort();
    assert_eq!(logged, files(&posted), "everything that goes out is in the log");
    // The same again is the same bytes.
    let all = |round: &Round| -> Vec<Vec<u8>> {
        files(&round.posted()).iter().map(|file| fs::read(round.posted().join(file)).unwrap()).collect()
    };
    let before = all(&round);
    round.done(&[]);
    assert_eq!(all(&round), before);
    // One alone.
    round.done(&["--only", "F03"]);
    assert!(files(&round.posted()).iter().all(|file| file.starts_with("F03") || !file.starts_with('F')));
    let (code, text) = round.run(&["dispatch", "2024", "--only", "F04"]);
    assert!(code == 2 && text.contains("Kestrelwater (F04) has no pack"), "{text}");
}

#[test]
fn an_archive_opens_with_its_own_passphrase_alone() {
    let round = Round::new();
    round.configure("dispatch: {encrypt: true, from: The programme <wres@example.org>, reply_to: help@example.org}\n");
    round.done(&[]);
    let posted = round.posted();
    let secret = fs::read(posted.join("passphrases.csv")).unwrap();
    let passphrases: Vec<String> = rows(&secret).iter().map(|row| row["passphrase"].clone()).collect();
    assert_eq!(passphrases.len(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(posted.join("passphrases.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    for (place, folder) in FOLDERS.iter().enumerate() {
        assert!(!posted.join(folder).exists(), "nothing lies beside the archive as it is");
        let bytes = fs::read(posted.join(format!("{folder}.zip"))).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        for (other, passphrase) in passphrases.iter().enumerate() {
            let mut read = Vec::new();
            let opened = archive
                .by_name_decrypt("benchmark-pack.pdf", passphrase.as_bytes())
                .is_ok_and(|mut file| file.read_to_end(&mut read).is_ok());
            assert_eq!(opened, other == place, "{folder} with the passphrase of {}", CODES[other]);
            assert!(!opened || read == fs::read(round.pack(place, "benchmark-pack.pdf")).unwrap());
        }
        assert!(archive.by_name("benchmark-pack.pdf").is_err(), "it is not encrypted");
        let message = fs::read(posted.join(format!("{folder}.eml"))).unwrap();
        let parsed = MessageParser::new().parse(&message).unwrap();
        let attached: Vec<Vec<u8>> = parsed.attachments().map(|part| part.contents().to_vec()).collect();
        assert_eq!(attached, [bytes]);
        assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("The programme"));
        assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("help@example.org"));
    }
    // No passphrase stands in anything that goes out, or in what shows it.
    for file in files(&posted).iter().filter(|file| *file != "passphrases.csv") {
        let bytes = fs::read(posted.join(file)).unwrap();
        let found = passphrases.iter().find(|it| bytes.windows(it.len()).any(|part| part == it.as_bytes()));
        assert_eq!(found, None, "{file}");
    }
    // A passphrase that may have been told stays, also where one alone is prepared again.
    round.done(&["--only", "F02"]);
    assert_eq!(fs::read(posted.join("passphrases.csv")).unwrap(), secret);
    round.contacts(CONTACTS.replace("workforce@", "team@"));
    round.done(&[]);
    let now = fs::read(posted.join("passphrases.csv")).unwrap();
    let now: Vec<String> = rows(&now).iter().map(|row| row["passphrase"].clone()).collect();
    assert!(now[..2] == passphrases[..2] && now[2] != passphrases[2], "a new reader has a new passphrase");
}

#[test]
fn a_file_of_another_authority_is_never_prepared() {
    for name in DOCUMENTS.iter().chain(&["data.csv"]) {
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let round = Round::new();
            round.swap(&round.pack(one, name), &round.pack(other, name));
            round.refused(&["error[build-altered]", "is not as it was built"]);
            // Where digests have been made to match, what stands in the files does not.
            round.reseal();
            let text = round.refused(&["error[another-authority]", NAMES[one], NAMES[other]]);
            assert!(*name == "data.csv" || text.matches("error[not-its-own]").count() >= 2, "{name}: {text}");
            assert!(!text.contains("build-altered") && !text.contains("not-released"), "{text}");
        }
    }
}

#[test]
fn returns_and_checkers_of_another_are_not_sent_along() {
    let round = Round::new();
    let other = fs::read(round.data().join("2024/submissions/F01.xlsx")).unwrap();
    fs::write(round.pack(1, "marked"), other).unwrap();
    round.reseal();
    round.refused(&["error[another-authority]", "2024/checks/F02-fenmoor.xlsx", "found `F01`"]);
    for (page, rule) in [
        ("<script>let code = 'F01', own = 'F02'</script>", "another-authority"),
        ("<p>F02 Holt and Marsh</p>", "another-authority"),
        ("<p>Check</p>", "not-its-own"),
    ] {
        let round = Round::new();
        fs::create_dir(round.output().join("2024-checkers")).unwrap();
        fs::write(round.output().join("2024-checkers/F02-fenmoor.html"), page).unwrap();
        round.refused(&[&format!("error[{rule}]"), "2024-checkers/F02-fenmoor.html"]);
    }
}

#[test]
fn whole_packs_that_were_swapped_or_handed_round_are_refused() {
    for places in [vec![1, 0, 2], vec![2, 1, 0], vec![0, 2, 1], vec![1, 2, 0], vec![2, 0, 1], vec![0, 0, 0]] {
        let round = Round::new();
        let names = DOCUMENTS.iter().chain(&["data.csv"]);
        let all: Vec<(&str, Vec<Vec<u8>>)> = names
            .map(|name| (*name, (0..3).map(|place| fs::read(round.pack(place, name)).unwrap()).collect()))
            .collect();
        for (name, bytes) in &all {
            for (place, from) in places.iter().enumerate() {
                fs::write(round.pack(place, name), &bytes[*from]).unwrap();
            }
        }
        round.refused(&["error[build-altered]"]);
        round.reseal();
        let text = round.refused(&["error[another-authority]", "error[not-its-own]"]);
        for (place, from) in places.iter().enumerate().filter(|(place, from)| place != *from) {
            assert!(text.contains(&format!("names {}, and it goes to {}", NAMES[*from], NAMES[place])), "{text}");
        }
    }
}

#[test]
fn a_file_in_which_another_authority_is_named_is_refused() {
    for (name, from, to) in [
        ("benchmark-pack.html", "<main", "<p hidden>Fenmoor</p><main"),
        ("benchmark-pack.html", "<main", "<!-- F02 --><main"),
        ("benchmark-pack.html", "<main", "<p title=\"for Holt &amp;\tand Marsh, Holt\n and Marsh\"></p><main"),
        ("benchmark-pack.html", "data-figure=\"2024/F01/", "data-figure=\"2024/F02/"),
        ("benchmark-pack.html", "<main", "<p>Fen<b>moor</b></p><main"),
        ("checks", "<main", "<p>Kestrelwater</p><main"),
        ("data.csv", "2024,authority,F01,Alderwick,", "2024,authority,F02,Alderwick,"),
        ("data.csv", "2024,authority,F01,Alderwick,", "2024,authority,F01,Fenmoor,"),
        ("data.csv", "2024,authority,F01,Alderwick,", "2024,authority,F01,Nowhere,"),
        ("data.csv", "2024,authority,F01,Alderwick,", "2024,authority,F77,Alderwick,"),
    ] {
        let round = Round::new();
        let path = round.pack(0, name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {name}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        round.reseal();
        round.refused(&["error[another-authority]"]);
    }
}

#[test]
fn a_file_that_does_not_tell_whose_it_is_is_refused() {
    for (name, from, to, rule) in [
        ("benchmark-pack.html", "<title>Alderwick", "<title>Alderwickshire", "not-its-own"),
        ("committee-paper.html", "<title>Alderwick", "<title>A council", "not-its-own"),
        ("benchmark-pack.html", "benchmark pack 2024", "benchmark pack 2023", "another-round"),
        ("benchmark-pack.html", " (not for publication)", "", "public-and-own"),
        ("data.csv", "2024,authority,F01,Alderwick,", "2024,region,london,London,", "another-authority"),
    ] {
        let round = Round::new();
        let path = round.pack(0, name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {name}");
        fs::write(&path, text.replace(from, to)).unwrap();
        round.reseal();
        round.refused(&[&format!("error[{rule}]")]);
    }
    for (name, bytes) in
        [("benchmark-pack.pdf", &b"%PDF-1.7 nothing"[..]), ("benchmark-pack.html", b"\xff\xfe"), ("data.csv", b"")]
    {
        let round = Round::new();
        fs::write(round.pack(0, name), bytes).unwrap();
        round.reseal();
        round.refused(&["error[", "2024/authorities/F01-alderwick/"]);
    }
}

#[test]
fn folders_that_changed_places_or_names_are_refused() {
    let round = Round::new();
    let folder = |place: usize| round.output().join("2024/authorities").join(FOLDERS[place]);
    let aside = round.output().join("aside");
    fs::rename(folder(0), &aside).unwrap();
    fs::rename(folder(1), folder(0)).unwrap();
    fs::rename(&aside, folder(1)).unwrap();
    round.refused(&["error[build-altered]", "error[another-authority]"]);
    // A folder under another name, which the manifest then has too.
    let round = Round::new();
    let other = round.output().join("2024/authorities/F99-nowhere");
    fs::rename(round.output().join("2024/authorities").join(FOLDERS[2]), other).unwrap();
    for path in [round.output().join("2024/manifest.json"), round.data().join("2024/released/1/release.json")] {
        let text =
            fs::read_to_string(&path).unwrap().replace("authorities/F03-holt-and-marsh/", "authorities/F99-nowhere/");
        fs::write(&path, text).unwrap();
    }
    crate::released::sum_up(&round.data().join("2024/released/1"));
    round.refused(&["F99-nowhere", "no registered authority's", "error[contact-without-pack]"]);
}
