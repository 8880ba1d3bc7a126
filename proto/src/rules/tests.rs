//! Each rule broken alone, in a segment that keeps all others.

mod storage_limits;

use std::collections::BTreeSet;

use super::*;
use crate::v3::{
    KeyStringValuePair, Log, RefType, SegmentReference, SpanLayer, SpanObject, SpanType,
};

const NOW: i64 = 1_795_000_000_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

fn pair(key: &str, value: &str) -> KeyStringValuePair {
    KeyStringValuePair { key: key.into(), value: value.into() }
}

fn span(id: i32, kind: SpanType, name: &str) -> SpanObject {
    SpanObject {
        span_id: id,
        parent_span_id: id - 1,
        start_time: NOW + i64::from(id),
        end_time: NOW + 100 - i64::from(id),
        operation_name: name.into(),
        span_type: kind.into(),
        ..Default::default()
    }
}

fn caller() -> SegmentReference {
    SegmentReference {
        ref_type: RefType::CrossProcess.into(),
        trace_id: "t".into(),
        parent_trace_segment_id: "caller".into(),
        parent_span_id: 3,
        parent_service: "RTS_Test".into(),
        parent_service_instance: "RTS_Test_1".into(),
        parent_endpoint: "/API/Snapshot".into(),
        network_address_used_at_peer: "RTS_Server".into(),
    }
}

/// Entry, Local, Exit below each other; the Entry was called, the Local has a log, the Exit has a
/// tag.
fn good() -> SegmentObject {
    let mut spans = vec![
        span(0, SpanType::Entry, "/Service/OnSnapshot"),
        span(1, SpanType::Local, "plan"),
        span(2, SpanType::Exit, "/database/QuerySnapshot"),
    ];
    spans[0].refs = vec![caller()];
    spans[1].logs = vec![Log {
        time: NOW + 5,
        data: vec![pair("event", "rows"), pair("stack", &"s".repeat(4_000))],
    }];
    spans[2].peer = "db:5432".into();
    spans[2].span_layer = SpanLayer::Database.into();
    spans[2].tags = vec![pair("db.type", "PostgreSQL"), pair("db.statement", &"s".repeat(2_048))];
    SegmentObject {
        trace_id: "t".into(),
        trace_segment_id: "s".into(),
        spans,
        service: "Service_Test".into(),
        service_instance: "Service_Test_1".into(),
        ..Default::default()
    }
}

/// The same, begun by another thread of the process.
fn continued() -> SegmentObject {
    let mut segment = good();
    segment.spans.truncate(2);
    segment.spans[0].span_type = SpanType::Local.into();
    segment.spans[0].refs = vec![SegmentReference {
        ref_type: RefType::CrossThread.into(),
        parent_service: "Service_Test".into(),
        parent_service_instance: "Service_Test_1".into(),
        network_address_used_at_peer: String::new(),
        ..caller()
    }];
    segment
}

fn broken(mut segment: SegmentObject, change: impl FnOnce(&mut SegmentObject)) -> Vec<Violation> {
    change(&mut segment);
    violations_at(&segment, NOW)
}

/// The name of the one rule that this breaks, a mark if the segment is lost by it, and the text.
/// Panics if more than that is broken, or nothing.
#[track_caller]
fn one(segment: SegmentObject, change: impl FnOnce(&mut SegmentObject)) -> String {
    let found = broken(segment, change);
    let [violation] = found.as_slice() else { panic!("one violation, not {found:#?}") };
    format!(
        "{}{} {violation}",
        violation.rule.name(),
        if violation.loses_segment() { " LOST" } else { "" }
    )
}

#[track_caller]
fn entry(change: impl FnOnce(&mut SpanObject)) -> String {
    one(good(), |segment| change(&mut segment.spans[0]))
}

#[track_caller]
fn local(change: impl FnOnce(&mut SpanObject)) -> String {
    one(good(), |segment| change(&mut segment.spans[1]))
}

#[track_caller]
fn exit(change: impl FnOnce(&mut SpanObject)) -> String {
    one(good(), |segment| change(&mut segment.spans[2]))
}

