//! A connection that only a gRPC server can answer by.
//!
//! A gRPC server answers with HTTP status 200, whatever it thinks of the call. Another status comes
//! from something in between, a proxy or a page server. tonic would make a gRPC status of it, and a
//! batch would count as refused by a backend that never saw it; here it is a connection that
//! failed.

use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::codegen::http::{Request, Response, StatusCode};
use tonic::codegen::{Service, StdError};
use tonic::transport::Channel;

use super::incoming::ServerStatus;
use super::outgoing::{Handed, Outgoing};

/// The answer came from something that is no gRPC server.
#[derive(Debug, thiserror::Error)]
#[error("HTTP status {0} from something that is no gRPC server")]
struct NoGrpc(StatusCode);

/// The channel, with its requests followed and its answers looked at.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    pub(super) channel: Channel,
    /// How much of the batch the connection has, if the request carries one.
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
