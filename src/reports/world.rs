//! What Typst sees: our fonts, the shared templates and the files of one document; no disc, no network, no clock.

mod hints;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Output};
use typst::syntax::{FileId, Span, VirtualRoot, ast};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_kit::diagnostics::{DiagnosticFormat, DiagnosticWorld, emit, termcolor::NoColor};
use typst_kit::files::{FileLoader, FileStore};
use typst_kit::fonts::{FontStore, embedded};

use crate::digest;

use super::data;
use super::digits::Digits;
use super::drawings::ChartRow;
use super::figures::{self, Piece, Reading};
use super::numbers::{self, Numbers};
use super::proof::Handed;

/// The theme, whose building blocks templates call.
const THEME: &str = "/theme.typ";

/// The one warning that is expected, at every export to HTML.
const HTML_IS_YOUNG: &str = "html export is under active development and incomplete";

/// The files of one document beside the templates; every document should use the same paths, because Typst keeps each path
/// that it has seen for ever.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The template that begins the document, such as `/pack/report.typ`.
    pub main: &'static str,
    /// What templates see.
    pub data: serde_json::Map<String, serde_json::Value>,
    /// The other files, each with its path from the root, such as `/charts/2.svg`.
    pub files: Vec<(String, Vec<u8>)>,
    /// The round's own texts.
    pub texts: Vec<Text>,
    /// The numbers in the words of its charts, with their figures' ids.
    pub readings: Vec<Reading>,
    /// The rows of its charts, with the figure that each holds.
    pub rows: Vec<ChartRow>,
    /// The other words of its charts' alternative texts, with the charts' names.
    pub words: Vec<(String, String)>,
    /// The digits that its authority typed into its plan.
    pub typed: Digits,
}

/// A text of the round as it was filled in.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its path for templates, such as `/text/foreword.typ`.
    pub path: String,
    /// Its path for its author, such as `2024/text/foreword.typ`.
    pub name: String,
    /// What was filled in.
    pub text: String,
    /// The author's line that each of its lines comes from.
    pub lines: Vec<usize>,
}

/// All that documents have in common: built once, shared between threads.
pub struct Typesetter {
    library: LazyHash<Library>,
    fonts: FontStore,
    shared: FileStore<Files>,
    /// The theme with each of its functions replaced by one that only passes on what it is given.
    passing: Option<(FileId, typst::syntax::Source)>,
}

impl Typesetter {
    /// Loads the fonts and takes the files that every document may read: the templates, and what their theme reads.
    pub fn new(shared: Vec<(String, Vec<u8>)>) -> Result<Self> {
        // `A11yExtras` brings row headers in tables.
        let features = [Feature::Html, Feature::A11yExtras].into_iter().collect();
        let mut fonts = FontStore::new();
        for data in [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF] {
            let font = Font::new(Bytes::new(data), 0).context("Noto Sans could not be read")?;
            let info = font.info().clone();
            fonts.push((font, info));
        }
        fonts.extend(embedded().filter(|(_, info)| info.family == "New Computer Modern Math"));
        let mut library = Library::builder().with_features(features).build();
        library.global.scope_mut().define("build", data::build());
        let shared = Files::new(shared);
        let theme = shared.text(THEME).zip(numbers::file(THEME));
        let passing = theme.map(|(theme, file)| (file, typst::syntax::Source::new(file, passing(theme))));
        Ok(Self { library: LazyHash::new(library), fonts, shared: FileStore::new(shared), passing })
    }

    /// The sources of all templates but the theme, with their names.
    pub fn templates(&self) -> impl Iterator<Item = (String, typst::syntax::Source)> {
        let shared = self.shared.loader();
        let templates = shared.0.keys().filter(|path| path.ends_with(".typ") && *path != THEME);
        templates.filter_map(|path| {
            let source = typst::syntax::Source::new(numbers::file(path)?, shared.text(path)?.to_owned());
            Some((path.trim_start_matches('/').to_owned(), source))
        })
    }

    /// All files of a document, each with its path inside a folder: the same but for numbers, which are plain texts in its data.
    pub fn sample(&self, source: &Source) -> Result<Vec<(String, Vec<u8>)>> {
        let shared = self.shared.loader().0.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec()));
        let data = source.data.iter().map(|(name, value)| (name.clone(), data::plain(value)));
        let data: serde_json::Map<_, _> = data.collect();
        let own = [
            (data::MODULE.to_owned(), data::module(&data, data::READ_PLAIN).into_bytes()),
            (data::FILE.to_owned(), serde_json::to_vec_pretty(&data)?),
        ];
        let texts = source.texts.iter().map(|text| {
            let plain = format!("{}{}", Text::BEGINS, figures::plain(&text.text));
            (text.path.clone(), plain.into_bytes())
        });
        let files = shared.chain(own).chain(source.files.iter().cloned()).chain(texts);
        Ok(files.map(|(path, bytes)| (path.trim_start_matches('/').to_owned(), bytes)).collect())
    }

    /// Opens one document, to be typeset in one format or several.
    pub fn open<'a>(&'a self, source: &'a Source) -> Result<Document<'a>> {
        let mut files = Files::new(source.files.iter().cloned());
        let module = data::module(&source.data, data::READ);
        files.0.insert(data::MODULE.into(), Bytes::from_string(module));
        files.0.insert(data::FILE.into(), Bytes::new(serde_json::to_vec(&source.data)?));
        let mut numbers = Numbers::default();
        source.data.values().try_for_each(|value| numbers.add_all(value))?;
        for text in &source.texts {
            numbers.add(&text.text)?;
            files.0.insert(text.path.clone(), Bytes::from_string(text.marked()));
        }
        let main = numbers::file(source.main).with_context(|| format!("{} is no path", source.main))?;
        Ok(Document { typesetter: self, main, own: FileStore::new(files), numbers, source, used: Mutex::default() })
    }

    /// The SHA-256 of the file that all documents share under this path; nothing where there is none.
    pub fn digest(&self, path: &str) -> Option<String> {
        self.shared.loader().0.get(path).map(digest::sha256)
    }
}

