//! The HTTP transport: each batch is a POST of a JSON array, and each management
//! message a POST of a JSON object (`docs/protocol.md#http-transport`).
//!
//! Each call has a connection of its own, which is kept for later calls while it is young. Nothing
//! connects before the first call. A broken connection is not reopened here: the worker switches to
//! the next address. A batch counts as taken when the connection asks for the first byte of its
//! body. The token is sent with every call, and nowhere else.

mod body;
mod connection;
mod early;
#[cfg(test)]
mod tests;
mod written;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Method, Request, StatusCode, Uri};

use self::body::Content;
use self::connection::{Answer, Connection};
use super::backends::{self, AGENT, Backends};
use super::dial::Dialler;
use super::gzip::{GZIP, Gzip};
use super::quote::{quote, sources};
use super::token::TokenSource;
use crate::config::{Address, Compression, Token};
use crate::error::Error;
use crate::management::{ManagementMessage, properties};
use crate::report::json;
use crate::report::signal::Signal;
use crate::report::transport::{Call, Form, Messages, Outcome, Transport};

const SEGMENTS: &str = "/v3/segments";
const LOGS: &str = "/v3/logs";
const EVENTS: &str = "/v3/events";
const PROPERTIES: &str = "/v3/management/reportProperties";
const KEEP_ALIVE: &str = "/v3/management/keepAlive";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The connections for the next calls. A running call owns its connection, so an abandoned call
/// drops it.
type Kept = Arc<Mutex<Vec<Connection>>>;

fn lock(kept: &Kept) -> MutexGuard<'_, Vec<Connection>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends to one backend of a list at a time.
#[derive(Debug)]
pub(crate) struct Http {
    /// The addresses, each with its `Host` header.
    backends: Backends<HeaderValue>,
    dialler: Dialler,
    kept: Kept,
    token: TokenSource,
    management: properties::Messages,
    compression: Compression,
}

impl Http {
    /// Creates a transport without a connection.
    pub(crate) fn new(
        backends: Vec<Address>,
        dialler: Dialler,
        token: TokenSource,
        management: properties::Messages,
    ) -> Result<Self, Error> {
        let backends = Backends::new(backends, host)?;
        let (kept, compression) = (Kept::default(), Compression::None);
        Ok(Self { backends, dialler, kept, token, management, compression })
    }

    /// Sets how batches are compressed.
    pub(crate) fn compressed(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Makes one call: a body, and the answer.
    fn call(&self, path: &'static str, content: Content) -> Call {
        let Some((address, host)) = self.backends.now().cloned() else {
            return Box::pin(std::future::ready(Outcome::Failed("there is no backend".to_owned())));
        };
        let mut request = Request::new(content);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_static(path);
        let headers = request.headers_mut();
        headers.extend([(HOST, host), (CONTENT_TYPE, JSON), (USER_AGENT, AGENT)]);
        let (kept, dialler) = (Arc::clone(&self.kept), self.dialler.clone());
        let source = self.token.clone();
        let gzip = request.body().flight().and_then(|_| Gzip::of(self.compression));
        Box::pin(async move {
            if let Some(gzip) = gzip
                && request.body_mut().compress(gzip).await
            {
                request.headers_mut().insert(CONTENT_ENCODING, GZIP);
            }
            let mut token = source.add_to(request.headers_mut()).await;
            let again = source.can_change().then(|| request.clone());
            let mut answer = exchange(&kept, &dialler, &address, request).await;
            // 401 states that the request was not applied (RFC 9110 15.5.2). So it can be sent
            // again if the token was renewed meanwhile.
            if let Some(mut request) = again
                && answer.as_ref().is_ok_and(|answer| answer.status == StatusCode::UNAUTHORIZED)
                && source.is_newer_than(token.as_ref()).await
            {
                if let Some(flight) = request.body().flight() {
                    flight.restart();
                }
                token = source.add_to(request.headers_mut()).await;
                answer = exchange(&kept, &dialler, &address, request).await;
            }
            match answer {
                Ok(answer) => outcome(&answer, token.as_ref()),
                Err(problem) => Outcome::Failed(quote(&problem, token.as_ref())),
            }
        })
    }
}

/// Makes one request. Keeps the connection for later calls if the answer allows it.
async fn exchange(
    kept: &Kept,
    dialler: &Dialler,
    address: &Address,
    request: Request<Content>,
) -> Result<Answer, String> {
    let flight = request.body().flight();
    let mut connection = connection(kept, dialler, address).await?;
    let exchange = connection.exchange(request).await;
    let answer = exchange.map_err(|error| sources(error.to_string(), &error))?;
    if let Some(flight) = flight.as_ref().filter(|_| connection.is_written()) {
        flight.hand_over();
    }
    // An answer before the end of the body confirms nothing.
    let is_read = answer.status.is_success() && flight.is_none_or(|flight| flight.is_handed_over());
    if is_read && answer.is_whole {
        let mut kept = lock(kept);
        kept.retain(Connection::is_young);
        kept.push(connection);
    }
    Ok(answer)
}

/// Returns the connection of an earlier call if one is still open, else a new one.
async fn connection(
    kept: &Kept,
    dialler: &Dialler,
    address: &Address,
) -> Result<Connection, String> {
    loop {
        let before = lock(kept).pop();
        let Some(mut connection) = before else { break };
        if connection.is_young() && connection.is_ready().await {
            return Ok(connection);
        }
    }
    Connection::open(dialler, address).await
}

fn host(address: &Address) -> Result<HeaderValue, &'static str> {
    HeaderValue::try_from(address.authority())
        .map_err(|_| "can't be written as a header; give host:port")
}

