//! Reported logs, and which of them to list.

use serde::{Deserialize, Serialize};

use super::query::{Cursor, SortOrder};
use super::trace::KeyValue;

/// The largest number of logs that one query returns.
pub const MAX_LOGS: usize = 10_000;
/// The number of logs that a query returns by default.
const DEFAULT_LOGS: usize = 100;

/// The form of a log's body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogFormat {
    /// Plain text.
    #[default]
    Text,
    /// A JSON text.
    Json,
    /// A YAML text.
    Yaml,
}

/// A log that an agent reported: by `LogReportService`, or over HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LogRecord {
    /// The arrival number of the log, from 1. It is different for each log.
    pub number: u64,
    /// The time, in epoch milliseconds. The time of arrival if the agent sent none.
    pub time: i64,
    /// The service, cut as in the OAP.
    pub service: String,
    /// The service instance, cut as in the OAP. Empty if the agent sent none.
    pub service_instance: String,
    /// The endpoint, cut as in the OAP. Empty if the agent sent none.
    pub endpoint: String,
    /// The layer. Empty if the agent sent none.
    pub layer: String,
    /// The value of the tag `level`. Empty without the tag.
    pub level: String,
    /// The form of the body.
    pub format: LogFormat,
    /// The body.
    pub body: String,
    /// Whether the body or tags are cut. Only lists over HTTP cut them.
    pub is_cut: bool,
    /// The id of the trace. Empty if the agent sent none.
    pub trace_id: String,
    /// The id of the segment. Empty if the agent sent none.
    pub segment_id: String,
    /// The number of the span in its segment. `None` without a segment.
    pub span_id: Option<i32>,
    /// The tags, in the order in which they were sent.
    pub tags: Vec<KeyValue>,
}

/// A page of a list of logs. Returned by [`Collector::logs`](crate::Collector::logs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LogPage {
    /// The logs in the order of the query.
    pub logs: Vec<LogRecord>,
    /// The number of logs that match, on all pages.
    pub matched: usize,
    /// The position after this page. `None` on the last page.
    pub next: Option<Cursor>,
}

/// Selects logs, sorts them by time and limits their number. A log has to meet all conditions.
///
/// ```
/// use skywalking_collector::LogQuery;
///
/// let failures = LogQuery::new().service("shop").level("ERROR").text("refused").limit(20);
/// # let _ = failures;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) service: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// In upper case. Any of them, or all logs if empty.
    pub(crate) levels: Vec<String>,
    pub(crate) text: Option<String>,
    pub(crate) trace: Option<String>,
    pub(crate) order: SortOrder,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
}

impl LogQuery {
    /// Selects all logs, the latest first, 100 at most.
    pub const fn new() -> Self {
        Self {
            from: None,
            to: None,
            service: None,
            instance: None,
            endpoint: None,
            levels: Vec::new(),
            text: None,
            trace: None,
            order: SortOrder::Descending,
            limit: DEFAULT_LOGS,
            cursor: None,
        }
    }

    /// Selects the logs of this time or later, in epoch milliseconds.
    #[must_use]
    pub const fn from(mut self, time: i64) -> Self {
        self.from = Some(time);
        self
    }

    /// Selects the logs before this time, in epoch milliseconds.
    #[must_use]
    pub const fn to(mut self, time: i64) -> Self {
        self.to = Some(time);
        self
    }

    /// Selects the logs of this service.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Selects the logs of this service instance.
    #[must_use]
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Some(name.into());
        self
    }

    /// Selects the logs of this endpoint.
    #[must_use]
    pub fn endpoint(mut self, name: impl Into<String>) -> Self {
        self.endpoint = Some(name.into());
        self
    }

    /// Selects the logs of this level, in any case. Can be called repeatedly: any of the levels.
    #[must_use]
    pub fn level(mut self, level: impl AsRef<str>) -> Self {
        self.levels.push(level.as_ref().to_ascii_uppercase());
        self
    }

    /// Selects the logs with the text in the body or in a tag's value, in any case.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Selects the logs of this trace.
    #[must_use]
    pub fn trace(mut self, id: impl Into<String>) -> Self {
        self.trace = Some(id.into());
        self
    }

    /// Sets the direction of the list. The default is the latest first.
    #[must_use]
    pub const fn order(mut self, order: SortOrder) -> Self {
        self.order = order;
        self
    }

    /// Sets the largest number of results. The default is 100, the maximum [`MAX_LOGS`].
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Continues after a page of the same query.
    #[must_use]
    pub const fn after(mut self, cursor: Cursor) -> Self {
        self.cursor = Some(cursor);
        self
    }
}

impl Default for LogQuery {
    fn default() -> Self {
        Self::new()
    }
}
