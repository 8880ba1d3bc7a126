//! The gRPC transport: each batch is one call of `collect`. Properties and keep-alive are separate
//! calls. Calls can run at the same time: they share a connection.
//!
//! It uses HTTP/2 directly (`docs/adr/0022-grpc-over-h2.md`). The encoder's bytes are sent
//! unchanged. Nothing connects before the first call. A call whose connection breaks fails, and the
//! worker switches to the next address. The token is sent with every call, and nowhere else.

mod call;
mod channel;
mod head;
mod limit;
mod reply;
#[cfg(test)]
pub(crate) mod tests;
mod wire;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, TE, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use prost::Message as _;
use tonic::{Code, Status};

use self::call::Failure;
use self::channel::Channels;
use super::backends::{self, AGENT, Backends};
use super::dial::Dialler;
use super::gzip::{GZIP, Gzip};
use super::quote::quote;
use super::token::TokenSource;
use crate::config::{Address, Compression, Security, Token};
use crate::error::Error;
use crate::management::ManagementMessage;
use crate::management::properties;
use crate::report::accounts::Flight;
use crate::report::signal::Signal;
use crate::report::transport::{Call, Messages, Outcome, Transport};

const SEGMENTS: &str = "/skywalking.v3.TraceSegmentReportService/collect";
const LOGS: &str = "/skywalking.v3.LogReportService/collect";
const EVENTS: &str = "/skywalking.v3.EventService/collect";
const METERS: &str = "/skywalking.v3.MeterReportService/collect";
const PROPERTIES: &str = "/skywalking.v3.ManagementService/reportInstanceProperties";
const KEEP_ALIVE: &str = "/skywalking.v3.ManagementService/keepAlive";
const AGENT_VERSION: HeaderName = HeaderName::from_static("agent-version");
const VERSION: HeaderValue = HeaderValue::from_static(env!("CARGO_PKG_VERSION"));
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");

/// A batch that is being sent.
struct Sent {
    signal: Signal,
    flight: Flight,
    /// The bytes of its largest message.
    largest: usize,
}

/// Sends to one backend of a list at a time.
#[derive(Debug)]
pub(crate) struct Grpc {
    backends: Backends<Authority>,
    channels: Channels,
    token: TokenSource,
    management: properties::Messages,
    compression: Compression,
}

impl Grpc {
    /// Creates a transport without a connection.
    pub(crate) fn new(
        backends: Vec<Address>,
        dialler: Dialler,
        token: TokenSource,
        management: properties::Messages,
    ) -> Result<Self, Error> {
        let backends = Backends::new(backends, authority)?;
        let (channels, compression) = (Channels::new(dialler), Compression::None);
        Ok(Self { backends, channels, token, management, compression })
    }

