//! Builds the skeleton of a trace from its stored segments.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use skywalking_proto::components;

use super::notes;
use super::rows::{OtherTraceRef, Row, rows};
use super::timing::{TimedRow, between, critical_parts, self_times};
use crate::api::{Columns, ParentLink, RowViolation, Skeleton};
use crate::store::{StoredSegment, reason};
use crate::{enums, naming};

/// The largest number of violations that are listed.
const MAX_VIOLATIONS: usize = 500;

/// The bits of the column `flags`.
pub(super) mod flags {
    pub(in crate::query) const ERROR: u16 = 1;
    pub(in crate::query) const SKIP_ANALYSIS: u16 = 2;
    /// The parent is in another thread.
    pub(in crate::query) const OVER_THREAD: u16 = 4;
    /// The parent is in another process.
    pub(in crate::query) const OVER_PROCESS: u16 = 8;
    pub(in crate::query) const SEVERAL_REFS: u16 = 16;
    pub(in crate::query) const LOGS: u16 = 32;
    pub(in crate::query) const VIOLATION: u16 = 64;
    /// A statement of a database or a command of a cache.
    pub(in crate::query) const STATEMENT: u16 = 128;
    pub(in crate::query) const CONTINUATION: u16 = 256;
    pub(in crate::query) const NEGATIVE_DURATION: u16 = 512;
}

/// Returns the skeleton of the trace that these segments form. `others` refer to its spans.
pub(crate) fn skeleton(
    trace_id: &str,
    segments: &[Arc<StoredSegment>],
    others: &[OtherTraceRef],
) -> Skeleton {
    let rows = rows(segments);
    let times = TimedRow::of(&rows);
    let start = rows.iter().map(|row| row.span.start_time).min().unwrap_or(0);
    let mut texts = Texts::default();
    let mut columns = Columns::default();
    let mut colors = Vec::new();
    for row in &rows {
        push(&mut columns, &mut texts, row, start);
        if colors.len() < texts.services.list.len() {
            colors.push(row.segment.color);
        }
    }
    columns.self_time = self_times(&times);
    Skeleton {
        trace_id: trace_id.to_owned(),
        start,
        end: times.iter().map(|row| row.end).max().unwrap_or(start),
        spans: rows.len(),
        services: texts.services.list,
        colors,
        instances: texts.instances.list,
        names: texts.names.list,
        peers: texts.peers.list,
        components: texts.components.list,
        reasons: texts.reasons.list,
        segments: segments.iter().map(|one| one.object.trace_segment_id.clone()).collect(),
        columns,
        critical: critical_parts(&times, start),
        notes: notes::notes(segments, &rows, others),
        violations: violations(segments, &rows),
    }
}

/// Appends a row to all columns but the self time.
fn push<'a>(columns: &mut Columns, texts: &mut Texts<'a>, row: &Row<'a>, start: i64) {
    let (segment, span) = (&row.segment.object, row.span);
    columns.segment.push(index(row.segment_index));
    columns.span_id.push(span.span_id);
    columns.parent.push(row.parent.map_or(-1, index));
    columns.depth.push(index(row.depth));
    columns.link.push(match row.link {
        ParentLink::Root => 0,
        ParentLink::Child => 1,
        ParentLink::Ref => 2,
        ParentLink::ParentMissing => 3,
        ParentLink::Cycle => 4,
    });
    columns.service.push(texts.services.index(naming::display_name(&segment.service)));
    columns.instance.push(texts.instances.index(naming::display_name(&segment.service_instance)));
    columns.name.push(texts.names.index(span.operation_name.as_str()));
    columns.peer.push(texts.peers.optional((!span.peer.is_empty()).then_some(&*span.peer)));
    columns.component.push(texts.components.optional(component(span.component_id)));
    columns.span_type.push(match span.span_type {
        known @ (enums::ENTRY | enums::EXIT) => known,
        _ => enums::LOCAL,
    });
    columns.layer.push(if (0..=7).contains(&span.span_layer) { span.span_layer } else { 0 });
    columns.start.push(between(start, span.start_time));
    columns.duration.push(between(span.start_time, span.end_time));
    columns.flags.push(flags_of(row));
    columns.reason.push(texts.reasons.optional(reason(span)));
}

/// Returns the name of a component, or `None` for number 0 and for numbers that are not registered.
pub(super) fn component(id: i32) -> Option<&'static str> {
    components::find(id).filter(|_| id != components::UNKNOWN).map(|component| component.name)
}

fn flags_of(row: &Row<'_>) -> u16 {
    let span = row.span;
    let joined = row.link == ParentLink::Ref;
    let thread = row.is_cross_thread();
    let is_statement = |key: &str| matches!(key, "db.statement" | "cache.cmd");
    [
        (span.is_error, flags::ERROR),
        (span.skip_analysis, flags::SKIP_ANALYSIS),
        (joined && thread, flags::OVER_THREAD),
        (joined && !thread, flags::OVER_PROCESS),
        (span.refs.len() > 1, flags::SEVERAL_REFS),
        (!span.logs.is_empty(), flags::LOGS),
        (row.has_violation(), flags::VIOLATION),
        (span.tags.iter().any(|tag| is_statement(&tag.key)), flags::STATEMENT),
        (row.is_continuation(), flags::CONTINUATION),
        (span.end_time < span.start_time, flags::NEGATIVE_DURATION),
    ]
    .into_iter()
    .filter_map(|(is_set, flag)| is_set.then_some(flag))
    .fold(0, |flags, flag| flags | flag)
}

fn violations(segments: &[Arc<StoredSegment>], rows: &[Row<'_>]) -> Vec<RowViolation> {
    let mut by_span = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if !row.segment.violations.is_empty() {
            by_span.entry((row.segment_index, row.span.span_id)).or_insert(at);
        }
    }
    segments
        .iter()
        .enumerate()
        .flat_map(|(at, segment)| segment.violations.iter().map(move |one| (at, one)))
        .take(MAX_VIOLATIONS)
        .map(|(at, violation)| RowViolation {
            row: violation.span_id.and_then(|span| by_span.get(&(at, span)).copied()),
            rule: violation.rule.name(),
            text: violation.to_string(),
        })
        .collect()
}

/// Converts an index. A trace with more spans than `i32::MAX` doesn't fit into the memory.
fn index(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(-1)
}

/// The lists of texts that the columns index.
#[derive(Default)]
struct Texts<'a> {
    services: List<'a>,
    instances: List<'a>,
    names: List<'a>,
    peers: List<'a>,
    components: List<'a>,
    reasons: List<'a>,
}

/// Distinct texts, in the order of their first use.
#[derive(Default)]
struct List<'a> {
    indexes: HashMap<Cow<'a, str>, i32>,
    list: Vec<String>,
}

impl<'a> List<'a> {
    fn index(&mut self, text: impl Into<Cow<'a, str>>) -> i32 {
        let text = text.into();
        let next = index(self.list.len());
        let at = *self.indexes.entry(text.clone()).or_insert(next);
        if at == next {
            self.list.push(text.into_owned());
        }
        at
    }

    fn optional(&mut self, text: Option<impl Into<Cow<'a, str>>>) -> i32 {
        text.map_or(-1, |text| self.index(text))
    }
}

#[cfg(test)]
mod tests;
