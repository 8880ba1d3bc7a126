//! The body of a request: while the next piece of it has not come, the connection is idle.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};

use super::Connection;
use super::connection::Working;

#[derive(Debug)]
pub(crate) struct Question<B> {
    body: B,
    connection: Arc<Connection>,
    /// Exists while the next piece is awaited.
    awaiting: Option<Working>,
}

impl<B> Question<B> {
    pub(crate) fn new(body: B, connection: &Arc<Connection>) -> Self {
        Self { body, connection: Arc::clone(connection), awaiting: None }
    }
}

impl<B: Body + Unpin> Body for Question<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if polled.is_ready() {
            self.awaiting = None;
        } else if self.awaiting.is_none() {
            self.awaiting = Some(self.connection.await_client());
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
