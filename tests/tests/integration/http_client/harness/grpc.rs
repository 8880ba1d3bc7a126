//! A gRPC server that runs a script: one reply for each call, in the order of the calls.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::{Recorded, lock};

/// Fields of a head or of trailers.
type Fields = &'static [(&'static str, &'static str)];

type Parts = UnboundedReceiverStream<Result<Frame<Bytes>, Infallible>>;

/// The reply to a call.
pub(crate) enum Reply {
    /// Sends these messages, then the trailers.
    Messages(Vec<Bytes>, Fields),
    /// Sends the trailers as the head, and nothing else.
    TrailersOnly(Fields),
    /// Sends the parts as they come, and ends with the sender.
    Parts(mpsc::UnboundedReceiver<Result<Frame<Bytes>, Infallible>>),
    /// Responds like a server without gRPC.
    Http(u16),
    /// Never replies.
    Silence,
}

impl Reply {
    /// Returns a reply in parts, and its sender.
    pub(crate) fn parts() -> (PartSender, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (PartSender(sender), Self::Parts(receiver))
    }
}

/// Sends the parts of a reply. The drop ends the reply.
pub(crate) struct PartSender(mpsc::UnboundedSender<Result<Frame<Bytes>, Infallible>>);

impl PartSender {
    pub(crate) fn message(&self, message: &impl Message) {
        self.0.send(Ok(Frame::data(framed(message)))).expect("a running server");
    }

    pub(crate) fn trailers(&self, trailers: Fields) {
        self.0.send(Ok(Frame::trailers(fields(trailers)))).expect("a running server");
    }
}

/// Encodes a message for the wire: not compressed, after its length.
pub(crate) fn framed(message: &impl Message) -> Bytes {
    let mut out = BytesMut::new();
    out.put_u8(0);
    out.put_u32(message.encoded_len().try_into().expect("a short message"));
    message.encode(&mut out).expect("enough capacity");
    out.freeze()
}

fn fields(fields: Fields) -> HeaderMap {
    fields
        .iter()
        .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
        .collect()
}

/// A received call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// Method, scheme and path.
    pub(crate) line: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

struct State {
    script: Mutex<VecDeque<Reply>>,
    calls: Mutex<Vec<Call>>,
    count: watch::Sender<usize>,
}

/// Runs its script until it is dropped.
pub(crate) struct GrpcServer {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

impl GrpcServer {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let script = Mutex::new(script.into_iter().collect());
        let state =
            Arc::new(State { script, calls: Mutex::default(), count: watch::Sender::new(0) });
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                let service = service_fn(move |request| reply(request, Arc::clone(&state)));
                tokio::spawn(
                    http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { address, state, accepting }
    }

    /// Returns the received calls.
    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.state.calls).clone()
    }

    /// Waits until `count` calls have been received.
    pub(crate) async fn received(&self, count: usize) {
        let mut counts = self.state.count.subscribe();
        counts
            .wait_for(|came| *came >= count)
            .await
            .expect("the counter exists as long as this server");
    }
}

impl Recorded for GrpcServer {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn heads(&self) -> Vec<(String, HeaderMap)> {
        self.calls().into_iter().map(|call| (call.path, call.headers)).collect()
    }
}

impl Drop for GrpcServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn reply(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<StreamBody<Parts>>, Infallible> {
    let (head, body) = request.into_parts();
    let line = format!("{} {:?} {}", head.method, head.uri.scheme(), head.uri.path());
    // A cancelled client breaks off its own body.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    lock(&state.calls).push(Call {
        line,
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body,
    });
    let reply = lock(&state.script).pop_front().expect("the script is long enough");
    state.count.send_modify(|count| *count += 1);

    let (sender, empty) = mpsc::unbounded_channel();
    let mut response = Response::builder().header("content-type", "application/grpc");
    let mut parts = empty;
    match reply {
        Reply::Messages(messages, trailers) => {
            let trailers = Frame::trailers(fields(trailers));
            for frame in messages.into_iter().map(Frame::data).chain([trailers]) {
                sender.send(Ok(frame)).expect("the receiver exists");
            }
        }
        Reply::TrailersOnly(trailers) => {
            for (name, value) in trailers {
                response = response.header(*name, *value);
            }
        }
        Reply::Parts(streamed) => parts = streamed,
        Reply::Http(status) => response = Response::builder().status(status),
        Reply::Silence => pending().await,
    }
    Ok(response.body(StreamBody::new(UnboundedReceiverStream::new(parts))).expect("a response"))
}
