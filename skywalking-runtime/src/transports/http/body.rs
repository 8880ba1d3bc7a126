//! The body of a call: one object, or an array of segments that is written when the connection asks
//! for it.
//!
//! The length is known in advance, without taking a segment.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use crate::report::accounts::Flight;
use crate::report::transport::Messages;

/// The approximate size of a piece.
const PIECE: usize = 64 * 1024;

/// The contents of a call.
#[derive(Debug)]
pub(super) struct Content {
    length: u64,
    rest: Rest,
}

/// The part that the connection has not taken yet.
#[derive(Debug)]
enum Rest {
    Object(Bytes),
    Array { messages: Messages, before: &'static [u8] },
    Nothing,
}

impl Content {
    pub(super) fn object(text: Bytes) -> Self {
        Self { length: text.len() as u64, rest: Rest::Object(text) }
    }

    /// Creates an array. The messages are JSON objects.
    pub(super) fn array(messages: Messages) -> Self {
        let (number, bytes) = messages.left();
        let commas = number.saturating_sub(1);
        Self {
            length: ("[]".len() + commas + bytes) as u64,
            rest: Rest::Array { messages, before: b"[" },
        }
    }

    /// Returns the flight of the batch, if the body is one.
    pub(super) fn flight(&self) -> Option<Flight> {
        match &self.rest {
            Rest::Array { messages, .. } => Some(messages.flight()),
            Rest::Object(_) | Rest::Nothing => None,
        }
    }

    fn next(&mut self) -> Option<Bytes> {
        match std::mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Object(text) => Some(text),
            Rest::Array { mut messages, mut before } => {
                let mut piece = BytesMut::with_capacity(PIECE);
                while piece.len() < PIECE {
                    let Some(message) = messages.next() else {
                        // No piece was taken: the batch was revoked. It must not look like an empty
                        // batch.
                        if before == b"[" && messages.left().0 > 0 {
                            return None;
                        }
                        piece.extend_from_slice(if before == b"[" { b"[]" } else { b"]" });
                        // An answer before this does not confirm the batch.
                        messages.flight().hand_over();
                        return Some(piece.freeze());
                    };
                    piece.extend_from_slice(before);
                    piece.extend_from_slice(&message);
                    before = b",";
                }
                self.rest = Rest::Array { messages, before };
                Some(piece.freeze())
            }
            Rest::Nothing => None,
        }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.rest, Rest::Nothing)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(texts: &[&str], flight: &Flight) -> Messages {
        Messages::new(
            texts.iter().map(|text| Bytes::from((*text).to_owned())).collect(),
            flight.clone(),
        )
    }

    fn whole(mut content: Content) -> String {
        std::iter::from_fn(|| content.next())
            .map(|piece| String::from_utf8(piece.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn array_is_written_in_pieces_with_the_announced_length() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(PIECE));
        for texts in
            [vec![], vec!["{}"], vec!["{}", "{\"b\":1}"], vec!["{}", &large, "{}", &large, "{}"]]
        {
            let content = Content::array(messages(&texts, &Flight::default()));
            let length = content.length;
            let written = whole(content);
            assert_eq!(written, format!("[{}]", texts.join(",")));
            assert_eq!(length, written.len() as u64);
        }
    }

    #[test]
    fn length_takes_nothing_and_the_first_piece_takes_all() {
        let flight = Flight::default();
        let content = Content::array(messages(&["{}"], &flight));
        assert_eq!(content.size_hint().exact(), Some(4));
        assert!(flight.revoke());
        assert_eq!(whole(content), "", "a revoked batch sends nothing");
        let flight = Flight::default();
        let mut content = Content::array(messages(&["{}"], &flight));
        assert!(content.next().is_some() && !flight.revoke());
    }

    #[test]
    fn batch_is_handed_over_with_the_last_piece() {
        let flight = Flight::default();
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(PIECE));
        let mut content = Content::array(messages(&[&large, &large, &large], &flight));
        for _ in 0..3 {
            assert!(content.next().is_some() && !flight.is_handed_over());
        }
        assert!(
            content.next().is_some_and(|piece| piece.ends_with(b"]")) && flight.is_handed_over()
        );
        assert!(content.next().is_none());
    }
}
