//! Rejects answers that do not come from a gRPC server.
//!
//! A gRPC server always answers with HTTP status 200. Another status comes from a proxy or a web
//! server. tonic would convert it to a gRPC status, and the batch would count as refused, although
//! the backend never received it. Here it is a failed connection.

use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::codegen::http::{Request, Response, StatusCode};
use tonic::codegen::{Service, StdError};
use tonic::transport::Channel;

use super::incoming::ServerStatus;
use super::outgoing::{Handed, Outgoing};

/// The answer did not come from a gRPC server.
#[derive(Debug, thiserror::Error)]
#[error("HTTP status {0} from a server that does not speak gRPC")]
struct NoGrpc(StatusCode);

/// The channel. It observes its requests and checks its answers.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    pub(super) channel: Channel,
    /// Counts how much of the batch the connection has, if the request carries one.
    pub(super) batch: Option<Handed>,
    pub(super) status: ServerStatus,
}

impl Service<Request<Body>> for Backend {
    type Response = Response<Body>;
    type Error = StdError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, StdError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StdError>> {
        self.channel.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let request = match self.batch.clone() {
            Some(batch) => request.map(|body| Body::new(Outgoing::new(body, batch))),
            None => request,
        };
        let (answer, status) = (self.channel.call(request), self.status.clone());
        Box::pin(async move {
            let answer = answer.await?;
            if answer.status() == StatusCode::OK {
                Ok(status.watch(answer))
            } else {
                Err(NoGrpc(answer.status()).into())
            }
        })
    }
}
