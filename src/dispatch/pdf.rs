//! Reads what a PDF says: its titles, the text of its pages, every text beside them, and the files inside it.

use lopdf::{Document, Object};

/// What a PDF says.
pub(super) struct Pdf {
    /// Its title in the document's information, and the one in its metadata.
    pub titles: Vec<String>,
    /// The text of its pages, of its alternative texts and outlines, and of its metadata.
    pub text: String,
    /// The files inside it.
    pub attached: Vec<Vec<u8>>,
}

/// Reads a PDF; nothing where it cannot be read to the end.
pub(super) fn read(bytes: &[u8]) -> Option<Pdf> {
    let document = Document::load_mem(bytes).ok()?;
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let mut text = String::new();
    for chunk in document.extract_text_chunks(&pages) {
        text.push_str(&chunk.ok()?);
        text.push('\n');
    }
    let information = document.trailer.get(b"Info").and_then(|info| document.dereference(info));
    let title = information.ok().and_then(|(_, info)| decoded(info.as_dict().ok()?.get(b"Title").ok()?));
    let mut titles: Vec<String> = title.into_iter().collect();
    let mut attached = Vec::new();
    for object in document.objects.values() {
        words(object, &mut text);
        let Ok(stream) = object.as_stream() else { continue };
        match stream.dict.get(b"Type").and_then(Object::as_name) {
            Ok(b"EmbeddedFile") => attached.push(plain(stream)),
            Ok(b"Metadata") => {
                let metadata = String::from_utf8_lossy(&plain(stream)).into_owned();
                titles.extend(title_in(&metadata));
                text.push_str(&super::page::Page::read(&metadata).text);
            }
            _ => {}
        }
    }
    Some(Pdf { titles, text, attached })
}

fn plain(stream: &lopdf::Stream) -> Vec<u8> {
    stream.decompressed_content().unwrap_or_else(|_| stream.content.clone())
}

fn decoded(object: &Object) -> Option<String> {
    lopdf::decode_text_string(object).ok()
}

/// Every text of an object, whatever it is for.
fn words(object: &Object, text: &mut String) {
    match object {
        Object::String(..) => {
            text.push_str(&decoded(object).unwrap_or_default());
            text.push('\n');
        }
        Object::Array(objects) => objects.iter().for_each(|object| words(object, text)),
        Object::Dictionary(entries) => entries.iter().for_each(|(_, object)| words(object, text)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, object)| words(object, text)),
        _ => {}
    }
}

/// The title that the metadata tell.
fn title_in(metadata: &str) -> Option<String> {
    let inside = metadata.split_once("<dc:title>")?.1.split_once("</dc:title>")?.0;
    Some(super::naming::single_spaced(&super::page::Page::read(inside).text))
}
