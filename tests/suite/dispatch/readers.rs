//! Who gets what: contacts against the covers of the returns, and whatever people may write into their file.

use super::released::{CONTACTS, Round};

const HEADER: &str = "authority_code,name,email,confirmed\n";

/// The lines that agree with the covers, one for each authority.
fn lines() -> Vec<String> {
    CONTACTS.lines().skip(1).map(str::to_owned).collect()
}

fn with(lines: &[String]) -> Round {
    let round = Round::new();
    round.contacts(format!("{HEADER}{}\n", lines.join("\n")));
    round
}

/// The line of an authority with another name, address and confirmation.
fn line(code: &str, name: &str, email: &str, confirmed: &str) -> String {
    format!("{code},\"{}\",{email},{confirmed}", name.replace('"', "\"\""))
}

const PEOPLE: [(&str, &str, &str); 3] = [
    ("F01", "Ann O'Neill", "ann.oneill@alderwick.gov.uk"),
    ("F02", "Őry, Béla", "bela.ory@fenmoor.gov.uk"),
    ("F03", "Workforce team", "workforce@holtmarsh.gov.uk"),
];

#[test]
fn contacts_that_were_swapped_are_refused_whatever_is_confirmed() {
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        for confirmed in ["", "yes", "2025-05-06"] {
            let mut people = PEOPLE;
            (people[one].0, people[other].0) = (PEOPLE[other].0, PEOPLE[one].0);
            let lines: Vec<String> =
                people.iter().map(|(code, name, email)| line(code, name, email, confirmed)).collect();
            with(&lines).refused(&["error[contact-swapped]", "stands on the cover of", "contacts.csv: line "]);
        }
    }
    // An address alone, and a whole circle.
    let mut lines = lines();
    lines[0] = line("F01", "Ann O'Neill", "bela.ory@fenmoor.gov.uk", "yes");
    with(&lines).refused(&[
        "error[contact-swapped]",
        "Fenmoor (F02) (F02.xlsx, Cover!B4)",
        "the line is of Alderwick (F01)",
    ]);
    let circle: Vec<String> = (0..3)
        .map(|place| line(PEOPLE[place].0, PEOPLE[(place + 1) % 3].1, PEOPLE[(place + 1) % 3].2, "yes"))
        .collect();
    with(&circle).refused(&["error[contact-swapped]"]);
}

#[test]
fn what_a_cover_does_not_say_the_author_confirms() {
    for (place, changed, rule) in [
        (0, ("F01", "Ann O'Neill", "another@alderwick.gov.uk"), "contact-differs"),
        (0, ("F01", "Carl Doe", "ann.oneill@alderwick.gov.uk"), "contact-differs"),
        (2, PEOPLE[2], "contact-unconfirmed"),
    ] {
        let (code, name, email) = changed;
        let mut lines = lines();
        lines[place] = line(code, name, email, "");
        let round = with(&lines);
        round.refused(&[&format!("error[{rule}]"), "column `confirmed`"]);
        lines[place] = line(code, name, email, "yes");
        round.contacts(format!("{HEADER}{}\n", lines.join("\n")));
        round.done(&[]);
    }
}

#[test]
fn one_address_for_two_authorities_is_confirmed_in_both_lines() {
    let shared = "ann.oneill@alderwick.gov.uk";
    let lines = |first: &str, third: &str| {
        let mut lines = lines();
        lines[0] = line("F01", "Ann O'Neill", shared, first);
        lines[2] = line("F03", "Ann O'Neill", shared, third);
        lines
    };
    for (first, third) in [("", ""), ("yes", ""), ("", "yes")] {
        let text = with(&lines(first, third)).refused(&["error[contact-"]);
        assert!(text.contains("contact-shared") || text.contains("contact-swapped"), "{text}");
    }
    with(&lines("yes", "2025-05-06")).done(&[]);
    // An address that stands on no cover.
    let mut lines = super::readers::lines();
    lines[1] = line("F02", "Team", "team@shared.gov.uk", "yes");
    lines[2] = line("F03", "Team", "team@shared.gov.uk", "");
    with(&lines).refused(&["error[contact-shared]", "also that of Fenmoor (F02), line 3"]);
    lines[2] = line("F03", "Team", "Team@Shared.gov.uk", "yes");
    with(&lines).done(&[]);
}

