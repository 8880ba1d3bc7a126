//! The body of a batch on its way out: learns when the connection has all of it.
//!
//! A server may answer before it has read a request, and end it without an error (RFC 9113 8.1). What the connection then still holds
//! never leaves. The connection takes a piece once there is room for its first byte, and asks for the next piece when it has taken it.
//! So the last byte of each piece is a piece of its own here: when the end is asked for, there was room for all that came before.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tonic::Status;
use tonic::body::Body;

use crate::report::accounts::Flight;

/// The body of a call that carries a batch.
#[derive(Debug)]
pub(super) struct Outgoing {
    body: Body,
    /// The last byte of the piece before.
    rest: Option<Bytes>,
    flight: Flight,
}

impl Outgoing {
    pub(super) fn new(body: Body, flight: Flight) -> Self {
        Self { body, rest: None, flight }
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            None => {
                self.flight.hand_over();
                return Poll::Ready(None);
            }
            error => return Poll::Ready(error),
        };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Ok(mut piece) if piece.len() > 1 => {
                self.rest = Some(piece.split_off(piece.len() - 1));
                Frame::data(piece)
            }
            Ok(piece) => Frame::data(piece),
            Err(other) => other,
        })))
    }
    // It never says in advance that it is at its end, so the connection asks.
}
