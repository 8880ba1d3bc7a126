//! A trace as a tree, with one line for each span, in 100 columns or the width of the terminal:
//!
//! ```text
//! Entry /API/Snapshot                              RTS_Test             12 ms [================]
//!   Exit /Service/OnSnapshot -> RTS_Server         RTS_Test             10 ms [ ============== ]
//! ```
//!
//! With details, the tags and logs of a span follow its line (`details`).
//!
//! A `!` marks a span with a protocol violation. The violations are listed below the tree.

mod critical;
mod details;

use std::collections::HashSet;
use std::fmt::Write as _;

use super::columns::{count, duration, fit, pad, wrap};
use super::style::{Color, Style};
use crate::api::{ParentLink, SpanView, TraceView, TreeNode};
use crate::query::self_times_of;
use critical::Critical;

/// Columns of a duration.
const DURATION: usize = 9;
/// The mark of a span with `skipAnalysis`.
const SKIPPED: char = '~';
/// The largest number of violations that are shown. Further ones are counted.
const MAX_VIOLATIONS: usize = 10;
/// The largest indent. Deeper spans show their depth as a number.
const MAX_INDENT: usize = 12;

/// The columns whose number depends on the width.
struct Columns {
    label: usize,
    service: usize,
    bar: usize,
}

impl Columns {
    fn new(width: usize) -> Self {
        /// The spaces between the columns, the brackets, and the word for an error.
        const REST: usize = DURATION + 3 + 2 + 6;
        let bar = (width / 6).min(60);
        let service = (width * 16 / 100).min(32);
        Self { label: width.saturating_sub(bar + service + REST), service, bar }
    }
}

/// Returns the trace as a tree of spans. Each line has the service, the duration, a bar for the
/// time within the trace, and `ERROR` if the span failed. Ends with a newline.
pub fn tree(trace: &TraceView, style: Style) -> String {
    tree_with_limit(trace, style, usize::MAX)
}

/// Like [`tree`], with at most `max_spans` spans and a line that counts the others.
pub fn tree_with_limit(trace: &TraceView, style: Style, max_spans: usize) -> String {
    render(trace, style, max_spans, &Critical::default(), |_, _, _| {})
}

/// Like [`tree`], with the critical path: `#` in the bars, and the share of each service.
pub fn tree_with_critical_path(trace: &TraceView, style: Style) -> String {
    render(trace, style, usize::MAX, &Critical::of(trace), |_, _, _| {})
}

/// Like [`tree_with_limit`], with the critical path as in [`tree_with_critical_path`], and with self
/// time, tags, statements and logs of each span below its line.
pub fn tree_with_details(trace: &TraceView, style: Style, max_spans: usize) -> String {
    let self_times = self_times_of(trace, &trace.tree());
    render(trace, style, max_spans, &Critical::of(trace), |text, row, node| {
        let self_time = self_times.get(row).copied().unwrap_or(0);
        let indent = 2 * node.depth.min(MAX_INDENT);
        details::push(text, &trace.spans[node.span], self_time, indent, style);
    })
}

fn render(
    trace: &TraceView,
    style: Style,
    max_spans: usize,
    critical: &Critical,
    push_details: impl Fn(&mut String, usize, &TreeNode),
) -> String {
    let columns = Columns::new(style.width());
    let start = trace.spans.iter().map(|span| span.start_time).min().unwrap_or(0);
    let end = trace.spans.iter().map(|span| span.end_time).max().unwrap_or(start);
    let scale = Scale {
        start,
        length: u64::try_from(end.saturating_sub(start)).unwrap_or(0),
        width: columns.bar,
    };

    let mut text = heading(trace, &scale, style);
    let mut nodes = trace.tree();
    let omitted = nodes.split_off(nodes.len().min(max_spans));
    let violating: HashSet<_> = trace
        .violations
        .iter()
        .map(|violation| (violation.segment_id.as_str(), violation.span_id))
        .collect();
    for (row, node) in nodes.iter().enumerate() {
        let span = &trace.spans[node.span];
        let violates = violating.contains(&(span.segment_id.as_str(), Some(span.span_id)));
        let label = pad(&label(span, node.depth, node.link, violates), columns.label);
        let service = style.paint(Color::Cyan, &pad(&span.service, columns.service));
        let took = duration(span.duration());
        let bar = critical.mark(row, scale.bar(span), &scale);
        let bar = format!("[{bar}]");
        let (bar, error) = if span.is_error {
            (style.paint(Color::Red, &bar), format!(" {}", style.paint(Color::Red, "ERROR")))
        } else {
            (bar, String::new())
        };
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{label} {service} {took:>DURATION$} {bar}{error}");
        push_details(&mut text, row, node);
    }
    if !omitted.is_empty() {
        let errors = omitted.iter().filter(|node| trace.spans[node.span].is_error).count();
        let errors =
            if errors > 0 { format!(", {}", count(errors, "error")) } else { String::new() };
        let line = format!(
            "… and {}{errors}: see /api/traces/{{traceId}}",
            count(omitted.len(), "more span")
        );
        let _ = writeln!(text, "{}", style.paint(Color::Dim, &line));
    }
    if nodes.iter().any(|node| trace.spans[node.span].skip_analysis) {
        let meaning = format!("{SKIPPED} skipAnalysis: excluded from metrics and from the map");
        let _ = writeln!(text, "{}", style.paint(Color::Dim, &meaning));
    }
    for (link, mark, meaning) in [
        (
            ParentLink::ParentMissing,
            '?',
            "parent not stored: it has not arrived, was lost, or belongs to another trace",
        ),
        (ParentLink::Cycle, '@', "the span is its own ancestor"),
    ] {
        if nodes.iter().any(|node| node.link == link) {
            let _ = writeln!(text, "{}", style.paint(Color::Dim, &format!("{mark} {meaning}")));
        }
    }
    critical.push(&mut text, style);
    push_left_out(&mut text, trace, style);
    push_violations(&mut text, trace, style);
    text
}

