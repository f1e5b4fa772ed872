//! Every rule of the checks: its name, how much it weighs, and what it asks. `docs/checks.md` is this list.

use std::fmt::Write;

use super::Severity::{self, Error, Note, Warning};

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name in every finding.
    pub name: &'static str,
    /// How much its findings weigh, the heaviest first.
    pub severities: &'static [Severity],
    /// What it finds, in one sentence.
    pub about: &'static str,
    /// Whether it doubts something that can be right: then the report author can settle it in `round.yaml`.
    pub doubt: bool,
}

const fn rule(name: &'static str, severities: &'static [Severity], about: &'static str) -> Rule {
    Rule { name, severities, about, doubt: false }
}

const fn doubt(name: &'static str, severities: &'static [Severity], about: &'static str) -> Rule {
    Rule { name, severities, about, doubt: true }
}

const SUMS: &str = "What the counts add up to";
const DOUBTS: &str = "What is doubtful";
const PLANS: &str = "A plan made after the round before";

/// Rules in groups, in the order in which a file is read.
pub const GROUPS: [(&str, &[Rule]); 7] = [
    (
        "The file",
        &[
            rule("no-submission", &[Note], "A registered authority has no readable file in the folder."),
            rule("two-submissions", &[Error], "Two files are from one authority, and nobody knows which one counts."),
            rule(
                "other-authority",
                &[Error],
                "The code, the name on the cover and the file's name are of different authorities.",
            ),
            rule(
                "other-name",
                &[Warning],
                "The name on the cover or the file's name is not the one that belongs to the code.",
            ),
            rule("not-registered", &[Error], "The authority is not in the round's register."),
            rule("new-code", &[Note], "The authority had another code, or was another area, in the round before."),
            rule(
                "other-code",
                &[Note],
                "The return has a code that the authority had before or has since, or that of a member of a joint return.",
            ),
            rule(
                "missing-authority-code",
                &[Error],
                "The cover, or a line of a CSV, does not tell whose return it is.",
            ),
            rule("unknown-file-type", &[Error], "The file is not a `.csv`, `.xlsx` or `.ods` file."),
            rule("not-a-file", &[Error], "A folder or a link lies where a file belongs."),
            rule("unreadable-file", &[Error], "The file cannot be opened."),
            rule("file-too-large", &[Error], "The file, or what it unpacks to, is far larger than a return."),
            rule("empty-file", &[Error], "The file has no rows."),
            rule("no-counts", &[Error], "The return holds not one count."),
        ],
    ),
    (
        "A return as CSV",
        &[
            rule("not-a-csv", &[Error], "A workbook has the ending `.csv`."),
            rule("not-utf-8", &[Error], "The text is in another encoding than UTF-8."),
            rule("not-comma-separated", &[Error], "Semicolons or tabs stand between the columns."),
            rule("unreadable-row", &[Error], "A row is not CSV, for instance because of an open quotation mark."),
            rule("short-row", &[Error], "A row ends before its last column."),
            rule(
                "long-row",
                &[Error],
                "A row has something where the header has no column, such as the 234 of `1,234`.",
            ),
            rule("not-a-row", &[Error], "A line has no service, measure and group: a total or a remark."),
            rule("repeated-header", &[Note], "The header stands in the middle of the file as well."),
            rule("missing-column", &[Error], "A column is missing."),
            rule("double-column", &[Error], "A column stands twice."),
            rule("unknown-column", &[Note], "A column that no return has was left out."),
            rule("several-authorities", &[Error], "One file has rows of several authorities."),
            rule(
                "unknown-name",
                &[Error],
                "A service, measure, pay band or ethnic group has a name that does not exist.",
            ),
            rule("unknown-breakdown", &[Error], "A pay band stands beside a measure that has none."),
        ],
    ),
    (
        "A return as a workbook",
        &[
            rule("not-a-workbook", &[Error], "The file cannot be opened as a workbook."),
            rule("password-protected", &[Error], "A password keeps the workbook from being opened."),
            rule("unknown-layout", &[Error], "The workbook was made for another layout."),
            rule("other-round", &[Error], "The workbook was made for another year."),
            rule("missing-layout-version", &[Warning], "The cover does not tell the layout's version."),
            rule("no-contact", &[Note], "The cover does not tell whom to ask about the figures."),
            rule(
                "marked-copy",
                &[Note],
                "The file is the copy of a workbook in which the checks marked their findings.",
            ),
            rule("no-service-sheet", &[Error], "No sheet has the name or the headings of a service's."),
            rule(
                "renamed-sheet",
                &[Error, Note],
                "A sheet of counts has another name than a service's; it was read if the name tells which service it is about.",
            ),
            rule("double-sheet", &[Error], "Two sheets could both be meant for one service."),
            rule("hidden-sheet", &[Warning], "A sheet that is hidden was read."),
            rule("unreadable-sheet", &[Error], "A sheet cannot be read."),
            rule("sheet-too-large", &[Error], "A sheet is far larger than the collection workbook's."),
            rule(
                "other-sheets",
                &[Note],
                "Sheets that are not part of the collection workbook, or not filled in, were not read.",
            ),
            rule("no-headings", &[Error], "A sheet has counts and no row of headings."),
            rule("unknown-row", &[Error], "A row has counts and a label that does not exist."),
            rule("double-row", &[Error], "A row stands twice."),
            rule("hidden-cells", &[Warning], "Rows or columns that are hidden or filtered out were read."),
            rule("merged-cells", &[Error], "A merged cell stands for several counts, or lies over one."),
            rule("total-differs", &[Warning], "A total is not what its row adds up to."),
            rule("remarks", &[Note], "The submitter wrote something beside the counts, which somebody should read."),
        ],
    ),
    (
        "What stands in a cell",
        &[
            rule("read-as", &[Note], "A text such as `1,234` is not written as a count, but can only mean one thing."),
            rule("not-a-whole-number", &[Error], "A cell holds neither a whole number nor `x`, `z` or nothing."),
            rule("rate-for-count", &[Error], "A share or a rate stands where people are counted."),
            rule("error-value", &[Error], "A cell shows an error such as `#REF!`."),
            rule("formula-without-value", &[Error], "A formula was never worked out."),
            rule("struck-out", &[Error], "A count, a row's label or a heading is struck out, wholly or in part."),
            rule("raised-text", &[Error], "Part of a cell is raised or lowered, like a mark for a footnote."),
            rule("several-lines", &[Error], "A cell has several lines where one count belongs."),
            rule("shown-otherwise", &[Error], "A cell shows something else than it holds, or nothing."),
        ],
    ),
    (
        SUMS,
        &[
            rule("duplicate", &[Error], "The same service, measure, pay band and group stand twice."),
            rule("service-not-collected", &[Error], "The round does not collect this service."),
            rule("swapped-rows", &[Error], "A part is larger than its whole in every group: two rows changed places."),
            rule("part-above-whole", &[Error], "A part is larger than its whole."),
            doubt(
                "more-than-in-post",
                &[Error],
                "More people left, were trained or had a case within 12 months than are in post on the snapshot date.",
            ),
            rule("bands-above-staff", &[Error], "The pay bands of a group add up to more than its staff."),
            rule("bands-below-staff", &[Warning, Note], "Staff are in no pay band; more than a tenth is a warning."),
            rule(
                "groups-and-total",
                &[Error],
                "The four groups do not add up to all minoritised, or those that are counted add up to more.",
            ),
            rule("combined-beside-split", &[Error], "A measure is given as combined and by service as well."),
        ],
    ),
    (
        DOUBTS,
        &[
            rule(
                "left-out",
                &[Warning, Note],
                "Counts that go into no figure (a warning), and rows for which a return is left out of one.",
            ),
            rule("blank", &[Warning], "A cell or a row is blank, or left out, where a count is due."),
            doubt(
                "group-missing",
                &[Error, Warning],
                "An ethnic group has no count in any row; without white staff nothing can be compared.",
            ),
            doubt("no-staff", &[Error], "The staff of a service are none, or are not given."),
            rule("unknown-ethnicity", &[Warning], "Of 50 people or more, the ethnicity of over 40% is not known."),
            rule("services-equal", &[Warning], "Every count is the same for adults' and for children's services."),
            rule("groups-equal", &[Warning], "All groups have the same count, of 10 or more."),
            rule(
                "implausible-rate",
                &[Warning],
                "A measure's share of its whole is outside what `standard.yaml` calls plausible.",
            ),
            doubt(
                "change",
                &[Error, Warning],
                "A count is at least twice or half that of the round before, and chance does not explain it; from ten times on it is an error.",
            ),
            rule("service-missing", &[Warning], "A service that had counts in the round before has none."),
            rule("identical", &[Warning], "Every count of a service is as in the round before."),
        ],
    ),
    (
        PLANS,
        &[
            rule(
                "plan-unreadable",
                &[Warning],
                "The file is no plan as CSV: it cannot be opened, split into columns or read.",
            ),
            rule("plan-of-nobody", &[Warning], "The file's name has no code of the round's register."),
            rule("two-plans", &[Warning], "Two files are from one authority; the first is printed."),
            rule(
                "plan-without-return",
                &[Warning],
                "The authority has no accepted return, so there is no pack to print its plan in.",
            ),
            rule(
                "plan-column",
                &[Warning, Note],
                "The column of actions is missing, or a column that no plan has was left out.",
            ),
            rule("plan-row", &[Warning], "A line was left out: its cells cannot be told apart, or it has no action."),
            rule("plan-double", &[Warning], "One action stands twice for the same indicator and service."),
            rule("plan-name", &[Warning], "An indicator or a service has a name that does not exist."),
            rule("plan-date", &[Warning], "A date is none, or has no year of four digits."),
            rule("plan-ratio", &[Warning], "A baseline or a target is no number."),
            rule(
                "plan-baseline",
                &[Warning],
                "A baseline is not what the pack of the round before told the authority.",
            ),
            rule("plan-letter", &[Warning], "A text holds a letter that the reports' font lacks."),
            rule("plan-cut", &[Warning], "A text or a plan is longer than what is printed of it."),
        ],
    ),
];

