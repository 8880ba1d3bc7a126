//! The body of a call: one object, or an array of messages that is written when the connection asks
//! for it.
//!
//! The length is known in advance, without taking a message.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use super::super::gzip::Gzip;
use super::written::Written;
use crate::report::accounts::Flight;
use crate::report::transport::Messages;

/// The approximate size of a piece.
const PIECE: usize = 64 * 1024;

/// The contents of a call.
#[derive(Clone, Debug)]
pub(super) struct Content {
    length: u64,
    rest: Rest,
    /// Learns when the last piece of a batch is taken.
    written: Written,
}

/// The part that the connection has not taken yet.
#[derive(Clone, Debug)]
enum Rest {
    Object(Bytes),
    Array {
        messages: Messages,
        before: &'static [u8],
    },
    /// A compressed array of the messages, and whether they were taken.
    Compressed {
        messages: Messages,
        text: Bytes,
        taken: bool,
    },
    Nothing,
}

impl Content {
    pub(super) fn object(text: Bytes) -> Self {
        let written = Written::default();
        Self { length: text.len() as u64, rest: Rest::Object(text), written }
    }

    /// Creates an array. The messages are JSON objects.
    pub(super) fn array(messages: Messages) -> Self {
        let (number, bytes) = messages.left();
        let commas = number.saturating_sub(1);
        Self {
            length: ("[]".len() + commas + bytes) as u64,
            rest: Rest::Array { messages, before: b"[" },
            written: Written::default(),
        }
    }

    /// Sets what learns when the last piece of a batch is taken.
    pub(super) fn report_end(&mut self, written: Written) {
        self.written = written;
    }

    /// Returns the flight of the batch, if the body is one.
    pub(super) fn flight(&self) -> Option<Flight> {
        match &self.rest {
            Rest::Array { messages, .. } | Rest::Compressed { messages, .. } => {
                Some(messages.flight())
            }
            Rest::Object(_) | Rest::Nothing => None,
        }
    }

    /// Compresses an array, and takes none of its messages. Returns false for another body. Other
    /// tasks of the thread run between two pieces.
    pub(super) async fn compress(&mut self, mut gzip: Gzip) -> bool {
        let Rest::Array { messages, .. } = &self.rest else { return false };
        let (mut before, mut piece) = (&b"["[..], 0);
        for message in messages.rest() {
            if gzip.write(before).and_then(|()| gzip.write(message)).is_none() {
                return false;
            }
            before = b",";
            piece += message.len();
            if piece >= PIECE {
                piece = 0;
                tokio::task::yield_now().await;
            }
        }
        let Some(text) = gzip.write(b"]").and_then(|()| gzip.finish()) else { return false };
        self.length = text.len() as u64;
        self.rest = match std::mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Array { messages, .. } => {
                Rest::Compressed { messages, text: text.into(), taken: false }
            }
            other => other,
        };
        true
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
                        self.written.taken();
                        return Some(piece.freeze());
                    };
                    piece.extend_from_slice(before);
                    piece.extend_from_slice(&message);
                    before = b",";
                }
                self.rest = Rest::Array { messages, before };
                Some(piece.freeze())
            }
            Rest::Compressed { mut messages, mut text, taken } => {
                let number = messages.left().0;
                // A revoked batch gives none of its messages.
                if !taken && messages.by_ref().count() < number {
                    return None;
                }
                let piece = text.split_to(text.len().min(PIECE));
                if text.is_empty() {
                    self.written.taken();
                } else {
                    self.rest = Rest::Compressed { messages, text, taken: true };
                }
                Some(piece)
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
    use crate::report::signal::Signal;

    fn messages(texts: &[&str], flight: &Flight) -> Messages {
        Messages::new(
            Signal::Segments,
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
    fn end_is_reported_with_the_last_piece() {
        let flight = Flight::default();
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(PIECE));
        let mut content = Content::array(messages(&[&large, &large, &large], &flight));
        for _ in 0..3 {
            assert!(content.next().is_some() && !content.written.is_taken());
        }
        assert!(content.next().is_some_and(|piece| piece.ends_with(b"]")));
        assert!(content.written.is_taken() && !content.written.is_written());
        assert!(content.next().is_none());
    }

    #[cfg(feature = "gzip")]
    mod compressed {
        use std::io::Read as _;

        use super::*;
        use crate::config::Compression;

        async fn compressed(texts: &[&str], flight: &Flight) -> Content {
            let mut content = Content::array(messages(texts, flight));
            assert!(content.compress(Gzip::of(Compression::Gzip).unwrap()).await);
            assert_eq!(content.size_hint().exact(), Some(content.length));
            content
        }

        /// Returns JSON that hardly becomes smaller.
        fn large() -> String {
            let random =
                |n: u32| char::from(b'a' + n.wrapping_mul(2_654_435_761).to_le_bytes()[3] % 26);
            format!("{{\"a\":\"{}\"}}", (0..300_000).map(random).collect::<String>())
        }

        #[tokio::test]
        async fn array_is_the_same_after_decompression() {
            let large = large();
            for texts in [vec!["{}"], vec!["{}", "{\"b\":1}"], vec![&large, "{}", &large]] {
                let flight = Flight::default();
                let mut content = compressed(&texts, &flight).await;
                let length = content.length;
                let mut written = Vec::new();
                while let Some(piece) = content.next() {
                    written.extend_from_slice(&piece);
                    assert!(!flight.revoke(), "all of it is taken");
                    assert_eq!(content.written.is_taken(), written.len() as u64 == length);
                }
                let mut text = String::new();
                flate2::read::GzDecoder::new(&written[..]).read_to_string(&mut text).unwrap();
                assert!(text == format!("[{}]", texts.join(",")));
            }
        }

        #[tokio::test]
        async fn revoked_batch_sends_nothing() {
            let flight = Flight::default();
            let mut content = compressed(&["{}"], &flight).await;
            assert!(flight.revoke());
            assert_eq!(content.next(), None);
        }
    }
}
