//! Where agents report: `TraceSegmentReportService` and `ManagementService`.
//!
//! The services are written by hand on a codec that hands out raw bytes. The generated servers decode before we see the
//! message, and answer bytes that are none with `INTERNAL`; an agent has to hear `INVALID_ARGUMENT` and the reason, and
//! what was good in the same stream has to stay.

mod codec;
mod incoming;
mod management;
mod segments;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::metadata::MetadataMap;
use tonic::server::{Grpc, NamedService};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::config::MESSAGE_LIMIT;
use crate::shared::Shared;
use crate::token;
use codec::RawCodec;
use incoming::Incoming;

/// Calls at one time over one connection; each may hold one message of [`MESSAGE_LIMIT`].
const CALLS_PER_CONNECTION: u32 = 64;
/// Metadata in bytes, as grpc-java takes it.
const METADATA_LIMIT: u32 = 8 * 1024;

/// Serves until the collector stops.
pub(crate) async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) -> Result<(), tonic::transport::Error> {
    let stopped = Arc::clone(&shared);
    tonic::transport::Server::builder()
        .max_concurrent_streams(Some(CALLS_PER_CONNECTION))
        .http2_max_header_list_size(Some(METADATA_LIMIT))
        .add_service(Segments(Arc::clone(&shared)))
        .add_service(Management(shared))
        .serve_with_incoming_shutdown(Incoming::from(listener), async move {
            stopped.stopped().await;
        })
        .await
}

/// `skywalking.v3.TraceSegmentReportService`.
#[derive(Debug, Clone)]
struct Segments(Arc<Shared>);

impl NamedService for Segments {
    const NAME: &'static str = "skywalking.v3.TraceSegmentReportService";
}

/// `skywalking.v3.ManagementService`.
#[derive(Debug, Clone)]
struct Management(Arc<Shared>);

impl NamedService for Management {
    const NAME: &'static str = "skywalking.v3.ManagementService";
}

/// What a call does with its messages. Every answer is an empty `Commands`.
type Answer = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;
type Method = fn(Arc<Shared>, Streaming<Bytes>) -> Answer;

fn method(service: &str, path: &str) -> Option<Method> {
    match path.strip_prefix('/')?.strip_prefix(service)?.strip_prefix('/')? {
        "collect" if service == Segments::NAME => Some(|shared, stream| Box::pin(segments::collect(shared, stream))),
        "collectInSync" if service == Segments::NAME => Some(|shared, stream| Box::pin(segments::collect_in_sync(shared, stream))),
        "reportInstanceProperties" if service == Management::NAME => {
            Some(|shared, stream| Box::pin(management::properties(shared, stream)))
        }
        "keepAlive" if service == Management::NAME => Some(|shared, stream| Box::pin(management::keep_alive(shared, stream))),
        _ => None,
    }
}

fn call(shared: &Arc<Shared>, service: &str, request: http::Request<Body>) -> BoxFuture<http::Response<Body>, Infallible> {
    let Some(method) = method(service, request.uri().path()) else {
        let status = Status::unimplemented("this collector knows collect, collectInSync, reportInstanceProperties and keepAlive");
        return Box::pin(async move { Ok(status.into_http()) });
    };
    let handler = Handler { shared: Arc::clone(shared), method };
    Box::pin(async move {
        // One that takes a single message is read as a stream too: on the wire they are the same, and so the status of a
        // broken message is ours to choose.
        let mut grpc = Grpc::new(RawCodec).max_decoding_message_size(MESSAGE_LIMIT).accept_compressed(CompressionEncoding::Gzip);
        Ok(grpc.client_streaming(handler, request).await)
    })
}

macro_rules! serve_by_hand {
    ($service:ty) => {
        impl Service<http::Request<Body>> for $service {
            type Response = http::Response<Body>;
            type Error = Infallible;
            type Future = BoxFuture<Self::Response, Self::Error>;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: http::Request<Body>) -> Self::Future {
                call(&self.0, Self::NAME, request)
            }
        }
    };
}
serve_by_hand!(Segments);
serve_by_hand!(Management);

struct Handler {
    shared: Arc<Shared>,
    method: Method,
}

impl Service<Request<Streaming<Bytes>>> for Handler {
    type Response = Response<()>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<()>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let method = self.method;
        Box::pin(async move {
            admit(&shared, request.metadata())?;
            let stopping = Arc::clone(&shared);
            // An agent may keep a stream open for ever; the collector's end has to end it.
            tokio::select! {
                answer = method(shared, request.into_inner()) => answer.map(Response::new),
                () = stopping.stopped() => Err(Status::unavailable("the collector is ending")),
            }
        })
    }
}

/// Whether the call brings the token, if one is asked for (`protocol/semantics.md` 18).
fn admit(shared: &Shared, metadata: &MetadataMap) -> Result<(), Status> {
    let Some(token) = shared.token() else {
        return Ok(());
    };
    let brought = metadata.get(token::HEADER).map_or(&[][..], |value| value.as_bytes());
    if token.is(brought) {
        return Ok(());
    }
    Err(Status::permission_denied("metadata `authentication` is missing or is not this collector's token"))
}

/// The only message of a call that takes one.
async fn single(shared: &Shared, stream: &mut Streaming<Bytes>) -> Result<Bytes, Status> {
    let first = stream.message().await.map_err(|status| broken(shared, &status))?;
    let message = first.ok_or_else(|| Status::invalid_argument("the call ended without a message"))?;
    match stream.message().await {
        Ok(None) => Ok(message),
        Ok(Some(_)) => Err(Status::invalid_argument("the call takes one message and got several")),
        Err(status) => Err(broken(shared, &status)),
    }
}

/// The stream itself broke: what comes next can't be told from what was lost. What came before stays.
fn broken(shared: &Shared, status: &Status) -> Status {
    match status.code() {
        // tonic's words for a message over the limit, on the wire or unpacked.
        Code::OutOfRange | Code::ResourceExhausted => {
            shared.refused();
            Status::resource_exhausted(format!("{}: send smaller batches", status.message()))
        }
        // tonic's word for frames that are none.
        Code::Internal => {
            shared.refused();
            Status::invalid_argument(format!("not a gRPC message: {}", status.message()))
        }
        // The connection went; nobody hears this.
        _ => status.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_found_by_its_path_and_no_other() {
        for path in ["collect", "collectInSync"] {
            assert!(method(Segments::NAME, &format!("/{}/{path}", Segments::NAME)).is_some());
            assert!(method(Management::NAME, &format!("/{}/{path}", Management::NAME)).is_none());
        }
        for path in ["reportInstanceProperties", "keepAlive"] {
            assert!(method(Management::NAME, &format!("/{}/{path}", Management::NAME)).is_some());
        }
        assert!(method(Segments::NAME, "/skywalking.v3.TraceSegmentReportService/").is_none());
        assert!(method(Segments::NAME, "").is_none());
    }
}