/// A theme's text, and after it each of its functions again, as one that only passes on.
fn passing(theme: &str) -> String {
    let parsed = typst::syntax::parse(theme);
    let lets = parsed.children().filter_map(|node| node.cast::<ast::LetBinding>());
    let names = lets.filter_map(|binding| match binding.kind() {
        ast::LetBindingKind::Closure(name) => Some(name.as_str().to_owned()),
        ast::LetBindingKind::Normal(_) => None,
    });
    names.fold(theme.to_owned(), |text, name| text + &format!("\n#let {name} = build.passed-on"))
}

/// One document as Typst sees it.
pub struct Document<'a> {
    typesetter: &'a Typesetter,
    main: FileId,
    own: FileStore<Files>,
    numbers: Numbers,
    source: &'a Source,
    /// The paths that were asked for and are not the document's own.
    used: Mutex<BTreeSet<String>>,
}

impl Document<'_> {
    /// The numbers that it may print.
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// What its templates hand over to be printed.
    pub fn handed(&self) -> Result<Handed> {
        let Warned { output, .. } = typst::compile::<Handed>(&Passing(self));
        output.map_err(|errors| self.problems(&errors))
    }

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
        let written = self.written(&text).map(|place| format!("\nwritten in {place}"));
        let help = self.help(&diagnostic.message, &text).map(|help| format!("\nhelp: {help}"));
        text + &written.unwrap_or_default() + &help.unwrap_or_default()
    }

    /// The author's line of a mistake that is in one of the round's own texts, as it was filled in.
    fn written(&self, message: &str) -> Option<String> {
        self.source.texts.iter().find_map(|text| {
            let (_, place) = message.split_once(&format!("{}:", text.shown()))?;
            let line: usize = place.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()?;
            Some(format!("{}:{}", text.name, text.lines.get(line.checked_sub(1)?)?))
        })
    }

    /// An error about what stands at a place of the source or of the theme.
    pub fn problem_at(&self, span: Span, message: &str) -> anyhow::Error {
        anyhow!("{}", self.problem(&SourceDiagnostic::error(span, message)))
    }

    /// The paths of the shared files that were read so far, and of those that were looked for in vain.
    pub fn used(&self) -> BTreeSet<String> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The file and the line that a span points to, as their author knows them; nothing where it points to no file of theirs.
    pub fn line_of(&self, span: Span) -> Option<(String, usize)> {
        let id = span.id()?;
        let source = self.source(id).ok()?;
        let line = source.lines().byte_to_line(self.range(span)?.start)? + 1;
        let path = id.vpath().get_with_slash();
        match self.source.texts.iter().find(|text| text.path == path) {
            Some(text) => Some((text.name.clone(), *text.lines.get(line.checked_sub(1)?)?)),
            None => Some((path.trim_start_matches('/').to_owned(), line)),
        }
    }

    /// Notes that a file is not the document's own.
    fn note(&self, id: FileId) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(id.vpath().get_with_slash().to_owned());
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
        let path = id.vpath().get_with_slash();
        match self.source.texts.iter().find(|text| text.path == path) {
            Some(text) => text.shown(),
            None => id.vpath().get_without_slash().to_owned(),
        }
    }
}

/// A document with a theme that only passes on what its functions are given.
struct Passing<'a>(&'a Document<'a>);

impl World for Passing<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.0.library()
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.0.book()
    }

    fn main(&self) -> FileId {
        self.0.main
    }

    fn source(&self, id: FileId) -> FileResult<typst::syntax::Source> {
        match &self.0.typesetter.passing {
            Some((theme, source)) if *theme == id => Ok(source.clone()),
            _ => self.0.source(id),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.0.file(id)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.0.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

impl Text {
    /// What lets it call the theme, on no line of its own.
    const BEGINS: &str = "#import \"/theme.typ\": *;";

    /// What the file is called where its lines are shown as they were filled in.
    fn shown(&self) -> String {
        format!("{} as filled in", self.name)
    }

    /// The text with its numbers as calls, and the theme's names known in it; no line is added.
    fn marked(&self) -> String {
        let pieces = figures::pieces(&self.text).into_iter().map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Figure(id, text) => format!("#build.printed({id:?}, {text:?});"),
        });
        Self::BEGINS.to_owned() + &pieces.collect::<String>()
    }
}

/// Files in memory, by path from the root.
struct Files(BTreeMap<String, Bytes>);

impl Files {
    fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(files.into_iter().map(|(path, data)| (path, Bytes::new(data))).collect())
    }

    fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(path)?).ok()
    }
}

impl FileLoader for Files {
    fn load(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.vpath().get_with_slash();
        let known = matches!(id.root(), VirtualRoot::Project).then(|| self.0.get(path)).flatten();
        known.cloned().ok_or_else(|| FileError::NotFound(path.into()))
    }
}
