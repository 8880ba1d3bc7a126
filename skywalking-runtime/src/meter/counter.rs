//! A number that only increases.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only increases, such as the number of requests.
///
/// The running total is reported. [`counter`](super::counter) registers one.
///
/// ```
/// use skywalking_runtime::meter;
///
/// let sent = meter::counter("mails_sent").register()?;
/// sent.add(2);
/// assert_eq!(sent.value(), 2);
/// # Ok::<(), meter::MeterError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Counter(pub(super) &'static AtomicU64);

impl Counter {
    /// Adds a number. Takes no lock and does not allocate.
    #[inline]
    pub fn add(self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// Raises the total to `total`, for numbers that are counted elsewhere. Lower ones are ignored.
    #[inline]
    pub fn raise_to(self, total: u64) {
        self.0.fetch_max(total, Ordering::Relaxed);
    }

    /// Returns the total.
    pub fn value(self) -> u64 {
        Self::total(self.0)
    }

    pub(super) fn total(total: &AtomicU64) -> u64 {
        total.load(Ordering::Relaxed)
    }
}
