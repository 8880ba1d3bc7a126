//! Reports by gRPC: valid, invalid and too large ones.

use prost::Message as _;
use skywalking_collector::{TraceQuery, view};
use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_proto::v3::trace_segment_report_service_client::TraceSegmentReportServiceClient;
use skywalking_proto::v3::{
    InstancePingPkg, InstanceProperties, SegmentCollection, SegmentObject, SpanLayer,
};
use tonic::{Code, Status};

use crate::support::{
    COLLECT, COLLECT_IN_SYNC, KEEP_ALIVE, PROPERTIES, TIMEOUT, builder, channel, encoded, now,
    pair, scenario, send, send_with, small, start,
};

pub(crate) fn refused(result: Result<(), Status>, code: Code) -> String {
    let status = result.expect_err("refused");
    assert_eq!(status.code(), code, "{status}");
    status.message().to_owned()
}

fn stored(collector: &skywalking_collector::Collector) -> Vec<String> {
    let mut ids: Vec<_> =
        collector.traces(&TraceQuery::default()).into_iter().map(|trace| trace.trace_id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn generated_clients_are_supported() {
    let collector = start().await;

    let mut segments = TraceSegmentReportServiceClient::new(channel(collector.grpc_addr()).await);
    let [client, server] = scenario("t", now());
    segments.collect(tokio_stream::iter([client])).await.expect("collect");
    let collection = SegmentCollection { segments: vec![server] };
    segments.collect_in_sync(collection).await.expect("collectInSync");
    let mut management = ManagementServiceClient::new(channel(collector.grpc_addr()).await);
    let properties = InstanceProperties {
        service: "RTS_Test".into(),
        service_instance: "RTS_Test_1".into(),
        properties: vec![
            pair("language", "rust"),
            pair("ipv4", "10.0.0.1"),
            pair("ipv4", "10.0.0.2"),
        ],
        ..Default::default()
    };
    management.report_instance_properties(properties).await.expect("properties");
    let ping = InstancePingPkg {
        service: "quiet".into(),
        service_instance: "quiet_1".into(),
        layer: "GENERAL".into(),
    };
    management.keep_alive(ping).await.expect("ping");

    let instances: Vec<_> = collector
        .instances()
        .into_iter()
        .map(|known| {
            let properties: Vec<_> =
                known.properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let pinged = if known.last_ping.is_some() { "pinged" } else { "-" };
            format!(
                "{}/{} [{}] {pinged} {:?}",
                known.service,
                known.instance,
                properties.join(" "),
                known.layer
            )
        })
        .collect();

    assert_eq!(
        instances,
        [
            "RTS_Test/RTS_Test_1 [language=rust ipv4=10.0.0.1 ipv4=10.0.0.2] - \"\"",
            "Service_Test/Service_Test_1 [] - \"\"",
            "quiet/quiet_1 [] pinged \"GENERAL\"",
        ]
    );

    let stats = collector.shutdown().await;

    assert_eq!(
        (stats.segments_accepted, stats.spans_stored, stats.properties_reports, stats.pings),
        (2, 4, 1, 1)
    );
}

#[tokio::test]
async fn partial_success_keeps_the_valid_segments() {
    let collector = start().await;

    let mut lost = small("lost", "lost");
    lost.spans[0].span_id = 1;
    let mut messages = encoded([&small("a", "a"), &lost, &small("b", "b")]);
    messages.insert(2, b"these bytes are not a segment".to_vec());

    let reason = refused(
        send(collector.grpc_addr(), COLLECT, messages.clone()).await,
        Code::InvalidArgument,
    );

    assert_eq!(
        reason,
        "2 of 4 segments refused; number 2: segment \"lost\" has no span with id 0, so the OAP could not find it: number the spans from 0"
    );
    assert_eq!(stored(&collector), ["a", "b"]);

    // The same segments in one message.
    let mut collection = Vec::new();
    for segment in encoded([&small("c", "c"), &lost, &small("d", "d")]) {
        collection.push(0x0a);
        prost::encode_length_delimiter(segment.len(), &mut collection).expect("a vector");
        collection.extend(segment);
    }
    collection.extend([0x0a, 3, 0xff, 0xff, 0xff]);
    let reason = refused(
        send(collector.grpc_addr(), COLLECT_IN_SYNC, vec![collection]).await,
        Code::InvalidArgument,
    );
    assert!(reason.starts_with("2 of 4 segments refused; number 2: segment \"lost\""), "{reason}");

    assert_eq!(stored(&collector), ["a", "b", "c", "d"]);

    let reason = refused(
        send(collector.grpc_addr(), COLLECT_IN_SYNC, vec![vec![0xff; 9]]).await,
        Code::InvalidArgument,
    );

    assert!(
        reason.contains("not a SegmentObject: invalid protobuf, or cut off inside a field"),
        "{reason}"
    );

    let stats = collector.stats();

    assert_eq!((stats.segments_accepted, stats.segments_refused), (4, 5));

    send(collector.grpc_addr(), COLLECT, encoded([&small("e", "e")]))
        .await
        .expect("the server still works");
}

#[tokio::test]
async fn segments_lost_by_the_oap_are_refused() {
    type Change = fn(&mut SegmentObject);
    let cases: [(Change, &str); 7] = [
        (|segment| segment.spans[0].span_id = 3, "no span with id 0"),
        (|segment| segment.trace_id = "x".repeat(151), "of 151 characters"),
        (|segment| segment.trace_segment_id = "x".repeat(151), "the segment id"),
        (
            |segment| {
                segment.spans[0].span_layer = SpanLayer::Cache as i32;
                segment.spans[0].tags =
                    vec![pair("cache.type", "redis"), pair("cache.type", "redis")];
            },
            "two tags \"cache.type\"",
        ),
        (|segment| segment.spans[0].tags = vec![pair("transmission.latency", "soon")], "\"soon\""),
        (|segment| segment.spans[0].tags = vec![pair("x-le", "{")], "JSON object"),
        (|segment| segment.spans[0].start_time = 0, "starts at 0 ms"),
    ];

    let collector = start().await;

    for (at, (change, words)) in cases.into_iter().enumerate() {
        let mut segment = small(&format!("t{at}"), &format!("s{at}"));
        change(&mut segment);
        let sync = SegmentCollection { segments: vec![segment.clone()] }.encode_to_vec();
        for (path, message) in [(COLLECT, segment.encode_to_vec()), (COLLECT_IN_SYNC, sync)] {
            let reason = refused(
                send(collector.grpc_addr(), path, vec![message]).await,
                Code::InvalidArgument,
            );
            assert!(reason.contains(words), "{reason}");
        }
    }

    assert_eq!((stored(&collector).len(), collector.stats().segments_refused), (0, 14));
}

#[tokio::test]
async fn empty_segments_are_ignored_and_duplicates_counted() {
    let collector = start().await;

    let mut again = small("a", "a");
    again.spans[0].operation_name = "the second is not kept".into();
    let messages = encoded([&SegmentObject::default(), &small("a", "a"), &again]);
    send(collector.grpc_addr(), COLLECT, messages).await.expect("neither is an error");
    let stats = collector.stats();
    assert_eq!(
        (stats.segments_accepted, stats.segments_duplicate, stats.segments_empty),
        (1, 1, 1)
    );
    assert_eq!(collector.trace("a").expect("stored").spans[0].operation_name, "work");
}

#[tokio::test]
async fn token_is_required_for_every_call() {
    let collector = builder().token("s3cret").start().await.expect("free ports");
    let address = collector.grpc_addr();

    for path in [COLLECT, COLLECT_IN_SYNC, PROPERTIES, KEEP_ALIVE] {
        for token in [None, Some("S3cret"), Some("s3cret2"), Some("")] {
            let reason = refused(
                send_with(address, path, vec![vec![]], token).await,
                Code::PermissionDenied,
            );
            assert!(!reason.contains("s3cret"), "{reason}");
        }
        send_with(address, path, vec![vec![]], Some("s3cret")).await.expect("the token");
    }
    let stats = collector.stats();

    assert_eq!((stats.segments_empty, stats.properties_reports, stats.pings), (1, 1, 1));
    assert!(!format!("{:?}", builder().token("s3cret")).contains("s3cret"));
}

#[tokio::test]
async fn message_is_limited_to_50_mib() {
    const MIB: usize = 1024 * 1024;

    let collector = start().await;

    let with_tag = |id, size| {
        let mut segment = small(id, id);
        segment.spans[0].tags = vec![pair("body", &"x".repeat(size))];
        segment.encode_to_vec()
    };
    send(collector.grpc_addr(), COLLECT, vec![with_tag("large", 49 * MIB)])
        .await
        .expect("below the limit");
    let messages = vec![small("before", "before").encode_to_vec(), with_tag("larger", 50 * MIB)];
    let reason =
        refused(send(collector.grpc_addr(), COLLECT, messages).await, Code::ResourceExhausted);
    assert!(reason.contains("the limit is 52428800 bytes: send smaller batches"), "{reason}");

    assert_eq!(stored(&collector), ["before", "large"]);
}

#[tokio::test]
async fn memory_is_checked_before_decoding() {
    let builder = builder().max_bytes(4 * 1024 * 1024).max_spans(1_000);
    let collector = builder.start().await.expect("free ports");

    let spans = [0x1a, 0x00].repeat(10_000_000);
    let reason =
        refused(send(collector.grpc_addr(), COLLECT, vec![spans]).await, Code::InvalidArgument);

    assert!(reason.contains("raise --max-bytes (SW_COLLECTOR_MAX_BYTES)"), "{reason}");

    let mut many = small("many", "many");
    many.spans = vec![many.spans[0].clone(); 1_001];
    let reason = refused(
        send(collector.grpc_addr(), COLLECT, encoded([&many])).await,
        Code::InvalidArgument,
    );

    assert!(reason.contains("the segment has 1001 spans, and the store keeps 1000"), "{reason}");

    let pairs = [0x1a, 0x00].repeat(1_000_000);
    let reason =
        refused(send(collector.grpc_addr(), PROPERTIES, vec![pairs]).await, Code::InvalidArgument);

    assert!(reason.contains("or more memory than the collector keeps"), "{reason}");
}

#[tokio::test]
async fn store_evicts_at_its_limit_and_counts() {
    let collector = builder().max_spans(100).start().await.expect("free ports");

    let segments: Vec<_> =
        (0..1_000).map(|at| small(&format!("t{at}"), &format!("s{at}"))).collect();
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    let stats = collector.stats();

    assert_eq!(
        (stats.segments_accepted, stats.traces_stored, stats.traces_evicted),
        (1_000, 100, 900)
    );
    assert_eq!((stats.spans_stored, stats.spans_evicted), (100, 900));
    assert!(collector.trace("t899").is_none() && collector.trace("t900").is_some());
}

#[tokio::test]
async fn mutated_messages_are_counted_without_panics() {
    let collector = start().await;

    let start = now();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("below a usize")
    };
    let mut messages = Vec::new();
    for round in 0..1_500 {
        for segment in scenario(&format!("t{round}"), start) {
            let mut bytes = segment.encode_to_vec();
            for _ in 0..=random(6) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes.insert(at, 0xff),
                    2 => bytes[at] ^= 1 << random(8),
                    _ => bytes[at] = u8::try_from(random(256)).expect("a byte"),
                }
            }
            messages.push(bytes);
        }
    }
    let collection: Vec<u8> = messages.concat();
    let _ = send(collector.grpc_addr(), COLLECT, messages).await;
    let stats = collector.stats();
    let counted = stats.segments_accepted
        + stats.segments_refused
        + stats.segments_duplicate
        + stats.segments_empty;

    assert_eq!(counted, 3_000, "{stats}");
    assert!(stats.segments_accepted > 100 && stats.segments_refused > 100, "{stats}");

    for path in [COLLECT_IN_SYNC, PROPERTIES, KEEP_ALIVE] {
        let _ = send(collector.grpc_addr(), path, vec![collection.clone()]).await;
    }

    // Whatever they contain, they can be shown.
    let _ = collector.topology();
    for trace in collector.traces(&TraceQuery::new().limit(10_000)) {
        let whole = collector.trace(&trace.trace_id).expect("listed, so stored");
        let text = view::tree(&whole, view::Style::plain());
        assert!(
            !text.chars().any(|character| character.is_control() && character != '\n'),
            "{text:?}"
        );
    }
    send(collector.grpc_addr(), COLLECT, encoded([&small("good", "good")]))
        .await
        .expect("the server still works");
}

