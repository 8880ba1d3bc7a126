//! The gRPC port: every service of the protocol that released agents call.
//!
//! Calls are read by hand (`messages`) instead of by tonic's server. A message counts in the memory
//! budget while it arrives, its memory is checked before it is decoded, and it is refused with a
//! reason: the agent receives `INVALID_ARGUMENT` and the reason, and the valid messages of the same
//! stream are kept.

mod management;
mod messages;
mod methods;
mod not_kept;
mod records;
mod response;
mod segments;

use std::convert::Infallible;
use std::sync::Arc;

use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::net::TcpListener;
use tonic::Status;

use crate::auth;
use crate::server::{self, Acceptor, Connection};
use crate::state::CollectorState;
use messages::Messages;
use methods::Method;
use response::ResponseBody;

/// The largest number of concurrent calls on one connection.
const MAX_CONCURRENT_CALLS: u32 = 64;
/// The largest size of metadata, in bytes. It is grpc-java's default.
const MAX_METADATA: u32 = 8 * 1024;

/// Serves until the collector shuts down.
pub(crate) async fn serve(listener: TcpListener, acceptor: Acceptor, state: Arc<CollectorState>) {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.max_concurrent_streams(MAX_CONCURRENT_CALLS)
        .max_header_list_size(MAX_METADATA)
        .timer(TokioTimer::new());
    let (connections, shutdown) = (Arc::clone(state.connections()), Arc::clone(state.shutdown()));
    server::serve(listener, acceptor, connections, shutdown, move |stream, connection| {
        let shutdown = Arc::clone(state.shutdown());
        let state = Arc::clone(&state);
        let service =
            service_fn(move |request| call(Arc::clone(&state), Arc::clone(&connection), request));
        server::serve_connection(http.serve_connection(stream, service), shutdown)
    })
    .await;
}

async fn call(
    state: Arc<CollectorState>,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    connection.request_received();
    let (head, body) = request.into_parts();
    let Some(method) = Method::from_path(head.uri.path()) else {
        let status = Status::unimplemented(
            "unknown method: the collector implements the services of skywalking.v3 and skywalking.v10 that agents call",
        );
        return Ok(status.into_http());
    };
    // Only browsers send `Origin`. Agents may use any name for this machine, so the authority is not
    // checked.
    if head.headers.contains_key(ORIGIN) {
        let status = Status::permission_denied(
            "requests from web pages (with an Origin header) are not allowed: report from an agent",
        );
        return Ok(status.into_http());
    }
    if let Err(status) = authorize(&state, &head.headers) {
        return Ok(status.into_http());
    }
    let messages = match Messages::new(Arc::clone(&state), connection, &head.headers, body) {
        Ok(messages) => messages,
        Err(status) => return Ok(status.into_http()),
    };
    if let Method::NotKeptBidi(kind) = method {
        return Ok(ResponseBody::bidirectional(state, messages, kind));
    }
    // An agent may keep a stream open forever, so the shutdown ends the call.
    let result = tokio::select! {
        result = method.call(&state, messages) => result,
        () = state.shutdown().started() => Err(Status::unavailable("the collector is shutting down")),
    };
    Ok(match result {
        Ok(()) => ResponseBody::empty_commands(),
        Err(status) => status.into_http(),
    })
}

/// Checks the token in the metadata (`docs/protocol.md#grpc-transport`).
fn authorize(state: &CollectorState, metadata: &HeaderMap) -> Result<(), Status> {
    if state.is_authorized(metadata.get(auth::HEADER).map(HeaderValue::as_bytes)) {
        return Ok(());
    }
    Err(Status::permission_denied(
        "metadata `authentication` is missing or is not this collector's token",
    ))
}
