//! Sentences about the parts of a trace that are missing, split or contradictory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use skywalking_proto::v3::SegmentReference;

use super::rows::{OtherTraceRef, Row};
use super::timing::between;
use crate::api::{Note, NoteKind, ParentLink};
use crate::naming;
use crate::store::StoredSegment;
use crate::text::{quoted, shorten};

/// The largest number of notes of a kind. Further ones are counted in one more note.
const MAX_NOTES: usize = 100;
/// The longest value of the tag `left_out` that is shown, in characters.
const MAX_LEFT_OUT: usize = 200;

/// Returns the notes of a trace, by row.
pub(super) fn notes(
    segments: &[Arc<StoredSegment>],
    rows: &[Row<'_>],
    others: &[OtherTraceRef],
) -> Vec<Note> {
    let mut notes = Notes::default();
    let mut referrers: HashMap<(usize, i32), Vec<&StoredSegment>> = HashMap::new();
    for (span, other) in others {
        referrers.entry(*span).or_default().push(other);
    }
    // Segments whose tag `left_out` explains what is missing.
    let mut counted = HashSet::new();
    let mut skewed = HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        match row.link {
            ParentLink::ParentMissing => note_missing_parent(&mut notes, at, row),
            ParentLink::Cycle => notes.add(Some(at), NoteKind::Cycle, || {
                "This span is its own ancestor and is shown as a root: correct the parents or references that the agent sends.".to_owned()
            }),
            ParentLink::Root | ParentLink::Child | ParentLink::Ref => {}
        }
        if let Some(last) = row.parent_ref.filter(|_| row.is_continuation()) {
            notes.add(Some(at), NoteKind::Split, || {
                format!(
                    "This span continues span 0 of segment {}, which the agent split because it was open for too long or too large: read both as one span.",
                    quoted(&last.parent_trace_segment_id)
                )
            });
        }
        note_other_traces(&mut notes, at, row);
        if let Some(found) = referrers.get(&(row.segment_index, row.span.span_id)) {
            note_referrers(&mut notes, at, found);
        }
        if let Some(left_out) = left_out(row) {
            counted.insert(row.segment_index);
            notes.add(Some(at), NoteKind::LeftOut, || {
                format!(
                    "Service {} left out {} below {}: raise the limits of the agent, or record fewer spans, tags and logs.",
                    quoted(naming::display_name(&row.segment.object.service)),
                    shorten(left_out, MAX_LEFT_OUT),
                    quoted(&row.span.operation_name)
                )
            });
        }
        note_clock_skew(&mut notes, at, row, rows, &mut skewed);
    }
    note_size_limits(&mut notes, segments, rows, &counted);
    notes.finish()
}

fn note_missing_parent(notes: &mut Notes, at: usize, row: &Row<'_>) {
    let trace = &row.segment.object.trace_id;
    match row.parent_ref {
        None => notes.add(Some(at), NoteKind::ParentMissing, || {
            format!(
                "The parent span {} of segment {} is not in the segment: correct the parent ids that the agent sends.",
                row.span.parent_span_id,
                quoted(&row.segment.object.trace_segment_id)
            )
        }),
        Some(last) if !last.trace_id.is_empty() && last.trace_id != *trace => {
            notes.add(Some(at), NoteKind::OtherTrace, || {
                format!(
                    "The parent of this span is in trace {}: open that trace to see the caller.",
                    quoted(&last.trace_id)
                )
            });
        }
        Some(last) => notes.add(Some(at), NoteKind::ParentMissing, || {
            format!(
                "The parent span {} of segment {} has not arrived: check that service {} reports to this collector.",
                last.parent_span_id,
                quoted(&last.parent_trace_segment_id),
                quoted(naming::display_name(&last.parent_service))
            )
        }),
    }
}

