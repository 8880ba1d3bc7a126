//! The state of a connection, and its deadline.
//!
//! A connection is busy while a request is handled. While a client sends a request in small chunks
//! or doesn't read its response, the connection is idle between two chunks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::config::Timeouts;

#[derive(Debug)]
pub(crate) struct Connection {
    timeouts: Timeouts,
    opened: Instant,
    /// The time of the last progress, in nanoseconds since `opened`, so that the order of
    /// connections is that of their progress.
    last_progress: AtomicU64,
    /// Whether the head of a request has arrived.
    had_request: AtomicBool,
    /// The number of requests that are being handled.
    handling: AtomicUsize,
    /// The number of these requests that wait for the client to send the body.
    waiting: AtomicUsize,
    /// The number of responses that are being written.
    writing: AtomicUsize,
    closing: AtomicBool,
    closed: Notify,
}

impl Connection {
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            opened: Instant::now(),
            last_progress: AtomicU64::new(0),
            had_request: AtomicBool::new(false),
            handling: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            writing: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            closed: Notify::new(),
        }
    }

    pub(crate) const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    /// Records progress: bytes were received or sent.
    pub(crate) fn touch(&self) {
        let now = u64::try_from(self.opened.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.last_progress.store(now, Ordering::Relaxed);
    }

    /// Records the head of a request.
    pub(crate) fn request_received(&self) {
        self.had_request.store(true, Ordering::Relaxed);
        self.touch();
    }

    /// Counts a request as being handled until the guard is dropped.
    pub(crate) fn handle_request(self: &Arc<Self>) -> ActivityGuard {
        ActivityGuard::new(self, |connection| &connection.handling)
    }

    /// Counts a request as waiting for the client until the guard is dropped.
    pub(super) fn wait_for_client(self: &Arc<Self>) -> ActivityGuard {
        ActivityGuard::new(self, |connection| &connection.waiting)
    }

    fn is_busy(&self) -> bool {
        self.handling.load(Ordering::Relaxed) > self.waiting.load(Ordering::Relaxed)
    }

    /// Counts a response as being written until the guard is dropped.
    pub(super) fn write_response(self: &Arc<Self>) -> ActivityGuard {
        ActivityGuard::new(self, |connection| &connection.writing)
    }

    fn last_progress(&self) -> Instant {
        self.opened + Duration::from_nanos(self.last_progress.load(Ordering::Relaxed))
    }

    /// Returns the time of the last progress, or `None` if the connection is busy or closing.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let idle = !self.is_busy() && !self.closing.load(Ordering::Relaxed);
        idle.then(|| self.last_progress())
    }

    /// Makes [`deadline_passed`](Self::deadline_passed) complete.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.closed.notify_one();
    }

    /// Completes when the connection has to be closed: a timeout has passed, or `close` was called.
    pub(super) async fn deadline_passed(&self) {
        let Timeouts { request, response, idle, .. } = self.timeouts;
        loop {
            let (deadline, now) = (self.deadline(), Instant::now());
            if deadline <= now {
                return;
            }
            // An event can bring the deadline forward, but not before this time.
            let check_at = deadline.min(now + request.min(response).min(idle));
            if tokio::time::timeout_at(check_at, self.closed.notified()).await.is_ok() {
                return;
            }
        }
    }

    fn deadline(&self) -> Instant {
        if self.is_busy() {
            return Instant::now() + self.timeouts.response;
        }
        self.last_progress()
            + if self.writing.load(Ordering::Relaxed) > 0 {
                self.timeouts.response
            } else if self.had_request.load(Ordering::Relaxed) {
                self.timeouts.idle
            } else {
                self.timeouts.request
            }
    }
}

/// Counts an activity of a connection. Dropping it ends the activity and records progress.
#[derive(Debug)]
pub(crate) struct ActivityGuard {
    connection: Arc<Connection>,
    count: fn(&Connection) -> &AtomicUsize,
}

impl ActivityGuard {
    fn new(connection: &Arc<Connection>, count: fn(&Connection) -> &AtomicUsize) -> Self {
        count(connection).fetch_add(1, Ordering::Relaxed);
        Self { connection: Arc::clone(connection), count }
    }

    pub(super) fn touch(&self) {
        self.connection.touch();
    }
}

impl Drop for ActivityGuard {
    fn drop(&mut self) {
        self.connection.touch();
        (self.count)(&self.connection).fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    async fn lasted(connection: &Connection) -> Duration {
        let begin = Instant::now();
        connection.deadline_passed().await;
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn each_state_has_its_deadline() {
        let seconds = Duration::from_secs;
        let timeouts = Timeouts {
            request: seconds(3),
            response: seconds(5),
            idle: seconds(7),
            ..Timeouts::default()
        };
        let connection = Arc::new(Connection::new(timeouts));

        assert_eq!(lasted(&connection).await, seconds(3));

        connection.request_received();

        assert_eq!(lasted(&connection).await, seconds(7));

        let writing = connection.write_response();
        writing.touch();

        assert_eq!(lasted(&connection).await, seconds(5));
        drop(writing);

        let handling = connection.handle_request();

        assert!(tokio::time::timeout(seconds(1_000), connection.deadline_passed()).await.is_err());
        drop(handling);
        assert!(lasted(&connection).await >= seconds(7));

        // A deadline that moves forward is observed in time.
        let connection = Arc::new(Connection::new(Timeouts { request: seconds(300), ..timeouts }));
        let waiting = tokio::spawn({
            let connection = Arc::clone(&connection);
            async move { lasted(&connection).await }
        });
        tokio::time::sleep(seconds(1)).await;
        connection.request_received();

        assert!((seconds(8)..seconds(14)).contains(&waiting.await.expect("no panic")));

        connection.touch();
        connection.close();

        assert_eq!(lasted(&connection).await, seconds(0));
    }
}
