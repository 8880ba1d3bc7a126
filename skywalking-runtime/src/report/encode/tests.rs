//! Compares the encoder with prost: both encode the same records, and the bytes must be equal.

pub(super) mod random;

use prost::Message as _;
use skywalking_proto::v3::SegmentObject;

use self::random::{CALLSITES, Random, identity, random_segment, timeline};
use super::{Encoder, Segment};
use crate::queue::SegmentHeader;
use crate::redact::Hook;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{Attribute, AttributeKind, NONE, Record, Trace};

#[test]
fn encoder_writes_the_bytes_of_prost_for_random_segments() {
    let (mut encoder, timeline, mut random) =
        (Encoder::new(identity(), Hook::default()), timeline(), Random(7));
    for round in 0..1_000 {
        let (head, made, expected) = random_segment(&mut random);
        let segment =
            Segment { head: &head, records: &made.records, sides: &made.sides, text: &made.text };
        let bytes = encoder.encode(segment, &timeline);
        let decoded = SegmentObject::decode(bytes.as_ref())
            .unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_eq!(decoded, expected, "round {round}");
        assert_eq!(bytes, expected.encode_to_vec(), "round {round}: the same message, other bytes");
    }
}

#[test]
fn encoder_turns_nonsense_into_a_segment_without_panic() {
    let (mut encoder, timeline, mut random) =
        (Encoder::new(identity(), Hook::default()), timeline(), Random(11));
    let kinds = [
        AttributeKind::Text,
        AttributeKind::Int,
        AttributeKind::Uint,
        AttributeKind::Bool,
        AttributeKind::Name,
        AttributeKind::StaticName,
        AttributeKind::Peer,
        AttributeKind::Component,
        AttributeKind::Layer,
        AttributeKind::Sw8Ref,
        AttributeKind::ThreadRef,
        AttributeKind::Log,
        AttributeKind::Field,
        AttributeKind::LeftOut,
    ];
    for _ in 0..2_000 {
        let mut any = |limit: usize| {
            if random.chance(8) { u32::MAX } else { u32::try_from(random.below(limit)).unwrap() }
        };
        let text = "1-YQ==-YQ==-3-é-x-=-\u{0}".repeat(2);
        let sides: Vec<_> = (0..12)
            .map(|_| Attribute {
                key: "k",
                a: any(70),
                b: any(70),
                next: any(16),
                kind: kinds[any(14) as usize % kinds.len()],
            })
            .collect();
        #[expect(clippy::cast_possible_truncation, reason = "nonsense is wanted")]
        let records: Vec<_> = (0..6)
            .map(|n| Record {
                start: u64::from(any(9)) << any(60).min(60),
                end: u64::from(any(9)) << any(60).min(60),
                callsite: &CALLSITES[n % CALLSITES.len()],
                parent: any(9) as u16,
                flags: any(9) as u16,
                side: any(16),
            })
            .collect();
        let trace = Trace::Foreign { offset: any(70), length: any(70) };
        let head = SegmentHeader {
            id: 2,
            trace,
            ended: 0,
            records: 6,
            sides: 12,
            text: text.len(),
            ..SegmentHeader::default()
        };
        let bytes = encoder.encode(
            Segment { head: &head, records: &records, sides: &sides, text: &text },
            &timeline,
        );
        let decoded = SegmentObject::decode(bytes.as_ref()).expect("what is written is a message");
        let reported =
            records.iter().skip(1).filter(|record| record.is(Record::HANDED_OVER)).count();
        assert_eq!(decoded.spans.len(), 6 - reported);
        assert_eq!(decoded.spans[0].span_id, 0);
        for span in &decoded.spans {
            let parent = decoded.spans.iter().find(|parent| parent.span_id == span.parent_span_id);
            assert!(parent.is_some() || span.parent_span_id == -1);
            assert!(span.end_time >= span.start_time && span.start_time > 0);
            assert!(parent.is_none_or(
                |parent| parent.span_id < span.span_id && parent.start_time <= span.start_time
            ));
        }
    }
}

#[test]
fn callsite_fragment_is_encoded_once() {
    static ONCE: Callsite = Callsite::new(SpanKind::Local, "once");
    let (mut encoder, timeline) = (Encoder::new(identity(), Hook::default()), timeline());
    let records = [Record { start: 5, end: 6, callsite: &ONCE, parent: NONE, flags: 0, side: 0 }];
    let head = SegmentHeader {
        id: 2,
        trace: Trace::Own(3),
        ended: 6,
        records: 1,
        sides: 0,
        text: 0,
        ..SegmentHeader::default()
    };
    let segment = Segment { head: &head, records: &records, sides: &[], text: "" };
    let first = encoder.encode(segment, &timeline);
    let fragment = ONCE.fragment.get().expect("it was just used").as_ptr();
    assert_eq!(encoder.encode(segment, &timeline), first);
    assert_eq!(ONCE.fragment.get().map(Vec::as_ptr), Some(fragment));
}