#[tokio::test]
async fn unknown_methods_and_missing_messages_are_errors() {
    let collector = start().await;
    let address = collector.grpc_addr();

    refused(
        send(address, "/skywalking.v3.TraceSegmentReportService/other", vec![]).await,
        Code::Unimplemented,
    );
    refused(
        send(address, "/skywalking.v3.UnknownService/collect", vec![]).await,
        Code::Unimplemented,
    );
    for path in [COLLECT_IN_SYNC, PROPERTIES, KEEP_ALIVE] {
        refused(send(address, path, vec![]).await, Code::InvalidArgument);
        refused(send(address, path, vec![vec![], vec![]]).await, Code::InvalidArgument);
    }
    for path in [PROPERTIES, KEEP_ALIVE] {
        let reason =
            refused(send(address, path, vec![vec![0x0a, 0x01, 0xff]]).await, Code::InvalidArgument);
        assert!(reason.contains("invalid string value"), "{reason}");
    }
    send(address, COLLECT, vec![]).await.expect("an empty stream is valid");
}

#[tokio::test]
async fn wait_for_ends_on_arrival_or_reports_the_counters() {
    let collector = start().await;
    let address = collector.grpc_addr();

    let segments = scenario("t", now());
    let sent = tokio::spawn(async move { send(address, COLLECT, encoded(&segments)).await });
    collector
        .wait_for(|seen| seen.trace("t").is_some_and(|trace| trace.spans.len() == 4), TIMEOUT)
        .await
        .expect("arrival");
    sent.await.expect("no panic").expect("accepted");
    let error = collector
        .wait_for(|_| false, std::time::Duration::from_millis(1))
        .await
        .expect_err("never");
    assert_eq!(
        error.to_string(),
        "timed out after 1ms waiting for the condition; received so far: segments: 2 accepted, 0 refused, 0 duplicate, 0 empty; \
         stored: 1 traces, 4 spans; evicted: 0 traces, 0 spans. Check the agent's log for errors of its reporter, or increase the timeout"
    );
}

