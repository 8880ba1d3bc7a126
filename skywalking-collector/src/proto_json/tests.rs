//! The conversion of valid and invalid JSON.

use prost::Message as _;
use skywalking_proto::v3::{
    InstancePingPkg, Log, RefType, SegmentObject, SegmentReference, SpanObject, SpanType,
};

use super::*;

fn segment(text: &str) -> Result<SegmentObject, String> {
    let bytes = to_protobuf(&SEGMENT, text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(SegmentObject::decode(&*bytes).expect("a valid message"))
}

#[test]
fn enums_and_integers_are_names_numbers_or_strings() {
    let long = "é".repeat(200);
    let text = format!(
        r#"{{"traceId":"{long}","isSizeLimited":true,"unknown":{{"this":[1,{{}}]}},"service":null,"spans":[
        {{"spanId":1.0,"parentSpanId":-1,"startTime":"1700000000000","endTime":1700000000010,"spanType":"Exit","spanLayer":7,
          "isError":true,"componentId":"-7","refs":[{{"refType":"CrossThread","parentSpanId":2}}],
          "logs":[{{"time":"5","data":[{{"key":"a\n","value":"\u00e9"}}]}},{{}}],"tags":null}},{{}}]}}"#
    );
    let span = SpanObject {
        span_id: 1,
        parent_span_id: -1,
        start_time: 1_700_000_000_000,
        end_time: 1_700_000_000_010,
        span_type: SpanType::Exit.into(),
        span_layer: 7,
        is_error: true,
        component_id: -7,
        refs: vec![SegmentReference {
            ref_type: RefType::CrossThread.into(),
            parent_span_id: 2,
            ..Default::default()
        }],
        logs: vec![
            Log {
                time: 5,
                data: vec![skywalking_proto::v3::KeyStringValuePair {
                    key: "a\n".into(),
                    value: "é".into(),
                }],
            },
            Log::default(),
        ],
        ..Default::default()
    };
    let spans = vec![span, SpanObject::default()];

    assert_eq!(
        segment(&text),
        Ok(SegmentObject { trace_id: long, is_size_limited: true, spans, ..Default::default() })
    );
    assert_eq!(segment("{}"), Ok(SegmentObject::default()));
}

