//! Which traces to list, and in which order.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The largest number of traces that one query returns.
pub const MAX_TRACES: usize = 10_000;
/// The number of traces that a query returns by default.
const DEFAULT_TRACES: usize = 20;

/// By what a list of traces is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TraceSort {
    /// By the earliest start. Of traces with equal starts, the later arrival counts as later.
    #[default]
    Start,
    /// By the duration of the whole trace. Of traces with equal durations, the later arrival counts
    /// as longer.
    Duration,
}

/// The direction of a sorted list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The latest or longest first.
    #[default]
    Descending,
    /// The earliest or shortest first.
    Ascending,
}

/// The position after a page of a list. Returned as [`TracePage::next`](crate::TracePage::next).
///
/// It names the last trace of the page, so traces that arrive later don't shift the next page. A
/// cursor is valid for a query with the same filters and the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The start or the duration of the trace.
    pub(crate) key: i64,
    /// The number of the trace.
    pub(crate) number: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, self.number)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is not a [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: pass `next` of the page before, unchanged")]
#[non_exhaustive]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (key, number) = text.split_once('.').ok_or(InvalidCursor)?;
        let cursor = Self {
            key: key.parse().map_err(|_| InvalidCursor)?,
            number: number.parse().map_err(|_| InvalidCursor)?,
        };
        // Only the text that `Display` writes is valid.
        if cursor.to_string() == text { Ok(cursor) } else { Err(InvalidCursor) }
    }
}

/// Selects traces, sorts them and limits their number. A trace has to meet all conditions, each
/// with any of its spans.
///
/// ```
/// use skywalking_collector::{TraceQuery, TraceSort};
///
/// let slowest = TraceQuery::new()
///     .service("shop")
///     .tag("http.method", "POST")
///     .min_duration(200)
///     .sort(TraceSort::Duration)
///     .limit(100);
/// # let _ = slowest;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceQuery {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) service: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// The ids of the nodes of a call.
    pub(crate) source: Option<String>,
    pub(crate) target: Option<String>,
    /// Keys, with values if the value matters.
    pub(crate) tags: Vec<(String, Option<String>)>,
    pub(crate) text: Option<String>,
    pub(crate) min_duration: Option<u64>,
    pub(crate) max_duration: Option<u64>,
    pub(crate) is_error: Option<bool>,
    pub(crate) has_violations: bool,
    pub(crate) sort: TraceSort,
    pub(crate) order: SortOrder,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
}

impl TraceQuery {
    /// Selects all traces, the latest start first, 20 at most.
    pub const fn new() -> Self {
        Self {
            from: None,
            to: None,
            service: None,
            instance: None,
            endpoint: None,
            source: None,
            target: None,
            tags: Vec::new(),
            text: None,
            min_duration: None,
            max_duration: None,
            is_error: None,
            has_violations: false,
            sort: TraceSort::Start,
            order: SortOrder::Descending,
            limit: DEFAULT_TRACES,
            cursor: None,
        }
    }

    /// Selects the traces that start at this time or later, in epoch milliseconds.
    #[must_use]
    pub const fn from(mut self, time: i64) -> Self {
        self.from = Some(time);
        self
    }

    /// Selects the traces that start before this time, in epoch milliseconds.
    #[must_use]
    pub const fn to(mut self, time: i64) -> Self {
        self.to = Some(time);
        self
    }

    /// Selects the traces that have a segment of this service. Accepts the name as the agent
    /// reports it, or as [`ServiceView::name`](crate::ServiceView::name) shows it.
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Selects the traces that have a segment of this instance. With [`service`](Self::service), it
    /// is an instance of that service.
    #[must_use]
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Some(name.into());
        self
    }

    /// Selects the traces with this endpoint: the operation name of an entry span, or of the first
    /// span of a segment. With [`service`](Self::service), it is an endpoint of that service.
    #[must_use]
    pub fn endpoint(mut self, name: impl Into<String>) -> Self {
        self.endpoint = Some(name.into());
        self
    }

    /// Selects the traces with a call of this node of the service map, by its
    /// [`id`](crate::Node::id). With [`target`](Self::target), it is a call to that node.
    #[must_use]
    pub fn source(mut self, id: impl Into<String>) -> Self {
        self.source = Some(id.into());
        self
    }

    /// Selects the traces with a call to this node of the service map, by its
    /// [`id`](crate::Node::id). With [`source`](Self::source), it is a call from that node.
    #[must_use]
    pub fn target(mut self, id: impl Into<String>) -> Self {
        self.target = Some(id.into());
        self
    }

    /// Selects the traces with this tag. Of a value, the first 256 characters are compared. Can be
    /// called repeatedly.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.push((key.into(), Some(value.into())));
        self
    }

    /// Selects the traces with a tag of this key. Can be called repeatedly.
    #[must_use]
    pub fn has_tag(mut self, key: impl Into<String>) -> Self {
        self.tags.push((key.into(), None));
        self
    }

    /// Selects the traces that contain the text, in any case: in the name of a service, an instance
    /// or an operation, in a peer, in the key or value of a tag, or in a log. Of each of these, the
    /// first 256 characters are searched. Stack traces are not searched.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Selects the traces that take this time or longer, in milliseconds.
    #[must_use]
    pub const fn min_duration(mut self, duration: u64) -> Self {
        self.min_duration = Some(duration);
        self
    }

    /// Selects the traces that take this time at most, in milliseconds.
    #[must_use]
    pub const fn max_duration(mut self, duration: u64) -> Self {
        self.max_duration = Some(duration);
        self
    }

    /// Selects the traces with a failed span, or those without one.
    #[must_use]
    pub const fn is_error(mut self, is_error: bool) -> Self {
        self.is_error = Some(is_error);
        self
    }

    /// Selects the traces with a protocol violation.
    #[must_use]
    pub const fn has_violations(mut self) -> Self {
        self.has_violations = true;
        self
    }

    /// Sets by what the list is sorted. The default is the start.
    #[must_use]
    pub const fn sort(mut self, sort: TraceSort) -> Self {
        self.sort = sort;
        self
    }

    /// Sets the direction of the list. The default is the latest or longest first.
    #[must_use]
    pub const fn order(mut self, order: SortOrder) -> Self {
        self.order = order;
        self
    }

    /// Sets the largest number of results. The default is 20, the maximum [`MAX_TRACES`].
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

impl Default for TraceQuery {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_is_read_as_it_is_written() {
        for (key, number) in [(0, 1), (-5, 7), (i64::MAX, u64::MAX)] {
            let cursor = Cursor { key, number };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", ".", "1", "1.", ".1", "1.-1", "+1.1", "1.1.1", "01.1", "1.x", "9e9.1"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
