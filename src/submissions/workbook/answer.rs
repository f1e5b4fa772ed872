//! Reads the cell where a count is asked for, as a person sees it.

use super::read::Report;
use super::sheet::{Cell, Doubt, Value};
use crate::finding::Severity;
use crate::submissions::entry::{Answer, answer};

/// Whether a cell in a row that is not known looks as if it were meant to be counted.
pub(super) fn is_answer(cell: &Cell) -> bool {
    match &cell.value {
        Value::Text(text) => answer(text).0.is_some_and(|answer| answer != Answer::Blank),
        Value::Number(_) | Value::Error(_) | Value::Other(_) | Value::Formula => true,
    }
}

/// The answer in a cell; what is not one, or not plainly seen as one, is a finding.
pub(super) fn read_answer(cell: Option<&Cell>, location: &str, report: &mut Report<'_>) -> Option<Answer> {
    let Some(cell) = cell else { return Some(Answer::Blank) };
    let written = match (&cell.value, &cell.doubt) {
        (Value::Error(error), _) => {
            let message = "the cell shows an error instead of a count";
            report.error("error-value", location, error, message, "mend the formula, or write the number itself");
            return None;
        }
        (Value::Formula, _) => {
            let message = "the cell holds a formula that was never worked out";
            report.error("formula-without-value", location, "", message, "open the file in Excel and save it again");
            return None;
        }
        (Value::Other(text), _) => {
            let message = "a count is a whole number from 0, `x` or `z`";
            let help =
                "the cell holds a date, a time or true or false: set its format to Number and write the count again";
            report.error("not-a-whole-number", location, text, message, help);
            return None;
        }
        (value, Some(doubt)) => return doubted(value, doubt, location, report),
        // A whole number is written without a point, so that 12.0 is 12, and 3.5 is refused like the text.
        (Value::Number(number), None) => number.to_string(),
        (Value::Text(text), None) => text.clone(),
    };
    if written.trim().contains('\n') {
        let lines: Vec<&str> = written.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let message = "the cell has several lines, and one count belongs there";
        let help = "write the one count; what is to be said about it goes into a comment or onto the sheet of notes";
        report.error("several-lines", location, &lines.join(" / "), message, help);
        return None;
    }
    understood(&written, location, report)
}

fn understood(written: &str, location: &str, report: &mut Report<'_>) -> Option<Answer> {
    let (answer, remark) = answer(written);
    if let Some(remark) = remark {
        report.add(remark.severity, remark.rule, location, written, &remark.message, &remark.help);
    }
    answer
}

/// What holds one thing and shows another is not read, but for the dash that stands for zero.
fn doubted(value: &Value, doubt: &Doubt, location: &str, report: &mut Report<'_>) -> Option<Answer> {
    match doubt {
        Doubt::Struck { pieces, .. } => {
            let message = "what the cell holds is struck out, wholly or in part, so that it is not clear what counts";
            let help = "write the count that is meant, without a line through it, or clear the cell";
            report.error("struck-out", location, pieces, message, help);
        }
        Doubt::Raised(pieces) => {
            let message = "part of the cell is raised or lowered, like a mark for a footnote";
            let help =
                "write the count alone; what is to be said about it goes into a comment or onto the sheet of notes";
            report.error("raised-text", location, pieces, message, help);
        }
        Doubt::Percentage(shown) => return understood(shown, location, report).and(None),
        Doubt::Dash(shown) => {
            let help = "it was read as `0`; if that is meant, nothing needs to be done";
            report.add(Severity::Note, "read-as", location, shown, "the cell shows a dash and holds zero", help);
            return Some(Answer::Count(0));
        }
        Doubt::Otherwise(shown) => {
            let shows = if shown.is_empty() { "nothing".to_owned() } else { format!("`{shown}`") };
            let message = format!("the cell holds `{}`, but shows {shows}", value.written());
            let help = "set its format to General, and see that it shows the count that is meant";
            report.error("shown-otherwise", location, &value.written(), &message, help);
        }
    }
    None
}
