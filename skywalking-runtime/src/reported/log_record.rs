//! A log record that the program reports.

use std::fmt::{self, Display, Write as _};
use std::ops::Range;

use crate::context::current_segment;
use crate::reported::log_entry::LogEntry;
use crate::reported::log_level::LogLevel;
use crate::reported::queues;
use crate::segment::{LogContext, Segment};
use crate::span::tag::{Raw, TagValue};
use crate::sys::is_own_thread;
use crate::util::clock;
use crate::util::text::{self, LOG_LIMIT, NAME_LIMIT, TAG_LIMIT};

/// The most tags of a record, without those of its own.
const MOST_TAGS: usize = 100;

/// A log record for the backend's Log tab. [`report`](Self::report) sends it with the ids of the
/// current span and its endpoint, the time and the name of the thread.
///
/// A record is queued and sent in the background. The queue has a limit of its own
/// ([`Config::max_log_queue_bytes`](crate::Config::max_log_queue_bytes)), so logs never displace
/// segments. [`Stats::logs`](crate::stats::Stats::logs) counts the records. Without an agent, and on
/// the agent's own threads, a record does nothing.
///
/// The body is cut at 1 000 000 UTF-16 units, a tag's value at 2048. A record has at most 100 tags.
/// A record that was cut has the tag `truncated=true`, and its JSON is sent as text. Of two tags
/// with one key the later one is kept. Redaction sees the body as
/// [`Field::Body`](crate::redact::Field::Body) and each tag.
///
/// The trace id of a span can change until its segment has sent or received a header. A request that
/// is not sampled has a trace id, and no segment and endpoint.
///
/// ```
/// use skywalking_runtime::{LogLevel, LogRecord, entry_span};
///
/// #[entry_span(name = "/orders")]
/// fn order(id: u64) {
///     LogRecord::new(LogLevel::Info, "an order came").tag("order.id", id).report();
/// }
///
/// order(7);
/// ```
#[derive(Debug)]
#[must_use = "a record is sent by `report`"]
pub struct LogRecord {
    /// `None` if it is not going to be reported.
    entry: Option<Box<LogEntry>>,
    /// True if the entry does not take the context of the current span.
    has_context: bool,
}

impl LogRecord {
    /// Creates a record with a text.
    pub fn new(level: LogLevel, text: impl AsRef<str>) -> Self {
        Self::begin(level, false, |entry| {
            let range = entry.store(text.as_ref(), LOG_LIMIT);
            entry.body = range;
        })
    }

    /// Creates a record with a text that is formatted, only if it is reported. A panic of a value's
    /// code is caught.
    ///
    /// ```
    /// use skywalking_runtime::{LogLevel, LogRecord};
    ///
    /// LogRecord::format(LogLevel::Warn, format_args!("{} orders wait", 3)).report();
    /// ```
    pub fn format(level: LogLevel, text: fmt::Arguments<'_>) -> Self {
        Self::begin(level, false, |entry| {
            // Outside of the entry: the values' code may report other records.
            let mut body = String::new();
            text::format_into(&mut body, text, LOG_LIMIT + 1);
            entry.body = entry.store(&body, LOG_LIMIT);
        })
    }

    /// Creates a record whose body is JSON. It is not checked.
    pub fn json(level: LogLevel, json: impl AsRef<str>) -> Self {
        Self::begin(level, true, |entry| {
            entry.body = entry.store(json.as_ref(), LOG_LIMIT);
            entry.is_json = !entry.is_truncated;
        })
    }

    fn begin(level: LogLevel, is_json: bool, fill: impl FnOnce(&mut LogEntry)) -> Self {
        if !is_reported() {
            return Self { entry: None, has_context: false };
        }
        let mut entry = LogEntry {
            stamp: 0,
            level,
            is_json,
            is_truncated: false,
            context: None,
            text: String::new(),
            body: 0..0,
            logger: 0..0,
            thread: 0..0,
            endpoint: 0..0,
            tags: Vec::new(),
        };
        fill(&mut entry);
        Self { entry: Some(Box::new(entry)), has_context: false }
    }

    fn with(mut self, change: impl FnOnce(&mut LogEntry)) -> Self {
        if let Some(entry) = &mut self.entry {
            change(entry);
        }
        self
    }

