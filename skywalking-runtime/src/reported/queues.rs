//! The queues of log records and events, one of each in the process.

use crate::config::settings::Reported;
use crate::queue::{Entry, EntryCounts, EntryQueue, Pushed};
use crate::reported::event_entry::EventEntry;
use crate::reported::log_entry::LogEntry;
use crate::sys::PerProcess;
use crate::tracer;

/// The most bytes and the most events that wait for the reporter.
const EVENTS: (usize, usize) = (1024 * 1024, 1_000);
/// The most log records that wait for the reporter, whatever their size.
const MOST_LOGS: usize = 1_000_000;

static LOGS: PerProcess<EntryQueue<LogEntry>> = PerProcess::new(EntryQueue::default);
static EVENT_QUEUE: PerProcess<EntryQueue<EventEntry>> = PerProcess::new(EntryQueue::default);

pub(crate) fn logs() -> &'static EntryQueue<LogEntry> {
    LOGS.get()
}

pub(crate) fn events() -> &'static EntryQueue<EventEntry> {
    EVENT_QUEUE.get()
}

/// Opens the queues for an agent.
pub(crate) fn open(settings: Reported) {
    if settings.logs {
        logs().open(settings.log_queue_bytes, MOST_LOGS);
    }
    let (bytes, entries) = EVENTS;
    events().open(bytes, entries);
}

/// The counts of both queues.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReportedCounts {
    pub(crate) logs: EntryCounts,
    pub(crate) events: EntryCounts,
}

pub(crate) fn counts() -> ReportedCounts {
    ReportedCounts { logs: logs().counts(), events: events().counts() }
}

/// Adds an entry to its queue, and wakes the reporter if the queue is half full.
pub(super) fn push<T: Entry>(queue: &EntryQueue<T>, entry: T) {
    if queue.push(entry) == Pushed::QueuedAndHalfFull
        && let Some(tracer) = tracer::current()
    {
        tracer.wake();
    }
}
