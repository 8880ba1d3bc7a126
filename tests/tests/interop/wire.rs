//! The bytes of our encoders, decoded by independent decoders: prost's, the Python agent's and
//! go2sky's.
//!
//! `segment.hex`, `log.hex`, `event.hex` and `meters.hex` in `skywalking-runtime/testdata` are the
//! outputs of the encoders, as the runtime's tests `golden` check. The JSON files next to them are
//! their meaning, typed by hand. The segment has no layer 7, which the other agents do not know.

#[path = "../../../skywalking-runtime/src/report/encode/proto3.rs"]
mod json;
mod programs;

use prost::Message as _;
use serde_json::Value;
use skywalking_proto::v3::{Event, LogData, MeterDataCollection, SegmentObject};
use skywalking_tests::interop::{self, Missing};

/// A message with every field.
struct Golden {
    kind: &'static str,
    hex: &'static str,
    json: &'static str,
}

macro_rules! golden {
    ($kind:literal) => {
        Golden {
            kind: $kind,
            hex: include_str!(concat!("../../../skywalking-runtime/testdata/", $kind, ".hex")),
            json: include_str!(concat!("../../../skywalking-runtime/testdata/", $kind, ".json")),
        }
    };
}

const SEGMENT: Golden = golden!("segment");
const LOG: Golden = golden!("log");
const EVENT: Golden = golden!("event");
const METERS: Golden = golden!("meters");

impl Golden {
    fn expected(&self) -> Value {
        with_floats(serde_json::from_str(self.json).expect("JSON"))
    }

    fn bytes(&self) -> Vec<u8> {
        let digits: Vec<u8> = self.hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let byte = |pair: &[u8]| {
            u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16)
                .expect("two hex digits")
        };
        digits.chunks(2).map(byte).collect()
    }

    fn compare(&self, who: &str, answer: Result<Value, Missing>, expected: &Value) {
        match answer {
            Ok(json) => {
                assert_eq!(with_floats(json), *expected, "{who} reads another {}", self.kind);
            }
            Err(reason) => interop::skip(who, &reason),
        }
    }
}

#[test]
fn prost_decodes_and_encodes_the_golden_segment() {
    let segment = SegmentObject::decode(SEGMENT.bytes().as_slice()).expect("a segment");

    assert_eq!(with_floats(json::segment(&segment)), SEGMENT.expected());
    assert_eq!(segment.encode_to_vec(), SEGMENT.bytes());
}

#[test]
fn prost_decodes_and_encodes_the_golden_log_and_event() {
    let log = LogData::decode(LOG.bytes().as_slice()).expect("a log");
    let event = Event::decode(EVENT.bytes().as_slice()).expect("an event");

    assert_eq!(log.encode_to_vec(), LOG.bytes());
    assert_eq!(event.encode_to_vec(), EVENT.bytes());
    let expected = LOG.expected();
    assert_eq!(expected["timestamp"], log.timestamp.to_string());
    let span_id = log.trace_context.expect("a context").span_id;
    assert_eq!(expected["traceContext"]["spanId"], f64::from(span_id));
    assert_eq!(EVENT.expected()["uuid"], event.uuid);
}

/// Writes all numbers with a point: decoders differ in whole numbers of the type `double`.
fn with_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().expect("a float").into(),
        Value::Array(values) => values.into_iter().map(with_floats).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, with_floats(value))).collect()
        }
        other => other,
    }
}

#[test]
fn prost_decodes_and_encodes_the_golden_meters() {
    let meters = MeterDataCollection::decode(METERS.bytes().as_slice()).expect("meters");

    assert_eq!(meters.encode_to_vec(), METERS.bytes());
    assert_eq!(METERS.expected()["meterData"].as_array().map(Vec::len), Some(3));
    assert_eq!(meters.meter_data.len(), 3);
}

#[test]
fn python_agent_decodes_the_golden_messages() {
    for golden in [SEGMENT, LOG, EVENT, METERS] {
        let answer = programs::python(golden.kind, golden.hex);
        golden.compare("the Python agent", answer, &golden.expected());
    }
}

#[test]
fn go2sky_decodes_the_golden_messages() {
    for golden in [SEGMENT, LOG, EVENT, METERS] {
        let mut expected = golden.expected();
        if golden.kind == EVENT.kind {
            // Its version of the protocol has no layer of events.
            expected.as_object_mut().expect("an object").remove("layer");
        }
        golden.compare("go2sky", programs::go(golden.kind, golden.hex), &expected);
    }
}
