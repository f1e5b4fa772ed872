//! Reads the folder of templates: Typst files, and the page that every HTML document is put into.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::identity::Identity;
use super::page::Page;
use super::tokens::Tokens;

/// The Typst files in a folder of templates, each with its path from the root.
pub fn sources(folder: &Path, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let problem = || format!("cannot read the templates in {}", folder.display());
    let entries = fs::read_dir(folder).with_context(problem)?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(problem)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let inside = format!("{prefix}/{name}");
        if path.is_dir() {
            files.extend(sources(&path, &inside)?);
        } else if name.ends_with(".typ") {
            files.push((inside, read(folder, name)?));
        }
    }
    Ok(files)
}

/// One file of the folder.
pub fn read(templates: &Path, name: &str) -> Result<Vec<u8>> {
    let path = templates.join(name);
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The page that every HTML document is put into.
pub fn blank_page(templates: &Path, identity: &Identity) -> Result<Page> {
    let text = |name: &str| String::from_utf8(read(templates, name)?).with_context(|| format!("{name} is not UTF-8"));
    let font = |name: &str| read(templates, name);
    let style = text("style.css")?;
    Page::new(
        text("page.html")?,
        identity.style() + &Tokens::read(templates, &style)?.style() + &style,
        &font("fonts/NotoSans-Regular.woff2")?,
        &font("fonts/NotoSans-Bold.woff2")?,
        identity.logo.as_ref().and_then(|logo| Some((identity.logo_address()?, logo.alt.clone()))),
    )
}
