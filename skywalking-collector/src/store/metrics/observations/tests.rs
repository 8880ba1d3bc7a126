//! The rules of the OAP's analysis. Observations are compared as text, one for each call.

use skywalking_proto::v3::{KeyStringValuePair, RefType, SegmentReference, SpanLayer, SpanType};

use super::*;

fn span(kind: SpanType, layer: SpanLayer, peer: &str) -> SpanObject {
    SpanObject {
        span_type: kind as i32,
        span_layer: layer as i32,
        operation_name: "/x".into(),
        peer: peer.into(),
        start_time: 1_000,
        end_time: 1_007,
        ..Default::default()
    }
}

fn tagged(mut span: SpanObject, key: &str, value: &str) -> SpanObject {
    span.tags.push(KeyStringValuePair { key: key.into(), value: value.into() });
    span
}

fn from(mut span: SpanObject, kind: RefType, parents: usize) -> SpanObject {
    let reference = SegmentReference {
        ref_type: kind as i32,
        parent_service: "caller".into(),
        network_address_used_at_peer: "a:1".into(),
        ..Default::default()
    };
    span.refs.extend(vec![reference; parents]);
    span
}

fn skipped(mut span: SpanObject) -> SpanObject {
    span.skip_analysis = true;
    span
}

/// Returns the observations of a span of the service `a`, with the duration in ms.
fn observed(span: &SpanObject) -> Vec<String> {
    let segment = SegmentObject {
        service: "a".into(),
        service_instance: "a1".into(),
        spans: vec![span.clone()],
        ..Default::default()
    };
    let mut seen = Vec::new();
    for_each(&segment, |subject, observation| {
        let name = match subject {
            Subject::Service { service } => format!("service {service}"),
            Subject::Instance { instance, .. } => format!("instance {instance}"),
            Subject::Endpoint { endpoint, .. } => format!("endpoint {endpoint}"),
            Subject::Received { source, target, address, .. } => {
                format!("{source} -> {target} by {}", address.unwrap_or("-"))
            }
            Subject::Sent { source, address, .. } => format!("{source} -> {address}"),
            Subject::Access { layer, name } => format!("access {layer} {name}"),
        };
        let error = if observation.is_error { " error" } else { "" };
        seen.push(format!("{name} {}{error}", observation.duration));
    });
    seen
}

#[test]
fn entry_is_a_request_and_a_call_from_user() {
    let entry = span(SpanType::Entry, SpanLayer::Http, "");

    assert_eq!(
        observed(&entry),
        ["service a 7", "instance a1 7", "endpoint /x 7", "User -> a by - 7"]
    );

    let mut failed = entry;
    (failed.is_error, failed.end_time) = (true, 900);

    assert_eq!(observed(&failed)[0], "service a 0 error", "it ends before it starts");
}

#[test]
fn entry_counts_once_for_each_ref() {
    let batch = from(span(SpanType::Entry, SpanLayer::Http, ""), RefType::CrossProcess, 3);
    let call = ["service a 7", "instance a1 7", "endpoint /x 7", "caller -> a by a:1 7"];

    assert_eq!(observed(&batch), [call, call, call].concat());
}

#[test]
fn function_has_no_endpoint() {
    let entry = span(SpanType::Entry, SpanLayer::Faas, "");

    assert_eq!(observed(&entry), ["service a 7", "instance a1 7", "User -> a by - 7"]);
}

#[test]
fn local_and_exit_spans_with_refs_are_endpoints() {
    let local = span(SpanType::Local, SpanLayer::Unknown, "");
    assert_eq!(observed(&local), [""; 0]);
    let local = from(local, RefType::CrossThread, 2);

    assert_eq!(observed(&local), ["endpoint /x 7", "endpoint /x 7"]);
    assert_eq!(observed(&skipped(local)), [""; 0]);

    let exit = from(span(SpanType::Exit, SpanLayer::Http, "b:1"), RefType::CrossThread, 1);

    assert_eq!(observed(&exit), ["a -> b:1 7", "endpoint /x 7"]);
}

