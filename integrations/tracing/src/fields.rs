//! The fields of spans and events, formatted before any lock is taken: the `Debug` of a value can
//! trace, log or panic.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug};
use std::ops::Range;

use skywalking_runtime::movable::format_value;
use tracing::field::{Field, Visit};

/// The most bytes of text that a thread keeps for its next span or event.
const KEPT: usize = 16 * 1024;

/// The limit of a field that holds all headers of a request, in UTF-16 units. Of other fields the
/// runtime keeps what fits in a tag.
const HEADERS: usize = 16 * 1024;

thread_local! {
    /// The buffers of the last span or event of this thread.
    static BUFFERS: Cell<Buffers> = const { Cell::new(Buffers { text: String::new(), list: Vec::new() }) };
}

#[derive(Debug, Default)]
struct Buffers {
    text: String,
    list: Vec<(&'static str, Stored)>,
}

#[derive(Clone, Debug)]
enum Stored {
    Text(Range<usize>),
    Int(i64),
    Uint(u64),
    Bool(bool),
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Int(i64),
    Uint(u64),
    Bool(bool),
}

impl<'a> Value<'a> {
    /// Returns the text of a textual value.
    pub(crate) fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Int(number) => fmt::Display::fmt(number, f),
            Self::Uint(number) => fmt::Display::fmt(number, f),
            Self::Bool(value) => fmt::Display::fmt(value, f),
        }
    }
}

/// The fields of a span, a later record or an event, in their order. Its buffers return to the
/// thread.
#[derive(Debug)]
pub(crate) struct Fields {
    buffers: Buffers,
    most: usize,
    /// The name of the field that holds headers.
    headers: &'static str,
}

impl Fields {
    /// Visits at most this many fields.
    pub(crate) fn record(
        most: usize,
        headers: &'static str,
        visit: impl FnOnce(&mut dyn Visit),
    ) -> Self {
        // Without the buffers in the thread-local: a value can begin a span while it is formatted.
        let buffers = BUFFERS.try_with(Cell::take).unwrap_or_default();
        let mut fields = Self { buffers, most, headers };
        visit(&mut fields);
        fields
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, Value<'_>)> {
        let Buffers { text, list } = &self.buffers;
        list.iter().map(|(key, value)| {
            let value = match value {
                Stored::Text(range) => Value::Text(text.get(range.clone()).unwrap_or_default()),
                Stored::Int(number) => Value::Int(*number),
                Stored::Uint(number) => Value::Uint(*number),
                Stored::Bool(value) => Value::Bool(*value),
            };
            (*key, value)
        })
    }

    pub(crate) fn get(&self, key: &str) -> Option<Value<'_>> {
        self.iter().find_map(|(name, value)| (name == key).then_some(value))
    }

    fn add(&mut self, field: &Field, value: Stored) {
        self.buffers.list.push((field.name(), value));
    }

    /// Returns true if the field is left out.
    fn skips(&self, field: &Field) -> bool {
        // Where `tracing-log` keeps the origin of a record of `log`.
        self.buffers.list.len() >= self.most || field.name().starts_with("log.")
    }

    fn format(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        if self.skips(field) {
            return;
        }
        let limit = if field.name() == self.headers { HEADERS } else { 0 };
        let from = self.buffers.text.len();
        format_value(&mut self.buffers.text, value, limit);
        let range = from..self.buffers.text.len();
        self.add(field, Stored::Text(range));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.format(field, format_args!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.format(field, format_args!("{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.format(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.format(field, format_args!("{value}"));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.format(field, format_args!("{value}"));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.format(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if !self.skips(field) {
            self.add(field, Stored::Int(value));
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if !self.skips(field) {
            self.add(field, Stored::Uint(value));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if !self.skips(field) {
            self.add(field, Stored::Bool(value));
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        let Buffers { mut text, mut list } = std::mem::take(&mut self.buffers);
        if text.capacity() <= KEPT {
            text.clear();
            list.clear();
            let _ = BUFFERS.try_with(|kept| kept.set(Buffers { text, list }));
        }
    }
}
