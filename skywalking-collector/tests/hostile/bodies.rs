//! Hostile bodies over HTTP: JSON, compression and content types.

use std::io::Write as _;

use flate2::{Compress, Compression, FlushCompress};

use crate::case::Case;
use crate::raw;

const JSON: &str = "Content-Type: application/json\r\n";
const SEGMENT: &str = "/v3/segment";
const SEGMENTS: &str = "/v3/segments";
const PROPERTIES: &str = "/v3/management/reportProperties";
const PING: &str = "/v3/management/keepAlive";
const MIB: usize = 1024 * 1024;

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A gzip stream of this many MiB of spaces.
pub(crate) fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(MIB);
    compress.compress_vec(&vec![b' '; MIB], &mut block, FlushCompress::Full).expect("memory");
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    [&head[..], &block.repeat(mebibytes), &[3, 0]].concat()
}

pub(crate) fn cases() -> Vec<Case> {
    [syntax(), types(), other_reports(), compression()].concat()
}

/// The counter of refused reports of a path.
pub(crate) fn refused_counter(path: &str) -> &'static str {
    match path {
        "/v3/logs" => "logsRefused",
        "/v3/events" => "eventsRefused",
        PROPERTIES | PING => "managementRefused",
        _ => "segmentsRefused",
    }
}

fn refused(name: &str, path: &str, headers: &str, body: &[u8], status: u16, part: &str) -> Case {
    let counter = refused_counter(path);
    let name = format!("{path}: {name}");
    Case::http(name, raw::post(path, headers, body), status, part).counts(counter, 1)
}

