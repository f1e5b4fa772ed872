//! Places as people read them: cells that lie beside each other are told as one range, and so are lines.

use super::Finding;

/// The columns of minoritised groups, before that of all of them.
const MINORITISED: usize = 4;

/// Cells beside each other, or one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range<'a> {
    /// Every place in it.
    pub places: Vec<&'a str>,
    /// How it is told: `Adults!C14 to I14`.
    pub text: String,
}

/// What a finding is about: its own cell and then the others, or a row as one.
pub fn of(finding: &Finding) -> Vec<Range<'_>> {
    let own = finding.location.as_str();
    let others = finding.others.iter().map(String::as_str);
    // Without the text of a cell it is about all of them alike.
    if finding.found.is_empty() && is_one(own) {
        return ranges(std::iter::once(own).chain(others));
    }
    let own = (!own.is_empty()).then(|| Range { places: vec![own], text: own.to_owned() });
    own.into_iter().chain(ranges(others)).collect()
}

/// The same as one text.
pub fn told(finding: &Finding) -> String {
    let ranges: Vec<String> = of(finding).into_iter().map(|range| range.text).collect();
    ranges.join("; ")
}

/// A rectangle of cells, or lines of a CSV.
struct Block<'a> {
    /// The sheet, or nothing for lines.
    sheet: &'a str,
    /// What follows the number of a line.
    rest: &'a str,
    /// Rows and columns, from the first to the last.
    rows: [u64; 2],
    columns: [u64; 2],
    places: Vec<&'a str>,
}

fn is_one(place: &str) -> bool {
    Block::new(place).is_some()
}

/// Places in the order of sheets as they are named first, then of rows and columns.
fn ranges<'a>(places: impl Iterator<Item = &'a str>) -> Vec<Range<'a>> {
    let (mut sheets, mut blocks, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        match Block::new(place) {
            Some(block) => {
                if !sheets.contains(&block.sheet) {
                    sheets.push(block.sheet);
                }
                blocks.push(block);
            }
            None => others.push(Range { places: vec![place], text: place.to_owned() }),
        }
    }
    let sheet = |block: &Block<'_>| sheets.iter().position(|sheet| *sheet == block.sheet);
    blocks.sort_by_key(|block| (sheet(block), block.rows, block.columns));
    // Cells of a row first, then rows of the same columns. All minoritised is left empty beside the four groups, and does not part
    // a row.
    let gap = |one: &Block<'_>| if one.places.len() == MINORITISED { 2 } else { 1 };
    let follows = |one: &Block<'_>, next: &Block<'_>| (1..=gap(one)).contains(&(next.columns[0] - one.columns[1]));
    let rows =
        joined(blocks, |one, next| one.rows == next.rows && next.columns[0] > one.columns[1] && follows(one, next));
    let all = joined(rows, |one, next| one.columns == next.columns && one.rows[1] + 1 == next.rows[0]);
    all.into_iter().map(Block::range).chain(others).collect()
}

fn joined<'a>(blocks: Vec<Block<'a>>, beside: impl Fn(&Block<'a>, &Block<'a>) -> bool) -> Vec<Block<'a>> {
    let mut joined: Vec<Block<'a>> = Vec::new();
    for block in blocks {
        match joined.last_mut() {
            Some(one) if one.sheet == block.sheet && one.rest == block.rest && beside(one, &block) => {
                one.rows[1] = block.rows[1];
                one.columns[1] = block.columns[1];
                one.places.extend(block.places);
            }
            _ => joined.push(block),
        }
    }
    joined
}

impl<'a> Block<'a> {
    fn new(place: &'a str) -> Option<Self> {
        let block = |sheet, rest, row, column| Block {
            sheet,
            rest,
            rows: [row, row],
            columns: [column, column],
            places: vec![place],
        };
        if let Some(line) = place.strip_prefix("line ") {
            let (number, rest) = line.split_at(line.find(',').unwrap_or(line.len()));
            return Some(block("", rest, number.parse().ok()?, 0));
        }
        let (sheet, cell) = place.rsplit_once('!')?;
        let (letters, number) = cell.split_at(cell.find(|letter: char| letter.is_ascii_digit())?);
        let few = (1..=3).contains(&letters.len()) && letters.bytes().all(|letter| letter.is_ascii_uppercase());
        let column = letters.bytes().fold(0, |column, letter| column * 26 + u64::from(letter - b'@'));
        Some(block(sheet, "", number.parse().ok()?, column)).filter(|_| few)
    }

    fn range(self) -> Range<'a> {
        let Block { sheet, rest, rows, places, .. } = self;
        let (first, last) = (places.first().copied().unwrap_or_default(), places.last().copied().unwrap_or_default());
        let text = match (places.len(), sheet) {
            (1, _) => first.to_owned(),
            (_, "") => format!("lines {} to {}{rest}", rows[0], rows[1]),
            _ => format!("{first} to {}", last.rsplit_once('!').map_or(last, |(_, cell)| cell)),
        };
        Range { places, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(places: &[&str]) -> Vec<String> {
        ranges(places.iter().copied()).into_iter().map(|range| range.text).collect()
    }

    #[test]
    fn cells_and_lines_beside_each_other_are_ranges() {
        assert_eq!(texts(&["Adults!D3", "Adults!C3", "Adults!E3", "Adults!G3"]), ["Adults!C3 to E3", "Adults!G3"]);
        let row = ["Adults!C3", "Adults!D3", "Adults!E3", "Adults!F3", "Adults!H3", "Adults!I3"];
        assert_eq!(texts(&row), ["Adults!C3 to I3"]);
        assert_eq!(texts(&row[1..]), ["Adults!D3 to F3", "Adults!H3 to I3"]);
        assert_eq!(texts(&["Adults!C4", "Adults!C5", "Adults!D4", "Adults!D5"]), ["Adults!C4 to D5"]);
        assert_eq!(texts(&["Adults!Z9", "Adults!AA9", "Childrens!AB9"]), ["Adults!Z9 to AA9", "Childrens!AB9"]);
        assert_eq!(texts(&["line 4, column count", "line 3, column count"]), ["lines 3 to 4, column count"]);
        assert_eq!(texts(&["a!b!C1", "Adults", "line x", "a!C1x"]), ["a!b!C1", "Adults", "line x", "a!C1x"]);
    }
}
