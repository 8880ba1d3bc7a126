//! Response bodies: an empty message and the status. An empty message is a `Commands` without
//! commands. For a profiler it is the permission to send its data.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tonic::Status;

use super::messages::Messages;
use super::not_kept;
use crate::api::NotKept;
use crate::state::CollectorState;

/// An empty message, not compressed.
const EMPTY_MESSAGE: &[u8] = &[0; 5];

/// A response body. The default has no content: the status is in the headers.
#[derive(Default)]
pub(super) struct ResponseBody(Next);

/// Computes what comes next.
type Step = Pin<Box<dyn Future<Output = Result<Next, Status>> + Send>>;

/// The rest of the body.
#[derive(Default)]
enum Next {
    Message(Box<Next>),
    Step(Step),
    Status(Status),
    #[default]
    End,
}

impl ResponseBody {
    /// Returns a response with an empty `Commands` and the status OK.
    pub(super) fn empty_commands() -> Response<Self> {
        Self(Next::Message(Box::new(Next::Status(Status::ok(""))))).into_response()
    }

    /// Returns the response of a bidirectional stream. It sends an empty message after the first
    /// message of the call, and the status after the last one.
    pub(super) fn bidirectional(
        state: Arc<CollectorState>,
        mut messages: Messages<Incoming>,
        kind: NotKept,
    ) -> Response<Self> {
        let first = async move {
            if !until_shutdown(&state, not_kept::first(&state, kind, &mut messages)).await? {
                return Ok(Next::Status(Status::ok("")));
            }
            let rest = async move {
                until_shutdown(&state, not_kept::stream(&state, kind, &mut messages)).await?;
                Ok(Next::Status(Status::ok("")))
            };
            Ok(Next::Message(Box::new(Next::Step(Box::pin(rest)))))
        };
        Self(Next::Step(Box::pin(first))).into_response()
    }

    fn into_response(self) -> Response<Self> {
        let mut response = Response::new(self);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        response
    }
}

async fn until_shutdown<T>(
    state: &CollectorState,
    step: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    tokio::select! {
        done = step => done,
        () = state.shutdown().started() => Err(Status::unavailable("the collector is shutting down")),
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            let frame = match std::mem::take(&mut self.0) {
                Next::End => return Poll::Ready(None),
                Next::Message(next) => {
                    self.0 = *next;
                    Frame::data(Bytes::from_static(EMPTY_MESSAGE))
                }
                Next::Step(mut step) => {
                    let Poll::Ready(done) = step.as_mut().poll(context) else {
                        self.0 = Next::Step(step);
                        return Poll::Pending;
                    };
                    self.0 = done.unwrap_or_else(Next::Status);
                    continue;
                }
                Next::Status(status) => {
                    let mut trailers = HeaderMap::new();
                    // A message that is not a valid header value is omitted. The code is always
                    // valid.
                    let _ = status.add_header(&mut trailers);
                    Frame::trailers(trailers)
                }
            };
            return Poll::Ready(Some(Ok(frame)));
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Next::End)
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_end_stream() { SizeHint::with_exact(0) } else { SizeHint::default() }
    }
}
