//! Serves pages on loopback to their author's browser alone, and tells it when they have changed.
//!
//! A web page elsewhere can make a browser ask this machine, and can let its own name point here: what is asked under another
//! name, from another page or for another page to show is refused, before it is known what is asked for.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, Server};

/// The pages by their addresses; `None` where whatever is asked for gets the one page.
#[derive(Clone)]
pub(super) enum Pages {
    /// The pages by their addresses.
    Each(BTreeMap<String, String>),
    /// One page, whatever is asked for.
    Only(String),
}

impl Pages {
    fn get(&self, address: &str) -> Option<&String> {
        match self {
            Pages::Each(pages) => pages.get(address),
            Pages::Only(page) => Some(page),
        }
    }
}

/// Serves pages until the program ends.
pub(super) struct PageServer {
    address: SocketAddr,
    shown: Arc<Shown>,
}

/// What is shown now, and how often it has changed.
struct Shown {
    pages: Mutex<(u64, Pages)>,
    changed: Condvar,
}

impl Shown {
    fn pages(&self) -> MutexGuard<'_, (u64, Pages)> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the browser waits for changes.
const EVENTS: &str = "/__events";

/// The page may hold its own style and script, ask its own server, and be shown in no other page.
const HEADERS: [(&str, &str); 7] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
];

impl PageServer {
    /// Begins to serve, on this port or a free one from 3000 to 3005.
    pub(super) fn start(port: Option<u16>, first: Pages) -> Result<Self> {
        let listener = listen(port)?;
        let address = listener.local_addr().context("the server has no address")?;
        let server = Server::from_listener(listener, None).map_err(|error| anyhow!("cannot serve: {error}"))?;
        let shown = Arc::new(Shown { pages: Mutex::new((0, first)), changed: Condvar::new() });
        let pages = Arc::clone(&shown);
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                let pages = Arc::clone(&pages);
                // A browser that reads slowly, or waits for changes, keeps nobody else waiting.
                std::thread::spawn(move || {
                    let _ = answer(request, address.port(), &pages); // whoever has gone needs no answer
                });
            }
        });
        Ok(Self { address, shown })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows other pages from now on.
    pub(super) fn show(&self, pages: Pages) {
        let mut shown = self.shown.pages();
        *shown = (shown.0 + 1, pages);
        self.shown.changed.notify_all();
    }
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
        return Err((403, "the preview answers to this machine's own address only"));
    }
    if !values("Origin").all(|origin| origin.strip_prefix("http://").is_some_and(ours)) {
        return Err((403, "the preview answers to its own pages only"));
    }
    if !values("Sec-Fetch-Site").all(|site| ["same-origin", "none"].contains(&site)) {
        return Err((403, "the preview is not shown from other pages: type its address in"));
    }
    match method {
        Method::Get | Method::Head => Ok(()),
        _ => Err((405, "the preview is only read")),
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values of headers are plain letters")
}

fn answer(request: Request, port: u16, shown: &Shown) -> io::Result<()> {
    let (status, text, kind) = match admit(request.method(), request.url(), request.headers(), port) {
        Err((status, text)) => (status, text.to_owned(), "text/plain"),
        Ok(()) => {
            let url = request.url().to_owned();
            let (address, query) = url.split_once('?').unwrap_or((&url, ""));
            if address == EVENTS {
                return tell_changes(request, query.parse().unwrap_or_default(), shown);
            }
            let pages = shown.pages();
            match pages.1.get(address) {
                Some(page) => (200, with_reload(page, pages.0), "text/html"),
                None => (404, "there is no such page".to_owned(), "text/plain"),
            }
        }
    };
    let mut response = Response::from_string(text).with_status_code(status);
    response = response.with_header(header("Content-Type", &format!("{kind}; charset=utf-8")));
    for (name, value) in HEADERS {
        response = response.with_header(header(name, value));
    }
    if status == 405 {
        response = response.with_header(header("Allow", "GET, HEAD"));
    }
    request.respond(response)
}

/// The page with a script that loads it again as soon as it is no longer what is shown.
fn with_reload(page: &str, version: u64) -> String {
    let script = format!(
        "<script>new EventSource(\"{EVENTS}?{version}\").addEventListener(\"reload\", () => location.reload())</script>"
    );
    let end = page.rfind("</body>").unwrap_or(page.len());
    format!("{}{script}{}", &page[..end], &page[end..])
}

/// Tells the browser as soon as something else is shown than in this version.
fn tell_changes(request: Request, version: u64, shown: &Shown) -> io::Result<()> {
    /// So often it is seen whether the browser is still there.
    const PATIENCE: Duration = Duration::from_secs(15);
    let head = *request.method() == Method::Head;
    let mut writer = request.into_writer();
    // Written by hand: browsers dislike an event stream in chunks.
    write!(writer, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n")?;
    for (name, value) in HEADERS {
        write!(writer, "{name}: {value}\r\n")?;
    }
    write!(writer, "\r\n")?;
    writer.flush()?;
    let mut pages = shown.pages();
    while pages.0 == version && !head {
        let (again, waited) = shown.changed.wait_timeout(pages, PATIENCE).unwrap_or_else(PoisonError::into_inner);
        pages = again;
        if waited.timed_out() {
            drop(pages);
            write!(writer, ": still here\n\n")?;
            writer.flush()?;
            pages = shown.pages();
        }
    }
    drop(pages);
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
