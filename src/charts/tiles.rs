//! England's regions as tiles in their places, each with a bar for the share that takes part.

use plotters::style::text_anchor::HPos;

use super::canvas::{Canvas, Drawing};
use super::style::{DARK_BLUE, EMPHASIS, Format, LABEL, LINE_HEIGHT, SMALL_STRONG, STRONG, UNFOCUSED};
use super::{AltText, Figure, text};

/// A region with how many of its authorities take part.
#[derive(Clone, Debug)]
pub struct Tile {
    /// The region's name, as in the register of England.
    pub region: String,
    /// How many take part.
    pub part: usize,
    /// Of how many.
    pub whole: usize,
}

/// Nine tiles, each with its place.
#[derive(Clone, Debug)]
pub struct TileMap(Vec<(Tile, (usize, usize))>);

/// Where the regions lie, column and row: neighbours on the map are neighbours here.
const PLACES: [(&str, usize, usize); 9] = [
    ("North East", 1, 0),
    ("North West", 0, 1),
    ("Yorkshire and The Humber", 1, 1),
    ("West Midlands", 0, 2),
    ("East Midlands", 1, 2),
    ("East of England", 2, 2),
    ("South West", 0, 3),
    ("South East", 1, 3),
    ("London", 2, 3),
];

const COLUMNS: f64 = 3.0;
const ROWS: f64 = 4.0;
const GAP: f64 = 8.0;
const HEIGHT: f64 = 66.0;
/// Room for the words of the counts, right of the name.
const COUNTS: f64 = 64.0;
const INSET: f64 = 12.0;
const BAR: f64 = 10.0;

/// On a phone: the counts stand below the name, which may take three lines.
const NARROW_GAP: f64 = 5.0;
const NARROW_INSET: f64 = 7.0;
const NARROW_HEIGHT: f64 = 4.0 * LINE_HEIGHT + BAR + 3.0 * NARROW_INSET;

impl TileMap {
    /// Puts each region in its place; nothing where a region has none, or one is missing.
    pub fn new(tiles: Vec<Tile>) -> Option<TileMap> {
        let placed = tiles.into_iter().map(|tile| {
            let (_, column, row) = PLACES.iter().find(|(region, ..)| region.eq_ignore_ascii_case(&tile.region))?;
            Some((tile, (*column, *row)))
        });
        let placed: Vec<_> = placed.collect::<Option<_>>()?;
        (placed.len() == PLACES.len()).then_some(TileMap(placed))
    }
}

/// Draws the map.
pub fn tiles(map: &TileMap, alt: AltText) -> Figure {
    Figure::new(alt, |format, alt| {
        let (gap, height) = if format == Format::Wide { (GAP, HEIGHT) } else { (NARROW_GAP, NARROW_HEIGHT) };
        let wide = (format.width() - (COLUMNS - 1.0) * gap) / COLUMNS;
        Drawing::new(format, ROWS * (height + gap) - gap, alt, |canvas| {
            for (tile, (column, row)) in &map.0 {
                let corner = (*column as f64 * (wide + gap), *row as f64 * (height + gap));
                let words = format!("{}: {}", tile.region, tile.counts());
                canvas.group(&words, |canvas| match format {
                    Format::Wide => tile.draw(canvas, corner, wide),
                    Format::Narrow => tile.draw_narrow(canvas, corner, wide),
                });
            }
        })
    })
}

impl Tile {
    fn counts(&self) -> String {
        format!("{} of {}", self.part, self.whole)
    }

    /// The counts beside the name.
    fn draw(&self, canvas: &Canvas, (left, top): (f64, f64), wide: f64) {
        canvas.rectangle((left, top), (left + wide, top + HEIGHT), EMPHASIS);
        let room = wide - 2.0 * INSET;
        let name = text::wrap(&self.region, room - COUNTS, STRONG);
        let middle = top + (HEIGHT - INSET - BAR) / 2.0;
        canvas.lines(&name, (left + INSET, middle), STRONG, HPos::Left);
        canvas.lines(&[self.counts()], (left + wide - INSET, middle), LABEL, HPos::Right);
        self.draw_bar(canvas, (left + INSET, top + HEIGHT - INSET - BAR), room);
    }

    /// The counts below the name.
    fn draw_narrow(&self, canvas: &Canvas, (left, top): (f64, f64), wide: f64) {
        canvas.rectangle((left, top), (left + wide, top + NARROW_HEIGHT), EMPHASIS);
        let (left, room) = (left + NARROW_INSET, wide - 2.0 * NARROW_INSET);
        let name = text::wrap(&self.region, room, SMALL_STRONG);
        let bar = top + NARROW_HEIGHT - NARROW_INSET - BAR;
        let middle = top + NARROW_INSET + name.len() as f64 * LINE_HEIGHT / 2.0;
        canvas.lines(&name, (left, middle), SMALL_STRONG, HPos::Left);
        canvas.lines(&[self.counts()], (left, bar - NARROW_INSET / 2.0 - LINE_HEIGHT / 2.0), LABEL, HPos::Left);
        self.draw_bar(canvas, (left, bar), room);
    }

    fn draw_bar(&self, canvas: &Canvas, (left, top): (f64, f64), room: f64) {
        let end = |share: f64| (left + share * room, top + BAR);
        canvas.rectangle((left, top), end(1.0), UNFOCUSED);
        if self.part > 0 && self.whole > 0 {
            canvas.rectangle((left, top), end((self.part as f64 / self.whole as f64).min(1.0)), DARK_BLUE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_tile_and_a_bar_as_long_as_its_share() {
        let of = |(number, (region, ..)): (usize, &(&str, usize, usize))| Tile {
            region: (*region).into(),
            part: number,
            whole: 8,
        };
        let all: Vec<Tile> = PLACES.iter().enumerate().map(of).collect();
        let alt = || AltText::new("A map.").expect("not empty");
        let map = TileMap::new(all.clone()).expect("all nine are there");
        let figure = tiles(&map, alt());
        let document = roxmltree::Document::parse(figure.svg()).expect("a well-formed SVG");
        let widths = |colour: &str| -> Vec<f64> {
            let bars = document.descendants().filter(|node| node.attribute("fill") == Some(colour));
            bars.filter_map(|bar| bar.attribute("width")?.parse().ok()).collect()
        };
        let (whole, bars) = (widths("#BFBFBF"), widths("#12436D"));
        assert_eq!((whole.len(), bars.len()), (9, 8), "none takes part in the first");
        for (number, bar) in bars.iter().enumerate() {
            assert!((bar / whole[0] - (number + 1) as f64 / 8.0).abs() < 0.002);
        }
        assert!(TileMap::new(all[1..].to_vec()).is_none());
        let elsewhere = Tile { region: "Elsewhere".into(), part: 1, whole: 2 };
        assert!(TileMap::new([&all[1..], &[elsewhere]].concat()).is_none());
    }
}
