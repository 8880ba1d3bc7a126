//! Random segments, each with the message that it must become.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skywalking_proto::storage;
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

use crate::queue::SegmentHeader;
use crate::report::timeline::Timeline;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer as Layer;
use crate::span::record::{Attribute, AttributeKind, NONE, Record, Trace};
use crate::tracer::Identity;
use crate::util::clock::Anchor;
use crate::util::id;

pub(super) static CALLSITES: [Callsite; 5] = [
    Callsite::new(SpanKind::Entry, "/entry").layer(Layer::Http),
    Callsite::new(SpanKind::Exit, "/exit")
        .layer(Layer::Database)
        .peer("db:5432")
        .component(22)
        .tags(&[("db.type", "sql"), ("k1", "literal")]),
    Callsite::new(SpanKind::Exit, "/exit without address").component(0),
    Callsite::new(SpanKind::Local, "местный").tags(&[("k2", ""), ("k2", "twice")]),
    Callsite::new(SpanKind::Local, "").component(-7),
];

const KEYS: [&str; 4] = ["k1", "k2", "db.type", "unfinished"];
const TEXTS: [&str; 5] = [
    "",
    "v",
    "键 and 𝄞",
    "line\nend",
    "a longer value, which is over one hundred and twenty-seven bytes, so that its length takes two bytes as a varint, as do lengths above it",
];

