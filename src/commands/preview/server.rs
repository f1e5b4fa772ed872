//! Serves the desk on loopback to its author's browser alone, and tells it when what it shows has changed.
//!
//! A web page elsewhere can make a browser ask this machine, and can let its own name point here: what is asked under another
//! name, from another page or for another page to show is refused, before it is known what is asked for.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, Server};
use url::form_urlencoded;

use super::desk::Desk;

/// Where the browser waits for changes.
const EVENTS: &str = "/__events";

/// Where a file is sent to be checked: the one address that takes something.
pub(super) const CHECK: &str = "/check";

/// The largest file that is taken: no return is larger.
const LARGEST: u64 = 20_000_000;

/// The page may hold its own style and script, ask its own server, and be shown in no other page.
const HEADERS: [(&str, &str); 7] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; font-src data:; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
];

/// What a browser asks for.
pub(super) struct Asked {
    /// The address without what follows a question mark.
    pub address: String,
    /// The names and values that follow it.
    pub query: Vec<(String, String)>,
    /// The file that was sent.
    pub sent: Option<Vec<u8>>,
}

impl Asked {
    /// The first value of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// What follows the question mark of an address with these values.
pub(super) fn with_values(values: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish()
}

/// What it gets.
pub(super) struct Answer {
    status: u16,
    kind: &'static str,
    bytes: Vec<u8>,
    /// A page that is loaded again as soon as what is shown is not of this version any more.
    reloads: Option<u64>,
}

impl Answer {
    /// A page that loads again with every change.
    pub fn page(version: u64, html: String) -> Self {
        Self { status: 200, kind: "text/html; charset=utf-8", bytes: html.into_bytes(), reloads: Some(version) }
    }

    /// A part of a page.
    pub fn part(html: String) -> Self {
        Self { status: 200, kind: "text/html; charset=utf-8", bytes: html.into_bytes(), reloads: None }
    }

    /// A file of this kind.
    pub fn file(kind: &'static str, bytes: Vec<u8>) -> Self {
        Self { status: 200, kind, bytes, reloads: None }
    }

    /// The same with another status.
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Nothing is there.
    pub fn nothing() -> Self {
        Self::refusal((404, "there is no such page"))
    }

    fn refusal((status, text): Refusal) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", bytes: text.into(), reloads: None }
    }
}

/// Begins to serve the desk, on this port or a free one from 3000 to 3005, until the program ends.
pub(super) fn serve(port: Option<u16>, desk: &Arc<Desk>) -> Result<SocketAddr> {
    let listener = listen(port)?;
    let address = listener.local_addr().context("the server has no address")?;
    let server = Server::from_listener(listener, None).map_err(|error| anyhow!("cannot serve: {error}"))?;
    let desk = Arc::clone(desk);
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let desk = Arc::clone(&desk);
            // A browser that reads slowly, or waits for changes, keeps nobody else waiting.
            std::thread::spawn(move || {
                let _ = answer(request, address.port(), &desk); // whoever has gone needs no answer
            });
        }
    });
    Ok(address)
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    let ports = port.map_or(3000..=3005, |port| port..=port);
    for port in ports.clone() {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| format!("cannot serve on port {port}")),
        }
    }
    match port {
        Some(port) => bail!("port {port} is already in use; choose another with --port"),
        None => bail!("the ports {} to {} are all in use; choose another with --port", ports.start(), ports.end()),
    }
}

