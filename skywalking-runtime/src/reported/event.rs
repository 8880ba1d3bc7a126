//! An event that the program reports.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::reported::event_entry::{EventEntry, EventType};
use crate::reported::queues;
use crate::span::tag::{Raw, TagValue};
use crate::sys::is_own_thread;
use crate::util::id;
use crate::util::text::{self, EVENT_MESSAGE_LIMIT, EVENT_TEXT_LIMIT};

/// The most parameters of an event.
const MOST_PARAMETERS: usize = 50;

/// Something that happened to this process, for the backend's list of events: a deployment, a change
/// of the configuration, an outage.
///
/// The agent reports `Start` and `Shutdown` itself
/// ([`Config::lifecycle_events`](crate::Config::lifecycle_events)). An event belongs to this instance
/// of the service, or to an endpoint. It is queued and sent in the background.
/// [`Stats::events`](crate::stats::Stats::events) counts the events. Without an agent an event does
/// nothing.
///
/// The name and the endpoint are cut at 200 UTF-16 units, the message at 2000. The parameters have at
/// most 4000 as JSON: further ones are left out, and `truncated=true` is added. Redaction sees the
/// message as [`Field::Body`](crate::redact::Field::Body), and each parameter as a tag.
///
/// ```
/// use skywalking_runtime::Event;
///
/// Event::new("Reload").message("the prices were loaded").parameter("prices", 1_204).report();
/// ```
#[derive(Debug)]
#[must_use = "an event is sent by `report`"]
pub struct Event(EventEntry);

impl Event {
    /// Creates an event of type `Normal`.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(EventEntry {
            uuid: id::random_hex(),
            name: text::clean(name.as_ref(), EVENT_TEXT_LIMIT).into_owned(),
            kind: EventType::Normal,
            message: String::new(),
            endpoint: String::new(),
            parameters: BTreeMap::new(),
            is_truncated: false,
            start: None,
            end: None,
        })
    }

    /// Sets the type.
    pub fn event_type(mut self, kind: EventType) -> Self {
        self.0.kind = kind;
        self
    }

    /// Sets the message.
    pub fn message(mut self, message: impl AsRef<str>) -> Self {
        text::cut(message.as_ref(), EVENT_MESSAGE_LIMIT).clone_into(&mut self.0.message);
        self
    }

    /// Adds a parameter: text, an integer or a bool. Of two with one key the later one is kept.
    pub fn parameter(mut self, key: impl AsRef<str>, value: impl TagValue) -> Self {
        let value = match value.raw() {
            Raw::Text(value) => text::cut(value, EVENT_MESSAGE_LIMIT).to_owned(),
            Raw::Int(number) => number.to_string(),
            Raw::Uint(number) => number.to_string(),
            Raw::Bool(value) => value.to_string(),
        };
        let key = text::clean(key.as_ref(), EVENT_TEXT_LIMIT).into_owned();
        if self.0.parameters.len() < MOST_PARAMETERS || self.0.parameters.contains_key(&key) {
            self.0.parameters.insert(key, value);
        } else {
            self.0.is_truncated = true;
        }
        self
    }

    /// Sets the endpoint to which the event happened. Default: none.
    pub fn endpoint(mut self, name: impl AsRef<str>) -> Self {
        self.0.endpoint = text::clean(name.as_ref(), EVENT_TEXT_LIMIT).into_owned();
        self
    }

    /// Sets when the event began. Default: now, unless [`end`](Self::end) is set. An event without an
    /// end lasts until its end is reported.
    pub fn start(mut self, start: SystemTime) -> Self {
        self.0.start = Some(start);
        self
    }

    /// Sets when the event ended. Default: now, unless [`start`](Self::start) is set. To end an event
    /// that was reported with a start only, report another one with the same
    /// [`uuid`](Self::with_uuid) and name, and with an end only.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use skywalking_runtime::Event;
    ///
    /// let begun = Event::new("Migration").start(SystemTime::now());
    /// let uuid = begun.uuid().to_owned();
    /// begun.report();
    /// Event::new("Migration").with_uuid(uuid).end(SystemTime::now()).report();
    /// ```
    pub fn end(mut self, end: SystemTime) -> Self {
        self.0.end = Some(end);
        self
    }

    /// Returns the id of the event: 32 random hex digits by default.
    pub fn uuid(&self) -> &str {
        &self.0.uuid
    }

    /// Sets the id of the event.
    pub fn with_uuid(mut self, uuid: impl AsRef<str>) -> Self {
        self.0.uuid = text::clean(uuid.as_ref(), EVENT_TEXT_LIMIT).into_owned();
        self
    }

    /// Queues the event for the reporter.
    pub fn report(self) {
        if !is_own_thread() {
            self.report_anywhere();
        }
    }

    /// Returns the event as it is queued.
    #[cfg(test)]
    pub(crate) fn into_entry(self) -> EventEntry {
        self.0
    }

    /// Queues the event, also on a thread of the agent.
    pub(crate) fn report_anywhere(mut self) {
        if !queues::events().is_open() {
            return;
        }
        if self.0.start.is_none() && self.0.end.is_none() {
            let now = SystemTime::now();
            (self.0.start, self.0.end) = (Some(now), Some(now));
        }
        queues::push(queues::events(), self.0);
    }
}
