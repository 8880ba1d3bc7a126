//! The interface between the worker and its transport: a backend, standard error, or nothing.

use std::future::Future;
use std::pin::Pin;
use std::vec;

use bytes::Bytes;

use super::accounts::Flight;
use crate::management::ManagementMessage;

/// A call that is under way. It has no deadline of its own: the worker gives it one.
pub(crate) type Call = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// What came of a call.
#[cfg_attr(
    not(any(feature = "report-grpc", feature = "report-http")),
    allow(dead_code, reason = "only a backend refuses")
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The other side took it and said so.
    Taken,
    /// The other side answered that it doesn't take it.
    Refused(String),
    /// The other side answered that it has too much to do.
    Overloaded(String),
    /// There was no answer.
    Failed(String),
}

/// How a segment is written for a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The bytes of its `SegmentObject`.
    Protobuf,
    /// The same as the protocol's JSON.
    #[cfg(feature = "report-http")]
    Json,
}

/// Takes batches of segments and words of management.
pub(crate) trait Transport: Send + 'static {
    /// How its messages are written.
    const FORM: Form = Form::Protobuf;

    /// How many other sides there are to turn to.
    fn addresses(&self) -> usize;

    /// Whom it speaks to now, for people.
    fn address(&self) -> String;

    /// Forgets the connection and turns to the next address.
    fn next_backend(&mut self);

    /// Says a word of management.
    fn send_management(&mut self, word: ManagementMessage) -> Call;

    /// Sends a batch.
    fn send(&mut self, messages: Messages) -> Call;
}

/// The messages of a batch, given out one by one. Asking for the first one decides that the batch
/// has left. A transport that has all of them says so ([`Flight::hand_over`]): an answer before
/// that is no word on what the other side has read.
#[derive(Debug)]
pub(crate) struct Messages {
    messages: vec::IntoIter<Bytes>,
    flight: Flight,
}

impl Messages {
    pub(crate) fn new(messages: Vec<Bytes>, flight: Flight) -> Self {
        Self { messages: messages.into_iter(), flight }
    }

    /// What decides whether they have left: to be told when the transport has all of them.
    pub(crate) fn flight(&self) -> Flight {
        self.flight.clone()
    }

    /// How many messages are left, and how many bytes they have together. Asking for that takes
    /// none.
    #[cfg(feature = "report-http")]
    pub(crate) fn left(&self) -> (usize, usize) {
        let left = self.messages.as_slice();
        (left.len(), left.iter().map(Bytes::len).sum())
    }
}

impl Iterator for Messages {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.flight.take().then(|| self.messages.next()).flatten()
    }
}
