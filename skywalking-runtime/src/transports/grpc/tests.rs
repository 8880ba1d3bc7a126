//! Tests the transport against a real server on this machine: what arrives, what a status means,
//! and what a broken connection does.

mod hostile;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use prost::Message as _;
use skywalking_proto::v3::management_service_server::{ManagementService, ManagementServiceServer};
use skywalking_proto::v3::trace_segment_report_service_server::{
    TraceSegmentReportService, TraceSegmentReportServiceServer,
};
use skywalking_proto::v3::{
    Commands, InstancePingPkg, InstanceProperties, SegmentCollection, SegmentObject,
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Response, Status, Streaming};

use super::Grpc;
use crate::config::{Address, Belonging, Token};
use crate::management::{ManagementMessage, properties};
use crate::report::accounts::Flight;
use crate::report::signal::Signal;
use crate::report::transport::{Messages, Outcome, Transport};
use crate::tracer::Identity;
use crate::transports::dial::Dialler;
use crate::transports::token::TokenSource;

/// A backend that records its calls, and answers segments with a given status.
#[derive(Clone, Default)]
pub(crate) struct Backend {
    seen: Arc<Mutex<Vec<String>>>,
    answer: Option<Code>,
}

impl Backend {
    fn note(&self, what: &str, metadata: &MetadataMap) {
        let value =
            |key| metadata.get(key).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
        self.seen.lock().unwrap().push(format!(
            "{what} {} {}",
            value("authentication"),
            value("agent-version")
        ));
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    pub(crate) fn serve(&self, listener: TcpListener) -> tokio::task::JoinHandle<()> {
        self.serve_up_to(listener, 4 * 1024 * 1024)
    }

    /// Serves messages of at most this many bytes.
    fn serve_up_to(&self, listener: TcpListener, most: usize) -> tokio::task::JoinHandle<()> {
        let segments = TraceSegmentReportServiceServer::new(self.clone());
        let routes = tonic::transport::Server::builder()
            .add_service(segments.max_decoding_message_size(most))
            .add_service(ManagementServiceServer::new(self.clone()));
        tokio::spawn(async move {
            routes.serve_with_incoming(TcpListenerStream::new(listener)).await.unwrap();
        })
    }
}

#[tonic::async_trait]
impl TraceSegmentReportService for Backend {
    async fn collect(
        &self,
        request: Request<Streaming<SegmentObject>>,
    ) -> Result<Response<Commands>, Status> {
        self.note("collect", request.metadata());
        let mut stream = request.into_inner();
        while let Some(segment) = stream.message().await? {
            self.seen.lock().unwrap().push(segment.trace_segment_id);
        }
        match self.answer {
            Some(code) => Err(Status::new(code, "no: s3cret\n")),
            None => Ok(Response::new(Commands::default())),
        }
    }

    async fn collect_in_sync(
        &self,
        _: Request<SegmentCollection>,
    ) -> Result<Response<Commands>, Status> {
        Err(Status::unimplemented("not expected"))
    }
}

#[tonic::async_trait]
impl ManagementService for Backend {
    async fn report_instance_properties(
        &self,
        request: Request<InstanceProperties>,
    ) -> Result<Response<Commands>, Status> {
        self.note(
            &format!("properties of {}", request.get_ref().service_instance),
            request.metadata(),
        );
        Ok(Response::new(Commands::default()))
    }

