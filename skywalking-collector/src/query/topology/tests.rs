//! The rules of the service map. Maps are compared as text, with one line for each node and call.

use skywalking_proto::v3::{
    RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject, SpanType,
};

use super::*;
use crate::api::{CallStats, NodeKind};
use crate::config::Limits;
use crate::store::Metrics;

fn span(kind: SpanType, layer: SpanLayer, component: i32, peer: &str) -> SpanObject {
    SpanObject {
        span_type: kind as i32,
        span_layer: layer as i32,
        component_id: component,
        peer: peer.into(),
        ..Default::default()
    }
}

fn from(mut span: SpanObject, kind: RefType, service: &str, address: &str) -> SpanObject {
    span.refs.push(SegmentReference {
        ref_type: kind as i32,
        parent_service: service.into(),
        network_address_used_at_peer: address.into(),
        ..Default::default()
    });
    span
}

fn entry() -> SpanObject {
    span(SpanType::Entry, SpanLayer::Http, 11000, "")
}

fn topology(segments: &[(&str, &[SpanObject])], range: TimeRange) -> Topology {
    let mut metrics = Metrics::new(&Limits::default());
    for (service, spans) in segments {
        metrics.record(&SegmentObject {
            service: (*service).into(),
            spans: spans.to_vec(),
            ..Default::default()
        });
    }
    let mut reader = MapReader::new(range);
    metrics.visit(0, usize::MAX, |series| reader.add(&series));
    reader.finish(&[])
}

fn map(segments: &[(&str, &[SpanObject])]) -> String {
    let topology = topology(segments, TimeRange::default());
    let kind = |is_real| if is_real { "real" } else { "guessed" };
    let name = |id: &str| {
        topology.node(id).map(|node| node.name.clone()).expect("source and target are nodes")
    };
    let nodes = topology.nodes.iter().map(|node| {
        format!(
            "{} ({}, {})",
            node.name,
            node.node_type.as_deref().unwrap_or("-"),
            kind(node.is_real)
        )
    });
    let calls = topology.calls.iter().map(|call| {
        assert_eq!(call.id, format!("{}-{}", call.source, call.target));
        format!("{} -> {}", name(&call.source), name(&call.target))
    });
    nodes.chain(calls).collect::<Vec<_>>().join("\n")
}

/// In both orders of arrival: aliases are applied when the map is read.
#[test]
fn peer_resolves_to_the_service_behind_it() {
    let client = [entry(), span(SpanType::Exit, SpanLayer::RpcFramework, 11000, "RTS_Server")];
    let server = [
        from(
            span(SpanType::Entry, SpanLayer::RpcFramework, 11000, ""),
            RefType::CrossProcess,
            "RTS_Test",
            "RTS_Server",
        ),
        span(SpanType::Exit, SpanLayer::Database, 11000, "APIService"),
    ];
    let expected = "APIService (Rust, guessed)\nRTS_Test (Rust, real)\nService_Test (Rust, real)\nUser (USER, guessed)\n\
                    RTS_Test -> Service_Test\nService_Test -> APIService\nUser -> RTS_Test";
    assert_eq!(map(&[("RTS_Test", &client), ("Service_Test", &server)]), expected);
    assert_eq!(map(&[("Service_Test", &server), ("RTS_Test", &client)]), expected);
}

