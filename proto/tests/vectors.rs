//! Messages that other agents and the backend sent (`vectors.json`). Each decodes to the expected
//! JSON, and encodes to the same bytes again.

use prost::Message;
use serde_json::{Map, Value};
use skywalking_proto::v3::{
    InstancePingPkg, InstanceProperties, KeyStringValuePair, Log, RefType, SegmentCollection,
    SegmentObject, SegmentReference, SpanLayer, SpanObject, SpanType,
};

#[test]
fn messages_decode_to_json_and_encode_to_the_same_bytes() {
    let vectors: Value =
        serde_json::from_str(include_str!("../vectors.json")).expect("the vectors are JSON");
    let messages = vectors["messages"].as_array().expect("a list of messages");
    let mut checked = Vec::new();
    for message in messages {
        let name = message["type"].as_str().expect("the name of a type");
        let bytes = bytes_of(message["hex"].as_str().expect("the bytes in hex"));
        let (json, again) = match name {
            "skywalking.v3.SegmentObject" => round_trip::<SegmentObject>(&bytes),
            "skywalking.v3.SegmentCollection" => round_trip::<SegmentCollection>(&bytes),
            "skywalking.v3.InstanceProperties" => round_trip::<InstanceProperties>(&bytes),
            "skywalking.v3.InstancePingPkg" => round_trip::<InstancePingPkg>(&bytes),
            _ => panic!("{name} has no JSON form: add one below"),
        };
        assert_eq!(json, message["json"], "{name} as JSON");
        assert_eq!(again, bytes, "{name} encoded again");
        checked.push(name);
    }
    checked.sort_unstable();
    checked.dedup();
    assert_eq!(checked.len(), 4, "the vectors hold each type: {checked:?}");
}

/// Decodes a message, renders it as JSON and encodes it again.
fn round_trip<M: Message + Default + Json>(bytes: &[u8]) -> (Value, Vec<u8>) {
    let message = M::decode(bytes).expect("the bytes are a message");
    (message.json(), message.encode_to_vec())
}

fn bytes_of(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "two digits a byte: {hex}");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits"))
        .collect()
}

/// The JSON form of proto3: without default values, 64-bit integers as strings, enum values by
/// name.
trait Json {
    fn json(&self) -> Value;
}

impl Json for SegmentCollection {
    fn json(&self) -> Value {
        object([("segments", list(&self.segments))])
    }
}

impl Json for SegmentObject {
    fn json(&self) -> Value {
        object([
            ("traceId", text(&self.trace_id)),
            ("traceSegmentId", text(&self.trace_segment_id)),
            ("spans", list(&self.spans)),
            ("service", text(&self.service)),
            ("serviceInstance", text(&self.service_instance)),
            ("isSizeLimited", flag(self.is_size_limited)),
        ])
    }
}

impl Json for SpanObject {
    fn json(&self) -> Value {
        let span_type = SpanType::try_from(self.span_type).expect("a known span type");
        let span_layer = SpanLayer::try_from(self.span_layer).expect("a known layer");
        object([
            ("spanId", int32(self.span_id)),
            ("parentSpanId", int32(self.parent_span_id)),
            ("startTime", int64(self.start_time)),
            ("endTime", int64(self.end_time)),
            ("refs", list(&self.refs)),
            ("operationName", text(&self.operation_name)),
            ("peer", text(&self.peer)),
            ("spanType", name(self.span_type, span_type.as_str_name())),
            ("spanLayer", name(self.span_layer, span_layer.as_str_name())),
            ("componentId", int32(self.component_id)),
            ("isError", flag(self.is_error)),
            ("tags", list(&self.tags)),
            ("logs", list(&self.logs)),
            ("skipAnalysis", flag(self.skip_analysis)),
        ])
    }
}

impl Json for SegmentReference {
    fn json(&self) -> Value {
        let ref_type = RefType::try_from(self.ref_type).expect("a known type of reference");
        object([
            ("refType", name(self.ref_type, ref_type.as_str_name())),
            ("traceId", text(&self.trace_id)),
            ("parentTraceSegmentId", text(&self.parent_trace_segment_id)),
            ("parentSpanId", int32(self.parent_span_id)),
            ("parentService", text(&self.parent_service)),
            ("parentServiceInstance", text(&self.parent_service_instance)),
            ("parentEndpoint", text(&self.parent_endpoint)),
            ("networkAddressUsedAtPeer", text(&self.network_address_used_at_peer)),
        ])
    }
}

impl Json for Log {
    fn json(&self) -> Value {
        object([("time", int64(self.time)), ("data", list(&self.data))])
    }
}

impl Json for KeyStringValuePair {
    fn json(&self) -> Value {
        object([("key", text(&self.key)), ("value", text(&self.value))])
    }
}

impl Json for InstanceProperties {
    fn json(&self) -> Value {
        object([
            ("service", text(&self.service)),
            ("serviceInstance", text(&self.service_instance)),
            ("properties", list(&self.properties)),
            ("layer", text(&self.layer)),
        ])
    }
}

impl Json for InstancePingPkg {
    fn json(&self) -> Value {
        object([
            ("service", text(&self.service)),
            ("serviceInstance", text(&self.service_instance)),
            ("layer", text(&self.layer)),
        ])
    }
}

fn object<const FIELDS: usize>(fields: [(&str, Option<Value>); FIELDS]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

fn text(value: &str) -> Option<Value> {
    (!value.is_empty()).then(|| value.into())
}

fn flag(value: bool) -> Option<Value> {
    value.then(|| value.into())
}

fn int32(value: i32) -> Option<Value> {
    (value != 0).then(|| value.into())
}

fn int64(value: i64) -> Option<Value> {
    (value != 0).then(|| value.to_string().into())
}

fn name(number: i32, name: &str) -> Option<Value> {
    (number != 0).then(|| name.into())
}

fn list<M: Json>(values: &[M]) -> Option<Value> {
    (!values.is_empty()).then(|| values.iter().map(Json::json).collect())
}