/// Writes what agents left out. The Rust agent counts it in the tag `left_out` of a segment's first
/// span.
fn push_left_out(text: &mut String, trace: &TraceView, style: Style) {
    let mut lines = trace.spans.iter().filter(|span| span.span_id == 0).filter_map(|span| {
        let tag = span.tags.iter().find(|tag| tag.key == "left_out")?;
        Some(format!("… {} left out {} below {}", span.service, tag.value, span.operation_name))
    });
    for line in lines.by_ref().take(MAX_VIOLATIONS) {
        let _ = writeln!(text, "{}", style.paint(Color::Dim, &fit(&line, style.width())));
    }
    if let more @ 1.. = lines.count() {
        let _ = writeln!(
            text,
            "{}",
            style.paint(Color::Dim, &format!("… and {}", count(more, "more segment")))
        );
    }
}

/// Writes the violations.
fn push_violations(text: &mut String, trace: &TraceView, style: Style) {
    for violation in trace.violations.iter().take(MAX_VIOLATIONS) {
        for (at, line) in wrap(&violation.text, style.width() - 2).enumerate() {
            let mark = if at == 0 { '!' } else { ' ' };
            let _ = writeln!(text, "{}", style.paint(Color::Red, &format!("{mark} {line}")));
        }
    }
    if let more @ 1.. = trace.violations.len().saturating_sub(MAX_VIOLATIONS) {
        let _ = writeln!(
            text,
            "{}",
            style.paint(Color::Red, &format!("! and {more} more: see /api/violations"))
        );
    }
}

fn heading(trace: &TraceView, scale: &Scale, style: Style) -> String {
    let mut services: Vec<_> = trace.spans.iter().map(|span| span.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    let errors = trace.spans.iter().filter(|span| span.is_error).count();
    let mut facts = vec![
        count(trace.spans.len(), "span"),
        count(services.len(), "service"),
        duration(scale.length),
    ];
    if errors > 0 {
        facts.push(count(errors, "error"));
    }
    let id = style.paint(Color::Bold, &fit(&trace.trace_id, 150));
    if let violations @ 1.. = trace.violations.len() {
        facts.push(count(violations, "violation"));
    }
    format!("trace {id}\n{}\n", style.paint(Color::Dim, &facts.join(", ")))
}

fn label(span: &SpanView, depth: usize, link: ParentLink, violates: bool) -> String {
    let mut label = "  ".repeat(depth.min(MAX_INDENT));
    if depth > MAX_INDENT {
        let _ = write!(label, "({depth}) ");
    }
    match link {
        ParentLink::ParentMissing => label.push_str("? "),
        ParentLink::Cycle => label.push_str("@ "),
        ParentLink::Root | ParentLink::Child | ParentLink::Ref => {}
    }
    if violates {
        label.push_str("! ");
    }
    if span.skip_analysis {
        label.push(SKIPPED);
        label.push(' ');
    }
    let _ = write!(label, "{} {}", span.span_type, span.operation_name);
    if !span.peer.is_empty() {
        let _ = write!(label, " -> {}", span.peer);
    }
    label
}

/// The time range of the trace, and the columns of a bar.
struct Scale {
    start: i64,
    length: u64,
    width: usize,
}

impl Scale {
    /// Returns the first column of a time and the one after the last, at least one column. The ends
    /// are in milliseconds after the start.
    fn columns(&self, from: u64, to: u64) -> (usize, usize) {
        let column = |since: u64, round: u128| {
            let since = u128::from(since.min(self.length));
            let length = u128::from(self.length.max(1));
            usize::try_from((since * self.width as u128 + round * (length - 1)) / length)
                .unwrap_or(self.width)
                .min(self.width)
        };
        let first = column(from, 0).min(self.width - 1);
        (first, if self.length == 0 { self.width } else { column(to, 1).max(first + 1) })
    }

    /// Returns the bar of a span. It has at least one mark and stays within its width, whatever the
    /// times are.
    fn bar(&self, span: &SpanView) -> String {
        let since = |time: i64| u64::try_from(time.saturating_sub(self.start)).unwrap_or(0);
        let (from, to) = self.columns(since(span.start_time), since(span.end_time));
        format!("{}{}{}", " ".repeat(from), "=".repeat(to - from), " ".repeat(self.width - to))
    }
}

#[cfg(test)]
mod tests;
