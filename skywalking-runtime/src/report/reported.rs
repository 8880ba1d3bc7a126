//! Takes log records and events out of their queues, and encodes them into batches.
//!
//! [`entry_drain`] takes entries and counts them, for both. [`log`] and [`event`] write the messages.

mod entry_drain;
mod event;
#[cfg(test)]
mod golden;
mod log;

use bytes::Bytes;
use prost::Message;

use self::entry_drain::EntryDrain;
use super::accounts::{Counts, Ledger};
use super::drain::{Batch, Filled};
#[cfg(feature = "report-http")]
use super::json;
use super::json::Json;
use super::signal::{PerSignal, Signal};
use super::timeline::Timeline;
use super::transport::Form;
use crate::queue::Budget;
use crate::redact::Hook;
use crate::reported::event_entry::EventEntry;
use crate::reported::log_entry::LogEntry;
use crate::reported::queues;
use crate::tracer::Identity;
use crate::util::catch_panic::catch_panic;

/// Gives batches of log records and of events.
#[derive(Debug)]
pub(crate) struct Reported {
    names: Names,
    form: Form,
    logs: EntryDrain<LogEntry>,
    events: EntryDrain<EventEntry>,
}

/// What is the same in all messages.
#[derive(Debug)]
struct Names {
    identity: Identity,
    /// The layer of the service, which an event must have.
    layer: String,
    hook: Hook,
}

/// The layer of a service without one.
const GENERAL: &str = "GENERAL";

impl Reported {
    /// `full` is when a batch is full.
    pub(crate) fn new(
        ledger: Ledger,
        identity: Identity,
        layer: &str,
        hook: Hook,
        form: Form,
        full: Budget,
    ) -> Self {
        let layer = if layer.is_empty() { GENERAL } else { layer }.to_owned();
        Self {
            names: Names { identity, layer, hook },
            form,
            logs: EntryDrain::new(Signal::Logs, queues::logs(), ledger, full),
            events: EntryDrain::new(Signal::Events, queues::events(), ledger, full),
        }
    }

    /// Fills a batch with log records until it is full or the pass is complete.
    pub(crate) fn fill_logs(&mut self, timeline: &Timeline) -> (Batch, Filled) {
        let Self { names, form, logs, .. } = self;
        logs.fill(|entry| catch_panic(|| encoded(&log::message(names, entry, timeline), *form)))
    }

    /// Fills a batch with events until it is full or the pass is complete.
    pub(crate) fn fill_events(&mut self) -> (Batch, Filled) {
        let Self { names, form, events, .. } = self;
        events.fill(|entry| catch_panic(|| encoded(&event::message(names, entry), *form)))
    }

    /// Returns the number of complete passes, and the number after which all that waits now is out.
    pub(crate) fn passes(&self, signal: Signal) -> (u64, u64) {
        match signal {
            Signal::Events => self.events.passes(),
            _ => self.logs.passes(),
        }
    }

    /// Prepares for further passes after a panic of the reporter. Adds how many entries it still
    /// holds.
    pub(crate) fn recover(&mut self, held: &mut PerSignal<usize>) {
        *held.of_mut(Signal::Logs) = self.logs.recover();
        *held.of_mut(Signal::Events) = self.events.recover();
    }
}

/// Closes the queues, and counts the entries that waited as dropped by the shutdown.
pub(crate) fn close(counts: &mut PerSignal<Counts>) {
    counts.of_mut(Signal::Logs).shutdown += queues::logs().close();
    counts.of_mut(Signal::Events).shutdown += queues::events().close();
}

fn encoded(message: &(impl Message + Json), form: Form) -> Bytes {
    match form {
        Form::Protobuf => message.encode_to_vec().into(),
        #[cfg(feature = "report-http")]
        Form::Json => json::of(message),
    }
}
