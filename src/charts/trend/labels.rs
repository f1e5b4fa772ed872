//! The words of a trend: names at the ends of the lines, and notes below the years.

use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;

use super::plot::{LABEL_ROOM, Plot};
use super::{TrendPoint, TrendSeries};
use crate::charts::canvas::{Canvas, Place};
use crate::charts::style::{LABEL, LINE_HEIGHT, SMALL, SMALL_STRONG, STRONG};
use crate::charts::text;

/// White space between the lines of two names or two rows of notes.
const SPACE: f64 = 6.0;

/// A name at the end of its line.
struct Label {
    /// The last mark of the line.
    end: Place,
    /// The middle of the words.
    middle: f64,
    value: String,
    name: Vec<String>,
    colour: RGBColor,
}

impl Label {
    fn height(&self) -> f64 {
        let lines = self.name.len() + usize::from(!self.value.is_empty());
        lines as f64 * LINE_HEIGHT + SPACE
    }
}

/// Writes every value at its mark; those of several series at the right of their year, the last with the names.
pub(super) fn draw(canvas: &Canvas, plot: &Plot) {
    match &plot.chart.series[..] {
        [series] => draw_beside(canvas, plot, series),
        _ => {
            draw_within(canvas, plot);
            draw_at_ends(canvas, plot);
        }
    }
}

/// Writes the values of one series right of their marks: clear of the line that goes on from there, and of equality.
fn draw_beside(canvas: &Canvas, plot: &Plot, series: &TrendSeries) {
    const CLEAR: f64 = LINE_HEIGHT / 2.0 + 2.0;
    let marked = plot.chart.marked(series);
    for (number, (point, mark)) in marked.iter().enumerate() {
        let (x, y) = plot.place(0, point, mark);
        let next = marked.get(number + 1).filter(|(next, _)| next.joined && !next.break_before);
        let mut middle = match next {
            Some((_, next)) if next.value > mark.value => y + CLEAR,
            Some(_) => y - CLEAR,
            None => y,
        };
        if let Some(line) = plot.equality()
            && (middle - line).abs() < CLEAR
        {
            middle = if middle <= line { line - CLEAR } else { line + CLEAR };
        }
        canvas.lines_on_white(std::slice::from_ref(&mark.printed), (x + 12.0, middle), SMALL_STRONG, HPos::Left);
        canvas.note(mark);
    }
}

/// Writes the values of several series at the right of each year but the last, moved apart, and off the line at equality.
fn draw_within(canvas: &Canvas, plot: &Plot) {
    const LEADER: f64 = 8.0;
    for year in plot.chart.years.iter().rev().skip(1) {
        let mut labels = Vec::new();
        for (number, series) in plot.chart.series.iter().enumerate() {
            let marked = plot.chart.marked(series);
            // The last mark of a series has its value with the name.
            let earlier = &marked[..marked.len().saturating_sub(1)];
            let Some((point, mark)) = earlier.iter().find(|(point, _)| point.year == *year) else { continue };
            let end = plot.place(number, point, mark);
            let (value, colour) = (mark.printed.clone(), plot.chart.line_colour(number));
            labels.push(Label { end, middle: end.1, value, name: Vec::new(), colour });
            canvas.note(mark);
        }
        labels.sort_by(|one, other| one.end.1.total_cmp(&other.end.1));
        match plot.equality() {
            Some(line) => move_off(&mut labels, plot, line),
            None => move_apart(&mut labels, plot.top(), plot.bottom()),
        }
        let from = plot.marks_end(*year);
        for label in &labels {
            canvas.line(&[(from, label.end.1), (from + LEADER, label.middle)], 1.4, label.colour);
            let place = (from + LEADER + 5.0, label.middle);
            canvas.lines_on_white(std::slice::from_ref(&label.value), place, SMALL_STRONG, HPos::Left);
        }
    }
}

/// Moves labels, sorted from the top, apart on both sides of a line that none may stand on.
fn move_off(labels: &mut [Label], plot: &Plot, line: f64) {
    let heights = |labels: &[Label]| labels.iter().map(Label::height).sum::<f64>();
    let mut above = labels.partition_point(|label| label.end.1 <= line);
    // What has no room on its side goes to the other.
    while above > 0 && heights(&labels[..above]) > line - plot.top() + LINE_HEIGHT {
        above -= 1;
    }
    while above < labels.len() && heights(&labels[above..]) > plot.bottom() - line + LINE_HEIGHT {
        above += 1;
    }
    let (upper, lower) = labels.split_at_mut(above);
    // `move_apart` lets labels stand out by a line.
    move_apart(upper, plot.top(), line - LINE_HEIGHT);
    move_apart(lower, line + LINE_HEIGHT, plot.bottom());
}

