//! Hostile segments: some are refused with the reason, others are kept with their violations.

use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message as _;
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

use crate::case::Case;
use crate::raw;

const BIDI: &str = "\u{202e}evil\u{2066}";
const MARKUP: &str = "<img src=x onerror=alert(1)>&\"'</script>";

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292 million")
}

fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.into(), value: value.into() }
}

fn span(id: i32, parent: i32) -> SpanObject {
    SpanObject {
        span_id: id,
        parent_span_id: parent,
        start_time: now(),
        end_time: now(),
        operation_name: "/x".into(),
        span_type: SpanType::Local as i32,
        ..Default::default()
    }
}

fn reference(trace: &str, segment: &str, span: i32) -> SegmentReference {
    SegmentReference {
        ref_type: RefType::CrossProcess as i32,
        trace_id: trace.into(),
        parent_trace_segment_id: segment.into(),
        parent_span_id: span,
        parent_service: "hostile".into(),
        parent_service_instance: "hostile_1".into(),
        parent_endpoint: "/x".into(),
        network_address_used_at_peer: "a:1".into(),
    }
}

/// A segment with one span.
pub(crate) fn valid(id: &str) -> SegmentObject {
    SegmentObject {
        trace_id: id.into(),
        trace_segment_id: id.into(),
        service: "hostile".into(),
        service_instance: "hostile_1".into(),
        spans: vec![span(0, -1)],
        ..Default::default()
    }
}

pub(crate) fn cases() -> Vec<Case> {
    [lost(), trees(), texts(), times(), numbers()].concat()
}

fn sent(name: &str, change: impl FnOnce(&mut SegmentObject)) -> (String, usize, Vec<u8>) {
    let mut segment = valid(&name.replace(' ', "-"));
    change(&mut segment);
    let bytes = raw::post("/v3/segment", "", &segment.encode_to_vec());
    (format!("segment: {name}"), segment.spans.len(), bytes)
}

fn refused(name: &str, part: &str, change: impl FnOnce(&mut SegmentObject)) -> Case {
    let (name, _, bytes) = sent(name, change);
    Case::http(name, bytes, 400, part).counts("segmentsRefused", 1)
}

fn kept(name: &str, change: impl FnOnce(&mut SegmentObject)) -> Case {
    let (name, spans, bytes) = sent(name, change);
    Case::http(name, bytes, 200, "")
        .counts("segmentsAccepted", 1)
        .counts("spansAccepted", spans as u64)
}

fn tagged(layer: SpanLayer, tags: &[(&str, &str)]) -> impl FnOnce(&mut SegmentObject) {
    let tags = tags.iter().map(|(key, value)| pair(key, value)).collect();
    move |segment| {
        segment.spans[0].span_layer = layer as i32;
        segment.spans[0].tags = tags;
    }
}

fn lost() -> Vec<Case> {
    let entry = |tag: (&'static str, &'static str)| {
        move |segment: &mut SegmentObject| {
            segment.spans[0].span_type = SpanType::Entry as i32;
            segment.spans[0].span_layer = SpanLayer::Mq as i32;
            segment.spans[0].tags = vec![pair(tag.0, tag.1)];
        }
    };
    vec![
        refused("no trace id", "of 0 characters", |segment| segment.trace_id.clear()),
        refused("no segment id", "of 0 characters", |segment| segment.trace_segment_id.clear()),
        refused("trace id of 151 characters", "151 characters", |segment| {
            segment.trace_id = "t".repeat(151);
        }),
        refused("trace id of 100 KB", "100000 characters", |segment| {
            segment.trace_id = "t".repeat(100_000);
        }),
        refused("segment id of 100 KB", "100000 characters", |segment| {
            segment.trace_segment_id = "\u{202e}".repeat(100_000);
        }),
        refused("no span 0", "no span with id 0", |segment| segment.spans[0].span_id = 1),
        refused("start of 0", "starts at 0 ms", |segment| segment.spans[0].start_time = 0),
        refused("start of -1", "starts at -1 ms", |segment| segment.spans[0].start_time = -1),
        refused("smallest start", "starts at -9223372036854775808", |segment| {
            segment.spans[0].start_time = i64::MIN;
        }),
        refused(
            "two cache tags",
            "two tags",
            tagged(SpanLayer::Cache, &[("cache.type", "redis"), ("cache.type", "redis")]),
        ),
        refused(
            "latency that is text",
            "transmission.latency",
            entry(("transmission.latency", "x")),
        ),
        refused(
            "latency of 2^31",
            "transmission.latency",
            entry(("transmission.latency", "99999999999999999999")),
        ),
        refused("logic endpoint that is not JSON", "x-le", entry(("x-le", "{"))),
        refused("more spans than the store keeps", "bytes of memory", |segment| {
            segment.spans = (0..300_000).map(|id| span(id, id - 1)).collect();
        })
        .alone(),
        refused("name of 4 MB for 100 spans", "bytes of memory", |segment| {
            segment.service = "s".repeat(4_000_000);
            segment.spans = (0..100).map(|id| span(id, id - 1)).collect();
        })
        .alone(),
    ]
}