#[test]
fn unresolved_peer_is_a_node_of_its_layer() {
    let exit = |layer, component, peer| span(SpanType::Exit, layer, component, peer);
    let spans = [
        exit(SpanLayer::Database, 22, "db:5432"),
        exit(SpanLayer::Cache, 7, "redis:6379"),
        exit(SpanLayer::Mq, 40, "kafka:9092"),
        exit(SpanLayer::Unknown, 1, "what:1"),
        exit(SpanLayer::Http, 2, "web:80"),
    ];
    insta::assert_snapshot!(map(&[("a", &spans)]), @r#"
    a (-, real)
    db:5432 (PostgreSQL, guessed)
    kafka:9092 (Kafka, guessed)
    redis:6379 (Redis, guessed)
    web:80 (-, real)
    what:1 (Tomcat, guessed)
    a -> db:5432
    a -> kafka:9092
    a -> redis:6379
    a -> web:80
    a -> what:1
    "#);
}

#[test]
fn cross_thread_ref_is_a_self_call_on_entry_spans_only() {
    let local =
        from(span(SpanType::Local, SpanLayer::Unknown, 0, ""), RefType::CrossThread, "a", "");

    assert_eq!(
        map(&[("a", &[entry()]), ("a", &[local])]),
        "User (USER, guessed)\na (Rust, real)\nUser -> a"
    );

    let root = from(entry(), RefType::CrossThread, "a", "x:1");
    let exit = span(SpanType::Exit, SpanLayer::Database, 22, "x:1");
    let expected = "a (Rust, real)\nx:1 (PostgreSQL, guessed)\na -> a\na -> x:1";

    assert_eq!(map(&[("a", &[root, exit])]), expected, "and it adds no alias");
}

#[test]
fn broker_calls_its_consumer_and_has_no_alias() {
    let mq = |kind, component, peer| span(kind, SpanLayer::Mq, component, peer);
    let producer = [mq(SpanType::Exit, 40, "kafka:9092")];
    let consumer = [from(mq(SpanType::Entry, 41, ""), RefType::CrossProcess, "p", "kafka:9092")];
    let expected = "c (kafka-consumer, real)\nkafka:9092 (Kafka, guessed)\np (-, real)\nkafka:9092 -> c\np -> kafka:9092";

    assert_eq!(map(&[("p", &producer), ("c", &consumer)]), expected);

    let alone = [mq(SpanType::Entry, 41, "kafka:9092")];

    assert_eq!(
        map(&[("c", &alone)]),
        "c (kafka-consumer, real)\nkafka:9092 (Kafka, guessed)\nkafka:9092 -> c"
    );

    let unnamed = [mq(SpanType::Entry, 41, " ")];

    assert_eq!(
        map(&[("c", &unnamed)]),
        "User (USER, guessed)\nc (kafka-consumer, real)\nUser -> c"
    );
}

#[test]
fn every_ref_is_a_call_and_calls_are_unique() {
    let root = from(
        from(from(entry(), RefType::CrossProcess, "a", "c:1"), RefType::CrossProcess, "b", "c:1"),
        RefType::CrossProcess,
        "a",
        "c:1",
    );
    let exit = span(SpanType::Exit, SpanLayer::Http, 2, "c:1");
    assert_eq!(
        map(&[("c", &[root]), ("a", &[exit.clone(), exit])]),
        "a (-, real)\nb (-, real)\nc (Rust, real)\na -> c\nb -> c"
    );
}

#[test]
fn skipped_spans_and_blank_peers_are_ignored() {
    let skipped = |mut span: SpanObject| {
        span.skip_analysis = true;
        span
    };
    let spans = [
        skipped(from(entry(), RefType::CrossProcess, "x", "a:1")),
        skipped(span(SpanType::Exit, SpanLayer::Database, 22, "db:5432")),
        span(SpanType::Exit, SpanLayer::Database, 22, ""),
        span(SpanType::Local, SpanLayer::Database, 22, "db:5432"),
    ];

    assert_eq!(map(&[("a", &spans)]), "");

    // A skipped entry span adds no alias either.
    let exit = span(SpanType::Exit, SpanLayer::Database, 22, "a:1");

    assert_eq!(
        map(&[("a", &spans), ("b", &[exit])]),
        "a:1 (PostgreSQL, guessed)\nb (-, real)\nb -> a:1"
    );
}

#[test]
fn highest_priority_names_the_service_in_any_order() {
    let by = |component| span(SpanType::Entry, SpanLayer::Http, component, "");
    let expected = "User (USER, guessed)\na (Rust, real)\nUser -> a";
    assert_eq!(map(&[("a", &[by(49), by(11000), by(129)])]), expected);
    assert_eq!(map(&[("a", &[by(11000), by(0), by(77777)])]), expected);
}

#[test]
fn address_belongs_to_the_service_that_reported_last() {
    let answer = [from(entry(), RefType::CrossProcess, "a", "x:1")];
    let exit = [span(SpanType::Exit, SpanLayer::Http, 2, "x:1")];
    let lines = map(&[("a", &exit), ("old", &answer), ("new", &answer)]);

    assert!(lines.ends_with("a -> new\na -> old"), "{lines}"); // `a -> old` is reported by the server itself

    let only_refs = map(&[("old", &answer), ("new", &answer), ("b", &exit)]);

    assert!(only_refs.ends_with("a -> new\na -> old\nb -> new"), "{only_refs}");
}

#[test]
fn long_names_are_cut_alike_on_both_sides() {
    let long = "x".repeat(100);
    let exit = [span(SpanType::Exit, SpanLayer::Http, 2, &long)];
    let answer = [from(entry(), RefType::CrossProcess, "a", &long)];

    assert_eq!(map(&[("a", &exit), ("b", &answer)]), "a (-, real)\nb (Rust, real)\na -> b");
    assert_eq!(
        map(&[("a", &exit)]),
        format!("a (-, real)\n{cut} (-, real)\na -> {cut}", cut = "x".repeat(70))
    );
    assert_eq!(
        map(&[("", &[entry()])]),
        "User (USER, guessed)\n_blank (Rust, real)\nUser -> _blank"
    );
}

/// All of these components are registered in the OAP.
#[test]
fn components_of_other_languages_have_names() {
    let served = |component| [span(SpanType::Entry, SpanLayer::Http, component, "")];
    let drivers = [
        served(14)[0].clone(),
        span(SpanType::Exit, SpanLayer::Database, 37, "pg:5432"),
        span(SpanType::Exit, SpanLayer::Database, 33, "my:3306"),
        span(SpanType::Exit, SpanLayer::Cache, 5014, "redis:6379"),
        span(SpanType::Exit, SpanLayer::Database, 11_001, "what:1"),
    ];

    insta::assert_snapshot!(map(&[("java", &drivers), ("go", &served(5006)), ("node", &served(4002)), ("php", &served(8001))]), @r"
    User (USER, guessed)
    go (Gin, real)
    java (SpringMVC, real)
    my:3306 (Mysql, guessed)
    node (Express, real)
    pg:5432 (PostgreSQL, guessed)
    php (PHP, real)
    redis:6379 (Redis, guessed)
    what:1 (Unknown, guessed)
    User -> go
    User -> java
    User -> node
    User -> php
    java -> my:3306
    java -> pg:5432
    java -> redis:6379
    java -> what:1
    ");

    let http_and_mvc = [served(49)[0].clone(), served(3001)[0].clone(), served(14)[0].clone()];

    assert_eq!(
        map(&[("a", &http_and_mvc)]),
        "User (USER, guessed)\na (SpringMVC, real)\nUser -> a"
    );
}

fn at(mut span: SpanObject, start: i64, duration: i64) -> SpanObject {
    (span.start_time, span.end_time) = (start, start + duration);
    span
}

fn kinds(topology: &Topology) -> Vec<(&str, NodeKind, Option<&str>, u64)> {
    let node = |node: &'_ Node| (node.kind, node.stats.calls);
    topology
        .nodes
        .iter()
        .map(|one| (one.name.as_str(), node(one).0, one.layer.as_deref(), node(one).1))
        .collect()
}

#[test]
fn nodes_have_kinds_and_calls() {
    let exit = |layer, peer| span(SpanType::Exit, layer, 11000, peer);
    let mut cache = exit(SpanLayer::Cache, "redis:6379");
    cache.tags.push(skywalking_proto::v3::KeyStringValuePair {
        key: "cache.type".into(),
        value: "redis".into(),
    });
    let mut unseen = exit(SpanLayer::Database, "db:5432");
    unseen.skip_analysis = true;
    let spans = [
        entry(),
        entry(),
        exit(SpanLayer::Database, "db:5432"),
        unseen,
        cache,
        exit(SpanLayer::Mq, "kafka:9092"),
        exit(SpanLayer::Http, "web:80"),
        exit(SpanLayer::Faas, "lambda"),
        exit(SpanLayer::Unknown, "what:1"),
        exit(SpanLayer::GenAi, "llm:1"),
    ];
    let topology = topology(&[("a", &spans)], TimeRange::default());
    let (general, none) = (Some("GENERAL"), None);

    assert_eq!(
        kinds(&topology),
        [
            ("User", NodeKind::User, none, 2),
            ("a", NodeKind::Service, general, 2),
            // The access that is skipped by the analysis counts for the database.
            ("db:5432", NodeKind::Database, Some("VIRTUAL_DATABASE"), 2),
            ("kafka:9092", NodeKind::Queue, Some("VIRTUAL_MQ"), 1),
            ("lambda", NodeKind::Service, Some("FAAS"), 1),
            ("llm:1", NodeKind::Unknown, Some("VIRTUAL_GENAI"), 1),
            ("redis:6379", NodeKind::Cache, Some("VIRTUAL_CACHE"), 1),
            ("web:80", NodeKind::Http, general, 1),
            ("what:1", NodeKind::Unknown, none, 1),
        ]
    );
}

#[test]
fn calls_of_the_client_have_priority() {
    let exit = at(span(SpanType::Exit, SpanLayer::Http, 2, "c:1"), 0, 20);
    let served = at(from(entry(), RefType::CrossProcess, "a", "c:1"), 0, 10);
    let both =
        topology(&[("a", &[exit]), ("c", &[served.clone(), served.clone()])], TimeRange::default());
    let stats = |calls, duration| CallStats {
        calls,
        per_minute: 6.0 * f64::from(u32::try_from(calls).expect("few")),
        p50: Some(duration),
        p95: Some(duration),
        p99: Some(duration),
        ..Default::default()
    };

    assert_eq!(both.calls.len(), 1);
    assert_eq!(both.calls[0].detect_points, [DetectPoint::Client, DetectPoint::Server]);
    assert_eq!(both.calls[0].stats, stats(1, 20));
    assert_eq!(both.calls[0].component.as_deref(), Some("HttpClient"));

    let server = topology(&[("c", &[served.clone(), served])], TimeRange::default());

    assert_eq!(server.calls[0].detect_points, [DetectPoint::Server]);
    assert_eq!(server.calls[0].stats, stats(2, 10));
    assert_eq!(server.calls[0].component.as_deref(), Some("Rust"));
}

/// The alias was reported outside of the range.
#[test]
fn range_selects_calls_and_not_aliases() {
    let exit = at(span(SpanType::Exit, SpanLayer::Http, 2, "c:1"), 100_000, 20);
    let served = at(from(entry(), RefType::CrossProcess, "a", "c:1"), 0, 10);
    let range = TimeRange { from: Some(95_000), to: Some(150_000) };
    let map = topology(&[("a", &[exit]), ("c", &[served])], range);

    assert_eq!(
        kinds(&map),
        [
            ("a", NodeKind::Service, Some("GENERAL"), 0),
            ("c", NodeKind::Service, Some("GENERAL"), 1),
        ]
    );
    assert_eq!(map.calls[0].detect_points, [DetectPoint::Client]);
    // One call in 60 s: the range is extended to cells of 10 s.
    assert!((map.calls[0].stats.per_minute - 1.0).abs() < f64::EPSILON, "{map:?}");
}

#[test]
fn every_ref_counts_as_a_call() {
    let root =
        from(from(entry(), RefType::CrossProcess, "a", "c:1"), RefType::CrossThread, "c", "");
    let map = topology(&[("c", &[root])], TimeRange::default());

    assert_eq!(
        kinds(&map),
        [
            ("a", NodeKind::Service, Some("GENERAL"), 0),
            ("c", NodeKind::Service, Some("GENERAL"), 2)
        ]
    );
}

/// The layer of a called function is neither that of its caller nor of a service behind an address.
#[test]
fn layer_of_a_function_is_its_own() {
    let faas = |kind, peer| span(kind, SpanLayer::Faas, 11000, peer);
    let function = from(faas(SpanType::Entry, ""), RefType::CrossProcess, "caller", "f:1");
    let calls = [faas(SpanType::Exit, "f:1"), faas(SpanType::Exit, "web:1")];
    let web = from(entry(), RefType::CrossProcess, "caller", "web:1");
    let sent: [(&str, &[SpanObject]); 3] =
        [("function", &[function]), ("caller", &calls), ("web", &[web])];
    let map = topology(&sent, TimeRange::default());

    assert_eq!(
        kinds(&map),
        [
            ("caller", NodeKind::Service, Some("GENERAL"), 0),
            ("function", NodeKind::Service, Some("FAAS"), 1),
            ("web", NodeKind::Service, Some("GENERAL"), 1),
        ]
    );
}

/// A number that the protocol doesn't define.
#[test]
fn unknown_layer_is_a_guessed_node_without_layer() {
    let mut exit = span(SpanType::Exit, SpanLayer::Unknown, 11000, "what:1");
    exit.span_layer = 99;
    let map = topology(&[("a", &[exit])], TimeRange::default());

    assert_eq!(kinds(&map)[1], ("what:1", NodeKind::Unknown, None, 1));
    assert!(!map.nodes[1].is_real);
}
