//! What helps to search: a histogram of traces, the tags, and names.

use serde::Serialize;

use super::summary::TraceSummary;

/// When traces started, and how long they took. Returned by
/// [`Collector::histogram`](crate::Collector::histogram).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Histogram {
    /// The start of the first bucket, in epoch milliseconds. 0 if there are no buckets.
    pub from: i64,
    /// The end of the range, in epoch milliseconds. The last bucket can end later.
    pub to: i64,
    /// The length of a bucket in milliseconds.
    pub width: u64,
    /// The buckets by time. Empty if the query has no range and matches no trace.
    pub buckets: Vec<Bucket>,
}

/// The traces that start in one part of the range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bucket {
    /// The number of traces.
    pub count: usize,
    /// The number of traces with a failed span.
    pub errors: usize,
    /// The median of the durations, in milliseconds. `None` without traces.
    pub p50: Option<u64>,
    /// The 95th percentile of the durations, in milliseconds. `None` without traces.
    pub p95: Option<u64>,
    /// The longest duration, in milliseconds. `None` without traces.
    pub max: Option<u64>,
}

/// A key of tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TagKey {
    /// The key, cut to 256 characters.
    pub key: String,
    /// The number of stored traces with a tag of this key.
    pub traces: usize,
}

/// A value of the tags with one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TagValue {
    /// The value, cut to 256 characters.
    pub value: String,
    /// The number of stored traces with this tag.
    pub traces: usize,
}

/// What has a text in its name. Returned by [`Collector::find`](crate::Collector::find).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The traces whose id starts with the text, the latest first.
    pub traces: Vec<TraceSummary>,
    /// The displayed names of the services that contain the text, those of most traces first.
    pub services: Vec<String>,
    /// The endpoints that contain the text, those of most traces first.
    pub endpoints: Vec<FoundEndpoint>,
}

/// An endpoint of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FoundEndpoint {
    /// The displayed name of the service.
    pub service: String,
    /// The operation name, cut to 256 characters.
    pub endpoint: String,
}
