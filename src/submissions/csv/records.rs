//! Splits CSV into records, each with the line on which an editor shows it.
//!
//! The `csv` crate reads `"1"2` as 12 and counts neither lone carriage returns nor blank lines; and a record of a million
//! commas takes it the memory of as many fields. What is well formed is split as that crate does it: a test compares them.

use std::borrow::Cow;

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::submissions) struct Record<'a> {
    /// The line that it begins on, the first being 1.
    pub line: usize,
    /// What stands between its commas; quotation marks around a field are taken away.
    pub fields: Vec<Cow<'a, [u8]>>,
    /// What makes it no CSV.
    pub flaw: Option<Flaw>,
}

/// What makes a record no CSV, and where it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::submissions) enum Flaw {
    /// The field of this number goes on over the end of its line.
    OverLines(usize),
    /// The quotation mark that the field of this number begins with is not closed before the file ends.
    NotClosed(usize),
    /// In the field of this number, something comes after the closing quotation mark.
    AfterQuotes(usize),
    /// It has more fields than a spreadsheet has columns; the rest were left out.
    TooMany,
}

/// The records of a file, in order; lines without any letter are none.
pub(in crate::submissions) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

/// So many columns have the largest spreadsheets.
const MOST_FIELDS: usize = 16_384;

impl<'a> Records<'a> {
    pub(in crate::submissions) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    fn next_byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Goes over one end of a line: CR and LF together, or one of them.
    fn end_line(&mut self) {
        self.at += if self.bytes[self.at..].starts_with(b"\r\n") { 2 } else { 1 };
        self.line += 1;
    }

    /// The bytes up to the first of these, or to the end.
    fn until(&mut self, ends: &[u8]) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn field(&mut self, number: usize, flaw: &mut Option<Flaw>) -> Cow<'a, [u8]> {
        let start = self.at;
        let blank = self.bytes[start..].iter().take_while(|byte| is_blank(**byte)).count();
        if self.bytes.get(start + blank) != Some(&b'"') {
            return Cow::Borrowed(self.until(b",\r\n"));
        }
        self.at += blank + 1;
        let mut text = self.bytes[start..start + blank].to_vec();
        loop {
            text.extend(self.until(b"\"\r\n"));
            match self.next_byte() {
                Some(b'"') if self.bytes.get(self.at + 1) == Some(&b'"') => {
                    text.push(b'"');
                    self.at += 2;
                }
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(_) => {
                    let from = self.at;
                    self.end_line();
                    text.extend(&self.bytes[from..self.at]);
                    flaw.get_or_insert(Flaw::OverLines(number));
                }
                None => {
                    if flaw.is_none_or(|flaw| flaw == Flaw::OverLines(number)) {
                        *flaw = Some(Flaw::NotClosed(number));
                    }
                    break;
                }
            }
        }
        let after = self.until(b",\r\n");
        if !after.iter().all(|byte| is_blank(*byte)) && flaw.is_none() {
            *flaw = Some(Flaw::AfterQuotes(number));
            // As it stands: without its quotation marks it would look like what it is not.
            return Cow::Borrowed(&self.bytes[start..self.at]);
        }
        text.extend(after);
        Cow::Owned(text)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        while matches!(self.next_byte(), Some(b'\r' | b'\n')) {
            self.end_line();
        }
        self.next_byte()?;
        let line = self.line;
        let (mut fields, mut flaw) = (Vec::new(), None);
        loop {
            let field = self.field(fields.len(), &mut flaw);
            if fields.len() < MOST_FIELDS {
                fields.push(field);
            } else {
                flaw.get_or_insert(Flaw::TooMany);
            }
            match self.next_byte() {
                Some(b',') => self.at += 1,
                Some(_) => {
                    self.end_line();
                    break;
                }
                None => break,
            }
        }
        Some(Record { line, fields, flaw })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<(usize, Vec<String>, Option<Flaw>)> {
        let text_of = |field: &Cow<'_, [u8]>| String::from_utf8_lossy(field).into_owned();
        Records::new(text.as_bytes())
            .map(|record| (record.line, record.fields.iter().map(text_of).collect(), record.flaw))
            .collect()
    }

    #[test]
    fn nothing_is_glued_together() {
        assert_eq!(all("a,\"1\"2\n"), [(1, vec!["a".into(), "\"1\"2".into()], Some(Flaw::AfterQuotes(1)))]);
        assert_eq!(all("\"1\n2\",b"), [(1, vec!["1\n2".into(), "b".into()], Some(Flaw::OverLines(0)))]);
        assert_eq!(all("a,\"b"), [(1, vec!["a".into(), "b".into()], Some(Flaw::NotClosed(1)))]);
        assert_eq!(all("a, \"b\" ,5\"\n"), [(1, vec!["a".into(), " b ".into(), "5\"".into()], None)]);
    }

    #[test]
    fn a_record_takes_no_more_memory_than_a_spreadsheets_row() {
        let wide = ",".repeat(1_000_000);
        let records: Vec<_> = Records::new(wide.as_bytes()).collect();
        assert_eq!((records.len(), records[0].fields.len(), records[0].flaw), (1, MOST_FIELDS, Some(Flaw::TooMany)));
    }

    /// What an editor shows: each CR LF, LF or CR ends a line.
    fn editor_line(text: &str, place: usize) -> usize {
        let before = text[..place].replace("\r\n", "\n");
        1 + before.matches(['\r', '\n']).count()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn lines_are_those_of_an_editor(
            parts in prop::collection::vec(prop::sample::select(vec!["\r", "\n", "\r\n", ",", "\"a\"", "\"\r\n\"", "\"b\n\rc\"", " "]), 0..20),
        ) {
            // Each record begins with a name of its own, so that its place in the text can be found.
            let mut text = String::new();
            for (number, part) in parts.iter().enumerate() {
                if text.is_empty() || text.ends_with(['\r', '\n']) && !part.starts_with(['\r', '\n']) {
                    text.push_str(&format!("<{number}>,"));
                }
                text.push_str(part);
            }
            for record in Records::new(text.as_bytes()) {
                let name = String::from_utf8_lossy(&record.fields[0]).into_owned();
                if name.starts_with('<') && name.ends_with('>') {
                    prop_assert_eq!(record.line, editor_line(&text, text.find(&name).unwrap()), "{:?} in {:?}", name, text);
                }
            }
        }

        #[test]
        fn any_bytes_are_split_and_nothing_is_left_over(bytes in prop::collection::vec(prop::sample::select(b"a\", \r\n\xff".to_vec()), 0..60)) {
            let mut records = Records::new(&bytes);
            let last = records.by_ref().last().map_or(1, |record| record.line);
            prop_assert!(records.at == bytes.len() && last <= records.line);
        }

        #[test]
        fn what_is_well_formed_is_split_as_the_crate_does_it(
            rows in prop::collection::vec(prop::collection::vec("[a-z0-9\", ;='é]{0,6}", 1..5), 0..6),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let ours = all(&text);
            prop_assert!(ours.iter().all(|(_, _, flaw)| flaw.is_none()));
            let ours: Vec<Vec<String>> = ours.into_iter().map(|(_, fields, _)| fields).collect();
            prop_assert_eq!(ours, rows);
        }
    }
}
