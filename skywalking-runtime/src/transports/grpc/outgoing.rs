//! The body of a batch. It counts how much of it the connection has, and whether that is all.
//!
//! A server may answer before it has read a request, and end the stream without an error (RFC 9113
//! 8.1). The bytes in the connection's buffer are never sent then.
//!
//! The connection takes a piece once it has space for its first byte, and asks for the next piece
//! when it has taken it. So this body sends the last byte of each piece as a separate piece: when
//! the connection asks for the end, it had space for everything before. The connection also has its
//! own buffer, so the number of written bytes is compared with the number of bytes in the body.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

/// The size of an HTTP/2 frame header. Each piece needs one frame or more.
const FRAME_HEAD: usize = 9;

/// Counts what the connection has of a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Handed(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicUsize,
    is_whole: AtomicBool,
}

impl Handed {
    /// Returns the bytes of the whole body with the least framing, or `None` before the connection
    /// has all of it.
    pub(super) fn bytes(&self) -> Option<usize> {
        self.0.is_whole.load(Ordering::Acquire).then(|| self.0.bytes.load(Ordering::Relaxed))
    }

    fn add(&self, piece: Bytes) -> Frame<Bytes> {
        self.0.bytes.fetch_add(piece.len() + FRAME_HEAD, Ordering::Relaxed);
        Frame::data(piece)
    }
}

/// The body of a call that carries a batch.
#[derive(Debug)]
pub(super) struct Outgoing {
    body: Body,
    /// The last byte of the previous piece.
    rest: Option<Bytes>,
    handed: Handed,
}

impl Outgoing {
    pub(super) fn new(body: Body, handed: Handed) -> Self {
        Self { body, rest: None, handed }
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(self.handed.add(rest))));
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            None => {
                self.handed.0.is_whole.store(true, Ordering::Release);
                return Poll::Ready(None);
            }
            error => return Poll::Ready(error),
        };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Ok(mut piece) if piece.len() > 1 => {
                self.rest = Some(piece.split_off(piece.len() - 1));
                self.handed.add(piece)
            }
            Ok(piece) => self.handed.add(piece),
            Err(other) => other,
        })))
    }
    // `is_end_stream` is not implemented, so the connection asks for the end.
}