fn trees() -> Vec<Case> {
    let refer = |references: Vec<SegmentReference>| {
        move |segment: &mut SegmentObject| {
            segment.spans[0].span_type = SpanType::Entry as i32;
            segment.spans[0].refs = references;
        }
    };
    let many = (0..1_000).map(|at| reference("1000-references", &format!("s{at}"), at)).collect();
    vec![
        kept("parent of itself", |segment| segment.spans.push(span(1, 1))),
        kept("first span below itself", |segment| segment.spans[0].parent_span_id = 0),
        kept("cycle of two spans", |segment| segment.spans.extend([span(1, 2), span(2, 1)])),
        kept("cycle of 1 000 spans", |segment| {
            segment.spans.extend((1..=1_000).map(|id| span(id, id % 1_000 + 1)));
        }),
        kept("two roots", |segment| segment.spans.push(span(1, -1))),
        kept("missing parent", |segment| segment.spans.push(span(1, 77))),
        kept("spans of one id", |segment| {
            segment.spans.extend([span(1, 0), span(1, 0), span(1, 1)]);
        }),
        kept("spans in reverse", |segment| {
            segment.spans = (0..1_000).rev().map(|id| span(id, id - 1)).collect();
        }),
        kept("10 000 spans deep", |segment| {
            segment.spans = (0..10_000).map(|id| span(id, id - 1)).collect();
        })
        .alone(),
        kept("10 000 spans wide", |segment| {
            segment.spans = (0..10_000).map(|id| span(id, (id - 1).min(0))).collect();
        })
        .alone(),
        kept(
            "reference to its own span",
            refer(vec![reference("reference-to-its-own-span", "reference-to-its-own-span", 0)]),
        ),
        kept("reference to nothing", refer(vec![reference("", "", 0)])),
        kept("reference to another trace", refer(vec![reference("other", "other", 0)])),
        kept("reference to span -1", refer(vec![reference("reference-to-span--1", "x", -1)])),
        kept("1000 references", refer(many)),
        kept(
            "1000 equal references",
            refer(vec![reference("1000-equal-references", "x", 0); 1_000]),
        ),
        kept("cycle of references a", |segment| {
            segment.trace_id = "cycle".into();
            segment.spans[0].refs = vec![reference("cycle", "cycle-of-references-b", 0)];
        }),
        kept("cycle of references b", |segment| {
            segment.trace_id = "cycle".into();
            segment.spans[0].refs = vec![reference("cycle", "cycle-of-references-a", 0)];
        }),
    ]
}

