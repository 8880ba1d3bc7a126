//! A case: what is sent, what has to be answered, and what the collector counts.

use std::net::SocketAddr;

use tonic::Code;

use crate::{grpc, raw};

/// The collector to which a case is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Open,
    /// The one that requires a token.
    WithToken,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Request {
    /// Bytes for the HTTP port. The client reads to the end.
    Http(Vec<u8>),
    /// The same for the gRPC port.
    Http2(Vec<u8>),
    /// Bytes for the HTTP port, then the end of the client's side.
    HalfClosed(Vec<u8>),
    /// A gRPC call with this path, these headers and this body.
    Call(grpc::Call),
}

#[derive(Debug, Clone)]
pub(crate) enum Expected {
    /// A status, and a part of the body.
    Status(u16, String),
    /// One of several statuses, or a closed connection: an invalid head.
    Refused,
    /// A closed connection without a response.
    Closed,
    /// A gRPC status, and a part of its message.
    Code(Code, String),
    /// A `GOAWAY` or `RST_STREAM` with this code of HTTP/2. The server uses `PROTOCOL_ERROR` for
    /// errors of framing too, for which the RFC has other codes.
    Http2Error(u32),
}

/// With which other cases a case runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// With some others.
    Together,
    /// After these, since it needs much memory.
    Alone,
    /// With all others, since it ends by a timeout.
    Slow,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) request: Request,
    pub(crate) expected: Expected,
    /// Counters of `/api/stats`, and what the case adds to them.
    pub(crate) counts: Vec<(&'static str, u64)>,
    pub(crate) pace: Pace,
}

impl Case {
    pub(crate) fn new(name: impl Into<String>, request: Request, expected: Expected) -> Self {
        let (target, counts) = (Target::Open, Vec::new());
        Self { name: name.into(), target, request, expected, counts, pace: Pace::Together }
    }

    /// A request for the HTTP port that is answered with this status and a text.
    pub(crate) fn http(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        status: u16,
        part: impl Into<String>,
    ) -> Self {
        Self::new(name, Request::Http(bytes.into()), Expected::Status(status, part.into()))
    }

    /// `GET path`.
    pub(crate) fn get(path: &str, status: u16, part: impl Into<String>) -> Self {
        let name = match path.get(..100) {
            Some(start) => format!("GET {start}.. of {} bytes", path.len()),
            None => format!("GET {path}"),
        };
        Self::http(name, raw::get(path, ""), status, part)
    }

    pub(crate) fn counts(mut self, counter: &'static str, number: u64) -> Self {
        self.counts.push((counter, number));
        self
    }

    pub(crate) fn with_token(mut self) -> Self {
        self.target = Target::WithToken;
        self
    }

    pub(crate) fn alone(mut self) -> Self {
        self.pace = Pace::Alone;
        self
    }

    pub(crate) fn slow(mut self) -> Self {
        self.pace = Pace::Slow;
        self
    }

    /// Sends the request. Returns why the answer is not the expected one.
    pub(crate) async fn run(&self, grpc: SocketAddr, http: SocketAddr) -> Result<(), String> {
        match &self.request {
            Request::Http(bytes) => self.check_http(&raw::exchange(http, bytes, false).await?),
            Request::HalfClosed(bytes) => self.check_http(&raw::exchange(http, bytes, true).await?),
            Request::Http2(bytes) => self.check_http2(&raw::http2_exchange(grpc, bytes).await?),
            Request::Call(call) => self.check_call(call.send(grpc).await?),
        }
    }

    fn check_http(&self, response: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(response);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status: Option<u16> = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let shown = || text.chars().take(400).collect::<String>();
        if head.to_ascii_lowercase().contains("access-control-") {
            return Err(format!("a CORS header: {}", shown()));
        }
        if status.is_some_and(|status| status >= 400) && body.chars().any(is_unsafe) {
            return Err(format!("control characters in an error: {:?}", shown()));
        }
        let met = match &self.expected {
            Expected::Status(expected, part) => status == Some(*expected) && body.contains(part),
            Expected::Refused => {
                text.is_empty() || status.is_some_and(|status| (400..500).contains(&status))
            }
            Expected::Closed => text.is_empty(),
            Expected::Code(..) | Expected::Http2Error(_) => false,
        };
        if met { Ok(()) } else { Err(shown()) }
    }

    fn check_http2(&self, errors: &[u32]) -> Result<(), String> {
        let met = match self.expected {
            Expected::Http2Error(code) => errors.contains(&code),
            Expected::Closed => errors.is_empty(),
            _ => false,
        };
        if met { Ok(()) } else { Err(format!("errors of HTTP/2: {errors:?}")) }
    }

    fn check_call(&self, (code, message): (Code, String)) -> Result<(), String> {
        let Expected::Code(expected, part) = &self.expected else {
            return Err("a call is answered with a code".to_owned());
        };
        if code == *expected && message.contains(part) && !message.chars().any(is_unsafe) {
            return Ok(());
        }
        Err(format!("{code:?}: {message}"))
    }
}

/// Control characters, and those that change the direction of a text.
fn is_unsafe(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
