//! The bytes of an HTTP/2 connection, and which streams they end.
//!
//! A server may answer before it has read a request (RFC 9113 8.1). The frames that still wait in
//! this process are never sent then. So an answer confirms a batch only if its last frame was
//! written before: a `DATA` frame with the flag `END_STREAM`, followed by a flush. The flush counts
//! because TLS has a buffer of its own.

use std::collections::HashMap;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::head::Head;

/// The length of the text with which a client begins a connection.
const PREFACE: usize = 24;
const FRAME_HEAD: usize = 9;
const DATA: u8 = 0;
const END_STREAM: u8 = 1;

/// The streams of a connection that calls wait for.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams(Arc<Mutex<Ends>>);

/// How much of a stream's last frame has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Not all of it.
    Open,
    /// It is in a buffer of the connection.
    Accepted,
    /// The operating system has it.
    Written,
}

#[derive(Debug, Default)]
struct Ends {
    frames: Frames,
    by_stream: HashMap<u32, End>,
    /// The bytes that the connection has accepted.
    #[cfg(test)]
    bytes: usize,
}

impl Streams {
    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the end of a stream. Call it before any data is sent.
    pub(super) fn watch(&self, stream: u32) -> Watched {
        self.lock().by_stream.insert(stream, End::Open);
        Watched { streams: self.clone(), stream }
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }
}

/// A stream whose end is watched.
#[derive(Debug)]
pub(super) struct Watched {
    streams: Streams,
    stream: u32,
}

impl Watched {
    /// Returns true if the operating system has the whole stream.
    pub(super) fn is_written(&self) -> bool {
        self.streams.lock().by_stream.get(&self.stream) == Some(&End::Written)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.streams.lock().by_stream.remove(&self.stream);
    }
}

impl Ends {
    /// Notes bytes that the connection has accepted.
    fn accept(&mut self, bytes: &[u8]) {
        #[cfg(test)]
        {
            self.bytes += bytes.len();
        }
        let Self { frames, by_stream, .. } = self;
        frames.read(bytes, |stream| {
            if let Some(end) = by_stream.get_mut(&stream) {
                *end = End::Accepted;
            }
        });
    }

    /// Notes that the operating system has everything that was accepted.
    fn flushed(&mut self) {
        for end in self.by_stream.values_mut().filter(|end| **end == End::Accepted) {
            *end = End::Written;
        }
    }
}

/// Finds the ends of streams in the frames that a client sends.
#[derive(Debug)]
struct Frames {
    /// The bytes until the next frame head.
    skip: usize,
    head: Head<FRAME_HEAD>,
    /// The stream that the current frame ends.
    ends: Option<u32>,
}

impl Default for Frames {
    fn default() -> Self {
        Self { skip: PREFACE, head: Head::default(), ends: None }
    }
}

impl Frames {
    /// Reads further bytes. Calls `ended` for each stream whose last frame is complete.
    fn read(&mut self, mut bytes: &[u8], mut ended: impl FnMut(u32)) {
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            if self.skip > 0 {
                return;
            }
            if let Some(stream) = self.ends.take() {
                ended(stream);
            }
            if let Some(head) = self.head.read(&mut bytes) {
                self.head = Head::default();
                self.begin(head);
                if self.skip == 0
                    && let Some(stream) = self.ends.take()
                {
                    ended(stream);
                }
            }
        }
    }

    fn begin(&mut self, [a, b, c, kind, flags, stream @ ..]: [u8; FRAME_HEAD]) {
        self.skip = u32::from_be_bytes([0, a, b, c]) as usize;
        self.ends = (kind == DATA && flags & END_STREAM != 0)
            .then(|| u32::from_be_bytes(stream) & 0x7fff_ffff);
    }
}

/// A connection whose written frames are watched.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    streams: Streams,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S, streams: Streams) -> Self {
        Self { stream, streams }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        self.streams.lock().accept(bytes.get(..written).unwrap_or_default());
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.streams.lock().flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, slices))?;
        let (mut left, mut ends) = (written, self.streams.lock());
        for slice in slices {
            let accepted = left.min(slice.len());
            ends.accept(slice.get(..accepted).unwrap_or_default());
            left -= accepted;
        }
        drop(ends);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, length: u8) -> Vec<u8> {
        let head = [0, 0, length, kind, flags, 0, 0, 0, stream];
        [&head[..], &vec![0; length.into()]].concat()
    }

    #[test]
    fn ends_of_streams_are_found_wherever_the_bytes_are_cut() {
        let bytes = [
            vec![b'P'; PREFACE],
            frame(4, 0, 0, 12),
            frame(1, 4, 1, 40),
            // A frame of headers that ends its stream, as a call without a body has.
            frame(1, 5, 3, 40),
            frame(DATA, 0, 1, 200),
            frame(DATA, END_STREAM, 5, 7),
            frame(8, 1, 7, 4),
            frame(DATA, END_STREAM, 1, 0),
        ]
        .concat();
        for cut in 1..bytes.len() {
            let (mut frames, mut ended) = (Frames::default(), Vec::new());
            for part in bytes.chunks(cut) {
                frames.read(part, |stream| ended.push(stream));
            }
            assert_eq!(ended, [5, 1], "cut into parts of {cut}");
        }
    }

    #[test]
    fn stream_is_written_after_a_flush() {
        let streams = Streams::default();
        let watched = streams.watch(1);
        streams.lock().flushed();
        assert!(!watched.is_written());
        let last = frame(DATA, END_STREAM, 1, 3);
        streams.lock().accept(&[vec![b'P'; PREFACE], last[..11].to_vec()].concat());
        streams.lock().flushed();
        assert!(!watched.is_written(), "one byte is missing");
        streams.lock().accept(&last[11..]);
        assert!(!watched.is_written(), "it may be in a buffer");
        streams.lock().flushed();
        assert!(watched.is_written());
        drop(watched);
        assert!(streams.lock().by_stream.is_empty());
    }
}