#[test]
fn error_names_the_value_the_field_and_the_position() {
    let refused = [
        r#"{"traceId":5}"#,
        r#"{"spans":{}}"#,
        r#"{"spans":[null]}"#,
        r#"{"spans":[{"spanId":2147483648}]}"#,
        r#"{"spans":[{"spanId":1.5}]}"#,
        r#"{"spans":[{"startTime":"soon"}]}"#,
        r#"{"spans":[{"startTime":9223372036854775808}]}"#,
        r#"{"spans":[{"spanLayer":"HTTP"}]}"#,
        r#"{"spans":[{"isError":"yes"}]}"#,
        r#"{"spans":[{"tags":["a"]}]}"#,
        r#"{"traceId":"a"} x"#,
        r#"{"traceId":"a"#,
        "[]",
        "",
    ]
    .map(|text| match segment(text) {
        Ok(read) => format!("{text} was read as {read:?}"),
        Err(error) => format!(
            "{text}: {}",
            error.trim_start_matches("not the JSON of SegmentObject: ").trim_end_matches(
                "; send SegmentObject of skywalking.v3 in the proto3 JSON mapping"
            )
        ),
    });
    insta::assert_snapshot!(refused.join("\n"), @r#"
    {"traceId":5}: 5: expected a string for traceId at line 1 column 12
    {"spans":{}}: invalid type: map, expected an array of objects for spans at line 1 column 11
    {"spans":[null]}: invalid type: null, expected an object at line 1 column 14
    {"spans":[{"spanId":2147483648}]}: 2147483648: expected a 32-bit integer for spanId at line 1 column 30
    {"spans":[{"spanId":1.5}]}: 1.5: expected a 32-bit integer for spanId at line 1 column 23
    {"spans":[{"startTime":"soon"}]}: "soon": expected a 64-bit integer for startTime at line 1 column 29
    {"spans":[{"startTime":9223372036854775808}]}: 9223372036854775808: expected a 64-bit integer for startTime at line 1 column 42
    {"spans":[{"spanLayer":"HTTP"}]}: "HTTP": expected a name or number of the enum for spanLayer at line 1 column 29
    {"spans":[{"isError":"yes"}]}: "yes": expected a bool for isError at line 1 column 26
    {"spans":[{"tags":["a"]}]}: invalid type: string "a", expected an object at line 1 column 22
    {"traceId":"a"} x: trailing characters at line 1 column 17
    {"traceId":"a: EOF while parsing a string at line 1 column 13
    []: invalid type: sequence, expected an object at line 1 column 0
    : EOF while parsing a value at line 1 column 0
    "#);
}

#[test]
fn quoted_values_are_escaped_and_short() {
    let error =
        segment(&format!(r#"{{"spans":"{}"}}"#, "\u{9b}x".repeat(100_000))).expect_err("no array");
    assert!(error.len() < 500 && !error.chars().any(char::is_control), "{error}");
}

#[test]
fn elements_are_read_up_to_a_syntax_error() {
    let read = |text: &str| {
        let mut all = Vec::new();
        let whole = for_each_element("an array", text.as_bytes(), |one| {
            all.push(String::from_utf8_lossy(one).into_owned());
        })
        .is_ok();
        (all, whole)
    };

    assert_eq!(
        read(r#" [{"a":1}, 2 ,"x"] "#),
        (vec![r#"{"a":1}"#.to_owned(), "2".into(), r#""x""#.into()], true)
    );
    assert_eq!(read("[]"), (vec![], true));
    assert_eq!(read(r#"[{"a":1},{"b":"#), (vec![r#"{"a":1}"#.to_owned()], false));
    assert_eq!(read("[1] 2"), (vec!["1".to_owned()], false));
    assert_eq!(read("{}"), (vec![], false));
}

#[test]
fn empty_spans_are_shorter_than_their_json() {
    let text = format!(r#"{{"spans":[{}{{}}]}}"#, "{},".repeat(100_000));
    assert!(to_protobuf(&SEGMENT, text.as_bytes()).expect("a segment").len() < text.len());
}

#[test]
fn ping_is_converted() {
    let bytes = to_protobuf(&PING, br#"{"service":"svc","serviceInstance":"i","layer":"GENERAL"}"#)
        .expect("a ping");
    let ping = InstancePingPkg {
        service: "svc".into(),
        service_instance: "i".into(),
        layer: "GENERAL".into(),
    };
    assert_eq!(InstancePingPkg::decode(&*bytes), Ok(ping));
}

#[test]
fn nested_messages_and_maps_are_objects() {
    let text = r#"{"uuid":"u","source":{"service":"a","other":1},"type":"Error","parameters":{"k":"é","":""},"startTime":"5"}"#;
    let bytes = to_protobuf(&EVENT, text.as_bytes()).expect("valid");
    let event = skywalking_proto::v3::Event::decode(&*bytes).expect("a valid message");
    assert_eq!((event.uuid.as_str(), event.start_time, event.r#type), ("u", 5, 1));
    assert_eq!(event.source.expect("a source").service, "a");
    assert_eq!(
        event.parameters,
        [("k".to_owned(), "é".to_owned()), (String::new(), String::new())].into()
    );

    let text =
        r#"{"body":{"json":{"json":"{}"}},"tags":{"data":[{"key":"a"},{}]},"traceContext":{}}"#;
    let bytes = to_protobuf(&LOG_DATA, text.as_bytes()).expect("valid");
    let log = skywalking_proto::v3::LogData::decode(&*bytes).expect("a valid message");
    assert_eq!(log.tags.expect("tags").data.len(), 2);
    assert!(log.trace_context.is_some() && log.body.is_some_and(|body| body.content.is_some()));

    for (text, part) in [
        (r#"{"source":7}"#, "expected an object for source"),
        (r#"{"source":[]}"#, "array: expected an object for source"),
        (r#"{"parameters":[]}"#, "expected an object of strings for parameters"),
        (r#"{"parameters":{"a":7}}"#, "expected a string"),
        (r#"{"uuid":{}}"#, "invalid type: map, expected a string for uuid"),
    ] {
        let error = to_protobuf(&EVENT, text.as_bytes()).expect_err(text).to_string();
        assert!(error.contains(part), "{error}");
    }
}
