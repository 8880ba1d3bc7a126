//! Where agents report: each service of the protocol that a released agent calls.
//!
//! The calls are read by hand (`messages`), so that a message counts in the budget while it comes,
//! is looked at as bytes before it is decoded, and is refused with a reason: an agent has to hear
//! `INVALID_ARGUMENT` and why, and what was good in the same stream has to stay.

mod management;
mod messages;
mod methods;
mod reply;
mod segments;
mod unkept;

use std::convert::Infallible;
use std::sync::Arc;

use axum::http::{HeaderMap, Request, Response};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::net::TcpListener;
use tonic::Status;

use crate::serve::{self, Connection};
use crate::shared::Shared;
use crate::token;
use messages::Messages;
use methods::Method;
use reply::Reply;

/// Calls at one time over one connection.
const CALLS_PER_CONNECTION: u32 = 64;
/// Metadata in bytes, as grpc-java takes it.
const METADATA_LIMIT: u32 = 8 * 1024;

/// Serves until the collector stops.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) -> std::io::Result<()> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.max_concurrent_streams(CALLS_PER_CONNECTION)
        .max_header_list_size(METADATA_LIMIT)
        .timer(TokioTimer::new());
    let calls = Arc::clone(&shared);
    serve::serve(listener, shared, move |stream, connection| {
        let (shared, stopping) = (Arc::clone(&calls), Arc::clone(&calls));
        let service =
            service_fn(move |request| call(Arc::clone(&shared), Arc::clone(&connection), request));
        serve::until_stopped(http.serve_connection(stream, service), stopping)
    })
    .await
}

async fn call(
    shared: Arc<Shared>,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<Reply>, Infallible> {
    connection.requested();
    let (head, body) = request.into_parts();
    let Some(method) = Method::of(head.uri.path()) else {
        let status = Status::unimplemented(
            "this collector knows the services of skywalking.v3 and skywalking.v10 that agents call",
        );
        return Ok(status.into_http());
    };
    if let Err(status) = admit(&shared, &head.headers) {
        return Ok(status.into_http());
    }
    let messages = match Messages::new(Arc::clone(&shared), connection, &head.headers, body) {
        Ok(messages) => messages,
        Err(status) => return Ok(status.into_http()),
    };
    if method.answers_at_once() {
        return Ok(Reply::two_way(shared, messages, method));
    }
    // An agent may keep a stream open for ever; the collector's end has to end it.
    let answered = tokio::select! {
        answered = method.call(&shared, messages) => answered,
        () = shared.stopped() => Err(Status::unavailable("the collector is ending")),
    };
    Ok(match answered {
        Ok(()) => Reply::empty_commands(),
        Err(status) => status.into_http(),
    })
}

/// Whether the call brings the token, if one is asked for (`docs/protocol.md#grpc-transport`).
fn admit(shared: &Shared, metadata: &HeaderMap) -> Result<(), Status> {
    let Some(token) = shared.token() else {
        return Ok(());
    };
    let brought = metadata.get(token::HEADER).map_or(&[][..], |value| value.as_bytes());
    if token.is(brought) {
        return Ok(());
    }
    Err(Status::permission_denied(
        "metadata `authentication` is missing or is not this collector's token",
    ))
}

/// The only message of a call that takes one.
async fn single(messages: &mut Messages<Incoming>) -> Result<Bytes, Status> {
    let message = messages
        .next()
        .await?
        .ok_or_else(|| Status::invalid_argument("the call ended without a message"))?;
    match messages.next().await? {
        None => Ok(message),
        Some(_) => Err(Status::invalid_argument("the call takes one message and got several")),
    }
}