#[track_caller]
fn process_ref(change: impl FnOnce(&mut SegmentReference)) -> String {
    entry(|span| change(&mut span.refs[0]))
}

#[track_caller]
fn thread_ref(change: impl FnOnce(&mut SegmentReference)) -> String {
    one(continued(), |segment| change(&mut segment.spans[0].refs[0]))
}

#[test]
fn valid_segments_have_no_violations() {
    for segment in [good(), continued()] {
        assert_eq!(violations_at(&segment, NOW), []);
    }
    // Order is free: agents send spans as they end.
    assert_eq!(broken(good(), |s| s.spans.reverse()), []);
}

/// Each line: the rule's name, whether the segment is lost by it, and the whole text.
#[test]
#[expect(clippy::too_many_lines, reason = "a line a rule")]
fn each_rule_alone_reports_value_place_and_fix() {
    let of_segments = [
        one(good(), |s| s.spans.clear()),
        one(good(), |s| {
            s.spans.truncate(1);
            s.spans[0].span_id = 1;
        }),
        one(good(), |s| s.trace_segment_id = "i".repeat(151)),
        one(good(), |s| s.trace_segment_id.clear()),
        one(good(), |s| s.trace_segment_id = "a b".into()),
        one(good(), |s| s.service = " ".into()),
        one(good(), |s| s.service_instance = format!("{}x", "🦀".repeat(25))),
    ];
    let of_places = [
        one(good(), |s| {
            let another = SpanObject { span_id: -7, ..s.spans[1].clone() };
            s.spans.push(another);
        }),
        one(good(), |s| s.spans.push(s.spans[2].clone())),
        entry(|span| span.parent_span_id = 1),
        local(|span| span.parent_span_id = -1),
        local(|span| span.parent_span_id = 9),
        local(|span| span.parent_span_id = 1),
        entry(|span| span.span_type = 3),
        entry(|span| span.span_layer = 8),
    ];
    let of_times = [
        one(continued(), |s| {
            s.spans.truncate(1);
            s.spans[0].start_time = 0;
        }),
        exit(|span| span.end_time = NOW + 1),
        exit(|span| span.start_time = NOW),
        local(|span| span.logs[0].time = NOW),
        local(|span| span.logs[0].time = NOW + 100),
    ];
    let of_names = [
        local(|span| span.operation_name = " ".into()),
        local(|span| span.operation_name = "n".repeat(151)),
        exit(|span| span.peer.clear()),
        exit(|span| span.peer = "p".repeat(201)),
        local(|span| span.span_layer = SpanLayer::Database.into()),
        local(|span| span.span_layer = SpanLayer::Cache.into()),
        local(|span| span.span_layer = SpanLayer::GenAi.into()),
        local(|span| span.component_id = -1),
    ];
    let of_tags = [
        local(|span| {
            span.span_layer = SpanLayer::Cache.into();
            span.tags = vec![pair("cache.type", "redis"), pair("cache.type", "redis")];
        }),
        local(|span| span.tags = vec![pair("user", "1"), pair("user", "1")]),
        local(|span| span.tags = vec![pair("", "1")]),
        local(|span| span.logs[0].data.push(pair(" ", "1"))),
        local(|span| span.tags = vec![pair("user", &"v".repeat(2_049))]),
        local(|span| span.logs[0].data[1].value.push_str("s\n\tat x")),
        local(|span| span.tags = vec![pair("transmission.latency", "12.5")]),
        local(|span| span.tags = vec![pair("x-le", "yes")]),
        local(|span| span.tags = vec![pair("transmission.latency", "-7")]),
        local(|span| span.tags = vec![pair("http.status_code", "OK")]),
        local(|span| span.tags = vec![pair("status_code", "")]),
        local(|span| span.logs = vec![span.logs[0].clone(); 301]),
    ];
    let of_refs = [
        local(|span| span.refs = vec![caller()]),
        entry(|span| {
            span.refs[0] = SegmentReference {
                parent_service: "Service_Test".into(),
                ..continued().spans[0].refs[0].clone()
            };
        }),
        one(continued(), |s| s.spans[1].refs = s.spans[0].refs.clone()),
        entry(|span| span.refs.push(caller())),
        entry(|span| {
            span.refs = (0..501)
                .map(|span| SegmentReference { parent_span_id: span, ..caller() })
                .collect();
        }),
        process_ref(|r| r.ref_type = 2),
        process_ref(|r| r.trace_id = "another".into()),
        process_ref(|r| r.parent_trace_segment_id.clear()),
        process_ref(|r| r.parent_trace_segment_id = "i".repeat(151)),
        process_ref(|r| r.parent_trace_segment_id = "ü".into()),
        process_ref(|r| r.parent_trace_segment_id = "s".into()),
        process_ref(|r| r.parent_span_id = -1),
        process_ref(|r| r.parent_service.clear()),
        process_ref(|r| r.parent_service_instance.clear()),
        process_ref(|r| r.parent_endpoint.clear()),
        process_ref(|r| r.network_address_used_at_peer.clear()),
        process_ref(|r| r.network_address_used_at_peer = "a".repeat(201)),
        thread_ref(|r| r.parent_service = "another".into()),
        thread_ref(|r| r.parent_service_instance = "another".into()),
        thread_ref(|r| r.network_address_used_at_peer = "127.0.0.1:80".into()),
    ];
    let all = [&of_segments[..], &of_places, &of_times, &of_names, &of_tags, &of_refs].concat();
    insta::assert_snapshot!(all.join("\n"), @r#"
    no-spans LOST segment "s" has no spans, so the OAP ignores it: report a segment only with its spans
    no-first-span LOST segment "s" has no span with id 0, so the OAP could not find it: number the spans from 0
    id-length LOST segment "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii…" has the segment id "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii…" of 151 characters: the OAP's SQL storage takes 1 to 150
    id-length LOST segment "" has the segment id "" of 0 characters: the OAP's SQL storage takes 1 to 150
    id-characters segment "a b" has the segment id "a b", which URLs and headers can't hold as it is: make ids of visible ASCII
    no-name segment "s" has a blank service name, by which nothing can be found: set it
    too-long segment "s" has the instance name "🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀x" of 51 UTF-16 units, over the agents' limit of 50: cut it
    span-id-negative span -7 of segment "s" has a negative id: number the spans from 0
    span-id-twice span 2 of segment "s" is not the only one with this id: number each span once
    first-span-below span 0 of segment "s" is the first span and has the parent 1: use refs to link to other segments, and -1 as the parent of the first span
    second-root span 1 of segment "s" has the parent -1, which only span 0 may have: a segment has one root
    parent-missing span 1 of segment "s" has the parent 9, which is not in the segment: use refs to link to other segments
    parent-not-before span 1 of segment "s" has the parent 1, which is not before it: number spans in the order in which they are opened
    number span 0 of segment "s" has the span type 3, which the protocol does not know: send 0 to 2
    number span 0 of segment "s" has the span layer 8, which the protocol does not know: send 0 to 7
    start-time LOST span 0 of segment "s" starts at 0 ms, and an OAP on SQL storage has no table for that day (it is 1795000000000 ms now) and loses the segment: send epoch milliseconds of the real clock
    end-before-start span 2 of segment "s" ends at 1795000000001 ms, before its start at 1795000000002 ms, which is a negative latency: use one clock for both, and never end earlier
    start-before-parent span 2 of segment "s" starts at 1795000000000 ms, before its parent 1 at 1795000000001 ms: use one clock for both, and never start earlier
    log-time span 1 of segment "s" has a log at 1795000000000 ms, and lasts from 1795000000001 ms to 1795000000099 ms: log while the span is open, by the span's clock
    log-time span 1 of segment "s" has a log at 1795000000100 ms, and lasts from 1795000000001 ms to 1795000000099 ms: log while the span is open, by the span's clock
    no-name span 1 of segment "s" has a blank operation name, by which nothing can be found: set it
    too-long span 1 of segment "s" has the operation name "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…" of 151 UTF-16 units, over the agents' limit of 150: cut it
    no-peer span 2 of segment "s" is an Exit without a peer, so no call is drawn: set the address that is called
    too-long span 2 of segment "s" has the peer "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp…" of 201 UTF-16 units, over the agents' limit of 200: cut it
    database span 1 of segment "s" is of layer Database and of type Local, which makes a virtual database without a name: open an Exit with a peer
    tag-missing span 1 of segment "s" is of layer Cache without the tag cache.type, so the OAP ignores the layer: set the tag
    tag-missing span 1 of segment "s" is of layer GenAI without the tag gen_ai.response.model, so the OAP ignores the layer: set the tag
    component span 1 of segment "s" has the component -1: send a number of component-libraries.yml, or 11000 for Rust
    cache-tag-twice LOST span 1 of segment "s" has layer Cache and two tags "cache.type", so the OAP discards the whole segment: send each key once
    tag-twice span 1 of segment "s" has two tags "user", and the OAP uses either one: send each key once
    no-key span 1 of segment "s" has a tag with the value "1" and no key: set the key
    no-key span 1 of segment "s" has a log field with the value "1" and no key: set the key
    too-long span 1 of segment "s" has the tag value "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…" of 2049 UTF-16 units, over the agents' limit of 2048: cut it
    too-long span 1 of segment "s" has the stack "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss…" of 4007 UTF-16 units, over the agents' limit of 4000: cut it
    tag-loses-segment LOST span 1 of segment "s" has the tag transmission.latency with value "12.5", so the OAP discards the whole segment: send milliseconds as an integer
    tag-loses-segment LOST span 1 of segment "s" has the tag x-le with value "yes", so the OAP discards the whole segment: send a JSON object such as {"logic-span":true}
    tag-value span 1 of segment "s" has the tag transmission.latency with value "-7", which the OAP cannot use: send 0 or more milliseconds
    tag-value span 1 of segment "s" has the tag http.status_code with value "OK", which the OAP cannot use: send an integer
    tag-value span 1 of segment "s" has the tag status_code with value "", which the OAP cannot use: send an integer, as http.status_code
    too-many span 1 of segment "s" has 301 logs, over the agents' limit of 300: drop the rest and record that
    process-ref span 1 of segment "s" is of type Local and has a CrossProcess ref, so no call is drawn: open an Entry for a call from another process
    thread-ref-on-entry span 0 of segment "s" is an Entry with a CrossThread ref, which draws a call of the service to itself: put the ref on a Local span around it
    thread-ref-inside span 1 of segment "s" has a CrossThread ref and is not the first one: put it on span 0 of a segment of its own
    ref-twice span 0 of segment "s" has two refs to span 3 of segment "caller", which count as two calls: send each once
    too-many span 0 of segment "s" has 501 refs, over the agents' limit of 500: drop the rest and record that
    number span 0 of segment "s" has the ref type 2, which the protocol does not know: send 0 to 1
    ref-trace span 0 of segment "s" has a first ref to trace "another", but the segment has another trace id: use the trace id of the first ref
    no-name span 0 of segment "s" has a blank segment id in a ref, by which nothing can be found: set it
    too-long span 0 of segment "s" has the segment id in a ref "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii…" of 151 UTF-16 units, over the agents' limit of 150: cut it
    id-characters span 0 of segment "s" has the segment id in a ref "ü", which URLs and headers can't hold as it is: make ids of visible ASCII
    ref-to-itself span 0 of segment "s" has a ref to itself or to a span after it in its own segment: use the parent id within a segment
    ref-span span 0 of segment "s" has a ref to span -1 of its parent: span ids start at 0
    no-name span 0 of segment "s" has a blank service in a ref, by which nothing can be found: set it
    no-name span 0 of segment "s" has a blank instance in a ref, by which nothing can be found: set it
    no-name span 0 of segment "s" has a blank endpoint in a ref, by which nothing can be found: set it
    no-name span 0 of segment "s" has a blank address in a ref, by which nothing can be found: set it
    too-long span 0 of segment "s" has the address in a ref "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" of 201 UTF-16 units, over the agents' limit of 200: cut it
    ref-owner span 0 of segment "s" has a CrossThread ref to the service "another", not its own: the parent of a thread is in the same process
    ref-owner span 0 of segment "s" has a CrossThread ref to the instance "another", not its own: the parent of a thread is in the same process
    ref-address span 0 of segment "s" has a CrossThread ref with the address "127.0.0.1:80": leave it empty, since nothing was dialled
    "#);

    let storage_limits = storage_limits::reported();
    let tested: BTreeSet<_> =
        all.iter().chain(&storage_limits).filter_map(|line| line.split(' ').next()).collect();
    let named = include_str!("rule.rs")
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","));
    assert_eq!(
        tested,
        named.collect::<BTreeSet<_>>(),
        "a rule without a test, or a test without a rule"
    );
}

