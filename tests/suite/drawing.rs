//! No leak by drawing: marks are parsed back to values and compared with the protected table; what is withheld has none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};

use crate::disclosure::{built, records};

/// How far a mark may lie from its place: half of what the canvas rounds to, and what the tick labels round to.
const TOLERANCE: f64 = 3.0;

/// A horizontal axis, read off two of its tick labels.
struct Axis {
    logarithmic: bool,
    /// Whether ratios that are adverse below 1 stand where their reciprocal does.
    turned: bool,
    ticks: [(f64, f64); 2],
}

impl Axis {
    fn of(svg: Node<'_, '_>) -> Option<Axis> {
        let mut ticks: Vec<(f64, f64)> = Vec::new();
        let (mut logarithmic, mut turned) = (true, false);
        let outside = svg.children().filter(|node| node.attribute("text-anchor") == Some("middle"));
        for text in outside {
            let words = text.text().unwrap_or_default();
            logarithmic &= !words.ends_with('%');
            turned |= words.ends_with('×');
            if let Ok(value) = words.trim_end_matches(['%', '×']).parse::<f64>() {
                // Of "2×" on both sides of 1, the first is half as likely.
                let below = words.ends_with('×') && ticks.iter().all(|(_, tick)| *tick < 1.0);
                ticks.push((number(text, "x"), if below { value.recip() } else { value }));
            }
        }
        // Years are the labels of another kind of axis.
        ticks.retain(|(_, value)| *value < 1_000.0);
        let ticks = [*ticks.first()?, *ticks.last().filter(|last| **last != ticks[0])?];
        Some(Axis { logarithmic, turned, ticks })
    }

    /// Where the ratio of the row with this label stands.
    fn place_in(&self, label: &str, value: f64) -> f64 {
        let below = self.turned && ["2 ", "5 ", "9 "].iter().any(|indicator| label.starts_with(indicator));
        self.place(if below { value.recip() } else { value })
    }

    fn place(&self, value: f64) -> f64 {
        let scale = |value: f64| if self.logarithmic { value.ln() } else { value };
        let [(x1, one), (x2, other)] = self.ticks;
        x1 + (x2 - x1) * (scale(value) - scale(one)) / (scale(other) - scale(one))
    }

    fn value(&self, x: f64) -> f64 {
        let scale = |value: f64| if self.logarithmic { value.ln() } else { value };
        let [(x1, one), (x2, other)] = self.ticks;
        let scaled = scale(one) + (scale(other) - scale(one)) * (x - x1) / (x2 - x1);
        if self.logarithmic { scaled.exp() } else { scaled }
    }
}

fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap().parse().unwrap()
}

fn points(node: Node<'_, '_>) -> Vec<(f64, f64)> {
    let points = node.attribute("points").unwrap().split(' ').map(|point| point.split_once(',').unwrap());
    points.map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
}

/// The middles of the marks of results in the rows of a drawing, or in one of them: everything that has the shape of one and is
/// not England's marker.
fn marks(node: Node<'_, '_>) -> Vec<(f64, f64)> {
    let mut marks = Vec::new();
    let in_row = |node: &Node<'_, '_>| node.parent_element().is_some_and(|parent| parent.has_tag_name("g"));
    for node in node.descendants().filter(in_row) {
        let middle = match node.tag_name().name() {
            "circle" => (number(node, "cx"), number(node, "cy")),
            "rect"
                if node.attribute("width") == node.attribute("height") && node.attribute("fill") != Some("#FFFFFF") =>
            {
                let half = number(node, "width") / 2.0;
                (number(node, "x") + half, number(node, "y") + half)
            }
            // The white edge of a cross.
            "polyline" if node.attribute("stroke-width") == Some("50") => {
                let [(x1, y1), (x2, y2)] = points(node)[..] else { continue };
                (f64::midpoint(x1, x2), f64::midpoint(y1, y2))
            }
            "polygon" if points(node).len() == 4 => {
                let points = points(node);
                let mean = |of: fn(&(f64, f64)) -> f64| {
                    let (low, high) = points
                        .iter()
                        .map(of)
                        .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
                    (low + high) / 2.0
                };
                (mean(|(x, _)| *x), mean(|(_, y)| *y))
            }
            _ => continue,
        };
        if !marks.contains(&middle) {
            marks.push(middle);
        }
    }
    marks
}

