//! The transport that the program gave ([`Config::transport`](crate::Config::transport)). Its calls
//! run on [`threads`] of their own.

mod threads;

use bytes::Bytes;
use prost::Message as _;

use self::threads::{Threads, Work};
use crate::management::ManagementMessage;
use crate::management::properties;
use crate::report;
use crate::report::meters::collection;
use crate::report::transport::{Call, Messages, Transport};
use crate::transport::{Batch, Given, Message, Signal};
use crate::util::catch_panic::catch_panic;

/// The most batches that are sent at the same time.
const WIDEST: usize = 32;

#[derive(Debug)]
pub(crate) struct Custom {
    threads: Threads,
    management: properties::Messages,
    width: usize,
    address: String,
}

impl Custom {
    pub(crate) fn new(given: Given, management: properties::Messages) -> Self {
        let width = catch_panic(|| given.width()).unwrap_or(1).clamp(1, WIDEST);
        let address = catch_panic(|| given.address()).unwrap_or_default();
        Self { threads: Threads::new(given), management, width, address }
    }

    fn call(&self, work: Work) -> Call {
        Box::pin(self.threads.clone().run(work))
    }
}

impl Transport for Custom {
    fn width(&self) -> usize {
        self.width
    }

    fn addresses(&self) -> usize {
        1
    }

    fn address(&self) -> String {
        self.address.clone()
    }

    fn next_backend(&mut self) {}

    fn send_management(&mut self, message: ManagementMessage) -> Call {
        let ping = self.management.keep_alive();
        let (signal, payload) = match message {
            ManagementMessage::Properties => {
                (Signal::InstanceProperties, self.management.properties().encode_to_vec())
            }
            ManagementMessage::KeepAlive => (Signal::KeepAlive, ping.encode_to_vec()),
        };
        let message = Message::new(ping.service_instance, payload.into());
        self.call(Box::new(move || Some(Batch::new(signal, vec![message]))))
    }

    fn send(&mut self, messages: Messages) -> Call {
        let (flight, kind) = (messages.flight(), messages.signal());
        self.call(Box::new(move || {
            // Nothing is left of a batch that was withdrawn.
            let mut messages: Vec<_> =
                messages.map(|payload| Message::new(key(kind, &payload), payload)).collect();
            flight.hand_over();
            if kind == report::signal::Signal::Meters {
                messages = as_one(messages);
            }
            let signal = match kind {
                report::signal::Signal::Segments => Signal::Segments,
                report::signal::Signal::Logs => Signal::Logs,
                report::signal::Signal::Events => Signal::Events,
                report::signal::Signal::Meters => Signal::Meters,
            };
            (!messages.is_empty()).then(|| Batch::new(signal, messages))
        }))
    }
}

/// The field that is the key of a `SegmentObject` and of a `LogData`: the id of the segment, or the
/// service.
#[derive(Clone, PartialEq, prost::Message)]
struct Second {
    #[prost(string, tag = "2")]
    key: String,
}

/// The field that is the key of a `MeterData`: the instance.
#[derive(Clone, PartialEq, prost::Message)]
struct Fourth {
    #[prost(string, tag = "4")]
    key: String,
}

/// The field that is the key of an `Event`: its id.
#[derive(Clone, PartialEq, prost::Message)]
struct First {
    #[prost(string, tag = "1")]
    key: String,
}

fn key(signal: report::signal::Signal, payload: &Bytes) -> String {
    match signal {
        report::signal::Signal::Segments | report::signal::Signal::Logs => {
            Second::decode(payload.clone()).unwrap_or_default().key
        }
        report::signal::Signal::Events => First::decode(payload.clone()).unwrap_or_default().key,
        report::signal::Signal::Meters => Fourth::decode(payload.clone()).unwrap_or_default().key,
    }
}

/// Returns a report of meters as one message.
fn as_one(messages: Vec<Message>) -> Vec<Message> {
    let Some(key) = messages.first().map(|message| message.key().to_owned()) else {
        return messages;
    };
    let payloads = messages.into_iter().map(|message| message.into_parts().1.into());
    vec![Message::new(key, collection(payloads))]
}

#[cfg(test)]
mod tests;