    /// Sets the tag `logger`, cut at 150 UTF-16 units.
    pub fn logger(self, name: impl AsRef<str>) -> Self {
        self.with(|entry| entry.logger = entry.store(name.as_ref(), NAME_LIMIT))
    }

    /// Sets the endpoint, cut at 150 UTF-16 units. Default: that of the current span's segment, which
    /// is the name of its first Entry span or its root.
    pub fn endpoint(self, name: impl AsRef<str>) -> Self {
        self.with(|entry| entry.endpoint = entry.store(name.as_ref(), NAME_LIMIT))
    }

    /// Adds a tag: text, an integer or a bool. The key is cut at 150 UTF-16 units.
    pub fn tag(self, key: impl AsRef<str>, value: impl TagValue) -> Self {
        self.with(|entry| {
            let raw = value.raw();
            entry.tag(key.as_ref(), |entry| match raw {
                Raw::Text(text) => entry.store(text, TAG_LIMIT),
                Raw::Int(number) => entry.write(number),
                Raw::Uint(number) => entry.write(number),
                Raw::Bool(value) => entry.write(value),
            });
        })
    }

    /// Adds a tag of any type that implements [`Display`]. A panic of its code is caught.
    pub fn tag_display(self, key: impl AsRef<str>, value: impl Display) -> Self {
        self.with(|entry| {
            let mut shown = String::new();
            text::format_into(&mut shown, format_args!("{value}"), TAG_LIMIT + 1);
            entry.tag(key.as_ref(), |entry| entry.store(&shown, TAG_LIMIT));
        })
    }

    /// Reports the record without the context of the current span. For bridges from other tracing
    /// libraries.
    #[doc(hidden)]
    pub fn without_context(self) -> Self {
        self.in_context(|| None)
    }

    /// Sets the context, if the record is going to be reported.
    pub(crate) fn in_context(self, context: impl FnOnce() -> Option<LogContext>) -> Self {
        let placed = self.with(|entry| entry.context = context());
        Self { has_context: true, ..placed }
    }

    /// Queues the record for the reporter.
    pub fn report(self) {
        if let Some(entry) = self.into_entry() {
            queues::push(queues::logs(), entry);
        }
    }

    /// Returns the record with its context, else that of this thread, if it is going to be reported.
    pub(crate) fn into_entry(self) -> Option<LogEntry> {
        let mut entry = self.entry?;
        entry.stamp = clock::now();
        if !self.has_context {
            entry.context = current_segment::with(Segment::log_context);
        }
        let from = entry.text.len();
        with_thread_name(|name| entry.text.push_str(text::cut(name, NAME_LIMIT)));
        entry.thread = from..entry.text.len();
        Some(*entry)
    }
}

impl LogEntry {
    /// Appends a text, cut at `limit`.
    fn store(&mut self, text: &str, limit: usize) -> Range<usize> {
        let from = self.text.len();
        let fits = text::cut(text, limit);
        self.is_truncated |= fits.len() < text.len();
        self.text.push_str(fits);
        from..self.text.len()
    }

    /// Appends a number or a bool.
    fn write(&mut self, value: impl Display) -> Range<usize> {
        let from = self.text.len();
        // Writing to a string can't fail.
        let _ = write!(self.text, "{value}");
        from..self.text.len()
    }

    fn tag(&mut self, key: &str, value: impl FnOnce(&mut Self) -> Range<usize>) {
        if self.tags.len() >= MOST_TAGS {
            self.is_truncated = true;
            return;
        }
        let key = self.store(key, NAME_LIMIT);
        let value = value(self);
        self.tags.push((key, value));
    }
}

/// Returns true if a record that is made on this thread is going to be reported.
pub(crate) fn is_reported() -> bool {
    queues::logs().is_open() && !is_own_thread()
}

/// Calls `work` with the name of this thread, if it has one.
fn with_thread_name(work: impl FnOnce(&str)) {
    thread_local! {
        static NAME: Option<Box<str>> = std::thread::current().name().map(Into::into);
    }
    // Fails while the thread ends.
    let _ = NAME.try_with(|name| {
        if let Some(name) = name {
            work(name);
        }
    });
}