    async fn keep_alive(
        &self,
        request: Request<InstancePingPkg>,
    ) -> Result<Response<Commands>, Status> {
        self.note(&format!("keep-alive of {}", request.get_ref().service), request.metadata());
        Ok(Response::new(Commands::default()))
    }
}

pub(crate) async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn transport(backend: SocketAddr) -> Grpc {
    let messages = properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
    Grpc::new(
        vec![Address::from(backend)],
        Dialler::default(),
        TokenSource::Fixed(Token::new("s3cret".to_owned()).unwrap()),
        messages,
    )
    .unwrap()
}

fn batch(ids: &[&str]) -> Vec<Bytes> {
    let segment = |id: &&str| SegmentObject {
        trace_segment_id: (*id).to_owned(),
        ..SegmentObject::default()
    };
    ids.iter().map(|id| segment(id).encode_to_vec().into()).collect()
}

#[tokio::test]
async fn calls_send_the_token_and_the_version() {
    let (listener, address) = listener().await;
    let backend = Backend::default();
    backend.serve(listener);
    let mut grpc = transport(address);
    assert_eq!(grpc.send_management(ManagementMessage::Properties).await, Outcome::Taken);
    assert_eq!(grpc.send_management(ManagementMessage::KeepAlive).await, Outcome::Taken);
    assert_eq!(
        grpc.send(Messages::new(Signal::Segments, batch(&["a", "b"]), Flight::default())).await,
        Outcome::Taken
    );
    let version = env!("CARGO_PKG_VERSION");
    let heard = |what: &str| format!("{what} s3cret {version}");
    assert_eq!(
        backend.seen(),
        [
            heard("properties of one"),
            heard("keep-alive of svc"),
            heard("collect"),
            "a".to_owned(),
            "b".to_owned()
        ]
    );
}

#[tokio::test]
async fn status_of_the_backend_is_an_answer() {
    const OTHER_TOKEN: &str = "the token given by `Config::token`, SW_AGENT_AUTHENTICATION or SW_AGENT_AUTHENTICATION_FILE is not the backend's";
    for (code, expected) in [
        (Code::InvalidArgument, Outcome::Refused("InvalidArgument: no: <hidden>_".to_owned())),
        (
            Code::PermissionDenied,
            Outcome::Refused(format!("PermissionDenied: no: <hidden>_ ({OTHER_TOKEN})")),
        ),
        (
            Code::Unauthenticated,
            Outcome::Refused(format!("Unauthenticated: no: <hidden>_ ({OTHER_TOKEN})")),
        ),
        (
            Code::ResourceExhausted,
            Outcome::Overloaded("ResourceExhausted: no: <hidden>_".to_owned()),
        ),
        (Code::Unavailable, Outcome::Failed("Unavailable: no: <hidden>_".to_owned())),
        (Code::Cancelled, Outcome::Failed("Cancelled: no: <hidden>_".to_owned())),
        (Code::Unknown, Outcome::Refused("Unknown: no: <hidden>_".to_owned())),
        (Code::Internal, Outcome::Refused("Internal: no: <hidden>_".to_owned())),
    ] {
        let (listener, address) = listener().await;
        Backend { answer: Some(code), ..Backend::default() }.serve(listener);
        let flight = Flight::default();
        assert_eq!(
            transport(address)
                .send(Messages::new(Signal::Segments, batch(&["a"]), flight.clone()))
                .await,
            expected
        );
        assert!(!flight.revoke(), "the batch was sent");
    }
}

#[tokio::test]
async fn message_over_the_limit_is_refused_with_its_size() {
    let (listener, address) = listener().await;
    let backend = Backend::default();
    backend.serve_up_to(listener, 100);
    let large = "x".repeat(198);
    let messages = Messages::new(Signal::Segments, batch(&["a", &large, "b"]), Flight::default());
    let outcome = transport(address).send(messages).await;
    let Outcome::Refused(problem) = outcome else { panic!("{outcome:?}") };
    let explained = " (the largest segment of the batch has 201 bytes; raise the limit of the \
                     backend, or lower Config::max_spans_per_segment (SW_AGENT_SPAN_LIMIT))";
    assert!(problem.ends_with(explained), "{problem}");
    assert!(problem.contains("found 201 bytes, the limit is: 100 bytes"), "{problem}");
    assert_eq!(backend.seen()[1..], ["a"], "the messages before it arrived");
}

#[tokio::test]
async fn batch_survives_an_absent_backend_and_arrives_later() {
    let (listener, address) = listener().await;
    drop(listener);
    let mut grpc = transport(address);
    let flight = Flight::default();
    let outcome = grpc.send(Messages::new(Signal::Segments, batch(&["a"]), flight.clone())).await;
    assert!(
        matches!(&outcome, Outcome::Failed(problem) if problem.contains("refused")),
        "{outcome:?}"
    );
    assert!(flight.revoke(), "nothing was sent");

    let backend = Backend::default();
    backend.serve(TcpListener::bind(address).await.unwrap());
    grpc.next_backend();
    assert_eq!(
        grpc.send(Messages::new(Signal::Segments, batch(&["a"]), Flight::default())).await,
        Outcome::Taken
    );
    assert_eq!(backend.seen()[1..], ["a"]);
}

#[tokio::test]
async fn connection_cut_in_the_stream_leaves_the_batch_unconfirmed() {
    use tokio::io::AsyncReadExt as _;
    let (listener, address) = listener().await;
    // Far more than the first window, so the connection is cut while messages wait.
    let big = vec![Bytes::from(vec![b'x'; 256 * 1024]); 16];
    let cut = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = vec![0; 32 * 1024];
        stream.read_exact(&mut some).await.unwrap();
    });
    let flight = Flight::default();
    let outcome =
        transport(address).send(Messages::new(Signal::Segments, big, flight.clone())).await;
    cut.await.unwrap();
    assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    assert!(!flight.revoke(), "a part was sent");
}

