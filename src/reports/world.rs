//! What Typst sees: our fonts, the shared templates and the files of one document; no disc, no network, no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Output};
use typst::syntax::{FileId, RootedPath, Span, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_kit::diagnostics::{DiagnosticFormat, DiagnosticWorld, emit, termcolor::NoColor};
use typst_kit::files::{FileLoader, FileStore};
use typst_kit::fonts::{FontStore, embedded};

use crate::configuration;
use crate::digest;

use super::figures::Reading;
use super::origin::Origins;

/// The path of every document's main file: always the same, because Typst keeps each path it has seen for ever.
const MAIN: &str = "/main.typ";

/// The one warning that is expected, at every export to HTML.
const HTML_IS_YOUNG: &str = "html export is under active development and incomplete";

/// The files of one document; every document should use the same paths.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The template that gave the text.
    pub template: &'static str,
    /// The text of the main file.
    pub main: String,
    /// The other files, each with its path from the root, such as `/charts/2.svg`.
    pub files: Vec<(String, Vec<u8>)>,
    /// The numbers in the words of its charts, with their figures' ids.
    pub readings: Vec<Reading>,
    /// The other words of its charts' alternative texts, with the charts' names.
    pub words: Vec<(String, String)>,
}

/// All that documents have in common: built once, shared between threads.
pub struct Typesetter {
    library: LazyHash<Library>,
    fonts: FontStore,
    shared: FileStore<Files>,
    origins: Origins,
}

impl Typesetter {
    /// Loads the fonts and takes the files that every document may read, such as `/theme.typ`; `origins` are those of the
    /// documents' texts.
    pub fn new(shared: Vec<(String, Vec<u8>)>, origins: Origins) -> Result<Self> {
        // `A11yExtras` brings row headers in tables.
        let features = [Feature::Html, Feature::A11yExtras].into_iter().collect();
        let mut fonts = FontStore::new();
        for data in [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF] {
            let font = Font::new(Bytes::new(data), 0).context("Noto Sans could not be read")?;
            let info = font.info().clone();
            fonts.push((font, info));
        }
        fonts.extend(embedded().filter(|(_, info)| info.family == "New Computer Modern Math"));
        Ok(Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            fonts,
            shared: FileStore::new(Files::new(shared)),
            origins,
        })
    }

    /// Opens one document, to be typeset in one format or several.
    pub fn open(&self, source: &Source) -> Result<Document<'_>> {
        let mut files = Files::new(source.files.iter().cloned());
        files.0.insert(MAIN.into(), Bytes::from_string(source.main.clone()));
        let path = VirtualPath::new(MAIN).map_err(|error| anyhow!("{MAIN}: {error:?}"))?;
        let main = RootedPath::new(VirtualRoot::Project, path).intern();
        Ok(Document {
            typesetter: self,
            template: source.template,
            main,
            own: FileStore::new(files),
            used: Mutex::default(),
        })
    }

    /// The SHA-256 of the file that all documents share under this path; nothing where there is none.
    pub fn digest(&self, path: &str) -> Option<String> {
        self.shared.loader().0.get(path).map(digest::sha256)
    }
}

/// One document as Typst sees it.
pub struct Document<'a> {
    typesetter: &'a Typesetter,
    template: &'static str,
    main: FileId,
    own: FileStore<Files>,
    /// The paths that were asked for and are not the document's own.
    used: Mutex<BTreeSet<String>>,
}

