//! One segment with every field, made of fixed records, always has the bytes of
//! `testdata/segment.hex`.
//!
//! The meaning of the bytes is checked elsewhere: `segment.json` beside them was typed by hand, and
//! `tests/tests/interop/wire.rs` decodes the bytes with prost, with the Python agent's classes and
//! with go2sky's, and compares. Random segments are checked in `tests`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Encoder, Segment};
use crate::queue::SegmentHeader;
use crate::redact::Hook;
use crate::report::golden;
use crate::report::timeline::Timeline;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;
use crate::span::record::{Attribute, AttributeKind, NONE, Record, Trace};
use crate::tracer::Identity;
use crate::util::clock::Anchor;
use crate::util::id;

/// 32 bytes a line.
const GOLDEN: &str = include_str!("../../../testdata/segment.hex");

static CONSUME: Callsite =
    Callsite::new(SpanKind::Local, "consume").tags(&[("queue", "snapshots")]);
static ENTRY: Callsite = Callsite::new(SpanKind::Entry, "/API/Snapshot")
    .layer(SpanLayer::Http)
    .tags(&[("http.method", "GET"), ("http.status_code", "200")]);
static PLAN: Callsite = Callsite::new(SpanKind::Local, "планы::计划").component(0);
static QUERY: Callsite = Callsite::new(SpanKind::Exit, "/database/QuerySnapshot")
    .layer(SpanLayer::Database)
    .component(22)
    .peer("APIService")
    .tags(&[("db.type", "sql"), ("db.instance", "")]);
static CALL: Callsite = Callsite::new(SpanKind::Exit, "call").layer(SpanLayer::Rpc);
static NOTE: Callsite = Callsite::new(SpanKind::Local, "note").layer(SpanLayer::Cache);

/// A segment as it is stored in an outbox. Attributes belong to the last span.
#[derive(Default)]
struct Fixed {
    records: Vec<Record>,
    sides: Vec<Attribute>,
    text: String,
}

impl Fixed {
    /// Adds a span. Times are milliseconds of the segment; an end of 0 means that it is open.
    fn span(
        &mut self,
        callsite: &'static Callsite,
        parent: u16,
        start: u64,
        end: u64,
        flags: u16,
    ) -> &mut Self {
        self.records.push(Record {
            start: start * 1_000,
            end: end * 1_000,
            callsite,
            parent,
            flags,
            side: 0,
        });
        self
    }

    fn push(&mut self, side: Attribute) -> &mut Self {
        if let Some(record) = self.records.last_mut() {
            self.sides.push(Attribute { next: record.side, ..side });
            record.side = u32::try_from(self.sides.len()).unwrap();
        }
        self
    }

    fn write(&mut self, text: &str) -> (u32, u32) {
        let offset = u32::try_from(self.text.len()).unwrap();
        self.text.push_str(text);
        (offset, u32::try_from(text.len()).unwrap())
    }

    fn text(&mut self, kind: AttributeKind, key: &'static str, text: &str) -> &mut Self {
        let (a, b) = self.write(text);
        self.push(Attribute { key, a, b, next: 0, kind })
    }

    fn tag(&mut self, key: &'static str, value: &str) -> &mut Self {
        self.text(AttributeKind::Text, key, value)
    }

    fn number(&mut self, kind: AttributeKind, key: &'static str, number: u64) -> &mut Self {
        self.push(Attribute::number(key, kind, number))
    }

    /// Adds a bool, a component, a layer, or a name that is the key.
    fn small(&mut self, kind: AttributeKind, key: &'static str, a: u32) -> &mut Self {
        self.push(Attribute { key, a, b: 0, next: 0, kind })
    }