#[tokio::test]
async fn shutdown_ends_open_streams() {
    let collector = start().await;

    let mut client = TraceSegmentReportServiceClient::new(channel(collector.grpc_addr()).await);
    let (open, messages) = tokio::sync::mpsc::channel(1);
    let messages = tokio_stream::wrappers::ReceiverStream::new(messages);
    let call = tokio::spawn(async move { client.collect(messages).await });
    open.send(small("a", "a")).await.expect("open");
    collector.wait_for(|seen| seen.stats().segments_accepted == 1, TIMEOUT).await.expect("arrival");
    let stats =
        tokio::time::timeout(TIMEOUT, collector.shutdown()).await.expect("the shutdown ends");

    assert_eq!(stats.segments_accepted, 1);

    let status = call.await.expect("no panic").expect_err("cut off");

    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "the collector is shutting down")
    );
}

#[tokio::test]
async fn address_in_use_is_an_error_with_the_option() {
    let first = start().await;

    let address = first.grpc_addr();
    let error =
        builder().grpc_addr(address.to_string()).start().await.expect_err("in use").to_string();

    assert!(error.starts_with(&format!("can't listen on {address} for gRPC: ")), "{error}");
    assert!(error.contains("--grpc-addr (SW_COLLECTOR_GRPC_ADDR)"), "{error}");

    first.shutdown().await;
    builder().grpc_addr(address.to_string()).start().await.expect("free again");
}