    /// Sets how batches are compressed.
    pub(crate) fn compressed(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Returns the head of a call to the current backend.
    fn request(&self, path: &'static str) -> Option<Request<()>> {
        let (address, authority) = self.backends.now()?;
        let scheme = match address.security() {
            Security::Plain => Scheme::HTTP,
            Security::Tls => Scheme::HTTPS,
        };
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::builder()
            .scheme(scheme)
            .authority(authority.clone())
            .path_and_query(PathAndQuery::from_static(path))
            .build()
            .ok()?;
        let headers = request.headers_mut();
        headers.extend([(TE, TRAILERS), (CONTENT_TYPE, GRPC), (USER_AGENT, AGENT)]);
        headers.insert(AGENT_VERSION, VERSION);
        Some(request)
    }

    /// Makes one call: a stream of messages, and the answer.
    fn call(
        &mut self,
        path: &'static str,
        messages: impl Iterator<Item = Bytes> + Clone + Send + 'static,
        batch: Option<Sent>,
    ) -> Call {
        let (Some(mut request), Some((address, _))) = (self.request(path), self.backends.now())
        else {
            return Box::pin(std::future::ready(Outcome::Failed("there is no backend".to_owned())));
        };
        let channel = self.channels.next(address);
        let source = self.token.clone();
        // Management messages are small.
        let compression = if batch.is_some() { self.compression } else { Compression::None };
        let gzip = Gzip::of(compression);
        if gzip.is_some() {
            request.headers_mut().insert(ENCODING, GZIP);
        }
        let flight = batch.as_ref().map(|batch| batch.flight.clone());
        Box::pin(async move {
            let mut token = source.add_to(request.headers_mut()).await;
            let again = source.can_change().then(|| (request.clone(), messages.clone()));
            let mut answer = call::call(&channel, request, messages, flight.clone(), gzip).await;
            // A backend checks the token before it reads a message. So a rejected call can be sent
            // again if the token was renewed meanwhile.
            if let Some((mut request, messages)) = again
                && answer.as_ref().is_ok_and(is_rejected)
                && source.is_newer_than(token.as_ref()).await
            {
                if let Some(flight) = &flight {
                    flight.restart();
                }
                token = source.add_to(request.headers_mut()).await;
                let gzip = Gzip::of(compression);
                answer = call::call(&channel, request, messages, flight, gzip).await;
            }
            let quoted = |text: &str| quote(text, token.as_ref());
            match answer {
                Ok(status) => outcome(&status, batch.as_ref(), token.as_ref()),
                Err(Failure::Unknown(problem)) => Outcome::Failed(quoted(&problem)),
                Err(Failure::Unprocessed(problem)) => Outcome::Unprocessed(quoted(&problem)),
            }
        })
    }
}

fn authority(address: &Address) -> Result<Authority, &'static str> {
    Authority::try_from(address.authority())
        .map_err(|_| "can't be written as a URL; give host:port")
}

impl Transport for Grpc {
    // Enough for 50 000 small segments a second with 200 ms between a call and its answer.
    const WIDTH: usize = 32;

    fn addresses(&self) -> usize {
        self.backends.count()
    }

    fn address(&self) -> String {
        self.backends.address()
    }

    fn next_backend(&mut self) {
        self.channels.close();
        self.backends.next_backend();
    }

    fn send_management(&mut self, message: ManagementMessage) -> Call {
        let (path, message) = match message {
            ManagementMessage::Properties => {
                (PROPERTIES, self.management.properties().encode_to_vec())
            }
            ManagementMessage::KeepAlive => {
                (KEEP_ALIVE, self.management.keep_alive().encode_to_vec())
            }
        };
        self.call(path, std::iter::once(message.into()), None)
    }

    fn send(&mut self, messages: Messages) -> Call {
        let path = match messages.signal() {
            Signal::Segments => SEGMENTS,
            Signal::Logs => LOGS,
            Signal::Events => EVENTS,
            Signal::Meters => METERS,
        };
        let batch = Sent {
            signal: messages.signal(),
            flight: messages.flight(),
            largest: messages.largest(),
        };
        self.call(path, messages, Some(batch))
    }
}

/// Returns true if the backend rejects the token (`docs/protocol.md#grpc-transport`).
fn is_rejected(status: &Status) -> bool {
    matches!(status.code(), Code::PermissionDenied | Code::Unauthenticated)
}

/// Returns the outcome for the backend's status.
fn outcome(status: &Status, batch: Option<&Sent>, token: Option<&Token>) -> Outcome {
    if status.code() == Code::Ok {
        return Outcome::Taken;
    }
    let text = match status.message() {
        "" => format!("{:?}", status.code()),
        message => format!("{:?}: {message}", status.code()),
    };
    let text = quote(&text, token);
    if limit::is_exceeded(status) {
        return Outcome::Refused(match batch {
            Some(batch) => limit::explained(&text, batch.signal, batch.largest),
            None => text,
        });
    }
    if is_rejected(status) {
        return backends::rejected_token(&text, token);
    }
    match status.code() {
        Code::ResourceExhausted => Outcome::Overloaded(text),
        // Of a proxy without a backend, or of a server that stops.
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Outcome::Failed(text),
        // The server works and failed on the call, for example with Unknown or Internal.
        _ => Outcome::Refused(text),
    }
}