/// Notes references to other traces, except for one that [`note_missing_parent`] explains.
fn note_other_traces(notes: &mut Notes, at: usize, row: &Row<'_>) {
    let trace = &row.segment.object.trace_id;
    let is_other = |one: &&SegmentReference| !one.trace_id.is_empty() && one.trace_id != *trace;
    let explained = usize::from(row.link == ParentLink::ParentMissing && row.parent_ref.is_some());
    let refs = row.span.refs.len().saturating_sub(explained);
    let mut others = row.span.refs.iter().take(refs).filter(is_other);
    if let Some(first) = others.next() {
        notes.add(Some(at), NoteKind::OtherTrace, || match others.count() {
            0 => format!(
                "This span also has a reference to trace {}: open that trace to see the other caller.",
                quoted(&first.trace_id)
            ),
            more => format!(
                "This span also has {} references to other traces, such as {}: its details list them.",
                more + 1,
                quoted(&first.trace_id)
            ),
        });
    }
}

/// Notes segments of other traces that refer to the span.
fn note_referrers(notes: &mut Notes, at: usize, found: &[&StoredSegment]) {
    let Some((first, rest)) = found.split_first() else { return };
    let service = quoted(naming::display_name(&first.object.service));
    let trace = quoted(&first.object.trace_id);
    notes.add(Some(at), NoteKind::OtherTrace, || match rest.len() {
        0 => format!(
            "Service {service} continues this span in trace {trace}: open that trace to see its work."
        ),
        more => format!(
            "Service {service} continues this span in trace {trace}, and {more} more segments of other traces do: its details list them."
        ),
    });
}

/// Returns what the Rust agent left out of a segment: a tag of its first span.
fn left_out<'a>(row: &Row<'a>) -> Option<&'a str> {
    if row.span.span_id != 0 {
        return None;
    }
    row.span.tags.iter().find(|tag| tag.key == "left_out").map(|tag| tag.value.as_str())
}

/// Notes once for each pair of instances that the child starts before its parent.
fn note_clock_skew<'a>(
    notes: &mut Notes,
    at: usize,
    row: &Row<'a>,
    rows: &[Row<'a>],
    skewed: &mut HashSet<[&'a str; 4]>,
) {
    let Some(parent) = row.parent.and_then(|parent| rows.get(parent)) else { return };
    let (child, caller) = (&row.segment.object, &parent.segment.object);
    let early = between(row.span.start_time, parent.span.start_time);
    let pair = [&child.service, &child.service_instance, &caller.service, &caller.service_instance]
        .map(String::as_str);
    if early == 0 || pair[..2] == pair[2..] || !skewed.insert(pair) {
        return;
    }
    let instance = |name: &str| quoted(naming::display_name(name));
    notes.add(Some(at), NoteKind::ClockSkew, || {
        format!(
            "This span starts {early} ms before its parent, so the clocks of instances {} and {} differ: synchronize them, and compare only times of the same instance.",
            instance(&child.service_instance),
            instance(&caller.service_instance)
        )
    });
}

/// Notes segments from which the agent left out spans without counting them.
fn note_size_limits(
    notes: &mut Notes,
    segments: &[Arc<StoredSegment>],
    rows: &[Row<'_>],
    counted: &HashSet<usize>,
) {
    let limited = |(at, segment): &(usize, &Arc<StoredSegment>)| {
        segment.object.is_size_limited && !counted.contains(at)
    };
    let mut first_rows = vec![None; segments.len()];
    for (at, row) in rows.iter().enumerate() {
        first_rows[row.segment_index].get_or_insert(at);
    }
    for (at, segment) in segments.iter().enumerate().filter(limited) {
        notes.add(first_rows[at], NoteKind::SizeLimited, || {
            format!(
                "The agent of service {} left out spans of segment {}: raise its limit of spans per segment, or record fewer spans.",
                quoted(naming::display_name(&segment.object.service)),
                quoted(&segment.object.trace_segment_id)
            )
        });
    }
}

/// Collects notes within [`MAX_NOTES`].
#[derive(Default)]
struct Notes {
    notes: Vec<Note>,
    counts: BTreeMap<NoteKind, usize>,
}

impl Notes {
    fn add(&mut self, row: Option<usize>, kind: NoteKind, text: impl FnOnce() -> String) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_NOTES {
            self.notes.push(Note { row, kind, text: text() });
        }
    }

    fn finish(mut self) -> Vec<Note> {
        for (kind, count) in self.counts {
            if let more @ 1.. = count.saturating_sub(MAX_NOTES) {
                let text = format!("{more} more notes of this kind are not listed.");
                self.notes.push(Note { row: None, kind, text });
            }
        }
        self.notes
    }
}
