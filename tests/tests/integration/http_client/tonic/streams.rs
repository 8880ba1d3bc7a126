//! Streaming calls. The span lasts until the status is received.

use skywalking_proto::v3::trace_segment_report_service_client::TraceSegmentReportServiceClient;
use skywalking_proto::v3::{Command, Commands, InstancePingPkg, SegmentObject};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::{ping, traced};
use crate::http_client::harness::{
    GrpcServer, PartSender, Reply, ended_after_meanwhile, framed, inside, meanwhile, record, tree,
};

const WATCH: &str = "/skywalking.v3.ManagementService/watch";

/// Opens a stream of the server.
async fn watch(server: &GrpcServer) -> Streaming<Command> {
    let mut client = tonic::client::Grpc::new(traced(server));
    client.ready().await.expect("a connection");
    let codec = ProstCodec::<InstancePingPkg, Command>::default();
    client
        .server_streaming(Request::new(ping()), http::uri::PathAndQuery::from_static(WATCH), codec)
        .await
        .expect("a stream")
        .into_inner()
}

/// Returns the tree of a stream. After two messages `end` is applied to both of its ends.
async fn watched(end: impl AsyncFnOnce(PartSender, Streaming<Command>)) -> String {
    let (parts, reply) = Reply::parts();
    let server = GrpcServer::start([reply]).await;
    tree(
        &[&server],
        inside(async {
            parts.message(&Command::default());
            parts.message(&Command::default());
            let mut stream = watch(&server).await;
            for _ in 0..2 {
                assert!(stream.message().await.expect("no error").is_some());
            }
            end(parts, stream).await;
        }),
    )
    .await
}

async fn end(stream: &mut Streaming<Command>) -> Result<Option<Command>, Status> {
    stream.message().await
}

#[tokio::test]
async fn server_stream_ends_with_its_status() {
    let shown = watched(async |parts, mut stream| {
        parts.trailers(&[("grpc-status", "0")]);
        assert!(end(&mut stream).await.expect("no error").is_none());
    })
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/watch layer=RPCFramework component=23 peer=one:1 {rpc.status_code=OK}\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/watch ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn server_stream_that_fails_after_messages_is_an_error() {
    let shown = watched(async |parts, mut stream| {
        parts.trailers(&[("grpc-status", "8")]);
        assert_eq!(
            end(&mut stream).await.expect_err("a status").code(),
            tonic::Code::ResourceExhausted
        );
    })
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
            \x20 Exit /skywalking.v3.ManagementService/watch layer=RPCFramework component=23 peer=one:1 ERROR {rpc.status_code=RESOURCE_EXHAUSTED}\n\
            \x20   Entry arrived /skywalking.v3.ManagementService/watch ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn stream_that_is_dropped_half_way_is_cancelled() {
    let shown = watched(async |parts, stream| {
        drop(stream);
        drop(parts);
    })
    .await;
    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.ManagementService/watch layer=RPCFramework component=23 peer=one:1 [event=cancelled]\n\
        \x20   Entry arrived /skywalking.v3.ManagementService/watch ref=CrossProcess\n"
    );
}

#[tokio::test]
async fn span_lasts_until_the_status_without_timed_bodies() {
    let (parts, reply) = Reply::parts();
    let server = GrpcServer::start([reply]).await;
    let trees = record(
        &[&server],
        inside(async {
            parts.message(&Command::default());
            let mut stream = watch(&server).await;
            assert!(end(&mut stream).await.expect("no error").is_some());
            meanwhile().await;
            parts.trailers(&[("grpc-status", "0")]);
            assert!(end(&mut stream).await.expect("no error").is_none());
        }),
    )
    .await;
    assert!(ended_after_meanwhile(&trees));
}

#[tokio::test]
async fn client_stream_is_one_span() {
    let server = GrpcServer::start([Reply::Messages(
        vec![framed(&Commands::default())],
        &[("grpc-status", "0")],
    )])
    .await;
    let shown = tree(
        &[&server],
        inside(async {
            let segments = futures::stream::iter((0..3).map(|_| SegmentObject::default()));
            TraceSegmentReportServiceClient::new(traced(&server))
                .collect(segments)
                .await
                .expect("a reply");
        }),
    )
    .await;

    assert_eq!(
        shown,
        "Entry /request\n\
        \x20 Exit /skywalking.v3.TraceSegmentReportService/collect layer=RPCFramework component=23 peer=one:1 {rpc.status_code=OK}\n\
        \x20   Entry arrived /skywalking.v3.TraceSegmentReportService/collect ref=CrossProcess\n"
    );
    assert_eq!(server.calls()[0].body.len(), 3 * 5, "three empty messages");
}
