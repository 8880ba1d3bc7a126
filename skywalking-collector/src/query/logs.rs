//! Lists of logs.
//!
//! A list is made in steps, so that the store's lock is held only to look up a part of the logs.
//! They are compared with the query outside of it.

use std::ops::Bound;
use std::sync::Arc;

use crate::api::{Cursor, KeyValue, LogQuery, LogRecord, SortOrder};
use crate::naming;
use crate::store::{LogKey, LogTerm, Logs};
use crate::text::{Needle, head};

/// The longest body in a list over HTTP, in characters.
const MAX_BODY: usize = 2_000;
/// The longest key or value of a tag in a list over HTTP, in characters.
const MAX_TAG: usize = 256;
/// The largest number of tags in a list over HTTP.
const MAX_TAGS: usize = 32;

/// A query with what is computed once.
pub(crate) struct LogFilter<'a> {
    query: &'a LogQuery,
    service: Option<&'a str>,
    instance: Option<&'a str>,
    endpoint: Option<&'a str>,
    needle: Option<Needle>,
}

impl<'a> LogFilter<'a> {
    pub(crate) fn new(query: &'a LogQuery) -> Self {
        Self {
            query,
            service: query.service.as_deref().map(naming::display_name),
            instance: query.instance.as_deref().map(naming::truncated),
            endpoint: query.endpoint.as_deref().map(naming::endpoint_name),
            needle: query.text.as_deref().map(Needle::new),
        }
    }

    /// Returns the term of the query with the fewest logs.
    pub(crate) fn rarest(&self, logs: &Logs) -> Option<LogTerm> {
        let trace = self.query.trace.as_deref().map(|id| LogTerm::Trace(id.into()));
        let service = self.service.map(|service| LogTerm::Service(service.into()));
        let level = match self.query.levels.as_slice() {
            [level] => Some(LogTerm::Level(level.as_str().into())),
            _ => None,
        };
        [trace, service, level].into_iter().flatten().min_by_key(|term| logs.count(term))
    }

    /// Returns the keys of the query's time range.
    pub(crate) fn range(&self) -> (Bound<LogKey>, Bound<LogKey>) {
        let from = self.query.from.map_or(Bound::Unbounded, |from| Bound::Included((from, 0)));
        let to = self.query.to.map_or(Bound::Unbounded, |to| Bound::Excluded((to, 0)));
        (from, to)
    }

    /// Returns whether the query lists a log after the cursor.
    pub(crate) fn is_after(&self, key: LogKey) -> bool {
        self.query.cursor.is_none_or(|Cursor { key: time, number }| match self.query.order {
            SortOrder::Descending => key < (time, number),
            SortOrder::Ascending => key > (time, number),
        })
    }

    pub(crate) fn is_match(&self, log: &LogRecord) -> bool {
        let query = self.query;
        query.from.is_none_or(|from| log.time >= from)
            && query.to.is_none_or(|to| log.time < to)
            && self.service.is_none_or(|service| log.service == service)
            && self.instance.is_none_or(|instance| log.service_instance == instance)
            && self.endpoint.is_none_or(|endpoint| log.endpoint == endpoint)
            && query.trace.as_ref().is_none_or(|trace| log.trace_id == *trace)
            && (query.levels.is_empty()
                || query.levels.iter().any(|level| log.level.eq_ignore_ascii_case(level)))
            && self.needle.as_ref().is_none_or(|needle| contains(log, needle))
    }
}

fn contains(log: &LogRecord, needle: &Needle) -> bool {
    needle.is_in(&log.body) || log.tags.iter().any(|tag| needle.is_in(&tag.value))
}

/// How much of a log a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogDetail {
    /// Long bodies and tags are cut.
    Cut,
    Whole,
}

impl LogDetail {
    /// Returns the memory of a log in a list, in bytes.
    pub(crate) fn bytes(self, log: &LogRecord) -> usize {
        let (body, tags) = match self {
            Self::Whole => {
                let tags = log.tags.iter().map(|tag| tag.key.len() + tag.value.len() + 64);
                (log.body.len(), tags.sum())
            }
            Self::Cut => {
                let most = MAX_TAG * 4;
                let of_tag = |tag: &KeyValue| tag.key.len().min(most) + tag.value.len().min(most);
                let tags = log.tags.iter().take(MAX_TAGS).map(|tag| of_tag(tag) + 64);
                (log.body.len().min(MAX_BODY * 4), tags.sum::<usize>())
            }
        };
        let names = log.service.len() + log.service_instance.len() + log.endpoint.len();
        let ids = log.trace_id.len() + log.segment_id.len();
        size_of::<LogRecord>() + 256 + body + tags + names + ids
    }

    /// Returns a log as the list has it.
    pub(crate) fn view(self, log: &Arc<LogRecord>) -> LogRecord {
        if self == Self::Whole {
            return LogRecord::clone(log);
        }
        let body = head(&log.body, MAX_BODY);
        let cut = |text: &str| head(text, MAX_TAG).to_owned();
        let tags: Vec<_> = log
            .tags
            .iter()
            .take(MAX_TAGS)
            .map(|tag| KeyValue { key: cut(&tag.key), value: cut(&tag.value) })
            .collect();
        let is_cut = body.len() < log.body.len() || tags != log.tags;
        LogRecord {
            number: log.number,
            time: log.time,
            service: log.service.clone(),
            service_instance: log.service_instance.clone(),
            endpoint: log.endpoint.clone(),
            layer: log.layer.clone(),
            level: log.level.clone(),
            format: log.format,
            body: body.to_owned(),
            is_cut,
            trace_id: log.trace_id.clone(),
            segment_id: log.segment_id.clone(),
            span_id: log.span_id,
            tags,
        }
    }
}