impl Transport for Http {
    const FORM: Form = Form::Json;
    // The most connections.
    const WIDTH: usize = 8;

    fn addresses(&self) -> usize {
        self.backends.count()
    }

    fn address(&self) -> String {
        self.backends.address()
    }

    fn next_backend(&mut self) {
        // A new slot, so that a call that still runs cannot return its connection to it.
        self.kept = Kept::default();
        self.backends.next_backend();
    }

    fn send_management(&mut self, message: ManagementMessage) -> Call {
        let (path, message) = match message {
            ManagementMessage::Properties => (PROPERTIES, json::of(&self.management.properties())),
            ManagementMessage::KeepAlive => (KEEP_ALIVE, json::of(&self.management.keep_alive())),
        };
        self.call(path, Content::object(message))
    }

    fn send(&mut self, messages: Messages) -> Call {
        let path = match messages.signal() {
            Signal::Segments => SEGMENTS,
            Signal::Logs => LOGS,
            Signal::Events => EVENTS,
            // The source makes none for this form.
            Signal::Meters => {
                let problem = "HTTP has no form for meters".to_owned();
                return Box::pin(std::future::ready(Outcome::Refused(problem)));
            }
        };
        self.call(path, Content::array(messages))
    }
}

/// Returns the outcome for an answer.
///
/// A server answers 413 before it processes anything. An OAP answers 500 if it fails on the
/// contents of a segment: the batch is refused, and the next one may succeed. A proxy in front of
/// the backend answers 502 to 504 or redirects, and the backend has not received the batch.
fn outcome(answer: &Answer, token: Option<&Token>) -> Outcome {
    let Answer { status, text, .. } = answer;
    if status.is_success() {
        return Outcome::Taken;
    }
    let message = if text.is_empty() {
        format!("HTTP status {status}")
    } else {
        format!("HTTP status {status}: {text}")
    };
    let message = quote(&message, token);
    match *status {
        StatusCode::PAYLOAD_TOO_LARGE => Outcome::TooLarge(message),
        StatusCode::TOO_MANY_REQUESTS => Outcome::Overloaded(message),
        StatusCode::REQUEST_TIMEOUT => Outcome::Failed(message),
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::NOT_IMPLEMENTED => {
            Outcome::Refused(message)
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            backends::rejected_token(&message, token)
        }
        status if status.is_client_error() => Outcome::Refused(message),
        _ => Outcome::Failed(message),
    }
}
