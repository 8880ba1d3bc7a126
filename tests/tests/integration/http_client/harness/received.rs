//! A received request.

use std::fmt;
use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The names of our headers.
const OURS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

/// The bytes of an HTTP/1.1 request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Received {
    head: String,
    body: Vec<u8>,
}

impl Received {
    /// Reads the next request of a connection. Returns `None` at its end.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let mut request =
            Self { head: String::from_utf8(head).expect("a head of text"), body: Vec::new() };
        if let Some(length) = request.header("content-length") {
            request.body.resize(length.parse().expect("a length"), 0);
            stream.read_exact(&mut request.body).await.ok()?;
        } else if request.header("transfer-encoding").is_some() {
            while !request.body.ends_with(b"0\r\n\r\n") {
                request.body.push(stream.read_u8().await.ok()?);
            }
        }
        Some(request)
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.head.split_terminator("\r\n").filter(|line| !line.is_empty())
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines().skip(1).filter_map(|line| line.split_once(": "))
    }

    /// Returns the request line without the version.
    pub(crate) fn line(&self) -> &str {
        self.lines()
            .next()
            .and_then(|line| line.strip_suffix(" HTTP/1.1"))
            .expect("a request line of HTTP/1.1")
    }

    pub(crate) fn path(&self) -> &str {
        self.line().split(' ').nth(1).expect("a path")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.fields().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        let field = |(key, value): (&str, &str)| {
            (
                HeaderName::try_from(key).expect("a name"),
                HeaderValue::try_from(value).expect("a value"),
            )
        };
        self.fields().map(field).collect()
    }

    /// Returns the names of our headers in the request.
    pub(crate) fn ours(&self) -> Vec<&str> {
        self.fields()
            .map(|(key, _)| key)
            .filter(|key| OURS.contains(&key.to_ascii_lowercase().as_str()))
            .collect()
    }

    /// Replaces the address of its server, which differs in each run.
    pub(crate) fn with_address(mut self, address: SocketAddr, name: &str) -> Self {
        self.head = self.head.replace(&address.to_string(), name);
        self
    }

    /// Replaces the port of its server by `PORT`.
    pub(crate) fn with_port(mut self, address: SocketAddr) -> Self {
        self.head = self.head.replace(&format!(":{}", address.port()), ":PORT");
        self
    }

    /// Sorts the lines of the head.
    pub(crate) fn sorted(mut self) -> Self {
        let mut lines: Vec<_> = self.head.split_inclusive("\r\n").collect();
        lines.sort_unstable();
        self.head = lines.concat();
        self
    }

    /// Returns the request without our headers, and with all other bytes.
    pub(crate) fn without_ours(&self) -> Self {
        let keep = |line: &&str| {
            !OURS.iter().any(|name| line.to_ascii_lowercase().starts_with(&format!("{name}: ")))
        };
        let head = self.head.split_inclusive("\r\n").filter(keep).collect();
        Self { head, body: self.body.clone() }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.head, String::from_utf8_lossy(&self.body))
    }
}