fn texts() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, text) in [
        ("NUL", "a\0b".to_owned()),
        ("bidi marks", BIDI.to_owned()),
        ("markup", MARKUP.to_owned()),
        ("escapes of terminals", "\u{1b}[2J\u{1b}]0;evil\u{7}\r\n".to_owned()),
        ("combining marks", "a\u{301}".repeat(5_000)),
        ("100 KB", "x".repeat(100_000)),
        ("spaces", " ".repeat(1_000)),
        ("nothing", String::new()),
        ("percent signs", "%00%0d%0a%2e%2e%2f".to_owned()),
        ("__proto__", "__proto__".to_owned()),
    ] {
        let names = text.clone();
        cases.push(kept(&format!("{name} as names"), move |segment| {
            segment.service.clone_from(&names);
            segment.service_instance.clone_from(&names);
            segment.spans[0].operation_name.clone_from(&names);
            segment.spans[0].peer.clone_from(&names);
            segment.spans[0].span_type = SpanType::Exit as i32;
        }));
        let texts = text.clone();
        cases.push(kept(&format!("{name} in tags and logs"), move |segment| {
            segment.spans[0].tags = vec![pair(&texts, &texts), pair("db.statement", &texts)];
            let data = vec![pair(&texts, &texts), pair("event", "error"), pair("message", &texts)];
            segment.spans[0].logs = vec![Log { time: now(), data }];
        }));
        cases.push(kept(&format!("{name} in a reference"), move |segment| {
            let mut reference = reference(&text, &text, 0);
            reference.parent_service.clone_from(&text);
            reference.parent_service_instance.clone_from(&text);
            reference.parent_endpoint.clone_from(&text);
            reference.network_address_used_at_peer.clone_from(&text);
            segment.spans[0].span_type = SpanType::Entry as i32;
            segment.spans[0].refs = vec![reference];
        }));
    }
    for (name, id) in
        [("markup", MARKUP), ("bidi marks", BIDI), ("NUL", "a\0b"), ("a path", "../a?b#c")]
    {
        cases.push(kept(&format!("{name} as ids"), |segment| {
            segment.trace_id = id.into();
            segment.trace_segment_id = id.into();
        }));
    }
    cases
}

fn times() -> Vec<Case> {
    let at = |start: i64, end: i64| {
        move |segment: &mut SegmentObject| {
            segment.spans[0].start_time = start;
            segment.spans[0].end_time = end;
        }
    };
    vec![
        kept("end of 0", at(now(), 0)),
        kept("end of -1", at(now(), -1)),
        kept("smallest end", at(now(), i64::MIN)),
        kept("largest end", at(now(), i64::MAX)),
        kept("start of 1", at(1, 2)),
        kept("start of 1 and the largest end", at(1, i64::MAX)),
        kept("start of 1 and the smallest end", at(1, i64::MIN)),
        kept("largest start", at(i64::MAX, i64::MAX)),
        kept("largest start and smallest end", at(i64::MAX, i64::MIN)),
        kept("spans at both ends of time", |segment| {
            let mut last = span(1, 0);
            (last.start_time, last.end_time) = (i64::MAX - 1, i64::MAX);
            segment.spans[0].start_time = 1;
            segment.spans.push(last);
        }),
        kept("logs at both ends of time", |segment| {
            segment.spans[0].logs = [i64::MIN, -1, 0, i64::MAX]
                .map(|time| Log { time, data: vec![pair("event", "error")] })
                .to_vec();
        }),
    ]
}

fn numbers() -> Vec<Case> {
    let mut cases = Vec::new();
    for number in [i32::MIN, -1, 8, i32::MAX] {
        cases.push(kept(&format!("enums of {number}"), |segment| {
            segment.spans[0].span_type = number;
            segment.spans[0].span_layer = number;
            segment.spans[0].component_id = number;
            segment.spans[0].refs =
                vec![SegmentReference { ref_type: number, ..reference("x", "x", number) }];
        }));
        cases.push(kept(&format!("ids of {number}"), |segment| {
            segment.spans.push(span(number, number));
        }));
    }
    cases.push(kept("10 000 tags", |segment| {
        segment.spans[0].tags =
            (0..10_000).map(|at| pair(&format!("key{at}"), &format!("value{at}"))).collect();
    }));
    cases.push(kept("10 000 tags of one key", |segment| {
        segment.spans[0].tags = (0..10_000).map(|at| pair("key", &format!("value{at}"))).collect();
    }));
    cases.push(kept("10 000 logs", |segment| {
        segment.spans[0].logs =
            vec![Log { time: now(), data: vec![pair("event", "error")] }; 10_000];
    }));
    cases.push(
        kept("a tag of 5 MB", |segment| {
            segment.spans[0].tags = vec![pair("body", &"x".repeat(5_000_000))];
        })
        .alone(),
    );
    let (name, _, bytes) = sent("no spans", |segment| segment.spans.clear());
    cases.push(Case::http(name, bytes, 200, "").counts("segmentsEmpty", 1));
    cases
}
