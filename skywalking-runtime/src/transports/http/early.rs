//! A connection on which an answer counts although the rest of the request can't be written.
//!
//! A backend that refuses a body for its size answers, and closes the connection before it has read
//! the body. The next write fails then, while the answer waits to be read. So a connection that
//! broke is reported by the side that reads.

use std::io::{ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::written::Written;

/// A stream whose broken connection is reported when it is read.
#[derive(Debug)]
pub(super) struct AnswersFirst<S> {
    stream: S,
    /// Set when a write has failed because the connection is broken.
    is_broken: bool,
    /// Learns when everything was flushed.
    written: Written,
}

impl<S> AnswersFirst<S> {
    pub(super) fn new(stream: S, written: Written) -> Self {
        Self { stream, is_broken: false, written }
    }

    /// Converts the error of a broken connection to a write that never ends. No waker is needed:
    /// the end of the connection wakes the side that reads.
    fn without_break<T>(&mut self, written: Poll<Result<T>>) -> Poll<Result<T>> {
        match written {
            Poll::Ready(Err(error))
                if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) =>
            {
                self.is_broken = true;
                Poll::Pending
            }
            other => other,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for AnswersFirst<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for AnswersFirst<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        if self.is_broken {
            return Poll::Pending;
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.without_break(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.is_broken {
            return Poll::Pending;
        }
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        // hyper calls this when its own buffer is empty.
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.written.flushed();
        }
        self.without_break(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        if self.is_broken {
            return Poll::Pending;
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.without_break(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
