//! Who publishes, and in what colours: `identity.yaml`, the one file that makes the reports an organisation's own.

use std::fs;
use std::path::{Component, Path};

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use crate::charts::Colour;
use crate::configuration;

/// The file's name among the templates.
pub const FILE: &str = "identity.yaml";

/// The lightest and the darkest page that text stands on.
const WHITE: Colour = Colour([0xFF; 3]);
const DARK_PAGE: Colour = Colour([0x15, 0x19, 0x1D]);

/// How far the ground of boxes is from the main colour to white, as in the theme.
const TINT: f64 = 0.93;

/// WCAG 2.2, criteria 1.4.3 and 1.4.11.
const TEXT_CONTRAST: f64 = 4.5;
const GRAPHICS_CONTRAST: f64 = 3.0;

/// What `identity.yaml` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Who publishes.
    pub organisation: String,
    /// Whom to ask.
    #[serde(default)]
    pub contact: Option<String>,
    /// What stands on the covers.
    #[serde(default)]
    pub logo: Option<Logo>,
    /// How what is for everybody may be used again.
    #[serde(default)]
    pub licence: Option<Licence>,
    /// The colours.
    pub colours: Colours,
}

/// A picture beside the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// Its name, without a folder.
    pub file: String,
    /// What it says.
    pub alt: String,
    /// Its content.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A licence for everybody.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// What it is called.
    pub name: String,
    /// Where it can be read.
    pub address: String,
}

/// The colours of text, lines and marks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// Headings, covers, lines, and the first series.
    pub main: Colour,
    /// The second series.
    pub second: Colour,
    /// The third series, and the strip on top of the pages.
    pub third: Colour,
    /// The fourth series.
    pub fourth: Colour,
    /// Headings and links on a dark screen.
    pub light: Colour,
}

impl Colours {
    /// The colours of the series of a chart.
    pub fn series(&self) -> [Colour; 4] {
        [self.main, self.second, self.third, self.fourth]
    }
}

impl Identity {
    /// Reads the file and the logo that it names; colours that cannot be read on their page are an error.
    pub fn read(templates: &Path) -> Result<Self> {
        let path = templates.join(FILE);
        let mut identity: Identity = configuration::read(&path)?;
        identity.check().with_context(|| format!("{} cannot be used", path.display()))?;
        if let Some(logo) = &mut identity.logo {
            let inside = Path::new(&logo.file).components().all(|part| matches!(part, Component::Normal(_)));
            ensure!(inside && logo.kind().is_some(), "the logo `{}` is no .svg or .png file beside {FILE}", logo.file);
            let path = templates.join(&logo.file);
            logo.bytes = fs::read(&path).with_context(|| format!("cannot read the logo {}", path.display()))?;
        }
        Ok(identity)
    }

    fn check(&self) -> Result<()> {
        if let Some(licence) = &self.licence {
            let whole = licence.address.starts_with("https://") && !licence.address.contains(char::is_whitespace);
            ensure!(whole, "the licence's address `{}` is none that begins with https://", licence.address);
        }
        let Colours { main, second, third, fourth, light } = self.colours;
        let uses = [
            ("main", main, WHITE, TEXT_CONTRAST, "white"),
            ("third", third, WHITE, TEXT_CONTRAST, "white"),
            ("second", second, WHITE, GRAPHICS_CONTRAST, "white"),
            ("fourth", fourth, WHITE, GRAPHICS_CONTRAST, "white"),
            ("light", light, DARK_PAGE, TEXT_CONTRAST, "the dark page"),
        ];
        for (name, colour, ground, least, words) in uses {
            let contrast = colour.contrast(ground);
            ensure!(
                contrast >= least,
                "the colour `{name}` {colour} has a contrast of {contrast:.1} to 1 with {words}: it needs {least} to 1 to be seen"
            );
        }
        Ok(())
    }

    /// The style sheet's names for the colours.
    pub fn style(&self) -> String {
        let Colours { main, third, light, .. } = self.colours;
        let tint = main.lighter(TINT);
        format!(":root {{ --main: {main}; --strip: {third}; --light: {light}; --tint: {tint}; }}\n")
    }

    /// The logo as an address that needs no other file.
    pub fn logo_address(&self) -> Option<String> {
        let logo = self.logo.as_ref()?;
        Some(format!("data:image/{};base64,{}", logo.kind()?, BASE64.encode(&logo.bytes)))
    }
}

impl Logo {
    fn kind(&self) -> Option<&'static str> {
        match self.file.rsplit_once('.')?.1 {
            "svg" => Some("svg+xml"),
            "png" => Some("png"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Identity> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), text).unwrap();
        Identity::read(folder.path())
    }

    const OURS: &str = include_str!("../../report-templates/identity.yaml");

    #[test]
    fn a_colour_that_cannot_be_read_is_an_error_that_says_which() {
        assert!(read(OURS).is_ok());
        let error = format!("{:#}", read(&OURS.replace("#12436D", "#7799BB")).unwrap_err());
        assert!(error.contains("`main` #7799BB") && error.contains("3.0 to 1"), "{error}");
        let error = format!("{:#}", read(&OURS.replace("\"#28A197\"", "teal")).unwrap_err());
        assert!(error.contains("identity.yaml:9") && error.contains("like #12436D"), "{error}");
        let error = format!("{:#}", read(&OURS.replace("\"#28A197\"", "#28A197")).unwrap_err());
        assert!(error.contains("without quotation marks"), "{error}");
    }

    #[test]
    fn a_licence_has_a_whole_address() {
        let error = format!("{:#}", read(&OURS.replace("https://", "")).unwrap_err());
        assert!(error.contains("the licence's address `www."), "{error}");
    }

    #[test]
    fn a_logo_lies_beside_the_file() {
        for file in ["../logo.svg", "/logo.svg", "logo.exe", "logo.svg"] {
            let text = format!("{OURS}logo: {{file: {file}, alt: Us}}\n");
            assert!(format!("{:#}", read(&text).unwrap_err()).contains("logo"), "{file}");
        }
    }
}
