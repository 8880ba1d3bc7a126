//! Reported events of services.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The largest number of events that one query returns.
pub const MAX_EVENTS: usize = 10_000;
/// The number of events that a query returns by default.
const DEFAULT_EVENTS: usize = 100;

/// Whether an event is an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EventKind {
    /// Type 0, and numbers that the protocol does not define.
    #[default]
    Normal,
    /// Type 1.
    Error,
}

/// An event: the reports with one uuid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventView {
    /// The arrival number of the last report, from 1.
    pub number: u64,
    /// The uuid that the agent sent.
    pub uuid: String,
    /// The service, cut as in the OAP.
    pub service: String,
    /// The service instance, cut as in the OAP. Empty if the event is of the service.
    pub service_instance: String,
    /// The endpoint, cut as in the OAP. Empty if the event is not of an endpoint.
    pub endpoint: String,
    /// The name, such as `Start`.
    pub name: String,
    /// Whether it is an error.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The message.
    pub message: String,
    /// The parameters, sorted by key.
    pub parameters: BTreeMap<String, String>,
    /// The start, in epoch milliseconds. `None` if no report has it.
    pub start_time: Option<i64>,
    /// The end, in epoch milliseconds. `None` while it lasts.
    pub end_time: Option<i64>,
    /// The layer.
    pub layer: String,
}

impl EventView {
    /// Returns the start, or the end without a start.
    pub fn time(&self) -> i64 {
        self.start_time.or(self.end_time).unwrap_or(0)
    }
}

/// Selects events, the latest report first.
///
/// ```
/// use skywalking_collector::EventQuery;
///
/// let restarts = EventQuery::new().service("shop").name("Start");
/// # let _ = restarts;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    pub(crate) service: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) limit: usize,
}

impl EventQuery {
    /// Selects all events, 100 at most.
    pub const fn new() -> Self {
        Self {
            service: None,
            instance: None,
            name: None,
            from: None,
            to: None,
            limit: DEFAULT_EVENTS,
        }
    }

    /// Selects the events of this service.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Selects the events of this service instance.
    #[must_use]
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Some(name.into());
        self
    }

    /// Selects the events of this name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Selects the events that end at this time or later, or last, in epoch milliseconds.
    #[must_use]
    pub const fn from(mut self, time: i64) -> Self {
        self.from = Some(time);
        self
    }

    /// Selects the events that start before this time, in epoch milliseconds.
    #[must_use]
    pub const fn to(mut self, time: i64) -> Self {
        self.to = Some(time);
        self
    }

    /// Sets the largest number of events. The default is 100, the maximum [`MAX_EVENTS`].
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

impl Default for EventQuery {
    fn default() -> Self {
        Self::new()
    }
}
