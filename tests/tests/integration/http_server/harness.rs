//! Code that the tests of servers share.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::FutureExt as _;
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use skywalking_runtime::{Callsite, callsite, local_span, propagation::inject, span, testing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tower::BoxError;

static CALL: Callsite = callsite!(exit, "call", peer = "server:80");
static DROPPED: Callsite = callsite!(local, "dropped");

/// The header of another agent: trace `trace-1`, exit span 3 of the segment `segment-1`.
pub(crate) const SW8: &str =
    "1-dHJhY2UtMQ==-c2VnbWVudC0x-3-c2Vydmlj-aW5zdGFu-L3BhZ2Ux-c2VydmVyOjgw";

/// Returns the trees of `work` as text.
pub(crate) async fn tree(work: impl Future) -> String {
    testing::text(&testing::run_async(work).await)
}

/// Returns a request without a body.
pub(crate) fn get<B: Default>(path: &str) -> Request<B> {
    Request::get(path).header("host", "shop:8080").body(B::default()).expect("a request")
}

/// Returns the content of a body without trailers.
pub(crate) async fn read<B: Body<Error: std::fmt::Debug>>(body: B) -> Bytes {
    body.collect().await.expect("a body").to_bytes()
}

/// A point that one task reaches and another one waits for.
#[derive(Clone, Default)]
pub(crate) struct Meeting(Arc<Notify>);

impl Meeting {
    pub(crate) fn reached(&self) {
        self.0.notify_one();
    }

    pub(crate) async fn wait(&self) {
        self.0.notified().await;
    }

    /// Signals that it was reached, and never ends.
    pub(crate) async fn forever<R>(self) -> R {
        self.reached();
        std::future::pending().await
    }
}

/// Drops `work` when the meeting is reached.
pub(crate) async fn cancelled(meeting: &Meeting, work: impl Future) {
    tokio::select! {
        biased;
        _ = work => panic!("the work ended before it was cancelled"),
        () = meeting.wait() => (),
    }
}

/// Waits for work that panics.
pub(crate) async fn panicking(work: impl Future) {
    assert!(AssertUnwindSafe(work).catch_unwind().await.is_err(), "it did not panic");
}

/// A body of frames. It may be incomplete, and then never ends.
pub(crate) struct Script {
    frames: std::vec::IntoIter<Result<Frame<Bytes>, std::io::Error>>,
    ends: bool,
}

impl Script {
    /// Returns `one`, `two`, and the end.
    pub(crate) fn of_two() -> Self {
        Self::new(["one", "two"].map(|text| Ok(data(text))), true)
    }

    /// Returns `one` and no end.
    pub(crate) fn stuck() -> Self {
        Self::new([Ok(data("one"))], false)
    }

    /// Returns `one` and an error.
    pub(crate) fn broken() -> Self {
        Self::new([Ok(data("one")), Err(std::io::Error::other("the disk is gone"))], true)
    }

    /// Returns `one` and trailers.
    pub(crate) fn with_trailers(name: &'static str, value: &'static str) -> Self {
        let trailers = HeaderMap::from_iter([(
            name.parse().expect("a name"),
            value.parse().expect("a value"),
        )]);
        Self::new([Ok(data("one")), Ok(Frame::trailers(trailers))], true)
    }

    fn new(
        frames: impl IntoIterator<Item = Result<Frame<Bytes>, std::io::Error>>,
        ends: bool,
    ) -> Self {
        Self { frames: frames.into_iter().collect::<Vec<_>>().into_iter(), ends }
    }
}

fn data(text: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(text.as_bytes()))
}

impl Body for Script {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match self.frames.next() {
            None if !self.ends => Poll::Pending,
            frame => {
                // Spans of a polled body belong to the call.
                skywalking_runtime::current().log("event", "polled");
                Poll::Ready(frame)
            }
        }
    }
}

/// Serves one HTTP/1 connection with `service`, and returns the client's end.
pub(crate) async fn connect<S, B>(service: S) -> TcpStream
where
    S: tower::Service<
            Request<Incoming>,
            Response = Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        > + Clone
        + Send
        + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let service = hyper_util::service::TowerToHyperService::new(service);
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(hyper_util::rt::TokioIo::new(stream), service);
        // A disconnected client is an error of the connection.
        let _ = connection.with_upgrades().await;
    });
    TcpStream::connect(address).await.expect("a connection")
}

/// Echoes one byte over the upgraded connection of this request.
pub(crate) fn echo_after_upgrade<B: Send + 'static>(request: Request<B>) {
    tokio::spawn(async {
        let mut stream =
            hyper_util::rt::TokioIo::new(hyper::upgrade::on(request).await.expect("an upgrade"));
        let byte = stream.read_u8().await.expect("a byte");
        stream.write_u8(byte).await.expect("it is sent");
    });
}

/// Requests an upgrade, and exchanges bytes over the connection, which must stay open.
pub(crate) async fn upgrade_and_talk<S, B>(service: S, path: &str)
where
    S: tower::Service<
            Request<Incoming>,
            Response = Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        > + Clone
        + Send
        + 'static,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let mut stream = connect(service).await;
    send(&mut stream, path, "connection: upgrade\r\nupgrade: echo\r\n").await;
    let head = read_until(&mut stream, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream.write_u8(7).await.expect("it is sent");
    assert_eq!(stream.read_u8().await.expect("a byte"), 7);
}

/// Sends a request without a body over a connection, inside of an exit span, so that the spans of
/// the server belong to the test.
pub(crate) async fn send(stream: &mut TcpStream, path: &str, headers: &str) {
    let mut ours = HeaderMap::new();
    span(&CALL).run(|| inject(&mut ours));
    let sw8 = ours.get("sw8").and_then(|value| value.to_str().ok()).expect("a header");
    let request = format!("GET {path} HTTP/1.1\r\nhost: shop:8080\r\nsw8: {sw8}\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
}

/// Reads until `end` was received.
pub(crate) async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        match stream.read_u8().await {
            Ok(byte) => text.push(byte),
            Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&text)),
        }
    }
    String::from_utf8(text).expect("text")
}

/// The function that handlers call.
#[local_span(name = "annotated")]
pub(crate) fn annotated() {}

/// Waits forever, and opens a span when it is dropped.
#[local_span(name = "waiting")]
pub(crate) async fn waiting(meeting: Meeting) {
    struct Traces;
    impl Drop for Traces {
        fn drop(&mut self) {
            drop(span(&DROPPED).enter());
        }
    }
    let _traces = Traces;
    meeting.forever::<()>().await;
}

/// Runs `work` inside of a span.
#[local_span(name = "outside")]
pub(crate) async fn inside<F: Future>(work: F) -> F::Output {
    work.await
}