    fn log(&mut self, at: u64, fields: &[(&'static str, &str)]) -> &mut Self {
        self.number(AttributeKind::Log, "", at * 1_000);
        for (key, value) in fields {
            self.text(AttributeKind::Field, key, value);
        }
        self
    }
}

fn b64(text: &str) -> String {
    STANDARD.encode(text)
}

/// Returns the bytes, with the random part of this process's ids replaced by zeros of the same
/// length.
fn encoded() -> Vec<u8> {
    let mut segment = Fixed::default();
    let trace = "5d3c4b2a190807f6e5d4c3b2a1908070.87.17000000000500001";
    segment
        .span(&CONSUME, NONE, 100, 900, Record::CONTINUED)
        .text(
            AttributeKind::ThreadRef,
            "",
            &format!("{:x}-2-/messages/快照-{{id}}", (6_u64 << 20) + 40),
        )
        .small(AttributeKind::Bool, "retry", 1);
    segment.text.push_str("of no span");
    segment
        .span(&ENTRY, 0, 150, 800, Record::ERROR)
        .text(AttributeKind::Sw8Ref, "", &sw8(trace))
        .tag("url", "/API/Snapshot?城市=北京&clef=𝄞")
        .number(AttributeKind::Uint, "http.status_code", 500)
        .small(AttributeKind::Bool, "cached", 0)
        .log(
            790,
            &[
                ("event", "error"),
                ("error.kind", "RpcError"),
                ("message", "нет ответа"),
                ("stack", "RpcError: no answer\n\tcaused by: \"gone\""),
            ],
        );
    segment
        .span(&PLAN, 1, 200, 300, 0)
        .number(AttributeKind::Int, "lowest", i64::MIN.cast_unsigned())
        .number(AttributeKind::Int, "delta", (-42_i64).cast_unsigned())
        .number(AttributeKind::Uint, "highest", u64::MAX)
        .tag("empty", "")
        .log(210, &[("event", "first"), ("step", "1")])
        .log(220, &[]);
    segment
        .span(&QUERY, 1, 310, 316, 0)
        .tag("db.statement", "SELECT ?")
        .tag("db.statement", "SELECT a FROM snapshot WHERE b = ?")
        .tag("db.type", "PostgreSQL");
    segment
        .span(&CALL, 1, 320, 780, Record::SKIP_ANALYSIS)
        .text(AttributeKind::Name, "", "/Service/OnSnapshot/北京")
        .text(AttributeKind::Peer, "", "[2001:db8::7]:9090")
        .small(AttributeKind::Component, "", 5_012)
        .small(AttributeKind::Layer, "", SpanLayer::Mq as u32);
    segment.span(&NOTE, 0, 850, 0, Record::ERROR | Record::SKIP_ANALYSIS).small(
        AttributeKind::StaticName,
        "note/open",
        0,
    );
    let (offset, length) = segment.write(&b64(trace));

    let head = SegmentHeader {
        id: (7 << 20) + 2,
        trace: Trace::Foreign { offset, length },
        ended: 900_000,
        records: segment.records.len(),
        sides: segment.sides.len(),
        text: segment.text.len(),
        limited: true,
        ..SegmentHeader::default()
    };
    let mut timeline = Timeline::default();
    for second in [0, 1] {
        let monotonic = second * 1_000_000_000;
        timeline.add(Anchor {
            counter: second * 1_000_000,
            monotonic,
            wall: 1_700_000_000_000_000_000 + monotonic,
        });
    }
    let mut encoder = Encoder::new(Identity::new("RTS_Test", "RTS_Test_1"), Hook::default());
    let segment = Segment {
        head: &head,
        records: &segment.records,
        sides: &segment.sides,
        text: &segment.text,
    };
    without_process(encoder.encode(segment, &timeline).to_vec())
}

fn sw8(trace: &str) -> String {
    let (segment, service, instance) = (
        b64("5d3c4b2a190807f6e5d4c3b2a1908070.87.17000000000500000"),
        b64("网关"),
        b64("gateway@10.0.0.7"),
    );
    format!(
        "1-{}-{segment}-3-{service}-{instance}-{}-{}",
        b64(trace),
        b64("GET:/{city}/快照"),
        b64("rts.example:8080")
    )
}

fn without_process(mut bytes: Vec<u8>) -> Vec<u8> {
    let process = id::process().trim_end_matches('.').as_bytes();
    let places: Vec<_> = bytes
        .windows(process.len())
        .enumerate()
        .filter(|(_, part)| *part == process)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(
        places.len(),
        2,
        "the segment's id, and that in the reference to a segment of this process"
    );
    for at in places {
        bytes[at..at + process.len()].fill(b'0');
    }
    bytes
}

#[test]
fn segment_with_every_field_has_the_golden_bytes() {
    golden::compare("segment", &encoded(), GOLDEN);
}
