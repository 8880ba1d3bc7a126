//! A log record in the queue: its texts in one buffer, and what it took from the thread.

use std::ops::Range;

use crate::queue::Entry;
use crate::reported::log_level::LogLevel;
use crate::segment::LogContext;

/// A log record that waits for the reporter.
#[derive(Debug)]
pub(crate) struct LogEntry {
    pub(crate) stamp: u64,
    pub(crate) level: LogLevel,
    pub(crate) is_json: bool,
    /// Whether a text was cut, or a tag left out.
    pub(crate) is_truncated: bool,
    pub(crate) context: Option<LogContext>,
    /// All texts.
    pub(crate) text: String,
    pub(crate) body: Range<usize>,
    pub(crate) logger: Range<usize>,
    pub(crate) thread: Range<usize>,
    /// The endpoint that the program gave.
    pub(crate) endpoint: Range<usize>,
    /// The keys and values.
    pub(crate) tags: Vec<(Range<usize>, Range<usize>)>,
}

impl LogEntry {
    /// Returns one of the texts.
    pub(crate) fn text_at(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

impl Entry for LogEntry {
    fn bytes(&self) -> usize {
        let context = self.context.as_ref().map_or(0, |context| {
            let span = context.span.as_ref().map_or(0, |(segment, _)| segment.len());
            context.trace_id.len() + span + context.endpoint.len()
        });
        let tags = self.tags.len() * size_of::<(Range<usize>, Range<usize>)>();
        size_of::<Self>() + self.text.len() + tags + context
    }
}
