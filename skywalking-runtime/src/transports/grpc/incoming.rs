//! Distinguishes a status that the server sent from one that tonic created.
//!
//! A status of the server is in the head of the answer or in its trailers. tonic creates others,
//! such as `OutOfRange` for a message over its limit. They do not tell what happened to the batch:
//! the server may have stored all of it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Response};

/// Whether the server has sent the status of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct ServerStatus(Arc<AtomicBool>);

impl ServerStatus {
    pub(super) fn was_sent(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Checks the answer for the status, now and while it is read.
    pub(super) fn watch(self, answer: Response<Body>) -> Response<Body> {
        self.look(answer.headers());
        answer.map(|body| Body::new(Incoming { body, status: self }))
    }

    fn look(&self, headers: &HeaderMap) {
        if headers.contains_key(Status::GRPC_STATUS) {
            self.0.store(true, Ordering::Release);
        }
    }
}

/// The body of an answer.
#[derive(Debug)]
struct Incoming {
    body: Body,
    status: ServerStatus,
}

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(trailers) = frame.trailers_ref()
        {
            self.status.look(trailers);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