/// Draws names at the lines' ends, moved apart where they would meet.
fn draw_at_ends(canvas: &Canvas, plot: &Plot) {
    let mut labels = Vec::new();
    for (number, series) in plot.chart.series.iter().enumerate() {
        let Some((point, mark)) = plot.chart.marked(series).pop() else {
            continue;
        };
        let end = plot.place(number, point, mark);
        canvas.note(mark);
        labels.push((
            plot.marks_end(point.year),
            Label {
                end,
                middle: end.1,
                value: mark.printed.clone(),
                name: text::wrap(&series.label, LABEL_ROOM, LABEL),
                colour: plot.chart.line_colour(number),
            },
        ));
    }
    labels.sort_by(|(_, one), (_, other)| one.end.1.total_cmp(&other.end.1));
    let (starts, mut labels): (Vec<f64>, Vec<Label>) = labels.into_iter().unzip();
    move_apart(&mut labels, plot.top(), plot.bottom());
    let left = canvas.width - LABEL_ROOM;
    for (start, label) in starts.iter().zip(&labels) {
        let leader = [(*start, label.end.1), (plot.right, label.end.1), (left - 6.0, label.middle)];
        canvas.line(&leader, 1.4, label.colour);
        let top = label.middle - (label.height() - SPACE) / 2.0;
        let value_height = (label.height() - SPACE) - label.name.len() as f64 * LINE_HEIGHT;
        let baseline = top + LINE_HEIGHT / 2.0 + STRONG.drop();
        canvas.text(&label.value, (left, baseline), STRONG, HPos::Left);
        let middle = label.middle + value_height / 2.0;
        canvas.lines(&label.name, (left, middle), LABEL, HPos::Left);
    }
}

/// Moves labels, sorted from the top, as little as can be until none meets another.
fn move_apart(labels: &mut [Label], top: f64, bottom: f64) {
    // Labels that meet form a block, which stands where its labels are nearest to their lines on average.
    struct Block {
        first: usize,
        labels: f64,
        /// The sum of the places at which its labels would have its upper end at their own lines.
        wishes: f64,
        height: f64,
    }
    impl Block {
        fn top(&self, (top, bottom): (f64, f64)) -> f64 {
            let middle = self.wishes / self.labels;
            middle.min(bottom - self.height).max(top)
        }
    }
    let limits = (top - LINE_HEIGHT, bottom + LINE_HEIGHT);
    let mut blocks: Vec<Block> = Vec::new();
    for (number, label) in labels.iter().enumerate() {
        let mut block =
            Block { first: number, labels: 1.0, wishes: label.end.1 - label.height() / 2.0, height: label.height() };
        while let Some(above) = blocks.pop_if(|above| above.top(limits) + above.height > block.top(limits)) {
            block = Block {
                first: above.first,
                labels: above.labels + block.labels,
                wishes: above.wishes + block.wishes - block.labels * above.height,
                height: above.height + block.height,
            };
        }
        blocks.push(block);
    }
    for block in blocks {
        let mut place = block.top(limits);
        for label in labels[block.first..].iter_mut().take(block.labels as usize) {
            label.middle = place + label.height() / 2.0;
            place += label.height();
        }
    }
}

/// The notes of one series, in a row below the years.
pub(super) struct NoteRow {
    name: Vec<String>,
    /// The middle of each note, and its lines.
    notes: Vec<(f64, Vec<String>)>,
}

impl NoteRow {
    fn lines(&self) -> usize {
        let notes = self.notes.iter().map(|(_, lines)| lines.len());
        notes.chain([self.name.len()]).max().unwrap_or(0)
    }

    fn height(&self) -> f64 {
        self.lines() as f64 * LINE_HEIGHT + SPACE
    }
}

/// A row for each series that has notes in place of marks.
pub(super) fn note_rows(plot: &Plot) -> Vec<NoteRow> {
    let room = plot.year_room() - 2.0 * SPACE;
    let chart = plot.chart;
    let noted = |point: &&TrendPoint| {
        chart.mark(point).is_none() && !point.note.is_empty() && chart.years.contains(&point.year)
    };
    // The name of a single series stands at the end of its line already.
    let named = plot.chart.series.len() > 1;
    let row = |series: &TrendSeries| NoteRow {
        name: if named { text::wrap(&series.label, LABEL_ROOM, SMALL) } else { Vec::new() },
        notes: series
            .points
            .iter()
            .filter(noted)
            .map(|point| (plot.x(point.year), text::wrap(&point.note, room, SMALL)))
            .collect(),
    };
    let mut rows: Vec<NoteRow> = plot.chart.series.iter().map(row).collect();
    // What is so for every series is said once.
    if rows.windows(2).all(|rows| rows[0].notes == rows[1].notes) {
        rows.truncate(1);
        rows.iter_mut().for_each(|row| row.name.clear());
    }
    rows.retain(|row| !row.notes.is_empty());
    rows
}

/// The height of all rows of notes.
pub(super) fn height(rows: &[NoteRow]) -> f64 {
    rows.iter().map(NoteRow::height).sum()
}

/// Draws the notes below their years, and the names of their series.
pub(super) fn draw_notes(canvas: &Canvas, plot: &Plot, rows: &[NoteRow]) {
    let mut top = plot.notes_top();
    for row in rows {
        let middle = top + row.height() / 2.0;
        for (x, lines) in &row.notes {
            canvas.lines(lines, (*x, middle), SMALL, HPos::Center);
        }
        let left = canvas.width - LABEL_ROOM;
        canvas.lines(&row.name, (left, middle), SMALL, HPos::Left);
        top += row.height();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::style::DARK_BLUE;

    #[test]
    fn names_that_would_meet_are_moved_apart_and_stay_near_their_lines() {
        let ends = [100.0, 101.0, 102.0, 240.0];
        let mut labels = ends.map(|end| Label {
            end: (0.0, end),
            middle: end,
            value: "1.00".to_owned(),
            name: vec!["Asian".to_owned()],
            colour: DARK_BLUE,
        });
        move_apart(&mut labels, 50.0, 250.0);
        for pair in labels.windows(2) {
            let apart = pair[1].middle - pair[0].middle;
            assert!(apart >= pair[0].height() - 1e-9, "{apart}");
        }
        assert!((labels[1].middle - 101.0).abs() < 1e-9);
        assert!((labels[3].middle - 240.0).abs() < 10.0);
    }
}