/// The rule with this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    GROUPS.iter().flat_map(|(_, rules)| *rules).find(|rule| rule.name == name)
}

/// Whether that a finding of this rule is there tells of the size of counts, or of a plan, and not of how a return was written alone.
pub fn tells_of_counts(name: &str) -> bool {
    let holds = |rules: &[Rule]| rules.iter().any(|rule| rule.name == name);
    !GROUPS.iter().any(|(title, rules)| ![SUMS, DOUBTS, PLANS].contains(title) && holds(rules))
}

/// Where the rule stands in the list: what comes first is better mended first.
pub fn place(name: &str) -> usize {
    GROUPS.iter().flat_map(|(_, rules)| *rules).take_while(|rule| rule.name != name).count()
}

/// The names of the rules that can be settled.
pub fn doubts() -> Vec<&'static str> {
    GROUPS.iter().flat_map(|(_, rules)| *rules).filter(|rule| rule.doubt).map(|rule| rule.name).collect()
}

/// The list as a page in Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# What the checks look for\n\nEvery finding names its rule. An *error* rejects the submission, a *warning* is worth a question, and a *note* \
         says how\nsomething was understood. What an authority confirms although it looks wrong is settled in `round.yaml`, with the\n\
         reason, and is a warning then:\n\n```yaml\nsettled:\n  - {authority: E09000007, rule: change, reason: \"a team moved here from health in May\"}\n```\n\n",
    );
    let names = doubts().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let _ = writeln!(page, "That can be done for {names}.");
    for (title, rules) in GROUPS {
        let _ = writeln!(page, "\n## {title}\n\n| rule | severity | what it finds |\n|---|---|---|");
        for rule in rules {
            let severities: Vec<&str> = rule.severities.iter().map(|severity| severity.word()).collect();
            let _ = writeln!(page, "| `{}` | {} | {} |", rule.name, severities.join(" or "), rule.about);
        }
    }
    page
}