/// A small deterministic generator, so that each run checks the same segments.
pub(in crate::report::encode) struct Random(pub(in crate::report::encode) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(super) fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A segment as it is stored in an outbox.
#[derive(Default)]
pub(in crate::report::encode) struct Made {
    pub(in crate::report::encode) records: Vec<Record>,
    pub(in crate::report::encode) sides: Vec<Attribute>,
    pub(in crate::report::encode) text: String,
}

impl Made {
    fn text(&mut self, text: &str) -> (u32, u32) {
        let from = u32::try_from(self.text.len()).unwrap();
        self.text.push_str(text);
        (from, u32::try_from(text.len()).unwrap())
    }

    fn push(&mut self, record: usize, mut side: Attribute) {
        side.next = self.records[record].side;
        self.sides.push(side);
        self.records[record].side = u32::try_from(self.sides.len()).unwrap();
    }

    fn push_text(&mut self, record: usize, key: &'static str, kind: AttributeKind, text: &str) {
        let (a, b) = self.text(text);
        self.push(record, Attribute { key, a, b, next: 0, kind });
    }
}

/// Returns a timeline whose stamps are microseconds, which cannot be confused with milliseconds.
pub(in crate::report::encode) fn timeline() -> Timeline {
    let mut timeline = Timeline::default();
    timeline.add(Anchor { counter: 0, monotonic: 0, wall: 1_700_000_000_000_000_000 });
    timeline.add(Anchor {
        counter: 1_000_000,
        monotonic: 1_000_000_000,
        wall: 1_700_000_001_000_000_000,
    });
    timeline
}

fn expected_time(stamp: u64) -> i64 {
    1_700_000_000_000 + i64::try_from(stamp / 1_000).unwrap()
}

pub(in crate::report::encode) fn identity() -> Identity {
    Identity::new("RTS_Test", "RTS_Test_1")
}

fn pair(key: &str, value: impl Into<String>) -> KeyStringValuePair {
    KeyStringValuePair { key: key.to_owned(), value: value.into() }
}

/// Sets a tag as the protocol's rule requires: a later value replaces an earlier one of its key.
fn set(tags: &mut Vec<KeyStringValuePair>, key: &str, value: String) {
    tags.retain(|tag| tag.key != key);
    tags.push(pair(key, value));
}

/// Returns a random segment and the message that it must become, both built step by step.
pub(in crate::report::encode) fn random_segment(
    random: &mut Random,
) -> (SegmentHeader, Made, SegmentObject) {
    let mut made = Made::default();
    let key = 2 + 2 * (random.0 >> 24);
    let (trace, trace_id) = if random.chance(2) {
        (Trace::Own(key | 1), id::text(key | 1))
    } else {
        made.text("something before");
        let (offset, length) = made.text(&STANDARD.encode("trace.of.others.1"));
        (Trace::Foreign { offset, length }, "trace.of.others.1".to_owned())
    };
    let ended = 1_000 + random.below(2_000_000) as u64;
    let mut spans: Vec<SpanObject> = Vec::new();
    for place in 0..=random.below(8) {
        let span = random_span(random, &mut made, place, ended, &trace_id, &spans);
        spans.push(span);
    }
    let head = SegmentHeader {
        id: key,
        trace,
        ended,
        records: made.records.len(),
        sides: made.sides.len(),
        text: made.text.len(),
        limited: random.chance(3),
        skip_analysis: random.chance(4),
        ..SegmentHeader::default()
    };
    for span in &mut spans {
        span.skip_analysis |= head.skip_analysis;
    }
    let object = SegmentObject {
        trace_id,
        trace_segment_id: id::text(key),
        spans,
        service: "RTS_Test".to_owned(),
        service_instance: "RTS_Test_1".to_owned(),
        is_size_limited: head.limited,
    };
    (head, made, object)
}

fn random_span(
    random: &mut Random,
    made: &mut Made,
    place: usize,
    ended: u64,
    trace_id: &str,
    before: &[SpanObject],
) -> SpanObject {
    let callsite = &CALLSITES[random.below(CALLSITES.len())];
    let parent = (place > 0 && !random.chance(6)).then(|| random.below(place));
    let (start, open) = (1 + random.below(1_500_000) as u64, random.chance(4));
    let end = if open { 0 } else { 1 + random.below(1_500_000) as u64 };
    let flags = if random.chance(3) { random.below(8) } else { 0 };
    made.records.push(Record {
        start,
        end,
        callsite,
        parent: parent.map_or(NONE, |parent| u16::try_from(parent).unwrap()),
        flags: u16::try_from(flags).unwrap(),
        side: 0,
    });
    let record = made.records[place];
    let continued = record.is(Record::CONTINUED);
    let mut span = SpanObject {
        span_id: i32::try_from(place).unwrap(),
        parent_span_id: parent.map_or(-1, |parent| i32::try_from(parent).unwrap()),
        operation_name: callsite.name.to_owned(),
        component_id: callsite.component, // each Exit here has one that is written out
        is_error: record.is(Record::ERROR),
        skip_analysis: record.is(Record::SKIP_ANALYSIS),
        ..SpanObject::default()
    };
    let earliest = parent.map_or(i64::MIN, |parent| before[parent].start_time);
    span.start_time = expected_time(start).max(earliest);
    span.end_time = expected_time(if open { ended } else { end }).max(span.start_time);
    if continued {
        span.span_type = SpanType::Local.into();
    } else {
        span.span_type = callsite.kind as i32;
        span.span_layer = callsite.layer as i32;
        callsite.peer.clone_into(&mut span.peer);
        for (key, value) in callsite.tags {
            set(&mut span.tags, key, (*value).to_owned());
        }
    }
    for _ in 0..if random.chance(3) { random.below(12) } else { 0 } {
        random_entry(random, made, place, &mut span, trace_id);
    }
    if open {
        set(&mut span.tags, "unfinished", "true".to_owned());
    }
    if span.operation_name.is_empty() {
        callsite.name.clone_into(&mut span.operation_name);
    }
    if span.operation_name.is_empty() {
        "unnamed".clone_into(&mut span.operation_name);
    }
    if span.peer.is_empty() && span.span_type == i32::from(SpanType::Exit) {
        "unknown".clone_into(&mut span.peer);
    }
    span
}

fn random_entry(
    random: &mut Random,
    made: &mut Made,
    place: usize,
    span: &mut SpanObject,
    trace_id: &str,
) {
    let (key, text) = (random.pick(&KEYS), random.pick(&TEXTS));
    match random.below(13) {
        0 | 1 => {
            made.push_text(place, key, AttributeKind::Text, text);
            set(&mut span.tags, key, text.to_owned());
        }
        2 => {
            let number = random.pick(&[0, 1, -1, i64::MIN, i64::MAX, 1_234_567]);
            made.push(place, Attribute::number(key, AttributeKind::Int, number.cast_unsigned()));
            set(&mut span.tags, key, number.to_string());
        }
        3 => {
            let number = random.pick(&[0, 10, u64::MAX]);
            made.push(place, Attribute::number(key, AttributeKind::Uint, number));
            set(&mut span.tags, key, number.to_string());
        }
        4 => {
            let truth = random.chance(2);
            made.push(place, Attribute::new(key, AttributeKind::Bool, u32::from(truth), 0));
            set(&mut span.tags, key, truth.to_string());
        }
        5 => {
            made.push_text(place, "", AttributeKind::Name, text);
            text.clone_into(&mut span.operation_name);
        }
        6 => {
            made.push(place, Attribute::new(key, AttributeKind::StaticName, 0, 0));
            key.clone_into(&mut span.operation_name);
        }
        7 => {
            made.push_text(place, "", AttributeKind::Peer, text);
            text.clone_into(&mut span.peer);
        }
        8 => {
            let component = random.pick(&[0, 49, -3]);
            made.push(
                place,
                Attribute::new("", AttributeKind::Component, i32::cast_unsigned(component), 0),
            );
            span.component_id = component;
        }
        9 => {
            let layer = random.pick(&[SpanLayer::Unknown, SpanLayer::Http, SpanLayer::GenAi]);
            made.push(
                place,
                Attribute::new("", AttributeKind::Layer, i32::from(layer).cast_unsigned(), 0),
            );
            span.span_layer = layer.into();
        }
        10 => random_process_reference(random, made, place, span),
        11 => {
            let (key, parent) = (2 + 2 * random.below(1_000_000) as u64, random.below(40_000));
            made.push_text(
                place,
                "",
                AttributeKind::ThreadRef,
                &format!("{key:x}-{parent}-/an-{text}"),
            );
            span.refs.push(SegmentReference {
                ref_type: RefType::CrossThread.into(),
                trace_id: trace_id.to_owned(),
                parent_trace_segment_id: id::text(key),
                parent_span_id: i32::try_from(parent).unwrap(),
                parent_service: "RTS_Test".to_owned(),
                parent_service_instance: "RTS_Test_1".to_owned(),
                parent_endpoint: format!("/an-{text}"),
                network_address_used_at_peer: String::new(),
            });
        }
        _ => {
            let time = random.below(1_000_000) as u64;
            made.push(place, Attribute::number("", AttributeKind::Log, time));
            let mut log = Log { time: expected_time(time), data: Vec::new() };
            for _ in 0..random.below(4) {
                let (key, text) = (random.pick(&KEYS), random.pick(&TEXTS));
                made.push_text(place, key, AttributeKind::Field, text);
                log.data.push(pair(key, text));
            }
            span.logs.push(log);
        }
    }
}

fn random_process_reference(
    random: &mut Random,
    made: &mut Made,
    place: usize,
    span: &mut SpanObject,
) {
    let long = "长".repeat(random.pick(&[1, 50, 51, 151, 201]));
    let parent = random.pick(&[0, 1, i32::MAX]);
    // The segment's own trace id in most cases, or another one of the batch.
    let trace = random.pick(&["trace.of.others.1", "t.1"]);
    let b64 = |text: &str| STANDARD.encode(text);
    let header = format!(
        "1-{}-{}-{parent}-{}-{}-{}-{}",
        b64(trace),
        b64("s.1"),
        b64(&long),
        b64("in\nstance"),
        b64(&long),
        b64(&long)
    );
    made.push_text(place, "", AttributeKind::Sw8Ref, &header);
    // The 50 characters are 147 bytes, which is over the limit, and become 132 bytes.
    let cut = |limit| long.chars().take(limit).collect::<String>();
    span.refs.push(SegmentReference {
        ref_type: RefType::CrossProcess.into(),
        trace_id: trace.to_owned(),
        parent_trace_segment_id: "s.1".to_owned(),
        parent_span_id: parent,
        parent_service: storage::shorten(&cut(50), 50, 147).into_owned(),
        parent_service_instance: "in_stance".to_owned(),
        parent_endpoint: storage::shorten(&cut(150), 150, 51).into_owned(),
        network_address_used_at_peer: storage::shorten(&cut(200), 200, 90).into_owned(),
    });
}
