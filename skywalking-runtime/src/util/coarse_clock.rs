//! A coarse clock for the age of segments. The reporter advances it at each tick, so that ending
//! or polling a span compares two numbers instead of reading a clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use once_cell::race::OnceBox;

use crate::observer;

/// Milliseconds since the first tick, as of the last tick. 0 before the first tick.
static NOW: AtomicU64 = AtomicU64::new(1);

/// Returns the time of the last tick.
#[inline]
pub(crate) fn now() -> u64 {
    NOW.load(Ordering::Relaxed)
}

/// Advances the clock.
pub(crate) fn tick() {
    static BASE: OnceBox<Instant> = OnceBox::new();
    let passed = BASE.get_or_init(|| Box::new(Instant::now())).elapsed().as_millis();
    let passed = u64::try_from(passed).unwrap_or(u64::MAX).saturating_add(observer::clock_offset());
    // Two reporters may run while one of them ends, so the clock must not go back.
    NOW.fetch_max(passed.saturating_add(1), Ordering::Relaxed);
}

/// Returns the time at which something that starts now is older than `age` milliseconds.
#[inline]
pub(crate) fn expiry(age: u64) -> u64 {
    now().saturating_add(age)
}
