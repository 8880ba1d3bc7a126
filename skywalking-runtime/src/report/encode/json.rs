//! Compares the JSON form with the protobuf form: prost decodes the bytes, and the message as JSON
//! by proto3's rules must equal the JSON form.
//!
//! The rules allow two forms: a default may be present or absent, and a 64-bit integer may be a
//! number or a text. Both sides are converted to one form.

use proptest::prelude::*;
use prost::Message as _;
use serde_json::{Map, Value};
use skywalking_proto::v3::SegmentObject;

use super::super::json;
use super::tests::random::{Random, identity, random_segment, timeline};
use super::{Encoder, Segment};
use crate::redact::Hook;

/// The canonical form: every field, 64-bit integers as text, enums by name.
#[path = "proto3.rs"]
mod proto3;

const WIDE: [&str; 3] = ["startTime", "endTime", "time"];
const ENUMS: [&str; 3] = ["spanType", "spanLayer", "refType"];

/// Removes defaults and writes 64-bit integers as text.
fn canonical(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(canonical).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| {
                let wide = WIDE.contains(&key.as_str()).then(|| value.as_i64()).flatten();
                let value =
                    wide.map_or_else(|| canonical(value), |number| number.to_string().into());
                (key, value)
            });
            Value::Object(
                fields.filter(|(key, value)| !is_default(key, value)).collect::<Map<_, _>>(),
            )
        }
        other => other,
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    match value {
        Value::String(text) if ENUMS.contains(&key) => {
            ["Entry", "Unknown", "CrossProcess"].contains(&text.as_str())
        }
        Value::String(text) if WIDE.contains(&key) => text == "0",
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Null | Value::Object(_) => false,
    }
}

/// The golden segment has every field, and its meaning was typed by hand.
#[test]
fn golden_segment_equals_the_typed_json() {
    const HEX: &str = include_str!("../../../testdata/segment.hex");
    const TYPED: &str = include_str!("../../../testdata/segment.json");
    let digits: Vec<u8> = HEX.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    let written: Value = serde_json::from_slice(&json::segment(&bytes)).unwrap();
    assert_eq!(canonical(written), canonical(serde_json::from_str(TYPED).unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn json_form_equals_the_protobuf_form(seed: u64) {
        let (head, made, _) = random_segment(&mut Random(seed));
        let records = Segment { head: &head, records: &made.records, sides: &made.sides, text: &made.text };
        let bytes = Encoder::new(identity(), Hook::default()).encode(records, &timeline());
        let decoded = SegmentObject::decode(bytes.as_ref()).unwrap();
        let written: Value = serde_json::from_slice(&json::segment(&bytes)).unwrap();
        prop_assert_eq!(canonical(written), canonical(proto3::segment(&decoded)));
    }
}