fn syntax() -> Vec<Case> {
    let whole = r#"{"traceId":"json","traceSegmentId":"s","spans":[{"spanId":0,"tags":[{"key":"a","value":"b"}]}]}"#;
    let mut cases = Vec::new();
    for end in (0..whole.len()).step_by(9) {
        let name = format!("JSON cut off after {end} bytes");
        cases.push(refused(&name, SEGMENT, JSON, &whole.as_bytes()[..end], 400, "EOF"));
    }
    let deep = |open: &str, close: &str| open.repeat(50_000) + &close.repeat(50_000);
    let unknown = format!(r#"{{"unknown":{}}}"#, deep("[", "]"));
    let objects = format!(r#"{{"unknown":{}1{}}}"#, r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
    let spans = r#"{"spans":["#.repeat(50_000);
    for (name, body, part) in [
        ("arrays 50 000 deep", deep("[", "]").as_str(), "not the JSON"),
        ("spans 50 000 deep", &spans, "not the JSON"),
        ("null", "null", "not the JSON"),
        ("a string", "\"segment\"", "not the JSON"),
        ("a number", "1e999", "not the JSON"),
        ("NaN", r#"{"spans":NaN}"#, "not the JSON"),
        ("single quotes", "{'traceId':'a'}", "not the JSON"),
        ("no quotes", "{traceId:1}", "not the JSON"),
        ("a comment", "/* */{}", "not the JSON"),
        ("a trailing comma", r#"{"traceId":"a",}"#, "not the JSON"),
        ("two documents", "{}{}", "trailing characters"),
        ("a byte order mark", "\u{feff}{}", "not the JSON"),
        ("a NUL", "{}\0", "not the JSON"),
        ("a raw newline in a string", "{\"traceId\":\"a\nb\"}", "control character"),
        ("half a surrogate", r#"{"traceId":"\ud800"}"#, "not the JSON"),
        ("an unknown escape", r#"{"traceId":"\x41"}"#, "not the JSON"),
        ("a form", "traceId=a&spans=b", "not the JSON"),
        ("XML", "<?xml version=\"1.0\"?><a/>", "not the JSON"),
    ] {
        cases.push(refused(name, SEGMENT, JSON, body.as_bytes(), 400, part));
    }
    cases.push(refused("bytes", SEGMENT, JSON, b"{\"traceId\":\"\xff\"}", 400, "not the JSON"));
    // Unknown fields are skipped without recursion. The rest is a segment without spans.
    for (name, body) in [("arrays", unknown), ("objects", objects)] {
        let name = format!("{SEGMENT}: {name} 50 000 deep in an unknown field");
        let case = Case::http(name, raw::post(SEGMENT, JSON, body.as_bytes()), 200, "");
        cases.push(case.counts("segmentsEmpty", 1));
    }
    let empty: String = "{},".repeat(1_000_000);
    let spans = format!(r#"{{"traceId":"t","spans":[{empty}{{}}]}}"#);
    cases.push(
        refused("a million empty spans", SEGMENT, JSON, spans.as_bytes(), 400, "bytes of memory")
            .alone(),
    );
    let long = " ".repeat(10 * MIB + 1);
    cases
        .push(refused("10 MiB of spaces", SEGMENTS, JSON, long.as_bytes(), 413, "smaller").alone());
    cases
}

/// Values of the wrong type, for each field.
fn types() -> Vec<Case> {
    const TEXT: &[&str] = &["7", "[]", "{}", "true", "1.5"];
    const INT32: &[&str] =
        &["\"x\"", "1.5", "2147483648", "-2147483649", "true", "[]", "{}", "1e99"];
    const INT64: &[&str] =
        &["\"x\"", "1.5", "9223372036854775808", "\"9223372036854775808\"", "1e30", "true", "[]"];
    const BOOL: &[&str] = &["\"true\"", "1", "[]", "{}"];
    const ENUM: &[&str] = &["\"Nope\"", "\"\"", "1.5", "2147483648", "true", "{}"];
    const MESSAGES: &[&str] = &["7", "\"x\"", "{}", "true", "[7]", "[[]]", "[null]", "[\"x\"]"];
    let in_span = |field: &str, value: &str| format!(r#"{{"spans":[{{"{field}":{value}}}]}}"#);
    let mut cases = Vec::new();
    let mut add = |name: String, body: String| {
        cases.push(refused(
            &name,
            SEGMENT,
            JSON,
            body.as_bytes(),
            400,
            "not the JSON of SegmentObject",
        ));
    };
    for (field, values) in [("traceId", TEXT), ("isSizeLimited", BOOL), ("spans", MESSAGES)] {
        for value in values {
            add(format!("{field}: {value}"), format!(r#"{{"{field}":{value}}}"#));
        }
    }
    for (field, values) in [
        ("spanId", INT32),
        ("startTime", INT64),
        ("operationName", TEXT),
        ("spanType", ENUM),
        ("isError", BOOL),
        ("tags", MESSAGES),
        ("logs", MESSAGES),
        ("refs", MESSAGES),
    ] {
        for value in values {
            add(format!("{field} of a span: {value}"), in_span(field, value));
        }
    }
    for (field, value) in [
        ("tags", r#"[{"key":7}]"#),
        ("tags", r#"[{"value":{}}]"#),
        ("logs", r#"[{"time":"now"}]"#),
        ("logs", r#"[{"data":7}]"#),
        ("logs", r#"[{"data":[{"key":[]}]}]"#),
        ("refs", r#"[{"refType":"Both"}]"#),
        ("refs", r#"[{"parentSpanId":1.5}]"#),
        ("refs", r#"[{"traceId":true}]"#),
    ] {
        add(format!("{field} with {value}"), in_span(field, value));
    }
    cases
}

fn other_reports() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, bodies) in [
        (SEGMENTS, &["", "{}", "null", "[", "[1,", "[{}", "[{},]"][..]),
        ("/v3/logs", &["", "{}", "null", "[", "[1,", "[}"]),
        ("/v3/events", &["", "{}", "7", "[", "[1,", "[}"]),
        (PROPERTIES, &["", "[]", "{", r#"{"service":7}"#, r#"{"properties":[7]}"#]),
        (PING, &["", "[]", "{", r#"{"service":7}"#, r#"{"layer":{}}"#]),
    ] {
        for body in bodies {
            let name = format!("the body {body:?}");
            let parsed = *body == "[{}" || *body == "[{},]";
            let case = refused(&name, path, JSON, body.as_bytes(), 400, "");
            // An empty object is a segment without spans. `[1,` has an element before its error.
            let case = if parsed { case.counts("segmentsEmpty", 1) } else { case };
            let one = *body == "[1,";
            cases.push(if one { case.counts(refused_counter(path), 1) } else { case });
        }
    }
    for path in [SEGMENTS, "/v3/logs", "/v3/events"] {
        for content in ["", "Content-Type: application/x-protobuf\r\n"] {
            let name = format!("the header {content:?}");
            cases.push(refused(&name, path, content, b"[]", 415, "only a JSON array"));
        }
    }
    for kind in ["text/plain", "application/jsonp", "multipart/form-data", "application/json2"] {
        for path in [SEGMENT, PING] {
            let header = format!("Content-Type: {kind}\r\n");
            cases.push(refused(kind, path, &header, b"{}", 415, "unknown content type"));
        }
    }
    let large = format!(
        r#"{{"service":"a","properties":[{{"key":"k","value":"{}"}}]}}"#,
        "x".repeat(60_000)
    );
    cases.push(refused("60 KB", PROPERTIES, JSON, large.as_bytes(), 400, "at most 50000"));
    let broken = b"\x0a\x05x";
    cases.push(refused("protobuf cut off", PROPERTIES, "", broken, 400, "InstanceProperties"));
    cases.push(refused("protobuf cut off", PING, "", broken, 400, "InstancePingPkg"));
    cases.push(refused("protobuf cut off", SEGMENT, "", broken, 400, "not a SegmentObject"));
    cases
}

fn compression() -> Vec<Case> {
    let headers = |encoding: &str| format!("{JSON}Content-Encoding: {encoding}\r\n");
    let packed = gzip(b"[]");
    let mut cases = Vec::new();
    for encoding in ["br", "deflate", "zstd", "compress", "gzip, gzip", "identity, gzip"] {
        let name = format!("the encoding {encoding}");
        let part = "unknown content encoding";
        cases.push(refused(&name, SEGMENTS, &headers(encoding), &packed, 415, part));
    }
    for (name, body) in [
        ("gzip of nothing", &b""[..]),
        ("gzip that is JSON", b"[]"),
        ("gzip cut off in its head", &packed[..5]),
        ("gzip cut off in its data", &packed[..12]),
        ("gzip without its checksum", &packed[..packed.len() - 8]),
        ("gzip with a reserved block", b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x07\0\0"),
    ] {
        cases.push(refused(name, SEGMENTS, &headers("gzip"), body, 400, "is not"));
    }
    for mebibytes in [11, 100, 1_024] {
        let name = format!("gzip bomb of {mebibytes} MiB");
        let body = bomb(mebibytes);
        cases.push(refused(&name, SEGMENTS, &headers("gzip"), &body, 413, "smaller").alone());
    }
    let twice = gzip(&bomb(100));
    cases.push(refused("gzip in gzip", SEGMENTS, &headers("gzip"), &twice, 400, "not the JSON"));
    cases
}
