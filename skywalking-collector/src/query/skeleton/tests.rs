//! Skeletons of valid, incomplete and hostile traces.

use skywalking_proto::rules::{Rule, Violation};
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanObject, SpanType,
};

use super::*;
use crate::api::NoteKind;

fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.into(), value: value.into() }
}

fn span(id: i32, parent: i32, start: i64, end: i64) -> SpanObject {
    SpanObject {
        span_id: id,
        parent_span_id: parent,
        start_time: start,
        end_time: end,
        operation_name: format!("/{id}"),
        span_type: SpanType::Local as i32,
        ..Default::default()
    }
}

fn below(mut span: SpanObject, kind: RefType, trace: &str, segment: &str, id: i32) -> SpanObject {
    span.refs.push(SegmentReference {
        ref_type: kind as i32,
        trace_id: trace.into(),
        parent_trace_segment_id: segment.into(),
        parent_span_id: id,
        parent_service: "caller".into(),
        parent_endpoint: "/0".into(),
        ..Default::default()
    });
    span
}

fn segment(id: &str, spans: Vec<SpanObject>) -> SegmentObject {
    SegmentObject {
        trace_id: "t".into(),
        trace_segment_id: id.into(),
        service: "shop".into(),
        service_instance: format!("{id}_1"),
        spans,
        ..Default::default()
    }
}

fn built(segments: Vec<SegmentObject>) -> Skeleton {
    let stored = segments.into_iter().zip(1..).map(|(object, arrival)| {
        Arc::new(StoredSegment { object, violations: Vec::new(), arrival, color: 7 })
    });
    skeleton("t", &stored.collect::<Vec<_>>(), &[])
}

fn notes(segments: Vec<SegmentObject>) -> Vec<(Option<usize>, NoteKind, String)> {
    built(segments).notes.into_iter().map(|note| (note.row, note.kind, note.text)).collect()
}

#[test]
fn flags_name_what_a_row_shows() {
    let mut failed = span(0, -1, 10, 5);
    failed.is_error = true;
    failed.skip_analysis = true;
    failed.logs = vec![Log { time: 1, data: vec![pair("event", "error"), pair("message", "no")] }];
    let mut statement = span(0, -1, 12, 13);
    statement.tags = vec![pair("cache.cmd", "GET")];
    let statement = below(statement, RefType::CrossProcess, "t", "a", 0);
    let several = below(span(0, -1, 14, 15), RefType::CrossThread, "t", "x", 3);
    let several = below(several, RefType::CrossThread, "t", "a", 0);
    let skeleton = built(vec![
        segment("a", vec![failed]),
        segment("b", vec![statement]),
        segment("c", vec![several]),
    ]);

    assert_eq!(skeleton.columns.flags, [1 + 2 + 32 + 512, 8 + 128, 4 + 16]);
    assert_eq!(skeleton.columns.link, [0, 2, 2]);
    assert_eq!(skeleton.columns.duration, [0, 1, 1]);
    assert_eq!(
        (skeleton.columns.reason, skeleton.reasons),
        (vec![0, -1, -1], vec!["no".to_owned()])
    );
}

#[test]
fn violations_name_their_rows() {
    let object = segment("a", vec![span(1, 0, 2, 3), span(0, -1, 1, 4)]);
    let violation = |span_id| Violation {
        segment_id: "a".into(),
        span_id,
        rule: Rule::NoName { what: "operation name" },
    };
    let violations = vec![violation(Some(1)), violation(None), violation(Some(7))];
    let skeleton =
        skeleton("t", &[Arc::new(StoredSegment { object, violations, arrival: 1, color: 7 })], &[]);

    let rows: Vec<_> = skeleton.violations.iter().map(|one| (one.row, one.rule)).collect();
    assert_eq!(rows, [(Some(1), "no-name"), (None, "no-name"), (None, "no-name")]);
    assert_eq!(skeleton.columns.flags, [0, 64]);
}

#[test]
fn missing_parents_have_notes() {
    let lost = below(span(0, -1, 1, 2), RefType::CrossProcess, "t", "lost", 4);
    let foreign = below(span(0, -1, 3, 4), RefType::CrossProcess, "other", "s", 4);
    let unknown = span(7, 6, 5, 6);
    let found = notes(vec![
        segment("a", vec![lost]),
        segment("b", vec![foreign]),
        segment("c", vec![unknown]),
    ]);
    assert_eq!(
        found,
        [
            (Some(0), NoteKind::ParentMissing, "The parent span 4 of segment \"lost\" has not arrived: check that service \"caller\" reports to this collector.".into()),
            (Some(1), NoteKind::OtherTrace, "The parent of this span is in trace \"other\": open that trace to see the caller.".into()),
            (Some(2), NoteKind::ParentMissing, "The parent span 6 of segment \"c\" is not in the segment: correct the parent ids that the agent sends.".into()),
        ]
    );
}

