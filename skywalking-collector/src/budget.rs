//! The memory budget for data in flight on both ports: messages and bodies that are being read, and
//! responses that are being written.
//!
//! A byte counts from its arrival until it is no longer used. Neither unfinished messages nor
//! clients that don't read their responses can exhaust the memory.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

/// How long to wait for other requests to release memory.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The budget is exhausted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the collector has too many messages and responses in flight: try again later, or raise --max-in-flight (SW_COLLECTOR_MAX_IN_FLIGHT)"
)]
pub(crate) struct BudgetExhausted;

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

    /// Returns a reservation of 0 bytes, which can grow.
    pub(crate) fn reservation(self: &Arc<Self>) -> Reservation {
        Reservation { budget: Arc::clone(self), bytes: 0 }
    }

    /// Returns an empty buffer.
    pub(crate) fn buffer(self: &Arc<Self>) -> Buffer {
        self.reservation().into_buffer(0)
    }

    #[cfg(test)]
    pub(crate) fn used(&self) -> usize {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the memory of a result is reserved before the result is built.
pub(crate) trait Memory {
    type Error;

    /// Reserves further bytes, without waiting.
    fn take(&mut self, bytes: usize) -> Result<(), Self::Error>;
}

impl Memory for Reservation {
    type Error = BudgetExhausted;

    fn take(&mut self, bytes: usize) -> Result<(), BudgetExhausted> {
        self.try_grow(self.bytes.saturating_add(bytes))
    }
}

/// The memory of results that the caller of the library receives. It has no limit.
#[derive(Debug)]
pub(crate) struct Unlimited;

impl Memory for Unlimited {
    type Error = Infallible;

    fn take(&mut self, _: usize) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A reserved part of the budget. Released on drop.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Reservation {
    /// Grows to `bytes`. The only reservation may exceed the whole budget, otherwise a large
    /// request could never be served.
    pub(crate) fn try_grow(&mut self, bytes: usize) -> Result<(), BudgetExhausted> {
        if bytes <= self.bytes {
            return Ok(());
        }
        let mut used = self.budget.used.lock().unwrap_or_else(PoisonError::into_inner);
        let others = *used - self.bytes;
        if others > 0 && others.saturating_add(bytes) > self.budget.max {
            return Err(BudgetExhausted);
        }
        *used = others.saturating_add(bytes);
        self.bytes = bytes;
        Ok(())
    }

    /// Grows to `bytes`. Waits for other reservations to be released if necessary.
    pub(crate) async fn grow(&mut self, bytes: usize) -> Result<(), BudgetExhausted> {
        let budget = Arc::clone(&self.budget);
        let granted = async {
            loop {
                let freed = budget.freed.notified();
                tokio::pin!(freed);
                // Every release after this point wakes the task.
                freed.as_mut().enable();
                if self.try_grow(bytes).is_ok() {
                    return;
                }
                freed.await;
            }
        };
        tokio::time::timeout(TIMEOUT, granted).await.map_err(|_| BudgetExhausted)
    }
}

impl Reservation {
    /// Returns an empty buffer that may use `prepaid` bytes of the reservation. The rest stays
    /// reserved for the value that is written to it.
    pub(crate) fn into_buffer(self, prepaid: usize) -> Buffer {
        let source_bytes = self.bytes.saturating_sub(prepaid);
        Buffer { bytes: Vec::new(), source_bytes, reservation: self }
    }

    fn release(&mut self, bytes: usize) {
        if bytes > 0 {
            *self.budget.used.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
            self.bytes -= bytes;
            self.budget.freed.notify_waiters();
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.release(self.bytes);
    }
}

/// A buffer whose memory is reserved as long as it exists.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// The part of the reservation for the value that is written to the buffer.
    source_bytes: usize,
    reservation: Reservation,
}

impl Buffer {
    /// Releases everything but the buffer's own bytes. Call it when the value that was written to
    /// the buffer is dropped.
    pub(crate) fn release_source(mut self) -> Self {
        self.source_bytes = 0;
        self.reservation.release(self.reservation.bytes.saturating_sub(self.bytes.capacity()));
        self
    }

    /// Appends a chunk. `max_len` is the largest length that the buffer can get. Waits for the
    /// budget if necessary.
    pub(crate) async fn extend(
        &mut self,
        chunk: &[u8],
        max_len: usize,
    ) -> Result<(), BudgetExhausted> {
        if let Some(capacity) = self.next_capacity(chunk.len(), max_len) {
            self.reservation.grow(self.source_bytes + capacity).await?;
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Appends a chunk, or returns an error without waiting.
    pub(crate) fn try_extend(
        &mut self,
        chunk: &[u8],
        max_len: usize,
    ) -> Result<(), BudgetExhausted> {
        if let Some(capacity) = self.next_capacity(chunk.len(), max_len) {
            self.reservation.try_grow(self.source_bytes + capacity)?;
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Returns the new capacity if `more` bytes don't fit. Grows by half, at most to `max_len`.
    fn next_capacity(&self, more: usize, max_len: usize) -> Option<usize> {
        let (needed, capacity) = (self.bytes.len().saturating_add(more), self.bytes.capacity());
        (needed > capacity).then(|| (capacity + capacity / 2 + 4096).min(max_len).max(needed))
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the bytes. They stay reserved until the last clone is dropped.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Writes without waiting for the budget.
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
    fn dropped_reservation_is_released() {
        let budget = Budget::new(100);
        let (mut a, mut b) = (budget.reservation(), budget.reservation());

        assert_eq!(
            (a.try_grow(60), b.try_grow(41), b.try_grow(40)),
            (Ok(()), Err(BudgetExhausted), Ok(()))
        );
        assert_eq!((a.try_grow(50), budget.used()), (Ok(()), 100), "a reservation never shrinks");
        drop(a);
        assert_eq!((b.try_grow(100), budget.used()), (Ok(()), 100));
        drop(b);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn only_reservation_may_exceed_the_budget() {
        let budget = Budget::new(100);
        let (mut large, mut small) = (budget.reservation(), budget.reservation());

        assert_eq!((large.try_grow(1_000), small.try_grow(1)), (Ok(()), Err(BudgetExhausted)));
        drop(large);
        assert_eq!(small.try_grow(1), Ok(()));
    }

    #[test]
    fn taken_bytes_add_up() {
        let budget = Budget::new(100);
        let (mut a, mut b) = (budget.reservation(), budget.reservation());

        assert_eq!((a.take(30), a.take(30), b.take(41)), (Ok(()), Ok(()), Err(BudgetExhausted)));
        assert_eq!((b.take(40), budget.used()), (Ok(()), 100));
        assert_eq!(a.take(usize::MAX), Err(BudgetExhausted));
    }

    #[test]
    fn buffer_counts_its_source_until_released() {
        let budget = Budget::new(100);
        let mut source = budget.reservation();
        source.try_grow(90).expect("enough budget");
        let mut buffer = source.into_buffer(10);
        buffer.try_extend(&[7; 80], 80).expect("it is alone");

        assert_eq!(budget.used(), 160);

        let buffer = buffer.release_source();

        assert_eq!((buffer.len(), budget.used()), (80, 80));
    }

    #[tokio::test]
    async fn waiting_ends_when_another_reservation_is_dropped() {
        let budget = Budget::new(100);
        let mut first = budget.reservation();
        first.try_grow(100).expect("enough budget");
        let mut second = budget.reservation();
        let waiting = tokio::spawn(async move { second.grow(50).await });
        tokio::task::yield_now().await;
        drop(first);

        assert_eq!(waiting.await.expect("no panic"), Ok(()));
    }

    #[tokio::test]
    async fn buffer_counts_until_its_last_clone_is_dropped() {
        let budget = Budget::new(1_000_000);
        let mut buffer = budget.buffer();
        for _ in 0..100 {
            buffer.extend(&[7; 1_000], 100_000).await.expect("enough budget");
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
