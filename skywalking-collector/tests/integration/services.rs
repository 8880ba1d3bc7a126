//! The services other than traces. That every method is implemented is tested in
//! `skywalking-codegen`, which knows the protocol files.

use prost::Message as _;
use serde_json::{Value, json};
use skywalking_collector::NotKept;
use skywalking_proto::v3::jvm_metric_report_service_client::JvmMetricReportServiceClient;
use skywalking_proto::v3::management_service_client::ManagementServiceClient;
use skywalking_proto::v3::{InstancePingPkg, JvmMetric, JvmMetricCollection};
use skywalking_proto::v10::pprof_task_client::PprofTaskClient;
use skywalking_proto::v10::{PprofData, PprofMetaData, pprof_data};
use tonic::codegen::http;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request};

use crate::grpc_reports::refused;
use crate::support::{COLLECT, TIMEOUT, channel, encoded, json, now, post, send, small, start};

const JSON: &str = "Content-Type: application/json\r\n";

/// Old agents call the services without the package.
#[tokio::test]
async fn services_without_package_are_implemented() {
    let collector = start().await;
    let address = collector.grpc_addr();

    for path in [
        "/TraceSegmentReportService/collectInSync",
        "/ManagementService/reportInstanceProperties",
        "/ManagementService/keepAlive",
        "/ProfileTask/getProfileTaskCommands",
        "/ProfileTask/collectSnapshot",
        "/ProfileTask/reportTaskFinish",
        "/BrowserPerfService/collectPerfData",
        "/BrowserPerfService/collectErrorLogs",
        "/JVMMetricReportService/collect",
        "/CLRMetricReportService/collect",
    ] {
        send(address, path, vec![vec![]]).await.unwrap_or_else(|status| panic!("{path}: {status}"));
    }
    send(address, "/TraceSegmentReportService/collect", encoded([&small("old", "old")]))
        .await
        .expect("accepted");

    assert!(collector.trace("old").is_some());

    let stats = collector.stats();
    let counted: Vec<_> = stats.received_not_kept.iter().collect();

    assert_eq!(
        counted,
        [
            (NotKept::JvmMetrics, 1),
            (NotKept::ClrMetrics, 1),
            (NotKept::ProfileTasks, 2),
            (NotKept::Profiles, 1),
            (NotKept::Browser, 2),
        ]
    );
    assert_eq!((stats.pings, stats.properties_reports), (1, 1));
}

/// Agents send any name of this machine, and no `Origin`.
#[tokio::test]
async fn calls_need_no_host_and_no_origin() {
    let collector = start().await;
    let address = collector.grpc_addr();

    let call = async |authority: &str, origin: Option<&'static str>| {
        let uri: http::Uri = format!("http://{authority}").parse().expect("an address");
        let endpoint = Channel::from_shared(format!("http://{address}")).expect("an address");
        let channel = endpoint.origin(uri).connect().await.expect("the collector listens");
        let mut request = Request::new(InstancePingPkg::default());
        if let Some(origin) = origin {
            request.metadata_mut().insert("origin", MetadataValue::from_static(origin));
        }
        ManagementServiceClient::new(channel).keep_alive(request).await.map(drop)
    };
    call("host.docker.internal:11800", None).await.expect("any name");
    for origin in ["http://evil.example", "null", ""] {
        let called = call("127.0.0.1", Some(origin)).await;
        let reason = refused(called, Code::PermissionDenied);
        assert!(reason.contains("web pages (with an Origin header)"), "{reason}");
    }

    assert_eq!(collector.stats().pings, 1);
}

#[tokio::test]
async fn other_reports_are_counted_by_kind() {
    let collector = start().await;

    let mut jvm = JvmMetricReportServiceClient::new(channel(collector.grpc_addr()).await);
    for _ in 0..3 {
        let metrics = vec![JvmMetric { time: now(), ..Default::default() }];
        let collection = JvmMetricCollection {
            metrics,
            service: "java".into(),
            service_instance: "java_1".into(),
        };
        jvm.collect(collection).await.expect("a response");
    }
    let http = collector.http_addr();
    for path in ["/v3/logs", "/v3/events"] {
        assert_eq!(post(http, path, JSON, b"[]").await.status, 200);
        assert_eq!(post(http, path, JSON, b"{").await.status, 400);
        assert_eq!(post(http, path, "", b"").await.status, 415);
    }

    send(collector.grpc_addr(), COLLECT, encoded([&small("a", "a")])).await.expect("accepted");
    let stats = json(http, "/api/stats").await;

    assert_eq!(stats["receivedNotKept"], json!({ "jvmMetrics": 3 }));
    assert_eq!(
        (&stats["segmentsAccepted"], &stats["spansStored"]),
        (&Value::from(1), &Value::from(1))
    );

    let text = collector.stats().to_string();

    assert!(text.ends_with("; received, not kept: 3 jvmMetrics"), "{text}");
}

#[tokio::test]
async fn other_reports_must_be_protobuf() {
    let collector = start().await;

    for path in [
        "/skywalking.v3.JVMMetricReportService/collect",
        "/skywalking.v3.CLRMetricReportService/collect",
    ] {
        let broken = PprofMetaData { service: "cut".into(), ..Default::default() }.encode_to_vec();
        let reason = refused(
            send(collector.grpc_addr(), path, vec![broken[..3].to_vec()]).await,
            Code::InvalidArgument,
        );
        assert!(reason.starts_with("invalid protobuf"), "{reason}");
    }
    let reason = refused(
        send(
            collector.grpc_addr(),
            "/skywalking.v3.JVMMetricReportService/collect",
            vec![vec![]; 2],
        )
        .await,
        Code::InvalidArgument,
    );

    assert!(reason.contains("the call has several messages: send one"), "{reason}");
    assert_eq!(collector.stats().segments_refused, 2);
}

/// An agent sends the metadata of a profile, waits for a response, then sends the profile.
#[tokio::test]
async fn profile_metadata_is_acknowledged_before_the_data() {
    let collector = start().await;

    let mut client = PprofTaskClient::new(channel(collector.grpc_addr()).await);
    let (to, messages) = tokio::sync::mpsc::channel(1);
    let first = PprofData {
        metadata: Some(PprofMetaData { content_size: 6, ..Default::default() }),
        result: None,
    };
    to.send(first).await.expect("open");
    let called = client.collect(tokio_stream::wrappers::ReceiverStream::new(messages));
    let mut responses = tokio::time::timeout(TIMEOUT, called)
        .await
        .expect("in time")
        .expect("a response")
        .into_inner();
    let acknowledgement = tokio::time::timeout(TIMEOUT, responses.message())
        .await
        .expect("before the profile")
        .expect("no error");
    assert_eq!(acknowledgement.expect("a message").status, 0);
    for part in [b"abc", b"def"] {
        to.send(PprofData {
            metadata: None,
            result: Some(pprof_data::Result::Content(part.to_vec())),
        })
        .await
        .expect("open");
    }
    drop(to);

    assert_eq!(responses.message().await.expect("no error"), None);
    assert_eq!(collector.stats().received_not_kept.get(NotKept::Profiles), 3);
}
