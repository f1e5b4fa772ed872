//! Rows of a chart: a column of labels, the lanes in which marks are drawn, and a column of values.

use plotters::style::text_anchor::HPos;

use super::axis::Axis;
use super::canvas::{Canvas, Place};
use super::style::{EMPHASIS, Format, LABEL, LINE_HEIGHT, ROW_HEIGHT, SMALL, STRONG};
use super::{Mark, text};

/// The widths that a column of labels may take; the first that holds every label in two lines is taken.
const LABEL_WIDTHS: [f64; 4] = [175.0, 200.0, 225.0, 250.0];

/// Labels no wider than this are kept on one line.
const ONE_LINE_LABELS: f64 = 200.0;

/// The widest that a column of values may be.
const WIDEST_VALUE: f64 = 120.0;

/// White space between two columns.
const GUTTER: f64 = 22.0;

/// White space above and below the words of a row, together.
const PADDING: f64 = 13.0;

/// How far a note stands from the beginning and the end of the lane.
const NOTE_INDENT: f64 = 6.0;

/// How far labels and values stand from the sides of a row that is shaded.
const EMPHASIS_INDENT: f64 = 8.0;

/// Beyond this number rows stand closer, so that a chart of all regions and types fits a page.
const MANY_ROWS: usize = 7;
const DENSE_ROW_HEIGHT: f64 = 21.0;
const DENSE_PADDING: f64 = 3.5;

/// The height of a lane that has a note below it.
const LANE_HEIGHT: f64 = 30.0;

/// On a phone: the white space left and right of lanes, with room for half a mark; between a row's words and its lane; and below.
const NARROW_INSET: f64 = 14.0;
const NARROW_LANE: f64 = 26.0;
const NARROW_PADDING: f64 = 9.0;

/// What a row says, and what is drawn in its lane.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub label: &'a str,
    /// The mark whose value stands beside the lane.
    pub mark: Option<&'a Mark>,
    pub note: &'a str,
    /// A mark or a bar takes up the lane, so that the note has to stand below it.
    pub occupied: bool,
    /// Ticks in the lane, which a note stands beside.
    pub ticks: Vec<f64>,
    pub heading: bool,
    pub emphasised: bool,
}

/// Where the columns begin and end.
pub(super) struct Columns {
    /// Where the lanes begin and end.
    pub lanes: (f64, f64),
    label: f64,
    label_room: f64,
    value: f64,
    value_room: f64,
    format: Format,
}

impl Columns {
    pub fn new(entries: &[Entry], format: Format) -> Columns {
        match format {
            Format::Wide => Columns::beside(entries),
            Format::Narrow => Columns::above(entries),
        }
    }

    /// Labels left of the lanes, and values right of them.
    fn beside(entries: &[Entry]) -> Columns {
        let format = Format::Wide;
        let emphasis = entries.iter().any(|entry| entry.emphasised);
        let indent = if emphasis { EMPHASIS_INDENT } else { 0.0 };
        let label_room = label_room(entries);
        let value_room = value_room(entries);
        let value = format.width() - indent;
        Columns {
            lanes: (indent + label_room + GUTTER, value - value_room - GUTTER),
            label: indent,
            label_room,
            value,
            value_room,
            format,
        }
    }

    /// Labels and values above lanes that take the whole width.
    fn above(entries: &[Entry]) -> Columns {
        let format = Format::Narrow;
        let (width, value_room) = (format.width(), value_room(entries));
        let indent = if entries.iter().any(|entry| entry.emphasised) { EMPHASIS_INDENT } else { 0.0 };
        let gutter = if value_room > 0.0 { GUTTER / 2.0 } else { 0.0 };
        Columns {
            lanes: (NARROW_INSET, width - NARROW_INSET),
            label: indent,
            label_room: width - 2.0 * indent - value_room - gutter,
            value: width - indent,
            value_room,
            format,
        }
    }
}

/// One row, measured from the top of all rows.
pub(super) struct Row {
    /// The middle of the marks.
    pub lane: f64,
    pub top: f64,
    pub height: f64,
    /// The middles of label and value.
    words: [f64; 2],
    strong: bool,
    emphasised: bool,
    label: Vec<String>,
    value: Vec<String>,
    note: Vec<String>,
    note_place: Place,
}

/// All rows of a chart.
pub(super) struct Rows {
    pub rows: Vec<Row>,
    pub height: f64,
    columns: Columns,
}

impl Rows {
    pub fn new(entries: &[Entry], columns: Columns, axis: &Axis) -> Rows {
        let (least, padding) =
            if entries.len() > MANY_ROWS { (DENSE_ROW_HEIGHT, DENSE_PADDING) } else { (ROW_HEIGHT, PADDING) };
        let mut height = 0.0;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let row = entry.set(&columns, axis);
            let row = match columns.format {
                Format::Wide => row.stand(height, least, padding),
                Format::Narrow => row.stack(height),
            };
            height += row.height;
            rows.push(row);
        }
        Rows { rows, height, columns }
    }

    /// Shades the rows that stand out; to be drawn before anything else.
    pub fn draw_emphasis(&self, canvas: &Canvas, top: f64) {
        for row in self.rows.iter().filter(|row| row.emphasised) {
            let upper = top + row.top;
            canvas.rectangle((0.0, upper), (canvas.width, upper + row.height), EMPHASIS);
        }
    }

    /// Writes label, value and note of the row with this number.
    pub fn draw_words(&self, canvas: &Canvas, top: f64, number: usize) {
        let row = &self.rows[number];
        let narrow = self.columns.format == Format::Narrow;
        let face = if row.strong { STRONG } else { LABEL };
        let value_face = if narrow { STRONG } else { face };
        let (label, value) = ((self.columns.label, top + row.words[0]), (self.columns.value, top + row.words[1]));
        if narrow && !row.emphasised {
            // They stand where gridlines pass.
            canvas.lines_on_white(&row.label, label, face, HPos::Left);
            canvas.lines_on_white(&row.value, value, value_face, HPos::Right);
        } else {
            canvas.lines(&row.label, label, face, HPos::Left);
            canvas.lines(&row.value, value, value_face, HPos::Right);
        }
        let place = (row.note_place.0, top + row.note_place.1);
        canvas.lines_on_white(&row.note, place, SMALL, HPos::Left);
    }
}

