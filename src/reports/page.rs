//! Puts an HTML page together: one file with its style and fonts inside, that asks the network for nothing.

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use crate::digest;

use super::html::Body;
use super::identity::Licence;
use super::open_data::{self, DataFile};

/// The template of every page, with style and fonts already in it.
pub struct Page {
    environment: Environment<'static>,
    style: String,
    /// The logo's address, and what it says.
    logo: Option<(String, String)>,
    /// The SHA-256 of all these.
    pub digest: String,
}

/// What a page says about its report, beside the body.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct About {
    /// The title, as in the cover.
    pub title: String,
    /// One sentence for search engines and link previews.
    pub description: String,
    /// Who publishes the report.
    pub organisation: String,
    /// The status lines that head the page, such as "Synthetic data: …".
    pub banner: Vec<String>,
    /// The lines of the page's foot.
    pub footer: Vec<String>,
    /// The files beside the page that belong to it, for people.
    pub files: Vec<Linked>,
    /// Those that are for programs: they stand at the foot.
    pub for_programs: Vec<Linked>,
    /// How the report may be used again, where it is for everybody.
    pub licence: Option<Licence>,
    /// What the page may do in a browser, as a content security policy; nothing where it does not say.
    pub policy: Option<String>,
    /// What the page tells programs of its data, as JSON-LD.
    pub dataset: Option<String>,
}

/// A file beside a page.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Linked {
    /// Its path from the page's folder.
    pub path: String,
    /// What it is.
    pub text: String,
}

impl Linked {
    /// A file at this path from the page's folder.
    pub fn new(path: impl Into<String>, text: &str) -> Self {
        Self { path: path.into(), text: text.to_owned() }
    }

    /// Those beside the national report that are for people.
    pub fn of_report(data: &[DataFile]) -> Vec<Self> {
        let data = data.iter().filter(|file| !file.for_programs);
        std::iter::once(Self::new("annual-report.pdf", "This report as PDF")).chain(data.map(Self::of_data)).collect()
    }

    /// Those beside the national report that are for programs.
    pub fn for_programs(data: &[DataFile]) -> Vec<Self> {
        data.iter().filter(|file| file.for_programs).map(Self::of_data).collect()
    }

    fn of_data(file: &DataFile) -> Self {
        Self::new(&file.path, &file.text)
    }

    /// Those beside a pack.
    pub fn of_pack() -> Vec<Self> {
        vec![Self::new("benchmark-pack.pdf", "This pack as PDF"), Self::new("data.csv", "Every figure as CSV")]
    }

    /// What describes the data of a pack for programs.
    pub fn description_of_pack() -> Vec<Self> {
        vec![Self::new(open_data::description_of("data.csv"), open_data::DESCRIPTION)]
    }
}

impl Page {
    /// Takes the texts of `page.html` and `style.css`, the two fonts as woff2, and the logo.
    pub fn new(
        page: String,
        style: String,
        regular: &[u8],
        bold: &[u8],
        logo: Option<(String, String)>,
    ) -> Result<Self> {
        let logo_told = logo.iter().flat_map(|(address, alt)| [&**address, alt]).collect::<Vec<_>>().join("\n");
        let parts = [page.as_bytes(), style.as_bytes(), regular, bold, logo_told.as_bytes()];
        let digest = digest::sha256(parts.map(digest::sha256).concat().as_bytes());
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template_owned("page.html", page)?;
        let fonts = [(400, regular), (700, bold)].map(|(weight, font)| {
            format!(
                "@font-face {{ font-family: \"Noto Sans\"; font-weight: {weight}; font-display: block; \
                 src: url(data:font/woff2;base64,{}) format(\"woff2\"); }}\n",
                BASE64.encode(font)
            )
        });
        Ok(Self { environment, style: fonts.concat() + &style, logo, digest })
    }

    /// Makes the page.
    pub fn render(&self, about: &About, body: &Body) -> Result<String> {
        let template = self.environment.get_template("page.html")?;
        let parts = context! {
            about => Value::from(Serde(about)),
            style => Value::from_safe_string(format!("{}{}", self.style, body.styles)),
            logo => &self.logo,
            cover => Value::from_safe_string(body.cover.clone()),
            body => Value::from_safe_string(body.html.clone()),
            contents => Value::from(Serde(&body.contents)),
        };
        template.render(parts).with_context(|| format!("the page of {}", about.title))
    }
}