impl Document<'_> {
    /// Compiles the document; a warning is an error, for nobody reads the warnings of 153 packs.
    pub fn compile<T: Output>(&self) -> Result<T> {
        let Warned { output, mut warnings } = typst::compile::<T>(self);
        warnings.retain(|warning| warning.message != HTML_IS_YOUNG);
        match output {
            Ok(document) if warnings.is_empty() => Ok(document),
            Ok(_) => Err(self.problems(&warnings)),
            Err(mut errors) => {
                errors.extend(warnings);
                Err(self.problems(&errors))
            }
        }
    }

    /// Turns Typst's diagnostics into one error that shows file, line, excerpt and hints: of the first, for a missing bracket
    /// is followed by many.
    pub fn problems(&self, diagnostics: &EcoVec<SourceDiagnostic>) -> anyhow::Error {
        const SHOWN: usize = 3;
        let mut problems: Vec<String> =
            diagnostics.iter().take(SHOWN).map(|diagnostic| self.problem(diagnostic)).collect();
        let more = diagnostics.len().saturating_sub(SHOWN);
        if more > 0 {
            problems.push(format!("and {more} more, which may come from the first"));
        }
        anyhow!("{}", problems.join("\n\n"))
    }

    fn problem(&self, diagnostic: &SourceDiagnostic) -> String {
        let mut text = NoColor::new(Vec::new());
        if emit(&mut text, self, [diagnostic], DiagnosticFormat::Human).is_err() {
            // Showing the excerpt failed: the bare message is better than nothing.
            return diagnostic.message.to_string();
        }
        let text = String::from_utf8_lossy(&text.into_inner()).trim_end().to_owned();
        let Some((line, column)) = self.place(&text) else { return text };
        let main = String::from_utf8_lossy(self.bytes(MAIN).unwrap_or_default());
        let origin = self.typesetter.origins.of(&main, line, column);
        let origin = origin.map(|(template, line)| format!("\nwritten in {template}:{line}"));
        let letter = main.lines().nth(line.saturating_sub(1)).and_then(|line| line.chars().nth(column));
        let help = match diagnostic.message.strip_prefix("unknown variable: ") {
            Some(name) => self.known(name),
            None if diagnostic.message.starts_with("label ") => Some(r"for an @ itself write \@".to_owned()),
            None => {
                letter.filter(|letter| "$*_".contains(*letter)).map(|one| format!(r"for a {one} itself write \{one}"))
            }
        };
        text + &origin.unwrap_or_default() + &help.map(|help| format!("\nhelp: {help}")).unwrap_or_default()
    }

    /// The name of the theme that is like this one, or all of them.
    fn known(&self, name: &str) -> Option<String> {
        let theme = self.typesetter.shared.loader().0.get("/theme.typ")?;
        let theme = std::str::from_utf8(theme).ok()?;
        let names = theme.lines().filter_map(|line| line.strip_prefix("#let ")?.split(['(', ' ', '=']).next());
        let names: BTreeSet<&str> = names.collect();
        Some(match configuration::alike(name, names.iter().copied()) {
            Some(like) => format!("did you mean `{like}`?"),
            None => {
                let names = names.into_iter().collect::<Vec<_>>().join(", ");
                format!(r"for a # itself write \#; the names of theme.typ are {names}")
            }
        })
    }

    /// The first place in a message that is in the main file: line and column, both as the message has them.
    fn place(&self, message: &str) -> Option<(usize, usize)> {
        let (_, place) = message.split_once(&format!("{}:", self.name(self.main)))?;
        let mut numbers = place.split(|letter: char| !letter.is_ascii_digit()).map_while(|number| number.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    }

    /// An error about what stands at a place of the source or of the theme.
    pub fn problem_at(&self, span: Span, message: &str) -> anyhow::Error {
        anyhow!("{}", self.problem(&SourceDiagnostic::error(span, message)))
    }

    /// The paths of the shared files that were read so far, and of those that were looked for in vain.
    pub fn used(&self) -> BTreeSet<String> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that a file is not the document's own.
    fn note(&self, id: FileId) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(id.vpath().get_with_slash().to_owned());
    }

    /// The main file, as it was filled in and parsed.
    pub fn parsed(&self) -> Result<typst::syntax::Source> {
        self.source(self.main).map_err(|error| anyhow!("{MAIN}: {error}"))
    }

    /// The bytes of one of the document's own files.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.own.loader().0.get(path).map(Bytes::as_slice)
    }
}

impl World for Document<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.typesetter.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.typesetter.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<typst::syntax::Source> {
        self.own.source(id).or_else(|_| {
            self.note(id);
            self.typesetter.shared.source(id)
        })
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.own.file(id).or_else(|_| {
            self.note(id);
            self.typesetter.shared.file(id)
        })
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.typesetter.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None // a report shows the dates it is given, so that it can be built again to the byte
    }
}

impl DiagnosticWorld for Document<'_> {
    fn name(&self, id: FileId) -> String {
        if id == self.main {
            // The lines shown are those that the template and its parts gave; this file is on no disc.
            return format!("{} as filled in", self.template);
        }
        id.vpath().get_without_slash().to_owned()
    }
}

/// Files in memory, by path from the root.
struct Files(BTreeMap<String, Bytes>);

impl Files {
    fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(files.into_iter().map(|(path, data)| (path, Bytes::new(data))).collect())
    }
}

impl FileLoader for Files {
    fn load(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.vpath().get_with_slash();
        let known = matches!(id.root(), VirtualRoot::Project).then(|| self.0.get(path)).flatten();
        known.cloned().ok_or_else(|| FileError::NotFound(path.into()))
    }
}