impl Entry<'_> {
    /// Breaks the words of the entry into lines that fit their columns.
    fn set(&self, columns: &Columns, axis: &Axis) -> Row {
        let strong = self.heading || self.emphasised;
        let face = if strong { STRONG } else { LABEL };
        let (left, right) = match columns.format {
            Format::Wide => self.note_room(columns, axis),
            Format::Narrow => (columns.label, columns.value),
        };
        Row {
            words: [0.0; 2],
            lane: match columns.format {
                Format::Wide if self.occupied => LANE_HEIGHT,
                Format::Narrow if self.occupied || !self.ticks.is_empty() => NARROW_LANE,
                _ => 0.0,
            },
            top: 0.0,
            height: 0.0,
            strong,
            emphasised: self.emphasised,
            label: text::wrap(self.label, columns.label_room, face),
            value: text::wrap(self.value(), columns.value_room, STRONG),
            note: text::wrap(self.note, right - left, SMALL),
            note_place: (left, 0.0),
        }
    }

    /// What the row says where it is pointed at.
    pub fn words(&self) -> String {
        let says = self.mark.map_or_else(|| self.note.to_owned(), Mark::words);
        if says.is_empty() { self.label.to_owned() } else { format!("{}: {says}", self.label) }
    }

    /// The value beside the lane.
    fn value(&self) -> &str {
        self.mark.map_or("", |mark| &mark.printed)
    }

    /// Where a note begins and where it must end: the first gap between ticks that holds it on one line,
    /// or else the widest.
    fn note_room(&self, columns: &Columns, axis: &Axis) -> (f64, f64) {
        let mut gaps = Vec::new();
        let mut left = columns.lanes.0 + NOTE_INDENT;
        let mut ticks: Vec<f64> = self.ticks.iter().map(|tick| axis.place(*tick)).collect();
        ticks.sort_by(f64::total_cmp);
        if !self.occupied {
            for tick in ticks {
                gaps.push((left, tick - 2.0 * NOTE_INDENT));
                left = tick + 2.0 * NOTE_INDENT;
            }
        }
        let last = (left, columns.lanes.1 - NOTE_INDENT);
        gaps.push(last);
        let needed = text::widest([self.note], SMALL);
        let holds = |gap: &&(f64, f64)| gap.1 - gap.0 >= needed;
        let width = |gap: &&(f64, f64)| gap.1 - gap.0;
        let widest = || gaps.iter().max_by(|one, other| width(one).total_cmp(&width(other)));
        *gaps.iter().find(holds).or_else(widest).unwrap_or(&last)
    }
}

impl Row {
    /// Gives the row its height, and its marks and note their places, where it begins at `top`.
    fn stand(mut self, top: f64, least: f64, padding: f64) -> Row {
        let tall = |lines: &[String]| lines.len() as f64 * LINE_HEIGHT;
        let note = tall(&self.note);
        let lane = if note > 0.0 { self.lane } else { 0.0 };
        let words = tall(&self.label).max(tall(&self.value)).max(lane + note);
        self.top = top;
        self.height = (words + padding).max(least);
        let middle = top + self.height / 2.0;
        self.lane = middle - if lane > 0.0 { note / 2.0 } else { 0.0 };
        self.note_place.1 = middle + lane / 2.0;
        self.words = [middle; 2];
        self
    }

    /// The same on a phone: words first, the lane below them, then the note.
    fn stack(mut self, top: f64) -> Row {
        let tall = |lines: &[String]| lines.len() as f64 * LINE_HEIGHT;
        let words = tall(&self.label).max(tall(&self.value));
        self.top = top;
        self.words = [top + tall(&self.label) / 2.0, top + tall(&self.value) / 2.0];
        self.note_place.1 = top + words + self.lane + tall(&self.note) / 2.0;
        self.height = words + self.lane + tall(&self.note) + NARROW_PADDING;
        self.lane = top + words + self.lane / 2.0;
        self
    }
}

/// As much as the values need, and no more than is sensible.
fn value_room(entries: &[Entry]) -> f64 {
    text::widest(entries.iter().map(Entry::value), STRONG).ceil().min(WIDEST_VALUE)
}

/// As much as the labels need on one line if that is little; otherwise the narrowest column that holds
/// every label in two lines, or the widest there is.
fn label_room(entries: &[Entry]) -> f64 {
    let needed = text::widest(entries.iter().map(|entry| entry.label), STRONG).ceil();
    if needed <= ONE_LINE_LABELS {
        return needed;
    }
    let fits = |room: &f64| {
        entries.iter().all(|entry| {
            let mut words = entry.label.split_whitespace();
            let whole = words.all(|word| text::width(word, STRONG) <= *room);
            whole && text::wrap(entry.label, *room, STRONG).len() <= 2
        })
    };
    let widest = LABEL_WIDTHS[LABEL_WIDTHS.len() - 1];
    LABEL_WIDTHS.into_iter().find(fits).unwrap_or(widest)
}
