//! The interface between the worker and its transport: a backend, standard error, or nothing.

use std::future::Future;
use std::pin::Pin;
use std::vec;

use bytes::Bytes;

use super::accounts::Flight;
use super::signal::Signal;
use crate::management::ManagementMessage;

/// A running call. It has no deadline of its own: the worker sets one.
pub(crate) type Call = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// The outcome of a call.
#[cfg_attr(
    not(any(feature = "report-grpc", feature = "report-custom")),
    allow(dead_code, reason = "only these transports have all of them")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The backend confirmed it.
    Taken,
    /// The backend refused it.
    Refused(String),
    /// The batch is too large for the backend, which has processed no part of it.
    #[cfg_attr(not(feature = "report-http"), allow(dead_code, reason = "only HTTP states it"))]
    TooLarge(String),
    /// The backend reported that it is overloaded.
    Overloaded(String),
    /// The backend stated that it has not processed the call, so a batch can be sent again.
    #[cfg_attr(not(feature = "report-grpc"), allow(dead_code, reason = "only HTTP/2 states it"))]
    Unprocessed(String),
    /// There was no answer.
    Failed(String),
}

/// The format of the messages that a transport expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The bytes of the protocol's message.
    Protobuf,
    /// JSON by the proto3 mapping.
    #[cfg(feature = "report-http")]
    Json,
}

/// Sends batches and management messages.
pub(crate) trait Transport: Send + 'static {
    /// The format of its messages.
    const FORM: Form = Form::Protobuf;
    /// What [`width`](Self::width) returns.
    const WIDTH: usize = 1;

    /// Returns the most batches that are sent at the same time.
    fn width(&self) -> usize {
        Self::WIDTH
    }

    /// Returns the number of backend addresses.
    fn addresses(&self) -> usize;

    /// Returns the current address, for log lines.
    fn address(&self) -> String;

    /// Switches to the next address. Running calls keep their connections.
    fn next_backend(&mut self);

    /// Sends a management message.
    fn send_management(&mut self, message: ManagementMessage) -> Call;

    /// Sends a batch. Calls can run at the same time, up to [`width`](Self::width) of them.
    fn send(&mut self, messages: Messages) -> Call;
}

/// The messages of a batch. Taking the first one marks the batch as sent. A transport that has taken
/// all of them calls [`Flight::hand_over`]: an answer before that does not confirm the batch. Clones
/// have the same flight.
#[derive(Clone, Debug)]
pub(crate) struct Messages {
    signal: Signal,
    rest: vec::IntoIter<Bytes>,
    flight: Flight,
}

impl Messages {
    pub(crate) fn new(signal: Signal, messages: Vec<Bytes>, flight: Flight) -> Self {
        Self { signal, rest: messages.into_iter(), flight }
    }

    /// Returns what the messages are.
    pub(crate) fn signal(&self) -> Signal {
        self.signal
    }

    /// Returns the flight, which the transport marks when it has taken all messages.
    pub(crate) fn flight(&self) -> Flight {
        self.flight.clone()
    }

    /// Returns the remaining messages, without taking one.
    #[cfg(feature = "report-http")]
    pub(crate) fn rest(&self) -> &[Bytes] {
        self.rest.as_slice()
    }

    /// Returns the bytes of the largest remaining message, without taking one.
    #[cfg(feature = "report-grpc")]
    pub(crate) fn largest(&self) -> usize {
        self.rest.as_slice().iter().map(Bytes::len).max().unwrap_or_default()
    }

    /// Returns the number of remaining messages and their total bytes, without taking one.
    #[cfg(feature = "report-http")]
    pub(crate) fn left(&self) -> (usize, usize) {
        let left = self.rest();
        (left.len(), left.iter().map(Bytes::len).sum())
    }
}

impl Iterator for Messages {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.flight.take().then(|| self.rest.next()).flatten()
    }
}