#[test]
fn a_domain_of_another_authority_is_confirmed_with_the_address_itself() {
    for (place, email, words) in [
        (2, "someone@fenmoor.gov.uk", "where Fenmoor (F02) (F02.xlsx, Cover!B4) has its addresses"),
        (1, "someone@alderwick.gov.uk", "where Alderwick (F01)"),
        (0, "someone@holtandmarsh.gov.uk", "where Holt and Marsh (F03) has its addresses"),
        (0, "someone@hr.kestrelwatercouncil.org.uk", "where Kestrelwater (F04)"),
    ] {
        let mut lines = lines();
        lines[place] = line(PEOPLE[place].0, "Someone", email, "yes");
        with(&lines).refused(&["error[contact-domain]", words]);
        lines[place] = line(PEOPLE[place].0, "Someone", email, email);
        with(&lines).done(&[]);
    }
}

#[test]
fn nobody_is_left_out_and_nobody_is_there_for_nothing() {
    let mut fewer = lines();
    fewer.remove(1);
    let round = with(&fewer);
    round.refused(&["error[contact-missing]", "Fenmoor (F02) has a pack and nobody to send it to"]);
    round.done(&["--only", "F01", "--only", "F03"]);
    let mut more = lines();
    more.push(line("F04", "Someone", "someone@example.org", "yes"));
    with(&more).refused(&["error[contact-without-pack]", "Kestrelwater (F04) has no pack"]);
    let round = Round::new();
    std::fs::remove_file(round.data().join("2024/contacts.csv")).unwrap();
    round.refused(&["contacts.csv is missing", "error[contact-missing]"]);
}

#[test]
fn mistakes_in_the_file_are_told_all_at_once_with_their_places() {
    let round = Round::new();
    round.contacts(
        "authority_code,name,email,confirmed\n\
         F99,A,a@b.gov.uk,\n\
         F1,A,a@b.gov.uk,\n\
         F01,,a@b.gov.uk,\n\
         F01,\"Ann\r\nBcc: all@example.org\",a@b.gov.uk,yes\n\
         F02,Béla,\"b@c.uk\r\nBcc: all@example.org\",yes\n\
         F02,Béla,b@c.uk; d@e.uk,yes\n\
         F02,Béla,../../etc/passwd,yes\n\
         F02,=HYPERLINK(\"http://example.org\"),b@c.uk,yes\n\
         F02,Be\u{202e}la,b@c.uk,yes\n\
         F03,Team,team@holtmarsh.gov.uk,perhaps\n\
         F03,Team\n\
         F03,Team,team@holtmarsh.gov.uk,yes\n\
         F03,Team again,TEAM@holtmarsh.gov.uk,yes\n",
    );
    round.refused(&[
        "line 2, column authority_code",
        "no authority of this round has the code",
        "line 4, column name",
        "the name is empty",
        "line 5, column name",
        "a line break or another control character",
        "column email",
        "this is no email address",
        "begins as a formula does",
        "a direction mark (U+202E)",
        "column confirmed",
        "a line has 4 fields, and this one 2",
        "the contact stands twice",
    ]);
    for (text, words) in [
        (&b"code,name,email\nF01,a,b@c.uk\n"[..], "the columns are authority_code, name, email, confirmed"),
        (b"", "the columns are"),
        (b"authority_code,name,email\nF01,\xff,b@c.uk\n", "line 2"),
        (b"authority_code;name;email\nF01;a;b@c.uk\n", "the columns are"),
    ] {
        let round = Round::new();
        round.contacts(text);
        round.refused(&[words, "error[contacts-file]"]);
    }
    // As spreadsheets write it.
    let round = Round::new();
    round.contacts(format!("\u{feff}{}", CONTACTS.replace('\n', "\r\n")));
    round.done(&[]);
}
