//! The body of a batch on its way out: counts what the connection has of it, and whether that is
//! all.
//!
//! A server may answer before it has read a request, and end it without an error (RFC 9113 8.1).
//! What the connection then still holds never leaves. The connection takes a piece once there is
//! room for its first byte, and asks for the next piece when it has taken it. So the last byte of
//! each piece is a piece of its own here: when the end is asked for, there was room for all that
//! came before. The connection has a buffer of its own beside: so what it wrote is compared with
//! what it was given.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

/// The head of a frame of HTTP/2. Each piece needs one frame or more.
const FRAME_HEAD: usize = 9;

/// What the connection has of a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Handed(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicUsize,
    is_whole: AtomicBool,
}

impl Handed {
    /// The bytes of the whole body with the least framing; none before the connection has all of
    /// it.
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
    /// The last byte of the piece before.
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
    // It never says in advance that it is at its end, so the connection asks.
}
