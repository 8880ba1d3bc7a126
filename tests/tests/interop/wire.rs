//! The bytes that our encoder writes, read by decoders that know nothing of it: prost's, the Python
//! agent's and go2sky's.
//!
//! `skywalking-runtime/testdata/segment.hex` is what the encoder writes (the runtime's test `golden` holds that),
//! `segment.json` beside it is what it shall mean, typed by hand. Layer 7 is not in it: the classes of
//! the other agents are older than that.

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
fn prost_reads_the_golden_segment_and_writes_the_same_bytes() {
    let segment = SegmentObject::decode(golden().as_slice()).expect("a segment");
    assert_eq!(json::segment(&segment), expected());
    assert_eq!(segment.encode_to_vec(), golden());
}

#[test]
fn the_python_agent_reads_the_golden_segment() {
    compare("the Python agent", programs::python(HEX));
}

#[test]
fn go2sky_reads_the_golden_segment() {
    compare("go2sky", programs::go(HEX));
}

fn compare(who: &str, answer: Result<Value, Missing>) {
    match answer {
        Ok(json) => assert_eq!(json, expected(), "{who} reads something else"),
        Err(reason) => interop::skip(who, &reason),
    }
}
