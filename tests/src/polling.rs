//! Waits for a condition without a notification.

use std::time::{Duration, Instant};

/// Polls a condition every 5 ms until it holds. Returns whether it held within `limit`.
pub fn poll_until(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}
