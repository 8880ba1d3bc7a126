//! Transports of your own: encoded batches go in, an outcome comes out. For example for a message
//! queue or a file.
//!
//! Implement [`Transport`], and give it to [`Config::transport`](crate::Config::transport). The
//! agent encodes, queues, counts and retries as with its own transports.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//!
//! use skywalking_runtime::transport::{Batch, Outcome, Signal, Transport};
//! use skywalking_runtime::{Config, entry_span};
//!
//! /// Keeps the ids of the segments.
//! #[derive(Clone, Default)]
//! struct Ids(Arc<Mutex<Vec<String>>>);
//!
//! impl Transport for Ids {
//!     async fn send(&self, batch: Batch) -> Outcome {
//!         if batch.signal() == Signal::Segments {
//!             let ids = batch.messages().iter().map(|message| message.key().to_owned());
//!             self.0.lock().unwrap().extend(ids);
//!         }
//!         Outcome::Confirmed
//!     }
//! }
//!
//! #[entry_span(name = "/greet")]
//! fn greet() {}
//!
//! let ids = Ids::default();
//! let agent = Config::new("greeter").transport(ids.clone()).start()?;
//! greet();
//! assert_eq!(agent.shutdown(Duration::from_secs(5)).sent, 1);
//! assert_eq!(ids.0.lock().unwrap().len(), 1);
//! # Ok::<(), skywalking_runtime::Error>(())
//! ```

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

/// Sends encoded batches.
///
/// [`send`](Self::send) runs on a thread of the agent, `skywalking-transport`, inside a tokio runtime
/// of one thread with time and, if the program's tokio has it, IO. So a transport can use tokio's
/// connections, and keep them from batch to batch, until a call blocks the thread. It is not traced.
/// The other methods are called once, at the start of the agent.
///
/// A transport cannot stop the agent:
/// - A panic costs its batch, which counts as `unconfirmed`.
/// - A call without an outcome within [`Config::batch_timeout`](crate::Config::batch_timeout), or
///   [`Config::management_timeout`](crate::Config::management_timeout), is dropped. Its batch counts
///   as `unconfirmed`.
/// - A call may block its thread. Other calls then run on a new thread after 1 s. At most 4 threads
///   exist in the process. If all are blocked, batches wait, and the agent is
///   [down](crate::stats::ReporterState::Down) until a call returns.
pub trait Transport: Send + Sync + 'static {
    /// Sends a batch. The batch is never sent again, except after [`Outcome::NotSent`].
    fn send(&self, batch: Batch) -> impl Future<Output = Outcome> + Send;

    /// Returns how many batches of each signal may be sent at the same time, from 1 to 32. A heartbeat
    /// can be sent at the same time as they are. Default: 1.
    fn width(&self) -> usize {
        1
    }

    /// Returns where it sends to, for log lines. It must not contain secrets. Default: "a custom
    /// transport".
    fn address(&self) -> String {
        "a custom transport".to_owned()
    }
}

/// The outcome of a batch. Texts are for log lines and for [`health`](fn@crate::health), and must
/// not contain secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The other side has the whole batch. Its messages count as `sent`.
    Confirmed,
    /// The other side refused the batch. Its messages count as `refused`.
    Refused(String),
    /// The other side is overloaded. The messages count as `refused`, and the agent pauses for up
    /// to 60 s.
    Overloaded(String),
    /// Nothing was sent. The batch is sent again: the first time at once, then after a
    /// pause.
    NotSent(String),
    /// It is unknown whether the other side has the batch. Its messages count as
    /// `unconfirmed`, and the agent pauses.
    Unconfirmed(String),
}

/// What the messages of a batch are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// Segments: each message is a `SegmentObject`. To the OAP's Kafka fetcher they are the topic
    /// `skywalking-segments`.
    Segments,
    /// Logs: each message is a `LogData`. To the Kafka fetcher they are the topic
    /// `skywalking-logs`.
    Logs,
    /// Events: each message is an `Event`. The Kafka fetcher does not take them.
    Events,
    /// A report of meters: one message, a `MeterDataCollection`. To the Kafka fetcher it is the
    /// topic `skywalking-meters`.
    Meters,
    /// The properties of this instance, one `InstanceProperties`: at the start, after a failure,
    /// and with each tenth heartbeat. To the Kafka fetcher they are the topic
    /// `skywalking-managements`, with the prefix `register-` before the key.
    InstanceProperties,
    /// The heartbeat of this instance, one `InstancePingPkg`. To the Kafka fetcher it is the topic
    /// `skywalking-managements`.
    KeepAlive,
}

/// Messages of one signal, in the order in which they ended.
#[derive(Clone, Debug)]
pub struct Batch {
    signal: Signal,
    messages: Vec<Message>,
}

impl Batch {
    pub(crate) fn new(signal: Signal, messages: Vec<Message>) -> Self {
        Self { signal, messages }
    }

    /// Returns what the messages are.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// Returns the messages, at least one.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Returns the messages, at least one.
    pub fn into_messages(self) -> Vec<Message> {
        self.messages
    }
}

/// An encoded message.
#[derive(Clone)]
pub struct Message {
    key: String,
    payload: Bytes,
}

impl Message {
    pub(crate) fn new(key: String, payload: Bytes) -> Self {
        Self { key, payload }
    }

    /// Returns the id of the segment, the name of the service of a log, the id of an event, or the
    /// name of the instance. Messages with the same key should arrive in order.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the bytes of the message in protobuf (`skywalking.v3` of the protocol's files).
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Returns the key and the bytes of the message.
    pub fn into_parts(self) -> (String, Vec<u8>) {
        (self.key, self.payload.into())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("key", &self.key)
            .field("bytes", &self.payload.len())
            .finish()
    }
}

/// A transport of any type.
trait Erased: Send + Sync {
    fn send(&self, batch: Batch) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>>;
    fn width(&self) -> usize;
    fn address(&self) -> String;
}

impl<T: Transport> Erased for T {
    fn send(&self, batch: Batch) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        Box::pin(Transport::send(self, batch))
    }

    fn width(&self) -> usize {
        Transport::width(self)
    }

    fn address(&self) -> String {
        Transport::address(self)
    }
}

/// The transport that the program gave.
#[derive(Clone)]
pub(crate) struct Given(Arc<dyn Erased>);

impl Given {
    pub(crate) fn new(transport: impl Transport) -> Self {
        Self(Arc::new(transport))
    }

    pub(crate) async fn send(&self, batch: Batch) -> Outcome {
        self.0.send(batch).await
    }

    pub(crate) fn width(&self) -> usize {
        self.0.width()
    }

    pub(crate) fn address(&self) -> String {
        self.0.address()
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given")
    }
}
