//! A gRPC backend that responds before it has read the request. (In HTTP the socket buffers are
//! larger than a batch: see the tests of the transport.)

use skywalking_proto::v3::management_service_server::{ManagementService, ManagementServiceServer};
use skywalking_proto::v3::trace_segment_report_service_server::{
    TraceSegmentReportService, TraceSegmentReportServiceServer,
};
use skywalking_proto::v3::{
    Commands, InstancePingPkg, InstanceProperties, SegmentCollection, SegmentObject,
};
use tonic::{Request, Response, Status, Streaming};

use crate::reporting::assert_settled;
use crate::reporting::backend::{Protocol, TIMEOUT};
use crate::reporting::program::{agent, request_with_tags};
use crate::turn;

/// The number of segments, which need several batches.
const SEGMENTS: usize = 16;

/// Makes segments that are each larger than the server's window.
fn large_segments() {
    let text = "x".repeat(2_000);
    for _ in 0..SEGMENTS {
        request_with_tags(40, &text);
    }
}

/// Responds to a stream of segments without reading it. The server then resets the stream without
/// an error.
struct Unread;

#[tonic::async_trait]
impl TraceSegmentReportService for Unread {
    async fn collect(
        &self,
        _: Request<Streaming<SegmentObject>>,
    ) -> Result<Response<Commands>, Status> {
        Ok(Response::new(Commands::default()))
    }

    async fn collect_in_sync(
        &self,
        _: Request<SegmentCollection>,
    ) -> Result<Response<Commands>, Status> {
        Err(Status::unimplemented("not used"))
    }
}

#[tonic::async_trait]
impl ManagementService for Unread {
    async fn report_instance_properties(
        &self,
        _: Request<InstanceProperties>,
    ) -> Result<Response<Commands>, Status> {
        Ok(Response::new(Commands::default()))
    }

    async fn keep_alive(&self, _: Request<InstancePingPkg>) -> Result<Response<Commands>, Status> {
        Ok(Response::new(Commands::default()))
    }
}

#[test]
fn segments_unread_by_a_grpc_backend_are_unconfirmed() {
    let _turn = turn();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let listener =
        runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let routes = tonic::transport::Server::builder()
        .initial_stream_window_size(65_535)
        .initial_connection_window_size(65_535)
        .add_service(TraceSegmentReportServiceServer::new(Unread))
        .add_service(ManagementServiceServer::new(Unread));
    runtime.spawn(
        routes.serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener)),
    );
    let agent = agent(Protocol::Grpc, &address).start().expect("an agent");

    assert!(agent.wait_until_registered(TIMEOUT));

    large_segments();
    assert!(agent.flush(TIMEOUT));

    let report = agent.shutdown(TIMEOUT);
    assert_settled(&report, SEGMENTS as u64);
    assert_eq!((report.sent, report.dropped.unconfirmed), (0, SEGMENTS as u64), "{report:?}");
}