#[test]
fn cycles_and_other_traces_have_notes() {
    let cycle = span(5, 5, 1, 2);
    let batch = ["x", "y"]
        .iter()
        .fold(span(0, -1, 3, 4), |span, trace| below(span, RefType::CrossProcess, trace, "s", 0));
    let batch = below(batch, RefType::CrossProcess, "t", "a", 5);
    let found = notes(vec![segment("a", vec![cycle]), segment("b", vec![batch])]);
    assert_eq!(
        found,
        [
            (Some(0), NoteKind::Cycle, "This span is its own ancestor and is shown as a root: correct the parents or references that the agent sends.".into()),
            (Some(1), NoteKind::OtherTrace, "This span also has 2 references to other traces, such as \"x\": its details list them.".into()),
        ]
    );
}

#[test]
fn split_and_limited_segments_have_notes() {
    let mut part = span(0, -1, 10, 20);
    part.skip_analysis = true;
    let part = below(part, RefType::CrossThread, "t", "a", 0);
    let mut counted = segment("b", vec![part]);
    counted.spans[0].tags = vec![pair("left_out", "spans=102, logs=3")];
    counted.is_size_limited = true;
    let mut first = segment("a", vec![span(1, 0, 2, 9), span(0, -1, 1, 10)]);
    first.is_size_limited = true;
    let skeleton = built(vec![first, counted]);

    assert_eq!(skeleton.columns.flags, [0, 0, 2 + 4 + 256]);
    assert_eq!(skeleton.critical, [(0, 0, 1), (1, 1, 8), (0, 8, 9), (2, 9, 19)]);

    let found: Vec<_> =
        skeleton.notes.into_iter().map(|note| (note.row, note.kind, note.text)).collect();
    assert_eq!(
        found,
        [
            (Some(2), NoteKind::Split, "This span continues span 0 of segment \"a\", which the agent split because it was open for too long or too large: read both as one span.".into()),
            (Some(2), NoteKind::LeftOut, "Service \"shop\" left out spans=102, logs=3 below \"/0\": raise the limits of the agent, or record fewer spans, tags and logs.".into()),
            (Some(0), NoteKind::SizeLimited, "The agent of service \"shop\" left out spans of segment \"a\": raise its limit of spans per segment, or record fewer spans.".into()),
        ]
    );
}

#[test]
fn clock_skew_is_noted_once_for_two_instances() {
    let early =
        |id: i32, start: i64| below(span(id, -1, start, 30), RefType::CrossProcess, "t", "a", 0);
    let found = notes(vec![
        segment("a", vec![span(1, 0, 5, 6), span(0, -1, 20, 25)]),
        segment("b", vec![early(0, 8), early(1, 9), early(2, 21)]),
    ]);
    assert_eq!(
        found,
        [(Some(2), NoteKind::ClockSkew, "This span starts 12 ms before its parent, so the clocks of instances \"b_1\" and \"a_1\" differ: synchronize them, and compare only times of the same instance.".into())],
        "one instance has one clock"
    );
}

#[test]
fn notes_are_limited_for_each_kind() {
    let spans =
        (0..350).map(|id| below(span(id, -1, 1, 2), RefType::CrossProcess, "t", "lost", id));
    let found = notes(vec![segment("a", spans.collect())]);

    assert_eq!(found.len(), 101);
    assert_eq!(
        found.last(),
        Some(&(
            None,
            NoteKind::ParentMissing,
            "250 more notes of this kind are not listed.".into()
        ))
    );
}

#[test]
fn unknown_numbers_and_long_texts_are_bounded() {
    let mut odd = span(0, -1, 1, i64::MAX);
    (odd.span_type, odd.span_layer, odd.component_id) = (9, -4, 123_456);
    odd.tags = vec![pair("left_out", &"é".repeat(1_000_000))];
    let mut object = segment("a", vec![odd]);
    object.service = "s".repeat(1_000);
    let skeleton = built(vec![object]);
    let columns = &skeleton.columns;

    assert_eq!((columns.span_type[0], columns.layer[0], columns.component[0]), (2, 0, -1));
    assert_eq!(skeleton.services, ["s".repeat(70)]);
    assert!(skeleton.notes[0].text.chars().count() < 500, "{:?}", skeleton.notes);
    assert_eq!(built(vec![]).critical, []);
}
