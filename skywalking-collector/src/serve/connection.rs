//! What one connection does. It is idle unless a request is handled: one that sends a request in
//! small pieces, or doesn't read its answer, is idle between two pieces.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::config::Timeouts;

#[derive(Debug)]
pub(crate) struct Connection {
    timeouts: Timeouts,
    since: Instant,
    /// When something moved last, in milliseconds since `since`.
    touched: AtomicU64,
    /// Whether a whole request head has come.
    requested: AtomicBool,
    /// Requests that are handled now.
    working: AtomicUsize,
    /// Requests among them whose body has not come as a whole.
    awaiting: AtomicUsize,
    /// Answers that are written now.
    writing: AtomicUsize,
    closing: AtomicBool,
    closed: Notify,
}

impl Connection {
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            since: Instant::now(),
            touched: AtomicU64::new(0),
            requested: AtomicBool::new(false),
            working: AtomicUsize::new(0),
            awaiting: AtomicUsize::new(0),
            writing: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            closed: Notify::new(),
        }
    }

    pub(crate) const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    /// Notes that something moved.
    pub(crate) fn touch(&self) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.touched.store(now, Ordering::Relaxed);
    }

    /// Notes that a request's head has come.
    pub(crate) fn requested(&self) {
        self.requested.store(true, Ordering::Relaxed);
        self.touch();
    }

    /// Notes that a request is handled, until the guard is dropped.
    pub(crate) fn work(self: &Arc<Self>) -> Working {
        Working::new(self, |connection| &connection.working)
    }

    /// Notes that a request that is handled waits for its client, until the guard is dropped.
    pub(super) fn await_client(self: &Arc<Self>) -> Working {
        Working::new(self, |connection| &connection.awaiting)
    }

    fn is_working(&self) -> bool {
        self.working.load(Ordering::Relaxed) > self.awaiting.load(Ordering::Relaxed)
    }

    /// Notes that an answer is written, until the guard is dropped.
    pub(super) fn write(self: &Arc<Self>) -> Working {
        Working::new(self, |connection| &connection.writing)
    }

    fn touched(&self) -> Instant {
        self.since + Duration::from_millis(self.touched.load(Ordering::Relaxed))
    }

    /// When something moved last; `None` if it works on a request, or if it is closing.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let idle = !self.is_working() && !self.closing.load(Ordering::Relaxed);
        idle.then(|| self.touched())
    }

    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.closed.notify_one();
    }

    /// Comes back when the connection has to be closed: it was idle for too long, or has to make
    /// room.
    pub(super) async fn overdue(&self) {
        let Timeouts { request, answer, idle, .. } = self.timeouts;
        loop {
            let (due, now) = (self.due(), Instant::now());
            if due <= now {
                return;
            }
            // What happens while it waits may bring the deadline nearer, but not nearer than this.
            let look = due.min(now + request.min(answer).min(idle));
            if tokio::time::timeout_at(look, self.closed.notified()).await.is_ok() {
                return;
            }
        }
    }

    fn due(&self) -> Instant {
        if self.is_working() {
            return Instant::now() + self.timeouts.answer;
        }
        self.touched()
            + if self.writing.load(Ordering::Relaxed) > 0 {
                self.timeouts.answer
            } else if self.requested.load(Ordering::Relaxed) {
                self.timeouts.idle
            } else {
                self.timeouts.request
            }
    }
}

/// Counts as long as it exists.
#[derive(Debug)]
pub(crate) struct Working {
    connection: Arc<Connection>,
    count: fn(&Connection) -> &AtomicUsize,
}

impl Working {
    fn new(connection: &Arc<Connection>, count: fn(&Connection) -> &AtomicUsize) -> Self {
        count(connection).fetch_add(1, Ordering::Relaxed);
        Self { connection: Arc::clone(connection), count }
    }

    pub(super) fn touch(&self) {
        self.connection.touch();
    }
}

impl Drop for Working {
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
        connection.overdue().await;
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn each_state_has_its_deadline() {
        let seconds = Duration::from_secs;
        let timeouts = Timeouts {
            request: seconds(3),
            answer: seconds(5),
            idle: seconds(7),
            ..Timeouts::default()
        };
        let connection = Arc::new(Connection::new(timeouts));
        assert_eq!(lasted(&connection).await, seconds(3));
        connection.requested();
        assert_eq!(lasted(&connection).await, seconds(7));
        let writing = connection.write();
        writing.touch();
        assert_eq!(lasted(&connection).await, seconds(5));
        drop(writing);
        let working = connection.work();
        assert!(tokio::time::timeout(seconds(1_000), connection.overdue()).await.is_err());
        drop(working);
        assert!(lasted(&connection).await >= seconds(7));
        // A nearer deadline counts from the moment when it is one.
        let connection = Arc::new(Connection::new(Timeouts { request: seconds(300), ..timeouts }));
        let waiting = tokio::spawn({
            let connection = Arc::clone(&connection);
            async move { lasted(&connection).await }
        });
        tokio::time::sleep(seconds(1)).await;
        connection.requested();
        assert!((seconds(8)..seconds(14)).contains(&waiting.await.expect("no panic")));
        connection.touch();
        connection.close();
        assert_eq!(lasted(&connection).await, seconds(0));
    }
}