/// Why a request is not answered: a status and a sentence.
type Refusal = (u16, &'static str);

/// Refuses what does not come from a page of this server, or from the author's own hand.
fn admit(method: &Method, url: &str, headers: &[Header], port: u16) -> Result<(), Refusal> {
    let values = |name: &'static str| {
        headers.iter().filter(move |header| header.field.equiv(name)).map(|header| header.value.as_str())
    };
    let ours = |host: &str| {
        let host = host.to_ascii_lowercase();
        let names = ["127.0.0.1", "localhost", "[::1]"];
        // A browser leaves the port out where it is HTTP's own.
        names.iter().any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
    };
    let hosts: Vec<&str> = values("Host").collect();
    if !matches!(hosts[..], [host] if ours(host)) || !url.starts_with('/') {
        return Err((403, "the desk answers to this machine's own address only"));
    }
    if !values("Origin").all(|origin| origin.strip_prefix("http://").is_some_and(ours)) {
        return Err((403, "the desk answers to its own pages only"));
    }
    if !values("Sec-Fetch-Site").all(|site| ["same-origin", "none"].contains(&site)) {
        return Err((403, "the desk is not shown from other pages: type its address in"));
    }
    match method {
        Method::Get | Method::Head => Ok(()),
        // Only a page of the desk sends a file, and a browser says so.
        Method::Post if url == CHECK || url.starts_with("/check?") => match values("Origin").next() {
            Some(_) => Ok(()),
            None => Err((403, "a file is taken from the desk's own pages only")),
        },
        _ => Err((405, "the desk is only read")),
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values of headers are plain letters")
}

fn answer(mut request: Request, port: u16, desk: &Desk) -> io::Result<()> {
    let answer = match admit(request.method(), request.url(), request.headers(), port) {
        Err(refusal) => Answer::refusal(refusal),
        Ok(()) => {
            let url = request.url().to_owned();
            let (address, query) = url.split_once('?').unwrap_or((&url, ""));
            if address == EVENTS {
                return tell_changes(request, query.parse().unwrap_or_default(), desk);
            }
            let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            match sent(&mut request)? {
                Some(bytes) if bytes.len() as u64 > LARGEST => {
                    Answer::refusal((413, "the file is larger than 20 MB: no return is"))
                }
                sent => desk.answer(Asked { address: address.to_owned(), query, sent }),
            }
        }
    };
    let bytes = match answer.reloads {
        Some(version) => with_reload(&String::from_utf8_lossy(&answer.bytes), version).into_bytes(),
        None => answer.bytes,
    };
    let mut response = Response::from_data(bytes).with_status_code(answer.status);
    response = response.with_header(header("Content-Type", answer.kind));
    for (name, value) in HEADERS {
        response = response.with_header(header(name, value));
    }
    if answer.status == 405 {
        response = response.with_header(header("Allow", "GET, HEAD"));
    }
    request.respond(response)
}

/// The file that came with a request, and one byte more than the largest that is taken.
fn sent(request: &mut Request) -> io::Result<Option<Vec<u8>>> {
    if *request.method() != Method::Post {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    request.as_reader().take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// The page with a script that loads it again as soon as it is no longer what is shown. Where that fails it asks again: the
/// program may have been stopped and started.
fn with_reload(page: &str, version: u64) -> String {
    let script = format!(
        "<script>new EventSource(\"{EVENTS}?{version}\").addEventListener(\"reload\", () => location.reload())</script>"
    );
    let end = page.rfind("</body>").unwrap_or(page.len());
    format!("{}{script}{}", &page[..end], &page[end..])
}

/// How long a browser waits in silence: a line of nothing keeps the connection, and shows whether it is still there.
const PATIENCE: Duration = Duration::from_secs(15);

/// Tells the browser as soon as something else is shown than in this version.
fn tell_changes(request: Request, version: u64, desk: &Desk) -> io::Result<()> {
    let head = *request.method() == Method::Head;
    let mut writer = request.into_writer();
    write!(writer, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n")?;
    for (name, value) in HEADERS {
        write!(writer, "{name}: {value}\r\n")?;
    }
    write!(writer, "\r\n")?;
    writer.flush()?;
    while !head && !desk.changed_since(version, PATIENCE) {
        write!(writer, ": still here\n\n")?;
        writer.flush()?;
    }
    if !head {
        write!(writer, "event: reload\ndata:\n\n")?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(headers: &[(&str, &str)]) -> bool {
        let headers: Vec<Header> = headers.iter().map(|(name, value)| header(name, value)).collect();
        admit(&Method::Get, "/", &headers, 3000).is_ok()
    }

    #[test]
    fn only_loopback_hosts_on_the_own_port_are_answered() {
        for host in ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000"] {
            assert!(admitted(&[("Host", host)]), "{host}");
        }
        for host in
            ["evil.example:3000", "localhost", "localhost:3001", "localhost.evil.example:3000", "127.0.0.1:30000", ""]
        {
            assert!(!admitted(&[("Host", host)]), "{host}");
        }
        assert!(!admitted(&[]) && !admitted(&[("Host", "localhost:3000"), ("Host", "evil.example")]));
    }

    #[test]
    fn other_pages_are_refused() {
        let with = |name, value| admitted(&[("Host", "localhost:3000"), (name, value)]);
        assert!(with("Origin", "http://localhost:3000") && with("Sec-Fetch-Site", "none"));
        assert!(with("Sec-Fetch-Site", "same-origin"));
        for origin in ["http://evil.example", "null", "https://localhost:3000", "http://localhost:3001"] {
            assert!(!with("Origin", origin), "{origin}");
        }
        assert!(!with("Sec-Fetch-Site", "cross-site") && !with("Sec-Fetch-Site", "same-site"));
    }

    #[test]
    fn a_port_of_http_itself_may_be_left_out() {
        assert!(admit(&Method::Get, "/", &[header("Host", "localhost")], 80).is_ok());
    }
}