#[test]
fn values_at_a_limit_are_allowed() {
    let right = |change: fn(&mut SegmentObject)| assert_eq!(broken(good(), change), []);
    right(|s| {
        s.trace_id = "t".repeat(150);
        s.spans[0].refs[0].trace_id = "t".repeat(150);
    });
    right(|s| s.service = "🦀".repeat(25));
    right(|s| s.spans[1].operation_name = "ü".repeat(150));
    right(|s| s.spans[2].peer = "p".repeat(200));
    right(|s| s.spans[1].logs = vec![s.spans[1].logs[0].clone(); 300]);
    right(|s| {
        s.spans[0].refs =
            (0..500).map(|span| SegmentReference { parent_span_id: span, ..caller() }).collect();
    });
    right(|s| s.spans[1].logs[0].time = NOW + 1);
    right(|s| s.spans[1].logs[0].time = NOW + 99);
    right(|s| s.spans[1].end_time = s.spans[1].start_time + 10);
    right(|s| {
        s.spans[0].tags = vec![pair("transmission.latency", " "), pair("http.status_code", "200")];
    });
    right(|s| s.spans[0].tags = vec![pair("x-le", r#" {"logic-span":true} "#)]);
    right(|s| {
        s.spans[2].span_type = SpanType::Entry.into();
        s.spans[2].span_layer = SpanLayer::Http.into();
        s.spans[2].refs = vec![SegmentReference {
            parent_trace_segment_id: "s".into(),
            parent_span_id: 1,
            ..caller()
        }];
    });
    // An untrusted client may send a segment with refs to two traces.
    right(|s| {
        s.spans[0].refs.push(SegmentReference {
            trace_id: "another".into(),
            parent_span_id: 4,
            ..caller()
        });
    });
    for days in [-2, 2] {
        let found = broken(continued(), |s| {
            s.spans.truncate(1);
            s.spans[0].start_time = NOW + days * DAY_MS;
            s.spans[0].end_time = NOW + days * DAY_MS;
        });
        assert_eq!(found, []);
    }
}

/// Java adds whole lines until it has 4 000 units, so the last line is longer than the limit.
#[test]
fn stack_may_end_with_the_line_that_reaches_the_limit() {
    let first = "java.lang.IllegalStateException: no stock";
    let line = "\n\tat com.example.Shop.order(Shop.java:42)";
    let lines = |line: &str, units: usize| {
        let mut stack = first.to_owned();
        while stack.encode_utf16().count() <= units {
            stack.push_str(line);
        }
        stack
    };
    let with = |stack: String| broken(good(), |s| s.spans[1].logs[0].data[1].value = stack);
    let java = lines(line, 4_000);
    assert!(java.len() > 4_000, "{}", java.len());
    for stack in [
        java.clone(),
        format!("{java}\n"),
        lines("\r\n\tat com.example.Shop.order(Shop.java:42)", 4_000),
        lines("\n\tat 店.订单(店.java:42)", 4_000),
        format!("{}\n\tat the.line.after.exactly.4000", "s".repeat(4_000)),
        "m".repeat(10_000),
    ] {
        assert_eq!(with(stack), []);
    }
    for stack in [
        format!("{java}{line}"),
        lines(line, 5_000),
        format!("{}\n\n", lines(line, 4_100)),
        "\n".repeat(5_000),
    ] {
        let found = with(stack);
        assert!(
            matches!(&found[..], [Violation { rule: Rule::TooLong { what: "stack", .. }, .. }]),
            "{found:?}"
        );
    }
}

/// What the Java agent sends of a gRPC server call.
#[test]
fn callback_may_refer_to_the_entry_of_its_own_segment() {
    let own = |to: i32| SegmentReference {
        parent_trace_segment_id: "s".into(),
        parent_span_id: to,
        ..continued().spans[0].refs[0].clone()
    };
    let called = |at: usize, kind: SpanType, to: i32| {
        broken(good(), |s| {
            s.spans[at].operation_name = "/demo.Stock/take/server/Response/onClose".into();
            s.spans[at].span_type = kind.into();
            s.spans[at].span_layer = SpanLayer::RpcFramework.into();
            s.spans[at].refs = vec![own(to)];
        })
    };
    assert_eq!(called(1, SpanType::Local, 0), []);
    assert_eq!(called(2, SpanType::Local, 0), []);
    let names = |found: Vec<Violation>| found.iter().map(|one| one.rule.name()).collect::<Vec<_>>();
    // To a Local span, to no span, from an Exit, and from another segment's callback.
    assert_eq!(names(called(2, SpanType::Local, 1)), ["thread-ref-inside"]);
    assert_eq!(names(called(1, SpanType::Local, 7)), ["thread-ref-inside", "ref-to-itself"]);
    assert_eq!(names(called(2, SpanType::Exit, 0)), ["thread-ref-inside"]);
    assert_eq!(
        names(broken(good(), |s| s.spans[1].refs = continued().spans[0].refs.clone())),
        ["thread-ref-inside"]
    );
}

/// An untrusted client may send as many spans as a message holds, in any order. Each lookup of the
/// Entry takes the same time.
#[test]
fn callbacks_of_many_spans_find_the_last_entry() {
    let reference = SegmentReference {
        parent_trace_segment_id: "s".into(),
        parent_span_id: 0,
        ..continued().spans[0].refs[0].clone()
    };
    let found = broken(good(), |s| {
        let (entry, local) = (
            s.spans[0].clone(),
            SpanObject {
                refs: vec![reference],
                logs: vec![],
                parent_span_id: 0,
                ..s.spans[1].clone()
            },
        );
        s.spans = (1..50_000)
            .map(|span_id| SpanObject { span_id, ..local.clone() })
            .chain([entry])
            .collect();
    });
    assert_eq!(found, []);
}

#[test]
fn tag_x_le_is_one_json_object() {
    for value in ["", "null", "[]", "1", "{", "{}{}", "{'a':1}", "{\"a\":}", "\u{feff}{}"] {
        let found = broken(good(), |s| s.spans[1].tags = vec![pair("x-le", value)]);
        assert!(
            matches!(found.as_slice(), [found] if found.loses_segment()),
            "{value:?}: {found:?}"
        );
    }
}

#[test]
fn extreme_times_do_not_overflow() {
    for start in [i64::MIN, i64::MAX, -1] {
        let found = broken(good(), |s| s.spans[0].start_time = start);
        assert!(
            found.iter().any(
                |found| matches!(found.rule, Rule::StartTime { start: reported, .. } if reported == start)
            ),
            "{found:?}"
        );
    }
}

#[test]
fn untrusted_texts_are_quoted_escaped_and_short() {
    let found = broken(good(), |s| {
        s.trace_segment_id = "\u{9b}i".repeat(1_000_000);
        s.spans[1].tags = vec![
            pair("x-le", &"\x1b[2J".repeat(1_000_000)),
            pair("\u{202e}k", "1"),
            pair("\u{202e}k", "1"),
        ];
    });
    assert_eq!(found.len(), 3 + 1);
    for violation in found {
        let text = violation.to_string();
        assert!(text.len() < 1_000 && !text.chars().any(char::is_control), "{text}");
        assert_eq!(violation.segment_id.chars().count(), 150);
    }
}

#[test]
fn each_stops_at_break() {
    let mut reports = 0;
    let segment = SegmentObject { spans: vec![SpanObject::default(); 1_000], ..Default::default() };
    each(&segment, NOW, |_| {
        reports += 1;
        if reports == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(reports, 3);
}
