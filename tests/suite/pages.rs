//! Pages as their readers use them: headings, links, alternative texts, drawings for two widths, and what a script adds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use scraper::{ElementRef, Html, Selector};

use crate::disclosure::built;

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn first<'a>(element: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    element.select(&Selector::parse(selector).unwrap()).next()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The national report and every pack of a built year.
fn documents(year: &Path) -> Vec<PathBuf> {
    let packs = fs::read_dir(year.join("authorities")).unwrap();
    let mut pages: Vec<PathBuf> = packs.map(|pack| pack.unwrap().path().join("benchmark-pack.html")).collect();
    pages.sort();
    pages.push(year.join("national/annual-report.html"));
    pages
}

#[test]
fn charts_have_headings_short_alternative_texts_and_a_drawing_for_each_width() {
    for (round, edition) in [("2021", "own"), ("2023", "public")] {
        let (output, _) = built(round, edition);
        for path in documents(&output.path().join(round)) {
            let page = Html::parse_document(&fs::read_to_string(&path).unwrap());
            let told = path.display().to_string();
            has_levels_in_order(&page, &told);
            has_links_that_tell_where_they_lead(&page, &told);
            has_files(&page, &path);
            let charts = select(&page, ".chart-figure");
            assert!(!charts.is_empty(), "{told}: {} charts", charts.len());
            for chart in charts {
                is_told(chart, &told);
                is_drawn_twice(chart, &told);
            }
        }
    }
}

/// No heading is more than one level below the one before.
fn has_levels_in_order(page: &Html, told: &str) {
    let mut last = 0;
    for heading in select(page, "h1, h2, h3, h4, h5, h6") {
        let level = heading.value().name()[1..].parse().unwrap();
        assert!(level <= last + 1, "{told}: h{level} after h{last}: {}", text(heading));
        last = level;
    }
}

/// Links of one name lead to one place, and none needs what stands around it.
fn has_links_that_tell_where_they_lead(page: &Html, told: &str) {
    let mut places: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for link in select(page, ".contents a, .copy-link") {
        let name = link.attr("aria-label").map_or_else(|| text(link), str::to_owned);
        places.entry(name).or_default().insert(link.attr("href").unwrap());
    }
    let twice: Vec<_> = places.iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(twice.is_empty(), "{told}: {twice:?}");
    for named in select(page, "[aria-label]") {
        let name = named.attr("aria-label").unwrap();
        assert!(!name.contains("(chart "), "{told}: {name}");
    }
    // Findings come first on a phone: the contents are folded until a script or a wide screen unfolds them.
    let contents = select(page, ".contents > details");
    assert!(contents.len() == 1 && contents[0].attr("open").is_none(), "{told}");
}

/// The files that a page links to lie beside it.
fn has_files(page: &Html, path: &Path) {
    let links: Vec<&str> =
        select(page, ".files a:not([rel]), .for-programs a").iter().map(|link| link.attr("href").unwrap()).collect();
    assert!(links.iter().any(|link| link.ends_with(".csv")) && links.len() > 1, "{}: {links:?}", path.display());
    for link in links {
        assert!(path.parent().unwrap().join(link).is_file(), "{}: {link}", path.display());
    }
}

/// A heading of its own, and an alternative text that begins with the message and leaves the rest to the table.
fn is_told(chart: ElementRef<'_>, told: &str) {
    let title = first(chart, "figcaption > .chart-title").unwrap();
    assert!(["h3", "h4", "h5"].contains(&title.value().name()), "{told}: {}", title.value().name());
    let drawing = first(chart, "svg[role=img]").unwrap();
    let alt = drawing.attr("aria-label").unwrap();
    let words = alt.split_whitespace().count();
    assert!((8..=50).contains(&words), "{told}: {words} words: {alt}");
    assert!(alt.ends_with("The table below has every value."), "{told}: {alt}");
    let squeezed = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
    let message = squeezed(&text(title));
    let areas = chart.attr("id").unwrap().contains("-areas");
    assert!(areas || squeezed(alt).starts_with(&message), "{told}: {message}: {alt}");
    if drawing.text().any(|words| words.contains("1 = equal")) {
        assert!(alt.contains("1 is equal") && alt.contains("England"), "{told}: {alt}");
    }
}

/// The same rows and values in both drawings; the one for a phone is no wider than a phone.
fn is_drawn_twice(chart: ElementRef<'_>, told: &str) {
    let drawings = [".chart.wide > svg", ".chart.narrow > svg"].map(|class| first(chart, class).unwrap());
    let rows = drawings.map(|svg| {
        let titles = svg.select(&Selector::parse("g > title").unwrap()).map(text).collect::<Vec<_>>();
        titles.into_iter().collect::<BTreeSet<String>>()
    });
    assert_eq!(rows[0], rows[1], "{told}");
    let id = chart.attr("id").unwrap();
    assert!(!rows[0].is_empty(), "{told}: {id}");
    let width = |svg: ElementRef<'_>| svg.attr("width").unwrap().parse::<f64>().unwrap();
    assert_eq!(drawings.map(width), [680.0, 320.0], "{told}");
    let words = |svg: ElementRef<'_>| svg.text().collect::<Vec<_>>().join(" ");
    // The strip is explained wherever it is drawn, and is not drawn among rounds and spreads.
    for svg in drawings {
        let strip = svg.html().contains("#ECECEC");
        assert_eq!(strip, words(svg).contains("four-fifths"), "{told}: {id}");
        assert!(!(strip && (id.contains("-rounds") || id.contains("-spread"))), "{told}: {id}");
    }
}

#[test]
fn what_a_script_adds_is_not_there_without_it() {
    let (output, _) = built("2021", "public");
    for path in documents(&output.path().join("2021")) {
        let page = Html::parse_document(&fs::read_to_string(&path).unwrap());
        for selector in ["main button", "main input", "[aria-sort]", "[hidden]"] {
            assert!(select(&page, selector).is_empty(), "{}: {selector}", path.display());
        }
        let scripts = select(&page, "script:not([type])"); // what has a type is data
        assert_eq!(scripts.len(), 1, "{}", path.display());
        let script = scripts[0].inner_html();
        assert!(scripts[0].attr("src").is_none() && !script.contains("http") && !script.contains("innerHTML"));
        assert!(select(&page, "link, iframe, object, img[src^=http], [onclick]").is_empty(), "{}", path.display());
    }
}
