//! The self time, tags and logs of a span, below its line.

use std::fmt::Write as _;

use super::super::columns::{count, duration, wrap};
use super::super::style::{Color, Style};
use crate::api::{KeyValue, LogView, SpanView};

/// The largest number of tags and of logs that are shown for a span. Further ones are counted.
const MAX_ITEMS: usize = 50;
/// The largest number of lines of a value, such as a stack.
const MAX_LINES: usize = 20;
/// The indent below the line of the span.
const INDENT: usize = 4;

/// Appends the details of a span whose line has this indent. The self time is in milliseconds.
pub(super) fn push(
    text: &mut String,
    span: &SpanView,
    self_time: u64,
    indent: usize,
    style: Style,
) {
    let mut lines = Lines { text, indent: indent + INDENT, style };
    if self_time < span.duration() {
        lines.push(&format!("self: {}", duration(self_time)), Color::Dim);
    }
    for tag in span.tags.iter().take(MAX_ITEMS) {
        lines.push(&format!("{}: {}", tag.key, tag.value), Color::Dim);
    }
    lines.push_rest(span.tags.len(), "more tag");
    for log in span.logs.iter().take(MAX_ITEMS) {
        lines.push_log(log, span.start_time);
    }
    lines.push_rest(span.logs.len(), "more log");
}

/// The text and how its lines are shown.
struct Lines<'a> {
    text: &'a mut String,
    indent: usize,
    style: Style,
}

impl Lines<'_> {
    /// Appends the fields of a log on lines of their own, so that a stack doesn't hide the others.
    fn push_log(&mut self, log: &LogView, start: i64) {
        let since = u64::try_from(log.time.saturating_sub(start)).unwrap_or(0);
        let is_error = |pair: &KeyValue| pair.key == "event" && pair.value == "error";
        let color = if log.data.iter().any(is_error) { Color::Red } else { Color::Dim };
        self.push(&format!("log after {}", duration(since)), color);
        self.indent += 2;
        for field in log.data.iter().take(MAX_ITEMS) {
            self.push(&format!("{}: {}", field.key, field.value), color);
        }
        self.push_rest(log.data.len(), "more field");
        self.indent -= 2;
    }

    fn push_rest(&mut self, number: usize, noun: &str) {
        if let more @ 1.. = number.saturating_sub(MAX_ITEMS) {
            self.push(&format!("… and {}", count(more, noun)), Color::Dim);
        }
    }

    /// Appends a text in lines of the width. A line of the text becomes at most six.
    fn push(&mut self, text: &str, color: Color) {
        let width = self.style.width().saturating_sub(self.indent + 2);
        let mut lines = text.lines();
        let shown =
            lines.by_ref().take(MAX_LINES).flat_map(|line| wrap(&line.replace('\t', " "), width));
        let parts: Vec<_> = shown.collect();
        let rest = lines.count();
        let rest = (rest > 0).then(|| format!("… and {}", count(rest, "more line")));
        for (at, part) in parts.into_iter().chain(rest).enumerate() {
            let mark = if at == 0 { "· " } else { "  " };
            let line = self.style.paint(color, &format!("{mark}{part}"));
            // Writing to a `String` can't fail.
            let _ = writeln!(self.text, "{}{line}", " ".repeat(self.indent));
        }
    }
}
