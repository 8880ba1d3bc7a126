//! The gRPC transport: each batch is one call of `collect`. Properties and keep-alive are separate
//! calls.
//!
//! The encoder's bytes are sent unchanged. Nothing connects before the first call. A broken
//! connection is not reopened here: the worker switches to the next address. The token is sent with
//! every call, and nowhere else.

mod backend;
mod codec;
mod incoming;
mod outgoing;
#[cfg(test)]
pub(crate) mod tests;

use std::error::Error as _;

use prost::Message as _;
use tonic::client::Grpc as Client;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use self::backend::Backend;
use self::codec::Raw;
use self::incoming::ServerStatus;
use self::outgoing::Handed;
use super::backends::{self, Backends, CONNECT_DEADLINE};
use super::connector::connector;
use super::metered::Meter;
use super::quote::{quote, sources};
use crate::config::{Address, Token};
use crate::error::Error;
use crate::management::ManagementMessage;
use crate::management::properties;
use crate::report::accounts::Flight;
use crate::report::transport::{Call, Messages, Outcome, Transport};

const COLLECT: &str = "/skywalking.v3.TraceSegmentReportService/collect";
const PROPERTIES: &str = "/skywalking.v3.ManagementService/reportInstanceProperties";
const KEEP_ALIVE: &str = "/skywalking.v3.ManagementService/keepAlive";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sends to one backend of a list at a time.
#[derive(Debug)]
pub(crate) struct Grpc {
    backends: Backends<Endpoint>,
    channel: Option<(Channel, Meter)>,
    token: Option<(Token, MetadataValue<Ascii>)>,
    management: properties::Messages,
}

impl Grpc {
    /// Creates a transport without a connection.
    pub(crate) fn new(
        backends: Vec<Address>,
        token: Option<Token>,
        management: properties::Messages,
    ) -> Result<Self, Error> {
        let backends = Backends::new(backends, endpoint)?;
        let token = backends::with_header(token, MetadataValue::set_sensitive)?;
        Ok(Self { backends, channel: None, token, management })
    }

    /// Returns the connection to the current backend, which the first call opens.
    fn channel(&mut self) -> Option<(Channel, Meter)> {
        let (_, endpoint) = self.backends.now()?;
        let made = self.channel.get_or_insert_with(|| {
            let meter = Meter::default();
            (endpoint.connect_with_connector_lazy(connector(meter.clone())), meter)
        });
        Some(made.clone())
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("agent-version", MetadataValue::from_static(VERSION));
        if let Some((_, token)) = &self.token {
            request.metadata_mut().insert("authentication", token.clone());
        }
        request
    }

    /// Makes one call: a stream of messages, and the answer. If the flight is given, it is marked
    /// when all messages were written before the answer came.
    fn call(
        &mut self,
        path: &'static str,
        messages: impl Iterator<Item = bytes::Bytes> + Send + 'static,
        flight: Option<Flight>,
    ) -> Call {
        let request = self.request(tokio_stream::iter(messages));
        let token = self.token.as_ref().map(|(token, _)| token.clone());
        let Some((channel, meter)) = self.channel() else {
            return Box::pin(std::future::ready(Outcome::Failed("there is no backend".to_owned())));
        };
        Box::pin(async move {
            meter.begin();
            let (body, sent) = (Handed::default(), ServerStatus::default());
            let batch = flight.is_some().then(|| body.clone());
            let mut client = Client::new(Backend { channel, batch, status: sent.clone() });
            if let Err(error) = client.ready().await {
                return Outcome::Failed(quote(&chain(&*error), token.as_ref()));
            }
            match client.client_streaming(request, http_path(path), Raw).await {
                Ok(_) => {
                    // If the server has ended the stream, the bytes in the connection's buffer are
                    // never sent.
                    if let Some(flight) = flight
                        .filter(|_| body.bytes().is_some_and(|bytes| meter.written() >= bytes))
                    {
                        flight.hand_over();
                    }
                    Outcome::Taken
                }
                Err(status) => outcome(&status, sent.was_sent(), token.as_ref()),
            }
        })
    }
}

fn endpoint(address: &Address) -> Result<Endpoint, &'static str> {
    let unusable = "can't be written as a URL; give host:port";
    let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(|_| unusable)?;
    let endpoint = endpoint
        .user_agent(concat!("skywalking-rust/", env!("CARGO_PKG_VERSION")))
        .map_err(|_| unusable)?;
    // No HTTP/2 keep-alive: the backend closes connections that ping often
    // (`docs/protocol.md#grpc-transport`). Deadlines detect dead connections.
    Ok(endpoint.connect_timeout(CONNECT_DEADLINE))
}

fn http_path(path: &'static str) -> tonic::codegen::http::uri::PathAndQuery {
    tonic::codegen::http::uri::PathAndQuery::from_static(path)
}

impl Transport for Grpc {
    fn addresses(&self) -> usize {
        self.backends.count()
    }

    fn address(&self) -> String {
        self.backends.address()
    }

    fn next_backend(&mut self) {
        self.channel = None;
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
        let flight = messages.flight();
        self.call(COLLECT, messages, Some(flight))
    }
}

/// Returns the outcome for a status. Only a status that the server sent is an answer. tonic creates
/// others, for broken connections and unreadable answers.
fn outcome(status: &Status, is_of_server: bool, token: Option<&Token>) -> Outcome {
    let text = quote(&chain(status), token);
    if !is_of_server || status.source().is_some() {
        return Outcome::Failed(text);
    }
    match status.code() {
        Code::PermissionDenied | Code::Unauthenticated => backends::rejected_token(&text, token),
        Code::InvalidArgument
        | Code::Unimplemented
        | Code::FailedPrecondition
        | Code::OutOfRange => Outcome::Refused(text),
        Code::ResourceExhausted => Outcome::Overloaded(text),
        _ => Outcome::Failed(text),
    }
}

/// Formats the error and its sources on one line. A status begins with its code.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref::<Status>() {
        Some(status) if status.message().is_empty() => {
            sources(format!("{:?}", status.code()), error)
        }
        Some(status) => sources(format!("{:?}: {}", status.code(), status.message()), error),
        None => sources(error.to_string(), error),
    }
}
