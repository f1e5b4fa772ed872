//! A document's data as its templates see them, and what the build adds to Typst for that: the module `build`.

use std::sync::LazyLock;

use comemo::Tracked;
use typst::World;
use typst::diag::{At, SourceResult};
use typst::engine::Engine;
use typst::foundations::{
    Args, Array, CastInfo, Content, Context, Dict, Module, NativeFuncData, NativeFuncPtr, Scope, Str, Value,
};
use typst::syntax::Span;
use typst::text::TextElem;

use super::figures::{Piece, WORDS, pieces};
use super::numbers;

/// The file of the data, and the module that gives each of its parts a name for templates.
pub const FILE: &str = "/document.json";
pub const MODULE: &str = "/document.typ";

/// What gives each part of the data a name; `read` is how the file is read.
pub fn module(data: &serde_json::Map<String, serde_json::Value>, read: &str) -> String {
    let names = data.keys().map(|name| format!("#let {name} = document.{name}\n"));
    format!("#let document = {read}\n{}", names.collect::<String>())
}

/// How the build reads the data: numbers become what cannot be compared or calculated with.
pub const READ: &str = "build.document()";

/// How the data are read by others, where numbers are texts.
pub const READ_PLAIN: &str = "json(\"/document.json\")";

/// The module `build`.
pub fn build() -> Module {
    let mut scope = Scope::new();
    for function in [&*DOCUMENT, &*PRINTED, &*PASSED_ON] {
        scope.define_func_with_data(function);
    }
    Module::new("build", scope)
}

static DOCUMENT: LazyLock<NativeFuncData> =
    LazyLock::new(|| function("document", "The document's data.", NativeFuncPtr(&document)));
static PRINTED: LazyLock<NativeFuncData> = LazyLock::new(|| {
    function("printed", "A number of a figure: its id, and what is printed.", NativeFuncPtr(&printed))
});
static PASSED_ON: LazyLock<NativeFuncData> =
    LazyLock::new(|| function("passed-on", "All that is handed over, in its order.", NativeFuncPtr(&passed_on)));

fn function(name: &'static str, docs: &'static str, function: NativeFuncPtr) -> NativeFuncData {
    NativeFuncData {
        function,
        name,
        title: name,
        docs,
        def_site: None,
        keywords: &[],
        contextual: false,
        scope: LazyLock::new(&Scope::new),
        params: LazyLock::new(&Vec::new),
        returns: LazyLock::new(&|| CastInfo::Any),
    }
}

fn document(engine: &mut Engine<'_>, _: Tracked<'_, Context<'_>>, args: &mut Args) -> SourceResult<Value> {
    let Some(file) = numbers::file(FILE) else { return Ok(Value::None) };
    let bytes = engine.world.file(file).at(args.span)?;
    let data: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| format!("the document's data cannot be read: {error}"))
        .at(args.span)?;
    Ok(value(data))
}

fn printed(_: &mut Engine<'_>, _: Tracked<'_, Context<'_>>, args: &mut Args) -> SourceResult<Value> {
    let (id, text): (Str, Str) = (args.expect("id")?, args.expect("text")?);
    Ok(Value::Content(numbers::content(&id, &text)))
}

/// Everything that a call hands over for print, one after the other; alternative texts and names are in no print.
fn passed_on(_: &mut Engine<'_>, _: Tracked<'_, Context<'_>>, args: &mut Args) -> SourceResult<Value> {
    let mut given = Vec::new();
    for arg in std::mem::take(&mut args.items) {
        if !arg.name.as_ref().is_some_and(|name| ["alt", "name"].contains(&name.as_str())) {
            gather(arg.value.v, arg.value.span, &mut given);
        }
    }
    Ok(Value::Content(Content::sequence(given)))
}

fn gather(value: Value, span: Span, given: &mut Vec<Content>) {
    match value {
        Value::Content(content) => given.push(content.spanned(span)),
        Value::Str(text) => given.push(TextElem::packed(text).spanned(span)),
        // A date is handed over in parts, and printed in words.
        Value::Datetime(date) => {
            let parts = [date.year().map(i64::from), date.month().map(i64::from), date.day().map(i64::from)];
            let parts: Vec<String> = parts.into_iter().flatten().map(|part| part.to_string()).collect();
            given.push(TextElem::packed(parts.join(" ")).spanned(span));
        }
        Value::Array(values) => values.into_iter().for_each(|value| gather(value, span, given)),
        Value::Dict(values) => values.into_iter().for_each(|(_, value)| gather(value, span, given)),
        _ => {}
    }
}

/// JSON as a value of Typst: a text with numbers in it, and words, are content; any other text is a string.
fn value(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(bool) => Value::Bool(bool),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => string(&text),
        serde_json::Value::Array(values) => Value::Array(values.into_iter().map(value).collect::<Array>()),
        serde_json::Value::Object(values) => {
            Value::Dict(values.into_iter().map(|(name, one)| (Str::from(name), value(one))).collect::<Dict>())
        }
    }
}

fn string(text: &str) -> Value {
    let words = text.strip_prefix(WORDS);
    let pieces = pieces(words.unwrap_or(text));
    if words.is_none() && !pieces.iter().any(|piece| matches!(piece, Piece::Figure(..))) {
        return Value::Str(text.into());
    }
    let piece = |piece| match piece {
        Piece::Words(text) => TextElem::packed(text),
        Piece::Figure(id, text) => numbers::content(id, text),
    };
    Value::Content(Content::sequence(pieces.into_iter().map(piece)))
}

/// The same data for a reader outside of the build: numbers and words as plain texts.
pub fn plain(json: &serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::String(text) => {
            serde_json::Value::String(super::figures::plain(text.strip_prefix(WORDS).unwrap_or(text)))
        }
        serde_json::Value::Array(values) => values.iter().map(plain).collect(),
        serde_json::Value::Object(values) => {
            values.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}