#[test]
fn database_is_accessed_by_spans_of_any_type() {
    for (kind, expected) in [
        (SpanType::Exit, vec!["access 1 db:1 7", "a -> db:1 7"]),
        (SpanType::Local, vec!["access 1 db:1 7"]),
    ] {
        assert_eq!(observed(&span(kind, SpanLayer::Database, "db:1")), expected);
        let hidden = skipped(span(kind, SpanLayer::Database, "db:1"));
        assert_eq!(observed(&hidden), ["access 1 db:1 7"]);
    }
    let entry = span(SpanType::Entry, SpanLayer::Database, "");

    assert_eq!(observed(&entry)[0], "access 1 _blank 7");
}

#[test]
fn cache_needs_its_type_and_has_a_local_name() {
    let cache = |kind, peer: &str| span(kind, SpanLayer::Cache, peer);
    let redis = |span| tagged(span, "cache.type", "Redis");

    assert_eq!(observed(&cache(SpanType::Exit, "r:1")), ["a -> r:1 7"]);
    assert_eq!(
        observed(&tagged(cache(SpanType::Local, "r:1"), "cache.type", " ")),
        [""; 0],
        "a blank type is none"
    );
    assert_eq!(observed(&redis(cache(SpanType::Exit, "r:1"))), ["access 5 r:1 7", "a -> r:1 7"]);
    assert_eq!(observed(&skipped(redis(cache(SpanType::Local, " ")))), ["access 5 Redis-local 7"]);
    assert_eq!(observed(&redis(cache(SpanType::Entry, "r:1")))[0], "access 5 r:1 7");
}

#[test]
fn queue_is_accessed_by_its_producers() {
    let mq = |kind, peer: &str| span(kind, SpanLayer::Mq, peer);

    assert_eq!(observed(&mq(SpanType::Exit, "k:1")), ["access 4 k:1 7", "a -> k:1 7"]);
    assert_eq!(observed(&mq(SpanType::Local, "k:1")), [""; 0]);

    // The source of a consumer is the broker, by the address in the reference, else the peer.
    for consumer in
        [from(mq(SpanType::Entry, "other:1"), RefType::CrossProcess, 1), mq(SpanType::Entry, "a:1")]
    {
        assert_eq!(observed(&consumer)[3], "a:1 -> a by - 7");
    }
}

#[test]
fn tags_declare_logic_endpoints_of_entry_and_local_spans() {
    let named = r#"{"name":"/logic","latency":20,"status":false}"#;
    let own = r#"{"logic-span":true}"#;
    let with = |kind, value| tagged(span(kind, SpanLayer::Unknown, ""), "x-le", value);

    assert_eq!(observed(&with(SpanType::Local, own)), ["endpoint /x 7"]);
    assert_eq!(
        observed(&tagged(skipped(with(SpanType::Local, named)), "x-le", own)),
        ["endpoint /logic 20 error", "endpoint /x 7"]
    );
    assert_eq!(observed(&with(SpanType::Entry, named))[4..], ["endpoint /logic 20 error"]);
    assert_eq!(observed(&with(SpanType::Entry, own)).len(), 4);
    assert_eq!(observed(&skipped(with(SpanType::Entry, named))), [""; 0]);
    assert_eq!(observed(&with(SpanType::Exit, named)), [""; 0]);
}

#[test]
fn other_types_and_layers_are_ignored() {
    let mut unknown = span(SpanType::Exit, SpanLayer::Unknown, "b:1");
    unknown.span_layer = 99;
    assert_eq!(observed(&unknown), ["a -> b:1 7"]);
    unknown.span_type = 99;

    assert_eq!(observed(&from(unknown, RefType::CrossProcess, 1)), [""; 0]);
}
