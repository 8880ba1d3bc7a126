//! The fields of an event in one text, which the thread keeps for its next event.

use std::cell::Cell;
use std::fmt::{self, Debug};
use std::ops::Range;

use skywalking_runtime::movable::format_value;
use tracing::field::{Field, Visit};

use crate::meaning::is_header;

/// The most bytes of text that a thread keeps.
const KEPT: usize = 16 * 1024;

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
}

impl Log {
    /// Creates a log with at most this many fields of an event.
    pub(super) fn new(most: usize) -> Self {
        // Without the buffers in the thread-local: a value can log while it is formatted.
        let (text, fields) = BUFFERS.try_with(Cell::take).unwrap_or_default();
        Self { text, fields, most }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn fields(&self) -> &[(&'static str, Range<usize>)] {
        &self.fields
    }

    /// Adds a field that is not the event's.
    pub(super) fn add(&mut self, key: &'static str, value: &str) {
        let from = self.text.len();
        self.text.push_str(value);
        self.fields.push((key, from..self.text.len()));
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
        format_value(&mut self.text, value, 0);
        self.fields.push((name, from..self.text.len()));
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