/// The rows of a chart: what they say, what is printed at their end, and the places of their marks.
fn rows<'a>(svg: Node<'a, 'a>) -> Vec<(&'a str, &'a str, Vec<f64>)> {
    let rows = svg.children().filter(|node| node.has_tag_name("g"));
    let row = |row: Node<'a, 'a>| {
        let words = row.first_element_child()?.text()?;
        let mut texts = row.children().filter(|node| node.has_tag_name("text"));
        let printed = texts.find_map(|node| {
            let words = node.text().unwrap_or_default();
            let value =
                node.attribute("text-anchor") == Some("end") && words.trim_end_matches('%').parse::<f64>().is_ok();
            (value || words.starts_with("[c]")).then_some(words)
        })?;
        Some((words, printed, marks(row).into_iter().map(|(x, _)| x).collect()))
    };
    rows.filter_map(row).collect()
}

/// Every ratio that the table's counts give, as printed, with the value to its last digit.
fn ratios(table: &Path) -> Vec<(String, f64)> {
    let count = |record: &BTreeMap<String, String>, column: &str| record[column].parse::<f64>().unwrap_or(f64::NAN);
    let ratio = |record: BTreeMap<String, String>| {
        let rate = |group: &str| {
            count(&record, &format!("{group}_numerator")) / count(&record, &format!("{group}_denominator"))
        };
        (record["relative_likelihood"].clone(), rate("minoritised") / rate("white"))
    };
    records(table).into_iter().map(ratio).filter(|(printed, _)| !printed.is_empty()).collect()
}

/// Every share that the table's counts give, in per cent.
fn shares(table: &Path) -> Vec<f64> {
    let count = |record: &BTreeMap<String, String>, column: &str| record[column].parse::<f64>().unwrap_or(f64::NAN);
    let bands = records(table).into_iter().filter(|record| record["indicator"] == "1");
    bands
        .map(|record| 100.0 * count(&record, "minoritised_numerator") / count(&record, "minoritised_denominator"))
        .collect()
}

/// Bars of shares begin at nothing and end at a share of the table; returns how many there are.
fn compare_bars(svg: Node<'_, '_>, axis: &Axis, shares: &[f64]) -> usize {
    let bars: Vec<f64> = svg
        .descendants()
        .filter(|node| node.tag_name().name() == "rect" && node.attribute("fill") == Some("#12436D"))
        .filter(|node| (number(*node, "x") - axis.place(0.0)).abs() <= TOLERANCE)
        .map(|node| number(node, "x") + number(node, "width"))
        .collect();
    for end in &bars {
        let fits = |share: &f64| (axis.place(*share) - end).abs() <= TOLERANCE;
        assert!(shares.iter().any(fits), "a bar ends at {:.2}%: no such share", axis.value(*end));
    }
    bars.len()
}

/// The spread of other authorities is drawn only as coarsely as it may be told; returns how many ends there are.
fn compare_spread(svg: Node<'_, '_>, axis: &Axis) -> usize {
    let step = if axis.logarithmic { 0.05 } else { 0.5 };
    let bars = svg.descendants().filter(|node| node.attribute("fill") == Some("#BFBFBF"));
    let in_row = |node: &Node<'_, '_>| node.parent_element().is_some_and(|parent| parent.has_tag_name("g"));
    let inside = bars.filter(|node| node.has_tag_name("rect")).filter(in_row);
    let ends: Vec<f64> =
        inside.flat_map(|node| [number(node, "x"), number(node, "x") + number(node, "width")]).collect();
    for end in &ends {
        let coarse = (axis.value(*end) / step).round() * step;
        assert!((axis.place(coarse) - end).abs() <= TOLERANCE, "a spread ends at {:.3}", axis.value(*end));
    }
    ends.len()
}

