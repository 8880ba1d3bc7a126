//! The bytes of our encoder, decoded by independent decoders: prost's, the Python agent's and
//! go2sky's.
//!
//! `skywalking-runtime/testdata/segment.hex` is the output of the encoder, as the runtime's test
//! `golden` checks. `segment.json` next to it is its meaning, typed by hand. It has no layer 7,
//! which the other agents do not know.

#[path = "../../../skywalking-runtime/src/report/encode/proto3.rs"]
mod json;
mod programs;

use prost::Message as _;
use serde_json::Value;
use skywalking_proto::v3::SegmentObject;
use skywalking_tests::interop::{self, Missing};

const HEX: &str = include_str!("../../../skywalking-runtime/testdata/segment.hex");
const JSON: &str = include_str!("../../../skywalking-runtime/testdata/segment.json");

fn expected() -> Value {
    serde_json::from_str(JSON).expect("segment.json is JSON")
}

fn golden() -> Vec<u8> {
    let digits: Vec<u8> = HEX.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| {
        u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("two hex digits")
    };
    digits.chunks(2).map(byte).collect()
}

#[test]
fn prost_decodes_and_encodes_the_golden_segment() {
    let segment = SegmentObject::decode(golden().as_slice()).expect("a segment");

    assert_eq!(json::segment(&segment), expected());
    assert_eq!(segment.encode_to_vec(), golden());
}

#[test]
fn python_agent_decodes_the_golden_segment() {
    compare("the Python agent", programs::python(HEX));
}

#[test]
fn go2sky_decodes_the_golden_segment() {
    compare("go2sky", programs::go(HEX));
}

fn compare(who: &str, answer: Result<Value, Missing>) {
    match answer {
        Ok(json) => assert_eq!(json, expected(), "{who} reads something else"),
        Err(reason) => interop::skip(who, &reason),
    }
}
