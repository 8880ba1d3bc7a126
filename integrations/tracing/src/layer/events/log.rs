//! The fields of an event in one text, which the thread keeps for its next event.

use std::cell::Cell;
use std::fmt::{self, Debug};
use std::ops::Range;

use skywalking_runtime::movable::format_value;
use skywalking_runtime::{LogLevel, LogRecord};
use tracing::Level;
use tracing::field::{Field, Visit};

use crate::meaning::is_header;

/// The most bytes of text that a thread keeps.
const KEPT: usize = 16 * 1024;

/// The limits of a reported body and of its tags, in UTF-16 units. Each is one more than the runtime
/// keeps, so that the runtime marks a log that is cut.
const BODY: usize = 1_000_001;
const TAG: usize = 2049;

type Ranges = Vec<(&'static str, Range<usize>)>;

thread_local! {
    static BUFFERS: Cell<(String, Ranges)> = const { Cell::new((String::new(), Vec::new())) };
}

/// A log, with its fields as ranges of one text.
#[derive(Debug)]
pub(super) struct Log {
    text: String,
    fields: Ranges,
    most: usize,
    is_reported: bool,
    /// The number of fields that are not the event's.
    added: usize,
}

impl Log {
    /// Creates a log with at most this many fields of an event.
    pub(super) fn new(most: usize, is_reported: bool) -> Self {
        // Without the buffers in the thread-local: a value can log while it is formatted.
        let (text, fields) = BUFFERS.try_with(Cell::take).unwrap_or_default();
        Self { text, fields, most, is_reported, added: 0 }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn fields(&self) -> &[(&'static str, Range<usize>)] {
        &self.fields
    }

    /// Adds a field that is not the event's, before those of the event.
    pub(super) fn add(&mut self, key: &'static str, value: &str) {
        let from = self.text.len();
        self.text.push_str(value);
        self.fields.push((key, from..self.text.len()));
        self.added += 1;
    }

    /// Returns a log record with the fields of the event.
    pub(super) fn reported(&self, level: Level, target: &str) -> LogRecord {
        let fields = self
            .fields
            .iter()
            .skip(self.added)
            .map(|(key, range)| (*key, self.text.get(range.clone()).unwrap_or_default()));
        let is_body = |key: &str| key == "message";
        let body = fields.clone().find(|(key, _)| is_body(key)).map_or("", |(_, body)| body);
        let record = LogRecord::new(log_level(level), body).logger(target);
        fields
            .filter(|(key, _)| !is_body(key))
            .fold(record, |record, (key, value)| record.tag(key, value))
    }

    /// Makes the error the message of an event without one, as `#[instrument(err)]` records them.
    pub(super) fn name_message(&mut self) {
        if self.fields.iter().all(|(key, _)| *key != "message")
            && let Some((key, _)) =
                self.fields.iter_mut().find(|(key, _)| matches!(*key, "error" | "err"))
        {
            *key = "message";
        }
    }

    fn format(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let name = field.name();
        // `log.`: where `tracing-log` keeps the origin of a record of `log`.
        if self.most == 0 || name.starts_with("log.") || is_header(name) {
            return;
        }
        self.most -= 1;
        let from = self.text.len();
        let limit = match name {
            _ if !self.is_reported => 0,
            "message" | "error" | "err" => BODY,
            _ => TAG,
        };
        format_value(&mut self.text, value, limit);
        self.fields.push((name, from..self.text.len()));
    }
}

fn log_level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.format(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.format(field, format_args!("{value}"));
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if self.text.capacity() <= KEPT {
            self.text.clear();
            self.fields.clear();
            let kept = (std::mem::take(&mut self.text), std::mem::take(&mut self.fields));
            let _ = BUFFERS.try_with(|buffers| buffers.set(kept));
        }
    }
}
