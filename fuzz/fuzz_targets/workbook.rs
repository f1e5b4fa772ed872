//! Any bytes as a workbook, and any text as one part of a sound one: a sheet, the shared texts, an OpenDocument's content.
#![no_main]

mod round;

use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scwres::submissions::workbook;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

static ROUND: LazyLock<(scwres::standard::Standard, scwres::round::Round)> = LazyLock::new(round::open);

/// A panic that the reader catches is a finding to its user, and no crash: only one that leaves it ends the run.
static QUIET: LazyLock<()> = LazyLock::new(|| std::panic::set_hook(Box::new(|_| {})));

/// The parts of an empty collection workbook.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let (standard, round) = &*ROUND;
    let bytes =
        workbook::write(&round.settings, standard, &round.authorities[0], &[], None).expect("it can be written");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("it is an archive");
    let length = archive.len();
    let part = |index| {
        let mut part = archive.by_index(index).expect("it has this part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("it unpacks");
        (part.name().expect("it has a name").into_owned(), content)
    };
    (0..length).map(part).collect()
});

fn packed<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(name, options).expect("it can be begun");
        writer.write_all(content).expect("it can be written");
    }
    writer.finish().expect("it can be finished").into_inner()
}

fn with(name: &str, content: &[u8]) -> Vec<u8> {
    packed(PARTS.iter().map(|(part, own)| (part.as_str(), if part == name { content } else { own.as_slice() })))
}

fuzz_target!(|bytes: &[u8]| {
    LazyLock::force(&QUIET);
    let (standard, round) = &*ROUND;
    let Some((kind, content)) = bytes.split_first() else { return };
    let file = match kind % 5 {
        0 => content.to_vec(),
        1 => with("xl/worksheets/sheet2.xml", content),
        2 => with("xl/sharedStrings.xml", content),
        3 => with("xl/workbook.xml", content),
        _ => packed([("content.xml", content)].into_iter()),
    };
    let read = workbook::read(&file, "F01.xlsx", &round.settings, standard);
    let findings: Vec<_> = read.findings.iter().collect();
    workbook::mark(&file, &round.settings, &findings);
    round::examine(read.value, standard, round);
});
