//! The body of an answer: an empty message, which stands for `Commands` without a command and for a
//! profile that is welcome, and the status.

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
use super::methods::Method;
use super::unkept;
use crate::shared::Shared;

/// Not packed, no bytes.
const EMPTY_MESSAGE: &[u8] = &[0; 5];

/// Without content it is the body of an answer whose status is in its head.
#[derive(Default)]
pub(super) struct Reply(Next);

type Step = Pin<Box<dyn Future<Output = Result<Next, Status>> + Send>>;

#[derive(Default)]
enum Next {
    Message(Box<Next>),
    Step(Step),
    Status(Status),
    #[default]
    End,
}

impl Reply {
    /// An answer that is complete.
    pub(super) fn empty_commands() -> Response<Self> {
        Self(Next::Message(Box::new(Next::Status(Status::ok(""))))).respond()
    }

    /// An answer whose message follows the first message of the call, and whose status follows the
    /// last one.
    pub(super) fn two_way(
        shared: Arc<Shared>,
        mut messages: Messages<Incoming>,
        method: Method,
    ) -> Response<Self> {
        let (Method::One(kind) | Method::Many(kind) | Method::TwoWay(kind)) = method else {
            return Status::internal("the method has one answer").into_http();
        };
        let first = async move {
            if !until_stopped(&shared, unkept::first(&shared, kind, &mut messages)).await? {
                return Ok(Next::Status(Status::ok("")));
            }
            let rest = async move {
                until_stopped(&shared, unkept::many(&shared, kind, &mut messages)).await?;
                Ok(Next::Status(Status::ok("")))
            };
            Ok(Next::Message(Box::new(Next::Step(Box::pin(rest)))))
        };
        Self(Next::Step(Box::pin(first))).respond()
    }

    fn respond(self) -> Response<Self> {
        let mut response = Response::new(self);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        response
    }
}

async fn until_stopped<T>(
    shared: &Shared,
    step: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    tokio::select! {
        done = step => done,
        () = shared.stopped() => Err(Status::unavailable("the collector is ending")),
    }
}

impl Body for Reply {
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
                    // What can't be a header is left out; the code is one always.
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
