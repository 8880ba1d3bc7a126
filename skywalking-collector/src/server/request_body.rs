//! A request body. While its next chunk is pending, the connection counts as idle.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};

use super::connection::{ActivityGuard, Connection};

#[derive(Debug)]
pub(crate) struct RequestBody<B> {
    body: B,
    connection: Arc<Connection>,
    /// Exists while the next chunk is pending.
    waiting: Option<ActivityGuard>,
}

impl<B> RequestBody<B> {
    pub(crate) fn new(body: B, connection: &Arc<Connection>) -> Self {
        Self { body, connection: Arc::clone(connection), waiting: None }
    }
}

impl<B: Body + Unpin> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.waiting = None;
        } else if self.waiting.is_none() {
            self.waiting = Some(self.connection.wait_for_client());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
