//! A message that a mail program opens as a draft (RFC 5322, RFC 2045): with a subject, a text and files, and without a date.

use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};

use crate::digest;
use crate::round::Dispatch;
use crate::round::dispatch::Mailbox;

/// What a message says, and to whom.
pub struct Letter<'a> {
    /// Whom it is from, and where answers go.
    pub settings: &'a Dispatch,
    /// To whom: names and addresses.
    pub to: Vec<(&'a str, &'a str)>,
    /// The subject, in one line.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
}

/// The message with these files; the same files and words give the same bytes.
pub fn eml(letter: &Letter<'_>, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let Letter { settings, to, subject, text } = letter;
    let digests: String = files.iter().map(|(_, bytes)| digest::sha256(bytes)).collect();
    // No line of a part begins with it: a part that holds `=_` is encoded.
    let boundary = format!("=_{}", &digest::sha256(format!("{subject}\n{text}\n{digests}"))[..32]);
    let mut parts = vec![MimePart::new("text/plain", BodyPart::Text(text.replace('\n', "\r\n").into()))];
    for (name, bytes) in files {
        let part = MimePart::new(kind(name), BodyPart::Binary(bytes.as_slice().into()));
        parts.push(part.attachment(name.as_str()));
    }
    let content = ContentType::new("multipart/mixed").attribute("boundary", boundary);
    let mut message = MimePart { headers: Vec::new(), contents: BodyPart::Multipart(parts) };
    let mut header = |name: &'static str, value: HeaderType<'static>| message.headers.push((name.into(), value));
    header("MIME-Version", Raw::new("1.0").into());
    header("X-Unsent", Raw::new("1").into());
    if let Some(from) = &settings.from {
        header("From", mailbox(from));
    }
    header("To", Address::new_list(to.iter().map(|(name, email)| address(name, email)).collect()).into());
    if let Some(reply_to) = &settings.reply_to {
        header("Reply-To", mailbox(reply_to));
    }
    header("Subject", Text::new((*subject).to_owned()).into());
    header("Content-Type", content.into());
    let mut bytes = Vec::new();
    message.write_part(&mut bytes);
    bytes
}

fn mailbox(of: &Mailbox) -> HeaderType<'static> {
    address(&of.name, &of.email).into()
}

fn address(name: &str, email: &str) -> Address<'static> {
    Address::new_address(Some(name.to_owned()).filter(|name| !name.is_empty()), email.to_owned())
}

/// What a file is, for a mail program: none is a text of its own, so that no program changes its line ends.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
