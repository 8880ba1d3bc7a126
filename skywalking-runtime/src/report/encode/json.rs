//! The JSON form against the protobuf form: what prost reads in the bytes, written as JSON by proto3's rules, is what the JSON says.
//!
//! The rules leave a choice: a default may stand there or not, and 64 bits may be a number or a text. Both sides are brought to one.

use proptest::prelude::*;
use prost::Message as _;
use serde_json::{Map, Value, json};
use skywalking_proto::v3::{KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject, SpanType};

use super::super::json;
use super::tests::{Random, identity, random_segment, timeline};
use super::{Encoder, Segment};

/// By the rules: every field, 64 bits as text, enums by name.
fn segment(segment: &SegmentObject) -> Value {
    json!({
        "traceId": segment.trace_id,
        "traceSegmentId": segment.trace_segment_id,
        "spans": list(&segment.spans, span),
        "service": segment.service,
        "serviceInstance": segment.service_instance,
        "isSizeLimited": segment.is_size_limited,
    })
}

fn span(span: &SpanObject) -> Value {
    json!({
        "spanId": span.span_id,
        "parentSpanId": span.parent_span_id,
        "startTime": span.start_time.to_string(),
        "endTime": span.end_time.to_string(),
        "refs": list(&span.refs, reference),
        "operationName": span.operation_name,
        "peer": span.peer,
        "spanType": SpanType::try_from(span.span_type).unwrap().as_str_name(),
        "spanLayer": SpanLayer::try_from(span.span_layer).unwrap().as_str_name(),
        "componentId": span.component_id,
        "isError": span.is_error,
        "tags": list(&span.tags, pair),
        "logs": list(&span.logs, log),
        "skipAnalysis": span.skip_analysis,
    })
}

fn reference(reference: &SegmentReference) -> Value {
    json!({
        "refType": RefType::try_from(reference.ref_type).unwrap().as_str_name(),
        "traceId": reference.trace_id,
        "parentTraceSegmentId": reference.parent_trace_segment_id,
        "parentSpanId": reference.parent_span_id,
        "parentService": reference.parent_service,
        "parentServiceInstance": reference.parent_service_instance,
        "parentEndpoint": reference.parent_endpoint,
        "networkAddressUsedAtPeer": reference.network_address_used_at_peer,
    })
}

fn log(log: &Log) -> Value {
    json!({ "time": log.time.to_string(), "data": list(&log.data, pair) })
}

fn pair(pair: &KeyStringValuePair) -> Value {
    json!({ "key": pair.key, "value": pair.value })
}

fn list<M>(messages: &[M], render: fn(&M) -> Value) -> Value {
    messages.iter().map(render).collect()
}

const WIDE: [&str; 3] = ["startTime", "endTime", "time"];
const ENUMS: [&str; 3] = ["spanType", "spanLayer", "refType"];

/// Without defaults, and with 64 bits as text.
fn canonical(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(canonical).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| {
                let wide = WIDE.contains(&key.as_str()).then(|| value.as_i64()).flatten();
                let value = wide.map_or_else(|| canonical(value), |number| number.to_string().into());
                (key, value)
            });
            Value::Object(fields.filter(|(key, value)| !is_default(key, value)).collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    match value {
        Value::String(text) if ENUMS.contains(&key) => ["Entry", "Unknown", "CrossProcess"].contains(&text.as_str()),
        Value::String(text) if WIDE.contains(&key) => text == "0",
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Null | Value::Object(_) => false,
    }
}

/// The golden segment has everything in it; what its bytes mean was typed by hand.
#[test]
fn the_golden_segment_as_json_is_what_was_typed_by_hand() {
    const HEX: &str = include_str!("../../../../tests/golden/segment.hex");
    const TYPED: &str = include_str!("../../../../tests/golden/segment.json");
    let digits: Vec<u8> = HEX.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    let said: Value = serde_json::from_slice(&json::segment(&bytes)).unwrap();
    assert_eq!(canonical(said), canonical(serde_json::from_str(TYPED).unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_json_form_says_what_the_protobuf_form_says(seed: u64) {
        let (head, made, _) = random_segment(&mut Random(seed));
        let records = Segment { head: &head, records: &made.records, sides: &made.sides, text: &made.text };
        let bytes = Encoder::new(identity()).encode(records, &timeline());
        let decoded = SegmentObject::decode(bytes.as_ref()).unwrap();
        let said: Value = serde_json::from_slice(&json::segment(&bytes)).unwrap();
        prop_assert_eq!(canonical(said), canonical(segment(&decoded)));
    }
}