/// Compares the charts of a page with its table; returns how many marks of each kind and how many withheld rows it saw.
fn compare(page: &Path, table: &Path) -> [usize; 4] {
    let html = fs::read_to_string(page).unwrap();
    let (ratios, shares) = (ratios(table), shares(table));
    let [mut results, mut bars, mut ends, mut withheld] = [0; 4];
    for svg in html.split("<svg").skip(1) {
        let svg = format!("<svg{}</svg>", svg.split("</svg>").next().unwrap());
        let document = Document::parse(&svg).unwrap();
        let svg = document.root_element();
        // A funnel's axis runs upwards, and below it are sizes.
        let funnels = svg.children().any(|node| node.text().is_some_and(|words| words.starts_with("Across")));
        let Some(axis) = Axis::of(svg).filter(|_| !funnels) else { continue };
        ends += compare_spread(svg, &axis);
        if !axis.logarithmic {
            bars += compare_bars(svg, &axis, &shares);
            continue;
        }
        for (words, printed, here) in rows(svg) {
            if printed.starts_with("[c]") {
                assert_eq!(here, Vec::<f64>::new(), "a withheld row has a mark in {}", page.display());
                withheld += 1;
                continue;
            }
            assert!(!here.is_empty(), "{printed} is not drawn in {}", page.display());
            for x in here {
                let fits = |(as_printed, value): &(String, f64)| {
                    as_printed == printed && (axis.place_in(words, *value) - x).abs() <= TOLERANCE
                };
                assert!(ratios.iter().any(fits), "{words} is drawn at {x} in {}: no such ratio", page.display());
                results += 1;
            }
        }
    }
    [results, bars, ends, withheld]
}

#[test]
fn marks_lie_where_the_protected_counts_put_them_and_what_is_withheld_has_none() {
    let (output, _) = built("2023", "public");
    let year = output.path().join("2023");
    let national = compare(&year.join("national/annual-report.html"), &year.join("national/tables/indicators.csv"));
    let packs = fs::read_dir(year.join("authorities")).unwrap().map(|pack| pack.unwrap().path());
    let packs = packs.map(|pack| compare(&pack.join("benchmark-pack.html"), &pack.join("data.csv")));
    let seen = packs.fold(national, |sum, more| [0, 1, 2, 3].map(|kind| sum[kind] + more[kind]));
    assert!(seen.iter().zip([50, 6, 100, 300]).all(|(seen, least)| *seen >= least), "only {seen:?}");
}

/// Half the height of a small picture's plot, in the units of the drawing; 1 stands in its middle.
const HALF_PLOT: f64 = 300.0;

/// The vertical axes of small pictures, read off the words beside their gridlines: one for each row of pictures.
fn upright(svg: Node<'_, '_>) -> Vec<Axis> {
    let lines: Vec<f64> = svg
        .children()
        .filter(|node| node.attribute("stroke") == Some("#DCDCDC"))
        .map(|node| points(node)[0].1)
        .collect();
    let at_line = |y: f64| lines.iter().copied().min_by(|one, other| (one - y).abs().total_cmp(&(other - y).abs()));
    let words = svg.children().filter(|node| node.attribute("text-anchor") == Some("end"));
    let ticks: Vec<(f64, f64)> = words
        .filter_map(|node| {
            let value = node.text()?.trim_end_matches('×').parse().ok()?;
            // A text hangs from its place: its middle is a little below.
            Some((at_line(number(node, "y") + 54.0)?, value))
        })
        .collect();
    let middles = ticks.iter().filter(|(_, value)| (*value - 1.0).abs() < 1e-9);
    let axis = |middle: &(f64, f64)| {
        let above = |tick: &&(f64, f64)| tick.1 > 1.0 && tick.0 < middle.0 && middle.0 - tick.0 <= HALF_PLOT;
        let above = ticks.iter().find(above)?;
        Some(Axis { logarithmic: true, turned: true, ticks: [*middle, *above] })
    };
    middles.filter_map(axis).collect()
}

