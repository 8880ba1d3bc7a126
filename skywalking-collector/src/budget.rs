//! The one budget for what is in flight on both ports: messages and bodies that are being read, and
//! answers that are being written. Each byte counts from its arrival to the end of its use, so that
//! neither unfinished messages nor readers that don't read can fill the memory.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

/// How long one waits for others to give something back.
const WAIT: Duration = Duration::from_secs(5);

/// The budget has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the collector has as many messages and answers in flight as it may (--max-in-flight, SW_COLLECTOR_MAX_IN_FLIGHT): try again later"
)]
pub(crate) struct Full;

#[derive(Debug)]
pub(crate) struct Budget {
    max: usize,
    used: Mutex<usize>,
    freed: Notify,
}

impl Budget {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max, used: Mutex::new(0), freed: Notify::new() })
    }

    /// Returns a share of nothing, which can grow.
    pub(crate) fn share(self: &Arc<Self>) -> Share {
        Share { budget: Arc::clone(self), bytes: 0 }
    }

    /// Returns an empty buffer.
    pub(crate) fn buffer(self: &Arc<Self>) -> Buffer {
        self.share().into_buffer(0)
    }

    #[cfg(test)]
    pub(crate) fn used(&self) -> usize {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of the budget, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Share {
    /// Grows to so many bytes. A share that is alone may be larger than the whole budget: else it
    /// could never be served.
    pub(crate) fn try_grow(&mut self, bytes: usize) -> Result<(), Full> {
        if bytes <= self.bytes {
            return Ok(());
        }
        let mut used = self.budget.used.lock().unwrap_or_else(PoisonError::into_inner);
        let others = *used - self.bytes;
        if others > 0 && others.saturating_add(bytes) > self.budget.max {
            return Err(Full);
        }
        *used = others.saturating_add(bytes);
        self.bytes = bytes;
        Ok(())
    }

    /// Grows to so many bytes, and waits for others to give something back if it must.
    pub(crate) async fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let budget = Arc::clone(&self.budget);
        let granted = async {
            loop {
                let freed = budget.freed.notified();
                tokio::pin!(freed);
                // From here on nothing that is given back is missed.
                freed.as_mut().enable();
                if self.try_grow(bytes).is_ok() {
                    return;
                }
                freed.await;
            }
        };
        tokio::time::timeout(WAIT, granted).await.map_err(|_| Full)
    }
}

impl Share {
    /// Returns an empty buffer that counts together with what it is made of, which takes `beside`
    /// bytes of the share.
    pub(crate) fn into_buffer(self, beside: usize) -> Buffer {
        Buffer { bytes: Vec::new(), beside, share: self }
    }

    fn give_back(&mut self, bytes: usize) {
        if bytes > 0 {
            *self.budget.used.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
            self.bytes -= bytes;
            self.budget.freed.notify_waiters();
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back(self.bytes);
    }
}

/// Bytes whose memory counts as long as they exist.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// Bytes of the share that belong to what it is made of.
    beside: usize,
    share: Share,
}

impl Buffer {
    /// Gives back all but the buffer's own bytes: what it is made of is gone.
    pub(crate) fn alone(mut self) -> Self {
        self.beside = 0;
        self.share.give_back(self.share.bytes.saturating_sub(self.bytes.capacity()));
        self
    }

    /// Adds a chunk of what will have `whole` bytes at most. Waits for room if it must.
    pub(crate) async fn extend(&mut self, chunk: &[u8], whole: usize) -> Result<(), Full> {
        if let Some(capacity) = self.wanted(chunk.len(), whole) {
            self.share.grow(self.beside + capacity).await?;
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Adds a chunk if there is room.
    pub(crate) fn try_extend(&mut self, chunk: &[u8], whole: usize) -> Result<(), Full> {
        if let Some(capacity) = self.wanted(chunk.len(), whole) {
            self.share.try_grow(self.beside + capacity)?;
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// The capacity that another chunk needs, unless there is room: grows by halves, and not beyond
    /// the whole.
    fn wanted(&self, more: usize, whole: usize) -> Option<usize> {
        let (needed, capacity) = (self.bytes.len().saturating_add(more), self.bytes.capacity());
        (needed > capacity).then(|| (capacity + capacity / 2 + 4096).min(whole).max(needed))
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the bytes; they count until the last clone of them is dropped.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Without waiting, for threads that may block.
impl io::Write for Buffer {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        self.try_extend(chunk, usize::MAX).map_err(io::Error::other)?;
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_given_back() {
        let budget = Budget::new(100);
        let (mut a, mut b) = (budget.share(), budget.share());
        assert_eq!((a.try_grow(60), b.try_grow(41), b.try_grow(40)), (Ok(()), Err(Full), Ok(())));
        assert_eq!((a.try_grow(50), budget.used()), (Ok(()), 100), "it never shrinks");
        drop(a);
        assert_eq!((b.try_grow(100), budget.used()), (Ok(()), 100));
        drop(b);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_share_that_is_alone_may_exceed_the_budget() {
        let budget = Budget::new(100);
        let (mut large, mut small) = (budget.share(), budget.share());
        assert_eq!((large.try_grow(1_000), small.try_grow(1)), (Ok(()), Err(Full)));
        drop(large);
        assert_eq!(small.try_grow(1), Ok(()));
    }

    #[test]
    fn a_buffer_counts_together_with_what_it_is_made_of() {
        let budget = Budget::new(100);
        let mut source = budget.share();
        source.try_grow(90).expect("room");
        let mut buffer = source.into_buffer(80);
        buffer.try_extend(&[7; 80], 80).expect("it is alone");
        assert_eq!(budget.used(), 160);
        let buffer = buffer.alone();
        assert_eq!((buffer.len(), budget.used()), (80, 80));
    }

    #[tokio::test]
    async fn waiting_ends_when_another_share_is_dropped() {
        let budget = Budget::new(100);
        let mut first = budget.share();
        first.try_grow(100).expect("room");
        let mut second = budget.share();
        let waiting = tokio::spawn(async move { second.grow(50).await });
        tokio::task::yield_now().await;
        drop(first);
        assert_eq!(waiting.await.expect("no panic"), Ok(()));
    }

    #[tokio::test]
    async fn a_buffer_counts_its_capacity_until_its_last_clone_is_dropped() {
        let budget = Budget::new(1_000_000);
        let mut buffer = budget.buffer();
        for _ in 0..100 {
            buffer.extend(&[7; 1_000], 100_000).await.expect("room");
            assert!((buffer.len()..=100_000).contains(&budget.used()), "{}", budget.used());
        }
        let bytes = buffer.into_bytes();
        let part = bytes.slice(5..6);
        drop(bytes);
        assert_eq!((part.as_ref(), budget.used()), (&[7][..], 100_000));
        drop(part);
        assert_eq!(budget.used(), 0);
    }
}
