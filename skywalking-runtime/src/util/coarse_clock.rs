//! A coarse clock for the age of segments. The reporter advances it at each tick, so that ending
//! or polling a span compares two numbers instead of reading a clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use once_cell::race::OnceBox;

/// Milliseconds since the first tick, at the last tick. 0 before the first.
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
    let passed = u64::try_from(passed).unwrap_or(u64::MAX).saturating_add(ahead());
    // Of two reporters (one is still ending) the later word counts.
    NOW.fetch_max(passed.saturating_add(1), Ordering::Relaxed);
}

/// By how much a test has put the clock on.
#[cfg(feature = "testing")]
static AHEAD: AtomicU64 = AtomicU64::new(0);

#[cfg(feature = "testing")]
fn ahead() -> u64 {
    AHEAD.load(Ordering::Relaxed)
}

#[cfg(not(feature = "testing"))]
fn ahead() -> u64 {
    0
}

/// Puts the clock on.
#[cfg(feature = "testing")]
pub(crate) fn put_on(by: std::time::Duration) {
    let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
    AHEAD.fetch_add(by, Ordering::Relaxed);
    NOW.fetch_add(by, Ordering::Relaxed);
}

/// When something is too old that begins now, if it may grow so many milliseconds old.
#[inline]
pub(crate) fn expiry(age: u64) -> u64 {
    now().saturating_add(age)
}