/// The ratio of all services of an authority's own table, by indicator: to its last digit where it is printed.
fn own_ratios(table: &Path) -> BTreeMap<String, f64> {
    let own = records(table).into_iter().filter(|record| {
        record["area_type"] == "authority" && record["service"] == "all" && record["breakdown"].is_empty()
    });
    let ratio = |record: BTreeMap<String, String>| {
        let count = |column: &str| record[column].parse::<f64>().ok();
        let minoritised = count("minoritised_numerator")? / count("minoritised_denominator")?;
        let white = count("white_numerator")? / count("white_denominator")?;
        Some((record["indicator"].clone(), minoritised / white)).filter(|(_, ratio)| ratio.is_finite())
    };
    own.filter_map(ratio).collect()
}

/// Compares the small pictures of a page with the tables of their years; returns how many marks it saw, and how many rounds
/// without one.
fn compare_rounds(page: &Path, tables: &BTreeMap<&str, BTreeMap<String, f64>>) -> [usize; 2] {
    let html = fs::read_to_string(page).unwrap();
    let [mut seen, mut without] = [0; 2];
    for svg in html.split("<svg").skip(1) {
        let svg = format!("<svg{}</svg>", svg.split("</svg>").next().unwrap());
        let document = Document::parse(&svg).unwrap();
        let axes = upright(document.root_element());
        for group in document.descendants().filter(|node| node.has_tag_name("g")) {
            let told = group.first_element_child().and_then(|title| title.text()).unwrap_or_default();
            let Some((label, said)) = told.split_once(": ") else { continue };
            let Some((label, year)) = label.rsplit_once(' ') else { continue };
            let Some(table) = tables.get(year) else { continue };
            let indicator = label.split(' ').next().unwrap();
            let Some(value) = table.get(indicator) else {
                assert_eq!(marks(group), [], "{told} in {}", page.display());
                without += 1;
                continue;
            };
            let printed: f64 = said.split(',').next().unwrap().parse().unwrap();
            assert!((printed - value).abs() <= 0.005 + 1e-9, "{told}: {value}");
            let drawn = marks(group);
            assert_eq!(drawn.len(), 1, "{told} in {}", page.display());
            let y = drawn[0].1;
            let fits = |axis: &Axis| {
                let middle = axis.ticks[0].0;
                let place = axis.place_in(label, *value).clamp(middle - HALF_PLOT, middle + HALF_PLOT);
                (place - y).abs() <= TOLERANCE
            };
            assert!(axes.iter().any(fits), "{told} is drawn at {y} in {}", page.display());
            seen += 1;
        }
    }
    [seen, without]
}

#[test]
fn small_pictures_of_rounds_have_worse_on_top_and_a_mark_where_the_counts_put_it() {
    let (earlier, _) = built("2021", "own");
    let (later, _) = built("2023", "own");
    let (earlier, later) = (earlier.path().join("2021/authorities"), later.path().join("2023/authorities"));
    let mut seen = [0; 2];
    for pack in fs::read_dir(&later).unwrap().map(|pack| pack.unwrap().path()) {
        let before = earlier.join(pack.file_name().unwrap()).join("data.csv");
        if before.exists() {
            let tables = [("2021", before), ("2023", pack.join("data.csv"))];
            let tables = tables.into_iter().map(|(year, table)| (year, own_ratios(&table))).collect();
            let here = compare_rounds(&pack.join("benchmark-pack.html"), &tables);
            seen = [seen[0] + here[0], seen[1] + here[1]];
        }
    }
    assert!(seen[0] >= 40, "only {seen:?}");
}