#[tokio::test]
async fn answer_of_a_proxy_is_a_failed_call() {
    #[derive(Clone)]
    struct Proxy;
    impl tonic::server::NamedService for Proxy {
        const NAME: &'static str = "skywalking.v3.TraceSegmentReportService";
    }
    impl tonic::codegen::Service<tonic::codegen::http::Request<tonic::body::Body>> for Proxy {
        type Response = tonic::codegen::http::Response<tonic::body::Body>;
        type Error = std::convert::Infallible;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), Self::Error>> {
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: tonic::codegen::http::Request<tonic::body::Body>) -> Self::Future {
            let mut answer = tonic::codegen::http::Response::new(tonic::body::Body::empty());
            *answer.status_mut() = tonic::codegen::http::StatusCode::FORBIDDEN;
            std::future::ready(Ok(answer))
        }
    }
    let (listener, address) = listener().await;
    let routes = tonic::transport::Server::builder().add_service(Proxy);
    tokio::spawn(async move {
        routes.serve_with_incoming(TcpListenerStream::new(listener)).await.unwrap();
    });
    let outcome = transport(address)
        .send(Messages::new(Signal::Segments, batch(&["a"]), Flight::default()))
        .await;
    assert!(matches!(&outcome, Outcome::Failed(problem) if problem.contains("403")), "{outcome:?}");
}

#[tokio::test]
async fn revoked_batch_sends_no_segment() {
    let (listener, address) = listener().await;
    let backend = Backend::default();
    backend.serve(listener);
    let flight = Flight::default();
    let call =
        transport(address).send(Messages::new(Signal::Segments, batch(&["a"]), flight.clone()));
    assert!(flight.revoke());
    assert_eq!(call.await, Outcome::Taken);
    assert_eq!(backend.seen().len(), 1, "only the call");
}

#[tokio::test]
async fn next_backend_cycles_through_the_list() {
    let messages = properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
    let backends = ["127.0.0.1:1", "127.0.0.1:2"]
        .map(|address| Address::from(address.parse::<SocketAddr>().unwrap()));
    let mut grpc =
        Grpc::new(backends.to_vec(), Dialler::default(), TokenSource::None, messages).unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(grpc.address());
        grpc.next_backend();
    }
    assert_eq!(
        (seen, grpc.addresses()),
        (vec!["127.0.0.1:1".to_owned(), "127.0.0.1:2".to_owned(), "127.0.0.1:1".to_owned()], 2)
    );
}

#[test]
fn token_is_not_in_debug_output() {
    let shown = format!("{:?}", transport("127.0.0.1:1".parse().unwrap()));
    assert!(!shown.contains("s3cret"), "{shown}");
}
